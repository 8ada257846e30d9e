/* Correlation rules: event_count, value_count, temporal, temporal_ordered, value_sum, value_avg, value_percentile, with group-by,
 * aliases and chains of correlations.
 *
 * Fed with every detection match in the order of the events' own time where it has one, else of receipt. State per rule and group
 * key, bounded in memory as a whole: the oldest group is evicted and counted.
 *
 * Source: Sigma correlation rules specification 2.1.0.
 */
#pragma once
#include "lib/scan/match.h"

typedef struct Correlator Correlator;

typedef struct {
  uint32_t rule;          /* the correlation rule, rule_set_rule */
  int64_t first_ms, last_ms;
  double value;           /* count, sum, … that fulfilled the condition */
  Span group;             /* "field=value, field=value" */
  const uint64_t *lines;  /* numbers of events that took part, at most CORRELATED_MAX */
  size_t line_count;
} Correlated;
enum { CORRELATED_MAX = 64 };

Correlator *correlator_new(const RuleSet *set, size_t memory_bytes);
void correlator_free(Correlator *correlator);
/* Call after matcher_match for the same event. Returns how many correlations were fulfilled by it; they live until the next call. */
size_t correlator_feed(Correlator *correlator, Matcher *matcher, const Event *event, const uint32_t *rules, size_t count, int64_t time_ms,
                       const Correlated **out);
uint64_t correlator_evicted(const Correlator *correlator);
