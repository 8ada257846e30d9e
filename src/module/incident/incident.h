/* Module incident: from the first word to the filed report.
 *
 * An incident is reported, verified, classified by law, driven through its steps under running clocks, and closed with its
 * papers. The law (steps, criteria, clocks, forms, receivers) comes from data/law by the profile of the day of detection.
 */
#pragma once
#include "core/request.h"

extern const Module incident_module;

/* --- for modules that find something --- */

typedef struct {
  const char *kind, *value; /* ip, domain, url, hash, email */
} IncidentSign;

typedef struct {
  const char *body_id;
  const char *origin;      /* "cảnh báo CB-2026-0007": goes into the log and beside each sign */
  const char *title, *text;
  const char *kind;        /* a kind of the law; NULL: not known */
  const char *system_name; /* NULL: not known */
  gint64 system_level;     /* 0: not known */
  gint64 seen_ms;          /* when the first of it happened: the time of detection */
  const IncidentSign *signs;
  gsize n_signs;
} IncidentFinding;

typedef struct {
  const char *id, *code; /* in the arena of the request */
} IncidentOpened;

/* What somebody typed as a sign, "hxxps://x[.]vn" too: its kind and its value as it is in the world; FALSE: it is none. */
gboolean incident_read_sign(Arena *arena, const char *typed, IncidentSign *out_sign);
/* Inside a change; the caller has asked for incident.report at the body. */
gboolean incident_open(Change *change, const IncidentFinding *finding, IncidentOpened *out_opened, GError **error);
/* Id of an open case that the user may work on; NULL without error: none. */
const char *incident_find_open(Request *request, const char *id_or_code, GError **error);
/* Inside a change: the finding becomes a line of the log and signs of the case. */
gboolean incident_join(Change *change, const char *incident_id, const IncidentFinding *finding, IncidentOpened *out_opened, GError **error);
