/* The words of a document or a term, with their places and without accents. */
#include "module/plan/plan_check_part.h"
#include "base/text.h"
#include <string.h>

static gboolean is_word_char(gunichar c) {
  return c < 0x80 ? g_ascii_isalnum((char)c) || c == '/' || c == '-' : g_unichar_isalnum(c);
}

static guint add_distinct(CheckWords *words, const char *text) {
  CheckWord word = {.length = strlen(text)};
  word.text = word.bare = g_string_chunk_insert_len(words->chunk, text, (gssize)word.length);
  if (!g_str_is_ascii(text)) {
    g_autofree char *bare = text_fold(text);
    word.bare = g_string_chunk_insert(words->chunk, bare);
  }
  word.bare_length = strlen(word.bare);
  g_array_append_val(words->distinct, word);
  return words->distinct->len - 1;
}

static void add_word(CheckWords *words, GHashTable *known, const char *text, gsize place) {
  gpointer index;
  gboolean again = g_hash_table_lookup_extended(known, text, NULL, &index);
  CheckWordPlace added = {again ? GPOINTER_TO_UINT(index) : add_distinct(words, text), place};
  g_array_append_val(words->places, added);
  CheckWord *word = &g_array_index(words->distinct, CheckWord, added.word);
  word->uses++;
  if (!again)
    g_hash_table_insert(known, (char *)(gintptr)word->text, GUINT_TO_POINTER(added.word));
}

CheckWords *check_words_new(const char *flat) {
  CheckWords *words = g_new0(CheckWords, 1);
  words->distinct = g_array_new(FALSE, FALSE, sizeof(CheckWord));
  words->places = g_array_new(FALSE, FALSE, sizeof(CheckWordPlace));
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
  g_array_unref(words->distinct);
  g_array_unref(words->places);
  g_string_chunk_free(words->chunk);
  g_free(words);
}
