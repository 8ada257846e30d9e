#include "base/text.h"
#include "core/body.h"
#include "core/form.h"
#include "core/user.h"
#include "base/id.h"
#include "module/account/account.h"
#include "module/account/account_store.h"
#include <string.h>

/* --- signing in --- */

static gboolean show_sign_in(Request *request, Doc *answer, GError **error) {
  (void)error;
  json_t *values = json_pack("{s:s}", "tiep", input_text(request, "tiep") ? input_text(request, "tiep") : "");
  form_add(request, answer, KEY("form"), "session.open", values, "Đăng nhập");
  json_decref(values);
  return TRUE;
}

static gboolean sign_in(Request *request, Doc *answer, GError **error) {
  const char *token = NULL;
  const char *next = input_text(request, "tiep");
  const char *password = input_text(request, "password");
  if (!session_open(request, input_text(request, "login"), password, input_text(request, "code"), &token, error))
    return FALSE;
  request->set_session = token;
  doc_text(answer, KEY("name"), request->user->name);
  doc_text(answer, KEY("next"), next && g_str_has_prefix(next, "/") ? next + 1 : "");
  return TRUE;
}

static gboolean sign_out(Request *request, Doc *answer, GError **error) {
  if (!session_close(request, error))
    return FALSE;
  request->set_session = "";
  doc_bool(answer, KEY("ended"), TRUE);
  return TRUE;
}

static gboolean choose_body(Request *request, Doc *answer, GError **error) {
  const char *body_id = input_text(request, "body_id");
  doc_text(answer, KEY("body_id"), body_id);
  for (gsize i = 0; i < request->user->n_grants; i++) {
    gboolean below = FALSE;
    if (!body_is_below(request_read(request, error), body_id, request->user->grants[i].body_id, &below, error))
      return FALSE;
    if (below)
      return session_choose_body(request, body_id, error);
  }
  return request_require(request, "account.read", NULL, error);
}

/* --- the first administrator, from the command line alone --- */

static gboolean insert_first(Change *change, void *data, GError **error) {
  const Request *request = change->request;
  Doc *answer = data;
  char body_id[ID_SIZE];
  const char *account_id = NULL;
  gint64 count = 0;
  if (!account_store_count(change->conn, &count, error))
    return FALSE;
  if (count) {
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "Đã có người dùng; thêm người khác ở trang Cài đặt hoặc bằng account add.");
    return FALSE;
  }
  id_new(body_id);
  Body body = {.id = body_id, .kind = input_text(request, "kind"), .name = input_text(request, "body")};
  if (!body_insert(change->conn, &body, request->now_ms, error) ||
      !account_insert(change, input_text(request, "login"), input_text(request, "name"), NULL,
                      input_text(request, "password"), body_id, ROLE_ADMIN, &account_id, error))
    return FALSE;
  change_about(change, "body", body_id, body_id, json_pack("{s:s}", "name", body.name));
  if (!change_emit(change, "body.added", "body", body_id, body_id, NULL, error))
    return FALSE;
  doc_text(answer, KEY("id"), account_id);
  doc_text_copy(answer, KEY("body_id"), body_id);
  return TRUE;
}

static gboolean make_first(Request *request, Doc *answer, GError **error) {
  const char *weakness = password_weakness(input_text(request, "password"), input_text(request, "login"));
  if (weakness)
    return request_refuse_field(request, "password", weakness, error);
  return request_change(request, insert_first, answer, error);
}

static const Choice BODY_KINDS[] = {
    {"tinh", "Ủy ban nhân dân cấp tỉnh"}, {"so", "Sở, ban, ngành"}, {"xa", "Ủy ban nhân dân cấp xã"},
    {"don-vi", "Đơn vị trực thuộc"},      {"khac", "Cơ quan khác"}, {NULL, NULL},
};

static const Field SIGN_IN_PAGE_FIELDS[] = {
    {"tiep", FIELD_TEXT, "Trang mở sau khi đăng nhập", .help = NULL},
    {NULL},
};
static const Field SIGN_IN_FIELDS[] = {
    {"login", FIELD_TEXT, "Tên đăng nhập", TRUE, 1, 100},
    {"password", FIELD_SECRET, "Mật khẩu", TRUE, 1, 1000},
    {"code", FIELD_TEXT, "Mã xác thực (nếu đã bật)", FALSE, 6, 6},
    {"tiep", FIELD_TEXT, "Trang mở sau khi đăng nhập", .hidden = TRUE},
    {NULL},
};
static const Field CHOOSE_FIELDS[] = {{"body_id", FIELD_ID, "Đơn vị", TRUE}, {NULL}};
static const Field FIRST_FIELDS[] = {
    {"login", FIELD_TEXT, "Tên đăng nhập", TRUE, 2, 60},
    {"name", FIELD_TEXT, "Họ và tên", TRUE, 2, 100},
    {"body", FIELD_TEXT, "Tên đơn vị", TRUE, 2, 200},
    {"kind", FIELD_CHOICE, "Loại đơn vị", TRUE, .choices = BODY_KINDS},
    {"password", FIELD_SECRET, "Mật khẩu", TRUE, 10, 1000},
    {NULL},
};

static const Operation OPERATIONS[] = {
    {"session.form", "GET", "/dang-nhap", PERMISSION_PUBLIC, "Trang đăng nhập", show_sign_in, SIGN_IN_PAGE_FIELDS,
     .page = "login.html", .faces = FACE_WEB /* only people need the page */},
    {"session.open", "POST", "/dang-nhap", PERMISSION_PUBLIC, "Đăng nhập", sign_in, SIGN_IN_FIELDS, .after = "/{next}",
     .faces = FACE_WEB /* programs use tokens */},
    {"session.close", "POST", "/dang-xuat", PERMISSION_SIGNED_IN, "Đăng xuất", sign_out, NULL, .after = "/dang-nhap",
     .faces = FACE_WEB /* tokens are revoked instead */},
    {"session.choose_body", "POST", "/don-vi-lam-viec", PERMISSION_SIGNED_IN, "Chọn đơn vị đang làm việc", choose_body,
     CHOOSE_FIELDS, .after = "/", .faces = FACE_WEB /* a token and the command line name their body */},
    {"account.first", "POST", "/cai-dat/nguoi-dung/dau-tien", PERMISSION_PUBLIC,
     "Tạo đơn vị đầu tiên và người quản trị đầu tiên", make_first, FIRST_FIELDS,
     .faces = FACE_CLI /* whoever holds the data folder; refused once anybody exists */},
};

static const PermissionRow PERMISSIONS[] = {
    {"account.read", ROLE_ADMIN | ROLE_LEADER, "Xem người dùng"},
    {"account.write", ROLE_ADMIN, "Thêm, sửa người dùng"},
    {NULL},
};

const Module account_module = {
    .name = "account",
    .operations = OPERATIONS(OPERATIONS),
    .permissions = PERMISSIONS,
    .sql = {NULL, 0},
};
