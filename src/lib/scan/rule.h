/* Sigma 2.1.0 rules, read and compiled.
 *
 * Loading takes YAML (several documents a file: rules, correlations, filters) file by file; what cannot be taken is reported with file, line,
 * column and reason, and the rest go on. rule_set_finish resolves filters and references, unfolds windash, base64offset, wide and
 * expand, and compiles; after it the set is immutable and shared by threads.
 *
 * Source: Sigma specification 2.1.0 (rules, correlation rules, filters, modifiers appendix).
 */
#pragma once
#include "lib/scan/event.h"

typedef enum { LEVEL_NONE, LEVEL_INFORMATIONAL, LEVEL_LOW, LEVEL_MEDIUM, LEVEL_HIGH, LEVEL_CRITICAL } RuleLevel;
typedef enum { RULE_DETECTION, RULE_CORRELATION } RuleKind;

typedef struct {
  const char *id, *name, *title, *status, *author, *description, *file; /* "" when missing, except `title` */
  const char *product, *category, *service;                             /* NULL when not named */
  const char *const *tags;                                              /* ends with NULL */
  const char *const *fields;                                            /* ends with NULL */
  const char *const *false_positives;                                   /* ends with NULL */
  RuleLevel level;
  RuleKind kind;
  size_t line; /* of the document in its file */
  bool silent; /* fires only as a part of correlations: matcher_match gives it, nobody shows it */
} Rule;

typedef struct {
  const char *file;
  ScanError error;
} RuleFault;

typedef struct RuleSet RuleSet;

/* The values that a %name% stands for, each a pattern; `values` ends with NULL. */
typedef struct {
  const char *name;
  const char *const *values;
} RulePlaceholder;

typedef struct {
  RuleLevel least_level;               /* rules below it are left out; LEVEL_NONE: all */
  const RulePlaceholder *placeholders; /* for `expand`; ends with a NULL name; NULL: none */
} RuleOptions;

RuleSet *rule_set_new(const RuleOptions *options);
void rule_set_free(RuleSet *set);
/* Returns how many documents were taken; finishing may still drop some (a correlation of a rule that is not there). */
size_t rule_set_add(RuleSet *set, const char *file, Span yaml);
/* What cannot be resolved becomes a fault. */
void rule_set_finish(RuleSet *set);

size_t rule_set_count(const RuleSet *set);
const Rule *rule_set_rule(const RuleSet *set, size_t index);
size_t rule_set_fault_count(const RuleSet *set);
const RuleFault *rule_set_fault(const RuleSet *set, size_t index);
