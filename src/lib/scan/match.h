/* Events against the detection rules of a set.
 *
 * Way: class of the event → rules that apply → each field that they name against all patterns for it (slot.h), or what is remembered of the
 * same value → items → the program of each rule of which a witness item was set. Rules without a witness run for each event of their class.
 * Correlation rules are fed by correlate.h.
 *
 * Threads: a Matcher belongs to one thread; it has its own scratch and cache.
 */
#pragma once
#include "lib/scan/route.h"
#include "lib/scan/rule.h"

typedef struct Matcher Matcher;

typedef struct {
  size_t cache_entries; /* (field, value) pairs whose bits are remembered; 0: none */
  bool plain;           /* plain C even where the processor could more; the same matches */
} MatcherOptions;

Matcher *matcher_new(const RuleSet *set, const Route *route, FieldTable *table, const MatcherOptions *options);
void matcher_free(Matcher *matcher);
/* The indexes (rule_set_rule) of the detection rules that the event fulfils, ascending. They live until the next call. */
size_t matcher_match(Matcher *matcher, const Event *event, const uint32_t **out_rules);
/* The fields and values by which `rule` was fulfilled in the last event, for showing; returns how many. */
typedef struct { Span name, value; } MatchField;
size_t matcher_fields(Matcher *matcher, const Event *event, uint32_t rule, MatchField *out, size_t max);
/* The values of the field of that Sigma name in the last event (group-by, value fields); returns how many. */
size_t matcher_values(Matcher *matcher, const Event *event, const char *name, Span *out, size_t max);
