/* Hits become alerts: equal ones are gathered, suppressed ones counted, floods folded into one. */
#include "base/clock.h"
#include "base/date.h"
#include "base/id.h"
#include "core/message.h"
#include "module/alert/alert_store.h"
#include "module/alert/alert_suppress.h"
#include <string.h>

#define JOIN_MS DAY_MS
#define REST_GROUP "*"

static const char *cut_utf8(Arena *arena, const char *text, gsize most_bytes) {
  gsize length = strlen(text);
  if (length <= most_bytes)
    return text;
  const char *end = text + most_bytes;
  while (end > text && ((guchar)*end & 0xC0) == 0x80)
    end--;
  return arena_printf(arena, "%.*s…", (int)(end - text), text);
}

static const char *or_empty(const char *text) {
  return text ? text : "";
}

static gboolean add_parts(Change *change, const char *id, const AlertHit *hit, GError **error) {
  for (gsize i = 0; i < hit->n_events && i < ALERT_EVENTS_KEPT; i++) {
    g_autofree char *fields = hit->events[i].fields ? json_dumps(hit->events[i].fields, JSON_COMPACT) : g_strdup("{}");
    if (!alert_store_add_event(change->conn, id, &hit->events[i], cut_utf8(change->request->arena, hit->events[i].raw, ALERT_RAW_BYTES), fields,
                               error))
      return FALSE;
  }
  for (gsize i = 0; i < hit->n_observables && i < ALERT_OBSERVABLES_KEPT; i++)
    if (!alert_store_add_observable(change->conn, id, &hit->observables[i], error))
      return FALSE;
  return TRUE;
}

static void find_times(const AlertHit *hit, gint64 now_ms, gint64 *out_first_ms, gint64 *out_last_ms) {
  *out_first_ms = G_MAXINT64, *out_last_ms = 0;
  for (gsize i = 0; i < hit->n_events; i++) {
    gint64 at_ms = hit->events[i].at_ms ? hit->events[i].at_ms : hit->events[i].received_ms;
    *out_first_ms = MIN(*out_first_ms, at_ms);
    *out_last_ms = MAX(*out_last_ms, at_ms);
  }
  if (!hit->n_events)
    *out_first_ms = *out_last_ms = now_ms;
}

static gboolean raise_new(Change *change, const AlertHit *hit, const char *group_key, const char **out_id, GError **error) {
  const Request *request = change->request;
  char id[ID_SIZE];
  const char *code = NULL;
  gint64 first_ms, last_ms;
  find_times(hit, request->now_ms, &first_ms, &last_ms);
  if (!change_next_code(change, "CB", day_at(request->now_ms).year, &code, error))
    return FALSE;
  id_new(id);
  const Alert alert = {
      .id = arena_text(request->arena, id, -1), .code = code, .body_id = hit->body_id, .system_id = hit->system_id, .source_id = hit->source_id,
      .source_name = or_empty(hit->source_name), .host = or_empty(hit->host), .kind = hit->kind, .rule_id = hit->rule_id, .title = hit->title,
      .explanation = or_empty(hit->explanation), .original = or_empty(hit->original), .author = or_empty(hit->author), .level = hit->level,
      .techniques = or_empty(hit->techniques), .scenario = or_empty(hit->scenario), .group_key = group_key, .state = TAB_NEW,
      .first_ms = first_ms, .last_ms = last_ms, .created_ms = request->now_ms, .count = MAX(hit->count, (gint64)hit->n_events),
  };
  *out_id = alert.id;
  change_about(change, "alert", alert.id, alert.body_id, json_pack("{s:s, s:s, s:I}", "code", code, "rule", hit->rule_id, "count", (json_int_t)alert.count));
  return alert_store_insert(change->conn, &alert, error) && add_parts(change, alert.id, hit, error) &&
         alert_store_index(change->conn, request->arena, &alert, error);
}

static gboolean join(Change *change, const AlertHit *hit, const Alert *alert, GError **error) {
  gint64 first_ms, last_ms, count = MAX(hit->count, (gint64)hit->n_events);
  find_times(hit, change->request->now_ms, &first_ms, &last_ms);
  change_about(change, "alert", alert->id, alert->body_id, json_pack("{s:s, s:I}", "code", alert->code, "count", (json_int_t)count));
  return alert_store_grow(change->conn, alert->id, count, first_ms, last_ms, error) && add_parts(change, alert->id, hit, error);
}

/* A rule that floods goes on in the group of the rest. */
static gboolean choose_group(Change *change, const AlertHit *hit, const char **group_key, const Alert **alert, GError **error) {
  Arena *arena = change->request->arena;
  gint64 now_ms = change->request->now_ms, raised = 0;
  GError *failed = NULL;
  *alert = alert_store_group(change->conn, arena, hit, *group_key, now_ms - JOIN_MS, &failed);
  if (!failed && !*alert && alert_store_raised_since(change->conn, hit->body_id, hit->rule_id, now_ms - HOUR_MS, &raised, &failed) &&
      raised >= ALERTS_AN_HOUR) {
    *group_key = REST_GROUP;
    *alert = alert_store_group(change->conn, arena, hit, *group_key, now_ms - JOIN_MS, &failed);
  }
  if (failed)
    g_propagate_error(error, failed);
  return !failed;
}

gboolean alert_raise(Change *change, const AlertHit *hit, const char **out_id, GError **error) {
  const char *group_key = hit->group_key, *id = NULL;
  const Alert *alert = NULL;
  gboolean suppressed = FALSE;
  if (out_id)
    *out_id = NULL;
  if (!alert_suppression_takes(change, hit, &suppressed, error))
    return FALSE;
  if (suppressed)
    return TRUE;
  if (!choose_group(change, hit, &group_key, &alert, error))
    return FALSE;
  gboolean ignored_over = alert && strcmp(alert->state, "ignored") == 0 && alert->ignored_until_ms && alert->ignored_until_ms < change->request->now_ms;
  AlertHit rest = *hit;
  if (strcmp(group_key, REST_GROUP) == 0) {
    rest.title = arena_printf(change->request->arena, "%s: còn nhiều nơi khác", hit->title);
    rest.host = "";
  }
  gboolean good = alert && !ignored_over ? join(change, &rest, alert, error) : raise_new(change, &rest, group_key, &id, error);
  if (good && out_id)
    *out_id = alert && !ignored_over ? alert->id : id;
  return good;
}
