#include "base/error.h"
#include "base/yaml.h"
#include <glib/gstdio.h>
#include <string.h>

static void assert_loads(const char *yaml, const char *want) {
  g_autoptr(GError) error = NULL;
  json_t *value = yaml_load(yaml, strlen(yaml), &error);
  g_assert_no_error(error);
  char *got = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
  g_assert_cmpstr(got, ==, want);
  free(got);
  json_decref(value);
}

static void assert_refused(const char *bytes, gsize length, ErrorCode code, const char *place) {
  g_autoptr(GError) error = NULL;
  g_assert_null(yaml_load(bytes, length, &error));
  g_assert_error(error, APP_ERROR, (int)code);
  if (place && !strstr(error->message, place))
    g_error("“%s” does not tell “%s”", error->message, place);
}

static void test_types(void) {
  assert_loads("a: 1\nb: [true, false, ~, null]\nc: text\n", "{\"a\":1,\"b\":[true,false,null,null],\"c\":\"text\"}");
  assert_loads("[yes, 0755, 1.5, 2026-02-03, -7, 0, '5', \"true\", +1, 1e3, 0x10]",
               "[\"yes\",\"0755\",\"1.5\",\"2026-02-03\",-7,0,\"5\",\"true\",\"+1\",\"1e3\",\"0x10\"]");
  assert_loads("a:\n4: x\n", "{\"a\":null,\"4\":\"x\"}");
  assert_loads("a: ''\nb: |\n  hai\n  dòng\n", "{\"a\":\"\",\"b\":\"hai\\ndòng\\n\"}");
  assert_loads("9223372036854775807", "9223372036854775807");
}

static void test_refusals(void) {
  static const struct {
    const char *yaml;
    const char *place;
  } REFUSED[] = {
      {"a: 1\nb: 2\na: 3\n",       "dòng 3, cột 1"},
      {"a: &x 1\nb: *x\n",         "dòng 1, cột 4"},
      {"a: *x\n",                  "dòng 1, cột 4"},
      {"a: !!str 1\n",             "dòng 1, cột 4"},
      {"a: &x {b: 1}\n",           "dòng 1"         },
      {"a: {<<: {b: 1}}\n",        "khóa"           },
      {"[a]: 1\n",                 "khóa"           },
      {"a: \"x\\0y\"\n",           "NUL"             },
      {"\"x\\0y\": 1\n",           "khóa"           },
      {"a: 1\n---\nb: 2\n",        "dòng 2"         },
      {"%YAML 1.1\n---\na: 1\n",   "chỉ thị"     },
      {"a: 9223372036854775808\n", "64 bit"          },
      {"a: [1\nb: 2\n",            "dòng"           },
      {"",                         "trống"         },
      {"# only a comment\n",       "trống"         }
  };
  for (gsize i = 0; i < G_N_ELEMENTS(REFUSED); i++)
    assert_refused(REFUSED[i].yaml, strlen(REFUSED[i].yaml), ERROR_UNREADABLE, REFUSED[i].place);
  assert_refused("a: \xFF\n", 5, ERROR_UNREADABLE, "4");
  assert_refused("a: x\0y\n", 7, ERROR_UNREADABLE, NULL);
  assert_refused("\xFF\xFE"
                 "a\0",
                 4, ERROR_UNREADABLE, NULL); /* UTF-16 */
}

static void test_limits(void) {
  GString *deep = g_string_new(NULL);
  for (int i = 0; i < YAML_DEPTH_MAX; i++)
    g_string_append_c(deep, '[');
  for (int i = 0; i < YAML_DEPTH_MAX; i++)
    g_string_append_c(deep, ']');
  json_t *value = yaml_load(deep->str, deep->len, NULL);
  g_assert_nonnull(value);
  json_decref(value);
  g_string_prepend_c(deep, '[');
  g_string_append_c(deep, ']');
  assert_refused(deep->str, deep->len, ERROR_UNREADABLE, "sâu");
  g_string_free(deep, TRUE);
  g_autofree char *large = g_malloc0(YAML_SIZE_MAX + 1);
  assert_refused(large, YAML_SIZE_MAX + 1, ERROR_TOO_LARGE, NULL);
}

static void test_file(void) {
  g_autofree char *folder = g_dir_make_tmp("yaml-XXXXXX", NULL);
  g_autofree char *path = g_build_filename(folder, "x.yaml", NULL);
  g_autoptr(GError) error = NULL;
  g_assert_null(yaml_load_file(path, &error));
  g_assert_error(error, APP_ERROR, ERROR_NOT_FOUND);
  g_clear_error(&error);
  g_assert_true(g_file_set_contents(path, "a: 1\na: 2\n", -1, NULL));
  g_assert_null(yaml_load_file(path, &error));
  g_assert_true(g_str_has_prefix(error->message, path));
  g_assert_nonnull(strstr(error->message, "dòng 2"));
  g_assert_true(g_file_set_contents(path, "a: 1\n", -1, NULL));
  json_t *value = yaml_load_file(path, NULL);
  g_assert_cmpint(json_integer_value(json_object_get(value, "a")), ==, 1);
  json_decref(value);
  g_unlink(path);
  g_rmdir(folder);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/yaml/types", test_types);
  g_test_add_func("/yaml/refusals", test_refusals);
  g_test_add_func("/yaml/limits", test_limits);
  g_test_add_func("/yaml/file", test_file);
  return g_test_run();
}
