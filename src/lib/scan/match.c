#include "lib/scan/match.h"
#include "lib/scan/fold.h"
#include "lib/scan/rule_private.h"
#include "lib/scan/value_cache.h"
#include <stdlib.h>
#include <string.h>

enum { PLAN_BYTES_MAX = 16 << 20 };

/* What a class of events means for the rules; made when the first event of the class comes. */
typedef struct {
  uint8_t *sources;   /* whether rules of the source apply */
  uint8_t *slots;     /* whether a rule that applies names the field */
  uint8_t *rules;     /* whether the rule applies */
  uint32_t *keywords; /* fields of keywords that are named */
  uint32_t keyword_count;
  uint32_t *always;   /* rules without a witness */
  uint32_t always_count;
  uint32_t *paths;    /* 0: not known; else where its list in `lists` begins, + 1 */
  uint32_t path_count;
  uint32_t *lists;    /* count, slots … */
  uint32_t list_used, list_room;
} Plan;

struct Matcher {
  const RuleSet *set;
  FieldTable *table;
  Router *router;
  SlotWork *work;
  ValueCache *cache;
  Plan **plans;
  uint32_t plan_count;
  size_t plan_bytes;
  uint32_t format_path; /* log.format: not searched for keywords */

  uint32_t turn, value_turn;
  uint32_t *item_turns, *rule_turns, *value_turns;
  uint32_t *quiet_turns; /* slot: its keywords do not stand in the record */
  uint32_t *candidates, *fulfilled, *items;
  size_t candidate_count, fulfilled_count;
  const Plan *plan;
  uint32_t class;
  const Event *event;
  char *text; /* unescaped */
  size_t text_room;
  ScanArena shown; /* texts of matcher_fields and matcher_values for the last event */
};

/* ---- plans ---- */

static void free_plan(Plan *plan) {
  if (!plan)
    return;
  free(plan->sources);
  free(plan->slots);
  free(plan->rules);
  free(plan->always);
  free(plan->keywords);
  free(plan->paths);
  free(plan->lists);
  free(plan);
}

static void drop_plans(Matcher *matcher) {
  for (uint32_t i = 0; i < matcher->plan_count; i++) {
    free_plan(matcher->plans[i]);
    matcher->plans[i] = NULL;
  }
  matcher->plan_bytes = 0;
}

static Plan *new_plan(Matcher *matcher, uint32_t class) {
  const RuleSet *set = matcher->set;
  Plan *plan = scan_new(1, sizeof *plan);
  plan->sources = scan_new(set->source_count, 1);
  plan->slots = scan_new(set->slot_count, 1);
  plan->rules = scan_new(set->count, 1);
  for (uint32_t i = 0; i < set->source_count; i++) {
    const Source *source = &set->sources[i];
    plan->sources[i] = router_applies(matcher->router, class, source->product, source->category, source->service);
    for (uint32_t k = set->source_first[i]; plan->sources[i] && k < set->source_first[i + 1]; k++)
      plan->slots[set->source_slots[k]] = true;
  }
  plan->keywords = scan_new(set->slot_count, sizeof *plan->keywords);
  for (uint32_t i = 0; i < set->slot_count; i++)
    if (plan->slots[i] && *set->slot_name[i] == KEYWORD_MARK)
      plan->keywords[plan->keyword_count++] = i;
  for (uint32_t i = 0; i < set->count; i++)
    plan->rules[i] = plan->sources[set->entries[set->order[i]].source];
  plan->always = scan_new(set->unwitnessed_count, sizeof *plan->always);
  for (uint32_t i = 0; i < set->unwitnessed_count; i++)
    if (plan->rules[set->unwitnessed[i]])
      plan->always[plan->always_count++] = set->unwitnessed[i];
  matcher->plan_bytes += set->source_count + set->slot_count + set->count + sizeof *plan;
  return plan;
}

static Plan *plan_of(Matcher *matcher, uint32_t class) {
  if (matcher->plan_bytes > PLAN_BYTES_MAX)
    drop_plans(matcher);
  if (class >= matcher->plan_count) {
    matcher->plans = scan_grow(matcher->plans, class + 1, sizeof *matcher->plans);
    memset(matcher->plans + matcher->plan_count, 0, (class + 1 - matcher->plan_count) * sizeof *matcher->plans);
    matcher->plan_count = class + 1;
  }
  if (!matcher->plans[class])
    matcher->plans[class] = new_plan(matcher, class);
  return matcher->plans[class];
}

static void put_number(Matcher *matcher, Plan *plan, uint32_t number) {
  if (plan->list_used == plan->list_room) {
    plan->list_room = plan->list_room ? plan->list_room * 2 : 64;
    plan->lists = scan_grow(plan->lists, plan->list_room, sizeof *plan->lists);
    matcher->plan_bytes += plan->list_room / 2 * sizeof *plan->lists;
  }
  plan->lists[plan->list_used++] = number;
}

/* The fields (of those that matter in this class) that a path is. */
static uint32_t learn_path(Matcher *matcher, Plan *plan, uint32_t class, uint32_t path) {
  Span names[ROUTE_NAMES_MAX];
  if (path >= plan->path_count) {
    uint32_t room = path + path / 2 + 64;
    plan->paths = scan_grow(plan->paths, room, sizeof *plan->paths);
    memset(plan->paths + plan->path_count, 0, (room - plan->path_count) * sizeof *plan->paths);
    matcher->plan_bytes += (room - plan->path_count) * sizeof *plan->paths;
    plan->path_count = room;
  }
  uint32_t start = plan->list_used, count = 0;
  put_number(matcher, plan, 0);
  for (uint32_t i = 0; path != matcher->format_path && i < plan->keyword_count; i++, count++)
    put_number(matcher, plan, plan->keywords[i]);
  size_t name_count = path == FIELD_OTHER ? 0 : router_names(matcher->router, class, path, names);
  for (size_t i = 0; i < name_count; i++) {
    uint32_t slot = scan_map_find(&matcher->set->slot_names, names[i]);
    if (slot == MAP_NONE || !plan->slots[slot])
      continue;
    put_number(matcher, plan, slot);
    count++;
  }
  plan->lists[start] = count;
  return plan->paths[path] = start + 1;
}

static const uint32_t *slots_of(Matcher *matcher, Plan *plan, uint32_t class, uint32_t path) {
  uint32_t place = path < plan->path_count ? plan->paths[path] : 0;
  if (!place)
    place = learn_path(matcher, plan, class, path);
  return plan->lists + place - 1;
}

/* ---- one event ---- */

static Span text_of(Matcher *matcher, const EventField *field) {
  if (!field->escaped)
    return field->raw;
  if (matcher->text_room < field->raw.size) {
    free(matcher->text);
    matcher->text_room = field->raw.size * 2;
    matcher->text = scan_new(matcher->text_room, 1);
  }
  return event_text(field, matcher->text);
}

static void set_item(Matcher *matcher, uint32_t item) {
  const RuleSet *set = matcher->set;
  if (matcher->item_turns[item] == matcher->turn)
    return;
  matcher->item_turns[item] = matcher->turn;
  for (uint32_t i = set->witness_first[item]; i < set->witness_first[item + 1]; i++) {
    uint32_t rule = set->witness_rules[i];
    if (!matcher->plan->rules[rule] || matcher->rule_turns[rule] == matcher->turn)
      continue;
    matcher->rule_turns[rule] = matcher->turn;
    matcher->candidates[matcher->candidate_count++] = rule;
  }
}

/* The items that a value of a field sets, each once. */
static size_t items_of(Matcher *matcher, uint32_t slot, Span text, uint32_t *out) {
  const RuleSet *set = matcher->set;
  const uint32_t *ids;
  size_t id_count = slot_match(set->slots[slot], matcher->work, text, &ids), count = 0;
  if (!++matcher->value_turn) {
    memset(matcher->value_turns, 0, set->item_count * sizeof *matcher->value_turns);
    matcher->value_turn = 1;
  }
  for (size_t i = 0; i < id_count; i++)
    for (uint32_t k = set->pattern_first[ids[i]]; k < set->pattern_first[ids[i] + 1]; k++) {
      uint32_t item = set->pattern_items[k];
      if (matcher->value_turns[item] == matcher->value_turn)
        continue;
      matcher->value_turns[item] = matcher->value_turn;
      out[count++] = item;
    }
  return count;
}

static void match_value(Matcher *matcher, uint32_t slot, const EventField *field) {
  const RuleSet *set = matcher->set;
  if (set->slot_present[slot])
    set_item(matcher, set->slot_present[slot] - 1);
  if (field->kind == VALUE_NULL) {
    if (set->slot_null[slot])
      set_item(matcher, set->slot_null[slot] - 1);
    return;
  }
  if (!set->slots[slot] || matcher->quiet_turns[slot] == matcher->turn)
    return;
  const uint32_t *items;
  size_t count;
  if (!value_cache_find(matcher->cache, slot, field, &items, &count)) {
    count = items_of(matcher, slot, text_of(matcher, field), matcher->items);
    items = matcher->items;
    value_cache_keep(matcher->cache, slot, field, items, count);
  }
  for (size_t i = 0; i < count; i++)
    set_item(matcher, items[i]);
}

/* Calls `visit` for each value of the field in the event until it returns true. */
static bool each_value(Matcher *matcher, uint32_t slot, bool (*visit)(void *context, const EventField *field), void *context) {
  for (uint32_t i = 0; i < matcher->event->count; i++) {
    const EventField *field = &matcher->event->fields[i];
    const uint32_t *slots = slots_of(matcher, (Plan *)matcher->plan, matcher->class, field->path);
    for (uint32_t k = 1; k <= slots[0]; k++)
      if (slots[k] == slot && visit(context, field))
        return true;
  }
  return false;
}

typedef struct {
  Matcher *matcher;
  const Item *item;
  Span left, left_folded;
} Comparison;

static Span folded(Matcher *matcher, Span text) {
  bool ascii;
  char *out = scan_arena_take(&matcher->shown, FOLD_ROOM(text.size));
  return (Span){out, fold_text(text, out, &ascii)};
}

static Span kept_text(Matcher *matcher, const EventField *field) {
  if (!field->escaped)
    return field->raw;
  return event_text(field, scan_arena_take(&matcher->shown, field->raw.size + 1));
}

static bool equals_left(void *context, const EventField *field) {
  Comparison *comparison = context;
  if (field->kind == VALUE_NULL)
    return false;
  Span right = kept_text(comparison->matcher, field);
  if (!comparison->item->cased)
    right = folded(comparison->matcher, right);
  return right.size == comparison->left.size && memcmp(right.bytes, comparison->left.bytes, right.size) == 0;
}

static bool equals_any(void *context, const EventField *field) {
  Comparison *comparison = context;
  if (field->kind == VALUE_NULL)
    return false;
  comparison->left = kept_text(comparison->matcher, field);
  if (!comparison->item->cased)
    comparison->left = folded(comparison->matcher, comparison->left);
  return each_value(comparison->matcher, comparison->item->other, equals_left, comparison);
}

static bool item_holds(Matcher *matcher, uint32_t index) {
  const Item *item = &matcher->set->items[index];
  if (item->kind == ITEM_SOURCE)
    return matcher->plan->sources[item->other];
  if (item->kind == ITEM_REFERENCE)
    return each_value(matcher, item->slot, equals_any, &(Comparison){.matcher = matcher, .item = item});
  return matcher->item_turns[index] == matcher->turn;
}

static void run_rule(Matcher *matcher, uint32_t rule) {
  const RuleSet *set = matcher->set;
  uint32_t step = set->entries[set->order[rule]].start;
  while (step < STEP_REJECT)
    step = item_holds(matcher, set->steps[step].item) ? set->steps[step].yes : set->steps[step].no;
  if (step == STEP_ACCEPT)
    matcher->fulfilled[matcher->fulfilled_count++] = rule;
}

static void next_turn(Matcher *matcher) {
  scan_arena_clear(&matcher->shown);
  matcher->candidate_count = matcher->fulfilled_count = 0;
  if (++matcher->turn)
    return;
  memset(matcher->item_turns, 0, matcher->set->item_count * sizeof *matcher->item_turns);
  memset(matcher->rule_turns, 0, matcher->set->count * sizeof *matcher->rule_turns);
  memset(matcher->quiet_turns, 0, matcher->set->slot_count * sizeof *matcher->quiet_turns);
  matcher->turn = 1;
}

/* The decoder puts log.format last. */
static bool is_json(const Matcher *matcher, const Event *event) {
  const EventField *last = event->count ? &event->fields[event->count - 1] : NULL;
  return last && last->path == matcher->format_path && last->raw.size == 4 && memcmp(last->raw.bytes, "json", 4) == 0;
}

/* The values of a JSON record stand in it, so that keywords can be looked for in the whole of it at once. */
static void find_quiet(Matcher *matcher) {
  const Plan *plan = matcher->plan;
  if (!plan->keyword_count || !is_json(matcher, matcher->event))
    return;
  for (uint32_t i = 0; i < plan->keyword_count; i++) {
    const Slot *slot = matcher->set->slots[plan->keywords[i]];
    if (slot && !slot_may_match(slot, matcher->work, matcher->event->raw))
      matcher->quiet_turns[plan->keywords[i]] = matcher->turn;
  }
}

static int ascending(const void *left, const void *right) {
  uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
  return (a > b) - (a < b);
}

size_t matcher_match(Matcher *matcher, const Event *event, const uint32_t **out_rules) {
  next_turn(matcher);
  uint32_t class = router_class(matcher->router, event);
  Plan *plan = plan_of(matcher, class);
  matcher->plan = plan;
  matcher->class = class;
  matcher->event = event;
  find_quiet(matcher);
  for (uint32_t i = 0; i < event->count; i++) {
    const EventField *field = &event->fields[i];
    const uint32_t *slots = slots_of(matcher, plan, class, field->path);
    for (uint32_t k = 1; k <= slots[0]; k++)
      match_value(matcher, slots[k], field);
  }
  for (uint32_t i = 0; i < plan->always_count; i++)
    run_rule(matcher, plan->always[i]);
  for (size_t i = 0; i < matcher->candidate_count; i++)
    run_rule(matcher, matcher->candidates[i]);
  if (matcher->fulfilled_count > 1)
    qsort(matcher->fulfilled, matcher->fulfilled_count, sizeof *matcher->fulfilled, ascending);
  *out_rules = matcher->fulfilled;
  return matcher->fulfilled_count;
}

Matcher *matcher_new(const RuleSet *set, const Route *route, FieldTable *table, const MatcherOptions *options) {
  Matcher *matcher = scan_new(1, sizeof *matcher);
  matcher->set = set;
  matcher->table = table;
  matcher->router = router_new(route, table);
  matcher->work = slot_work_new(set->pattern_count, options && options->plain);
  matcher->cache = value_cache_new(options ? options->cache_entries : 0);
  matcher->item_turns = scan_new(set->item_count, sizeof *matcher->item_turns);
  matcher->value_turns = scan_new(set->item_count, sizeof *matcher->value_turns);
  matcher->items = scan_new(set->item_count, sizeof *matcher->items);
  matcher->quiet_turns = scan_new(set->slot_count, sizeof *matcher->quiet_turns);
  matcher->rule_turns = scan_new(set->count, sizeof *matcher->rule_turns);
  matcher->candidates = scan_new(set->count, sizeof *matcher->candidates);
  matcher->fulfilled = scan_new(set->count, sizeof *matcher->fulfilled);
  matcher->format_path = field_table_path(table, FIELD_ROOT, SPAN("log.format"));
  return matcher;
}

void matcher_free(Matcher *matcher) {
  if (!matcher)
    return;
  drop_plans(matcher);
  free(matcher->plans);
  router_free(matcher->router);
  slot_work_free(matcher->work);
  value_cache_free(matcher->cache);
  free(matcher->item_turns);
  free(matcher->value_turns);
  free(matcher->items);
  free(matcher->rule_turns);
  free(matcher->quiet_turns);
  free(matcher->candidates);
  free(matcher->fulfilled);
  free(matcher->text);
  scan_arena_clear(&matcher->shown);
  free(matcher);
}

/* ---- showing ---- */

static bool rule_has_item(const RuleSet *set, const Entry *entry, uint32_t item) {
  for (uint32_t step = entry->steps_from; step < entry->steps_to; step++)
    if (set->steps[step].item == item)
      return true;
  return false;
}

/* Whether the value of the field sets one of the tests of the rule. */
static bool value_counts(Matcher *matcher, const Entry *entry, uint32_t slot, Span text) {
  if (!matcher->set->slots[slot])
    return false;
  size_t count = items_of(matcher, slot, text, matcher->items);
  for (size_t i = 0; i < count; i++)
    if (rule_has_item(matcher->set, entry, matcher->items[i]))
      return true;
  return false;
}

size_t matcher_fields(Matcher *matcher, const Event *event, uint32_t rule, MatchField *out, size_t max) {
  const RuleSet *set = matcher->set;
  const Entry *entry = &set->entries[set->order[rule]];
  size_t count = 0;
  for (uint32_t i = 0; i < event->count && count < max; i++) {
    const EventField *field = &event->fields[i];
    if (field->kind == VALUE_NULL)
      continue;
    const uint32_t *slots = slots_of(matcher, (Plan *)matcher->plan, matcher->class, field->path);
    for (uint32_t k = 1; k <= slots[0] && count < max; k++) {
      Span text = kept_text(matcher, field);
      if (!value_counts(matcher, entry, slots[k], text))
        continue;
      const char *name = set->slot_name[slots[k]];
      Span shown = *name == KEYWORD_MARK ? field_table_name(matcher->table, field->path) : (Span){name, strlen(name)};
      out[count++] = (MatchField){shown, text};
    }
  }
  return count;
}

size_t matcher_values(Matcher *matcher, const Event *event, const char *name, Span *out, size_t max) {
  Span wanted = {name, strlen(name)}, names[ROUTE_NAMES_MAX];
  size_t count = 0;
  for (uint32_t i = 0; i < event->count && count < max; i++) {
    const EventField *field = &event->fields[i];
    if (field->kind == VALUE_NULL || field->path == FIELD_OTHER)
      continue;
    size_t name_count = router_names(matcher->router, matcher->class, field->path, names);
    for (size_t k = 0; k < name_count; k++)
      if (names[k].size == wanted.size && memcmp(names[k].bytes, wanted.bytes, wanted.size) == 0) {
        out[count++] = kept_text(matcher, field);
        break;
      }
  }
  return count;
}
