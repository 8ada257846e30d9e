/* The filters of slot.c eight places at a time, where the processor has AVX2. Gives the same places in the same order. */
#include "lib/scan/slot_private.h"
#include <string.h>

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
__attribute__((target("avx2"))) void slot_places_avx2(Run *run, void (*found)(Run *run, size_t at)) {
  const Slot *slot = run->slot;
  const __m256i factor = _mm256_set1_epi32((int)0x9e3779b1u), three = _mm256_set1_epi32(0xffffff), two = _mm256_set1_epi32(0xffff);
  const __m128i shift = _mm_cvtsi32_si128((int)slot->filter_shift);
  bool threes = slot->windows.widths & 1u << 3;
  for (size_t i = 0; i < run->folded.size; i += 8) {
    __m256i windows = windows_at(run->folded.bytes + i);
    unsigned hits = bits_at(slot->filter, _mm256_srl_epi32(_mm256_mullo_epi32(windows, factor), shift));
    if (threes)
      hits |= bits_at(slot->filter, _mm256_srl_epi32(_mm256_mullo_epi32(_mm256_and_si256(windows, three), factor), shift));
    if (slot->pairs)
      hits |= bits_at(slot->pairs, _mm256_and_si256(windows, two));
    for (hits &= first_places(run->folded.size - i); hits; hits &= hits - 1)
      found(run, i + (unsigned)__builtin_ctz(hits));
  }
}
typedef struct {
  __m256i low[4], high[4];
} NibbleTables;

__attribute__((target("avx2"))) static __m256i spread_nibbles(const uint8_t nibbles[16]) {
  return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)nibbles));
}

__attribute__((target("avx2"))) static void load_nibbles(const Nibbles *nibbles, NibbleTables *out) {
  for (int p = 0; p < 4; p++) {
    out->low[p] = spread_nibbles(nibbles->low[p]);
    out->high[p] = spread_nibbles(nibbles->high[p]);
  }
}

__attribute__((target("avx2"))) static inline __m256i buckets_of(const NibbleTables *tables, int place, __m256i bytes) {
  const __m256i low = _mm256_set1_epi8(15);
  __m256i high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), low);
  return _mm256_and_si256(_mm256_shuffle_epi8(tables->low[place], _mm256_and_si256(bytes, low)),
                          _mm256_shuffle_epi8(tables->high[place], high));
}

__attribute__((target("avx2"))) static inline __m256i load_at(const char *bytes) {
  return _mm256_loadu_si256((const __m256i *)(const void *)bytes);
}

/* Bit i: a window may begin at byte i of the 32. Reads 35 bytes. */
__attribute__((target("avx2"))) static inline unsigned places_of(const NibbleTables *tables, const char *bytes) {
  __m256i both = _mm256_and_si256(buckets_of(tables, 0, load_at(bytes)), buckets_of(tables, 1, load_at(bytes + 1)));
  both = _mm256_and_si256(both, buckets_of(tables, 2, load_at(bytes + 2)));
  both = _mm256_and_si256(both, buckets_of(tables, 3, load_at(bytes + 3)));
  return ~(unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi8(both, _mm256_setzero_si256()));
}

/* At least 64 bytes may be read behind the value. */
__attribute__((target("avx2"))) void slot_nibbles_avx2(Run *run, void (*found)(Run *run, size_t at)) {
  NibbleTables tables;
  load_nibbles(&run->slot->nibbles, &tables);
  for (size_t i = 0; i < run->folded.size; i += 32) {
    unsigned hits = places_of(&tables, run->folded.bytes + i);
    size_t left = run->folded.size - i;
    for (hits &= left >= 32 ? ~0u : (1u << left) - 1; hits; hits &= hits - 1)
      found(run, i + (unsigned)__builtin_ctz(hits));
  }
}

/* Bit i: at byte i begins \u or \/, which may stand for any letter. */
__attribute__((target("avx2"))) static inline unsigned escapes_of(const char *bytes) {
  __m256i next = load_at(bytes + 1);
  __m256i hides = _mm256_or_si256(_mm256_cmpeq_epi8(next, _mm256_set1_epi8('u')), _mm256_cmpeq_epi8(next, _mm256_set1_epi8('/')));
  return (unsigned)_mm256_movemask_epi8(_mm256_and_si256(_mm256_cmpeq_epi8(load_at(bytes), _mm256_set1_epi8('\\')), hides));
}

__attribute__((target("avx2"))) static inline __m256i pair_at(const char *bytes, int first, int second) {
  return _mm256_and_si256(_mm256_cmpeq_epi8(load_at(bytes), _mm256_set1_epi8((char)first)),
                          _mm256_cmpeq_epi8(load_at(bytes + 1), _mm256_set1_epi8((char)second)));
}

/* The two letters beyond ASCII whose lower case is ASCII: U+0130 and (by its first two bytes) U+212A. */
__attribute__((target("avx2"))) static inline bool has_strange_letter(const char *bytes) {
  __m256i both = _mm256_or_si256(pair_at(bytes, 0xc4, 0xb0), pair_at(bytes, 0xe2, 0x84));
  return !_mm256_testz_si256(both, both);
}

/* Whether the backslash at `at` is not itself escaped. */
static bool begins_escape(Span record, size_t at) {
  size_t before = at;
  while (before && record.bytes[before - 1] == '\\')
    before--;
  return (at - before) % 2 == 0;
}

static bool has_window(const Slot *slot, const char *bytes) {
  uint32_t window = 0;
  for (uint32_t i = 0; i < 4; i++)
    window |= (uint32_t)(uint8_t)(bytes[i] + (bytes[i] >= 'A' && bytes[i] <= 'Z' ? 32 : 0)) << i * 8;
  uint32_t bit = slot_window_hash(window) >> 20;
  return slot->raw_filter[bit >> 6] >> (bit & 63) & 1;
}

__attribute__((target("avx2"))) bool slot_raw_avx2(const Slot *slot, Span record) {
  NibbleTables tables;
  char tail[96] = {0};
  load_nibbles(&slot->raw_nibbles, &tables);
  for (size_t i = 0; i < record.size; i += 32) {
    const char *bytes = record.bytes + i;
    if (record.size - i < 36)
      bytes = memcpy(tail, bytes, record.size - i);
    if (has_strange_letter(bytes))
      return true;
    for (unsigned places = places_of(&tables, bytes); places; places &= places - 1)
      if (has_window(slot, bytes + (unsigned)__builtin_ctz(places)))
        return true;
    for (unsigned escapes = escapes_of(bytes); escapes; escapes &= escapes - 1)
      if (begins_escape(record, i + (unsigned)__builtin_ctz(escapes)))
        return true;
  }
  return false;
}
#else
bool slot_has_avx2(void) {
  return false;
}

void slot_places_avx2(Run *run, void (*found)(Run *run, size_t at)) {
  (void)run, (void)found;
}

void slot_nibbles_avx2(Run *run, void (*found)(Run *run, size_t at)) {
  (void)run, (void)found;
}

bool slot_raw_avx2(const Slot *slot, Span record) {
  (void)slot, (void)record;
  return true;
}
#endif
