#include "module/alert/alert_store.h"
#include "base/date.h"
#include "base/text.h"
#include "core/body.h"
#include "core/message.h"
#include <string.h>

#define COLUMNS                                                                                                        \
  "a.id, a.code, a.body_id, a.system_id, a.source_id, a.source_name, a.host, a.kind, a.rule_id, a.title, a.explanation, "     \
  "a.original, a.author, a.techniques, a.scenario, a.group_key, a.state, a.reason, a.incident_id, a.assignee_id, b.name, "    \
  "s.name, u.name, i.code, a.level, a.ignored_until_ms, a.taken_ms, a.decided_ms, a.first_ms, a.last_ms, a.created_ms, "      \
  "a.count, a.version "
#define FROM                                                                                                           \
  "FROM alert a JOIN body b ON b.id = a.body_id LEFT JOIN system s ON s.id = a.system_id LEFT JOIN account u ON "       \
  "u.id = a.assignee_id LEFT JOIN incident i ON i.id = a.incident_id "

enum {
  SQL_GET, SQL_GROUP, SQL_FIRST_PAGE, SQL_PAGE, SQL_COUNT, SQL_INSERT, SQL_UPDATE, SQL_GROW, SQL_RAISED, SQL_SCOPE_CLEAR, SQL_SCOPE_ADD,
  SQL_EVENT_COUNT, SQL_EVENT_ADD, SQL_EVENTS, SQL_OBSERVABLE_ADD, SQL_OBSERVABLES, SQL_HOURS,
};
static const StoreSql SQL[] = {
    [SQL_GET] = {"alert.get", "SELECT " COLUMNS FROM "WHERE a.id = $1 OR a.code = $1", NULL},
    [SQL_GROUP] = {"alert.group",
                   "SELECT " COLUMNS FROM "WHERE a.body_id = $1 AND a.rule_id = $2 AND a.group_key = $3 AND a.last_ms >= $4 "
                   "ORDER BY a.created_ms DESC LIMIT 1", NULL},
    [SQL_FIRST_PAGE] = {"alert.first_page",
                        "SELECT " COLUMNS ", p.rank FROM alert_scope p JOIN alert a ON a.id = p.alert_id JOIN body b ON b.id = a.body_id "
                        "LEFT JOIN system s ON s.id = a.system_id LEFT JOIN account u ON u.id = a.assignee_id "
                        "LEFT JOIN incident i ON i.id = a.incident_id WHERE p.body_id = $1 AND p.tab = $2 "
                        "ORDER BY p.rank DESC, p.at_ms DESC, p.alert_id DESC LIMIT $3", NULL},
    [SQL_PAGE] = {"alert.page",
                  "SELECT " COLUMNS ", p.rank FROM alert_scope p JOIN alert a ON a.id = p.alert_id JOIN body b ON b.id = a.body_id "
                  "LEFT JOIN system s ON s.id = a.system_id LEFT JOIN account u ON u.id = a.assignee_id "
                  "LEFT JOIN incident i ON i.id = a.incident_id WHERE p.body_id = $1 AND p.tab = $2 "
                  "AND (p.rank, p.at_ms, p.alert_id) < ($4, $5, $6) ORDER BY p.rank DESC, p.at_ms DESC, p.alert_id DESC LIMIT $3", NULL},
    [SQL_COUNT] = {"alert.count",
                   "SELECT count(*) FROM (SELECT 1 AS one FROM alert_scope WHERE body_id = $1 AND tab = $2 LIMIT $3) found ", NULL},
    [SQL_INSERT] = {"alert.insert",
                    "INSERT INTO alert (id, code, body_id, system_id, source_id, source_name, host, kind, rule_id, title, explanation, original, "
                    "author, level, techniques, scenario, group_key, state, first_ms, last_ms, created_ms, count) VALUES ($1, $2, $3, $4, $5, "
                    "$6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)", NULL},
    [SQL_UPDATE] = {"alert.update",
                    "UPDATE alert SET state = $3, reason = $4, ignored_until_ms = $5, incident_id = $6, assignee_id = $7, taken_ms = $8, "
                    "decided_ms = $9, version = version + 1 WHERE id = $1 AND version = $2", NULL},
    [SQL_GROW] = {"alert.grow",
                  "UPDATE alert SET count = count + $2, first_ms = CASE WHEN $3 < first_ms THEN $3 ELSE first_ms END, "
                  "last_ms = CASE WHEN $4 > last_ms THEN $4 ELSE last_ms END WHERE id = $1", NULL},
    [SQL_RAISED] = {"alert.raised_since", "SELECT count(*) FROM alert WHERE rule_id = $1 AND created_ms >= $2 AND body_id = $3", NULL},
    [SQL_SCOPE_CLEAR] = {"alert.scope_clear", "DELETE FROM alert_scope WHERE alert_id = $1", NULL},
    [SQL_SCOPE_ADD] = {"alert.scope_add",
                       "INSERT INTO alert_scope (body_id, tab, rank, at_ms, alert_id) SELECT ancestor_id, $2, $3, $4, $5 "
                       "FROM body_ancestor WHERE body_id = $1", NULL},
    [SQL_EVENT_COUNT] = {"alert.event_count", "SELECT count(*) FROM alert_event WHERE alert_id = $1", NULL},
    [SQL_EVENT_ADD] = {"alert.event_add",
                       "INSERT INTO alert_event (alert_id, number, at_ms, received_ms, raw, fields) VALUES ($1, $2, $3, $4, $5, $6)", NULL},
    [SQL_EVENTS] = {"alert.events", "SELECT number, at_ms, received_ms, raw, fields FROM alert_event WHERE alert_id = $1 ORDER BY number", NULL},
    [SQL_OBSERVABLE_ADD] = {"alert.observable_add",
                            "INSERT INTO alert_observable (alert_id, kind, value) SELECT $1, $2, $3 WHERE (SELECT count(*) FROM "
                            "alert_observable WHERE alert_id = $1) < $4 ON CONFLICT DO NOTHING", NULL},
    [SQL_OBSERVABLES] = {"alert.observables", "SELECT kind, value FROM alert_observable WHERE alert_id = $1 ORDER BY kind, value", NULL},
    [SQL_HOURS] = {"alert.hours",
                   "SELECT (p.at_ms - $2) / 3600000 AS hour, count(*), sum(a.count) FROM alert_scope p JOIN alert a ON a.id = p.alert_id "
                   "WHERE p.body_id = $1 AND p.tab = 'all' AND p.rank = 0 AND p.at_ms >= $2 AND p.at_ms < $2 + 86400000 GROUP BY 1", NULL},
};
const StoreSqlTable alert_sql = {SQL, G_N_ELEMENTS(SQL)};

#define TEXTS 24
#define RANK 33

static Alert *read_row(StoreRows *rows, Arena *arena) {
  Alert *alert = arena_alloc(arena, sizeof *alert);
  *alert = (Alert){0};
  const char **const texts[TEXTS] = {&alert->id, &alert->code, &alert->body_id, &alert->system_id, &alert->source_id, &alert->source_name,
                                     &alert->host, &alert->kind, &alert->rule_id, &alert->title, &alert->explanation, &alert->original,
                                     &alert->author, &alert->techniques, &alert->scenario, &alert->group_key, &alert->state,
                                     &alert->reason, &alert->incident_id, &alert->assignee_id, &alert->body_name, &alert->system_name,
                                     &alert->assignee_name, &alert->incident_code};
  gint64 *const numbers[] = {&alert->level, &alert->ignored_until_ms, &alert->taken_ms, &alert->decided_ms, &alert->first_ms,
                             &alert->last_ms, &alert->created_ms, &alert->count, &alert->version};
  for (int i = 0; i < TEXTS; i++)
    *texts[i] = store_is_null(rows, i) ? NULL : arena_text(arena, store_text(rows, i), -1);
  for (int i = 0; i < (int)G_N_ELEMENTS(numbers); i++)
    *numbers[i] = store_int(rows, TEXTS + i);
  return alert;
}

static Alert *read_one(StoreRows *rows, Arena *arena, GError **error) {
  return rows && store_step(rows, error) ? read_row(rows, arena) : NULL;
}

Alert *alert_store_get(StoreConn *conn, Arena *arena, const char *id, GError **error) {
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_GET], S(S_TEXT(id)), error);
  return read_one(rows, arena, error);
}

Alert *alert_store_group(StoreConn *conn, Arena *arena, const AlertHit *hit, const char *group_key, gint64 since_ms, GError **error) {
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_GROUP], S(S_TEXT(hit->body_id), S_TEXT(hit->rule_id), S_TEXT(group_key), S_INT(since_ms)), error);
  return read_one(rows, arena, error);
}

gboolean alert_store_list(StoreConn *conn, Arena *arena, const AlertQuery *query, AlertFunc func, void *data, GError **error) {
  GError *failed = NULL;
  g_autoptr(StoreRows) rows =
      query->after_id ? store_query(conn, &SQL[SQL_PAGE],
                                    S(S_TEXT(query->body_id), S_TEXT(query->tab), S_INT(query->limit), S_INT(query->after_rank),
                                      S_INT(query->after_ms), S_TEXT(query->after_id)),
                                    error)
                      : store_query(conn, &SQL[SQL_FIRST_PAGE], S(S_TEXT(query->body_id), S_TEXT(query->tab), S_INT(query->limit)), error);
  while (rows && store_step(rows, &failed))
    if (!func(read_row(rows, arena), store_int(rows, RANK), data))
      break;
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}

gboolean alert_store_count(StoreConn *conn, const char *body_id, const char *tab, gint64 most, gint64 *out_count, GError **error) {
  return store_get_int(conn, &SQL[SQL_COUNT], S(S_TEXT(body_id), S_TEXT(tab), S_INT(most)), 0, out_count, error);
}

/* --- writing --- */

static gboolean add_scope(StoreConn *conn, const Alert *alert, const char *tab, gint64 rank, GError **error) {
  return store_exec(conn, &SQL[SQL_SCOPE_ADD], S(S_TEXT(alert->body_id), S_TEXT(tab), S_INT(rank), S_INT(alert->created_ms), S_TEXT(alert->id)),
                    NULL, error);
}

/* What waits is ordered by urgency, the rest by time alone. */
static gboolean write_scope(StoreConn *conn, const Alert *alert, GError **error) {
  const char *tab = alert->incident_id ? TAB_JOINED : alert->state;
  gboolean waits = strcmp(tab, TAB_NEW) == 0 || strcmp(tab, TAB_VIEWING) == 0;
  return store_exec(conn, &SQL[SQL_SCOPE_CLEAR], S(S_TEXT(alert->id)), NULL, error) &&
         add_scope(conn, alert, tab, waits ? alert->level : 0, error) && add_scope(conn, alert, TAB_ALL, 0, error);
}

gboolean alert_store_insert(StoreConn *conn, const Alert *alert, GError **error) {
  return store_exec(conn, &SQL[SQL_INSERT],
                    S(S_TEXT(alert->id), S_TEXT(alert->code), S_TEXT(alert->body_id), S_TEXT(alert->system_id), S_TEXT(alert->source_id),
                      S_TEXT(alert->source_name), S_TEXT(alert->host), S_TEXT(alert->kind), S_TEXT(alert->rule_id), S_TEXT(alert->title),
                      S_TEXT(alert->explanation), S_TEXT(alert->original), S_TEXT(alert->author), S_INT(alert->level),
                      S_TEXT(alert->techniques), S_TEXT(alert->scenario), S_TEXT(alert->group_key), S_TEXT(alert->state),
                      S_INT(alert->first_ms), S_INT(alert->last_ms), S_INT(alert->created_ms), S_INT(alert->count)),
                    NULL, error) &&
         write_scope(conn, alert, error);
}

static StoreValue ms_or_null(gint64 ms) {
  return ms ? S_INT(ms) : S_NULL;
}

gboolean alert_store_update(StoreConn *conn, const Alert *alert, GError **error) {
  gint64 changed = 0;
  if (!store_exec(conn, &SQL[SQL_UPDATE],
                  S(S_TEXT(alert->id), S_INT(alert->version), S_TEXT(alert->state), S_TEXT(alert->reason), ms_or_null(alert->ignored_until_ms),
                    S_TEXT(alert->incident_id), S_TEXT(alert->assignee_id), ms_or_null(alert->taken_ms), ms_or_null(alert->decided_ms)),
                  &changed, error))
    return FALSE;
  if (!changed)
    g_set_error(error, APP_ERROR, ERROR_CONFLICT, "Người khác vừa thay đổi cảnh báo %s. Xem lại rồi làm lại.", alert->code);
  return changed && write_scope(conn, alert, error);
}

gboolean alert_store_grow(StoreConn *conn, const char *id, gint64 count, gint64 first_ms, gint64 last_ms, GError **error) {
  return store_exec(conn, &SQL[SQL_GROW], S(S_TEXT(id), S_INT(count), S_INT(first_ms), S_INT(last_ms)), NULL, error);
}

gboolean alert_store_raised_since(StoreConn *conn, const char *body_id, const char *rule_id, gint64 since_ms, gint64 *out_count, GError **error) {
  return store_get_int(conn, &SQL[SQL_RAISED], S(S_TEXT(rule_id), S_INT(since_ms), S_TEXT(body_id)), 0, out_count, error);
}

gboolean alert_store_add_event(StoreConn *conn, const char *id, const AlertEvent *event, const char *raw, const char *fields, GError **error) {
  gint64 number = 0;
  if (!store_get_int(conn, &SQL[SQL_EVENT_COUNT], S(S_TEXT(id)), 0, &number, error))
    return FALSE;
  return number >= ALERT_EVENTS_KEPT ||
         store_exec(conn, &SQL[SQL_EVENT_ADD],
                    S(S_TEXT(id), S_INT(number + 1), S_INT(event->at_ms ? event->at_ms : event->received_ms), S_INT(event->received_ms),
                      S_TEXT(raw), S_TEXT(fields)),
                    NULL, error);
}

gboolean alert_store_add_observable(StoreConn *conn, const char *id, const AlertObservable *observable, GError **error) {
  return store_exec(conn, &SQL[SQL_OBSERVABLE_ADD], S(S_TEXT(id), S_TEXT(observable->kind), S_TEXT(observable->value), S_INT(ALERT_OBSERVABLES_KEPT)),
                    NULL, error);
}

gboolean alert_store_index(StoreConn *conn, Arena *arena, const Alert *alert, GError **error) {
  const char *const *scopes = body_ancestors(conn, arena, alert->body_id, error);
  const char *text = arena_printf(arena, "%s %s %s %s %s %s", alert->code, alert->host, alert->source_name, alert->explanation, alert->original,
                                  alert->techniques);
  return scopes && store_search_put(conn, "alert", alert->id, alert->title, text, scopes, alert->created_ms, error);
}

/* --- for pages --- */

gboolean alert_store_hours(StoreConn *conn, const char *body_id, gint64 day_ms, AlertHours *out_hours, GError **error) {
  GError *failed = NULL;
  *out_hours = (AlertHours){0};
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_HOURS], S(S_TEXT(body_id), S_INT(day_ms)), error);
  while (rows && store_step(rows, &failed)) {
    gint64 hour = CLAMP(store_int(rows, 0), 0, 23);
    out_hours->alerts[hour] = store_int(rows, 1);
    out_hours->events[hour] = store_int(rows, 2);
  }
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}

static void add_fields(const char *text, Doc *row) {
  json_t *fields = json_loads(text, 0, NULL), *value;
  const char *name;
  Doc *list = doc_list(row, KEY("fields"));
  json_object_foreach(fields, name, value) {
    Doc *field = doc_object(list, NULL);
    doc_text_copy(field, KEY("name"), name);
    doc_text_copy(field, KEY("value"), json_string_value(value));
  }
  json_decref(fields);
}

gboolean alert_store_events(Request *request, const char *id, Doc *list, GError **error) {
  StoreConn *conn = request_read(request, error);
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = conn ? store_query(conn, &SQL[SQL_EVENTS], S(S_TEXT(id)), error) : NULL;
  while (rows && store_step(rows, &failed)) {
    char at[17], received[17];
    Doc *row = doc_object(list, NULL);
    date_write_time(at, store_int(rows, 1));
    date_write_time(received, store_int(rows, 2));
    doc_int(row, KEY("number"), store_int(rows, 0));
    doc_bool(row, KEY("rest"), store_int(rows, 0) > 1);
    doc_text_copy(row, KEY("at"), at);
    doc_text_copy(row, KEY("received"), received);
    doc_text_copy(row, KEY("raw"), store_text(rows, 3));
    add_fields(store_text(rows, 4), row);
  }
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}

gboolean alert_store_observables(StoreConn *conn, const char *id, void (*add)(const char *kind, const char *value, void *data), void *data,
                                 GError **error) {
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_OBSERVABLES], S(S_TEXT(id)), error);
  while (rows && store_step(rows, &failed))
    add(store_text(rows, 0), store_text(rows, 1), data);
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}
