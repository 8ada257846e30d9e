/* The table of contents of a package from outside (APPNOTE.TXT 4.3.12 to 4.3.16), read in the sandbox: where each file lies. */
#include "base/error.h"
#include "lib/seal/seal_private.h"
#include <string.h>

enum { END_BYTES = 22, END64_BYTES = 56, LOCATOR_BYTES = 20, ROW_BYTES = 46, COMMENT_BYTES_MOST = 65535 };

typedef struct {
  const guchar *bytes;
  guint64 length, start; /* the first byte's place in the package */
} Tail;

static guint32 get16(const guchar *p) {
  return (guint32)(p[0] | p[1] << 8);
}

static guint32 get32(const guchar *p) {
  return get16(p) | get16(p + 2) << 16;
}

static guint64 get64(const guchar *p) {
  return get32(p) | (guint64)get32(p + 4) << 32;
}

static gboolean refuse(const char *message, GError **error) {
  g_set_error_literal(error, APP_ERROR, ERROR_UNREADABLE, message);
  return FALSE;
}

/* The bytes from `offset` of the package on; NULL when they are not in the tail. */
static const guchar *at(const Tail *tail, guint64 offset, guint64 length) {
  guint64 end = tail->start + tail->length;
  if (offset < tail->start || offset > end || length > end - offset)
    return NULL;
  return tail->bytes + (offset - tail->start);
}

typedef struct {
  guint64 count, size, offset;
} Directory;

static gboolean find_end(const Tail *tail, guint64 *out_offset) {
  for (guint64 i = END_BYTES; i <= tail->length && i <= END_BYTES + COMMENT_BYTES_MOST; i++) {
    const guchar *p = tail->bytes + tail->length - i;
    if (get32(p) == 0x06054b50 && get16(p + 20) == i - END_BYTES) {
      *out_offset = tail->start + tail->length - i;
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean read_end(const Tail *tail, Directory *out) {
  guint64 offset;
  if (!find_end(tail, &offset))
    return FALSE;
  const guchar *end = at(tail, offset, END_BYTES);
  *out = (Directory){get16(end + 10), get32(end + 12), get32(end + 16)};
  const guchar *locator = offset >= LOCATOR_BYTES ? at(tail, offset - LOCATOR_BYTES, LOCATOR_BYTES) : NULL;
  if (!locator || get32(locator) != 0x07064b50)
    return TRUE;
  const guchar *end64 = at(tail, get64(locator + 8), END64_BYTES);
  if (!end64 || get32(end64) != 0x06064b50)
    return FALSE;
  *out = (Directory){get64(end64 + 32), get64(end64 + 40), get64(end64 + 48)};
  return TRUE;
}

/* Sizes and place beyond 32 bits stand in the extra field 1, in this order, those alone that do not fit. */
static gboolean read_wide(const guchar *extra, gsize length, guint64 *values[3]) {
  for (gsize i = 0; i + 4 <= length;) {
    gsize id = get16(extra + i), size = get16(extra + i + 2), used = 0;
    if (size > length - i - 4)
      return FALSE;
    for (int v = 0; id == 1 && v < 3; v++)
      if (*values[v] == G_MAXUINT32) {
        if (used + 8 > size)
          return FALSE;
        *values[v] = get64(extra + i + 4 + used);
        used += 8;
      }
    i += 4 + size;
  }
  return TRUE;
}

static void append_entry(GByteArray *out, guint64 offset, guint64 size, const guchar *name, gsize name_length) {
  SealIndexHead head = {offset, size, name_length};
  g_byte_array_append(out, (const guint8 *)&head, sizeof head);
  g_byte_array_append(out, name, (guint)name_length);
}

/* *position goes on to the next row. */
static gboolean read_row(const Tail *tail, guint64 *position, guint64 end, GByteArray *out, GError **error) {
  const guchar *row = at(tail, *position, ROW_BYTES);
  if (!row || get32(row) != 0x02014b50)
    return refuse("Mục lục của gói bị hỏng.", error);
  gsize name = get16(row + 28), extra = get16(row + 30), comment = get16(row + 32);
  const guchar *texts = at(tail, *position + ROW_BYTES, name + extra + comment);
  guint64 packed = get32(row + 20), size = get32(row + 24), offset = get32(row + 42);
  *position += ROW_BYTES + name + extra + comment;
  if (!texts || *position > end || !read_wide(texts + name, extra, (guint64 *[]){&size, &packed, &offset}))
    return refuse("Mục lục của gói bị hỏng.", error);
  if (get16(row + 8) & 1 || get16(row + 10) != 0 || packed != size)
    return refuse("Gói có tệp nén hoặc mã hóa: không phải gói do Ứng Cứu ghi.", error);
  append_entry(out, offset, size, texts, name);
  return TRUE;
}

gboolean seal_index_read(const char *bytes, gsize length_bytes, GByteArray *out, GError **error) {
  guint64 whole = 0;
  Directory directory;
  if (length_bytes < sizeof whole)
    return refuse("Tệp này không phải một gói.", error);
  memcpy(&whole, bytes, sizeof whole);
  whole = GUINT64_FROM_BE(whole);
  Tail tail = {(const guchar *)bytes + sizeof whole, length_bytes - sizeof whole, 0};
  if (whole < tail.length || whole > G_MAXINT64)
    return refuse("Tệp này không phải một gói.", error);
  tail.start = whole - tail.length;
  if (!read_end(&tail, &directory))
    return refuse("Tệp này không phải một gói, hoặc bị cắt cụt.", error);
  if (directory.count > SEAL_FILES_MOST + 2 || !at(&tail, directory.offset, directory.size))
    return refuse("Mục lục của gói bị hỏng hoặc quá dài.", error);
  guint64 position = directory.offset, end = directory.offset + directory.size;
  for (guint64 i = 0; i < directory.count; i++)
    if (!read_row(&tail, &position, end, out, error))
      return FALSE;
  return TRUE;
}

const SandboxJob SEAL_JOB_INDEX = {"seal-index", seal_index_read, .deadline_ms = 10000};
