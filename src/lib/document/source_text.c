#include "lib/document/source_text.h"
#include "base/error.h"
#include "lib/document/source_encoding.h"
#include <string.h>

#define TEXT_LIMIT_BYTES (16u << 20)
#define LINE_LIMIT 500000u

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
  g_array_free(text->lines, TRUE);
  g_string_chunk_free(text->texts);
  g_free(text->encoding);
  g_free(text);
}

SourceLine *source_text_append(SourceText *text, const char *line, gssize length_bytes) {
  SourceLine added = {.number = (int)text->lines->len + 1, .column_span = 1};
  added.text = g_string_chunk_insert_len(text->texts, line, length_bytes);
  g_array_append_val(text->lines, added);
  return source_text_line(text, text->lines->len - 1);
}

static gboolean append_line(SourceText *text, const char *line, gsize length, gboolean *page_start, GError **error) {
  if (text->lines->len >= LINE_LIMIT) {
    g_set_error(error, APP_ERROR, ERROR_TOO_LARGE, "Văn bản có hơn %u dòng; hãy tách tệp rồi nộp lại.", LINE_LIMIT);
    return FALSE;
  }
  while (length && (line[length - 1] == '\r' || line[length - 1] == '\f'))
    length--;
  for (; length && *line == '\f'; line++, length--)
    *page_start = TRUE;
  source_text_append(text, line, (gssize)length)->page_start = *page_start;
  *page_start = FALSE;
  return TRUE;
}

SourceText *source_text_read_txt(const char *bytes, gsize length_bytes, SourceKind kind, GError **error) {
  if (length_bytes > TEXT_LIMIT_BYTES) {
    g_set_error(error, APP_ERROR, ERROR_TOO_LARGE, "Tệp văn bản lớn hơn 16 MiB; hãy tách tệp rồi nộp lại.");
    return NULL;
  }
  g_autoptr(SourceText) text = source_text_new(kind);
  g_autofree char *decoded = source_decode(bytes, length_bytes, &text->encoding, error);
  if (!decoded)
    return NULL;
  gboolean page_start = FALSE;
  for (const char *p = decoded; *p;) {
    gsize length = strcspn(p, "\n");
    const char *last = p + length;
    gboolean feeds = length && last[-1] == '\f';
    if (!append_line(text, p, length, &page_start, error))
      return NULL;
    page_start = feeds;
    p = *last ? last + 1 : last;
  }
  return g_steal_pointer(&text);
}
