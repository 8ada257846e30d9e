/* Documents of rule files: what a rule says of itself, its search identifiers, filters. */
#include "lib/scan/rule_private.h"
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FAULTS_MAX = 10000 };

RuleSet *rule_set_new(const RuleOptions *options) {
  RuleSet *set = scan_new(1, sizeof *set);
  if (options)
    set->options = *options;
  set->slot_names.arena = &set->arena;
  set->pattern_keys.arena = set->item_keys.arena = set->source_keys.arena = set->names.arena = &set->work;
  return set;
}

static void free_slots(RuleSet *set) {
  for (uint32_t i = 0; set->slots && i < set->slot_count; i++)
    slot_free(set->slots[i]);
  free(set->slots);
}

void rule_set_free(RuleSet *set) {
  if (!set)
    return;
  free_slots(set);
  void *arrays[] = {set->entries,       set->order,         set->faults,        set->slot_name,    set->items,
                    set->sources,       set->patterns,      set->uses,          set->steps,        set->pattern_first,
                    set->pattern_items, set->witness_first, set->witness_rules, set->unwitnessed,  set->slot_present,
                    set->slot_null,     set->source_first,  set->source_slots};
  for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
    free(arrays[i]);
  scan_map_clear(&set->slot_names);
  scan_map_clear(&set->pattern_keys);
  scan_map_clear(&set->item_keys);
  scan_map_clear(&set->names);
  scan_map_clear(&set->source_keys);
  scan_arena_clear(&set->work);
  scan_arena_clear(&set->arena);
  free(set);
}

void rule_fault(RuleSet *set, const char *file, const ScanError *error) {
  if (set->fault_count >= FAULTS_MAX)
    return;
  set->faults = scan_grow(set->faults, set->fault_count + 1, sizeof *set->faults);
  set->faults[set->fault_count++] = (RuleFault){file, *error};
}

static const char *keep_text(RuleSet *set, const TreeNode *document, const char *key) {
  const TreeNode *node = tree_get(document, key);
  bool text = node && node->kind == TREE_SCALAR && !tree_is_null(node);
  return text ? scan_arena_text(&set->arena, node->text.bytes, node->text.size) : "";
}

static const char *keep_or_null(RuleSet *set, const TreeNode *document, const char *key) {
  const char *text = keep_text(set, document, key);
  return *text ? text : NULL;
}

/* A list of texts, or one text alone. */
static const char **keep_list(RuleSet *set, const TreeNode *document, const char *key) {
  const TreeNode *node = tree_get(document, key);
  size_t count = node && node->kind == TREE_LIST ? node->count : 1, used = 0;
  const char **list = scan_arena_take(&set->arena, (count + 1) * sizeof *list);
  for (const TreeNode *one = node && node->kind == TREE_LIST ? node->child : node; one; one = one->next) {
    if (one->kind == TREE_SCALAR && !tree_is_null(one))
      list[used++] = scan_arena_text(&set->arena, one->text.bytes, one->text.size);
    if (one == node)
      break;
  }
  return list;
}

static RuleLevel level_of(const char *name) {
  static const char *const names[] = {"", "informational", "low", "medium", "high", "critical"};
  for (size_t i = 1; i < sizeof names / sizeof *names; i++)
    if (strcmp(names[i], name) == 0)
      return (RuleLevel)i;
  return LEVEL_NONE;
}

static void read_about(RuleSet *set, const TreeNode *document, const char *file, Entry *entry) {
  const TreeNode *source = tree_get(document, "logsource");
  entry->rule = (Rule){
      .id = keep_text(set, document, "id"),
      .name = keep_text(set, document, "name"),
      .title = keep_text(set, document, "title"),
      .status = keep_text(set, document, "status"),
      .author = keep_text(set, document, "author"),
      .description = keep_text(set, document, "description"),
      .file = file,
      .product = keep_or_null(set, source, "product"),
      .category = keep_or_null(set, source, "category"),
      .service = keep_or_null(set, source, "service"),
      .tags = keep_list(set, document, "tags"),
      .fields = keep_list(set, document, "fields"),
      .false_positives = keep_list(set, document, "falsepositives"),
      .level = level_of(keep_text(set, document, "level")),
      .line = document->line,
  };
  entry->source = rule_source(set, &(Source){entry->rule.product, entry->rule.category, entry->rule.service});
}

static Expr *read_map(RuleSet *set, uint32_t source, const TreeNode *map, ScanError *error) {
  Expr *all = NULL;
  for (const TreeNode *member = map->child; member; member = member->next) {
    Expr *one = rule_member(set, source, member->key, member, error);
    if (!one)
      return NULL;
    all = expr_join(set, EXPR_AND, all, one);
  }
  if (!all)
    tree_fault(error, map, "nhóm trống");
  return all;
}

/* A list of words, of maps, or of both; a word alone. */
static Expr *read_selection(RuleSet *set, uint32_t source, const TreeNode *node, ScanError *error) {
  if (node->kind == TREE_MAP)
    return read_map(set, source, node, error);
  bool maps = false;
  for (const TreeNode *one = node->kind == TREE_LIST ? node->child : NULL; one; one = one->next)
    maps = maps || one->kind == TREE_MAP;
  if (!maps)
    return rule_member(set, source, NULL, node, error);
  Expr *any = NULL;
  for (const TreeNode *one = node->child; one; one = one->next) {
    Expr *part = one->kind == TREE_MAP ? read_map(set, source, one, error) : rule_member(set, source, NULL, one, error);
    if (!part)
      return NULL;
    any = expr_join(set, EXPR_OR, any, part);
  }
  return any;
}

static bool is_any_of(const char *word, const char *const *words) {
  for (; *words; words++)
    if (strcmp(word, *words) == 0)
      return true;
  return false;
}

/* The members of `detection` or `filter`: search identifiers, and the condition over them. */
static Expr *read_detection(RuleSet *set, uint32_t source, const TreeNode *detection, const char *const *others, ScanError *error) {
  const TreeNode *condition = tree_get(detection, "condition");
  if (detection->kind != TREE_MAP || !condition) {
    tree_fault(error, detection, "thiếu điều kiện (condition)");
    return NULL;
  }
  const TreeNode *frame = tree_get(detection, "timeframe");
  if (frame) {
    tree_fault(error, frame->key, "timeframe không còn trong Sigma 2; hãy viết luật tương quan");
    return NULL;
  }
  Selection *selections = scan_arena_take(&set->work, detection->count * sizeof *selections);
  size_t count = 0;
  for (const TreeNode *member = detection->child; member; member = member->next) {
    if (is_any_of(member->key->text.bytes, others))
      continue;
    Expr *expr = read_selection(set, source, member, error);
    if (!expr)
      return NULL;
    selections[count++] = (Selection){member->key->text.bytes, expr};
  }
  return rule_condition(set, condition, selections, count, error);
}

static bool read_rule(RuleSet *set, const TreeNode *document, Entry *entry, ScanError *error) {
  static const char *const others[] = {"condition", NULL};
  const TreeNode *source = tree_get(document, "logsource");
  if (!source || source->kind != TREE_MAP) {
    tree_fault(error, source ? source : document, "thiếu nguồn nhật ký (logsource)");
    return false;
  }
  entry->rule.kind = RULE_DETECTION;
  entry->expr = read_detection(set, entry->source, tree_get(document, "detection"), others, error);
  return entry->expr;
}

static bool read_filter(RuleSet *set, const TreeNode *document, Entry *entry, ScanError *error) {
  static const char *const others[] = {"condition", "rules", NULL};
  const TreeNode *filter = tree_get(document, "filter"), *source = tree_get(document, "logsource");
  if (!source || source->kind != TREE_MAP) {
    tree_fault(error, source ? source : document, "thiếu nguồn nhật ký (logsource)");
    return false;
  }
  const TreeNode *rules = tree_get(filter, "rules");
  if (!rules || rules->kind == TREE_MAP || (rules->kind == TREE_LIST && !rules->count)) {
    tree_fault(error, rules ? rules : filter, "bộ lọc phải nêu các luật (rules)");
    return false;
  }
  entry->filter_rules = keep_list(set, filter, "rules");
  entry->expr = read_detection(set, entry->source, filter, others, error);
  return entry->expr;
}

static bool read_correlation(RuleSet *set, const TreeNode *document, Entry *entry, ScanError *error) {
  entry->rule.kind = RULE_CORRELATION;
  entry->correlation = rule_correlation(set, document, error);
  return entry->correlation;
}

static const struct {
  const char *key;
  bool (*read)(RuleSet *set, const TreeNode *document, Entry *entry, ScanError *error);
} kinds[] = {{"detection", read_rule}, {"correlation", read_correlation}, {"filter", read_filter}};

static bool about_fits(const TreeNode *document, ScanError *error) {
  if (document->kind != TREE_MAP) {
    tree_fault(error, document, "không phải luật: cần các khóa như title, logsource, detection");
    return false;
  }
  const TreeNode *title = tree_get(document, "title");
  if (!title || title->kind != TREE_SCALAR || tree_is_null(title) || !title->text.size) {
    tree_fault(error, title ? title : document, "thiếu tên luật (title)");
    return false;
  }
  const char *taxonomy = tree_text(document, "taxonomy");
  if (taxonomy && strcmp(taxonomy, "sigma") != 0) {
    tree_fault(error, tree_get(document, "taxonomy"), "chỉ đọc được taxonomy sigma");
    return false;
  }
  return true;
}

static bool read_document(RuleSet *set, const TreeNode *document, const char *file, ScanError *error) {
  if (!about_fits(document, error))
    return false;
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    if (!tree_get(document, kinds[i].key))
      continue;
    Entry entry = {.column = document->column};
    read_about(set, document, file, &entry);
    if (!kinds[i].read(set, document, &entry, error))
      return false;
    set->entries = scan_grow(set->entries, set->entry_count + 1, sizeof *set->entries);
    set->entries[set->entry_count++] = entry;
    return true;
  }
  tree_fault(error, document, "thiếu phần phát hiện (detection), tương quan (correlation) hoặc bộ lọc (filter)");
  return false;
}

size_t rule_set_add(RuleSet *set, const char *file, Span yaml) {
  ScanError error;
  const char *name = scan_arena_text(&set->arena, file, strlen(file));
  Tree *tree = tree_read(yaml, &error);
  size_t taken = 0;
  for (size_t i = 0; i < tree_count(tree); i++) {
    ScanError fault = *tree_document_fault(tree, i);
    if (!*fault.message && read_document(set, tree_document(tree, i), name, &fault))
      taken++;
    else
      rule_fault(set, name, &fault);
  }
  if (*error.message)
    rule_fault(set, name, &error);
  tree_free(tree);
  return taken;
}

void rule_set_finish(RuleSet *set) {
  if (!set->finished)
    rule_build(set);
  set->finished = true;
  malloc_trim(0); /* what only the building needed lies between what stays */
}

Entry *rule_entry_named(RuleSet *set, const char *name) {
  uint32_t index = scan_map_find(&set->names, (Span){name, strlen(name)});
  return index == MAP_NONE ? NULL : &set->entries[index];
}

size_t rule_set_count(const RuleSet *set) {
  return set->count;
}

const Rule *rule_set_rule(const RuleSet *set, size_t index) {
  return &set->entries[set->order[index]].rule;
}

size_t rule_set_fault_count(const RuleSet *set) {
  return set->fault_count;
}

const RuleFault *rule_set_fault(const RuleSet *set, size_t index) {
  return &set->faults[index];
}
