/* The three-question helper: every criterion, met, not met or unknown, with its article; and the form of the facts. */
#include "base/date.h"
#include "core/form.h"
#include "core/message.h"
#include "module/incident/incident_assess.h"
#include "module/incident/incident_pages.h"
#include <string.h>

static void put_time(json_t *values, const json_t *facts, const char *fact) {
  const char *iso = json_string_value(json_object_get(facts, fact));
  gint64 ms;
  char text[17];
  if (!iso || !date_parse_time(iso, &ms))
    return;
  date_write_time(text, ms);
  json_object_set_new(values, fact, json_string(text));
}

static void put_choice(json_t *values, const char *field, const json_t *fact) {
  if (json_is_boolean(fact))
    json_object_set_new(values, field, json_string(json_is_true(fact) ? "yes" : "no"));
}

static json_t *values_of(const Incident *incident, const json_t *facts) {
  static const char *const TIMES[] = {"detected_at", "told_at", "beyond_capacity_at", "ended_at"};
  static const char *const CHOICES[] = {"owner_can_handle", "personal_data", "serious", "serious_disruption", "national_security", "complex"};
  const json_t *system = json_object_get(facts, "system");
  json_t *values = json_pack("{s:s, s:I, s:s, s:i}", "id", incident->code, "version", (json_int_t)incident->version, "title",
                             incident->title, "harm_asked", 1);
  for (gsize i = 0; i < G_N_ELEMENTS(TIMES); i++)
    put_time(values, facts, TIMES[i]);
  for (gsize i = 0; i < G_N_ELEMENTS(CHOICES); i++)
    put_choice(values, CHOICES[i], json_object_get(facts, CHOICES[i]));
  put_choice(values, "national_list", json_object_get(system, "national_list"));
  if (json_object_get(system, "name"))
    json_object_set(values, "system_name", json_object_get(system, "name"));
  if (json_object_get(system, "level"))
    json_object_set(values, "level", json_object_get(system, "level"));
  return values;
}

static gboolean holds(const json_t *list, const char *text) {
  for (gsize i = 0; i < json_array_size(list); i++)
    if (g_strcmp0(json_string_value(json_array_get(list, i)), text) == 0)
      return TRUE;
  return FALSE;
}

static void add_harms(const Law *law, Doc *form, const json_t *facts) {
  const LawFact *harm = law_find(law->facts, "harm");
  for (guint i = 0; harm && i < harm->values->len; i++) {
    const LawValue *value = g_ptr_array_index(harm->values, i);
    form_option(form, "harm", value->id, value->label, holds(json_object_get(facts, "harm"), value->id));
  }
}

/* Facts that only one regime asks are left out of the other's form. */
static void drop_fields(Doc *form, const char *profile) {
  static const char *const ONLY_2017[] = {"harm", "national_list", "owner_can_handle", NULL};
  static const char *const ONLY_2026[] = {"serious", "serious_disruption", "national_security", "complex", NULL};
  const char *const *dropped = strcmp(profile, "vn-2026") == 0 ? ONLY_2017 : ONLY_2026;
  Doc *fields = (Doc *)(gintptr)doc_get(form, KEY("fields"));
  Doc **link = &fields->first;
  fields->last = NULL;
  while (*link) {
    if (g_strv_contains(dropped, doc_get_text(*link, KEY("name")))) {
      *link = (*link)->next;
      continue;
    }
    fields->last = *link;
    link = &(*link)->next;
  }
}

static const char *css_of(const char *result) {
  return strcmp(result, "đạt") == 0 ? "doing" : strcmp(result, "không đạt") == 0 ? "none" : "wait";
}

static void add_why(Doc *answer, const json_t *assessment) {
  Doc *list = doc_list(answer, KEY("criteria"));
  const json_t *why = json_object_get(assessment, "why");
  for (gsize i = 0; i < json_array_size(why); i++) {
    const json_t *line = json_array_get(why, i);
    const char *result = json_string_value(json_object_get(line, "result"));
    Doc *row = doc_object(list, NULL);
    doc_text_copy(row, KEY("name"), json_string_value(json_object_get(line, "criterion")));
    doc_text_copy(row, KEY("basis"), json_string_value(json_object_get(line, "basis")));
    doc_text_copy(row, KEY("reading"), json_string_value(json_object_get(line, "reading")));
    Doc *state = doc_object(row, KEY("state"));
    doc_text(state, KEY("class"), css_of(result));
    doc_text_copy(state, KEY("label"), result);
  }
  doc_json(answer, KEY("notes"), json_object_get(assessment, "notes"));
  doc_json(answer, KEY("clocks"), json_object_get(assessment, "clocks"));
}

gboolean incident_classify_form(Request *request, Doc *answer, GError **error) {
  const Incident *incident = incident_load(request, "incident.read", error);
  json_t *facts = incident ? json_loads(incident->facts, 0, NULL) : NULL;
  gboolean decided = incident && strcmp(incident->severity_by, "person") == 0;
  json_t *assessment = facts ? incident_assess(request->app->law, facts, NULL, error) : NULL;
  if (assessment) {
    json_t *values = values_of(incident, facts);
    Doc *form = form_add(request, answer, KEY("form"), "incident.classify", values, "Lưu và tính lại");
    incident_add_kinds(request, form, "kinds", json_object_get(facts, "kinds"));
    add_harms(request->app->law, form, facts);
    drop_fields(form, incident->profile);
    json_decref(values);
    doc_text(answer, KEY("code"), incident->code);
    doc_text(answer, KEY("back_url"), arena_printf(request->arena, "/su-co/%s", incident->code));
    doc_text(answer, KEY("severity"), incident_severity_label(request->app->law, incident));
    doc_text_copy(answer, KEY("by_criteria"), json_string_value(json_object_get(assessment, "severity")));
    doc_text(answer, KEY("decided"), decided ? incident->severity_reason : NULL);
    doc_int(answer, KEY("version"), incident->version);
    add_why(answer, assessment);
  }
  json_decref(facts);
  json_decref(assessment);
  return assessment != NULL;
}
