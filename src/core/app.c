#include "core/app.h"
#include "core/request.h"
#include <string.h>

const Operation *app_find_operation(const App *app, const char *name) {
  for (const Module *const *module = app->modules; *module; module++)
    for (gsize i = 0; i < (*module)->operations.count; i++)
      if (strcmp((*module)->operations.rows[i].name, name) == 0)
        return &(*module)->operations.rows[i];
  return NULL;
}

const PermissionRow *app_find_permission(const App *app, const char *name) {
  for (const Module *const *module = app->modules; *module; module++)
    for (const PermissionRow *row = (*module)->permissions; row && row->name; row++)
      if (strcmp(row->name, name) == 0)
        return row;
  return NULL;
}

const char *app_link(const App *app, Arena *arena, const char *type, const char *id) {
  for (const Module *const *module = app->modules; *module; module++) {
    const char *path = (*module)->link ? (*module)->link(arena, type, id) : NULL;
    if (path)
      return path;
  }
  return NULL;
}

/* --- hooks --- */

GHashTable *app_new_late(void) {
  return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

gint64 app_late(GHashTable *late, const char *body_id) {
  const gint64 *count = g_hash_table_lookup(late, body_id);
  return count ? *count : 0;
}

void app_add_late(GHashTable *late, const char *body_id, gint64 count) {
  gint64 sum = app_late(late, body_id) + count;
  g_hash_table_insert(late, g_strdup(body_id), g_memdup2(&sum, sizeof sum));
}

gboolean app_collect_late(Request *request, const char *body_id, GHashTable *late, GError **error) {
  for (const Module *const *module = request->app->modules; *module; module++)
    if ((*module)->late && !(*module)->late(request, body_id, late, error))
      return FALSE;
  return TRUE;
}

gboolean app_fill_body_row(Request *request, const char *body_id, Doc *row, GError **error) {
  for (const Module *const *module = request->app->modules; *module; module++)
    if ((*module)->body_row && !(*module)->body_row(request, body_id, row, error))
      return FALSE;
  return TRUE;
}

gboolean app_add_beside(Request *request, const char *type, const char *id, Doc *answer, GError **error) {
  for (const Module *const *module = request->app->modules; *module; module++)
    if ((*module)->beside && !(*module)->beside(request, type, id, answer, error))
      return FALSE;
  return TRUE;
}
