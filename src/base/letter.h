/* What folding makes of the letters that Vietnamese text is written with, each worked out once: ASCII, Latin up to ư,
 * the letters U+1EA0-U+1EF9 and the common signs. Private to text.c.
 *
 * Threads: letter_find() may be called from any. */
#pragma once
#include <glib.h>

typedef struct {
  char spelling[7]; /* text_fold_spelling() of the letter alone, in NFC */
  char plain[7];    /* text_fold() of it */
  guint8 tone;      /* of a, e or y that bears a tone and nothing else: 1-5 (huyền hỏi ngã sắc nặng); else 0 */
  gboolean alpha, blank;
  gboolean stable; /* NFC leaves it as it is, next to any other letter of the table */
  gboolean known;  /* FALSE: the table cannot say, the text must be taken apart */
} Letter;

const Letter *letter_find(gunichar c); /* NULL: not in the table, or not known */

extern const gunichar LETTER_TONES[5];
gboolean letter_is_blank(gunichar c);
