#include "lib/document/source_encoding.h"
#include "base/text.h"
#include <string.h>

char *source_decode(const char *bytes, gsize length_bytes, char **out_encoding, GError **error) {
  gsize skip = length_bytes >= 3 && !memcmp(bytes, "\xEF\xBB\xBF", 3) ? 3 : 0;
  char *text = text_clean(bytes + skip, length_bytes - skip, error);
  if (text && out_encoding)
    *out_encoding = g_strdup("UTF-8");
  return text;
}
