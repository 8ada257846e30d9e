/* All SQL of module plan. Private to it. */
#pragma once
#include "core/request.h"

extern const StoreSqlTable plan_sql;

/* States: draft, active, expired, replaced. Origins: import, outline, last_year, above. */
typedef struct {
  const char *id, *code, *body_id, *body_name, *state, *origin, *number, *issued_day, *title, *period_from, *period_to, *signer,
      *above_id, *previous_id, *source_sha256, *source_name, *created_by, *approved_by, *approved_by_name;
  gint64 errors, warnings, hints, created_ms, approved_ms, version;
  gint64 duties, duties_done, duties_late; /* filled by lists and by plan_store_get */
} Plan;

typedef struct {
  json_t *reading;  /* as plan_read gives it, with what was edited by hand: certainty "corrected" */
  json_t *source;   /* [{n, text, centre}] */
  json_t *findings; /* {"defects": […]} */
} PlanContent;

const Plan *plan_store_get(StoreConn *conn, Arena *arena, const char *id, GError **error); /* NULL without error: none */
const char *plan_store_id_of_code(StoreConn *conn, Arena *arena, const char *code, GError **error);
/* json_decref the parts (plan_content_clear). FALSE without error: none. */
gboolean plan_store_get_content(StoreConn *conn, const char *id, PlanContent *out_content, GError **error);
void plan_content_clear(PlanContent *content);

gboolean plan_store_insert(StoreConn *conn, const Plan *plan, const PlanContent *content, GError **error);
/* Head and state; ERROR_CONFLICT when the version is another. */
gboolean plan_store_update(StoreConn *conn, const Plan *plan, gint64 version, GError **error);
gboolean plan_store_set_content(StoreConn *conn, const char *id, const PlanContent *content, GError **error);
/* The plans of the body and all below it, newest first; state NULL: any. */
typedef gboolean (*PlanFunc)(const Plan *plan, void *data);
gboolean plan_store_list(StoreConn *conn, Arena *arena, const char *body_id, const char *state, const char *after, int limit,
                         PlanFunc func, void *data, GError **error);
/* The plan of the body in force; NULL without error: none. */
const Plan *plan_store_active(StoreConn *conn, Arena *arena, const char *body_id, GError **error);
/* Search entry with the ancestors of the body as scopes. */
gboolean plan_store_index(Change *change, const Plan *plan, GError **error);
