/* What a rule set is made of, for the loader, the builder and the matcher. */
#pragma once
#include "lib/scan/map.h"
#include "lib/scan/rule.h"
#include "lib/scan/slot.h"
#include "lib/scan/tree.h"

/* A test of a field, shared by all rules that have the same. A program is made of items; SOURCE and REFERENCE are worked out when asked,
 * the others are set while the values of an event are read. */
typedef enum { ITEM_PATTERNS, ITEM_PRESENT, ITEM_NULL, ITEM_REFERENCE, ITEM_SOURCE } ItemKind;
typedef struct {
  uint8_t kind;
  bool cased;     /* of a reference */
  uint32_t slot;  /* the field */
  uint32_t other; /* reference: the other field; source: its index */
} Item;

/* Condition of a rule, while it is built. Children stand in reverse. */
typedef enum { EXPR_FALSE, EXPR_TRUE, EXPR_ITEM, EXPR_NOT, EXPR_AND, EXPR_OR } ExprOp;
typedef struct Expr Expr;
struct Expr {
  ExprOp op;
  uint32_t item;
  Expr *child, *next;
  float cost[2]; /* of a witness for being true, for being false; set by the builder */
};

/* Condition of a rule, built: test `item`, go on at `yes` or `no`. */
typedef struct {
  uint32_t item, yes, no;
} Step;
enum { STEP_REJECT = UINT32_MAX - 1 };
#define STEP_ACCEPT UINT32_MAX

typedef struct {
  const char *product, *category, *service;
} Source;

typedef enum { CORRELATE_EVENT_COUNT, CORRELATE_VALUE_COUNT, CORRELATE_VALUE_SUM, CORRELATE_VALUE_AVG, CORRELATE_VALUE_PERCENTILE,
               CORRELATE_TEMPORAL, CORRELATE_ORDERED } CorrelationType;

typedef struct {
  uint8_t compare;
  double number;
} Bound;

/* One name of group-by or field, resolved for each referred rule. */
typedef struct {
  const char *name;
  const char **for_rule; /* by the order of `rules`; NULL while only the name counts */
} GroupField;

typedef struct {
  CorrelationType type;
  bool generate;
  int64_t span_ms;
  const char **names; /* of the referred rules */
  uint32_t *rules;    /* their indexes, once resolved */
  size_t *lines, *columns; /* of the names */
  uint32_t rule_count;
  GroupField *groups, *fields;
  uint32_t group_count, field_count;
  struct Alias *aliases;
  Bound bounds[6];
  uint32_t bound_count;
} Correlation;

typedef struct Alias {
  struct Alias *next;
  const char *name, *rule, *field;
} Alias;

/* Which item a pattern sets. */
typedef struct {
  uint32_t pattern, item;
} PatternUse;

/* A document that was taken: rule, correlation or filter. */
typedef struct {
  Rule rule;
  Expr *expr;               /* of a detection or a filter */
  Correlation *correlation; /* of a correlation */
  const char **filter_rules; /* of a filter: ids and names, ends with NULL */
  bool dropped;
  uint32_t source;
  uint32_t index;           /* public */
  uint32_t start;           /* its first step */
  uint32_t steps_from, steps_to;
  size_t column;
} Entry;

struct RuleSet {
  ScanArena arena, work; /* work: until finished */
  RuleOptions options;
  Entry *entries;
  size_t entry_count;
  uint32_t *order; /* public index → entry */
  size_t count;
  RuleFault *faults;
  size_t fault_count;

  ScanMap slot_names, pattern_keys, item_keys, source_keys, names; /* names: ids and names → entry */
  const char **slot_name; /* of keywords: begins with KEYWORD_MARK */
  uint32_t slot_count;
  Item *items;
  uint32_t item_count;
  Source *sources;
  uint32_t source_count;
  Pattern *patterns;
  uint32_t pattern_count;
  PatternUse *uses;
  uint32_t use_count;
  Step *steps;
  uint32_t step_count;

  /* Built: pattern → items, item → rules it is a witness of, slot → its matcher, the items that a present field sets. */
  uint32_t *pattern_first, *pattern_items;
  uint32_t *witness_first, *witness_rules;
  uint32_t *unwitnessed;
  uint32_t unwitnessed_count;
  Slot **slots;
  uint32_t *slot_present, *slot_null;
  uint32_t *source_first, *source_slots; /* source → fields that its rules name */
  bool finished;
};

/* rule_item.c: tests of fields */
uint32_t rule_slot(RuleSet *set, const char *name);
/* Keywords have a slot for each log source, so that an event is only searched for those of rules that apply. */
enum { KEYWORD_MARK = 0x1f };
uint32_t rule_keyword_slot(RuleSet *set, uint32_t source);
Expr *expr_new(RuleSet *set, ExprOp op);
Expr *expr_join(RuleSet *set, ExprOp op, Expr *parent, Expr *child);
Expr *expr_not(RuleSet *set, Expr *child);
Expr *expr_item(RuleSet *set, Item item);
/* An item that any of the patterns sets. */
Expr *expr_patterns(RuleSet *set, uint32_t slot, const Pattern *patterns, size_t count);
uint32_t rule_source(RuleSet *set, const Source *source);

/* rule_value.c: one member `field|modifiers: values`, or keywords of the log source when `key` is NULL; NULL with the fault. */
Expr *rule_member(RuleSet *set, uint32_t source, const TreeNode *key, const TreeNode *value, ScanError *error);

/* rule_condition.c */
typedef struct {
  const char *name;
  Expr *expr;
} Selection;
Expr *rule_condition(RuleSet *set, const TreeNode *condition, const Selection *selections, size_t count, ScanError *error);

/* rule_correlation.c */
Correlation *rule_correlation(RuleSet *set, const TreeNode *document, ScanError *error);
/* Finds the rules that correlations name, drops what cannot be resolved, marks what does not fire alone. */
void rule_correlations_resolve(RuleSet *set);

/* rule.c */
void rule_fault(RuleSet *set, const char *file, const ScanError *error);
Entry *rule_entry_named(RuleSet *set, const char *name);

/* rule_build.c */
void rule_build(RuleSet *set);
