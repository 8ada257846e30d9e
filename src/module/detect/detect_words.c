#include "module/detect/detect_words.h"
#include "base/yaml.h"
#include <string.h>

struct DetectWords {
  json_t *data;
  GStrv host, group, kinds;
  GHashTable *signs; /* kind -> GStrv */
};

static GStrv texts(const json_t *list) {
  g_autoptr(GStrvBuilder) found = g_strv_builder_new();
  for (gsize i = 0; i < json_array_size(list); i++)
    if (json_is_string(json_array_get(list, i)))
      g_strv_builder_add(found, json_string_value(json_array_get(list, i)));
  return g_strv_builder_end(found);
}

DetectWords *detect_words_new(const App *app, GError **error) {
  g_autofree char *path = g_build_filename(app->data_dir, "rules", "explain.yaml", NULL);
  json_t *data = yaml_load_file(path, error), *fields;
  const char *kind;
  if (!data)
    return NULL;
  DetectWords *words = g_new0(DetectWords, 1);
  g_autoptr(GStrvBuilder) kinds = g_strv_builder_new();
  words->data = data;
  words->host = texts(json_object_get(data, "host"));
  words->group = texts(json_object_get(data, "group"));
  words->signs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_strfreev);
  json_object_foreach(json_object_get(data, "signs"), kind, fields) {
    g_strv_builder_add(kinds, kind);
    g_hash_table_insert(words->signs, g_strdup(kind), texts(fields));
  }
  words->kinds = g_strv_builder_end(kinds);
  return words;
}

void detect_words_free(DetectWords *words) {
  if (!words)
    return;
  json_decref(words->data);
  g_strfreev(words->host);
  g_strfreev(words->group);
  g_strfreev(words->kinds);
  g_hash_table_unref(words->signs);
  g_free(words);
}

/* --- of one rule --- */

static char *own(const DetectRule *rule, const char *key) {
  json_t *words = json_loads(rule->own, 0, NULL);
  char *text = g_strdup(json_string_value(json_object_get(words, key)));
  json_decref(words);
  return text;
}

static const char *member(const DetectWords *words, const char *section, const char *name, const char *key) {
  const json_t *entry = json_object_get(json_object_get(words->data, section), name);
  return json_string_value(key ? json_object_get(entry, key) : entry);
}

/* "T1110.001": what is said of T1110 holds for it. */
static const char *of_techniques(const DetectWords *words, const DetectRule *rule, const char *key) {
  g_auto(GStrv) list = g_strsplit(rule->techniques, " ", -1);
  for (char **one = list; *one; one++) {
    (*one)[strcspn(*one, ".")] = 0;
    const char *text = member(words, "techniques", *one, key);
    if (text)
      return text;
  }
  return NULL;
}

static const char *of_tactics(const DetectWords *words, const DetectRule *rule, const char *key) {
  g_auto(GStrv) list = g_strsplit(rule->tactics, " ", -1);
  const char *found = NULL;
  for (char **one = list; *one; one++) /* the last tactic of a rule is mostly the one it is about */
    if (member(words, "tactics", *one, key))
      found = member(words, "tactics", *one, key);
  return found;
}

char *detect_words_title(const DetectWords *words, const DetectRule *rule) {
  char *title = own(rule, "title");
  const char *tactic = of_tactics(words, rule, "name");
  return title ? title : tactic ? g_strdup_printf("%s: %s", tactic, rule->title) : g_strdup(rule->title);
}

char *detect_words_explain(const DetectWords *words, const DetectRule *rule) {
  g_autofree char *explain = own(rule, "explain"), *check = own(rule, "check");
  GString *text = g_string_new(explain);
  if (check)
    g_string_append_printf(text, " Xem và xử lý: %s", check);
  if (text->len)
    return g_string_free(text, FALSE);
  const char *const parts[] = {of_tactics(words, rule, "text"), of_techniques(words, rule, "text"), member(words, "categories", rule->category, NULL)};
  for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
    if (parts[i])
      g_string_append_printf(text, "%s%s", text->len ? " " : "", parts[i]);
  g_string_append_printf(text, "%sĐối chiếu với việc của người dùng máy lúc đó.", text->len ? " " : "");
  return g_string_free(text, FALSE);
}

char *detect_words_scenario(const DetectWords *words, const DetectRule *rule) {
  char *scenario = own(rule, "scenario");
  if (scenario)
    return scenario;
  const char *found = of_techniques(words, rule, "scenario");
  found = found ? found : of_tactics(words, rule, "scenario");
  return g_strdup(found ? found : "");
}

const char *const *detect_words_host(const DetectWords *words) {
  return (const char *const *)words->host;
}

const char *const *detect_words_group(const DetectWords *words) {
  return (const char *const *)words->group;
}

const char *const *detect_words_sign_kinds(const DetectWords *words) {
  return (const char *const *)words->kinds;
}

const char *const *detect_words_sign_fields(const DetectWords *words, const char *kind) {
  return g_hash_table_lookup(words->signs, kind);
}
