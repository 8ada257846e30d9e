/* IPv4 addresses as text. Inside the cut of tokens only. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Four numbers up to 255 and nothing else. */
static inline bool parse_ipv4(const char *at, const char *end, uint32_t *out) {
  uint32_t address = 0;
  int parts = 0;
  if (end - at > 15)
    return false;
  for (; parts < 4; parts++) {
    unsigned value = 0;
    const char *start = at;
    for (unsigned digit; at < end && (digit = (unsigned)(*at - '0')) < 10; at++)
      value = value * 10 + digit;
    if (at == start || at - start > 3 || value > 255 || (parts < 3 && (at == end || *at++ != '.')))
      return false;
    address = address << 8 | value;
  }
  *out = address;
  return at == end;
}

static inline size_t format_ipv4(uint32_t address, char out[16]) {
  size_t size = 0;
  for (int shift = 24; shift >= 0; shift -= 8) {
    unsigned value = address >> shift & 255;
    if (value >= 100)
      out[size++] = (char)('0' + value / 100);
    if (value >= 10)
      out[size++] = (char)('0' + value / 10 % 10);
    out[size++] = (char)('0' + value % 10);
    if (shift)
      out[size++] = '.';
  }
  return size;
}
