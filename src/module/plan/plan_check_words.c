/* The words of a document or a term, with their places and without accents. */
#include "module/plan/plan_check_part.h"
#include "base/text.h"
#include <string.h>

static gboolean is_word_char(gunichar c) {
  return c < 0x80 ? g_ascii_isalnum((char)c) || c == '/' || c == '-' : g_unichar_isalnum(c);
}

static CheckWord word_new(CheckWords *words, char *text) {
  CheckWord word = {.length = strlen(text)};
  word.text = word.bare = g_string_chunk_insert_len(words->chunk, text, (gssize)word.length);
  if (!g_str_is_ascii(text)) {
    g_autofree char *bare = text_fold(text);
    word.bare = g_string_chunk_insert(words->chunk, bare);
  }
  word.bare_length = strlen(word.bare);
  return word;
}

/* A word that was there before shares its texts. */
static void add_word(CheckWords *words, GHashTable *known, char *text, gsize place) {
  gpointer index;
  gboolean again = g_hash_table_lookup_extended(known, text, NULL, &index);
  guint same = again ? GPOINTER_TO_UINT(index) : words->list->len;
  CheckWord word = again ? *check_word(words, same) : word_new(words, text);
  word.place = place;
  g_array_append_val(words->list, word);
  g_array_append_val(words->same, same);
  if (!again)
    g_hash_table_insert(known, (char *)(gintptr)word.text, GUINT_TO_POINTER(same));
}

CheckWords *check_words_new(const char *flat) {
  CheckWords *words = g_new0(CheckWords, 1);
  words->list = g_array_new(FALSE, FALSE, sizeof(CheckWord));
  words->same = g_array_new(FALSE, FALSE, sizeof(guint));
  words->chunk = g_string_chunk_new(4096);
  g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
  for (const char *p = flat; *p;) {
    const char *start = p;
    while (*p && is_word_char(g_utf8_get_char(p)))
      p = g_utf8_next_char(p);
    g_autofree char *text = g_strndup(start, (gsize)(p - start));
    if (*text)
      add_word(words, known, text, (gsize)(start - flat));
    else
      p = g_utf8_next_char(p);
  }
  return words;
}

void check_words_free(CheckWords *words) {
  g_array_unref(words->list);
  g_array_unref(words->same);
  g_string_chunk_free(words->chunk);
  g_free(words);
}
