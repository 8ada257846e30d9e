/* Vietnamese text: one form for what is stored, one for what is compared, one for what is sorted.
 *
 * Input must be valid UTF-8 unless said otherwise; results are NUL-terminated UTF-8 in NFC, owned by the caller (g_free).
 * Threads: pure functions.
 */
#pragma once
#include <glib.h>

/* NFC, U+00D0 (Eth, typed for Đ) to U+0110, no-break spaces to spaces, CRLF to LF, other control characters dropped.
 * Invalid bytes give NULL with ERROR_UNREADABLE that names the first bad position. */
char *text_clean(const char *bytes, gsize length_bytes, GError **error);

/* For comparing and searching: lower case, no diacritics, đ to d, every run of blanks one space, trimmed.
 * "Phương án  ỨNG PHÓ" becomes "phuong an ung pho". */
char *text_fold(const char *text);
/* The same, but diacritics and đ stay and only their spelling is made one: hoà = hòa, uỷ = ủy, thuý = thúy; dashes alike. */
char *text_fold_spelling(const char *text);

/* A key whose byte order is the Vietnamese dictionary order: a ă â b c d đ e ê …, then tones ngang huyền hỏi ngã sắc nặng. */
char *text_sort_key(const char *text);

/* All words of `query` begin some word of `text`, both folded. An empty query matches. */
gboolean text_matches(const char *text, const char *query);

char *text_collapse(const char *text); /* every run of white space one space, trimmed */
