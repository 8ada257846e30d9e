/* Whether a word could be a Vietnamese syllable by its spelling: initial, vowels, at most one tone, final.
 * It judges how a text was encoded, not how it was spelt: rare loan words count as wrong. Threads: pure functions. */
#pragma once
#include <glib.h>

gboolean syllable_is_valid(const char *word, gsize length_bytes); /* NFC, any case */

/* Of the words of a text that have a letter or sign beyond ASCII (quotes, dashes and bullets aside): how many are
 * syllables, how many are not. */
void syllable_count(const char *text, int *out_good, int *out_bad);
