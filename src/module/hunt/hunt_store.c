#include "module/hunt/hunt_store.h"
#include "core/body.h"
#include <string.h>

#define COLUMNS                                                                                                        \
  "h.id, h.code, h.body_id, h.kind, h.title, h.hypothesis, h.sources, h.systems, h.lists, h.indicators, h.pack_id, h.rules, h.rules_yaml, "  \
  "h.words, h.state, h.owner_id, h.handed_from, h.package, h.package_by, h.place, h.failure, h.conclusion, h.actions, h.concluded_by, "       \
  "h.duty_id, b.name, u.name, c.name, d.code, f.code, h.from_ms, h.to_ms, h.least_level, h.segments, h.segments_done, h.damaged, h.records, " \
  "h.bytes, h.bytes_done, h.hits, h.hits_beyond, h.work_ms, h.started_ms, h.seen_ms, h.ended_ms, h.concluded_ms, h.created_ms, h.version, "   \
  "(SELECT count(*) FROM hunt_group g WHERE g.hunt_id = h.id) "
#define FROM                                                                                                           \
  "FROM hunt h JOIN body b ON b.id = h.body_id LEFT JOIN account u ON u.id = h.owner_id LEFT JOIN account c ON c.id = h.concluded_by "   \
  "LEFT JOIN duty d ON d.id = h.duty_id LEFT JOIN hunt f ON f.id = h.handed_from "
#define GROUP_COLUMNS                                                                                                  \
  "SELECT g.number, g.group_key, g.kind, g.what, g.title, g.techniques, g.source_id, g.source_name, g.system_id, g.host, g.signs, g.triage, "  \
  "g.note, g.incident_id, s.name, u.name, i.code, g.level, g.count, g.kept, g.first_ms, g.last_ms, g.triaged_ms FROM hunt_group g LEFT JOIN "  \
  "system s ON s.id = g.system_id LEFT JOIN account u ON u.id = g.triaged_by LEFT JOIN incident i ON i.id = g.incident_id "

enum {
  SQL_GET, SQL_INSERT, SQL_UPDATE, SQL_PROGRESS, SQL_SCOPE_CLEAR, SQL_SCOPE_ADD, SQL_CLEAR_EVENTS, SQL_CLEAR_GROUPS, SQL_RUNNING, SQL_FIRST_PAGE,
  SQL_PAGE, SQL_COUNT, SQL_HANDED, SQL_GROUPS, SQL_GROUP, SQL_GROUP_KEYED, SQL_GROUP_ADD, SQL_GROUP_GROW, SQL_TRIAGE, SQL_GROUP_COUNT,
  SQL_EVENT_ADD, SQL_EVENTS, SQL_DONE_BETWEEN, SQL_BODIES, SQL_DUTIES,
};
static const StoreSql SQL[] = {
    [SQL_GET] = {"hunt.get", "SELECT " COLUMNS FROM "WHERE h.id = $1 OR h.code = $1", NULL},
    [SQL_INSERT] = {"hunt.insert",
                    "INSERT INTO hunt (id, code, body_id, kind, title, hypothesis, sources, systems, from_ms, to_ms, lists, indicators, pack_id, "
                    "least_level, rules, rules_yaml, words, state, owner_id, handed_from, package, package_by, started_ms, created_ms) VALUES ($1, $2, "
                    "$3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)", NULL},
    [SQL_UPDATE] = {"hunt.update",
                    "UPDATE hunt SET title = $3, hypothesis = $4, sources = $5, systems = $6, from_ms = $7, to_ms = $8, lists = $9, indicators = $10, "
                    "pack_id = $11, least_level = $12, rules = $13, words = $14, state = $15, started_ms = $16, ended_ms = $17, conclusion = $18, "
                    "actions = $19, concluded_ms = $20, concluded_by = $21, duty_id = $22, failure = $23, owner_id = $24, version = version + 1 WHERE id = $1 AND "
                    "version = $2", NULL},
    [SQL_PROGRESS] = {"hunt.progress",
                      "UPDATE hunt SET state = $2, place = $3, failure = $4, segments = $5, segments_done = $6, damaged = $7, records = $8, bytes = $9, "
                      "bytes_done = $10, hits = $11, hits_beyond = $12, work_ms = $13, seen_ms = $14, ended_ms = $15 WHERE id = $1", NULL},
    [SQL_SCOPE_CLEAR] = {"hunt.scope_clear", "DELETE FROM hunt_scope WHERE hunt_id = $1", NULL},
    [SQL_SCOPE_ADD] = {"hunt.scope_add",
                       "INSERT INTO hunt_scope (body_id, tab, at_ms, hunt_id) SELECT ancestor_id, $2, $3, $4 FROM body_ancestor WHERE body_id = $1", NULL},
    [SQL_CLEAR_EVENTS] = {"hunt.clear_events", "DELETE FROM hunt_event WHERE hunt_id = $1", NULL},
    [SQL_CLEAR_GROUPS] = {"hunt.clear_groups", "DELETE FROM hunt_group WHERE hunt_id = $1", NULL},
    [SQL_RUNNING] = {"hunt.running", "SELECT id FROM hunt WHERE state = 'running' ORDER BY started_ms, id", NULL},
    [SQL_FIRST_PAGE] = {"hunt.first_page",
                        "SELECT " COLUMNS FROM "JOIN hunt_scope p ON p.hunt_id = h.id WHERE p.body_id = $1 AND p.tab = $2 ORDER BY p.at_ms DESC, "
                        "p.hunt_id DESC LIMIT $3", NULL},
    [SQL_PAGE] = {"hunt.page",
                  "SELECT " COLUMNS FROM "JOIN hunt_scope p ON p.hunt_id = h.id WHERE p.body_id = $1 AND p.tab = $2 AND (p.at_ms, p.hunt_id) < ($4, $5) "
                  "ORDER BY p.at_ms DESC, p.hunt_id DESC LIMIT $3", NULL},
    [SQL_COUNT] = {"hunt.count", "WITH few AS (SELECT 1 AS one FROM hunt_scope WHERE body_id = $1 AND tab = $2 LIMIT $3) SELECT count(*) FROM few", NULL},
    [SQL_HANDED] = {"hunt.handed", "SELECT " COLUMNS FROM "WHERE h.handed_from = $1 ORDER BY b.sort_key, h.id LIMIT 500", NULL},
    [SQL_GROUPS] = {"hunt.groups", GROUP_COLUMNS "WHERE g.hunt_id = $1 ORDER BY g.last_ms DESC, g.number LIMIT $2", NULL},
    [SQL_GROUP] = {"hunt.group", GROUP_COLUMNS "WHERE g.hunt_id = $1 AND g.number = $2", NULL},
    [SQL_GROUP_KEYED] = {"hunt.group_keyed", GROUP_COLUMNS "WHERE g.hunt_id = $1 AND g.group_key = $2", NULL},
    [SQL_GROUP_ADD] = {"hunt.group_add",
                       "INSERT INTO hunt_group (hunt_id, number, group_key, kind, what, title, level, techniques, source_id, source_name, system_id, host, "
                       "signs, count, kept, first_ms, last_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)", NULL},
    [SQL_GROUP_GROW] = {"hunt.group_grow",
                        "UPDATE hunt_group SET count = count + $3, kept = $4, first_ms = CASE WHEN $5 < first_ms THEN $5 ELSE first_ms END, last_ms = "
                        "CASE WHEN $6 > last_ms THEN $6 ELSE last_ms END WHERE hunt_id = $1 AND number = $2", NULL},
    [SQL_TRIAGE] = {"hunt.triage",
                    "UPDATE hunt_group SET triage = $3, note = $4, triaged_ms = $5, triaged_by = $6, incident_id = $7 WHERE hunt_id = $1 AND number = $2",
                    NULL},
    [SQL_GROUP_COUNT] = {"hunt.group_count", "SELECT count(*) FROM hunt_group WHERE hunt_id = $1 AND ($2 = '' OR triage = $2)", NULL},
    [SQL_EVENT_ADD] = {"hunt.event_add",
                       "INSERT INTO hunt_event (hunt_id, group_number, number, at_ms, received_ms, raw, fields) VALUES ($1, $2, $3, $4, $5, $6, $7)", NULL},
    [SQL_EVENTS] = {"hunt.events",
                    "SELECT number, at_ms, received_ms, raw, fields FROM hunt_event WHERE hunt_id = $1 AND group_number = $2 ORDER BY number", NULL},
    [SQL_DONE_BETWEEN] = {"hunt.done_between",
                          "SELECT coalesce(sum(CASE WHEN concluded_ms >= $2 AND concluded_ms < $3 THEN 1 ELSE 0 END), 0), coalesce(max(concluded_ms), 0) "
                          "FROM hunt WHERE body_id = $1 AND state = 'concluded' AND kind = 'hunt'", NULL},
    [SQL_BODIES] = {"hunt.bodies",
                    "SELECT b.id, b.name, coalesce(sum(CASE WHEN h.concluded_ms >= $2 AND h.concluded_ms < $3 THEN 1 ELSE 0 END), 0), "
                    "coalesce(max(h.concluded_ms), 0) FROM body_ancestor a JOIN body b ON b.id = a.body_id LEFT JOIN hunt h ON h.body_id = b.id AND "
                    "h.state = 'concluded' AND h.kind = 'hunt' WHERE a.ancestor_id = $1 AND a.depth > 0 AND b.kind IN ('tinh', 'so', 'xa') AND "
                    "b.closed_day IS NULL GROUP BY b.id, b.name, b.sort_key ORDER BY 3, 4, b.sort_key LIMIT $4", NULL},
    [SQL_DUTIES] = {"hunt.duties",
                    "SELECT d.id, d.code, d.title, d.due_day, d.state FROM duty_scope s JOIN duty d ON d.id = s.duty_id WHERE s.body_id = $1 AND s.open = 1 "
                    "AND (d.body_id = $1 OR d.lead_body_id = $1) AND (d.law_rule = 'san-lung-moi-nguy-hai' OR d.title LIKE '%ăn lùng%') "
                    "ORDER BY s.due_key, d.id LIMIT 20", NULL},
};
const StoreSqlTable hunt_sql = {SQL, G_N_ELEMENTS(SQL)};

static StoreValue ms_or_null(gint64 ms) {
  return ms ? S_INT(ms) : S_NULL;
}

static gboolean finish(StoreRows *rows, GError *failed, GError **error) {
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}

static const char *text_at(StoreRows *rows, Arena *arena, int column) {
  return store_is_null(rows, column) ? NULL : arena_text(arena, store_text(rows, column), -1);
}

/* --- hunts --- */

static HuntCase *read_row(StoreRows *rows, Arena *arena) {
  HuntCase *h = arena_alloc(arena, sizeof *h);
  *h = (HuntCase){0};
  const char **const texts[] = {&h->id, &h->code, &h->body_id, &h->kind, &h->title, &h->hypothesis, &h->sources, &h->systems, &h->lists, &h->indicators,
                                &h->pack_id, &h->rules, &h->rules_yaml, &h->words, &h->state, &h->owner_id, &h->handed_from, &h->package, &h->package_by,
                                &h->place, &h->failure, &h->conclusion, &h->actions, &h->concluded_by, &h->duty_id, &h->body_name, &h->owner_name,
                                &h->concluder_name, &h->duty_code, &h->handed_code};
  gint64 *const numbers[] = {&h->from_ms, &h->to_ms, &h->least_level, &h->segments, &h->segments_done, &h->damaged, &h->records, &h->bytes,
                             &h->bytes_done, &h->hits, &h->hits_beyond, &h->work_ms, &h->started_ms, &h->seen_ms, &h->ended_ms, &h->concluded_ms,
                             &h->created_ms, &h->version, &h->groups};
  for (int i = 0; i < (int)G_N_ELEMENTS(texts); i++)
    *texts[i] = text_at(rows, arena, i);
  for (int i = 0; i < (int)G_N_ELEMENTS(numbers); i++)
    *numbers[i] = store_int(rows, (int)G_N_ELEMENTS(texts) + i);
  return h;
}

HuntCase *hunt_store_get(StoreConn *conn, Arena *arena, const char *id, GError **error) {
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_GET], S(S_TEXT(id)), error);
  return rows && store_step(rows, error) ? read_row(rows, arena) : NULL;
}

static gboolean add_scope(StoreConn *conn, const HuntCase *hunt, const char *tab, GError **error) {
  return store_exec(conn, &SQL[SQL_SCOPE_ADD], S(S_TEXT(hunt->body_id), S_TEXT(tab), S_INT(hunt->created_ms), S_TEXT(hunt->id)), NULL, error);
}

/* An estimate is work of the program: nobody's list shows it. */
static gboolean write_scope(StoreConn *conn, const HuntCase *hunt, GError **error) {
  gboolean closed = strcmp(hunt->state, HUNT_CONCLUDED) == 0 || strcmp(hunt->state, HUNT_CANCELLED) == 0;
  if (strcmp(hunt->kind, KIND_ESTIMATE) == 0)
    return TRUE;
  return store_exec(conn, &SQL[SQL_SCOPE_CLEAR], S(S_TEXT(hunt->id)), NULL, error) && add_scope(conn, hunt, closed ? TAB_CLOSED : TAB_OPEN, error) &&
         add_scope(conn, hunt, TAB_ALL, error);
}

gboolean hunt_store_insert(StoreConn *conn, const HuntCase *h, GError **error) {
  return store_exec(conn, &SQL[SQL_INSERT],
                    S(S_TEXT(h->id), S_TEXT(h->code), S_TEXT(h->body_id), S_TEXT(h->kind), S_TEXT(h->title), S_TEXT(h->hypothesis), S_TEXT(h->sources),
                      S_TEXT(h->systems), ms_or_null(h->from_ms), ms_or_null(h->to_ms), S_TEXT(h->lists), S_TEXT(h->indicators), S_TEXT(h->pack_id),
                      S_INT(h->least_level), S_TEXT(h->rules), S_TEXT(h->rules_yaml), S_TEXT(h->words), S_TEXT(h->state), S_TEXT(h->owner_id),
                      S_TEXT(h->handed_from), S_TEXT(h->package), S_TEXT(h->package_by), ms_or_null(h->started_ms), S_INT(h->created_ms)),
                    NULL, error) &&
         write_scope(conn, h, error);
}

gboolean hunt_store_update(StoreConn *conn, const HuntCase *h, GError **error) {
  gint64 changed = 0;
  if (!store_exec(conn, &SQL[SQL_UPDATE],
                  S(S_TEXT(h->id), S_INT(h->version), S_TEXT(h->title), S_TEXT(h->hypothesis), S_TEXT(h->sources), S_TEXT(h->systems),
                    ms_or_null(h->from_ms), ms_or_null(h->to_ms), S_TEXT(h->lists), S_TEXT(h->indicators), S_TEXT(h->pack_id), S_INT(h->least_level),
                    S_TEXT(h->rules), S_TEXT(h->words), S_TEXT(h->state), ms_or_null(h->started_ms), ms_or_null(h->ended_ms), S_TEXT(h->conclusion),
                    S_TEXT(h->actions), ms_or_null(h->concluded_ms), S_TEXT(h->concluded_by), S_TEXT(h->duty_id), S_TEXT(h->failure), S_TEXT(h->owner_id)),
                  &changed, error))
    return FALSE;
  if (!changed)
    g_set_error(error, APP_ERROR, ERROR_CONFLICT, "Người khác vừa thay đổi %s. Xem lại rồi làm lại.", h->code);
  return changed && write_scope(conn, h, error);
}

gboolean hunt_store_progress(StoreConn *conn, const HuntCase *h, GError **error) {
  return store_exec(conn, &SQL[SQL_PROGRESS],
                    S(S_TEXT(h->id), S_TEXT(h->state), S_TEXT(h->place), S_TEXT(h->failure), S_INT(h->segments), S_INT(h->segments_done),
                      S_INT(h->damaged), S_INT(h->records), S_INT(h->bytes), S_INT(h->bytes_done), S_INT(h->hits), S_INT(h->hits_beyond),
                      S_INT(h->work_ms), ms_or_null(h->seen_ms), ms_or_null(h->ended_ms)),
                    NULL, error);
}

gboolean hunt_store_index(StoreConn *conn, Arena *arena, const HuntCase *hunt, GError **error) {
  const char *const *scopes = body_ancestors(conn, arena, hunt->body_id, error);
  const char *text = arena_printf(arena, "%s %s %s %s %s", hunt->code, hunt->hypothesis, hunt->words, hunt->conclusion, hunt->actions);
  return scopes && store_search_put(conn, "hunt", hunt->id, hunt->title, text, scopes, hunt->created_ms, error);
}

gboolean hunt_store_clear(StoreConn *conn, const char *hunt_id, GError **error) {
  return store_exec(conn, &SQL[SQL_CLEAR_EVENTS], S(S_TEXT(hunt_id)), NULL, error) &&
         store_exec(conn, &SQL[SQL_CLEAR_GROUPS], S(S_TEXT(hunt_id)), NULL, error);
}

const char *const *hunt_store_running(StoreConn *conn, Arena *arena, GError **error) {
  enum { MOST = 1000 };
  const char **ids = arena_alloc(arena, (MOST + 1) * sizeof *ids);
  GError *failed = NULL;
  int count = 0;
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_RUNNING], S0, error);
  while (rows && count < MOST && store_step(rows, &failed))
    ids[count++] = text_at(rows, arena, 0);
  ids[count] = NULL;
  return finish(rows, failed, error) ? ids : NULL;
}

static gboolean each_hunt(StoreRows *rows, Arena *arena, HuntFunc func, void *data, GError **error) {
  GError *failed = NULL;
  while (rows && store_step(rows, &failed))
    if (!func(read_row(rows, arena), data))
      break;
  return finish(rows, failed, error);
}

gboolean hunt_store_list(StoreConn *conn, Arena *arena, const HuntQuery *query, HuntFunc func, void *data, GError **error) {
  g_autoptr(StoreRows) rows =
      query->after_id ? store_query(conn, &SQL[SQL_PAGE],
                                    S(S_TEXT(query->body_id), S_TEXT(query->tab), S_INT(query->limit), S_INT(query->after_ms), S_TEXT(query->after_id)), error)
                      : store_query(conn, &SQL[SQL_FIRST_PAGE], S(S_TEXT(query->body_id), S_TEXT(query->tab), S_INT(query->limit)), error);
  return each_hunt(rows, arena, func, data, error);
}

gboolean hunt_store_count(StoreConn *conn, const char *body_id, const char *tab, gint64 most, gint64 *out_count, GError **error) {
  return store_get_int(conn, &SQL[SQL_COUNT], S(S_TEXT(body_id), S_TEXT(tab), S_INT(most)), 0, out_count, error);
}

gboolean hunt_store_handed(StoreConn *conn, Arena *arena, const char *hunt_id, HuntFunc func, void *data, GError **error) {
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_HANDED], S(S_TEXT(hunt_id)), error);
  return each_hunt(rows, arena, func, data, error);
}

/* --- what was found --- */

static HuntGroup *read_group(StoreRows *rows, Arena *arena) {
  HuntGroup *g = arena_alloc(arena, sizeof *g);
  *g = (HuntGroup){.number = store_int(rows, 0)};
  const char **const texts[] = {&g->group_key, &g->kind, &g->what, &g->title, &g->techniques, &g->source_id, &g->source_name, &g->system_id, &g->host,
                                &g->signs, &g->triage, &g->note, &g->incident_id, &g->system_name, &g->triager_name, &g->incident_code};
  gint64 *const numbers[] = {&g->level, &g->count, &g->kept, &g->first_ms, &g->last_ms, &g->triaged_ms};
  for (int i = 0; i < (int)G_N_ELEMENTS(texts); i++)
    *texts[i] = text_at(rows, arena, 1 + i);
  for (int i = 0; i < (int)G_N_ELEMENTS(numbers); i++)
    *numbers[i] = store_int(rows, 1 + (int)G_N_ELEMENTS(texts) + i);
  return g;
}

gboolean hunt_store_groups(StoreConn *conn, Arena *arena, const char *hunt_id, int limit, HuntGroupFunc func, void *data, GError **error) {
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_GROUPS], S(S_TEXT(hunt_id), S_INT(limit)), error);
  while (rows && store_step(rows, &failed))
    if (!func(read_group(rows, arena), data))
      break;
  return finish(rows, failed, error);
}

HuntGroup *hunt_store_group(StoreConn *conn, Arena *arena, const char *hunt_id, gint64 number, GError **error) {
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_GROUP], S(S_TEXT(hunt_id), S_INT(number)), error);
  return rows && store_step(rows, error) ? read_group(rows, arena) : NULL;
}

HuntGroup *hunt_store_group_keyed(StoreConn *conn, Arena *arena, const char *hunt_id, const char *key, GError **error) {
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_GROUP_KEYED], S(S_TEXT(hunt_id), S_TEXT(key)), error);
  return rows && store_step(rows, error) ? read_group(rows, arena) : NULL;
}

gboolean hunt_store_add_group(StoreConn *conn, const char *hunt_id, const HuntGroup *g, GError **error) {
  return store_exec(conn, &SQL[SQL_GROUP_ADD],
                    S(S_TEXT(hunt_id), S_INT(g->number), S_TEXT(g->group_key), S_TEXT(g->kind), S_TEXT(g->what), S_TEXT(g->title), S_INT(g->level),
                      S_TEXT(g->techniques), S_TEXT(g->source_id), S_TEXT(g->source_name), S_TEXT(g->system_id), S_TEXT(g->host), S_TEXT(g->signs),
                      S_INT(g->count), S_INT(g->kept), S_INT(g->first_ms), S_INT(g->last_ms)),
                    NULL, error);
}

gboolean hunt_store_grow_group(StoreConn *conn, const char *hunt_id, const HuntGroup *g, GError **error) {
  return store_exec(conn, &SQL[SQL_GROUP_GROW],
                    S(S_TEXT(hunt_id), S_INT(g->number), S_INT(g->count), S_INT(g->kept), S_INT(g->first_ms), S_INT(g->last_ms)), NULL, error);
}

gboolean hunt_store_triage(StoreConn *conn, const char *hunt_id, const HuntGroup *g, const char *account_id, gint64 now_ms, GError **error) {
  return store_exec(conn, &SQL[SQL_TRIAGE],
                    S(S_TEXT(hunt_id), S_INT(g->number), S_TEXT(g->triage), S_TEXT(g->note), S_INT(now_ms), S_TEXT(account_id), S_TEXT(g->incident_id)),
                    NULL, error);
}

gboolean hunt_store_group_count(StoreConn *conn, const char *hunt_id, const char *triage, gint64 *out_count, GError **error) {
  return store_get_int(conn, &SQL[SQL_GROUP_COUNT], S(S_TEXT(hunt_id), S_TEXT(triage ? triage : "")), 0, out_count, error);
}

gboolean hunt_store_add_event(StoreConn *conn, const char *hunt_id, gint64 group, const HuntEvent *event, GError **error) {
  return store_exec(conn, &SQL[SQL_EVENT_ADD],
                    S(S_TEXT(hunt_id), S_INT(group), S_INT(event->number), S_INT(event->at_ms), S_INT(event->received_ms), S_TEXT(event->raw),
                      S_TEXT(event->fields)),
                    NULL, error);
}

gboolean hunt_store_events(StoreConn *conn, const char *hunt_id, gint64 group, HuntEventFunc func, void *data, GError **error) {
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_EVENTS], S(S_TEXT(hunt_id), S_INT(group)), error);
  while (rows && store_step(rows, &failed)) {
    const HuntEvent event = {store_int(rows, 0), store_int(rows, 1), store_int(rows, 2), store_text(rows, 3), store_text(rows, 4)};
    if (!func(&event, data))
      break;
  }
  return finish(rows, failed, error);
}

/* --- the half-year duty --- */

gboolean hunt_store_done_between(StoreConn *conn, const char *body_id, gint64 from_ms, gint64 to_ms, gint64 *out_count, gint64 *out_last_ms, GError **error) {
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_DONE_BETWEEN], S(S_TEXT(body_id), S_INT(from_ms), S_INT(to_ms)), error);
  if (!rows || !store_step(rows, error))
    return FALSE;
  *out_count = store_int(rows, 0);
  *out_last_ms = store_int(rows, 1);
  return TRUE;
}

gboolean hunt_store_bodies(StoreConn *conn, const char *body_id, gint64 from_ms, gint64 to_ms, int limit, HuntBodyFunc func, void *data, GError **error) {
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_BODIES], S(S_TEXT(body_id), S_INT(from_ms), S_INT(to_ms), S_INT(limit)), error);
  while (rows && store_step(rows, &failed)) {
    const HuntBody body = {store_text(rows, 0), store_text(rows, 1), store_int(rows, 2), store_int(rows, 3)};
    if (!func(&body, data))
      break;
  }
  return finish(rows, failed, error);
}

gboolean hunt_store_duties(StoreConn *conn, const char *body_id, HuntDutyFunc func, void *data, GError **error) {
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_DUTIES], S(S_TEXT(body_id)), error);
  while (rows && store_step(rows, &failed)) {
    const HuntDuty duty = {store_text(rows, 0), store_text(rows, 1), store_text(rows, 2), store_text(rows, 3), store_text(rows, 4)};
    if (!func(&duty, data))
      break;
  }
  return finish(rows, failed, error);
}
