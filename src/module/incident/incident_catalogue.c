#include "module/incident/incident_catalogue.h"
#include "base/text.h"
#include "base/yaml.h"
#include "core/law.h"
#include <string.h>

static GMutex lock;
static GHashTable *files; /* name -> json_t, for the program's life */

static const json_t *load(const App *app, const char *name) {
  g_mutex_lock(&lock);
  if (!files)
    files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)json_decref);
  json_t *data = g_hash_table_lookup(files, name);
  if (!data) {
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(app->data_dir, "catalogue", name, NULL);
    data = yaml_load_file(path, &error);
    if (!data) {
      g_warning("%s", error->message);
      data = json_object();
    }
    g_hash_table_insert(files, g_strdup(name), data);
  }
  g_mutex_unlock(&lock);
  return data;
}

/* --- forms and first steps: of the law, so read once with it --- */

static struct {
  GMutex lock;
  FormBook *book;
  FirstSteps *steps;
} kept;

const FormBook *incident_forms(const App *app, GError **error) {
  g_mutex_lock(&kept.lock);
  if (!kept.book) {
    g_autofree char *path = g_build_filename(app->data_dir, "law", "form_layout.yaml", NULL);
    kept.book = form_book_load(app->law, path, error);
  }
  g_mutex_unlock(&kept.lock);
  return kept.book;
}

const json_t *incident_first_steps(const App *app, const char *kind) {
  g_autoptr(GError) error = NULL;
  g_mutex_lock(&kept.lock);
  if (!kept.steps) {
    g_autofree char *path = g_build_filename(app->data_dir, "catalogue", "first_steps.yaml", NULL);
    kept.steps = first_steps_load(app->law, path, &error);
  }
  g_mutex_unlock(&kept.lock);
  if (error)
    g_warning("%s", error->message);
  return kept.steps ? first_steps_of(kept.steps, kind) : NULL;
}

/* --- names in a plan --- */

/* Every word of the phrase in a row, at the beginning of a word; both folded. */
static gboolean holds(const char *folded, const json_t *words) {
  for (gsize i = 0; i < json_array_size(words); i++) {
    g_autofree char *word = text_fold(json_string_value(json_array_get(words, i)));
    const char *at = strstr(folded, word);
    while (at && at != folded && at[-1] != ' ' && at[-1] != '(')
      at = strstr(at + 1, word);
    if (at)
      return TRUE;
  }
  return FALSE;
}

static const char *match_text(const json_t *text, const json_t *words, const char *generic) {
  const char *name = json_string_value(text);
  g_autofree char *folded = name ? text_fold(name) : NULL;
  g_autofree char *own = text_fold(generic);
  return folded && strcmp(folded, own) != 0 && strlen(name) <= 200 && holds(folded, words) ? name : NULL;
}

static const char *match_list(const json_t *list, const json_t *words, const char *generic) {
  const char *found = NULL;
  for (gsize i = 0; !found && i < json_array_size(list); i++)
    found = match_text(json_array_get(list, i), words, generic);
  return found;
}

/* Forces first, then the reporting chain, then leads of tasks: from the most to the least deliberate naming. */
const char *incident_match_party(const json_t *reading, const json_t *words, const char *generic) {
  static const char *const MEMBERS[][2] = {{"reporting_chain", "recipients"}, {"reporting_chain", "copy"}, {"tasks", "lead"}};
  const char *found = match_list(json_object_get(reading, "forces"), words, generic);
  for (gsize m = 0; !found && m < G_N_ELEMENTS(MEMBERS); m++) {
    const json_t *rows = json_object_get(reading, MEMBERS[m][0]);
    for (gsize i = 0; !found && i < json_array_size(rows); i++)
      found = match_list(json_object_get(json_array_get(rows, i), MEMBERS[m][1]), words, generic);
  }
  return found;
}

const char *incident_party_in_plan(const App *app, Arena *arena, const json_t *reading, const char *actor) {
  const json_t *words = json_object_get(json_object_get(load(app, "actors.yaml"), "actors"), actor);
  return words ? arena_text(arena, incident_match_party(reading, words, law_actor_name(app->law, actor)), -1) : NULL;
}
