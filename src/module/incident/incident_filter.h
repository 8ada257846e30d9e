/* What narrows the list of cases, and the filters that people keep under a name: all fields of incident.list but tab, q, after,
 * limit. Private to module incident. */
#pragma once
#include "module/incident/incident_figure.h"

extern const Choice INCIDENT_STATE_CHOICES[], INCIDENT_GRADE_CHOICES[], INCIDENT_MEASURE_CHOICES[];

gboolean incident_is_narrowed(const Request *request);
/* ERROR_NOT_FOUND for a body that the user may not read. */
gboolean incident_take_filter(Request *request, IncidentFilter *out, GError **error);
/* /su-co with what was asked for, escaped, in the order of the fields. */
const char *incident_filter_url(Request *request);
/* "chips": [{label, value}], what the list is narrowed to, in words. */
gboolean incident_add_chips(Request *request, StoreConn *conn, Doc *answer, GError **error);
/* "narrow": the form of all fields; see incident/list.html. */
void incident_add_narrow(Request *request, Doc *answer);
/* The person's own filters behind the tabs; "saved": their forms, "save": the form that keeps the present one. */
gboolean incident_add_filters(Request *request, StoreConn *conn, Doc *tabs, Doc *answer, GError **error);
/* Newest receipt first; after_ms is the start of the last row's day. */
gboolean incident_store_narrow(StoreConn *conn, Arena *arena, const IncidentFilter *filter, gint64 after_ms, const char *after_id, int limit,
                               IncidentFunc func, void *data, GError **error);
