/* The duties that the law gives a body, made; and the one that a changed contact raises. Private to module duty. */
#pragma once
#include "core/request.h"

gboolean duty_law_page(Request *request, Doc *answer, GError **error);
gboolean duty_from_law(Request *request, Doc *answer, GError **error);
/* Job: bodies that once took their duties from the law get what has come since: new rules, new systems, other levels. */
gboolean duty_law_daily(App *app, const json_t *payload, GError **error);
/* Handler of "contact.changed". */
gboolean duty_contact_changed(void *data, const char *type, const char *id, const char *body_id, const json_t *details, GError **error);
extern const StoreSqlTable duty_law_sql;
