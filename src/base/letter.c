#include "base/letter.h"
#include <string.h>

/* The tone marks, in dictionary order after the bare vowel. */
const gunichar LETTER_TONES[5] = {0x0300, 0x0309, 0x0303, 0x0301, 0x0323};

/* No combining mark is among them: what stands between these letters never joins. */
static const struct {
  gunichar first, last;
} RANGES[] = {{0x0000, 0x007F}, {0x00A0, 0x01B0}, {0x1EA0, 0x1EF9}, {0x2010, 0x2027}};

enum { LETTERS = 0x80 + 0x111 + 0x5A + 0x18 };
static Letter letters[LETTERS];

gboolean letter_is_blank(gunichar c) {
  return c == 0x00A0 || c == 0x202F || c == 0x2007 || g_unichar_isspace(c);
}

static Letter *place_of(gunichar c) {
  Letter *letter = letters;
  for (gsize i = 0; i < G_N_ELEMENTS(RANGES); i++) {
    if (c >= RANGES[i].first && c <= RANGES[i].last)
      return letter + (c - RANGES[i].first);
    letter += RANGES[i].last - RANGES[i].first + 1;
  }
  return NULL;
}

static void append(char *out, gsize size, gunichar c) {
  char bytes[7] = {0};
  g_unichar_to_utf8(c, bytes);
  g_strlcat(out, bytes, size);
}

static gboolean is_dash(gunichar c) {
  return (c >= 0x2010 && c <= 0x2015) || c == 0x2212;
}

/* `apart` is the letter in lower case and NFKD. */
static void fill_folds(Letter *letter, const char *apart) {
  char spelling[32] = "", plain[32] = "";
  for (const char *p = apart; *p; p = g_utf8_next_char(p)) {
    gunichar c = g_utf8_get_char(p);
    append(spelling, sizeof spelling, is_dash(c) ? '-' : c == 0x00F0 ? 0x0111 : c);
    if (!g_unichar_ismark(c))
      append(plain, sizeof plain, c == 0x0111 || c == 0x00F0 ? 'd' : c);
  }
  g_autofree char *composed = g_utf8_normalize(spelling, -1, G_NORMALIZE_DEFAULT_COMPOSE);
  letter->known = strlen(composed) < sizeof letter->spelling && strlen(plain) < sizeof letter->plain;
  g_strlcpy(letter->spelling, composed, sizeof letter->spelling);
  g_strlcpy(letter->plain, plain, sizeof letter->plain);
}

static gboolean has_marks(const char *text) {
  while (*text && !g_unichar_ismark(g_utf8_get_char(text)))
    text = g_utf8_next_char(text);
  return *text;
}

static void fill(Letter *letter, gunichar c) {
  char text[7] = {0};
  g_unichar_to_utf8(c, text);
  g_autofree char *lower = g_utf8_strdown(text, -1);
  g_autofree char *apart = g_utf8_normalize(lower, -1, G_NORMALIZE_ALL);
  g_autofree char *composed = g_utf8_normalize(text, -1, G_NORMALIZE_DEFAULT_COMPOSE);
  letter->alpha = g_unichar_isalpha(g_utf8_get_char(apart));
  letter->blank = letter_is_blank(c);
  letter->stable = strcmp(composed, text) == 0;
  fill_folds(letter, apart);
  letter->known = letter->known && (letter->alpha || !has_marks(apart)); /* ´ is a blank with a mark on it */
  gunichar mark = strchr("aey", apart[0]) && apart[0] ? g_utf8_get_char(apart + 1) : 0;
  for (guint8 t = 0; mark && t < G_N_ELEMENTS(LETTER_TONES); t++)
    if (mark == LETTER_TONES[t] && !*g_utf8_next_char(apart + 1))
      letter->tone = t + 1;
}

static gpointer fill_all(gpointer unused) {
  for (gsize i = 0; i < G_N_ELEMENTS(RANGES); i++)
    for (gunichar c = RANGES[i].first; c <= RANGES[i].last; c++)
      fill(place_of(c), c);
  return unused;
}

const Letter *letter_find(gunichar c) {
  static GOnce once = G_ONCE_INIT;
  g_once(&once, fill_all, NULL);
  const Letter *letter = place_of(c);
  return letter && letter->known ? letter : NULL;
}
