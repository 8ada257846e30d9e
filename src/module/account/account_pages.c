/* The pages of users: list, one user, a new one. */
#include "base/date.h"
#include "base/text.h"
#include "core/body.h"
#include "core/form.h"
#include "core/history.h"
#include "core/message.h"
#include "core/setting_page.h"
#include "module/account/account_pages.h"
#include <string.h>

#define PAGE_ROWS 30
#define SCAN_MOST 20000 /* a filter looks at no more */

const char *account_time(Arena *arena, gint64 ms) {
  char text[17];
  if (!ms)
    return NULL;
  date_write_time(text, ms);
  return arena_text(arena, text, -1);
}

static void add_state(Request *request, const Account *account, Doc *row) {
  gboolean locked = account->locked_until_ms > request->now_ms;
  Doc *state = doc_object(row, KEY("state"));
  doc_text(state, KEY("class"), account->disabled_ms ? "none" : locked ? "late" : "done");
  doc_text(state, KEY("label"),
           account->disabled_ms ? message(request->lang, "Đã khóa")
           : locked             ? message(request->lang, "Tạm khóa do nhập sai")
                                : message(request->lang, "Đang dùng"));
}

static gboolean add_roles(Request *request, StoreConn *conn, const Account *account, Doc *row, GError **error) {
  g_autoptr(GArray) roles = account_store_roles(conn, request->arena, account->id, error);
  Doc *list = doc_list(row, KEY("roles"));
  for (guint i = 0; roles && i < roles->len; i++) {
    const RoleAt *role = &g_array_index(roles, RoleAt, i);
    Doc *item = doc_object(list, NULL);
    doc_text(item, KEY("role"), message(request->lang, role_label(role->role)));
    doc_text(item, KEY("name"), role_name(role->role));
    doc_text(item, KEY("body"), role->body_name);
    doc_text(item, KEY("body_id"), role->body_id);
  }
  return roles != NULL;
}

/* --- the list --- */

typedef struct {
  Request *request;
  StoreConn *conn;
  Doc *rows;
  const char *words, *state, *last;
  int count, limit, scanned;
  gboolean more;
  GError **error;
} Listing;

static gboolean is_wanted(const Listing *listing, const Account *account) {
  if (g_strcmp0(listing->state, "khoa") == 0 && !account->disabled_ms)
    return FALSE;
  if (g_strcmp0(listing->state, "dung") == 0 && account->disabled_ms)
    return FALSE;
  return !listing->words || text_matches(account->name, listing->words) || strstr(account->login, listing->words);
}

static gboolean take_account(const Account *account, gint64 seen_ms, void *data) {
  Listing *listing = data;
  Request *request = listing->request;
  if (!is_wanted(listing, account))
    return ++listing->scanned < SCAN_MOST;
  if (listing->count == listing->limit) {
    listing->more = TRUE;
    return FALSE;
  }
  Doc *row = doc_object(listing->rows, NULL);
  doc_text(row, KEY("id"), account->id);
  doc_text(row, KEY("name"), account->name);
  doc_text(row, KEY("login"), account->login);
  doc_text(row, KEY("email"), account->email);
  doc_text(row, KEY("home"), account->home_name);
  doc_text(row, KEY("url"), arena_printf(request->arena, "/cai-dat/nguoi-dung/%s", account->id));
  doc_text(row, KEY("class"), account->disabled_ms ? "shut" : "");
  doc_bool(row, KEY("totp"), account->totp_secret != NULL);
  doc_text(row, KEY("seen"), account_time(request->arena, seen_ms));
  add_state(request, account, row);
  listing->last = account->login;
  listing->count++;
  return add_roles(request, listing->conn, account, row, listing->error);
}

static void add_filter(Request *request, Doc *answer) {
  const char *q = input_text(request, "q"), *state = input_text(request, "state");
  static const char *const STATES[][2] = {{"", "Mọi trạng thái"}, {"dung", "Đang dùng"}, {"khoa", "Đã khóa"}};
  Doc *filter = doc_object(answer, KEY("filter"));
  doc_text(filter, KEY("action"), "/cai-dat/nguoi-dung");
  doc_text(filter, KEY("clear"), q || state ? "/cai-dat/nguoi-dung" : NULL);
  Doc *fields = doc_list(filter, KEY("fields"));
  Doc *search = doc_object(fields, NULL);
  doc_text(search, KEY("name"), "q");
  doc_text(search, KEY("label"), message(request->lang, "Tìm"));
  doc_text(search, KEY("value"), q ? q : "");
  doc_text(search, KEY("placeholder"), message(request->lang, "Họ tên hoặc tên đăng nhập"));
  Doc *select = doc_object(fields, NULL);
  doc_text(select, KEY("name"), "state");
  doc_text(select, KEY("label"), message(request->lang, "Trạng thái"));
  doc_bool(select, KEY("select"), TRUE);
  Doc *options = doc_list(select, KEY("options"));
  for (gsize i = 0; i < G_N_ELEMENTS(STATES); i++) {
    Doc *option = doc_object(options, NULL);
    doc_text(option, KEY("value"), STATES[i][0]);
    doc_text(option, KEY("label"), message(request->lang, STATES[i][1]));
    doc_bool(option, KEY("selected"), g_strcmp0(STATES[i][0], state ? state : "") == 0);
  }
}

static void add_pager(Request *request, const Listing *listing, Doc *answer) {
  g_autofree char *q = listing->words ? g_uri_escape_string(listing->words, NULL, FALSE) : NULL;
  const char *base = arena_printf(request->arena, "/cai-dat/nguoi-dung?q=%s&state=%s", q ? q : "",
                                  listing->state ? listing->state : "");
  Doc *pager = doc_object(answer, KEY("pager"));
  doc_text(pager, KEY("text"),
           arena_printf(request->arena, "%d %s", listing->count, message(request->lang, "người dùng trên trang này")));
  if (input_text(request, "after"))
    doc_text(pager, KEY("previous"), base);
  if (!listing->more)
    return;
  doc_text(answer, KEY("next"), listing->last);
  doc_text(pager, KEY("next"), arena_printf(request->arena, "%s&after=%s", base, listing->last));
}

gboolean account_list(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  const char *after = input_text(request, "after");
  GError *failed = NULL;
  if (!conn || !request_require(request, "account.read", request->body_id, error))
    return FALSE;
  Listing listing = {.request = request, .conn = conn, .rows = doc_list(answer, KEY("rows")), .words = input_text(request, "q"),
                     .state = input_text(request, "state"), .limit = (int)input_int(request, "limit", PAGE_ROWS),
                     .error = &failed};
  gboolean good = account_store_list(conn, request->arena, request->body_id, after ? after : "", take_account, &listing, error);
  if (failed)
    g_propagate_error(error, failed);
  if (!good || failed)
    return FALSE;
  if (request_may(request, "account.write", request->body_id))
    doc_text(answer, KEY("new_url"), "/cai-dat/nguoi-dung/moi");
  add_pager(request, &listing, answer);
  add_filter(request, answer);
  setting_tabs(request, answer);
  if (listing.count)
    return TRUE;
  Doc *empty = doc_object(answer, KEY("empty"));
  doc_text(empty, KEY("text"), message(request->lang, "Không có người dùng nào khớp với bộ lọc."));
  doc_text(empty, KEY("url"), "/cai-dat/nguoi-dung");
  doc_text(empty, KEY("label"), message(request->lang, "Xóa bộ lọc"));
  return TRUE;
}

/* --- forms --- */

typedef struct {
  Doc *form;
  const char *chosen;
} BodyChoices;

static gboolean add_choice(const char *id, const char *name, void *data) {
  const BodyChoices *choices = data;
  form_option(choices->form, "body", id, name, g_strcmp0(id, choices->chosen) == 0);
  return TRUE;
}

static gboolean add_bodies(Request *request, StoreConn *conn, Doc *form, GError **error) {
  BodyChoices choices = {form, request->body_id};
  return account_store_bodies_below(conn, request->body_id, add_choice, &choices, error);
}

gboolean account_new_form(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  if (!conn || !request_require(request, "account.write", request->body_id, error))
    return FALSE;
  doc_text(answer, KEY("list_url"), "/cai-dat/nguoi-dung");
  Doc *form = form_add(request, answer, KEY("form"), "account.add", NULL, "Thêm người dùng");
  return add_bodies(request, conn, form, error);
}

/* --- one account --- */

static gboolean add_role_buttons(Request *request, const Account *account, Doc *answer) {
  const Doc *roles = doc_get(answer, KEY("roles"));
  for (Doc *row = roles ? roles->first : NULL; row; row = row->next) {
    const char *body_id = doc_get_text(row, KEY("body_id"));
    if (!request_may(request, "account.write", body_id))
      continue;
    json_t *values = json_pack("{s:s, s:s, s:s}", "id", account->id, "role", doc_get_text(row, KEY("name")), "body", body_id);
    form_add(request, row, KEY("remove"), "account.revoke", values, "Thu vai trò");
    json_decref(values);
  }
  return TRUE;
}

static gboolean add_sessions(Request *request, StoreConn *conn, const char *account_id, Doc *answer, GError **error) {
  g_autoptr(GArray) sessions = account_store_sessions(conn, request->arena, account_id, request->now_ms, error);
  Doc *list = doc_list(answer, KEY("sessions"));
  for (guint i = 0; sessions && i < sessions->len; i++) {
    const SessionRow *session = &g_array_index(sessions, SessionRow, i);
    Doc *row = doc_object(list, NULL);
    doc_text(row, KEY("time"), account_time(request->arena, session->seen_ms));
    doc_text(row, KEY("remote"), session->remote);
    doc_text(row, KEY("agent"), session->agent);
    doc_bool(row, KEY("current"), g_strcmp0(session->id, request->session_id) == 0);
  }
  return sessions != NULL;
}

static void add_actions(Request *request, const Account *account, Doc *answer) {
  static const struct {
    const char *operation, *submit;
    gboolean button, when_on, when_off, totp;
  } OFFERS[] = {
      {"account.reset",        "Đặt lại mật khẩu",        FALSE, TRUE,  TRUE,  FALSE},
      {"account.grant",        "Thêm vai trò",            FALSE, TRUE,  TRUE,  FALSE},
      {"account.end_sessions", "Kết thúc mọi phiên",      TRUE,  TRUE,  FALSE, FALSE},
      {"account.totp_reset",   "Tắt xác thực hai bước",   TRUE,  TRUE,  TRUE,  TRUE },
      {"account.disable",      "Khóa tài khoản",          TRUE,  TRUE,  FALSE, FALSE},
      {"account.enable",       "Mở lại tài khoản",        TRUE,  FALSE, TRUE,  FALSE},
  };
  Doc *buttons = doc_list(answer, KEY("buttons")), *actions = doc_list(answer, KEY("actions"));
  json_t *values = json_pack("{s:s}", "id", account->id);
  for (gsize i = 0; i < G_N_ELEMENTS(OFFERS); i++) {
    gboolean wanted = account->disabled_ms ? OFFERS[i].when_off : OFFERS[i].when_on;
    if (!wanted || (OFFERS[i].totp && !account->totp_secret))
      continue;
    Doc *form = form_add(request, OFFERS[i].button ? buttons : actions, NULL, OFFERS[i].operation, values, OFFERS[i].submit);
    if (strcmp(OFFERS[i].operation, "account.grant") == 0)
      add_bodies(request, request_read(request, NULL), form, NULL);
  }
  json_decref(values);
}

static void add_facts(Request *request, const Account *account, Doc *answer) {
  Doc *facts = doc_object(answer, KEY("account"));
  doc_text(facts, KEY("id"), account->id);
  doc_text(facts, KEY("name"), account->name);
  doc_text(facts, KEY("login"), account->login);
  doc_text(facts, KEY("email"), account->email);
  doc_text(facts, KEY("phone"), account->phone);
  doc_text(facts, KEY("os_user"), account->os_user);
  doc_text(facts, KEY("home"), account->home_name);
  doc_bool(facts, KEY("totp"), account->totp_secret != NULL);
  doc_bool(facts, KEY("locked"), account->locked_until_ms > request->now_ms);
  add_state(request, account, facts);
  /* the command line prints scalars of the answer itself */
  doc_text(answer, KEY("id"), account->id);
  doc_text(answer, KEY("login"), account->login);
  doc_text(answer, KEY("name"), account->name);
  doc_int(answer, KEY("version"), account->version);
}

static gboolean show(Request *request, StoreConn *conn, const Account *account, Doc *answer, GError **error) {
  add_facts(request, account, answer);
  if (!add_roles(request, conn, account, answer, error) || !add_sessions(request, conn, account->id, answer, error) ||
      !history_list(request, "account", account->id, doc_list(answer, KEY("history")), error))
    return FALSE;
  if (request->face != FACE_WEB)
    return TRUE;
  doc_text(answer, KEY("list_url"), "/cai-dat/nguoi-dung");
  doc_text(answer, KEY("page_title"), account->name);
  add_role_buttons(request, account, answer);
  if (!account_may_manage(request, account))
    return TRUE;
  json_t *values = json_pack("{s:s, s:s, s:s?, s:s?, s:s?, s:s, s:I}", "id", account->id, "name", account->name, "email",
                             account->email, "phone", account->phone, "os_user", account->os_user, "lang", account->lang,
                             "version", (json_int_t)account->version);
  form_add(request, answer, KEY("form"), "account.edit", values, "Lưu");
  json_decref(values);
  add_actions(request, account, answer);
  return TRUE;
}

gboolean account_view(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  const Account *account = conn ? account_seen(request, error) : NULL;
  return account && show(request, conn, account, answer, error);
}

gboolean account_show(Request *request, const char *id, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  const Account *account = conn ? account_store_get(conn, request->arena, id, error) : NULL;
  request->path = arena_printf(request->arena, "/cai-dat/nguoi-dung/%s", id);
  return account && show(request, conn, account, answer, error);
}
