/* Handlers of module incident, one for each row of incident_ops.c, and what pages share. Private to it. */
#pragma once
#include "module/incident/incident_act.h"

gboolean incident_assess_facts(Request *request, Doc *answer, GError **error);
gboolean incident_report_form(Request *request, Doc *answer, GError **error);
gboolean incident_report(Request *request, Doc *answer, GError **error);
gboolean incident_follow(Request *request, Doc *answer, GError **error);
gboolean incident_follow_find(Request *request, Doc *answer, GError **error);
gboolean incident_follow_add(Request *request, Doc *answer, GError **error);
gboolean incident_new_form(Request *request, Doc *answer, GError **error);
gboolean incident_add(Request *request, Doc *answer, GError **error);
gboolean incident_list(Request *request, Doc *answer, GError **error);
gboolean incident_view(Request *request, Doc *answer, GError **error);
gboolean incident_classify_form(Request *request, Doc *answer, GError **error);
gboolean incident_sheet(Request *request, Doc *answer, GError **error);
gboolean incident_evidence_file(Request *request, Doc *answer, GError **error);
gboolean incident_evidence_verify(Request *request, Doc *answer, GError **error);
gboolean incident_evidence_check(App *app, const json_t *payload, GError **error); /* job */

gboolean incident_offer_systems(Request *request, const char *body_id, Doc *form, GError **error); /* for the field "name" */
gboolean incident_add_of_system(Request *request, const char *system_id, Doc *answer, GError **error); /* "incidents" of a system */
gboolean incident_board_evidence(Request *request, Doc *board, GError **error); /* a section where a file is broken */
gboolean incident_doctor(Request *request, Doc *checks, GError **error);
gboolean incident_stats(Request *request, Doc *answer, GError **error);
gboolean incident_leader(Request *request, Doc *answer, GError **error);
gboolean incident_form05(Request *request, Doc *answer, GError **error);
gboolean incident_form05_file(Request *request, Doc *answer, GError **error);
gboolean incident_form05_prove(Request *request, Doc *answer, GError **error);
gboolean incident_filter_list(Request *request, Doc *answer, GError **error);
gboolean incident_filter_save(Request *request, Doc *answer, GError **error);
gboolean incident_filter_rename(Request *request, Doc *answer, GError **error);
gboolean incident_filter_delete(Request *request, Doc *answer, GError **error);

/* "outcome" {helpers, foreign_helpers, asked, damage} of the case, once it was told. */
gboolean incident_add_outcome(Request *request, const Incident *incident, Doc *answer, GError **error);
/* Hook: papers and notices of closed cases beside a duty that they may prove; the cases of a system. */
gboolean incident_beside(Request *request, const char *type, const char *id, Doc *answer, GError **error);

gboolean incident_board(Request *request, Doc *board, GError **error);
gboolean incident_calendar(Request *request, const char *from_day, const char *to_day, Doc *items, GError **error);
gboolean incident_badge(Request *request, const MenuEntry *entry, Doc *item, GError **error);
extern const JobRow INCIDENT_JOBS[];

/* --- shared --- */

void incident_put_json(Doc *answer, const json_t *object); /* each member of an object, in order */
void incident_show_due(Request *request, Doc *row, gint64 due_ms); /* "due" {class, left, day}; nothing for 0 */
void incident_show(Request *request, Doc *row, const Incident *incident);
void incident_show_row(Request *request, Doc *list, const Incident *incident);
/* late, soon (48 hours before) or "" */
const char *incident_due_css(gint64 due_ms, gint64 now_ms);
/* An at-once notice is late after the minutes of the setting, any other after its due time. */
gboolean incident_notice_is_late(const App *app, gint64 at_once, gint64 due_ms, gint64 sent_ms);
/* "state" {class, label} of a notice: Chưa gửi, Đang gửi, Gửi lỗi, Không rõ, Đã gửi, Đã xác nhận nhận, Gửi muộn.
 * mail: incident_delivery_state(). */
void incident_show_notice_state(Request *request, Doc *row, const IncidentNotice *notice, const char *mail);
const char *incident_notice_text(Request *request, const Incident *incident, const IncidentNotice *notice); /* to copy; arena */
/* What the actors of the law are called in this case; `parties` as incident_part gives them. */
const char *incident_party_name(Request *request, const Doc *parties, const char *actor);
const char *incident_party_names(Request *request, const GPtrArray *actors, const Doc *parties);
gboolean incident_add_phone(Request *request, const char *body_id, Doc *answer, GError **error); /* "duty" (a name), "phone", "tel", "duty_until" */
void incident_add_kinds(Request *request, Doc *form, const char *field, const json_t *chosen);
gboolean incident_add_people(Request *request, const char *body_id, Doc *form, const char *field, GError **error);
const json_t *incident_first_steps_of(Request *request, const Incident *incident); /* entry of first_steps.h for its first kind; NULL */
const char *incident_custody_word(const char *action); /* Vietnamese */

/* Adds to each assessment "shown_facts" [{label, value, was}] and "shown_clocks" [{what, due, was, added, gone}]. */
void incident_shape_assessments(Request *request, Doc *list);

/* The ruler of deadlines: from detection to the last due time; positions in per cent. `notices` of IncidentNotice. */
void incident_add_ruler(Request *request, Doc *answer, const Incident *incident, const GPtrArray *notices);
/* Where a moment stands between two, in tenths of a per cent from 0 to 1000. Pure. */
int incident_ruler_place(gint64 from_ms, gint64 to_ms, gint64 at_ms);
