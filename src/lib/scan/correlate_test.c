/* Order, tolerance and memory of correlations; what the types mean is tested by tests/sigma. */
#include "lib/scan/correlate.h"
#include "lib/scan/decode.h"
#include <glib.h>
#include <string.h>

static const char rules_yaml[] = "title: base\nname: base\nlogsource: {}\ndetection: {s: {a: 1}, condition: s}\n---\n"
                                 "title: three\ncorrelation: {type: event_count, rules: [base], group-by: [u], timespan: 10s, "
                                 "condition: {gte: 3}}\n";

typedef struct {
  RuleSet *set;
  Route *route;
  FieldTable *table;
  Decoder *decoder;
  Matcher *matcher;
  Correlator *correlator;
} Bench;

static Bench bench_new(size_t memory, int64_t tolerance_ms) {
  ScanError error;
  Bench bench = {.set = rule_set_new(NULL), .table = field_table_new()};
  rule_set_add(bench.set, "r.yml", (Span){rules_yaml, strlen(rules_yaml)});
  rule_set_finish(bench.set);
  g_assert_cmpuint(rule_set_count(bench.set), ==, 2);
  bench.route = route_new(SPAN("[]"), SPAN("[]"), &error);
  bench.decoder = decoder_new(bench.table, &(DecoderOptions){.format = FORMAT_JSON});
  bench.matcher = matcher_new(bench.set, bench.route, bench.table, NULL);
  bench.correlator = correlator_new(bench.set, memory);
  correlator_set_tolerance(bench.correlator, tolerance_ms);
  return bench;
}

static void bench_free(Bench *bench) {
  correlator_free(bench->correlator);
  matcher_free(bench->matcher);
  decoder_free(bench->decoder);
  field_table_free(bench->table);
  route_free(bench->route);
  rule_set_free(bench->set);
}

static size_t feed(Bench *bench, int user, int64_t second, uint64_t line, const Correlated **out) {
  g_autofree char *json = g_strdup_printf("{\"a\":1,\"u\":\"User%d\"}", user);
  Event event;
  const uint32_t *rules;
  decoder_one(bench->decoder, (Span){json, strlen(json)}, &event);
  size_t count = matcher_match(bench->matcher, &event, &rules);
  g_assert_cmpuint(count, ==, 1);
  event.line = line;
  return correlator_feed(bench->correlator, bench->matcher, &event, rules, count, second * 1000, out);
}

static void test_window(void) {
  const Correlated *found;
  Bench bench = bench_new(1 << 20, 0);
  g_assert_cmpuint(feed(&bench, 1, 100, 1, &found), ==, 0);
  g_assert_cmpuint(feed(&bench, 1, 105, 2, &found), ==, 0);
  g_assert_cmpuint(feed(&bench, 2, 106, 3, &found), ==, 0);
  g_assert_cmpuint(feed(&bench, 1, 110, 4, &found), ==, 1);
  g_assert_cmpuint(found->line_count, ==, 3);
  g_assert_cmpuint(found->lines[0], ==, 1);
  g_assert_cmpuint(found->lines[2], ==, 4);
  g_assert_cmpfloat(found->value, ==, 3);
  g_assert_cmpint(found->first_ms, ==, 100000);
  g_assert_cmpstr(found->group.bytes, ==, "u=User1");
  g_assert_cmpuint(feed(&bench, 1, 116, 5, &found), ==, 0);
  bench_free(&bench);
}

static void test_order(void) {
  const Correlated *found;
  Bench bench = bench_new(1 << 20, 5000);
  g_assert_cmpuint(feed(&bench, 1, 104, 1, &found), ==, 0);
  g_assert_cmpuint(feed(&bench, 1, 100, 2, &found), ==, 0);
  g_assert_cmpuint(feed(&bench, 1, 102, 3, &found), ==, 0);
  g_assert_cmpuint(feed(&bench, 2, 120, 4, &found), ==, 1);
  g_assert_cmpuint(found->lines[0], ==, 2);
  g_assert_cmpuint(found->lines[2], ==, 1);
  g_assert_cmpuint(correlator_late(bench.correlator), ==, 0);
  g_assert_cmpuint(feed(&bench, 2, 90, 5, &found), ==, 0);
  g_assert_cmpuint(correlator_late(bench.correlator), ==, 1);
  g_assert_cmpuint(correlator_flush(bench.correlator, &found), ==, 0);
  bench_free(&bench);
}

static void test_flush(void) {
  const Correlated *found;
  Bench bench = bench_new(1 << 20, CORRELATE_ALL_FIRST);
  for (int i = 0; i < 9; i++)
    g_assert_cmpuint(feed(&bench, i % 3, 100 - i, (uint64_t)i, &found), ==, 0);
  g_assert_cmpuint(correlator_flush(bench.correlator, &found), ==, 3);
  g_assert_cmpuint(found[0].lines[2], ==, 2);
  bench_free(&bench);
}

/* Ten thousand groups in little memory: the oldest go and are counted, the newest still works. */
static void test_eviction(void) {
  const Correlated *found;
  Bench bench = bench_new(64 << 10, 0);
  for (int i = 0; i < 10000; i++)
    feed(&bench, i, 100, 1, &found);
  g_assert_cmpuint(correlator_evicted(bench.correlator), >, 9000);
  g_assert_cmpuint(feed(&bench, 9999, 100, 2, &found), ==, 0);
  g_assert_cmpuint(feed(&bench, 9999, 100, 3, &found), ==, 1);
  g_assert_cmpuint(feed(&bench, 1, 100, 4, &found), ==, 0);
  g_assert_cmpuint(feed(&bench, 1, 100, 5, &found), ==, 0);
  bench_free(&bench);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/scan/correlate/window", test_window);
  g_test_add_func("/scan/correlate/order", test_order);
  g_test_add_func("/scan/correlate/flush", test_flush);
  g_test_add_func("/scan/correlate/eviction", test_eviction);
  return g_test_run();
}
