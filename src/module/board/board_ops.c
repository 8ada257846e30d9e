#include "base/date.h"
#include "core/message.h"
#include "core/request.h"
#include "core/search.h"
#include "module/board/board.h"
#include "module/board/board_calendar.h"
#include <string.h>

/* --- Bảng trực --- */

static const char *day_sentence(Request *request) {
  char clock[6];
  date_write_clock(clock, request->now_ms);
  return arena_printf(request->arena, "%s · %s", board_day_title(request, day_at(request->now_ms)), clock);
}

static gboolean show_board(Request *request, Doc *answer, GError **error) {
  char clock[17];
  date_write_time(clock, request->now_ms);
  doc_text(answer, KEY("day"), day_sentence(request));
  doc_text(answer, KEY("calm"), arena_printf(request->arena, "%s %s.", message(request->lang, "Không có việc quá hạn. Kiểm tra gần nhất:"), clock));
  doc_list(answer, KEY("tiles"));
  doc_list(answer, KEY("sections"));
  for (const Module *const *module = request->app->modules; *module; module++)
    if ((*module)->board && !(*module)->board(request, answer, error))
      return FALSE;
  return TRUE;
}

/* --- search --- */

static gboolean find(Request *request, Doc *answer, GError **error) {
  const char *words = input_text(request, "q");
  Doc *rows = doc_list(answer, KEY("rows"));
  int count = 0;
  doc_text(answer, KEY("q"), words ? words : "");
  if (words && !search_find(request, words, rows, (int)input_int(request, "limit", 50), error))
    return FALSE;
  for (const Doc *row = rows->first; row; row = row->next)
    count++;
  doc_text(answer, KEY("summary"), arena_printf(request->arena, "%d %s", count, message(request->lang, "kết quả, mới nhất trước.")));
  if (!count)
    doc_text(doc_object(answer, KEY("empty")), KEY("text"),
             message(request->lang, "Không tìm thấy. Có thể gõ không dấu, chỉ cần phần đầu của từ."));
  return TRUE;
}

static gboolean show_help(Request *request, Doc *answer, GError **error) {
  (void)request, (void)answer, (void)error;
  return TRUE;
}

static const Field FIND_FIELDS[] = {{"q", FIELD_TEXT, "Tìm", FALSE, 0, 200}, {"limit", FIELD_INT, "Số dòng", FALSE, 1, 100}, {NULL}};
static const Field MONTH_FIELDS[] = {{"thang", FIELD_TEXT, "Tháng (2026-11)", FALSE, 7, 7},
                                     {"ngay", FIELD_INT, "Chỉ một ngày trong tháng", FALSE, 1, 31}, {NULL}};
static const Field FEED_FIELDS[] = {{"ma", FIELD_TEXT, "Mã của lịch", FALSE, 0, 200}, {NULL}};

static const Operation OPERATIONS[] = {
    {"board.show", "GET", "/", "board.read", "Bảng trực", show_board, NULL, .page = "board/home.html", .columns = "tiles:count,label,note"},
    {"board.help", "GET", "/tro-giup", PERMISSION_PUBLIC, "Trợ giúp", show_help, NULL, .page = "board/help.html",
     .faces = FACE_WEB /* a page to read: the command line has --help, REST its OpenAPI */},
    {"calendar.month", "GET", "/lich", "board.read", "Lịch", calendar_month, MONTH_FIELDS, .page = "calendar/month.html",
     .columns = "items:due.day,state.label,title"},
    {"calendar.feed", "GET", "/lich.ics", PERMISSION_PUBLIC, "Lịch nhiệm vụ dạng .ics, mở bằng mã riêng", calendar_feed, FEED_FIELDS,
     .gives = GIVES_FILE},
    {"search.find", "GET", "/tim", "board.read", "Tìm không cần dấu trong mọi mục", find, FIND_FIELDS, .page = "search/list.html",
     .columns = "rows:kind,title,url"},
};

static const PermissionRow PERMISSIONS[] = {{"board.read", ROLES_ALL, "Xem bảng trực, lịch, tìm kiếm"}, {NULL}};

static const MenuEntry MENU[] = {
    {"Bảng trực", "/", "board.read", 10, FALSE, "board"},
    {"Lịch", "/lich", "board.read", 60, FALSE, "calendar"},
    {NULL},
};

const Module board_module = {
    .name = "board",
    .operations = OPERATIONS(OPERATIONS),
    .permissions = PERMISSIONS,
    .menu = MENU,
};
