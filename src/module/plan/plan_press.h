/* Printing a manuscript and judging what was printed. Private to module plan.
 *
 * Threads: any worker; not inside a change, since the printed paper is read back in the sandbox.
 */
#pragma once
#include "module/plan/plan_store.h"

typedef enum { PRESS_DOCX, PRESS_PDF } PressKind;

GBytes *plan_press(const App *app, const json_t *manuscript, gint64 created_ms, PressKind kind, GError **error);
/* Prints it, reads it as if it came from outside, checks it; sections without words are findings too. */
gboolean plan_press_examine(Request *request, const json_t *manuscript, gint64 created_ms, PlanContent *out_content, GError **error);
/* The manuscript of a plan: as it was written here, or laid out from its original. A new reference. */
json_t *plan_manuscript_of(Request *request, const Plan *plan, GError **error);
