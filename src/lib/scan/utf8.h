/* UTF-8 by RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. */
#pragma once
#include "lib/scan/event.h"

bool utf8_is_valid(Span text);
/* Writes at most 4 bytes; code points that are none become U+FFFD. */
size_t utf8_put(char *out, uint32_t code);
/* Whether a file is UTF-16 with its mark, as programs of Windows write it. */
bool utf16_is_marked(Span file);
/* Its text without the mark as UTF-8, at most 3 bytes for 2; returns how many. What is no character becomes U+FFFD. */
size_t utf16_to_utf8(Span file, char *out);
