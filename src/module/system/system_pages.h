/* The handlers of module system. Private to it. */
#pragma once
#include "module/system/system_store.h"

gboolean system_list(Request *request, Doc *answer, GError **error);
gboolean system_view(Request *request, Doc *answer, GError **error);
gboolean system_new_form(Request *request, Doc *answer, GError **error);
gboolean system_edit_form(Request *request, Doc *answer, GError **error);
gboolean system_export(Request *request, Doc *answer, GError **error);

gboolean system_add(Request *request, Doc *answer, GError **error);
gboolean system_edit(Request *request, Doc *answer, GError **error);
gboolean system_retire(Request *request, Doc *answer, GError **error);
gboolean system_restore(Request *request, Doc *answer, GError **error);

/* The system of the field "id" (an id or a code), that the user may do this with. */
const System *system_require(Request *request, const char *permission, GError **error);
/* From the inputs of a list; TRUE even when nothing can match. */
gboolean system_query(Request *request, StoreConn *conn, SystemQuery *out_query, GError **error);

const char *system_operator(const System *system); /* name of the body or as typed; NULL */
const char *system_decision(Arena *arena, const System *system); /* "12/QĐ-UBND, 03/02/2026, UBND xã …"; NULL */
