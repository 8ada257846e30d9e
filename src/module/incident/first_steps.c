#include "module/incident/first_steps.h"
#include "base/error.h"
#include "base/yaml.h"
#include <string.h>

struct FirstSteps {
  json_t *data;
  const json_t *entries; /* by kind */
};

static const struct {
  const char *key;
  gsize least, most; /* texts in its list; 0, 0: one text */
} PARTS[] = {{"title", 0, 0}, {"do", 4, 8}, {"dont", 1, 4}, {"write_down", 2, 6}, {"call", 0, 0}};
#define TEXT_MAX 200 /* characters */

G_GNUC_PRINTF(3, 4) static void add_problem(GString *problems, const char *kind, const char *format, ...) {
  va_list args;
  va_start(args, format);
  g_string_append_printf(problems, "%sfirst_steps.yaml: %s: ", problems->len ? "\n" : "", kind);
  g_string_append_vprintf(problems, format, args);
  va_end(args);
}

static gboolean is_text(const json_t *value) {
  const char *text = json_string_value(value);
  return text && *text && g_utf8_strlen(text, -1) <= TEXT_MAX;
}

static gboolean is_texts(const json_t *value, gsize least, gsize most) {
  gsize count = json_array_size(value);
  for (gsize i = 0; i < count; i++)
    if (!is_text(json_array_get(value, i)))
      return FALSE;
  return count >= least && count <= most;
}

static void check_entry(GString *problems, const char *kind, const json_t *entry) {
  for (gsize i = 0; i < G_N_ELEMENTS(PARTS); i++) {
    const json_t *part = json_object_get(entry, PARTS[i].key);
    if (!PARTS[i].most && !is_text(part))
      add_problem(problems, kind, "“%s” phải là một dòng, không quá %d ký tự", PARTS[i].key, TEXT_MAX);
    else if (PARTS[i].most && !is_texts(part, PARTS[i].least, PARTS[i].most))
      add_problem(problems, kind, "“%s” phải có từ %zu đến %zu dòng", PARTS[i].key, PARTS[i].least, PARTS[i].most);
  }
  if (json_object_size(entry) > G_N_ELEMENTS(PARTS))
    add_problem(problems, kind, "có khóa không rõ");
}

static void check_kinds(GString *problems, const Law *law, const json_t *entries) {
  g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint g = 0; g < law->kind_groups->len; g++) {
    const LawKindGroup *group = law->kind_groups->pdata[g];
    for (guint k = 0; k < group->kinds->len; k++) {
      const char *id = ((const LawKind *)group->kinds->pdata[k])->id;
      g_hash_table_add(known, (gpointer)id);
      if (!json_object_get(entries, id))
        add_problem(problems, id, "loại sự cố này chưa có bước ưu tiên");
    }
  }
  const char *kind = NULL;
  json_t *entry = NULL;
  json_object_foreach((json_t *)entries, kind, entry) {
    if (!g_hash_table_contains(known, kind))
      add_problem(problems, kind, "không có loại sự cố này");
    check_entry(problems, kind, entry);
  }
}

FirstSteps *first_steps_load(const Law *law, const char *path, GError **error) {
  json_t *data = yaml_load_file(path, error);
  if (!data)
    return NULL;
  g_autoptr(FirstSteps) steps = g_new0(FirstSteps, 1);
  steps->data = data;
  steps->entries = json_object_get(data, "first_steps");
  g_autoptr(GString) problems = g_string_new(NULL);
  check_kinds(problems, law, steps->entries);
  if (problems->len) {
    g_set_error_literal(error, APP_ERROR, ERROR_CHECK, problems->str);
    return NULL;
  }
  return g_steal_pointer(&steps);
}

void first_steps_free(FirstSteps *steps) {
  if (!steps)
    return;
  json_decref(steps->data);
  g_free(steps);
}

const json_t *first_steps_of(const FirstSteps *steps, const char *kind_id) {
  return json_object_get(steps->entries, kind_id);
}
