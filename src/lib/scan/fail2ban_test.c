/* The log lines of fail2ban with the results that its authors expect: where a pattern says how a login ended, both must
 * agree. */
#include <glib.h>
#include <jansson.h>
#include <string.h>
#include "lib/scan/decode.h"

/* At least so many percent of the lines that fail2ban counts as failures must be known as such. */
static const struct {
  const char *file;
  guint least;
} services[] = {{"sshd", 55},           {"dovecot", 75},         {"vsftpd", 100},          {"proftpd", 90},
                {"dropbear", 100},      {"nginx-http-auth", 45}, {"nginx-forbidden", 100}, {"mysqld-auth", 90},
                {"routeros-auth", 100}, {"courier-auth", 80},    {"apache-noscript", 80},  {"apache-nohome", 100}};

/* Lines that are read otherwise on purpose. fail2ban counts a login when attempts before it failed; and the sender
 * chooses his user name, so of two addresses in "Failed password … from … from …" the last is the one that sshd wrote.
 */
static const char *const other[] = {"sshd[1558]: Accepted password", "sshd[1559]: Accepted password",
                                    "ssh2: from 10.10.1.2 port 55555 ssh2"};

typedef struct {
  guint failures, known, agreed, times, lines;
} Count;

static char *logs_unpack(void) {
  const char *shared = g_getenv("UNGCUU_SHARED");
  g_autofree char *archive = shared ? g_build_filename(shared, "data/fail2ban-logs/logs.tar.zst", NULL) : NULL;
  if (!archive || !g_file_test(archive, G_FILE_TEST_EXISTS))
    return NULL;
  char *folder = g_dir_make_tmp("ungcuu-fail2ban-XXXXXX", NULL);
  const char *argv[] = {"tar", "--zstd", "-xf", archive, "-C", folder, NULL};
  int status = 1;
  g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, NULL));
  g_assert_cmpint(status, ==, 0);
  return folder;
}

/* The first value of the field of that name; the caller frees. NULL: there is none. */
static char *value_of(const FieldTable *table, const Event *event, const char *name) {
  for (guint32 i = 0; i < event->count; i++) {
    Span found = field_table_name(table, event->fields[i].path);
    if (found.size == strlen(name) && !memcmp(found.bytes, name, found.size))
      return g_strndup(event->fields[i].raw.bytes, event->fields[i].raw.size);
  }
  return NULL;
}

static void check_line(Decoder *decoder, FieldTable *table, const char *line, const json_t *expected, Count *count) {
  Event event;
  decoder_one(decoder, (Span){line, strlen(line)}, &event);
  g_autofree char *outcome = value_of(table, &event, "outcome"), *ip = value_of(table, &event, "src_ip");
  g_autofree char *name = value_of(table, &event, "src_host");
  const char *host = json_string_value(json_object_get(expected, "host"));
  gboolean failure = json_is_true(json_object_get(expected, "match"));
  count->lines++;
  for (gsize i = 0; i < G_N_ELEMENTS(other); i++)
    failure = failure && !strstr(line, other[i]);
  count->failures += failure ? 1 : 0;
  count->times += event.time_ms != EVENT_NO_TIME;
  if (!failure || !outcome)
    return;
  count->known++;
  gboolean agreed = !strcmp(outcome, "failure") && (!host || !g_strcmp0(ip, host) || !g_strcmp0(name, host));
  if (!agreed)
    g_test_message("%s %s, wanted %s: %s", outcome, ip ? ip : name, host, line);
  count->agreed += agreed ? 1 : 0;
}

static Count service_check(Decoder *decoder, FieldTable *table, const char *folder, const char *file) {
  g_autofree char *path = g_build_filename(folder, "fail2ban/tests/files/logs", file, NULL), *text = NULL;
  Count count = {0};
  g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  json_t *expected = NULL;
  for (gsize i = 0; lines[i]; i++) {
    const char *mark = strstr(lines[i], "failJSON:");
    if (lines[i][0] == '#' && mark) {
      json_decref(expected);
      expected = json_loads(mark + strlen("failJSON:"), 0, NULL);
    } else if (lines[i][0] && lines[i][0] != '#' && expected) {
      check_line(decoder, table, lines[i], expected, &count);
      json_decref(expected);
      expected = NULL;
    }
  }
  json_decref(expected);
  return count;
}

static void test_services(void) {
  g_autofree char *folder = logs_unpack(), *yaml = NULL;
  gsize size;
  ScanError error;
  if (!folder)
    return g_test_skip("UNGCUU_SHARED");
  g_assert_true(g_file_get_contents("data/rules/patterns.yaml", &yaml, &size, NULL));
  PatternSet *patterns = pattern_set_new((Span){yaml, size}, &error);
  g_assert_nonnull(patterns);
  FieldTable *table = field_table_new();
  Decoder *decoder = decoder_new(table, &(DecoderOptions){.patterns = patterns, .now_ms = 1795240800000});
  for (gsize i = 0; i < G_N_ELEMENTS(services); i++) {
    Count count = service_check(decoder, table, folder, services[i].file);
    guint percent = count.failures ? count.known * 100 / count.failures : 0;
    g_test_message("%s: %u of %u failures known (%u %%), %u agree; a time in %u of %u lines", services[i].file,
                   count.known, count.failures, percent, count.agreed, count.times, count.lines);
    g_assert_cmpuint(count.agreed, ==, count.known);
    g_assert_cmpuint(percent, >=, services[i].least);
  }
  decoder_free(decoder);
  field_table_free(table);
  pattern_set_free(patterns);
  const char *argv[] = {"rm", "-r", folder, NULL};
  g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/scan/fail2ban/services", test_services);
  return g_test_run();
}
