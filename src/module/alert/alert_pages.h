/* The handlers of module alert. Private to it. */
#pragma once
#include "module/alert/alert_store.h"

/* The alert of the field "id" (an id or a code) that the user may do this with. */
const Alert *alert_require(Request *request, const char *permission, GError **error);
/* {code, title, url, level…} as lists and pages show it. */
void alert_show(Request *request, Doc *row, const Alert *alert);
const char *alert_level_label(gint64 level);
const char *alert_span(Arena *arena, gint64 first_ms, gint64 last_ms, gint64 now_ms); /* 13:41 – 14:22; with days where not of today */

gboolean alert_list(Request *request, Doc *answer, GError **error);
gboolean alert_view(Request *request, Doc *answer, GError **error);
gboolean alert_board(Request *request, Doc *board, GError **error);
gboolean alert_badge(Request *request, const MenuEntry *entry, Doc *item, GError **error);

gboolean alert_new_form(Request *request, Doc *answer, GError **error);
gboolean alert_add(Request *request, Doc *answer, GError **error);

gboolean alert_take(Request *request, Doc *answer, GError **error);
gboolean alert_decide(Request *request, Doc *answer, GError **error);
gboolean alert_decide_many(Request *request, Doc *answer, GError **error);
gboolean alert_reopen(Request *request, Doc *answer, GError **error);
gboolean alert_open_incident(Request *request, Doc *answer, GError **error);
gboolean alert_join_incident(Request *request, Doc *answer, GError **error);

gboolean alert_route_view(Request *request, Doc *answer, GError **error);
gboolean alert_route_save(Request *request, Doc *answer, GError **error);
extern const JobRow ALERT_JOBS[];
extern const StoreSqlTable alert_route_sql;
