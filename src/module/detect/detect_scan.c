#include "module/detect/detect_scan.h"
#include "base/error.h"
#include "lib/sandbox/sandbox.h"
#include "lib/scan/correlate.h"
#include "lib/scan/decode.h"
#include "lib/scan/indicator.h"
#include "lib/scan/utf8.h"
#include "module/detect/detect_files.h"
#include "module/detect/detect_match_out.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK_BYTES = 4 << 20, BUFFER_BYTES_MAX = 256 << 20, FIELDS_SHOWN = 32, CACHE_ENTRIES = 32768, PLACE_SHIFT = 40 };
#define LINE_MASK ((G_GUINT64_CONSTANT(1) << PLACE_SHIFT) - 1)
static const gsize correlate_bytes = 256 << 20;
static const int viet_nam_minutes = 7 * 60;

typedef struct {
  GPtrArray *rules, *indicators, *files;
  const char *placeholders, *level;
  LogFormat format;
  gboolean json, stats, no_simd, help;
} Options;

typedef struct {
  const Options *options;
  RuleSet *set;
  PatternSet *patterns;
  IndicatorSet *indicators; /* NULL: none */
  FieldTable *table;
  Decoder *decoder;
  Matcher *matcher;
  Correlator *correlator;
  const char *file;
  guint64 file_index, matches, bytes;
  gint64 now_ms;
  GString *out;
} Scan;

static const struct {
  const char *name;
  LogFormat format;
} FORMATS[] = {
    {"auto", FORMAT_AUTO}, {"json", FORMAT_JSON},     {"syslog", FORMAT_SYSLOG}, {"cef", FORMAT_CEF},
    {"access", FORMAT_ACCESS}, {"auditd", FORMAT_AUDITD}, {"text", FORMAT_TEXT},
};

static const RuleLevel LEVELS[] = {LEVEL_INFORMATIONAL, LEVEL_LOW, LEVEL_MEDIUM, LEVEL_HIGH, LEVEL_CRITICAL};

static void print_help(void) {
  puts("Dò tệp nhật ký bằng luật Sigma, không cần kho dữ liệu. Mỗi lần khớp in một dòng.\n\n"
       "Ví dụ:\n"
       "  ungcuu scan --rules luat/ --json security.jsonl > khop.jsonl\n"
       "  zcat nhatky.gz | ungcuu scan --rules luat/ --level high -\n\n"
       "Cách dùng: ungcuu scan --rules ĐƯỜNG-DẪN… [lựa chọn] TỆP…      (- là đầu vào chuẩn)\n\n"
       "  --rules ĐƯỜNG-DẪN…   tệp .yml, .yaml hoặc thư mục luật; lựa chọn khác hoặc -- kết thúc danh sách\n"
       "  --indicators TỆP     dấu hiệu (địa chỉ, tên miền, mã băm…) từ danh sách, CSV, MISP hoặc STIX; dùng được nhiều lần\n"
       "  --level MỨC          chỉ luật từ mức này: informational, low, medium, high, critical\n"
       "  --placeholders TỆP   giá trị của các biến %tên% trong luật (YAML: tên: [giá trị])\n"
       "  --format KIỂU        auto, json, syslog, cef, access, auditd, text\n"
       "  --json               mỗi lần khớp một đối tượng JSON: rule, title, level, file, line, time, fields\n"
       "  --stats              in số sự kiện và tốc độ ra luồng lỗi\n"
       "  --no-simd            không dùng AVX2; kết quả như nhau\n\n"
       "Mã thoát: 0 đã dò xong; 1 lỗi máy; 2 sai cách gọi; 3 không đọc được tệp.");
}

/* ---- words ---- */

static gboolean is_rule_path(const char *word) {
  return g_str_has_suffix(word, ".yml") || g_str_has_suffix(word, ".yaml") || g_file_test(word, G_FILE_TEST_IS_DIR);
}

static gboolean choose_format(Options *options, const char *word, GError **error) {
  for (gsize i = 0; i < G_N_ELEMENTS(FORMATS); i++)
    if (strcmp(FORMATS[i].name, word) == 0) {
      options->format = FORMATS[i].format;
      return TRUE;
    }
  g_set_error(error, APP_ERROR, ERROR_USAGE, "Không có kiểu nhật ký “%s”. Xem --help.", word);
  return FALSE;
}

static gboolean choose_level(Options *options, const char *word, GError **error) {
  for (gsize i = 0; i < G_N_ELEMENTS(LEVELS); i++)
    if (strcmp(detect_level_word(LEVELS[i]), word) == 0) {
      options->level = word;
      return TRUE;
    }
  g_set_error(error, APP_ERROR, ERROR_USAGE, "Không có mức “%s”. Xem --help.", word);
  return FALSE;
}

static RuleLevel level_of(const Options *options) {
  for (gsize i = 0; options->level && i < G_N_ELEMENTS(LEVELS); i++)
    if (strcmp(detect_level_word(LEVELS[i]), options->level) == 0)
      return LEVELS[i];
  return LEVEL_NONE;
}

static gboolean take_switch(Options *options, const char *word) {
  const struct {
    const char *name;
    gboolean *value;
  } switches[] = {{"--json", &options->json}, {"--stats", &options->stats}, {"--no-simd", &options->no_simd},
                  {"--help", &options->help}, {"-h", &options->help}};
  for (gsize i = 0; i < G_N_ELEMENTS(switches); i++)
    if (strcmp(switches[i].name, word) == 0)
      return *switches[i].value = TRUE;
  return FALSE;
}

static gboolean take_value(Options *options, const char *name, const char *value, GError **error) {
  if (!value)
    g_set_error(error, APP_ERROR, ERROR_USAGE, "%s cần một giá trị.", name);
  else if (strcmp(name, "--format") == 0)
    return choose_format(options, value, error);
  else if (strcmp(name, "--level") == 0)
    return choose_level(options, value, error);
  else if (strcmp(name, "--indicators") == 0)
    g_ptr_array_add(options->indicators, (char *)(gintptr)value);
  else
    options->placeholders = value;
  return value != NULL;
}

static gboolean takes_value(const char *word) {
  static const char *const names[] = {"--format", "--level", "--placeholders", "--indicators", NULL};
  return g_strv_contains(names, word);
}

/* Behind --rules stand paths of rules until another option; a word that can be no rule file begins the logs. */
static gboolean take_words(Options *options, int argc, char **argv, GError **error) {
  gboolean in_rules = FALSE, only_files = FALSE;
  for (int i = 1; i < argc; i++) {
    const char *word = argv[i];
    gboolean option = !only_files && word[0] == '-' && word[1];
    if (option && strcmp(word, "--") == 0) {
      only_files = TRUE;
    } else if (option && strcmp(word, "--rules") == 0 && i + 1 < argc) {
      in_rules = TRUE;
      g_ptr_array_add(options->rules, argv[++i]);
      continue;
    } else if (option && takes_value(word)) {
      if (!take_value(options, word, i + 1 < argc ? argv[i + 1] : NULL, error))
        return FALSE;
      i++;
    } else if (option && !take_switch(options, word)) {
      g_set_error(error, APP_ERROR, ERROR_USAGE, "Không có lựa chọn %s. Xem ungcuu scan --help.", word);
      return FALSE;
    } else if (!option && in_rules && is_rule_path(word)) {
      g_ptr_array_add(options->rules, argv[i]);
      continue;
    } else if (!option) {
      g_ptr_array_add(options->files, argv[i]);
    }
    in_rules = FALSE;
  }
  if (options->help || ((options->rules->len || options->indicators->len) && options->files->len))
    return TRUE;
  g_set_error(error, APP_ERROR, ERROR_USAGE,
              "Cần --rules ĐƯỜNG-DẪN (hoặc --indicators TỆP) và ít nhất một tệp nhật ký. Xem ungcuu scan --help.");
  return FALSE;
}

/* ---- output ---- */

static void write_out(Scan *scan, gboolean all) {
  if (scan->out->len < 65536 && !all)
    return;
  fwrite(scan->out->str, 1, scan->out->len, stdout);
  g_string_truncate(scan->out, 0);
  if (all)
    fflush(stdout);
}

static void show(Scan *scan, const MatchShown *match) {
  scan->matches++;
  if (scan->options->json)
    detect_show_json(scan->out, match);
  else
    detect_show_text(scan->out, match);
  write_out(scan, FALSE);
}

static void show_correlated(Scan *scan, const Correlated *found, gsize count) {
  for (gsize i = 0; i < count; i++) {
    guint64 lines[CORRELATED_MAX], place = found[i].lines[found[i].line_count - 1];
    for (gsize k = 0; k < found[i].line_count; k++)
      lines[k] = found[i].lines[k] & LINE_MASK;
    show(scan, &(MatchShown){
                   .rule = rule_set_rule(scan->set, found[i].rule),
                   .file = g_ptr_array_index(scan->options->files, (guint)(place >> PLACE_SHIFT)),
                   .line = place & LINE_MASK,
                   .time_ms = found[i].last_ms,
                   .group = found[i].group.bytes,
                   .lines = lines,
                   .line_count = found[i].line_count,
               });
  }
}

static void show_matches(Scan *scan, const Event *event, const guint32 *rules, gsize count) {
  MatchField fields[FIELDS_SHOWN];
  for (gsize i = 0; i < count; i++) {
    const Rule *rule = rule_set_rule(scan->set, rules[i]);
    if (rule->silent)
      continue;
    show(scan, &(MatchShown){
                   .rule = rule,
                   .file = scan->file,
                   .line = event->line,
                   .time_ms = event->time_ms,
                   .fields = fields,
                   .field_count = matcher_fields(scan->matcher, event, rules[i], fields, FIELDS_SHOWN),
               });
  }
}

typedef struct {
  Scan *scan;
  const Event *event;
} Sighting;

static RuleLevel level_of_confidence(guint confidence) {
  return confidence >= 75 ? LEVEL_HIGH : confidence >= 40 ? LEVEL_MEDIUM : LEVEL_LOW;
}

static void show_indicator(void *context, gsize index, Span where) {
  const Sighting *sighting = context;
  const Indicator *indicator = indicator_set_item(sighting->scan->indicators, index);
  g_autofree char *id = g_strdup_printf("indicator:%s", indicator->value);
  const char *title = indicator->note && *indicator->note ? indicator->note : indicator->source;
  Rule rule = {.id = id, .name = "", .title = title, .author = "", .level = level_of_confidence(indicator->confidence)};
  MatchField fields[] = {{SPAN("indicator"), {indicator->value, strlen(indicator->value)}}, {SPAN("found"), where}};
  show(sighting->scan, &(MatchShown){
                           .rule = &rule,
                           .file = sighting->scan->file,
                           .line = sighting->event->line,
                           .time_ms = sighting->event->time_ms,
                           .fields = fields,
                           .field_count = G_N_ELEMENTS(fields),
                       });
}

/* ---- reading ---- */

static void scan_event(Scan *scan, Event *event) {
  const guint32 *rules;
  const Correlated *found;
  if (scan->indicators)
    indicator_set_match(scan->indicators, event->raw, scan->now_ms, show_indicator, &(Sighting){scan, event});
  gsize count = matcher_match(scan->matcher, event, &rules);
  if (!count)
    return;
  show_matches(scan, event, rules, count);
  event->line |= scan->file_index << PLACE_SHIFT;
  count = correlator_feed(scan->correlator, scan->matcher, event, rules, count, event->time_ms, &found);
  show_correlated(scan, found, count);
}

typedef struct {
  char *bytes;
  gsize used, room;
} Buffer;

/* Takes all whole records; false: more bytes are needed than there may be. */
static gboolean scan_buffer(Scan *scan, Buffer *buffer, gboolean last) {
  gsize at = 0, used = 0;
  Event event;
  while (decoder_next(scan->decoder, (Span){buffer->bytes + at, buffer->used - at}, last, &used, &event)) {
    at += used;
    scan_event(scan, &event);
  }
  at += used;
  at = MIN(at, buffer->used);
  memmove(buffer->bytes, buffer->bytes + at, buffer->used - at);
  buffer->used -= at;
  return buffer->used < buffer->room || buffer->room < BUFFER_BYTES_MAX;
}

static gboolean scan_descriptor(Scan *scan, int file, Buffer *buffer, GError **error) {
  buffer->used = 0;
  for (;;) {
    if (buffer->used == buffer->room) {
      buffer->room = MIN(buffer->room ? buffer->room * 2 : CHUNK_BYTES, BUFFER_BYTES_MAX);
      buffer->bytes = g_realloc(buffer->bytes, buffer->room);
    }
    gssize got = read(file, buffer->bytes + buffer->used, buffer->room - buffer->used);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0) {
      g_set_error(error, APP_ERROR, ERROR_UNREADABLE, "Không đọc được %s: %s", scan->file, g_strerror(errno));
      return FALSE;
    }
    buffer->used += (gsize)got;
    scan->bytes += (gsize)got;
    gboolean fits = scan_buffer(scan, buffer, got == 0);
    if (got == 0)
      return TRUE;
    if (!fits)
      scan_buffer(scan, buffer, TRUE);
  }
}

/* Windows exports files as UTF-16: they are turned into UTF-8 as a whole. FALSE: it is none, or too large for that. */
static gboolean scan_utf16(Scan *scan, int file, Buffer *buffer) {
  struct stat info;
  if (fstat(file, &info) != 0 || !S_ISREG(info.st_mode) || info.st_size < 2 || info.st_size > BUFFER_BYTES_MAX)
    return FALSE;
  g_autoptr(GMappedFile) map = g_mapped_file_new_from_fd(file, FALSE, NULL);
  Span text = map ? (Span){g_mapped_file_get_contents(map), g_mapped_file_get_length(map)} : (Span){"", 0};
  if (!utf16_is_marked(text))
    return FALSE;
  buffer->room = MAX(buffer->room, text.size / 2 * 3);
  buffer->bytes = g_realloc(buffer->bytes, buffer->room);
  buffer->used = utf16_to_utf8(text, buffer->bytes);
  scan->bytes += text.size;
  scan_buffer(scan, buffer, TRUE);
  return TRUE;
}

static gboolean scan_file(Scan *scan, Buffer *buffer, GError **error) {
  gboolean standard = strcmp(scan->file, "-") == 0;
  int file = standard ? STDIN_FILENO : open(scan->file, O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    g_set_error(error, APP_ERROR, ERROR_UNREADABLE, "Không mở được %s: %s", scan->file, g_strerror(errno));
    return FALSE;
  }
  scan->decoder = decoder_new(scan->table, &(DecoderOptions){.format = scan->options->format,
                                                             .now_ms = g_get_real_time() / 1000,
                                                             .offset_minutes = viet_nam_minutes,
                                                             .patterns = scan->patterns});
  gboolean good = scan_utf16(scan, file, buffer) || scan_descriptor(scan, file, buffer, error);
  if (!standard)
    close(file);
  return good;
}

static void print_stats(const Scan *scan, guint64 events, gint64 start_us) {
  double seconds = (double)(g_get_monotonic_time() - start_us) / 1e6;
  fprintf(stderr, "%" G_GUINT64_FORMAT " sự kiện, %.1f MB, %" G_GUINT64_FORMAT " lần khớp, %.2f giây (%.0f sự kiện/giây)\n", events,
          (double)scan->bytes / 1e6, scan->matches, seconds, seconds > 0 ? (double)events / seconds : 0);
  if (correlator_evicted(scan->correlator))
    fprintf(stderr, "tương quan: hết bộ nhớ, bỏ %" G_GUINT64_FORMAT " nhóm cũ\n", correlator_evicted(scan->correlator));
}

static gboolean scan_files(Scan *scan, GError **error) {
  Buffer buffer = {0};
  const Correlated *found;
  guint64 events = 0;
  gint64 start_us = g_get_monotonic_time();
  gboolean good = TRUE;
  for (guint i = 0; good && i < scan->options->files->len; i++) {
    scan->file = g_ptr_array_index(scan->options->files, i);
    scan->file_index = i;
    good = scan_file(scan, &buffer, error);
    events += scan->decoder ? decoder_counts(scan->decoder)->events : 0;
    decoder_free(g_steal_pointer(&scan->decoder));
  }
  gsize count = correlator_flush(scan->correlator, &found);
  show_correlated(scan, found, count);
  write_out(scan, TRUE);
  if (scan->options->stats)
    print_stats(scan, events, start_us);
  g_free(buffer.bytes);
  return good;
}

/* ---- the command ---- */

static int fail(const GError *error) {
  fprintf(stderr, "ungcuu: %s (%s)\n", error->message, error_info(error)->label);
  return error_info(error)->exit_code;
}

/* The logs are read by a child that can only read: whoever wrote them has nothing of this machine even if a decoder errs. */
static int scan_in_jail(Scan *scan, const Route *route) {
  g_autoptr(GError) error = NULL;
  scan->table = field_table_new();
  scan->matcher = matcher_new(scan->set, route, scan->table,
                              &(MatcherOptions){.cache_entries = CACHE_ENTRIES, .plain = scan->options->no_simd});
  scan->correlator = correlator_new(scan->set, correlate_bytes);
  correlator_set_tolerance(scan->correlator, CORRELATE_ALL_FIRST);
  scan->out = g_string_new(NULL);
  int code = 0;
  if (!sandbox_only_read(&error) || !scan_files(scan, &error))
    code = fail(error);
  g_string_free(scan->out, TRUE);
  correlator_free(scan->correlator);
  matcher_free(scan->matcher);
  field_table_free(scan->table);
  return code;
}

static int scan_in_child(Scan *scan, const Route *route) {
  int status = 0;
  fflush(NULL);
  pid_t child = fork();
  if (child == 0) {
    int code = scan_in_jail(scan, route);
    fflush(NULL);
    _exit(code);
  }
  while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (child > 0 && WIFEXITED(status))
    return WEXITSTATUS(status);
  if (child > 0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE)
    return 0;
  fprintf(stderr, "ungcuu: tiến trình dò bị dừng giữa chừng, kết quả có thể thiếu. (E-101)\n");
  return 1;
}

static gboolean load(Scan *scan, const Options *options, const App *app, Route **out_route, GError **error) {
  RuleSet *set = scan->set;
  if (detect_add_rules(set, (const char *const *)options->rules->pdata, error) < 0)
    return FALSE;
  rule_set_finish(set);
  if (rule_set_fault_count(set))
    fprintf(stderr, "%zu chỗ trong luật không dùng được; xem: ungcuu rules check\n", rule_set_fault_count(set));
  scan->patterns = detect_load_patterns(app->data_dir, error);
  return scan->patterns && (*out_route = detect_load_route(app->data_dir, error)) != NULL;
}

/* NULL without `error`: none were asked for. */
static IndicatorSet *load_indicators(const Options *options, GError **error) {
  if (!options->indicators->len)
    return NULL;
  IndicatorSet *set = indicator_set_new();
  for (guint i = 0; i < options->indicators->len; i++) {
    const char *path = g_ptr_array_index(options->indicators, i);
    ScanError problem = {0};
    gsize faults = 0, taken = indicator_set_add_path(set, path, LIST_AUTO, &faults, &problem);
    if (!taken && *problem.message) {
      g_set_error(error, APP_ERROR, ERROR_UNREADABLE, "%s: %s", path, problem.message);
      indicator_set_free(set);
      return NULL;
    }
    if (faults)
      fprintf(stderr, "%s: %zu dòng không phải dấu hiệu\n", path, faults);
  }
  indicator_set_finish(set);
  return set;
}

static int scan_with(const Options *options, const App *app) {
  g_autoptr(GError) error = NULL;
  RulePlaceholder *placeholders = options->placeholders ? detect_load_placeholders(options->placeholders, &error) : NULL;
  if (error)
    return fail(error);
  RuleSet *set = rule_set_new(&(RuleOptions){.least_level = level_of(options), .placeholders = placeholders});
  Route *route = NULL;
  Scan scan = {.options = options, .set = set, .now_ms = g_get_real_time() / 1000};
  scan.indicators = load_indicators(options, &error);
  int code = !error && load(&scan, options, app, &route, &error) ? scan_in_child(&scan, route) : fail(error);
  if (scan.indicators)
    indicator_set_free(scan.indicators);
  route_free(route);
  pattern_set_free(scan.patterns);
  rule_set_free(set);
  detect_free_placeholders(placeholders);
  return code;
}

int detect_scan_run(const App *app, int argc, char **argv) {
  g_autoptr(GError) error = NULL;
  Options options = {.rules = g_ptr_array_new(), .indicators = g_ptr_array_new(), .files = g_ptr_array_new()};
  int code = 0;
  if (!take_words(&options, argc, argv, &error))
    code = fail(error);
  else if (options.help)
    print_help();
  else {
    g_ptr_array_add(options.rules, NULL);
    code = scan_with(&options, app);
  }
  g_ptr_array_free(options.rules, TRUE);
  g_ptr_array_free(options.indicators, TRUE);
  g_ptr_array_free(options.files, TRUE);
  return code;
}
