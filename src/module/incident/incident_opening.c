/* Cases opened or joined by what other modules found: alerts, hunts, malware. */
#include "module/incident/incident.h"
#include "module/incident/incident_intake.h"
#include <string.h>

static gboolean add_signs(IncidentCall *call, const IncidentFinding *finding, GError **error) {
  for (gsize i = 0; i < finding->n_signs; i++) {
    const IncidentSign *sign = &finding->signs[i];
    const char *value = incident_refang(call->request->arena, sign->kind, sign->value);
    if (value && !incident_put(call->change->conn, PUT_OBSERVABLE,
                               S(S_TEXT(incident_new_id(call)), S_TEXT(call->incident->id), S_TEXT(sign->kind), S_TEXT(value),
                                 S_TEXT(finding->origin), S_TEXT("AMBER"), S_TEXT(incident_actor(call->request)), S_INT(call->request->now_ms)),
                               NULL, error))
      return FALSE;
  }
  return TRUE;
}

gboolean incident_read_sign(Arena *arena, const char *typed, IncidentSign *out_sign) {
  const char *value = incident_refang(arena, NULL, typed);
  *out_sign = (IncidentSign){value ? incident_observable_kind(value) : NULL, value};
  return value && strcmp(out_sign->kind, "other") != 0;
}

static void answer(const IncidentCall *call, IncidentOpened *out_opened) {
  *out_opened = (IncidentOpened){call->incident->id, call->incident->code};
}

gboolean incident_open(Change *change, const IncidentFinding *finding, IncidentOpened *out_opened, GError **error) {
  IncidentCall call = {.change = change, .request = change->request};
  const NewIncident report = {
      .body_id = finding->body_id, .title = finding->title, .description = finding->text, .source = "monitoring",
      .reporter_name = "", .reporter_phone = "", .reporter_email = "", .kind = finding->kind, .system_name = finding->system_name,
      .system_level = finding->system_level, .detected_ms = finding->seen_ms,
  };
  if (!incident_begin(&call, &report, error) || !add_signs(&call, finding, error))
    return FALSE;
  answer(&call, out_opened);
  return incident_auto_log(&call, error, "Mở từ %s.", finding->origin);
}

const char *incident_find_open(Request *request, const char *id_or_code, GError **error) {
  StoreConn *conn = request_read(request, error);
  const Incident *incident = conn ? incident_store_get(conn, request->arena, id_or_code, error) : NULL;
  if (incident && request_may(request, "incident.work", incident->body_id) && incident_is_open(incident->state))
    return incident->id;
  return NULL;
}

gboolean incident_join(Change *change, const char *incident_id, const IncidentFinding *finding, IncidentOpened *out_opened, GError **error) {
  IncidentCall call = {.change = change, .request = change->request, .incident = incident_reload(change, incident_id, error)};
  if (!call.incident || !add_signs(&call, finding, error))
    return FALSE;
  answer(&call, out_opened);
  change_about(change, "incident", call.incident->id, call.incident->body_id, json_pack("{s:s}", "joined", finding->origin));
  return incident_write_log(&call, "auto", finding->seen_ms, arena_printf(change->request->arena, "Gắn thêm %s: %s", finding->origin, finding->text), 0,
                            error);
}
