#include "module/collect/syslog_frame.h"
#include <glib.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* The messages of a stream, fed in pieces of `piece` bytes as a socket would. */
static GString *read_pieces(const uint8_t *bytes, size_t size, size_t piece) {
  GString *out = g_string_new(NULL), *waiting = g_string_new(NULL);
  SyslogStream stream = {0};
  for (size_t at = 0; at < size; at += piece) {
    size_t used = 0;
    SyslogMessage message;
    g_string_append_len(waiting, (const char *)bytes + at, (gssize)MIN(piece, size - at));
    for (bool found = true; found; g_string_erase(waiting, 0, (gssize)used)) {
      found = syslog_next(&stream, waiting->str, waiting->len, &used, &message);
      g_assert_true(used <= waiting->len && (!found || (used && message.size <= SYSLOG_MESSAGE_MOST)));
      if (found) {
        SyslogHead head;
        g_autofree char *exact = g_memdup2(message.bytes, message.size);
        syslog_head(exact, message.size, &head);
        g_assert_true(head.severity >= 0 && head.severity <= 7 && head.host_size <= SYSLOG_HOST_MOST);
        g_string_append_len(out, message.bytes, (gssize)message.size);
        g_string_append_c(out, '\0');
      }
    }
  }
  g_string_free(waiting, TRUE);
  return out;
}

/* However the bytes are cut on their way, the messages are the same. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  GString *whole = read_pieces(bytes, size, size ? size : 1);
  for (size_t piece = 1; piece < 12; piece += 5) {
    GString *pieces = read_pieces(bytes, size, piece);
    g_assert_true(g_string_equal(whole, pieces));
    g_string_free(pieces, TRUE);
  }
  g_string_free(whole, TRUE);
  return 0;
}
