#include "base/error.h"
#include "lib/document/sheet.h"
#include <libxml/parser.h>
#include <math.h>
#include <string.h>
#include <zip.h>

static const gint64 CREATED_MS = G_GINT64_CONSTANT(1772668800000);

/* One part of the package, checked to be well-formed; NULL where there is none. */
static char *part(GBytes *bytes, const char *name) {
  zip_error_t problem;
  zip_error_init(&problem);
  zip_source_t *source = zip_source_buffer_create(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), 0, &problem);
  zip_t *archive = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &problem);
  g_assert_nonnull(archive);
  zip_stat_t stat;
  char *text = NULL;
  if (zip_stat(archive, name, 0, &stat) == 0) {
    text = g_malloc0(stat.size + 1);
    zip_file_t *file = zip_fopen(archive, name, 0);
    g_assert_cmpint(zip_fread(file, text, stat.size), ==, (zip_int64_t)stat.size);
    zip_fclose(file);
    xmlDoc *doc = xmlReadMemory(text, (int)stat.size, name, NULL, XML_PARSE_NONET | XML_PARSE_HUGE);
    g_assert_nonnull(doc);
    xmlFreeDoc(doc);
  }
  zip_close(archive);
  return text;
}

static GBytes *finish(Sheet *sheet) {
  g_autoptr(GError) error = NULL;
  GBytes *bytes = sheet_finish(sheet, &error);
  g_assert_no_error(error);
  return bytes;
}

static Sheet *new_sheet(void) {
  g_autoptr(GError) error = NULL;
  Sheet *sheet = sheet_new("Sổ sự cố", "UBND tỉnh An Bình", CREATED_MS, &error);
  g_assert_no_error(error);
  return sheet;
}

static const SheetColumn COLUMNS[] = {{"Mã", 10}, {"Phát hiện lúc", 0}, {"Ngày", 12}, {"Số máy", 8}, {"Tỷ lệ", 8}};

static GBytes *write_sheet(void) {
  Sheet *sheet = new_sheet();
  sheet_page(sheet, "Sự cố", COLUMNS, G_N_ELEMENTS(COLUMNS));
  sheet_row(sheet);
  sheet_text(sheet, "=1+1");
  sheet_time(sheet, CREATED_MS);
  sheet_day(sheet, (Day){2026, 3, 5});
  sheet_int(sheet, 12);
  sheet_real(sheet, 0.5);
  return finish(sheet);
}

static void test_cells(void) {
  g_autoptr(GBytes) bytes = write_sheet();
  g_autofree char *xml = part(bytes, "xl/worksheets/sheet1.xml");
  static const char *const SEEN[] = {"Phát hiện lúc", "=1+1", "<v>46086</v>", "<v>46086.29166666667</v>", "<v>12</v>",
                                     "<v>0.5</v>", "state=\"frozen\"", "<autoFilter ref=\"A1:E2\"/>",
                                     "min=\"1\" max=\"1\" width=\"10."};
  for (gsize i = 0; i < G_N_ELEMENTS(SEEN); i++)
    if (!strstr(xml, SEEN[i]))
      g_error("“%s” is not in %s", SEEN[i], xml);
  g_assert_null(strstr(xml, "<f>"));
  g_autofree char *core = part(bytes, "docProps/core.xml");
  g_assert_nonnull(strstr(core, "2026-03-05T00:00:00Z"));
  g_assert_nonnull(strstr(core, "Sổ sự cố"));
}

static void test_names(void) {
  Sheet *sheet = new_sheet();
  static const char *const NAMES[] = {"Sự cố", "SỰ CỐ", "a/b:c*[d]?\\'", "", NULL,
                                      "Danh sách các hệ thống thông tin cấp độ 3 trở lên",
                                      "Danh sách các hệ thống thông tin cấp độ 4 trở lên"};
  for (gsize i = 0; i < G_N_ELEMENTS(NAMES); i++)
    sheet_page(sheet, NAMES[i], COLUMNS, 1);
  g_autoptr(GBytes) bytes = finish(sheet);
  g_autofree char *xml = part(bytes, "xl/workbook.xml");
  static const char *const SEEN[] = {"name=\"Sự cố\"", "name=\"SỰ CỐ (2)\"", "name=\"a-b-c--d----\"", "name=\"Trang\"",
                                     "name=\"Trang (2)\"", "name=\"Danh sách các hệ thống thông ti\"",
                                     "name=\"Danh sách các hệ thống thôn (2)\""};
  for (gsize i = 0; i < G_N_ELEMENTS(SEEN); i++)
    if (!strstr(xml, SEEN[i]))
      g_error("“%s” is not in %s", SEEN[i], xml);
}

static gpointer write_in_thread(gpointer data) {
  (void)data;
  return write_sheet();
}

static void test_same_bytes(void) {
  g_autoptr(GBytes) first = write_sheet();
  g_usleep(2100 * 1000);
  GThread *threads[4];
  for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
    threads[i] = g_thread_new("sheet", write_in_thread, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(threads); i++) {
    g_autoptr(GBytes) again = g_thread_join(threads[i]);
    g_assert_true(g_bytes_equal(first, again));
  }
}

static void test_hostile(void) {
  g_autofree char *word = g_strnfill(100000, 'w');
  const char *const TEXTS[] = {"\x01\x1B]]>&<>\"' \xEF\xBF\xBF", "\xFF\xFE\xC3", word, "dòng\nhai", NULL};
  Sheet *sheet = new_sheet();
  sheet_page(sheet, "Nhật ký", COLUMNS, G_N_ELEMENTS(COLUMNS));
  for (int row = 0; row < 10000; row++) {
    sheet_row(sheet);
    for (gsize i = 0; row < 3 && i < G_N_ELEMENTS(TEXTS); i++)
      sheet_text(sheet, TEXTS[i]);
    sheet_real(sheet, (double)NAN);
    sheet_day(sheet, (Day){2026, 2, 30});
  }
  g_autoptr(GBytes) bytes = finish(sheet);
  g_autofree char *xml = part(bytes, "xl/worksheets/sheet1.xml");
  g_assert_nonnull(strstr(xml, "đã cắt bớt"));
  g_assert_nonnull(strstr(xml, "]]&gt;&amp;&lt;&gt;"));
  g_assert_nonnull(strstr(xml, "r=\"10001\""));
}

static void test_too_many_rows(void) {
  Sheet *sheet = new_sheet();
  sheet_page(sheet, "Nhật ký", COLUMNS, 1);
  for (int row = 0; row < 1048576; row++)
    sheet_row(sheet);
  sheet_int(sheet, 1);
  g_autoptr(GError) error = NULL;
  g_assert_null(sheet_finish(sheet, &error));
  g_assert_error(error, APP_ERROR, ERROR_TOO_LARGE);
}

static void test_no_page(void) {
  Sheet *sheet = new_sheet();
  sheet_row(sheet);
  sheet_text(sheet, "x");
  sheet_int(sheet, 1);
  g_autoptr(GBytes) bytes = finish(sheet);
  g_autofree char *xml = part(bytes, "xl/worksheets/sheet1.xml");
  g_assert_nonnull(xml);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/sheet/cells", test_cells);
  g_test_add_func("/sheet/names", test_names);
  g_test_add_func("/sheet/same_bytes", test_same_bytes);
  g_test_add_func("/sheet/hostile", test_hostile);
  g_test_add_func("/sheet/too_many_rows", test_too_many_rows);
  g_test_add_func("/sheet/no_page", test_no_page);
  return g_test_run();
}
