/* The list of duties and the page of one. */
#include "base/date.h"
#include "base/number.h"
#include "core/body.h"
#include "core/form.h"
#include "core/message.h"
#include "lib/document/sheet.h"
#include "module/duty/duty_pages.h"
#include "module/duty/duty_act.h"
#include "module/duty/duty_show.h"
#include <string.h>

#define PAGE_ROWS 20
#define EXPORT_ROWS 50000

typedef struct {
  const char *name, *label;
  DutyHalf half;
  const char *state;
  int from_days, to_days; /* from today; NO_LIMIT: open end */
  gboolean mine;
} Tab;

#define NO_LIMIT G_MAXINT

static const Tab TABS[] = {
    {"mo",       "Chưa xong",      DUTY_OPEN, NULL,       NO_LIMIT, NO_LIMIT, FALSE},
    {"cua-toi",  "Của tôi",        DUTY_OPEN, NULL,       NO_LIMIT, NO_LIMIT, TRUE },
    {"qua-han",  "Quá hạn",        DUTY_OPEN, NULL,       NO_LIMIT, -1,       FALSE},
    {"7-ngay",   "7 ngày tới",     DUTY_OPEN, NULL,       0,        7,        FALSE},
    {"phe-duyet", "Chờ phê duyệt", DUTY_OPEN, "approval", NO_LIMIT, NO_LIMIT, FALSE},
    {"xong",     "Hoàn thành",     DUTY_DONE, NULL,       NO_LIMIT, NO_LIMIT, FALSE},
};

const char *duty_key_after(const Request *request, int days) {
  char day[11];
  date_write_iso_day(day, request->now_ms + days * DAY_MS);
  return arena_text(request->arena, day, -1);
}

static const Tab *chosen_tab(const Request *request) {
  const char *name = input_text(request, "tab");
  for (gsize i = 0; name && i < G_N_ELEMENTS(TABS); i++)
    if (strcmp(TABS[i].name, name) == 0)
      return &TABS[i];
  return &TABS[0];
}

static const char *from_key(const Request *request, const Tab *tab) {
  return tab->from_days == NO_LIMIT ? "" : duty_key_after(request, tab->from_days);
}

static const char *to_key(const Request *request, const Tab *tab) {
  return tab->to_days == NO_LIMIT ? "~" : duty_key_after(request, tab->to_days);
}

/* --- counts in words --- */

static gboolean add_tabs(Request *request, StoreConn *conn, const char *body_id, const Tab *chosen, Doc *answer, GError **error) {
  Doc *tabs = doc_list(answer, KEY("tabs"));
  for (gsize i = 0; i < G_N_ELEMENTS(TABS); i++) {
    const Tab *tab = &TABS[i];
    Doc *row = doc_object(tabs, NULL);
    doc_text(row, KEY("label"), message(request->lang, tab->label));
    doc_text(row, KEY("url"), arena_printf(request->arena, "/nhiem-vu?tab=%s", tab->name));
    doc_bool(row, KEY("current"), tab == chosen);
    gint64 count = 0;
    if (tab->half == DUTY_DONE || tab->mine || tab->state)
      continue;
    if (!duty_store_count(conn, body_id, from_key(request, tab), to_key(request, tab), &count, error))
      return FALSE;
    doc_int(row, KEY("count"), count);
  }
  return TRUE;
}

static gboolean add_summary(Request *request, StoreConn *conn, const char *body_id, Doc *answer, GError **error) {
  gint64 open = 0, late = 0, soon = 0;
  if (!duty_store_count(conn, body_id, "", "~", &open, error) ||
      !duty_store_count(conn, body_id, "", duty_key_after(request, -1), &late, error) ||
      !duty_store_count(conn, body_id, duty_key_after(request, 0), duty_key_after(request, 7), &soon, error))
    return FALSE;
  char a[NUMBER_SIZE], b[NUMBER_SIZE], c[NUMBER_SIZE];
  number_write(a, open);
  number_write(b, late);
  number_write(c, soon);
  doc_text(answer, KEY("summary"),
           arena_printf(request->arena, "%s %s, %s %s, %s %s.", a, message(request->lang, "việc chưa xong"), b,
                        message(request->lang, "quá hạn"), c, message(request->lang, "đến hạn trong 7 ngày tới")));
  doc_int(answer, KEY("open"), open);
  doc_int(answer, KEY("late"), late);
  doc_int(answer, KEY("soon"), soon);
  return TRUE;
}

/* --- the list --- */

typedef struct {
  Request *request;
  Doc *rows;
  int count, limit;
  const char *last_key, *last_id;
  gboolean more;
} Listing;

static gboolean take_row(const DutyRow *row, void *data) {
  Listing *listing = data;
  if (listing->count == listing->limit) {
    listing->more = TRUE;
    return FALSE;
  }
  duty_show_row(listing->request, listing->rows, row);
  listing->count++;
  listing->last_key = arena_text(listing->request->arena, row->due_day ? row->due_day : NO_DUE, -1);
  listing->last_id = arena_text(listing->request->arena, row->id, -1);
  return TRUE;
}

/* The body whose duties are listed: the acting one, or one below it that was chosen. */
static const char *list_body(Request *request, StoreConn *conn, GError **error) {
  const char *unit = input_text(request, "unit");
  gboolean below = FALSE;
  if (!unit || strcmp(unit, request->body_id) == 0)
    return request->body_id;
  if (!body_is_below(conn, unit, request->body_id, &below, error))
    return NULL;
  if (!below)
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Không có đơn vị này trong phạm vi được xem.");
  return below ? unit : NULL;
}

static void add_pager(Request *request, const Listing *listing, const Tab *tab, Doc *answer) {
  const char *unit = input_text(request, "unit");
  const char *section = input_text(request, "section");
  g_autofree char *escaped = section ? g_uri_escape_string(section, NULL, FALSE) : NULL;
  const char *base = arena_printf(request->arena, "/nhiem-vu?tab=%s&unit=%s&section=%s", tab->name, unit ? unit : "",
                                  escaped ? escaped : "");
  Doc *pager = doc_object(answer, KEY("pager"));
  doc_text(pager, KEY("text"), arena_printf(request->arena, "%d %s", listing->count, message(request->lang, "việc trên trang này")));
  if (input_text(request, "after"))
    doc_text(pager, KEY("previous"), base);
  if (!listing->more)
    return;
  const char *next = arena_printf(request->arena, "%s_%s", listing->last_key, listing->last_id);
  doc_text(answer, KEY("next"), next);
  doc_text(pager, KEY("next"), arena_printf(request->arena, "%s&after=%s", base, next));
}

static void split_after(Request *request, DutyQuery *query) {
  const char *after = input_text(request, "after");
  const char *mark = after ? strchr(after, '_') : NULL;
  if (!mark)
    return;
  query->after_key = arena_text(request->arena, after, mark - after);
  query->after_id = mark + 1;
}

static gboolean list_found(Request *request, StoreConn *conn, const char *body_id, const char *words, Listing *listing,
                           GError **error) {
  const char *const scopes[] = {body_id, NULL}, *const types[] = {"duty", NULL};
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = store_search(conn, words, scopes, types, 50, error);
  while (rows && store_step(rows, &failed)) {
    const Duty *duty = duty_store_get(conn, request->arena, store_text(rows, 1), &failed);
    if (!duty)
      continue;
    DutyRow row = {duty->id, duty->code, duty->title, duty->section, duty->lead_names, duty->state, duty->due_day, duty->period,
                   duty->assignee_name};
    duty_show_row(request, listing->rows, &row);
    listing->count++;
  }
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}

static gboolean add_filter(Request *request, StoreConn *conn, const char *body_id, const Tab *tab, Doc *answer, GError **error) {
  Doc *filter = doc_object(answer, KEY("filter"));
  const char *q = input_text(request, "q"), *section = input_text(request, "section");
  doc_text(filter, KEY("action"), "/nhiem-vu");
  if (q || section || input_text(request, "unit"))
    doc_text(filter, KEY("clear"), arena_printf(request->arena, "/nhiem-vu?tab=%s", tab->name));
  Doc *fields = doc_list(filter, KEY("fields"));
  Doc *search = doc_object(fields, NULL);
  doc_text(search, KEY("name"), "q");
  doc_text(search, KEY("label"), message(request->lang, "Tìm"));
  doc_text(search, KEY("value"), q ? q : "");
  doc_text(search, KEY("placeholder"), message(request->lang, "“phuong an” tìm cả “phương án”"));
  return duty_store_unit_options(request, conn, request->body_id, body_id, fields, error) &&
         duty_store_section_options(request, conn, body_id, section, fields, error);
}

static gboolean add_bulk(Request *request, StoreConn *conn, Doc *answer, GError **error) {
  if (!request_may(request, "duty.write", request->body_id))
    return TRUE;
  Doc *bulk = doc_object(answer, KEY("bulk"));
  Doc *assign = doc_object(bulk, KEY("assign"));
  doc_text(assign, KEY("action"), "/nhiem-vu/giao");
  doc_text(doc_object(bulk, KEY("move")), KEY("action"), "/nhiem-vu/doi-han");
  doc_text(doc_object(bulk, KEY("complete")), KEY("action"), "/nhiem-vu/hoan-thanh");
  return duty_store_add_units(request, conn, request->body_id, NULL, doc_list(assign, KEY("options")), error);
}

static void add_empty(Request *request, const Tab *tab, Doc *answer) {
  gboolean filtered = input_text(request, "q") || input_text(request, "section") || input_text(request, "unit");
  Doc *empty = doc_object(answer, KEY("empty"));
  if (filtered) {
    doc_text(empty, KEY("text"), message(request->lang, "Bộ lọc đang ẩn mọi việc."));
    doc_text(empty, KEY("url"), arena_printf(request->arena, "/nhiem-vu?tab=%s", tab->name));
    doc_text(empty, KEY("label"), message(request->lang, "Xóa bộ lọc"));
    return;
  }
  gboolean first = tab == &TABS[0];
  doc_text(empty, KEY("text"), message(request->lang, first ? "Chưa có nhiệm vụ. Nhập tệp kế hoạch (TXT, MD, DOCX) để tạo nhiệm vụ."
                                                            : "Không có việc nào trong mục này."));
  doc_text(empty, KEY("url"), first ? "/ke-hoach/nhap" : "/nhiem-vu");
  doc_text(empty, KEY("label"), message(request->lang, first ? "Nhập kế hoạch" : "Xem việc chưa xong"));
}

static gboolean fill_rows(Request *request, StoreConn *conn, const char *body_id, const Tab *tab, Listing *listing, GError **error) {
  const char *words = input_text(request, "q");
  DutyQuery query = {
      .body_id = body_id,
      .half = tab->half,
      .from_key = from_key(request, tab),
      .to_key = to_key(request, tab),
      .state = tab->state,
      .section = input_text(request, "section"),
      .plan_id = input_text(request, "plan"),
      .limit = listing->limit + 1,
  };
  if (words)
    return list_found(request, conn, body_id, words, listing, error);
  if (tab->mine)
    return duty_store_mine(conn, request->user->id, listing->limit + 1, take_row, listing, error);
  split_after(request, &query);
  return duty_store_list(conn, &query, take_row, listing, error);
}

/* --- the same as a sheet --- */

typedef struct {
  const Request *request;
  Sheet *sheet;
} Export;

static gboolean export_row(const DutyRow *row, void *data) {
  const Export *export = data;
  Day due;
  sheet_row(export->sheet);
  sheet_text(export->sheet, row->code);
  sheet_text(export->sheet, row->title);
  sheet_text(export->sheet, row->section);
  sheet_text(export->sheet, row->lead_names);
  sheet_text(export->sheet, message(export->request->lang, duty_period_label(row->period)));
  if (row->due_day && date_parse_day(row->due_day, &due))
    sheet_day(export->sheet, due);
  else
    sheet_text(export->sheet, NULL);
  sheet_text(export->sheet, message(export->request->lang, duty_state_label(row->state)));
  sheet_text(export->sheet, row->assignee_name);
  return TRUE;
}

gboolean duty_export(Request *request, Doc *answer, GError **error) {
  const char *heads[] = {"Mã", "Nhiệm vụ", "Mục", "Đơn vị chủ trì", "Chu kỳ", "Hạn", "Trạng thái", "Người thực hiện"};
  static const double WIDTHS[] = {14, 60, 12, 36, 20, 12, 16, 22};
  SheetColumn columns[G_N_ELEMENTS(heads)];
  StoreConn *conn = request_read(request, error);
  (void)answer;
  if (!conn || !request_require(request, "duty.read", request->body_id, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS(heads); i++)
    columns[i] = (SheetColumn){message(request->lang, heads[i]), WIDTHS[i]};
  Export export = {request, sheet_new(message(request->lang, "Nhiệm vụ"), request->user->name, request->now_ms, error)};
  if (!export.sheet)
    return FALSE;
  DutyQuery query = {.body_id = request->body_id, .half = DUTY_OPEN, .limit = EXPORT_ROWS};
  sheet_page(export.sheet, message(request->lang, "Chưa xong"), columns, G_N_ELEMENTS(columns));
  gboolean good = duty_store_list(conn, &query, export_row, &export, error);
  query.half = DUTY_DONE;
  sheet_page(export.sheet, message(request->lang, "Hoàn thành"), columns, G_N_ELEMENTS(columns));
  good = good && duty_store_list(conn, &query, export_row, &export, error);
  request->file = sheet_finish(export.sheet, good ? error : NULL);
  request->file_name = "nhiem-vu.xlsx";
  request->file_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
  return good && request->file;
}

gboolean duty_list(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  const Tab *tab = chosen_tab(request);
  const char *body_id = conn ? list_body(request, conn, error) : NULL;
  if (!body_id || !request_require(request, "duty.read", body_id, error))
    return FALSE;
  Listing listing = {.request = request, .rows = doc_list(answer, KEY("rows")), .limit = (int)input_int(request, "limit", PAGE_ROWS)};
  doc_text(answer, KEY("calendar_url"), "/lich");
  doc_text(answer, KEY("export_url"), "/nhiem-vu/tep");
  if (request_may(request, "duty.write", request->body_id))
    doc_text(answer, KEY("new_url"), "/nhiem-vu/moi");
  if (!fill_rows(request, conn, body_id, tab, &listing, error) || !add_summary(request, conn, body_id, answer, error))
    return FALSE;
  add_pager(request, &listing, tab, answer);
  if (!listing.count)
    add_empty(request, tab, answer);
  return request->face != FACE_WEB ||
         (add_tabs(request, conn, body_id, tab, answer, error) && add_filter(request, conn, body_id, tab, answer, error) &&
          add_bulk(request, conn, answer, error));
}
