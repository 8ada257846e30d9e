#include "base/date.h"
#include "module/incident/incident_figure.h"
#include "module/incident/incident_intake.h"
#include "module/incident/incident_reporter.h"
#include <string.h>

#define TITLE_CHARACTERS 90

static const char *iso(Arena *arena, gint64 ms) {
  char text[26];
  date_write_iso(text, ms);
  return arena_text(arena, text, -1);
}

static const char *first_facts(Arena *arena, const Law *law, const NewIncident *report) {
  json_t *facts = json_pack("{s:s, s:o}", "detected_at", iso(arena, report->detected_ms), "told_at",
                            report->told_ms ? json_string(iso(arena, report->told_ms)) : json_null());
  const LawKindGroup *group = NULL;
  const LawKind *kind = report->kind ? law_find_kind(law, report->kind, &group) : NULL;
  if (kind) {
    json_object_set_new(facts, "kinds", json_pack("[s]", kind->name));
    json_object_set_new(facts, "group", json_string(group->name));
  }
  if (report->system_name) {
    json_t *system = json_pack("{s:s}", "name", report->system_name);
    if (report->system_level)
      json_object_set_new(system, "level", json_integer(report->system_level));
    json_object_set_new(facts, "system", system);
  }
  g_autofree char *text = json_dumps(facts, JSON_COMPACT);
  json_decref(facts);
  return arena_text(arena, text, -1);
}

/* The first sentence of what was told, cut at a word. */
static const char *title_from(Arena *arena, const char *description) {
  gsize line = strcspn(description, "\n");
  const char *stop = strstr(description, ". ");
  gsize length = stop && (gsize)(stop - description) < line ? (gsize)(stop - description) : line;
  const char *sentence = arena_text(arena, description, (gssize)length);
  if (g_utf8_strlen(sentence, -1) <= TITLE_CHARACTERS)
    return sentence;
  const char *end = g_utf8_offset_to_pointer(sentence, TITLE_CHARACTERS);
  while (end > sentence && *end != ' ')
    end--;
  return arena_printf(arena, "%.*s…", (int)(end - sentence), sentence);
}

static gboolean confirm_receipt(IncidentCall *call, const NewIncident *report, GError **error) {
  g_autoptr(GPtrArray) notices = incident_store_notices(call->change->conn, call->request->arena, call->incident->id, error);
  const char *channel = strcmp(report->source, "public") == 0 ? "page" : strcmp(report->source, "email") == 0 ? "email" : "phone";
  for (guint i = 0; notices && i < notices->len; i++) {
    IncidentNotice notice = *(IncidentNotice *)g_ptr_array_index(notices, i);
    if (strcmp(notice.clock, "confirm_receipt") != 0)
      continue;
    notice.state = "sent";
    notice.sent_ms = call->request->now_ms;
    notice.channel = channel;
    notice.recipient = *report->reporter_name ? report->reporter_name : "người báo";
    notice.proof = arena_printf(call->request->arena, "Mã theo dõi %s", call->incident->follow_code);
    if (!incident_store_put_notice(call->change->conn, call->incident->id, &notice, error) ||
        !incident_auto_log(call, error, "Đã xác nhận với người báo là đã nhận tin (%s).", incident_channel_label(channel)))
      return FALSE;
  }
  return notices != NULL;
}

static gboolean insert(IncidentCall *call, const NewIncident *report, GError **error) {
  Request *request = call->request;
  char follow[FOLLOW_CODE_SIZE];
  const char *code = NULL;
  gboolean own = request->user && strcmp(report->source, "public") != 0;
  incident_new_follow_code(follow);
  if (!change_next_code(call->change, "SC", day_at(request->now_ms).year, &code, error))
    return FALSE;
  const Incident begun = {
      .id = incident_new_id(call), .code = code, .body_id = report->body_id,
      .title = report->title ? report->title : title_from(request->arena, report->description), .state = own ? "verifying" : "reported",
      .source = report->source, .description = report->description, .reporter_name = report->reporter_name,
      .reporter_phone = report->reporter_phone, .reporter_email = report->reporter_email,
      .follow_code = arena_text(request->arena, follow, -1), .remote = own ? "" : request->remote,
      .facts = first_facts(request->arena, request->app->law, report), .profile = "", .severity = "", .severity_by = "law",
      .workflow = "", .system_name = "", .detected_ms = report->detected_ms, .received_ms = request->now_ms,
      .acknowledged_ms = own ? request->now_ms : 0, .commander_id = own ? request->user->id : NULL, .created_ms = request->now_ms,
  };
  if (!incident_store_insert(call->change->conn, &begun, error))
    return FALSE;
  call->incident = incident_reload(call->change, begun.id, error);
  return call->incident != NULL;
}

gboolean incident_begin(IncidentCall *call, const NewIncident *report, GError **error) {
  if (!insert(call, report, error) ||
      !incident_write_log(call, "auto", report->told_ms, arena_printf(call->request->arena, "Nhận tin báo qua: %s.",
                                                             incident_source_label(report->source)), 0, error) ||
      !incident_name_parties(call, error) || !incident_recompute(call, "Dữ kiện ban đầu", error) ||
      (report->receipt_confirmed && !confirm_receipt(call, report, error)) || !incident_send_receipt(call, error))
    return FALSE;
  Incident *incident = call->incident;
  incident_sort(call->request->app->law, incident);
  change_about(call->change, "incident", incident->id, incident->body_id,
               json_pack("{s:s, s:s}", "code", incident->code, "source", report->source));
  return incident_store_update(call->change->conn, incident, incident->version, error) &&
         incident_store_index(call->change, incident, error) &&
         change_emit(call->change, "incident.reported", "incident", incident->id, incident->body_id, NULL, error);
}
