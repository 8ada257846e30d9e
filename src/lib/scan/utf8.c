#include "lib/scan/utf8.h"
#include <string.h>

/* Bytes of the character at `at` (not ASCII), 0: none. */
static size_t character_size(const unsigned char *at, size_t left) {
  unsigned char lead = at[0];
  size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || left < size)
    return 0;
  unsigned char least = 0x80, most = 0xBF; /* of the second byte */
  if (lead == 0xE0)
    least = 0xA0;
  else if (lead == 0xED)
    most = 0x9F;
  else if (lead == 0xF0)
    least = 0x90;
  else if (lead == 0xF4)
    most = 0x8F;
  if (at[1] < least || at[1] > most)
    return 0;
  for (size_t i = 2; i < size; i++)
    if ((at[i] & 0xC0) != 0x80)
      return 0;
  return size;
}

bool utf8_is_valid(Span text) {
  const unsigned char *at = (const unsigned char *)text.bytes, *end = at + text.size;
  while (at < end) {
    uint64_t word;
    if (end - at >= 8) {
      memcpy(&word, at, sizeof word);
      if (!(word & 0x8080808080808080u)) {
        at += 8;
        continue;
      }
    }
    if (*at < 0x80) {
      at++;
      continue;
    }
    size_t size = character_size(at, (size_t)(end - at));
    if (!size)
      return false;
    at += size;
  }
  return true;
}

size_t utf8_put(char *out, uint32_t code) {
  if ((code >= 0xD800 && code < 0xE000) || code > 0x10FFFF)
    code = 0xFFFD;
  if (code < 0x80) {
    out[0] = (char)code;
    return 1;
  }
  size_t size = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  static const uint8_t leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
  for (size_t i = size - 1; i > 0; i--, code >>= 6)
    out[i] = (char)(0x80 | (code & 0x3F));
  out[0] = (char)(leads[size] | code);
  return size;
}

bool utf16_is_marked(Span file) {
  return file.size >= 2 && (!memcmp(file.bytes, "\xFF\xFE", 2) || !memcmp(file.bytes, "\xFE\xFF", 2));
}

size_t utf16_to_utf8(Span file, char *out) {
  const unsigned char *bytes = (const unsigned char *)file.bytes;
  size_t high = file.size && bytes[0] == 0xFE ? 0 : 1; /* which byte of a unit is the high one */
  char *at = out;
  for (size_t i = 2; i + 1 < file.size; i += 2) {
    uint32_t code = (uint32_t)bytes[i + high] << 8 | bytes[i + 1 - high];
    if (code >= 0xD800 && code < 0xDC00 && i + 3 < file.size) {
      uint32_t low = (uint32_t)bytes[i + 2 + high] << 8 | bytes[i + 3 - high];
      if (low >= 0xDC00 && low < 0xE000) {
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        i += 2;
      }
    }
    at += utf8_put(at, code);
  }
  return (size_t)(at - out);
}
