#include "lib/scan/decode.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static PatternSet *patterns_load(void) {
  static char text[1 << 18];
  ScanError error;
  FILE *file = fopen("data/rules/patterns.yaml", "rb");
  size_t size = file ? fread(text, 1, sizeof text, file) : 0;
  if (file)
    fclose(file);
  return pattern_set_new((Span){text, size}, &error);
}

/* The first byte chooses the format and the size of the pieces in which the stream comes. Everything is consumed, every
 * value can be read. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  static PatternSet *patterns;
  if (!patterns)
    patterns = patterns_load();
  if (!size)
    return 0;
  FieldTable *table = field_table_new();
  Decoder *decoder = decoder_new(table, &(DecoderOptions){.format = (LogFormat)(bytes[0] % (FORMAT_TEXT + 1)),
                                                          .now_ms = 1795240800000,
                                                          .patterns = patterns});
  size_t piece = (size_t)(bytes[0] >> 3) * 7 + 1, from = 1, have = 1, used;
  uint64_t line = 0;
  while (from < size) {
    Event event;
    have = have + piece < size ? have + piece : size;
    while (decoder_next(decoder, (Span){(const char *)bytes + from, have - from}, have == size, &used, &event)) {
      from += used;
      assert(event.line == ++line && event.count > 0);
      for (uint32_t i = 0; i < event.count; i++) {
        char *buffer = malloc(event.fields[i].raw.size + 1);
        Span text = event_text(&event.fields[i], buffer);
        assert(text.size <= event.fields[i].raw.size && event.fields[i].path < field_table_count(table));
        free(buffer);
      }
    }
    from += used;
    assert(from <= have);
    if (have == size)
      break;
  }
  assert(from == size);
  decoder_free(decoder);
  field_table_free(table);
  return 0;
}
