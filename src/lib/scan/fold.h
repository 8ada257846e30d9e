/* Lower case of UTF-8, code point by code point (simple mapping of Unicode 15, U+0130 becomes i). Bytes that are not
 * UTF-8 stay as they are, each as one character. */
#pragma once
#include "lib/scan/event.h"

/* Room that fold_text may need for `size` bytes: a few letters are one byte longer in lower case. */
#define FOLD_ROOM(size) ((size) + (size) / 2 + 16)

uint32_t fold_code(uint32_t code);
/* Returns the size of the folded text; `*out_ascii`: all bytes were below 0x80 (then sizes are equal). */
size_t fold_text(Span text, char *out, bool *out_ascii);
/* The code point at the start of 1 or more bytes and its length; a byte that is not UTF-8 is returned as 0x110000 +
 * byte, length 1. */
uint32_t text_code(const char *bytes, size_t size, size_t *out_length);
size_t text_put(uint32_t code, char *out);
bool text_is_utf8(Span text);
