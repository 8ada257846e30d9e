/* What may be corrected by hand in a reading before it is confirmed: one table of fields, and the tasks. Private.
 *
 * A corrected value is marked "corrected" in provenance, so the page shows Đã sửa tay. Every value keeps its line.
 */
#pragma once
#include "core/request.h"

typedef enum { MARK_READ, MARK_INFERRED, MARK_CORRECTED, MARK_MISSING } PlanMark;

typedef struct {
  const char *name;    /* of the input */
  const char *label;   /* Vietnamese */
  const char *pointer; /* in the reading: "/number/resolved" */
  const char *group;   /* heading above it */
  gboolean list;       /* one entry a line */
  gboolean day;        /* ISO in the reading, dd/mm/yyyy on the page */
} PlanEditField;

extern const PlanEditField PLAN_EDIT_FIELDS[]; /* ends with NULL */

json_t *plan_pointer_get(const json_t *reading, const char *pointer); /* borrowed; NULL: none */
PlanMark plan_mark_of(const json_t *reading, const char *pointer, const json_t *value);
/* Lines of the source it was read from; FALSE: none known. */
gboolean plan_lines_of(const json_t *reading, const char *pointer, int *out_from, int *out_to);
/* The value as shown; arena. */
const char *plan_edit_shown(Arena *arena, const PlanEditField *field, const json_t *value);

/* Takes every input of the review page into the reading (fields, tasks, dropped tasks). FALSE: field errors. */
gboolean plan_edit_take(Request *request, json_t *reading, GError **error);
