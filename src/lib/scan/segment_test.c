/* What was acknowledged is there, once, and as it was; whatever happens to the process, the disk and the bytes. */
#include "lib/scan/segment_file.h"
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KILLS = 20, SOURCES = 5 };

static const LogRange ALL = {.from_ms = INT64_MIN, .to_ms = INT64_MAX};

static char *new_folder(void) {
  char *folder = g_dir_make_tmp("ungcuu-log-XXXXXX", NULL);
  g_assert_nonnull(folder);
  return folder;
}

static void remove_folder(char *folder) {
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  for (const char *name; (name = g_dir_read_name(dir));) {
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_unlink(path);
  }
  g_rmdir(folder);
  g_free(folder);
}

/* A record that tells its number, so that what is read can be checked whole: some long, some with newlines. */
static char *text_of(guint64 number) {
  if (number % 97 == 0)
    return g_strdup_printf("{\n  \"n\": %" G_GUINT64_FORMAT ",\n  \"host\": \"máy-%" G_GUINT64_FORMAT ".xa.vn\"\n}",
                           number, number % 7);
  int pad = (int)(number * 2654435761U >> 7 & 127) + (number % 1009 == 0 ? 20000 : 0);
  return g_strdup_printf("%" G_GUINT64_FORMAT " sshd[%d]: Failed password from 10.%d.%d.7 %*s|", number,
                         (int)(number % 5000), (int)(number / 256 % 256), (int)(number % 256), pad, "");
}

static LogRecord record_of(guint64 number, char *text) {
  return (LogRecord){
      {text, strlen(text)},
      (gint64)number * 10,
      number % 3 ? (gint64)number * 10 - 1500 : EVENT_NO_TIME,
      (guint32)(number % SOURCES)
  };
}

static void add(LogStore *store, guint64 from, guint64 to) {
  ScanError error = {0};
  for (guint64 i = from; i < to; i++) {
    g_autofree char *text = text_of(i);
    LogRecord record = record_of(i, text);
    g_assert_true(log_store_add(store, &record, &error));
    if (i % 1000 == 999)
      g_assert_true(log_store_sync(store, &error));
  }
  g_assert_true(log_store_sync(store, &error));
}

static LogStore *open_store(const char *folder) {
  ScanError error = {0};
  LogStore *store = log_store_open(folder, &error);
  g_assert_cmpstr(error.message, ==, "");
  g_assert_nonnull(store);
  return store;
}

static guint64 number_of(const LogRecord *record) {
  g_autofree char *text = g_strndup(record->bytes.bytes, record->bytes.size);
  return g_ascii_strtoull(text + (*text == '{' ? strlen("{\n  \"n\": ") : 0), NULL, 10);
}

/* Whether what is read is byte for byte what was added under its number. */
static void check_record(const LogRecord *record) {
  guint64 number = number_of(record);
  g_autofree char *text = text_of(number);
  LogRecord wanted = record_of(number, text);
  g_assert_cmpuint(record->bytes.size, ==, wanted.bytes.size);
  g_assert_true(memcmp(record->bytes.bytes, wanted.bytes.bytes, wanted.bytes.size) == 0);
  g_assert_cmpint(record->received_ms, ==, wanted.received_ms);
  g_assert_cmpint(record->time_ms, ==, wanted.time_ms);
  g_assert_cmpuint(record->source, ==, wanted.source);
}

/* How often each number below `count` is there. */
static guint8 *read_counts(const char *folder, const LogRange *range, guint64 count, LogProgress *out_progress) {
  ScanError error = {0};
  guint8 *counts = g_malloc0(count + 1);
  LogReader *reader = log_reader_new(folder, range, &error);
  g_assert_nonnull(reader);
  size_t records;
  for (const LogRecord *frame; (frame = log_reader_frame(reader, &records));)
    for (size_t i = 0; i < records; i++) {
      check_record(&frame[i]);
      guint64 number = number_of(&frame[i]);
      g_assert_cmpuint(number, <, count);
      counts[number]++;
    }
  if (out_progress)
    *out_progress = *log_reader_progress(reader);
  log_reader_free(reader);
  return counts;
}

static void check_all(const char *folder, guint64 count) {
  LogProgress progress;
  g_autofree guint8 *counts = read_counts(folder, &ALL, count, &progress);
  for (guint64 i = 0; i < count; i++)
    g_assert_cmpuint(counts[i], ==, 1);
  g_assert_cmpuint(progress.frames_damaged, ==, 0);
  g_assert_cmpuint(progress.raw_bytes, ==, progress.total_raw_bytes);
}

static void test_reads_back(void) {
  char *folder = new_folder();
  LogStore *store = open_store(folder);
  add(store, 0, 30000);
  check_all(folder, 30000);
  log_store_close(store);
  check_all(folder, 30000);
  store = open_store(folder);
  add(store, 30000, 60000);
  ScanError error = {0};
  g_assert_true(log_store_roll(store, &error));
  check_all(folder, 60000);
  add(store, 60000, 61000);
  check_all(folder, 61000);
  g_assert_cmpuint(log_store_state(store).damaged, ==, 0);
  log_store_close(store);
  remove_folder(folder);
}

static void test_one_writer(void) {
  char *folder = new_folder();
  LogStore *store = open_store(folder);
  ScanError error = {0};
  g_assert_null(log_store_open(folder, &error));
  g_assert_nonnull(strstr(error.message, "tiến trình khác"));
  log_store_close(store);
  remove_folder(folder);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/segment/reads-back", test_reads_back);
  g_test_add_func("/segment/one-writer", test_one_writer);
  return g_test_run();
}
