/* The preview of a notice, and the same put together for sending. */
#include "core/form.h"
#include "core/message.h"
#include "module/incident/incident_catalogue.h"
#include "module/incident/incident_mailing.h"
#include "module/incident/incident_paper.h"
#include "module/mail/mail.h"
#include <string.h>

#define MORE_MOST 20
#define PAPERS_MOST 6
#define FILES_BYTES_MOST (15 * 1000 * 1000) /* base64 makes it 20 MB, what mail servers commonly take */

static const char MAILING[] = "mailing";

IncidentMailing *incident_mailing_of(const Request *request) {
  return request_recall(request, MAILING, "");
}

gboolean incident_mailing_may_go(const Incident *incident, const IncidentMailing *mailing) {
  return incident->sender_verified_ms || strcmp(incident->source, "monitoring") == 0 || strcmp(mailing->notice->clock, "confirm_receipt") == 0;
}

/* --- to whom --- */

/* Without a choice all that have an address are meant. */
static gboolean add_receiver(Request *request, const Incident *incident, const Doc *parties, const IncidentNotice *notice,
                             GPtrArray *targets, GError **error) {
  IncidentAddress known;
  if (!incident_address_of(request, incident, parties, notice->receiver, &known, error))
    return FALSE;
  IncidentTarget *target = arena_alloc(request->arena, sizeof *target);
  gboolean asked = input_bool(request, "chosen") || input_has(request, "to");
  *target = (IncidentTarget){.notice_id = notice->id, .receiver = notice->receiver,
                             .name = incident_party_name(request, parties, notice->receiver),
                             .role = law_actor_name(request->app->law, notice->receiver), .contact = known.contact, .address = known.address, .ground = known.ground,
                             .chosen = known.address && (!asked || g_strv_contains(input_list(request, "to"), notice->receiver))};
  g_ptr_array_add(targets, target);
  return TRUE;
}

/* Addresses typed beside those of the law's receivers: for their information. */
static gboolean add_more(Request *request, const IncidentNotice *notice, GPtrArray *targets, GError **error) {
  const char *more = input_text(request, "more");
  g_auto(GStrv) words = g_strsplit_set(more ? more : "", " ,;", -1);
  int count = 0;
  for (char **word = words; *word; word++) {
    if (!**word)
      continue;
    if (!mail_address_valid(*word) || ++count > MORE_MOST)
      return request_refuse_field(request, "more", "Có địa chỉ thư không đúng, hoặc quá 20 địa chỉ.", error);
    IncidentTarget *target = arena_alloc(request->arena, sizeof *target);
    const char *address = arena_text(request->arena, *word, -1);
    *target = (IncidentTarget){.notice_id = notice->id, .receiver = "", .name = "Nơi nhận thêm", .role = "", .contact = "", .address = address,
                               .ground = "ghi khi gửi", .chosen = TRUE};
    g_ptr_array_add(targets, target);
  }
  return TRUE;
}

/* All receivers of the same words that have not been told yet; the notice asked for always. */
static gboolean add_targets(Request *request, const Incident *incident, const GPtrArray *notices, IncidentMailing *mailing, GError **error) {
  Doc *parties = doc_list(doc_new(request->arena), KEY("parties"));
  if (!incident_part(request, PART_PARTIES, incident->id, NULL, parties, error))
    return FALSE;
  for (guint i = 0; i < notices->len; i++) {
    const IncidentNotice *notice = g_ptr_array_index(notices, i);
    gboolean same = strcmp(notice->clock, mailing->notice->clock) == 0 && strcmp(notice->state, "unsent") == 0;
    if ((same || notice == mailing->notice) && !add_receiver(request, incident, parties, notice, mailing->targets, error))
      return FALSE;
  }
  return add_more(request, mailing->notice, mailing->targets, error);
}

/* --- the words --- */

static const PaperForm *form_of(Request *request, const IncidentNotice *notice, GError **error) {
  const FormBook *book = *notice->form ? incident_forms(request->app, error) : NULL;
  const PaperForm *form = book ? form_book_find(book, notice->form) : NULL;
  return form && form_is_of_case(book, form) ? form : NULL;
}

static gboolean write_words(Request *request, const Incident *incident, IncidentMailing *mailing, GError **error) {
  const PaperForm *form = form_of(request, mailing->notice, error);
  StoreConn *conn = request_read(request, error);
  const char *subject = arena_printf(request->arena, "%s - %s", mailing->what, incident->code);
  mailing->text = incident_notice_text(request, incident, mailing->notice);
  if (!conn || (error && *error))
    return FALSE;
  if (form) {
    const IncidentPaper *paper = incident_store_last_paper(conn, request->arena, incident->id, form->law->rule.id, error);
    json_t *values = error && *error ? NULL : incident_paper_values(request, incident, paper, form, error);
    if (!values)
      return FALSE;
    g_autofree char *line = NULL, *text = form_message(form, values, &line);
    json_decref(values);
    subject = arena_printf(request->arena, "%s - %s", line, incident->code);
    mailing->text = arena_printf(request->arena, "%s\n\n%s", mailing->text, text);
  }
  mailing->subject = g_str_has_prefix(subject, "[TBSC]") ? subject : arena_printf(request->arena, "[TBSC] %s", subject);
  return TRUE;
}

/* --- put together --- */

static IncidentMailing *prepare(Request *request, const Incident *incident, GError **error) {
  StoreConn *conn = request_read(request, error);
  g_autoptr(GPtrArray) notices = conn ? incident_store_notices(conn, request->arena, incident->id, error) : NULL;
  IncidentMailing *mailing = arena_alloc(request->arena, sizeof *mailing);
  *mailing = (IncidentMailing){.targets = g_ptr_array_new(), .files = g_ptr_array_new(), .files_json = "[]"};
  request_keep(request, mailing->targets, (GDestroyNotify)g_ptr_array_unref);
  request_keep(request, mailing->files, (GDestroyNotify)g_ptr_array_unref);
  for (guint i = 0; notices && i < notices->len && !mailing->notice; i++) {
    const IncidentNotice *notice = g_ptr_array_index(notices, i);
    if (strcmp(notice->id, input_text(request, "notice")) == 0)
      mailing->notice = notice;
  }
  if (!mailing->notice) {
    if (notices)
      g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Sự cố này không có thông báo đó.");
    return NULL;
  }
  mailing->what = mailing->notice->what;
  mailing->basis = mailing->notice->basis;
  return add_targets(request, incident, notices, mailing, error) && write_words(request, incident, mailing, error) ? mailing : NULL;
}

/* --- the papers that go with it --- */

static const char *file_value(Arena *arena, const char *paper, gboolean pdf) {
  return arena_printf(arena, "%s.%s", paper, pdf ? "pdf" : "docx");
}

static gboolean keep_paper(Request *request, const Incident *incident, const IncidentPaper *paper, gboolean pdf, IncidentMailing *mailing,
                           GError **error) {
  char sha256[65];
  gsize length = 0;
  g_autoptr(GBytes) bytes = pdf && paper->sha256 ? file_read(request->app, paper->sha256, error)
                                                 : incident_paper_write(request, incident, paper, pdf, error);
  const void *data = bytes ? g_bytes_get_data(bytes, &length) : NULL;
  if (!data || !file_keep_bytes(request->app, data, length, sha256, error))
    return FALSE;
  IncidentMailFile *file = arena_alloc(request->arena, sizeof *file);
  *file = (IncidentMailFile){
      .name = arena_printf(request->arena, "%s-%s.%s", incident->code, paper->form, pdf ? "pdf" : "docx"),
      .type = pdf ? "application/pdf" : "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
      .sha256 = arena_text(request->arena, sha256, -1), .size_bytes = (gint64)length};
  g_ptr_array_add(mailing->files, file);
  return TRUE;
}

static const IncidentPaper *find_paper(Request *request, const Incident *incident, const char *value, GError **error) {
  const char *dot = strrchr(value, '.');
  StoreConn *conn = request_read(request, error);
  const IncidentPaper *paper =
      conn && dot ? incident_store_paper(conn, request->arena, arena_text(request->arena, value, dot - value), error) : NULL;
  if (paper && strcmp(paper->incident_id, incident->id) == 0)
    return paper;
  if (!error || !*error)
    request_refuse_field(request, "attach", "Sự cố này không có văn bản đó.", error);
  return NULL;
}

static gboolean keep_papers(Request *request, const Incident *incident, IncidentMailing *mailing, GError **error) {
  json_t *list = json_array();
  gint64 total = 0;
  gboolean good = TRUE;
  for (const char *const *value = input_list(request, "attach"); good && *value; value++) {
    const IncidentPaper *paper = find_paper(request, incident, *value, error);
    good = paper && keep_paper(request, incident, paper, g_str_has_suffix(*value, ".pdf"), mailing, error);
    if (!good)
      break;
    const IncidentMailFile *file = g_ptr_array_index(mailing->files, mailing->files->len - 1);
    total += file->size_bytes;
    json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:I}", "name", file->name, "type", file->type, "sha256", file->sha256, "size",
                                          (json_int_t)file->size_bytes));
  }
  if (good && (total > FILES_BYTES_MOST || mailing->files->len > 2 * PAPERS_MOST))
    good = request_refuse_field(request, "attach", "Tệp kèm theo quá 15 MB hoặc quá 12 tệp; gửi qua hệ thống quản lý văn bản.", error);
  g_autofree char *text = json_dumps(list, JSON_COMPACT);
  mailing->files_json = arena_text(request->arena, text, -1);
  json_decref(list);
  return good;
}

/* --- sending: POST --- */

static void keep_chosen(IncidentMailing *mailing) {
  for (guint i = mailing->targets->len; i > 0; i--)
    if (!((IncidentTarget *)g_ptr_array_index(mailing->targets, i - 1))->chosen)
      g_ptr_array_remove_index(mailing->targets, i - 1);
}

gboolean incident_notice_mail(Request *request, Doc *answer, GError **error) {
  const Incident *incident = incident_load(request, "incident.command", error);
  IncidentMailing *mailing = incident ? prepare(request, incident, error) : NULL;
  if (!mailing)
    return FALSE;
  keep_chosen(mailing);
  if (!mail_is_set(request->app)) {
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "Chưa đặt máy chủ thư. Gửi bằng cách khác, rồi ghi lại là đã gửi.");
    return FALSE;
  }
  if (!mailing->targets->len)
    return request_refuse_field(request, "to", "Chưa chọn nơi nhận nào có địa chỉ thư.", error);
  if (!keep_papers(request, incident, mailing, error))
    return FALSE;
  request_remember(request, MAILING, "", mailing);
  doc_int(answer, KEY("count"), mailing->targets->len);
  return incident_act(request, answer, error);
}

/* --- the preview: GET --- */

static void show_targets(Request *request, const Incident *incident, const IncidentMailing *mailing, Doc *answer) {
  Doc *rows = doc_list(answer, KEY("recipients"));
  int count = 0;
  for (guint i = 0; i < mailing->targets->len; i++) {
    const IncidentTarget *target = g_ptr_array_index(mailing->targets, i);
    Doc *row = doc_object(rows, NULL);
    doc_text(row, KEY("receiver"), *target->receiver ? target->receiver : NULL);
    doc_text(row, KEY("name"), target->name);
    doc_text(row, KEY("role"), g_strcmp0(target->role, target->name) == 0 ? NULL : target->role);
    doc_text(row, KEY("address"), target->address);
    doc_text(row, KEY("ground"), target->ground);
    doc_bool(row, KEY("chosen"), target->chosen);
    if (*target->receiver && !target->address && strcmp(target->receiver, "NBC") != 0) {
      doc_text(row, KEY("enter_url"), arena_printf(request->arena, "/su-co/%s/ben", incident->code));
      doc_text(row, KEY("contact"), target->contact);
    }
    count += target->chosen;
  }
  doc_int(answer, KEY("count"), count);
  doc_text(answer, KEY("submit"), arena_printf(request->arena, "%s %d %s", message(request->lang, "Gửi cho"), count, message(request->lang, "nơi")));
}

static void show_file(Request *request, const Incident *incident, const char *paper, const char *label, gboolean pdf, gboolean chosen, Doc *rows) {
  Doc *row = doc_object(rows, NULL);
  doc_text(row, KEY("value"), file_value(request->arena, paper, pdf));
  doc_text(row, KEY("label"), arena_printf(request->arena, "%s, %s", label, pdf ? "PDF" : "DOCX"));
  doc_text(row, KEY("url"), arena_printf(request->arena, "/su-co/%s/van-ban/%s/tep?format=%s", incident->code, paper, pdf ? "pdf" : "docx"));
  doc_bool(row, KEY("chosen"), chosen);
}

/* The newest papers; the last one of the notice's own form goes along unless somebody takes it off. */
static gboolean show_files(Request *request, const Incident *incident, const IncidentMailing *mailing, Doc *answer, GError **error) {
  Doc *papers = doc_list(doc_new(request->arena), KEY("papers")), *rows = doc_list(answer, KEY("files"));
  if (!incident_part(request, PART_PAPERS, incident->id, NULL, papers, error))
    return FALSE;
  const Doc *own = NULL;
  int count = 0;
  for (const Doc *paper = papers->first; paper; paper = paper->next, count++)
    if (strcmp(doc_get_text(paper, KEY("form")), mailing->notice->form) == 0)
      own = paper;
  for (const Doc *paper = papers->first; paper; paper = paper->next, count--) {
    const char *form = doc_get_text(paper, KEY("form")), *id = doc_get_text(paper, KEY("id"));
    const LawForm *law_form = law_find(request->app->law->forms, form);
    const char *standing = incident_paper_state_label(doc_get_text(paper, KEY("state")));
    const char *label = arena_printf(request->arena, "%s (%s)", law_form ? law_form->name : form, message(request->lang, standing));
    for (int pdf = 1; pdf >= 0 && (count <= PAPERS_MOST || paper == own); pdf--)
      show_file(request, incident, id, label, pdf, paper == own, rows);
  }
  return TRUE;
}

/* What stands against sending, in words; NULL: nothing. */
static const char *hindrance(Request *request, const Incident *incident, const IncidentMailing *mailing) {
  if (!mail_is_set(request->app))
    return "Chưa đặt máy chủ thư. Gửi bằng cách khác, rồi ghi lại là đã gửi.";
  if (!incident_mailing_may_go(incident, mailing))
    return "Chưa xác minh người báo: gọi lại số đã biết hoặc hỏi qua kênh thứ hai, ghi lại, rồi mới gửi thông báo ra ngoài.";
  return strcmp(mailing->notice->state, "unsent") == 0 ? NULL : "Thông báo này đã gửi; gửi nữa là gửi thêm một lần.";
}

/* The other ways: what was sent otherwise is recorded here, and what failed. */
static void add_other_ways(Request *request, const Incident *incident, const IncidentMailing *mailing, Doc *answer) {
  const IncidentTarget *target = g_ptr_array_index(mailing->targets, 0);
  for (guint i = 0; i < mailing->targets->len; i++)
    if (strcmp(((IncidentTarget *)g_ptr_array_index(mailing->targets, i))->receiver, mailing->notice->receiver) == 0)
      target = g_ptr_array_index(mailing->targets, i);
  json_t *values = json_pack("{s:s, s:s, s:I, s:s}", "id", incident->code, "notice", mailing->notice->id, "version",
                             (json_int_t)incident->version, "recipient", target->name);
  Doc *actions = doc_list(answer, KEY("actions"));
  doc_text(answer, KEY("receiver_name"), target->name);
  if (strcmp(mailing->notice->state, "unsent") == 0) {
    form_add(request, actions, NULL, "incident.notice_send", values, "Đánh dấu đã gửi");
    form_add(request, actions, NULL, "incident.notice_fail", values, "Gửi không thành");
  }
  json_decref(values);
}

gboolean incident_notice_preview(Request *request, Doc *answer, GError **error) {
  const Incident *incident = incident_load(request, "incident.command", error);
  const IncidentMailing *mailing = incident ? prepare(request, incident, error) : NULL;
  if (!mailing)
    return FALSE;
  const char *subject = form_refused_value(request, "incident.notice_mail", "subject"),
             *text = form_refused_value(request, "incident.notice_mail", "text"), *against = hindrance(request, incident, mailing);
  doc_text(answer, KEY("code"), incident->code);
  doc_text(answer, KEY("title"), incident->title);
  doc_text(answer, KEY("back_url"), arena_printf(request->arena, "/su-co/%s", incident->code));
  doc_text(answer, KEY("url"), arena_printf(request->arena, "/su-co/%s/thong-bao/%s/thu", incident->code, mailing->notice->id));
  doc_text(answer, KEY("what"), mailing->what);
  doc_text(answer, KEY("basis"), mailing->basis);
  doc_int(answer, KEY("version"), incident->version);
  incident_show_due(request, answer, mailing->notice->due_ms);
  doc_text(answer, KEY("against"), against ? message(request->lang, against) : NULL);
  doc_text(answer, KEY("more"), incident_given(request, "more"));
  doc_text(answer, KEY("subject"), subject ? subject : mailing->subject);
  doc_text(answer, KEY("text"), text ? text : mailing->text);
  doc_text(answer, KEY("message"), incident_notice_text(request, incident, mailing->notice));
  show_targets(request, incident, mailing, answer);
  add_other_ways(request, incident, mailing, answer);
  return show_files(request, incident, mailing, answer, error);
}
