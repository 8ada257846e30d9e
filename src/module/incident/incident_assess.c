#include "module/incident/incident_assess.h"
#include "base/error.h"
#include <string.h>

typedef struct {
  const Law *law;
  json_t *facts;
  const LawProfile *profile;
  const LawSeverity *severity;
  Day day; /* of detection: it settles which law is in force */
} Case;

/* What a person has decided goes before what the criteria give. */
static const LawSeverity *decided_severity(const Case *c, const char *decided) {
  for (guint i = 0; decided && i < c->law->severities->len; i++) {
    const LawSeverity *severity = g_ptr_array_index(c->law->severities, i);
    if (strcmp(severity->rule.id, decided) == 0 && law_in_force(&severity->rule, c->profile, c->day))
      return severity;
  }
  return law_severity(c->law, c->facts, c->profile, c->day);
}

static gboolean case_open(Case *c, const Law *law, json_t *facts, const char *decided, GError **error) {
  gint64 detected_ms = json_integer_value(json_object_get(facts, "detected_at"));
  *c = (Case){.law = law, .facts = facts, .day = day_at(detected_ms)};
  c->profile = law_profile_at(law, c->day);
  if (!c->profile) {
    g_set_error(error, APP_ERROR, ERROR_REFUSED,
                "Chưa có quy định nào trong dữ liệu có hiệu lực vào ngày phát hiện sự cố.");
    return FALSE;
  }
  c->severity = decided_severity(c, decided);
  if (c->severity)
    json_object_set_new(facts, "severity", json_string(c->severity->rule.id));
  return TRUE;
}

static gboolean case_has(const Case *c, const LawRule *rule) {
  return law_in_force(rule, c->profile, c->day) &&
         law_evaluate(c->law, rule->when, c->facts, c->profile, c->day, NULL) == LAW_MET;
}

static json_t *text_or_null(const char *text) {
  return text ? json_string(text) : json_null();
}

static json_t *text_list(const GPtrArray *texts) {
  json_t *list = json_array();
  for (guint i = 0; i < texts->len; i++)
    json_array_append_new(list, json_string(g_ptr_array_index(texts, i)));
  return list;
}

static json_t *basis_of(const LawRule *rule) {
  g_autofree char *text = law_basis_text(rule);
  return *text ? json_string(text) : json_null();
}

/* ---- clocks ---- */

static IncidentClock clock_start(const Case *c, const LawClock *clock) {
  const json_t *start = clock->starts ? json_object_get(c->facts, clock->starts) : NULL;
  gint64 offset_ms = clock->days * DAY_MS + clock->hours * HOUR_MS;
  return (IncidentClock){clock, json_is_integer(start), json_integer_value(start) + offset_ms};
}

static GArray *clocks_of(const Case *c) {
  GArray *clocks = g_array_new(FALSE, FALSE, sizeof(IncidentClock));
  for (guint i = 0; i < c->law->clocks->len; i++) {
    const LawClock *clock = g_ptr_array_index(c->law->clocks, i);
    IncidentClock started = clock_start(c, clock);
    if (case_has(c, &clock->rule))
      g_array_append_val(clocks, started);
  }
  return clocks;
}

static json_t *clock_write(const Case *c, const IncidentClock *started) {
  const LawClock *clock = started->clock;
  const LawForm *form = clock->form ? law_find(c->law->forms, clock->form) : NULL;
  char due[26];
  date_write_iso(due, started->due_ms);
  json_t *item = json_object();
  json_object_set_new(item, "id", json_string(clock->rule.id));
  json_object_set_new(item, "what", json_string(clock->what));
  json_object_set_new(item, "due", text_or_null(started->due_known ? due : NULL));
  json_object_set_new(item, "at_once", json_boolean(clock->at_once));
  json_object_set_new(item, "sender", json_string(clock->sender));
  json_object_set_new(item, "to", text_list(clock->to));
  json_object_set_new(item, "form", text_or_null(!form ? NULL : form->number ? form->number : form->name));
  json_object_set_new(item, "basis", basis_of(&clock->rule));
  return item;
}

static json_t *clocks_write(const Case *c, const GArray *clocks) {
  json_t *list = json_array();
  for (guint i = 0; i < clocks->len; i++)
    json_array_append_new(list, clock_write(c, &g_array_index(clocks, IncidentClock, i)));
  return list;
}

/* ---- why ---- */

static const char *truth_word(LawTruth truth) {
  return truth == LAW_MET ? "đạt" : truth == LAW_NOT_MET ? "không đạt" : "chưa rõ";
}

static json_t *why_write(const Case *c) {
  json_t *why = json_array();
  for (guint i = 0; i < c->law->criteria->len; i++) {
    const LawCriterion *criterion = g_ptr_array_index(c->law->criteria, i);
    if (!law_in_force(&criterion->rule, c->profile, c->day))
      continue;
    LawTruth truth = law_evaluate(c->law, criterion->rule.when, c->facts, c->profile, c->day, NULL);
    json_t *line = json_object();
    json_object_set_new(line, "criterion", json_string(criterion->name));
    json_object_set_new(line, "result", json_string(truth_word(truth)));
    json_object_set_new(line, "basis", basis_of(&criterion->rule));
    if (criterion->rule.reading)
      json_object_set_new(line, "reading", json_string(criterion->rule.reading));
    json_array_append_new(why, line);
  }
  return why;
}

/* ---- workflow ---- */

static json_t *step_write(const LawStep *step) {
  json_t *item = json_object();
  json_object_set_new(item, "id", json_string(step->rule.id));
  json_object_set_new(item, "group", text_or_null(step->group));
  json_object_set_new(item, "name", json_string(step->name));
  json_object_set_new(item, "lead", text_list(step->lead));
  json_object_set_new(item, "partners", text_list(step->partners));
  json_object_set_new(item, "optional", json_boolean(step->optional));
  json_object_set_new(item, "content", json_string(step->content));
  json_object_set_new(item, "output", text_or_null(step->output));
  json_object_set_new(item, "form", text_or_null(step->form));
  json_object_set_new(item, "back_to", text_list(step->back_to));
  json_object_set_new(item, "basis", basis_of(&step->rule));
  return item;
}

static json_t *workflow_write(const Case *c) {
  for (guint i = 0; c->severity && i < c->law->workflows->len; i++) {
    const LawWorkflow *workflow = g_ptr_array_index(c->law->workflows, i);
    if (strcmp(workflow->severity, c->severity->rule.id) != 0 || !case_has(c, &workflow->rule))
      continue;
    gboolean suggestion =
        g_ptr_array_find_with_equal_func(workflow->suggested_in, c->profile->rule.id, g_str_equal, NULL);
    json_t *item = json_object();
    json_object_set_new(item, "id", json_string(workflow->rule.id));
    json_object_set_new(item, "name", json_string(workflow->name));
    json_object_set_new(item, "basis", basis_of(&workflow->rule));
    json_object_set_new(item, "suggestion", json_boolean(suggestion));
    json_t *steps = json_array();
    for (guint j = 0; j < workflow->steps->len; j++)
      json_array_append_new(steps, step_write(g_ptr_array_index(workflow->steps, j)));
    json_object_set_new(item, "steps", steps);
    return item;
  }
  return json_null();
}

/* ---- notes ---- */

static void note_add(json_t *notes, const char *text, const char *ground) {
  g_autofree char *line = ground && *ground ? g_strdup_printf("%s (%s)", text, ground) : g_strdup(text);
  json_array_append_new(notes, json_string(line));
}

static gboolean group_is_listed(const Law *law, const char *name) {
  for (guint i = 0; i < law->kind_groups->len; i++) {
    const LawKindGroup *group = g_ptr_array_index(law->kind_groups, i);
    if (strcmp(group->name, name) == 0 || strcmp(group->rule.id, name) == 0)
      return TRUE;
  }
  return FALSE;
}

static void note_name(json_t *notes, const char *what, const char *name) {
  g_autofree char *text = g_strjoin("", what, " “", name, "”", NULL);
  note_add(notes, text, NULL);
}

static void note_unlisted(const Case *c, json_t *notes) {
  const char *group = json_string_value(json_object_get(c->facts, "group"));
  if (group && !group_is_listed(c->law, group))
    note_name(notes, "Danh mục không có nhóm nguyên nhân", group);
  const json_t *kinds = json_object_get(c->facts, "kinds");
  for (gsize i = 0; i < json_array_size(kinds); i++) {
    const char *kind = json_string_value(json_array_get(kinds, i));
    if (!law_find_kind(c->law, kind, NULL))
      note_name(notes, "Danh mục không có loại sự cố", kind);
  }
}

static void note_rules(const Case *c, json_t *notes) {
  for (guint i = 0; i < c->law->notes->len; i++) {
    const LawNote *note = g_ptr_array_index(c->law->notes, i);
    if (!case_has(c, &note->rule))
      continue;
    g_autofree char *basis = law_basis_text(&note->rule);
    note_add(notes, note->text, *basis ? basis : note->rule.reading);
  }
}

/* How the text of a listed clock is understood, where it leaves something open. */
static void note_readings(const GArray *clocks, json_t *notes) {
  for (guint i = 0; i < clocks->len; i++) {
    const LawClock *clock = g_array_index(clocks, IncidentClock, i).clock;
    if (clock->rule.reading)
      note_add(notes, clock->what, clock->rule.reading);
  }
}

static json_t *notes_write(const Case *c, const GArray *clocks, const GPtrArray *unused) {
  json_t *notes = json_array();
  note_rules(c, notes);
  note_readings(clocks, notes);
  note_unlisted(c, notes);
  for (guint i = 0; i < unused->len; i++)
    note_name(notes, "Không dùng đến dữ kiện", g_ptr_array_index(unused, i));
  return notes;
}

/* ---- the answer ---- */

static gboolean check_order(const json_t *facts, GError **error) {
  const json_t *ended = json_object_get(facts, "ended_at");
  if (!json_is_integer(ended) || json_integer_value(ended) >= json_integer_value(json_object_get(facts, "detected_at")))
    return TRUE;
  g_set_error(error, APP_ERROR, ERROR_INVALID,
              "Thời điểm kết thúc (ended_at) trước thời điểm phát hiện (detected_at).");
  return FALSE;
}

static json_t *case_write(const Case *c, const GPtrArray *unused) {
  g_autoptr(GArray) clocks = clocks_of(c);
  json_t *answer = json_object();
  json_object_set_new(answer, "profile", json_string(c->profile->rule.id));
  json_object_set_new(answer, "severity", text_or_null(c->severity ? c->severity->name : NULL));
  if (c->severity && c->severity->confirmed_by)
    json_object_set_new(answer, "proposed", json_true());
  json_object_set_new(answer, "why", why_write(c));
  json_object_set_new(answer, "workflow", workflow_write(c));
  json_object_set_new(answer, "notes", notes_write(c, clocks, unused));
  json_object_set_new(answer, "clocks", clocks_write(c, clocks));
  return answer;
}

json_t *incident_assess(const Law *law, const json_t *facts, const char *decided, GError **error) {
  g_autoptr(GPtrArray) unused = g_ptr_array_new_with_free_func(g_free);
  json_t *read = law_facts_read(law, facts, unused, error);
  Case c;
  json_t *answer = read && check_order(read, error) && case_open(&c, law, read, decided, error) ? case_write(&c, unused) : NULL;
  json_decref(read);
  return answer;
}

GArray *incident_clocks(const Law *law, json_t *facts, const char *decided, GError **error) {
  Case c;
  return case_open(&c, law, facts, decided, error) ? clocks_of(&c) : NULL;
}
