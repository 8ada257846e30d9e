/* Module system: the register of information systems.
 *
 * Emits "system.changed" (type "system", data {name, level: [before, after], retired}) when one is added, changed, retired or
 * brought back: recurring duties depend on the level.
 */
#pragma once
#include "core/request.h"

extern const Module system_module;

typedef struct {
  const char *id, *code, *name;
  const char *owner_name;                       /* NULL: the body of the register is the owner */
  const char *operator_body_id, *operator_name; /* both NULL: the owner operates it, or it is not known */
  gint64 level;                                 /* 1 to 5; 0: not determined */
} SystemFact;

/* The one that a person means: by id, by code, by "name (code)", or by its name in the register of that body; one that the user
 * may not see, or that is not there, is none. NULL without error: none. In the arena of the request. */
const SystemFact *system_find(Request *request, const char *body_id, const char *text, GError **error);

typedef gboolean (*SystemFunc)(const SystemFact *fact, void *data);
/* Those in the register of that body (not of bodies below) that have not been retired, by name. The texts live until the
 * function returns. */
gboolean system_each(StoreConn *conn, const char *body_id, SystemFunc func, void *data, GError **error);
