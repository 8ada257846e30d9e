/* The tree of public bodies: provinces, departments, communes, and the units inside them.
 *
 * Core keeps the tree itself; names in time, contacts and pages belong to module org.
 * Threads and transactions: functions with a StoreConn run inside the caller's.
 */
#pragma once
#include "core/request.h"

typedef struct {
  const char *id, *parent_id, *root_id, *kind, *name, *short_name, *place;
  gint64 version;
} Body;

/* NULL without error: no such body. In the arena. */
const Body *body_get(StoreConn *conn, Arena *arena, const char *id, GError **error);
/* Inserts the body with its rows of ancestors. parent_id NULL: a new top-level body. */
gboolean body_insert(StoreConn *conn, const Body *body, gint64 now_ms, GError **error);
/* The body itself first, then upward; ends with NULL; in the arena. */
const char *const *body_ancestors(StoreConn *conn, Arena *arena, const char *id, GError **error);
/* The user has the permission at a top-level body: what concerns the whole installation. ERROR_FORBIDDEN. */
gboolean body_require_top(Request *request, const char *permission, GError **error);
gboolean body_is_below(StoreConn *conn, const char *id, const char *ancestor_id, gboolean *out_below, GError **error);
