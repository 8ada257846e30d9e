/* What an alert says in Vietnamese, and what of it belongs together: data/rules/explain.yaml. Private to module detect. */
#pragma once
#include "module/detect/detect_store.h"

typedef struct DetectWords DetectWords;

DetectWords *detect_words_new(const App *app, GError **error);
void detect_words_free(DetectWords *words);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DetectWords, detect_words_free)

/* Ours by hand; for others composed from technique, tactic and category. g_free. */
char *detect_words_title(const DetectWords *words, const DetectRule *rule);
char *detect_words_explain(const DetectWords *words, const DetectRule *rule);
/* Kind of incident of the law (its id); "" when none is likely. Lives as long as `words`, or the rule's own. g_free. */
char *detect_words_scenario(const DetectWords *words, const DetectRule *rule);
/* The names of fields, each list ends with NULL. */
const char *const *detect_words_host(const DetectWords *words);
const char *const *detect_words_group(const DetectWords *words);
/* Kinds ("ip", "domain", "url", "hash"), ending with NULL, and the fields of each. */
const char *const *detect_words_sign_kinds(const DetectWords *words);
const char *const *detect_words_sign_fields(const DetectWords *words, const char *kind);
