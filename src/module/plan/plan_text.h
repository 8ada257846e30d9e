/* Text with its folded twin: `fold` has exactly one byte per character of `text` (lower case, no diacritics, đ as d),
 * so a place found in one is a place in the other. All texts live in the chunk of the reading. */
#pragma once
#include <glib.h>

typedef struct {
  const char *text; /* NFC, blanks collapsed */
  const char *fold;
  gsize length; /* characters of text = bytes of fold */
} PlanText;

#define PLAN_TEXT_EMPTY ((PlanText){"", "", 0})

PlanText plan_text(GStringChunk *chunk, const char *text);
PlanText plan_text_slice(GStringChunk *chunk, PlanText text, gsize from, gsize to); /* characters; trimmed */
PlanText plan_text_from(GStringChunk *chunk, PlanText text, gsize from);
PlanText plan_text_join(GStringChunk *chunk, PlanText a, PlanText b); /* with a blank between */
/* Without closing punctuation: . ; : , and "./." */
PlanText plan_text_bare(GStringChunk *chunk, PlanText text);

const char *plan_text_at(PlanText text, gsize index); /* the character in `text` */
gboolean plan_text_upper_at(PlanText text, gsize index);
gboolean plan_text_lower_at(PlanText text, gsize index);
gboolean plan_text_caps(PlanText text); /* at least two letters, none lower case */

#define plan_starts(fold, prefix) (strncmp((fold), (prefix), sizeof(prefix) - 1) == 0)
/* `word` at whole-word bounds, at or after `from`; -1 where it is not. */
gssize plan_find_word(const char *fold, gsize from, const char *word);
gboolean plan_has_word(const char *fold, const char *word);
/* The first of a NULL-terminated list that stands at the start, as a whole word; its length, or 0. */
gsize plan_starts_any(const char *fold, const char *const *words);
gboolean plan_has_any(const char *fold, const char *const *words);
