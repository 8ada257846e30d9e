/* Reports that nobody acknowledges. Private to module incident. */
#pragma once
#include "module/incident/incident_act.h"
#include "module/incident/incident_pages.h"

extern const StoreSqlTable incident_escalate_sql;

gboolean incident_escalate(App *app, const json_t *payload, GError **error); /* job, every minute */
/* The board's sentence and section, of the body's own reports and of those that came up to it. */
gboolean incident_board_waiting(Request *request, Doc *board, GError **error);
