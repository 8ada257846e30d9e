/* Handlers of plans that are written here: drafting, editing, approval, comparing, printing, bringing down. Private. */
#pragma once
#include "module/plan/plan_store.h"

gboolean plan_draft_form(Request *request, Doc *answer, GError **error);
gboolean plan_draft_start(Request *request, Doc *answer, GError **error);

gboolean plan_compose_page(Request *request, Doc *answer, GError **error);
gboolean plan_edit_run(Request *request, Doc *answer, GError **error); /* every edit; which one, its operation says */
gboolean plan_edit_undo(Request *request, Doc *answer, GError **error);

gboolean plan_submit(Request *request, Doc *answer, GError **error);
gboolean plan_return(Request *request, Doc *answer, GError **error);
gboolean plan_approve(Request *request, Doc *answer, GError **error);
gboolean plan_delete(Request *request, Doc *answer, GError **error);
extern const JobRow PLAN_JOBS[];

gboolean plan_diff(Request *request, Doc *answer, GError **error);
gboolean plan_export(Request *request, Doc *answer, GError **error);
gboolean plan_cascade_form(Request *request, Doc *answer, GError **error);
gboolean plan_cascade(Request *request, Doc *answer, GError **error);
