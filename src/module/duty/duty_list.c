/* The list of duties and the page of one. */
#include "base/date.h"
#include "base/number.h"
#include "core/body.h"
#include "core/form.h"
#include "core/message.h"
#include "module/duty/duty_pages.h"
#include "module/duty/duty_act.h"
#include "module/duty/duty_show.h"
#include <string.h>

#define PAGE_ROWS 20

typedef struct {
  const char *name, *label;
  DutyHalf half;
  const char *state;
  int from_days, to_days; /* from today; NO_LIMIT: open end */
  gboolean mine;
  enum { COUNT_NONE, COUNT_OPEN, COUNT_LATE, COUNT_SOON } count; /* what stands beside the label */
} Tab;

#define NO_LIMIT G_MAXINT

static const Tab TABS[] = {
    {"mo",       "Chưa xong",      DUTY_OPEN, NULL,       NO_LIMIT, NO_LIMIT, FALSE, COUNT_OPEN},
    {"cua-toi",  "Của tôi",        DUTY_OPEN, NULL,       NO_LIMIT, NO_LIMIT, TRUE, COUNT_NONE},
    {"qua-han",  "Quá hạn",        DUTY_OPEN, NULL,       NO_LIMIT, -1,       FALSE, COUNT_LATE},
    {"7-ngay",   "7 ngày tới",     DUTY_OPEN, NULL,       0,        7,        FALSE, COUNT_SOON},
    {"phe-duyet", "Chờ phê duyệt", DUTY_OPEN, "approval", NO_LIMIT, NO_LIMIT, FALSE, COUNT_NONE},
    {"xong",     "Hoàn thành",     DUTY_DONE, NULL,       NO_LIMIT, NO_LIMIT, FALSE, COUNT_NONE},
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

const DutyCounts *duty_counts(Request *request, const char *body_id, GError **error) {
  static const char KEY_OF_COUNTS;
  DutyCounts *counts = request_recall(request, &KEY_OF_COUNTS, body_id);
  StoreConn *conn = counts ? NULL : request_read(request, error);
  if (!conn)
    return counts;
  counts = arena_alloc(request->arena, sizeof *counts);
  if (!duty_store_counts(conn, body_id, duty_key_after(request, 0), duty_key_after(request, 7), counts, error))
    return NULL;
  request_remember(request, &KEY_OF_COUNTS, body_id, counts);
  return counts;
}

static gint64 count_of(const DutyCounts *counts, const Tab *tab) {
  return tab->count == COUNT_OPEN ? counts->open : tab->count == COUNT_LATE ? counts->late : counts->soon;
}

static void add_tabs(Request *request, const DutyCounts *counts, const Tab *chosen, Doc *answer) {
  Doc *tabs = doc_list(answer, KEY("tabs"));
  for (gsize i = 0; i < G_N_ELEMENTS(TABS); i++) {
    const Tab *tab = &TABS[i];
    Doc *row = doc_object(tabs, NULL);
    doc_text(row, KEY("label"), message(request->lang, tab->label));
    doc_text(row, KEY("url"), arena_printf(request->arena, "/nhiem-vu?tab=%s", tab->name));
    doc_bool(row, KEY("current"), tab == chosen);
    if (tab->count != COUNT_NONE)
      doc_int(row, KEY("count"), count_of(counts, tab));
  }
}

static void add_summary(Request *request, const DutyCounts *counts, Doc *answer) {
  char a[NUMBER_SIZE], b[NUMBER_SIZE], c[NUMBER_SIZE];
  number_write(a, counts->open);
  number_write(b, counts->late);
  number_write(c, counts->soon);
  doc_text(answer, KEY("summary"),
           arena_printf(request->arena, "%s %s, %s %s, %s %s.", a, message(request->lang, "việc chưa xong"), b,
                        message(request->lang, "quá hạn"), c, message(request->lang, "đến hạn trong 7 ngày tới")));
  doc_int(answer, KEY("open"), counts->open);
  doc_int(answer, KEY("late"), counts->late);
  doc_int(answer, KEY("soon"), counts->soon);
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

static gboolean add_filter(Request *request, StoreConn *conn, const char *body_id, const Tab *tab, const DutyUnit *units, Doc *answer,
                           GError **error) {
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
  duty_add_unit_filter(request, units, body_id, fields);
  return duty_store_section_options(request, conn, body_id, section, fields, error);
}

static void add_bulk(const DutyUnit *units, Doc *answer) {
  Doc *bulk = doc_object(answer, KEY("bulk"));
  Doc *assign = doc_object(bulk, KEY("assign"));
  doc_text(assign, KEY("action"), "/nhiem-vu/giao");
  doc_text(doc_object(bulk, KEY("move")), KEY("action"), "/nhiem-vu/doi-han");
  doc_text(doc_object(bulk, KEY("complete")), KEY("action"), "/nhiem-vu/hoan-thanh");
  duty_add_units(units, NULL, doc_list(assign, KEY("options")));
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

/* What the page offers to do: filters, new duties, acts on those that are ticked. */
static gboolean add_tools(Request *request, StoreConn *conn, const char *body_id, const Tab *tab, Doc *answer, GError **error) {
  const DutyUnit *units = duty_store_units(request, conn, request->body_id, error);
  if (!units)
    return FALSE;
  doc_text(answer, KEY("calendar_url"), "/lich");
  doc_text(answer, KEY("export_url"), "/nhiem-vu/tep");
  if (request_may(request, "duty.write", request->body_id)) {
    doc_text(answer, KEY("new_url"), "/nhiem-vu/moi");
    doc_text(answer, KEY("law_url"), "/nhiem-vu/tu-luat");
    add_bulk(units, answer);
  }
  return add_filter(request, conn, body_id, tab, units, answer, error);
}

gboolean duty_list(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  const Tab *tab = chosen_tab(request);
  const char *body_id = conn ? list_body(request, conn, error) : NULL;
  if (!body_id || !request_require(request, "duty.read", body_id, error))
    return FALSE;
  Listing listing = {.request = request, .rows = doc_list(answer, KEY("rows")), .limit = (int)input_int(request, "limit", PAGE_ROWS)};
  const DutyCounts *counts = duty_counts(request, body_id, error);
  if (!counts || !fill_rows(request, conn, body_id, tab, &listing, error))
    return FALSE;
  add_summary(request, counts, answer);
  add_pager(request, &listing, tab, answer);
  if (!listing.count)
    add_empty(request, tab, answer);
  if (request->face == FACE_WEB)
    add_tabs(request, counts, tab, answer);
  return request->face != FACE_WEB || add_tools(request, conn, body_id, tab, answer, error);
}
