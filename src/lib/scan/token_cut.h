/* The cut of token.h as the index and the search use it: by hashes, text only where it is asked for.
 *
 * Hashes have their low TOKEN_HASH_SPARE bits zero, so that an index can store them short, and tell what they are:
 *   bits 63, 62 = 00   the IPv4 address itself, in bits 47 to 16: a sorted list can be searched for a network
 *                 01   the top 46 bits of an IPv6 address, for the same purpose (only from token_cut_index)
 *                 1x   hash of the folded text and its kind */
#pragma once
#include "lib/scan/token.h"

enum { TOKEN_HASH_SPARE = 16, TOKEN_NETWORK6_BITS = 46 };

static inline uint64_t token_hash_ipv4(uint32_t address) {
  return (uint64_t)address << TOKEN_HASH_SPARE;
}

static inline uint64_t token_hash_network6(uint64_t top_half) {
  return (1ULL << 62) | top_half >> (64 - TOKEN_NETWORK6_BITS) << TOKEN_HASH_SPARE;
}

typedef void (*TokenHash)(void *context, uint64_t hash);
/* All that an index holds of a text: addresses, domains with the domains above them, hashes, mail. Not URLs: an index
 * has their hosts. The same hash can come several times. */
void token_cut_index(Span text, TokenHash found, void *context);

/* A test that lets through what may be in a set: a bit in a table of 2^bits by the hash; addresses also by networks. */
typedef struct {
  uint64_t *words;
  unsigned shift;      /* 64 - bits */
  uint64_t *networks4; /* a bit for each upper half of an IPv4 address that a network touches; NULL: no networks */
  bool networks6;      /* every IPv6 address is let through */
} TokenFilter;

static inline uint64_t token_filter_key(uint64_t hash) {
  return hash * 0x9E3779B97F4A7C15ULL;
}

static inline bool token_filter_has(const TokenFilter *filter, uint64_t hash) {
  uint64_t bit = token_filter_key(hash) >> filter->shift, half = hash >> 32;
  return (filter->words[bit / 64] >> bit % 64 & 1) ||
         (filter->networks4 && half < 65536 && (filter->networks4[half / 64] >> half % 64 & 1));
}

/* As token_cut, but only what `filter` lets through; a URL only where it has token_hash_url_host of the host; a domain,
 * and the mail address and URL at it, only where it has token_hash_stem of the domain. */
void token_cut_filtered(Span text, const TokenFilter *filter, TokenFound found, void *context);
uint64_t token_hash_url_host(uint64_t host_hash);
/* Of the last two labels of a folded name: what names share that stand below one another. */
uint64_t token_hash_stem(Span name);

/* A value of a list as token_from_value takes it, with the hash of a URL's host (0: no URL). */
typedef struct {
  TokenKind kind;
  char folded[2048];
  size_t size;
  uint64_t hash, host_hash;
  uint8_t prefix_bits; /* of a network; 0: none */
  uint8_t network[16]; /* its first address; IPv4 in the first 4 bytes */
} TokenValue;
bool token_value_read(Span value, TokenValue *out);

/* Tests only: the plain path even where the CPU has AVX2. */
void token_cut_plain(bool plain);
