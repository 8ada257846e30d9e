/* What a case knows of each field of the forms: one table, first row that gives a value wins. */
#include "base/date.h"
#include "module/incident/form_private.h"
#include <string.h>

/* Makes the value of a field from what stands at the row's path; NULL: none. */
typedef json_t *(*ConvertFunc)(const json_t *found, const LawField *field, const char *arg);

static json_t *new_text(GString *text) {
  json_t *value = text->len ? json_stringn(text->str, text->len) : NULL;
  g_string_free(text, TRUE);
  return value;
}

static void add_part(GString *out, const char *between, const char *part) {
  if (*part)
    g_string_append_printf(out, "%s%s", out->len ? between : "", part);
}

/* ---- single values ---- */

static json_t *copy(const json_t *found, const LawField *field G_GNUC_UNUSED, const char *arg G_GNUC_UNUSED) {
  return json_deep_copy(found);
}

static json_t *iso_time(const json_t *found, const LawField *field G_GNUC_UNUSED, const char *arg G_GNUC_UNUSED) {
  char iso[26];
  if (!json_integer_value(found))
    return NULL;
  date_write_iso(iso, json_integer_value(found));
  return json_string(iso);
}

static json_t *iso_day(const json_t *found, const LawField *field G_GNUC_UNUSED, const char *arg G_GNUC_UNUSED) {
  char day[11];
  if (!json_integer_value(found))
    return NULL;
  date_write_iso_day(day, json_integer_value(found));
  return json_string(day);
}

static json_t *clock_time(const json_t *found, const LawField *field G_GNUC_UNUSED, const char *arg G_GNUC_UNUSED) {
  char clock[6];
  if (!json_integer_value(found))
    return NULL;
  date_write_clock(clock, json_integer_value(found));
  return json_string(clock);
}

static json_t *option(const LawField *field, gsize index) {
  return index < field->options->len ? json_string(g_ptr_array_index(field->options, index)) : NULL;
}

static json_t *level_option(const json_t *found, const LawField *field, const char *arg G_GNUC_UNUSED) {
  gint64 level = json_integer_value(found);
  return level >= 1 ? option(field, (gsize)level - 1) : NULL;
}

/* The case itself is found; handled once it has ended. */
static json_t *handled_option(const json_t *found, const LawField *field, const char *arg G_GNUC_UNUSED) {
  return option(field, form_int(found, "ended_ms") ? 0 : 1);
}

/* ---- several texts as one ---- */

static json_t *joined(const json_t *found, const LawField *field G_GNUC_UNUSED, const char *between) {
  GString *out = g_string_new(NULL);
  const json_t *item = NULL;
  gsize i = 0;
  json_array_foreach(found, i, item)
    add_part(out, between, json_is_string(item) ? json_string_value(item) : "");
  return new_text(out);
}

static json_t *public_addresses(const json_t *found, const LawField *field, const char *between) {
  json_t *left = json_array();
  const json_t *item = NULL;
  gsize i = 0;
  json_array_foreach(found, i, item)
    if (json_is_string(item) && form_address_is_public(json_string_value(item)))
      json_array_append_new(left, json_deep_copy(item));
  json_t *value = joined(left, field, between);
  json_decref(left);
  return value;
}

static json_t *system_with_addresses(const json_t *found, const LawField *field, const char *between) {
  GString *out = g_string_new(form_text(found, "name"));
  json_t *domains = joined(json_object_get(found, "domains"), field, between);
  json_t *addresses = public_addresses(json_object_get(found, "addresses"), field, between);
  add_part(out, "; ", domains ? json_string_value(domains) : "");
  add_part(out, "; ", addresses ? json_string_value(addresses) : "");
  json_decref(domains);
  json_decref(addresses);
  return new_text(out);
}

static json_t *system_with_level(const json_t *found, const LawField *field G_GNUC_UNUSED, const char *arg G_GNUC_UNUSED) {
  GString *out = g_string_new(form_text(found, "name"));
  gint64 level = form_int(found, "level");
  if (out->len && level >= 1 && level <= 5)
    g_string_append_printf(out, ", cấp độ %" G_GINT64_FORMAT, level);
  return new_text(out);
}

static json_t *code_and_title(const json_t *found, const LawField *field G_GNUC_UNUSED, const char *arg G_GNUC_UNUSED) {
  GString *out = g_string_new(form_text(found, "code"));
  add_part(out, ": ", form_text(found, "title"));
  return new_text(out);
}

static json_t *person_line(const json_t *found, const LawField *field G_GNUC_UNUSED, const char *arg G_GNUC_UNUSED) {
  static const char *const KEYS[] = {"name", "title", "phone", "email"};
  GString *out = g_string_new(NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(KEYS); i++)
    add_part(out, ", ", form_text(found, KEYS[i]));
  return new_text(out);
}

static const json_t *find_party(const json_t *parties, const char *actor) {
  const json_t *party = NULL;
  gsize i = 0;
  json_array_foreach(parties, i, party)
    if (strcmp(form_text(party, "actor"), actor) == 0 && *form_text(party, "name"))
      return party;
  return NULL;
}

static json_t *party_name(const json_t *found, const LawField *field G_GNUC_UNUSED, const char *actor) {
  const json_t *party = find_party(found, actor);
  return party ? json_string(form_text(party, "name")) : NULL;
}

/* Of companies a plan says the kind, "doanh nghiệp viễn thông": only who was named for this case is a name. */
static json_t *named_party(const json_t *found, const LawField *field G_GNUC_UNUSED, const char *actor) {
  const json_t *party = find_party(found, actor);
  return party && strcmp(form_text(party, "ground"), "plan") != 0 ? json_string(form_text(party, "name")) : NULL;
}

/* ---- lists as lines ---- */

typedef gboolean (*LineFunc)(const json_t *row, GString *line);

static json_t *lines(const json_t *list, LineFunc write) {
  GString *out = g_string_new(NULL);
  g_autoptr(GString) line = g_string_new(NULL);
  const json_t *row = NULL;
  gsize i = 0, count = 0;
  json_array_foreach(list, i, row) {
    g_string_truncate(line, 0);
    if (!write(row, line))
      continue;
    g_string_append_printf(out, "%s- %s", out->len ? "\n" : "", line->str);
    count++;
  }
  if (count == 1) /* one thing is no list */
    g_string_erase(out, 0, 2);
  return new_text(out);
}

static gboolean named(const json_t *row, GString *line, const char *first, const char *second) {
  g_string_append(line, form_text(row, first));
  add_part(line, ": ", form_text(row, second));
  return line->len > 0;
}

static gboolean system_line(const json_t *row, GString *line) {
  return named(row, line, "name", "impact");
}

static gboolean log_line(const json_t *row, GString *line) {
  char at[17];
  g_string_append(line, form_moment(at, form_int(row, "at_ms")));
  add_part(line, ": ", form_text(row, "text"));
  return *form_text(row, "text") != '\0';
}

static gboolean done_line(const json_t *row, GString *line) {
  return strcmp(form_text(row, "state"), "done") == 0 && named(row, line, "name", "note");
}

static gboolean person_in_list(const json_t *row, GString *line) {
  g_string_append(line, form_text(row, "name"));
  add_part(line, ", ", form_text(row, "unit"));
  add_part(line, ": ", form_text(row, "role"));
  return line->len > 0;
}

static gboolean met_line(const json_t *row, GString *line) {
  g_string_append(line, form_text(row, "criterion"));
  add_part(line, ", theo ", form_text(row, "basis"));
  return strcmp(form_text(row, "result"), "đạt") == 0;
}

static gboolean paper_line(const json_t *row, GString *line) {
  g_string_append(line, form_text(row, "name"));
  add_part(line, ", số ", form_text(row, "number"));
  return line->len > 0 && strcmp(form_text(row, "form"), "mau-04") != 0;
}

static gboolean evidence_line(const json_t *row, GString *line) {
  g_string_append(line, form_text(row, "title"));
  add_part(line, ", tệp ", form_text(row, "file_name"));
  return line->len > 0;
}

#define LINES_OF(writer)                                                                                               \
  static json_t *writer##s(const json_t *found, const LawField *field G_GNUC_UNUSED, const char *arg G_GNUC_UNUSED) {    \
    return lines(found, writer);                                                                                       \
  }
LINES_OF(system_line)
LINES_OF(log_line)
LINES_OF(done_line)
LINES_OF(person_in_list)
LINES_OF(met_line)

static json_t *enclosures(const json_t *found, const LawField *field G_GNUC_UNUSED, const char *arg G_GNUC_UNUSED) {
  GString *out = g_string_new(NULL);
  json_t *papers = lines(json_object_get(found, "papers"), paper_line);
  json_t *evidence = lines(json_object_get(found, "evidence"), evidence_line);
  add_part(out, "\n", papers ? json_string_value(papers) : "");
  add_part(out, "\n", evidence ? json_string_value(evidence) : "");
  json_decref(papers);
  json_decref(evidence);
  return new_text(out);
}

/* ---- choices that follow from other words ---- */

/* How the case came in says how it was found: an option of Mẫu số 03, with its own text or without. */
static const struct {
  const char *source;
  gsize option;
  const char *text; /* NULL: none */
} FOUND_BY[] = {
    {"monitoring", 0, NULL},        {"coordinator", 2, "cơ quan điều phối, đơn vị khác"},
    {"public", 2, "người báo"},     {"phone", 2, "người báo qua điện thoại"},
    {"paper", 2, "văn bản"},        {"walk_in", 2, "người báo trực tiếp"},
    {"email", 2, "thư điện tử"},
};

static json_t *found_options(const json_t *found, const LawField *field, const char *arg G_GNUC_UNUSED) {
  const char *source = json_is_string(found) ? json_string_value(found) : "";
  json_t *value = json_object();
  for (gsize i = 0; i < G_N_ELEMENTS(FOUND_BY); i++)
    if (strcmp(FOUND_BY[i].source, source) == 0 && FOUND_BY[i].option < field->options->len)
      json_object_set_new(value, g_ptr_array_index(field->options, FOUND_BY[i].option),
                          FOUND_BY[i].text ? json_string(FOUND_BY[i].text) : json_true());
  return value;
}

static const struct {
  const char *actor;
  gsize option;
} TOLD_TO[] = {{"ML", 0}, {"ISP", 1}, {"DPQG", 2}};

static gboolean was_told(const json_t *notices, const char *actor) {
  const json_t *notice = NULL;
  gsize i = 0;
  json_array_foreach(notices, i, notice)
    if (strcmp(form_text(notice, "receiver"), actor) == 0 && form_int(notice, "sent_ms"))
      return TRUE;
  return FALSE;
}

static json_t *told_options(const json_t *found, const LawField *field, const char *arg G_GNUC_UNUSED) {
  json_t *value = json_object();
  for (gsize i = 0; i < G_N_ELEMENTS(TOLD_TO); i++)
    if (TOLD_TO[i].option < field->options->len && was_told(found, TOLD_TO[i].actor))
      json_object_set_new(value, g_ptr_array_index(field->options, TOLD_TO[i].option), json_true());
  return value;
}

/* The last Mẫu số 03 that has got its number. */
static json_t *first_report(const json_t *found, const LawField *field G_GNUC_UNUSED, const char *key) {
  const char *last = "";
  const json_t *paper = NULL;
  gsize i = 0;
  json_array_foreach(found, i, paper)
    if (strcmp(form_text(paper, "form"), "mau-03") == 0 && *form_text(paper, "number"))
      last = form_text(paper, key);
  return *last ? json_string(last) : NULL;
}

/* ---- the table ---- */

#define ANY NULL
#define CASE "" /* the case itself */

static const struct {
  const char *form, *field, *path;
  ConvertFunc convert;
  const char *arg;
} KNOWN[] = {
    {ANY, "reporter_name", "body.name", copy, NULL},
    {ANY, "reporter_address", "body.address", copy, NULL},
    {ANY, "reporter_phone", "body.phone", copy, NULL},
    {ANY, "reporter_email", "body.email", copy, NULL},
    {ANY, "sender_name", "body.name", copy, NULL},
    {ANY, "sender_address", "body.address", copy, NULL},
    {ANY, "name", "body.name", copy, NULL},
    {ANY, "address", "body.address", copy, NULL},
    {ANY, "contact_name", "contact.name", copy, NULL},
    {ANY, "contact_title", "contact.title", copy, NULL},
    {ANY, "contact_phone", "contact.phone", copy, NULL},
    {ANY, "contact_email", "contact.email", copy, NULL},
    {ANY, "contact", "contact", person_line, NULL},
    {ANY, "contact", "commander", person_line, NULL},
    {ANY, "operator", "system.operator", copy, NULL},
    {ANY, "operator", "parties", party_name, "VH"},
    {ANY, "owner", "system.owner", copy, NULL},
    {ANY, "owner", "parties", party_name, "CQ"},
    {"mau-03", "system", "system", system_with_addresses, ", "},
    {"mau-04", "system", "system.name", copy, NULL},
    {ANY, "system", "system", system_with_level, NULL},
    {ANY, "system_address", "system", system_with_addresses, ", "},
    {ANY, "place", "system.name", copy, NULL},
    {ANY, "level", "system.level", level_option, NULL},
    {ANY, "security_provider", "system.security_provider", copy, NULL},
    {ANY, "security_provider", "parties", named_party, "NCC"},
    {ANY, "connection_provider", "system.connection_provider", copy, NULL},
    {ANY, "connection_provider", "parties", named_party, "ISP"},
    {ANY, "connection_details", "system.connection_details", copy, NULL},
    {ANY, "operating_system", "system.operating_system", copy, NULL},
    {ANY, "version", "system.version", copy, NULL},
    {ANY, "services", "system.services", copy, NULL},
    {"mau-03", "measures", "system.measures", copy, NULL},
    {ANY, "measures", "steps", done_lines, NULL},
    {"mau-04", "result", "steps", done_lines, NULL},
    {ANY, "addresses", "system.addresses", public_addresses, ", "},
    {ANY, "domains", "system.domains", joined, ", "},
    {ANY, "purpose", "system.purpose", copy, NULL},
    {ANY, "case", CASE, code_and_title, NULL},
    {ANY, "description", "description", copy, NULL},
    {ANY, "situation", "description", copy, NULL},
    {ANY, "signs", "description", copy, NULL},
    {ANY, "detected_day", "detected_ms", iso_day, NULL},
    {ANY, "detected_clock", "detected_ms", clock_time, NULL},
    {ANY, "detected_at", "detected_ms", iso_time, NULL},
    {ANY, "ended_at", "ended_ms", iso_time, NULL},
    {ANY, "reported_at", "now_ms", iso_time, NULL},
    {ANY, "as_of", "now_ms", iso_time, NULL},
    {"mau-03", "state", CASE, handled_option, NULL},
    {ANY, "state", "state_label", copy, NULL},
    {ANY, "found_by", "source", found_options, NULL},
    {ANY, "told_to", "notices", told_options, NULL},
    {ANY, "kinds", "kind_names", joined, "; "},
    {ANY, "harm", "harm_names", joined, "; "},
    {ANY, "spread", "systems", system_lines, NULL},
    {ANY, "impact", "systems", system_lines, NULL},
    {ANY, "helpers", "parties", named_party, "NCC"},
    {ANY, "people", "persons", person_in_lists, NULL},
    {ANY, "first_results", "steps", done_lines, NULL},
    {ANY, "done", "steps", done_lines, NULL},
    {ANY, "progress", "log", log_lines, NULL},
    {ANY, "changes", "log", log_lines, NULL},
    {ANY, "assessment", "severity_label", copy, NULL},
    {ANY, "serious_by", "severity_why", met_lines, NULL},
    {ANY, "first_report_number", "papers", first_report, "number"},
    {ANY, "first_report_day", "papers", first_report, "issued_day"},
    {"mau-04", "enclosed", CASE, enclosures, NULL},
};

/* ---- filling ---- */

/* Every text of a value without internal addresses; takes the value. */
static json_t *made_public(json_t *value) {
  if (json_is_string(value)) {
    g_autofree char *text = form_public_text(json_string_value(value));
    json_decref(value);
    return json_string(text);
  }
  const char *key = NULL;
  json_t *member = NULL;
  json_object_foreach(value, key, member)
    json_object_set_new(value, key, made_public(json_incref(member)));
  return value;
}

/* TRUE when the value is one of that field: of its type, and not empty. */
static gboolean put_value(json_t *values, const LawField *field, json_t *value) {
  if (!value)
    return FALSE;
  json_object_set_new(values, field->id, made_public(value));
  g_autofree char *text = form_value_text(field, values);
  if (!*text)
    json_object_del(values, field->id);
  return *text != '\0';
}

static void fill_field(json_t *values, const LawForm *form, const LawField *field, const json_t *incident) {
  /* What a person has written for this very field goes first. */
  if (put_value(values, field, json_deep_copy(form_at(json_object_get(incident, "texts"), field->id))))
    return;
  for (gsize i = 0; i < G_N_ELEMENTS(KNOWN); i++) {
    if (strcmp(KNOWN[i].field, field->id) != 0 || (KNOWN[i].form && strcmp(KNOWN[i].form, form->rule.id) != 0))
      continue;
    const json_t *found = *KNOWN[i].path ? form_at(incident, KNOWN[i].path) : incident;
    if (found && put_value(values, field, KNOWN[i].convert(found, field, KNOWN[i].arg)))
      return;
  }
}

static json_t *fill_form(const LawForm *form, const json_t *incident) {
  json_t *values = json_object();
  for (guint g = 0; g < form->groups->len; g++) {
    const LawFieldGroup *group = form->groups->pdata[g];
    for (guint f = 0; f < group->fields->len; f++)
      fill_field(values, form, group->fields->pdata[f], incident);
  }
  return values;
}

json_t *form_values_from_case(const PaperForm *form, const json_t *incident) {
  json_t *values = fill_form(form->law, incident);
  if (form->annex)
    json_object_set_new(values, form->annex->law->rule.id, fill_form(form->annex->law, incident));
  return values;
}
