#include "module/plan/plan_draft_store.h"
#include <string.h>

enum { SQL_GET, SQL_PUT, SQL_DROP_DRAFT, SQL_DROP_CONTENT, SQL_DROP_PLAN, SQL_ENDED, SQL_BELOW };
static const StoreSql SQL[] = {
    [SQL_GET] = {"plan_draft.get",
                 "SELECT d.manuscript, d.before, d.undo, d.returned, d.submitted_ms, d.submitted_by, u.name FROM plan_draft d "
                 "LEFT JOIN account u ON u.id = d.submitted_by WHERE d.plan_id = $1", NULL},
    [SQL_PUT] = {"plan_draft.put",
                 "INSERT INTO plan_draft (plan_id, manuscript, before, undo, returned, submitted_ms, submitted_by) "
                 "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (plan_id) DO UPDATE SET manuscript = $2, before = $3, undo = $4, "
                 "returned = $5, submitted_ms = $6, submitted_by = $7", NULL},
    [SQL_DROP_DRAFT] = {"plan_draft.delete", "DELETE FROM plan_draft WHERE plan_id = $1", NULL},
    [SQL_DROP_CONTENT] = {"plan_draft.delete_content", "DELETE FROM plan_content WHERE plan_id = $1", NULL},
    [SQL_DROP_PLAN] = {"plan_draft.delete_plan", "DELETE FROM plan WHERE id = $1 AND state = 'draft'", NULL},
    [SQL_ENDED] = {"plan_draft.ended", "SELECT id FROM plan WHERE state = 'active' AND period_to < $1 ORDER BY id LIMIT $2", NULL},
    [SQL_BELOW] = {"plan_draft.below",
                   "SELECT b.id, b.name, b.kind, p.id, p.code, p.state FROM body b LEFT JOIN plan p ON p.id = (SELECT q.id FROM plan q "
                   "WHERE q.body_id = b.id AND q.state IN ('draft', 'active') ORDER BY q.created_ms DESC, q.id DESC LIMIT 1) "
                   "WHERE b.parent_id = $1 AND b.closed_day IS NULL ORDER BY b.sort_key, b.id", NULL},
};
const StoreSqlTable plan_draft_sql = {SQL, G_N_ELEMENTS(SQL)};

static json_t *json_of(const char *text) {
  return text ? json_loads(text, 0, NULL) : NULL;
}

gboolean plan_draft_get(StoreConn *conn, Arena *arena, const char *plan_id, PlanDraft *out_draft, GError **error) {
  *out_draft = (PlanDraft){0};
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_GET], S(S_TEXT(plan_id)), error);
  if (!rows || !store_step(rows, error))
    return FALSE;
  *out_draft = (PlanDraft){
      .manuscript = json_of(store_text(rows, 0)),
      .before = json_of(store_text(rows, 1)),
      .undo = arena_text(arena, store_text(rows, 2), -1),
      .returned = arena_text(arena, store_text(rows, 3), -1),
      .submitted_ms = store_int(rows, 4),
      .submitted_by = arena_text(arena, store_text(rows, 5), -1),
      .submitted_by_name = arena_text(arena, store_text(rows, 6), -1),
  };
  return out_draft->manuscript != NULL;
}

void plan_draft_clear(PlanDraft *draft) {
  json_decref(draft->manuscript);
  json_decref(draft->before);
  *draft = (PlanDraft){0};
}

gboolean plan_draft_put(StoreConn *conn, const char *plan_id, const PlanDraft *draft, GError **error) {
  g_autofree char *manuscript = json_dumps(draft->manuscript, JSON_COMPACT);
  g_autofree char *before = draft->before ? json_dumps(draft->before, JSON_COMPACT) : NULL;
  return store_exec(conn, &SQL[SQL_PUT],
                    S(S_TEXT(plan_id), S_TEXT(manuscript), S_TEXT(before), S_TEXT(draft->undo),
                      S_TEXT(draft->returned ? draft->returned : ""), draft->submitted_ms ? S_INT(draft->submitted_ms) : S_NULL,
                      S_TEXT(draft->submitted_by)),
                    NULL, error);
}

gboolean plan_draft_delete(StoreConn *conn, const char *plan_id, GError **error) {
  for (int i = SQL_DROP_DRAFT; i <= SQL_DROP_PLAN; i++)
    if (!store_exec(conn, &SQL[i], S(S_TEXT(plan_id)), NULL, error))
      return FALSE;
  return store_search_remove(conn, "plan", plan_id, error);
}

gboolean plan_store_ended(StoreConn *conn, Arena *arena, const char *today, int limit, GPtrArray *out_ids, GError **error) {
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_ENDED], S(S_TEXT(today), S_INT(limit)), error);
  while (rows && store_step(rows, &failed))
    g_ptr_array_add(out_ids, arena_text(arena, store_text(rows, 0), -1));
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}

gboolean plan_store_below(StoreConn *conn, Arena *arena, const char *body_id, BodyBelowFunc func, void *data, GError **error) {
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_BELOW], S(S_TEXT(body_id)), error);
  while (rows && store_step(rows, &failed)) {
    BodyBelow body = {0};
    const char **texts[] = {&body.id, &body.name, &body.kind, &body.plan_id, &body.plan_code, &body.plan_state};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
      *texts[i] = arena_text(arena, store_text(rows, (int)i), -1);
    if (!func(&body, data))
      break;
  }
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}
