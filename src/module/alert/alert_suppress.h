/* Suppressions: what is known not to be an attack raises nothing until a day. Private to module alert. */
#pragma once
#include "module/alert/alert_store.h"

extern const StoreSqlTable alert_suppress_sql;

/* Counts the hit on the suppression that covers it. */
gboolean alert_suppression_takes(Change *change, const AlertHit *hit, gboolean *out_taken, GError **error);
gboolean alert_suppression_list(Request *request, Doc *answer, GError **error);
gboolean alert_suppress(Request *request, Doc *answer, GError **error);
gboolean alert_suppression_end(Request *request, Doc *answer, GError **error);
