#include "module/incident/incident_paper.h"
#include "core/body.h"
#include "core/file.h"
#include "core/form.h"
#include "core/message.h"
#include <string.h>

/* Papers that can be written of a case; a form of one regime is offered in that regime only. */
static const char *const FORMS[] = {"thong-bao", "mau-03", "mau-04", "bao-cao-su-co-2026", "mau-08-nd-356"};

const LawForm *const *incident_paper_parts(Arena *arena, const Law *law, const char *form) {
  const LawForm **parts = arena_alloc(arena, 3 * sizeof *parts);
  gboolean listed = FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS(FORMS); i++)
    listed = listed || g_strcmp0(FORMS[i], form) == 0;
  parts[0] = listed ? law_find(law->forms, form) : NULL;
  parts[1] = parts[0] && strcmp(form, "mau-03") == 0 ? law_find(law->forms, "phu-luc-mau-03") : NULL;
  parts[2] = NULL;
  return parts;
}

static gboolean has_value(const json_t *values, const char *id) {
  const json_t *value = json_object_get(values, id);
  const char *text = json_string_value(value);
  return (text && *text) || json_array_size(value);
}

GPtrArray *incident_paper_missing(const LawForm *const *parts, const json_t *values) {
  GPtrArray *missing = g_ptr_array_new();
  for (; *parts; parts++)
    for (guint g = 0; g < (*parts)->groups->len; g++) {
      const LawFieldGroup *group = g_ptr_array_index((*parts)->groups, g);
      for (guint f = 0; f < group->fields->len; f++) {
        LawField *field = g_ptr_array_index(group->fields, f);
        if (field->required && !has_value(values, field->id))
          g_ptr_array_add(missing, field);
      }
    }
  return missing;
}

static const char *state_label(const char *state) {
  static const char *const WORDS[][2] = {{"draft", "Bản nháp"}, {"submitted", "Đã trình ký"}, {"signed", "Đã ký, chờ bản quét"}, {"frozen", "Đã chốt"}};
  for (gsize i = 0; i < G_N_ELEMENTS(WORDS); i++)
    if (strcmp(WORDS[i][0], state) == 0)
      return WORDS[i][1];
  return state;
}

/* --- loading --- */

static const IncidentPaper *load_paper(Request *request, const Incident *incident, GError **error) {
  StoreConn *conn = request_read(request, error);
  const char *id = input_text(request, "paper");
  const IncidentPaper *paper = conn && id ? incident_store_paper(conn, request->arena, id, error) : NULL;
  if (paper && strcmp(paper->incident_id, incident->id) == 0)
    return paper;
  if (error && !*error)
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Sự cố này không có văn bản đó.");
  return NULL;
}

static const LawForm *const *load_parts(Request *request, const char *form, GError **error) {
  const LawForm *const *parts = incident_paper_parts(request->arena, request->app->law, form);
  if (parts[0])
    return parts;
  g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Không có mẫu %s cho văn bản của sự cố.", form);
  return NULL;
}

/* --- the page of a draft --- */

static gboolean is_ticked(const json_t *value, const char *option) {
  if (json_is_string(value))
    return strcmp(json_string_value(value), option) == 0;
  for (gsize i = 0; i < json_array_size(value); i++)
    if (g_strcmp0(json_string_value(json_array_get(value, i)), option) == 0)
      return TRUE;
  return FALSE;
}

static void add_options(Request *request, const LawField *field, const json_t *values, Doc *row) {
  Doc *options = doc_list(row, KEY("options"));
  const json_t *value = json_object_get(values, field->id);
  for (guint i = 0; i < field->options->len; i++) {
    const char *option = g_ptr_array_index(field->options, i);
    Doc *shown = doc_object(options, NULL);
    const char *key = arena_printf(request->arena, "%s: %s", field->id, option);
    doc_text(shown, KEY("name"), arena_printf(request->arena, "f.%s.%u", field->id, i));
    doc_text(shown, KEY("value"), option);
    doc_bool(shown, KEY("selected"), is_ticked(value, option));
    if (g_ptr_array_find_with_equal_func(field->with_text, option, g_str_equal, NULL)) {
      doc_text(shown, KEY("text_name"), arena_printf(request->arena, "t.%s.%u", field->id, i));
      doc_text_copy(shown, KEY("text"), json_string_value(json_object_get(values, key)));
    }
  }
}

static void add_field(Request *request, const LawField *field, const json_t *values, Doc *list) {
  const char *text = json_string_value(json_object_get(values, field->id));
  Doc *row = doc_object(list, NULL);
  doc_text(row, KEY("id"), field->id);
  doc_text(row, KEY("name"), arena_printf(request->arena, "f.%s", field->id));
  doc_text(row, KEY("label"), field->label);
  doc_text(row, KEY("help"), field->help);
  doc_bool(row, KEY("required"), field->required);
  doc_bool(row, KEY("missing"), field->required && !has_value(values, field->id));
  doc_bool(row, KEY("long"), strcmp(field->type, "long_text") == 0);
  doc_bool(row, KEY("choice"), strcmp(field->type, "choice") == 0);
  doc_bool(row, KEY("many"), strcmp(field->type, "many") == 0);
  doc_text_copy(row, KEY("value"), text ? text : "");
  if (field->options->len)
    add_options(request, field, values, row);
}

static void add_groups(Request *request, const LawForm *const *parts, const json_t *values, Doc *answer) {
  Doc *groups = doc_list(answer, KEY("groups"));
  for (; *parts; parts++)
    for (guint g = 0; g < (*parts)->groups->len; g++) {
      const LawFieldGroup *group = g_ptr_array_index((*parts)->groups, g);
      Doc *row = doc_object(groups, NULL);
      doc_text(row, KEY("name"), group->name);
      Doc *fields = doc_list(row, KEY("fields"));
      for (guint f = 0; f < group->fields->len; f++)
        add_field(request, g_ptr_array_index(group->fields, f), values, fields);
    }
}

static void add_missing(Request *request, const LawForm *const *parts, const json_t *values, Doc *answer) {
  g_autoptr(GPtrArray) missing = incident_paper_missing(parts, values);
  Doc *list = doc_list(answer, KEY("missing"));
  for (guint i = 0; i < missing->len; i++) {
    const LawField *field = g_ptr_array_index(missing, i);
    Doc *row = doc_object(list, NULL);
    doc_text(row, KEY("id"), field->id);
    doc_text(row, KEY("label"), field->label);
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

gboolean incident_paper_form(Request *request, Doc *answer, GError **error) {
  const Incident *incident = incident_load(request, "incident.read", error);
  const LawForm *const *parts = incident ? load_parts(request, input_text(request, "form"), error) : NULL;
  const IncidentPaper *paper = parts && input_text(request, "paper") ? load_paper(request, incident, error) : NULL;
  if (!parts || (error && *error))
    return FALSE;
  json_t *values = paper ? json_loads(paper->fields, 0, NULL) : incident_paper_values(request, incident, parts, error);
  gboolean may = request_may(request, "incident.command", incident->body_id);
  if (!values)
    return FALSE;
  doc_text(answer, KEY("code"), incident->code);
  doc_text(answer, KEY("back_url"), arena_printf(request->arena, "/su-co/%s", incident->code));
  doc_text(answer, KEY("form"), parts[0]->rule.id);
  doc_text(answer, KEY("number"), parts[0]->number);
  doc_text(answer, KEY("name"), parts[0]->name);
  doc_text(answer, KEY("reading"), parts[0]->rule.reading);
  doc_text(answer, KEY("paper"), paper ? paper->id : NULL);
  const char *state = state_label(paper ? paper->state : "draft");
  doc_text(answer, KEY("state"), message(request->lang, state));
  if (may && (!paper || strcmp(paper->state, "draft") == 0))
    doc_text(answer, KEY("save_url"), arena_printf(request->arena, "/su-co/%s/van-ban/luu", incident->code));
  if (paper) {
    doc_int(answer, KEY("version"), paper->version);
    doc_text(answer, KEY("file_url"), arena_printf(request->arena, "/su-co/%s/van-ban/%s/tep", incident->code, paper->id));
    if (may)
      add_acts(request, incident, paper, answer);
  }
  doc_json(answer, KEY("fields"), values);
  add_missing(request, parts, values, answer);
  add_groups(request, parts, values, answer);
  json_decref(values);
  return TRUE;
}

/* --- saving --- */

static void take_options(const Request *request, const LawField *field, json_t *values) {
  gboolean many = strcmp(field->type, "many") == 0;
  json_t *list = json_array();
  const char *single = request_raw(request, arena_printf(request->arena, "f.%s", field->id));
  for (guint i = 0; i < field->options->len; i++) {
    const char *option = g_ptr_array_index(field->options, i);
    const char *text = request_raw(request, arena_printf(request->arena, "t.%s.%u", field->id, i));
    if (text && *text)
      json_object_set_new(values, arena_printf(request->arena, "%s: %s", field->id, option), json_string(text));
    if (many && request_raw(request, arena_printf(request->arena, "f.%s.%u", field->id, i)))
      json_array_append_new(list, json_string(option));
    else if (!many && g_strcmp0(single, option) == 0)
      json_object_set_new(values, field->id, json_string(option));
  }
  if (many)
    json_object_set(values, field->id, list);
  json_decref(list);
}

/* The page sends each field under its own name; the law says which there are. */
static json_t *typed_values(const Request *request, const LawForm *const *parts) {
  json_t *values = json_object();
  for (; *parts; parts++)
    for (guint g = 0; g < (*parts)->groups->len; g++) {
      const LawFieldGroup *group = g_ptr_array_index((*parts)->groups, g);
      for (guint f = 0; f < group->fields->len; f++) {
        const LawField *field = g_ptr_array_index(group->fields, f);
        const char *raw = request_raw(request, arena_printf(request->arena, "f.%s", field->id));
        if (field->options->len)
          take_options(request, field, values);
        else if (raw && *raw)
          json_object_set_new(values, field->id, json_string(raw));
      }
    }
  return values;
}

static gboolean is_of_form(const LawForm *const *parts, const char *key) {
  for (; *parts; parts++)
    for (guint g = 0; g < (*parts)->groups->len; g++) {
      const LawFieldGroup *group = g_ptr_array_index((*parts)->groups, g);
      for (guint f = 0; f < group->fields->len; f++) {
        const char *id = ((const LawField *)g_ptr_array_index(group->fields, f))->id;
        gsize length = strlen(id);
        if (strncmp(id, key, length) == 0 && (!key[length] || key[length] == ':'))
          return TRUE;
      }
    }
  return FALSE;
}

/* What a program sends: laid over what the case or the draft tells already. */
static json_t *given_values(Request *request, const LawForm *const *parts, json_t *base, GError **error) {
  const json_t *given = input_json(request, "fields");
  const char *key;
  json_t *value;
  json_object_foreach((json_t *)(gintptr)given, key, value) {
    if (is_of_form(parts, key) && (json_is_string(value) || json_is_array(value))) {
      json_object_set(base, key, value);
      continue;
    }
    request_refuse_field(request, "fields", arena_printf(request->arena, "Mẫu không có mục %s.", key), error);
    json_decref(base);
    return NULL;
  }
  return base;
}

typedef struct {
  Request *request;
  const Incident *incident;
  const IncidentPaper *paper; /* NULL: a new one */
  const LawForm *const *parts;
  const char *id, *fields, *state, *number, *issued_day, *signer, *sha256, *scan_id, *scan_sha256, *scan_name, *told;
  gint64 scan_size;
} PaperEdit;

static gboolean log_paper(Change *change, const PaperEdit *edit, GError **error) {
  IncidentCall call = {.change = change, .request = edit->request, .incident = (Incident *)(gintptr)edit->incident};
  const LawForm *form = edit->parts[0];
  return !edit->told || incident_auto_log(&call, error, "%s%s%s: %s.", form->number ? form->number : "", form->number ? ", " : "", form->name, edit->told);
}

static gboolean save_in_change(Change *change, void *data, GError **error) {
  PaperEdit *edit = data;
  Request *request = edit->request;
  gint64 changed = 0;
  change_about(change, "incident", edit->incident->id, edit->incident->body_id,
               json_pack("{s:s, s:s}", "paper", edit->id, "state", edit->state));
  if (!edit->paper)
    return incident_put(change->conn, PUT_PAPER,
                        S(S_TEXT(edit->id), S_TEXT(edit->incident->id), S_TEXT(edit->parts[0]->rule.id), S_TEXT(edit->fields),
                          S_TEXT(incident_actor(request)), S_INT(request->now_ms)),
                        NULL, error) &&
           log_paper(change, edit, error);
  if (edit->scan_sha256 && !attachment_add(change, "incident_paper", edit->id, edit->incident->body_id, edit->scan_sha256, edit->scan_size,
                                           edit->scan_name, "application/octet-stream", &edit->scan_id, error))
    return FALSE;
  if (!incident_put(change->conn, SET_PAPER,
                    S(S_TEXT(edit->id), S_INT(input_int(request, "version", edit->paper->version)), S_TEXT(edit->fields), S_TEXT(edit->state),
                      S_TEXT(edit->number), S_TEXT(edit->issued_day), S_TEXT(edit->signer), S_TEXT(edit->sha256), S_TEXT(edit->scan_id),
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
              state_label(paper->state));
  return FALSE;
}

static const char *dump(Arena *arena, json_t *values) {
  g_autofree char *text = json_dumps(values, JSON_COMPACT | JSON_SORT_KEYS);
  json_decref(values);
  return arena_text(arena, text, -1);
}

static json_t *new_values(Request *request, const PaperEdit *edit, GError **error) {
  if (request_raw(request, "_typed"))
    return typed_values(request, edit->parts);
  json_t *base = edit->paper ? json_loads(edit->paper->fields, 0, NULL) : incident_paper_values(request, edit->incident, edit->parts, error);
  return base ? given_values(request, edit->parts, base, error) : NULL;
}

gboolean incident_paper_save(Request *request, Doc *answer, GError **error) {
  PaperEdit edit = {.request = request, .incident = incident_load(request, "incident.command", error), .state = "draft", .number = "", .signer = ""};
  edit.parts = edit.incident ? load_parts(request, input_text(request, "form"), error) : NULL;
  edit.paper = edit.parts && input_text(request, "paper") ? load_paper(request, edit.incident, error) : NULL;
  if (!edit.parts || (error && *error))
    return FALSE;
  if (edit.paper && strcmp(edit.paper->state, "draft") != 0)
    return refuse_state(edit.paper, error);
  IncidentCall ids = {.request = request};
  edit.id = edit.paper ? edit.paper->id : incident_new_id(&ids);
  edit.told = edit.paper ? NULL : "bắt đầu soạn";
  json_t *values = new_values(request, &edit, error);
  if (!values)
    return FALSE;
  add_missing(request, edit.parts, values, answer);
  edit.fields = dump(request->arena, values);
  if (!request_change(request, save_in_change, &edit, error))
    return FALSE;
  doc_text(answer, KEY("paper"), edit.id);
  doc_text(answer, KEY("form"), edit.parts[0]->rule.id);
  request->notice = message(request->lang, "Đã lưu bản nháp.");
  return TRUE;
}

/* --- submit, return, sign --- */

static GBytes *write_paper(Request *request, const Incident *incident, const IncidentPaper *paper, const PaperEdit *edit, gboolean pdf,
                           GError **error) {
  StoreConn *conn = request_read(request, error);
  const Body *body = conn ? body_get(conn, request->arena, incident->body_id, error) : NULL;
  g_autofree char *style = g_build_filename(request->app->data_dir, "law", "document_layout.yaml", NULL);
  const LawForm *const *parts = body ? load_parts(request, paper->form, error) : NULL;
  const char *day = edit ? edit->issued_day : paper->issued_day, *signer = edit ? edit->signer : paper->signer;
  const PaperFace face = {.place = body ? body->place : NULL, .issued_day = day, .signer = signer && *signer ? signer : NULL,
                          .created_ms = incident->detected_ms};
  if (!parts)
    return NULL;
  json_t *values = json_loads(paper->fields, 0, NULL);
  GBytes *bytes = incident_paper_write(parts, values, &face, style, pdf, error);
  json_decref(values);
  return bytes;
}

static gboolean check_complete(const IncidentPaper *paper, const LawForm *const *parts, GError **error) {
  json_t *values = json_loads(paper->fields, 0, NULL);
  g_autoptr(GPtrArray) missing = incident_paper_missing(parts, values);
  g_autoptr(GString) text = g_string_new(NULL);
  json_decref(values);
  for (guint i = 0; i < missing->len; i++)
    g_string_append_printf(text, "%s%s", i ? "; " : "", ((const LawField *)g_ptr_array_index(missing, i))->label);
  if (missing->len)
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "Chưa trình được, còn thiếu mục bắt buộc: %s.", text->str);
  return !missing->len;
}

/* What was signed is what the file shows: its PDF is kept by content, and nothing changes it any more. */
static gboolean take_signature(Request *request, PaperEdit *edit, GError **error) {
  const InputFile *scan = input_file(request, "file");
  char sha256[65];
  gsize size;
  edit->number = input_text(request, "number");
  edit->issued_day = input_text(request, "day");
  edit->signer = input_text(request, "signer");
  edit->state = scan ? "frozen" : "signed";
  edit->told = arena_printf(request->arena, "đã ký, số %s", edit->number);
  g_autoptr(GBytes) pdf = write_paper(request, edit->incident, edit->paper, edit, TRUE, error);
  if (!pdf)
    return FALSE;
  const void *bytes = g_bytes_get_data(pdf, &size);
  if (!file_keep_bytes(request->app, bytes, size, sha256, error))
    return FALSE;
  edit->sha256 = arena_text(request->arena, sha256, -1);
  if (!scan)
    return TRUE;
  if (!file_keep(request->app, scan->path, sha256, &edit->scan_size, error))
    return FALSE;
  edit->scan_sha256 = arena_text(request->arena, sha256, -1);
  edit->scan_name = scan->name;
  return TRUE;
}

static gboolean prepare_act(Request *request, PaperEdit *edit, GError **error) {
  const char *operation = request->operation->name, *state = edit->paper->state;
  if (strcmp(operation, "incident.paper_submit") == 0) {
    edit->state = "submitted";
    edit->told = "trình ký";
    return strcmp(state, "draft") == 0 ? check_complete(edit->paper, edit->parts, error) : refuse_state(edit->paper, error);
  }
  if (strcmp(operation, "incident.paper_return") == 0) {
    edit->state = "draft";
    edit->told = "trả lại để sửa";
    return strcmp(state, "submitted") == 0 || refuse_state(edit->paper, error);
  }
  if (strcmp(state, "submitted") != 0 && strcmp(state, "signed") != 0)
    return refuse_state(edit->paper, error);
  return take_signature(request, edit, error);
}

gboolean incident_paper_act(Request *request, Doc *answer, GError **error) {
  PaperEdit edit = {.request = request, .incident = incident_load(request, "incident.command", error)};
  edit.paper = edit.incident ? load_paper(request, edit.incident, error) : NULL;
  edit.parts = edit.paper ? load_parts(request, edit.paper->form, error) : NULL;
  if (!edit.parts)
    return FALSE;
  edit.id = edit.paper->id;
  edit.fields = edit.paper->fields;
  edit.number = edit.paper->number;
  edit.issued_day = edit.paper->issued_day;
  edit.signer = edit.paper->signer;
  edit.sha256 = edit.paper->sha256;
  edit.scan_id = edit.paper->scan_id;
  if (!prepare_act(request, &edit, error) || !request_change(request, save_in_change, &edit, error))
    return FALSE;
  doc_text(answer, KEY("code"), edit.incident->code);
  doc_text(answer, KEY("paper"), edit.id);
  doc_text(answer, KEY("state"), edit.state);
  request->notice = message(request->lang, state_label(edit.state));
  return TRUE;
}

/* --- the file --- */

gboolean incident_paper_file(Request *request, Doc *answer, GError **error) {
  const Incident *incident = incident_load(request, "incident.read", error);
  const IncidentPaper *paper = incident ? load_paper(request, incident, error) : NULL;
  gboolean pdf = strcmp(input_text(request, "format"), "pdf") == 0;
  (void)answer;
  if (!paper)
    return FALSE;
  request->file = pdf && paper->sha256 ? file_read(request->app, paper->sha256, error)
                                       : write_paper(request, incident, paper, NULL, pdf, error);
  request->file_name = arena_printf(request->arena, "%s-%s.%s", incident->code, paper->form, pdf ? "pdf" : "docx");
  request->file_type = pdf ? "application/pdf" : "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
  return request->file != NULL;
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
    doc_text(row, KEY("label"), message(request->lang, state_label(state)));
    doc_text(row, KEY("url"), arena_printf(request->arena, "/su-co/%s/van-ban/soan?form=%s&paper=%s", incident->code, form, id));
    doc_text(row, KEY("file_url"), arena_printf(request->arena, "/su-co/%s/van-ban/%s/tep", incident->code, id));
  }
}

gboolean incident_add_papers(Request *request, const Incident *incident, Doc *answer, GError **error) {
  const Law *law = request->app->law;
  const LawProfile *profile = law_find(law->profiles, incident->profile);
  Doc *papers = doc_list(answer, KEY("papers")), *forms = doc_list(answer, KEY("paper_forms"));
  if (!incident_part(request, PART_PAPERS, incident->id, NULL, papers, error))
    return FALSE;
  shape_papers(request, incident, papers);
  for (gsize i = 0; i < G_N_ELEMENTS(FORMS); i++) {
    const LawForm *form = law_find(law->forms, FORMS[i]);
    if (!form || !law_in_force(&form->rule, profile, day_at(incident->detected_ms)))
      continue;
    Doc *row = doc_object(forms, NULL);
    doc_text(row, KEY("id"), form->rule.id);
    doc_text(row, KEY("number"), form->number);
    doc_text(row, KEY("name"), form->name);
    doc_text(row, KEY("url"), arena_printf(request->arena, "/su-co/%s/van-ban/soan?form=%s", incident->code, form->rule.id));
  }
  return TRUE;
}
