/* What the facts, the level and the deadlines were at each assessment, and what was changed by it. */
#include "base/date.h"
#include "core/message.h"
#include "module/incident/incident_pages.h"
#include <string.h>

static const char *shown_time(Request *request, const char *iso) {
  gint64 ms = 0;
  return iso && date_parse_time(iso, &ms) ? incident_moment(request->arena, ms) : message(request->lang, "chưa xác định");
}

static const Doc *find_clock(const Doc *clocks, const char *id) {
  for (const Doc *clock = clocks ? clocks->first : NULL; clock; clock = clock->next)
    if (g_strcmp0(doc_get_text(clock, KEY("id")), id) == 0)
      return clock;
  return NULL;
}

static const Doc *member(const Doc *object, const char *key) {
  const Doc *found = object ? doc_get(object, key) : NULL;
  return found && (found->type == DOC_OBJECT || found->type == DOC_LIST) ? found : NULL;
}

static const char *text_or(const Doc *object, const char *key, const char *absent) {
  const char *text = object ? doc_get_text(object, key) : NULL;
  return text ? text : absent;
}

/* Each deadline with what it was before; then those that are no longer due. */
static void show_clocks(Request *request, const Doc *now, const Doc *before, Doc *list) {
  for (const Doc *clock = now ? now->first : NULL; clock; clock = clock->next) {
    const Doc *old = find_clock(before, doc_get_text(clock, KEY("id")));
    const char *due = doc_get_text(clock, KEY("due")), *was = old ? doc_get_text(old, KEY("due")) : NULL;
    Doc *row = doc_object(list, NULL);
    doc_text(row, KEY("what"), doc_get_text(clock, KEY("what")));
    doc_text(row, KEY("due"), shown_time(request, due));
    doc_text(row, KEY("was"), old && g_strcmp0(due, was) != 0 ? shown_time(request, was) : NULL);
    doc_bool(row, KEY("added"), before && !old);
    doc_bool(row, KEY("gone"), FALSE);
  }
  for (const Doc *clock = before ? before->first : NULL; clock; clock = clock->next) {
    if (find_clock(now, doc_get_text(clock, KEY("id"))))
      continue;
    Doc *row = doc_object(list, NULL);
    doc_text(row, KEY("what"), doc_get_text(clock, KEY("what")));
    doc_text(row, KEY("was"), shown_time(request, doc_get_text(clock, KEY("due"))));
    doc_bool(row, KEY("added"), FALSE);
    doc_bool(row, KEY("gone"), TRUE);
  }
}

static void show_fact(Request *request, Doc *list, const char *label, const char *now, const char *was) {
  Doc *row = doc_object(list, NULL);
  doc_text(row, KEY("label"), message(request->lang, label));
  doc_text(row, KEY("value"), now);
  doc_text(row, KEY("was"), was && strcmp(was, now) != 0 ? was : NULL);
}

static const char *level_of(Request *request, const Doc *facts) {
  const Doc *system = member(facts, KEY("system")), *level = system ? doc_get(system, KEY("level")) : NULL;
  return level && level->type == DOC_INT ? arena_printf(request->arena, "%d", (int)level->number) : message(request->lang, "chưa rõ");
}

/* Rows come newest first: the one before in time is the next in the list. */
void incident_shape_assessments(Request *request, Doc *list) {
  for (Doc *row = list->first; row; row = row->next) {
    const Doc *facts = member(row, KEY("facts")), *answer = member(row, KEY("answer"));
    const Doc *old_facts = row->next ? member(row->next, KEY("facts")) : NULL, *old_answer = row->next ? member(row->next, KEY("answer")) : NULL;
    Doc *changes = doc_list(row, KEY("shown_facts"));
    show_fact(request, changes, "Phát hiện", shown_time(request, text_or(facts, KEY("detected_at"), NULL)),
              old_facts ? shown_time(request, text_or(old_facts, KEY("detected_at"), NULL)) : NULL);
    show_fact(request, changes, "Mức", text_or(answer, KEY("severity"), ""), old_answer ? text_or(old_answer, KEY("severity"), "") : NULL);
    show_fact(request, changes, "Cấp độ", level_of(request, facts), old_facts ? level_of(request, old_facts) : NULL);
    show_clocks(request, member(answer, KEY("clocks")), member(old_answer, KEY("clocks")), doc_list(row, KEY("shown_clocks")));
  }
}
