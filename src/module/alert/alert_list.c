/* Cảnh báo: what waits, the most urgent first; the hours of today; the same on the board and in the menu. */
#include "base/date.h"
#include "core/form.h"
#include "core/message.h"
#include "core/show.h"
#include "module/alert/alert_pages.h"
#include <string.h>

#define PAGE_ROWS 20
#define COUNT_MOST 1000
#define BOARD_ROWS 5
#define URGENT 3 /* high and critical */
#define BAR_HEIGHT 56

static const struct {
  const char *name, *tab, *label;
} TABS[] = {
    {"chua-xem", TAB_NEW,     "Chưa xem"},  {"dang-xem", TAB_VIEWING, "Đang xem"}, {"da-gan", TAB_JOINED, "Đã gắn sự cố"},
    {"bao-nham", TAB_FALSE,   "Báo nhầm"},  {"dung",     "true",      "Đúng"},     {"bo-qua", "ignored",  "Bỏ qua"},
    {"tat-ca",   TAB_ALL,     "Tất cả"},
};

static const struct {
  const char *state, *css, *label;
} STATES[] = {
    {TAB_NEW, "none", "Chưa xem"}, {TAB_VIEWING, "doing", "Đang xem"}, {"true", "late", "Đúng"},
    {TAB_FALSE, "none", "Báo nhầm"}, {"ignored", "none", "Bỏ qua"},
};

static const char *const LEVELS[] = {"Thông tin", "Thấp", "Trung bình", "Cao", "Rất cao"};

const char *alert_level_label(gint64 level) {
  return LEVELS[CLAMP(level, 0, 4)];
}

const char *alert_span(Arena *arena, gint64 first_ms, gint64 last_ms, gint64 now_ms) {
  char from[17], to[17];
  gboolean today = day_compare(day_at(first_ms), day_at(now_ms)) == 0;
  gboolean same_day = day_compare(day_at(first_ms), day_at(last_ms)) == 0;
  date_write_time(from, first_ms);
  date_write_time(to, last_ms);
  if (same_day && today)
    return arena_printf(arena, "%.5s – %.5s", from, to);
  if (same_day)
    return arena_printf(arena, "%.5s – %.5s %.5s", from, to, to + 6);
  return arena_printf(arena, "%.11s – %.11s", from, to);
}

/* --- a row --- */

void alert_show(Request *request, Doc *row, const Alert *alert) {
  gboolean waits = !alert->incident_id && (strcmp(alert->state, TAB_NEW) == 0 || strcmp(alert->state, TAB_VIEWING) == 0);
  gboolean urgent = alert->level >= URGENT;
  doc_text(row, KEY("id"), alert->id);
  doc_text(row, KEY("code"), alert->code);
  doc_text(row, KEY("title"), alert->title);
  doc_text(row, KEY("url"), arena_printf(request->arena, "/canh-bao/%s", alert->code));
  doc_text(row, KEY("techniques"), alert->techniques);
  doc_text(row, KEY("level"), message(request->lang, alert_level_label(alert->level)));
  doc_int(row, KEY("level_number"), alert->level);
  doc_text(row, KEY("place"), *alert->host ? alert->host : *alert->source_name ? alert->source_name : alert->body_name);
  doc_text(row, KEY("place_note"), alert->system_name ? alert->system_name : *alert->host ? alert->source_name : "");
  doc_text(row, KEY("body"), alert->body_name);
  doc_text(row, KEY("span"), alert_span(request->arena, alert->first_ms, alert->last_ms, request->now_ms));
  doc_int(row, KEY("count"), alert->count);
  doc_text(row, KEY("class"), !waits ? "shut" : urgent ? "late" : "");
  doc_text(row, KEY("assignee"), alert->assignee_name);
  doc_text(row, KEY("state_name"), alert->incident_id ? TAB_JOINED : alert->state);
  show_status(request, row, KEY("urgency"), urgent ? "late" : "none", urgent ? "Khẩn" : "Thường");
  if (alert->incident_id) {
    show_status(request, row, KEY("state"), "done", "Đã gắn");
    doc_text(row, KEY("incident"), alert->incident_code);
    return;
  }
  for (gsize i = 0; i < G_N_ELEMENTS(STATES); i++)
    if (strcmp(STATES[i].state, alert->state) == 0)
      show_status(request, row, KEY("state"), STATES[i].css, STATES[i].label);
}

typedef struct {
  Request *request;
  Doc *rows;
  int count, limit;
  gint64 last_rank;
  const Alert *last;
  gboolean more;
} Listing;

static void add_take(Request *request, Doc *row, const Alert *alert) {
  if (strcmp(alert->state, TAB_NEW) != 0 || !request_may(request, "alert.triage", alert->body_id))
    return;
  json_t *values = json_pack("{s:s}", "id", alert->code);
  form_add(request, row, KEY("take"), "alert.take", values, "Nhận xem");
  json_decref(values);
}

static gboolean add_row(const Alert *alert, gint64 rank, void *data) {
  Listing *listing = data;
  if (listing->count == listing->limit) {
    listing->more = TRUE;
    return FALSE;
  }
  Doc *row = doc_object(listing->rows, NULL);
  alert_show(listing->request, row, alert);
  add_take(listing->request, row, alert);
  listing->count++;
  listing->last = alert;
  listing->last_rank = rank;
  return TRUE;
}

/* --- around the rows --- */

static gsize chosen_tab(const Request *request) {
  const char *name = input_text(request, "tab");
  for (gsize i = 0; name && i < G_N_ELEMENTS(TABS); i++)
    if (strcmp(TABS[i].name, name) == 0)
      return i;
  return 0;
}

static gboolean add_tabs(Request *request, StoreConn *conn, gsize chosen, Doc *answer, GError **error) {
  Doc *tabs = doc_list(answer, KEY("tabs"));
  for (gsize i = 0; i < G_N_ELEMENTS(TABS); i++) {
    gint64 count = 0;
    Doc *row = doc_object(tabs, NULL);
    if (!alert_store_count(conn, request->body_id, TABS[i].tab, COUNT_MOST, &count, error))
      return FALSE;
    doc_text(row, KEY("label"), message(request->lang, TABS[i].label));
    doc_text(row, KEY("url"), arena_printf(request->arena, "/canh-bao?tab=%s", TABS[i].name));
    doc_text(row, KEY("count"), count == COUNT_MOST ? "1.000+" : arena_printf(request->arena, "%d", (int)count));
    doc_bool(row, KEY("current"), i == chosen);
  }
  return TRUE;
}

/* The busiest hour has the full height; an hour that has not come has no bar. */
static void add_bars(Request *request, const AlertHours *hours, gint64 day_ms, Doc *chart) {
  gint64 most = 1, now_hour = (request->now_ms - day_ms) / HOUR_MS;
  for (int i = 0; i < 24; i++)
    most = MAX(most, hours->alerts[i]);
  Doc *bars = doc_list(chart, KEY("bars"));
  for (int i = 0; i < 24 && i <= now_hour; i++) {
    int height = (int)(hours->alerts[i] * BAR_HEIGHT / most);
    Doc *bar = doc_object(bars, NULL);
    doc_text(bar, KEY("x"), arena_printf(request->arena, "%.2f", 100.0 * i / 24 + 0.3));
    doc_text(bar, KEY("middle"), arena_printf(request->arena, "%.2f", 100.0 * i / 24 + 2.05));
    doc_int(bar, KEY("y"), 71 - MAX(height, 1));
    doc_int(bar, KEY("height"), MAX(height, 1));
    doc_int(bar, KEY("text_y"), 66 - MAX(height, 1));
    doc_int(bar, KEY("count"), hours->alerts[i]);
    doc_text(bar, KEY("class"), hours->alerts[i] == most && hours->alerts[i] ? "b1" : "b2");
    if (i % 3 == 0)
      doc_text(bar, KEY("hour"), arena_printf(request->arena, "%d", i));
  }
}

static void add_finding(Request *request, const AlertHours *hours, gint64 all, Doc *chart) {
  int top = 0;
  for (int i = 1; i < 24; i++)
    if (hours->alerts[i] > hours->alerts[top])
      top = i;
  doc_text(chart, KEY("title"),
           all ? arena_printf(request->arena, "%d %s %d %s %02d – %02d %s", (int)hours->alerts[top], message(request->lang, "trong"), (int)all,
                              message(request->lang, "cảnh báo mới hôm nay vào lúc"), top, top + 1, message(request->lang, "giờ"))
               : message(request->lang, "Hôm nay chưa có cảnh báo mới"));
}

static gboolean add_chart(Request *request, StoreConn *conn, Doc *answer, GError **error) {
  AlertHours hours;
  gint64 day_ms = day_start_ms(day_at(request->now_ms)), alerts = 0, events = 0;
  if (!alert_store_hours(conn, request->body_id, day_ms, &hours, error))
    return FALSE;
  for (int i = 0; i < 24; i++)
    alerts += hours.alerts[i], events += hours.events[i];
  Doc *chart = doc_object(answer, KEY("chart"));
  add_finding(request, &hours, alerts, chart);
  add_bars(request, &hours, day_ms, chart);
  doc_text(answer, KEY("summary"), arena_printf(request->arena, "%s %d %s %" G_GINT64_FORMAT " %s.", message(request->lang, "Hôm nay"), (int)alerts,
                                                message(request->lang, "cảnh báo mới, gộp từ"), events, message(request->lang, "lần khớp")));
  return TRUE;
}

static void add_pager(Request *request, const Listing *listing, gsize tab, Doc *answer) {
  const char *base = arena_printf(request->arena, "/canh-bao?tab=%s", TABS[tab].name);
  Doc *pager = doc_object(answer, KEY("pager"));
  doc_text(pager, KEY("text"), arena_printf(request->arena, "%d %s", listing->count, message(request->lang, "cảnh báo trên trang này")));
  if (input_text(request, "after"))
    doc_text(pager, KEY("previous"), base);
  if (!listing->more)
    return;
  const char *next = arena_printf(request->arena, "%d_%" G_GINT64_FORMAT "_%s", (int)listing->last_rank, listing->last->created_ms, listing->last->id);
  doc_text(answer, KEY("next"), next);
  doc_text(pager, KEY("next"), arena_printf(request->arena, "%s&after=%s", base, next));
}

static void add_empty(Request *request, gsize tab, Doc *answer) {
  Doc *empty = doc_object(answer, KEY("empty"));
  gboolean search = input_text(request, "q") != NULL;
  doc_text(empty, KEY("text"), message(request->lang, search ? "Không có cảnh báo nào khớp với từ tìm."
                                                      : tab == 0 ? "Không có cảnh báo nào chờ xem." : "Không có cảnh báo nào trong mục này."));
  if (search) {
    doc_text(empty, KEY("url"), "/canh-bao");
    doc_text(empty, KEY("label"), message(request->lang, "Xóa bộ lọc"));
  }
}

static void add_filter(Request *request, Doc *answer) {
  Doc *filter = doc_object(answer, KEY("filter"));
  doc_text(filter, KEY("action"), "/canh-bao");
  if (input_text(request, "q"))
    doc_text(filter, KEY("clear"), "/canh-bao");
  show_filter_search(request, doc_list(filter, KEY("fields")), "Tìm cảnh báo", "mã, dấu hiệu, máy");
}

static gboolean split_after(Request *request, AlertQuery *query, GError **error) {
  const char *after = input_text(request, "after");
  g_auto(GStrv) parts = g_strsplit(after ? after : "", "_", 3);
  if (!after)
    return TRUE;
  if (g_strv_length(parts) != 3)
    return request_refuse_field(request, "after", "Trang này không còn; mở lại danh sách.", error);
  query->after_rank = g_ascii_strtoll(parts[0], NULL, 10);
  query->after_ms = g_ascii_strtoll(parts[1], NULL, 10);
  query->after_id = arena_text(request->arena, parts[2], -1);
  return TRUE;
}

static gboolean list_found(Request *request, StoreConn *conn, Listing *listing, GError **error) {
  const char *const scopes[] = {request->body_id, NULL}, *const types[] = {"alert", NULL};
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = store_search(conn, input_text(request, "q"), scopes, types, listing->limit, error);
  while (rows && store_step(rows, &failed)) {
    const Alert *alert = alert_store_get(conn, request->arena, store_text(rows, 1), &failed);
    if (alert)
      add_row(alert, 0, listing);
  }
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}

gboolean alert_list(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  gsize tab = chosen_tab(request);
  if (!conn || !request_require(request, "alert.read", request->body_id, error))
    return FALSE;
  Listing listing = {.request = request, .rows = doc_list(answer, KEY("rows")), .limit = (int)input_int(request, "limit", PAGE_ROWS)};
  AlertQuery query = {.body_id = request->body_id, .tab = TABS[tab].tab, .limit = listing.limit + 1};
  if (!split_after(request, &query, error) ||
      !(input_text(request, "q") ? list_found(request, conn, &listing, error)
                                 : alert_store_list(conn, request->arena, &query, add_row, &listing, error)))
    return FALSE;
  if (!listing.count)
    add_empty(request, tab, answer);
  add_pager(request, &listing, tab, answer);
  add_filter(request, answer);
  if (listing.count && tab == 0)
    doc_text(answer, KEY("next_url"), doc_get_text(listing.rows->first, KEY("url")));
  if (request_may(request, "alert.triage", request->body_id)) {
    form_add(request, answer, KEY("decide"), "alert.decide_many", NULL, "Ghi kết luận");
    doc_text(answer, KEY("new_url"), "/canh-bao/moi");
  }
  return add_chart(request, conn, answer, error) && add_tabs(request, conn, tab, answer, error);
}

/* --- board and menu --- */

static gboolean add_board_row(const Alert *alert, gint64 rank, void *data) {
  Listing *listing = data;
  (void)rank;
  Doc *row = doc_object(listing->rows, NULL);
  alert_show(listing->request, row, alert);
  doc_text(row, KEY("note"), arena_printf(listing->request->arena, "%s · %s", alert->code, alert_span(listing->request->arena, alert->first_ms, alert->last_ms, listing->request->now_ms)));
  doc_text(row, KEY("second"), doc_get_text(row, KEY("place")));
  return TRUE;
}

gboolean alert_board(Request *request, Doc *board, GError **error) {
  StoreConn *conn = request_read(request, error);
  gint64 waiting = 0;
  if (!request_may(request, "alert.read", request->body_id))
    return TRUE;
  if (!conn || !alert_store_count(conn, request->body_id, TAB_NEW, COUNT_MOST, &waiting, error))
    return FALSE;
  if (!waiting)
    return TRUE;
  Doc *section = doc_object((Doc *)(gintptr)doc_get(board, KEY("sections")), NULL);
  doc_text(section, KEY("id"), "canh-bao");
  doc_text(section, KEY("title"), arena_printf(request->arena, "%s (%d)", message(request->lang, "Cảnh báo chưa xem"), (int)waiting));
  Doc *link = doc_object(section, KEY("link"));
  doc_text(link, KEY("url"), "/canh-bao");
  doc_text(link, KEY("label"), message(request->lang, "Xem tất cả"));
  Doc *table = doc_object(section, KEY("table"));
  doc_text(table, KEY("first"), message(request->lang, "Dấu hiệu"));
  doc_text(table, KEY("second"), message(request->lang, "Nơi thấy"));
  Listing listing = {.request = request, .rows = doc_list(table, KEY("rows"))};
  AlertQuery query = {.body_id = request->body_id, .tab = TAB_NEW, .limit = BOARD_ROWS};
  return alert_store_list(conn, request->arena, &query, add_board_row, &listing, error);
}

gboolean alert_badge(Request *request, const MenuEntry *entry, Doc *item, GError **error) {
  StoreConn *conn = request_read(request, error);
  gint64 count = 0;
  if (strcmp(entry->path, "/canh-bao") != 0)
    return TRUE;
  if (!conn || !alert_store_count(conn, request->body_id, TAB_NEW, COUNT_MOST, &count, error))
    return FALSE;
  if (count)
    doc_int(doc_object(item, KEY("badge")), KEY("count"), count);
  return TRUE;
}
