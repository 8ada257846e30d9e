/* The handlers of module hunt. Private to it. */
#pragma once
#include "module/hunt/hunt_store.h"

/* The hunt of the field "id" (an id or a code) that the user may do this with. */
HuntCase *hunt_require(Request *request, const char *permission, GError **error);
/* {code, title, url, state …} as lists and pages show it. */
void hunt_show(Request *request, Doc *row, const HuntCase *hunt);
const char *hunt_state_label(const HuntCase *hunt);
/* What a hunt looks for, in a few words. */
const char *hunt_means(Request *request, const HuntCase *hunt);

gboolean hunt_list(Request *request, Doc *answer, GError **error);
gboolean hunt_view(Request *request, Doc *answer, GError **error);
gboolean hunt_group_view(Request *request, Doc *answer, GError **error);
gboolean hunt_new_form(Request *request, Doc *answer, GError **error);
gboolean hunt_edit_form(Request *request, Doc *answer, GError **error);

gboolean hunt_add(Request *request, Doc *answer, GError **error);
gboolean hunt_edit(Request *request, Doc *answer, GError **error);
gboolean hunt_try_rule(Request *request, Doc *answer, GError **error);
gboolean hunt_estimate(Request *request, Doc *answer, GError **error);
/* From draft or paused to running. */
gboolean hunt_start(Request *request, Doc *answer, GError **error);
gboolean hunt_pause(Request *request, Doc *answer, GError **error);
gboolean hunt_resume(Request *request, Doc *answer, GError **error);
gboolean hunt_cancel(Request *request, Doc *answer, GError **error);
gboolean hunt_run_here(Request *request, Doc *answer, GError **error);

gboolean hunt_triage(Request *request, Doc *answer, GError **error);
gboolean hunt_open_incident(Request *request, Doc *answer, GError **error);
gboolean hunt_join_incident(Request *request, Doc *answer, GError **error);
gboolean hunt_conclude(Request *request, Doc *answer, GError **error);
gboolean hunt_prove(Request *request, Doc *answer, GError **error);

gboolean hunt_package(Request *request, Doc *answer, GError **error);
gboolean hunt_import(Request *request, Doc *answer, GError **error);
gboolean hunt_hand_down(Request *request, Doc *answer, GError **error);
gboolean hunt_answer_file(Request *request, Doc *answer, GError **error);
gboolean hunt_answer_import(Request *request, Doc *answer, GError **error);
gboolean hunt_answers(Request *request, const HuntCase *hunt, Doc *list, GError **error);

/* When the oldest stored record of the body's sources was received; 0: there is none. */
gboolean hunt_oldest_log(Request *request, gint64 *out_ms, GError **error);
gboolean hunt_log_search(Request *request, Doc *answer, GError **error);
gboolean hunt_beside(Request *request, const char *type, const char *id, Doc *answer, GError **error);
gboolean hunt_board(Request *request, Doc *board, GError **error);

/* Inside a change. Gives id and code, writes the row, names it to the audit log. */
gboolean hunt_insert(Change *change, HuntCase *hunt, GError **error);
