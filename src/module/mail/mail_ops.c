#include "module/mail/mail.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/id.h"
#include "core/body.h"
#include "core/form.h"
#include "core/job.h"
#include "core/message.h"
#include "core/setting.h"
#include "core/setting_page.h"
#include <string.h>

#define PAGE_ROWS 30

enum { SQL_LIST, SQL_WAITING };
static const StoreSql SQL[] = {
    [SQL_LIST] = {"mail.list",
                  "SELECT id, payload, state, run_at_ms, attempts, last_error, ended_ms FROM job WHERE name = 'mail.send' "
                  "AND id < $1 ORDER BY id DESC LIMIT $2", NULL},
    [SQL_WAITING] = {"mail.waiting", "SELECT count(*) FROM job WHERE name = 'mail.send' AND state = 'waiting'", NULL},
};
const StoreSqlTable mail_sql = {SQL, G_N_ELEMENTS(SQL)};

gboolean mail_is_set(const App *app) {
  g_autoptr(Arena) arena = arena_new();
  return *setting_text(app, arena, "mail.smtp_url") && *setting_text(app, arena, "mail.from");
}

gboolean mail_add(Change *change, const char *to, const char *subject, const char *text, GError **error) {
  char id[ID_SIZE];
  if (!mail_address_valid(to)) {
    g_warning("bỏ qua địa chỉ thư không hợp lệ");
    return TRUE;
  }
  id_new(id);
  return job_add(change, "mail.send", json_pack("{s:s, s:s, s:s, s:s}", "id", id, "to", to, "subject", subject, "text", text),
                 change->request->now_ms, error);
}

gboolean mail_deliver(App *app, const MailMessage *message, MailWatch *watch, GError **error) {
  g_autoptr(Arena) arena = arena_new();
  if (!mail_is_set(app)) {
    g_set_error(error, APP_ERROR, ERROR_UNAVAILABLE, "Chưa đặt máy chủ thư (mail.smtp_url, mail.from); thư còn chờ.");
    return FALSE;
  }
  MailServer server = {
      .url = setting_text(app, arena, "mail.smtp_url"), .user = setting_text(app, arena, "mail.user"),
      .password = setting_text(app, arena, "mail.password"), .from = setting_text(app, arena, "mail.from"),
      .plain = setting_bool(app, "mail.plain"), .timeout_ms = MAIL_TIMEOUT_MS,
  };
  return mail_send(&server, message, watch, error);
}

static gboolean send_one(App *app, const json_t *payload, GError **error) {
  MailMessage message = {.at_ms = clock_now_ms()};
  if (json_unpack((json_t *)(gintptr)payload, "{s:s, s:s, s:s, s:s}", "id", &message.id, "to", &message.to, "subject",
                  &message.subject, "text", &message.text) != 0) {
    g_set_error(error, APP_ERROR, ERROR_FAILED, "Thư trong hàng đợi không đọc được.");
    return FALSE;
  }
  return mail_deliver(app, &message, NULL, error);
}

/* --- the page --- */

static const struct {
  const char *state, *css, *label;
} STATES[] = {{"waiting", "wait", "Đang chờ"}, {"failed", "late", "Chưa gửi được"}, {"done", "done", "Đã gửi"}};

static void add_row(Request *request, const StoreRows *found, Doc *list) {
  json_t *payload = json_loads(store_text(found, 1), 0, NULL);
  Doc *row = doc_object(list, NULL);
  char at[17];
  const char *state_name = store_text(found, 2);
  gboolean write = body_require_top(request, "admin.write", NULL);
  date_write_time(at, store_int(found, 6) ? store_int(found, 6) : store_int(found, 3));
  doc_text_copy(row, KEY("id"), store_text(found, 0));
  doc_text_copy(row, KEY("time"), at);
  doc_text_copy(row, KEY("to"), json_string_value(json_object_get(payload, "to")));
  doc_text_copy(row, KEY("subject"), json_string_value(json_object_get(payload, "subject")));
  doc_text_copy(row, KEY("note"), store_text(found, 5));
  for (gsize i = 0; i < G_N_ELEMENTS(STATES); i++) {
    if (strcmp(STATES[i].state, state_name) != 0)
      continue;
    Doc *state = doc_object(row, KEY("state"));
    doc_text(state, KEY("class"), STATES[i].css);
    doc_text(state, KEY("label"), message(request->lang, STATES[i].label));
  }
  if (write && strcmp(state_name, "done") != 0 && store_int(found, 4)) {
    json_t *values = json_pack("{s:s}", "id", store_text(found, 0));
    form_add(request, row, KEY("retry"), "job.retry", values, "Gửi lại");
    json_decref(values);
  }
  json_decref(payload);
}

static gboolean add_state(Request *request, StoreConn *conn, Doc *answer, GError **error) {
  gint64 waiting = 0;
  if (!store_get_int(conn, &SQL[SQL_WAITING], S0, 0, &waiting, error))
    return FALSE;
  gboolean set = mail_is_set(request->app);
  Doc *state = doc_object(answer, KEY("state"));
  doc_text(state, KEY("class"), !set ? "late" : waiting ? "doing" : "");
  doc_text(state, KEY("text"),
           !set ? message(request->lang, "Chưa đặt máy chủ thư trong phần Chung; chưa gửi nhắc việc nào.")
                : arena_printf(request->arena, "%" G_GINT64_FORMAT " %s", waiting, message(request->lang, "thư đang chờ gửi.")));
  doc_int(answer, KEY("waiting"), waiting);
  return TRUE;
}

static gboolean show_mail(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  const char *after = input_text(request, "after"), *last = NULL;
  g_autoptr(GError) failed = NULL;
  int count = 0;
  if (!conn || !body_require_top(request, "admin.read", error) || !add_state(request, conn, answer, error))
    return FALSE;
  Doc *rows = doc_list(answer, KEY("rows"));
  g_autoptr(StoreRows) found = store_query(conn, &SQL[SQL_LIST], S(S_TEXT(after ? after : "~"), S_INT(PAGE_ROWS + 1)), error);
  for (; found && count < PAGE_ROWS && store_step(found, &failed); count++) {
    add_row(request, found, rows);
    last = arena_text(request->arena, store_text(found, 0), -1);
  }
  gboolean more = found && !failed && store_step(found, &failed);
  if (failed)
    g_propagate_error(error, g_steal_pointer(&failed));
  if (!found || (error && *error))
    return FALSE;
  Doc *pager = doc_object(answer, KEY("pager"));
  doc_text(pager, KEY("text"), arena_printf(request->arena, "%d %s", count, message(request->lang, "thư trên trang này")));
  if (after)
    doc_text(pager, KEY("previous"), "/cai-dat/thu");
  if (more) {
    doc_text(answer, KEY("next"), last);
    doc_text(pager, KEY("next"), arena_printf(request->arena, "/cai-dat/thu?after=%s", last));
  }
  if (request->face != FACE_WEB)
    return TRUE;
  setting_tabs(request, answer);
  if (body_require_top(request, "admin.write", NULL))
    form_add(request, answer, KEY("test"), "mail.test", NULL, "Gửi thử");
  return TRUE;
}

static gboolean put_test(Change *change, void *data, GError **error) {
  const char *to = data, *lang = change->request->lang;
  change_about(change, "mail", to, NULL, NULL);
  return mail_add(change, to, message(lang, "Thư thử từ hệ thống Ứng Cứu"),
                  message(lang, "Thư này cho thấy máy chủ thư đã được đặt đúng."), error);
}

static gboolean send_test(Request *request, Doc *answer, GError **error) {
  const char *to = input_text(request, "to");
  if (!body_require_top(request, "admin.write", error))
    return FALSE;
  if (!mail_is_set(request->app)) {
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "Chưa đặt máy chủ thư (mail.smtp_url, mail.from).");
    return FALSE;
  }
  if (!request_change(request, put_test, (void *)(gintptr)to, error))
    return FALSE;
  doc_text(answer, KEY("to"), to);
  request->notice = message(request->lang, "Đã đưa thư thử vào hàng đợi.");
  return TRUE;
}

static const Field LIST_FIELDS[] = {{"after", FIELD_ID, "Sau dòng"}, {NULL}};
static const Field TEST_FIELDS[] = {{"to", FIELD_EMAIL, "Gửi tới", TRUE}, {NULL}};

static const Operation OPERATIONS[] = {
    {"mail.list", "GET", "/cai-dat/thu", "admin.read", "Thư", show_mail, LIST_FIELDS, .page = "setting/mail.html",
     .columns = "rows:time,to,subject,state.label,note"},
    {"mail.test", "POST", "/cai-dat/thu/thu", "admin.write", "Gửi thử một thư", send_test, TEST_FIELDS, .after = "/cai-dat/thu"},
};

static const SettingRow SETTINGS[] = {
    {"mail.smtp_url", FIELD_TEXT, "", "Máy chủ thư", "smtp://máy:587 hoặc smtps://máy:465; để trống thì không gửi thư",
     .on_page = TRUE},
    {"mail.from", FIELD_EMAIL, "", "Địa chỉ gửi thư", NULL, .on_page = TRUE},
    {"mail.user", FIELD_TEXT, "", "Tài khoản ở máy chủ thư", NULL, .on_page = TRUE},
    {"mail.password", FIELD_SECRET, "", "Mật khẩu ở máy chủ thư", "Chỉ đặt trong ungcuu.conf"},
    {"mail.plain", FIELD_BOOL, "0", "Cho phép gửi không mã hóa", "Chỉ khi máy chủ thư ở mạng nội bộ không có TLS", .on_page = TRUE},
    {NULL},
};

static const JobRow JOBS[] = {{"mail.send", "Gửi thư", send_one}, {NULL}};

const Module mail_module = {
    .name = "mail",
    .operations = OPERATIONS(OPERATIONS),
    .settings = SETTINGS,
    .jobs = JOBS,
};
