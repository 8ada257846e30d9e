#include "lib/scan/hunt.h"
#include "lib/scan/hunt_rule.h"
#include "lib/scan/segment_read.h"
#include "lib/scan/stored.h"
#include "lib/scan/text_search.h"
#include <stdlib.h>
#include <time.h>

enum { RECENT_HITS = 64, SEGMENTS_A_PROGRESS = 64 };

typedef struct {
  const Hunt *hunt;
  LogReader *reader;
  int64_t now_ms;
  TextSearch *search;
  HuntRules *rules;
  bool stopped;
  uint32_t skipped; /* segments since the last progress */
  struct {
    const char *record;
    size_t indicator;
  } recent[RECENT_HITS]; /* told already in this frame */
  size_t recent_at;
  size_t *places; /* of text found in this frame */
  size_t place_count, place_room;
} Run;

static void tell_progress(Run *run) {
  char place[128];
  const Hunt *hunt = run->hunt;
  log_reader_place(run->reader, place);
  if (hunt->on_progress && !hunt->on_progress(hunt->context, log_reader_progress(run->reader), place))
    run->stopped = true;
}

static void tell(Run *run, const LogRecord *record, size_t indicator, const Rule *rule, Span where) {
  HuntHit hit = {record, indicator, rule, where};
  run->hunt->on_hit(run->hunt->context, &hit);
}

/* --- indicators --- */

static bool told_before(Run *run, const LogRecord *record, size_t indicator) {
  for (size_t i = 0; i < RECENT_HITS; i++)
    if (run->recent[i].record == record->bytes.bytes && run->recent[i].indicator == indicator)
      return true;
  run->recent[run->recent_at].record = record->bytes.bytes;
  run->recent[run->recent_at].indicator = indicator;
  run->recent_at = (run->recent_at + 1) % RECENT_HITS;
  return false;
}

typedef struct {
  Run *run;
  Span text;
} FrameOfRun;

static void indicator_found(void *context, size_t index, Span where) {
  FrameOfRun *frame = context;
  const LogRecord *record = log_reader_record_at(frame->run->reader, (size_t)(where.bytes - frame->text.bytes));
  if (record && !told_before(frame->run, record, index))
    tell(frame->run, record, index, NULL, where);
}

static void hunt_indicators(Run *run, Span text) {
  FrameOfRun frame = {run, text};
  memset(run->recent, 0, sizeof run->recent);
  indicator_set_match(run->hunt->indicators, text, run->now_ms, indicator_found, &frame);
}

/* Only indicators: segments whose index has none of them stay closed. */
static bool segment_wanted(void *context, const SegmentInfo *info, const uint64_t *hashes, size_t count) {
  Run *run = context;
  (void)info;
  if (++run->skipped % SEGMENTS_A_PROGRESS == 0 && !run->stopped)
    tell_progress(run);
  return !run->stopped && indicator_set_joins(run->hunt->indicators, hashes, count, run->now_ms);
}

/* --- words --- */

static void note_place(Run *run, size_t place, size_t size) {
  if (run->place_count + 2 > run->place_room)
    run->places = scan_grow(run->places, run->place_room = run->place_room * 2 + 64, sizeof *run->places);
  run->places[run->place_count++] = place;
  run->places[run->place_count++] = size;
}

static void hunt_text(Run *run, Span text) {
  Span where;
  run->place_count = 0;
  for (size_t from = 0; from < text.size && text_search_next(run->search, text, from, &where);) {
    const LogRecord *record = log_reader_record_at(run->reader, (size_t)(where.bytes - text.bytes));
    if (record && text_search_all(run->search, record->bytes))
      note_place(run, (size_t)(where.bytes - text.bytes), where.size);
    from = log_reader_record_end(run->reader, (size_t)(where.bytes - text.bytes));
  }
  bool newest = run->hunt->range.newest_first;
  for (size_t i = 0; i < run->place_count && !run->stopped; i += 2) {
    size_t at = newest ? run->place_count - 2 - i : i;
    tell(run, log_reader_record_at(run->reader, run->places[at]), SIZE_MAX, NULL,
         (Span){text.bytes + run->places[at], run->places[at + 1]});
  }
}

/* --- rules --- */

static void rule_found(void *context, const LogRecord *record, const Rule *rule) {
  tell(context, record, SIZE_MAX, rule, record->bytes);
}

static void hunt_rules(Run *run) {
  size_t count;
  const LogRecord *records = log_reader_all(run->reader, &count);
  for (size_t i = 0; i < count; i++)
    if (log_reader_wants(run->reader, records, i))
      hunt_rules_record(run->rules, &records[i], rule_found, run);
}

/* --- the run --- */

static void run_free(Run *run) {
  log_reader_free(run->reader);
  text_search_free(run->search);
  hunt_rules_free(run->rules);
  free(run->places);
}

static bool run_open(Run *run, ScanError *error) {
  const Hunt *hunt = run->hunt;
  if (!hunt->indicators && !hunt->rules && !hunt->text)
    return scan_fail(error, "Chưa nêu chỉ dấu, luật hay từ để săn lùng");
  if (hunt->text && !(run->search = text_search_new(hunt->text, error)))
    return false;
  if (hunt->rules && !(run->rules = hunt_rules_new(hunt->rules, hunt->route, hunt->patterns)))
    return scan_fail(error, "Không mở được bộ so luật");
  run->reader = log_reader_new(hunt->folder, &hunt->range, error);
  if (!run->reader)
    return false;
  if (hunt->resume_place && !log_reader_resume(run->reader, hunt->resume_place))
    return scan_fail(error, "Chỗ dừng của lần săn lùng trước không đúng");
  if (!hunt->rules && !hunt->text)
    log_reader_filter(run->reader, segment_wanted, run);
  return true;
}

bool hunt_run(const Hunt *hunt, ScanError *error) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  Run run = {.hunt = hunt, .now_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000};
  Span text;
  bool good = run_open(&run, error);
  while (good && !run.stopped && log_reader_next(run.reader, &text)) {
    if (hunt->indicators)
      hunt_indicators(&run, text);
    if (hunt->text)
      hunt_text(&run, text);
    if (hunt->rules)
      hunt_rules(&run);
    tell_progress(&run);
  }
  if (good && !run.stopped)
    tell_progress(&run);
  run_free(&run);
  return good;
}
