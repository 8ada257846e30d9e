#include <glib.h>
#include <jansson.h>
#include <string.h>
#include "lib/scan/json.h"

static EventField fields[EVENT_FIELDS_MAX];
static const JsonWay ways[] = {JSON_PLAIN, JSON_SSE2, JSON_AVX2};

static JsonScanner *scanners[G_N_ELEMENTS(ways)];
static FieldTable *table;

static void setup(void) {
  table = field_table_new();
  for (gsize i = 0; i < G_N_ELEMENTS(ways); i++)
    scanners[i] = json_scanner_new(table, ways[i]);
}

/* "path=kind:text|…" of the event, or what went wrong. The bytes are copied so that nothing beyond them can be read
 * unseen. */
static char *scan(JsonScanner *scanner, const char *bytes, gsize size) {
  char *copy = g_memdup2(bytes, size ? size : 1);
  Event event = {.fields = fields};
  size_t used = 0;
  JsonResult result = json_scan(scanner, (Span){copy, size}, &event, &used);
  GString *out = g_string_new(result == JSON_WHOLE ? "" : result == JSON_INVALID ? "invalid" : "unfinished");
  for (uint32_t i = 0; i < event.count; i++) {
    g_autofree char *buffer = g_malloc(fields[i].raw.size + 1);
    Span text = event_text(&fields[i], buffer), name = field_table_name(table, fields[i].path);
    g_string_append_printf(out, "%.*s=%d:", (int)name.size, name.bytes, fields[i].kind);
    g_string_append_len(out, text.bytes, (gssize)text.size);
    g_string_append_c(out, '|');
  }
  for (size_t i = used; result == JSON_WHOLE && i < size; i++)
    if (!strchr(" \n\r\t", copy[i]) || !copy[i]) {
      g_string_assign(out, "invalid");
      break;
    }
  g_free(copy);
  return g_string_free(out, FALSE);
}

/* The same by all ways; the caller frees. */
static char *scan_all(const char *bytes, gsize size) {
  g_autofree char *first = NULL;
  for (gsize i = 0; i < G_N_ELEMENTS(ways); i++) {
    if (!scanners[i])
      continue;
    char *found = scan(scanners[i], bytes, size);
    if (first)
      g_assert_cmpstr(found, ==, first);
    else
      first = g_strdup(found);
    g_free(found);
  }
  return g_steal_pointer(&first);
}

static const struct {
  const char *json, *fields;
} cases[] = {
    {"{}", ""},
    {"[]", ""},
    {" {}", "invalid"},
    {"{ }  \r\n", ""},
    {"{\"a\":1}", "a=1:1|"},
    {"{\"a\":1}x", "invalid"},
    {"{\"a\":{\"b\":\"c\",\"d\":[1,true,null,{\"e\":false}]},\"f\":\"\"}",
     "a.b=0:c|a.d=1:1|a.d=2:true|a.d=4:null|a.d.e=3:false|f=0:|"},
    {"{\"a\":\"x\\\\\",\"b\":\"\\\"\"}", "a=0:x\\|b=0:\"|"},
    {"{\"a\":\"\\\\\\\\\\\\\",\"b\":2}", "a=0:\\\\\\|b=1:2|"},
    {"{\"a\":\"C:\\\\Windows\\\\cmd.exe\"}", "a=0:C:\\Windows\\cmd.exe|"},
    {"{\"a\":\"\\u00e1\\ud83d\\ude00\\ud800\"}", "a=0:á😀\xEF\xBF\xBD|"},
    {"{\"\\u0061\":1,\"a\":2}", "a=1:1|a=1:2|"},
    {"{\"a\":\"\\u12\"}", "invalid"},
    {"{\"a\":\"\\x\"}", "invalid"},
    {"{\"a\":\"\x01\"}", "invalid"},
    {"{\"a\":\"\n\"}", "invalid"},
    {"{\"a\":\"\xC3\"}", "invalid"},
    {"{\"a\":\"\xC0\x80\"}", "invalid"},
    {"{\"a\":\"\xED\xA0\x80\"}", "invalid"},
    {"{\"a\":\"đồng\"}", "a=0:đồng|"},
    {"{\"a\":01}", "invalid"},
    {"{\"a\":-}", "invalid"},
    {"{\"a\":1.}", "invalid"},
    {"{\"a\":.5}", "invalid"},
    {"{\"a\":1e}", "invalid"},
    {"{\"a\":1e+5,\"b\":-0.1E-2}", "a=1:1e+5|b=1:-0.1E-2|"},
    {"{\"a\":1 2}", "invalid"},
    {"{\"a\":tru}", "invalid"},
    {"{\"a\":truex}", "invalid"},
    {"{\"a\":nul", "unfinished"},
    {"{\"a\":12", "unfinished"},
    {"{\"a\":\"b", "unfinished"},
    {"{\"a\"", "unfinished"},
    {"{\"a\":", "unfinished"},
    {"{\"a\":1,", "unfinished"},
    {"{", "unfinished"},
    {"", "unfinished"},
    {"{\"a\":1,}", "invalid"},
    {"{\"a\" 1}", "invalid"},
    {"{\"a\"::1}", "invalid"},
    {"{a:1}", "invalid"},
    {"{'a':1}", "invalid"},
    {"{,}", "invalid"},
    {"{\"a\":1]", "invalid"},
    {"[1,]", "invalid"},
    {"[,1]", "invalid"},
    {"[1 ,\t2 ]", "=1:1|=1:2|"},
    {"[\"a\"\"b\"]", "invalid"},
    {"[\"a\",\f1]", "invalid"},
    {"[1\f]", "invalid"},
    {"\"a\"", "invalid"},
    {"[\\\"a\"]", "invalid"},
    {"[1]]", "invalid"},
    {"[[],[[]],{}]", ""},
    {"[\xE2\x80\xA8]", "invalid"},
};

static void test_cases(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *found = scan_all(cases[i].json, strlen(cases[i].json));
    if (g_strcmp0(found, cases[i].fields))
      g_test_message("%s: %s", cases[i].json, found);
    g_assert_cmpstr(found, ==, cases[i].fields);
  }
}

static gboolean has_surrogate(const char *bytes, gsize size) {
  for (gsize i = 0; i + 2 < size; i++)
    if (bytes[i] == '\\' && bytes[i + 1] == 'u' && (bytes[i + 2] | 0x20) == 'd')
      return TRUE;
  return FALSE;
}

/* Taken or refused as jansson does, but for what RFC 8259 leaves to the reader: lone surrogates and numbers too large
 * for a double. */
static void check_jansson(const char *bytes, gsize size) {
  json_error_t error;
  json_t *tree = json_loadb(bytes, size, JSON_ALLOW_NUL, &error);
  g_autofree char *found = scan_all(bytes, size);
  gboolean taken = strcmp(found, "invalid") && strcmp(found, "unfinished");
  gboolean begins = size && (*bytes == '{' || *bytes == '[');
  g_autofree char *text = g_strndup(bytes, size), *shown = g_strescape(text, NULL);
  if (memchr(bytes, 0, size)) /* jansson steps over some of them */
    g_assert_false(taken);
  else if (tree && !taken && begins)
    g_error("%s, but jansson takes: %s (%zu bytes)", found, shown, size);
  else if (!tree && taken && json_error_code(&error) != json_error_numeric_overflow && !has_surrogate(bytes, size))
    g_error("taken, but jansson says %s: %s (%zu bytes)", error.text, shown, size);
  json_decref(tree);
}

static void mutate(GRand *rand, GString *text) {
  static const char marks[] = "{}[],:\"\\ \n\tu0019-+.eEtfn\x00\x1f\x7f\x80\xC3\xA1\xED\xF4";
  for (int count = g_rand_int_range(rand, 1, 4); count > 0 && text->len; count--) {
    gsize at = (gsize)g_rand_int_range(rand, 0, (gint32)text->len);
    char mark = marks[g_rand_int_range(rand, 0, sizeof marks - 1)];
    switch (g_rand_int_range(rand, 0, 4)) {
    case 0:
      text->str[at] = mark;
      break;
    case 1:
      g_string_insert_c(text, (gssize)at, mark);
      break;
    case 2:
      g_string_erase(text, (gssize)at, 1);
      break;
    default:
      g_string_truncate(text, at + 1);
    }
  }
}

/* Strings of every length up to two blocks before and inside, so that each thing stands at each place of a block. */
static void test_borders(void) {
  for (gsize pad = 0; pad < 140; pad++) {
    g_autofree char *fill = g_strnfill(pad, 'x');
    g_autofree char *text =
        g_strdup_printf("{\"%s\":\"%s\\\\\",\"b\":[\"\\\"\\\\\\u00e1%s\",true , 12.5e3],\"%sc\":{\"á\":\"đ\"}}", fill,
                        fill, fill, fill);
    g_autofree char *wanted =
        g_strdup_printf("%s=0:%s\\|b=0:\"\\á%s|b=2:true|b=1:12.5e3|%sc.á=0:đ|", fill, fill, fill, fill);
    g_autofree char *found = scan_all(text, strlen(text));
    g_assert_cmpstr(found, ==, wanted);
    for (gsize cut = 1; cut < strlen(text); cut++) {
      g_autofree char *part = scan_all(text, cut);
      g_assert_cmpstr(part, ==, "unfinished");
    }
  }
}

static void test_jansson(void) {
  static const char big[] =
      "{\"@timestamp\":\"2020-09-20T17:31:25.123Z\",\"EventID\":1,\"Image\":\"C:\\\\Windows\\\\System32\\\\cmd.exe\","
      "\"Message\":\"a\\r\\n\\tb \\u0041\","
      "\"Hashes\":[\"SHA1=00\",\"MD5=11\"],\"x\":{\"y\":{\"z\":[1,-2.5e-3,null,true,false,{}]}},\"tên\":\"Uỷ ban\"}";
  GRand *rand = g_rand_new_with_seed(20260805);
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
    check_jansson(cases[i].json, strlen(cases[i].json));
  for (guint round = 0; round < 60000; round++) {
    const char *from = round % 2 ? big : cases[(gsize)g_rand_int_range(rand, 0, G_N_ELEMENTS(cases))].json;
    g_autoptr(GString) text = g_string_new(from);
    mutate(rand, text);
    check_jansson(text->str, text->len);
  }
  g_rand_free(rand);
}

/* EVENT_DEPTH_MAX levels and no more; EVENT_FIELDS_MAX values are kept, the others counted. */
static void test_bounds(void) {
  for (gsize depth = EVENT_DEPTH_MAX - 1; depth <= EVENT_DEPTH_MAX + 1; depth++) {
    g_autofree char *open = g_strnfill(depth, '['), *close = g_strnfill(depth, ']');
    g_autofree char *text = g_strconcat(open, close, NULL), *found = scan_all(text, strlen(text));
    g_assert_cmpstr(found, ==, depth <= EVENT_DEPTH_MAX ? "" : "invalid");
    g_autofree char *part = scan_all(open, depth);
    g_assert_cmpstr(part, ==, depth <= EVENT_DEPTH_MAX ? "unfinished" : "invalid");
  }
  g_autoptr(GString) text = g_string_new("[0");
  for (int i = 1; i < EVENT_FIELDS_MAX + 10; i++)
    g_string_append_printf(text, ",%d", i);
  g_string_append_c(text, ']');
  Event event = {.fields = fields};
  size_t used;
  uint64_t before = json_scanner_over(scanners[0]);
  g_assert_cmpint(json_scan(scanners[0], (Span){text->str, text->len}, &event, &used), ==, JSON_WHOLE);
  g_assert_cmpuint(event.count, ==, EVENT_FIELDS_MAX);
  g_assert_cmpuint(json_scanner_over(scanners[0]) - before, ==, 10);
}

/* No text is longer than what it was written as, also when its escapes are none. */
static void test_text(void) {
  static const char *const texts[][2] = {{"\\u", "u"}, {"\\u\\u\\u12", "uuu12"}, {"\\", "\\"}, {"\\q", "q"}, {"\\ud800", "\xEF\xBF\xBD"},
                                         {"\\ud83d\\ude00\\udc00", "😀\xEF\xBF\xBD"}, {"\\u00e1\\n", "á\n"}};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
    gsize size = strlen(texts[i][0]);
    g_autofree char *buffer = g_malloc(size), *raw = g_memdup2(texts[i][0], size);
    Span text = event_text(&(EventField){.raw = {raw, size}, .escaped = true}, buffer);
    g_autofree char *found = g_strndup(text.bytes, text.size);
    g_assert_cmpuint(text.size, <=, size);
    g_assert_cmpstr(found, ==, texts[i][1]);
  }
}

/* Of two faults in one block the first counts, even when it is found last; what stands behind the value does not
 * matter. */
static void test_faults(void) {
  static const struct {
    const char *text;
    JsonResult result;
  } faults[] = {{"{\"a\":\"\\0\"},\"\x01", JSON_INVALID},
                {"{\"a\":\"0\"},\"\x01\\0", JSON_WHOLE},
                {"{\"a\":0},\xFF", JSON_WHOLE},
                {"{\"a\":\"\xFF\"},", JSON_INVALID}};
  for (gsize i = 0; i < G_N_ELEMENTS(faults); i++)
    for (gsize j = 0; j < G_N_ELEMENTS(ways); j++) {
      Event event = {.fields = fields};
      size_t used;
      if (scanners[j])
        g_assert_cmpint(json_scan(scanners[j], (Span){faults[i].text, strlen(faults[i].text)}, &event, &used), ==,
                        faults[i].result);
    }
}

/* Paths beyond the bounds keep their values under FIELD_OTHER. */
static void test_paths(void) {
  FieldTable *own = field_table_new();
  for (uint32_t i = 0; i < FIELD_PATHS_MAX + 10; i++) {
    g_autofree char *key = g_strdup_printf("key%u", i);
    uint32_t path = field_table_path(own, FIELD_ROOT, (Span){key, strlen(key)});
    if (i < FIELD_PATHS_MAX - 2)
      g_assert_cmpuint(path, ==, i + 2);
    else
      g_assert_cmpuint(path, ==, FIELD_OTHER);
  }
  g_assert_cmpuint(field_table_path(own, FIELD_ROOT, SPAN("key7")), ==, 9);
  g_assert_cmpuint(field_table_path(own, FIELD_OTHER, SPAN("key7")), ==, FIELD_OTHER);
  g_autofree char *longest = g_strnfill(5000, 'k');
  g_assert_cmpuint(field_table_path(own, FIELD_ROOT, (Span){longest, 5000}), ==, FIELD_OTHER);
  field_table_free(own);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  setup();
  g_test_add_func("/scan/json/cases", test_cases);
  g_test_add_func("/scan/json/borders", test_borders);
  g_test_add_func("/scan/json/jansson", test_jansson);
  g_test_add_func("/scan/json/bounds", test_bounds);
  g_test_add_func("/scan/json/text", test_text);
  g_test_add_func("/scan/json/faults", test_faults);
  g_test_add_func("/scan/json/paths", test_paths);
  int result = g_test_run();
  for (gsize i = 0; i < G_N_ELEMENTS(ways); i++)
    json_scanner_free(scanners[i]);
  field_table_free(table);
  return result;
}
