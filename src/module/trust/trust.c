#include "module/trust/trust.h"
#include "base/date.h"
#include "base/id.h"
#include "core/body.h"
#include "core/form.h"
#include "core/message.h"
#include "core/setting_page.h"
#include "core/signing.h"
#include <string.h>

enum { SQL_LIST, SQL_OWNER, SQL_ADD, SQL_REVOKE };
static const StoreSql SQL[] = {
    [SQL_LIST] = {"trust.list",
                  "SELECT t.id, t.public_key, t.owner, t.compared, t.created_ms, t.revoked_ms, t.revoked_reason, u.name FROM trusted_key t "
                  "LEFT JOIN account u ON u.id = t.account_id ORDER BY t.revoked_ms IS NOT NULL, t.owner, t.id", NULL},
    [SQL_OWNER] = {"trust.owner", "SELECT owner FROM trusted_key WHERE public_key = $1 AND revoked_ms IS NULL", NULL},
    [SQL_ADD] = {"trust.add",
                 "INSERT INTO trusted_key (id, public_key, owner, compared, account_id, created_ms) VALUES ($1, $2, $3, $4, $5, $6) "
                 "ON CONFLICT (public_key) DO NOTHING", NULL},
    [SQL_REVOKE] = {"trust.revoke",
                    "UPDATE trusted_key SET revoked_ms = $2, revoked_reason = $3 WHERE id = $1 AND revoked_ms IS NULL", NULL},
};
const StoreSqlTable trust_sql = {SQL, G_N_ELEMENTS(SQL)};

const char *trust_owner(StoreConn *conn, Arena *arena, const char *public_key, GError **error) {
  g_autofree char *owner = NULL;
  if (!store_get_text(conn, &SQL[SQL_OWNER], S(S_TEXT(public_key)), &owner, error))
    return NULL;
  return owner ? arena_text(arena, owner, -1) : NULL;
}

/* --- the page --- */

static void add_key(Doc *row, const char *public_key) {
  g_autofree char *fingerprint = seal_fingerprint(public_key);
  doc_text_copy(row, KEY("key"), public_key);
  doc_text_copy(row, KEY("fingerprint"), fingerprint);
}

static void add_row(Request *request, const StoreRows *found, gboolean write, Doc *row) {
  char added[17], revoked[17] = "";
  gboolean is_revoked = !store_is_null(found, 5);
  date_write_time(added, store_int(found, 4));
  if (is_revoked)
    date_write_time(revoked, store_int(found, 5));
  doc_text_copy(row, KEY("id"), store_text(found, 0));
  add_key(row, store_text(found, 1));
  doc_text_copy(row, KEY("owner"), store_text(found, 2));
  doc_text_copy(row, KEY("compared"), store_text(found, 3));
  doc_text_copy(row, KEY("added"), added);
  doc_text_copy(row, KEY("revoked"), is_revoked ? revoked : NULL);
  doc_text_copy(row, KEY("reason"), store_text(found, 6));
  doc_text_copy(row, KEY("who"), store_text(found, 7));
  doc_text(row, KEY("class"), is_revoked ? "shut" : "");
  Doc *state = doc_object(row, KEY("state"));
  doc_text(state, KEY("class"), is_revoked ? "late" : "done");
  doc_text(state, KEY("label"), message(request->lang, is_revoked ? "Không còn tin" : "Tin cậy"));
  if (!write || is_revoked)
    return;
  json_t *values = json_pack("{s:s}", "id", store_text(found, 0));
  form_add(request, doc_list(row, KEY("actions")), NULL, "trust.revoke", values, "Không tin nữa");
  doc_list(row, KEY("buttons"));
  json_decref(values);
}

static gboolean list_keys(Request *request, Doc *answer, GError **error) {
  GError *failed = NULL;
  StoreConn *conn = request_read(request, error);
  const SealKey *own = conn ? app_signing_key(request->app, error) : NULL;
  gboolean write = request->face == FACE_WEB && body_require_top(request, "trust.write", NULL);
  if (!own || !request_require(request, "trust.read", request->body_id, error))
    return FALSE;
  add_key(doc_object(answer, KEY("own")), seal_key_public(own));
  Doc *rows = doc_list(answer, KEY("rows"));
  g_autoptr(StoreRows) found = store_query(conn, &SQL[SQL_LIST], S0, error);
  while (found && store_step(found, &failed))
    add_row(request, found, write, doc_object(rows, NULL));
  if (failed)
    g_propagate_error(error, failed);
  if (!found || failed)
    return FALSE;
  if (write) {
    json_t *none = json_object();
    form_add(request, answer, KEY("form"), "trust.add", none, "Thêm khóa");
    json_decref(none);
  }
  if (request->face == FACE_WEB)
    setting_tabs(request, answer);
  return TRUE;
}

/* --- changes --- */

static const char *given(const Request *request, const char *field) {
  const char *text = input_text(request, field);
  return text ? text : "";
}

typedef struct {
  const char *id, *key;
} NewKey;

static gboolean add_change(Change *change, void *data, GError **error) {
  Request *request = change->request;
  const char *id = ((NewKey *)data)->id, *key = ((NewKey *)data)->key;
  gint64 changed = 0;
  change_about(change, "trusted_key", id, NULL, json_pack("{s:s, s:s}", "key", key, "owner", input_text(request, "owner")));
  if (!store_exec(change->conn, &SQL[SQL_ADD],
                  S(S_TEXT(id), S_TEXT(key), S_TEXT(input_text(request, "owner")), S_TEXT(input_text(request, "compared")),
                    S_TEXT(request->user ? request->user->id : NULL), S_INT(request->now_ms)),
                  &changed, error))
    return FALSE;
  return changed || request_refuse_field(request, "key", "Khóa này đã có trong danh sách.", error);
}

/* As people copy it: blanks and capital letters do no harm. */
static const char *clean_key(Request *request) {
  g_autoptr(GString) key = g_string_new(NULL);
  for (const char *p = input_text(request, "key"); *p; p++)
    if (!g_ascii_isspace(*p))
      g_string_append_c(key, g_ascii_tolower(*p));
  return seal_is_key(key->str) ? arena_text(request->arena, key->str, -1) : NULL;
}

static gboolean add_one(Request *request, Doc *answer, GError **error) {
  char id[ID_SIZE];
  if (!body_require_top(request, "trust.write", error))
    return FALSE;
  const char *key = clean_key(request);
  const SealKey *own = app_signing_key(request->app, error);
  if (!own)
    return FALSE;
  if (!key)
    return request_refuse_field(request, "key", "Khóa công khai gồm 64 chữ số và chữ cái từ a đến f.", error);
  if (strcmp(key, seal_key_public(own)) == 0)
    return request_refuse_field(request, "key", "Đây là khóa của chính máy này.", error);
  id_new(id);
  if (!request_change(request, add_change, &(NewKey){id, key}, error))
    return FALSE;
  doc_text_copy(answer, KEY("id"), id);
  add_key(answer, key);
  request->notice = message(request->lang, "Đã thêm khóa tin cậy.");
  return TRUE;
}

static gboolean revoke_change(Change *change, void *data, GError **error) {
  const Request *request = change->request;
  const char *id = data;
  gint64 changed = 0;
  change_about(change, "trusted_key", id, NULL, json_pack("{s:s}", "reason", given(request, "reason")));
  if (!store_exec(change->conn, &SQL[SQL_REVOKE], S(S_TEXT(id), S_INT(request->now_ms), S_TEXT(given(request, "reason"))), &changed, error))
    return FALSE;
  if (!changed)
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Không có khóa này trong danh sách, hoặc đã bỏ.");
  return changed == 1;
}

static gboolean revoke_one(Request *request, Doc *answer, GError **error) {
  const char *id = input_text(request, "id");
  if (!body_require_top(request, "trust.write", error) || !request_change(request, revoke_change, (void *)(gintptr)id, error))
    return FALSE;
  doc_text(answer, KEY("id"), id);
  request->notice = message(request->lang, "Đã bỏ khóa khỏi danh sách tin cậy.");
  return TRUE;
}

/* --- the table --- */

static const Field ADD_FIELDS[] = {
    {"key", FIELD_TEXT, "Khóa công khai", TRUE, 64, 200, .help = "Chép từ Cài đặt, Khóa tin cậy của đơn vị gửi."},
    {"owner", FIELD_TEXT, "Khóa của đơn vị nào", TRUE, 2, 200},
    {"compared", FIELD_TEXT, "Đã đối chiếu dấu vân tay bằng cách nào", TRUE, 3, 300,
     .help = "Ví dụ: gọi số đã biết, người đọc là ai. Khóa nhận qua thư mà không đối chiếu thì không tin được."},
    {NULL}};
static const Field REVOKE_FIELDS[] = {{"id", FIELD_ID, "Khóa", TRUE}, {"reason", FIELD_TEXT, "Lý do", TRUE, 3, 300}, {NULL}};

static const Operation OPERATIONS[] = {
    {"trust.list", "GET", "/cai-dat/khoa-tin-cay", "trust.read", "Khóa tin cậy", list_keys, NULL, .page = "setting/trust.html",
     .columns = "rows:fingerprint,owner,state.label,added,compared"},
    {"trust.add", "POST", "/cai-dat/khoa-tin-cay", "trust.write", "Thêm khóa công khai của đơn vị khác", add_one, ADD_FIELDS,
     .after = "/cai-dat/khoa-tin-cay"},
    {"trust.revoke", "POST", "/cai-dat/khoa-tin-cay/{id}/bo", "trust.write", "Không tin một khóa nữa", revoke_one, REVOKE_FIELDS,
     .after = "/cai-dat/khoa-tin-cay"},
};

static const PermissionRow PERMISSIONS[] = {
    {"trust.read", ROLES_ALL, "Xem khóa tin cậy"},
    {"trust.write", ROLE_ADMIN, "Thêm, bỏ khóa tin cậy"},
    {NULL},
};

const Module trust_module = {.name = "trust", .operations = OPERATIONS(OPERATIONS), .permissions = PERMISSIONS};
