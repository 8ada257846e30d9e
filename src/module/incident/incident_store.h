/* SQL of module incident: the case itself, its scope, and what hangs on it. Private to it. */
#pragma once
#include "module/incident/incident_case.h"

extern const StoreSqlTable incident_sql, incident_part_sql, incident_parts_sql, incident_list_sql;

#define NO_DUE_MS G_GINT64_CONSTANT(253402300799999)

Incident *incident_read_row(StoreRows *rows, Arena *arena);
/* By id, code or follow-up code. NULL without error: none. */
Incident *incident_store_get(StoreConn *conn, Arena *arena, const char *id, GError **error);
gboolean incident_store_insert(StoreConn *conn, const Incident *incident, GError **error);
/* ERROR_CONFLICT when the version is no longer the one given. Writes due_ms and the scope anew. */
gboolean incident_store_update(StoreConn *conn, Incident *incident, gint64 version, GError **error);
gboolean incident_store_sees(StoreConn *conn, const char *incident_id, const char *body_id);
/* Reports from one address since then. */
gboolean incident_store_count_from(StoreConn *conn, const char *remote, gint64 since_ms, gint64 *out_count, GError **error);
/* Lines and pieces of evidence that a case got since then from people without an account. */
gboolean incident_store_count_told(StoreConn *conn, const char *incident_id, gint64 since_ms, gint64 *out_count, GError **error);
gboolean incident_store_index(Change *change, const Incident *incident, GError **error);
/* The body that a public report without one goes to: the first top-level body. NULL without error: none. */
const char *incident_store_first_body(StoreConn *conn, Arena *arena, GError **error);
/* The reading of the plan in force of the body or the nearest above it; NULL without error: none. json_decref. */
json_t *incident_store_plan(StoreConn *conn, const char *body_id, GError **error);

/* --- rows of a part, as documents --- */

typedef enum {
  PART_STEPS, PART_TASKS, PART_LOG, PART_NOTICES, PART_PARTIES, PART_PERSONS, PART_SYSTEMS, PART_OBSERVABLES, PART_RELATED,
  PART_EVIDENCE, PART_CUSTODY, PART_PAPERS, PART_ASSESSMENTS,
} IncidentPart;
/* Appends an object for each row of the case: columns by name; x_ms gives x ("14:35 21/11/2026"), x_iso and x_ms; x_int
 * gives the number x. PART_RELATED takes the id of the case and of a body whose cases may be told. */
gboolean incident_part(Request *request, IncidentPart part, const char *incident_id, const char *body_id, Doc *list,
                       GError **error);

/* --- single rows inside a change --- */

typedef struct {
  const char *step, *state;
  gint64 position, pass, begun_ms, done_ms;
} IncidentStep;
/* The last pass of each step of a workflow, in order; of IncidentStep, in the arena; g_array_unref. */
GArray *incident_store_steps(StoreConn *conn, Arena *arena, const char *incident_id, const char *workflow, GError **error);
gboolean incident_store_put_step(StoreConn *conn, const char *incident_id, const char *workflow, const IncidentStep *step,
                                 const char *account_id, const char *note, GError **error);

typedef struct {
  const char *id, *clock, *receiver, *what, *form, *basis, *state, *channel, *recipient, *proof, *attachment_id, *account_id;
  gint64 at_once, due_ms, sent_ms, confirmed_ms; /* 0: none */
} IncidentNotice;
GPtrArray *incident_store_notices(StoreConn *conn, Arena *arena, const char *incident_id, GError **error); /* IncidentNotice */
gboolean incident_store_put_notice(StoreConn *conn, const char *incident_id, const IncidentNotice *notice, GError **error);

/* Statements that only insert or update one row, by name: values in the order of their columns. */
typedef enum {
  PUT_LOG, PUT_ASSESSMENT, PUT_TASK, DONE_TASK, PUT_PARTY, PUT_PERSON, RELEASE_PERSON, PUT_OBSERVABLE, PUT_EVIDENCE,
  PUT_CUSTODY, PUT_PAPER, SET_PAPER, SET_BROKEN,
} IncidentPut;
gboolean incident_put(StoreConn *conn, IncidentPut put, const StoreValue *values, gsize count, gint64 *out_changed, GError **error);
/* The next number of a log line, an assessment or a piece of evidence of the case. */
gboolean incident_next_number(StoreConn *conn, IncidentPut put, const char *incident_id, gint64 *out_number, GError **error);

typedef struct {
  const char *id, *incident_id, *title, *sha256, *file_name;
  gint64 number, size_bytes, broken_ms; /* broken_ms 0: intact when last looked at */
} IncidentEvidence;
const IncidentEvidence *incident_store_evidence(StoreConn *conn, Arena *arena, const char *id, GError **error);
/* Those with a file; body_id NULL: of all bodies. IncidentEvidence. */
GPtrArray *incident_store_all_evidence(StoreConn *conn, Arena *arena, const char *body_id, GError **error);

typedef struct {
  const char *id, *incident_id, *form, *fields, *state, *number, *issued_day, *signer, *sha256, *scan_id;
  gint64 version;
} IncidentPaper;
const IncidentPaper *incident_store_paper(StoreConn *conn, Arena *arena, const char *id, GError **error);
const IncidentPaper *incident_store_last_paper(StoreConn *conn, Arena *arena, const char *incident_id, const char *form,
                                               GError **error);

/* --- lists --- */

typedef struct {
  const char *body_id;
  gboolean open;
  gint64 from_ms, to_ms;       /* of sort_ms, both included */
  gint64 after_ms;             /* the last row of the page before; after_id NULL: the first page */
  const char *after_id;
  const char *state, *commander_id; /* NULL: any */
  int limit;
} IncidentQuery;
typedef gboolean (*IncidentFunc)(const Incident *incident, gint64 sort_ms, void *data);
gboolean incident_store_list(StoreConn *conn, Arena *arena, const IncidentQuery *query, IncidentFunc func, void *data,
                             GError **error);
gboolean incident_store_count(StoreConn *conn, const IncidentQuery *query, gint64 *out_count, GError **error);
