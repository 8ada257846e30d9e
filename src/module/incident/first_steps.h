/* First priority steps for each kind of incident: data/catalogue/first_steps.yaml.
 *
 * An entry is {title, do [4–8 texts], dont [], write_down [], call}: for people who are not specialists.
 * Loading refuses, with every problem on a line of its own: a kind of the law without an entry, a kind that the law does
 * not know, an entry without one of its parts, unknown keys, texts longer than a line of the sheet can bear.
 * Ownership: entries belong to the FirstSteps. Errors: ERROR_CHECK, those of yaml.h. Threads: immutable.
 */
#pragma once
#include "core/law.h"

typedef struct FirstSteps FirstSteps;
FirstSteps *first_steps_load(const Law *law, const char *path, GError **error);
void first_steps_free(FirstSteps *steps);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FirstSteps, first_steps_free)
const json_t *first_steps_of(const FirstSteps *steps, const char *kind_id); /* NULL: no such kind */
