#include "base/error.h"
#include "lib/mustache/mustache.h"
#include <string.h>

static char *load_from_json(const char *name, void *data, GError **error) {
  (void)error;
  return g_strdup(json_string_value(json_object_get(data, name)));
}

static char *render_json(const char *text, json_t *data, json_t *partials, GError **error) {
  g_autoptr(Arena) arena = arena_new();
  Doc *root = doc_new(arena);
  doc_json(root, KEY("data"), data);
  g_autoptr(MustacheSet) set = mustache_set_new(load_from_json, partials);
  const MustacheTemplate *template = mustache_parse(set, "mẫu", text, strlen(text), error);
  g_autoptr(GString) out = g_string_new(NULL);
  if (!template || !mustache_render(template, doc_get(root, KEY("data")), out, error))
    return NULL;
  return g_strdup(out->str);
}

static void check(const char *text, const char *json, const char *partials, const char *expected) {
  json_t *data = json_loads(json, JSON_DECODE_ANY, NULL);
  json_t *parts = json_loads(partials, 0, NULL);
  g_assert_nonnull(data);
  g_assert_nonnull(parts);
  GError *error = NULL;
  g_autofree char *shown = render_json(text, data, parts, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(shown, ==, expected);
  json_decref(data);
  json_decref(parts);
}

static void check_refused(const char *text, const char *json, const char *partials, int code,
                          const char *message_part) {
  json_t *data = json_loads(json, JSON_DECODE_ANY, NULL);
  json_t *parts = json_loads(partials, 0, NULL);
  g_autoptr(GError) error = NULL;
  g_autofree char *shown = render_json(text, data, parts, &error);
  g_assert_null(shown);
  g_assert_error(error, APP_ERROR, code);
  g_assert_nonnull(strstr(error->message, message_part));
  json_decref(data);
  json_decref(parts);
}

static char *spec_path(const char *file) {
  const char *shared = g_getenv("UNGCUU_SHARED");
  return g_build_filename(shared ? shared : "../shared", "data", "mustache-spec", file, NULL);
}

static void test_spec(const void *file) {
  g_autofree char *path = spec_path(file);
  if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
    g_test_skip(path);
    return;
  }
  json_t *spec = json_load_file(path, 0, NULL);
  json_t *cases = json_object_get(spec, "tests");
  g_assert_cmpuint(json_array_size(cases), >, 0);
  gsize i;
  json_t *one;
  json_array_foreach(cases, i, one) {
    GError *error = NULL;
    g_autofree char *shown = render_json(json_string_value(json_object_get(one, "template")),
                                         json_object_get(one, "data"), json_object_get(one, "partials"), &error);
    g_assert_no_error(error);
    if (g_strcmp0(shown, json_string_value(json_object_get(one, "expected"))) != 0)
      g_test_message("%s: %s", (const char *)file, json_string_value(json_object_get(one, "name")));
    g_assert_cmpstr(shown, ==, json_string_value(json_object_get(one, "expected")));
  }
  json_decref(spec);
}

static void test_values(void) {
  check("{{a}}{{{a}}}", "{\"a\": \"<'&\\\">\"}", "{}", "&lt;&#39;&amp;&quot;&gt;<'&\">");
  check("{{a}} {{b}} {{c}} {{d}}", "{\"a\": -0.5, \"b\": 3.0, \"c\": 1e15, \"d\": 0.000001}", "{}",
        "-0.5 3 1000000000000000 0.000001");
  check("{{a}} {{b}} {{c}}", "{\"a\": -9223372036854775808, \"b\": true, \"c\": {\"x\": 1}}", "{}",
        "-9223372036854775808 true ");
  check("{{^zero}}không{{/zero}}{{^empty}} rỗng{{/empty}}", "{\"zero\": 0, \"empty\": \"\"}", "{}", "không rỗng");
}

static void test_local_names(void) {
  const char *json = "{\"due\": \"trang\", \"rows\": [{\"due\": \"hàng\", \"late\": true}, {\"late\": true}]}";
  check("{{#rows}}[{{due}}]{{/rows}}", json, "{}", "[hàng][trang]");
  check("{{#rows}}{{#.late}}[{{.due}}]{{/.late}}{{/rows}}", json, "{}", "[hàng][]");
  check("{{#rows}}{{^.due}}chưa có hạn{{/.due}}{{/rows}}", json, "{}", "chưa có hạn");
}

static void test_indented_partials(void) {
  check("<ul>\n  {{> item}}\n</ul>\n", "{\"n\": 1, \"a\": true}",
        "{\"item\": \"{{n}}\\n{{#a}}\\n {{> more}}\\n{{/a}}\\n\", \"more\": \"x\\ny\"}",
        "<ul>\n  1\n   x\n   y</ul>\n");
}

static void test_unreadable(void) {
  check_refused("a\n{{#rows}}\nb\n", "{}", "{}", ERROR_UNREADABLE, "dòng 4: hết mẫu mà chưa đóng mục “rows”");
  check_refused("a\n{{#a}}{{#b}}{{/a}}{{/b}}", "{}", "{}", ERROR_UNREADABLE, "dòng 2");
  check_refused("{{/a}}", "{}", "{}", ERROR_UNREADABLE, "chưa mở");
  check_refused("\n\n{{a", "{}", "{}", ERROR_UNREADABLE, "dòng 3: thẻ chưa đóng");
  check_refused("{{}}", "{}", "{}", ERROR_UNREADABLE, "không có tên");
  check_refused("{{a..b}}", "{}", "{}", ERROR_UNREADABLE, "tên không hợp lệ");
  check_refused("{{=a=}}", "{}", "{}", ERROR_UNREADABLE, "dấu phân cách");
  check_refused("{{=0123456789 }}=}}", "{}", "{}", ERROR_UNREADABLE, "dấu phân cách");
  check_refused("{{> bad}}", "{}", "{\"bad\": \"\\n{{#x}}\"}", ERROR_UNREADABLE, "Mẫu bad dòng 2");
}

static void test_depth(void) {
  g_autoptr(GString) deep = g_string_new(NULL);
  for (int i = 0; i < 65; i++)
    g_string_append(deep, "{{#a}}");
  check_refused(deep->str, "{}", "{}", ERROR_UNREADABLE, "lồng nhau");
  check_refused("{{> self}}", "{}", "{\"self\": \"{{> self}}\"}", ERROR_TOO_LARGE, "quá sâu");
}

static void test_steps(void) {
  g_autoptr(GString) json = g_string_new("{\"a\": [0");
  for (int i = 0; i < 99; i++)
    g_string_append(json, ",0");
  g_string_append(json, "]}");
  check_refused("{{#a}}{{#a}}{{#a}}{{#a}}{{/a}}{{/a}}{{/a}}{{/a}}{{#a}}{{#a}}{{#a}}{{#a}}{{.}}{{/a}}{{/a}}{{/a}}{{/a}}",
                json->str, "{}", ERROR_TOO_LARGE, "quá nhiều");
}

static void test_set(void) {
  json_t *files = json_pack("{s:s, s:s}", "page", "[{{> part}}]", "part", "{{x}}");
  g_autoptr(MustacheSet) set = mustache_set_new(load_from_json, files);
  g_autoptr(GError) error = NULL;
  const MustacheTemplate *page = mustache_get(set, "page", &error);
  g_assert_no_error(error);
  g_assert_true(page == mustache_get(set, "page", NULL));
  g_assert_null(mustache_get(set, "other", &error));
  g_assert_error(error, APP_ERROR, ERROR_NOT_FOUND);
  json_decref(files);
}

int main(int argc, char **argv) {
  static const char *const SPECS[] = {"comments.json", "delimiters.json", "interpolation.json",
                                      "inverted.json", "partials.json",   "sections.json"};
  g_test_init(&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(SPECS); i++) {
    g_autofree char *path = g_strconcat("/mustache/spec/", SPECS[i], NULL);
    g_test_add_data_func(path, SPECS[i], test_spec);
  }
  g_test_add_func("/mustache/values", test_values);
  g_test_add_func("/mustache/local-names", test_local_names);
  g_test_add_func("/mustache/indented-partials", test_indented_partials);
  g_test_add_func("/mustache/unreadable", test_unreadable);
  g_test_add_func("/mustache/depth", test_depth);
  g_test_add_func("/mustache/steps", test_steps);
  g_test_add_func("/mustache/set", test_set);
  return g_test_run();
}
