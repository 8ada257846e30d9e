#include "lib/document/source_text.h"

SourceText *source_text_new(SourceKind kind) {
  SourceText *text = g_new0(SourceText, 1);
  text->kind = kind;
  text->lines = g_array_new(FALSE, TRUE, sizeof(SourceLine));
  text->texts = g_string_chunk_new(16384);
  return text;
}

void source_text_free(SourceText *text) {
  if (!text)
    return;
  g_array_unref(text->lines);
  g_string_chunk_free(text->texts);
  g_free(text->encoding);
  g_free(text);
}

SourceLine *source_text_append(SourceText *text, const char *line, gssize length_bytes) {
  SourceLine added = {.number = (int)text->lines->len + 1,
                      .text = length_bytes < 0 ? g_string_chunk_insert(text->texts, line)
                                               : g_string_chunk_insert_len(text->texts, line, length_bytes)};
  g_array_append_val(text->lines, added);
  return source_text_line(text, text->lines->len - 1);
}
