#include "module/plan/plan_compare.h"
#include <string.h>

static char *runs(const json_t *list, const char *flag) {
  GString *all = g_string_new(NULL);
  gsize index;
  json_t *run;
  json_array_foreach(list, index, run) {
    gboolean set = json_is_true(json_object_get(run, flag));
    g_string_append_printf(all, set ? "[%s]" : "%s", json_string_value(json_object_get(run, "text")));
  }
  return g_string_free(all, FALSE);
}

static void test_words(void) {
  json_t *both = plan_compare_words("Rà quét lỗ hổng 01 lần một năm", "Rà quét, khắc phục lỗ hổng 01 lần mỗi 06 tháng");
  g_autofree char *before = runs(json_object_get(both, "before"), "gone"), *after = runs(json_object_get(both, "after"), "new");
  g_assert_cmpstr(before, ==, "Rà [quét ]lỗ hổng 01 lần [một năm ]");
  g_assert_cmpstr(after, ==, "Rà [quét, khắc phục ]lỗ hổng 01 lần [mỗi 06 tháng ]");
  json_decref(both);
}

/* Above the limit the texts are compared as wholes, in time that does not grow with their product. */
static void test_long(void) {
  g_autoptr(GString) text = g_string_new(NULL);
  for (int i = 0; i < 5000; i++)
    g_string_append_printf(text, "từ%d ", i);
  json_t *same = plan_compare_words(text->str, text->str), *other = plan_compare_words(text->str, "khác");
  g_assert_false(json_is_true(json_object_get(json_array_get(json_object_get(same, "before"), 0), "gone")));
  g_assert_true(json_is_true(json_object_get(json_array_get(json_object_get(other, "before"), 0), "gone")));
  json_decref(same);
  json_decref(other);
}

static json_t *reading_with(const char *first, const char *second) {
  return json_pack("{s:[{s:s, s:s, s:[s]}, {s:s, s:s, s:[s]}]}", "tasks", "id", "I.1", "content", first, "lead", "Văn phòng", "id", "I.2", "content",
                   second, "lead", "Công an xã");
}

static const char *state_at(const json_t *rows, gsize index, const char *key) {
  return json_string_value(json_object_get(json_array_get(rows, index), key));
}

/* A task that was reworded is one changed task; another one is removed and added. */
static void test_tasks(void) {
  json_t *old = reading_with("Rà quét lỗ hổng trên mọi hệ thống", "Diễn tập phương án mất điện");
  json_t *new = reading_with("Rà quét lỗ hổng trên các hệ thống", "Tuyên truyền trên đài truyền thanh");
  json_t *none = json_object(), *rows = plan_compare(none, old, none, new);
  g_assert_cmpuint(json_array_size(rows), ==, 3);
  g_assert_cmpstr(state_at(rows, 0, "state"), ==, "changed");
  g_assert_cmpstr(state_at(rows, 1, "state"), ==, "added");
  g_assert_cmpstr(state_at(rows, 2, "state"), ==, "removed");
  g_assert_cmpstr(state_at(rows, 2, "section"), ==, "Nhiệm vụ I.2");
  json_decref(rows);
  json_decref(none);
  json_decref(old);
  json_decref(new);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/compare/words", test_words);
  g_test_add_func("/compare/long", test_long);
  g_test_add_func("/compare/tasks", test_tasks);
  return g_test_run();
}
