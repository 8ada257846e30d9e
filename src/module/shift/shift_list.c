/* The roster of the next seven days, who is on duty now, and where nobody is. */
#include "base/date.h"
#include "core/form.h"
#include "core/history.h"
#include "core/message.h"
#include "core/show.h"
#include "module/shift/shift_store.h"
#include <string.h>

typedef struct {
  gint64 from_ms, until_ms;
  const Shift *shift;
} Span;

static int compare_spans(const void *a, const void *b) {
  const Span *one = a, *other = b;
  return one->from_ms < other->from_ms ? -1 : one->from_ms > other->from_ms;
}

/* Every time of every shift that touches the range, in order. */
static GArray *spans_of(const GPtrArray *shifts, gint64 from_ms, gint64 until_ms) {
  GArray *spans = g_array_new(FALSE, FALSE, sizeof(Span));
  for (guint i = 0; i < shifts->len; i++) {
    const Shift *shift = g_ptr_array_index(shifts, i);
    gint64 passed = shift->weekly && from_ms > shift->until_ms ? (from_ms - shift->until_ms) / WEEK_MS : 0;
    Span span = {shift->from_ms + passed * WEEK_MS, shift->until_ms + passed * WEEK_MS, shift};
    do {
      if (span.until_ms > from_ms && span.from_ms < until_ms)
        g_array_append_val(spans, span);
      span.from_ms += WEEK_MS;
      span.until_ms += WEEK_MS;
    } while (shift->weekly && span.from_ms < until_ms);
  }
  g_array_sort(spans, compare_spans);
  return spans;
}

static const char *moment(Arena *arena, gint64 ms) {
  char text[17];
  date_write_time(text, ms);
  return arena_text(arena, text, -1);
}

/* The first time from now on when nobody is on duty; NULL: always somebody. */
static const char *first_gap(Request *request, const GArray *spans, gint64 until_ms) {
  gint64 covered_ms = request->now_ms;
  for (guint i = 0; i < spans->len; i++) {
    const Span *span = &g_array_index(spans, Span, i);
    if (span->from_ms > covered_ms)
      return arena_printf(request->arena, "%s – %s", moment(request->arena, covered_ms), moment(request->arena, span->from_ms));
    covered_ms = MAX(covered_ms, span->until_ms);
  }
  return covered_ms >= until_ms ? NULL : arena_printf(request->arena, "%s %s", message(request->lang, "từ"), moment(request->arena, covered_ms));
}

static void fill(Request *request, const Shift *shift, Doc *row) {
  doc_text(row, KEY("id"), shift->id);
  doc_text(row, KEY("url"), arena_printf(request->arena, "/ca-truc/%s", shift->id));
  doc_text(row, KEY("name"), shift->name);
  doc_text(row, KEY("phone"), shift->phone);
  doc_text(row, KEY("tel"), show_tel(request->arena, shift->phone));
  doc_text(row, KEY("email"), *shift->email ? shift->email : NULL);
  doc_text(row, KEY("note"), *shift->note ? shift->note : NULL);
  doc_text(row, KEY("body"), shift->body_name);
  doc_bool(row, KEY("weekly"), shift->weekly);
}

static void show_span(Request *request, const Span *span, Doc *list) {
  Doc *row = doc_object(list, NULL);
  char from[6], day[11];
  date_write_clock(from, span->from_ms);
  date_write_day(day, span->from_ms);
  gboolean now = span->from_ms <= request->now_ms && span->until_ms > request->now_ms;
  fill(request, span->shift, row);
  const char *weekday = day_weekday_name(day_at(span->from_ms)); /* "thứ Bảy" begins the line here */
  doc_text(row, KEY("day"), arena_printf(request->arena, "%c%s, %s", g_ascii_toupper(*weekday), weekday + 1, day));
  doc_text(row, KEY("from"), arena_text(request->arena, from, -1));
  doc_text(row, KEY("until"), moment(request->arena, span->until_ms));
  doc_bool(row, KEY("now"), now);
}

static gboolean show_handovers(Request *request, StoreConn *conn, Doc *answer, GError **error) {
  g_autoptr(GPtrArray) found = shift_store_handovers(conn, request->arena, request->body_id, error);
  Doc *list = doc_list(answer, KEY("handovers"));
  for (guint i = 0; found && i < found->len; i++) {
    const Handover *handover = g_ptr_array_index(found, i);
    Doc *row = doc_object(list, NULL);
    doc_text(row, KEY("at"), moment(request->arena, handover->at_ms));
    doc_text(row, KEY("author"), handover->author);
    doc_text(row, KEY("to"), *handover->to_name ? handover->to_name : NULL);
    doc_text(row, KEY("text"), handover->text);
  }
  return found != NULL;
}

static gboolean show_now(Request *request, StoreConn *conn, Doc *answer, GError **error) {
  GError *failed = NULL;
  const Shift *now = shift_at(conn, request->arena, request->body_id, request->now_ms, &failed);
  if (failed)
    g_propagate_error(error, failed);
  if (!now)
    return !failed;
  Doc *row = doc_object(answer, KEY("now"));
  fill(request, now, row);
  doc_text(row, KEY("until"), moment(request->arena, shift_end_ms(now, request->now_ms)));
  return TRUE;
}

static void add_forms(Request *request, Doc *answer) {
  Doc *actions = doc_list(answer, KEY("actions"));
  if (request_may(request, "shift.handover", request->body_id))
    form_add(request, actions, NULL, "shift.handover", NULL, "Ghi bàn giao ca");
  if (!request_may(request, "shift.write", request->body_id))
    return;
  char from[17], until[17];
  gint64 day_ms = day_start_ms(day_at(request->now_ms));
  date_write_time(from, day_ms + 8 * HOUR_MS);
  date_write_time(until, day_ms + 32 * HOUR_MS);
  json_t *values = json_pack("{s:s, s:s}", "from", from, "until", until);
  form_add(request, actions, NULL, "shift.add", values, "Thêm ca trực");
  json_decref(values);
}

gboolean shift_list(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  gint64 until_ms = request->now_ms + WEEK_MS;
  if (!conn || !request_require(request, "shift.read", request->body_id, error) || !show_now(request, conn, answer, error))
    return FALSE;
  g_autoptr(GPtrArray) shifts = shift_store_of_body(conn, request->arena, request->body_id, request->now_ms, error);
  if (!shifts)
    return FALSE;
  g_autoptr(GArray) spans = spans_of(shifts, request->now_ms, until_ms);
  Doc *rows = doc_list(answer, KEY("rows"));
  for (guint i = 0; i < spans->len; i++)
    show_span(request, &g_array_index(spans, Span, i), rows);
  doc_text(answer, KEY("gap"), spans->len ? first_gap(request, spans, until_ms) : NULL);
  doc_text(answer, KEY("board_url"), "/");
  if (request->face == FACE_WEB)
    add_forms(request, answer);
  return show_handovers(request, conn, answer, error);
}

/* --- one shift --- */

gboolean shift_view(Request *request, Doc *answer, GError **error) {
  const Shift *shift = shift_require(request, "shift.read", error);
  if (!shift)
    return FALSE;
  Doc *row = doc_object(answer, KEY("shift"));
  fill(request, shift, row);
  doc_text(row, KEY("from"), moment(request->arena, shift->from_ms));
  doc_text(row, KEY("until"), moment(request->arena, shift->until_ms));
  show_status(request, row, KEY("state"), shift->ended_ms ? "none" : "doing", shift->ended_ms ? "Đã thôi" : "Đang hiệu lực");
  doc_text(answer, KEY("page_title"), shift->name);
  doc_text(answer, KEY("list_url"), "/ca-truc");
  doc_int(answer, KEY("version"), shift->version);
  if (!history_list(request, "shift", shift->id, doc_list(answer, KEY("history")), error))
    return FALSE;
  if (request->face != FACE_WEB || !request_may(request, "shift.write", shift->body_id))
    return TRUE;
  json_t *values = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:I}", "id", shift->id, "name", shift->name, "phone", shift->phone,
                             "email", shift->email, "note", shift->note, "from", moment(request->arena, shift->from_ms), "until",
                             moment(request->arena, shift->until_ms), "weekly", shift->weekly, "version", (json_int_t)shift->version);
  Doc *buttons = doc_list(answer, KEY("buttons"));
  if (!shift->ended_ms)
    form_add(request, answer, KEY("form"), "shift.edit", values, "Lưu");
  form_add(request, buttons, NULL, shift->ended_ms ? "shift.resume" : "shift.end", values, shift->ended_ms ? "Tiếp tục ca này" : "Thôi ca này");
  json_decref(values);
  return TRUE;
}
