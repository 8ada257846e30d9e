/* The official papers of an incident: forms of the law filled with values, as abstract documents.
 *
 * A PaperForm is a form of data/law with its looks from data/law/form_layout.yaml: the forms of TT 20/2017 line by line,
 * the others as documents of NĐ 30/2020. Everything here is a pure function: the same input gives the same Paper.
 *
 * Values are a JSON object by field id:
 *   text long_text phone email  a text         int     a number
 *   date   "2026-11-21"         clock  "14:35" (all that date.h reads)
 *   time   "2026-11-21T14:35+07:00"            month   "2026-06"
 *   choice one of the options                  many    {option: true, option with a text of its own: "text"}
 *   table  [[cell …] …]; of Mẫu số 05 one row of numbers for each counted kind in the law's order, and their total
 * A value of another shape counts as none. The annex's values are an object under the annex's id ("phu-luc-mau-03").
 *
 * The letterhead is a JSON object: superior, issuer, office ("UBND", ends the symbol), symbol (in place of it), number
 * (int; 0: left open), place, day ("2026-11-21"; none: left open), urgency, to [], recipients [], authority [], signer.
 *
 * The case is a JSON object; columns have the names of the module's tables, times are x_ms (UTC milliseconds):
 *   code title state_label source description detected_ms received_ms ended_ms closed_ms severity_label severity_reason
 *   close_reason profile_name now_ms (when the paper is written)
 *   body       {name address phone email}           who reports
 *   contact    {name title phone email}             focal point; commander likewise
 *   system     {name level operator owner security_provider connection_provider connection_details operating_system
 *               version services {} measures {} addresses [] domains [] purpose}
 *   facts      {kinds [] harm [] …} as assessed     kind_names [] harm_names []
 *   texts      {field id: text}: what was written for a field goes before all else
 *   assessment the answer of incident_assess()
 *   parties    [{actor name contact}]               persons [{name unit role phone joined_ms released_ms}]
 *   steps      [{step name lead state begun_ms done_ms note}]
 *   log        [{number at_ms entered_ms author kind text corrects}]   in order
 *   notices    [{what receiver receiver_name basis at_once due_ms state sent_ms confirmed_ms channel recipient proof}]
 *   systems    [{name level impact}]                observables [{kind value note tlp}]
 *   evidence   [{number title sha256 size_bytes file_name taken_ms taken_by taken_where taken_how seal}]
 *   custody    [{number at_ms action from_whom to_whom note who intact}]
 *   papers     [{form name state number issued_day signer sha256}]
 *   first_steps {title do [] dont [] …}: an entry of first_steps.h, printed on the sheet
 * What is absent is left out, or left to be written by hand.
 *
 * Ownership: results are the caller's. Errors: only loading fails, ERROR_CHECK with every problem on a line of its own.
 * Threads: a FormBook is immutable; pure functions.
 * Source: TT 20/2017/TT-BTTTT, Phụ lục I; QĐ 05/2017/QĐ-TTg, Điều 11; NĐ 30/2020/NĐ-CP, Phụ lục I.
 */
#pragma once
#include "core/law.h"
#include "lib/document/paper.h"

typedef struct PaperForm PaperForm;
struct PaperForm {
  const LawForm *law;
  const PaperForm *annex; /* goes with it; NULL: none */
  const json_t *layout;   /* its entry in form_layout.yaml */
  const Law *rules;
};

typedef struct FormBook FormBook;
/* `path`: form_layout.yaml. The law must outlive the book. */
FormBook *form_book_load(const Law *law, const char *path, GError **error);
void form_book_free(FormBook *book);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FormBook, form_book_free)
const PaperForm *form_book_find(const FormBook *book, const char *form_id); /* NULL: no such paper */
/* The paper that a clock asks for: the official form it names, else the one for it. NULL: none. */
const PaperForm *form_book_for_clock(const FormBook *book, const LawClock *clock);
const GPtrArray *form_book_forms(const FormBook *book); /* PaperForm, in the order of the file */
/* A paper of one case; not an annex, nor the report of a period. */
gboolean form_is_of_case(const FormBook *book, const PaperForm *form);

/* ---- values ---- */

typedef struct {
  char *id;    /* of the annex: "phu-luc-mau-03.kinds" */
  char *label;
} FormMissing;
/* Required fields without a value, in order, with those of the annex; FormMissing; g_ptr_array_unref. */
GPtrArray *form_missing(const PaperForm *form, const json_t *values);
/* The value as printed, "" for none; g_free. Options with their texts are joined by "; ". */
char *form_value_text(const LawField *field, const json_t *values);
/* The option is ticked; *out_text its own text or NULL. */
gboolean form_option_set(const LawField *field, const json_t *values, guint option, const char **out_text);
/* All that the case knows of the form and its annex. Addresses that are not reachable from the Internet are left out. */
json_t *form_values_from_case(const PaperForm *form, const json_t *incident);
gboolean form_address_is_public(const char *address); /* FALSE also for what is no address */
/* The text with every internal address replaced; g_free. */
char *form_public_text(const char *text);

/* ---- values that people edit ---- */

/* What stands in the input of that name: "f.field", "f.field.2" and "t.field.2" for an option and its text; the annex's
 * fields have its id before them ("f.phu-luc-mau-03.kinds"). NULL: no such input. */
typedef const char *(*FormTypedFunc)(const char *name, void *data);
json_t *form_values_typed(const PaperForm *form, FormTypedFunc typed, void *data);
char *form_value_input(const LawField *field, const json_t *values); /* as it stands in an input; g_free */
/* The values that print otherwise than in `base`; laid over it they give them back. json_decref. */
json_t *form_values_changed(const PaperForm *form, const json_t *base, const json_t *values);
json_t *form_values_laid(const PaperForm *form, const json_t *base, const json_t *changes);
/* The label of the first value that is none of its field, "?" for what is no field of the form; NULL: all are good. */
const char *form_values_wrong(const PaperForm *form, const json_t *values);
/* Internal addresses are taken out of the fields that ask for addresses. */
void form_values_make_public(const PaperForm *form, json_t *values);

/* ---- papers ---- */

Paper *form_paper(const PaperForm *form, const json_t *values, const json_t *letterhead, gint64 created_ms);
/* A text to copy into a message or mail; *out_subject (g_free) begins with [TBSC] where the form says so. g_free. */
char *form_message(const PaperForm *form, const json_t *values, char **out_subject);
/* Phiếu ứng cứu: what is needed at the desk without power: steps, contacts, notices, an empty log. Two pages of A4. */
Paper *form_response_sheet(const json_t *incident, const json_t *letterhead, gint64 created_ms);
/* Phiếu theo dõi chứng cứ of one entry of incident.evidence: what it is and its chain of custody, with lines to go on by hand. */
Paper *form_custody_record(const json_t *incident, const json_t *evidence, const json_t *letterhead, gint64 created_ms);
/* The whole case, for the file of the body that handles it: nothing is left out. */
Paper *form_case_file(const json_t *incident, const json_t *letterhead, gint64 created_ms);
