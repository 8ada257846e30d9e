/* SQL of plans that are being written. Private to module plan. */
#pragma once
#include "module/plan/plan_store.h"

extern const StoreSqlTable plan_draft_sql;

typedef struct {
  json_t *manuscript, *before; /* owned; before may be NULL */
  const char *undo, *returned, *submitted_by, *submitted_by_name; /* the name is only read */
  gint64 submitted_ms; /* 0: not submitted */
} PlanDraft;

/* FALSE without error: the plan has none (it was imported). */
gboolean plan_draft_get(StoreConn *conn, Arena *arena, const char *plan_id, PlanDraft *out_draft, GError **error);
void plan_draft_clear(PlanDraft *draft);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PlanDraft, plan_draft_clear)
gboolean plan_draft_put(StoreConn *conn, const char *plan_id, const PlanDraft *draft, GError **error);
/* The plan with all that hangs on it. */
gboolean plan_draft_delete(StoreConn *conn, const char *plan_id, GError **error);

/* Ids of plans in force whose period ended before `today`; at most `limit`. */
gboolean plan_store_ended(StoreConn *conn, Arena *arena, const char *today, int limit, GPtrArray *out_ids, GError **error);

typedef struct {
  const char *id, *name, *kind;
  const char *plan_id, *plan_code, *plan_state; /* its newest plan that is a draft from `above_id` or in force; NULL */
} BodyBelow;
typedef gboolean (*BodyBelowFunc)(const BodyBelow *body, void *data);
/* Open bodies right below, in order of names. */
gboolean plan_store_below(StoreConn *conn, Arena *arena, const char *body_id, BodyBelowFunc func, void *data, GError **error);
