#include "lib/scan/json.h"
#include <assert.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static EventField first[EVENT_FIELDS_MAX], second[EVENT_FIELDS_MAX];

/* All ways find the same values, inside the bytes; what is taken jansson takes too, but for what RFC 8259 leaves open.
 */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  static FieldTable *table;
  static JsonScanner *plain, *best;
  if (!table) {
    table = field_table_new();
    plain = json_scanner_new(table, JSON_PLAIN);
    best = json_scanner_new(table, JSON_BEST);
  }
  Event a = {.fields = first}, b = {.fields = second};
  Span text = {(const char *)bytes, size};
  size_t used = 0, used_b = 0;
  JsonResult result = json_scan(plain, text, &a, &used);
  assert(json_scan(best, text, &b, &used_b) == result && used == used_b && a.count == b.count);
  for (uint32_t i = 0; i < a.count; i++) {
    assert(a.fields[i].raw.bytes == b.fields[i].raw.bytes && a.fields[i].raw.size == b.fields[i].raw.size);
    assert(a.fields[i].path == b.fields[i].path && a.fields[i].kind == b.fields[i].kind &&
           a.fields[i].escaped == b.fields[i].escaped);
    assert(a.fields[i].raw.bytes >= text.bytes && a.fields[i].raw.bytes + a.fields[i].raw.size <= text.bytes + size);
    char *buffer = malloc(a.fields[i].raw.size + 1);
    assert(event_text(&a.fields[i], buffer).size <= a.fields[i].raw.size);
    free(buffer);
  }
  if (result == JSON_WHOLE && !memmem(bytes, size, "\\u", 2)) {
    json_error_t error;
    json_t *tree = json_loadb(text.bytes, used, JSON_ALLOW_NUL, &error);
    assert(tree || json_error_code(&error) == json_error_numeric_overflow);
    json_decref(tree);
  }
  return 0;
}
