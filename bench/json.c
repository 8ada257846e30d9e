/* The JSON scanner beside yajl on the same lines, both counting keys and values:   bench_json FILE.jsonl
 * Prints MB/s of each and the ratio; both must find the same. Pin it: taskset -c 1. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <yajl/yajl_parse.h>
#include "lib/scan/json.h"

typedef struct {
  size_t events, values, refused, bytes;
  double seconds;
} Result;

static double cpu_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int on_value(void *context) {
  ((Result *)context)->values++;
  return 1;
}

static int on_boolean(void *context, int value) {
  (void)value;
  return on_value(context);
}

static int on_text(void *context, const char *text, size_t size) {
  ((Result *)context)->bytes += text[0] != 0 && size;
  return on_value(context);
}

static int on_string(void *context, const unsigned char *text, size_t size) {
  ((Result *)context)->bytes += text[0] != 0 && size;
  return on_value(context);
}

static int on_key(void *context, const unsigned char *text, size_t size) {
  ((Result *)context)->bytes += text[0] != 0 && size;
  return 1;
}

static Result run_yajl(const char *bytes, size_t size) {
  static const yajl_callbacks callbacks = {.yajl_null = on_value,
                                           .yajl_boolean = on_boolean,
                                           .yajl_number = on_text,
                                           .yajl_string = on_string,
                                           .yajl_map_key = on_key};
  Result result = {0};
  double begin = cpu_seconds();
  for (const char *at = bytes, *end = bytes + size, *line_end; at < end; at = line_end + 1) {
    if (!(line_end = memchr(at, '\n', (size_t)(end - at))))
      line_end = end;
    yajl_handle handle = yajl_alloc(&callbacks, NULL, &result);
    size_t before = result.values;
    if (yajl_parse(handle, (const unsigned char *)at, (size_t)(line_end - at)) == yajl_status_ok &&
        yajl_complete_parse(handle) == yajl_status_ok)
      result.events++;
    else {
      result.refused++;
      result.values = before;
    }
    yajl_free(handle);
  }
  result.seconds = cpu_seconds() - begin;
  return result;
}

static Result run_own(const char *bytes, size_t size, JsonWay way) {
  static EventField fields[EVENT_FIELDS_MAX];
  Result result = {0};
  FieldTable *table = field_table_new();
  JsonScanner *scanner = json_scanner_new(table, way);
  double begin = cpu_seconds();
  for (const char *at = bytes, *end = bytes + size; scanner && at < end;) {
    Event event = {.fields = fields};
    size_t used;
    if (json_scan(scanner, (Span){at, (size_t)(end - at)}, &event, &used) == JSON_WHOLE) {
      result.events++;
      result.values += event.count;
    } else {
      result.refused++;
      const char *line_end = memchr(at, '\n', (size_t)(end - at));
      used = (size_t)((line_end ? line_end : end) - at);
    }
    for (at += used; at < end && (*at == '\n' || *at == '\r'); at++)
      ;
  }
  result.seconds = cpu_seconds() - begin;
  json_scanner_free(scanner);
  field_table_free(table);
  return result;
}

static char *file_read(const char *path, size_t *out_size) {
  FILE *file = fopen(path, "rb");
  struct stat info;
  if (!file || fstat(fileno(file), &info))
    return NULL;
  char *bytes = malloc((size_t)info.st_size + 1);
  *out_size = bytes ? fread(bytes, 1, (size_t)info.st_size, file) : 0;
  fclose(file);
  return bytes;
}

int main(int argc, char **argv) {
  size_t size = 0;
  char *bytes = argc > 1 ? file_read(argv[1], &size) : NULL;
  if (!bytes)
    return fprintf(stderr, "bench_json FILE.jsonl\n"), 1;
  static const struct {
    const char *name;
    JsonWay way;
  } ways[] = {{"AVX2", JSON_AVX2}, {"SSE2", JSON_SSE2}, {"plain C", JSON_PLAIN}};
  Result peer = run_yajl(bytes, size);
  for (int i = 0; i < 2; i++) {
    Result again = run_yajl(bytes, size);
    peer.seconds = again.seconds < peer.seconds ? again.seconds : peer.seconds;
  }
  printf("%-8s %8zu events %9zu values %3zu refused %7.0f MB/s\n", "yajl", peer.events, peer.values, peer.refused,
         (double)size / 1e6 / peer.seconds);
  for (size_t i = 0; i < 3; i++) {
    Result best = run_own(bytes, size, ways[i].way);
    if (!best.events)
      continue;
    for (int j = 0; j < 4; j++) {
      Result again = run_own(bytes, size, ways[i].way);
      best.seconds = again.seconds < best.seconds ? again.seconds : best.seconds;
    }
    printf("%-8s %8zu events %9zu values %3zu refused %7.0f MB/s = %.1f x yajl%s\n", ways[i].name, best.events,
           best.values, best.refused, (double)size / 1e6 / best.seconds, peer.seconds / best.seconds,
           best.events == peer.events && best.values == peer.values ? "" : "  NOT THE SAME");
  }
  free(bytes);
  return 0;
}
