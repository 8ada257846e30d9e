/* Correlation documents: what they count, over which rules, and what that means for those rules. */
#include "lib/scan/rule_private.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REFERRED_MAX = 1000, TEMPORAL_MAX = 64, GROUPS_MAX = 32 };

static const struct {
  const char *name;
  CorrelationType type;
  bool needs_field, needs_condition;
} types[] = {
    {"event_count", CORRELATE_EVENT_COUNT, false, true},
    {"value_count", CORRELATE_VALUE_COUNT, true, true},
    {"value_sum", CORRELATE_VALUE_SUM, true, true},
    {"value_avg", CORRELATE_VALUE_AVG, true, true},
    {"value_percentile", CORRELATE_VALUE_PERCENTILE, true, true},
    {"temporal", CORRELATE_TEMPORAL, false, false},
    {"temporal_ordered", CORRELATE_ORDERED, false, false},
};

static const struct {
  const char *name;
  Compare compare;
} bounds[] = {{"gt", COMPARE_GT},   {"gte", COMPARE_GTE}, {"lt", COMPARE_LT},
              {"lte", COMPARE_LTE}, {"eq", COMPARE_EQ},   {"neq", COMPARE_NEQ}};

static bool refuse(ScanError *error, const TreeNode *node, const char *what) {
  tree_fault(error, node, "%s", what);
  return false;
}

static const char *keep(RuleSet *set, const TreeNode *node) {
  return scan_arena_text(&set->arena, node->text.bytes, node->text.size);
}

static bool is_word(const TreeNode *node) {
  return node->kind == TREE_SCALAR && !tree_is_null(node) && node->text.size;
}

static bool read_span(const TreeNode *node, int64_t *out_ms, ScanError *error) {
  static const char letters[] = "smhd";
  static const int64_t units[] = {1000, 60000, 3600000, 86400000};
  const char *what = "timespan phải là số và chữ s, m, h hoặc d, như 10m";
  if (!node || node->kind != TREE_SCALAR || !isdigit((unsigned char)*node->text.bytes))
    return refuse(error, node, what);
  char *end;
  unsigned long count = strtoul(node->text.bytes, &end, 10);
  const char *letter = *end && !end[1] ? strchr(letters, *end) : NULL;
  if (!letter || !count || count > 1000000)
    return refuse(error, node, what);
  *out_ms = (int64_t)count * units[letter - letters];
  return true;
}

/* A name or a list of names. */
static bool read_names(const TreeNode *node, size_t most, const TreeNode **out, uint32_t *out_count, ScanError *error) {
  for (const TreeNode *one = node->kind == TREE_LIST ? node->child : node; one; one = one->next) {
    if (!is_word(one) || *out_count >= most)
      return refuse(error, one, *out_count >= most ? "danh sách quá dài" : "cần một tên");
    out[(*out_count)++] = one;
    if (one == node)
      break;
  }
  return *out_count || refuse(error, node, "danh sách trống");
}

static bool read_rules(RuleSet *set, const TreeNode *section, Correlation *correlation, ScanError *error) {
  const TreeNode *node = tree_get(section, "rules"), *names[REFERRED_MAX];
  if (!node)
    return refuse(error, section, "luật tương quan phải nêu các luật (rules)");
  if (!read_names(node, REFERRED_MAX, names, &correlation->rule_count, error))
    return false;
  bool temporal = correlation->type == CORRELATE_TEMPORAL || correlation->type == CORRELATE_ORDERED;
  size_t count = correlation->rule_count;
  if (temporal && count > TEMPORAL_MAX)
    return refuse(error, node, "tương quan theo thời gian nêu nhiều nhất 64 luật");
  correlation->names = scan_arena_take(&set->arena, count * sizeof *correlation->names);
  correlation->rules = scan_arena_take(&set->arena, count * sizeof *correlation->rules);
  correlation->lines = scan_arena_take(&set->work, count * sizeof *correlation->lines);
  correlation->columns = scan_arena_take(&set->work, count * sizeof *correlation->columns);
  for (size_t i = 0; i < count; i++) {
    correlation->names[i] = keep(set, names[i]);
    correlation->lines[i] = names[i]->line;
    correlation->columns[i] = names[i]->column;
  }
  return true;
}

static bool read_fields(RuleSet *set, const TreeNode *node, GroupField **out, uint32_t *out_count, ScanError *error) {
  const TreeNode *names[GROUPS_MAX];
  if (!node || (node->kind == TREE_LIST && !node->count))
    return true;
  if (!read_names(node, GROUPS_MAX, names, out_count, error))
    return false;
  *out = scan_arena_take(&set->arena, *out_count * sizeof **out);
  for (uint32_t i = 0; i < *out_count; i++)
    (*out)[i].name = keep(set, names[i]);
  return true;
}

static bool read_bound(const TreeNode *member, Correlation *correlation, ScanError *error) {
  for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
    if (strcmp(bounds[i].name, member->key->text.bytes) != 0)
      continue;
    Bound *bound = &correlation->bounds[correlation->bound_count++];
    bound->compare = (uint8_t)bounds[i].compare;
    return (member->kind == TREE_SCALAR && value_number(member->text, &bound->number)) || refuse(error, member, "cần một số");
  }
  return refuse(error, member->key, "điều kiện tương quan chỉ có gt, gte, lt, lte, eq, neq và field");
}

static bool read_condition(RuleSet *set, const TreeNode *section, size_t type, Correlation *correlation, ScanError *error) {
  const TreeNode *condition = tree_get(section, "condition");
  if (!condition)
    return !types[type].needs_condition || refuse(error, section, "thiếu điều kiện (condition)");
  if (condition->kind != TREE_MAP)
    return refuse(error, condition, "điều kiện tương quan phải là các cặp như gte: 10");
  for (const TreeNode *member = condition->child; member; member = member->next) {
    bool read = strcmp(member->key->text.bytes, "field") == 0
                    ? read_fields(set, member, &correlation->fields, &correlation->field_count, error)
                    : read_bound(member, correlation, error);
    if (!read)
      return false;
  }
  if (!correlation->bound_count)
    return refuse(error, condition, "điều kiện thiếu ngưỡng như gte: 10");
  if (types[type].needs_field && !correlation->field_count)
    return refuse(error, condition, "điều kiện thiếu field");
  if (correlation->field_count > 1 && correlation->type != CORRELATE_VALUE_COUNT)
    return refuse(error, condition, "kiểu tương quan này chỉ tính trên một trường");
  return true;
}

static bool read_aliases(RuleSet *set, const TreeNode *section, Correlation *correlation, ScanError *error) {
  const TreeNode *aliases = tree_get(section, "aliases");
  if (!aliases || tree_is_null(aliases))
    return true;
  if (aliases->kind != TREE_MAP)
    return refuse(error, aliases, "aliases phải là các cặp bí danh và luật");
  for (const TreeNode *alias = aliases->child; alias; alias = alias->next) {
    if (alias->kind != TREE_MAP)
      return refuse(error, alias, "bí danh phải nêu trường của từng luật");
    for (const TreeNode *rule = alias->child; rule; rule = rule->next) {
      if (!is_word(rule))
        return refuse(error, rule, "cần một tên trường");
      Alias *one = scan_arena_take(&set->arena, sizeof *one);
      *one = (Alias){correlation->aliases, keep(set, alias->key), keep(set, rule->key), keep(set, rule)};
      correlation->aliases = one;
    }
  }
  return true;
}

static bool read_generate(const TreeNode *document, const TreeNode *section, Correlation *correlation, ScanError *error) {
  const TreeNode *node = tree_get(document, "generate");
  node = node ? node : tree_get(section, "generate");
  return !node || tree_bool(node, &correlation->generate) || refuse(error, node, "generate cần giá trị true hoặc false");
}

static bool read_type(const TreeNode *section, size_t *out_type, ScanError *error) {
  const TreeNode *node = tree_get(section, "type");
  for (size_t i = 0; node && node->kind == TREE_SCALAR && i < sizeof types / sizeof *types; i++) {
    *out_type = i;
    if (strcmp(types[i].name, node->text.bytes) == 0)
      return true;
  }
  return refuse(error, node ? node : section, "không có kiểu tương quan này");
}

Correlation *rule_correlation(RuleSet *set, const TreeNode *document, ScanError *error) {
  const TreeNode *section = tree_get(document, "correlation");
  Correlation *correlation = scan_arena_take(&set->arena, sizeof *correlation);
  size_t type = 0;
  if (section->kind != TREE_MAP) {
    refuse(error, section, "phần correlation trống");
    return NULL;
  }
  if (!read_type(section, &type, error))
    return NULL;
  correlation->type = types[type].type;
  const TreeNode *span = tree_get(section, "timespan");
  bool read = read_rules(set, section, correlation, error) &&
              read_fields(set, tree_get(section, "group-by"), &correlation->groups, &correlation->group_count, error) &&
              read_span(span ? span : section, &correlation->span_ms, error) &&
              read_condition(set, section, type, correlation, error) && read_aliases(set, section, correlation, error) &&
              read_generate(document, section, correlation, error);
  return read ? correlation : NULL;
}

/* ---- references ---- */

static bool names_entry(const Entry *entry, const char *name) {
  return strcmp(entry->rule.id, name) == 0 || strcmp(entry->rule.name, name) == 0;
}

static const char *field_for(const Correlation *correlation, const char *name, const Entry *referred) {
  for (const Alias *alias = correlation->aliases; alias; alias = alias->next)
    if (strcmp(alias->name, name) == 0 && names_entry(referred, alias->rule))
      return alias->field;
  return name;
}

static void resolve_fields(RuleSet *set, const Correlation *correlation, GroupField *fields, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    fields[i].for_rule = scan_arena_take(&set->arena, correlation->rule_count * sizeof *fields[i].for_rule);
    for (uint32_t k = 0; k < correlation->rule_count; k++)
      fields[i].for_rule[k] = field_for(correlation, fields[i].name, &set->entries[correlation->rules[k]]);
  }
}

static void drop(RuleSet *set, Entry *entry, uint32_t which, const char *what) {
  ScanError error = {.line = entry->correlation->lines[which], .column = entry->correlation->columns[which]};
  snprintf(error.message, sizeof error.message, "%s: “%s”", what, entry->correlation->names[which]);
  rule_fault(set, entry->rule.file, &error);
  entry->dropped = true;
}

/* Drops the correlation when one of its rules is missing, no rule, or dropped itself; true: it was dropped now. */
static bool resolve_one(RuleSet *set, Entry *entry) {
  Correlation *correlation = entry->correlation;
  for (uint32_t i = 0; i < correlation->rule_count; i++) {
    const Entry *referred = rule_entry_named(set, correlation->names[i]);
    if (!referred || referred->dropped || referred->filter_rules) {
      drop(set, entry, i, "luật tương quan nhắc tới luật không có");
      return true;
    }
    correlation->rules[i] = (uint32_t)(referred - set->entries);
  }
  return false;
}

/* 0: not seen, 1: on the way, 2: done. */
static bool is_circle(RuleSet *set, uint32_t index, uint8_t *seen, int depth) {
  const Correlation *correlation = set->entries[index].correlation;
  if (!correlation || seen[index] == 2)
    return false;
  if (seen[index] == 1 || depth > 100)
    return true;
  seen[index] = 1;
  bool circle = false;
  for (uint32_t i = 0; i < correlation->rule_count; i++)
    circle = is_circle(set, correlation->rules[i], seen, depth + 1) || circle;
  seen[index] = 2;
  return circle;
}

static bool drop_circles(RuleSet *set) {
  uint8_t *seen = scan_new(set->entry_count, 1);
  bool dropped = false;
  for (uint32_t i = 0; i < set->entry_count; i++) {
    memset(seen, 0, set->entry_count);
    if (set->entries[i].correlation && !set->entries[i].dropped && is_circle(set, i, seen, 0)) {
      drop(set, &set->entries[i], 0, "các luật tương quan nhắc vòng lẫn nhau");
      dropped = true;
    }
  }
  free(seen);
  return dropped;
}

static bool resolve_all(RuleSet *set) {
  bool dropped = false;
  for (size_t i = 0; i < set->entry_count; i++)
    if (set->entries[i].correlation && !set->entries[i].dropped)
      dropped = resolve_one(set, &set->entries[i]) || dropped;
  return dropped;
}

void rule_correlations_resolve(RuleSet *set) {
  do {
    while (resolve_all(set)) {
    }
  } while (drop_circles(set));
  uint8_t *loud = scan_new(set->entry_count, 1);
  for (size_t i = 0; i < set->entry_count; i++) {
    Correlation *correlation = set->entries[i].correlation;
    if (!correlation || set->entries[i].dropped)
      continue;
    resolve_fields(set, correlation, correlation->groups, correlation->group_count);
    resolve_fields(set, correlation, correlation->fields, correlation->field_count);
    for (uint32_t k = 0; k < correlation->rule_count; k++) {
      Entry *referred = &set->entries[correlation->rules[k]];
      loud[correlation->rules[k]] |= correlation->generate;
      referred->rule.silent = !loud[correlation->rules[k]];
    }
  }
  free(loud);
}
