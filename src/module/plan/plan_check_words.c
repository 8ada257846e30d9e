/* The words of a document or a term, with their places and without accents. */
#include "module/plan/plan_check_part.h"
#include "base/text.h"
#include <string.h>

static gboolean is_word_char(gunichar c) {
  return g_unichar_isalnum(c) || c == '/' || c == '-';
}

static void add_word(CheckWords *words, const char *start, gsize length, gsize place) {
  CheckWord word = {.place = place, .length = length};
  word.text = g_string_chunk_insert_len(words->chunk, start, (gssize)length);
  g_autofree char *bare = text_fold(word.text);
  word.bare = g_string_chunk_insert(words->chunk, bare);
  word.bare_length = strlen(bare);
  g_array_append_val(words->list, word);
}

CheckWords *check_words_new(const char *flat) {
  CheckWords *words = g_new0(CheckWords, 1);
  words->list = g_array_new(FALSE, FALSE, sizeof(CheckWord));
  words->chunk = g_string_chunk_new(4096);
  for (const char *p = flat; *p;) {
    const char *start = p;
    while (*p && is_word_char(g_utf8_get_char(p)))
      p = g_utf8_next_char(p);
    if (p > start)
      add_word(words, start, (gsize)(p - start), (gsize)(start - flat));
    else
      p = g_utf8_next_char(p);
  }
  return words;
}

void check_words_free(CheckWords *words) {
  g_array_unref(words->list);
  g_string_chunk_free(words->chunk);
  g_free(words);
}
