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

/* "path=kind:text|…" of the event, or what went wrong. The bytes are copied so that nothing beyond them can be read unseen. */
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
  {"{\"a\":{\"b\":\"c\",\"d\":[1,true,null,{\"e\":false}]},\"f\":\"\"}", "a.b=0:c|a.d=1:1|a.d=2:true|a.d=4:null|a.d.e=3:false|f=0:|"},
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

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  setup();
  g_test_add_func("/scan/json/cases", test_cases);
  return g_test_run();
}
