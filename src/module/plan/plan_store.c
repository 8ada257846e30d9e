#include "module/plan/plan_store.h"
#include "base/clock.h"
#include "base/date.h"
#include "core/body.h"
#include <string.h>

#define COLUMNS                                                                                                        \
  "p.id, p.code, p.body_id, b.name, p.state, p.origin, p.number, p.issued_day, p.title, p.period_from, p.period_to, "   \
  "p.signer, p.above_id, p.previous_id, p.source_sha256, p.source_name, p.created_by, p.approved_by, u.name, p.errors, " \
  "p.warnings, p.hints, p.created_ms, p.approved_ms, p.version, "                                                       \
  "(SELECT count(*) FROM duty d WHERE d.plan_id = p.id), "                                                              \
  "(SELECT count(*) FROM duty d WHERE d.plan_id = p.id AND d.state = 'done'), "                                         \
  "(SELECT count(*) FROM duty d WHERE d.plan_id = p.id AND d.state IN ('todo', 'doing', 'approval') AND d.due_day < $2) "
#define FROM "FROM plan p JOIN body b ON b.id = p.body_id LEFT JOIN account u ON u.id = p.approved_by "

enum { SQL_GET, SQL_ACTIVE, SQL_LIST, SQL_ID_OF_CODE, SQL_INSERT, SQL_UPDATE, SQL_PUT_CONTENT, SQL_CONTENT };
static const StoreSql SQL[] = {
    [SQL_GET] = {"plan.get", "SELECT " COLUMNS FROM "WHERE p.id = $1", NULL},
    [SQL_ACTIVE] = {"plan.active",
                    "SELECT " COLUMNS FROM "WHERE p.body_id = $1 AND p.state = 'active' ORDER BY p.created_ms DESC, p.id DESC LIMIT 1",
                    NULL},
    [SQL_LIST] = {"plan.list",
                  "SELECT " COLUMNS FROM "WHERE p.body_id IN (SELECT body_id FROM body_ancestor WHERE ancestor_id = $1) "
                  "AND ($3 = '' OR p.state = $3) AND p.id < $4 ORDER BY p.id DESC LIMIT $5", NULL},
    [SQL_ID_OF_CODE] = {"plan.id_of_code", "SELECT id FROM plan WHERE code = $1", NULL},
    [SQL_INSERT] = {"plan.insert",
                    "INSERT INTO plan (id, code, body_id, state, origin, number, issued_day, title, period_from, period_to, signer, "
                    "above_id, previous_id, source_sha256, source_name, errors, warnings, hints, created_by, created_ms, "
                    "approved_by, approved_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, "
                    "$17, $18, $19, $20, $21, $22)", NULL},
    [SQL_UPDATE] = {"plan.update",
                    "UPDATE plan SET state = $3, number = $4, issued_day = $5, title = $6, period_from = $7, period_to = $8, "
                    "signer = $9, errors = $10, warnings = $11, hints = $12, approved_by = $13, approved_ms = $14, "
                    "version = version + 1 WHERE id = $1 AND version = $2", NULL},
    [SQL_PUT_CONTENT] = {"plan.put_content",
                         "INSERT INTO plan_content (plan_id, reading, source, findings) VALUES ($1, $2, $3, $4) "
                         "ON CONFLICT (plan_id) DO UPDATE SET reading = $2, source = $3, findings = $4", NULL},
    [SQL_CONTENT] = {"plan.content", "SELECT reading, source, findings FROM plan_content WHERE plan_id = $1", NULL},
};
const StoreSqlTable plan_sql = {SQL, G_N_ELEMENTS(SQL)};

static const char *today(void) {
  static __thread char day[11];
  date_write_iso_day(day, clock_now_ms());
  return day;
}

static const Plan *take_plan(const StoreRows *rows, Arena *arena) {
  Plan *plan = arena_alloc(arena, sizeof *plan);
  *plan = (Plan){0};
  const char **texts[] = {&plan->id, &plan->code, &plan->body_id, &plan->body_name, &plan->state, &plan->origin, &plan->number,
                          &plan->issued_day, &plan->title, &plan->period_from, &plan->period_to, &plan->signer, &plan->above_id,
                          &plan->previous_id, &plan->source_sha256, &plan->source_name, &plan->created_by, &plan->approved_by,
                          &plan->approved_by_name};
  gint64 *numbers[] = {&plan->errors, &plan->warnings, &plan->hints, &plan->created_ms, &plan->approved_ms, &plan->version,
                       &plan->duties, &plan->duties_done, &plan->duties_late};
  int at = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    *texts[i] = arena_text(arena, store_text(rows, at++), -1);
  for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
    *numbers[i] = store_int(rows, at++);
  return plan;
}

static const Plan *one(StoreConn *conn, Arena *arena, const StoreSql *sql, const char *key, GError **error) {
  g_autoptr(StoreRows) rows = store_query(conn, sql, S(S_TEXT(key), S_TEXT(today())), error);
  return rows && store_step(rows, error) ? take_plan(rows, arena) : NULL;
}

const Plan *plan_store_get(StoreConn *conn, Arena *arena, const char *id, GError **error) {
  return one(conn, arena, &SQL[SQL_GET], id, error);
}

const Plan *plan_store_active(StoreConn *conn, Arena *arena, const char *body_id, GError **error) {
  return one(conn, arena, &SQL[SQL_ACTIVE], body_id, error);
}

const char *plan_store_id_of_code(StoreConn *conn, Arena *arena, const char *code, GError **error) {
  g_autofree char *id = NULL;
  return store_get_text(conn, &SQL[SQL_ID_OF_CODE], S(S_TEXT(code)), &id, error) ? arena_text(arena, id, -1) : NULL;
}

gboolean plan_store_list(StoreConn *conn, Arena *arena, const char *body_id, const char *state, const char *after, int limit,
                         PlanFunc func, void *data, GError **error) {
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = store_query(
      conn, &SQL[SQL_LIST],
      S(S_TEXT(body_id), S_TEXT(today()), S_TEXT(state ? state : ""), S_TEXT(after && *after ? after : "~"), S_INT(limit)), error);
  while (rows && store_step(rows, &failed))
    if (!func(take_plan(rows, arena), data))
      break;
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}

/* --- content --- */

gboolean plan_store_get_content(StoreConn *conn, const char *id, PlanContent *out_content, GError **error) {
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_CONTENT], S(S_TEXT(id)), error);
  *out_content = (PlanContent){0};
  if (!rows || !store_step(rows, error))
    return FALSE;
  out_content->reading = json_loads(store_text(rows, 0), 0, NULL);
  out_content->source = json_loads(store_text(rows, 1), 0, NULL);
  out_content->findings = json_loads(store_text(rows, 2), 0, NULL);
  if (out_content->reading && out_content->source && out_content->findings)
    return TRUE;
  plan_content_clear(out_content);
  g_set_error(error, APP_ERROR, ERROR_FAILED, "Nội dung kế hoạch trong kho không đọc được; chạy ungcuu doctor.");
  return FALSE;
}

void plan_content_clear(PlanContent *content) {
  json_decref(content->reading);
  json_decref(content->source);
  json_decref(content->findings);
  *content = (PlanContent){0};
}

gboolean plan_store_set_content(StoreConn *conn, const char *id, const PlanContent *content, GError **error) {
  g_autofree char *reading = json_dumps(content->reading, JSON_COMPACT);
  g_autofree char *source = json_dumps(content->source, JSON_COMPACT);
  g_autofree char *findings = json_dumps(content->findings, JSON_COMPACT);
  return store_exec(conn, &SQL[SQL_PUT_CONTENT], S(S_TEXT(id), S_TEXT(reading), S_TEXT(source), S_TEXT(findings)), NULL, error);
}

/* --- changes --- */

gboolean plan_store_insert(StoreConn *conn, const Plan *plan, const PlanContent *content, GError **error) {
  return store_exec(conn, &SQL[SQL_INSERT],
                    S(S_TEXT(plan->id), S_TEXT(plan->code), S_TEXT(plan->body_id), S_TEXT(plan->state), S_TEXT(plan->origin),
                      S_TEXT(plan->number), S_TEXT(plan->issued_day), S_TEXT(plan->title), S_TEXT(plan->period_from),
                      S_TEXT(plan->period_to), S_TEXT(plan->signer), S_TEXT(plan->above_id), S_TEXT(plan->previous_id),
                      S_TEXT(plan->source_sha256), S_TEXT(plan->source_name), S_INT(plan->errors), S_INT(plan->warnings),
                      S_INT(plan->hints), S_TEXT(plan->created_by), S_INT(plan->created_ms), S_TEXT(plan->approved_by),
                      plan->approved_ms ? S_INT(plan->approved_ms) : S_NULL),
                    NULL, error) &&
         plan_store_set_content(conn, plan->id, content, error);
}

gboolean plan_store_update(StoreConn *conn, const Plan *plan, gint64 version, GError **error) {
  gint64 changed = 0;
  if (!store_exec(conn, &SQL[SQL_UPDATE],
                  S(S_TEXT(plan->id), S_INT(version), S_TEXT(plan->state), S_TEXT(plan->number), S_TEXT(plan->issued_day),
                    S_TEXT(plan->title), S_TEXT(plan->period_from), S_TEXT(plan->period_to), S_TEXT(plan->signer),
                    S_INT(plan->errors), S_INT(plan->warnings), S_INT(plan->hints), S_TEXT(plan->approved_by),
                    plan->approved_ms ? S_INT(plan->approved_ms) : S_NULL),
                  &changed, error))
    return FALSE;
  if (changed == 1)
    return TRUE;
  g_set_error(error, APP_ERROR, ERROR_CONFLICT, "Kế hoạch %s vừa được người khác sửa. Nội dung đã nhập còn trên trang; xem lại rồi lưu.",
              plan->code);
  return FALSE;
}

gboolean plan_store_index(Change *change, const Plan *plan, GError **error) {
  const char *const *scopes = body_ancestors(change->conn, change->request->arena, plan->body_id, error);
  g_autofree char *text = g_strdup_printf("%s %s %s", plan->code, plan->number, plan->signer);
  return scopes && store_search_put(change->conn, "plan", plan->id, plan->title, text, scopes, plan->created_ms, error);
}
