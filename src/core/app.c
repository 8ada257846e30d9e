#include "core/app.h"
#include "core/law.h"
#include "core/message.h"
#include "core/setting.h"
#include "core/request.h"
#include <string.h>

const Operation *app_find_operation(const App *app, const char *name) {
  for (const Module *const *module = app->modules; *module; module++)
    for (gsize i = 0; i < (*module)->operations.count; i++)
      if (strcmp((*module)->operations.rows[i].name, name) == 0)
        return &(*module)->operations.rows[i];
  return NULL;
}

const JobRow *app_find_job(const App *app, const char *name) {
  for (const Module *const *module = app->modules; *module; module++)
    for (const JobRow *row = (*module)->jobs; row && row->name; row++)
      if (strcmp(row->name, name) == 0)
        return row;
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

const Law *app_need_law(App *app, GError **error) {
  g_autofree char *folder = g_build_filename(app->data_dir, "law", NULL);
  if (!app->law)
    app->law = law_load(folder, error);
  return app->law;
}

char *app_store_url(const App *app) {
  g_autoptr(Arena) arena = arena_new();
  const char *url = setting_text(app, arena, "store.url");
  return *url ? g_strdup(url) : g_build_filename(app->home, "ungcuu.db", NULL);
}

void doctor_add(Doc *checks, const char *name, gboolean good, const char *text) {
  Doc *row = doc_object(checks, NULL);
  doc_text(row, KEY("name"), name);
  doc_bool(row, KEY("good"), good);
  doc_text_copy(row, KEY("text"), text);
}

static void add_faces(Doc *row, const Operation *operation) {
  static const char *const NAMES[] = {"web", "api", "cli"};
  Doc *faces = doc_list(row, KEY("faces"));
  int mask = operation->faces ? operation->faces : FACE_ALL;
  for (gsize i = 0; i < G_N_ELEMENTS(NAMES); i++)
    if ((mask >> i) & 1)
      doc_text(faces, NULL, NAMES[i]);
}

static void add_matrix_row(const App *app, const char *lang, const Operation *operation, Doc *rows) {
  const PermissionRow *permission = app_find_permission(app, operation->permission);
  int may = permission ? permission->roles : ROLES_ALL;
  Doc *row = doc_object(rows, NULL);
  doc_text(row, KEY("operation"), operation->name);
  doc_text(row, KEY("method"), operation->method);
  doc_text(row, KEY("path"), operation->path);
  doc_text(row, KEY("permission"), operation->permission);
  doc_text(row, KEY("summary"), message(lang, operation->summary));
  add_faces(row, operation);
  g_autoptr(GString) words = g_string_new(NULL);
  Doc *cells = doc_list(row, KEY("may"));
  for (int r = 0; r < ROLE_COUNT; r++) {
    Doc *cell = doc_object(cells, NULL);
    doc_text(cell, KEY("role"), role_name((Role)(1 << r)));
    doc_text(cell, KEY("label"), message(lang, role_label((Role)(1 << r))));
    doc_bool(cell, KEY("may"), (may >> r) & 1);
    if ((may >> r) & 1)
      g_string_append_printf(words, "%s%s", words->len ? " " : "", role_name((Role)(1 << r)));
  }
  doc_text_copy(row, KEY("roles"), words->str);
}

void app_permission_matrix(const App *app, const char *lang, Doc *answer) {
  Doc *roles = doc_list(answer, KEY("roles"));
  Doc *rows = doc_list(answer, KEY("rows"));
  for (int i = 0; i < ROLE_COUNT; i++) {
    Doc *role = doc_object(roles, NULL);
    doc_text(role, KEY("name"), role_name((Role)(1 << i)));
    doc_text(role, KEY("label"), message(lang, role_label((Role)(1 << i))));
  }
  for (const Module *const *module = app->modules; *module; module++)
    for (gsize i = 0; i < (*module)->operations.count; i++)
      add_matrix_row(app, lang, &(*module)->operations.rows[i], rows);
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
