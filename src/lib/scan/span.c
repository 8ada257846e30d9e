#include <string.h>
#include "lib/scan/decode_private.h"

bool span_is(Span text, const char *literal) {
  return text.size == strlen(literal) && !memcmp(text.bytes, literal, text.size);
}

bool span_begins(Span text, const char *literal) {
  size_t size = strlen(literal);
  return text.size >= size && !memcmp(text.bytes, literal, size);
}

size_t span_find(Span text, char byte) {
  const char *found = text.size ? memchr(text.bytes, byte, text.size) : NULL;
  return found ? (size_t)(found - text.bytes) : text.size;
}

Span span_word(Span *text) {
  while (text->size && *text->bytes == ' ')
    *text = span_from(*text, 1);
  size_t size = span_find(*text, ' ');
  Span word = {text->bytes, size};
  *text = span_from(*text, size + 1);
  return word;
}

static bool is_hex(char c) {
  return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

static size_t ipv4_size(Span text) {
  size_t at = 0;
  for (int part = 0; part < 4; part++) {
    unsigned value = 0, digits = 0;
    for (; at < text.size && text.bytes[at] >= '0' && text.bytes[at] <= '9' && digits < 3; at++, digits++)
      value = value * 10 + (unsigned)(text.bytes[at] - '0');
    if (!digits || value > 255)
      return 0;
    if (part < 3 && (at == text.size || text.bytes[at++] != '.'))
      return 0;
  }
  return at;
}

/* Groups of up to four hex digits between colons; the last may be an IPv4 address. */
static size_t ipv6_size(Span text) {
  size_t at = 0, groups = 0;
  bool gap = false;
  if (span_begins(text, "::")) {
    gap = true;
    at = 2;
  }
  while (groups < 8 && at < text.size && is_hex(text.bytes[at])) {
    size_t v4 = groups >= 1 || gap ? ipv4_size(span_from(text, at)) : 0, digits = 0;
    if (v4)
      return gap || groups == 6 ? at + v4 : 0;
    while (at + digits < text.size && is_hex(text.bytes[at + digits]))
      digits++;
    if (digits > 4)
      return 0;
    at += digits;
    groups++;
    if (at + 1 >= text.size || text.bytes[at] != ':')
      break;
    if (text.bytes[at + 1] == ':' && !gap) {
      gap = true;
      at += 2;
    } else if (is_hex(text.bytes[at + 1]) && groups < 8)
      at++;
    else
      break;
  }
  return gap || groups == 8 ? (at >= 2 ? at : 0) : 0;
}

size_t ip_size(Span text) {
  size_t size = ipv4_size(text);
  if (!size)
    size = ipv6_size(text);
  /* not the beginning of a longer word */
  if (size && size < text.size && (is_hex(text.bytes[size]) || text.bytes[size] == '.') &&
      !(text.bytes[size] == '.' && (size + 1 == text.size || !is_hex(text.bytes[size + 1]))))
    return 0;
  return size;
}

Span ip_plain(Span address) {
  static const char mapped[] = "::ffff:";
  if (address.size <= sizeof mapped - 1)
    return address;
  for (size_t i = 0; i < sizeof mapped - 1; i++)
    if ((address.bytes[i] | 0x20) != (mapped[i] | 0x20))
      return address;
  Span rest = span_from(address, sizeof mapped - 1);
  return ipv4_size(rest) == rest.size ? rest : address;
}
