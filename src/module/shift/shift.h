/* Module shift: the roster of people on duty, and what one shift hands over to the next.
 *
 * Units: UTC milliseconds; a shift lasts at most seven days. Where two overlap, one for that day goes before a weekly one,
 * then the later begun. Ownership: the arena's. Threads: functions with a StoreConn run inside the caller's transaction.
 */
#pragma once
#include "core/request.h"

extern const Module shift_module;

typedef struct {
  const char *id, *body_id, *name, *phone, *email, *note, *body_name;
  gint64 from_ms, until_ms; /* as entered: the first time of a weekly one */
  gboolean weekly;
  gint64 ended_ms, version; /* ended 0: no */
} Shift;

/* Who is on duty at that moment at the body, else at the nearest above it. NULL without error: nobody. */
const Shift *shift_at(StoreConn *conn, Arena *arena, const char *body_id, gint64 at_ms, GError **error);
/* When the time of the shift that covers the moment ends. Pure. */
gint64 shift_end_ms(const Shift *shift, gint64 at_ms);
