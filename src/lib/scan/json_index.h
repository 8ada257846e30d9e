/* The first stage of the JSON scanner: where strings, values and punctuation stand. Shared by its ways of doing it. */
#pragma once
#include "lib/scan/json.h"

enum {
  JSON_BLOCK = 64,
  JSON_AHEAD = 8, /* positions that the walk may take between two looks */
  JSON_BLOCKS_AT_ONCE = 16,
  JSON_POSITIONS = JSON_BLOCKS_AT_ONCE * JSON_BLOCK + 4 * JSON_AHEAD
};

typedef struct {
  const char *bytes;
  size_t size, done;           /* done: bytes indexed so far */
  uint32_t *at, *end, *low;    /* positions not yet taken; from `low` on more are needed */
  size_t fault;                /* the first bad escape or control character in a string */
  uint64_t in_string;          /* all bits set when the last block ended inside a string */
  uint64_t escape, scalar;     /* 1: the next byte is escaped; the last byte belonged to a number or literal */
  bool beyond_ascii, line_end; /* line_end: a line may end in the last block */
  uint32_t positions[JSON_POSITIONS];
  uint64_t backslashes[JSON_BYTES_MAX / JSON_BLOCK + 1];
} JsonIndex;

/* What one block holds, a bit per byte. */
typedef struct {
  uint64_t quote, backslash, punctuation, space, control, high;
} JsonMasks;

/* Adds positions of further blocks: until JSON_AHEAD are there or the bytes end, then up to the end of the line. */
typedef void JsonIndexer(JsonIndex *index);
JsonIndexer json_index_avx2, json_index_sse2, json_index_plain;

/* Notes the first escape that is none and the first control character in a string of the block at `done`. */
void json_index_check(JsonIndex *index, size_t done, uint64_t escaped, uint64_t control);
void json_index_finish(JsonIndex *index);

#define JSON_INLINE static inline __attribute__((always_inline))

/* What one block leaves to the next; kept in registers while a window is indexed. */
typedef struct {
  uint64_t in_string, escape, scalar, high;
  uint32_t *end;
  size_t done;
} JsonCarry;

/* The bytes that a backslash before them escapes: in a run of backslashes every second. */
JSON_INLINE uint64_t json_escaped(JsonCarry *carry, uint64_t backslash) {
  if (!backslash) {
    uint64_t escaped = carry->escape;
    carry->escape = 0;
    return escaped;
  }
  const uint64_t odd = 0xAAAAAAAAAAAAAAAAu;
  uint64_t begins = backslash & ~carry->escape;
  uint64_t pairs = (((begins << 1) | odd) - begins) ^ odd;
  uint64_t escaped = pairs ^ (backslash | carry->escape);
  carry->escape = (pairs & backslash) >> 63;
  return escaped;
}

JSON_INLINE uint64_t json_parity(uint64_t bits) {
  for (unsigned shift = 1; shift < 64; shift *= 2)
    bits ^= bits << shift;
  return bits;
}

/* The positions of the set bits; may write up to 8 more than there are. */
typedef uint32_t *JsonPositions(uint32_t *out, uint64_t bits, uint32_t base);
typedef uint64_t JsonParity(uint64_t bits);

JSON_INLINE uint32_t *json_positions(uint32_t *out, uint64_t bits, uint32_t base) {
  while (bits) {
    *out++ = base + (uint32_t)__builtin_ctzll(bits);
    bits &= bits - 1;
  }
  return out;
}

/* Returns whether a line may end in the block. */
JSON_INLINE bool json_index_block(JsonIndex *index, JsonCarry *carry, JsonMasks masks, JsonParity *parity,
                                  JsonPositions *positions) {
  uint64_t escaped = json_escaped(carry, masks.backslash);
  uint64_t quote = masks.quote & ~escaped;
  uint64_t inside = parity(quote) ^ carry->in_string; /* from the opening quote to before the closing */
  carry->in_string = 0 - (inside >> 63);
  index->backslashes[carry->done / JSON_BLOCK] = masks.backslash;
  uint64_t other = ~(masks.punctuation | masks.space | quote | inside);
  uint64_t begins = other & ~(other << 1 | carry->scalar);
  carry->scalar = other >> 63;
  carry->high |= masks.high;
  uint64_t doubtful = (escaped & ~(masks.quote | masks.backslash)), raw = masks.control & inside;
  if (doubtful | raw)
    json_index_check(index, carry->done, doubtful, raw);
  carry->end = positions(carry->end, (masks.punctuation & ~inside) | quote | begins, (uint32_t)carry->done);
  carry->done += JSON_BLOCK;
  return (masks.control & ~inside) != 0;
}

/* The loop that all ways share: `masks_of` classifies 64 bytes. */
JSON_INLINE void json_index_run(JsonIndex *index, JsonMasks (*masks_of)(const char *), JsonParity *parity,
                                JsonPositions *positions) {
  size_t left = (size_t)(index->end - index->at), size = index->size;
  for (size_t i = 0; i < left; i++)
    index->positions[i] = index->at[i];
  index->at = index->positions;
  JsonCarry carry = {index->in_string, index->escape, index->scalar, 0, index->positions + left, index->done};
  const uint32_t *enough = index->positions + JSON_AHEAD;
  const char *bytes = index->bytes;
  bool line_end = index->line_end;
  for (size_t blocks = 0; carry.done < size && (carry.end <= enough || (!line_end && blocks < JSON_BLOCKS_AT_ONCE - 2));
       blocks++) {
    const char *from = bytes + carry.done;
    char rest[JSON_BLOCK];
    if (__builtin_expect(size - carry.done < JSON_BLOCK, 0)) {
      size_t have = size - carry.done;
      for (size_t i = 0; i < JSON_BLOCK; i++)
        rest[i] = i < have ? from[i] : ' ';
      from = rest;
    }
    line_end = json_index_block(index, &carry, masks_of(from), parity, positions);
  }
  index->in_string = carry.in_string;
  index->escape = carry.escape;
  index->scalar = carry.scalar;
  index->beyond_ascii |= carry.high != 0;
  index->line_end = line_end;
  index->end = carry.end;
  index->done = carry.done;
  json_index_finish(index);
}
