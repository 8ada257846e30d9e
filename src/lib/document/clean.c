#include "lib/document/clean.h"
#include <string.h>

static gboolean is_dropped(gunichar c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF) ||
         (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF || c == 0x00AD || c == 0x200B;
}

static gboolean is_plain_ascii(const char *text) {
  for (const char *p = text; *p; p++)
    if ((guchar)*p < 0x20 || (guchar)*p >= 0x7F)
      return FALSE;
  return TRUE;
}

char *document_clean(const char *text, const char *line_break) {
  if (is_plain_ascii(text))
    return g_strdup(text);
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  g_autoptr(GString) kept = g_string_sized_new(strlen(valid));
  for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
    gunichar c = g_utf8_get_char(p);
    if (c == '\t' || c == 0x00A0 || c == 0x202F)
      g_string_append_c(kept, ' ');
    else if (c == '\n' || c == 0x85 || c == 0x2028 || c == 0x2029)
      g_string_append(kept, line_break);
    else if (!is_dropped(c))
      g_string_append_unichar(kept, c);
  }
  return g_utf8_normalize(kept->str, (gssize)kept->len, G_NORMALIZE_DEFAULT_COMPOSE);
}
