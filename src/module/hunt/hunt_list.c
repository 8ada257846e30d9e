/* Săn lùng: the hunts of the body and below, and whether the duty of this half-year is done. */
#include "base/date.h"
#include "base/number.h"
#include "core/form.h"
#include "core/law.h"
#include "core/message.h"
#include "core/show.h"
#include "module/hunt/hunt_duty.h"
#include "module/hunt/hunt_engine.h"
#include "module/hunt/hunt_pages.h"
#include <string.h>

#define PAGE_ROWS 20
#define COUNT_MOST 1000
#define BODIES_SHOWN 200

static const struct {
  const char *name, *tab, *label;
} TABS[] = {{"dang-lam", TAB_OPEN, "Đang làm"}, {"da-dong", TAB_CLOSED, "Đã kết luận, đã hủy"}, {"tat-ca", TAB_ALL, "Tất cả"}};

static const struct {
  const char *state, *css, *label;
} STATES[] = {
    {HUNT_DRAFT, "none", "Bản nháp"},     {HUNT_RUNNING, "doing", "Đang chạy"},    {HUNT_PAUSED, "wait", "Tạm dừng"},  {HUNT_DONE, "soon", "Đã xong, chờ kết luận"},
    {HUNT_FAILED, "late", "Không chạy được"}, {HUNT_CANCELLED, "none", "Đã hủy"}, {HUNT_CONCLUDED, "done", "Đã kết luận"},
};

static gsize state_row(const HuntCase *hunt) {
  for (gsize i = 0; i < G_N_ELEMENTS(STATES); i++)
    if (strcmp(STATES[i].state, hunt->state) == 0)
      return i;
  return 0;
}

const char *hunt_state_label(const HuntCase *hunt) {
  return STATES[state_row(hunt)].label;
}

/* --- the duty of the half-year --- */

int hunt_duty_months(const Request *request) {
  const LawDuty *duty = law_find(request->app->law->duties, HUNT_LAW_DUTY);
  return duty && duty->every_months ? (int)duty->every_months : 6;
}

gboolean hunt_duty_state(Request *request, const char *body_id, HuntDutyState *out_state, GError **error) {
  StoreConn *conn = request_read(request, error);
  int months = hunt_duty_months(request);
  Day today = day_at(request->now_ms), first = day_period_first(today, months), last = day_period_last(today, months);
  out_state->months = months;
  out_state->from_ms = day_start_ms(first);
  out_state->to_ms = day_start_ms(day_add(last, 1));
  out_state->days_left = day_number(last) - day_number(today) + 1;
  return conn && hunt_store_done_between(conn, body_id, out_state->from_ms, out_state->to_ms, &out_state->done, &out_state->last_ms, error);
}

static const char *period_name(Request *request, const HuntDutyState *state) {
  Day today = day_at(request->now_ms);
  const char *lang = request->lang;
  if (state->months != 6)
    return arena_printf(request->arena, "%s %02d %s", message(lang, "Kỳ"), state->months, message(lang, "tháng này"));
  return arena_printf(request->arena, "%s %d", message(lang, day_period(today, 6) == 1 ? "Kỳ 06 tháng đầu năm" : "Kỳ 06 tháng cuối năm"), today.year);
}

void hunt_duty_show(Request *request, const HuntDutyState *state, Doc *shown) {
  Arena *arena = request->arena;
  const char *lang = request->lang;
  gboolean done = state->done > 0;
  doc_text(shown, KEY("class"), done ? "done" : state->days_left <= 30 ? "late" : "soon");
  doc_text(shown, KEY("period"), period_name(request, state));
  doc_text(shown, KEY("count"), arena_printf(arena, "%02d/01 %s %02d %s", (int)state->done, message(lang, "lần trong"), state->months, message(lang, "tháng")));
  doc_text(shown, KEY("left"), done ? "" : arena_printf(arena, "%s %d %s", message(lang, "còn"), (int)state->days_left, message(lang, "ngày")));
  doc_text(shown, KEY("last"), state->last_ms ? arena_printf(arena, "%s %s", message(lang, "Lần gần nhất:"), show_time(arena, state->last_ms)) : "");
  doc_int(shown, KEY("done"), state->done);
}

/* --- rows --- */

const char *hunt_means(Request *request, const HuntCase *hunt) {
  Arena *arena = request->arena;
  g_autoptr(GString) text = g_string_new(NULL);
  const char *const *lists = hunt_texts(arena, hunt->lists), *const *rules = hunt_texts(arena, hunt->rules);
  gboolean has_rules = *rules || hunt->pack_id || *hunt->rules_yaml;
  if (*lists || *hunt->indicators)
    g_string_append(text, message(request->lang, "dấu hiệu"));
  if (has_rules)
    g_string_append_printf(text, "%s%s", text->len ? ", " : "", message(request->lang, "luật"));
  if (*hunt->words)
    g_string_append_printf(text, "%s“%s”", text->len ? ", " : "", hunt->words);
  return arena_text(arena, text->str, (gssize)text->len);
}

static void show_progress(Doc *row, const HuntCase *hunt) {
  gint64 percent = hunt->bytes > 0 ? MIN(100, hunt->bytes_done * 100 / hunt->bytes) : strcmp(hunt->state, HUNT_RUNNING) == 0 ? 0 : 100;
  doc_int(row, KEY("percent"), percent);
  doc_int(row, KEY("segments"), hunt->segments);
  doc_int(row, KEY("segments_done"), hunt->segments_done);
  doc_int(row, KEY("bytes"), hunt->bytes);
  doc_int(row, KEY("bytes_done"), hunt->bytes_done);
  doc_int(row, KEY("records"), hunt->records);
  doc_int(row, KEY("damaged"), hunt->damaged);
}

void hunt_show(Request *request, Doc *row, const HuntCase *hunt) {
  gsize state = state_row(hunt);
  char hits[NUMBER_SIZE];
  number_write(hits, hunt->hits);
  doc_text(row, KEY("id"), hunt->id);
  doc_text(row, KEY("code"), hunt->code);
  doc_text(row, KEY("title"), hunt->title);
  doc_text(row, KEY("url"), arena_printf(request->arena, "/san-lung/%s", hunt->code));
  doc_text(row, KEY("body"), hunt->body_name);
  doc_text(row, KEY("owner"), hunt->owner_name);
  doc_text(row, KEY("kind"), hunt->kind);
  doc_text(row, KEY("means"), hunt_means(request, hunt));
  doc_text(row, KEY("state_name"), hunt->state);
  show_status(request, row, KEY("state"), STATES[state].css, STATES[state].label);
  doc_int(row, KEY("hits"), hunt->hits);
  doc_text_copy(row, KEY("hits_shown"), hits);
  doc_int(row, KEY("groups"), hunt->groups);
  doc_text(row, KEY("made"), show_time(request->arena, hunt->created_ms));
  doc_text(row, KEY("started"), show_time(request->arena, hunt->started_ms));
  doc_text(row, KEY("concluded"), show_time(request->arena, hunt->concluded_ms));
  doc_text(row, KEY("class"), strcmp(hunt->state, HUNT_CANCELLED) == 0 || strcmp(hunt->state, HUNT_CONCLUDED) == 0 ? "shut" : "");
  if (hunt->started_ms)
    show_progress(row, hunt);
}

typedef struct {
  Request *request;
  Doc *rows;
  int count, limit;
  const HuntCase *last;
  gboolean more;
} Listing;

static gboolean add_row(const HuntCase *hunt, void *data) {
  Listing *listing = data;
  if (listing->count == listing->limit) {
    listing->more = TRUE;
    return FALSE;
  }
  hunt_show(listing->request, doc_object(listing->rows, NULL), hunt);
  listing->count++;
  listing->last = hunt;
  return TRUE;
}

static gsize chosen_tab(const Request *request) {
  const char *name = input_text(request, "tab");
  for (gsize i = 0; name && i < G_N_ELEMENTS(TABS); i++)
    if (strcmp(TABS[i].name, name) == 0)
      return i;
  return G_N_ELEMENTS(TABS) - 1;
}

static gboolean add_tabs(Request *request, StoreConn *conn, gsize chosen, Doc *answer, GError **error) {
  Doc *tabs = doc_list(answer, KEY("tabs"));
  for (gsize i = 0; i < G_N_ELEMENTS(TABS); i++) {
    gint64 count = 0;
    if (!hunt_store_count(conn, request->body_id, TABS[i].tab, COUNT_MOST, &count, error))
      return FALSE;
    Doc *row = doc_object(tabs, NULL);
    doc_text(row, KEY("label"), message(request->lang, TABS[i].label));
    doc_text(row, KEY("url"), arena_printf(request->arena, "/san-lung?tab=%s", TABS[i].name));
    doc_text(row, KEY("count"), count == COUNT_MOST ? "1.000+" : arena_printf(request->arena, "%d", (int)count));
    doc_bool(row, KEY("current"), i == chosen);
  }
  return TRUE;
}

static void add_pager(Request *request, const Listing *listing, gsize tab, Doc *answer) {
  const char *base = arena_printf(request->arena, "/san-lung?tab=%s", TABS[tab].name);
  Doc *pager = doc_object(answer, KEY("pager"));
  doc_text(pager, KEY("text"), arena_printf(request->arena, "%d %s", listing->count, message(request->lang, "đợt săn lùng trên trang này")));
  if (input_text(request, "after"))
    doc_text(pager, KEY("previous"), base);
  if (!listing->more)
    return;
  const char *next = arena_printf(request->arena, "%" G_GINT64_FORMAT "_%s", listing->last->created_ms, listing->last->id);
  doc_text(answer, KEY("next"), next);
  doc_text(pager, KEY("next"), arena_printf(request->arena, "%s&after=%s", base, next));
}

static gboolean add_body(const HuntBody *body, void *data) {
  const Listing *listing = data;
  Request *request = listing->request;
  Doc *row = doc_object(listing->rows, NULL);
  doc_text_copy(row, KEY("id"), body->id);
  doc_text_copy(row, KEY("name"), body->name);
  doc_text(row, KEY("count"), arena_printf(request->arena, "%02d/01", (int)body->count));
  doc_text(row, KEY("last"), show_time(request->arena, body->last_ms));
  show_status(request, row, KEY("state"), body->count ? "done" : "wait", body->count ? "Đã săn lùng" : "Chưa săn lùng");
  return TRUE;
}

/* What the body has to prove itself, and how far those below are. */
static gboolean add_duty(Request *request, StoreConn *conn, Doc *answer, GError **error) {
  HuntDutyState state;
  if (!hunt_duty_state(request, request->body_id, &state, error))
    return FALSE;
  hunt_duty_show(request, &state, doc_object(answer, KEY("duty")));
  Listing bodies = {.request = request, .rows = doc_list(answer, KEY("bodies"))};
  if (!hunt_store_bodies(conn, request->body_id, state.from_ms, state.to_ms, BODIES_SHOWN, add_body, &bodies, error))
    return FALSE;
  doc_bool(answer, KEY("has_bodies"), bodies.rows->first != NULL);
  return TRUE;
}

static gboolean list_found(Request *request, StoreConn *conn, Listing *listing, GError **error) {
  const char *const scopes[] = {request->body_id, NULL}, *const types[] = {"hunt", NULL};
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = store_search(conn, input_text(request, "q"), scopes, types, listing->limit, error);
  while (rows && store_step(rows, &failed)) {
    const HuntCase *hunt = hunt_store_get(conn, request->arena, store_text(rows, 1), &failed);
    if (hunt)
      add_row(hunt, listing);
  }
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}

static gboolean split_after(Request *request, HuntQuery *query, GError **error) {
  const char *after = input_text(request, "after");
  g_auto(GStrv) parts = g_strsplit(after ? after : "", "_", 2);
  if (!after)
    return TRUE;
  if (g_strv_length(parts) != 2)
    return request_refuse_field(request, "after", "Trang này không còn; mở lại danh sách.", error);
  query->after_ms = g_ascii_strtoll(parts[0], NULL, 10);
  query->after_id = arena_text(request->arena, parts[1], -1);
  return TRUE;
}

static void add_around(Request *request, const Listing *listing, gsize tab, Doc *answer) {
  if (!listing->count) {
    Doc *empty = doc_object(answer, KEY("empty"));
    gboolean search = input_text(request, "q") != NULL;
    doc_text(empty, KEY("text"), message(request->lang, search ? "Không có đợt săn lùng nào khớp với từ tìm."
                                                        : "Chưa có đợt săn lùng nào ở mục này. Mỗi đợt thử một giả thuyết trên nhật ký đã lưu."));
    if (search) {
      doc_text(empty, KEY("url"), "/san-lung");
      doc_text(empty, KEY("label"), message(request->lang, "Xóa bộ lọc"));
    }
  }
  Doc *filter = doc_object(answer, KEY("filter"));
  doc_text(filter, KEY("action"), "/san-lung");
  if (input_text(request, "q"))
    doc_text(filter, KEY("clear"), "/san-lung");
  show_filter_search(request, doc_list(filter, KEY("fields")), "Tìm đợt săn lùng", "mã, giả thuyết, kết luận");
  add_pager(request, listing, tab, answer);
  if (request_may(request, "hunt.write", request->body_id)) {
    doc_text(answer, KEY("new_url"), "/san-lung/moi");
    form_add(request, answer, KEY("import"), "hunt.import", NULL, "Nhập gói săn lùng");
  }
  if (request_may(request, "log.read", request->body_id))
    doc_text(answer, KEY("search_url"), "/nhat-ky/tim");
}

gboolean hunt_list(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  gsize tab = chosen_tab(request);
  if (!conn || !request_require(request, "hunt.read", request->body_id, error))
    return FALSE;
  Listing listing = {.request = request, .rows = doc_list(answer, KEY("rows")), .limit = (int)input_int(request, "limit", PAGE_ROWS)};
  HuntQuery query = {.body_id = request->body_id, .tab = TABS[tab].tab, .limit = listing.limit + 1};
  if (!split_after(request, &query, error) ||
      !(input_text(request, "q") ? list_found(request, conn, &listing, error)
                                 : hunt_store_list(conn, request->arena, &query, add_row, &listing, error)))
    return FALSE;
  add_around(request, &listing, tab, answer);
  return add_tabs(request, conn, tab, answer, error) && add_duty(request, conn, answer, error);
}
