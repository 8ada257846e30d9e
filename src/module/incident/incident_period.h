/* The period and the body that statistics are about, as asked for: fields body, from, to. Private to module incident. */
#pragma once
#include "module/incident/incident_figure.h"
#include "module/incident/incident_pages.h"

/* How late a notice that is due at once may go. */
gint64 incident_once_ms(const Request *request);
/* Without days: this year. A body that the user may not read is not found. */
gboolean incident_take_period(Request *request, IncidentFilter *out, GError **error);
/* "period": {text, from, to, query, body: {name, all_url}, presets: [{label, url, current}], filter: see period.html}; `page` is the
 * path that the presets lead to. */
gboolean incident_add_period(Request *request, const IncidentFilter *filter, const char *page, Doc *answer, GError **error);
/* "from=…&to=…", with the body when it is not the acting one; in the arena. */
const char *incident_period_query(Request *request, const IncidentFilter *filter);
/* /su-co with the period and what narrows it ("kind=ma-hoa"). */
const char *incident_figure_url(Request *request, const IncidentFilter *filter, const char *narrow);
/* "chart": {title, svg, unknown, months, rows: [{label, sum, cells: [{text, url} or {none}]}]} of the twelve months until the period's end. */
gboolean incident_add_year(Request *request, StoreConn *conn, const IncidentFilter *filter, Doc *answer, GError **error);
/* A cause of the law in a few words: without "Tình huống sự cố" before it. "" gives "Chưa phân loại". */
const char *incident_cause_label(Request *request, const char *cause);
