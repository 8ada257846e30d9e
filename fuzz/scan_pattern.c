#include "lib/scan/decode.h"
#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* A file of patterns, a zero byte, and a line: refused with a place, or applied without reading beyond either. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  const uint8_t *zero = size ? memchr(bytes, 0, size) : NULL;
  size_t yaml = zero ? (size_t)(zero - bytes) : size;
  ScanError error;
  PatternSet *set = pattern_set_new((Span){(const char *)bytes, yaml}, &error);
  assert(set || *error.message);
  FieldTable *table = field_table_new();
  Decoder *decoder = decoder_new(table, &(DecoderOptions){.format = FORMAT_TEXT, .patterns = set});
  Event event;
  if (set && zero)
    decoder_one(decoder, (Span){(const char *)zero + 1, size - yaml - 1}, &event);
  decoder_free(decoder);
  field_table_free(table);
  pattern_set_free(set);
  return 0;
}
