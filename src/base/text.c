#include "base/text.h"
#include "base/error.h"
#include "base/letter.h"
#include <string.h>

static int tone_rank(gunichar c) {
  for (gsize i = 0; i < G_N_ELEMENTS(LETTER_TONES); i++)
    if (LETTER_TONES[i] == c)
      return (int)i + 1;
  return 0;
}

static gunichar clean_char(gunichar c) {
  if (c == 0x00D0)
    return 0x0110;
  if (c == 0x00A0 || c == 0x202F || c == 0x2007)
    return ' ';
  if (c == 0xFEFF || c == 0x00AD || c == 0x200B || (g_unichar_iscntrl(c) && c != '\n' && c != '\t' && c != '\f'))
    return 0;
  return c;
}

#define COMPOSE_MAX_BYTES 512

/* The end of a stretch from `p` that composes by itself: nothing joins a blank or a letter that is no mark. */
static const char *stretch_end(const char *p, const char *end) {
  const char *start = p;
  do
    p = g_utf8_next_char(p);
  while (p < end && (p - start < COMPOSE_MAX_BYTES || g_unichar_ismark(g_utf8_get_char(p))) && !g_ascii_isspace(*p));
  return p;
}

static gboolean is_composed(const char *p, const char *end) {
  const Letter *letter = NULL;
  for (; p < end && (letter = letter_find(g_utf8_get_char(p))) && letter->stable; p = g_utf8_next_char(p))
    ;
  return p == end;
}

/* g_utf8_normalize() takes time by the square of the length when it composes, so it is given one
 * word at a time, and only those that are not composed already. */
static char *compose(const char *text, gsize length_bytes) {
  GString *out = g_string_sized_new(length_bytes);
  const char *end = text + length_bytes;
  for (const char *p = text; p < end;) {
    const char *next = stretch_end(p, end);
    if (is_composed(p, next)) {
      g_string_append_len(out, p, next - p);
    } else {
      g_autofree char *part = g_utf8_normalize(p, next - p, G_NORMALIZE_DEFAULT_COMPOSE);
      g_string_append(out, part ? part : "");
    }
    p = next;
  }
  return g_string_free(out, FALSE);
}

char *text_clean(const char *bytes, gsize length_bytes, GError **error) {
  const char *bad = NULL;
  if (!g_utf8_validate_len(bytes, length_bytes, &bad)) {
    g_set_error(error, APP_ERROR, ERROR_UNREADABLE,
                "Nội dung không phải văn bản UTF-8 hợp lệ (byte thứ %" G_GSIZE_FORMAT ").", (gsize)(bad - bytes) + 1);
    return NULL;
  }
  g_autoptr(GString) clean = g_string_sized_new(length_bytes);
  for (const char *p = bytes; p < bytes + length_bytes; p = g_utf8_next_char(p)) {
    gboolean plain = *p >= ' ' && *p < 0x7F;
    gunichar c = plain ? (gunichar)*p : clean_char(g_utf8_get_char(p));
    if (plain)
      g_string_append_c(clean, *p);
    else if (c)
      g_string_append_unichar(clean, c);
    else if (*p == '\r' && (p + 1 == bytes + length_bytes || p[1] != '\n'))
      g_string_append_c(clean, '\n');
  }
  return compose(clean->str, clean->len);
}

static void append_blank(GString *out) {
  if (out->len && out->str[out->len - 1] != ' ')
    g_string_append_c(out, ' ');
}

static char *finish(GString *out) {
  if (out->len && out->str[out->len - 1] == ' ')
    g_string_truncate(out, out->len - 1);
  return g_string_free(out, FALSE);
}

char *text_collapse(const char *text) {
  GString *out = g_string_sized_new(strlen(text));
  for (const char *p = text; *p; p = g_utf8_next_char(p)) {
    if (*p > ' ' || !letter_is_blank(g_utf8_get_char(p)))
      g_string_append_len(out, p, g_utf8_next_char(p) - p);
    else
      append_blank(out);
  }
  return finish(out);
}

static void append_letter(GString *out, const char *letter) {
  if (letter[0] && !letter[1])
    g_string_append_c(out, letter[0]);
  else
    g_string_append(out, letter);
}

static gboolean fold_known(const char *text, GString *out) {
  for (const char *p = text; *p; p = g_utf8_next_char(p)) {
    const Letter *letter = letter_find(g_utf8_get_char(p));
    if (!letter)
      return FALSE;
    if (letter->blank)
      append_blank(out);
    else
      append_letter(out, letter->plain);
  }
  return TRUE;
}

char *text_fold(const char *text) {
  GString *out = g_string_sized_new(strlen(text));
  if (fold_known(text, out))
    return finish(out);
  g_string_truncate(out, 0);
  g_autofree char *apart = g_utf8_normalize(text, -1, G_NORMALIZE_ALL);
  for (const char *p = apart ? apart : ""; *p; p = g_utf8_next_char(p)) {
    gunichar c = g_unichar_tolower(g_utf8_get_char(p));
    if (c == 0x0111 || c == 0x00F0)
      c = 'd';
    if (letter_is_blank(c))
      append_blank(out);
    else if (!g_unichar_ismark(c))
      g_string_append_unichar(out, c);
  }
  return finish(out);
}

/* The tone of an open "oa", "oe", "uy" moves from the second vowel to the first: hoà -> hòa. With a final consonant
 * (hoàn) or after q (quý) it stays where it is. `out` ends before the second vowel. */
static gboolean tone_moves(const GString *out, char second, gboolean letter_follows) {
  gsize n = out->len;
  char first = n ? out->str[n - 1] : 0;
  gboolean pair = (first == 'o' && (second == 'a' || second == 'e')) || (first == 'u' && second == 'y');
  return pair && !letter_follows && !(n >= 2 && out->str[n - 2] == 'q');
}

static gboolean letter_follows(const char *p) {
  const Letter *letter = letter_find(g_utf8_get_char(g_utf8_next_char(p)));
  return letter && letter->alpha;
}

static gboolean spell_known(const char *text, GString *out) {
  static const char *const TONED[][2] = {{"ò", "ù"}, {"ỏ", "ủ"}, {"õ", "ũ"}, {"ó", "ú"}, {"ọ", "ụ"}};
  for (const char *p = text; *p; p = g_utf8_next_char(p)) {
    const Letter *letter = letter_find(g_utf8_get_char(p));
    if (!letter)
      return FALSE;
    if (letter->blank) {
      append_blank(out);
    } else if (letter->tone && tone_moves(out, letter->plain[0], letter_follows(p))) {
      gboolean u = out->str[out->len - 1] == 'u';
      g_string_truncate(out, out->len - 1);
      g_string_append(out, TONED[letter->tone - 1][u]);
      g_string_append_c(out, letter->plain[0]);
    } else {
      append_letter(out, letter->spelling);
    }
  }
  return TRUE;
}

/* `apart` is lower case in NFD; a mark behind the tone is a hat or breve (ặ), and that vowel keeps its tone. */
static void append_tone(GString *out, const char *tone) {
  gunichar after = g_utf8_get_char(g_utf8_next_char(tone));
  gsize n = out->len;
  char second = n ? out->str[n - 1] : 0, mark[7] = {0};
  g_unichar_to_utf8(g_utf8_get_char(tone), mark);
  if (n)
    g_string_truncate(out, n - 1);
  gboolean moves = n && tone_moves(out, second, g_unichar_isalpha(after) || g_unichar_ismark(after));
  if (n && !moves)
    g_string_append_c(out, second);
  g_string_append(out, mark);
  if (moves)
    g_string_append_c(out, second);
}

static char *spell_apart(const char *text) {
  g_autofree char *plain = text_collapse(text);
  g_autofree char *lower = g_utf8_strdown(plain, -1);
  g_autofree char *apart = g_utf8_normalize(lower, -1, G_NORMALIZE_ALL);
  g_autoptr(GString) out = g_string_sized_new(strlen(text));
  for (const char *p = apart ? apart : ""; *p; p = g_utf8_next_char(p)) {
    gunichar c = g_utf8_get_char(p);
    if (tone_rank(c))
      append_tone(out, p);
    else if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212)
      g_string_append_c(out, '-');
    else
      g_string_append_unichar(out, c == 0x00F0 ? 0x0111 : c);
  }
  return compose(out->str, out->len);
}

char *text_fold_spelling(const char *text) {
  GString *out = g_string_sized_new(strlen(text));
  if (spell_known(text, out))
    return finish(out);
  g_string_free(out, TRUE);
  return spell_apart(text);
}

/* The place of a letter in the dictionary: its base letter twice, plus one where a horn, breve or hat stands. */
static int letter_rank(gunichar c, gunichar mark) {
  static const struct {
    gunichar letter;
    gunichar mark;
    int step;
  } STEPS[] = {
      {'a', 0x0306, 1},
      {'a', 0x0302, 2},
      {'e', 0x0302, 1},
      {'o', 0x0302, 1},
      {'o', 0x031B, 2},
      {'u', 0x031B, 1}
  };
  if (c == 0x0111 || c == 0x00F0)
    return ('d' - 'a') * 3 + 1;
  if (c < 'a' || c > 'z')
    return -1;
  for (gsize i = 0; i < G_N_ELEMENTS(STEPS); i++)
    if (STEPS[i].letter == c && STEPS[i].mark == mark)
      return (int)(c - 'a') * 3 + STEPS[i].step;
  return (int)(c - 'a') * 3;
}

char *text_sort_key(const char *text) {
  g_autofree char *plain = text_collapse(text);
  g_autofree char *lower = g_utf8_strdown(plain, -1);
  g_autofree char *apart = g_utf8_normalize(lower, -1, G_NORMALIZE_ALL);
  GString *letters = g_string_new(NULL);
  g_autoptr(GString) tones = g_string_new(NULL);
  for (const char *p = apart ? apart : ""; *p;) {
    gunichar c = g_utf8_get_char(p), shape = 0;
    int tone = 0;
    for (p = g_utf8_next_char(p); *p && g_unichar_ismark(g_utf8_get_char(p)); p = g_utf8_next_char(p)) {
      gunichar mark = g_utf8_get_char(p);
      if (tone_rank(mark))
        tone = tone_rank(mark);
      else
        shape = mark;
    }
    int rank = letter_rank(c, shape);
    if (rank >= 0)
      g_string_append_c(letters, (char)(0x30 + rank));
    else if (g_unichar_isdigit(c))
      g_string_append_c(letters, (char)('%' + g_unichar_digit_value(c)));
    else if (c == ' ')
      g_string_append_c(letters, ' ');
    else
      g_string_append_c(letters, '!');
    g_string_append_c(tones, (char)('0' + tone));
  }
  g_string_append_c(letters, '\x01');
  g_string_append(letters, tones->str);
  return g_string_free(letters, FALSE);
}

static gboolean begins_some_word(const char *text, const char *word) {
  gsize length = strlen(word);
  for (const char *p = text; (p = strstr(p, word)); p++)
    if (p == text || !g_ascii_isalnum(p[-1]))
      return TRUE;
  return length == 0;
}

gboolean text_matches(const char *text, const char *query) {
  g_autofree char *folded_text = text_fold(text);
  g_autofree char *folded_query = text_fold(query);
  g_auto(GStrv) words = g_strsplit(folded_query, " ", -1);
  for (char **word = words; *word; word++)
    if (!begins_some_word(folded_text, *word))
      return FALSE;
  return TRUE;
}
