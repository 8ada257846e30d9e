/* Module trust: whose signature is believed. Packages from other installations (case archives, hunt packages handed down) are
 * signed (lib/seal); this list says whose key that is. Kept for the whole installation, by the administrators of the top body. */
#pragma once
#include "core/request.h"

extern const Module trust_module;

/* The body that the key belongs to, in the arena; NULL without error: not in the list, or taken out of it. */
const char *trust_owner(StoreConn *conn, Arena *arena, const char *public_key, GError **error);
