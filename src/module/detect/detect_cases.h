/* The cases of the program's own rules (data/rules/cases): log lines that a rule must find and near ones that it must leave alone.
 * Private to module detect. */
#pragma once
#include "module/detect/detect_store.h"

/* Runs the rule as it is stored over its cases and adds `cases` {summary, state, rows: [{line, more, expected, state}]}; adds nothing for
 * rules of others and for those that only serve correlations. */
gboolean detect_cases_show(Request *request, const DetectRule *rule, Doc *answer, GError **error);
