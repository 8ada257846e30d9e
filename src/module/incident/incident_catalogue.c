#include "module/incident/incident_catalogue.h"
#include "base/text.h"
#include "core/catalogue.h"
#include "core/law.h"
#include <string.h>

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

static const char *match_text(const json_t *text, const json_t *words, const char *generic) {
  const char *name = json_string_value(text);
  g_autofree char *folded = name ? text_fold(name) : NULL;
  g_autofree char *own = text_fold(generic);
  return folded && strcmp(folded, own) != 0 && strlen(name) <= 200 && catalogue_holds(words, folded) ? name : NULL;
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
  const json_t *words = json_object_get(json_object_get(catalogue_load(app, "actors.yaml"), "actors"), actor);
  return words ? arena_text(arena, incident_match_party(reading, words, law_actor_name(app->law, actor)), -1) : NULL;
}
