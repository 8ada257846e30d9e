#include "base/error.h"
#include "lib/mail/mail.h"
#include <string.h>

static void test_addresses(void) {
  static const char *const GOOD[] = {"mai.dt@example.vn", "a+b@c", "ứng@example.vn"};
  static const char *const BAD[] = {"",        "a",       "@b",      "a@",        "a@b@c",         "a b@c",
                                    "a@b\r\nBcc: x@y", "<a@b>", "a@b>", "a@b\tc", "a@b,c@d", "\"a\"@b"};
  for (gsize i = 0; i < G_N_ELEMENTS(GOOD); i++)
    g_assert_true(mail_address_valid(GOOD[i]));
  for (gsize i = 0; i < G_N_ELEMENTS(BAD); i++)
    g_assert_false(mail_address_valid(BAD[i]));
  g_assert_false(mail_address_valid(NULL));
}

/* Undoes the encoded words of the header, as a reader's program does. */
static char *decode_subject(const char *wire) {
  const char *p = strstr(wire, "Subject:") + strlen("Subject:");
  GString *text = g_string_new(NULL);
  const char *end = strstr(p, "\r\nMessage-ID");
  while ((p = strstr(p, "=?UTF-8?B?")) && p < end) {
    const char *stop = strstr(p += strlen("=?UTF-8?B?"), "?=");
    g_autofree char *part = g_strndup(p, (gsize)(stop - p));
    gsize length;
    g_autofree guchar *bytes = g_base64_decode(part, &length);
    g_assert_true(g_utf8_validate((const char *)bytes, (gssize)length, NULL));
    g_string_append_len(text, (const char *)bytes, (gssize)length);
    p = stop;
  }
  return g_string_free(text, FALSE);
}

static void test_subject(void) {
  static const char *const SUBJECTS[] = {
      "Nhắc việc: 02 nhiệm vụ quá hạn", "Đ",
      "Ủy ban nhân dân xã Bình Minh: báo cáo sơ kết công tác bảo đảm an toàn thông tin mạng sáu tháng đầu năm 2026 chưa có"};
  for (gsize i = 0; i < G_N_ELEMENTS(SUBJECTS); i++) {
    MailMessage message = {.to = "b@c.vn", .subject = SUBJECTS[i], .text = "x", .id = "id1", .at_ms = 1779330000000};
    g_autofree char *wire = mail_write("a@b.vn", &message);
    g_autofree char *decoded = decode_subject(wire);
    g_auto(GStrv) lines = g_strsplit(wire, "\r\n", -1);
    g_assert_cmpstr(decoded, ==, SUBJECTS[i]);
    for (char **line = lines; *line; line++)
      g_assert_cmpuint(strlen(*line), <=, 78);
    g_assert_null(strchr(lines[0], '\n'));
  }
}

static void test_no_header_from_subject(void) {
  MailMessage message = {.to = "b@c.vn", .subject = "x\r\nBcc: thief@d.vn", .text = "y", .id = "id1", .at_ms = 0};
  g_autofree char *wire = mail_write("a@b.vn", &message);
  g_assert_null(strstr(wire, "\r\nBcc"));
}

static void test_body(void) {
  MailMessage message = {.to = "b@c.vn", .subject = "plain", .text = "Dòng một\n.\nDòng ba", .id = "id1", .at_ms = 1779330000000};
  g_autofree char *wire = mail_write("a@b.vn", &message);
  gsize length;
  g_autofree guchar *bytes = g_base64_decode(strstr(wire, "\r\n\r\n") + 4, &length);
  g_assert_nonnull(strstr(wire, "\r\nSubject: plain\r\n"));
  g_assert_true(g_str_has_prefix(wire, "Date: Thu, 21 May 2026 02:20:00 +0000\r\n"));
  g_autofree char *text = g_strndup((const char *)bytes, length);
  g_assert_cmpstr(text, ==, "Dòng một\r\n.\r\nDòng ba");
}

static void test_files(void) {
  g_autoptr(GBytes) bytes = g_bytes_new_static("%PDF-1.7 noi dung", 17);
  const MailFile files[] = {{"mẫu 03\r\nX: y.pdf", "application/pdf", bytes}};
  MailMessage message = {.to = "b@c.vn", .subject = "x", .text = "Kèm theo", .id = "id1@d.vn", .files = files, .n_files = 1};
  g_autofree char *wire = mail_write("a@b.vn", &message), *encoded = g_base64_encode((const guchar *)"%PDF-1.7 noi dung", 17);
  g_assert_nonnull(strstr(wire, "Message-ID: <id1@d.vn>\r\n"));
  g_assert_nonnull(strstr(wire, "Content-Type: multipart/mixed; boundary=\"=_ungcuu\"\r\n"));
  g_assert_nonnull(strstr(wire, encoded));
  g_assert_null(strstr(wire, "\r\nX: y"));
  g_assert_true(g_str_has_suffix(wire, "--=_ungcuu--\r\n"));
}

static gboolean never(void *data, GError **error) {
  (void)error;
  *(gboolean *)data = TRUE;
  return TRUE;
}

/* Where nobody answers, nothing has begun and nothing is unknown. */
static void test_watch_nobody_there(void) {
  g_autoptr(GError) error = NULL;
  gboolean begun = FALSE;
  MailServer server = {.url = "smtp://127.0.0.1:1", .from = "a@b.vn", .plain = TRUE, .timeout_ms = 2000};
  MailMessage message = {.to = "b@c.vn", .subject = "x", .text = "y", .id = "id1"};
  MailWatch watch = {.begin = never, .data = &begun};
  g_assert_false(mail_send(&server, &message, &watch, &error));
  g_assert_false(begun || watch.unknown);
  g_assert_cmpstr(watch.answer, ==, "");
}

static void test_nobody_there(void) {
  g_autoptr(GError) error = NULL;
  MailServer server = {.url = "smtp://127.0.0.1:1", .from = "a@b.vn", .plain = TRUE, .timeout_ms = 2000};
  MailMessage message = {.to = "b@c.vn", .subject = "x", .text = "y", .id = "id1", .at_ms = 0};
  g_assert_false(mail_send(&server, &message, NULL, &error));
  g_assert_error(error, APP_ERROR, ERROR_UNAVAILABLE);
  g_assert_true(error_info(error)->retry);
  g_clear_error(&error);
  message.to = "không phải địa chỉ";
  g_assert_false(mail_send(&server, &message, NULL, &error));
  g_assert_error(error, APP_ERROR, ERROR_INVALID);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/mail/addresses", test_addresses);
  g_test_add_func("/mail/subject", test_subject);
  g_test_add_func("/mail/no_header_from_subject", test_no_header_from_subject);
  g_test_add_func("/mail/body", test_body);
  g_test_add_func("/mail/files", test_files);
  g_test_add_func("/mail/watch_nobody_there", test_watch_nobody_there);
  g_test_add_func("/mail/nobody_there", test_nobody_there);
  return g_test_run();
}
