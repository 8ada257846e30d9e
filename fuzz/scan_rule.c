#include "lib/scan/correlate.h"
#include "lib/scan/decode.h"
#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const char events[] = "{\"a\":\"x\",\"b\":1,\"CommandLine\":\"cmd.exe /c whoami\",\"l\":[1,null,\"é\"],\"@timestamp\":\"2026-11-21T06:00:00Z\"}\n"
                             "{\"a\":\"\",\"ip\":\"10.0.0.1\",\"CommandLine\":null,\"Image\":\"C:\\\\Windows\\\\x.exe\",\"t\":\"2026-11-21 06:00\"}\n";

/* The bytes are a rule file. Whatever is taken must match the same with AVX2 and a cache as without. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  static Route *route;
  ScanError error;
  if (!route)
    route = route_new(SPAN("[]"), SPAN("[]"), &error);
  RuleSet *set = rule_set_new(NULL);
  rule_set_add(set, "fuzz.yml", (Span){(const char *)bytes, size});
  rule_set_finish(set);
  FieldTable *table = field_table_new();
  Decoder *decoder = decoder_new(table, &(DecoderOptions){.format = FORMAT_JSON});
  Matcher *plain = matcher_new(set, route, table, &(MatcherOptions){.plain = true});
  Matcher *fast = matcher_new(set, route, table, &(MatcherOptions){.cache_entries = 1});
  Correlator *correlator = correlator_new(set, 1 << 16);
  Span rest = {events, sizeof events - 1};
  const Correlated *found;
  Event event;
  for (size_t used; decoder_next(decoder, rest, true, &used, &event); rest = (Span){rest.bytes + used, rest.size - used}) {
    const uint32_t *left, *right;
    MatchField fields[4];
    size_t count = matcher_match(plain, &event, &left);
    for (int again = 0; again < 2; again++) {
      assert(matcher_match(fast, &event, &right) == count);
      assert(!count || memcmp(left, right, count * sizeof *left) == 0);
    }
    for (size_t i = 0; i < count; i++)
      matcher_fields(fast, &event, right[i], fields, 4);
    correlator_feed(correlator, fast, &event, right, count, event.time_ms, &found);
  }
  correlator_flush(correlator, &found);
  correlator_free(correlator);
  matcher_free(plain);
  matcher_free(fast);
  decoder_free(decoder);
  field_table_free(table);
  rule_set_free(set);
  return 0;
}
