/* Recurring duties of the law, applied to one body. Pure; private to module duty. */
#pragma once
#include "core/law.h"

/* Who is asked: a body by its kind, and whether its register has systems. */
typedef struct {
  const char *kind;
  gboolean keeper;
} LawBody;

/* Is one of the actors this body? See held_by in data/law/vocabulary.yaml. */
gboolean duty_law_concerns(const Law *law, const GPtrArray *actors, const LawBody *body);
/* Rules that ask something of the body on that day by themselves: again and again, or always. Those that only an event
 * raises are left out, and those of texts whose basis has gone unless `past`. */
gboolean duty_law_applies(const Law *law, const LawDuty *duty, const LawBody *body, Day today, gboolean past);
/* For a system of that level (0: not determined). */
LawTruth duty_law_applies_to_level(const Law *law, const LawDuty *duty, gint64 level, Day today);

/* The period as module duty names it. */
const char *duty_law_period(const LawDuty *duty);
/* FALSE: none. *out_by_law: the text gives the day; else it is a suggestion and *out_words says how it came about. */
gboolean duty_law_due(const LawDuty *duty, Day today, char out_day[11], gboolean *out_by_law, const char **out_words);
/* The rule in force that an event of the program raises for the body; NULL where there is none. */
const LawDuty *duty_law_on_event(const Law *law, const char *event, const LawBody *body, Day today);
