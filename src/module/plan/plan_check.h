/* The judgement of a plan: what is missing, contradictory, outdated or badly written in it.
 *
 * Takes what the reader made of a plan (the object that `plan read` prints) and the lines of the document itself, for
 * what only the raw text shows. Answers {"defects": [{code, severity, where, found, fix, basis, line}]}, errors first.
 * Severity is "error", "warning" or "info"; a finding that is arguable is lowered to "info". Codes that end in _now are
 * judged on `on`, the others on the plan's own date. `line` is the number of a source line, 0 where there is none.
 *
 * What the law, the bodies and the genre ask for is data: data/law/acts.yaml, bodies.yaml, plan_outline.yaml, loaded
 * once. In these files a single text is shown to people; a list of texts holds words to look for.
 *
 * Ownership: the result is a new reference. Rules are freed by plan_check_rules_free().
 * Errors: ERROR_INVALID (`on` is no date, the reading is no object, a rule file misses what the checks need),
 * ERROR_UNREADABLE (rule files).
 * Threads: rules may be shared; plan_check() changes nothing but its result.
 * Source: TT 20/2017/TT-BTTTT Điều 12 and Phụ lục III; NĐ 30/2020/NĐ-CP Phụ lục I.
 */
#pragma once
#include "lib/document/source_text.h"
#include <jansson.h>

typedef struct PlanCheckRules PlanCheckRules;

/* `folder` is the one that holds acts.yaml, bodies.yaml and plan_outline.yaml. */
PlanCheckRules *plan_check_rules_load(const char *folder, GError **error);
void plan_check_rules_free(PlanCheckRules *rules);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PlanCheckRules, plan_check_rules_free)

/* `on`: ISO date (2026-11-21). */
json_t *plan_check(const json_t *reading, const SourceText *source, const PlanCheckRules *rules, const char *on,
                   GError **error);

typedef struct {
  const char *code;
  const char *severity;
  const char *title; /* what people read above the finding */
} PlanCheckCode;

/* The codes in the order of the table; NULL beyond its end. */
const PlanCheckCode *plan_check_code(gsize index);
