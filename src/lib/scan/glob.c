/* Patterns with wildcards. */
#include "lib/scan/fold.h"
#include "lib/scan/slot_private.h"
#include <string.h>

/* How many bytes of the text the pattern takes at one place; 0: it does not fit. */
static size_t take_one(const Pattern *pattern, size_t at, const char *text, size_t size) {
  size_t length;
  uint32_t code;
  switch (pattern->wild[at]) {
  case WILD_ONE:
    text_code(text, size, &length);
    return length;
  case WILD_DASH:
    code = text_code(text, size, &length);
    return code == '-' || code == '/' || (code >= 0x2013 && code <= 0x2015) ? length : 0;
  default:
    return *text == pattern->text.bytes[at];
  }
}

/* Where after a star the pattern may go on: where all its plain bytes up to the next wildcard stand. */
static bool next_place(const Pattern *pattern, size_t at, Span text, size_t *place) {
  size_t end = at;
  while (end < pattern->text.size && pattern->wild[end] == WILD_NONE)
    end++;
  if (end == at)
    return true;
  const char *found = memmem(text.bytes + *place, text.size - *place, pattern->text.bytes + at, end - at);
  *place = found ? (size_t)(found - text.bytes) : text.size;
  return found;
}

bool glob_fits(const Pattern *pattern, Span text) {
  size_t at = 0, here = 0, star = SIZE_MAX, back = 0, length;
  while (here < text.size) {
    if (at < pattern->text.size && pattern->wild[at] == WILD_MANY) {
      star = at++;
      if (!next_place(pattern, at, text, &here))
        return false;
      back = here;
      continue;
    }
    size_t taken = at < pattern->text.size ? take_one(pattern, at, text.bytes + here, text.size - here) : 0;
    if (taken) {
      at++;
      here += taken;
    } else if (star != SIZE_MAX) {
      text_code(text.bytes + back, text.size - back, &length);
      at = star + 1;
      back += length;
      if (!next_place(pattern, at, text, &back))
        return false;
      here = back;
    } else {
      return false;
    }
  }
  while (at < pattern->text.size && pattern->wild[at] == WILD_MANY)
    at++;
  return at == pattern->text.size;
}
