#include "core/message.h"
#include "base/error.h"
#include <string.h>

static void test_table(void) {
  g_assert_cmpuint(MESSAGE_COUNT, >, 0);
  for (gsize i = 0; i < MESSAGE_COUNT; i++) {
    g_assert_true(i == 0 || strcmp(MESSAGES[i - 1].vietnamese, MESSAGES[i].vietnamese) < 0);
    g_assert_cmpstr(message_english(MESSAGES[i].vietnamese), ==, MESSAGES[i].english);
    g_assert_cmpstr(message("vi", MESSAGES[i].vietnamese), ==, MESSAGES[i].vietnamese);
  }
}

static void test_message(void) {
  g_assert_cmpstr(message("en", "Báo sự cố"), ==, "Report an incident");
  g_assert_cmpstr(message("vi", "Báo sự cố"), ==, "Báo sự cố");
  g_assert_cmpstr(message("en", "không có trong bảng"), ==, "không có trong bảng");
  g_assert_null(message_english("không có trong bảng"));
}

static void test_translate(void) {
  g_autoptr(GError) error = NULL;
  g_autofree char *english = message_translate("en", "<b>[[Báo sự cố]]</b> {{x}} [[chưa dịch]]\n", &error);
  g_assert_cmpstr(english, ==, "<b>Report an incident</b> {{x}} chưa dịch\n");
  g_autofree char *vietnamese = message_translate("vi", "[[Báo sự cố]]", &error);
  g_assert_cmpstr(vietnamese, ==, "Báo sự cố");
  g_assert_no_error(error);
  g_assert_null(message_translate("vi", "a [[b\nc]]", &error));
  g_assert_error(error, APP_ERROR, ERROR_UNREADABLE);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/message/table", test_table);
  g_test_add_func("/message/message", test_message);
  g_test_add_func("/message/translate", test_translate);
  return g_test_run();
}
