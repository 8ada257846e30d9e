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
      {"a: *x\n", "bí danh", 1, 4, 0},     {"a: !!int 1\n", "nhãn", 1, 4, 0},     {"? [a]\n: 1\n", "một từ", 1, 3, 0},
      {"a: 1\n---\nb: [1\n", "YAML", 0, 0, 1}, {"a: \xff\n", "YAML", 0, 0, 0},      {"a: \"x\\0y\"\n", "NUL", 1, 4, 0},
      {"a: &a [*a]\n", "bí danh", 1, 8, 0},
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

static void test_document_fault(void) {
  ScanError error;
  Tree *tree = read_text("a: 1\nb: {c: 1, c: 2}\n---\nd: 1\n", &error);
  g_assert_cmpstr(error.message, ==, "");
  g_assert_cmpuint(tree_count(tree), ==, 2);
  g_assert_nonnull(strstr(tree_document_fault(tree, 0)->message, "lặp lại"));
  g_assert_cmpuint(tree_document_fault(tree, 0)->line, ==, 2);
  g_assert_cmpuint(tree_document_fault(tree, 0)->column, ==, 11);
  g_assert_cmpstr(tree_document_fault(tree, 1)->message, ==, "");
  tree_free(tree);
}

static void test_aliases(void) {
  ScanError error;
  Tree *tree = read_text("a: &x {k: [1, 2]}\nb: *x\nc: &y word\nd: [*y, *x]\n", &error);
  g_assert_cmpstr(error.message, ==, "");
  const TreeNode *list = tree_get(tree_get(tree_document(tree, 0), "b"), "k");
  g_assert_cmpuint(list->count, ==, 2);
  g_assert_cmpstr(list->child->next->text.bytes, ==, "2");
  g_assert_cmpstr(tree_get(tree_document(tree, 0), "d")->child->text.bytes, ==, "word");
  tree_free(tree);
  GString *bomb = g_string_new("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
  for (int i = 1; i < 12; i++)
    g_string_append_printf(bomb, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i, i, i - 1, i - 1, i - 1, i - 1, i - 1,
                           i - 1, i - 1, i - 1);
  tree = read_text(bomb->str, &error);
  g_assert_nonnull(strstr(error.message, "quá nhiều phần tử"));
  tree_free(tree);
  g_string_free(bomb, TRUE);
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
  g_test_add_func("/scan/tree/document_fault", test_document_fault);
  g_test_add_func("/scan/tree/aliases", test_aliases);
  g_test_add_func("/scan/tree/bounds", test_bounds);
  return g_test_run();
}
