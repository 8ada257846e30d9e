#include "module/collect/syslog_frame.h"
#include <glib.h>
#include <string.h>

/* Feeds `text` in pieces of `piece` bytes as a socket would; the messages, each ended by '|'. */
static char *read_all(const char *text, gsize size, gsize piece) {
  g_autoptr(GString) out = g_string_new(NULL), waiting = g_string_new(NULL);
  SyslogStream stream = {0};
  for (gsize at = 0; at < size; at += piece) {
    g_string_append_len(waiting, text + at, (gssize)MIN(piece, size - at));
    for (;;) {
      gsize used = 0;
      SyslogMessage message;
      gboolean found = syslog_next(&stream, waiting->str, waiting->len, &used, &message);
      g_assert_cmpuint(used, <=, waiting->len);
      if (found) {
        g_string_append_len(out, message.bytes, (gssize)MIN(message.size, 60));
        g_string_append(out, message.cut ? "~|" : "|");
      }
      g_string_erase(waiting, 0, (gssize)used);
      if (!found)
        break;
    }
  }
  return g_strdup(out->str);
}

static const struct {
  const char *text, *messages;
} STREAMS[] = {
    {"<13>a\n<13>b\r\n<13>c\n", "<13>a|<13>b|<13>c|"},
    {"5 <13>a5 <13>b", "<13>a|<13>b|"},
    {"6 <13>a\n<13>line\n5 <13>c", "<13>a|<13>line|<13>c|"},
    {"11 <13>a\nb\nc d<1>x\n", "<13>a\nb\nc d|<1>x|"},
    {"\n\n<13>a\n", "||<13>a|"},
    {"12x lines that begin with digits\n", "12x lines that begin with digits|"},
    {"0 <13>zero\n", "0 <13>zero|"},
    {"1234567890123 too long a count\n", "1234567890123 too long a count|"},
    {"2026-11-21 06:50 no priority\n", "2026-11-21 06:50 no priority|"},
    {"no end", ""},
    {"9 <13>half", ""},
};

static void test_streams(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(STREAMS); i++)
    for (gsize piece = 1; piece < 20; piece++) {
      g_autofree char *got = read_all(STREAMS[i].text, strlen(STREAMS[i].text), piece);
      g_assert_cmpstr(got, ==, STREAMS[i].messages);
    }
}

static void test_too_long(void) {
  const gsize length = SYSLOG_MESSAGE_MOST + 1000;
  g_autoptr(GString) text = g_string_new(NULL);
  g_string_append_printf(text, "%zu ", length);
  for (gsize i = 0; i < length; i++)
    g_string_append_c(text, 'x');
  g_string_append(text, "5 <13>a");
  for (gsize i = 0; i < length; i++)
    g_string_append_c(text, 'y');
  g_string_append(text, "\n<13>b\n");
  g_autofree char *x = g_strnfill(60, 'x'), *y = g_strnfill(60, 'y');
  g_autofree char *expected = g_strdup_printf("%s~|<13>a|%s~|<13>b|", x, y);
  for (gsize piece = 4096; piece < length * 3; piece *= 7) {
    g_autofree char *got = read_all(text->str, text->len, piece);
    g_assert_cmpstr(got, ==, expected);
  }
}

static const struct {
  const char *text, *host;
  int severity;
} HEADS[] = {
    {"<34>1 2026-11-21T06:50:48.003Z may-chu-1 sshd 12 - - hello", "may-chu-1", 2},
    {"<34>1 - - sshd - - - hello", "", 2},
    {"<190>Nov 21 06:50:48 router-ubnd kernel: hello", "router-ubnd", 6},
    {"<13>Nov  1 06:50:48 10.0.0.1 hello", "10.0.0.1", 5},
    {"<13>Nov 21 06:50:48 sshd[12]: no host", "", 5},
    {"<30>2026-11-21T06:50:48+07:00 web nginx: x", "web", 6},
    {"<5>just text", "", 5},
    {"<999999>1 x y z", "", SYSLOG_SEVERITY_NONE},
    {"<", "", SYSLOG_SEVERITY_NONE},
    {"<1", "", SYSLOG_SEVERITY_NONE},
    {"", "", SYSLOG_SEVERITY_NONE},
    {"no priority", "", SYSLOG_SEVERITY_NONE},
    {"<34>1 2026-11-21T06:50:48Z", "", 2},
};

static void test_heads(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(HEADS); i++) {
    gsize size = strlen(HEADS[i].text);
    g_autofree char *exact = g_memdup2(HEADS[i].text, MAX(size, 1)); /* without the zero: reading beyond is seen */
    SyslogHead head;
    syslog_head(exact, size, &head);
    g_autofree char *host = g_strndup(head.host_size ? head.host : "", head.host_size);
    g_assert_cmpstr(host, ==, HEADS[i].host);
    g_assert_cmpint(head.severity, ==, HEADS[i].severity);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/syslog/streams", test_streams);
  g_test_add_func("/syslog/too_long", test_too_long);
  g_test_add_func("/syslog/heads", test_heads);
  return g_test_run();
}
