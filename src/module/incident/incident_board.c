/* What incidents add to the board, the calendar and the menu, and its jobs. */
#include "base/date.h"
#include "core/message.h"
#include "module/incident/incident_delivery.h"
#include "module/incident/incident_escalate.h"
#include "module/incident/incident_figure.h"
#include "module/incident/incident_upload.h"

#define BOARD_ROWS 8
#define CALENDAR_ROWS 200
#define SOON_MS (48 * HOUR_MS)

static gboolean count(Request *request, StoreConn *conn, gint64 to_ms, gint64 *out_count, GError **error) {
  IncidentQuery query = {.body_id = request->body_id, .open = TRUE, .to_ms = to_ms};
  return incident_store_count(conn, &query, out_count, error);
}

static void add_tile(Request *request, Doc *board, gint64 number, const char *label, const char *note, const char *url, const char *css) {
  Doc *tile = doc_object((Doc *)(gintptr)doc_get(board, KEY("tiles")), NULL);
  doc_text(tile, KEY("count"), arena_printf(request->arena, "%" G_GINT64_FORMAT, number));
  doc_text(tile, KEY("label"), message(request->lang, label));
  doc_text(tile, KEY("note"), message(request->lang, note));
  doc_text(tile, KEY("url"), url);
  doc_text(tile, KEY("class"), number ? css : "");
}

/* The one sentence that matters on the board. */
static void add_state(Request *request, Doc *board, gint64 late) {
  Doc *state = doc_object(board, KEY("state"));
  doc_text(state, KEY("class"), "late");
  doc_text(state, KEY("strong"), arena_printf(request->arena, "%d %s", (int)late, message(request->lang, "sự cố có thông báo quá hạn.")));
  Doc *link = doc_object(state, KEY("link"));
  doc_text(link, KEY("url"), "/su-co?tab=qua-han");
  doc_text(link, KEY("label"), message(request->lang, "Xem danh sách"));
}

static gboolean board_row(const Incident *incident, gint64 sort_ms, void *data) {
  void **pair = data;
  Request *request = pair[1];
  Doc *rows = pair[0];
  (void)sort_ms;
  incident_show_row(request, rows, incident);
  Doc *row = rows->last;
  doc_text(row, KEY("note"), arena_printf(request->arena, "%s · %s", incident->code, incident_severity_label(request->app->law, incident)));
  doc_text(row, KEY("second"), incident->commander_name);
  return TRUE;
}

gboolean incident_board(Request *request, Doc *board, GError **error) {
  StoreConn *conn = request_read(request, error);
  gint64 open = 0, soon = 0, late = 0;
  if (!request_may(request, "incident.read", request->body_id))
    return TRUE;
  if (!conn || !count(request, conn, NO_DUE_MS, &open, error) || !count(request, conn, request->now_ms + SOON_MS, &soon, error) ||
      !count(request, conn, request->now_ms, &late, error))
    return FALSE;
  add_tile(request, board, open, "Sự cố đang mở", "", "/su-co", "soon");
  add_tile(request, board, soon, "Sắp đến hạn thông báo", late ? "có thông báo quá hạn" : "trong 48 giờ", "/su-co?tab=sap-han",
           late ? "late" : "soon");
  if (!incident_board_waiting(request, board, error))
    return FALSE;
  if (late && !doc_get(board, KEY("state")))
    add_state(request, board, late);
  if (!incident_board_evidence(request, board, error))
    return FALSE;
  if (!open)
    return TRUE;
  Doc *section = doc_object((Doc *)(gintptr)doc_get(board, KEY("sections")), NULL);
  doc_text(section, KEY("id"), "su-co");
  doc_text(section, KEY("title"), message(request->lang, "Sự cố đang mở"));
  Doc *link = doc_object(section, KEY("link"));
  doc_text(link, KEY("url"), "/su-co");
  doc_text(link, KEY("label"), message(request->lang, "Xem tất cả"));
  Doc *table = doc_object(section, KEY("table"));
  doc_text(table, KEY("first"), message(request->lang, "Sự cố"));
  doc_text(table, KEY("second"), message(request->lang, "Người chỉ huy"));
  IncidentQuery query = {.body_id = request->body_id, .open = TRUE, .to_ms = NO_DUE_MS, .limit = BOARD_ROWS};
  return incident_store_list(conn, request->arena, &query, board_row, (void *[]){doc_list(table, KEY("rows")), request}, error);
}

gboolean incident_calendar(Request *request, const char *from_day, const char *to_day, Doc *items, GError **error) {
  StoreConn *conn = request_read(request, error);
  Day from, to;
  if (!request_may(request, "incident.read", request->body_id) || !date_parse_day(from_day, &from) || !date_parse_day(to_day, &to))
    return TRUE;
  IncidentQuery query = {.body_id = request->body_id, .open = TRUE, .from_ms = day_start_ms(from),
                         .to_ms = day_start_ms(day_add(to, 1)) - 1, .limit = CALENDAR_ROWS};
  return conn && incident_store_list(conn, request->arena, &query, board_row, (void *[]){items, request}, error);
}

gboolean incident_badge(Request *request, const MenuEntry *entry, Doc *item, GError **error) {
  gint64 open = 0, late = 0;
  StoreConn *conn = request->body_id ? request_read(request, error) : NULL;
  (void)entry;
  if (!conn || !count(request, conn, NO_DUE_MS, &open, error) || !count(request, conn, request->now_ms, &late, error))
    return FALSE;
  if (!open)
    return TRUE;
  Doc *badge = doc_object(item, KEY("badge"));
  doc_int(badge, KEY("count"), late ? late : open);
  doc_bool(badge, KEY("late"), late > 0);
  doc_text(badge, KEY("words"), late ? message(request->lang, "quá hạn") : NULL);
  return TRUE;
}

const JobRow INCIDENT_JOBS[] = {
    {"incident.deliver", "Gửi thông báo sự cố qua thư", incident_deliver_due, 1, .at_start = TRUE},
    {"incident.escalate", "Báo lên khi tin báo sự cố chưa có người tiếp nhận", incident_escalate, 1},
    {"evidence.upload_expire", "Bỏ tệp chứng cứ tải dở quá hạn giữ", incident_upload_expire, 60},
    {"evidence.check", "Kiểm mã băm tệp chứng cứ", incident_evidence_check, 0, 150},
    {"incident.sort", "Tính số liệu thống kê cho sự cố có từ trước", incident_sort_old, 60},
    {NULL},
};
