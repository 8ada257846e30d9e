/* The audit log as a page, newest first, of the own tree only. */
#include "base/date.h"
#include "core/audit.h"
#include "core/body.h"
#include "core/message.h"
#include "core/setting_page.h"
#include "module/admin/admin_pages.h"
#include <string.h>

#define PAGE_ROWS 50

enum { SQL_LIST, SQL_ROOT };
static const StoreSql SQL[] = {
    [SQL_LIST] = {"admin.audit_list",
                  "SELECT e.number, e.at_ms, u.name, e.os_user, e.operation, e.type, e.subject_id, e.details, e.hash "
                  "FROM audit e LEFT JOIN account u ON u.id = e.account_id WHERE e.chain = $1 AND e.number < $2 "
                  "AND ($3 = '' OR e.operation = $3) AND ($4 = '' OR u.login = $4 OR u.id = $4) AND ($5 = '' OR e.subject_id = $5) "
                  "AND (e.body_id IS NULL OR EXISTS (SELECT 1 FROM body_ancestor x WHERE x.body_id = e.body_id "
                  "AND x.ancestor_id = $6)) ORDER BY e.number DESC LIMIT $7", NULL},
    [SQL_ROOT] = {"admin.audit_root", "SELECT root_id FROM body WHERE id = $1", NULL},
};
const StoreSqlTable admin_audit_sql = {SQL, G_N_ELEMENTS(SQL)};

static const char *or_empty(const char *text) {
  return text ? text : "";
}

/* {"due": [before, after], "note": value} as rows for people. */
static const char *scalar(Arena *arena, const json_t *value) {
  if (json_is_string(value))
    return arena_text(arena, json_string_value(value), -1);
  if (!value || json_is_null(value))
    return "";
  g_autofree char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
  return arena_text(arena, text, -1);
}

static void add_details(Request *request, const char *text, Doc *row) {
  json_t *details = text ? json_loads(text, 0, NULL) : NULL;
  Doc *list = doc_list(row, KEY("details"));
  const char *key;
  json_t *value;
  json_object_foreach(details, key, value) {
    gboolean pair = json_is_array(value) && json_array_size(value) == 2;
    Doc *item = doc_object(list, NULL);
    doc_text_copy(item, KEY("name"), key);
    doc_text(item, KEY("before"), pair ? scalar(request->arena, json_array_get(value, 0)) : "");
    doc_text(item, KEY("after"), scalar(request->arena, pair ? json_array_get(value, 1) : value));
  }
  json_decref(details);
}

static const char *operation_words(Request *request, const char *name) {
  const Operation *operation = app_find_operation(request->app, name);
  if (operation)
    return message(request->lang, operation->summary);
  for (const Module *const *module = request->app->modules; *module; module++)
    for (const JobRow *job = (*module)->jobs; job && job->name; job++)
      if (strcmp(job->name, name) == 0)
        return message(request->lang, job->summary);
  return arena_text(request->arena, name, -1);
}

static void add_row(Request *request, const StoreRows *found, Doc *list) {
  Doc *row = doc_object(list, NULL);
  char at[17];
  const char *type = store_text(found, 5), *subject_id = store_text(found, 6);
  const char *url = app_link(request->app, request->arena, type, subject_id);
  date_write_time(at, store_int(found, 1));
  doc_int(row, KEY("number"), store_int(found, 0));
  doc_text_copy(row, KEY("time"), at);
  doc_text_copy(row, KEY("who"), store_text(found, 2) ? store_text(found, 2) : message(request->lang, "Hệ thống"));
  doc_text_copy(row, KEY("remote"), store_text(found, 3));
  doc_text(row, KEY("action"), operation_words(request, store_text(found, 4)));
  doc_text_copy(row, KEY("operation"), store_text(found, 4));
  Doc *subject = doc_object(row, KEY("subject"));
  doc_text(subject, KEY("title"), arena_printf(request->arena, "%s %s", type, subject_id));
  doc_text_copy(subject, KEY("type"), type);
  doc_text_copy(subject, KEY("id"), subject_id);
  doc_text(subject, KEY("url"), url);
  add_details(request, store_text(found, 7), row);
  doc_text_copy(row, KEY("hash"), store_text(found, 8));
}

/* --- the list --- */

static const char *const FILTERS[][2] = {{"operation", "Thao tác (tên lệnh)"}, {"person", "Tên đăng nhập"}, {"subject", "Mã đối tượng"}};

static void add_filter(Request *request, Doc *answer) {
  Doc *filter = doc_object(answer, KEY("filter"));
  Doc *fields = NULL;
  gboolean any = FALSE;
  doc_text(filter, KEY("action"), "/cai-dat/nhat-ky");
  fields = doc_list(filter, KEY("fields"));
  for (gsize i = 0; i < G_N_ELEMENTS(FILTERS); i++) {
    const char *value = input_text(request, FILTERS[i][0]);
    Doc *field = doc_object(fields, NULL);
    doc_text(field, KEY("name"), FILTERS[i][0]);
    doc_text(field, KEY("label"), message(request->lang, FILTERS[i][1]));
    doc_text(field, KEY("value"), or_empty(value));
    any = any || value;
  }
  if (any)
    doc_text(filter, KEY("clear"), "/cai-dat/nhat-ky");
}

static void add_pager(Request *request, int count, gint64 last, Doc *answer) {
  g_autoptr(GString) base = g_string_new("/cai-dat/nhat-ky?");
  Doc *pager = doc_object(answer, KEY("pager"));
  for (gsize i = 0; i < G_N_ELEMENTS(FILTERS); i++) {
    g_string_append_printf(base, "%s=", FILTERS[i][0]);
    g_string_append_uri_escaped(base, or_empty(input_text(request, FILTERS[i][0])), NULL, FALSE);
    g_string_append_c(base, '&');
  }
  doc_text(pager, KEY("text"), arena_printf(request->arena, "%d %s", count, message(request->lang, "dòng trên trang này")));
  if (input_has(request, "before"))
    doc_text_copy(pager, KEY("previous"), base->str);
  if (!last)
    return;
  doc_int(answer, KEY("next"), last);
  doc_text(pager, KEY("next"), arena_printf(request->arena, "%sbefore=%" G_GINT64_FORMAT, base->str, last));
}

static gboolean list_entries(Request *request, StoreConn *conn, Doc *answer, GError **error) {
  int limit = (int)input_int(request, "limit", PAGE_ROWS), count = 0;
  gint64 last = 0;
  g_autofree char *root = NULL;
  g_autoptr(GError) failed = NULL;
  gboolean whole = input_bool(request, "system");
  if (whole && !body_require_top(request, "admin.read", error))
    return FALSE;
  if (!store_get_text(conn, &SQL[SQL_ROOT], S(S_TEXT(request->body_id)), &root, error))
    return FALSE;
  Doc *rows = doc_list(answer, KEY("rows"));
  g_autoptr(StoreRows) found = store_query(
      conn, &SQL[SQL_LIST],
      S(S_TEXT(whole ? "system" : root), S_INT(input_int(request, "before", G_MAXINT64)),
        S_TEXT(or_empty(input_text(request, "operation"))), S_TEXT(or_empty(input_text(request, "person"))),
        S_TEXT(or_empty(input_text(request, "subject"))), S_TEXT(request->body_id), S_INT(limit + 1)),
      error);
  while (found && count < limit && store_step(found, &failed)) {
    add_row(request, found, rows);
    last = store_int(found, 0);
    count++;
  }
  gboolean more = found && !failed && store_step(found, &failed);
  if (failed)
    g_propagate_error(error, g_steal_pointer(&failed));
  add_pager(request, count, more ? last : 0, answer);
  if (!count)
    doc_text(doc_object(answer, KEY("empty")), KEY("text"), message(request->lang, "Không có dòng nào khớp với bộ lọc."));
  return found && (!error || !*error);
}

static gboolean fill_page(Request *request, StoreConn *conn, Doc *answer, GError **error) {
  if (!list_entries(request, conn, answer, error))
    return FALSE;
  if (request->face != FACE_WEB)
    return TRUE;
  setting_tabs(request, answer);
  add_filter(request, answer);
  doc_text(answer, KEY("verify_url"), "/cai-dat/nhat-ky/kiem-tra");
  return TRUE;
}

gboolean audit_page(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  SystemState state;
  if (!conn || !request_require(request, "admin.read", request->body_id, error) ||
      !system_state_get(conn, request->arena, "audit", &state, error))
    return FALSE;
  if (state.at_ms) {
    char at[17];
    date_write_time(at, state.at_ms);
    Doc *shown = doc_object(answer, KEY("state"));
    doc_text(shown, KEY("class"), state.good ? "" : "late");
    doc_text(shown, KEY("text"),
             state.good ? arena_printf(request->arena, "%s %s.", message(request->lang, "Nguyên vẹn, kiểm tra lúc"), at) : state.text);
  }
  return fill_page(request, conn, answer, error);
}

gboolean audit_verify_page(Request *request, Doc *answer, GError **error) {
  g_autofree char *problem = NULL;
  gint64 entries = 0, chains = 0;
  if (!system_check_audit(request->app, &problem, &entries, &chains, error))
    return FALSE;
  doc_bool(answer, KEY("whole"), problem == NULL);
  doc_int(answer, KEY("entries"), entries);
  doc_int(answer, KEY("chains"), chains);
  doc_text_copy(answer, KEY("problem"), problem);
  if (problem)
    request->outcome = ERROR_CHECK;
  if (request->face != FACE_WEB)
    return TRUE;
  Doc *state = doc_object(answer, KEY("state"));
  doc_text(state, KEY("class"), problem ? "late" : "");
  doc_text_copy(state, KEY("text"),
                problem ? problem
                        : arena_printf(request->arena, "%s: %" G_GINT64_FORMAT " %s.", message(request->lang, "Chuỗi nguyên vẹn"),
                                       entries, message(request->lang, "dòng")));
  return fill_page(request, request_read(request, error), answer, error);
}

/* --- sealing --- */

static gboolean note_seal(Change *change, void *data, GError **error) {
  (void)data, (void)error;
  change_about(change, "audit", "seal", NULL, NULL);
  return TRUE;
}

gboolean audit_seal_now(Request *request, Doc *answer, GError **error) {
  if (!body_require_top(request, "admin.write", error) || !request_change(request, note_seal, NULL, error) ||
      !audit_seal(request->app->store, request->app->home, request->now_ms, error))
    return FALSE;
  doc_bool(answer, KEY("sealed"), TRUE);
  request->notice = message(request->lang, "Đã niêm phong nhật ký.");
  return TRUE;
}
