#include "base/text.h"
#include "base/error.h"
#include <string.h>

/* The tone marks, in dictionary order after the bare vowel: huyền hỏi ngã sắc nặng. */
static const gunichar TONES[] = {0x0300, 0x0309, 0x0303, 0x0301, 0x0323};

static int tone_rank(gunichar c) {
  for (gsize i = 0; i < G_N_ELEMENTS(TONES); i++)
    if (TONES[i] == c)
      return (int)i + 1;
  return 0;
}

static gboolean is_blank(gunichar c) {
  return c == 0x00A0 || c == 0x202F || c == 0x2007 || g_unichar_isspace(c);
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

/* g_utf8_normalize() takes time by the square of the length when it composes, so it is given one
 * word at a time. */
static char *compose(const char *text, gsize length_bytes) {
  GString *out = g_string_sized_new(length_bytes);
  const char *end = text + length_bytes;
  for (const char *p = text; p < end;) {
    const char *next = stretch_end(p, end);
    g_autofree char *part = g_utf8_normalize(p, next - p, G_NORMALIZE_DEFAULT_COMPOSE);
    g_string_append(out, part ? part : "");
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
    gunichar c = clean_char(g_utf8_get_char(p));
    if (c)
      g_string_append_unichar(clean, c);
    else if (*p == '\r' && (p + 1 == bytes + length_bytes || p[1] != '\n'))
      g_string_append_c(clean, '\n');
  }
  return compose(clean->str, clean->len);
}

char *text_collapse(const char *text) {
  GString *out = g_string_sized_new(strlen(text));
  for (const char *p = text; *p; p = g_utf8_next_char(p)) {
    gunichar c = g_utf8_get_char(p);
    if (!is_blank(c))
      g_string_append_unichar(out, c);
    else if (out->len && out->str[out->len - 1] != ' ')
      g_string_append_c(out, ' ');
  }
  if (out->len && out->str[out->len - 1] == ' ')
    g_string_truncate(out, out->len - 1);
  return g_string_free(out, FALSE);
}

static gboolean fold_ascii(const char *text, GString *out) {
  for (const char *p = text; *p; p++) {
    if ((guchar)*p >= 0x80)
      return FALSE;
    if (!g_ascii_isspace(*p))
      g_string_append_c(out, g_ascii_tolower(*p));
    else if (out->len && out->str[out->len - 1] != ' ')
      g_string_append_c(out, ' ');
  }
  return TRUE;
}

char *text_fold(const char *text) {
  GString *out = g_string_sized_new(strlen(text));
  if (!fold_ascii(text, out)) {
    g_string_truncate(out, 0);
    g_autofree char *apart = g_utf8_normalize(text, -1, G_NORMALIZE_ALL);
    for (const char *p = apart ? apart : ""; *p; p = g_utf8_next_char(p)) {
      gunichar c = g_unichar_tolower(g_utf8_get_char(p));
      if (c == 0x0111 || c == 0x00F0)
        c = 'd';
      if (g_unichar_ismark(c))
        continue;
      if (!is_blank(c))
        g_string_append_unichar(out, c);
      else if (out->len && out->str[out->len - 1] != ' ')
        g_string_append_c(out, ' ');
    }
  }
  if (out->len && out->str[out->len - 1] == ' ')
    g_string_truncate(out, out->len - 1);
  return g_string_free(out, FALSE);
}

/* Moves the tone of an open "oa", "oe", "uy" from the second vowel to the first: hoà -> hòa. With a final consonant
 * (hoàn) or after q (quý) the mark stays where it is. `apart` is lower case in NFD. */
static void unify_tone(GString *out, const char *next) {
  gsize n = out->len;
  gunichar tone = g_utf8_get_char(next);
  gunichar after = g_utf8_get_char(g_utf8_next_char(next));
  gboolean pair = n >= 2 && ((out->str[n - 2] == 'o' && (out->str[n - 1] == 'a' || out->str[n - 1] == 'e')) ||
                             (out->str[n - 2] == 'u' && out->str[n - 1] == 'y'));
  gboolean after_q = n >= 3 && out->str[n - 3] == 'q';
  char mark[7] = {0};
  g_unichar_to_utf8(tone, mark);
  g_string_insert(out, pair && !after_q && !g_unichar_isalpha(after) ? (gssize)n - 1 : (gssize)n, mark);
}

char *text_fold_spelling(const char *text) {
  g_autofree char *plain = text_collapse(text);
  g_autofree char *lower = g_utf8_strdown(plain, -1);
  g_autofree char *apart = g_utf8_normalize(lower, -1, G_NORMALIZE_ALL);
  g_autoptr(GString) out = g_string_sized_new(strlen(text));
  for (const char *p = apart ? apart : ""; *p; p = g_utf8_next_char(p)) {
    gunichar c = g_utf8_get_char(p);
    if (tone_rank(c))
      unify_tone(out, p);
    else if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212)
      g_string_append_c(out, '-');
    else
      g_string_append_unichar(out, c == 0x00F0 ? 0x0111 : c);
  }
  return compose(out->str, out->len);
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
