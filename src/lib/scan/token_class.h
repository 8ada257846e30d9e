/* Which bytes of 64 can belong to a piece; the same result from AVX2 and from a table. Inside token.c only. */
#pragma once
#include <stddef.h>
#include <stdint.h>

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
  uint64_t word, dot, hex, colon, backslash;
} TokenMasks;

extern const uint8_t TOKEN_CLASS[256];
/* 64 bytes, whether they are there or not must have been seen to. */
void token_masks_plain(const uint8_t *bytes, TokenMasks *out);
void token_masks_avx2(const uint8_t *bytes, TokenMasks *out);
