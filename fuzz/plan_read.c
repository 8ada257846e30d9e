/* Bytes of a text file → its lines → the reading of a plan. What is found must lead back to lines that are there. */
#include "module/plan/plan_read.h"
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_lines(const json_t *plan, json_int_t lines) {
  const char *pointer;
  json_t *note;
  json_object_foreach(json_object_get(plan, "provenance"), pointer, note) {
    json_int_t from = json_integer_value(json_object_get(note, "line_from"));
    json_int_t to = json_integer_value(json_object_get(note, "line_to"));
    g_assert_true(from >= 1 && from <= to && to <= lines);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  g_autoptr(SourceText) source = source_text_read_txt((const char *)data, size, SOURCE_TXT, NULL);
  json_t *plan = source ? plan_read(source, NULL) : NULL;
  if (plan)
    check_lines(plan, (json_int_t)source->lines->len);
  json_decref(plan);
  return 0;
}
