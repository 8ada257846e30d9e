/* Module org: the bodies and their units, names in time, contacts around the clock.
 *
 * Emits "contact.changed" (type "contact", data {kind, name, body}) when a focal point is added, changed or ended: the
 * duty to announce it upward follows from it (module duty listens).
 */
#pragma once
#include "core/request.h"

extern const Module org_module;

/* A unit directly or further below `body_id` (or itself) that bears or bore this name; spelling, case and diacritics do
 * not matter, nor "UBND" for "Ủy ban nhân dân". *out_id in the arena, NULL where there is none. */
gboolean org_find_unit(StoreConn *conn, Arena *arena, const char *body_id, const char *name, const char **out_id,
                       GError **error);
/* Makes a body or unit with its first name. Inside a change; names it to the audit. kind as in body.kind. */
gboolean org_add_body(Change *change, const char *parent_id, const char *kind, const char *name, const char *short_name,
                      const char *place, const char **out_id, GError **error);
/* The folded form under which names are compared. g_free. */
char *org_fold_name(const char *name);
