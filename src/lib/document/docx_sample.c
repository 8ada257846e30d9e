#include "lib/document/docx_sample.h"
#include <string.h>
#include <zip.h>

#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>"
#define SPACES                                                                                                         \
  " xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\""                                          \
  " xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\""                                          \
  " xmlns:wps=\"http://schemas.microsoft.com/office/word/2010/wordprocessingShape\" "                                  \
  "xmlns:v=\"urn:schemas-microsoft-com:vml\""
#define OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
#define RELATIONS(rows)                                                                                                \
  HEAD "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">" rows "</"              \
                                                                                                     "Relationships>"

static void add(zip_t *zip, const char *name, const char *bytes, gsize length) {
  zip_source_t *source = zip_source_buffer(zip, g_memdup2(bytes, length), length, 1);
  g_assert_nonnull(source);
  g_assert_cmpint(zip_file_add(zip, name, source, 0), >=, 0);
}

static void add_wrapped(zip_t *zip, const char *name, const char *root, const char *content) {
  if (!content)
    return;
  g_autofree char *xml = g_strdup_printf(HEAD "<w:%s" SPACES ">%s</w:%s>", root, content, root);
  add(zip, name, xml, strlen(xml));
}

static void add_relations(zip_t *zip) {
  static const char PACKAGE[] =
      RELATIONS("<Relationship Id=\"r1\" Type=\"" OFFICE "officeDocument\" Target=\"word/document.xml\"/>");
  static const char DOCUMENT[] =
      RELATIONS("<Relationship Id=\"r1\" Type=\"" OFFICE "styles\" Target=\"styles.xml\"/>"
                "<Relationship Id=\"r2\" Type=\"" OFFICE "numbering\" Target=\"/word/numbering.xml\"/>");
  add(zip, "_rels/.rels", PACKAGE, strlen(PACKAGE));
  add(zip, "word/_rels/document.xml.rels", DOCUMENT, strlen(DOCUMENT));
}

static GBytes *finish(zip_t *zip, zip_source_t *archive) {
  g_assert_cmpint(zip_close(zip), ==, 0);
  zip_stat_t stat;
  g_assert_cmpint(zip_source_stat(archive, &stat), ==, 0);
  g_assert_cmpint(zip_source_open(archive), ==, 0);
  char *bytes = g_malloc(stat.size);
  g_assert_cmpint(zip_source_read(archive, bytes, stat.size), ==, (gint64)stat.size);
  zip_source_close(archive);
  zip_source_free(archive);
  return g_bytes_new_take(bytes, stat.size);
}

static zip_t *begin(zip_source_t **out_archive) {
  *out_archive = zip_source_buffer_create(NULL, 0, 0, NULL);
  zip_t *zip = zip_open_from_source(*out_archive, ZIP_CREATE | ZIP_TRUNCATE, NULL);
  g_assert_nonnull(zip);
  zip_source_keep(*out_archive);
  return zip;
}

GBytes *docx_sample(const char *body, const char *numbering, const char *styles) {
  zip_source_t *archive;
  zip_t *zip = begin(&archive);
  g_autofree char *wrapped = g_strdup_printf("<w:body>%s</w:body>", body);
  add_relations(zip);
  add_wrapped(zip, "word/document.xml", "document", wrapped);
  add_wrapped(zip, "word/numbering.xml", "numbering", numbering);
  add_wrapped(zip, "word/styles.xml", "styles", styles);
  return finish(zip, archive);
}

GBytes *docx_sample_part(const char *document_xml, gsize length_bytes) {
  zip_source_t *archive;
  zip_t *zip = begin(&archive);
  add(zip, "word/document.xml", document_xml, length_bytes);
  return finish(zip, archive);
}
