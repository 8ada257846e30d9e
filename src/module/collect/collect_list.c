/* Nguồn nhật ký: the live board of sources, those in trouble first to the eye; unknown senders beside. */
#include "base/date.h"
#include "base/number.h"
#include "core/body.h"
#include "core/message.h"
#include "core/setting.h"
#include "core/setting_page.h"
#include "core/show.h"
#include "module/collect/collect_kind.h"
#include "module/collect/collect_pages.h"
#include <string.h>

#define PAGE_ROWS 50
#define UNSEEN_MS (90 * 1000)
#define SKEW_SHOWN_MS (2 * MINUTE_MS)
#define RATE_MS (2 * MINUTE_MS)

const char *source_span(Arena *arena, gint64 ms) {
  char span[64];
  if (ms < MINUTE_MS)
    return arena_printf(arena, "%" G_GINT64_FORMAT " giây", MAX(ms, 0) / 1000);
  date_write_span(span, ms);
  return arena_text(arena, span, -1);
}

void source_show_state(Request *request, const SourceRow *row, const SourceState *state, Doc *shown) {
  gboolean late = state->silent_ms || state->trouble;
  const char *css = row->stopped_ms ? "none" : late ? "late" : state->dropped ? "soon" : state->last_ms ? "done" : "wait";
  const char *label = row->stopped_ms      ? "Đã ngừng"
                      : state->trouble     ? "Không đọc được"
                      : state->silent_ms   ? "Im lặng"
                      : !state->last_ms    ? "Chưa nhận gì"
                      : state->dropped     ? "Có bản ghi bị bỏ"
                                           : "Đang nhận";
  show_status(request, shown, KEY("state"), css, label);
}

/* --- the collector itself --- */

static void show_note(Doc *answer, const char *key, const char *css, const char *text) {
  Doc *note = doc_object(answer, key);
  doc_text(note, KEY("class"), css);
  doc_text(note, KEY("text"), text);
}

static gint64 number_of(const json_t *state, const char *key) {
  return json_integer_value(json_object_get(state, key));
}

static const char *text_in(const json_t *state, const char *key) {
  const char *text = json_string_value(json_object_get(state, key));
  return text ? text : "";
}

static const char *problem_text(Request *request, const json_t *state, gint64 seen_ms, gint64 in_use) {
  Arena *arena = request->arena;
  gint64 lost = number_of(state, "udp_dropped") + number_of(state, "kernel_dropped");
  if (in_use && request->now_ms - seen_ms > UNSEEN_MS)
    return seen_ms ? arena_printf(arena, "%s %s.", message(request->lang, "Tiến trình nhận nhật ký không chạy; lần cuối thấy lúc"), show_time(arena, seen_ms))
                   : message(request->lang, "Tiến trình nhận nhật ký chưa chạy lần nào. Nó do máy chủ trang khởi động; chạy ungcuu serve.");
  if (*text_in(state, "disk"))
    return arena_printf(arena, "%s %s", text_in(state, "disk"), message(request->lang, "Những gì đã xác nhận vẫn còn; nguồn TCP và tệp đang chờ, UDP đang bị bỏ."));
  if (in_use && *text_in(state, "listen"))
    return arena_printf(arena, "%s %s", message(request->lang, "Không mở được cổng nhận:"), text_in(state, "listen"));
  if (lost)
    return arena_printf(arena, "%" G_GINT64_FORMAT " %s", lost, message(request->lang, "gói UDP đã bị bỏ vì quá tải, mức ít quan trọng bỏ trước. Chuyển thiết bị gửi nhiều sang TCP."));
  return NULL;
}

static void show_counters(Request *request, const json_t *state, Doc *answer) {
  static const struct {
    const char *key, *label;
  } COUNTERS[] = {{"udp_received", "gói UDP đã nhận"}, {"udp_dropped", "gói UDP bỏ vì quá tải"}, {"kernel_dropped", "gói UDP hệ điều hành bỏ"},
                  {"refused", "bản ghi của nơi gửi lạ"}, {"unlooked", "bản ghi đã lưu, chưa kịp dò"}, {"commit_ms", "mili giây một lần ghi đĩa"},
                  {"look_lag_ms", "mili giây chậm của phát hiện"}};
  gint64 since_ms = number_of(state, "started_ms");
  Doc *list = doc_list(answer, KEY("counters"));
  if (since_ms)
    doc_text(answer, KEY("running"), show_time(request->arena, since_ms));
  for (gsize i = 0; i < G_N_ELEMENTS(COUNTERS); i++) {
    Doc *row = doc_object(list, NULL);
    doc_text(row, KEY("label"), message(request->lang, COUNTERS[i].label));
    doc_int(row, KEY("count"), number_of(state, COUNTERS[i].key));
  }
}

gboolean collector_show(Request *request, Doc *answer, const char *key, GError **error) {
  gint64 seen_ms = 0;
  const char *text = NULL;
  SourceCounts counts = {0};
  StoreConn *conn = request_read(request, error);
  if (!conn || !collector_store_get(conn, request->arena, &seen_ms, &text, error) || !source_store_counts(conn, request->body_id, &counts, error))
    return FALSE;
  g_autofree char *live = counts.in_use ? collect_ask_state(request->app) : NULL;
  json_t *state = json_loads(live ? live : text ? text : "{}", 0, NULL);
  seen_ms = live ? request->now_ms : seen_ms;
  const char *problem = problem_text(request, state, seen_ms, counts.in_use);
  if (problem)
    show_note(answer, key, number_of(state, "udp_dropped") + number_of(state, "kernel_dropped") && !*text_in(state, "disk") ? "soon" : "late", problem);
  else if (counts.in_use && g_str_has_prefix(setting_text(request->app, request->arena, "collect.address"), "127."))
    show_note(answer, key, "soon", message(request->lang, "Đang chỉ nhận từ chính máy này. Để thiết bị khác gửi tới, đặt Địa chỉ nhận nhật ký là 0.0.0.0 ở Cài đặt, Chung."));
  if (key == KEY("note"))
    show_counters(request, state, answer);
  json_decref(state);
  return TRUE;
}

/* --- rows --- */

typedef struct {
  Request *request;
  Doc *rows;
  int count, limit;
  const char *last_id;
  gboolean more;
} Listing;

static const char *from_where(Arena *arena, const SourceRow *row) {
  if (row->path)
    return arena_text(arena, row->path, -1);
  if (row->address || row->host)
    return arena_printf(arena, "%s%s%s", row->address ? row->address : "", row->address && row->host ? ", " : "", row->host ? row->host : "");
  return NULL;
}

gint64 source_rate(const Request *request, const SourceState *state) {
  return request->now_ms - state->last_ms < RATE_MS ? state->a_minute : 0;
}

static void add_figures(Request *request, const SourceState *state, Doc *row) {
  Arena *arena = request->arena;
  doc_int(row, KEY("rate"), source_rate(request, state));
  doc_int(row, KEY("stored"), state->stored);
  doc_int(row, KEY("dropped"), state->dropped);
  doc_int(row, KEY("received"), state->received);
  if (state->last_ms) {
    doc_text(row, KEY("last"), show_time(arena, state->last_ms));
    doc_text(row, KEY("ago"), source_span(arena, request->now_ms - state->last_ms));
    doc_text(row, KEY("lag"), state->lag_ms ? arena_printf(arena, "%" G_GINT64_FORMAT " %s", state->lag_ms, message(request->lang, "mili giây")) : NULL);
  }
  if (state->skew_known && ABS(state->skew_ms) > SKEW_SHOWN_MS)
    doc_text(row, KEY("skew"), arena_printf(arena, "%s %s", message(request->lang, state->skew_ms > 0 ? "nhanh" : "chậm"),
                                            source_span(arena, ABS(state->skew_ms))));
}

static gboolean add_row(const SourceRow *found, const SourceState *state, void *data) {
  Listing *listing = data;
  Request *request = listing->request;
  if (listing->count == listing->limit) {
    listing->more = TRUE;
    return FALSE;
  }
  Doc *row = doc_object(listing->rows, NULL);
  listing->count++;
  listing->last_id = arena_text(request->arena, found->id, -1);
  doc_text(row, KEY("id"), listing->last_id);
  doc_text_copy(row, KEY("code"), found->code);
  doc_text_copy(row, KEY("title"), found->name);
  doc_text(row, KEY("url"), arena_printf(request->arena, "/cai-dat/nguon-nhat-ky/%s", found->id));
  doc_text_copy(row, KEY("kind"), message(request->lang, collect_kind_label(found->kind)));
  doc_text(row, KEY("from"), from_where(request->arena, found));
  doc_text_copy(row, KEY("body"), found->body_name);
  doc_text_copy(row, KEY("system"), found->system_name);
  doc_text(row, KEY("class"), found->stopped_ms ? "shut" : state->silent_ms || state->trouble ? "late" : "");
  doc_text_copy(row, KEY("trouble"), state->trouble);
  source_show_state(request, found, state, row);
  add_figures(request, state, row);
  return TRUE;
}

static gboolean add_stranger(const StrangerRow *found, void *data) {
  Listing *listing = data;
  Request *request = listing->request;
  Doc *row = doc_object(listing->rows, NULL);
  listing->count++;
  g_autofree char *address = g_uri_escape_string(found->address, NULL, FALSE), *host = g_uri_escape_string(found->host, NULL, TRUE);
  doc_text_copy(row, KEY("address"), found->address);
  doc_text_copy(row, KEY("host"), found->host);
  doc_text_copy(row, KEY("sample"), found->sample);
  doc_int(row, KEY("count"), found->count);
  doc_text(row, KEY("last"), show_time(request->arena, found->last_ms));
  if (request_may(request, "source.write", request->body_id))
    doc_text(row, KEY("accept_url"), arena_printf(request->arena, "/cai-dat/nguon-nhat-ky/moi?address=%s%s%s", address, *host ? "&host=" : "", host));
  return TRUE;
}

/* Nobody knows yet whose they are: shown to who looks after the whole installation. */
static gboolean add_strangers(Request *request, StoreConn *conn, Doc *answer, GError **error) {
  Listing listing = {.request = request};
  if (!body_require_top(request, "source.read", NULL))
    return TRUE;
  listing.rows = doc_list(answer, KEY("strangers"));
  return stranger_store_list(conn, add_stranger, &listing, error);
}

/* --- the page --- */

static void add_tabs(Request *request, const SourceCounts *counts, gboolean stopped, Doc *answer) {
  Doc *tabs = doc_list(answer, KEY("parts"));
  const struct {
    const char *label, *url;
    gint64 count;
    gboolean current;
  } rows[] = {{"Đang nhận", "/cai-dat/nguon-nhat-ky", counts->in_use, !stopped}, {"Đã ngừng", "/cai-dat/nguon-nhat-ky?loc=da-ngung", counts->stopped, stopped}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    Doc *tab = doc_object(tabs, NULL);
    doc_text(tab, KEY("label"), message(request->lang, rows[i].label));
    doc_text(tab, KEY("url"), rows[i].url);
    doc_int(tab, KEY("count"), rows[i].count);
    doc_bool(tab, KEY("current"), rows[i].current);
  }
}

static void add_empty(Request *request, gboolean stopped, gboolean write, Doc *answer) {
  Doc *empty = doc_object(answer, KEY("empty"));
  doc_text(empty, KEY("text"), message(request->lang, stopped ? "Không có nguồn nào đã ngừng."
                                                              : "Chưa có nguồn nhật ký nào. Bắt đầu từ bộ định tuyến hoặc một máy Windows: chọn loại, rồi dán mấy dòng "
                                                                "chương trình cho sẵn vào thiết bị."));
  if (!stopped && write) {
    doc_text(empty, KEY("url"), "/cai-dat/nguon-nhat-ky/moi");
    doc_text(empty, KEY("label"), message(request->lang, "Thêm nguồn nhật ký"));
  }
}

static void add_pager(Request *request, const Listing *listing, gboolean stopped, const char *after, Doc *answer) {
  const char *base = stopped ? "/cai-dat/nguon-nhat-ky?loc=da-ngung" : "/cai-dat/nguon-nhat-ky";
  if (!listing->more && !after)
    return;
  Doc *pager = doc_object(answer, KEY("pager"));
  doc_text(pager, KEY("text"), arena_printf(request->arena, "%d %s", listing->count, message(request->lang, "nguồn trên trang này")));
  doc_text(pager, KEY("previous"), after ? base : NULL);
  if (listing->more) {
    doc_text(answer, KEY("next"), listing->last_id);
    doc_text(pager, KEY("next"), arena_printf(request->arena, "%s%safter=%s", base, stopped ? "&" : "?", listing->last_id));
  }
}

gboolean source_list(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  gboolean stopped = input_text(request, "loc") != NULL, write = request_may(request, "source.write", request->body_id);
  const char *after_id = input_text(request, "after");
  SourceCounts counts;
  Listing listing = {.request = request, .limit = (int)input_int(request, "limit", PAGE_ROWS)};
  if (!conn || !request_require(request, "source.read", request->body_id, error) || !source_store_counts(conn, request->body_id, &counts, error))
    return FALSE;
  const SourceRow *after = after_id ? source_store_get(conn, request->arena, after_id, NULL, error) : NULL;
  if (after_id && !after)
    return error && *error ? FALSE : request_refuse_field(request, "after", "Trang này không còn; mở lại danh sách.", error);
  listing.rows = doc_list(answer, KEY("rows"));
  if (!source_store_list(conn, request->body_id, stopped, after, listing.limit + 1, add_row, &listing, error))
    return FALSE;
  doc_int(answer, KEY("in_use"), counts.in_use);
  doc_int(answer, KEY("silent"), counts.silent);
  if (request->face == FACE_WEB)
    setting_tabs(request, answer);
  if (write)
    doc_text(answer, KEY("new_url"), "/cai-dat/nguon-nhat-ky/moi");
  if (request_may(request, "log.read", request->body_id))
    doc_text(answer, KEY("stored_url"), "/cai-dat/nhat-ky-luu");
  add_tabs(request, &counts, stopped, answer);
  add_pager(request, &listing, stopped, after_id, answer);
  if (!listing.count)
    add_empty(request, stopped, write, answer);
  return add_strangers(request, conn, answer, error) && collector_show(request, answer, KEY("note"), error);
}

/* --- the board --- */

gboolean collect_board(Request *request, Doc *board, GError **error) {
  StoreConn *conn = request_read(request, error);
  SourceCounts counts;
  if (!conn || !request_may(request, "source.read", request->body_id))
    return conn != NULL;
  g_autoptr(Arena) arena = arena_new();
  Doc *found = doc_new(arena);
  if (!source_store_counts(conn, request->body_id, &counts, error) || !collector_show(request, found, KEY("trouble"), error))
    return FALSE;
  const Doc *trouble = doc_get(found, KEY("trouble"));
  gboolean late = trouble && g_strcmp0(doc_get_text(trouble, KEY("class")), "late") == 0;
  if (!counts.silent && !counts.trouble && !late)
    return TRUE;
  Doc *section = doc_object((Doc *)(gintptr)doc_get(board, KEY("sections")), NULL);
  doc_text(section, KEY("id"), "nguon");
  doc_text(section, KEY("title"), message(request->lang, "Nguồn nhật ký"));
  doc_bool(section, KEY("aside"), TRUE);
  Doc *row = doc_object(doc_list(section, KEY("list")), NULL);
  show_status(request, row, KEY("state"), "late", late ? "Nhận nhật ký có lỗi" : "Nguồn im lặng hoặc không đọc được");
  doc_text(row, KEY("url"), "/cai-dat/nguon-nhat-ky");
  doc_text(row, KEY("text"), late ? arena_text(request->arena, doc_get_text(trouble, KEY("text")), -1)
                                  : arena_printf(request->arena, "%" G_GINT64_FORMAT " %s", counts.silent + counts.trouble, message(request->lang, "nguồn nhật ký cần xem.")));
  return TRUE;
}
