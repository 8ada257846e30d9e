#include "lib/scan/json_index.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define WITH_AVX2 __attribute__((target("avx2,pclmul,bmi,bmi2,popcnt")))

WITH_AVX2 JSON_INLINE uint64_t bits_of(__m256i low, __m256i high) {
  return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

WITH_AVX2 JSON_INLINE uint64_t equal(__m256i low, __m256i high, char byte) {
  __m256i wanted = _mm256_set1_epi8(byte);
  return bits_of(_mm256_cmpeq_epi8(low, wanted), _mm256_cmpeq_epi8(high, wanted));
}

/* Bytes that equal the entry of the table which their low four bits choose. */
WITH_AVX2 JSON_INLINE uint64_t chosen(__m256i low, __m256i high, __m256i table) {
  return bits_of(_mm256_cmpeq_epi8(_mm256_shuffle_epi8(table, low), low),
                 _mm256_cmpeq_epi8(_mm256_shuffle_epi8(table, high), high));
}

WITH_AVX2 JSON_INLINE JsonMasks masks_of(const char *bytes) {
  __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)bytes);
  __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(bytes + 32));
  const __m256i spaces = _mm256_setr_epi8(' ', 0, 0, 0, 0, 0, 0, 0, 0, '\t', '\n', 0, 0, '\r', 0, 0, ' ', 0, 0, 0, 0, 0,
                                          0, 0, 0, '\t', '\n', 0, 0, '\r', 0, 0);
  /* [ and ] differ from { and } in one bit, which is set first; the walk looks at the byte itself */
  const __m256i marks = _mm256_setr_epi8(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, ':', '{', ',', '}', 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,
                                         0, 0, ':', '{', ',', '}', 0, 0);
  const __m256i bit = _mm256_set1_epi8(0x20), last = _mm256_set1_epi8(0x1F);
  return (JsonMasks){
      .quote = equal(low, high, '"'),
      .backslash = equal(low, high, '\\'),
      .punctuation = chosen(_mm256_or_si256(low, bit), _mm256_or_si256(high, bit), marks),
      .space = chosen(low, high, spaces),
      .control = bits_of(_mm256_cmpeq_epi8(_mm256_min_epu8(low, last), low),
                         _mm256_cmpeq_epi8(_mm256_min_epu8(high, last), high)),
      .high = bits_of(low, high),
  };
}

WITH_AVX2 JSON_INLINE uint64_t parity(uint64_t bits) {
  __m128i all = _mm_clmulepi64_si128(_mm_set_epi64x(0, (long long)bits), _mm_set1_epi8((char)0xFF), 0);
  return (uint64_t)_mm_cvtsi128_si64(all);
}

/* Eight at a time, also when there are fewer: a loop that ends at the last bit would be guessed wrong in most blocks.
 */
WITH_AVX2 JSON_INLINE uint32_t *positions(uint32_t *out, uint64_t bits, uint32_t base) {
  uint32_t *end = out + __builtin_popcountll(bits);
  do {
#pragma GCC unroll 8
    for (int i = 0; i < 8; i++) {
      out[i] = base + (uint32_t)_tzcnt_u64(bits);
      bits = _blsr_u64(bits);
    }
    out += 8;
  } while (__builtin_expect(bits != 0, 0));
  return end;
}

WITH_AVX2 void json_index_avx2(JsonIndex *index) {
  json_index_run(index, masks_of, parity, positions);
}
#else
void json_index_avx2(JsonIndex *index) {
  json_index_plain(index);
}
#endif
