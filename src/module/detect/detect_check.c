/* `ungcuu rules check`: what of rule files cannot be used, and what the rest is. */
#include "base/error.h"
#include "module/detect/detect_files.h"
#include "module/detect/detect_match_out.h"
#include "module/detect/detect_scan.h"
#include <stdio.h>
#include <string.h>

typedef struct {
  const char *placeholders;
  GPtrArray *paths;
  gboolean json, help;
} Check;

static int fail(const GError *error) {
  fprintf(stderr, "ungcuu: %s (%s)\n", error->message, error_info(error)->label);
  return error_info(error)->exit_code;
}

static void print_help(void) {
  puts("Đọc luật Sigma, báo từng chỗ không dùng được kèm dòng và cột, đếm luật theo nguồn và mức.\n\n"
       "Ví dụ:\n"
       "  ungcuu rules check luat/\n\n"
       "Cách dùng: ungcuu rules check [--placeholders TỆP] [--json] ĐƯỜNG-DẪN…\n\n"
       "Mã thoát: 0 mọi luật dùng được; 2 sai cách gọi; 3 không đọc được tệp; 4 có luật không dùng được.");
}

static char *source_name(const Rule *rule) {
  const char *parts[] = {rule->product, rule->category, rule->service};
  GString *name = g_string_new(NULL);
  if (rule->kind == RULE_CORRELATION)
    g_string_append(name, "correlation");
  for (gsize i = 0; rule->kind == RULE_DETECTION && i < G_N_ELEMENTS(parts); i++)
    if (parts[i])
      g_string_append_printf(name, "%s%s", name->len ? " / " : "", parts[i]);
  return g_string_free(name, FALSE);
}

static void count(GHashTable *counts, char *name) {
  guint before = GPOINTER_TO_UINT(g_hash_table_lookup(counts, name));
  g_hash_table_replace(counts, name, GUINT_TO_POINTER(before + 1));
}

static GHashTable *count_sources(const RuleSet *set, guint *levels) {
  GHashTable *counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (gsize i = 0; i < rule_set_count(set); i++) {
    const Rule *rule = rule_set_rule(set, i);
    count(counts, source_name(rule));
    levels[rule->level]++;
  }
  return counts;
}

static int by_count(gconstpointer left, gconstpointer right, gpointer counts) {
  guint a = GPOINTER_TO_UINT(g_hash_table_lookup(counts, left)), b = GPOINTER_TO_UINT(g_hash_table_lookup(counts, right));
  return a != b ? (a < b ? 1 : -1) : strcmp(left, right);
}

static json_t *check_json(const RuleSet *set) {
  guint levels[LEVEL_CRITICAL + 1] = {0};
  g_autoptr(GHashTable) sources = count_sources(set, levels);
  json_t *faults = json_array(), *by_level = json_object(), *by_source = json_object();
  for (gsize i = 0; i < rule_set_fault_count(set); i++) {
    const RuleFault *fault = rule_set_fault(set, i);
    json_array_append_new(faults, json_pack("{s:s, s:I, s:I, s:s}", "file", fault->file, "line", (json_int_t)fault->error.line,
                                            "column", (json_int_t)fault->error.column, "reason", fault->error.message));
  }
  for (RuleLevel level = LEVEL_NONE; level <= LEVEL_CRITICAL; level++)
    json_object_set_new(by_level, level ? detect_level_word(level) : "none", json_integer(levels[level]));
  GHashTableIter iter;
  gpointer name, number;
  for (g_hash_table_iter_init(&iter, sources); g_hash_table_iter_next(&iter, &name, &number);)
    json_object_set_new(by_source, name, json_integer(GPOINTER_TO_UINT(number)));
  return json_pack("{s:I, s:o, s:o, s:o}", "rules", (json_int_t)rule_set_count(set), "levels", by_level, "sources", by_source,
                   "faults", faults);
}

static void print_text(const RuleSet *set) {
  guint levels[LEVEL_CRITICAL + 1] = {0};
  g_autoptr(GHashTable) sources = count_sources(set, levels);
  for (gsize i = 0; i < rule_set_fault_count(set); i++) {
    const RuleFault *fault = rule_set_fault(set, i);
    printf("%s:%zu:%zu: %s\n", fault->file, fault->error.line, fault->error.column, fault->error.message);
  }
  printf("%s%zu luật dùng được, %zu chỗ không dùng được\n", rule_set_fault_count(set) ? "\n" : "", rule_set_count(set),
         rule_set_fault_count(set));
  for (RuleLevel level = LEVEL_CRITICAL; level > LEVEL_NONE; level--)
    printf("%8u  %s\n", levels[level], detect_level_word(level));
  g_autoptr(GList) names = g_list_sort_with_data(g_hash_table_get_keys(sources), by_count, sources);
  puts("\nTheo nguồn nhật ký:");
  for (const GList *one = names; one; one = one->next)
    printf("%8u  %s\n", GPOINTER_TO_UINT(g_hash_table_lookup(sources, one->data)),
           *(const char *)one->data ? (const char *)one->data : "(mọi nguồn)");
}

static int check_paths(const Check *check) {
  g_autoptr(GError) error = NULL;
  RulePlaceholder *placeholders = check->placeholders ? detect_load_placeholders(check->placeholders, &error) : NULL;
  if (error)
    return fail(error);
  RuleSet *set = rule_set_new(&(RuleOptions){.placeholders = placeholders});
  int code = 0;
  if (detect_add_rules(set, (const char *const *)check->paths->pdata, &error) < 0) {
    code = fail(error);
  } else {
    rule_set_finish(set);
    code = rule_set_fault_count(set) ? 4 : 0;
    if (check->json) {
      json_t *answer = check_json(set);
      json_dumpf(answer, stdout, JSON_INDENT(2) | JSON_SORT_KEYS);
      putchar('\n');
      json_decref(answer);
    } else {
      print_text(set);
    }
  }
  rule_set_free(set);
  detect_free_placeholders(placeholders);
  return code;
}

static gboolean take_words(Check *check, int argc, char **argv, GError **error) {
  for (int i = 0; i < argc; i++) {
    if (strcmp(argv[i], "--json") == 0)
      check->json = TRUE;
    else if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
      check->help = TRUE;
    else if (strcmp(argv[i], "--placeholders") == 0 && i + 1 < argc)
      check->placeholders = argv[++i];
    else if (argv[i][0] != '-')
      g_ptr_array_add(check->paths, argv[i]);
    else {
      g_set_error(error, APP_ERROR, ERROR_USAGE, "Không có lựa chọn %s. Xem ungcuu rules check --help.", argv[i]);
      return FALSE;
    }
  }
  if (check->help || check->paths->len)
    return TRUE;
  g_set_error(error, APP_ERROR, ERROR_USAGE, "Cần ít nhất một đường dẫn tới luật. Xem ungcuu rules check --help.");
  return FALSE;
}

int detect_rules_check_run(int argc, char **argv) {
  g_autoptr(GError) error = NULL;
  Check check = {.paths = g_ptr_array_new()};
  int code = 0;
  if (!take_words(&check, argc, argv, &error)) {
    code = fail(error);
  } else if (check.help) {
    print_help();
  } else {
    g_ptr_array_add(check.paths, NULL);
    code = check_paths(&check);
  }
  g_ptr_array_free(check.paths, TRUE);
  return code;
}
