#include "module/duty/duty_store.h"
#include "base/id.h"
#include <string.h>

#define ROW_COLUMNS "d.id, d.code, d.title, d.section, d.lead_names, d.state, d.due_day, d.period, u.name"
#define LIST_FROM                                                                                                      \
  " FROM duty_scope s JOIN duty d ON d.id = s.duty_id LEFT JOIN account u ON u.id = d.assignee_id "                     \
  "WHERE s.body_id = $1 AND s.open = $2 AND s.due_key >= $3 AND s.due_key <= $4 "
#define LIST_FILTER                                                                                                    \
  "AND ($7 = '' OR d.state = $7) AND ($8 = '' OR d.assignee_id = $8) AND ($9 = '' OR d.section = $9) "                  \
  "AND ($10 = '' OR d.plan_id = $10) "

/* A section is of the body's own plan: its few duties first, CROSS JOIN because SQLite keeps to that order. */
#define SECTION_FROM                                                                                                   \
  " FROM duty d CROSS JOIN duty_scope s LEFT JOIN account u ON u.id = d.assignee_id "                                   \
  "WHERE d.body_id = $1 AND d.section = $9 AND s.duty_id = d.id AND s.due_key = coalesce(d.due_day, '" NO_DUE "') "      \
  "AND s.body_id = $1 AND s.open = $2 AND s.due_key >= $3 AND s.due_key <= $4 "

enum {
  SQL_LIST_OPEN,
  SQL_LIST_DONE,
  SQL_SECTION_OPEN,
  SQL_SECTION_DONE,
  SQL_LIST_MINE,
  SQL_GET,
  SQL_ID_OF_CODE,
  SQL_COUNTS,
  SQL_OLDEST,
  SQL_INSERT,
  SQL_PARTY,
  SQL_UPDATE,
  SQL_COUNT_DOWN,
  SQL_COUNT_CLEAN,
  SQL_MONTH_DOWN,
  SQL_UNSCOPE,
  SQL_SCOPE,
  SQL_COUNT_UP,
  SQL_MONTH_UP,
  SQL_EVENT,
  SQL_GROUP,
  SQL_UNDONE,
  SQL_PROOF,
  SQL_SCOPES,
  SQL_SEES,
  SQL_HAS_PROOF,
  SQL_OPEN_OF_PLAN,
};

static const StoreSql SQL[] = {
    [SQL_LIST_OPEN] = {"duty.list_open",
                       "SELECT " ROW_COLUMNS LIST_FROM "AND (s.due_key, s.duty_id) > ($5, $6) " LIST_FILTER
                       "ORDER BY s.due_key, s.duty_id LIMIT $11", NULL},
    [SQL_LIST_DONE] = {"duty.list_done",
                       "SELECT " ROW_COLUMNS LIST_FROM "AND (s.due_key, s.duty_id) < ($5, $6) " LIST_FILTER
                       "ORDER BY s.due_key DESC, s.duty_id DESC LIMIT $11", NULL},
    [SQL_SECTION_OPEN] = {"duty.section_open",
                          "SELECT " ROW_COLUMNS SECTION_FROM "AND (s.due_key, s.duty_id) > ($5, $6) " LIST_FILTER
                          "ORDER BY s.due_key, s.duty_id LIMIT $11", NULL},
    [SQL_SECTION_DONE] = {"duty.section_done",
                          "SELECT " ROW_COLUMNS SECTION_FROM "AND (s.due_key, s.duty_id) < ($5, $6) " LIST_FILTER
                          "ORDER BY s.due_key DESC, s.duty_id DESC LIMIT $11", NULL},
    [SQL_LIST_MINE] = {"duty.list_mine",
                       "SELECT " ROW_COLUMNS " FROM (SELECT id AS duty_id, due_day AS due_key FROM duty WHERE assignee_id = $1 "
                       "AND state IN ('todo', 'doing', 'approval') ORDER BY due_day NULLS LAST, id LIMIT $2) s "
                       "JOIN duty d ON d.id = s.duty_id JOIN account u ON u.id = d.assignee_id "
                       "ORDER BY d.due_day NULLS LAST, d.id", NULL},
    [SQL_GET] = {"duty.get",
                 "SELECT d.id, d.code, d.series_id, d.body_id, d.plan_id, d.law_rule, d.subject_type, d.subject_id, d.task_ref, "
                 "d.section, d.title, d.content, d.lead_names, d.lead_body_id, d.period, d.time_text, d.cycle_from, d.cycle_to, "
                 "d.due_day, d.due_ground, d.due_basis, d.state, d.assignee_id, a.name, b.name, d.done_by, d.evidenced_ms, d.done_ms, "
                 "d.created_ms, d.version FROM duty d LEFT JOIN account a ON a.id = d.assignee_id "
                 "LEFT JOIN account b ON b.id = d.done_by WHERE d.id = $1", NULL},
    [SQL_ID_OF_CODE] = {"duty.id_of_code", "SELECT id FROM duty WHERE code = $1", NULL},
    [SQL_COUNTS] = {"duty.counts",
                    "SELECT coalesce((SELECT sum(open_count) FROM duty_month WHERE body_id = $1 AND month < 'done'), 0), "
                    "coalesce((SELECT sum(open_count) FROM duty_month WHERE body_id = $1 AND month < $2), 0) "
                    "+ coalesce((SELECT sum(open_count) FROM duty_day WHERE body_id = $1 AND due_key >= $2 AND due_key < $3), 0), "
                    "coalesce((SELECT sum(open_count) FROM duty_day WHERE body_id = $1 AND due_key >= $3 AND due_key <= $4), 0), "
                    "coalesce((SELECT open_count FROM duty_month WHERE body_id = $1 AND month = 'done'), 0)", NULL},
    [SQL_OLDEST] = {"duty.oldest",
                    "SELECT due_key FROM duty_scope WHERE body_id = $1 AND open = 1 ORDER BY due_key, duty_id LIMIT 1", NULL},
    [SQL_INSERT] = {"duty.insert",
                    "INSERT INTO duty (id, code, series_id, body_id, plan_id, law_rule, subject_type, subject_id, task_ref, section, "
                    "title, content, lead_names, lead_body_id, period, time_text, cycle_from, cycle_to, due_day, due_ground, "
                    "due_basis, state, created_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, "
                    "$16, $17, $18, $19, $20, $21, $22, $23)", NULL},
    [SQL_PARTY] = {"duty.add_party",
                   "INSERT INTO duty_party (duty_id, position, role, name, body_id, certainty) VALUES ($1, $2, $3, $4, $5, $6)",
                   NULL},
    [SQL_UPDATE] = {"duty.update",
                    "UPDATE duty SET title = $3, content = $4, lead_names = $5, lead_body_id = $6, due_day = $7, due_ground = $8, "
                    "due_basis = $9, state = $10, assignee_id = $11, evidenced_ms = $12, done_ms = $13, done_by = $14, "
                    "version = version + 1 WHERE id = $1 AND version = $2", NULL},
    [SQL_COUNT_DOWN] = {"duty.count_down",
                        "UPDATE duty_day SET open_count = open_count - 1 WHERE (body_id, due_key) IN "
                        "(SELECT body_id, due_key FROM duty_scope WHERE duty_id = $1 AND open = 1)", NULL},
    [SQL_COUNT_CLEAN] = {"duty.count_clean",
                         "DELETE FROM duty_day WHERE open_count <= 0 AND (body_id, due_key) IN "
                         "(SELECT body_id, due_key FROM duty_scope WHERE duty_id = $1 AND open = 1)", NULL},
    [SQL_MONTH_DOWN] = {"duty.month_down",
                        "UPDATE duty_month SET open_count = open_count - 1 WHERE (body_id, month) IN "
                        "(SELECT body_id, " DUTY_MONTH " FROM duty_scope WHERE duty_id = $1)", NULL},
    [SQL_UNSCOPE] = {"duty.unscope", "DELETE FROM duty_scope WHERE duty_id = $1", NULL},
    [SQL_SCOPE] = {"duty.scope",
                   "INSERT INTO duty_scope (body_id, open, due_key, duty_id) SELECT DISTINCT a.ancestor_id, "
                   "CASE WHEN d.state IN ('todo', 'doing', 'approval') THEN 1 ELSE 0 END, coalesce(d.due_day, '" NO_DUE "'), d.id "
                   "FROM duty d, body_ancestor a WHERE d.id = $1 AND a.body_id IN (SELECT body_id FROM duty WHERE id = $1 "
                   "UNION SELECT lead_body_id FROM duty WHERE id = $1 UNION SELECT body_id FROM duty_party WHERE duty_id = $1)",
                   NULL},
    [SQL_COUNT_UP] = {"duty.count_up",
                      "INSERT INTO duty_day (body_id, due_key, open_count) SELECT body_id, due_key, 1 FROM duty_scope "
                      "WHERE duty_id = $1 AND open = 1 ON CONFLICT (body_id, due_key) "
                      "DO UPDATE SET open_count = duty_day.open_count + 1", NULL},
    [SQL_MONTH_UP] = {"duty.month_up",
                      "INSERT INTO duty_month (body_id, month, open_count) SELECT body_id, " DUTY_MONTH ", 1 FROM duty_scope "
                      "WHERE duty_id = $1 ON CONFLICT (body_id, month) "
                      "DO UPDATE SET open_count = duty_month.open_count + 1", NULL},
    [SQL_EVENT] = {"duty.add_event",
                   "INSERT INTO duty_event (id, duty_id, at_ms, account_id, kind, note, before, after, group_id) "
                   "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)", NULL},
    [SQL_GROUP] = {"duty.event_group",
                   "SELECT id, duty_id, account_id, kind, note, before, after, at_ms, undone_ms FROM duty_event "
                   "WHERE group_id = $1 ORDER BY id DESC", NULL},
    [SQL_UNDONE] = {"duty.mark_undone", "UPDATE duty_event SET undone_ms = $2 WHERE id = $1 AND undone_ms IS NULL", NULL},
    [SQL_PROOF] = {"duty.add_proof",
                   "INSERT INTO duty_proof (id, duty_id, at_ms, account_id, kind, text, attachment_id) "
                   "VALUES ($1, $2, $3, $4, $5, $6, $7)", NULL},
    [SQL_SEES] = {"duty.sees", "SELECT count(*) FROM duty_scope WHERE duty_id = $1 AND body_id = $2", NULL},
    [SQL_HAS_PROOF] = {"duty.has_proof", "SELECT count(*) FROM duty_proof WHERE duty_id = $1 AND kind <> 'report'", NULL},
    [SQL_OPEN_OF_PLAN] = {"duty.open_of_plan",
                          "SELECT id FROM duty WHERE plan_id = $1 AND state IN ('todo', 'doing', 'approval') ORDER BY id", NULL},
    [SQL_SCOPES] = {"duty.scopes", "SELECT body_id FROM duty_scope WHERE duty_id = $1", NULL},
};
const StoreSqlTable duty_sql = {SQL, G_N_ELEMENTS(SQL)};

static const char *orelse(const char *text, const char *other) {
  return text ? text : other;
}

/* --- lists --- */

gboolean duty_store_each(StoreRows *rows, DutyRowFunc func, void *data, GError **error) {
  g_autoptr(GError) failed = NULL;
  while (store_step(rows, &failed)) {
    DutyRow row = {store_text(rows, 0), store_text(rows, 1), store_text(rows, 2), store_text(rows, 3), store_text(rows, 4),
                   store_text(rows, 5), store_text(rows, 6), store_text(rows, 7), store_text(rows, 8)};
    if (!func(&row, data))
      break;
  }
  if (failed)
    g_propagate_error(error, g_steal_pointer(&failed));
  return !failed;
}

gboolean duty_store_list(StoreConn *conn, const DutyQuery *query, DutyRowFunc func, void *data, GError **error) {
  gboolean done = query->half == DUTY_DONE;
  gboolean section = query->section && *query->section;
  int statement = section ? (done ? SQL_SECTION_DONE : SQL_SECTION_OPEN) : (done ? SQL_LIST_DONE : SQL_LIST_OPEN);
  const char *first = done ? "~" : "";
  gboolean paged = query->after_key && *query->after_key;
  g_autoptr(StoreRows) rows = store_query(
      conn, &SQL[statement],
      S(S_TEXT(query->body_id), S_INT(done ? 0 : 1), S_TEXT(orelse(query->from_key, "")), S_TEXT(orelse(query->to_key, "~")),
        S_TEXT(paged ? query->after_key : first), S_TEXT(paged ? query->after_id : first), S_TEXT(orelse(query->state, "")),
        S_TEXT(orelse(query->assignee_id, "")), S_TEXT(orelse(query->section, "")), S_TEXT(orelse(query->plan_id, "")),
        S_INT(query->limit)),
      error);
  return rows && duty_store_each(rows, func, data, error);
}

gboolean duty_store_mine(StoreConn *conn, const char *account_id, int limit, DutyRowFunc func, void *data, GError **error) {
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_LIST_MINE], S(S_TEXT(account_id), S_INT(limit)), error);
  return rows && duty_store_each(rows, func, data, error);
}

/* --- one --- */

const Duty *duty_store_get(StoreConn *conn, Arena *arena, const char *id, GError **error) {
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_GET], S(S_TEXT(id)), error);
  if (!rows || !store_step(rows, error))
    return NULL;
  Duty *duty = arena_alloc(arena, sizeof *duty);
  const char **texts[] = {&duty->id, &duty->code, &duty->series_id, &duty->body_id, &duty->plan_id, &duty->law_rule,
                          &duty->subject_type, &duty->subject_id, &duty->task_ref, &duty->section, &duty->title,
                          &duty->content, &duty->lead_names, &duty->lead_body_id, &duty->period, &duty->time_text,
                          &duty->cycle_from, &duty->cycle_to, &duty->due_day, &duty->due_ground, &duty->due_basis,
                          &duty->state, &duty->assignee_id, &duty->assignee_name, &duty->done_by_name,
                          &duty->done_by};
  int count = (int)G_N_ELEMENTS(texts);
  for (int i = 0; i < count; i++)
    *texts[i] = arena_text(arena, store_text(rows, i), -1);
  duty->evidenced_ms = store_int(rows, count);
  duty->done_ms = store_int(rows, count + 1);
  duty->created_ms = store_int(rows, count + 2);
  duty->version = store_int(rows, count + 3);
  return duty;
}

const char *duty_store_id_of_code(StoreConn *conn, Arena *arena, const char *code, GError **error) {
  g_autofree char *id = NULL;
  if (!store_get_text(conn, &SQL[SQL_ID_OF_CODE], S(S_TEXT(code)), &id, error))
    return NULL;
  return arena_text(arena, id, -1);
}

/* --- counts --- */

gboolean duty_store_counts(StoreConn *conn, const char *body_id, const char *today, const char *last_soon, DutyCounts *out,
                           GError **error) {
  char month[MONTH_LENGTH + 1];
  g_strlcpy(month, today, sizeof month);
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_COUNTS], S(S_TEXT(body_id), S_TEXT(month), S_TEXT(today), S_TEXT(last_soon)), error);
  if (!rows || !store_step(rows, error))
    return FALSE;
  *out = (DutyCounts){store_int(rows, 0), store_int(rows, 1), store_int(rows, 2), store_int(rows, 3)};
  return TRUE;
}

gboolean duty_store_oldest_due(StoreConn *conn, Arena *arena, const char *body_id, const char **out_day, GError **error) {
  g_autofree char *day = NULL;
  if (!store_get_text(conn, &SQL[SQL_OLDEST], S(S_TEXT(body_id)), &day, error))
    return FALSE;
  *out_day = arena_text(arena, day, -1);
  return TRUE;
}

/* --- changes --- */

gboolean duty_store_insert(StoreConn *conn, const Duty *duty, GError **error) {
  return store_exec(conn, &SQL[SQL_INSERT],
                    S(S_TEXT(duty->id), S_TEXT(duty->code), S_TEXT(duty->series_id), S_TEXT(duty->body_id),
                      S_TEXT(duty->plan_id), S_TEXT(duty->law_rule), S_TEXT(duty->subject_type), S_TEXT(duty->subject_id),
                      S_TEXT(duty->task_ref), S_TEXT(duty->section), S_TEXT(duty->title), S_TEXT(duty->content),
                      S_TEXT(duty->lead_names), S_TEXT(duty->lead_body_id), S_TEXT(duty->period), S_TEXT(duty->time_text),
                      S_TEXT(duty->cycle_from), S_TEXT(duty->cycle_to), S_TEXT(duty->due_day), S_TEXT(duty->due_ground),
                      S_TEXT(duty->due_basis), S_TEXT(duty->state), S_INT(duty->created_ms)),
                    NULL, error);
}

gboolean duty_store_add_party(StoreConn *conn, const char *duty_id, int position, const char *role, const DutyParty *party,
                              GError **error) {
  return store_exec(conn, &SQL[SQL_PARTY],
                    S(S_TEXT(duty_id), S_INT(position), S_TEXT(role), S_TEXT(party->name), S_TEXT(party->body_id),
                      S_TEXT(party->inferred ? "inferred" : "read")),
                    NULL, error);
}

gboolean duty_store_rescope(StoreConn *conn, const char *duty_id, GError **error) {
  static const int STEPS[] = {SQL_COUNT_DOWN, SQL_COUNT_CLEAN, SQL_MONTH_DOWN, SQL_UNSCOPE,
                              SQL_SCOPE,      SQL_COUNT_UP,    SQL_MONTH_UP};
  for (gsize i = 0; i < G_N_ELEMENTS(STEPS); i++)
    if (!store_exec(conn, &SQL[STEPS[i]], S(S_TEXT(duty_id)), NULL, error))
      return FALSE;
  return TRUE;
}

gboolean duty_store_update(StoreConn *conn, const Duty *duty, gint64 version, GError **error) {
  gint64 changed = 0;
  if (!store_exec(conn, &SQL[SQL_UPDATE],
                  S(S_TEXT(duty->id), S_INT(version), S_TEXT(duty->title), S_TEXT(duty->content), S_TEXT(duty->lead_names),
                    S_TEXT(duty->lead_body_id), S_TEXT(duty->due_day), S_TEXT(duty->due_ground), S_TEXT(duty->due_basis),
                    S_TEXT(duty->state), S_TEXT(duty->assignee_id), duty->evidenced_ms ? S_INT(duty->evidenced_ms) : S_NULL,
                    duty->done_ms ? S_INT(duty->done_ms) : S_NULL, S_TEXT(duty->done_by)),
                  &changed, error))
    return FALSE;
  if (changed == 1)
    return duty_store_rescope(conn, duty->id, error);
  g_set_error(error, APP_ERROR, ERROR_CONFLICT,
              "Nhiệm vụ %s vừa được người khác sửa. Nội dung đã nhập còn trên trang; xem lại rồi lưu.", duty->code);
  return FALSE;
}

gboolean duty_store_add_event(StoreConn *conn, const DutyEvent *event, GError **error) {
  return store_exec(conn, &SQL[SQL_EVENT],
                    S(S_TEXT(event->id), S_TEXT(event->duty_id), S_INT(event->at_ms), S_TEXT(event->account_id),
                      S_TEXT(event->kind), S_TEXT(orelse(event->note, "")), S_TEXT(event->before), S_TEXT(event->after),
                      S_TEXT(event->group_id)),
                    NULL, error);
}

GPtrArray *duty_store_group(StoreConn *conn, Arena *arena, const char *group_id, GError **error) {
  GError *failed = NULL;
  g_autoptr(GPtrArray) events = g_ptr_array_new();
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_GROUP], S(S_TEXT(group_id)), error);
  while (rows && store_step(rows, &failed)) {
    DutyEvent *event = arena_alloc(arena, sizeof *event);
    const char **texts[] = {&event->id, &event->duty_id, &event->account_id, &event->kind, &event->note, &event->before, &event->after};
    for (int i = 0; i < (int)G_N_ELEMENTS(texts); i++)
      *texts[i] = arena_text(arena, store_text(rows, i), -1);
    event->group_id = group_id;
    event->at_ms = store_int(rows, 7);
    event->undone_ms = store_int(rows, 8);
    g_ptr_array_add(events, event);
  }
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed ? g_steal_pointer(&events) : NULL;
}

gboolean duty_store_sees(StoreConn *conn, const char *duty_id, const char *body_id) {
  gint64 found = 0;
  return store_get_int(conn, &SQL[SQL_SEES], S(S_TEXT(duty_id), S_TEXT(body_id)), 0, &found, NULL) && found;
}

gboolean duty_store_mark_undone(StoreConn *conn, const char *id, gint64 now_ms, GError **error) {
  return store_exec(conn, &SQL[SQL_UNDONE], S(S_TEXT(id), S_INT(now_ms)), NULL, error);
}

gboolean duty_store_add_proof(StoreConn *conn, const char *duty_id, gint64 at_ms, const char *account_id, const char *kind,
                              const char *text, const char *attachment_id, GError **error) {
  char id[ID_SIZE];
  id_new(id);
  return store_exec(conn, &SQL[SQL_PROOF],
                    S(S_TEXT(id), S_TEXT(duty_id), S_INT(at_ms), S_TEXT(account_id), S_TEXT(kind), S_TEXT(text),
                      S_TEXT(attachment_id)),
                    NULL, error);
}

gboolean duty_store_index(Change *change, const Duty *duty, GError **error) {
  g_autoptr(GPtrArray) scopes = g_ptr_array_new_with_free_func(g_free);
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = store_query(change->conn, &SQL[SQL_SCOPES], S(S_TEXT(duty->id)), error);
  if (!rows)
    return FALSE;
  while (store_step(rows, &failed))
    g_ptr_array_add(scopes, g_strdup(store_text(rows, 0)));
  g_ptr_array_add(scopes, NULL);
  if (failed) {
    g_propagate_error(error, failed);
    return FALSE;
  }
  g_autofree char *text = g_strdup_printf("%s %s %s", duty->code, duty->content, duty->lead_names);
  return store_search_put(change->conn, "duty", duty->id, duty->title, text, (const char *const *)scopes->pdata,
                          duty->created_ms, error);
}

gboolean duty_store_has_proof(StoreConn *conn, const char *duty_id, gboolean *out_has, GError **error) {
  gint64 count = 0;
  if (!store_get_int(conn, &SQL[SQL_HAS_PROOF], S(S_TEXT(duty_id)), 0, &count, error))
    return FALSE;
  *out_has = count > 0;
  return TRUE;
}

const char *const *duty_store_open_of_plan(StoreConn *conn, Arena *arena, const char *plan_id, GError **error) {
  g_autoptr(GPtrArray) ids = g_ptr_array_new();
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_OPEN_OF_PLAN], S(S_TEXT(plan_id)), error);
  while (rows && store_step(rows, &failed))
    g_ptr_array_add(ids, arena_text(arena, store_text(rows, 0), -1));
  g_ptr_array_add(ids, NULL);
  if (failed)
    g_propagate_error(error, failed);
  if (!rows || failed)
    return NULL;
  const char **copy = arena_alloc(arena, ids->len * sizeof *copy);
  memcpy(copy, ids->pdata, ids->len * sizeof *copy);
  return copy;
}
