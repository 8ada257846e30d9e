/* The ruler of deadlines over the page of a case: drawn as SVG by incident/ruler.html. */
#include "base/date.h"
#include "core/message.h"
#include "module/incident/incident_pages.h"
#include <string.h>

int incident_ruler_place(gint64 from_ms, gint64 to_ms, gint64 at_ms) {
  if (to_ms <= from_ms)
    return 0;
  return (int)(CLAMP(at_ms - from_ms, 0, to_ms - from_ms) * 1000 / (to_ms - from_ms));
}

static const char *percent(Arena *arena, int place) {
  return arena_printf(arena, "%d.%d%%", place / 10, place % 10);
}

static void add_text(Request *request, Doc *texts, int place, int y, const char *css, const char *text) {
  Doc *row = doc_object(texts, NULL);
  doc_text(row, KEY("x"), percent(request->arena, place));
  doc_int(row, KEY("y"), y);
  doc_text(row, KEY("anchor"), place < 150 ? "start" : place > 850 ? "end" : "middle");
  doc_text(row, KEY("class"), css);
  doc_text(row, KEY("text"), text);
}

static void add_line(Request *request, Doc *lines, const char *css, int from, int to) {
  Doc *row = doc_object(lines, NULL);
  doc_text(row, KEY("class"), css);
  doc_text(row, KEY("x1"), percent(request->arena, from));
  doc_text(row, KEY("x2"), percent(request->arena, to));
}

static const char *dot_css(const Request *request, const IncidentNotice *notice) {
  if (strcmp(notice->state, "unsent") != 0)
    return "sent";
  return incident_due_css(notice->due_ms, request->now_ms);
}

static gboolean counts(const IncidentNotice *notice) {
  return notice->due_ms && strcmp(notice->state, "void") != 0;
}

static void find_ends(const GPtrArray *notices, gint64 *out_last_ms, const IncidentNotice **out_next) {
  for (guint i = 0; i < notices->len; i++) {
    const IncidentNotice *notice = g_ptr_array_index(notices, i);
    if (!counts(notice))
      continue;
    *out_last_ms = MAX(*out_last_ms, notice->due_ms);
    if (strcmp(notice->state, "unsent") == 0 && (!*out_next || notice->due_ms < (*out_next)->due_ms))
      *out_next = notice;
  }
}

static const char *short_time(Arena *arena, gint64 ms) {
  const char *text = incident_moment(arena, ms);
  return arena_text(arena, text, 11); /* 14:35 21/11 */
}

static void add_next(Request *request, Doc *ruler, Doc *texts, const IncidentNotice *next, int place, int now) {
  char left[80];
  const char *css = incident_due_css(next->due_ms, request->now_ms);
  date_write_countdown(left, next->due_ms, request->now_ms);
  doc_text_copy(ruler, KEY("left"), left);
  add_text(request, texts, place, 16, arena_printf(request->arena, "b %s", css), arena_text(request->arena, left, -1));
  if (place > now)
    add_line(request, doc_list(ruler, KEY("near")), "near", now, place);
}

void incident_add_ruler(Request *request, Doc *answer, const Incident *incident, const GPtrArray *notices) {
  gint64 from_ms = incident->detected_ms, to_ms = from_ms;
  const IncidentNotice *next = NULL;
  find_ends(notices, &to_ms, &next);
  if (to_ms == from_ms)
    return;
  Doc *ruler = doc_object(answer, KEY("ruler"));
  int now = incident_ruler_place(from_ms, to_ms, request->now_ms);
  Doc *dots = doc_list(ruler, KEY("dots")), *texts = doc_list(ruler, KEY("texts"));
  doc_text(ruler, KEY("from"), incident_moment(request->arena, from_ms));
  doc_text(ruler, KEY("to"), incident_moment(request->arena, to_ms));
  doc_text(ruler, KEY("now"), percent(request->arena, now));
  for (guint i = 0; i < notices->len; i++) {
    const IncidentNotice *notice = g_ptr_array_index(notices, i);
    if (!counts(notice))
      continue;
    Doc *dot = doc_object(dots, NULL);
    doc_text(dot, KEY("class"), dot_css(request, notice));
    doc_text(dot, KEY("cx"), percent(request->arena, CLAMP(incident_ruler_place(from_ms, to_ms, notice->due_ms), 5, 995)));
    doc_text(dot, KEY("what"), notice->what);
  }
  if (now > 200)
    add_text(request, texts, 0, 62, "wide", short_time(request->arena, from_ms));
  if (now < 800)
    add_text(request, texts, 1000, 62, "", short_time(request->arena, to_ms));
  add_text(request, texts, now, 62, "b", message(request->lang, "bây giờ"));
  if (next)
    add_next(request, ruler, texts, next, incident_ruler_place(from_ms, to_ms, next->due_ms), now);
}
