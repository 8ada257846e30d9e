#include "lib/document/source_syllable.h"
#include <string.h>

enum { LETTERS_MAX = 7 }; /* nghiêng */

/* Longest first, since the first that fits is taken. */
static const char *const INITIALS[] = {"ngh", "ng", "nh", "ch", "gh", "gi", "kh", "ph", "qu", "th", "tr", "b", "c", "d",
                                       "đ",   "g",  "h",  "k",  "l",  "m",  "n",  "p",  "r",  "s",  "t",  "v", "x", ""};
static const char VOWELS[] = " a ă â e ê i o ô ơ u ư y ai ao au ay âu ây eo êu ia iê iu oa oă oe oi ôi ơi oo ua uâ uê "
                             "ui uô uơ uy ưa ươ ưi ưu uă "
                             "uai uay uao yê ya iêu yêu oai oay oao oeo uây uôi uya uyê uyu ươi ươu uyên ";
static const char FINALS[] = "  c ch m n ng nh p t ";

static gboolean is_tone(gunichar c) {
  return c == 0x0300 || c == 0x0301 || c == 0x0303 || c == 0x0309 || c == 0x0323;
}

/* Lower case letters with their shape but without the tone; -1 where there is more than one tone. */
static int strip_tone(const char *word, gsize length, GString *out) {
  g_autofree char *lower = g_utf8_strdown(word, (gssize)length);
  g_autofree char *apart = g_utf8_normalize(lower, -1, G_NORMALIZE_NFD);
  g_autoptr(GString) letters = g_string_new(NULL);
  int tones = 0;
  for (const char *p = apart ? apart : ""; *p; p = g_utf8_next_char(p)) {
    gunichar c = g_utf8_get_char(p);
    if (is_tone(c))
      tones++;
    else
      g_string_append_unichar(letters, c);
  }
  g_autofree char *whole = g_utf8_normalize(letters->str, -1, G_NORMALIZE_NFC);
  g_string_assign(out, whole ? whole : "");
  return tones <= 1 ? tones : -1;
}

static gboolean in_list(const char *list, const char *item, gsize length) {
  g_autofree char *wanted = g_strdup_printf(" %.*s ", (int)length, item);
  return strstr(list, wanted) != NULL;
}

static gboolean is_vowel(gunichar c) {
  return c < 0x200 && c > 0 && strchr("aeiouy", (int)(c < 0x80 ? c : '#'))
             ? TRUE
             : c == 0xE2 || c == 0xEA || c == 0xF4 || c == 0x0103 || c == 0x01A1 || c == 0x01B0;
}

static gboolean is_rhyme(const char *rest) {
  const char *end = rest;
  while (is_vowel(g_utf8_get_char(end)))
    end = g_utf8_next_char(end);
  return end > rest && in_list(VOWELS, rest, (gsize)(end - rest)) && in_list(FINALS, end, strlen(end));
}

gboolean syllable_is_valid(const char *word, gsize length_bytes) {
  if (length_bytes > LETTERS_MAX * 6)
    return FALSE;
  g_autoptr(GString) letters = g_string_new(NULL);
  if (strip_tone(word, length_bytes, letters) < 0 || g_utf8_strlen(letters->str, -1) > LETTERS_MAX)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS(INITIALS); i++)
    if (g_str_has_prefix(letters->str, INITIALS[i]) && is_rhyme(letters->str + strlen(INITIALS[i])))
      return TRUE;
  return FALSE;
}

/* Quotes, dashes, bullets, no-break spaces: what stands around words in every encoding. */
static gboolean is_separator(gunichar c) {
  return c < 0x80 ? !g_ascii_isalpha((char)c) : c == 0xA0 || (c >= 0x2000 && c < 0x2100);
}

void syllable_count(const char *text, int *out_good, int *out_bad) {
  for (const char *p = text; *p;) {
    const char *from = p;
    gboolean beyond = FALSE;
    for (; *p && !is_separator(g_utf8_get_char(p)); p = g_utf8_next_char(p))
      beyond |= (guchar)*p >= 0x80;
    if (beyond)
      *(syllable_is_valid(from, (gsize)(p - from)) ? out_good : out_bad) += 1;
    if (p == from)
      p = g_utf8_next_char(p);
  }
}
