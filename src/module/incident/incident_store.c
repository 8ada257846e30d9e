#include "module/incident/incident_filter.h"
#include "base/date.h"
#include "core/body.h"
#include <string.h>

#define COLUMNS                                                                                                        \
  "i.id, i.code, i.body_id, i.title, i.state, i.source, i.description, i.reporter_name, i.reporter_phone, "              \
  "i.reporter_email, i.follow_code, i.remote, i.facts, i.profile, i.severity, i.severity_by, i.severity_reason, "        \
  "i.workflow, i.system_name, i.sender_verified_how, i.decided_reason, i.duplicate_of, i.commander_id, "                 \
  "i.close_reason, b.name, u.name, i.kind, i.cause, i.grade, i.severity_confirmed_ms, i.system_level, i.detected_ms, i.received_ms, "              \
  "i.acknowledged_ms, i.escalated_ms, i.sender_verified_ms, i.ended_ms, i.closed_ms, i.due_ms, i.created_ms, i.version, "                    \
  "i.beyond"
#define FROM " FROM incident i JOIN body b ON b.id = i.body_id LEFT JOIN account u ON u.id = i.commander_id "

enum {
  SQL_GET, SQL_GET_CODE, SQL_GET_FOLLOW, SQL_INSERT, SQL_UPDATE, SQL_DUE, SQL_UNSCOPE, SQL_SCOPE, SQL_SCOPES, SQL_SEES, SQL_COUNT_TOLD, SQL_FROM,
  SQL_FIRST_BODY, SQL_PLAN,
};
static const StoreSql SQL[] = {
    [SQL_GET] = {"incident.get", "SELECT " COLUMNS FROM "WHERE i.id = $1", NULL},
    [SQL_GET_CODE] = {"incident.get_code", "SELECT " COLUMNS FROM "WHERE i.code = $1", NULL},
    [SQL_GET_FOLLOW] = {"incident.get_follow", "SELECT " COLUMNS FROM "WHERE i.follow_code = $1", NULL},
    [SQL_INSERT] = {"incident.insert",
                    "INSERT INTO incident (id, code, body_id, title, state, source, description, reporter_name, reporter_phone, "
                    "reporter_email, follow_code, remote, facts, profile, severity, workflow, system_name, system_level, "
                    "detected_ms, received_ms, acknowledged_ms, commander_id, created_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, "
                    "$9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)", NULL},
    [SQL_UPDATE] = {"incident.update",
                    "UPDATE incident SET title = $3, state = $4, facts = $5, profile = $6, severity = $7, severity_by = $8, "
                    "severity_reason = $9, severity_confirmed_ms = $10, workflow = $11, system_name = $12, system_level = $13, "
                    "detected_ms = $14, acknowledged_ms = $15, sender_verified_ms = $16, sender_verified_how = $17, "
                    "decided_reason = $18, duplicate_of = $19, commander_id = $20, ended_ms = $21, closed_ms = $22, "
                    "close_reason = $23, escalated_ms = $24, kind = $25, cause = $26, grade = $27, beyond = $28, "
                    "version = version + 1 WHERE id = $1 AND version = $2", NULL},
    [SQL_DUE] = {"incident.due",
                 "UPDATE incident SET due_ms = (SELECT min(n.due_ms) FROM incident_notice n WHERE n.incident_id = $1 "
                 "AND n.state = 'unsent') WHERE id = $1", NULL},
    [SQL_UNSCOPE] = {"incident.unscope", "DELETE FROM incident_scope WHERE incident_id = $1", NULL},
    [SQL_SCOPE] = {"incident.scope",
                   "INSERT INTO incident_scope (body_id, open, sort_ms, incident_id) SELECT a.ancestor_id, "
                   "CAST($2 AS BIGINT), CASE WHEN CAST($2 AS BIGINT) = 1 THEN coalesce(i.due_ms, $3) ELSE i.received_ms END, i.id "
                   "FROM incident i JOIN body_ancestor a ON a.body_id = i.body_id WHERE i.id = $1", NULL},
    [SQL_SCOPES] = {"incident.scopes", "SELECT body_id FROM incident_scope WHERE incident_id = $1", NULL},
    [SQL_SEES] = {"incident.sees", "SELECT count(*) FROM incident_scope WHERE incident_id = $1 AND body_id = $2", NULL},
    [SQL_COUNT_TOLD] = {"incident.count_told",
                        "SELECT (SELECT count(*) FROM incident_log WHERE incident_id = $1 AND account_id IS NULL AND kind = 'note' "
                        "AND entered_ms > $2) + (SELECT count(*) FROM incident_evidence WHERE incident_id = $1 AND created_ms > $2)", NULL},
    [SQL_FROM] = {"incident.from_address", "SELECT count(*) FROM incident WHERE remote = $1 AND received_ms > $2", NULL},
    [SQL_FIRST_BODY] = {"incident.first_body",
                        "SELECT id FROM body WHERE parent_id IS NULL AND closed_day IS NULL ORDER BY created_ms, id LIMIT 1", NULL},
    [SQL_PLAN] = {"incident.plan",
                  "SELECT c.reading FROM body_ancestor a JOIN plan p ON p.body_id = a.ancestor_id AND p.state = 'active' "
                  "JOIN plan_content c ON c.plan_id = p.id WHERE a.body_id = $1 ORDER BY a.depth, p.created_ms DESC LIMIT 1", NULL},
};
const StoreSqlTable incident_sql = {SQL, G_N_ELEMENTS(SQL)};

static StoreValue ms_or_null(gint64 ms) {
  return ms ? S_INT(ms) : S_NULL;
}

Incident *incident_read_row(StoreRows *rows, Arena *arena) {
  Incident *found = arena_alloc(arena, sizeof *found);
  const char **texts[] = {&found->id, &found->code, &found->body_id, &found->title, &found->state, &found->source,
                          &found->description, &found->reporter_name, &found->reporter_phone, &found->reporter_email,
                          &found->follow_code, &found->remote, &found->facts, &found->profile, &found->severity,
                          &found->severity_by, &found->severity_reason, &found->workflow, &found->system_name,
                          &found->sender_verified_how, &found->decided_reason, &found->duplicate_of, &found->commander_id,
                          &found->close_reason, &found->body_name, &found->commander_name, &found->kind, &found->cause,
                          &found->grade};
  gint64 *numbers[] = {&found->severity_confirmed_ms, &found->system_level, &found->detected_ms, &found->received_ms,
                       &found->acknowledged_ms, &found->escalated_ms, &found->sender_verified_ms, &found->ended_ms,
                       &found->closed_ms, &found->due_ms, &found->created_ms, &found->version, &found->beyond};
  int count = (int)G_N_ELEMENTS(texts);
  for (int i = 0; i < count; i++)
    *texts[i] = arena_text(arena, store_text(rows, i), -1);
  for (int i = 0; i < (int)G_N_ELEMENTS(numbers); i++)
    *numbers[i] = store_int(rows, count + i);
  return found;
}

static int by_what(const char *id) {
  return g_str_has_prefix(id, "SC-") ? SQL_GET_CODE : g_str_has_prefix(id, "TB-") ? SQL_GET_FOLLOW : SQL_GET;
}

Incident *incident_store_get(StoreConn *conn, Arena *arena, const char *id, GError **error) {
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[by_what(id)], S(S_TEXT(id)), error);
  return rows && store_step(rows, error) ? incident_read_row(rows, arena) : NULL;
}

static gboolean rescope(StoreConn *conn, const Incident *i, GError **error) {
  return store_exec(conn, &SQL[SQL_DUE], S(S_TEXT(i->id)), NULL, error) &&
         store_exec(conn, &SQL[SQL_UNSCOPE], S(S_TEXT(i->id)), NULL, error) &&
         store_exec(conn, &SQL[SQL_SCOPE], S(S_TEXT(i->id), S_INT(incident_is_open(i->state)), S_INT(NO_DUE_MS)), NULL, error) &&
         incident_figure_write(conn, i, error);
}

gboolean incident_store_insert(StoreConn *conn, const Incident *i, GError **error) {
  return store_exec(conn, &SQL[SQL_INSERT],
                    S(S_TEXT(i->id), S_TEXT(i->code), S_TEXT(i->body_id), S_TEXT(i->title), S_TEXT(i->state), S_TEXT(i->source),
                      S_TEXT(i->description), S_TEXT(i->reporter_name), S_TEXT(i->reporter_phone), S_TEXT(i->reporter_email),
                      S_TEXT(i->follow_code), S_TEXT(i->remote), S_TEXT(i->facts), S_TEXT(i->profile), S_TEXT(i->severity),
                      S_TEXT(i->workflow), S_TEXT(i->system_name), ms_or_null(i->system_level), S_INT(i->detected_ms),
                      S_INT(i->received_ms), ms_or_null(i->acknowledged_ms), S_TEXT(i->commander_id), S_INT(i->created_ms)),
                    NULL, error) &&
         rescope(conn, i, error);
}

gboolean incident_store_update(StoreConn *conn, Incident *i, gint64 version, GError **error) {
  gint64 changed = 0;
  if (!store_exec(conn, &SQL[SQL_UPDATE],
                  S(S_TEXT(i->id), S_INT(version), S_TEXT(i->title), S_TEXT(i->state), S_TEXT(i->facts), S_TEXT(i->profile),
                    S_TEXT(i->severity), S_TEXT(i->severity_by), S_TEXT(i->severity_reason), ms_or_null(i->severity_confirmed_ms),
                    S_TEXT(i->workflow), S_TEXT(i->system_name), ms_or_null(i->system_level), S_INT(i->detected_ms),
                    ms_or_null(i->acknowledged_ms), ms_or_null(i->sender_verified_ms), S_TEXT(i->sender_verified_how),
                    S_TEXT(i->decided_reason), S_TEXT(i->duplicate_of), S_TEXT(i->commander_id), ms_or_null(i->ended_ms),
                    ms_or_null(i->closed_ms), S_TEXT(i->close_reason), ms_or_null(i->escalated_ms), S_TEXT(i->kind), S_TEXT(i->cause),
                    S_TEXT(i->grade), S_INT(i->beyond)),
                  &changed, error))
    return FALSE;
  if (changed == 1) {
    i->version = version + 1;
    return rescope(conn, i, error);
  }
  g_set_error(error, APP_ERROR, ERROR_CONFLICT,
              "Sự cố %s vừa được người khác sửa. Nội dung đã nhập còn trên trang; xem lại rồi lưu.", i->code);
  return FALSE;
}

gboolean incident_store_sees(StoreConn *conn, const char *incident_id, const char *body_id) {
  gint64 found = 0;
  return store_get_int(conn, &SQL[SQL_SEES], S(S_TEXT(incident_id), S_TEXT(body_id)), 0, &found, NULL) && found;
}

gboolean incident_store_count_from(StoreConn *conn, const char *remote, gint64 since_ms, gint64 *out_count, GError **error) {
  return store_get_int(conn, &SQL[SQL_FROM], S(S_TEXT(remote), S_INT(since_ms)), 0, out_count, error);
}

gboolean incident_store_count_told(StoreConn *conn, const char *incident_id, gint64 since_ms, gint64 *out_count, GError **error) {
  return store_get_int(conn, &SQL[SQL_COUNT_TOLD], S(S_TEXT(incident_id), S_INT(since_ms)), 0, out_count, error);
}

const char *incident_store_first_body(StoreConn *conn, Arena *arena, GError **error) {
  g_autofree char *id = NULL;
  return store_get_text(conn, &SQL[SQL_FIRST_BODY], S0, &id, error) ? arena_text(arena, id, -1) : NULL;
}

json_t *incident_store_plan(StoreConn *conn, const char *body_id, GError **error) {
  g_autofree char *text = NULL;
  if (!store_get_text(conn, &SQL[SQL_PLAN], S(S_TEXT(body_id)), &text, error) || !text)
    return NULL;
  return json_loads(text, 0, NULL);
}

gboolean incident_store_index(Change *change, const Incident *incident, GError **error) {
  const char *const *scopes = body_ancestors(change->conn, change->request->arena, incident->body_id, error);
  const char *text = arena_printf(change->request->arena, "%s %s %s", incident->code, incident->description, incident->system_name);
  return scopes &&
         store_search_put(change->conn, "incident", incident->id, incident->title, text, scopes, incident->created_ms, error);
}

/* --- lists --- */

#define LIST_FROM                                                                                                      \
  " FROM incident_scope s JOIN incident i ON i.id = s.incident_id JOIN body b ON b.id = i.body_id "                      \
  "LEFT JOIN account u ON u.id = i.commander_id WHERE s.body_id = $1 AND s.open = $2 AND s.sort_ms >= $3 AND s.sort_ms <= $4 "
#define LIST_FILTER "AND ($7 = '' OR i.state = $7) AND ($8 = '' OR i.commander_id = $8) "

enum { SQL_LIST_OPEN, SQL_LIST_DONE, SQL_COUNT, SQL_COUNT_ALL, SQL_NARROW };
static const StoreSql LIST_SQL[] = {
    [SQL_LIST_OPEN] = {"incident.list_open",
                       "SELECT " COLUMNS ", s.sort_ms" LIST_FROM "AND (s.sort_ms, s.incident_id) > ($5, $6) " LIST_FILTER
                       "ORDER BY s.sort_ms, s.incident_id LIMIT $9", NULL},
    [SQL_LIST_DONE] = {"incident.list_done",
                       "SELECT " COLUMNS ", s.sort_ms" LIST_FROM "AND (s.sort_ms, s.incident_id) < ($5, $6) " LIST_FILTER
                       "ORDER BY s.sort_ms DESC, s.incident_id DESC LIMIT $9", NULL},
    [SQL_COUNT] = {"incident.count",
                   "SELECT count(*)" LIST_FROM "AND ($5 = '' OR i.state = $5) AND ($6 = '' OR i.commander_id = $6)", NULL},
    [SQL_COUNT_ALL] = {"incident.count_all",
                       "SELECT count(*) FROM incident_scope WHERE body_id = $1 AND open = $2 AND sort_ms >= $3 AND sort_ms <= $4", NULL},
    [SQL_NARROW] = {"incident.narrow",
                    "SELECT " COLUMNS " FROM incident_figure f JOIN incident i ON i.id = f.incident_id JOIN body b ON b.id = i.body_id "
                    "LEFT JOIN account u ON u.id = i.commander_id " FIGURE_WHERE "AND (f.day, f.incident_id) < ($13, $14) "
                    "ORDER BY f.day DESC, f.incident_id DESC LIMIT $15", NULL},
};
const StoreSqlTable incident_list_sql = {LIST_SQL, G_N_ELEMENTS(LIST_SQL)};

static const char *orelse(const char *text) {
  return text ? text : "";
}

gboolean incident_store_list(StoreConn *conn, Arena *arena, const IncidentQuery *query, IncidentFunc func, void *data,
                             GError **error) {
  gint64 first_ms = query->open ? G_MININT64 : G_MAXINT64;
  GError *failed = NULL;
  g_autoptr(StoreRows) rows =
      store_query(conn, &LIST_SQL[query->open ? SQL_LIST_OPEN : SQL_LIST_DONE],
                  S(S_TEXT(query->body_id), S_INT(query->open), S_INT(query->from_ms), S_INT(query->to_ms),
                    S_INT(query->after_id ? query->after_ms : first_ms), S_TEXT(orelse(query->after_id)), S_TEXT(orelse(query->state)),
                    S_TEXT(orelse(query->commander_id)), S_INT(query->limit)),
                  error);
  if (!rows)
    return FALSE;
  while (store_step(rows, &failed)) {
    const Incident *found = incident_read_row(rows, arena);
    if (!func(found, store_int(rows, store_columns(rows) - 1), data))
      break;
  }
  if (failed)
    g_propagate_error(error, failed);
  return !failed;
}

gboolean incident_store_narrow(StoreConn *conn, Arena *arena, const IncidentFilter *filter, gint64 after_ms, const char *after_id, int limit,
                               IncidentFunc func, void *data, GError **error) {
  StoreValue values[FIGURE_VALUES + 3];
  GError *failed = NULL;
  char day[11];
  date_write_iso_day(day, after_ms);
  incident_filter_values(filter, values);
  values[FIGURE_VALUES] = S_TEXT(after_id ? day : "9999-99-99");
  values[FIGURE_VALUES + 1] = S_TEXT(orelse(after_id));
  values[FIGURE_VALUES + 2] = S_INT(limit);
  g_autoptr(StoreRows) rows = store_query(conn, &LIST_SQL[SQL_NARROW], values, G_N_ELEMENTS(values), error);
  while (rows && store_step(rows, &failed)) {
    const Incident *found = incident_read_row(rows, arena);
    if (!func(found, found->received_ms, data))
      break;
  }
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}

gboolean incident_store_count(StoreConn *conn, const IncidentQuery *query, gint64 *out_count, GError **error) {
  /* Whatever is in the scope is counted in its index alone. */
  if (!*orelse(query->state) && !*orelse(query->commander_id))
    return store_get_int(conn, &LIST_SQL[SQL_COUNT_ALL],
                         S(S_TEXT(query->body_id), S_INT(query->open), S_INT(query->from_ms), S_INT(query->to_ms)), 0, out_count, error);
  return store_get_int(conn, &LIST_SQL[SQL_COUNT],
                       S(S_TEXT(query->body_id), S_INT(query->open), S_INT(query->from_ms), S_INT(query->to_ms),
                         S_TEXT(orelse(query->state)), S_TEXT(orelse(query->commander_id))),
                       0, out_count, error);
}
