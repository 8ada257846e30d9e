#include "module/account/account.h"
#include "base/id.h"
#include "core/body.h"
#include "core/message.h"
#include "core/user.h"
#include "module/account/account_pages.h"
#include <sodium.h>
#include <string.h>

gboolean account_insert(Change *change, const char *login, const char *name, const char *email, const char *password,
                        const char *body_id, Role role, const char **out_id, GError **error) {
  char id[ID_SIZE];
  g_autofree char *hash = password ? password_hash(password, error) : NULL;
  if (password && !hash)
    return FALSE;
  id_new(id);
  Account account = {.id = id, .login = login, .name = name, .email = email, .password = hash, .home_body_id = body_id};
  if (!account_store_insert(change->conn, &account, change->request->now_ms, error) ||
      !account_store_add_role(change->conn, id, body_id, role, error))
    return FALSE;
  change_about(change, "account", id, body_id, json_pack("{s:s, s:s}", "login", login, "role", role_name(role)));
  *out_id = arena_text(change->request->arena, id, -1);
  return TRUE;
}

/* --- who may --- */

static gboolean not_found(GError **error) {
  if (error && !*error)
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Không có người dùng này, hoặc không thuộc phạm vi được xem.");
  return FALSE;
}

static gboolean may_see(Request *request, const Account *account, const GArray *roles) {
  if (request_may(request, "account.read", account->home_body_id))
    return TRUE;
  for (guint i = 0; i < roles->len; i++)
    if (request_may(request, "account.read", g_array_index(roles, RoleAt, i).body_id))
      return TRUE;
  return FALSE;
}

const Account *account_seen(Request *request, GError **error) {
  StoreConn *conn = request_read(request, error);
  const Account *account = conn ? account_store_get(conn, request->arena, input_text(request, "id"), error) : NULL;
  g_autoptr(GArray) roles = account ? account_store_roles(conn, request->arena, account->id, error) : NULL;
  if (roles && may_see(request, account, roles))
    return account;
  not_found(error);
  return NULL;
}

gboolean account_may_manage(Request *request, const Account *account) {
  StoreConn *conn = request_read(request, NULL);
  g_autoptr(GArray) roles = conn ? account_store_roles(conn, request->arena, account->id, NULL) : NULL;
  gboolean may = roles && request_may(request, "account.write", account->home_body_id);
  for (guint i = 0; may && i < roles->len; i++)
    may = request_may(request, "account.write", g_array_index(roles, RoleAt, i).body_id);
  return may;
}

/* The account of input "id", to be acted upon. */
static const Account *managed(Request *request, GError **error) {
  const Account *account = account_seen(request, error);
  if (!account || account_may_manage(request, account))
    return account;
  g_set_error(error, APP_ERROR, ERROR_FORBIDDEN,
              "%s thuộc đơn vị khác hoặc còn giữ vai trò ở đơn vị khác; chỉ quản trị của các đơn vị đó sửa được.", account->login);
  return NULL;
}

static gboolean refuse_self(const Request *request, const Account *account, const char *what, GError **error) {
  if (!request->user || strcmp(request->user->id, account->id) != 0)
    return FALSE;
  g_set_error(error, APP_ERROR, ERROR_REFUSED, "Không thể tự %s; nhờ một quản trị khác.", what);
  return TRUE;
}

/* --- passwords --- */

gboolean account_check_password(Request *request, const char *field, const char *login, GError **error) {
  const char *weakness = password_weakness(input_text(request, field), login);
  return !weakness || request_refuse_field(request, field, message(request->lang, weakness), error);
}

/* Sixteen letters and digits that cannot be mistaken for each other, in four groups: 79 bits. */
static const char *make_password(Arena *arena) {
  static const char LETTERS[] = "abcdefghijkmnpqrstuvwxyz23456789";
  char text[20];
  for (gsize i = 0; i < 19; i++)
    text[i] = i % 5 == 4 ? '-' : LETTERS[randombytes_uniform(sizeof LETTERS - 1)];
  text[19] = '\0';
  return arena_text(arena, text, -1);
}

/* What was typed, else a new one that the answer shows once. */
static const char *chosen_password(Request *request, const char *login, const char **out_shown, GError **error) {
  const char *typed = input_text(request, "password");
  if (typed)
    return account_check_password(request, "password", login, error) ? typed : NULL;
  return *out_shown = make_password(request->arena);
}

/* --- adding --- */

typedef struct {
  Account account;
  Role role;
} Addition;

static gboolean check_login(Request *request, const char *login, GError **error) {
  for (const char *p = login; *p; p++)
    if (!g_ascii_islower(*p) && !g_ascii_isdigit(*p) && !strchr(".-_", *p))
      return request_refuse_field(
          request, "login", message(request->lang, "Tên đăng nhập chỉ gồm chữ thường không dấu, chữ số và . - _"), error);
  return TRUE;
}

static gboolean refuse_os_user(Request *request, GError **error) {
  return request_refuse_field(request, "os_user", message(request->lang, "Tài khoản máy này đã nối với người khác."), error);
}

static gboolean insert_added(Change *change, void *data, GError **error) {
  Addition *addition = data;
  Account *account = &addition->account;
  gboolean login_taken = FALSE, os_taken = FALSE;
  if (!account_store_login_taken(change->conn, account->login, &login_taken, error) ||
      !account_store_os_user_taken(change->conn, account->os_user ? account->os_user : "", account->id, &os_taken, error))
    return FALSE;
  if (login_taken)
    return request_refuse_field(change->request, "login", message(change->request->lang, "Tên đăng nhập này đã có người dùng."),
                                error);
  if (os_taken)
    return refuse_os_user(change->request, error);
  change_about(change, "account", account->id, account->home_body_id,
               json_pack("{s:s, s:s, s:s}", "login", account->login, "name", account->name, "role", role_name(addition->role)));
  return account_store_insert(change->conn, account, change->request->now_ms, error) &&
         account_store_add_role(change->conn, account->id, account->home_body_id, addition->role, error);
}

gboolean account_add(Request *request, Doc *answer, GError **error) {
  const char *login = input_text(request, "login"), *shown = NULL;
  const char *body_id = input_text(request, "body") ? input_text(request, "body") : request->body_id;
  char id[ID_SIZE];
  if (!request_require(request, "account.write", body_id, error) || !check_login(request, login, error))
    return FALSE;
  const char *password = chosen_password(request, login, &shown, error);
  g_autofree char *hash = password ? password_hash(password, error) : NULL;
  if (!hash)
    return FALSE;
  id_new(id);
  Addition addition = {
      .account = {.id = id, .login = login, .name = input_text(request, "name"), .email = input_text(request, "email"),
                  .phone = input_text(request, "phone"), .password = hash, .os_user = input_text(request, "os_user"),
                  .home_body_id = body_id},
      .role = role_from_name(input_text(request, "role")),
  };
  if (!request_change(request, insert_added, &addition, error))
    return FALSE;
  doc_text(answer, KEY("password"), shown);
  return account_show(request, arena_text(request->arena, id, -1), answer, error);
}

/* --- changing --- */

typedef struct {
  const Account *before;
  Account after;
} Edit;

static void note_text(json_t *changes, const char *key, const char *before, const char *after) {
  if (g_strcmp0(before, after) != 0)
    json_object_set_new(changes, key, json_pack("[s?, s?]", before, after));
}

static gboolean update(Change *change, void *data, GError **error) {
  const Edit *edit = data;
  const Account *before = edit->before, *after = &edit->after;
  json_t *changes = json_object();
  gboolean taken = FALSE;
  note_text(changes, "name", before->name, after->name);
  note_text(changes, "email", before->email, after->email);
  note_text(changes, "phone", before->phone, after->phone);
  note_text(changes, "lang", before->lang, after->lang);
  note_text(changes, "os_user", before->os_user, after->os_user);
  change_about(change, "account", before->id, before->home_body_id, changes);
  if (!account_store_os_user_taken(change->conn, after->os_user ? after->os_user : "", after->id, &taken, error))
    return FALSE;
  return taken ? refuse_os_user(change->request, error) : account_store_update(change->conn, after, error);
}

/* What was not given stays; what was given empty is taken away. */
static const char *given(const Request *request, const char *name, const char *before) {
  return input_has(request, name) ? input_text(request, name) : before;
}

static gboolean run_edit(Request *request, const Account *account, gboolean os_user, GError **error) {
  Edit edit = {account, *account};
  edit.after.name = input_text(request, "name") ? input_text(request, "name") : account->name;
  edit.after.email = given(request, "email", account->email);
  edit.after.phone = given(request, "phone", account->phone);
  edit.after.lang = input_text(request, "lang") ? input_text(request, "lang") : account->lang;
  edit.after.os_user = os_user ? given(request, "os_user", account->os_user) : account->os_user;
  edit.after.version = input_int(request, "version", account->version);
  return request_change(request, update, &edit, error);
}

gboolean account_edit(Request *request, Doc *answer, GError **error) {
  const Account *account = managed(request, error);
  if (!account || !run_edit(request, account, TRUE, error))
    return FALSE;
  doc_text(answer, KEY("id"), account->id);
  request->notice = message(request->lang, "Đã lưu.");
  return TRUE;
}

gboolean account_profile(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  const Account *account = conn ? account_store_get(conn, request->arena, request->user->id, error) : NULL;
  if (!account || !run_edit(request, account, FALSE, error))
    return FALSE;
  doc_text(answer, KEY("id"), account->id);
  request->notice = message(request->lang, "Đã lưu.");
  return TRUE;
}

/* --- roles --- */

typedef struct {
  const Account *account;
  const char *body_id;
  Role role;
  gboolean add;
} RoleChange;

static gboolean change_role(Change *change, void *data, GError **error) {
  const RoleChange *wanted = data;
  gboolean removed = FALSE;
  change_about(change, "account", wanted->account->id, wanted->body_id,
               json_pack("{s:[s?, s?]}", "role", wanted->add ? NULL : role_name(wanted->role),
                         wanted->add ? role_name(wanted->role) : NULL));
  if (wanted->add)
    return account_store_add_role(change->conn, wanted->account->id, wanted->body_id, wanted->role, error);
  if (!account_store_remove_role(change->conn, wanted->account->id, wanted->body_id, wanted->role, &removed, error))
    return FALSE;
  if (!removed)
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Người dùng không giữ vai trò này.");
  return removed;
}

static gboolean run_role(Request *request, gboolean add, Doc *answer, GError **error) {
  const Account *account = account_seen(request, error);
  const char *body_id = input_text(request, "body") ? input_text(request, "body") : request->body_id;
  RoleChange wanted = {account, body_id, role_from_name(input_text(request, "role")), add};
  if (!account || !request_require(request, "account.write", body_id, error))
    return FALSE;
  if (!add && wanted.role == ROLE_ADMIN && refuse_self(request, account, "bỏ vai trò quản trị của mình", error))
    return FALSE;
  if (!request_change(request, change_role, &wanted, error))
    return FALSE;
  doc_text(answer, KEY("id"), account->id);
  request->notice = message(request->lang, add ? "Đã thêm vai trò." : "Đã thu vai trò.");
  return TRUE;
}

gboolean account_grant(Request *request, Doc *answer, GError **error) {
  return run_role(request, TRUE, answer, error);
}

gboolean account_revoke(Request *request, Doc *answer, GError **error) {
  return run_role(request, FALSE, answer, error);
}

/* --- password, second factor, sessions, disabling --- */

typedef struct {
  const Account *account;
  const char *hash; /* new password */
  gboolean disable, enable, totp_off;
} Measure;

/* Whatever is done here ends every session of the account. */
static gboolean take_measure(Change *change, void *data, GError **error) {
  const Measure *measure = data;
  const Account *account = measure->account;
  gint64 ended = 0;
  if (!account_store_end_sessions(change->conn, account->id, NULL, &ended, error))
    return FALSE;
  change_about(change, "account", account->id, account->home_body_id, json_pack("{s:I}", "sessions_ended", (json_int_t)ended));
  if (measure->hash && !account_store_set_password(change->conn, account->id, measure->hash, error))
    return FALSE;
  if (measure->totp_off && !account_store_set_totp(change->conn, account->id, NULL, NULL, 0, error))
    return FALSE;
  return (!measure->disable && !measure->enable) ||
         account_store_disable(change->conn, account->id, measure->disable ? change->request->now_ms : 0, error);
}

static gboolean run_measure(Request *request, Measure *measure, const char *notice, Doc *answer, GError **error) {
  if (!measure->account || !request_change(request, take_measure, measure, error))
    return FALSE;
  doc_text(answer, KEY("id"), measure->account->id);
  request->notice = notice;
  return TRUE;
}

gboolean account_reset(Request *request, Doc *answer, GError **error) {
  const Account *account = managed(request, error);
  const char *shown = NULL;
  const char *password = account ? chosen_password(request, account->login, &shown, error) : NULL;
  g_autofree char *hash = password ? password_hash(password, error) : NULL;
  Measure measure = {.account = account, .hash = hash};
  if (!hash || !request_change(request, take_measure, &measure, error))
    return FALSE;
  doc_text(answer, KEY("password"), shown);
  return account_show(request, account->id, answer, error);
}

gboolean account_disable(Request *request, Doc *answer, GError **error) {
  Measure measure = {.account = managed(request, error), .disable = TRUE};
  if (measure.account && refuse_self(request, measure.account, "khóa tài khoản của mình", error))
    return FALSE;
  return run_measure(request, &measure, message(request->lang, "Đã khóa tài khoản và kết thúc mọi phiên."), answer, error);
}

gboolean account_enable(Request *request, Doc *answer, GError **error) {
  Measure measure = {.account = managed(request, error), .enable = TRUE};
  return run_measure(request, &measure, message(request->lang, "Đã mở lại tài khoản."), answer, error);
}

gboolean account_end_sessions(Request *request, Doc *answer, GError **error) {
  Measure measure = {.account = managed(request, error)};
  return run_measure(request, &measure, message(request->lang, "Đã kết thúc mọi phiên đăng nhập."), answer, error);
}

gboolean account_take_off_totp(Request *request, Doc *answer, GError **error) {
  Measure measure = {.account = managed(request, error), .totp_off = TRUE};
  return run_measure(request, &measure, message(request->lang, "Đã tắt xác thực hai bước."), answer, error);
}
