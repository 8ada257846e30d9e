/* Module alert: what the eyes of the program saw (rules, indicators, correlations, silent sources, malware), until somebody decides
 * what it is.
 *
 * Who sees raises hits; equal ones are gathered in one alert. A hit that an active suppression covers raises nothing and is counted
 * there. A rule that raises more than ALERTS_AN_HOUR alerts an hour at one body goes on in one alert for all the rest.
 */
#pragma once
#include "core/request.h"

extern const Module alert_module;

enum {
  ALERT_EVENTS_KEPT = 20,      /* of each alert; the first ones */
  ALERT_RAW_BYTES = 8192,      /* of each event */
  ALERT_OBSERVABLES_KEPT = 50, /* of each alert */
  ALERTS_AN_HOUR = 60,
};

typedef struct {
  gint64 at_ms, received_ms; /* its own time (0: not known) and when it came */
  const char *raw;           /* as it came, made valid UTF-8 */
  const json_t *fields;      /* object of texts: by which the rule was fulfilled; may be NULL */
} AlertEvent;

typedef struct {
  const char *kind, *value; /* as in incident_observable: ip, domain, url, hash, email */
} AlertObservable;

typedef struct {
  const char *body_id;
  const char *kind;      /* rule, correlation, indicator, source, malware, outside */
  const char *rule_id;   /* id of the rule or the list; what suppressions name */
  const char *group_key; /* hits with the same key (at one body, of one rule) are one alert */
  const char *title;     /* Vietnamese where it is ours, else as its authors wrote it */
  int level;             /* 0 informational … 4 critical */
  const char *system_id, *source_id, *source_name, *host; /* where it was seen; any may be NULL */
  const char *explanation; /* Vietnamese: what it means and what to look at; may be NULL */
  const char *original, *author, *techniques, *scenario; /* may be NULL; techniques: "T1110.001 T1078"; scenario: a kind of the law */
  gint64 count;          /* how many events it stands for; at least n_events */
  const AlertEvent *events;
  gsize n_events;
  const AlertObservable *observables;
  gsize n_observables;
} AlertHit;

/* Inside a change. *out_id (may be NULL): the alert, NULL when it was suppressed. Writes its own change_about. */
gboolean alert_raise(Change *change, const AlertHit *hit, const char **out_id, GError **error);
