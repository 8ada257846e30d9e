#include "base/error.h"
#include "module/plan/plan_read.h"
#include "module/plan/plan_reading.h"
#include <string.h>

static void test_time_kind(void) {
  static const char *const KINDS[][2] = {{"Sau các bước ưu tiên ứng cứu ban đầu", "on_event"},
                                         {"Thực hiện sau việc khôi phục", "on_event"},
                                         {"Ngay khi phát hiện", "on_event"},
                                         {"Sau các đợt diễn tập năm 2025", "once"},
                                         {"Sau ngày 30/6/2025", "once"},
                                         {"Sáu tháng đầu năm 2025", "once"},
                                         {"Sáu tuần", "once"},
                                         {"Sáu tháng một lần", "every_6_months"},
                                         {"Hằng năm", "yearly"}};
  g_autoptr(GStringChunk) chunk = g_string_chunk_new(1024);
  for (gsize i = 0; i < G_N_ELEMENTS(KINDS); i++)
    g_assert_cmpstr(plan_time_kind(plan_text(chunk, KINDS[i][0]).fold), ==, KINDS[i][1]);
}

/* Every place of texts of one, two, three and four bytes a character, mixed and long. */
static void test_places(void) {
  g_autoptr(GStringChunk) chunk = g_string_chunk_new(1024);
  PlanText text = plan_text(chunk, "Kế hoạch ứng phó sự cố – aế\360\237\230\200đ\360\237\230\200\360\237\230\200\360\237\230\200 ABCDEFGHIJ Ữữữữữữữữữữữữ.");
  g_assert_cmpuint(text.length, ==, strlen(text.fold));
  for (gsize i = 0; i <= text.length; i++)
    g_assert_true(plan_text_at(text, i) == g_utf8_offset_to_pointer(text.text, (glong)i));
  g_assert_cmpstr(plan_text_slice(chunk, text, 9, 16).text, ==, "ứng phó");
}

static void assert_refused(guint lines, const char *line) {
  g_autoptr(SourceText) source = source_text_new(SOURCE_TXT);
  g_autoptr(GError) error = NULL;
  for (guint i = 0; i < lines; i++)
    source_text_append(source, line, -1);
  g_assert_null(plan_read(source, &error));
  g_assert_error(error, APP_ERROR, ERROR_UNREADABLE);
  g_assert_nonnull(strstr(error->message, "quá dài"));
}

static void test_too_long(void) {
  g_autofree char *long_line = g_strnfill(60001, 'a'), *line = g_strnfill(1000, 'a');
  assert_refused(30001, "1. Việc");
  assert_refused(1, long_line);
  assert_refused(2001, line);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/plan_read/time_kind", test_time_kind);
  g_test_add_func("/plan_read/places", test_places);
  g_test_add_func("/plan_read/too_long", test_too_long);
  return g_test_run();
}
