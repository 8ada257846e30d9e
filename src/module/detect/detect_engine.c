/* Rules and indicators of the store as the engine takes them. */
#include "core/file.h"
#include "module/detect/detect_files.h"
#include "module/detect/detect_hunt.h"
#include "module/detect/detect_store.h"
#include <string.h>

static Span span_of(GBytes *bytes) {
  gsize length = 0;
  const char *data = g_bytes_get_data(bytes, &length);
  return (Span){data, length};
}

Route *detect_route(const App *app, GError **error) {
  return detect_load_route(app->data_dir, error);
}

PatternSet *detect_patterns(const App *app, GError **error) {
  return detect_load_patterns(app->data_dir, error);
}

static void take_file(const char *path, const char *yaml, gsize length, void *data) {
  rule_set_add(data, path, (Span){yaml, length});
}

RuleSet *detect_rule_set(StoreConn *conn, const char *only, GError **error) {
  const RuleOptions options = {0};
  RuleSet *set = rule_set_new(&options);
  if (!detect_store_files(conn, only, take_file, set, error)) {
    rule_set_free(set);
    return NULL;
  }
  rule_set_finish(set);
  return set;
}

static const struct {
  const char *name;
  ListFormat format;
} FORMATS[] = {{"plain", LIST_PLAIN}, {"csv", LIST_CSV}, {"misp", LIST_MISP}, {"stix", LIST_STIX}, {"warning", LIST_WARNING}};

static ListFormat format_of(const char *name) {
  for (gsize i = 0; i < G_N_ELEMENTS(FORMATS); i++)
    if (strcmp(FORMATS[i].name, name) == 0)
      return FORMATS[i].format;
  return LIST_AUTO;
}

static gboolean take_list(const App *app, const DetectList *list, IndicatorSet *set, GError **error) {
  g_autoptr(GBytes) bytes = file_read(app, list->sha256, error);
  ScanError failed = {0};
  size_t faults = 0;
  if (!bytes)
    return FALSE;
  indicator_set_add(set, list->name, span_of(bytes), format_of(list->format), &faults, &failed);
  return TRUE;
}

typedef gboolean (*WantFunc)(const DetectList *list, const void *data);

/* Warning lists come along: they take known good values out. */
static IndicatorSet *gather(App *app, StoreConn *conn, WantFunc wanted, const void *data, GError **error) {
  g_autoptr(Arena) arena = arena_new();
  g_autoptr(GPtrArray) lists = detect_store_lists(conn, arena, error);
  IndicatorSet *set = lists ? indicator_set_new() : NULL;
  for (guint i = 0; set && i < lists->len; i++) {
    const DetectList *list = g_ptr_array_index(lists, i);
    if (!wanted(list, data) || take_list(app, list, set, error))
      continue;
    indicator_set_free(set);
    return NULL;
  }
  return set;
}

static gboolean is_enabled(const DetectList *list, const void *data) {
  const char *only = data;
  return only ? strcmp(only, list->id) == 0 || strcmp(list->format, "warning") == 0 : list->enabled != 0;
}

IndicatorSet *detect_indicator_set(App *app, StoreConn *conn, const char *only, GError **error) {
  IndicatorSet *set = gather(app, conn, is_enabled, only, error);
  if (set)
    indicator_set_finish(set);
  return set;
}

static gboolean is_chosen(const DetectList *list, const void *data) {
  return strcmp(list->format, "warning") == 0 || g_strv_contains((const char *const *)data, list->id);
}

IndicatorSet *detect_choose_indicators(App *app, StoreConn *conn, const char *const *lists, const char *pasted, GError **error) {
  ScanError failed = {0};
  size_t faults = 0;
  IndicatorSet *set = gather(app, conn, is_chosen, lists, error);
  if (!set)
    return NULL;
  if (*pasted)
    indicator_set_add(set, "dấu hiệu của đợt săn lùng", (Span){pasted, strlen(pasted)}, LIST_AUTO, &faults, &failed);
  indicator_set_finish(set);
  return set;
}
