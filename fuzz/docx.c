/* Three inputs in one, by the first byte: a whole archive; document.xml alone (the archive is made around it, so that
 * the XML is reached); the packed form that crosses the pipe. */
#include "lib/document/source_text.h"
#include <stdint.h>
#include <string.h>
#include <zip.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_docx(const char *bytes, gsize length) {
  g_autoptr(SourceText) text = source_text_read_docx(bytes, length, NULL);
  if (!text)
    return;
  g_autoptr(GByteArray) packed = g_byte_array_new();
  source_text_pack(text, packed);
  g_autoptr(SourceText) again = source_text_unpack((const char *)packed->data, packed->len, NULL);
  g_assert_true(again && again->lines->len == text->lines->len);
}

/* The parts of the archive stand one after the other in the input, divided by a NUL. */
static const char *const PARTS[] = {"word/document.xml", "word/numbering.xml", "word/styles.xml", NULL};
static const char RELATIONS[] = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
                                "<Relationship Type=\"x/styles\" Target=\"styles.xml\"/><Relationship "
                                "Type=\"x/numbering\" Target=\"numbering.xml\"/>"
                                "</Relationships>";

static void add_parts(zip_t *zip, const char *bytes, gsize length) {
  const char *end = bytes + length;
  for (gsize i = 0; PARTS[i] && bytes < end; i++) {
    const char *nul = memchr(bytes, 0, (gsize)(end - bytes));
    const char *to = nul ? nul : end;
    zip_int64_t index = zip_file_add(zip, PARTS[i], zip_source_buffer(zip, bytes, (gsize)(to - bytes), 0), 0);
    zip_set_file_compression(zip, (zip_uint64_t)index, ZIP_CM_STORE, 0);
    bytes = nul ? nul + 1 : end;
  }
  zip_file_add(zip, "word/_rels/document.xml.rels", zip_source_buffer(zip, RELATIONS, sizeof RELATIONS - 1, 0), 0);
}

static void read_parts(const char *bytes, gsize length) {
  zip_source_t *archive = zip_source_buffer_create(NULL, 0, 0, NULL);
  zip_t *zip = zip_open_from_source(archive, ZIP_CREATE | ZIP_TRUNCATE, NULL);
  zip_source_keep(archive);
  add_parts(zip, bytes, length);
  zip_stat_t stat;
  if (zip_close(zip) == 0 && zip_source_stat(archive, &stat) == 0 && zip_source_open(archive) == 0) {
    g_autofree char *whole = g_malloc(stat.size);
    if (zip_source_read(archive, whole, stat.size) == (zip_int64_t)stat.size)
      read_docx(whole, stat.size);
    zip_source_close(archive);
  }
  zip_source_free(archive);
}

static void read_packed(const char *bytes, gsize length) {
  g_autoptr(SourceText) text = source_text_unpack(bytes, length, NULL);
  for (guint i = 0; text && i < text->lines->len; i++)
    g_assert_true(g_utf8_validate(source_text_line(text, i)->text, -1, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const char *bytes = (const char *)data + 1;
  if (size == 0)
    return 0;
  if (data[0] == 'Z')
    read_docx(bytes, size - 1);
  else if (data[0] == 'U')
    read_packed(bytes, size - 1);
  else
    read_parts(bytes, size - 1);
  return 0;
}
