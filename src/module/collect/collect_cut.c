#include "module/collect/collect_cut.h"
#include <string.h>

typedef enum { CUT_UNKNOWN, CUT_LINES, CUT_JSON } Way;

struct Cutter {
  Way way;
  gboolean skipping; /* the rest of a line that was too long */
  FieldTable *table;
  Decoder *decoder;
};

Cutter *cutter_new(LogFormat format) {
  Cutter *cutter = g_new0(Cutter, 1);
  cutter->way = format == FORMAT_JSON || format == FORMAT_AUTO ? CUT_UNKNOWN : CUT_LINES;
  return cutter;
}

void cutter_free(Cutter *cutter) {
  if (!cutter)
    return;
  decoder_free(cutter->decoder);
  field_table_free(cutter->table);
  g_free(cutter);
}

/* By the first byte that is no blank; a mark of UTF-8 counts as a blank. */
static gboolean find_way(Cutter *cutter, const char *bytes, gsize size) {
  gsize at = 0;
  while (at < size && (g_ascii_isspace(bytes[at]) || (guchar)bytes[at] == 0xEF || (guchar)bytes[at] == 0xBB || (guchar)bytes[at] == 0xBF))
    at++;
  if (at == size)
    return FALSE;
  cutter->way = bytes[at] == '{' || bytes[at] == '[' ? CUT_JSON : CUT_LINES;
  if (cutter->way == CUT_JSON) {
    DecoderOptions options = {.format = FORMAT_AUTO};
    cutter->table = field_table_new();
    cutter->decoder = decoder_new(cutter->table, &options);
  }
  return TRUE;
}

static gboolean next_line(Cutter *cutter, const char *bytes, gsize size, gboolean last, gsize *out_used, Span *out) {
  const char *end = memchr(bytes, '\n', size);
  gboolean skipped = cutter->skipping;
  if (!end && !last && size <= RECORD_BYTES_MAX)
    return FALSE;
  gsize length = end ? (gsize)(end - bytes) : MIN(size, RECORD_BYTES_MAX);
  *out_used = length + (end ? 1 : 0);
  cutter->skipping = !end && !last;
  while (length && (bytes[length - 1] == '\r' || bytes[length - 1] == '\0'))
    length--;
  *out = (Span){bytes, skipped ? 0 : MIN(length, RECORD_BYTES_MAX)};
  return TRUE;
}

gboolean cutter_next(Cutter *cutter, const char *bytes, gsize size, gboolean last, gsize *out_used, Span *out_record) {
  *out_used = 0;
  if (cutter->way == CUT_UNKNOWN && !find_way(cutter, bytes, size)) {
    *out_used = last ? size : 0;
    return FALSE;
  }
  if (cutter->way == CUT_JSON) {
    Event event = {0};
    gboolean found = decoder_next(cutter->decoder, (Span){bytes, size}, last, out_used, &event);
    *out_record = event.raw;
    return found;
  }
  return size && next_line(cutter, bytes, size, last, out_used, out_record);
}
