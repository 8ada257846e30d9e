/* Official papers of a case: filled from it, edited, submitted, signed outside, frozen. Private to module incident.
 *
 * The values of a paper are a JSON object by field id of the law's form: a text; for `many` a list of chosen options, whose
 * own text (where the option takes one) is under "id: option". Days, clocks and times are written as people read them.
 */
#pragma once
#include "module/incident/incident_pages.h"

gboolean incident_paper_form(Request *request, Doc *answer, GError **error);
gboolean incident_paper_save(Request *request, Doc *answer, GError **error);
gboolean incident_paper_act(Request *request, Doc *answer, GError **error); /* submit, return, sign */
gboolean incident_paper_file(Request *request, Doc *answer, GError **error);
/* "papers" of the case and "paper_forms" that can be written for it. */
gboolean incident_add_papers(Request *request, const Incident *incident, Doc *answer, GError **error);

/* The forms that make up one paper: Mẫu số 03 has an annex. Ends with NULL; in the arena. */
const LawForm *const *incident_paper_parts(Arena *arena, const Law *law, const char *form);
/* What the case itself tells of the fields. */
json_t *incident_paper_values(Request *request, const Incident *incident, const LawForm *const *parts, GError **error);
/* Required fields without a value; of LawField; g_ptr_array_unref. Pure. */
GPtrArray *incident_paper_missing(const LawForm *const *parts, const json_t *values);

typedef struct {
  const char *place;     /* of the issuing body, for the line of place and date; NULL */
  const char *issued_day; /* ISO; NULL: left blank */
  const char *signer;    /* NULL: left blank */
  gint64 created_ms;
} PaperFace;
/* DOCX or PDF, the same bytes for the same input. `style_path`: data/law/document_layout.yaml. */
GBytes *incident_paper_write(const LawForm *const *parts, const json_t *values, const PaperFace *face, const char *style_path,
                             gboolean pdf, GError **error);
