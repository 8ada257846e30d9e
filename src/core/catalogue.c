#include "core/catalogue.h"
#include "base/text.h"
#include "base/yaml.h"
#include <string.h>

static GMutex lock;
static GHashTable *files; /* path -> json_t */

const json_t *catalogue_load(const App *app, const char *name) {
  g_autofree char *path = g_build_filename(app->data_dir, "catalogue", name, NULL);
  g_mutex_lock(&lock);
  if (!files)
    files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)json_decref);
  json_t *data = g_hash_table_lookup(files, path);
  if (!data) {
    g_autoptr(GError) error = NULL;
    data = yaml_load_file(path, &error);
    if (!data) {
      g_warning("%s", error->message);
      data = json_object();
    }
    g_hash_table_insert(files, g_steal_pointer(&path), data);
  }
  g_mutex_unlock(&lock);
  return data;
}

gboolean catalogue_holds(const json_t *phrases, const char *folded) {
  for (gsize i = 0; i < json_array_size(phrases); i++) {
    g_autofree char *phrase = text_fold(json_string_value(json_array_get(phrases, i)));
    const char *at = strstr(folded, phrase);
    while (at && at != folded && at[-1] != ' ' && at[-1] != '(')
      at = strstr(at + 1, phrase);
    if (at)
      return TRUE;
  }
  return FALSE;
}

gboolean catalogue_fits_duty(const json_t *words, const char *title, const char *content) {
  g_autofree char *both = g_strconcat(title, " ", content, NULL), *folded = text_fold(both), *head = text_fold(title);
  return catalogue_holds(json_object_get(words, "does"), folded) && catalogue_holds(json_object_get(words, "about"), folded) &&
         !catalogue_holds(json_object_get(words, "not"), head);
}
