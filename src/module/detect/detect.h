/* Module detect: the rules and indicators by which stored and coming logs are looked at.
 *
 * Rules are Sigma 2.1.0, gathered in packs; indicators are lists. Both hold for the whole installation and are changed at its top body;
 * what they find belongs to the body of the log source. The collector looks at every committed record through detect_sink.
 */
#pragma once
#include "core/request.h"
#include "lib/sandbox/sandbox.h"
#include "lib/scan/indicator.h"
#include "lib/scan/match.h"
#include "module/collect/collect.h"

extern const Module detect_module;
extern const CollectSink detect_sink;
extern const SandboxJob DETECT_JOB_PACK, DETECT_JOB_LIST;

/* --- for hunts --- */

/* Of data/rules; free with route_free. */
Route *detect_route(const App *app, GError **error);
/* Of data/rules; free with pattern_set_free. */
PatternSet *detect_patterns(const App *app, GError **error);
/* The rules that run now, or one rule whether it runs or not (`only`: its key). Free with rule_set_free. */
RuleSet *detect_rule_set(StoreConn *conn, const char *only, GError **error);
/* The lists that are enabled, or one (`only`: its id). Free with indicator_set_free. */
IndicatorSet *detect_indicator_set(App *app, StoreConn *conn, const char *only, GError **error);

/* --- for samples --- */

/* A sample line at that time: {bsd}, {iso}, {utc}, {plain} and {access} become the time as devices write it (Viet Nam's but for {utc}),
 * {n} the number, {h} a number from 1 to 100 for the end of an address. g_free. */
char *detect_sample_line(const char *line, gint64 at_ms, int number);
