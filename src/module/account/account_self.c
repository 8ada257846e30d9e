/* One's own page: profile, password, sessions, second factor, the body one acts for. */
#include "base/date.h"
#include "core/body.h"
#include "core/form.h"
#include "core/message.h"
#include "core/user.h"
#include "module/account/account_pages.h"
#include <qrencode.h>
#include <string.h>

static const Account *own(Request *request, GError **error) {
  StoreConn *conn = request_read(request, error);
  return conn ? account_store_get(conn, request->arena, request->user->id, error) : NULL;
}

/* --- the page --- */

static gboolean add_bodies(Request *request, StoreConn *conn, Doc *answer, GError **error) {
  g_autoptr(GArray) roles = account_store_roles(conn, request->arena, request->user->id, error);
  Doc *list = doc_list(answer, KEY("bodies"));
  for (guint i = 0; roles && i < roles->len; i++) {
    const RoleAt *role = &g_array_index(roles, RoleAt, i);
    gboolean current = g_strcmp0(role->body_id, request->body_id) == 0;
    Doc *row = doc_object(list, NULL);
    doc_text(row, KEY("name"), role->body_name);
    doc_text(row, KEY("role"), message(request->lang, role_label(role->role)));
    doc_bool(row, KEY("current"), current);
    if (current || !request->session_id)
      continue;
    json_t *values = json_pack("{s:s}", "body_id", role->body_id);
    form_add(request, row, KEY("choose"), "session.choose_body", values, "Chọn");
    json_decref(values);
  }
  return roles != NULL;
}

static gboolean add_sessions(Request *request, StoreConn *conn, Doc *answer, GError **error) {
  g_autoptr(GArray) sessions = account_store_sessions(conn, request->arena, request->user->id, request->now_ms, error);
  Doc *list = doc_list(answer, KEY("sessions"));
  for (guint i = 0; sessions && i < sessions->len; i++) {
    const SessionRow *session = &g_array_index(sessions, SessionRow, i);
    gboolean current = g_strcmp0(session->id, request->session_id) == 0;
    Doc *row = doc_object(list, NULL);
    doc_text(row, KEY("id"), session->id);
    doc_text(row, KEY("time"), account_time(request->arena, session->seen_ms));
    doc_text(row, KEY("remote"), session->remote);
    doc_text(row, KEY("agent"), session->agent);
    doc_bool(row, KEY("current"), current);
    if (current)
      continue;
    json_t *values = json_pack("{s:s}", "id", session->id);
    form_add(request, row, KEY("end"), "session.end", values, "Kết thúc");
    json_decref(values);
  }
  return sessions != NULL;
}

static void add_forms(Request *request, const Account *account, Doc *answer) {
  json_t *values = json_pack("{s:s, s:s?, s:s?, s:s, s:I}", "name", account->name, "email", account->email, "phone",
                             account->phone, "lang", account->lang, "version", (json_int_t)account->version);
  form_add(request, answer, KEY("profile"), "account.profile", values, "Lưu");
  json_decref(values);
  form_add(request, answer, KEY("form"), "account.password", NULL, "Đổi mật khẩu");
  form_add(request, answer, KEY("sign_out"), "session.close", NULL, "Đăng xuất");
  doc_text(answer, KEY("totp_url"), "/tai-khoan/hai-buoc");
  doc_text(answer, KEY("tokens_url"), "/cai-dat/khoa");
}

gboolean account_me(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  const Account *account = conn ? own(request, error) : NULL;
  if (!account)
    return FALSE;
  Doc *facts = doc_object(answer, KEY("account"));
  doc_text(facts, KEY("name"), account->name);
  doc_text(facts, KEY("login"), account->login);
  doc_text(facts, KEY("email"), account->email);
  doc_text(facts, KEY("lang"), account->lang);
  doc_bool(facts, KEY("totp"), account->totp_secret != NULL);
  doc_text(answer, KEY("login"), account->login);
  doc_text(answer, KEY("name"), account->name);
  doc_int(answer, KEY("version"), account->version);
  if (request->face == FACE_WEB)
    add_forms(request, account, answer);
  return add_bodies(request, conn, answer, error) && add_sessions(request, conn, answer, error);
}

/* --- the body one acts for --- */

typedef struct {
  Request *request;
  Doc *form;
} Choices;

static gboolean add_choice(const char *id, const char *name, void *data) {
  const Choices *choices = data;
  form_option(choices->form, "body_id", id, name, g_strcmp0(id, choices->request->body_id) == 0);
  return TRUE;
}

gboolean account_choose_page(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  if (!conn)
    return FALSE;
  Choices choices = {request, form_add(request, answer, KEY("form"), "session.choose_body", NULL, "Chọn đơn vị này")};
  for (gsize i = 0; i < request->user->n_grants; i++)
    if (!account_store_bodies_below(conn, request->user->grants[i].body_id, add_choice, &choices, error))
      return FALSE;
  return TRUE;
}

/* --- password and sessions --- */

typedef struct {
  const Account *account;
  const char *hash, *session_id, *secret, *pending;
  gint64 last, count;
} Own;

static gboolean change_password(Change *change, void *data, GError **error) {
  Own *act = data;
  if (!account_store_end_sessions(change->conn, act->account->id, change->request->session_id, &act->count, error))
    return FALSE;
  change_about(change, "account", act->account->id, act->account->home_body_id,
               json_pack("{s:I}", "sessions_ended", (json_int_t)act->count));
  return account_store_set_password(change->conn, act->account->id, act->hash, error);
}

/* Whoever holds the session or the data folder must still know the password. */
static gboolean require_password(Request *request, const Account *account, const char *field, GError **error) {
  const char *password = input_text(request, field);
  if (!account->password || password_matches(account->password, password))
    return TRUE;
  return request_refuse_field(request, field, message(request->lang, "Mật khẩu hiện nay không đúng."), error);
}

gboolean account_password(Request *request, Doc *answer, GError **error) {
  const Account *account = own(request, error);
  if (!account || !require_password(request, account, "old", error) ||
      !account_check_password(request, "new", account->login, error))
    return FALSE;
  g_autofree char *hash = password_hash(input_text(request, "new"), error);
  Own act = {.account = account, .hash = hash};
  if (!hash || !request_change(request, change_password, &act, error))
    return FALSE;
  doc_int(answer, KEY("sessions_ended"), act.count);
  request->notice = message(request->lang, "Đã đổi mật khẩu; các phiên đăng nhập khác đã kết thúc.");
  return TRUE;
}

static gboolean end_session(Change *change, void *data, GError **error) {
  Own *act = data;
  change_about(change, "account", change->request->user->id, change->request->user->home_body_id, NULL);
  return account_store_end_session(change->conn, change->request->user->id, act->session_id, &act->count, error);
}

gboolean account_end_own_session(Request *request, Doc *answer, GError **error) {
  Own act = {.session_id = input_text(request, "id")};
  if (!request_change(request, end_session, &act, error))
    return FALSE;
  doc_int(answer, KEY("sessions_ended"), act.count);
  request->notice = message(request->lang, "Đã kết thúc phiên đăng nhập.");
  return TRUE;
}

/* --- second factor --- */

static const char *issuer(Request *request) {
  StoreConn *conn = request_read(request, NULL);
  const Body *body = conn ? body_get(conn, request->arena, request->user->home_body_id, NULL) : NULL;
  return arena_printf(request->arena, "Ứng Cứu %s", body ? body->short_name : "");
}

/* In groups of four, to be typed. */
static const char *grouped(Arena *arena, const char *secret) {
  g_autoptr(GString) text = g_string_new(NULL);
  for (gsize i = 0; secret[i]; i++)
    g_string_append_printf(text, "%s%c", i && i % 4 == 0 ? " " : "", secret[i]);
  return arena_text(arena, text->str, (gssize)text->len);
}

gboolean account_totp(Request *request, Doc *answer, GError **error) {
  const Account *account = own(request, error);
  if (!account)
    return FALSE;
  doc_text(answer, KEY("back_url"), "/tai-khoan");
  doc_bool(answer, KEY("on"), account->totp_secret != NULL);
  if (account->totp_secret) {
    form_add(request, answer, KEY("off"), "account.totp_off", NULL, "Tắt xác thực hai bước");
  } else if (account->totp_pending) {
    g_autofree char *uri = totp_uri(account->totp_pending, account->login, issuer(request));
    doc_text(answer, KEY("qr_url"), "/tai-khoan/hai-buoc/hinh");
    doc_text(answer, KEY("secret"), grouped(request->arena, account->totp_pending));
    doc_text_copy(answer, KEY("uri"), uri);
    form_add(request, answer, KEY("form"), "account.totp_confirm", NULL, "Bật");
  } else {
    form_add(request, answer, KEY("form"), "account.totp_begin", NULL, "Bắt đầu thiết lập");
  }
  return TRUE;
}

static gboolean set_totp(Change *change, void *data, GError **error) {
  const Own *act = data;
  change_about(change, "account", act->account->id, act->account->home_body_id, NULL);
  return account_store_set_totp(change->conn, act->account->id, act->secret, act->pending, act->last, error);
}

gboolean account_totp_begin(Request *request, Doc *answer, GError **error) {
  g_autofree char *secret = totp_new_secret();
  Own act = {.account = own(request, error), .pending = secret};
  if (act.account && act.account->totp_secret) {
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "Xác thực hai bước đã bật; tắt trước khi thiết lập lại.");
    return FALSE;
  }
  if (!act.account || !request_change(request, set_totp, &act, error))
    return FALSE;
  g_autofree char *uri = totp_uri(secret, act.account->login, issuer(request));
  doc_text(answer, KEY("secret"), grouped(request->arena, secret));
  doc_text_copy(answer, KEY("uri"), uri);
  return TRUE;
}

gboolean account_totp_confirm(Request *request, Doc *answer, GError **error) {
  const Account *account = own(request, error);
  Own act = {.account = account, .secret = account ? account->totp_pending : NULL};
  if (account && !account->totp_pending)
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "Chưa bắt đầu thiết lập xác thực hai bước.");
  if (!act.secret)
    return FALSE;
  if (!totp_matches(act.secret, input_text(request, "code"), request->now_ms, 0, &act.last))
    return request_refuse_field(request, "code",
                                message(request->lang, "Mã không khớp. Kiểm tra giờ của điện thoại rồi nhập mã mới."), error);
  if (!request_change(request, set_totp, &act, error))
    return FALSE;
  doc_bool(answer, KEY("on"), TRUE);
  request->notice = message(request->lang, "Đã bật xác thực hai bước.");
  return TRUE;
}

gboolean account_totp_off(Request *request, Doc *answer, GError **error) {
  Own act = {.account = own(request, error)};
  if (!act.account || !require_password(request, act.account, "password", error) ||
      !request_change(request, set_totp, &act, error))
    return FALSE;
  doc_bool(answer, KEY("on"), FALSE);
  request->notice = message(request->lang, "Đã tắt xác thực hai bước.");
  return TRUE;
}

#define QUIET 4

/* One unit a module, one path for all dark ones. */
static GBytes *draw(const QRcode *code) {
  int side = code->width + 2 * QUIET;
  GString *svg = g_string_new(NULL);
  g_string_printf(svg,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\">"
                  "<path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path d=\"",
                  side, side, side, side);
  for (int y = 0; y < code->width; y++)
    for (int x = 0; x < code->width; x++)
      if (code->data[y * code->width + x] & 1)
        g_string_append_printf(svg, "M%d %dh1v1h-1z", x + QUIET, y + QUIET);
  g_string_append(svg, "\"/></svg>");
  return g_string_free_to_bytes(svg);
}

gboolean account_totp_image(Request *request, Doc *answer, GError **error) {
  const Account *account = own(request, error);
  (void)answer;
  if (account && !account->totp_pending)
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Chưa bắt đầu thiết lập xác thực hai bước.");
  if (!account || !account->totp_pending)
    return FALSE;
  g_autofree char *uri = totp_uri(account->totp_pending, account->login, issuer(request));
  QRcode *code = QRcode_encodeString8bit(uri, 0, QR_ECLEVEL_M);
  if (!code) {
    g_set_error(error, APP_ERROR, ERROR_FAILED, "Không vẽ được mã QR; gõ khóa bằng tay.");
    return FALSE;
  }
  request->file = draw(code);
  request->file_name = "ma-qr.svg";
  request->file_type = "image/svg+xml";
  QRcode_free(code);
  return TRUE;
}
