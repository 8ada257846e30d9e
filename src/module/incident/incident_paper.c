#include "module/incident/incident_paper.h"
#include "core/file.h"
#include "core/form.h"
#include "core/message.h"
#include "module/incident/incident_catalogue.h"
#include <string.h>

const char *incident_paper_state_label(const char *state) {
  static const char *const WORDS[][2] = {{"draft", "Bản nháp"}, {"submitted", "Đã trình ký"}, {"signed", "Đã ký, chờ bản quét"}, {"frozen", "Đã chốt"}};
  for (gsize i = 0; i < G_N_ELEMENTS(WORDS); i++)
    if (strcmp(WORDS[i][0], state) == 0)
      return WORDS[i][1];
  return state;
}

/* --- loading --- */

const IncidentPaper *incident_paper_load(Request *request, const Incident *incident, GError **error) {
  StoreConn *conn = request_read(request, error);
  const char *id = input_text(request, "paper");
  const IncidentPaper *paper = conn && id ? incident_store_paper(conn, request->arena, id, error) : NULL;
  if (paper && strcmp(paper->incident_id, incident->id) == 0)
    return paper;
  if (error && !*error)
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Sự cố này không có văn bản đó.");
  return NULL;
}

const PaperForm *incident_paper_find_form(Request *request, const char *form, GError **error) {
  const FormBook *book = incident_forms(request->app, error);
  const PaperForm *found = book ? form_book_find(book, form) : NULL;
  if (found && form_is_of_case(book, found))
    return found;
  if (book)
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Không có mẫu %s cho văn bản của sự cố.", form);
  return NULL;
}

static gboolean is_draft(const IncidentPaper *paper) {
  return !paper || strcmp(paper->state, "draft") == 0;
}

json_t *incident_paper_values(Request *request, const Incident *incident, const IncidentPaper *paper, const PaperForm *form,
                              GError **error) {
  if (!is_draft(paper))
    return json_loads(paper->fields, 0, NULL);
  json_t *known = incident_case_json(request, incident, error);
  if (!known)
    return NULL;
  json_t *base = form_values_from_case(form, known), *changes = paper ? json_loads(paper->fields, 0, NULL) : json_object();
  json_t *values = form_values_laid(form, base, changes);
  json_decref(known);
  json_decref(base);
  json_decref(changes);
  return values;
}

json_t *incident_paper_letterhead(Request *request, const Incident *incident, const IncidentPaper *paper, GError **error) {
  json_t *fields = is_draft(paper) ? NULL : json_loads(paper->fields, 0, NULL);
  json_t *head = json_incref(json_object_get(fields, "letterhead"));
  json_decref(fields);
  if (head)
    return head;
  const PaperForm *form = incident_paper_find_form(request, paper->form, error);
  head = form ? incident_letterhead(request, incident, error) : NULL;
  json_t *known = head ? incident_case_json(request, incident, error) : NULL;
  if (known) {
    incident_address_letter(known, form, incident->profile, head);
    json_decref(known);
    return head;
  }
  json_decref(head);
  return NULL;
}

/* --- the page of a draft --- */

static void add_options(Request *request, const LawField *field, const char *name, const json_t *values, Doc *row) {
  Doc *options = doc_list(row, KEY("options"));
  for (guint i = 0; i < field->options->len; i++) {
    const char *option = g_ptr_array_index(field->options, i), *text = NULL;
    Doc *shown = doc_object(options, NULL);
    gboolean chosen = form_option_set(field, values, i, &text);
    doc_text(shown, KEY("name"), arena_printf(request->arena, "f.%s.%u", name, i));
    doc_text(shown, KEY("value"), option);
    doc_bool(shown, KEY("selected"), chosen);
    if (g_ptr_array_find_with_equal_func(field->with_text, option, g_str_equal, NULL)) {
      doc_text(shown, KEY("text_name"), arena_printf(request->arena, "t.%s.%u", name, i));
      doc_text_copy(shown, KEY("text"), text ? text : "");
    }
  }
}

static void add_field(Request *request, const LawField *field, const char *prefix, const json_t *values, Doc *list) {
  g_autofree char *text = form_value_input(field, values), *printed = form_value_text(field, values);
  const char *name = arena_printf(request->arena, "%s%s", prefix, field->id);
  Doc *row = doc_object(list, NULL);
  doc_text(row, KEY("id"), name);
  doc_text(row, KEY("name"), arena_printf(request->arena, "f.%s", name));
  doc_text(row, KEY("label"), field->label);
  doc_text(row, KEY("help"), field->help);
  doc_bool(row, KEY("required"), field->required);
  doc_bool(row, KEY("missing"), field->required && !*printed);
  doc_bool(row, KEY("long"), strcmp(field->type, "long_text") == 0);
  doc_bool(row, KEY("choice"), strcmp(field->type, "choice") == 0);
  doc_bool(row, KEY("many"), strcmp(field->type, "many") == 0);
  doc_text_copy(row, KEY("value"), text);
  if (field->options->len)
    add_options(request, field, name, values, row);
}

static void add_groups(Request *request, const LawForm *form, const char *prefix, const json_t *values, Doc *groups) {
  for (guint g = 0; g < form->groups->len; g++) {
    const LawFieldGroup *group = g_ptr_array_index(form->groups, g);
    Doc *row = doc_object(groups, NULL);
    doc_text(row, KEY("name"), group->name);
    Doc *fields = doc_list(row, KEY("fields"));
    for (guint f = 0; f < group->fields->len; f++)
      add_field(request, g_ptr_array_index(group->fields, f), prefix, values, fields);
  }
}

void incident_paper_add_missing(Request *request, const PaperForm *form, const json_t *values, Doc *answer) {
  g_autoptr(GPtrArray) missing = form_missing(form, values);
  Doc *list = doc_list(answer, KEY("missing"));
  for (guint i = 0; i < missing->len; i++) {
    const FormMissing *one = g_ptr_array_index(missing, i);
    Doc *row = doc_object(list, NULL);
    doc_text_copy(row, KEY("id"), one->id);
    doc_text_copy(row, KEY("label"), one->label);
  }
  doc_text(answer, KEY("missing_text"), missing->len ? arena_printf(request->arena, "%s %u %s", message(request->lang, "Còn thiếu"), missing->len,
                                                                    message(request->lang, "mục bắt buộc")) : NULL);
}

/* What can be done with a paper in its state. */
static void add_acts(Request *request, const Incident *incident, const IncidentPaper *paper, Doc *row) {
  json_t *values = json_pack("{s:s, s:s, s:I}", "id", incident->code, "paper", paper->id, "version", (json_int_t)paper->version);
  Doc *buttons = doc_list(row, KEY("buttons")), *actions = doc_list(row, KEY("actions"));
  if (strcmp(paper->state, "draft") == 0)
    form_add(request, buttons, NULL, "incident.paper_submit", values, "Trình ký");
  if (strcmp(paper->state, "submitted") == 0)
    form_add(request, buttons, NULL, "incident.paper_return", values, "Trả lại để sửa");
  if (strcmp(paper->state, "submitted") == 0 || strcmp(paper->state, "signed") == 0)
    form_add(request, actions, NULL, "incident.paper_sign", values, "Ghi số, ngày và bản quét");
  json_decref(values);
}

static void add_paper(Request *request, const Incident *incident, const IncidentPaper *paper, Doc *answer) {
  gboolean may = request_may(request, "incident.command", incident->body_id);
  const char *label = incident_paper_state_label(paper ? paper->state : "draft");
  doc_text(answer, KEY("paper"), paper ? paper->id : NULL);
  doc_text(answer, KEY("state"), message(request->lang, label));
  if (may && is_draft(paper))
    doc_text(answer, KEY("save_url"), arena_printf(request->arena, "/su-co/%s/van-ban/luu", incident->code));
  if (!paper)
    return;
  doc_int(answer, KEY("version"), paper->version);
  doc_text(answer, KEY("file_url"), arena_printf(request->arena, "/su-co/%s/van-ban/%s/tep", incident->code, paper->id));
  if (may)
    add_acts(request, incident, paper, answer);
}

static void add_values(Request *request, const PaperForm *form, const json_t *values, Doc *answer) {
  g_autofree char *subject = NULL, *text = form_message(form, values, &subject);
  Doc *copied = doc_object(answer, KEY("message")), *groups = doc_list(answer, KEY("groups"));
  doc_text_copy(copied, KEY("subject"), subject);
  doc_text_copy(copied, KEY("text"), text);
  add_groups(request, form->law, "", values, groups);
  if (form->annex) {
    const char *id = form->annex->law->rule.id;
    add_groups(request, form->annex->law, arena_printf(request->arena, "%s.", id), json_object_get(values, id), groups);
  }
}

gboolean incident_paper_form(Request *request, Doc *answer, GError **error) {
  const Incident *incident = incident_load(request, "incident.read", error);
  const PaperForm *form = incident ? incident_paper_find_form(request, input_text(request, "form"), error) : NULL;
  const IncidentPaper *paper = form && input_text(request, "paper") ? incident_paper_load(request, incident, error) : NULL;
  if (!form || (error && *error))
    return FALSE;
  json_t *values = incident_paper_values(request, incident, paper, form, error);
  if (!values)
    return FALSE;
  doc_text(answer, KEY("code"), incident->code);
  doc_text(answer, KEY("back_url"), arena_printf(request->arena, "/su-co/%s", incident->code));
  doc_text(answer, KEY("form"), form->law->rule.id);
  doc_text(answer, KEY("number"), form->law->number);
  doc_text(answer, KEY("name"), form->law->name);
  doc_text(answer, KEY("reading"), form->law->rule.reading);
  add_paper(request, incident, paper, answer);
  doc_json(answer, KEY("fields"), values);
  incident_paper_add_missing(request, form, values, answer);
  add_values(request, form, values, answer);
  json_decref(values);
  return TRUE;
}

/* --- files --- */

GBytes *incident_write_paper(const App *app, const Paper *paper, gboolean pdf, GError **error) {
  g_autofree char *path = g_build_filename(app->data_dir, "law", "document_layout.yaml", NULL), *bytes = NULL;
  gsize length = 0;
  if (!g_file_get_contents(path, &bytes, &length, error))
    return NULL;
  g_autoptr(PaperStyle) style = paper_style_load(bytes, length, error);
  if (!style)
    return NULL;
  return pdf ? paper_write_pdf(paper, style, error) : paper_write_docx(paper, style, error);
}

GBytes *incident_paper_write(Request *request, const Incident *incident, const IncidentPaper *paper, gboolean pdf, GError **error) {
  const PaperForm *form = incident_paper_find_form(request, paper->form, error);
  json_t *values = form ? incident_paper_values(request, incident, paper, form, error) : NULL;
  json_t *head = values ? incident_paper_letterhead(request, incident, paper, error) : NULL;
  GBytes *bytes = NULL;
  if (head) {
    incident_sign_letter(head, paper->number, paper->issued_day, paper->signer);
    g_autoptr(Paper) written = form_paper(form, values, head, incident->detected_ms);
    bytes = incident_write_paper(request->app, written, pdf, error);
  }
  json_decref(values);
  json_decref(head);
  return bytes;
}

static gboolean give_file(Request *request, GBytes *bytes, const Incident *incident, const char *name, gboolean pdf) {
  request->file = bytes;
  request->file_name = arena_printf(request->arena, "%s-%s.%s", incident->code, name, pdf ? "pdf" : "docx");
  request->file_type = pdf ? "application/pdf" : "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
  return bytes != NULL;
}

gboolean incident_paper_file(Request *request, Doc *answer G_GNUC_UNUSED, GError **error) {
  const Incident *incident = incident_load(request, "incident.read", error);
  const IncidentPaper *paper = incident ? incident_paper_load(request, incident, error) : NULL;
  gboolean pdf = strcmp(input_text(request, "format"), "pdf") == 0;
  if (!paper)
    return FALSE;
  GBytes *bytes = pdf && paper->sha256 ? file_read(request->app, paper->sha256, error) : incident_paper_write(request, incident, paper, pdf, error);
  return give_file(request, bytes, incident, paper->form, pdf);
}

gboolean incident_give_paper(Request *request, const Incident *incident, const Paper *paper, const char *name, gboolean pdf, GError **error) {
  return give_file(request, incident_write_paper(request->app, paper, pdf, error), incident, name, pdf);
}

typedef Paper *(*CasePaperFunc)(const json_t *incident, const json_t *letterhead, gint64 created_ms);

static GBytes *draw_case(Request *request, const Incident *incident, const json_t *known, CasePaperFunc draw, GError **error) {
  json_t *head = incident_letterhead(request, incident, error);
  GBytes *bytes = NULL;
  if (head) {
    g_autoptr(Paper) paper = draw(known, head, request->now_ms);
    bytes = incident_write_paper(request->app, paper, TRUE, error);
  }
  json_decref(head);
  return bytes;
}

GBytes *incident_case_pdf(Request *request, const Incident *incident, const json_t *known, GError **error) {
  return draw_case(request, incident, known, form_case_file, error);
}

static gboolean write_case(Request *request, CasePaperFunc draw, const char *name, GError **error) {
  const Incident *incident = incident_load(request, "incident.read", error);
  json_t *known = incident ? incident_case_json(request, incident, error) : NULL;
  GBytes *bytes = known ? draw_case(request, incident, known, draw, error) : NULL;
  json_decref(known);
  return bytes && give_file(request, bytes, incident, name, TRUE);
}

gboolean incident_sheet_file(Request *request, Doc *answer G_GNUC_UNUSED, GError **error) {
  return write_case(request, form_response_sheet, "phieu", error);
}

gboolean incident_case_file(Request *request, Doc *answer G_GNUC_UNUSED, GError **error) {
  return write_case(request, form_case_file, "ho-so", error);
}

/* --- on the page of the case --- */

static const char *form_name(const Law *law, const char *id) {
  const LawForm *form = law_find(law->forms, id);
  return form ? form->name : id;
}

static void shape_papers(Request *request, const Incident *incident, Doc *list) {
  for (Doc *row = list->first; row; row = row->next) {
    const char *id = doc_get_text(row, KEY("id")), *form = doc_get_text(row, KEY("form")), *state = doc_get_text(row, KEY("state"));
    gboolean frozen = strcmp(state, "frozen") == 0 || strcmp(state, "signed") == 0;
    doc_text(row, KEY("name"), form_name(request->app->law, form));
    doc_text(row, KEY("css"), frozen ? "done" : strcmp(state, "submitted") == 0 ? "wait" : "doing");
    doc_text(row, KEY("label"), message(request->lang, incident_paper_state_label(state)));
    doc_text(row, KEY("url"), arena_printf(request->arena, "/su-co/%s/van-ban/soan?form=%s&paper=%s", incident->code, form, id));
    doc_text(row, KEY("file_url"), arena_printf(request->arena, "/su-co/%s/van-ban/%s/tep", incident->code, id));
  }
}

gboolean incident_add_papers(Request *request, const Incident *incident, Doc *answer, GError **error) {
  const LawProfile *profile = law_find(request->app->law->profiles, incident->profile);
  const FormBook *book = incident_forms(request->app, error);
  Doc *papers = doc_list(answer, KEY("papers")), *forms = doc_list(answer, KEY("paper_forms"));
  if (!book || !incident_part(request, PART_PAPERS, incident->id, NULL, papers, error))
    return FALSE;
  shape_papers(request, incident, papers);
  doc_text(answer, KEY("file_url"), arena_printf(request->arena, "/su-co/%s/ho-so", incident->code));
  for (guint i = 0; i < form_book_forms(book)->len; i++) {
    const PaperForm *form = g_ptr_array_index(form_book_forms(book), i);
    if (!form_is_of_case(book, form) || !law_in_force(&form->law->rule, profile, day_at(incident->detected_ms)))
      continue;
    Doc *row = doc_object(forms, NULL);
    doc_text(row, KEY("id"), form->law->rule.id);
    doc_text(row, KEY("number"), form->law->number);
    doc_text(row, KEY("name"), form->law->name);
    doc_text(row, KEY("url"), arena_printf(request->arena, "/su-co/%s/van-ban/soan?form=%s", incident->code, form->law->rule.id));
  }
  return TRUE;
}
