/* Handlers of module incident, one for each row of incident_ops.c. Private to it. */
#pragma once
#include "core/request.h"

gboolean incident_assess_facts(Request *request, Doc *answer, GError **error);

void incident_put_json(Doc *answer, const json_t *object); /* each member of an object, in order */
