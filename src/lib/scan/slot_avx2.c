/* The filters of slot.c eight places at a time, where the processor has AVX2. Gives the same places in the same order. */
#include "lib/scan/slot_private.h"

#if defined(__x86_64__)
#include <immintrin.h>

bool slot_has_avx2(void) {
  return __builtin_cpu_supports("avx2");
}

__attribute__((target("avx2"))) static __m256i windows_at(const char *bytes) {
  const __m256i order = _mm256_setr_epi8(0, 1, 2, 3, 1, 2, 3, 4, 2, 3, 4, 5, 3, 4, 5, 6, 4, 5, 6, 7, 5, 6, 7, 8, 6, 7, 8, 9, 7,
                                         8, 9, 10);
  __m128i block = _mm_loadu_si128((const __m128i *)(const void *)bytes);
  return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(block), order);
}

/* Bit i: the bit number `at[i]` of the filter is set. */
__attribute__((target("avx2"))) static unsigned bits_at(const uint64_t *filter, __m256i at) {
  __m256i words = _mm256_i32gather_epi32((const int *)(const void *)filter, _mm256_srli_epi32(at, 5), 4);
  __m256i shifted = _mm256_srlv_epi32(words, _mm256_and_si256(at, _mm256_set1_epi32(31)));
  return (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_slli_epi32(shifted, 31)));
}

static unsigned first_places(size_t left) {
  return left >= 8 ? 0xff : (1u << left) - 1;
}

/* At least 16 bytes may be read behind the value. */
__attribute__((target("avx2"))) void slot_windows_avx2(Run *run, void (*found)(Run *run, size_t at)) {
  const __m256i factor = _mm256_set1_epi32((int)0x9e3779b1u);
  const __m128i shift = _mm_cvtsi32_si128((int)run->slot->filter_shift);
  if (run->folded.size < 4)
    return;
  for (size_t i = 0, count = run->folded.size - 3; i < count; i += 8) {
    __m256i hashes = _mm256_srl_epi32(_mm256_mullo_epi32(windows_at(run->folded.bytes + i), factor), shift);
    for (unsigned hits = bits_at(run->slot->filter, hashes) & first_places(count - i); hits; hits &= hits - 1)
      found(run, i + (unsigned)__builtin_ctz(hits));
  }
}

__attribute__((target("avx2"))) void slot_pairs_avx2(Run *run, void (*found)(Run *run, size_t at)) {
  for (size_t i = 0; i < run->folded.size; i += 8) {
    __m256i pairs = _mm256_and_si256(windows_at(run->folded.bytes + i), _mm256_set1_epi32(0xffff));
    for (unsigned hits = bits_at(run->slot->pairs, pairs) & first_places(run->folded.size - i); hits; hits &= hits - 1)
      found(run, i + (unsigned)__builtin_ctz(hits));
  }
}
#else
bool slot_has_avx2(void) {
  return false;
}

void slot_windows_avx2(Run *run, void (*found)(Run *run, size_t at)) {
  (void)run, (void)found;
}

void slot_pairs_avx2(Run *run, void (*found)(Run *run, size_t at)) {
  (void)run, (void)found;
}
#endif
