#include "lib/scan/event.h"
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
  static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
  char name = *at++;
  if (name == 'u')
    return unicode_read(at, end, out);
  const char *found = name ? strchr(names, name) : NULL;
  *(*out)++ = found ? values[found - names] : name;
  return at;
}

Span event_text(const EventField *field, char *buffer) {
  if (!field->escaped)
    return field->raw;
  const char *at = field->raw.bytes, *end = at + field->raw.size;
  char *out = buffer;
  while (at < end) {
    const char *backslash = memchr(at, '\\', (size_t)(end - at));
    size_t plain = (size_t)((backslash ? backslash : end) - at);
    memcpy(out, at, plain);
    out += plain;
    at += plain;
    if (!backslash)
      break;
    if (++at == end) {
      *out++ = '\\';
      break;
    }
    at = escape_read(at, end, &out);
  }
  return (Span){buffer, (size_t)(out - buffer)};
}
