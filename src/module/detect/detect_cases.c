#include "module/detect/detect_cases.h"
#include "base/date.h"
#include "base/yaml.h"
#include "core/message.h"
#include "core/show.h"
#include "lib/scan/correlate.h"
#include "lib/scan/decode.h"
#include "module/detect/detect_files.h"
#include "module/detect/detect_pack.h"
#include <string.h>

enum { TIMES_MAX = 5000, CORRELATION_BYTES = 16 << 20, LOCAL_MINUTES = 7 * 60, HOSTS = 100 };

/* --- lines --- */

/* Logs name months in English, whatever the language of the process. */
static char *name_month(const char *stamp, gint64 at_ms) {
  static const char *const MONTHS[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  GString *named = g_string_new(stamp);
  g_string_replace(named, "MONTH", MONTHS[day_at(at_ms).month - 1], 0);
  return g_string_free(named, FALSE);
}

char *detect_sample_line(const char *line, gint64 at_ms, int number) {
  static const struct {
    const char *token, *format;
    gboolean utc;
  } STAMPS[] = {{"{bsd}", "MONTH %e %H:%M:%S", FALSE},          {"{iso}", "%Y-%m-%dT%H:%M:%S.000000+07:00", FALSE}, {"{utc}", "%Y-%m-%dT%H:%M:%S.000Z", TRUE},
                {"{plain}", "%Y-%m-%d %H:%M:%S", FALSE},      {"{access}", "%d/MONTH/%Y:%H:%M:%S +0700", FALSE}};
  GString *text = g_string_new(line);
  g_autofree char *digits = g_strdup_printf("%d", number), *host = g_strdup_printf("%d", (number - 1) % HOSTS + 1);
  g_string_replace(text, "{n}", digits, 0);
  g_string_replace(text, "{h}", host, 0);
  for (gsize i = 0; i < G_N_ELEMENTS(STAMPS); i++) {
    if (!strstr(text->str, STAMPS[i].token))
      continue;
    g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc((at_ms + (STAMPS[i].utc ? 0 : LOCAL_MINUTES * MINUTE_MS)) / 1000);
    g_autofree char *stamp = g_date_time_format(at, STAMPS[i].format);
    g_autofree char *named = name_month(stamp, at_ms);
    g_string_replace(text, STAMPS[i].token, named, 0);
  }
  return g_string_free(text, FALSE);
}

/* --- running --- */

typedef struct {
  RuleSet *set;
  Route *route;
  PatternSet *patterns;
  FieldTable *table;
  Matcher *matcher;
  guint32 target;
  gint64 now_ms;
} Bench;

static void bench_clear(Bench *bench) {
  matcher_free(bench->matcher);
  rule_set_free(bench->set);
  route_free(bench->route);
  pattern_set_free(bench->patterns);
  field_table_free(bench->table);
}

static gboolean bench_find(Bench *bench, const char *key) {
  for (size_t i = 0; i < rule_set_count(bench->set); i++) {
    g_autofree char *code = detect_rule_code(rule_set_rule(bench->set, i));
    bench->target = (guint32)i;
    if (strcmp(code, key) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean bench_open(Bench *bench, Request *request, const DetectRule *rule, GError **error) {
  StoreConn *conn = request_read(request, error);
  const MatcherOptions options = {0};
  bench->table = field_table_new();
  bench->now_ms = request->now_ms;
  if (!conn || !(bench->set = detect_rule_set(conn, rule->key, error)) || !(bench->route = detect_route(request->app, error)) ||
      !(bench->patterns = detect_load_patterns(request->app->data_dir, error)))
    return FALSE;
  bench->matcher = matcher_new(bench->set, bench->route, bench->table, &options);
  return TRUE;
}

typedef struct {
  Bench *bench;
  Decoder *decoder;
  Correlator *correlator;
  gint64 at_ms;
  gboolean fired;
} Run;

static void run_line(Run *run, const char *line) {
  const guint32 *rules;
  const Correlated *found;
  Event event;
  decoder_one(run->decoder, (Span){line, strlen(line)}, &event);
  size_t count = matcher_match(run->bench->matcher, &event, &rules);
  for (size_t i = 0; i < count; i++)
    run->fired |= rules[i] == run->bench->target;
  count = correlator_feed(run->correlator, run->bench->matcher, &event, rules, count, event.time_ms, &found);
  for (size_t i = 0; i < count; i++)
    run->fired |= found[i].rule == run->bench->target;
}

static int times_of(const json_t *part) {
  return json_is_object(part) ? CLAMP((int)json_integer_value(json_object_get(part, "times")), 1, TIMES_MAX) : 1;
}

static const char *line_of(const json_t *part) {
  const char *line = json_string_value(json_is_object(part) ? json_object_get(part, "line") : part);
  return line ? line : "";
}

static void run_part(Run *run, const json_t *part) {
  gint64 every_ms = json_is_object(part) ? json_integer_value(json_object_get(part, "every")) * 1000 : 1000;
  for (int i = 1; i <= times_of(part); i++) {
    g_autofree char *line = detect_sample_line(line_of(part), run->at_ms, i);
    run_line(run, line);
    run->at_ms += every_ms;
  }
}

/* A case is a line, or a list of lines and of {times, every, line}. */
static gboolean run_case(Bench *bench, const json_t *one) {
  const DecoderOptions options = {.now_ms = bench->now_ms, .offset_minutes = LOCAL_MINUTES, .patterns = bench->patterns};
  Run run = {bench, decoder_new(bench->table, &options), correlator_new(bench->set, CORRELATION_BYTES), bench->now_ms - DAY_MS, FALSE};
  gsize index;
  json_t *part;
  if (!json_is_array(one))
    run_part(&run, one);
  json_array_foreach((json_t *)(gintptr)one, index, part)
    run_part(&run, part);
  decoder_free(run.decoder);
  correlator_free(run.correlator);
  return run.fired;
}

/* --- showing --- */

static void show_lines(Request *request, Doc *row, const json_t *one, gint64 at_ms) {
  gsize count = json_is_array(one) ? json_array_size(one) : 1;
  Doc *lines = doc_list(row, KEY("lines"));
  for (gsize i = 0; i < count; i++) {
    const json_t *part = json_is_array(one) ? json_array_get(one, i) : one;
    g_autofree char *line = detect_sample_line(line_of(part), at_ms, 1);
    Doc *shown = doc_object(lines, NULL);
    doc_text_copy(shown, KEY("line"), line);
    if (times_of(part) > 1)
      doc_text(shown, KEY("times"), arena_printf(request->arena, "× %d", times_of(part)));
  }
}

static int show_kind(Request *request, Bench *bench, Doc *rows, const json_t *cases, gboolean wanted) {
  int wrong = 0;
  gsize index;
  json_t *one;
  json_array_foreach((json_t *)(gintptr)cases, index, one) {
    gboolean right = run_case(bench, one) == wanted;
    Doc *row = doc_object(rows, NULL);
    wrong += !right;
    doc_text(row, KEY("expected"), message(request->lang, wanted ? "Phải cảnh báo" : "Không được cảnh báo"));
    doc_bool(row, KEY("wanted"), wanted);
    show_status(request, row, KEY("state"), right ? "done" : "late", right ? "Đúng" : "Sai");
    show_lines(request, row, one, bench->now_ms - DAY_MS);
  }
  return wrong;
}

/* The cases of the rule of that name, from the file that has them. */
static gboolean find_cases(const App *app, const char *name, json_t **out_cases, GError **error) {
  g_autofree char *folder = g_build_filename(app->data_dir, "rules", "cases", NULL);
  g_autoptr(GDir) dir = *name ? g_dir_open(folder, 0, error) : NULL;
  *out_cases = NULL;
  for (const char *file; dir && !*out_cases && (file = g_dir_read_name(dir));) {
    g_autofree char *path = g_build_filename(folder, file, NULL);
    json_t *all = g_str_has_suffix(file, ".yaml") ? yaml_load_file(path, error) : json_object();
    if (!all)
      return FALSE;
    *out_cases = json_incref(json_object_get(all, name));
    json_decref(all);
  }
  return dir || !*name;
}

static void show_cases(Request *request, Bench *bench, const json_t *cases, Doc *answer) {
  Doc *shown = doc_object(answer, KEY("cases")), *rows = doc_list(shown, KEY("rows"));
  int wrong = show_kind(request, bench, rows, json_object_get(cases, "hits"), TRUE) +
              show_kind(request, bench, rows, json_object_get(cases, "quiet"), FALSE);
  show_status(request, shown, KEY("state"), wrong ? "late" : "done", wrong ? "Có dòng mẫu sai" : "Mọi dòng mẫu đều đúng");
  doc_int(shown, KEY("wrong"), wrong);
}

gboolean detect_cases_show(Request *request, const DetectRule *rule, Doc *answer, GError **error) {
  Bench bench = {0};
  json_t *cases = NULL;
  if (strcmp(rule->origin, "own") != 0)
    return TRUE;
  gboolean good = bench_open(&bench, request, rule, error) &&
                  (!bench_find(&bench, rule->key) || find_cases(request->app, rule_set_rule(bench.set, bench.target)->name, &cases, error));
  if (good && cases)
    show_cases(request, &bench, cases, answer);
  json_decref(cases);
  bench_clear(&bench);
  return good;
}
