/* From documents to what the matcher runs: which rules stay, filters, programs, witnesses, one matcher for each field. */
#include "lib/scan/rule_private.h"
#include <stdlib.h>
#include <string.h>

enum { RULE_STEPS_MAX = 200000 };
static const float never = 1e30f;

/* ---- which documents stay ---- */

static void name_entry(RuleSet *set, const char *name, size_t index) {
  if (*name)
    scan_map_put(&set->names, (Span){name, strlen(name)}, (uint32_t)index);
}

static void name_entries(RuleSet *set) {
  for (size_t i = 0; i < set->entry_count; i++)
    if (!set->entries[i].filter_rules)
      name_entry(set, set->entries[i].rule.id, i);
  for (size_t i = 0; i < set->entry_count; i++)
    if (!set->entries[i].filter_rules)
      name_entry(set, set->entries[i].rule.name, i);
}

static void need(RuleSet *set, uint32_t index, uint8_t *needed) {
  if (needed[index])
    return;
  needed[index] = true;
  const Correlation *correlation = set->entries[index].correlation;
  for (uint32_t i = 0; correlation && i < correlation->rule_count; i++)
    need(set, correlation->rules[i], needed);
}

/* Rules below the level stay when a correlation that stays is made of them, but only for it. */
static void drop_below(RuleSet *set, RuleLevel least) {
  uint8_t *needed = scan_new(set->entry_count, 1);
  for (uint32_t i = 0; i < set->entry_count; i++)
    if (!set->entries[i].dropped && set->entries[i].rule.level >= least)
      need(set, i, needed);
  for (size_t i = 0; i < set->entry_count; i++) {
    Entry *entry = &set->entries[i];
    if (entry->filter_rules)
      continue;
    entry->dropped = entry->dropped || !needed[i];
    entry->rule.silent = entry->rule.silent || entry->rule.level < least;
  }
  free(needed);
}

static void number_entries(RuleSet *set) {
  set->order = scan_new(set->entry_count, sizeof *set->order);
  for (size_t i = 0; i < set->entry_count; i++) {
    if (set->entries[i].dropped || set->entries[i].filter_rules)
      continue;
    set->entries[i].index = (uint32_t)set->count;
    set->order[set->count++] = (uint32_t)i;
  }
}

/* ---- filters ---- */

static bool filter_names(const Entry *filter, const Rule *rule) {
  for (const char **name = filter->filter_rules; *name; name++)
    if (strcmp(*name, rule->id) == 0 || strcmp(*name, rule->name) == 0)
      return true;
  return false;
}

static void add_filter(RuleSet *set, const Entry *filter) {
  Expr *source = expr_item(set, (Item){.kind = ITEM_SOURCE, .other = filter->source});
  Expr *hidden = expr_join(set, EXPR_AND, expr_join(set, EXPR_AND, NULL, source), filter->expr);
  Expr *visible = expr_not(set, hidden);
  for (size_t i = 0; i < set->entry_count; i++) {
    Entry *entry = &set->entries[i];
    if (entry->expr && !entry->filter_rules && filter_names(filter, &entry->rule))
      entry->expr = expr_join(set, EXPR_AND, expr_join(set, EXPR_AND, NULL, entry->expr), visible);
  }
}

/* ---- programs ---- */

typedef struct {
  RuleSet *set;
  size_t room;
  uint32_t start;
  bool too_large;
} Program;

static uint32_t put_step(Program *program, uint32_t item, uint32_t yes, uint32_t no) {
  RuleSet *set = program->set;
  if (set->step_count - program->start >= RULE_STEPS_MAX) {
    program->too_large = true;
    return STEP_REJECT;
  }
  if (set->step_count == program->room) {
    program->room = program->room ? program->room * 2 : 4096;
    set->steps = scan_grow(set->steps, program->room, sizeof *set->steps);
  }
  set->steps[set->step_count] = (Step){item, yes, no};
  return set->step_count++;
}

/* Children stand in reverse, so each is built with the place where the one behind it begins. */
static uint32_t build_expr(Program *program, const Expr *expr, uint32_t yes, uint32_t no) {
  uint32_t next;
  if (program->too_large)
    return STEP_REJECT;
  switch (expr->op) {
  case EXPR_TRUE:
    return yes;
  case EXPR_FALSE:
    return no;
  case EXPR_ITEM:
    return put_step(program, expr->item, yes, no);
  case EXPR_NOT:
    return build_expr(program, expr->child, no, yes);
  case EXPR_AND:
    next = yes;
    for (const Expr *child = expr->child; child; child = child->next)
      next = build_expr(program, child, next, no);
    return next;
  case EXPR_OR:
    next = no;
    for (const Expr *child = expr->child; child; child = child->next)
      next = build_expr(program, child, yes, next);
    return next;
  }
  return no;
}

static void build_programs(RuleSet *set) {
  Program program = {.set = set};
  for (size_t i = 0; i < set->entry_count; i++) {
    Entry *entry = &set->entries[i];
    if (!entry->expr || entry->filter_rules || entry->dropped)
      continue;
    program.start = set->step_count;
    program.too_large = false;
    entry->start = build_expr(&program, entry->expr, STEP_ACCEPT, STEP_REJECT);
    entry->steps_from = program.start;
    entry->steps_to = set->step_count;
    if (!program.too_large)
      continue;
    ScanError error = {.message = "điều kiện của luật quá lớn", .line = entry->rule.line, .column = entry->column};
    rule_fault(set, entry->rule.file, &error);
    entry->dropped = true;
    entry->steps_to = set->step_count = program.start;
  }
}

/* ---- witnesses ---- */

/* A guess how often a pattern is met, from its kind and length; only the order matters. */
static float pattern_cost(const Pattern *pattern) {
  size_t size = pattern->text.size;
  switch ((MatchKind)pattern->kind) {
  case MATCH_EXACT:
    return size <= 5 ? 20 : 2;
  case MATCH_START:
    return size <= 4 ? 40 : size < 16 ? 15 : 5;
  case MATCH_END:
    return size <= 4 ? 60 : size <= 8 ? 4 : 2;
  case MATCH_CONTAINS:
    return size <= 2 ? 50 : size <= 4 ? 15 : size <= 8 ? 4 : 2;
  case MATCH_GLOB:
    return 5;
  case MATCH_REGEX:
    return 8;
  case MATCH_CIDR:
    return 30;
  case MATCH_NUMBER:
  case MATCH_TIME:
    return 60;
  case MATCH_ANY:
  case MATCH_KINDS:
    return 500;
  }
  return 500;
}

static float *item_costs(const RuleSet *set) {
  float *costs = scan_new(set->item_count, sizeof *costs);
  for (uint32_t i = 0; i < set->item_count; i++)
    costs[i] = set->items[i].kind == ITEM_REFERENCE || set->items[i].kind == ITEM_SOURCE ? never
               : set->items[i].kind == ITEM_PATTERNS                                     ? 0
                                                                                         : 800;
  for (uint32_t i = 0; i < set->use_count; i++) {
    float cost = pattern_cost(&set->patterns[set->uses[i].pattern]), *sum = &costs[set->uses[i].item];
    *sum = (*sum > cost ? *sum : cost) + 0.05f * cost;
  }
  return costs;
}

/* What it costs to see every event for which `expr` is `wanted`; `never` when nothing that is set tells of it. */
static float witness_cost(Expr *expr, bool wanted, const float *costs) {
  if (expr->cost[wanted] > 0)
    return expr->cost[wanted];
  float least = never, sum = 0;
  for (Expr *child = expr->child; child; child = child->next) {
    float cost = witness_cost(child, expr->op == EXPR_NOT ? !wanted : wanted, costs);
    least = cost < least ? cost : least;
    sum += cost;
  }
  float cost = never;
  if (expr->op == EXPR_ITEM)
    cost = wanted ? costs[expr->item] : never;
  else if (expr->op == EXPR_TRUE || expr->op == EXPR_FALSE)
    cost = (expr->op == EXPR_TRUE) == wanted ? never : 0;
  else
    cost = expr->op == EXPR_NOT ? sum : (expr->op == EXPR_AND) == wanted ? least : sum;
  cost = cost > never ? never : cost + 0.001f;
  return expr->cost[wanted] = cost;
}

typedef struct {
  uint32_t item, rule;
} Witness;

typedef struct {
  Witness *list;
  size_t count, room;
} WitnessList;

static void collect_witness(WitnessList *out, Expr *expr, bool wanted, uint32_t rule, const float *costs) {
  if (expr->op == EXPR_ITEM) {
    if (out->count == out->room) {
      out->room = out->room ? out->room * 2 : 4096;
      out->list = scan_grow(out->list, out->room, sizeof *out->list);
    }
    out->list[out->count++] = (Witness){expr->item, rule};
    return;
  }
  bool inner = expr->op == EXPR_NOT ? !wanted : wanted, one = (expr->op == EXPR_AND) == wanted && expr->op != EXPR_NOT;
  Expr *best = expr->child;
  for (Expr *child = expr->child; child; child = child->next) {
    if (!one)
      collect_witness(out, child, inner, rule, costs);
    else if (witness_cost(child, inner, costs) < witness_cost(best, inner, costs))
      best = child;
  }
  if (one && best)
    collect_witness(out, best, inner, rule, costs);
}

static int by_item(const void *left, const void *right) {
  const Witness *a = left, *b = right;
  return a->item != b->item ? (a->item < b->item ? -1 : 1) : (a->rule > b->rule) - (a->rule < b->rule);
}

static void build_witnesses(RuleSet *set) {
  float *costs = item_costs(set);
  WitnessList list = {0};
  set->unwitnessed = scan_new(set->count, sizeof *set->unwitnessed);
  for (uint32_t i = 0; i < set->count; i++) {
    Entry *entry = &set->entries[set->order[i]];
    if (!entry->expr)
      continue;
    if (witness_cost(entry->expr, true, costs) >= never)
      set->unwitnessed[set->unwitnessed_count++] = i;
    else
      collect_witness(&list, entry->expr, true, i, costs);
  }
  if (list.count)
    qsort(list.list, list.count, sizeof *list.list, by_item);
  set->witness_first = scan_new(set->item_count + 1, sizeof *set->witness_first);
  set->witness_rules = scan_new(list.count, sizeof *set->witness_rules);
  uint32_t used = 0;
  for (size_t i = 0, item = 0; item <= set->item_count; item++) {
    set->witness_first[item] = used;
    for (; i < list.count && list.list[i].item == item; i++)
      if (used == set->witness_first[item] || set->witness_rules[used - 1] != list.list[i].rule)
        set->witness_rules[used++] = list.list[i].rule;
  }
  free(list.list);
  free(costs);
}

/* ---- fields ---- */

static uint8_t *used_items(const RuleSet *set) {
  uint8_t *used = scan_new(set->item_count, 1);
  for (size_t i = 0; i < set->count; i++) {
    const Entry *entry = &set->entries[set->order[i]];
    for (uint32_t step = entry->steps_from; step < entry->steps_to; step++)
      used[set->steps[step].item] = true;
  }
  return used;
}

static void build_pattern_items(RuleSet *set, const uint8_t *used) {
  set->pattern_first = scan_new(set->pattern_count + 2, sizeof *set->pattern_first);
  set->pattern_items = scan_new(set->use_count, sizeof *set->pattern_items);
  for (uint32_t i = 0; i < set->use_count; i++)
    if (used[set->uses[i].item])
      set->pattern_first[set->uses[i].pattern + 2]++;
  for (uint32_t i = 2; i < set->pattern_count + 2; i++)
    set->pattern_first[i] += set->pattern_first[i - 1];
  for (uint32_t i = 0; i < set->use_count; i++)
    if (used[set->uses[i].item])
      set->pattern_items[set->pattern_first[set->uses[i].pattern + 1]++] = set->uses[i].item;
}

static void build_slots(RuleSet *set) {
  uint32_t *slot_of = scan_new(set->pattern_count, sizeof *slot_of), *counts = scan_new(set->slot_count, sizeof *counts);
  for (uint32_t i = 0; i < set->use_count; i++)
    slot_of[set->uses[i].pattern] = set->items[set->uses[i].item].slot;
  SlotPattern **lists = scan_new(set->slot_count, sizeof *lists);
  for (uint32_t i = 0; i < set->pattern_count; i++)
    counts[slot_of[i]] += set->pattern_first[i + 1] > set->pattern_first[i];
  for (uint32_t i = 0; i < set->slot_count; i++)
    lists[i] = scan_new(counts[i], sizeof **lists);
  memset(counts, 0, set->slot_count * sizeof *counts);
  for (uint32_t i = 0; i < set->pattern_count; i++)
    if (set->pattern_first[i + 1] > set->pattern_first[i])
      lists[slot_of[i]][counts[slot_of[i]]++] = (SlotPattern){&set->patterns[i], i};
  set->slots = scan_new(set->slot_count, sizeof *set->slots);
  for (uint32_t i = 0; i < set->slot_count; i++) {
    if (counts[i])
      set->slots[i] = slot_new(lists[i], counts[i]);
    free(lists[i]);
  }
  free(lists);
  free(counts);
  free(slot_of);
}

static void build_presence(RuleSet *set, const uint8_t *used) {
  set->slot_present = scan_new(set->slot_count, sizeof *set->slot_present);
  set->slot_null = scan_new(set->slot_count, sizeof *set->slot_null);
  for (uint32_t i = 0; i < set->item_count; i++) {
    if (used[i] && set->items[i].kind == ITEM_PRESENT)
      set->slot_present[set->items[i].slot] = i + 1;
    if (used[i] && set->items[i].kind == ITEM_NULL)
      set->slot_null[set->items[i].slot] = i + 1;
  }
}

static int by_number(const void *left, const void *right) {
  uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
  return (a > b) - (a < b);
}

/* Which fields the rules of a log source name: an event of it needs only those read. */
static void build_source_slots(RuleSet *set) {
  size_t count = 0;
  uint64_t *pairs = scan_new((size_t)set->step_count * 2, sizeof *pairs);
  for (size_t i = 0; i < set->count; i++) {
    const Entry *entry = &set->entries[set->order[i]];
    for (uint32_t step = entry->steps_from; step < entry->steps_to; step++) {
      const Item *item = &set->items[set->steps[step].item];
      if (item->kind != ITEM_SOURCE)
        pairs[count++] = (uint64_t)entry->source << 32 | item->slot;
      if (item->kind == ITEM_REFERENCE)
        pairs[count++] = (uint64_t)entry->source << 32 | item->other;
    }
  }
  if (count)
    qsort(pairs, count, sizeof *pairs, by_number);
  set->source_first = scan_new(set->source_count + 1, sizeof *set->source_first);
  set->source_slots = scan_new(count, sizeof *set->source_slots);
  uint32_t used = 0;
  for (size_t i = 0, source = 0; source <= set->source_count; source++) {
    set->source_first[source] = used;
    for (; i < count && pairs[i] >> 32 == source; i++)
      if (!i || pairs[i] != pairs[i - 1])
        set->source_slots[used++] = (uint32_t)pairs[i];
  }
  free(pairs);
}

/* What only the building needed. */
static void drop_work(RuleSet *set) {
  scan_map_clear(&set->pattern_keys);
  scan_map_clear(&set->item_keys);
  scan_map_clear(&set->source_keys);
  scan_map_clear(&set->names);
  free(set->uses);
  set->uses = NULL;
  for (size_t i = 0; i < set->entry_count; i++)
    set->entries[i].expr = NULL;
  scan_arena_clear(&set->work);
}

void rule_build(RuleSet *set) {
  name_entries(set);
  for (size_t i = 0; i < set->entry_count; i++)
    if (set->entries[i].filter_rules)
      add_filter(set, &set->entries[i]);
  build_programs(set);
  rule_correlations_resolve(set);
  drop_below(set, set->options.least_level);
  number_entries(set);
  uint8_t *used = used_items(set);
  build_witnesses(set);
  build_pattern_items(set, used);
  build_presence(set, used);
  build_source_slots(set);
  build_slots(set);
  free(used);
  drop_work(set);
}
