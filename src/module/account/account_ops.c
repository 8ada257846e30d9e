#include "base/text.h"
#include "core/body.h"
#include "core/form.h"
#include "core/user.h"
#include "base/id.h"
#include "module/account/account.h"
#include "module/account/account_pages.h"
#include <string.h>

/* --- signing in --- */

/* The demo's accounts, as its loader left them: shown to everybody who opens the page. */
static void add_demo_logins(Request *request, Doc *answer) {
  g_autofree char *path = g_build_filename(request->app->home, "demo-logins.json", NULL);
  json_t *logins = request->app->demo ? json_load_file(path, JSON_REJECT_DUPLICATES, NULL) : NULL;
  if (json_is_array(logins))
    doc_json(answer, KEY("demo_logins"), logins);
  json_decref(logins);
}

/* The page where anybody reports an incident, when there is one. */
static const char *report_path(const App *app) {
  for (const Module *const *module = app->modules; *module; module++)
    for (gsize i = 0; i < (*module)->operations.count; i++) {
      const Operation *operation = &(*module)->operations.rows[i];
      if (operation->page && strcmp(operation->path, "/bao-su-co") == 0 && strcmp(operation->permission, PERMISSION_PUBLIC) == 0)
        return operation->path;
    }
  return NULL;
}

static gboolean show_sign_in(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  g_autofree char *name = conn ? account_store_top_name(conn, error) : NULL;
  doc_text_copy(answer, KEY("body_name"), name ? name : "");
  doc_text(answer, KEY("report_url"), report_path(request->app));
  add_demo_logins(request, answer);
  json_t *values = json_pack("{s:s}", "tiep", input_text(request, "tiep") ? input_text(request, "tiep") : "");
  form_add(request, answer, KEY("form"), "session.open", values, "Đăng nhập");
  json_decref(values);
  return conn != NULL;
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
static const Choice ROLE_CHOICES[] = {
    {"viewer", "Người xem"}, {"member", "Thành viên Đội"}, {"dispatcher", "Cán bộ tiếp nhận và điều phối"},
    {"officer", "Cán bộ chuyên trách"}, {"leader", "Lãnh đạo"}, {"admin", "Quản trị"}, {NULL, NULL},
};
static const Choice LANGS[] = {{"vi", "Tiếng Việt"}, {"en", "English"}, {NULL, NULL}};
static const Choice STATES[] = {{"dung", "Đang dùng"}, {"khoa", "Đã khóa"}, {NULL, NULL}};

#define ACCOUNT {"id", FIELD_ID, "Người dùng", TRUE}
#define VERSION {"version", FIELD_INT, "Phiên bản đang xem", .hidden = TRUE}
#define NAME {"name", FIELD_TEXT, "Họ và tên", TRUE, 2, 100}
#define EMAIL {"email", FIELD_EMAIL, "Thư điện tử"}
#define PHONE {"phone", FIELD_PHONE, "Điện thoại"}
#define OS_USER {"os_user", FIELD_TEXT, "Tài khoản máy", FALSE, 1, 64, \
                 .help = "Ai dùng tài khoản này trên máy chủ thì dòng lệnh làm việc dưới tên người dùng này."}
#define NEW_PASSWORD {"password", FIELD_SECRET, "Mật khẩu tạm", FALSE, 1, 1000, \
                      .help = "Để trống thì hệ thống tạo một mật khẩu và chỉ hiện một lần."}

static const Field SIGN_IN_PAGE_FIELDS[] = {{"tiep", FIELD_TEXT, "Trang mở sau khi đăng nhập"}, {NULL}};
static const Field SIGN_IN_FIELDS[] = {
    {"login", FIELD_TEXT, "Tên đăng nhập", TRUE, 1, 100},
    {"password", FIELD_SECRET, "Mật khẩu", TRUE, 1, 1000},
    {"code", FIELD_TEXT, "Mã xác thực (nếu đã bật)", FALSE, 6, 6},
    {"tiep", FIELD_TEXT, "Trang mở sau khi đăng nhập", .hidden = TRUE},
    {NULL},
};
static const Field CHOOSE_FIELDS[] = {{"body_id", FIELD_CHOICE, "Đơn vị", TRUE}, {NULL}};
static const Field FIRST_FIELDS[] = {
    {"login", FIELD_TEXT, "Tên đăng nhập", TRUE, 2, 60},
    NAME,
    {"body", FIELD_TEXT, "Tên đơn vị", TRUE, 2, 200},
    {"kind", FIELD_CHOICE, "Loại đơn vị", TRUE, .choices = BODY_KINDS},
    {"password", FIELD_SECRET, "Mật khẩu", TRUE, 10, 1000},
    {NULL},
};
static const Field LIST_FIELDS[] = {
    {"q", FIELD_TEXT, "Tìm"}, {"state", FIELD_CHOICE, "Trạng thái", FALSE, .choices = STATES},
    {"after", FIELD_TEXT, "Sau dòng"}, {"limit", FIELD_INT, "Số dòng", FALSE, 1, 500}, {NULL},
};
static const Field ID_FIELDS[] = {ACCOUNT, {NULL}};
static const Field ADD_FIELDS[] = {
    {"login", FIELD_TEXT, "Tên đăng nhập", TRUE, 2, 60}, NAME,
    {"role", FIELD_CHOICE, "Vai trò", TRUE, .choices = ROLE_CHOICES}, {"body", FIELD_CHOICE, "Đơn vị"},
    EMAIL, PHONE, OS_USER, NEW_PASSWORD, {NULL},
};
static const Field EDIT_FIELDS[] = {ACCOUNT, NAME, EMAIL, PHONE, {"lang", FIELD_CHOICE, "Ngôn ngữ", FALSE, .choices = LANGS},
                                    OS_USER, VERSION, {NULL}};
static const Field ROLE_FIELDS[] = {ACCOUNT, {"role", FIELD_CHOICE, "Vai trò", TRUE, .choices = ROLE_CHOICES},
                                    {"body", FIELD_CHOICE, "Đơn vị"}, {NULL}};
static const Field RESET_FIELDS[] = {ACCOUNT, NEW_PASSWORD, {NULL}};
static const Field PROFILE_FIELDS[] = {NAME, EMAIL, PHONE, {"lang", FIELD_CHOICE, "Ngôn ngữ", FALSE, .choices = LANGS},
                                       VERSION, {NULL}};
static const Field PASSWORD_FIELDS[] = {
    {"old", FIELD_SECRET, "Mật khẩu hiện nay", TRUE, 1, 1000},
    {"new", FIELD_SECRET, "Mật khẩu mới", TRUE, 1, 1000, .help = "Ít nhất 10 ký tự."},
    {NULL},
};
static const Field SESSION_FIELDS[] = {{"id", FIELD_ID, "Phiên đăng nhập", TRUE}, {NULL}};
static const Field CODE_FIELDS[] = {{"code", FIELD_TEXT, "Mã 6 số", TRUE, 6, 6}, {NULL}};
static const Field TOTP_OFF_FIELDS[] = {{"password", FIELD_SECRET, "Mật khẩu", TRUE, 1, 1000}, {NULL}};
static const Field TOKEN_FIELDS[] = {
    {"name", FIELD_TEXT, "Tên khóa", TRUE, 2, 100},
    {"scopes", FIELD_IDS, "Quyền", TRUE},
    {"days", FIELD_INT, "Số ngày còn dùng được", FALSE, 1, 1100, .help = "Để trống: 365 ngày."},
    {NULL},
};
static const Field TOKEN_ID_FIELDS[] = {{"id", FIELD_ID, "Khóa API", TRUE}, {NULL}};

#define USERS "/cai-dat/nguoi-dung"
#define USER USERS "/{id}"

static const Operation OPERATIONS[] = {
    {"session.form", "GET", "/dang-nhap", PERMISSION_PUBLIC, "Trang đăng nhập", show_sign_in, SIGN_IN_PAGE_FIELDS,
     .page = "login.html", .faces = FACE_WEB /* only people need the page */},
    {"session.open", "POST", "/dang-nhap", PERMISSION_PUBLIC, "Đăng nhập", sign_in, SIGN_IN_FIELDS, .after = "/{next}",
     .faces = FACE_WEB /* programs use tokens */},
    {"session.close", "POST", "/dang-xuat", PERMISSION_SIGNED_IN, "Đăng xuất", sign_out, NULL, .after = "/dang-nhap",
     .faces = FACE_WEB /* tokens are revoked instead */},
    {"session.choose", "GET", "/tai-khoan/don-vi", PERMISSION_SIGNED_IN, "Chọn đơn vị làm việc", account_choose_page, NULL,
     .page = "setting/body.html", .faces = FACE_WEB /* a form */},
    {"session.choose_body", "POST", "/don-vi-lam-viec", PERMISSION_SIGNED_IN, "Chọn đơn vị đang làm việc", choose_body,
     CHOOSE_FIELDS, .after = "/", .faces = FACE_WEB /* a token and the command line name their body */},
    {"session.end", "POST", "/tai-khoan/phien/{id}/ket-thuc", PERMISSION_SIGNED_IN, "Kết thúc một phiên đăng nhập của mình",
     account_end_own_session, SESSION_FIELDS, .after = "/tai-khoan"},
    {"account.first", "POST", USERS "/dau-tien", PERMISSION_PUBLIC,
     "Tạo đơn vị đầu tiên và người quản trị đầu tiên", make_first, FIRST_FIELDS,
     .faces = FACE_CLI /* whoever holds the data folder; refused once anybody exists */},

    {"account.list", "GET", USERS, "account.read", "Người dùng", account_list, LIST_FIELDS, .page = "setting/users.html",
     .columns = "rows:login,name,home,state.label,seen"},
    {"account.form", "GET", USERS "/moi", "account.write", "Thêm người dùng", account_new_form, NULL,
     .page = "setting/user.html", .faces = FACE_WEB /* a form */},
    {"account.view", "GET", USER, "account.read", "Xem một người dùng", account_view, ID_FIELDS, .page = "setting/user.html",
     .columns = "roles:role,name,body", .versioned = TRUE},
    {"account.add", "POST", USERS "/moi", "account.write", "Thêm người dùng với một vai trò", account_add, ADD_FIELDS,
     .page = "setting/user.html"},
    {"account.edit", "POST", USER, "account.write", "Sửa thông tin người dùng", account_edit, EDIT_FIELDS, .after = USER,
     .versioned = TRUE},
    {"account.grant", "POST", USER "/vai-tro", "account.write", "Thêm vai trò cho người dùng", account_grant, ROLE_FIELDS,
     .after = USER},
    {"account.revoke", "POST", USER "/thu-vai-tro", "account.write", "Thu vai trò của người dùng", account_revoke, ROLE_FIELDS,
     .after = USER},
    {"account.reset", "POST", USER "/mat-khau", "account.write", "Đặt lại mật khẩu, kết thúc mọi phiên", account_reset,
     RESET_FIELDS, .page = "setting/user.html"},
    {"account.disable", "POST", USER "/khoa", "account.write", "Khóa tài khoản, kết thúc mọi phiên", account_disable, ID_FIELDS,
     .after = USER},
    {"account.enable", "POST", USER "/mo-lai", "account.write", "Mở lại tài khoản đã khóa", account_enable, ID_FIELDS,
     .after = USER},
    {"account.end_sessions", "POST", USER "/ket-thuc-phien", "account.write", "Kết thúc mọi phiên của người dùng",
     account_end_sessions, ID_FIELDS, .after = USER},
    {"account.totp_reset", "POST", USER "/tat-hai-buoc", "account.write", "Tắt xác thực hai bước của người mất điện thoại",
     account_take_off_totp, ID_FIELDS, .after = USER},

    {"account.me", "GET", "/tai-khoan", PERMISSION_SIGNED_IN, "Tài khoản của mình", account_me, NULL, .page = "setting/me.html",
     .versioned = TRUE},
    {"account.profile", "POST", "/tai-khoan", PERMISSION_SIGNED_IN, "Sửa thông tin của mình", account_profile, PROFILE_FIELDS,
     .after = "/tai-khoan", .versioned = TRUE},
    {"account.password", "POST", "/tai-khoan/mat-khau", PERMISSION_SIGNED_IN, "Đổi mật khẩu của mình", account_password,
     PASSWORD_FIELDS, .after = "/tai-khoan"},
    {"account.totp", "GET", "/tai-khoan/hai-buoc", PERMISSION_SIGNED_IN, "Xác thực hai bước", account_totp, NULL,
     .page = "setting/totp.html"},
    {"account.totp_image", "GET", "/tai-khoan/hai-buoc/hinh", PERMISSION_SIGNED_IN, "Hình QR của khóa xác thực hai bước",
     account_totp_image, NULL, .gives = GIVES_FILE},
    {"account.totp_begin", "POST", "/tai-khoan/hai-buoc", PERMISSION_SIGNED_IN, "Bắt đầu thiết lập xác thực hai bước",
     account_totp_begin, NULL, .after = "/tai-khoan/hai-buoc"},
    {"account.totp_confirm", "POST", "/tai-khoan/hai-buoc/bat", PERMISSION_SIGNED_IN, "Bật xác thực hai bước bằng mã",
     account_totp_confirm, CODE_FIELDS, .after = "/tai-khoan/hai-buoc"},
    {"account.totp_off", "POST", "/tai-khoan/hai-buoc/tat", PERMISSION_SIGNED_IN, "Tắt xác thực hai bước của mình",
     account_totp_off, TOTP_OFF_FIELDS, .after = "/tai-khoan/hai-buoc"},

    {"token.list", "GET", "/cai-dat/khoa", PERMISSION_SIGNED_IN, "Khóa API", token_list, NULL, .page = "setting/tokens.html",
     .columns = "rows:id,name,owner,scopes,expires,state.label"},
    {"token.add", "POST", "/cai-dat/khoa", PERMISSION_SIGNED_IN, "Tạo khóa API", token_add, TOKEN_FIELDS,
     .page = "setting/tokens.html"},
    {"token.revoke", "POST", "/cai-dat/khoa/{id}/thu-hoi", PERMISSION_SIGNED_IN, "Thu hồi khóa API", token_revoke,
     TOKEN_ID_FIELDS, .after = "/cai-dat/khoa"},
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
};
