#include "base/arena.h"
#include <string.h>

/* Texts of every length around the size of a block, so that each way of fitting is taken. */
static void test_printf(void) {
  g_autoptr(Arena) arena = arena_new();
  g_autoptr(GString) long_text = g_string_new(NULL);
  for (int i = 0; i < 20000; i++)
    g_string_append_printf(long_text, "%d,", i);
  for (gsize length = 0; length < long_text->len; length = length * 2 + 1) {
    g_autofree char *part = g_strndup(long_text->str, length);
    const char *before = arena_text(arena, "trước", -1);
    const char *text = arena_printf(arena, "<%s|%d>", part, 7);
    const char *after = arena_printf(arena, "%s", "sau");
    g_autofree char *expected = g_strconcat("<", part, "|7>", NULL);
    g_assert_cmpstr(text, ==, expected);
    g_assert_cmpstr(before, ==, "trước");
    g_assert_cmpstr(after, ==, "sau");
  }
}

static void test_fills_blocks(void) {
  g_autoptr(Arena) arena = arena_new();
  g_autoptr(GPtrArray) texts = g_ptr_array_new();
  for (int i = 0; i < 20000; i++)
    g_ptr_array_add(texts, arena_printf(arena, "số %d", i));
  for (guint i = 0; i < texts->len; i++) {
    g_autofree char *expected = g_strdup_printf("số %u", i);
    g_assert_cmpstr(g_ptr_array_index(texts, i), ==, expected);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/arena/printf", test_printf);
  g_test_add_func("/arena/fills-blocks", test_fills_blocks);
  return g_test_run();
}
