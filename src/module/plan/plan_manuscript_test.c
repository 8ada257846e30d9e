/* Writing a plan out and reading it again gives the same plan. */
#include "lib/document/paper.h"
#include "module/plan/plan_manuscript.h"
#include "module/plan/plan_read.h"
#include <locale.h>
#include <string.h>

static PaperStyle *style_load(void) {
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_build_filename(g_getenv("UNGCUU_DATA"), "law", "document_layout.yaml", NULL), *yaml = NULL;
  gsize length = 0;
  g_assert_true(g_file_get_contents(path, &yaml, &length, &error));
  PaperStyle *style = paper_style_load(yaml, length, &error);
  g_assert_no_error(error);
  return style;
}

static SourceText *source_of(const char *path) {
  g_autoptr(GError) error = NULL;
  g_autofree char *bytes = NULL;
  gsize length = 0;
  SourceKind kind = SOURCE_TXT;
  g_assert_true(g_file_get_contents(path, &bytes, &length, &error));
  g_assert_true(source_kind_guess(bytes, length, path, &kind, &error));
  SourceText *source = kind == SOURCE_DOCX ? source_text_read_docx(bytes, length, &error) : source_text_read_txt(bytes, length, kind, &error);
  g_assert_no_error(error);
  return source;
}

static SourceText *printed(const json_t *manuscript, const PaperStyle *style) {
  g_autoptr(GError) error = NULL;
  g_autoptr(Paper) paper = plan_manuscript_paper(manuscript, 0);
  g_autoptr(GBytes) bytes = paper_write_docx(paper, style, &error);
  g_assert_no_error(error);
  const char *dump = g_getenv("PLAN_PAPER_DUMP");
  if (dump) {
    g_file_set_contents(dump, g_bytes_get_data(bytes, NULL), (gssize)g_bytes_get_size(bytes), NULL);
  }
  SourceText *source = source_text_read_docx(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), &error);
  g_assert_no_error(error);
  return source;
}

/* What must come back: who does what when, and the frame of the paper. */
static void assert_same(const char *path, const json_t *before, const json_t *after) {
  static const char *const KEYS[] = {"title", "place", "period", "date", "signer", "organisation_duties", "scenario_groups",
                                     "legal_bases", "periodic_reports", "budget"};
  static const char *const PARTS[][2] = {{"number", "resolved"}, {"number", "suffix"}, {"recipients", "list"}, {"recipients", "archive"}};
  static const char *const TASK_KEYS[] = {"content", "lead", "coordinate", "time", "product"};
  const json_t *old_tasks = json_object_get(before, "tasks"), *new_tasks = json_object_get(after, "tasks");
  for (gsize i = 0; i < G_N_ELEMENTS(KEYS); i++) {
    const json_t *old = json_object_get(before, KEYS[i]), *new = json_object_get(after, KEYS[i]);
    if (json_equal(old, new))
      continue;
    g_autofree char *a = json_dumps(old, JSON_ENCODE_ANY), *b = json_dumps(new, JSON_ENCODE_ANY);
    g_test_message("%s: %s\n  before %s\n  after  %s", path, KEYS[i], a, b);
    g_test_fail();
  }
  gboolean headed = json_is_string(json_object_get(json_object_get(before, "number"), "suffix")); /* else the paper gives a blank one */
  for (gsize i = headed ? 0 : 2; i < G_N_ELEMENTS(PARTS); i++)
    g_assert_true(json_equal(json_object_get(json_object_get(before, PARTS[i][0]), PARTS[i][1]), json_object_get(json_object_get(after, PARTS[i][0]), PARTS[i][1])));
  for (gsize t = 0; t < MAX(json_array_size(old_tasks), json_array_size(new_tasks)); t++)
    for (gsize k = 0; k < G_N_ELEMENTS(TASK_KEYS); k++) {
      const json_t *old = json_object_get(json_array_get(old_tasks, t), TASK_KEYS[k]), *new = json_object_get(json_array_get(new_tasks, t), TASK_KEYS[k]);
      if ((!old && !new) || json_equal(old, new))
        continue;
      g_autofree char *a = old ? json_dumps(old, JSON_ENCODE_ANY) : NULL, *b = new ? json_dumps(new, JSON_ENCODE_ANY) : NULL;
      g_test_message("%s: task %zu %s\n  before %s\n  after  %s", path, t, TASK_KEYS[k], a, b);
      g_test_fail();
    }
  g_assert_cmpuint(json_array_size(old_tasks), ==, json_array_size(new_tasks));
}

static void test_round_trip(gconstpointer data) {
  g_autoptr(GError) error = NULL;
  g_autoptr(PaperStyle) style = style_load();
  g_autoptr(SourceText) source = source_of(data);
  json_t *manuscript = plan_manuscript_read(source, &error);
  g_assert_no_error(error);
  json_t *before = plan_read(source, &error);
  g_autoptr(SourceText) again = printed(manuscript, style);
  json_t *after = plan_read(again, &error);
  if (!after)
    g_test_message("%s", (const char *)data);
  g_assert_no_error(error);
  assert_same(data, before, after);
  json_decref(manuscript);
  json_decref(before);
  json_decref(after);
}

static json_t *manuscript_of(const char *name) {
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_build_filename(g_getenv("G_TEST_SRCDIR"), "tests", "plans", name, NULL);
  g_autoptr(SourceText) source = source_of(path);
  json_t *manuscript = plan_manuscript_read(source, &error);
  g_assert_no_error(error);
  return manuscript;
}

static json_t *reading_of(const json_t *manuscript) {
  g_autoptr(GError) error = NULL;
  g_autoptr(PaperStyle) style = style_load();
  g_autoptr(SourceText) source = printed(manuscript, style);
  json_t *reading = plan_read(source, &error);
  g_assert_no_error(error);
  return reading;
}

static const char *task_text(const json_t *reading, gsize index, const char *key) {
  const json_t *value = json_object_get(json_array_get(json_object_get(reading, "tasks"), index), key);
  return json_string_value(json_is_object(value) ? json_object_get(value, "text") : json_is_array(value) ? json_array_get(value, 0) : value);
}

/* Three years on: the period, the days of tasks; not the numbers and days of what is cited. */
static void test_move_on(void) {
  json_t *manuscript = manuscript_of("huyen-tan-my-2023.txt");
  plan_manuscript_move_on(manuscript, 2023, 2025);
  json_t *reading = reading_of(manuscript), *period = json_object_get(reading, "period");
  g_assert_cmpstr(json_string_value(json_object_get(period, "from")), ==, "2026-01-01");
  g_assert_cmpstr(json_string_value(json_object_get(period, "to")), ==, "2028-12-31");
  g_assert_cmpstr(task_text(reading, 5, "time"), ==, "Quý IV năm 2026");
  const json_t *base = json_array_get(json_object_get(reading, "legal_bases"), 0);
  g_assert_cmpstr(json_string_value(json_object_get(base, "date")), ==, "2023-02-15");
  g_assert_cmpstr(json_string_value(json_object_get(json_object_get(reading, "number"), "status")), ==, "blank");
  g_assert_true(json_is_null(json_object_get(json_object_get(reading, "signer"), "name")));
  json_decref(reading);
  json_decref(manuscript);
}

static json_t *part_with_tasks(const json_t *manuscript) {
  gsize index;
  json_t *part;
  json_array_foreach(json_object_get(manuscript, "parts"), index, part) {
    if (plan_task_count(part))
      return part;
  }
  return NULL;
}

/* Adding, changing, moving and removing a task, in a table and in prose. */
static void test_tasks(gconstpointer data) {
  json_t *manuscript = manuscript_of(data), *part = part_with_tasks(manuscript);
  g_assert_nonnull(part);
  gsize count = plan_task_count(part);
  const PlanTaskWords added = {.content = "Diễn tập phương án mất điện trung tâm dữ liệu", .lead = "Văn phòng", .time = "Quý I/2026"};
  g_autofree char *second = g_strdup(plan_task_words(part, 1).content);
  g_autofree char *owner = g_strdup(plan_task_words(part, 1).lead);
  g_assert_true(plan_task_set(part, count, &added));
  g_assert_cmpuint(plan_task_count(part), ==, count + 1);
  g_assert_true(plan_task_swap(part, 0, count));
  g_assert_true(plan_task_remove(part, count));
  g_assert_false(plan_task_remove(part, count));
  g_assert_cmpstr(plan_task_words(part, 0).content, ==, added.content);
  g_assert_cmpstr(plan_task_words(part, 1).content, ==, second);
  g_assert_cmpstr(plan_task_words(part, 1).lead, ==, owner);
  json_t *reading = reading_of(manuscript);
  g_assert_cmpstr(task_text(reading, 0, "content"), ==, added.content);
  g_assert_cmpstr(task_text(reading, 0, "lead"), ==, "Văn phòng");
  g_assert_cmpstr(task_text(reading, 0, "time"), ==, "Quý I/2026");
  json_decref(reading);
  json_decref(manuscript);
}

static void test_lines(void) {
  g_autoptr(PaperStyle) style = style_load();
  json_t *manuscript = manuscript_of("phuong-dong-quan-2026.txt");
  g_autoptr(SourceText) source = printed(manuscript, style);
  json_t *lines = plan_manuscript_lines(manuscript, source), *range, *part;
  gsize index;
  int last = 0;
  json_array_foreach(json_object_get(manuscript, "parts"), index, part) {
    range = json_object_get(lines, json_string_value(json_object_get(part, "key")));
    int from = (int)json_integer_value(json_object_get(range, "from"));
    g_assert_cmpint(from, >, last);
    g_assert_cmpint(json_integer_value(json_object_get(range, "to")), >=, from);
    last = from;
  }
  json_decref(lines);
  json_decref(manuscript);
}

static void add_folder(const char *folder) {
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  for (const char *name = dir ? g_dir_read_name(dir) : NULL; name; name = g_dir_read_name(dir)) {
    if (!strcmp(name, "README.md") || (!g_str_has_suffix(name, ".txt") && !g_str_has_suffix(name, ".docx") && !g_str_has_suffix(name, ".md")))
      continue;
    g_autofree char *test = g_strconcat("/manuscript/round-trip/", name, NULL);
    g_test_add_data_func_full(test, g_build_filename(folder, name, NULL), test_round_trip, g_free);
  }
}

int main(int argc, char **argv) {
  setlocale(LC_ALL, "C.UTF-8");
  g_test_init(&argc, &argv, NULL);
  g_autofree char *demo = g_build_filename(g_getenv("UNGCUU_DATA"), "demo", "plans", NULL);
  g_autofree char *own = g_build_filename(g_getenv("G_TEST_SRCDIR"), "tests", "plans", NULL);
  add_folder(demo);
  add_folder(own);
  g_test_add_func("/manuscript/move-on", test_move_on);
  g_test_add_data_func("/manuscript/tasks/table", "phuong-dong-quan-2026.txt", test_tasks);
  g_test_add_data_func("/manuscript/tasks/prose", "xa-suoi-ha-2026.txt", test_tasks);
  g_test_add_func("/manuscript/lines", test_lines);
  return g_test_run();
}
