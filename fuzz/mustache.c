/* First half a template that is also its own partial "self", second half the JSON it is shown with. */
#include "lib/mustache/mustache.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize size);
const char *__asan_default_options(void);

/* GLib lets go of its old table when the interned strings outgrow it; nothing else can leak unseen: the unit tests
 * look. */
const char *__asan_default_options(void) {
  return "detect_leaks=0";
}

static char *load_self(const char *name, void *data, GError **error) {
  (void)error;
  return strcmp(name, "self") == 0 ? g_strdup(data) : NULL;
}

int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize size) {
  gsize half = size / 2;
  g_autofree char *text = g_strndup((const char *)bytes, half);
  json_t *data = json_loadb((const char *)bytes + half, size - half, JSON_DECODE_ANY, NULL);
  g_autoptr(Arena) arena = arena_new();
  Doc *root = doc_new(arena);
  doc_json(root, KEY("data"), data);
  g_autoptr(MustacheSet) set = mustache_set_new(load_self, text);
  const MustacheTemplate *template = mustache_parse(set, "fuzz", (const char *)bytes, half, NULL);
  g_autoptr(GString) out = g_string_new(NULL);
  if (template)
    mustache_render(template, doc_get(root, KEY("data")), out, NULL);
  json_decref(data);
  return 0;
}
