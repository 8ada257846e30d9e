#include "module/plan/plan_text.h"
#include <string.h>

static char fold_char(gunichar c) {
  if (c < 0x80)
    return g_ascii_tolower((char)c);
  c = g_unichar_tolower(c);
  if (c == 0x0111 || c == 0x00F0)
    return 'd';
  if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212)
    return '-';
  if (c == 0x2018 || c == 0x2019)
    return '\'';
  if (c == 0x201C || c == 0x201D)
    return '"';
  if (c == 0x2026)
    return '~';
  gunichar first[4];
  g_unichar_fully_decompose(c, FALSE, first, G_N_ELEMENTS(first));
  return first[0] < 0x80 ? (char)first[0] : '\x7f';
}

/* Copies with blanks collapsed. Stray combining marks join the letter before, so that they get no fold byte. */
PlanText plan_text(GStringChunk *chunk, const char *text) {
  g_autoptr(GString) out = g_string_sized_new(strlen(text)), fold = g_string_sized_new(strlen(text));
  gboolean blank = FALSE;
  for (const char *p = text, *next; *p; p = next) {
    gunichar c = g_utf8_get_char(p);
    next = g_utf8_next_char(p);
    if (c < 0x80 ? g_ascii_isspace((char)c) : g_unichar_isspace(c)) {
      blank = out->len > 0;
      continue;
    }
    if (c >= 0x80 && g_unichar_ismark(c))
      continue;
    if (blank) {
      g_string_append_c(out, ' ');
      g_string_append_c(fold, ' ');
      blank = FALSE;
    }
    g_string_append_len(out, p, next - p);
    g_string_append_c(fold, fold_char(c));
  }
  return (PlanText){g_string_chunk_insert_len(chunk, out->str, (gssize)out->len),
                    g_string_chunk_insert_len(chunk, fold->str, (gssize)fold->len), fold->len};
}

/* Eight bytes at a time: long paragraphs ask for many places. A byte 10xxxxxx goes on a character. */
const char *plan_text_at(PlanText text, gsize index) {
  const char *p = text.text;
  gsize left = MIN(index, text.length);
  while (left >= sizeof(guint64)) {
    guint64 bytes;
    memcpy(&bytes, p, sizeof bytes);
    left -= sizeof bytes - (gsize)__builtin_popcountll(bytes >> 7 & ~(bytes >> 6) & 0x0101010101010101u);
    p += sizeof bytes;
  }
  while (((guchar)*p & 0xC0) == 0x80)
    p++;
  return g_utf8_offset_to_pointer(p, (glong)left);
}

PlanText plan_text_slice(GStringChunk *chunk, PlanText text, gsize from, gsize to) {
  to = MIN(to, text.length);
  while (from < to && text.fold[from] == ' ')
    from++;
  while (to > from && text.fold[to - 1] == ' ')
    to--;
  if (from >= to)
    return PLAN_TEXT_EMPTY;
  const char *start = plan_text_at(text, from);
  const char *end = plan_text_at((PlanText){start, text.fold + from, text.length - from}, to - from);
  return (PlanText){g_string_chunk_insert_len(chunk, start, end - start),
                    g_string_chunk_insert_len(chunk, text.fold + from, (gssize)(to - from)), to - from};
}

PlanText plan_text_from(GStringChunk *chunk, PlanText text, gsize from) {
  return plan_text_slice(chunk, text, from, text.length);
}

PlanText plan_text_join(GStringChunk *chunk, PlanText a, PlanText b) {
  if (!a.length || !b.length)
    return a.length ? a : b;
  g_autofree char *text = g_strconcat(a.text, " ", b.text, NULL);
  g_autofree char *fold = g_strconcat(a.fold, " ", b.fold, NULL);
  return (PlanText){g_string_chunk_insert(chunk, text), g_string_chunk_insert(chunk, fold), a.length + b.length + 1};
}

PlanText plan_text_bare(GStringChunk *chunk, PlanText text) {
  gsize n = text.length;
  while (n && strchr(".;:, /", text.fold[n - 1])) {
    if (n >= 3 && !memcmp(text.fold + n - 3, "...", 3) && !(n >= 4 && text.fold[n - 4] == '.'))
      break; /* an ellipsis belongs to the words */
    n--;
  }
  return n == text.length ? text : plan_text_slice(chunk, text, 0, n);
}

gboolean plan_text_upper_at(PlanText text, gsize index) {
  return index < text.length && g_unichar_isupper(g_utf8_get_char(plan_text_at(text, index)));
}

gboolean plan_text_lower_at(PlanText text, gsize index) {
  return index < text.length && g_unichar_islower(g_utf8_get_char(plan_text_at(text, index)));
}

gboolean plan_text_caps(PlanText text) {
  int upper = 0;
  for (const char *p = text.text; *p; p = g_utf8_next_char(p)) {
    gunichar c = g_utf8_get_char(p);
    if (g_unichar_islower(c))
      return FALSE;
    upper += g_unichar_isupper(c) ? 1 : 0;
  }
  return upper >= 2;
}

gssize plan_find_word(const char *fold, gsize from, const char *word) {
  gsize length = strlen(word);
  for (const char *p = strstr(fold + from, word); p; p = strstr(p + 1, word))
    if ((p == fold || !g_ascii_isalnum(p[-1])) && !g_ascii_isalnum(p[length]))
      return p - fold;
  return -1;
}

gboolean plan_has_word(const char *fold, const char *word) {
  return plan_find_word(fold, 0, word) >= 0;
}

gsize plan_starts_any(const char *fold, const char *const *words) {
  gsize best = 0;
  for (; *words; words++) {
    gsize length = strlen(*words);
    if (length > best && !strncmp(fold, *words, length) && !g_ascii_isalnum(fold[length]))
      best = length;
  }
  return best;
}

gboolean plan_has_any(const char *fold, const char *const *words) {
  for (; *words; words++)
    if (plan_has_word(fold, *words))
      return TRUE;
  return FALSE;
}
