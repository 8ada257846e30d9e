/* Expressions of rules: PCRE2 with limits on its work; what exceeds them does not match. */
#pragma once
#include "lib/scan/slot.h"

typedef struct Regex Regex;
Regex *regex_new(const Pattern *pattern, char *out_reason, size_t size);
void regex_free(Regex *regex);

typedef struct RegexWork RegexWork; /* of one thread */
RegexWork *regex_work_new(void);
void regex_work_free(RegexWork *work);
bool regex_matches(const Regex *regex, RegexWork *work, Span text, bool ascii);

/* The longest piece of ASCII that every match holds, in lower case; its size, at most `room`. 0: none is known. */
size_t regex_piece(const Pattern *pattern, char *out, size_t room);

