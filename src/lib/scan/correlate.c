#include "lib/scan/correlate.h"
#include "lib/scan/correlate_window.h"
#include "lib/scan/fold.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An event that detections matched: which, and the values that correlations may ask for. */
typedef struct {
  int64_t time_ms;
  uint64_t sequence, line;
  uint32_t *rules; /* entries */
  uint32_t rule_count;
  Span *values; /* by name; bytes NULL: missing */
  size_t bytes;
} Record;

struct Correlator {
  const RuleSet *set;
  WindowSet windows;
  uint32_t *order; /* entries of correlations, each behind those that it refers to */
  uint32_t order_count;
  uint8_t *referred; /* entry: some correlation names it */
  ScanMap names;
  ScanArena arena;
  const char **name_list;
  uint32_t name_count;
  int64_t tolerance_ms, newest_ms, done_ms;
  Record *waiting; /* a heap, the earliest first */
  size_t waiting_count, waiting_room, waiting_bytes, memory_bytes;
  uint64_t sequence, late;
  uint32_t *fired_turn, *via; /* entry: fired at the record of this turn, by which of its rules */
  uint32_t turn;
  Correlated *found;
  size_t found_count, found_room;
  ScanArena texts; /* of what was found */
};

/* ---- what correlations ask for ---- */

/* The field of the event that `name` is for the referred entry: aliases of chained correlations are followed down. */
static const char *through_aliases(const RuleSet *set, const Correlation *correlation, const char *name, uint32_t which) {
  const Rule *rule = &set->entries[correlation->rules[which]].rule;
  for (const Alias *alias = correlation->aliases; alias; alias = alias->next)
    if (strcmp(alias->name, name) == 0 && (strcmp(alias->rule, rule->id) == 0 || strcmp(alias->rule, rule->name) == 0))
      return alias->field;
  return name;
}

static void need_name(Correlator *correlator, uint32_t entry, const char *name, int depth) {
  const Correlation *inner = correlator->set->entries[entry].correlation;
  for (uint32_t i = 0; inner && depth < 100 && i < inner->rule_count; i++)
    need_name(correlator, inner->rules[i], through_aliases(correlator->set, inner, name, i), depth + 1);
  if (inner)
    return;
  uint32_t id = scan_map_put(&correlator->names, (Span){name, strlen(name)}, correlator->name_count);
  if (id == correlator->name_count) {
    correlator->name_list = scan_grow(correlator->name_list, id + 1, sizeof *correlator->name_list);
    correlator->name_list[correlator->name_count++] = name;
  }
}

static void need_fields(Correlator *correlator, const Correlation *correlation, const GroupField *fields, uint32_t count) {
  for (uint32_t i = 0; i < count; i++)
    for (uint32_t k = 0; k < correlation->rule_count; k++)
      need_name(correlator, correlation->rules[k], fields[i].for_rule[k], 0);
}

static void order_entry(Correlator *correlator, uint32_t index, uint8_t *seen) {
  const Entry *entry = &correlator->set->entries[index];
  if (!entry->correlation || seen[index])
    return;
  seen[index] = true;
  for (uint32_t i = 0; i < entry->correlation->rule_count; i++) {
    correlator->referred[entry->correlation->rules[i]] = true;
    order_entry(correlator, entry->correlation->rules[i], seen);
  }
  correlator->order[correlator->order_count++] = index;
  need_fields(correlator, entry->correlation, entry->correlation->groups, entry->correlation->group_count);
  need_fields(correlator, entry->correlation, entry->correlation->fields, entry->correlation->field_count);
}

Correlator *correlator_new(const RuleSet *set, size_t memory_bytes) {
  Correlator *correlator = scan_new(1, sizeof *correlator);
  correlator->set = set;
  correlator->memory_bytes = memory_bytes;
  correlator->names.arena = &correlator->arena;
  correlator->newest_ms = correlator->done_ms = INT64_MIN;
  windows_init(&correlator->windows, memory_bytes);
  correlator->order = scan_new(set->entry_count, sizeof *correlator->order);
  correlator->referred = scan_new(set->entry_count, 1);
  correlator->fired_turn = scan_new(set->entry_count, sizeof *correlator->fired_turn);
  correlator->via = scan_new(set->entry_count, sizeof *correlator->via);
  uint8_t *seen = scan_new(set->entry_count, 1);
  for (size_t i = 0; i < set->count; i++)
    order_entry(correlator, set->order[i], seen);
  free(seen);
  return correlator;
}

static void free_record(Record *record) {
  free(record->rules);
  free(record->values);
}

void correlator_free(Correlator *correlator) {
  if (!correlator)
    return;
  for (size_t i = 0; i < correlator->waiting_count; i++)
    free_record(&correlator->waiting[i]);
  windows_clear(&correlator->windows);
  scan_map_clear(&correlator->names);
  scan_arena_clear(&correlator->arena);
  scan_arena_clear(&correlator->texts);
  void *arrays[] = {correlator->order, correlator->referred, correlator->name_list, correlator->waiting,
                    correlator->fired_turn, correlator->via, correlator->found};
  for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
    free(arrays[i]);
  free(correlator);
}

void correlator_set_tolerance(Correlator *correlator, int64_t tolerance_ms) {
  correlator->tolerance_ms = tolerance_ms;
}

uint64_t correlator_evicted(const Correlator *correlator) {
  return correlator->windows.evicted;
}

uint64_t correlator_late(const Correlator *correlator) {
  return correlator->late;
}

/* ---- records in the order of their time ---- */

static bool earlier(const Record *left, const Record *right) {
  return left->time_ms != right->time_ms ? left->time_ms < right->time_ms : left->sequence < right->sequence;
}

static void put_waiting(Correlator *correlator, Record record) {
  if (correlator->waiting_count == correlator->waiting_room) {
    correlator->waiting_room = correlator->waiting_room ? correlator->waiting_room * 2 : 64;
    correlator->waiting = scan_grow(correlator->waiting, correlator->waiting_room, sizeof *correlator->waiting);
  }
  Record *heap = correlator->waiting;
  size_t at = correlator->waiting_count++;
  for (; at && earlier(&record, &heap[(at - 1) / 2]); at = (at - 1) / 2)
    heap[at] = heap[(at - 1) / 2];
  heap[at] = record;
  correlator->waiting_bytes += record.bytes;
}

static Record take_waiting(Correlator *correlator) {
  Record *heap = correlator->waiting, first = heap[0], last = heap[--correlator->waiting_count];
  size_t at = 0, count = correlator->waiting_count;
  for (size_t child; (child = at * 2 + 1) < count; at = child) {
    child += child + 1 < count && earlier(&heap[child + 1], &heap[child]);
    if (!earlier(&heap[child], &last))
      break;
    heap[at] = heap[child];
  }
  heap[at] = last;
  correlator->waiting_bytes -= first.bytes;
  return first;
}

/* Rules and values in two blocks: the table of values is followed by their bytes. */
static Record make_record(Correlator *correlator, Matcher *matcher, const Event *event, const uint32_t *rules, size_t count) {
  Record record = {.line = event->line, .sequence = correlator->sequence++};
  record.rules = scan_new(count, sizeof *record.rules);
  for (size_t i = 0; i < count; i++)
    if (correlator->referred[correlator->set->order[rules[i]]])
      record.rules[record.rule_count++] = correlator->set->order[rules[i]];
  if (!record.rule_count) {
    free(record.rules);
    record.rules = NULL;
    return record;
  }
  Span *values = scan_new(correlator->name_count, sizeof *values);
  size_t size = correlator->name_count * sizeof *values;
  for (uint32_t i = 0; i < correlator->name_count; i++) {
    if (!matcher_values(matcher, event, correlator->name_list[i], &values[i], 1))
      values[i] = (Span){NULL, 0};
    size += values[i].size + 1;
  }
  record.values = scan_new(1, size);
  char *at = (char *)(record.values + correlator->name_count);
  for (uint32_t i = 0; i < correlator->name_count; i++) {
    if (!values[i].bytes)
      continue;
    memcpy(at, values[i].bytes, values[i].size);
    record.values[i] = (Span){at, values[i].size};
    at += values[i].size + 1;
  }
  free(values);
  record.bytes = size + count * sizeof *record.rules + sizeof record;
  return record;
}

/* ---- one record ---- */

/* The value that `name` is for the referred entry at this record. */
static Span value_of(Correlator *correlator, const Record *record, uint32_t entry, const char *name) {
  const RuleSet *set = correlator->set;
  for (const Correlation *inner; (inner = set->entries[entry].correlation);) {
    uint32_t which = correlator->via[entry];
    name = through_aliases(set, inner, name, which);
    entry = inner->rules[which];
  }
  uint32_t id = scan_map_find(&correlator->names, (Span){name, strlen(name)});
  return id == MAP_NONE ? (Span){NULL, 0} : record->values[id];
}

/* Values of fields, folded, each behind its length; false: one is missing. */
static bool join_values(Correlator *correlator, const Record *record, const Correlation *correlation, uint32_t which,
                        const GroupField *fields, uint32_t count, Span *out) {
  Span parts[64];
  size_t size = 0;
  for (uint32_t i = 0; i < count; i++) {
    parts[i] = value_of(correlator, record, correlation->rules[which], fields[i].for_rule[which]);
    if (!parts[i].bytes)
      return false;
    size += sizeof(size_t) + FOLD_ROOM(parts[i].size);
  }
  char *joined = scan_arena_take(&correlator->texts, size + 1);
  out->bytes = joined;
  for (uint32_t i = 0; i < count; i++) {
    bool ascii;
    size_t folded = fold_text(parts[i], joined + sizeof folded, &ascii);
    memcpy(joined, &folded, sizeof folded);
    joined += sizeof folded + folded;
  }
  out->size = (size_t)(joined - out->bytes);
  return true;
}

static Span shown_group(Correlator *correlator, const Record *record, const Correlation *correlation, uint32_t which) {
  size_t size = 1;
  for (uint32_t i = 0; i < correlation->group_count; i++)
    size += strlen(correlation->groups[i].name) + 3 +
            value_of(correlator, record, correlation->rules[which], correlation->groups[i].for_rule[which]).size;
  char *text = scan_arena_take(&correlator->texts, size), *at = text;
  for (uint32_t i = 0; i < correlation->group_count; i++) {
    Span value = value_of(correlator, record, correlation->rules[which], correlation->groups[i].for_rule[which]);
    at += sprintf(at, "%s%s=", i ? ", " : "", correlation->groups[i].name);
    memcpy(at, value.bytes, value.size);
    at += value.size;
  }
  *at = 0;
  return (Span){text, (size_t)(at - text)};
}

static void report(Correlator *correlator, const Record *record, const Entry *entry, const Window *window, uint32_t which,
                   double value) {
  if (entry->rule.silent)
    return;
  if (correlator->found_count == correlator->found_room) {
    correlator->found_room = correlator->found_room ? correlator->found_room * 2 : 16;
    correlator->found = scan_grow(correlator->found, correlator->found_room, sizeof *correlator->found);
  }
  size_t count = window->count < CORRELATED_MAX ? window->count : CORRELATED_MAX;
  uint64_t *lines = scan_arena_take(&correlator->texts, count * sizeof *lines);
  for (size_t i = 0; i < count; i++)
    lines[i] = window_member(window, window->count - count + i)->line;
  correlator->found[correlator->found_count++] = (Correlated){
      .rule = entry->index,
      .first_ms = window_member(window, 0)->time_ms,
      .last_ms = record->time_ms,
      .value = value,
      .group = shown_group(correlator, record, entry->correlation, which),
      .lines = lines,
      .line_count = count,
  };
}

/* One group that the record belongs to in a correlation. */
typedef struct {
  Span key, value;
  double number;
  uint64_t rules;
  uint32_t which;
} Part;

static bool same_span(Span left, Span right) {
  return left.size == right.size && memcmp(left.bytes, right.bytes, left.size) == 0;
}

static bool read_part(Correlator *correlator, const Record *record, const Correlation *correlation, uint32_t which, Part *out) {
  *out = (Part){.which = which, .number = NAN};
  if (!join_values(correlator, record, correlation, which, correlation->groups, correlation->group_count, &out->key))
    return false;
  if (!correlation->field_count)
    return true;
  if (!join_values(correlator, record, correlation, which, correlation->fields, correlation->field_count, &out->value))
    return false;
  if (correlation->type == CORRELATE_VALUE_COUNT)
    return true;
  Span text = value_of(correlator, record, correlation->rules[which], correlation->fields[0].for_rule[which]);
  bool number = value_number(text, &out->number);
  if (!number)
    out->number = NAN;
  if (correlation->type == CORRELATE_VALUE_PERCENTILE)
    return true;
  out->value = (Span){NULL, 0};
  return number;
}

static void run_correlation(Correlator *correlator, const Record *record, uint32_t index) {
  const Entry *entry = &correlator->set->entries[index];
  const Correlation *correlation = entry->correlation;
  Part parts[64];
  size_t count = 0;
  bool temporal = correlation->type == CORRELATE_TEMPORAL || correlation->type == CORRELATE_ORDERED;
  for (uint32_t i = 0; i < correlation->rule_count; i++) {
    Part part;
    if (correlator->fired_turn[correlation->rules[i]] != correlator->turn || !read_part(correlator, record, correlation, i, &part))
      continue;
    size_t k = 0;
    while (k < count && !same_span(parts[k].key, part.key))
      k++;
    if (k == 64)
      break;
    if (k == count)
      parts[count++] = part;
    parts[k].rules |= temporal ? 1ull << i : 0;
  }
  for (size_t k = 0; k < count; k++) {
    Member member = {.time_ms = record->time_ms, .line = record->line, .rules = parts[k].rules, .number = parts[k].number};
    Window *window = window_get(&correlator->windows, correlation, parts[k].key);
    double value;
    if (!window_add(&correlator->windows, window, member, parts[k].value, &value))
      continue;
    if (correlator->fired_turn[index] != correlator->turn)
      correlator->via[index] = parts[k].which;
    correlator->fired_turn[index] = correlator->turn;
    report(correlator, record, entry, window, parts[k].which, value);
  }
}

static void run_record(Correlator *correlator, Record *record) {
  if (!++correlator->turn) {
    memset(correlator->fired_turn, 0, correlator->set->entry_count * sizeof *correlator->fired_turn);
    correlator->turn = 1;
  }
  if (record->time_ms < correlator->done_ms) {
    correlator->late++;
    record->time_ms = correlator->done_ms;
  }
  correlator->done_ms = record->time_ms;
  for (uint32_t i = 0; i < record->rule_count; i++)
    correlator->fired_turn[record->rules[i]] = correlator->turn;
  for (uint32_t i = 0; i < correlator->order_count; i++)
    run_correlation(correlator, record, correlator->order[i]);
}

static void begin(Correlator *correlator) {
  scan_arena_clear(&correlator->texts);
  correlator->found_count = 0;
}

static void run_waiting(Correlator *correlator, bool all) {
  while (correlator->waiting_count) {
    const Record *next = &correlator->waiting[0];
    bool ripe = all || correlator->waiting_bytes > correlator->memory_bytes ||
                (correlator->tolerance_ms != CORRELATE_ALL_FIRST && correlator->newest_ms - next->time_ms >= correlator->tolerance_ms);
    if (!ripe)
      return;
    Record record = take_waiting(correlator);
    run_record(correlator, &record);
    free_record(&record);
  }
}

size_t correlator_feed(Correlator *correlator, Matcher *matcher, const Event *event, const uint32_t *rules, size_t count, int64_t time_ms,
                       const Correlated **out) {
  begin(correlator);
  *out = correlator->found;
  if (!correlator->order_count || !count || time_ms == EVENT_NO_TIME)
    return 0;
  Record record = make_record(correlator, matcher, event, rules, count);
  if (!record.rule_count)
    return 0;
  record.time_ms = time_ms;
  correlator->newest_ms = time_ms > correlator->newest_ms ? time_ms : correlator->newest_ms;
  put_waiting(correlator, record);
  run_waiting(correlator, false);
  *out = correlator->found;
  return correlator->found_count;
}

size_t correlator_flush(Correlator *correlator, const Correlated **out) {
  begin(correlator);
  run_waiting(correlator, true);
  *out = correlator->found;
  return correlator->found_count;
}
