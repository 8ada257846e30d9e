/* Rules, routing and placeholders from files and folders. */
#pragma once
#include "lib/scan/decode.h"
#include "lib/scan/match.h"
#include <glib.h>

/* Adds every .yml and .yaml of the paths (folders with all below them, in the order of their names); returns how many documents were
 * taken, -1 with `error` when a path cannot be read. */
gssize detect_add_rules(RuleSet *set, const char *const *paths, GError **error);
/* rules/logsource.yaml and rules/fields.yaml below `data_dir`. */
/* rules/patterns.yaml below it. */
PatternSet *detect_load_patterns(const char *data_dir, GError **error);
Route *detect_load_route(const char *data_dir, GError **error);
/* A YAML map of names to one value or a list; the caller frees with detect_free_placeholders. */
RulePlaceholder *detect_load_placeholders(const char *path, GError **error);
void detect_free_placeholders(RulePlaceholder *placeholders);
