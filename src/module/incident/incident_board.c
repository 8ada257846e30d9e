/* What incidents add to the board, the calendar and the menu; and the one job: nobody has looked at a report. */
#include "base/date.h"
#include "core/job.h"
#include "core/message.h"
#include "core/setting.h"
#include "module/incident/incident_figure.h"
#include "module/incident/incident_pages.h"

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
  if (late)
    add_state(request, board, late);
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

/* --- nobody has acknowledged: the case says so once, and whoever listens is told --- */

static gboolean escalate_one(Change *change, void *data, GError **error) {
  const char *id = data;
  IncidentCall call = {.change = change, .request = change->request, .incident = incident_reload(change, id, error)};
  if (!call.incident)
    return FALSE;
  Incident *incident = call.incident;
  incident->escalated_ms = change->request->now_ms;
  change_about(change, "incident", incident->id, incident->body_id, NULL);
  return incident_auto_log(&call, error, "Tin báo chưa có người tiếp nhận; báo lên cấp trên.") &&
         incident_store_update(change->conn, incident, incident->version, error) &&
         change_emit(change, "incident.unacknowledged", "incident", incident->id, incident->body_id, NULL, error);
}

static gboolean escalate(App *app, const json_t *payload, GError **error) {
  g_autoptr(Arena) arena = arena_new();
  g_autoptr(Request) request = request_new_for_job(app, arena, "incident.escalate");
  StoreConn *conn = request_read(request, error);
  gint64 before_ms = request->now_ms - setting_int(app, "incident.acknowledge_minutes") * MINUTE_MS;
  g_autoptr(GPtrArray) ids = conn ? incident_store_waiting(conn, arena, before_ms, error) : NULL;
  (void)payload;
  for (guint i = 0; ids && i < ids->len; i++)
    if (!request_change(request, escalate_one, g_ptr_array_index(ids, i), error))
      return FALSE;
  return ids != NULL;
}

const JobRow INCIDENT_JOBS[] = {
    {"incident.escalate", "Báo lên khi tin báo sự cố chưa có người tiếp nhận", escalate, 1},
    {"incident.sort", "Tính số liệu thống kê cho sự cố có từ trước", incident_sort_old, 60},
    {NULL},
};
