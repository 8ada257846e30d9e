/* Rule files to matches: faults with their place, levels, placeholders, what is shown, the cache of values. What Sigma means is tested by
 * tests/sigma. */
#include "lib/scan/decode.h"
#include "lib/scan/match.h"
#include <glib.h>
#include <string.h>

#define RULE "title: t\nlogsource: {}\ndetection:\n"

static Span span(const char *text) {
  return (Span){text, strlen(text)};
}

static RuleSet *load(const RuleOptions *options, const char *yaml) {
  RuleSet *set = rule_set_new(options);
  rule_set_add(set, "r.yml", span(yaml));
  rule_set_finish(set);
  return set;
}

static void test_faults(void) {
  static const struct {
    const char *yaml, *message;
    size_t line, column;
  } cases[] = {
      {RULE "  s: {a|starts: x}\n  condition: s\n", "không có bổ từ “starts”", 4, 7},
      {RULE "  s: {a|re|cidr: x}\n  condition: s\n", "không dùng chung", 4, 7},
      {RULE "  s: {a|re: 'x('}\n  condition: s\n", "biểu thức chính quy", 4, 13},
      {RULE "  s: {a|cidr: 1.2.3.4/33}\n  condition: s\n", "dải địa chỉ", 4, 15},
      {RULE "  s: {a|expand: '%x%'}\n  condition: s\n", "biến", 4, 17},
      {RULE "  s: {a: [x, null]}\n  condition: s\n", "null", 4, 14},
      {RULE "  s: {a: 1}\n  condition: s and t\n", "“t”", 5, 20},
      {RULE "  s: {a: 1}\n  condition: (s\n", "đóng ngoặc", 5, 16},
      {RULE "  s: {a: 1}\n  condition: 2 of s*\n", "1 of", 5, 0},
      {RULE "  s: {a: 1}\n", "condition", 4, 3},
      {"title: t\ndetection: {s: {a: 1}, condition: s}\n", "logsource", 1, 1},
      {"- 1\n", "không phải luật", 1, 1},
      {"title: t\nlogsource: {}\ncorrelation: {type: event_count, rules: [nobody], timespan: 1m, condition: {gte: 1}}\n", "nobody",
       3, 42},
      {"title: t\nlogsource: {}\ncorrelation: {type: event_count, rules: [a], timespan: 1w, condition: {gte: 1}}\n", "timespan", 3,
       56},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    RuleSet *set = load(NULL, cases[i].yaml);
    g_assert_cmpuint(rule_set_count(set), ==, 0);
    g_assert_cmpuint(rule_set_fault_count(set), ==, 1);
    const RuleFault *fault = rule_set_fault(set, 0);
    if (!strstr(fault->error.message, cases[i].message) || fault->error.line != cases[i].line ||
        (cases[i].column && fault->error.column != cases[i].column))
      g_error("%zu: %zu:%zu %s", i, fault->error.line, fault->error.column, fault->error.message);
    g_assert_cmpstr(fault->file, ==, "r.yml");
    rule_set_free(set);
  }
}

static void test_rest_runs(void) {
  RuleSet *set = load(NULL, RULE "  s: {a|no: 1}\n  condition: s\n---\n" RULE
                            "  s: {a: 1}\n  condition: s\nauthor: Ai đó\nlevel: high\ntags: [attack.t1059]\n---\n: [\n");
  g_assert_cmpuint(rule_set_count(set), ==, 1);
  g_assert_cmpuint(rule_set_fault_count(set), ==, 2);
  const Rule *rule = rule_set_rule(set, 0);
  g_assert_cmpstr(rule->author, ==, "Ai đó");
  g_assert_cmpint(rule->level, ==, LEVEL_HIGH);
  g_assert_cmpstr(rule->tags[0], ==, "attack.t1059");
  g_assert_null(rule->tags[1]);
  g_assert_cmpuint(rule->line, ==, 7);
  rule_set_free(set);
}

typedef struct {
  RuleSet *set;
  Route *route;
  FieldTable *table;
  Decoder *decoder;
  Matcher *matcher;
  Event event;
} Bench;

static Bench bench_new(RuleSet *set, const MatcherOptions *options) {
  ScanError error;
  Bench bench = {.set = set, .table = field_table_new()};
  bench.route = route_new(SPAN("[]"), SPAN("[]"), &error);
  g_assert_nonnull(bench.route);
  bench.decoder = decoder_new(bench.table, &(DecoderOptions){.format = FORMAT_JSON});
  bench.matcher = matcher_new(set, bench.route, bench.table, options);
  return bench;
}

static void bench_free(Bench *bench) {
  matcher_free(bench->matcher);
  decoder_free(bench->decoder);
  field_table_free(bench->table);
  route_free(bench->route);
}

static size_t match(Bench *bench, const char *json, const uint32_t **out) {
  decoder_one(bench->decoder, span(json), &bench->event);
  return matcher_match(bench->matcher, &bench->event, out);
}

static void test_level(void) {
  const char *yaml = RULE "  s: {a: 1}\n  condition: s\nlevel: low\nname: part\n---\n" RULE
                          "  s: {a: 1}\n  condition: s\nlevel: high\n---\n" RULE "  s: {a: 1}\n  condition: s\nlevel: low\n---\n"
                          "title: c\nlevel: critical\ncorrelation: {type: event_count, rules: [part], timespan: 1m, condition: {gte: "
                          "2}}\n";
  RuleSet *set = load(&(RuleOptions){.least_level = LEVEL_HIGH}, yaml);
  g_assert_cmpuint(rule_set_count(set), ==, 3);
  g_assert_true(rule_set_rule(set, 0)->silent);
  g_assert_false(rule_set_rule(set, 1)->silent);
  g_assert_cmpint(rule_set_rule(set, 2)->kind, ==, RULE_CORRELATION);
  rule_set_free(set);
}

static void test_placeholders(void) {
  const char *const values[] = {"srv*", "dc1", NULL};
  const RulePlaceholder list[] = {{"Servers", values}, {NULL, NULL}};
  RuleSet *set = load(&(RuleOptions){.placeholders = list}, RULE "  s: {a|expand: '%Servers%'}\n  condition: s\n");
  Bench bench = bench_new(set, NULL);
  const uint32_t *rules;
  g_assert_cmpuint(match(&bench, "{\"a\":\"SRV7\"}", &rules), ==, 1);
  g_assert_cmpuint(match(&bench, "{\"a\":\"dc1\"}", &rules), ==, 1);
  g_assert_cmpuint(match(&bench, "{\"a\":\"dc11\"}", &rules), ==, 0);
  bench_free(&bench);
  rule_set_free(set);
}

static void test_shown(void) {
  RuleSet *set = load(NULL, RULE "  s: {a|endswith: '\\x.exe', b: [1, 2]}\n  f: {c: no}\n  condition: s and not f\n");
  Bench bench = bench_new(set, NULL);
  const uint32_t *rules;
  MatchField fields[8];
  Span values[4];
  g_assert_cmpuint(match(&bench, "{\"a\":\"c:\\\\x.exe\",\"b\":2,\"d\":3,\"l\":[\"p\",\"q\"]}", &rules), ==, 1);
  g_assert_cmpuint(matcher_fields(bench.matcher, &bench.event, rules[0], fields, 8), ==, 2);
  g_assert_true(fields[0].value.size == 8 && memcmp(fields[0].value.bytes, "c:\\x.exe", 8) == 0);
  g_assert_true(fields[1].name.size == 1 && *fields[1].name.bytes == 'b');
  g_assert_cmpuint(matcher_fields(bench.matcher, &bench.event, rules[0], fields, 1), ==, 1);
  g_assert_cmpuint(matcher_values(bench.matcher, &bench.event, "l", values, 4), ==, 2);
  g_assert_true(values[1].size == 1 && *values[1].bytes == 'q');
  g_assert_cmpuint(matcher_values(bench.matcher, &bench.event, "none", values, 4), ==, 0);
  bench_free(&bench);
  rule_set_free(set);
}

/* Thousands of values through a small cache and none: always the same. */
static void test_cache(void) {
  RuleSet *set = load(NULL, RULE "  s: {a|contains: ['17', 'q9'], b|re: '^[0-9]*3$'}\n  k: [w55]\n  condition: s or k\n");
  Bench with = bench_new(set, &(MatcherOptions){.cache_entries = 1}), without = bench_new(set, &(MatcherOptions){.plain = true});
  const uint32_t *rules;
  size_t hits = 0;
  for (int i = 0; i < 20000; i++) {
    g_autofree char *json = g_strdup_printf("{\"a\":\"q%d\",\"b\":%d,\"c\":\"w%d %0*d\"}", i % 3000, i % 7919, i % 500, i % 300, i % 11);
    size_t expected = match(&without, json, &rules);
    g_assert_cmpuint(match(&with, json, &rules), ==, expected);
    hits += expected;
  }
  g_assert_cmpuint(hits, >, 100);
  bench_free(&with);
  bench_free(&without);
  rule_set_free(set);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/scan/rule/faults", test_faults);
  g_test_add_func("/scan/rule/rest_runs", test_rest_runs);
  g_test_add_func("/scan/rule/level", test_level);
  g_test_add_func("/scan/rule/placeholders", test_placeholders);
  g_test_add_func("/scan/rule/shown", test_shown);
  g_test_add_func("/scan/rule/cache", test_cache);
  return g_test_run();
}
