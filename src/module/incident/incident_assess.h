/* What the law makes of an incident: its profile, severity, workflow and every clock. A pure function of the facts.
 *
 * The answer is {profile, severity, proposed (only where another body must confirm), why [{criterion, result, basis,
 * reading}], workflow {id, name, basis, suggestion, steps [{id, group, name, lead [], partners [], optional, content,
 * output, form, back_to [], basis}]}, notes [], clocks [{id, what, due, at_once, sender, to [], form, basis}]}.
 * `result` is đạt, không đạt or chưa rõ; an unknown criterion counts as not met. `due` is ISO 8601 at +07:00, or null
 * while its moment is not known; a clock that is not due by the facts is not listed.
 *
 * `decided` is the severity that a person settled on ("nghiem-trong"), which then goes before the criteria; NULL: none.
 * Ownership: the caller's. Errors: ERROR_INVALID names the fact; ERROR_REFUSED: no profile that early.
 * Threads: pure. Source: the instruments named in each basis.
 */
#pragma once
#include "core/law.h"

json_t *incident_assess(const Law *law, const json_t *facts, const char *decided, GError **error);

typedef struct {
  const LawClock *clock; /* the law's */
  gboolean due_known;
  gint64 due_ms;
} IncidentClock;

/* Only the clocks, on facts already read by law_facts_read: what an open incident is watched by. A GArray of
 * IncidentClock (g_array_unref). Writes the severity into `facts`. NULL with ERROR_REFUSED. */
GArray *incident_clocks(const Law *law, json_t *facts, const char *decided, GError **error);
