/* How a case begins. Private to module incident. */
#pragma once
#include "module/incident/incident_act.h"

typedef struct {
  const char *body_id, *title, *description, *source, *reporter_name, *reporter_phone, *reporter_email, *kind, *system_name;
  gint64 system_level; /* 0: not known */
  gint64 detected_ms, told_ms; /* told 0: nobody told, our own people or systems found it */
  gboolean receipt_confirmed;  /* the reporter has been told that it arrived */
} NewIncident;

/* The case with its facts, clocks, steps and parties. Inside a change; call->incident is the result. */
gboolean incident_begin(IncidentCall *call, const NewIncident *report, GError **error);
