/* Which bytes of 64 can belong to a piece; the same result from AVX2 and from a table. Inside the cut of tokens only.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

enum {
  CLASS_DIGIT = 1,
  CLASS_HEX_LETTER = 2,
  CLASS_G_TO_O = 4,
  CLASS_P_TO_Z = 8,
  CLASS_DOT_DASH = 16,
  CLASS_UNDERSCORE = 32,
  CLASS_COLON = 64,
  CLASS_HEX = CLASS_DIGIT | CLASS_HEX_LETTER,
  CLASS_ALNUM = CLASS_HEX | CLASS_G_TO_O | CLASS_P_TO_Z,
  CLASS_WORD = CLASS_ALNUM | CLASS_DOT_DASH | CLASS_UNDERSCORE
};

typedef struct {
  uint64_t word, dot, hex, colon, backslash, u;
} TokenMasks;

extern const uint8_t TOKEN_CLASS[256];
/* Whether up to 8 lower-case letters, the first in the lowest byte, end the name of a file and no domain. */
bool token_is_file_end(uint64_t letters);

static inline void token_masks_plain(const uint8_t *bytes, TokenMasks *out) {
  *out = (TokenMasks){0};
  for (int i = 0; i < 64; i++) {
    uint8_t kind = TOKEN_CLASS[bytes[i]];
    out->word |= (uint64_t)((kind & CLASS_WORD) != 0) << i;
    out->hex |= (uint64_t)((kind & CLASS_HEX) != 0) << i;
    out->colon |= (uint64_t)(kind == CLASS_COLON) << i;
    out->dot |= (uint64_t)(bytes[i] == '.') << i;
    out->backslash |= (uint64_t)(bytes[i] == '\\') << i;
    out->u |= (uint64_t)(bytes[i] == 'u') << i;
  }
}

#ifdef __x86_64__
#define TOKEN_AVX2 __attribute__((target("avx2"), always_inline))

/* A byte is of a class when the entries of its two halves share the bit of that class. */
#define TOKEN_LOW                                                                                                      \
  9, 11, 11, 11, 11, 11, 11, 13, 13, 13, 76, 4, 4, 20, 20, 36 /* 0 is a digit and p; 1 is a digit, A and q; … */
#define TOKEN_HIGH 0, 0, 16, 65, 6, 40, 6, 8, 0, 0, 0, 0, 0, 0, 0, 0

TOKEN_AVX2 static inline uint64_t token_none(__m256i classes, char wanted) {
  __m256i rest = _mm256_and_si256(classes, _mm256_set1_epi8(wanted));
  return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(rest, _mm256_setzero_si256()));
}

TOKEN_AVX2 static inline uint64_t token_equal(__m256i bytes, char wanted) {
  return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(wanted)));
}

TOKEN_AVX2 static inline __m256i token_classes(__m256i in) {
  const __m256i low = _mm256_setr_epi8(TOKEN_LOW, TOKEN_LOW), high = _mm256_setr_epi8(TOKEN_HIGH, TOKEN_HIGH);
  const __m256i half = _mm256_set1_epi8(15);
  return _mm256_and_si256(_mm256_shuffle_epi8(low, _mm256_and_si256(in, half)),
                          _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(in, 4), half)));
}

TOKEN_AVX2 static inline void token_masks_avx2(const uint8_t *bytes, TokenMasks *out) {
  __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)bytes);
  __m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(bytes + 32));
  __m256i a_kinds = token_classes(a), b_kinds = token_classes(b);
  out->word = ~(token_none(a_kinds, CLASS_WORD) | token_none(b_kinds, CLASS_WORD) << 32);
  out->hex = ~(token_none(a_kinds, CLASS_HEX) | token_none(b_kinds, CLASS_HEX) << 32);
  out->colon = token_equal(a, ':') | token_equal(b, ':') << 32;
  out->dot = token_equal(a, '.') | token_equal(b, '.') << 32;
  out->backslash = token_equal(a, '\\') | token_equal(b, '\\') << 32;
  out->u = token_equal(a, 'u') | token_equal(b, 'u') << 32;
}
#endif
