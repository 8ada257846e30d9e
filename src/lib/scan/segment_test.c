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

/* --- kill -9 --- */

static const char *program;

/* The child: adds without end in groups, rolls now and then, and tells how many are acknowledged. */
static int child_main(const char *folder, const char *first) {
  guint64 next = g_ascii_strtoull(first, NULL, 10), told;
  ScanError error = {0};
  LogStore *store = log_store_open(folder, &error);
  if (!store)
    return 2;
  for (guint64 group = 0;; group++) {
    for (guint64 end = next + 1 + group * 7919 % 3000; next < end; next++) {
      g_autofree char *text = text_of(next);
      LogRecord record = record_of(next, text);
      if (!log_store_add(store, &record, &error))
        return 3;
    }
    if (!log_store_sync(store, &error) || (group % 13 == 12 && !log_store_roll(store, &error)))
      return 4;
    told = next;
    if (write(STDOUT_FILENO, &told, sizeof told) != (gssize)sizeof told)
      return 5;
  }
}

/* How many the child had told when it was killed. */
static guint64 run_and_kill(const char *folder, guint64 first) {
  g_autofree char *number = g_strdup_printf("%" G_GUINT64_FORMAT, first);
  char *argv[] = {(char *)program, (char *)"--child", (char *)folder, number, NULL};
  g_autoptr(GError) error = NULL;
  GPid pid;
  int out;
  g_spawn_async_with_pipes(NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, NULL, &out, NULL, &error);
  g_assert_no_error(error);
  guint64 told = first;
  gint64 until = g_get_monotonic_time() + g_random_int_range(5000, 80000);
  while (read(out, &told, sizeof told) == (gssize)sizeof told)
    if (g_get_monotonic_time() >= until)
      kill(pid, SIGKILL);
  int status;
  waitpid(pid, &status, 0);
  g_assert_true(WIFSIGNALED(status));
  close(out);
  return told;
}

/* Each number below `told` once, and what stands above it at most once and without a gap. Returns how many there are.
 */
static guint64 check_after_kill(const char *folder, guint64 told) {
  guint64 most = told + 10000, end = told;
  g_autofree guint8 *counts = read_counts(folder, &ALL, most, NULL);
  for (guint64 i = 0; i < told; i++)
    if (counts[i] != 1)
      g_error("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " is there %u times", i, told, counts[i]);
  while (counts[end] == 1)
    end++;
  for (guint64 i = end; i < most; i++)
    g_assert_cmpuint(counts[i], ==, 0);
  return end;
}

static void test_kill(void) {
  char *folder = new_folder();
  guint64 count = 0;
  for (int i = 0; i < KILLS; i++)
    count = check_after_kill(folder, run_and_kill(folder, count));
  g_assert_cmpuint(count, >, 1000);
  LogStore *store = open_store(folder);
  g_assert_cmpuint(log_store_state(store).damaged, ==, 0);
  log_store_close(store);
  check_all(folder, count);
  remove_folder(folder);
}

/* --- torn writes: the folder as a crash could have left it --- */

static char *path_in(const char *folder, const char *name) {
  return g_build_filename(folder, name, NULL);
}

static void cut_file(const char *folder, const char *name, gint64 by) {
  g_autofree char *path = path_in(folder, name);
  GStatBuf status;
  g_assert_cmpint(g_stat(path, &status), ==, 0);
  g_assert_cmpint(truncate(path, status.st_size - by), ==, 0);
}

static void copy_file(const char *folder, const char *from, const char *to) {
  g_autofree char *source = path_in(folder, from), *target = path_in(folder, to), *bytes = NULL;
  gsize size;
  g_assert_true(g_file_get_contents(source, &bytes, &size, NULL));
  g_assert_true(g_file_set_contents(target, bytes, (gssize)size, NULL));
}

/* A frame was being written when the power went: the journal still has its records. */
static void test_torn_frame(void) {
  for (int cut = 1; cut < 40000; cut = cut * 3 + 1) {
    char *folder = new_folder();
    LogStore *store = open_store(folder);
    add(store, 0, 6000);
    copy_file(folder, "journal.0", "saved.0");
    copy_file(folder, "journal.1", "saved.1");
    add(store, 6000, 28000); /* makes the first frame and turns the journal */
    log_store_close(store);
    g_autofree char *one = path_in(folder, "saved.0"), *two = path_in(folder, "saved.1"),
                    *to_one = path_in(folder, "journal.0"), *to_two = path_in(folder, "journal.1");
    g_assert_cmpint(g_rename(one, to_one), ==, 0);
    g_assert_cmpint(g_rename(two, to_two), ==, 0);
    cut_file(folder, "0000000001.seg", cut);
    g_autofree guint8 *counts = read_counts(folder, &ALL, 28000, NULL);
    store = open_store(folder);
    log_store_close(store);
    g_autofree guint8 *again = read_counts(folder, &ALL, 28000, NULL);
    for (guint64 i = 0; i < 6000; i++) {
      g_assert_cmpuint(counts[i], ==, 1);
      g_assert_cmpuint(again[i], ==, 1);
    }
    remove_folder(folder);
  }
}

/* --- a full disk --- */

static void set_limit(rlim_t bytes) {
  struct rlimit limit;
  getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
  g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &limit), ==, 0);
}

/* Files cannot grow: what is refused is not there, what was acknowledged is; with room it goes on. */
static void test_full(void) {
  char *folder = new_folder();
  LogStore *store = open_store(folder);
  ScanError error = {0};
  guint64 next = 0, refused = 0;
  signal(SIGXFSZ, SIG_IGN);
  for (int round = 0; round < 60; round++) {
    guint64 first = next;
    set_limit(round % 20 < 10 ? 150000 + (rlim_t)round * 5000 : RLIM_INFINITY);
    bool good = true;
    for (; next < first + 800 && good; next++) {
      g_autofree char *text = text_of(next);
      LogRecord record = record_of(next, text);
      good = log_store_add(store, &record, &error);
    }
    good = log_store_sync(store, &error) && good;
    refused += !good;
    next = good ? next : first;
    g_assert_true(good || strstr(error.message, "cỡ tối đa"));
  }
  set_limit(RLIM_INFINITY);
  g_assert_cmpuint(refused, >, 3);
  g_assert_cmpuint(refused, <, 55);
  check_all(folder, next);
  log_store_close(store);
  check_all(folder, next);
  store = open_store(folder);
  g_assert_cmpuint(log_store_state(store).damaged, ==, 0);
  g_assert_true(log_store_roll(store, &error));
  check_all(folder, next);
  log_store_close(store);
  remove_folder(folder);
}

/* --- damage --- */

/* Reads all; every record that comes is right, and those of the frames that were not hit come. */
static guint64 count_right(const char *folder, guint64 count, LogProgress *progress) {
  g_autofree guint8 *counts = read_counts(folder, &ALL, count, progress);
  guint64 right = 0;
  for (guint64 i = 0; i < count; i++) {
    g_assert_cmpuint(counts[i], <=, 1);
    right += counts[i];
  }
  return right;
}

static void test_flipped_bits(void) {
  enum { COUNT = 60000 };
  static const char *const names[] = {"0000000001.seg", "0000000001.idx", "journal.0", "journal.1"};
  char *folder = new_folder();
  LogStore *store = open_store(folder);
  ScanError error = {0};
  LogProgress whole, progress;
  add(store, 0, 50000);
  g_assert_true(log_store_roll(store, &error));
  add(store, 50000, COUNT);
  log_store_close(store);
  g_assert_cmpuint(count_right(folder, COUNT, &whole), ==, COUNT);
  g_assert_cmpuint(whole.frames_read, >, 2);
  for (int round = 0; round < 150; round++) {
    g_autofree char *path = path_in(folder, names[round % 4]), *bytes = NULL;
    gsize size;
    g_assert_true(g_file_get_contents(path, &bytes, &size, NULL));
    if (!size)
      continue;
    g_autofree char *good = g_memdup2(bytes, size);
    gsize at = round < 40 ? size - 1 - (gsize)round * 7 % size : (gsize)g_test_rand_int_range(0, (gint32)size);
    bytes[at] = (char)(bytes[at] ^ 1 << g_test_rand_int_range(0, 8));
    g_assert_true(g_file_set_contents(path, bytes, (gssize)size, NULL));
    guint64 right = count_right(folder, COUNT, &progress);
    g_assert_cmpuint(right, >, 10000); /* one frame of a few is lost at most */
    if (round % 4 == 0 && right < COUNT)
      g_assert_cmpuint(progress.frames_damaged, >, 0);
    g_assert_true(g_file_set_contents(path, good, (gssize)size, NULL));
  }
  g_assert_cmpuint(count_right(folder, COUNT, &progress), ==, COUNT);
  remove_folder(folder);
}

/* Without its table, without its index: both are made again, or done without. */
static void test_lost_parts(void) {
  char *folder = new_folder();
  LogStore *store = open_store(folder);
  ScanError error = {0};
  add(store, 0, 20000);
  g_assert_true(log_store_roll(store, &error));
  add(store, 20000, 22000);
  log_store_close(store);
  g_autofree char *index = path_in(folder, "0000000001.idx"), *before = NULL, *after = NULL;
  gsize size, size_after;
  g_assert_true(g_file_get_contents(index, &before, &size, NULL));
  g_assert_cmpint(g_unlink(index), ==, 0);
  check_all(folder, 22000);
  store = open_store(folder);
  log_store_close(store);
  g_assert_true(g_file_get_contents(index, &after, &size_after, NULL));
  g_assert_cmpuint(size, ==, size_after);
  g_assert_true(memcmp(before, after, size) == 0);
  cut_file(folder, "0000000001.seg", 10);
  check_all(folder, 22000);
  store = open_store(folder);
  add(store, 22000, 23000);
  check_all(folder, 23000);
  log_store_close(store);
  remove_folder(folder);
}

/* --- reading while it is written --- */

static gpointer read_again_and_again(gpointer data) {
  const char *folder = data;
  guint64 last = 0;
  for (int i = 0; i < 15; i++) {
    LogRange range = ALL;
    range.newest_first = i & 1;
    guint64 most = 200000, count = 0;
    g_autofree guint8 *counts = read_counts(folder, &range, most, NULL);
    while (counts[count] == 1)
      count++;
    for (guint64 k = count; k < most; k++)
      g_assert_cmpuint(counts[k], ==, 0);
    g_assert_cmpuint(count, >=, last); /* what was there once stays */
    last = count;
  }
  return NULL;
}

static void test_two_readers(void) {
  char *folder = new_folder();
  LogStore *store = open_store(folder);
  ScanError error = {0};
  GThread *readers[2];
  for (int i = 0; i < 2; i++)
    readers[i] = g_thread_new("reader", read_again_and_again, folder);
  for (guint64 i = 0; i < 60; i++) {
    add(store, i * 1000, (i + 1) * 1000);
    if (i % 20 == 19)
      g_assert_true(log_store_roll(store, &error));
  }
  for (int i = 0; i < 2; i++)
    g_thread_join(readers[i]);
  check_all(folder, 60000);
  log_store_close(store);
  remove_folder(folder);
}

/* --- ranges, places, closing, expiry --- */

static void test_range(void) {
  char *folder = new_folder();
  LogStore *store = open_store(folder);
  ScanError error = {0};
  add(store, 0, 20000);
  g_assert_true(log_store_roll(store, &error));
  add(store, 20000, 30000);
  LogRange range = {
      .from_ms = 150000, .to_ms = 250009, .sources = (const uint32_t[]){3, 1},
               .source_count = 2
  };
  g_autofree guint8 *counts = read_counts(folder, &range, 30000, NULL);
  for (guint64 i = 0; i < 30000; i++)
    g_assert_cmpuint(counts[i], ==, i >= 15000 && i <= 25000 && (i % SOURCES == 3 || i % SOURCES == 1));
  log_store_close(store);
  remove_folder(folder);
}

/* Read in pieces by new readers, each from the place of the last: nothing twice, nothing missing, in either direction.
 */
static void test_resume(void) {
  char *folder = new_folder();
  LogStore *store = open_store(folder);
  ScanError error = {0};
  add(store, 0, 30000);
  g_assert_true(log_store_roll(store, &error));
  add(store, 30000, 50000);
  for (int newest = 0; newest < 2; newest++) {
    LogRange range = ALL;
    range.newest_first = newest;
    g_autofree guint8 *counts = g_malloc0(50000);
    char place[128] = "";
    guint readers = 0;
    for (bool more = true; more; readers++) {
      LogReader *reader = log_reader_new(folder, &range, &error);
      size_t count;
      g_assert_true(!*place || log_reader_resume(reader, place));
      const LogRecord *records = log_reader_frame(reader, &count);
      for (size_t i = 0; i < count; i++)
        counts[number_of(&records[i])]++;
      log_reader_place(reader, place);
      log_reader_free(reader);
      more = records != NULL;
      if (readers == 1)
        g_assert_true(log_store_roll(store, &error)); /* what was in the journal has moved */
    }
    g_assert_cmpuint(readers, >, 3);
    for (guint64 i = 0; i < 50000; i++)
      g_assert_cmpuint(counts[i], ==, 1);
  }
  LogReader *reader = log_reader_new(folder, &ALL, &error);
  static const char *const wrong[] = {"", "from:", "before:1", "from:x", "from:1x"};
  for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++)
    g_assert_false(log_reader_resume(reader, wrong[i]));
  log_reader_free(reader);
  log_store_close(store);
  remove_folder(folder);
}

typedef struct {
  guint count;
  char sha256[65];
  guint64 records;
  gint64 hold_until;
} Closed;

static void note_closed(void *context, const SegmentInfo *info) {
  Closed *closed = context;
  closed->count++;
  closed->records += info->records;
  g_strlcpy(closed->sha256, info->sha256, sizeof closed->sha256);
  g_autofree char *bytes = NULL;
  gsize size;
  g_assert_true(g_file_get_contents(info->path, &bytes, &size, NULL));
  g_autofree char *sha256 = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)bytes, size);
  g_assert_cmpstr(info->sha256, ==, sha256);
}

static bool held(void *context, const SegmentInfo *info) {
  return info->last_ms < ((Closed *)context)->hold_until;
}

static void test_close_and_expire(void) {
  char *folder = new_folder();
  LogStore *store = open_store(folder);
  ScanError error = {0};
  Closed closed = {0};
  log_store_on_close(store, note_closed, &closed);
  for (guint64 i = 0; i < 4; i++) {
    add(store, i * 5000, (i + 1) * 5000);
    g_assert_true(log_store_roll(store, &error));
  }
  g_assert_cmpuint(closed.count, ==, 4);
  g_assert_cmpuint(closed.records, ==, 20000);
  closed.hold_until = 50000;
  g_assert_cmpuint(log_store_expire(store, 150000, held, &closed), ==, 2);
  g_autofree guint8 *counts = read_counts(folder, &ALL, 20000, NULL);
  for (guint64 i = 0; i < 20000; i++)
    g_assert_cmpuint(counts[i], ==, i < 5000 || i >= 15000);
  g_assert_cmpuint(log_store_expire(store, INT64_MAX, NULL, NULL), ==, 2);
  log_store_close(store);
  store = open_store(folder); /* numbers go on though nothing is left */
  add(store, 20000, 20100);
  LogReader *reader = log_reader_new(folder, &ALL, &error);
  size_t count;
  char place[128];
  g_assert_nonnull(log_reader_frame(reader, &count));
  log_reader_place(reader, place);
  g_assert_cmpstr(place, ==, "from:20100");
  log_reader_free(reader);
  log_store_close(store);
  remove_folder(folder);
}

static void test_refused(void) {
  char *folder = new_folder();
  LogStore *store = open_store(folder);
  ScanError error = {0};
  g_autofree char *large = g_malloc(LOG_RECORD_MAX + 1);
  memset(large, '\n', LOG_RECORD_MAX + 1);
  LogRecord record = {
      {large, LOG_RECORD_MAX + 1},
      INT64_MIN, INT64_MAX, UINT32_MAX
  };
  g_assert_false(log_store_add(store, &record, &error));
  record.bytes.size = 0;
  g_assert_false(log_store_add(store, &record, &error));
  record.bytes.size = LOG_RECORD_MAX;
  g_assert_true(log_store_add(store, &record, &error));
  LogRecord least = {
      {"x", 1},
      INT64_MAX, INT64_MIN + 1, 0
  };
  g_assert_true(log_store_add(store, &least, &error));
  g_assert_true(log_store_roll(store, &error));
  LogReader *reader = log_reader_new(folder, &ALL, &error);
  size_t count;
  const LogRecord *read = log_reader_frame(reader, &count);
  g_assert_cmpuint(count, ==, 2);
  g_assert_cmpuint(read->bytes.size, ==, LOG_RECORD_MAX);
  g_assert_true(read->received_ms == INT64_MIN && read->time_ms == INT64_MAX && read->source == UINT32_MAX);
  read++;
  g_assert_true(read->received_ms == INT64_MAX && read->time_ms == INT64_MIN + 1 && *read->bytes.bytes == 'x');
  log_reader_free(reader);
  size_t added = 0;
  record.bytes.size = 100000;
  while (log_store_add(store, &record, &error))
    added++;
  g_assert_cmpuint(added, ==, LOG_PENDING_MAX / 100001);
  g_assert_true(log_store_sync(store, &error));
  g_assert_true(log_store_add(store, &record, &error));
  log_store_close(store);
  remove_folder(folder);
}

int main(int argc, char **argv) {
  program = argv[0];
  if (argc == 4 && strcmp(argv[1], "--child") == 0)
    return child_main(argv[2], argv[3]);
  g_test_init(&argc, &argv, NULL);
  static const struct {
    const char *name;
    void (*run)(void);
  } tests[] = {
      {"reads-back",       test_reads_back      },
      {"one-writer",       test_one_writer      },
      {"kill",             test_kill            },
      {"torn-frame",       test_torn_frame      },
      {"full",             test_full            },
      {"flipped-bits",     test_flipped_bits    },
      {"lost-parts",       test_lost_parts      },
      {"two-readers",      test_two_readers     },
      {"range",            test_range           },
      {"resume",           test_resume          },
      {"close-and-expire", test_close_and_expire},
      {"refused",          test_refused         }
  };
  for (gsize i = 0; i < G_N_ELEMENTS(tests); i++) {
    g_autofree char *path = g_strconcat("/segment/", tests[i].name, NULL);
    g_test_add_func(path, tests[i].run);
  }
  return g_test_run();
}
