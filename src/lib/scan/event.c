#include "lib/scan/event.h"
#ifdef __SSE2__
#include <emmintrin.h>
#endif
#include <string.h>
#include "lib/scan/utf8.h"

/* Four hex digits; UINT32_MAX: they are not there. */
static uint32_t hex4(const char *at, const char *end) {
  uint32_t code = 0;
  if (end - at < 4)
    return UINT32_MAX;
  for (int i = 0; i < 4; i++) {
    char c = at[i], low = (char)(c | 0x20);
    if (c >= '0' && c <= '9')
      code = code << 4 | (uint32_t)(c - '0');
    else if (low >= 'a' && low <= 'f')
      code = code << 4 | (uint32_t)(low - 'a' + 10);
    else
      return UINT32_MAX;
  }
  return code;
}

/* `at` stands behind "\u"; returns where to go on. */
static const char *unicode_read(const char *at, const char *end, char **out) {
  uint32_t code = hex4(at, end);
  if (code == UINT32_MAX) {
    *(*out)++ = 'u'; /* U+FFFD would be longer than what it stands for */
    return at;
  }
  at += 4;
  if (code >= 0xD800 && code < 0xDC00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
    uint32_t low = hex4(at + 2, end);
    if (low >= 0xDC00 && low < 0xE000) {
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
      at += 6;
    }
  }
  *out += utf8_put(*out, code);
  return at;
}

static const char *escape_read(const char *at, const char *end, char **out) {
  static const char values[256] = {['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
                                   ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t'};
  char name = *at++;
  if (name == 'u')
    return unicode_read(at, end, out);
  char value = values[(unsigned char)name];
  *(*out)++ = value ? value : name;
  return at;
}

/* Copies up to the next backslash, sixteen bytes at a time: what is written too much is written again. */
static const char *plain_copy(const char *at, const char *end, char **out) {
#ifdef __SSE2__
  for (; end - at >= 16; at += 16, *out += 16) {
    __m128i block = _mm_loadu_si128((const __m128i *)(const void *)at);
    _mm_storeu_si128((__m128i *)(void *)*out, block);
    int found = _mm_movemask_epi8(_mm_cmpeq_epi8(block, _mm_set1_epi8('\\')));
    if (found) {
      *out += __builtin_ctz((unsigned)found);
      return at + __builtin_ctz((unsigned)found);
    }
  }
#endif
  while (at < end && *at != '\\')
    *(*out)++ = *at++;
  return at;
}

Span event_text(const EventField *field, char *buffer) {
  if (!field->escaped)
    return field->raw;
  const char *at = field->raw.bytes, *end = at + field->raw.size;
  char *out = buffer;
  for (;;) {
    at = plain_copy(at, end, &out);
    if (at == end)
      break;
    if (++at == end) {
      *out++ = '\\';
      break;
    }
    at = escape_read(at, end, &out);
  }
  return (Span){buffer, (size_t)(out - buffer)};
}
