/* The log store and the hunt beside zstd and ripgrep, on one core:   hunt LOG LIST MORE [SCRATCH]
 *
 * LOG is a file of lines, LIST 100,000 indicators, MORE a million (bench/hunt_corpus.py makes them). The log is stored
 * twice: in segments of ours, and as one zstd -3 file for the size. Times are of the thread, best of five; ripgrep's
 * are user and system. "zstd" decodes the same frames, already in memory, into one buffer. Prints one JSON object. */
#include "lib/scan/hunt.h"
#include "lib/scan/segment_file.h"
#include "lib/scan/token_cut.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zstd.h>

enum { TIMES = 5, DAYS = 365 };

static char scratch[1024];
static Span log_bytes;

static void fail(const char *what) {
  fprintf(stderr, "hunt: %s\n", what);
  exit(1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static Span load(const char *path) {
  ByteBuffer bytes = {0};
  if (!file_load(AT_FDCWD, path, (size_t)4 << 30, &bytes))
    fail(path);
  return (Span){(const char *)bytes.bytes, bytes.size};
}

typedef void (*Job)(void *context);

static double best(Job job, void *context) {
  double least = 1e9;
  for (int i = 0; i < TIMES; i++) {
    double start = now();
    job(context);
    double took = now() - start;
    least = took < least ? took : least;
  }
  return least;
}

/* --- the store --- */

static void fill(const char *folder, Span plant) {
  ScanError error = {0};
  LogStore *store = log_store_open(folder, &error);
  if (!store)
    fail(error.message);
  int64_t clock = 1795200000000;
  uint64_t lines = 0;
  for (const char *at = log_bytes.bytes, *end = at + log_bytes.size; at < end; lines++) {
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    LogRecord record = {
        {at, (size_t)(stop - at)},
        clock, clock / 1000 * 1000, (uint32_t)(lines / 1000 % 4)
    };
    if (record.bytes.size && !log_store_add(store, &record, &error))
      fail(error.message);
    at = stop + 1;
    clock += lines % 20 == 19 ? 1000 : 0;
    if (lines % 4000 == 3999 && !log_store_sync(store, &error))
      fail(error.message);
  }
  LogRecord last = {plant, clock, EVENT_NO_TIME, 0};
  if ((plant.size && !log_store_add(store, &last, &error)) || !log_store_roll(store, &error))
    fail(error.message);
  log_store_close(store);
}

/* The same segment again under other numbers: a day each. */
static void copy_segment(int from_folder, uint64_t from, int to_folder, uint64_t first, uint64_t last) {
  SegmentMap map;
  SegmentContent *content = segment_content_new();
  int fd = openat(from_folder, segment_name(from, "seg").text, O_RDONLY);
  if (fd < 0 || !segment_map_load(fd, from, &map))
    fail("segment");
  size_t size = (size_t)map.end - SEGMENT_HEAD_BYTES;
  char *bytes = scan_new(size, 1);
  file_read_at(fd, bytes, size, SEGMENT_HEAD_BYTES);
  segment_content_load(content, fd, &map);
  for (uint64_t number = first; number <= last; number++) {
    int out;
    SegmentIndex index = {.number = number,
                          .records = map.records,
                          .raw_bytes = map.raw_bytes,
                          .first_sequence = map.first_sequence,
                          .next_sequence = map.next_sequence,
                          .first_ms = map.first_ms,
                          .last_ms = map.last_ms};
    map.number = number;
    if (!segment_create(to_folder, number, map.first_sequence, &out) ||
        !file_write_at(out, bytes, size, SEGMENT_HEAD_BYTES) || !segment_finish(out, &map))
      fail("copy");
    index.segment_bytes = (uint64_t)file_size(out);
    segment_index_write(to_folder, &index, content);
    close(out);
  }
  free(bytes);
  segment_content_free(content);
  segment_map_clear(&map);
  close(fd);
}

/* --- zstd alone --- */

typedef struct {
  Span *frames;
  size_t *sizes, count, raw;
  ZSTD_DCtx *zstd;
  char *out;
} Frames;

static Frames load_frames(const char *folder, size_t most) {
  Frames frames = {.zstd = ZSTD_createDCtx(), .out = malloc(FRAME_TEXT_MAX)};
  int fd = open(folder, O_RDONLY | O_DIRECTORY);
  size_t count;
  uint64_t *numbers = segment_list(fd, &count);
  for (size_t i = 0; i < count && i < most; i++) {
    SegmentMap map;
    int file = openat(fd, segment_name(numbers[i], "seg").text, O_RDONLY);
    segment_map_load(file, numbers[i], &map);
    for (size_t k = 0; k < map.count; k++) {
      const FrameHead *head = &map.frames[k].head;
      char *bytes = scan_new(head->text_stored, 1);
      file_read_at(file, bytes, head->text_stored, map.frames[k].at + FRAME_HEAD_BYTES + head->columns_stored);
      frames.frames = scan_grow(frames.frames, frames.count + 1, sizeof *frames.frames);
      frames.sizes = scan_grow(frames.sizes, frames.count + 1, sizeof *frames.sizes);
      frames.frames[frames.count] = (Span){bytes, head->text_stored};
      frames.sizes[frames.count++] = head->raw_size;
      frames.raw += head->raw_size;
    }
    segment_map_clear(&map);
    close(file);
  }
  free(numbers);
  close(fd);
  return frames;
}

static void decode_frames(void *context) {
  Frames *frames = context;
  for (size_t i = 0; i < frames->count; i++)
    if (ZSTD_decompressDCtx(frames->zstd, frames->out, FRAME_TEXT_MAX, frames->frames[i].bytes,
                            frames->frames[i].size) != frames->sizes[i])
      fail("zstd");
}

/* --- hunts --- */

typedef struct {
  Hunt hunt;
  uint64_t hits, frames;
} Run;

static void count_hit(void *context, const HuntHit *hit) {
  (void)hit;
  ((Run *)context)->hits++;
}

static bool note_progress(void *context, const LogProgress *progress, const char *place) {
  (void)place;
  ((Run *)context)->frames = progress->frames_read;
  return true;
}

static void hunt_once(void *context) {
  Run *run = context;
  ScanError error = {0};
  run->hits = 0;
  if (!hunt_run(&run->hunt, &error))
    fail(error.message);
}

static Run run_of(const char *folder) {
  return (Run){
      .hunt = {.folder = folder,
               .range = {.from_ms = INT64_MIN, .to_ms = INT64_MAX},
               .on_hit = count_hit,
               .on_progress = note_progress}
  };
}

static double hunt_time(Run *run) {
  run->hunt.context = run;
  return best(hunt_once, run);
}

typedef struct {
  Span list;
  size_t lines;
  IndicatorSet *set;
} Loading;

static void load_set(void *context) {
  Loading *loading = context;
  indicator_set_free(loading->set);
  loading->set = indicator_set_new();
  indicator_set_add(loading->set, "list", loading->list, LIST_PLAIN, NULL, NULL);
  indicator_set_finish(loading->set);
}

static Span first_lines(Span text, size_t lines) {
  const char *at = text.bytes, *end = at + text.size;
  for (; lines && at < end; lines--)
    at = (const char *)memchr(at, '\n', (size_t)(end - at)) + 1;
  return (Span){text.bytes, (size_t)(at - text.bytes)};
}

/* User and system time of ripgrep over the uncompressed log. */
static double rg_time(const char *list, const char *log) {
  char command[2200];
  struct rusage before, after;
  snprintf(command, sizeof command, "LC_ALL=C rg --no-mmap -j1 -a -c -F -f %s %s >/dev/null", list, log);
  getrusage(RUSAGE_CHILDREN, &before);
  int status = system(command);
  if (status < 0 || (WIFEXITED(status) && WEXITSTATUS(status) > 1))
    return 0;
  getrusage(RUSAGE_CHILDREN, &after);
  return (double)(after.ru_utime.tv_sec - before.ru_utime.tv_sec + after.ru_stime.tv_sec - before.ru_stime.tv_sec) +
         (double)(after.ru_utime.tv_usec - before.ru_utime.tv_usec + after.ru_stime.tv_usec - before.ru_stime.tv_usec) /
             1e6;
}

static void print(const char *name, double value) {
  printf("  \"%s\": %.6g,\n", name, value);
  fflush(stdout);
}

/* --- what is measured --- */

static void measure_space(const char *folder) {
  uint64_t stored = 0, index = 0, raw = 0;
  size_t count;
  int fd = open(folder, O_RDONLY | O_DIRECTORY);
  uint64_t *numbers = segment_list(fd, &count);
  ByteBuffer buffer = {0};
  for (size_t i = 0; i < count; i++) {
    SegmentIndex of;
    if (!segment_index_peek(fd, numbers[i], &buffer, &of))
      fail("index");
    stored += of.segment_bytes;
    index += of.index_bytes;
    raw += of.raw_bytes;
    if (i == 0)
      print("hashes_first_segment", of.hash_count);
  }
  size_t room = ZSTD_compressBound(log_bytes.size);
  char *whole = malloc(room);
  size_t size = ZSTD_compress(whole, room, log_bytes.bytes, log_bytes.size, 3);
  free(whole);
  print("raw_mb", (double)raw / 1e6);
  print("index_percent_of_raw", 100.0 * (double)index / (double)raw);
  print("stored_over_whole_zstd3", (double)stored / (double)size);
  print("whole_zstd3_ratio", (double)log_bytes.size / (double)size);
  free(numbers);
  free(buffer.bytes);
  close(fd);
}

static Span all_cut; /* sums up what was cut, so that nothing is left out */

static void cut_hash(void *context, uint64_t hash) {
  *(uint64_t *)context ^= hash;
}

static void cut_all(void *context) {
  token_cut_index(all_cut, cut_hash, context);
}

static void measure_growth(const char *folder, Span more, double zstd) {
  static const size_t sizes[] = {1000, 10000, 100000, 1000000};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    Loading loading = {.list = first_lines(more, sizes[i])};
    Run run = run_of(folder);
    char name[64];
    load_set(&loading);
    run.hunt.indicators = loading.set;
    double took = hunt_time(&run);
    snprintf(name, sizeof name, "hunt_%zu_over_zstd", sizes[i]);
    print(name, took / zstd);
    indicator_set_free(loading.set);
  }
}

/* `days` segments, a hit in one: beside zstd over all of them. */
static void measure_days(const char *source, int days, const IndicatorSet *set, double zstd_segment) {
  char folder[1200], name[64], command[1300];
  snprintf(folder, sizeof folder, "%s/days-%d", scratch, days);
  mkdir(folder, 0755);
  int from = open(source, O_RDONLY | O_DIRECTORY), to = open(folder, O_RDONLY | O_DIRECTORY);
  size_t count;
  uint64_t *numbers = segment_list(from, &count);
  copy_segment(from, numbers[0], to, 1, (uint64_t)days - 1);
  copy_segment(from, numbers[count - 1], to, (uint64_t)days, (uint64_t)days);
  Run run = run_of(folder);
  run.hunt.indicators = set;
  double took = hunt_time(&run);
  snprintf(name, sizeof name, "days_%d_ms", days);
  print(name, took * 1000);
  snprintf(name, sizeof name, "days_%d_faster_than_zstd", days);
  print(name, zstd_segment * days / took);
  snprintf(name, sizeof name, "days_%d_frames", days);
  print(name, (double)run.frames);
  snprintf(name, sizeof name, "days_%d_hits", days);
  print(name, (double)run.hits);
  free(numbers);
  close(from);
  close(to);
  snprintf(command, sizeof command, "rm -r '%s'", folder);
  if (system(command) != 0)
    fail("rm");
}

static double first_segment_time(const char *folder) {
  Frames frames = load_frames(folder, 1);
  return best(decode_frames, &frames);
}

static void measure_text(const char *folder, double zstd) {
  static const char *const words[] = {"khongcotunao", "tấn công", "failed password", "powershell", "error"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    Run run = run_of(folder);
    char name[64];
    run.hunt.text = words[i];
    run.hunt.range.newest_first = true;
    double took = hunt_time(&run);
    snprintf(name, sizeof name, "text_%s_of_zstd_speed", words[i]);
    print(name, zstd / took);
    snprintf(name, sizeof name, "text_%s_hits", words[i]);
    print(name, (double)run.hits);
  }
}

int main(int argc, char **argv) {
  if (argc < 4)
    fail("hunt LOG LIST MORE [SCRATCH]");
  snprintf(scratch, sizeof scratch, "%s/ungcuu-bench-XXXXXX", argc > 4 ? argv[4] : "/tmp");
  if (!mkdtemp(scratch))
    fail(scratch);
  char folder[1100], command[1200];
  snprintf(folder, sizeof folder, "%s/logs", scratch);
  log_bytes = load(argv[1]);
  Span list = load(argv[2]), more = load(argv[3]);
  static const char planted[] = "x planted.bench.example y";
  double start = now();
  fill(folder, (Span){planted, sizeof planted - 1});
  printf("{\n");
  print("store_mb_s", (double)log_bytes.size / 1e6 / (now() - start));
  measure_space(folder);
  Frames frames = load_frames(folder, SIZE_MAX);
  double zstd = best(decode_frames, &frames);
  print("zstd_gb_s", (double)frames.raw / 1e9 / zstd);
  uint64_t sum = 0;
  all_cut = log_bytes;
  print("cut_gb_s", (double)log_bytes.size / 1e9 / best(cut_all, &sum));
  Loading loading = {.list = list};
  print("load_100k_s", best(load_set, &loading));
  print("indicators", (double)indicator_set_count(loading.set));
  Run run = run_of(folder);
  run.hunt.indicators = loading.set;
  double ours = hunt_time(&run);
  print("hunt_100k_over_zstd", ours / zstd);
  print("hunt_100k_hits", (double)run.hits);
  print("hunt_100k_frames_of", (double)run.frames / (double)frames.count);
  double rg = rg_time(argv[2], argv[1]);
  print("rg_s", rg);
  snprintf(command, sizeof command, "rg --no-mmap -a -c -F bench.example %s >&2", argv[1]); /* as many lines as hits */
  if (system(command) != 0)
    fail("rg");
  print("hunt_100k_faster_than_rg", rg / ours);
  measure_growth(folder, more, zstd);
  measure_text(folder, zstd);
  IndicatorSet *one = indicator_set_new();
  for (size_t i = 0; i < 100000; i++) {
    char value[64];
    snprintf(value, sizeof value, i ? "nowhere-%zu.example" : "planted.bench.example", i);
    indicator_set_add(one, "one", (Span){value, strlen(value)}, LIST_PLAIN, NULL, NULL);
  }
  indicator_set_finish(one);
  double segment = first_segment_time(folder);
  static const int days[] = {1, 30, 120, DAYS};
  for (size_t i = 0; i < sizeof days / sizeof *days; i++)
    measure_days(folder, days[i], one, segment);
  printf("  \"end\": true\n}\n");
  snprintf(command, sizeof command, "rm -r '%s'", scratch);
  return system(command) != 0;
}
