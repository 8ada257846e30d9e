/* Official papers of a case: filled from it, edited, submitted, signed outside, frozen. Private to module incident.
 *
 * A draft keeps only what people wrote otherwise than the case says (form_values_changed), so that it follows the case;
 * once submitted it keeps all its values and its letterhead, and the case changes nothing any more.
 */
#pragma once
#include "module/incident/form_paper.h"
#include "module/incident/incident_pages.h"

gboolean incident_paper_form(Request *request, Doc *answer, GError **error);
gboolean incident_paper_save(Request *request, Doc *answer, GError **error);
gboolean incident_paper_act(Request *request, Doc *answer, GError **error); /* submit, return, sign */
gboolean incident_paper_file(Request *request, Doc *answer, GError **error);
gboolean incident_sheet_file(Request *request, Doc *answer, GError **error);
gboolean incident_case_file(Request *request, Doc *answer, GError **error);
gboolean incident_archive(Request *request, Doc *answer, GError **error);
gboolean incident_archive_verify(Request *request, Doc *answer, GError **error);
gboolean incident_custody(Request *request, Doc *answer, GError **error);
gboolean incident_custody_file(Request *request, Doc *answer, GError **error);
/* Answers with that paper as CODE-name.pdf or .docx. */
gboolean incident_give_paper(Request *request, const Incident *incident, const Paper *paper, const char *name, gboolean pdf, GError **error);
GBytes *incident_case_pdf(Request *request, const Incident *incident, const json_t *known, GError **error); /* known: incident_case_json */
/* "papers" of the case and "paper_forms" that can be written for it. */
gboolean incident_add_papers(Request *request, const Incident *incident, Doc *answer, GError **error);

GBytes *incident_write_paper(const App *app, const Paper *paper, gboolean pdf, GError **error); /* PDF or DOCX */

/* --- the case for the forms: incident_case_json.c --- */

json_t *incident_case_json(Request *request, const Incident *incident, GError **error);  /* json_decref */
json_t *incident_letterhead(Request *request, const Incident *incident, GError **error); /* json_decref */
void incident_address_letter(const json_t *incident, const PaperForm *form, const char *profile, json_t *letterhead);
void incident_sign_letter(json_t *letterhead, const char *number, const char *issued_day, const char *signer);

/* --- shared by incident_paper.c and incident_paper_save.c --- */

const IncidentPaper *incident_paper_load(Request *request, const Incident *incident, GError **error); /* of the field "paper" */
const PaperForm *incident_paper_find_form(Request *request, const char *form, GError **error);
const char *incident_paper_state_label(const char *state);
/* A paper in a draft, or not yet saved (NULL), is the case with what was written over it. */
json_t *incident_paper_values(Request *request, const Incident *incident, const IncidentPaper *paper, const PaperForm *form,
                              GError **error);
json_t *incident_paper_letterhead(Request *request, const Incident *incident, const IncidentPaper *paper, GError **error);
void incident_paper_add_missing(Request *request, const PaperForm *form, const json_t *values, Doc *answer);
/* As it stands, with its number, day and signer: DOCX or PDF. */
GBytes *incident_paper_write(Request *request, const Incident *incident, const IncidentPaper *paper, gboolean pdf, GError **error);
