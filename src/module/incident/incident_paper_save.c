/* Saving a paper, and its way from draft to frozen. */
#include "core/file.h"
#include "core/message.h"
#include "module/incident/incident_paper.h"
#include <string.h>

typedef struct {
  Request *request;
  const Incident *incident;
  const IncidentPaper *paper; /* NULL: a new one */
  const PaperForm *form;
  IncidentPaper next; /* as it is to be */
  const char *scan_sha256, *scan_name, *told;
  gint64 scan_size;
} PaperEdit;

static gboolean log_paper(Change *change, const PaperEdit *edit, GError **error) {
  IncidentCall call = {.change = change, .request = edit->request, .incident = (Incident *)(gintptr)edit->incident};
  const LawForm *form = edit->form->law;
  return !edit->told || incident_auto_log(&call, error, "%s%s%s: %s.", form->number ? form->number : "", form->number ? ", " : "", form->name, edit->told);
}

static gboolean insert_paper(Change *change, const PaperEdit *edit, GError **error) {
  const IncidentPaper *next = &edit->next;
  return incident_put(change->conn, PUT_PAPER,
                      S(S_TEXT(next->id), S_TEXT(edit->incident->id), S_TEXT(edit->form->law->rule.id), S_TEXT(next->fields),
                        S_TEXT(incident_actor(edit->request)), S_INT(edit->request->now_ms)),
                      NULL, error) &&
         log_paper(change, edit, error);
}

static gboolean save_in_change(Change *change, void *data, GError **error) {
  PaperEdit *edit = data;
  Request *request = edit->request;
  IncidentPaper *next = &edit->next;
  gint64 changed = 0;
  change_about(change, "incident", edit->incident->id, edit->incident->body_id,
               json_pack("{s:s, s:s}", "paper", next->id, "state", next->state));
  if (!edit->paper)
    return insert_paper(change, edit, error);
  if (edit->scan_sha256 && !attachment_add(change, "incident_paper", next->id, edit->incident->body_id, edit->scan_sha256, edit->scan_size,
                                           edit->scan_name, "application/octet-stream", &next->scan_id, error))
    return FALSE;
  if (!incident_put(change->conn, SET_PAPER,
                    S(S_TEXT(next->id), S_INT(input_int(request, "version", edit->paper->version)), S_TEXT(next->fields), S_TEXT(next->state),
                      S_TEXT(next->number), S_TEXT(next->issued_day), S_TEXT(next->signer), S_TEXT(next->sha256), S_TEXT(next->scan_id),
                      S_INT(request->now_ms)),
                    &changed, error))
    return FALSE;
  if (changed)
    return log_paper(change, edit, error);
  g_set_error(error, APP_ERROR, ERROR_CONFLICT, "Văn bản vừa được người khác sửa; xem lại rồi lưu.");
  return FALSE;
}

static gboolean refuse_state(const IncidentPaper *paper, GError **error) {
  g_set_error(error, APP_ERROR, ERROR_REFUSED, "Văn bản ở trạng thái “%s” nên không làm được việc này. Sửa sai bằng một văn bản mới.",
              incident_paper_state_label(paper->state));
  return FALSE;
}

static const char *dump(Arena *arena, const json_t *values) {
  g_autofree char *text = json_dumps(values, JSON_COMPACT | JSON_SORT_KEYS);
  return arena_text(arena, text, -1);
}

/* --- saving a draft --- */

static const char *raw(const char *name, void *request) {
  return request_raw(request, name);
}

/* The page sends every field; a program only those that it means. */
static json_t *given_values(Request *request, const PaperForm *form) {
  const json_t *fields = input_json(request, "fields");
  if (request_raw(request, "_typed"))
    return form_values_typed(form, raw, request);
  return json_is_object(fields) ? json_deep_copy(fields) : json_object();
}

static gboolean check_values(Request *request, const PaperForm *form, const json_t *values, GError **error) {
  const char *wrong = form_values_wrong(form, values);
  return !wrong || request_refuse_field(request, "fields",
                                        strcmp(wrong, "?") == 0 ? "Mẫu không có mục như vậy."
                                                                : arena_printf(request->arena, "Mục “%s” không đọc được.", wrong),
                                        error);
}

/* What is written now, laid over what was written before, as it differs from the case. */
static gboolean take_values(PaperEdit *edit, Doc *answer, GError **error) {
  Request *request = edit->request;
  json_t *given = given_values(request, edit->form), *before = NULL, *base = NULL;
  gboolean good = check_values(request, edit->form, given, error);
  before = good ? incident_paper_values(request, edit->incident, edit->paper, edit->form, error) : NULL;
  base = before ? incident_paper_values(request, edit->incident, NULL, edit->form, error) : NULL;
  if (base) {
    form_values_make_public(edit->form, given);
    json_t *values = form_values_laid(edit->form, before, given), *changes = form_values_changed(edit->form, base, values);
    incident_paper_add_missing(request, edit->form, values, answer);
    edit->next.fields = dump(request->arena, changes);
    json_decref(values);
    json_decref(changes);
  }
  json_decref(given);
  json_decref(before);
  json_decref(base);
  return base != NULL;
}

gboolean incident_paper_save(Request *request, Doc *answer, GError **error) {
  PaperEdit edit = {.request = request, .incident = incident_load(request, "incident.command", error)};
  edit.form = edit.incident ? incident_paper_find_form(request, input_text(request, "form"), error) : NULL;
  edit.paper = edit.form && input_text(request, "paper") ? incident_paper_load(request, edit.incident, error) : NULL;
  if (!edit.form || (error && *error))
    return FALSE;
  if (edit.paper && strcmp(edit.paper->state, "draft") != 0)
    return refuse_state(edit.paper, error);
  IncidentCall ids = {.request = request};
  edit.next = edit.paper ? *edit.paper : (IncidentPaper){.id = incident_new_id(&ids), .state = "draft", .number = "", .signer = ""};
  edit.told = edit.paper ? NULL : "bắt đầu soạn";
  if (!take_values(&edit, answer, error) || !request_change(request, save_in_change, &edit, error))
    return FALSE;
  doc_text(answer, KEY("paper"), edit.next.id);
  doc_text(answer, KEY("form"), edit.form->law->rule.id);
  request->notice = message(request->lang, "Đã lưu bản nháp.");
  return TRUE;
}

/* --- submit, return, sign --- */

static gboolean check_complete(const PaperForm *form, const json_t *values, GError **error) {
  g_autoptr(GPtrArray) missing = form_missing(form, values);
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < missing->len; i++)
    g_string_append_printf(text, "%s%s", i ? "; " : "", ((const FormMissing *)g_ptr_array_index(missing, i))->label);
  if (missing->len)
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "Chưa trình được, còn thiếu mục bắt buộc: %s.", text->str);
  return !missing->len;
}

/* From here on the paper stands by itself: all its values and its letterhead are kept. */
static gboolean submit(PaperEdit *edit, GError **error) {
  if (strcmp(edit->paper->state, "draft") != 0)
    return refuse_state(edit->paper, error);
  Request *request = edit->request;
  json_t *values = incident_paper_values(request, edit->incident, edit->paper, edit->form, error);
  gboolean good = values && check_complete(edit->form, values, error);
  json_t *head = good ? incident_paper_letterhead(request, edit->incident, edit->paper, error) : NULL;
  if (head) {
    json_object_set(values, "letterhead", head);
    edit->next.fields = dump(request->arena, values);
    edit->next.state = "submitted";
    edit->told = "trình ký";
  }
  json_decref(values);
  json_decref(head);
  return head != NULL;
}

static gboolean give_back(PaperEdit *edit, GError **error) {
  if (strcmp(edit->paper->state, "submitted") != 0)
    return refuse_state(edit->paper, error);
  json_t *base = incident_paper_values(edit->request, edit->incident, NULL, edit->form, error);
  if (!base)
    return FALSE;
  json_t *values = json_loads(edit->paper->fields, 0, NULL), *changes = form_values_changed(edit->form, base, values);
  edit->next.fields = dump(edit->request->arena, changes);
  edit->next.state = "draft";
  edit->told = "trả lại để sửa";
  json_decref(base);
  json_decref(values);
  json_decref(changes);
  return TRUE;
}

static gboolean keep_scan(PaperEdit *edit, const InputFile *scan, GError **error) {
  char sha256[65];
  if (!file_keep(edit->request->app, scan->path, sha256, &edit->scan_size, error))
    return FALSE;
  edit->scan_sha256 = arena_text(edit->request->arena, sha256, -1);
  edit->scan_name = scan->name;
  edit->next.state = "frozen";
  return TRUE;
}

/* What was signed is what the file shows: its PDF is kept by content, and nothing changes it any more. */
static gboolean sign(PaperEdit *edit, GError **error) {
  Request *request = edit->request;
  const InputFile *scan = input_file(request, "file");
  char sha256[65];
  gsize size;
  if (strcmp(edit->paper->state, "submitted") != 0 && strcmp(edit->paper->state, "signed") != 0)
    return refuse_state(edit->paper, error);
  edit->next.number = input_text(request, "number");
  edit->next.issued_day = input_text(request, "day");
  edit->next.signer = input_text(request, "signer");
  edit->next.state = "signed";
  edit->told = arena_printf(request->arena, "đã ký, số %s", edit->next.number);
  g_autoptr(GBytes) pdf = incident_paper_write(request, edit->incident, &edit->next, TRUE, error);
  if (!pdf)
    return FALSE;
  const void *bytes = g_bytes_get_data(pdf, &size);
  if (!file_keep_bytes(request->app, bytes, size, sha256, error))
    return FALSE;
  edit->next.sha256 = arena_text(request->arena, sha256, -1);
  return !scan || keep_scan(edit, scan, error);
}

static const struct {
  const char *operation;
  gboolean (*prepare)(PaperEdit *edit, GError **error);
} ACTS[] = {{"incident.paper_submit", submit}, {"incident.paper_return", give_back}, {"incident.paper_sign", sign}};

static gboolean prepare(PaperEdit *edit, GError **error) {
  for (gsize i = 0; i < G_N_ELEMENTS(ACTS); i++)
    if (strcmp(ACTS[i].operation, edit->request->operation->name) == 0)
      return ACTS[i].prepare(edit, error);
  g_return_val_if_reached(FALSE);
}

gboolean incident_paper_act(Request *request, Doc *answer, GError **error) {
  PaperEdit edit = {.request = request, .incident = incident_load(request, "incident.command", error)};
  edit.paper = edit.incident ? incident_paper_load(request, edit.incident, error) : NULL;
  edit.form = edit.paper ? incident_paper_find_form(request, edit.paper->form, error) : NULL;
  if (!edit.form)
    return FALSE;
  edit.next = *edit.paper;
  if (!prepare(&edit, error) || !request_change(request, save_in_change, &edit, error))
    return FALSE;
  doc_text(answer, KEY("code"), edit.incident->code);
  doc_text(answer, KEY("paper"), edit.next.id);
  doc_text(answer, KEY("state"), edit.next.state);
  request->notice = message(request->lang, incident_paper_state_label(edit.next.state));
  return TRUE;
}
