#include "lib/document/source_load.h"
#include "base/error.h"
#include "lib/document/docx_sample.h"
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* ---- helpers ---- */

static SourceText *load(const char *bytes, gsize length, const char *name) {
  g_autoptr(GError) error = NULL;
  SourceText *text = source_load(bytes, length, name, &error);
  g_assert_no_error(error);
  return text;
}

static void assert_refused(const char *bytes, gsize length, const char *name, ErrorCode code, const char *said) {
  g_autoptr(GError) error = NULL;
  g_autoptr(SourceText) text = source_load(bytes, length, name, &error);
  g_assert_null(text);
  g_assert_error(error, APP_ERROR, (int)code);
  if (!strstr(error->message, said))
    g_error("“%s” does not say “%s”", error->message, said);
}

#define REFUSED(literal, name, said) assert_refused(literal, sizeof(literal) - 1, name, ERROR_UNREADABLE, said)

static gboolean skip_without(const char *program) {
  if (g_file_test(program, G_FILE_TEST_IS_EXECUTABLE))
    return FALSE;
  g_autofree char *message = g_strdup_printf("%s is not installed", program);
  g_test_skip(message);
  return TRUE;
}

/* ---- kinds ---- */

static void test_text_kinds(void) {
  g_autoptr(SourceText) txt = load("Kế hoạch\nứng phó", strlen("Kế hoạch\nứng phó"), "a.txt");
  g_assert_cmpint(txt->kind, ==, SOURCE_TXT);
  g_assert_cmpuint(txt->lines->len, ==, 2);
  g_autoptr(SourceText) markdown = load("# Kế hoạch", strlen("# Kế hoạch"), "A.MD");
  g_assert_cmpint(markdown->kind, ==, SOURCE_MARKDOWN);
  g_autoptr(SourceText) unnamed = load("Kế hoạch", strlen("Kế hoạch"), NULL);
  g_assert_cmpint(unnamed->kind, ==, SOURCE_TXT);
}

static void test_refused_kinds(void) {
  REFUSED("", "a.txt", "rỗng");
  REFUSED("\xFF\xD8\xFF\xE0 JFIF", "plan.docx", "ảnh");
  REFUSED("\x89PNG\r\n\x1A\n", NULL, "ảnh");
  REFUSED("PK\3\4........xl/workbook.xml", "a.docx", "Excel");
  REFUSED("PK\3\4........ppt/presentation.xml", NULL, "PowerPoint");
  REFUSED("PK\3\4........photo.jpg", "a.zip", "nén");
  REFUSED("PK\5\6", "a.docx", "nén");
  REFUSED("Rar!\x1A\x07", NULL, "nén");
  REFUSED("MZ\x90\0\3", "a.docx", "chương trình");
  REFUSED("{\\rtf1\\ansi", "a.doc", "DOCX");
  REFUSED("\xEF\xBB\xBF<html><body>Kế hoạch</body></html>", "a.doc", "trang web");
  REFUSED("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1....E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0", "a.docx", "mật khẩu");
  REFUSED("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1....W\0o\0r\0k\0b\0o\0o\0k\0", "a.xls", "Excel");
  REFUSED("\x13\x37\xC0\xDE\x99\x98\x97", "a.docx", "không khớp với đuôi");
  REFUSED("\x13\x37\xC0\xDE\x99\x98\x97", "a.txt", "không phải văn bản");
}

/* ---- through the sandbox ---- */

#define PARAGRAPH(text) "<w:p><w:r><w:t>" text "</w:t></w:r></w:p>"

static void test_docx(void) {
  g_autoptr(GBytes) bytes = docx_sample(PARAGRAPH("Kế hoạch") PARAGRAPH("ứng phó"), NULL, NULL);
  gsize size;
  const char *data = g_bytes_get_data(bytes, &size);
  g_autoptr(SourceText) text = load(data, size, NULL);
  g_assert_cmpint(text->kind, ==, SOURCE_DOCX);
  g_assert_cmpuint(text->lines->len, ==, 2);
  g_assert_cmpstr(source_text_line(text, 1)->text, ==, "ứng phó");
  assert_refused(data, size - 40, "a.docx", ERROR_UNREADABLE, "cắt cụt");
}

static void assert_bomb(const char *part, gsize count) {
  g_autoptr(GString) xml =
      g_string_new("<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>");
  for (gsize i = 0; i < count; i++)
    g_string_append(xml, part);
  g_string_append(xml, "</w:body></w:document>");
  g_autoptr(GBytes) bytes = docx_sample_part(xml->str, xml->len);
  assert_refused(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), "a.docx", ERROR_TOO_LARGE,
                 "không giống văn bản thật");
}

static void test_docx_bombs(void) {
  assert_bomb("<w:p/>", (60 << 20) / 6);
  assert_bomb("                                                                ", (60 << 20) / 64);
}

/* A page of a PDF whose content stream is `content`; poppler rebuilds the missing table of offsets. */
static char *make_pdf(const char *content) {
  return g_strdup_printf(
      "%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
      "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj\n"
      "4 0 obj<</Length %zu>>stream\n%s\nendstream endobj\n"
      "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\n%%%%EOF\n",
      strlen(content), content);
}

static void test_pdf(void) {
  if (skip_without("/usr/bin/pdftotext"))
    return;
  g_autofree char *pdf = make_pdf(
      "BT /F 12 Tf 50 700 Td (KE HOACH) Tj 0 -20 Td (Ung pho su co, bao dam an toan thong tin mang nam 2026) Tj "
      "0 -20 Td (tai cac don vi truc thuoc) Tj ET");
  g_autoptr(SourceText) text = load(pdf, strlen(pdf), "a.pdf");
  g_assert_cmpint(text->kind, ==, SOURCE_PDF);
  g_assert_cmpstr(source_text_line(text, 0)->text, ==, "KE HOACH");
  g_assert_cmpstr(source_text_line(text, 1)->text, ==, "Ung pho su co, bao dam an toan thong tin mang nam 2026");
}

static void test_scanned_pdf(void) {
  if (skip_without("/usr/bin/pdftotext"))
    return;
  g_autofree char *scan = make_pdf("0 0 595 842 re f BT /F 8 Tf 50 700 Td (Ky boi: UBND) Tj ET");
  assert_refused(scan, strlen(scan), "a.pdf", ERROR_UNREADABLE, "bản quét không có lớp chữ");
  REFUSED("%PDF-1.7\nthis is no PDF at all", "a.pdf", "không mở được");
}

/* Word 2: a header that says where the text is, then the text in the encoding of the fonts. */
static char *make_doc(const char *text, gsize length, gsize *out_length) {
  enum { HEADER = 0x200, REST = 1024 };
  *out_length = HEADER + length + REST;
  guint8 *doc = g_malloc0(*out_length);
  guint32 begin = HEADER, end = HEADER + (guint32)length, count = (guint32)length;
  memcpy(doc, "\xDB\xA5\x2D\0", 4);
  memcpy(doc + 0x18, &begin, 4);
  memcpy(doc + 0x1C, &end, 4);
  memcpy(doc + 0x34, &count, 4);
  memcpy(doc + HEADER, text, length);
  return (char *)doc;
}

static void test_doc(void) {
  if (skip_without("/usr/bin/antiword"))
    return;
  static const char TCVN3[] = "K\xD5 ho\xB9"
                              "ch \xF8ng ph\xE3 s\xF9 c\xE8\r\xA7\xB6m b\xB6o an to\xB5n th\xABng tin m\xB9ng\r";
  gsize length;
  g_autofree char *doc = make_doc(TCVN3, strlen(TCVN3), &length);
  g_autoptr(SourceText) text = load(doc, length, "a.doc");
  g_assert_cmpint(text->kind, ==, SOURCE_DOC);
  g_assert_cmpstr(text->encoding, ==, "TCVN3");
  guint found = 0;
  for (guint i = 0; i < text->lines->len; i++)
    found += strcmp(source_text_line(text, i)->text, "Kế hoạch ứng phó sự cố") == 0 ? 1 : 0;
  g_assert_cmpuint(found, ==, 1);
  REFUSED("\xDB\xA5\x2D\0", "a.doc", "không mở được");
}

/* ---- files ---- */

static void test_files(void) {
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_build_filename(g_get_tmp_dir(), "ungcuu-load-XXXXXX", NULL);
  int fd = g_mkstemp(path);
  g_assert_cmpint(write(fd, "Kế hoạch", strlen("Kế hoạch")), ==, (gssize)strlen("Kế hoạch"));
  g_autofree char *bytes = NULL;
  gsize length = 0;
  g_assert_true(source_load_file(path, &bytes, &length, &error));
  g_assert_cmpstr(bytes, ==, "Kế hoạch");
  g_assert_cmpuint(length, ==, strlen("Kế hoạch"));

  g_assert_cmpint(ftruncate(fd, 200 << 20), ==, 0);
  char *none = NULL;
  gint64 before = g_get_monotonic_time();
  g_assert_false(source_load_file(path, &none, &length, &error));
  g_assert_error(error, APP_ERROR, ERROR_TOO_LARGE);
  g_assert_cmpint(g_get_monotonic_time() - before, <, G_USEC_PER_SEC);
  g_assert_null(none);
  g_clear_error(&error);
  close(fd);
  g_unlink(path);

  g_assert_false(source_load_file(path, &none, &length, &error));
  g_assert_error(error, APP_ERROR, ERROR_NOT_FOUND);
  g_clear_error(&error);
  g_assert_false(source_load_file("/", &none, &length, &error));
  g_assert_error(error, APP_ERROR, ERROR_UNREADABLE);
}

/* A pipe tells no size: it is read to just beyond the limit. */
static void test_endless_standard_input(void) {
  int saved = dup(STDIN_FILENO), zero = open("/dev/zero", O_RDONLY);
  g_assert_cmpint(dup2(zero, STDIN_FILENO), ==, STDIN_FILENO);
  g_autoptr(GError) error = NULL;
  char *bytes = NULL;
  gsize length;
  g_assert_false(source_load_file("-", &bytes, &length, &error));
  g_assert_error(error, APP_ERROR, ERROR_TOO_LARGE);
  dup2(saved, STDIN_FILENO);
  close(saved);
  close(zero);
}

static void test_large_bytes(void) {
  gsize length = (gsize)SOURCE_FILE_BYTES_MAX + 1;
  g_autofree char *bytes = g_malloc0(length);
  assert_refused(bytes, length, "a.txt", ERROR_TOO_LARGE, "64 MiB");
  memset(bytes, 'a', 17 << 20);
  assert_refused(bytes, 17 << 20, "a.txt", ERROR_TOO_LARGE, "16 MiB");
}

/* ---- the example plan ---- */

static void assert_numbered(const SourceText *text, const char *label, const char *wanted) {
  for (guint i = 0; i < text->lines->len; i++) {
    const SourceLine *line = source_text_line(text, i);
    if (strcmp(line->text, wanted) == 0) {
      g_assert_cmpstr(line->label, ==, label);
      return;
    }
  }
  g_error("“%s” is missing", wanted);
}

static void test_example_plan(void) {
  const char *shared = g_getenv("UNGCUU_SHARED");
  g_autofree char *path = g_build_filename(shared ? shared : "../shared", "plans", "example-benh-vien.docx", NULL);
  g_autofree char *bytes = NULL;
  gsize length;
  if (!g_file_get_contents(path, &bytes, &length, NULL)) {
    g_test_skip("shared/plans/example-benh-vien.docx is not there");
    return;
  }
  g_autoptr(SourceText) text = load(bytes, length, path);
  assert_numbered(text, "1.", "MỤC ĐÍCH, YÊU CẦU");
  assert_numbered(text, "1.2.", "Yêu cầu");
  assert_numbered(text, "a)", "An toàn người bệnh được đặt trên việc khôi phục máy tính.");
  assert_numbered(text, "4.1.", "Bảng phân công nhiệm vụ");
  guint merged = 0;
  for (guint i = 0; i < text->lines->len; i++)
    merged += source_text_line(text, i)->merged_up ? 1 : 0;
  g_assert_cmpuint(merged, >, 5);
}

int main(int argc, char **argv) {
  static const SandboxJob *const JOBS[] = {&SOURCE_JOB_DOCX, &SOURCE_JOB_PDF, &SOURCE_JOB_DOC, NULL};
  g_autoptr(GError) error = NULL;
  if (!sandbox_start(argc, argv, JOBS, &error))
    g_error("%s", error->message);
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/load/text-kinds", test_text_kinds);
  g_test_add_func("/load/refused-kinds", test_refused_kinds);
  g_test_add_func("/load/docx", test_docx);
  g_test_add_func("/load/docx-bombs", test_docx_bombs);
  g_test_add_func("/load/pdf", test_pdf);
  g_test_add_func("/load/scanned-pdf", test_scanned_pdf);
  g_test_add_func("/load/doc", test_doc);
  g_test_add_func("/load/files", test_files);
  g_test_add_func("/load/endless-standard-input", test_endless_standard_input);
  g_test_add_func("/load/large-bytes", test_large_bytes);
  g_test_add_func("/load/example-plan", test_example_plan);
  int failed = g_test_run();
  sandbox_stop();
  return failed;
}
