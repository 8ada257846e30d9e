/* Whoever reported: told at once that it arrived, and asked back through what is known of him. Private to module incident. */
#pragma once
#include "module/incident/incident_act.h"

extern const StoreSqlTable incident_reporter_sql;

/* A message with the follow-up code to the address that was given, once and a few for one address in an hour. It holds
 * nothing of what was reported: the address may be anybody's. Inside a change; does nothing without address or mail server. */
gboolean incident_send_receipt(IncidentCall *call, GError **error);

/* "known" [{name, body, phone, tel}]: entries of the directory with the reporter's telephone or address; "sender_note": what to do
 * to verify him. Only while nothing has been decided. */
gboolean incident_add_reporter(Request *request, const Incident *incident, Doc *answer, GError **error);
