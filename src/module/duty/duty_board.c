/* What duties add to the board, the calendar and the menu. */
#include "base/date.h"
#include "core/message.h"
#include "module/duty/duty_pages.h"
#include "module/duty/duty_remind.h"
#include "module/duty/duty_show.h"

#define BOARD_ROWS 8
#define CALENDAR_ROWS 400

static gboolean show_row(const DutyRow *row, void *data) {
  Doc *list = ((void **)data)[0];
  duty_show_row(((void **)data)[1], list, row);
  return TRUE;
}

static Doc *add_tile(Request *request, Doc *tiles, gint64 count, const char *label, const char *note, const char *url, gboolean late) {
  Doc *tile = doc_object(tiles, NULL);
  doc_text_copy(tile, KEY("count"), arena_printf(request->arena, "%" G_GINT64_FORMAT, count));
  doc_text(tile, KEY("label"), message(request->lang, label));
  doc_text(tile, KEY("note"), note);
  doc_text(tile, KEY("url"), url);
  doc_text(tile, KEY("class"), late && count ? "late" : "");
  return tile;
}

static const char *oldest_note(Request *request, StoreConn *conn) {
  const char *day = NULL;
  Day due;
  if (!duty_store_oldest_due(conn, request->arena, request->body_id, &day, NULL) || !day || !date_parse_day(day, &due))
    return "";
  return arena_printf(request->arena, "%s %d %s", message(request->lang, "lâu nhất"),
                      (int)(day_number(day_at(request->now_ms)) - day_number(due)), message(request->lang, "ngày"));
}

static void add_state(Request *request, Doc *board, gint64 late, gint64 soon) {
  if ((!late && !soon) || doc_get(board, KEY("state"))) /* an incident goes first */
    return;
  Doc *state = doc_object(board, KEY("state"));
  doc_text(state, KEY("class"), late ? "late" : "soon");
  doc_text(state, KEY("strong"),
           arena_printf(request->arena, "%d %s", (int)(late ? late : soon),
                        message(request->lang, late ? "nhiệm vụ quá hạn." : "nhiệm vụ đến hạn trong 7 ngày tới.")));
  Doc *link = doc_object(state, KEY("link"));
  doc_text(link, KEY("url"), late ? "/nhiem-vu?tab=qua-han" : "/nhiem-vu?tab=7-ngay");
  doc_text(link, KEY("label"), message(request->lang, "Xem danh sách"));
}

static Doc *add_section(Request *request, Doc *board, const char *id, const char *title, const char *url) {
  Doc *sections = (Doc *)(gintptr)doc_get(board, KEY("sections"));
  Doc *section = doc_object(sections, NULL);
  doc_text(section, KEY("id"), id);
  doc_text(section, KEY("title"), message(request->lang, title));
  Doc *link = doc_object(section, KEY("link"));
  doc_text(link, KEY("url"), url);
  doc_text(link, KEY("label"), message(request->lang, "Xem tất cả"));
  return section;
}

static Doc *add_table(Request *request, Doc *section) {
  Doc *table = doc_object(section, KEY("table"));
  doc_text(table, KEY("first"), message(request->lang, "Việc"));
  doc_text(table, KEY("second"), message(request->lang, "Đơn vị chủ trì"));
  return doc_list(table, KEY("rows"));
}

/* The board names its columns otherwise than the list does. */
static gboolean board_row(const DutyRow *found, void *data) {
  void **pair = data;
  Request *request = pair[1];
  Doc *row = doc_object(pair[0], NULL);
  const char *state = arena_text(request->arena, found->state, -1), *due = arena_text(request->arena, found->due_day, -1);
  doc_text(row, KEY("class"), duty_due_css(duty_due_class(request, state, due)));
  doc_text_copy(row, KEY("title"), found->title);
  doc_text(row, KEY("url"), arena_printf(request->arena, "/nhiem-vu/%s", found->id));
  doc_text(row, KEY("note"), arena_printf(request->arena, "%s%s%s", found->code, *found->section ? " · " : "", found->section));
  doc_text_copy(row, KEY("second"), found->lead_names);
  duty_show_state(request, row, state, due);
  duty_show_due(request, row, state, due);
  return TRUE;
}

gboolean duty_board(Request *request, Doc *board, GError **error) {
  StoreConn *conn = request_read(request, error);
  Doc *tiles = (Doc *)(gintptr)doc_get(board, KEY("tiles"));
  const DutyCounts *counts = conn ? duty_counts(request, request->body_id, error) : NULL;
  if (!counts)
    return FALSE;
  gint64 late = counts->late, soon = counts->soon;
  add_tile(request, tiles, late, "Nhiệm vụ quá hạn", late ? oldest_note(request, conn) : "", "/nhiem-vu?tab=qua-han", TRUE);
  add_tile(request, tiles, soon, "Nhiệm vụ 7 ngày tới",
           arena_printf(request->arena, "%s %s", message(request->lang, "đến hết"), duty_day_text(request->arena, duty_key_after(request, 7))),
           "/nhiem-vu?tab=7-ngay", FALSE);
  add_state(request, board, late, soon);
  Doc *mine = add_table(request, add_section(request, board, "viec", "Việc được giao cho tôi", "/nhiem-vu?tab=cua-toi"));
  Doc *next = add_table(request, add_section(request, board, "den-han", "Đến hạn sớm nhất", "/nhiem-vu"));
  DutyQuery query = {.body_id = request->body_id, .to_key = "9999-12-30", .limit = BOARD_ROWS};
  return duty_store_mine(conn, request->user->id, BOARD_ROWS, board_row, (void *[]){mine, request}, error) &&
         duty_store_list(conn, &query, board_row, (void *[]){next, request}, error) && duty_escalated_board(request, board, error);
}

gboolean duty_calendar(Request *request, const char *from_day, const char *to_day, Doc *items, GError **error) {
  StoreConn *conn = request_read(request, error);
  DutyQuery open = {.body_id = request->body_id, .from_key = from_day, .to_key = to_day, .limit = CALENDAR_ROWS};
  DutyQuery done = open;
  done.half = DUTY_DONE;
  void *data[] = {items, request};
  return conn && duty_store_list(conn, &open, show_row, data, error) && duty_store_list(conn, &done, show_row, data, error);
}

gboolean duty_badge(Request *request, const MenuEntry *entry, Doc *item, GError **error) {
  const DutyCounts *counts = request->body_id ? duty_counts(request, request->body_id, error) : NULL;
  (void)entry;
  if (!counts || !counts->late)
    return counts != NULL;
  Doc *badge = doc_object(item, KEY("badge"));
  doc_int(badge, KEY("count"), counts->late);
  doc_bool(badge, KEY("late"), TRUE);
  doc_text(badge, KEY("words"), message(request->lang, "quá hạn"));
  return TRUE;
}
