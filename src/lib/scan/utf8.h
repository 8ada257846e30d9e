/* UTF-8 by RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. */
#pragma once
#include "lib/scan/event.h"

bool utf8_is_valid(Span text);
/* Writes at most 4 bytes; code points that are none become U+FFFD. */
size_t utf8_put(char *out, uint32_t code);
