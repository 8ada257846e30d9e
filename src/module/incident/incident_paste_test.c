#include "module/incident/incident_paste.h"

static void assert_read(const char *text, const char *name, const char *address, const char *subject) {
  g_autoptr(Arena) arena = arena_new();
  PastedMail found = incident_read_pasted(arena, text);
  g_assert_cmpstr(found.name, ==, name);
  g_assert_cmpstr(found.address, ==, address);
  g_assert_cmpstr(found.subject, ==, subject);
}

static void test_heads(void) {
  assert_read("From: Lê Hạnh <hanh@xa.example.vn>\r\nTo: truc@tinh.example.vn\r\nSubject: Máy bị khóa\r\n\r\nTừ sáng nay.", "Lê Hạnh",
              "hanh@xa.example.vn", "Máy bị khóa");
  assert_read("Từ: \"Lê Hạnh\" [mailto:hanh@xa.example.vn]\nĐã gửi: Thứ Bảy\nTiêu đề:   Tệp   lạ \nNội dung", "Lê Hạnh", "hanh@xa.example.vn",
              "Tệp lạ");
  assert_read("Người gửi: hanh@xa.example.vn\nChủ đề: x", NULL, "hanh@xa.example.vn", "x");
}

static void test_no_head(void) {
  assert_read("", NULL, NULL, NULL);
  assert_read("Chào anh, máy tôi bị khóa.\nFrom: a@b.vn", NULL, NULL, NULL);
  assert_read("Subject: không có người gửi\n\nx", NULL, NULL, NULL);
  assert_read("From: không có địa chỉ\nSubject: x", NULL, NULL, NULL);
}

/* Only the head counts: what the text says further down fills nothing. */
static void test_only_the_head(void) {
  assert_read("From: a@b.vn\n\nSubject: trong nội dung", NULL, "a@b.vn", NULL);
  assert_read("From: a@b.vn\nFrom: ke-gian@c.vn\nSubject: một\nSubject: hai", NULL, "a@b.vn", "một");
}

static void test_hostile(void) {
  g_autofree char *long_line = g_strnfill(5000, 'a');
  g_autofree char *long_from = g_strconcat("From: ", long_line, "@b.vn\n", NULL);
  assert_read(long_from, NULL, NULL, NULL);
  assert_read("From: a@b.vn\nSubject: =?UTF-8?B?xJDDoQ==?=", NULL, "a@b.vn", NULL);
  assert_read("From: a@b@c.vn <x@y.vn,z@t.vn>\n", NULL, NULL, NULL);
  assert_read("From: \xff\xfe@b.vn\n", NULL, NULL, NULL);
  g_autoptr(GString) many = g_string_new(NULL);
  for (int i = 0; i < 100; i++)
    g_string_append(many, "To: x@y.vn\n");
  g_string_append(many, "From: a@b.vn\n");
  assert_read(many->str, NULL, NULL, NULL);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/paste/heads", test_heads);
  g_test_add_func("/paste/no_head", test_no_head);
  g_test_add_func("/paste/only_the_head", test_only_the_head);
  g_test_add_func("/paste/hostile", test_hostile);
  return g_test_run();
}
