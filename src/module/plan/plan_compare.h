/* What changed between two plans. Private to module plan; no database.
 *
 * Ownership: results are new references. Threads: pure functions.
 */
#pragma once
#include <jansson.h>
#include <glib.h>

/* Both sides of two texts, word by word: {before: [{text, gone}], after: [{text, new}]}. Texts longer than 800 words are
 * compared as wholes. */
json_t *plan_compare_words(const char *before, const char *after);

/* [{group, section, state: added|removed|changed, before, after}] in the order of groups head, bases, sections, tasks,
 * units; before and after as above. A plan is {manuscript, reading}. */
json_t *plan_compare(const json_t *old_manuscript, const json_t *old_reading, const json_t *new_manuscript, const json_t *new_reading);
