#include "core/app.h"
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
