#include "core/law_private.h"
#include "base/error.h"
#include "base/yaml.h"
#include <string.h>

static Law *law_new(void) {
  Law *law = g_new0(Law, 1);
  law->arena = arena_new();
  law->lists = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
  law->sources = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref);
  law->acts = law_list_new(law);
  for (const LawSection *section = LAW_VOCABULARY; section->key; section++)
    *law_list_at(law, section->list) = law_list_new(law);
  for (const LawSection *section = LAW_SECTIONS; section->key; section++)
    *law_list_at(law, section->list) = law_list_new(law);
  return law;
}

void law_free(Law *law) {
  if (!law)
    return;
  g_ptr_array_unref(law->lists);
  g_ptr_array_unref(law->sources);
  arena_free(law->arena);
  g_free(law);
}

/* ---- loading ---- */

static json_t *load_file(LawReader *reader, const char *folder, const char *name) {
  g_autofree char *path = g_build_filename(folder, name, NULL);
  g_autoptr(GError) error = NULL;
  json_t *source = yaml_load_file(path, &error);
  if (!source) {
    g_ptr_array_add(reader->problems, g_strdup(error->message));
    return NULL;
  }
  g_ptr_array_add(reader->law->sources, source);
  reader->file = name;
  if (json_is_object(source))
    return source;
  law_problem(reader, name, "phải là các khóa và giá trị");
  return NULL;
}

static void read_sections(LawReader *reader, const LawSection *sections, const json_t *source,
                          const char *const *others) {
  const char *key;
  json_t *value;
  json_object_foreach((json_t *)source, key, value) {
    const LawSection *section = sections;
    while (section->key && strcmp(section->key, key) != 0)
      section++;
    if (section->key)
      law_read_section(reader, section, value);
    else if (!g_strv_contains(others, key))
      law_problem(reader, key, "khóa lạ");
  }
}

static void read_instrument(LawReader *reader, const char *folder, const char *name) {
  static const char *const OTHERS[] = {"act", "articles", NULL};
  json_t *source = load_file(reader, folder, name);
  if (!source)
    return;
  reader->act = NULL;
  LawAct *act = law_read_record(reader, &LAW_ACT_SCHEMA, json_object_get(source, "act"), "act");
  act->articles = json_object_get(source, "articles");
  if (!json_is_object(act->articles))
    law_problem(reader, "articles", "thiếu danh sách điều");
  if (!act->rule.id || !g_str_has_prefix(name, act->rule.id) || strcmp(name + strlen(act->rule.id), ".yaml") != 0)
    law_problem(reader, "act", "mã văn bản phải trùng tên tệp");
  if (!act->rule.from.year)
    law_problem(reader, "act", "thiếu ngày có hiệu lực");
  g_ptr_array_add(reader->law->acts, act);
  reader->act = act;
  read_sections(reader, LAW_SECTIONS, source, OTHERS);
  reader->act = NULL;
}

static void read_fact_types(const GPtrArray *facts) {
  static const char *const NAMES[] = {"time", "bool", "int", "text", "texts"};
  for (guint i = 0; i < facts->len; i++) {
    LawFact *fact = g_ptr_array_index(facts, i);
    for (gsize type = 0; type < G_N_ELEMENTS(NAMES); type++)
      if (g_strcmp0(fact->type_name, NAMES[type]) == 0)
        fact->type = (LawFactType)type;
  }
}

static void read_folder(LawReader *reader, const char *folder) {
  static const char *const OTHERS[] = {"files", NULL};
  json_t *vocabulary = load_file(reader, folder, "vocabulary.yaml");
  if (!vocabulary)
    return;
  read_sections(reader, LAW_VOCABULARY, vocabulary, OTHERS);
  read_fact_types(reader->law->facts);
  const json_t *files = json_object_get(vocabulary, "files");
  if (!json_array_size(files))
    law_problem(reader, "files", "thiếu danh sách tệp");
  for (gsize i = 0; i < json_array_size(files); i++) {
    const char *name = json_string_value(json_array_get(files, i));
    if (name && !strchr(name, '/'))
      read_instrument(reader, folder, name);
    else
      law_problem(reader, "files", "tên tệp thứ %zu không hợp lệ", i + 1);
  }
}

static Law *load(const char *folder, GPtrArray *problems) {
  LawReader reader = {law_new(), problems, g_array_new(FALSE, FALSE, sizeof(LawReference)), "vocabulary.yaml", NULL};
  read_folder(&reader, folder);
  law_check_all(&reader);
  g_array_unref(reader.references);
  return reader.law;
}

GPtrArray *law_check(const char *folder) {
  GPtrArray *problems = g_ptr_array_new_with_free_func(g_free);
  law_free(load(folder, problems));
  return problems;
}

Law *law_load(const char *folder, GError **error) {
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(Law) law = load(folder, problems);
  if (!problems->len)
    return g_steal_pointer(&law);
  g_ptr_array_add(problems, NULL);
  g_autofree char *lines = g_strjoinv("\n", (char **)problems->pdata);
  g_set_error(error, APP_ERROR, ERROR_CHECK, "Dữ liệu pháp luật có lỗi:\n%s", lines);
  return NULL;
}

/* ---- asking ---- */

gconstpointer law_find(const GPtrArray *list, const char *id) {
  for (guint i = 0; id && i < list->len; i++) {
    const LawRule *rule = g_ptr_array_index(list, i);
    if (g_strcmp0(rule->id, id) == 0)
      return rule;
  }
  return NULL;
}

const char *law_actor_name(const Law *law, const char *code) {
  const LawActor *actor = law_find(law->actors, code);
  return actor ? actor->name : code;
}

static gboolean day_within(Day day, Day from, Day until) {
  return (!from.year || day_compare(day, from) >= 0) && (!until.year || day_compare(day, until) < 0);
}

gboolean law_in_force(const LawRule *rule, const LawProfile *profile, Day day) {
  if (rule->act && !day_within(day, rule->act->rule.from, rule->act->rule.until))
    return FALSE;
  if (!day_within(day, rule->from, rule->until))
    return FALSE;
  if (!rule->profiles->len)
    return TRUE;
  return profile && g_ptr_array_find_with_equal_func(rule->profiles, profile->rule.id, g_str_equal, NULL);
}

const LawProfile *law_profile_at(const Law *law, Day day) {
  for (guint i = 0; i < law->profiles->len; i++) {
    const LawProfile *profile = g_ptr_array_index(law->profiles, i);
    if (law_in_force(&profile->rule, NULL, day))
      return profile;
  }
  return NULL;
}

const LawKind *law_find_kind(const Law *law, const char *name_or_id, const LawKindGroup **out_group) {
  for (guint i = 0; i < law->kind_groups->len; i++) {
    const LawKindGroup *group = g_ptr_array_index(law->kind_groups, i);
    for (guint j = 0; j < group->kinds->len; j++) {
      const LawKind *kind = g_ptr_array_index(group->kinds, j);
      if (strcmp(kind->id, name_or_id) != 0 && strcmp(kind->name, name_or_id) != 0)
        continue;
      if (out_group)
        *out_group = group;
      return kind;
    }
  }
  return NULL;
}

const LawAppraisal *law_appraisal(const Law *law, gint64 level, Day day) {
  for (guint i = 0; i < law->appraisals->len; i++) {
    const LawAppraisal *appraisal = g_ptr_array_index(law->appraisals, i);
    if (!law_in_force(&appraisal->rule, NULL, day))
      continue;
    for (gsize j = 0; j < json_array_size(appraisal->levels); j++)
      if (json_integer_value(json_array_get(appraisal->levels, j)) == level)
        return appraisal;
  }
  return NULL;
}

const LawSeverity *law_severity(const Law *law, const json_t *facts, const LawProfile *profile, Day day) {
  for (guint i = 0; i < law->severities->len; i++) {
    const LawSeverity *severity = g_ptr_array_index(law->severities, i);
    if (law_in_force(&severity->rule, profile, day) &&
        law_evaluate(law, severity->rule.when, facts, profile, day, NULL) == LAW_MET)
      return severity;
  }
  return NULL;
}

static void write_citation(GString *out, const LawCitation *citation) {
  if (citation->point)
    g_string_append_printf(out, "điểm %s ", citation->point);
  if (citation->clause)
    g_string_append_printf(out, "khoản %s ", citation->clause);
  if (citation->article)
    g_string_append_printf(out, "%s%s ", g_ascii_isdigit(*citation->article) ? "Điều " : "", citation->article);
  g_string_append(out, citation->act->cited_as);
}

char *law_basis_text(const LawRule *rule) {
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < rule->basis->len; i++) {
    if (i)
      g_string_append(out, "; ");
    write_citation(out, g_ptr_array_index(rule->basis, i));
  }
  return g_string_free(out, FALSE);
}

Day law_due_before(const char *day_and_month, int year) {
  Day day = {year, 1, 1};
  char *month = NULL;
  day.day = (int)g_ascii_strtoll(day_and_month, &month, 10);
  day.month = (int)g_ascii_strtoll(month + 1, NULL, 10);
  return day_valid(day) ? day : (Day){year, 3, 1}; /* 29/2 in a common year */
}
