/* Tasks, log, parties, people, systems, indicators. */
#include "module/incident/incident_act.h"
#include <string.h>

static StoreValue ms_or_null(gint64 ms) {
  return ms ? S_INT(ms) : S_NULL;
}

static gboolean not_there(const char *what, GError **error) {
  g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Sự cố này không có %s đó, hoặc việc đã xong.", what);
  return FALSE;
}

/* --- tasks --- */

gboolean act_task_add(IncidentCall *call, GError **error) {
  Request *request = call->request;
  const char *owner_id = input_text(request, "owner"), *step = incident_given(request, "step");
  const User *owner = owner_id ? incident_person(call, "owner", error) : NULL;
  if (owner_id && !owner)
    return FALSE;
  if (*step && !incident_law_step(request->app->law, call->incident->workflow, step))
    return request_refuse_field(request, "step", "Quy trình không có bước này.", error);
  call->result_id = incident_new_id(call);
  return incident_put(call->change->conn, PUT_TASK,
                      S(S_TEXT(call->result_id), S_TEXT(call->incident->id), S_TEXT(step), S_TEXT(input_text(request, "title")),
                        S_TEXT(owner_id), ms_or_null(input_int(request, "due", 0)), S_INT(request->now_ms)),
                      NULL, error) &&
         incident_auto_log(call, error, "Giao việc cho %s: %s", owner ? owner->name : "chưa rõ người", input_text(request, "title"));
}

gboolean act_task_finish(IncidentCall *call, GError **error) {
  const Request *request = call->request;
  gint64 changed = 0;
  if (!incident_put(call->change->conn, DONE_TASK,
                    S(S_TEXT(input_text(request, "task")), S_TEXT(call->incident->id), S_INT(request->now_ms),
                      S_TEXT(incident_given(request, "result"))),
                    &changed, error))
    return FALSE;
  const char *result = incident_given(request, "result");
  return (changed || not_there("việc", error)) &&
         incident_auto_log(call, error, "Xong một việc được giao%s%s", *result ? ": " : ".", result);
}

/* --- log --- */

gboolean act_note(IncidentCall *call, GError **error) {
  Request *request = call->request;
  gint64 at_ms = input_int(request, "at", request->now_ms);
  if (at_ms > request->now_ms)
    return request_refuse_field(request, "at", "Giờ xảy ra ở tương lai.", error);
  return incident_write_log(call, "note", at_ms, input_text(request, "text"), 0, error);
}

gboolean act_correct(IncidentCall *call, GError **error) {
  gint64 number = input_int(call->request, "number", 0), next = 0;
  if (!incident_next_number(call->change->conn, PUT_LOG, call->incident->id, &next, error))
    return FALSE;
  if (number < 1 || number >= next)
    return request_refuse_field(call->request, "number", "Không có dòng mang số này.", error);
  return incident_write_log(call, "fix", 0, input_text(call->request, "text"), number, error);
}

/* --- who takes part --- */

gboolean act_party(IncidentCall *call, GError **error) {
  Request *request = call->request;
  const char *actor = input_text(request, "actor"), *name = input_text(request, "name");
  if (!law_find(request->app->law->actors, actor))
    return request_refuse_field(request, "actor", "Không có vai trò này trong văn bản.", error);
  return incident_put(call->change->conn, PUT_PARTY,
                      S(S_TEXT(call->incident->id), S_TEXT(actor), S_TEXT(name), S_TEXT(incident_given(request, "contact")),
                        S_TEXT("person")),
                      NULL, error) &&
         incident_auto_log(call, error, "%s trong sự cố này: %s.", law_actor_name(request->app->law, actor), name);
}

gboolean act_person_add(IncidentCall *call, GError **error) {
  Request *request = call->request;
  const char *name = input_text(request, "name"), *role = incident_given(request, "role"), *unit = incident_given(request, "unit");
  call->result_id = incident_new_id(call);
  return incident_put(call->change->conn, PUT_PERSON,
                      S(S_TEXT(call->result_id), S_TEXT(call->incident->id), S_TEXT(name), S_TEXT(unit), S_TEXT(role),
                        S_TEXT(incident_given(request, "phone")), S_INT(request->now_ms)),
                      NULL, error) &&
         incident_auto_log(call, error, "%s tham gia%s%s%s%s.", name, *unit ? ", " : "", unit, *role ? ", " : "", role);
}

gboolean act_person_release(IncidentCall *call, GError **error) {
  gint64 changed = 0;
  if (!incident_put(call->change->conn, RELEASE_PERSON,
                    S(S_TEXT(input_text(call->request, "person")), S_TEXT(call->incident->id), S_INT(call->request->now_ms)), &changed, error))
    return FALSE;
  return (changed || not_there("người", error)) && incident_auto_log(call, error, "Một người thôi tham gia.");
}

/* --- indicators --- */

gboolean act_observable_add(IncidentCall *call, GError **error) {
  Request *request = call->request;
  const char *kind = input_text(request, "kind");
  const char *value = incident_refang(request->arena, kind, input_text(request, "value"));
  const char *tlp = input_text(request, "tlp") ? input_text(request, "tlp") : "AMBER";
  gint64 changed = 0;
  if (!value)
    return request_refuse_field(request, "value", "Giá trị không phải loại dấu hiệu đã chọn.", error);
  kind = kind ? kind : incident_observable_kind(value);
  call->result_id = incident_new_id(call);
  if (!incident_put(call->change->conn, PUT_OBSERVABLE,
                    S(S_TEXT(call->result_id), S_TEXT(call->incident->id), S_TEXT(kind), S_TEXT(value),
                      S_TEXT(incident_given(request, "note")), S_TEXT(tlp), S_TEXT(incident_actor(request)), S_INT(request->now_ms)),
                    &changed, error))
    return FALSE;
  if (!changed)
    return request_refuse_field(request, "value", "Dấu hiệu này đã có trong sự cố.", error);
  return incident_auto_log(call, error, "Dấu hiệu nhận biết: %s.", incident_defang(request->arena, kind, value));
}
