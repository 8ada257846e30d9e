/* Is it true, and is it an incident? The sender is verified before anything is acted on. */
#include "module/incident/incident_act.h"
#include <string.h>

gboolean act_acknowledge(IncidentCall *call, GError **error) {
  Incident *incident = call->incident;
  incident->state = "verifying";
  incident->acknowledged_ms = call->request->now_ms;
  incident->commander_id = incident_actor(call->request);
  return incident_auto_log(call, error, "%s tiếp nhận, bắt đầu xác minh.", call->request->user->name);
}

static const char *way_label(const char *how) {
  static const char *const WAYS[][2] = {{"known_number", "gọi lại số đã biết từ trước"},
                                        {"second_channel", "hỏi lại qua kênh thứ hai"},
                                        {"in_person", "gặp trực tiếp"},
                                        {"document", "văn bản có dấu hoặc chữ ký số đã kiểm tra"}};
  for (gsize i = 0; i < G_N_ELEMENTS(WAYS); i++)
    if (strcmp(WAYS[i][0], how) == 0)
      return WAYS[i][1];
  return how;
}

gboolean act_verify_sender(IncidentCall *call, GError **error) {
  const char *how = way_label(input_text(call->request, "how"));
  const char *note = incident_given(call->request, "note");
  Incident *incident = call->incident;
  incident->sender_verified_ms = call->request->now_ms;
  incident->sender_verified_how = arena_printf(call->request->arena, "%s%s%s", how, *note ? ": " : "", note);
  return incident_auto_log(call, error, "Đã xác minh người báo: %s.", incident->sender_verified_how);
}

static gboolean acknowledge_if_new(IncidentCall *call, GError **error) {
  return strcmp(call->incident->state, "reported") != 0 || act_acknowledge(call, error);
}

gboolean act_confirm(IncidentCall *call, GError **error) {
  const Incident *incident = call->incident;
  gboolean own = strcmp(incident->source, "monitoring") == 0;
  if (!own && !incident->sender_verified_ms) {
    g_set_error(error, APP_ERROR, ERROR_REFUSED,
                "Chưa xác minh người báo: gọi lại số đã biết hoặc hỏi qua kênh thứ hai, ghi lại, rồi mới xác nhận sự cố.");
    return FALSE;
  }
  const LawWorkflow *workflow = incident_law_workflow(call->request->app->law, incident->workflow);
  const LawStep *first = workflow ? g_ptr_array_index(workflow->steps, 0) : NULL;
  return first && acknowledge_if_new(call, error) &&
         incident_finish_step(call, first->rule.id, "done", call->request->now_ms, incident_given(call->request, "note"), error);
}

/* What was not sent need not be sent any more; what was sent stays. */
static gboolean void_unsent(IncidentCall *call, GError **error) {
  g_autoptr(GPtrArray) notices = incident_store_notices(call->change->conn, call->request->arena, call->incident->id, error);
  for (guint i = 0; notices && i < notices->len; i++) {
    IncidentNotice notice = *(IncidentNotice *)g_ptr_array_index(notices, i);
    if (strcmp(notice.state, "unsent") != 0)
      continue;
    notice.state = "void";
    if (!incident_store_put_notice(call->change->conn, call->incident->id, &notice, error))
      return FALSE;
  }
  return notices != NULL;
}

static gboolean set_aside(IncidentCall *call, const char *state, const char *reason, GError **error) {
  Incident *incident = call->incident;
  if (!acknowledge_if_new(call, error))
    return FALSE;
  incident->state = state;
  incident->decided_reason = reason;
  incident->closed_ms = call->request->now_ms;
  return void_unsent(call, error) && incident_auto_log(call, error, "%s. Lý do: %s", incident_state_label(state), reason);
}

gboolean act_dismiss(IncidentCall *call, GError **error) {
  gboolean near_miss = strcmp(call->request->operation->name, "incident.near_miss") == 0;
  return set_aside(call, near_miss ? "near_miss" : "rejected", input_text(call->request, "reason"), error);
}

gboolean act_duplicate(IncidentCall *call, GError **error) {
  Request *request = call->request;
  const char *code = input_text(request, "of");
  const Incident *other = incident_store_get(call->change->conn, request->arena, code, error);
  if (error && *error)
    return FALSE;
  if (!other || strcmp(other->id, call->incident->id) == 0 || !request_may(request, "incident.read", other->body_id) ||
      g_str_has_prefix(code, "TB-"))
    return request_refuse_field(request, "of", "Không có sự cố khác mang mã này.", error);
  call->incident->duplicate_of = other->id;
  return set_aside(call, "duplicate", arena_printf(request->arena, "Trùng với %s. %s", other->code, incident_given(request, "reason")),
                   error);
}

gboolean act_command(IncidentCall *call, GError **error) {
  const User *person = incident_person(call, "person", error);
  if (!person)
    return FALSE;
  call->incident->commander_id = person->id;
  return incident_auto_log(call, error, "Người chỉ huy: %s.", person->name);
}
