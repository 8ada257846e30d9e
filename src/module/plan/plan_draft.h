/* New plans: from the statutory outline, from the plan of the period before, from the plan of a body above. Private.
 *
 * Each gives a manuscript (plan_manuscript.h) that nobody has looked at yet.
 */
#pragma once
#include "core/body.h"
#include "module/plan/plan_store.h"

typedef struct {
  const Body *body;
  int from_year, to_year;
  const Plan *previous, *above; /* NULL: none */
} DraftWish;

json_t *plan_draft_outline(Request *request, const DraftWish *wish, GError **error);
/* The plan before moves on by as many years as its period has. */
json_t *plan_draft_last_year(Request *request, const DraftWish *wish, GError **error);
/* The outline, with the tasks that the plan above gives to bodies of this kind. */
json_t *plan_draft_above(Request *request, const DraftWish *wish, GError **error);

/* The plan in force of the nearest body above that has one; NULL without error: none. */
const Plan *plan_nearest_above(Request *request, const char *body_id, GError **error);

/* Inside a change: the manuscript with what was read from it becomes a draft. */
typedef struct {
  const char *body_id, *origin, *above_id, *previous_id;
  json_t *manuscript;
  PlanContent content;
} NewDraft;
gboolean plan_draft_insert(Change *change, const NewDraft *draft, const char **out_id, GError **error);
/* Prints and examines first, then inserts in one change. */
gboolean plan_draft_make(Request *request, const char *origin, const DraftWish *wish, const char **out_id, GError **error);
/* Head of the plan from what was read. */
void plan_take_head(Plan *plan, const PlanContent *content);
