/* What people do with a case: one frame for all acts, one function for each. Private to module incident.
 *
 * The frame loads the case, checks permission, state and version, keeps an uploaded file, runs the act in one transaction
 * with its audit entry, and writes the case back with its nearest due time. Acts read their fields from the request.
 */
#pragma once
#include "module/incident/incident_store.h"

typedef struct {
  Change *change;
  Request *request;
  Incident *incident;
  const char *file_sha256, *file_name; /* of the field "file"; NULL */
  gint64 file_size;
  const char *result_id; /* of what was made; answered as "id" */
  json_t *told;          /* details for the audit log */
} IncidentCall;

typedef gboolean (*IncidentActFunc)(IncidentCall *call, GError **error);

gboolean incident_act(Request *request, Doc *answer, GError **error); /* handler of every row that is an act */

/* Loads by id, code; ERROR_NOT_FOUND for what the user may not see. */
Incident *incident_load(Request *request, const char *permission, GError **error);
/* The same once more inside the change. */
Incident *incident_reload(Change *change, const char *id, GError **error);

/* The next line of the log. at_ms 0: now. kind: note, auto, fix. */
gboolean incident_write_log(IncidentCall *call, const char *kind, gint64 at_ms, const char *text, gint64 corrects, GError **error);
gboolean incident_auto_log(IncidentCall *call, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);
gboolean incident_is_one_of(const char *word, const char *list); /* words with blanks between them */
const char *incident_new_id(IncidentCall *call);
const char *incident_moment(Arena *arena, gint64 ms); /* 14:35 21/11/2026 */
const char *incident_given(const Request *request, const char *field); /* "" where nothing was given */
gint64 incident_given_ms(const Request *request, const char *field, gint64 absent);
const char *incident_actor(const Request *request); /* account id or NULL */
/* The account in that field: one with a role at the body of the case or above, else the field is refused. */
const User *incident_person(IncidentCall *call, const char *field, GError **error);

/* --- clocks: incident_clock.c --- */

/* Assesses the facts anew, keeps the assessment, and brings profile, level, procedure, steps and notices in line. */
gboolean incident_recompute(IncidentCall *call, const char *reason, GError **error);
/* ms 0: null, "not yet". */
void incident_set_fact_time(IncidentCall *call, const char *fact, gint64 ms);
/* Names the actors from the plan in force; those entered by hand stay. */
gboolean incident_name_parties(IncidentCall *call, GError **error);

/* --- steps: incident_step.c --- */

gboolean incident_open_steps(IncidentCall *call, GError **error); /* rows of the procedure, where there are none yet */
gboolean incident_follow_steps(IncidentCall *call, GError **error);
gboolean incident_finish_step(IncidentCall *call, const char *step, const char *state, gint64 at_ms, const char *note, GError **error);

/* --- what stands against closing: incident_close.c --- */

/* Appends texts (Vietnamese, in the arena). */
gboolean incident_close_guard(StoreConn *conn, Request *request, const Incident *incident, GPtrArray *out_reasons, GError **error);

/* --- evidence: incident_evidence.c --- */
gboolean incident_keep_evidence(IncidentCall *call, const char *title, const char *taken_by, gint64 taken_ms, const char *where,
                                const char *how, const char *seal, GError **error);

/* The file, its hash verified, with an entry in the chain of custody; -1 with ERROR_CHECK when it is not what came in, which is
 * then recorded and told too. `action`: accessed, archived. The caller closes it. */
int incident_open_evidence(Request *request, Incident *incident, const IncidentEvidence *evidence, const char *action, gint64 *out_size_bytes,
                           GError **error);

/* --- notices: incident_notice.c --- */

typedef struct {
  const char *channel, *recipient, *proof, *account_id;
  gint64 at_ms;
} IncidentNoticeWent;
/* It was sent by itself, not by an act: notice, log, facts, and the case written back. */
gboolean incident_notice_went(IncidentCall *call, const char *notice_id, const IncidentNoticeWent *went, GError **error);

/* --- the acts --- */

gboolean act_acknowledge(IncidentCall *call, GError **error);
gboolean act_verify_sender(IncidentCall *call, GError **error);
gboolean act_confirm(IncidentCall *call, GError **error);
gboolean act_dismiss(IncidentCall *call, GError **error);
gboolean act_duplicate(IncidentCall *call, GError **error);
gboolean act_classify(IncidentCall *call, GError **error);
gboolean act_decide(IncidentCall *call, GError **error);
gboolean act_confirm_level(IncidentCall *call, GError **error);
gboolean act_command(IncidentCall *call, GError **error);
gboolean act_step_begin(IncidentCall *call, GError **error);
gboolean act_step_finish(IncidentCall *call, GError **error);
gboolean act_step_skip(IncidentCall *call, GError **error);
gboolean act_step_back(IncidentCall *call, GError **error);
gboolean act_task_add(IncidentCall *call, GError **error);
gboolean act_task_finish(IncidentCall *call, GError **error);
gboolean act_note(IncidentCall *call, GError **error);
gboolean act_correct(IncidentCall *call, GError **error);
gboolean act_party(IncidentCall *call, GError **error);
gboolean act_person_add(IncidentCall *call, GError **error);
gboolean act_person_release(IncidentCall *call, GError **error);
gboolean act_system_add(IncidentCall *call, GError **error);
gboolean act_observable_add(IncidentCall *call, GError **error);
gboolean act_evidence_add(IncidentCall *call, GError **error);
gboolean act_evidence_transfer(IncidentCall *call, GError **error);
gboolean act_notice_send(IncidentCall *call, GError **error);
gboolean act_notice_confirm(IncidentCall *call, GError **error);
gboolean act_notice_fail(IncidentCall *call, GError **error);
gboolean act_outcome(IncidentCall *call, GError **error);
gboolean act_close(IncidentCall *call, GError **error);
gboolean act_reopen(IncidentCall *call, GError **error);
