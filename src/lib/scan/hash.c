#include "lib/scan/hash.h"
#include <string.h>

static const uint64_t P1 = 0x9E3779B185EBCA87ULL, P2 = 0xC2B2AE3D27D4EB4FULL, P3 = 0x165667B19E3779F9ULL,
                      P4 = 0x85EBCA77C2B2AE63ULL, P5 = 0x27D4EB2F165667C5ULL;

static uint64_t rotate(uint64_t value, int bits) {
  return value << bits | value >> (64 - bits);
}

static uint64_t load64(const uint8_t *at) {
  uint64_t value;
  memcpy(&value, at, 8);
  return value;
}

static uint32_t load32(const uint8_t *at) {
  uint32_t value;
  memcpy(&value, at, 4);
  return value;
}

static uint64_t mix(uint64_t lane, uint64_t input) {
  return rotate(lane + input * P2, 31) * P1;
}

static uint64_t merge(uint64_t hash, uint64_t lane) {
  return (hash ^ mix(0, lane)) * P1 + P4;
}

static const uint8_t *take_stripes(const uint8_t *at, const uint8_t *end, uint64_t seed, uint64_t *out_hash) {
  uint64_t a = seed + P1 + P2, b = seed + P2, c = seed, d = seed - P1;
  for (; end - at >= 32; at += 32) {
    a = mix(a, load64(at));
    b = mix(b, load64(at + 8));
    c = mix(c, load64(at + 16));
    d = mix(d, load64(at + 24));
  }
  *out_hash = merge(merge(merge(merge(rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18), a), b), c), d);
  return at;
}

uint64_t hash_bytes(const void *bytes, size_t size, uint64_t seed) {
  const uint8_t *at = bytes, *end = size ? at + size : at;
  uint64_t hash = seed + P5;
  if (size >= 32)
    at = take_stripes(at, end, seed, &hash);
  hash += size;
  for (; end - at >= 8; at += 8)
    hash = rotate(hash ^ mix(0, load64(at)), 27) * P1 + P4;
  for (; end - at >= 4; at += 4)
    hash = rotate(hash ^ load32(at) * P1, 23) * P2 + P3;
  for (; at < end; at++)
    hash = rotate(hash ^ *at * P5, 11) * P1;
  hash = (hash ^ hash >> 33) * P2;
  hash = (hash ^ hash >> 29) * P3;
  return hash ^ hash >> 32;
}
