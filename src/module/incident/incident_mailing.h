/* What is about to be sent: to whom, the words, the papers. The same for the preview and for sending. Private. */
#pragma once
#include "core/file.h"
#include "module/incident/incident_delivery.h"

typedef struct {
  const char *notice_id, *receiver, *name, *role, *contact, *address, *ground; /* address NULL: none is known */
  gboolean chosen;
} IncidentTarget;

typedef struct {
  const char *name, *type, *sha256;
  gint64 size_bytes;
} IncidentMailFile;

typedef struct {
  const char *what, *basis, *subject, *text, *files_json;
  const IncidentNotice *notice;
  GPtrArray *targets; /* IncidentTarget: all in the preview, the chosen ones when sending */
  GPtrArray *files;   /* IncidentMailFile; only when sending */
} IncidentMailing;

/* The sender of the report was asked back, or nobody had to be; an answer to the reporter may go before. */
gboolean incident_mailing_may_go(const Incident *incident, const IncidentMailing *mailing);
/* Of the running request; NULL where there is none. */
IncidentMailing *incident_mailing_of(const Request *request);
