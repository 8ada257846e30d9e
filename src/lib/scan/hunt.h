/* Retro-hunt over stored logs: indicators, rules and free text, with progress and cancel.
 *
 * Indicators: the index of each segment is joined with the set first, and only segments that can hold a hit are opened.
 * Rules: every segment whose sources can apply is decoded and matched. Text: words without diacritics and case, all of
 * them in one record.
 *
 * One hunt runs in one thread. `on_hit` and `on_progress` are called from it; on_progress returning false stops the
 * hunt, and the place (log_reader_place) tells where to go on.
 */
#pragma once
#include "lib/scan/decode.h"
#include "lib/scan/indicator.h"
#include "lib/scan/match.h"
#include "lib/scan/segment.h"

typedef struct {
  const LogRecord *record;
  size_t indicator; /* SIZE_MAX: none */
  const Rule *rule; /* NULL: none */
  Span where;       /* the piece of the record that was found */
} HuntHit;

typedef struct {
  const char *folder;
  LogRange range;
  const IndicatorSet *indicators; /* any of the three may be NULL */
  const RuleSet *rules;
  const Route *route;
  const PatternSet *patterns; /* of text lines, for rules; may be NULL */
  const char *text;
  const char *resume_place; /* NULL: from the start */
  void (*on_hit)(void *context, const HuntHit *hit);
  bool (*on_progress)(void *context, const LogProgress *progress, const char *place);
  void *context;
} Hunt;

bool hunt_run(const Hunt *hunt, ScanError *error);
