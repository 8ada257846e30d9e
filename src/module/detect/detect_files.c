#include "module/detect/detect_files.h"
#include "base/error.h"
#include "lib/scan/tree.h"
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

enum { FOLDER_DEPTH_MAX = 32 };

static gboolean is_rule_name(const char *name) {
  return g_str_has_suffix(name, ".yml") || g_str_has_suffix(name, ".yaml");
}

static gboolean cannot_read(const char *path, const GError *problem, GError **error) {
  g_set_error(error, APP_ERROR, ERROR_UNREADABLE, "Không đọc được %s: %s", path, problem->message);
  return FALSE;
}

static gboolean read_file(const char *path, char **out_bytes, gsize *out_size, GError **error) {
  g_autoptr(GError) problem = NULL;
  GStatBuf info;
  if (g_stat(path, &info) == 0 && info.st_size > TREE_BYTES_MAX) {
    g_set_error(error, APP_ERROR, ERROR_TOO_LARGE, "%s lớn hơn %d MiB.", path, TREE_BYTES_MAX >> 20);
    return FALSE;
  }
  return g_file_get_contents(path, out_bytes, out_size, &problem) || cannot_read(path, problem, error);
}

static gboolean add_file(RuleSet *set, const char *path, gssize *taken, GError **error) {
  g_autofree char *bytes = NULL;
  gsize size = 0;
  if (!read_file(path, &bytes, &size, error))
    return FALSE;
  *taken += (gssize)rule_set_add(set, path, (Span){bytes, size});
  return TRUE;
}

static int by_name(gconstpointer left, gconstpointer right) {
  return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static GPtrArray *names_in(const char *path, GError **error) {
  g_autoptr(GError) problem = NULL;
  g_autoptr(GDir) folder = g_dir_open(path, 0, &problem);
  if (!folder) {
    cannot_read(path, problem, error);
    return NULL;
  }
  GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
  for (const char *name; (name = g_dir_read_name(folder));)
    if (*name != '.')
      g_ptr_array_add(names, g_strdup(name));
  g_ptr_array_sort(names, by_name);
  return names;
}

static gboolean add_folder(RuleSet *set, const char *path, int depth, gssize *taken, GError **error) {
  g_autoptr(GPtrArray) names = names_in(path, error);
  for (guint i = 0; names && i < names->len; i++) {
    g_autofree char *inner = g_build_filename(path, g_ptr_array_index(names, i), NULL);
    gboolean is_folder = g_file_test(inner, G_FILE_TEST_IS_DIR);
    gboolean good = !is_folder ? !is_rule_name(inner) || add_file(set, inner, taken, error)
                               : depth >= FOLDER_DEPTH_MAX || g_file_test(inner, G_FILE_TEST_IS_SYMLINK) ||
                                     add_folder(set, inner, depth + 1, taken, error);
    if (!good)
      return FALSE;
  }
  return names != NULL;
}

gssize detect_add_rules(RuleSet *set, const char *const *paths, GError **error) {
  gssize taken = 0;
  for (; *paths; paths++) {
    gboolean is_folder = g_file_test(*paths, G_FILE_TEST_IS_DIR);
    if (is_folder ? !add_folder(set, *paths, 0, &taken, error) : !add_file(set, *paths, &taken, error))
      return -1;
  }
  return taken;
}

static gboolean cannot_parse(const char *path, const ScanError *problem, GError **error) {
  g_set_error(error, APP_ERROR, ERROR_UNREADABLE, "%s, dòng %zu, cột %zu: %s", path, problem->line, problem->column,
              problem->message);
  return FALSE;
}

PatternSet *detect_load_patterns(const char *data_dir, GError **error) {
  g_autofree char *path = g_build_filename(data_dir, "rules", "patterns.yaml", NULL);
  ScanError problem = {0};
  PatternSet *patterns = pattern_set_load(path, &problem);
  if (!patterns)
    cannot_parse(path, &problem, error);
  return patterns;
}

Route *detect_load_route(const char *data_dir, GError **error) {
  g_autofree char *logsource_path = g_build_filename(data_dir, "rules", "logsource.yaml", NULL);
  g_autofree char *fields_path = g_build_filename(data_dir, "rules", "fields.yaml", NULL);
  g_autofree char *logsource = NULL, *fields = NULL;
  gsize logsource_size = 0, fields_size = 0;
  if (!read_file(logsource_path, &logsource, &logsource_size, error) ||
      !read_file(fields_path, &fields, &fields_size, error))
    return NULL;
  ScanError problem = {0};
  Route *route = route_new((Span){logsource, logsource_size}, (Span){fields, fields_size}, &problem);
  if (!route)
    cannot_parse(logsource_path, &problem, error);
  return route;
}

static char **values_of(const TreeNode *node) {
  GPtrArray *values = g_ptr_array_new();
  for (const TreeNode *one = node->kind == TREE_LIST ? node->child : node; one; one = one->next) {
    if (one->kind == TREE_SCALAR && !tree_is_null(one))
      g_ptr_array_add(values, g_strdup(one->text.bytes));
    if (one == node)
      break;
  }
  g_ptr_array_add(values, NULL);
  return (char **)g_ptr_array_free(values, FALSE);
}

RulePlaceholder *detect_load_placeholders(const char *path, GError **error) {
  g_autofree char *bytes = NULL;
  gsize size = 0;
  ScanError problem = {0};
  if (!read_file(path, &bytes, &size, error))
    return NULL;
  Tree *tree = tree_read((Span){bytes, size}, &problem);
  const TreeNode *map = tree_count(tree) ? tree_document(tree, 0) : NULL;
  if (!*problem.message && (!map || map->kind != TREE_MAP))
    tree_fault(&problem, map, "cần một bảng tên và giá trị");
  RulePlaceholder *list = NULL;
  if (!*problem.message) {
    list = g_new0(RulePlaceholder, map->count + 1);
    gsize count = 0;
    for (const TreeNode *one = map->child; one; one = one->next)
      list[count++] = (RulePlaceholder){g_strdup(one->key->text.bytes), (const char *const *)values_of(one)};
  } else {
    cannot_parse(path, &problem, error);
  }
  tree_free(tree);
  return list;
}

void detect_free_placeholders(RulePlaceholder *placeholders) {
  for (RulePlaceholder *one = placeholders; one && one->name; one++) {
    g_free((char *)(gintptr)one->name);
    g_strfreev((char **)(gintptr)one->values);
  }
  g_free(placeholders);
}
