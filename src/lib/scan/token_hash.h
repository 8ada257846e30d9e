/* What the cut of tokens works on, and how it hashes pieces. Inside the cut only. */
#pragma once
#include "lib/scan/token_cut.h"
#include <string.h>

enum { NAME_MAX = 253, URL_MAX = 2048, MAIL_LOCAL_MAX = 64, ESCAPED_MAX = 2048, URL_TAIL_MAX = 8, IPV6_TEXT_MAX = 45 };

static const uint64_t K0 = 0x8BB84B93962EACC9ULL, K1 = 0x4B33A62ED433D4A3ULL, K2 = 0x4D5A2DA51DE1AA47ULL,
                      K3 = 0xA0761D6478BD642FULL;
static const uint64_t SEED_NAME = 0xE7037ED1A0B428DBULL, SEED_HASH = 0x8EBC6AF09C88C6E3ULL,
                      SEED_MAIL = 0x589965CC75374CC3ULL, SEED_IPV6 = 0x1D8E4E27C47D124FULL,
                      SEED_URL = 0xEB44ACCAB455D165ULL, SEED_STEM = 0x2127599BF4325C37ULL;

typedef struct Cutter {
  const char *begin, *end;
  bool (*across)(struct Cutter *cutter, const char *run); /* a run that lies in two blocks */
  const TokenFilter *filter; /* NULL: everything */
  TokenFound found;
  TokenHash hash_only; /* instead of `found` */
  void *context;
  const char *dots_done, *colons_done, *hex_done, *escapes_done;
  const char *origin; /* of text that was unescaped: where it stood; else NULL */
  size_t origin_size;
} Cutter;

/* --- hashes --- */

static inline uint64_t fold(uint64_t a, uint64_t b) {
  unsigned __int128 product = (unsigned __int128)a * b;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Up to 8 bytes with ASCII letters in lower case. The bit makes no two bytes of a name alike. */
static inline uint64_t load_folded(const Cutter *cutter, const char *at, size_t size) {
  uint64_t value = 0;
  if (cutter->end - at >= 8)
    memcpy(&value, at, 8);
  else
    memcpy(&value, at, size);
  value |= 0x2020202020202020ULL;
  return size >= 8 ? value : value & ((1ULL << 8 * size) - 1);
}

static inline uint64_t hash_piece(const Cutter *cutter, uint64_t hash, const char *at, size_t size) {
  hash ^= K0 + size;
  for (; size > 8; at += 8, size -= 8)
    hash = fold(hash, load_folded(cutter, at, 8) ^ K1) ^ K2;
  return fold(hash, load_folded(cutter, at, size) ^ K1);
}

static inline uint64_t hash_end(uint64_t hash) {
  return (hash | 1ULL << 63) & ~0ULL << TOKEN_HASH_SPARE;
}

static inline uint64_t hash_stem(uint64_t name_hash) {
  return hash_end(fold(name_hash ^ SEED_STEM, K3));
}
