/* What duties say on the pages of bodies, systems and other records. */
#include "base/date.h"
#include "core/message.h"
#include "core/show.h"
#include "module/duty/duty_pages.h"
#include "module/duty/duty_show.h"
#include <string.h>

#define BESIDE_ROWS 12

enum { SQL_LATE, SQL_OF_SUBJECT };
static const StoreSql SQL[] = {
    [SQL_LATE] = {"duty.late_by_body",
                  "SELECT a.body_id, "
                  "coalesce((SELECT sum(m.open_count) FROM duty_month m WHERE m.body_id = a.body_id AND m.month < $2), 0) "
                  "+ coalesce((SELECT sum(d.open_count) FROM duty_day d WHERE d.body_id = a.body_id AND d.due_key >= $2 "
                  "AND d.due_key < $3), 0) FROM body_ancestor a WHERE a.ancestor_id = $1", NULL},
    [SQL_OF_SUBJECT] = {"duty.of_subject",
                        "SELECT d.id, d.code, d.title, d.section, d.lead_names, d.state, d.due_day, d.period, u.name FROM duty d "
                        "LEFT JOIN account u ON u.id = d.assignee_id WHERE d.subject_type = $1 AND d.subject_id = $2 "
                        "ORDER BY CASE WHEN d.state IN ('todo', 'doing', 'approval') THEN 0 ELSE 1 END, d.due_day NULLS LAST, d.id "
                        "LIMIT 20", NULL},
};
const StoreSqlTable duty_beside_sql = {SQL, G_N_ELEMENTS(SQL)};

gboolean duty_late(Request *request, const char *body_id, GHashTable *late, GError **error) {
  GError *failed = NULL;
  StoreConn *conn = request_read(request, error);
  const char *today = duty_today(request);
  const char *month = arena_text(request->arena, today, MONTH_LENGTH);
  g_autoptr(StoreRows) rows =
      conn ? store_query(conn, &SQL[SQL_LATE], S(S_TEXT(body_id), S_TEXT(month), S_TEXT(today)), error) : NULL;
  while (rows && store_step(rows, &failed))
    if (store_int(rows, 1))
      app_add_late(late, store_text(rows, 0), store_int(rows, 1));
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}

static void add_state(Request *request, Doc *row, gint64 open, gint64 late, gint64 soon, gint64 done) {
  if (late)
    show_status(request, row, KEY("state"), "late", "Quá hạn");
  else if (soon)
    show_status(request, row, KEY("state"), "soon", "Sắp đến hạn");
  else if (open)
    show_status(request, row, KEY("state"), "doing", "Đang thực hiện");
  else
    show_status(request, row, KEY("state"), done ? "done" : "none", done ? "Hoàn thành" : "Chưa có nhiệm vụ");
  if (late || soon)
    doc_int(row, KEY("late_count"), late ? late : soon);
}

/* Since when: the level above asks this first. */
static void add_since(Request *request, StoreConn *conn, const char *body_id, Doc *row) {
  const char *day = NULL;
  Day due;
  if (!duty_store_oldest_due(conn, request->arena, body_id, &day, NULL) || !day || !date_parse_day(day, &due))
    return;
  doc_text(row, KEY("late_since"),
           arena_printf(request->arena, "%s %s (%d %s)", message(request->lang, "từ"), duty_day_text(request->arena, day),
                        (int)(day_number(day_at(request->now_ms)) - day_number(due)), message(request->lang, "ngày")));
}

gboolean duty_body_row(Request *request, const char *body_id, Doc *row, GError **error) {
  StoreConn *conn = request_read(request, error);
  const DutyCounts *counts = conn ? duty_counts(request, body_id, error) : NULL;
  if (!counts)
    return FALSE;
  gint64 open = counts->open, late = counts->late, soon = counts->soon, done = counts->done;
  add_state(request, row, open, late, soon, done);
  if (late)
    add_since(request, conn, body_id, row);
  if (!open && !done)
    return TRUE;
  Doc *progress = doc_object(row, KEY("progress"));
  doc_int(progress, KEY("done"), done);
  doc_int(progress, KEY("total"), open + done);
  doc_int(progress, KEY("done_percent"), done * 100 / (open + done));
  doc_int(progress, KEY("late_percent"), late * 100 / (open + done));
  return TRUE;
}

static gboolean show_row(const DutyRow *row, void *data) {
  void **pair = data;
  duty_show_row(pair[1], pair[0], row);
  return TRUE;
}

static gboolean of_subject(Request *request, const char *type, const char *id, Doc *list, GError **error) {
  StoreConn *conn = request_read(request, error);
  g_autoptr(StoreRows) rows = conn ? store_query(conn, &SQL[SQL_OF_SUBJECT], S(S_TEXT(type), S_TEXT(id)), error) : NULL;
  return rows && duty_store_each(rows, show_row, (void *[]){list, request}, error);
}

gboolean duty_beside(Request *request, const char *type, const char *id, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  if (strcmp(type, "form") == 0)
    return duty_add_proved_by(request, id, answer, error);
  if (strcmp(type, "duty") == 0)
    return TRUE;
  if (!conn || strcmp(type, "body") != 0)
    return conn && of_subject(request, type, id, doc_list(answer, KEY("duties")), error);
  DutyQuery open = {.body_id = id, .limit = BESIDE_ROWS};
  return duty_store_list(conn, &open, show_row, (void *[]){doc_list(answer, KEY("duties")), request}, error) &&
         of_subject(request, type, id, doc_list(answer, KEY("announcements")), error);
}
