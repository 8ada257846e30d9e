#include "lib/scan/token_class.h"
#ifdef __x86_64__
#include <immintrin.h>
#endif

#define D CLASS_DIGIT
#define H CLASS_HEX_LETTER
#define G CLASS_G_TO_O
#define P CLASS_P_TO_Z
const uint8_t TOKEN_CLASS[256] = {
    ['-'] = CLASS_DOT_DASH,
    ['.'] = CLASS_DOT_DASH,
    ['_'] = CLASS_UNDERSCORE,
    [':'] = CLASS_COLON,
    ['0'] = D,
    D,
    D,
    D,
    D,
    D,
    D,
    D,
    D,
    D,
    ['A'] = H,
    H,
    H,
    H,
    H,
    H,
    G,
    G,
    G,
    G,
    G,
    G,
    G,
    G,
    G,
    P,
    P,
    P,
    P,
    P,
    P,
    P,
    P,
    P,
    P,
    P,
    ['a'] = H,
    H,
    H,
    H,
    H,
    H,
    G,
    G,
    G,
    G,
    G,
    G,
    G,
    G,
    G,
    P,
    P,
    P,
    P,
    P,
    P,
    P,
    P,
    P,
    P,
    P,
};

void token_masks_plain(const uint8_t *bytes, TokenMasks *out) {
  *out = (TokenMasks){0};
  for (int i = 0; i < 64; i++) {
    uint8_t kind = TOKEN_CLASS[bytes[i]];
    out->word |= (uint64_t)((kind & CLASS_WORD) != 0) << i;
    out->hex |= (uint64_t)((kind & CLASS_HEX) != 0) << i;
    out->colon |= (uint64_t)(kind == CLASS_COLON) << i;
    out->dot |= (uint64_t)(bytes[i] == '.') << i;
    out->backslash |= (uint64_t)(bytes[i] == '\\') << i;
  }
}

#ifdef __x86_64__
/* A byte is of a class when the entries of its two halves share the bit of that class. */
#define LOW                                                                                                            \
  D | P, D | H | P, D | H | P, D | H | P, D | H | P, D | H | P, D | H | P, D | G | P, D | G | P, D | G | P,            \
      G | P | CLASS_COLON, G, G, G | CLASS_DOT_DASH, G | CLASS_DOT_DASH, G | CLASS_UNDERSCORE
#define HIGH 0, 0, CLASS_DOT_DASH, D | CLASS_COLON, H | G, P | CLASS_UNDERSCORE, H | G, P, 0, 0, 0, 0, 0, 0, 0, 0

__attribute__((target("avx2"))) static uint32_t none_of(__m256i classes, char wanted) {
  __m256i rest = _mm256_and_si256(classes, _mm256_set1_epi8(wanted));
  return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(rest, _mm256_setzero_si256()));
}

__attribute__((target("avx2"))) static uint32_t equal_to(__m256i bytes, char wanted) {
  return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(wanted)));
}

__attribute__((target("avx2"))) void token_masks_avx2(const uint8_t *bytes, TokenMasks *out) {
  const __m256i low = _mm256_setr_epi8(LOW, LOW), high = _mm256_setr_epi8(HIGH, HIGH), half = _mm256_set1_epi8(15);
  *out = (TokenMasks){0};
  for (int i = 0; i < 64; i += 32) {
    __m256i in = _mm256_loadu_si256((const __m256i *)(const void *)(bytes + i));
    __m256i from_low = _mm256_shuffle_epi8(low, _mm256_and_si256(in, half));
    __m256i from_high = _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(in, 4), half));
    __m256i classes = _mm256_and_si256(from_low, from_high);
    out->word |= (uint64_t)~none_of(classes, CLASS_WORD) << i;
    out->hex |= (uint64_t)~none_of(classes, CLASS_HEX) << i;
    out->colon |= (uint64_t)equal_to(in, ':') << i;
    out->dot |= (uint64_t)equal_to(in, '.') << i;
    out->backslash |= (uint64_t)equal_to(in, '\\') << i;
  }
}
#endif
