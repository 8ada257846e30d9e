/* Any words in any text: both paths agree, and a place that is found lies in the text. The words end with the first
 * newline. */
#include "lib/scan/text_search.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const uint8_t *stop = memchr(data, '\n', size);
  if (!stop)
    return 0;
  char *words = strndup((const char *)data, (size_t)(stop - data));
  Span text = {(const char *)stop + 1, size - (size_t)(stop + 1 - data)}, where[2];
  bool all[2], next[2];
  for (int plain = 0; plain < 2; plain++) {
    text_search_plain(plain);
    TextSearch *search = text_search_new(words, NULL);
    all[plain] = search && text_search_all(search, text);
    next[plain] = search && text_search_next(search, text, 0, &where[plain]);
    if (next[plain] &&
        (where[plain].bytes < text.bytes || where[plain].bytes + where[plain].size > text.bytes + text.size))
      abort();
    text_search_free(search);
  }
  if (all[0] != all[1] || next[0] != next[1] || (next[0] && where[0].bytes != where[1].bytes))
    abort();
  free(words);
  return 0;
}
