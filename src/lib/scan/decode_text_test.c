#include <glib.h>
#include <string.h>
#include "lib/scan/decode.h"

static FieldTable *table;
static PatternSet *patterns;

static const char pattern_yaml[] =
    "- program: [sshd, 'ssh-*']\n"
    "  set: {service: ssh}\n"
    "  lines:\n"
    "    - match: ['Failed %{word:method} for %(invalid user %)%{all:username} from %{host:src} port %{int:src_port}%( "
    "ssh2%)']\n"
    "      set: {outcome: failure}\n"
    "- lines:\n"
    "    - match: '%%done %{one(read|write):action} \"%{text:path}\" %{quoted:reason}%{rest}'\n";

static Decoder *decoder_of(LogFormat format) {
  DecoderOptions options = {.format = format, .now_ms = 1795240800000, .offset_minutes = 420, .patterns = patterns};
  return decoder_new(table, &options);
}

/* "ms path=text|…" of the event, without the message when it is the whole record. */
static char *event_print(const Event *event) {
  GString *out = g_string_new("");
  if (event->time_ms != EVENT_NO_TIME)
    g_string_append_printf(out, "%" G_GINT64_FORMAT " ", event->time_ms);
  for (uint32_t i = 0; i < event->count; i++) {
    Span text = event->fields[i].raw, name = field_table_name(table, event->fields[i].path);
    if (text.bytes == event->raw.bytes && text.size == event->raw.size)
      continue;
    g_string_append_printf(out, "%.*s=%.*s|", (int)name.size, name.bytes, (int)text.size, text.bytes);
  }
  return g_string_free(out, FALSE);
}

/* The bytes are copied so that nothing beyond them can be read unseen. */
static char *decode(LogFormat format, const char *line, gsize size) {
  Decoder *decoder = decoder_of(format);
  g_autofree char *copy = g_memdup2(line, size ? size : 1);
  Event event;
  decoder_one(decoder, (Span){copy, size}, &event);
  char *out = event_print(&event);
  g_assert_cmpuint(decoder_counts(decoder)->events, ==, 1);
  decoder_free(decoder);
  return out;
}

/* The clock says 2026-11-21 06:00:00Z; stamps without a zone are those of +07:00. */
static const struct {
  const char *line, *fields;
} cases[] = {
    /* syslog as RFC 3164 and as files have it */
    {"<38>Nov 21 06:00:00 web1 sshd[12]: hello",
     "1795215600000 facility=auth|severity=info|host=web1|program=sshd|pid=12|message=hello|log.format=syslog3164|"},
    {"Nov  1 06:00:00 web1 cron: (root) CMD (x)",
     "1793487600000 host=web1|program=cron|message=(root) CMD (x)|log.format=syslog3164|"},
    {"Dec 31 23:59:59 web1 a: b", "1767200399000 host=web1|program=a|message=b|log.format=syslog3164|"},
    {"Feb 29 12:00:00 web1 a: b", "1709182800000 host=web1|program=a|message=b|log.format=syslog3164|"},
    {"2026-11-21T06:00:00.5+07:00 web1 sshd[12]: hello",
     "1795215600500 host=web1|program=sshd|pid=12|message=hello|log.format=syslog3164|"},
    {"<189>55: *Nov 21 06:00:00.123: %SYS-5-CONFIG_I: Configured",
     "1795215600123 facility=local7|severity=notice|program=%SYS-5-CONFIG_I|message=%SYS-5-CONFIG_I: "
     "Configured|log.format=syslog3164|"},
    {"<13>no header at all", "facility=user|severity=notice|host=no|message=header at all|log.format=syslog3164|"},
    {"<13>", "facility=user|severity=notice|message=|log.format=syslog3164|"},
    {"<192>Nov 21 06:00:00 a b: c", "log.format=text|"},
    {"Nov 31 06:00:00 a b: c", "log.format=text|"},
    {"Nov 21 06:00:00 vsftpd(pam_unix)[15]: x", "1795215600000 program=vsftpd|pid=15|message=x|log.format=syslog3164|"},
    {"Nov 21 06:00:00", "1795215600000 message=|log.format=syslog3164|"},
    /* RFC 5424 */
    {"<165>1 2026-11-21T06:00:00.003Z host app 42 ID47 [x@1 k=\"a\\\"b\\]\" l=\"\"][y] \xEF\xBB\xBFtext",
     "1795240800003 "
     "facility=local4|severity=notice|host=host|program=app|pid=42|msgid=ID47|x@1.k=a\"b]|x@1.l=|message=text|log."
     "format=syslog5424|"},
    {"<34>1 - - - - - - plain", "facility=auth|severity=crit|message=plain|log.format=syslog5424|"},
    {"1 2026-11-21T06:00:00Z h a - - -", "1795240800000 host=h|program=a|message=|log.format=syslog5424|"},
    /* what stands inside */
    {"<14>Nov 21 06:00:00 h app: {\"a\":{\"b\":1}}", "1795215600000 "
                                                     "facility=user|severity=info|host=h|program=app|message={\"a\":{"
                                                     "\"b\":1}}|a.b=1|log.format=json|log.format=syslog3164|"},
    {"<14>Nov 21 06:00:00 h CEF:0|V|P|1|100|Na\\|me|5|src=1.2.3.4 msg=a\\=b c fname=x\\\\y cs1Label= dpt=80",
     "1795215600000 facility=user|severity=info|host=h|message=CEF:0|V|P|1|100|Na\\|me|5|src=1.2.3.4 msg=a\\=b c "
     "fname=x\\\\y cs1Label= dpt=80|"
     "cef.version=0|cef.vendor=V|cef.product=P|cef.device_version=1|cef.signature=100|cef.name=Na|me|cef.severity=5|"
     "src=1.2.3.4|msg=a=b c|"
     "fname=x\\y|cs1Label=|dpt=80|log.format=cef|log.format=syslog3164|"},
    {"CEF:0|V|P|1|100|Na\\|me|5|src=1.2.3.4 msg=a\\=b c fname=x\\\\y cs1Label= dpt=80 rt=1795240800123",
     "1795240800123 "
     "cef.version=0|cef.vendor=V|cef.product=P|cef.device_version=1|cef.signature=100|cef.name=Na|me|cef.severity=5|"
     "src=1.2.3.4|msg=a=b c|"
     "fname=x\\y|cs1Label=|dpt=80|rt=1795240800123|log.format=cef|"},
    {"CEF:0|V|P", "log.format=text|"},
    {"LEEF:2.0|V|P|1|E|^|src=1.2.3.4^usrName=a b",
     "leef.vendor=V|leef.product=P|leef.version=1|leef.event=E|src=1.2.3.4|usrName=a b|log.format=leef|"},
    /* audit */
    {"type=EXECVE msg=audit(1795240800.123:77): argc=2 a0=\"ls\" a1=2F746D702F61206200 key=(null)",
     "1795240800123 type=EXECVE|serial=77|argc=2|a0=ls|a1=/tmp/a b|key=(null)|log.format=auditd|"},
    {"node=h1 type=PROCTITLE msg=audit(1795240800.123:77): proctitle=636174002F6574632F706173737764",
     "1795240800123 host=h1|type=PROCTITLE|serial=77|proctitle=cat /etc/passwd|log.format=auditd|"},
    {"type=USER_LOGIN msg=audit(1795240800.001:8): pid=1 msg='op=login acct=\"root\" exe=\"/usr/sbin/sshd\" "
     "addr=192.0.2.1 terminal=ssh res=failed'",
     "1795240800001 "
     "type=USER_LOGIN|serial=8|pid=1|op=login|acct=root|exe=/usr/sbin/"
     "sshd|addr=192.0.2.1|src_ip=192.0.2.1|terminal=ssh|res=failed|outcome=failure|log.format=auditd|"},
    {"type=SYSCALL msg=audit(1795240800.123:78", "log.format=text|"},
    /* web servers */
    {"192.0.2.7 - - [21/Nov/2026:13:00:00 +0700] \"GET /a?b=c HTTP/1.1\" 200 12 \"-\" \"curl/\\\"7\\x41\"",
     "1795240800000 "
     "c-ip=192.0.2.7|cs-method=GET|cs-uri=/a?b=c|cs-uri-stem=/a|cs-uri-query=b=c|cs-version=HTTP/"
     "1.1|sc-status=200|sc-bytes=12|cs-user-agent=curl/\"7A|log.format=access|"},
    {"www.x.vn:443 ::ffff:192.0.2.7 - an na [21/Nov/2026:13:00:00 +0700] \"\\x16\\x03\" 400 -",
     "1795240800000 cs-host=www.x.vn|c-ip=192.0.2.7|cs-username=an "
     "na|request=\x16\x03|sc-status=400|log.format=access|"},
    {"192.0.2.7 - - [21/Nov/2026:13:00:00 +0700] \"GET", "log.format=text|"},
    /* firewalls */
    {"date=2026-11-21 time=13:00:00 devid=\"FG1\" logid=\"1\" type=\"traffic\" srcip=192.0.2.1 msg=\"a b\"",
     "1795240800000 date=2026-11-21|time=13:00:00|devid=FG1|logid=1|type=traffic|srcip=192.0.2.1|msg=a "
     "b|log.format=keyvalue|log.format=text|"},
    {"Nov 21 13:00:00 gw kernel: [1.5] [UFW BLOCK] IN=eth0 OUT= SRC=192.0.2.1 DST=192.0.2.2 PROTO=TCP SPT=5 DPT=22",
     "1795240800000 host=gw|program=kernel|message=[1.5] [UFW BLOCK] IN=eth0 OUT= SRC=192.0.2.1 DST=192.0.2.2 "
     "PROTO=TCP SPT=5 DPT=22|IN=eth0|OUT=|SRC=192.0.2.1|src_ip=192.0.2.1|"
     "DST=192.0.2.2|dst_ip=192.0.2.2|PROTO=TCP|protocol=TCP|SPT=5|src_port=5|DPT=22|dst_port=22|log.format=keyvalue|"
     "log.format=syslog3164|"},
    /* patterns */
    {"Nov 21 13:00:00 h sshd[1]: Failed password for invalid user a from 1.2.3.4 from 192.0.2.9 port 22 ssh2",
     "1795240800000 host=h|program=sshd|pid=1|message=Failed password for invalid user a from 1.2.3.4 from 192.0.2.9 "
     "port 22 ssh2|method=password|username=a from 1.2.3.4|"
     "src_ip=192.0.2.9|src_port=22|service=ssh|outcome=failure|log.format=syslog3164|"},
    {"[21/Nov/2026] %done   read \"/a b\" \"why not\"", "log.format=text|"},
    {"%done   read \"/a b\" \"why not\" x", "action=read|path=/a b|reason=why not|log.format=text|"},
    {"%done erase \"/a b\" \"why not\" x", "log.format=text|"},
};

static void test_cases(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *found = decode(FORMAT_AUTO, cases[i].line, strlen(cases[i].line));
    g_assert_cmpstr(found, ==, cases[i].fields);
  }
}

/* Every beginning of every case, as every format: nothing is read beyond it and there is always one event. */
static void test_cut(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
    for (gsize size = 0; size <= strlen(cases[i].line); size++) {
      g_autofree char *found = decode((LogFormat)(size % (FORMAT_TEXT + 1)), cases[i].line, size);
      g_autofree char *other = decode(FORMAT_AUTO, cases[i].line, size);
      g_assert_nonnull(found);
      g_assert_nonnull(other);
    }
}

/* A record of one byte repeated a million times, and of the beginnings of things: none may take long. */
static void test_long(void) {
  static const char *const pieces[] = {" ",  "=",      "a=",     "[",     "\"",    "\\",  "%",       "|",  "1.",    ":",
                                       "::", "a b=c ", "CEF:0|", "from ", " from", "<1>", "{\"a\":", "[{", "audit("};
  static const char *const heads[] = {"",
                                      "Nov 21 06:00:00 h sshd: Failed password for ",
                                      "CEF:0|1|2|3|4|5|6|",
                                      "type=A msg=audit(1.1:1): ",
                                      "<34>1 - - - - - [",
                                      "h - - [21/Nov/2026:13:00:00 +0700] \""};
  gint64 begin = g_get_monotonic_time();
  for (gsize i = 0; i < G_N_ELEMENTS(pieces); i++)
    for (gsize j = 0; j < G_N_ELEMENTS(heads); j++) {
      g_autoptr(GString) text = g_string_new(heads[j]);
      while (text->len < RECORD_BYTES_MAX / 4)
        g_string_append(text, pieces[i]);
      g_autofree char *found = decode(FORMAT_AUTO, text->str, text->len);
      g_assert_nonnull(found);
    }
  g_assert_cmpint(g_get_monotonic_time() - begin, <, 30 * G_USEC_PER_SEC);
}

static void test_pattern_faults(void) {
  static const struct {
    const char *yaml;
    gsize line;
  } faults[] = {
      {"- lines: [{match: '%{nothing}'}]", 1},
      {"- lines:\n  - match: 'a %{text:b}'", 2},
      {"- lines: [{match: 'a %( b'}]", 1},
      {"- lines: [{match: 'a %) b'}]", 1},
      {"- lines: [{match: '%x'}]", 1},
      {"- lines: [{match: '%{rest} x'}]", 1},
      {"- lines: [{match: '%{text:a}%{word}'}]", 1},
      {"- lines: [{match: '%{one():a}'}]", 1},
      {"- lines: [{match: '%( %{all:a}%) b'}]", 1},
      {"- lines: [{match: ''}]", 1},
      {"- {program: a}", 1},
      {"- lines: [{set: {a: b}}]", 1},
      {"a: b", 1},
      {"- lines: [{match: '%{word'}]", 1},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(faults); i++) {
    ScanError error;
    PatternSet *set = pattern_set_new((Span){faults[i].yaml, strlen(faults[i].yaml)}, &error);
    if (set)
      g_test_message("taken: %s", faults[i].yaml);
    g_assert_null(set);
    g_assert_cmpstr(error.message, !=, "");
    g_assert_cmpuint(error.line, ==, faults[i].line);
  }
}

int main(int argc, char **argv) {
  ScanError error;
  g_test_init(&argc, &argv, NULL);
  table = field_table_new();
  patterns = pattern_set_new((Span){pattern_yaml, strlen(pattern_yaml)}, &error);
  g_assert_nonnull(patterns);
  g_test_add_func("/scan/text/cases", test_cases);
  g_test_add_func("/scan/text/cut", test_cut);
  g_test_add_func("/scan/text/long", test_long);
  g_test_add_func("/scan/text/pattern_faults", test_pattern_faults);
  int result = g_test_run();
  pattern_set_free(patterns);
  field_table_free(table);
  return result;
}
