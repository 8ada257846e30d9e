#include "module/plan/plan_check_part.h"
#include "base/error.h"
#include "base/text.h"
#include "base/yaml.h"
#include <string.h>

/* Lists of texts are words to look for: folded once here. */
static void fold_word_lists(json_t *value) {
  gsize i;
  const char *key;
  json_t *child;
  if (json_is_object(value)) {
    json_object_foreach(value, key, child) fold_word_lists(child);
    return;
  }
  json_array_foreach(value, i, child) {
    if (!json_is_string(child)) {
      fold_word_lists(child);
      continue;
    }
    g_autofree char *folded = text_fold_spelling(json_string_value(child));
    json_array_set_new(value, i, json_string(folded));
  }
}

static json_t *load_rules(const char *folder, const char *name, const char *needed, GError **error) {
  g_autofree char *path = g_build_filename(folder, name, NULL);
  json_t *rules = yaml_load_file(path, error);
  if (!rules)
    return NULL;
  if (json_list_empty(json_object_get(rules, needed))) {
    g_set_error(error, APP_ERROR, ERROR_INVALID, "Tệp quy tắc %s thiếu danh mục “%s”.", name, needed);
    json_decref(rules);
    return NULL;
  }
  fold_word_lists(rules);
  return rules;
}

PlanCheckRules *plan_check_rules_load(const char *folder, GError **error) {
  g_autoptr(PlanCheckRules) rules = g_new0(PlanCheckRules, 1);
  if (!(rules->acts = load_rules(folder, "acts.yaml", "acts", error)) ||
      !(rules->bodies = load_rules(folder, "bodies.yaml", "bodies", error)) ||
      !(rules->outline = load_rules(folder, "plan_outline.yaml", "parts", error)))
    return NULL;
  return g_steal_pointer(&rules);
}

void plan_check_rules_free(PlanCheckRules *rules) {
  json_decref(rules->acts);
  json_decref(rules->bodies);
  json_decref(rules->outline);
  g_free(rules);
}

static gboolean matches_all(const char *entry, const char *spelling) {
  for (const char *plus; (plus = strstr(entry, " + ")); entry = plus + strlen(" + ")) {
    g_autofree char *word = g_strndup(entry, (gsize)(plus - entry));
    if (!word_find(spelling, word))
      return FALSE;
  }
  return word_find(spelling, entry) != NULL;
}

const char *rule_match(const json_t *words, const char *spelling) {
  gsize i;
  json_t *word;
  json_array_foreach(words, i, word) {
    const char *entry = json_string_value(word);
    if (entry && *entry && matches_all(entry, spelling))
      return entry;
  }
  return NULL;
}
