/* From a reading to a plan in force with its duties. Private to module plan. */
#pragma once
#include "module/plan/plan_store.h"

typedef struct {
  const char *body_id;
  const char *origin;              /* import, outline, last_year, above */
  const char *above_id, *previous_id; /* NULL */
  const json_t *reading, *source, *findings;
  const char *file_name, *file_sha256; /* the signed original; NULL */
  gint64 file_size;
  const char *const *new_units;    /* names of units to make below the body; NULL-terminated */
  gboolean in_force;               /* issued already: its duties begin; else a draft */
} NewPlan;

/* Inside a change: the plan, its content, new units, and when in force its duties; a plan of the body that was in force is
 * replaced and its open duties set aside. *out_duties: how many were made. */
gboolean plan_insert(Change *change, const NewPlan *plan, const char **out_id, int *out_duties, GError **error);
/* Inside a change: a draft comes into force: state, approver, duties, the former plan replaced. */
gboolean plan_activate(Change *change, const Plan *draft, int *out_duties, GError **error);
