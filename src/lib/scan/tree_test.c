#include "lib/scan/tree.h"
#include <glib.h>
#include <string.h>

static Tree *read_text(const char *text, ScanError *error) {
  return tree_read((Span){text, strlen(text)}, error);
}

static void test_documents(void) {
  ScanError error;
  Tree *tree = read_text("a: 1\nb:\n  - x\n  - 'null'\n  - null\n---\nc: {d: [true, 1.5, \"2\"]}\n", &error);
  g_assert_cmpstr(error.message, ==, "");
  g_assert_cmpuint(tree_count(tree), ==, 2);
  const TreeNode *list = tree_get(tree_document(tree, 0), "b");
  g_assert_cmpuint(list->count, ==, 3);
  g_assert_cmpuint(list->child->line, ==, 3);
  g_assert_cmpuint(list->child->column, ==, 5);
  g_assert_false(tree_is_null(list->child->next));
  g_assert_true(tree_is_null(list->child->next->next));
  const TreeNode *inner = tree_get(tree_get(tree_document(tree, 1), "c"), "d");
  bool value = false;
  g_assert_true(tree_bool(inner->child, &value) && value);
  g_assert_true(tree_is_number(inner->child->next));
  g_assert_false(tree_is_number(inner->child->next->next));
  g_assert_cmpstr(tree_text(tree_document(tree, 0), "a"), ==, "1");
  g_assert_null(tree_get(tree_document(tree, 0), "z"));
  tree_free(tree);
}

static void test_refused(void) {
  static const struct {
    const char *text, *message;
    size_t line, column, documents;
  } cases[] = {
      {"a: &x 1\nb: *x\n",   "bí danh",    2, 4, 0},
      {"a: 1\na: 2\n",       "lặp lại", 2, 1, 0},
      {"a: !!int 1\n",       "nhãn",       1, 4, 0},
      {"? [a]\n: 1\n",       "một từ",  1, 3, 0},
      {"a: 1\n---\nb: [1\n", "YAML",        0, 0, 1},
      {"a: \xff\n",          "YAML",        0, 0, 0},
      {"a: \"x\\0y\"\n",     "NUL",         1, 4, 0},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    ScanError error;
    Tree *tree = read_text(cases[i].text, &error);
    g_assert_nonnull(strstr(error.message, cases[i].message));
    g_assert_cmpuint(tree_count(tree), ==, cases[i].documents);
    if (cases[i].line) {
      g_assert_cmpuint(error.line, ==, cases[i].line);
      g_assert_cmpuint(error.column, ==, cases[i].column);
    }
    tree_free(tree);
  }
}

static void test_bounds(void) {
  g_autofree char *deep = g_strnfill(TREE_DEPTH_MAX + 2, '[');
  ScanError error;
  Tree *tree = read_text(deep, &error);
  g_assert_nonnull(strstr(error.message, "quá sâu"));
  tree_free(tree);
  g_autofree char *large = g_strnfill(TREE_BYTES_MAX + 1, 'a');
  tree = read_text(large, &error);
  g_assert_nonnull(strstr(error.message, "8 MiB"));
  g_assert_cmpuint(tree_count(tree), ==, 0);
  tree_free(tree);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/scan/tree/documents", test_documents);
  g_test_add_func("/scan/tree/refused", test_refused);
  g_test_add_func("/scan/tree/bounds", test_bounds);
  return g_test_run();
}
