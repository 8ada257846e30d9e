#include "module/duty/duty_remind.h"
#include "base/date.h"
#include "base/id.h"
#include "core/message.h"
#include "core/setting.h"
#include "module/duty/duty_show.h"
#include "module/mail/mail.h"
#include <string.h>

#define AHEAD_DAYS 7
#define LISTED_MOST 30
#define ESCALATED_AT_ONCE 500

enum { SQL_DUE, SQL_NOTE, SQL_LATE, SQL_ESCALATE, SQL_ABOVE, SQL_LEADERS, SQL_BOARD };
static const StoreSql SQL[] = {
    [SQL_DUE] = {"duty.remind_due",
                 "SELECT a.email AS email, a.lang AS lang, d.id, d.code, d.title, d.due_day AS due_day FROM duty d "
                 "JOIN account a ON a.id = d.assignee_id WHERE d.state IN ('todo', 'doing', 'approval') AND d.due_day <= $1 "
                 "AND a.disabled_ms IS NULL AND a.email <> '' UNION "
                 "SELECT c.email, 'vi', d.id, d.code, d.title, d.due_day FROM duty d "
                 "JOIN contact c ON c.body_id = coalesce(d.lead_body_id, d.body_id) WHERE d.assignee_id IS NULL "
                 "AND d.state IN ('todo', 'doing', 'approval') AND d.due_day <= $1 AND c.kind IN ('focal', 'duty') "
                 "AND c.email <> '' AND c.from_day <= $2 AND (c.until_day IS NULL OR c.until_day >= $2) "
                 "ORDER BY email, due_day", NULL},
    [SQL_NOTE] = {"duty.remind_note",
                  "INSERT INTO duty_reminder (email, day, at_ms, duties) VALUES ($1, $2, $3, $4) "
                  "ON CONFLICT (email, day) DO NOTHING", NULL},
    [SQL_LATE] = {"duty.escalate_late",
                  "SELECT id FROM duty WHERE state IN ('todo', 'doing', 'approval') AND due_day < $1 AND escalated_ms IS NULL "
                  "ORDER BY due_day, id LIMIT $2", NULL},
    [SQL_ESCALATE] = {"duty.escalate",
                      "UPDATE duty SET escalated_ms = $2, escalated_to = $3 WHERE id = $1 AND escalated_ms IS NULL", NULL},
    [SQL_ABOVE] = {"duty.escalate_above",
                   "SELECT coalesce(parent_id, id) FROM body WHERE id = $1", NULL},
    [SQL_LEADERS] = {"duty.escalate_leaders",
                     "SELECT DISTINCT a.email, a.lang FROM account a JOIN account_role r ON r.account_id = a.id "
                     "WHERE r.body_id = $1 AND r.role = $2 AND a.disabled_ms IS NULL AND a.email <> '' ORDER BY a.email", NULL},
    [SQL_BOARD] = {"duty.escalated_board",
                   "SELECT id, code, title, section, lead_names, state, due_day FROM duty WHERE escalated_to = $1 "
                   "AND state IN ('todo', 'doing', 'approval') ORDER BY due_day, id LIMIT 8", NULL},
};
const StoreSqlTable duty_remind_sql = {SQL, G_N_ELEMENTS(SQL)};

/* --- reminders --- */

typedef struct {
  const char *id, *code, *title, *due_day;
} Due;

typedef struct {
  const char *email, *lang;
  GArray *duties; /* Due */
  const char *today;
  guint late;
} Reminder;

static char *line_of(const Request *request, const Due *due, const char *lang, const char *today) {
  const char *day = duty_day_text(request->arena, due->due_day);
  return g_strdup_printf("- %s: %s (%s %s)\n", due->code, due->title,
                         strcmp(due->due_day, today) < 0 ? message(lang, "quá hạn từ") : message(lang, "hạn"), day);
}

static char *text_of(const Request *request, const Reminder *reminder) {
  GString *text = g_string_new(NULL);
  g_string_append_printf(text, "%s\n\n", message(reminder->lang, "Các nhiệm vụ sau đã quá hạn hoặc đến hạn trong 7 ngày tới:"));
  for (guint i = 0; i < reminder->duties->len && i < LISTED_MOST; i++) {
    g_autofree char *line = line_of(request, &g_array_index(reminder->duties, Due, i), reminder->lang, reminder->today);
    g_string_append(text, line);
  }
  if (reminder->duties->len > LISTED_MOST)
    g_string_append_printf(text, "%s %u\n", message(reminder->lang, "và các việc khác, tổng cộng:"), reminder->duties->len);
  g_string_append_printf(text, "\n%s\n", message(reminder->lang, "Xem và cập nhật trong hệ thống Ứng Cứu, mục Nhiệm vụ."));
  return g_string_free(text, FALSE);
}

static char *subject_of(const Reminder *reminder) {
  guint soon = reminder->duties->len - reminder->late;
  if (!reminder->late)
    return g_strdup_printf("%s: %02u %s", message(reminder->lang, "Nhắc việc"), soon,
                           message(reminder->lang, "nhiệm vụ đến hạn trong 7 ngày tới"));
  return g_strdup_printf("%s: %02u %s, %02u %s", message(reminder->lang, "Nhắc việc"), reminder->late,
                         message(reminder->lang, "nhiệm vụ quá hạn"), soon, message(reminder->lang, "sắp đến hạn"));
}

static gboolean remind_one(Change *change, void *data, GError **error) {
  Reminder *reminder = data;
  gint64 noted = 0;
  if (!store_exec(change->conn, &SQL[SQL_NOTE],
                  S(S_TEXT(reminder->email), S_TEXT(reminder->today), S_INT(change->request->now_ms),
                    S_INT(reminder->duties->len)),
                  &noted, error))
    return FALSE;
  change_about(change, "reminder", reminder->today, NULL,
               json_pack("{s:I, s:b}", "duties", (json_int_t)reminder->duties->len, "sent", noted == 1));
  g_autofree char *subject = subject_of(reminder);
  g_autofree char *text = text_of(change->request, reminder);
  return noted == 0 || mail_add(change, reminder->email, subject, text, error);
}

static void reminder_clear(gpointer data) {
  g_array_unref(((Reminder *)data)->duties);
}

/* Rows come by address; each address becomes one reminder. */
static GArray *collect(Request *request, StoreConn *conn, const char *today, const char *until, GError **error) {
  g_autoptr(GArray) reminders = g_array_new(FALSE, TRUE, sizeof(Reminder));
  g_autoptr(GError) failed = NULL;
  g_array_set_clear_func(reminders, reminder_clear);
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_DUE], S(S_TEXT(until), S_TEXT(today)), error);
  while (rows && store_step(rows, &failed)) {
    Reminder *last = reminders->len ? &g_array_index(reminders, Reminder, reminders->len - 1) : NULL;
    if (!last || strcmp(last->email, store_text(rows, 0)) != 0) {
      Reminder next = {arena_text(request->arena, store_text(rows, 0), -1), arena_text(request->arena, store_text(rows, 1), -1),
                       g_array_new(FALSE, FALSE, sizeof(Due)), today, 0};
      g_array_append_val(reminders, next);
      last = &g_array_index(reminders, Reminder, reminders->len - 1);
    }
    Due due = {arena_text(request->arena, store_text(rows, 2), -1), arena_text(request->arena, store_text(rows, 3), -1),
               arena_text(request->arena, store_text(rows, 4), -1), arena_text(request->arena, store_text(rows, 5), -1)};
    last->late += strcmp(due.due_day, today) < 0;
    g_array_append_val(last->duties, due);
  }
  if (failed)
    g_propagate_error(error, g_steal_pointer(&failed));
  else if (rows)
    return g_steal_pointer(&reminders);
  return NULL;
}

gboolean duty_remind(App *app, const json_t *payload, GError **error) {
  g_autoptr(Arena) arena = arena_new();
  g_autoptr(Request) request = request_new_for_job(app, arena, "duty.remind");
  char until[11];
  (void)payload;
  if (!mail_is_set(app))
    return TRUE;
  date_write_iso_day(until, request->now_ms + AHEAD_DAYS * DAY_MS);
  StoreConn *conn = request_read(request, error);
  g_autoptr(GArray) reminders = conn ? collect(request, conn, duty_today(request), until, error) : NULL;
  for (guint i = 0; reminders && i < reminders->len; i++)
    if (!request_change(request, remind_one, &g_array_index(reminders, Reminder, i), error))
      return FALSE;
  return reminders != NULL;
}

/* --- late ones go up --- */

typedef struct {
  const char *id;
  gboolean mail;
} Escalation;

static gboolean tell_leaders(Change *change, const Duty *duty, const char *body_id, GError **error) {
  g_autoptr(GError) failed = NULL;
  g_autoptr(StoreRows) rows = store_query(change->conn, &SQL[SQL_LEADERS], S(S_TEXT(body_id), S_INT(ROLE_LEADER)), error);
  while (rows && store_step(rows, &failed)) {
    const char *lang = store_text(rows, 1);
    g_autofree char *subject = g_strdup_printf("%s: %s", message(lang, "Nhiệm vụ quá hạn được báo lên"), duty->code);
    g_autofree char *text = g_strdup_printf(
        "%s: %s\n%s: %s\n%s: %s\n\n%s\n", message(lang, "Nhiệm vụ"), duty->title, message(lang, "Đơn vị chủ trì"),
        *duty->lead_names ? duty->lead_names : "–", message(lang, "Hạn"), duty_day_text(change->request->arena, duty->due_day),
        message(lang, "Xem trên Bảng trực của hệ thống Ứng Cứu."));
    if (!mail_add(change, store_text(rows, 0), subject, text, &failed))
      break;
  }
  if (failed)
    g_propagate_error(error, g_steal_pointer(&failed));
  return rows && (!error || !*error);
}

static gboolean add_event(Change *change, const char *duty_id, GError **error) {
  char id[ID_SIZE];
  id_new(id);
  DutyEvent event = {.id = id, .duty_id = duty_id, .group_id = id, .kind = "escalated", .at_ms = change->request->now_ms};
  return duty_store_add_event(change->conn, &event, error);
}

static gboolean escalate_one(Change *change, void *data, GError **error) {
  const Escalation *escalation = data;
  g_autofree char *above = NULL;
  gint64 changed = 0;
  const Duty *duty = duty_store_get(change->conn, change->request->arena, escalation->id, error);
  if (!duty || !store_get_text(change->conn, &SQL[SQL_ABOVE],
                               S(S_TEXT(duty->lead_body_id ? duty->lead_body_id : duty->body_id)), &above, error) ||
      !store_exec(change->conn, &SQL[SQL_ESCALATE], S(S_TEXT(duty->id), S_INT(change->request->now_ms), S_TEXT(above)),
                  &changed, error))
    return FALSE;
  change_about(change, "duty", duty->id, duty->body_id, json_pack("{s:s?, s:b}", "escalated_to", above, "first", changed == 1));
  return changed == 0 || (add_event(change, duty->id, error) &&
                          (!escalation->mail || tell_leaders(change, duty, above, error)));
}

gboolean duty_escalate(App *app, const json_t *payload, GError **error) {
  g_autoptr(Arena) arena = arena_new();
  g_autoptr(Request) request = request_new_for_job(app, arena, "duty.escalate");
  g_autoptr(GPtrArray) ids = g_ptr_array_new();
  g_autoptr(GError) failed = NULL;
  char before[11];
  (void)payload;
  date_write_iso_day(before, request->now_ms - setting_int(app, "duty.escalate_days") * DAY_MS);
  StoreConn *conn = request_read(request, error);
  g_autoptr(StoreRows) rows =
      conn ? store_query(conn, &SQL[SQL_LATE], S(S_TEXT(before), S_INT(ESCALATED_AT_ONCE)), error) : NULL;
  while (rows && store_step(rows, &failed))
    g_ptr_array_add(ids, arena_text(arena, store_text(rows, 0), -1));
  if (failed)
    g_propagate_error(error, g_steal_pointer(&failed));
  if (!rows || (error && *error))
    return FALSE;
  Escalation escalation = {.mail = mail_is_set(app)};
  for (guint i = 0; i < ids->len; i++) {
    escalation.id = g_ptr_array_index(ids, i);
    if (!request_change(request, escalate_one, &escalation, error))
      return FALSE;
  }
  return TRUE;
}

/* --- the board of the level above --- */

gboolean duty_escalated_board(Request *request, Doc *board, GError **error) {
  g_autoptr(GError) failed = NULL;
  StoreConn *conn = request_read(request, error);
  g_autoptr(StoreRows) found = conn ? store_query(conn, &SQL[SQL_BOARD], S(S_TEXT(request->body_id)), error) : NULL;
  Doc *rows = NULL;
  while (found && store_step(found, &failed)) {
    if (!rows) {
      Doc *section = doc_object((Doc *)(gintptr)doc_get(board, KEY("sections")), NULL);
      doc_text(section, KEY("id"), "bao-len");
      doc_text(section, KEY("title"), message(request->lang, "Quá hạn lâu, được báo lên"));
      Doc *table = doc_object(section, KEY("table"));
      doc_text(table, KEY("first_head"), message(request->lang, "Việc"));
      doc_text(table, KEY("second_head"), message(request->lang, "Đơn vị chủ trì"));
      rows = doc_list(table, KEY("rows"));
    }
    Doc *row = doc_object(rows, NULL);
    doc_text(row, KEY("class"), "late");
    doc_text_copy(row, KEY("title"), store_text(found, 2));
    doc_text(row, KEY("url"), arena_printf(request->arena, "/nhiem-vu/%s", store_text(found, 0)));
    doc_text_copy(row, KEY("note"), store_text(found, 1));
    doc_text_copy(row, KEY("second"), store_text(found, 4));
    const char *state = arena_text(request->arena, store_text(found, 5), -1);
    const char *due = arena_text(request->arena, store_text(found, 6), -1);
    duty_show_state(request, row, state, due);
    duty_show_due(request, row, state, due);
  }
  if (failed)
    g_propagate_error(error, g_steal_pointer(&failed));
  return found && (!error || !*error);
}
