#include "lib/scan/correlate.h"
#include "lib/scan/decode.h"
#include "lib/scan/hunt_rule.h"
#include "lib/scan/stored.h"
#include <stdlib.h>

enum { CACHE_ENTRIES = 1 << 16, VIET_NAM_MINUTES = 7 * 60, CORRELATION_BYTES = 16 << 20 };

struct HuntRules {
  const RuleSet *set;
  FieldTable *table;
  Decoder *decoder;
  Matcher *matcher;
  Correlator *correlator;
};

HuntRules *hunt_rules_new(const RuleSet *set, const Route *route, const PatternSet *patterns) {
  HuntRules *rules = scan_new(1, sizeof *rules);
  rules->set = set;
  rules->table = field_table_new();
  rules->decoder = decoder_new(rules->table, &(DecoderOptions){.offset_minutes = VIET_NAM_MINUTES, .patterns = patterns});
  rules->matcher = matcher_new(set, route, rules->table, &(MatcherOptions){.cache_entries = CACHE_ENTRIES});
  if (rules->matcher) {
    rules->correlator = correlator_new(set, CORRELATION_BYTES);
    return rules;
  }
  hunt_rules_free(rules);
  return NULL;
}

void hunt_rules_free(HuntRules *rules) {
  if (!rules)
    return;
  if (rules->correlator)
    correlator_free(rules->correlator);
  if (rules->matcher)
    matcher_free(rules->matcher);
  decoder_free(rules->decoder);
  field_table_free(rules->table);
  free(rules);
}

void hunt_rules_record(HuntRules *rules, const LogRecord *record, HuntRuleFound found, void *context) {
  Event event;
  const uint32_t *indexes;
  decoder_one(rules->decoder, record->bytes, &event);
  size_t count = matcher_match(rules->matcher, &event, &indexes);
  for (size_t i = 0; i < count; i++)
    if (!rule_set_rule(rules->set, indexes[i])->silent)
      found(context, record, rule_set_rule(rules->set, indexes[i]));
  const Correlated *correlated;
  int64_t time_ms = event.time_ms == EVENT_NO_TIME ? record->received_ms : event.time_ms;
  size_t fulfilled = correlator_feed(rules->correlator, rules->matcher, &event, indexes, count, time_ms, &correlated);
  for (size_t i = 0; i < fulfilled; i++)
    found(context, record, rule_set_rule(rules->set, correlated[i].rule));
}
