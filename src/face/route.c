#include "face/route.h"
#include <string.h>

typedef struct {
  const Operation *operation;
  char **segments;
  guint count;
} Route;

struct Routes {
  GHashTable *by_first; /* first segment -> GPtrArray of Route, literal ones before those with {…} */
  GPtrArray *all;
};

static char **split(const char *path, guint *out_count) {
  const char *rest = *path == '/' ? path + 1 : path;
  char **segments = *rest ? g_strsplit(rest, "/", -1) : g_strdupv((char *[]){(char *)(gintptr) "", NULL});
  *out_count = g_strv_length(segments);
  return segments;
}

static void route_free(gpointer data) {
  Route *route = data;
  g_strfreev(route->segments);
  g_free(route);
}

static int holes(const Route *route) {
  int count = 0;
  for (guint i = 0; i < route->count; i++)
    count += route->segments[i][0] == '{';
  return count;
}

static int compare_routes(gconstpointer a, gconstpointer b) {
  return holes(*(const Route *const *)a) - holes(*(const Route *const *)b);
}

static void add(Routes *routes, const Operation *operation) {
  Route *route = g_new0(Route, 1);
  route->operation = operation;
  route->segments = split(operation->path, &route->count);
  g_ptr_array_add(routes->all, route);
  GPtrArray *list = g_hash_table_lookup(routes->by_first, route->segments[0]);
  if (!list) {
    list = g_ptr_array_new();
    g_hash_table_insert(routes->by_first, route->segments[0], list);
  }
  g_ptr_array_add(list, route);
}

Routes *routes_new(const App *app) {
  Routes *routes = g_new0(Routes, 1);
  GHashTableIter iter;
  gpointer list;
  routes->by_first = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
  routes->all = g_ptr_array_new_with_free_func(route_free);
  for (const Module *const *module = app->modules; *module; module++)
    for (gsize i = 0; i < (*module)->operations.count; i++)
      if ((*module)->operations.rows[i].path)
        add(routes, &(*module)->operations.rows[i]);
  g_hash_table_iter_init(&iter, routes->by_first);
  while (g_hash_table_iter_next(&iter, NULL, &list))
    g_ptr_array_sort(list, compare_routes);
  return routes;
}

void routes_free(Routes *routes) {
  if (!routes)
    return;
  g_hash_table_unref(routes->by_first);
  g_ptr_array_unref(routes->all);
  g_free(routes);
}

static gboolean matches(const Route *route, char **segments, guint count) {
  if (route->count != count)
    return FALSE;
  for (guint i = 0; i < count; i++)
    if (route->segments[i][0] == '{' ? !segments[i][0] : strcmp(route->segments[i], segments[i]) != 0)
      return FALSE;
  return TRUE;
}

static int take_params(const Route *route, char **segments, Arena *arena, const char *names[], const char *values[]) {
  int count = 0;
  for (guint i = 0; i < route->count && count < ROUTE_PARAMS; i++) {
    const char *segment = route->segments[i];
    if (segment[0] != '{')
      continue;
    g_autofree char *value = g_uri_unescape_string(segments[i], NULL);
    names[count] = arena_text(arena, segment + 1, (gssize)strlen(segment) - 2);
    values[count++] = arena_text(arena, value ? value : "", -1);
  }
  return count;
}

const Operation *routes_find(const Routes *routes, const char *method, const char *path, int face, Arena *arena,
                             const char *names[ROUTE_PARAMS], const char *values[ROUTE_PARAMS], int *out_count,
                             gboolean *out_other_method) {
  guint count;
  g_auto(GStrv) segments = split(path, &count);
  const GPtrArray *list = g_hash_table_lookup(routes->by_first, segments[0]);
  *out_count = 0;
  *out_other_method = FALSE;
  for (guint i = 0; list && i < list->len; i++) {
    const Route *route = g_ptr_array_index(list, i);
    int faces = route->operation->faces ? route->operation->faces : FACE_ALL;
    if (!(faces & face) || !matches(route, segments, count))
      continue;
    if (strcmp(route->operation->method, method) == 0) {
      *out_count = take_params(route, segments, arena, names, values);
      return route->operation;
    }
    *out_other_method = TRUE;
  }
  return NULL;
}
