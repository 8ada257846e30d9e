/* Words in a text without regard to case and to the marks of Vietnamese letters; \u escapes of JSON are read as what
 * they mean. */
#pragma once
#include "lib/scan/event.h"

typedef struct TextSearch TextSearch;

/* NULL: no word in it. A word also counts inside a longer one. */
TextSearch *text_search_new(const char *query, ScanError *error);
void text_search_free(TextSearch *search);
/* The next place at or behind `from` of the word that is rarest in what was seen so far. */
bool text_search_next(TextSearch *search, Span text, size_t from, Span *out_where);
/* Whether all words are in the text. */
bool text_search_all(TextSearch *search, Span text);
/* Tests only: the plain path even where the CPU has AVX2. */
void text_search_plain(bool plain);
