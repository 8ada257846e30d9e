/* Correlation rules: event_count, value_count, temporal, temporal_ordered, value_sum, value_avg, value_percentile, with group-by,
 * aliases and chains of correlations.
 *
 * Fed with every detection match. Records wait for those of an earlier time that may still come (the tolerance) and are then worked out in
 * the order of their time, among equals in that of feeding. A window slides: at a record of time t it holds those of the same group from
 * t − timespan to t. A correlation is fulfilled at every record where its condition holds.
 *
 * State is kept per rule and group, bounded in memory as a whole: the group not touched for longest is evicted and counted. A record
 * later than the tolerance takes part at the time of the newest one worked out, and is counted.
 *
 * Source: Sigma correlation rules specification 2.1.0.
 */
#pragma once
#include "lib/scan/match.h"

typedef struct Correlator Correlator;

enum { CORRELATED_MAX = 64 };
#define CORRELATE_ALL_FIRST INT64_MAX /* tolerance: nothing is worked out before correlator_flush or the memory is full */

typedef struct {
  uint32_t rule;            /* the correlation rule, rule_set_rule */
  int64_t first_ms, last_ms; /* last: of the record that fulfilled it */
  double value;             /* count, sum, … that fulfilled the condition */
  Span group;               /* "field=value, field=value" */
  const uint64_t *lines;    /* Event.line of those that took part: the last CORRELATED_MAX, the one that fulfilled it at the end */
  size_t line_count;
} Correlated;

Correlator *correlator_new(const RuleSet *set, size_t memory_bytes);
void correlator_free(Correlator *correlator);
/* How long records wait for earlier ones; 0 at first. */
void correlator_set_tolerance(Correlator *correlator, int64_t tolerance_ms);
/* Call after matcher_match for the same event; `time_ms` is the event's own, else that of receipt. Returns how many correlations the records
 * that need not wait any longer fulfilled; silent ones (Rule.silent) are not among them. They live until the next call. */
size_t correlator_feed(Correlator *correlator, Matcher *matcher, const Event *event, const uint32_t *rules, size_t count, int64_t time_ms,
                       const Correlated **out);
/* Works out what still waits. */
size_t correlator_flush(Correlator *correlator, const Correlated **out);
uint64_t correlator_evicted(const Correlator *correlator);
uint64_t correlator_late(const Correlator *correlator);
