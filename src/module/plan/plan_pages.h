/* The list of plans and the page of one. Private to module plan. */
#pragma once
#include "module/plan/plan_store.h"

gboolean plan_list(Request *request, Doc *answer, GError **error);
gboolean plan_view(Request *request, Doc *answer, GError **error);
/* The plan if the user may read it; ERROR_NOT_FOUND otherwise. `id` may be a code (KH-2026-0001). */
const Plan *plan_require(Request *request, const char *id, const char *permission, GError **error);
/* Forms under "buttons" and "actions" of the page of a plan, for other parts of the module. */
gboolean plan_add_actions(Request *request, const Plan *plan, Doc *answer, GError **error);

/* A line while there is no plan in force, or it ends within 60 days. */
gboolean plan_board(Request *request, Doc *board, GError **error);
