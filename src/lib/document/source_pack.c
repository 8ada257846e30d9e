#include "lib/document/source_text.h"
#include "base/error.h"
#include "base/text.h"
#include <string.h>

/* The form: magic, kind, encoding, number of lines, then each line as its numbers, flags and two texts. Numbers are
 * 32 bits, little-endian; a text is its length and its bytes, a missing text has the length ABSENT. */
enum { MAGIC = 0x31545355, LINES_MAX = 500000, TEXT_BYTES_MAX = 33 << 20 };
static const guint32 ABSENT = G_MAXUINT32;

enum { FLAG_MERGED_UP = 1, FLAG_BOLD = 2, FLAG_CENTERED = 4, FLAG_PAGE_START = 8, FLAG_CONTINUES = 16 };

/* ---- writing ---- */

static void put_number(GByteArray *out, guint32 number) {
  guint32 little = GUINT32_TO_LE(number);
  g_byte_array_append(out, (const guint8 *)&little, sizeof little);
}

static void put_text(GByteArray *out, const char *text) {
  if (!text) {
    put_number(out, ABSENT);
    return;
  }
  gsize length = strlen(text);
  put_number(out, (guint32)length);
  g_byte_array_append(out, (const guint8 *)text, (guint)length);
}

static void put_line(GByteArray *out, const SourceLine *line) {
  const int numbers[] = {line->table, line->row, line->column, line->column_span, line->heading};
  for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
    put_number(out, (guint32)numbers[i]);
  put_number(out, (line->merged_up ? FLAG_MERGED_UP : 0) | (line->bold ? FLAG_BOLD : 0) |
                      (line->centered ? FLAG_CENTERED : 0) | (line->page_start ? FLAG_PAGE_START : 0) |
                      (line->continues ? FLAG_CONTINUES : 0));
  put_text(out, line->label);
  put_text(out, line->text);
}

void source_text_pack(const SourceText *text, GByteArray *out) {
  put_number(out, MAGIC);
  put_number(out, (guint32)text->kind);
  put_text(out, text->encoding);
  put_number(out, text->lines->len);
  for (guint i = 0; i < text->lines->len; i++)
    put_line(out, source_text_line(text, i));
}

/* ---- reading: a child that was taken over may have written it ---- */

typedef struct {
  const char *next, *end;
  gboolean bad;
} Input;

static guint32 take_number(Input *input) {
  guint32 little = 0;
  if (input->bad || (gsize)(input->end - input->next) < sizeof little) {
    input->bad = TRUE;
    return 0;
  }
  memcpy(&little, input->next, sizeof little);
  input->next += sizeof little;
  return GUINT32_FROM_LE(little);
}

static int take_int(Input *input, int max) {
  guint32 number = take_number(input);
  input->bad |= number > (guint32)max;
  return input->bad ? 0 : (int)number;
}

/* Clean and on one line; NULL where absent or bad. */
static char *take_text(Input *input) {
  guint32 length = take_number(input);
  if (input->bad || length == ABSENT)
    return NULL;
  if (length > TEXT_BYTES_MAX || length > (gsize)(input->end - input->next)) {
    input->bad = TRUE;
    return NULL;
  }
  char *text = text_clean(input->next, length, NULL);
  input->next += length;
  input->bad |= !text || strchr(text, '\n');
  return text;
}

static void take_line(Input *input, SourceText *out) {
  int table = take_int(input, G_MAXINT), row = take_int(input, G_MAXINT), column = take_int(input, G_MAXINT);
  int span = take_int(input, G_MAXINT), heading = take_int(input, 9), flags = take_int(input, 31);
  g_autofree char *label = take_text(input);
  g_autofree char *text = take_text(input);
  input->bad |= !text;
  if (input->bad)
    return;
  SourceLine *line = source_text_append(out, text, -1);
  line->label = label ? g_string_chunk_insert(out->texts, label) : NULL;
  line->table = table;
  line->row = row;
  line->column = column;
  line->column_span = span;
  line->heading = heading;
  line->merged_up = (flags & FLAG_MERGED_UP) != 0;
  line->bold = (flags & FLAG_BOLD) != 0;
  line->centered = (flags & FLAG_CENTERED) != 0;
  line->page_start = (flags & FLAG_PAGE_START) != 0;
  line->continues = (flags & FLAG_CONTINUES) != 0;
}

SourceText *source_text_unpack(const char *bytes, gsize length_bytes, GError **error) {
  Input input = {bytes, bytes + length_bytes, FALSE};
  input.bad = take_number(&input) != MAGIC;
  g_autoptr(SourceText) out = source_text_new((SourceKind)take_int(&input, SOURCE_DOC));
  out->encoding = take_text(&input);
  int count = take_int(&input, LINES_MAX);
  for (int i = 0; i < count && !input.bad; i++)
    take_line(&input, out);
  if (!input.bad && input.next == input.end)
    return g_steal_pointer(&out);
  g_set_error_literal(error, APP_ERROR, ERROR_FAILED,
                      "Tiến trình đọc tài liệu trả về kết quả không hợp lệ; tệp không được nhận.");
  return NULL;
}
