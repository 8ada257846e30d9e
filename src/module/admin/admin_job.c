/* Jobs as a page: what waits, what failed and why. */
#include "base/date.h"
#include "core/body.h"
#include "core/form.h"
#include "core/message.h"
#include "core/setting_page.h"
#include "module/admin/admin_pages.h"
#include <string.h>

#define PAGE_ROWS 50

enum { SQL_LIST, SQL_RETRY, SQL_FAILED, SQL_TIDY, SQL_SESSIONS };
static const StoreSql SQL[] = {
    [SQL_LIST] = {"admin.job_list",
                  "SELECT id, name, state, run_at_ms, attempts, last_error, ended_ms FROM job WHERE state = $1 AND id < $2 "
                  "ORDER BY id DESC LIMIT $3", NULL},
    [SQL_RETRY] = {"admin.job_retry",
                   "UPDATE job SET state = 'waiting', run_at_ms = $2, lease_until_ms = 0, ended_ms = NULL "
                   "WHERE id = $1 AND (state = 'failed' OR (state = 'waiting' AND attempts > 0))", NULL},
    [SQL_FAILED] = {"admin.job_failed", "SELECT count(*) FROM job WHERE state = 'failed'", NULL},
    [SQL_TIDY] = {"admin.job_tidy", "DELETE FROM job WHERE state = 'done' AND ended_ms < $1", NULL},
    [SQL_SESSIONS] = {"admin.session_tidy", "DELETE FROM session WHERE expires_ms < $1", NULL},
};
const StoreSqlTable admin_job_sql = {SQL, G_N_ELEMENTS(SQL)};

static const struct {
  const char *tab, *state, *label, *css;
} TABS[] = {{"cho", "waiting", "Đang chờ", "wait"}, {"loi", "failed", "Lỗi", "late"}, {"xong", "done", "Đã xong", "done"}};

static gsize chosen_tab(const Request *request) {
  const char *wanted = input_text(request, "state");
  for (gsize i = 0; i < G_N_ELEMENTS(TABS); i++)
    if (g_strcmp0(TABS[i].tab, wanted) == 0)
      return i;
  return 0;
}

static const char *summary_of(Request *request, const char *name) {
  for (const Module *const *module = request->app->modules; *module; module++)
    for (const JobRow *job = (*module)->jobs; job && job->name; job++)
      if (strcmp(job->name, name) == 0)
        return message(request->lang, job->summary);
  return "";
}

static void add_row(Request *request, const StoreRows *found, gsize tab, gboolean write, Doc *list) {
  Doc *row = doc_object(list, NULL);
  char at[17];
  gint64 attempts = store_int(found, 4);
  date_write_time(at, store_int(found, 6) ? store_int(found, 6) : store_int(found, 3));
  doc_text_copy(row, KEY("id"), store_text(found, 0));
  doc_text_copy(row, KEY("name"), store_text(found, 1));
  doc_text(row, KEY("summary"), summary_of(request, store_text(found, 1)));
  doc_text_copy(row, KEY("at"), at);
  doc_int(row, KEY("attempts"), attempts);
  doc_text_copy(row, KEY("error"), store_text(found, 5));
  Doc *state = doc_object(row, KEY("state"));
  doc_text(state, KEY("class"), TABS[tab].css);
  doc_text(state, KEY("label"), message(request->lang, TABS[tab].label));
  if (!write || strcmp(TABS[tab].state, "done") == 0 || (strcmp(TABS[tab].state, "waiting") == 0 && !attempts))
    return;
  json_t *values = json_pack("{s:s}", "id", store_text(found, 0));
  form_add(request, row, KEY("retry"), "job.retry", values, "Chạy lại");
  json_decref(values);
}

static void add_filter(Request *request, gsize tab, Doc *answer) {
  Doc *states = doc_list(answer, KEY("states"));
  for (gsize i = 0; i < G_N_ELEMENTS(TABS); i++) {
    Doc *row = doc_object(states, NULL);
    doc_text(row, KEY("label"), message(request->lang, TABS[i].label));
    doc_text(row, KEY("url"), arena_printf(request->arena, "/cai-dat/viec-nen?state=%s", TABS[i].tab));
    doc_bool(row, KEY("current"), i == tab);
  }
}

static void add_pager(Request *request, int count, const char *last, gsize tab, Doc *answer) {
  Doc *pager = doc_object(answer, KEY("pager"));
  doc_text(pager, KEY("text"), arena_printf(request->arena, "%d %s", count, message(request->lang, "việc nền trên trang này")));
  if (input_text(request, "after"))
    doc_text(pager, KEY("previous"), arena_printf(request->arena, "/cai-dat/viec-nen?state=%s", TABS[tab].tab));
  if (!last)
    return;
  doc_text(answer, KEY("next"), last);
  doc_text(pager, KEY("next"), arena_printf(request->arena, "/cai-dat/viec-nen?state=%s&after=%s", TABS[tab].tab, last));
}

gboolean job_page(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  gsize tab = chosen_tab(request);
  const char *after = input_text(request, "after"), *last = NULL;
  int limit = (int)input_int(request, "limit", PAGE_ROWS), count = 0;
  g_autoptr(GError) failed = NULL;
  if (!conn || !body_require_top(request, "admin.read", error))
    return FALSE;
  gboolean write = body_require_top(request, "admin.write", NULL);
  Doc *rows = doc_list(answer, KEY("rows"));
  g_autoptr(StoreRows) found = store_query(
      conn, &SQL[SQL_LIST], S(S_TEXT(TABS[tab].state), S_TEXT(after ? after : "~"), S_INT(limit + 1)), error);
  while (found && count < limit && store_step(found, &failed)) {
    add_row(request, found, tab, write, rows);
    last = arena_text(request->arena, store_text(found, 0), -1);
    count++;
  }
  gboolean more = found && !failed && store_step(found, &failed);
  if (failed)
    g_propagate_error(error, g_steal_pointer(&failed));
  if (!found || (error && *error))
    return FALSE;
  add_pager(request, count, more ? last : NULL, tab, answer);
  add_filter(request, tab, answer);
  if (request->face == FACE_WEB)
    setting_tabs(request, answer);
  return TRUE;
}

static gboolean retry(Change *change, void *data, GError **error) {
  const char *id = data;
  gint64 changed = 0;
  change_about(change, "job", id, NULL, NULL);
  if (!store_exec(change->conn, &SQL[SQL_RETRY], S(S_TEXT(id), S_INT(change->request->now_ms)), &changed, error))
    return FALSE;
  if (!changed)
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Không có việc nền bị lỗi mang mã này.");
  return changed > 0;
}

gboolean job_retry(Request *request, Doc *answer, GError **error) {
  const char *id = input_text(request, "id");
  if (!body_require_top(request, "admin.write", error) || !request_change(request, retry, (void *)(gintptr)id, error))
    return FALSE;
  doc_text(answer, KEY("id"), id);
  request->notice = message(request->lang, "Việc nền sẽ chạy lại ngay.");
  return TRUE;
}

gboolean job_count_failed(StoreConn *conn, gint64 *out_count, GError **error) {
  return store_get_int(conn, &SQL[SQL_FAILED], S0, 0, out_count, error);
}

static gboolean remove_old(StoreConn *conn, void *data, GError **error) {
  gint64 before_ms = *(gint64 *)data;
  return store_exec(conn, &SQL[SQL_TIDY], S(S_INT(before_ms)), NULL, error) &&
         store_exec(conn, &SQL[SQL_SESSIONS], S(S_INT(before_ms)), NULL, error);
}

gboolean job_tidy(App *app, gint64 before_ms, GError **error) {
  return store_write(app->store, remove_old, &before_ms, error);
}
