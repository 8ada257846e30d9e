/* Sigma rules over JSON lines as a part of the scanner alone:   bench_sigma FOLDER-OF-RULES LOGSOURCE.yaml FIELDS.yaml EVENTS.jsonl [LIST]
 * Prints the time to load all rules, the memory they take, what the process takes with the indicators of LIST and a matcher beside them, and for 100 rules to all the rate without and with a cache of values as a part of
 * decoding only; every way must find the same matches. Best of 5. Pin it: taskset -c 1. */
#include "lib/scan/decode.h"
#include "lib/scan/indicator.h"
#include "lib/scan/match.h"
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TIMES = 5, CACHE_ENTRIES = 32768, FILES_MAX = 20000 };

static char *paths[FILES_MAX];
static size_t path_count;

static double cpu_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static Span read_all(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file || fseek(file, 0, SEEK_END) != 0) {
    perror(path);
    exit(1);
  }
  size_t size = (size_t)ftell(file);
  char *bytes = malloc(size + 64);
  rewind(file);
  if (!bytes || fread(bytes, 1, size, file) != size)
    exit(1);
  fclose(file);
  return (Span){bytes, size};
}

static int on_file(const char *path, const struct stat *info, int type, struct FTW *place) {
  (void)info, (void)place;
  const char *end = strrchr(path, '.');
  if (type == FTW_F && end && strcmp(end, ".yml") == 0 && path_count < FILES_MAX)
    paths[path_count++] = strdup(path);
  return 0;
}

static int by_name(const void *left, const void *right) {
  return strcmp(*(char *const *)left, *(char *const *)right);
}

static long resident_kb(void) {
  long kb = 0;
  char line[200];
  FILE *file = fopen("/proc/self/status", "r");
  while (file && fgets(line, sizeof line, file))
    if (sscanf(line, "VmRSS: %ld", &kb) == 1)
      break;
  if (file)
    fclose(file);
  return kb;
}

/* Every nth file, so that some have all kinds. */
static RuleSet *load(size_t wanted) {
  RuleSet *set = rule_set_new(NULL);
  for (size_t i = 0; i < path_count; i++) {
    if (i * wanted / path_count == (i + 1) * wanted / path_count)
      continue;
    Span yaml = read_all(paths[i]);
    rule_set_add(set, paths[i], yaml);
    free((char *)yaml.bytes);
  }
  rule_set_finish(set);
  return set;
}

typedef struct {
  size_t events, matches;
  uint64_t sum; /* of event × rule, so that equal counts of other matches are seen */
  double seconds;
} Result;

static Result run_once(const RuleSet *set, const Route *route, Span events, const MatcherOptions *options) {
  Result result = {0};
  FieldTable *table = field_table_new();
  Decoder *decoder = decoder_new(table, &(DecoderOptions){.format = FORMAT_JSON});
  Matcher *matcher = set ? matcher_new(set, route, table, options) : NULL;
  double begin = cpu_seconds();
  size_t used;
  Event event;
  for (; decoder_next(decoder, events, true, &used, &event); result.events++) {
    const uint32_t *rules;
    size_t count = matcher ? matcher_match(matcher, &event, &rules) : 0;
    for (size_t i = 0; i < count; i++)
      result.sum += (uint64_t)(result.events + 1) * 1000003u + rules[i];
    result.matches += count;
    events = (Span){events.bytes + used, events.size - used};
  }
  result.seconds = cpu_seconds() - begin;
  matcher_free(matcher);
  decoder_free(decoder);
  field_table_free(table);
  return result;
}

static Result best_of(const RuleSet *set, const Route *route, Span events, const MatcherOptions *options) {
  Result best = run_once(set, route, events, options);
  for (int i = 1; i < TIMES; i++) {
    Result next = run_once(set, route, events, options);
    best.seconds = next.seconds < best.seconds ? next.seconds : best.seconds;
  }
  return best;
}

static void compare(size_t files, const Route *route, Span events) {
  RuleSet *set = load(files);
  Result decode = best_of(NULL, NULL, events, NULL);
  Result plain = best_of(set, route, events, &(MatcherOptions){.plain = true});
  Result without = best_of(set, route, events, &(MatcherOptions){0});
  Result with = best_of(set, route, events, &(MatcherOptions){.cache_entries = CACHE_ENTRIES});
  if (plain.sum != without.sum || with.sum != without.sum) {
    fprintf(stderr, "the ways differ: %zu, %zu, %zu matches\n", plain.matches, without.matches, with.matches);
    exit(1);
  }
  printf("%5zu rules: %zu events, %zu matches; decode %.0f/s; match %.0f/s = %.3f; with cache %.0f/s = %.3f; plain C %.3f\n",
         rule_set_count(set), decode.events, without.matches, (double)decode.events / decode.seconds,
         (double)decode.events / without.seconds, decode.seconds / without.seconds, (double)decode.events / with.seconds,
         decode.seconds / with.seconds, decode.seconds / plain.seconds);
  rule_set_free(set);
}

/* Of the whole process, with what a collector holds: rules, indicators and a matcher with its cache. */
static void print_memory(const RuleSet *set, const Route *route, const char *path) {
  IndicatorSet *indicators = indicator_set_new();
  Span list = read_all(path);
  indicator_set_add(indicators, path, list, LIST_AUTO, NULL, NULL);
  free((char *)list.bytes);
  indicator_set_finish(indicators);
  FieldTable *table = field_table_new();
  Matcher *matcher = matcher_new(set, route, table, &(MatcherOptions){.cache_entries = CACHE_ENTRIES});
  printf("resident: %.1f MB with %zu rules and %zu indicators\n", (double)resident_kb() / 1024, rule_set_count(set),
         indicator_set_count(indicators));
  matcher_free(matcher);
  field_table_free(table);
  indicator_set_free(indicators);
}

int main(int argc, char **argv) {
  if (argc < 5 || argc > 6 || nftw(argv[1], on_file, 16, 0) != 0) {
    fputs("bench_sigma FOLDER-OF-RULES LOGSOURCE.yaml FIELDS.yaml EVENTS.jsonl [LIST]\n", stderr);
    return 2;
  }
  qsort(paths, path_count, sizeof *paths, by_name);
  ScanError error;
  Route *route = route_new(read_all(argv[2]), read_all(argv[3]), &error);
  if (!route) {
    fprintf(stderr, "%s\n", error.message);
    return 1;
  }
  long before_kb = resident_kb();
  double begin = cpu_seconds();
  RuleSet *all = load(path_count);
  printf("load: %zu rules, %zu faults in %.3f s; %.1f MB resident\n", rule_set_count(all), rule_set_fault_count(all),
         cpu_seconds() - begin, (double)(resident_kb() - before_kb) / 1024);
  if (argc > 5)
    print_memory(all, route, argv[5]);
  rule_set_free(all);
  Span events = read_all(argv[4]);
  static const size_t steps[] = {100, 500, 1000};
  for (size_t i = 0; i < sizeof steps / sizeof *steps && steps[i] < path_count; i++)
    compare(steps[i], route, events);
  compare(path_count, route, events);
  route_free(route);
  return 0;
}
