#include "lib/scan/json_index.h"
#include <string.h>

enum { QUOTE = 1, BACKSLASH = 2, MARK = 4, SPACE = 8, CONTROL = 16, HIGH = 32 };

static int hex_digit(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  c |= 0x20;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Whether what stands at `at`, after a backslash, makes an escape, or could if more bytes came. */
static bool escape_is_valid(const JsonIndex *index, size_t at) {
  static const bool plain[256] = {['n'] = true, ['r'] = true, ['t'] = true, ['/'] = true, ['b'] = true, ['f'] = true};
  unsigned char c = (unsigned char)index->bytes[at];
  if (plain[c])
    return true;
  if (c != 'u')
    return false;
  for (size_t i = at + 1; i < at + 5 && i < index->size; i++)
    if (hex_digit(index->bytes[i]) < 0)
      return false;
  return true;
}

void json_index_check(JsonIndex *index, size_t done, uint64_t escaped, uint64_t control) {
  if (control && index->fault == SIZE_MAX)
    index->fault = done + (size_t)__builtin_ctzll(control);
  for (; escaped; escaped &= escaped - 1) {
    size_t at = done + (size_t)__builtin_ctzll(escaped);
    if (at < index->size && !escape_is_valid(index, at)) {
      index->fault = at < index->fault ? at : index->fault;
      return;
    }
  }
}

/* Behind the last position stand some of the first byte, a bracket: where the walk wants a mark or a quote it stops
 * there. */
void json_index_finish(JsonIndex *index) {
  memset(index->end, 0, 2 * JSON_AHEAD * sizeof *index->end);
  index->low = index->done < index->size ? index->end - JSON_AHEAD : index->positions + JSON_POSITIONS;
}

#if defined(__SSE2__)
#include <emmintrin.h>

typedef struct {
  __m128i part[4];
} Block;

JSON_INLINE uint64_t bits_of(Block block) {
  uint64_t bits = 0;
  for (int i = 0; i < 4; i++)
    bits |= (uint64_t)(uint32_t)_mm_movemask_epi8(block.part[i]) << (16 * i);
  return bits;
}

JSON_INLINE uint64_t equal(Block block, char byte) {
  for (int i = 0; i < 4; i++)
    block.part[i] = _mm_cmpeq_epi8(block.part[i], _mm_set1_epi8(byte));
  return bits_of(block);
}

JSON_INLINE JsonMasks masks_of_sse2(const char *bytes) {
  Block block, folded, control;
  for (int i = 0; i < 4; i++) {
    block.part[i] = _mm_loadu_si128((const __m128i *)(const void *)(bytes + 16 * i));
    folded.part[i] = _mm_or_si128(block.part[i], _mm_set1_epi8(0x20));
    control.part[i] = _mm_cmpeq_epi8(_mm_min_epu8(block.part[i], _mm_set1_epi8(0x1F)), block.part[i]);
  }
  return (JsonMasks){
      .quote = equal(block, '"'),
      .backslash = equal(block, '\\'),
      .punctuation = equal(folded, '{') | equal(folded, '}') | equal(block, ':') | equal(block, ','),
      .space = equal(block, ' ') | equal(block, '\n') | equal(block, '\t') | equal(block, '\r'),
      .control = bits_of(control),
      .high = bits_of(block),
  };
}

void json_index_sse2(JsonIndex *index) {
  json_index_run(index, masks_of_sse2, json_parity, json_positions);
}
#else
void json_index_sse2(JsonIndex *index) {
  json_index_plain(index);
}
#endif

JSON_INLINE JsonMasks masks_of_plain(const char *bytes) {
  static const uint8_t classes[256] = {
      [0 ... 8] = CONTROL,
      ['\t'] = SPACE | CONTROL,
      ['\n'] = SPACE | CONTROL,
      [11 ... 12] = CONTROL,
      ['\r'] = SPACE | CONTROL,
      [14 ... 31] = CONTROL,
      [' '] = SPACE,
      ['"'] = QUOTE,
      ['\\'] = BACKSLASH,
      ['{'] = MARK,
      ['}'] = MARK,
      ['['] = MARK,
      [']'] = MARK,
      [':'] = MARK,
      [','] = MARK,
      [128 ... 255] = HIGH,
  };
  JsonMasks masks = {0};
  for (unsigned i = 0; i < JSON_BLOCK; i++) {
    uint64_t class = classes[(unsigned char)bytes[i]];
    masks.quote |= (class & 1) << i;
    masks.backslash |= (class >> 1 & 1) << i;
    masks.punctuation |= (class >> 2 & 1) << i;
    masks.space |= (class >> 3 & 1) << i;
    masks.control |= (class >> 4 & 1) << i;
    masks.high |= (class >> 5 & 1) << i;
  }
  return masks;
}

void json_index_plain(JsonIndex *index) {
  json_index_run(index, masks_of_plain, json_parity, json_positions);
}
