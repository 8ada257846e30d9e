/* SQL of module shift, and its handlers. Private to it. */
#pragma once
#include "module/shift/shift.h"

#define WEEK_MS (7 * DAY_MS)

extern const StoreSqlTable shift_sql;

const Shift *shift_store_get(StoreConn *conn, Arena *arena, const char *id, GError **error); /* NULL without error: none */
gboolean shift_store_insert(StoreConn *conn, const Shift *shift, gint64 now_ms, GError **error);
/* ERROR_CONFLICT when the version is no longer the one given. */
gboolean shift_store_update(StoreConn *conn, const Shift *shift, gint64 version, GError **error);
/* Of the body: weekly ones and those that end after that; of Shift. */
GPtrArray *shift_store_of_body(StoreConn *conn, Arena *arena, const char *body_id, gint64 after_ms, GError **error);

typedef struct {
  const char *author, *to_name, *text;
  gint64 at_ms;
} Handover;
gboolean shift_store_add_handover(Change *change, const char *id, const Handover *handover, GError **error);
GPtrArray *shift_store_handovers(StoreConn *conn, Arena *arena, const char *body_id, GError **error); /* newest first, 20 */

/* The shift named by the field "id", that the user may do this with. */
const Shift *shift_require(Request *request, const char *permission, GError **error);

gboolean shift_list(Request *request, Doc *answer, GError **error);
gboolean shift_view(Request *request, Doc *answer, GError **error);
gboolean shift_add(Request *request, Doc *answer, GError **error);
gboolean shift_edit(Request *request, Doc *answer, GError **error);
gboolean shift_end(Request *request, Doc *answer, GError **error);
gboolean shift_resume(Request *request, Doc *answer, GError **error);
gboolean shift_handover(Request *request, Doc *answer, GError **error);
