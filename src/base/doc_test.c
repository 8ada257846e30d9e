#include "base/doc.h"

static void test_json(void) {
  g_autoptr(Arena) arena = arena_new();
  Doc *doc = doc_new(arena);
  doc_text(doc, KEY("name"), "Đội \"A\"\n\x01");
  doc_int(doc, KEY("least"), G_MININT64);
  doc_bool(doc, KEY("open"), TRUE);
  doc_text(doc, KEY("gone"), NULL);
  Doc *list = doc_list(doc, KEY("rows"));
  doc_int(doc_object(list, NULL), KEY("n"), 7);
  doc_real(list, NULL, 1.5);
  g_autoptr(GString) out = g_string_new(NULL);
  doc_write_json(doc, out, FALSE);
  g_assert_cmpstr(out->str, ==,
                  "{\"name\":\"Đội \\\"A\\\"\\n\\u0001\",\"least\":-9223372036854775808,\"open\":true,\"gone\":null,"
                  "\"rows\":[{\"n\":7},1.5]}");
}

static void test_roundtrip(void) {
  const char *text = "{\"a\": [1, {\"b\": null}, \"x\"], \"c\": false}";
  g_autoptr(Arena) arena = arena_new();
  json_t *in = json_loads(text, 0, NULL);
  Doc *doc = doc_new(arena);
  doc_json(doc, KEY("v"), in);
  g_autoptr(GString) out = g_string_new(NULL);
  doc_write_json(doc_get(doc, KEY("v")), out, TRUE);
  json_t *back = json_loads(out->str, 0, NULL);
  g_assert_true(json_equal(in, back));
  json_decref(in);
  json_decref(back);
}

static void test_arena_large_and_reset(void) {
  g_autoptr(Arena) arena = arena_new();
  for (int round = 0; round < 3; round++) {
    char *big = arena_alloc(arena, 1 << 20);
    big[(1 << 20) - 1] = 1;
    for (int i = 0; i < 10000; i++)
      g_assert_cmpint((gintptr)arena_alloc(arena, 7) % 16, ==, 0);
    arena_reset(arena);
  }
  g_assert_cmpstr(arena_printf(arena, "%d-%s", 5, "x"), ==, "5-x");
  g_assert_null(arena_text(arena, NULL, -1));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/doc/json", test_json);
  g_test_add_func("/doc/roundtrip", test_roundtrip);
  g_test_add_func("/arena/large-and-reset", test_arena_large_and_reset);
  return g_test_run();
}
