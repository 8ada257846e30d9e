/* What the law makes of an incident: its profile, severity, workflow and every clock. A pure function of the facts.
 *
 * The answer is {profile, profile_name, severity, proposed, why [{criterion, result, basis, reading}], workflow {id, name,
 * basis, suggestion, steps [{id, group, name, lead [], partners [], optional, content, output, form, back_to []}]}, notes [],
 * clocks [{id, what, due, at_once, sender, to [], form, basis, reading}]}. `result` is đạt, không đạt or chưa rõ; an
 * unknown criterion counts as not met. `due` is ISO 8601 at +07:00, or null while its moment is not known.
 *
 * Ownership: the caller's (json_decref). Errors: ERROR_INVALID names the fact; ERROR_REFUSED: no profile that early.
 * Threads: pure. Source: the instruments named in each basis.
 */
#pragma once
#include "core/law.h"

json_t *incident_assess(const Law *law, const json_t *facts, GError **error);

/* Only the clocks of facts already read by law_facts_read: what an open incident is watched by. Adds the severity to
 * `facts`. NULL with ERROR_REFUSED where no profile is in force. */
json_t *incident_clocks(const Law *law, json_t *facts, GError **error);
