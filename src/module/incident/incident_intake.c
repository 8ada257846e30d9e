/* The public form, the duty officer's form, and what the reporter sees afterwards. */
#include "base/date.h"
#include "core/body.h"
#include "core/file.h"
#include "core/form.h"
#include "core/message.h"
#include "core/setting.h"
#include "module/incident/incident_intake.h"
#include "module/incident/incident_pages.h"
#include "module/incident/incident_paste.h"
#include <string.h>

#define PHOTO_BYTES_MOST (10 * 1000 * 1000)

/* What a person without knowledge of kinds can tell, and the kind it most likely is. */
static const struct {
  const char *value, *kind;
} SEEN[] = {{"ma-hoa", "ma-hoa"}, {"gia-mao", "gia-mao"}, {"trang", "thay-doi-giao-dien"}, {"lo", "gian-diep"}};

static const char *kind_of(const char *what) {
  for (gsize i = 0; i < G_N_ELEMENTS(SEEN); i++)
    if (g_strcmp0(SEEN[i].value, what) == 0)
      return SEEN[i].kind;
  return NULL;
}

/* --- limits for whoever has no account ---
 * What is kept is counted, so restarting helps nobody; counted again by the writer, so sending at once helps nobody. */

static gboolean refuse_more(const char *words, GError **error) {
  g_set_error(error, APP_ERROR, ERROR_LOCKED, "%s", words);
  return FALSE;
}

static gboolean check_rate(Request *request, StoreConn *conn, GError **error) {
  gint64 count = 0, most = setting_int(request->app, "incident.reports_per_hour");
  if (!*request->remote || request->user)
    return TRUE;
  if (!incident_store_count_from(conn, request->remote, request->now_ms - HOUR_MS, &count, error))
    return FALSE;
  return count < most ||
         refuse_more("Đã nhận nhiều tin báo từ địa chỉ này trong một giờ qua. Việc gấp: gọi số trực; hoặc gửi lại sau.", error);
}

static gboolean check_follow_rate(Request *request, StoreConn *conn, const Incident *incident, GError **error) {
  gint64 count = 0, most = setting_int(request->app, "incident.reports_per_hour");
  if (!incident_store_count_told(conn, incident->id, request->now_ms - HOUR_MS, &count, error))
    return FALSE;
  return count < most || refuse_more("Tin báo này đã nhận nhiều nội dung thêm trong một giờ qua. Việc gấp: gọi số trực; hoặc gửi lại sau.", error);
}

/* --- one creation for all ways in --- */

typedef struct {
  IncidentCall call;
  NewIncident report;
} Intake;

static gboolean begin_in_change(Change *change, void *data, GError **error) {
  Intake *intake = data;
  IncidentCall *call = &intake->call;
  const NewIncident *report = &intake->report;
  call->change = change;
  const char *by = *report->reporter_name ? report->reporter_name : "Người báo";
  return (strcmp(report->source, "public") != 0 || check_rate(call->request, change->conn, error)) && incident_begin(call, report, error) &&
         incident_write_log(call, "note", report->detected_ms, report->description, 0, error) &&
         (!call->file_sha256 || incident_keep_evidence(call, "Ảnh, tệp gửi kèm tin báo", by, call->request->now_ms, "",
                                                       "Gửi kèm tin báo", "", error));
}

static gboolean keep_photo(Request *request, IncidentCall *call, GError **error) {
  const InputFile *file = input_file(request, "file");
  char sha256[65];
  if (!file)
    return TRUE;
  if (file->size_bytes > PHOTO_BYTES_MOST && !request->user)
    return request_refuse_field(request, "file", "Ảnh lớn hơn 10 MB; gửi ảnh nhỏ hơn hoặc gửi sau bằng mã.", error);
  if (!file_keep(request->app, file->path, sha256, &call->file_size, error))
    return FALSE;
  call->file_sha256 = arena_text(request->arena, sha256, -1);
  call->file_name = file->name;
  return TRUE;
}

static gboolean check_times(Request *request, const NewIncident *report, const char *field, GError **error) {
  if (report->detected_ms > request->now_ms + HOUR_MS)
    return request_refuse_field(request, field, "Giờ phát hiện ở tương lai.", error);
  if (!law_profile_at(request->app->law, day_at(report->detected_ms)))
    return request_refuse_field(request, field, "Ngày phát hiện sớm hơn mọi quy định có trong dữ liệu.", error);
  return TRUE;
}

static gboolean begin(Request *request, Intake *intake, Doc *answer, GError **error) {
  intake->call.request = request;
  if (!keep_photo(request, &intake->call, error) || !request_change(request, begin_in_change, intake, error))
    return FALSE;
  const Incident *incident = intake->call.incident;
  doc_text(answer, KEY("follow"), incident->follow_code);
  if (!request->user)
    return TRUE;
  doc_text(answer, KEY("id"), incident->id);
  doc_text(answer, KEY("code"), incident->code);
  doc_text(answer, KEY("state"), incident->state);
  return TRUE;
}

/* --- the public form --- */

static const char *public_body(Request *request, StoreConn *conn, GError **error) {
  const char *given = input_text(request, "body");
  if (!given)
    return incident_store_first_body(conn, request->arena, error);
  const Body *body = body_get(conn, request->arena, given, error);
  return body ? body->id : NULL;
}

gboolean incident_report(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  const char *body_id = conn && check_rate(request, conn, error) ? public_body(request, conn, error) : NULL;
  if (!body_id) {
    if (error && !*error)
      request_refuse_field(request, "body", "Không có đơn vị này.", error);
    return FALSE;
  }
  Intake intake = {.report = {
      .body_id = body_id, .description = input_text(request, "description"), .source = "public",
      .reporter_name = incident_given(request, "name"), .reporter_phone = incident_given(request, "phone"),
      .reporter_email = incident_given(request, "email"), .kind = kind_of(input_text(request, "what")),
      .detected_ms = MIN(input_int(request, "seen", request->now_ms), request->now_ms), .told_ms = request->now_ms, .receipt_confirmed = TRUE,
  }};
  return check_times(request, &intake.report, "seen", error) && begin(request, &intake, answer, error);
}

static gboolean add_place(Request *request, const char *body_id, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  const Body *body = conn && body_id ? body_get(conn, request->arena, body_id, error) : NULL;
  if (!body)
    return conn && (!error || !*error);
  doc_text(answer, KEY("body"), body->name);
  return incident_add_phone(request, body_id, answer, error);
}

gboolean incident_report_form(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  const char *body_id = conn ? public_body(request, conn, error) : NULL;
  char now[17];
  date_write_time(now, request->now_ms);
  json_t *values = json_pack("{s:s, s:s?}", "seen", now, "body", input_text(request, "body"));
  Doc *form = form_add(request, answer, KEY("form"), "incident.report", values, "Gửi tin báo");
  json_decref(values);
  for (Doc *field = doc_get(form, KEY("fields"))->first; field; field = field->next) {
    gboolean what = g_strcmp0(doc_get_text(field, KEY("name")), "what") == 0;
    doc_bool(field, KEY("radio"), what);
    if (what)
      doc_bool(field, KEY("select"), FALSE);
    if (g_strcmp0(doc_get_text(field, KEY("name")), "file") == 0)
      doc_text(field, KEY("accept"), "image/*");
  }
  return conn && add_place(request, body_id, answer, error);
}

/* --- afterwards --- */

/* What a reporter may know of the state. */
static const char *told_state(const Incident *incident) {
  static const char *const WORDS[][2] = {
      {"reported", "Đã nhận, đang chờ người trực xem"}, {"verifying", "Đang xác minh"}, {"rejected", "Đã xem: không phải sự cố"},
      {"near_miss", "Đã xem: chưa gây thiệt hại, đã ghi nhận"}, {"duplicate", "Trùng với tin đã nhận, đang xử lý chung"},
      {"ended", "Đã xử lý xong"}, {"closed", "Đã xử lý xong"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(WORDS); i++)
    if (strcmp(WORDS[i][0], incident->state) == 0)
      return WORDS[i][1];
  return "Đã xác nhận, đang xử lý";
}

static const Incident *find_followed(Request *request, const char *typed, GError **error) {
  g_autofree char *code = g_ascii_strup(typed, -1);
  StoreConn *conn = request_read(request, error);
  const Incident *incident =
      conn && g_str_has_prefix(code, "TB-") ? incident_store_get(conn, request->arena, code, error) : NULL;
  if (!incident && error && !*error)
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Không có tin báo nào mang mã này. Mã có dạng TB-7K4M-92XQ.");
  return incident;
}

static gboolean show_followed(Request *request, const Incident *incident, Doc *answer, GError **error) {
  json_t *values = json_pack("{s:s}", "code", incident->follow_code);
  doc_text(answer, KEY("code"), incident->follow_code);
  doc_text(answer, KEY("received"), incident_moment(request->arena, incident->received_ms));
  doc_text(answer, KEY("state"), incident->state);
  doc_text(answer, KEY("state_label"), message(request->lang, told_state(incident)));
  doc_text(answer, KEY("call_back"), *incident->reporter_phone ? incident->reporter_phone : NULL);
  form_add(request, answer, KEY("form"), "incident.follow_add", values, "Gửi thêm");
  json_decref(values);
  const json_t *steps = incident_first_steps_of(request, incident);
  if (steps)
    doc_json(answer, KEY("first_steps"), steps);
  return add_place(request, incident->body_id, answer, error);
}

gboolean incident_follow(Request *request, Doc *answer, GError **error) {
  const Incident *incident = find_followed(request, incident_given(request, "code"), error);
  return incident && show_followed(request, incident, answer, error);
}

/* The form in which a code is typed; without one only the form. */
gboolean incident_follow_find(Request *request, Doc *answer, GError **error) {
  const char *typed = input_text(request, "ma");
  doc_text(answer, KEY("find_url"), "/tra-cuu-tin-bao");
  const Incident *incident = typed ? find_followed(request, typed, error) : NULL;
  return !typed || (incident && show_followed(request, incident, answer, error));
}

static gboolean follow_in_change(Change *change, void *data, GError **error) {
  IncidentCall *call = data;
  const Request *request = call->request;
  const char *text = input_text(request, "text");
  call->change = change;
  call->incident = incident_reload(change, call->result_id, error);
  if (!call->incident || !check_follow_rate(call->request, change->conn, call->incident, error))
    return FALSE;
  change_about(change, "incident", call->incident->id, call->incident->body_id, NULL);
  return (!text || incident_write_log(call, "note", 0, arena_printf(request->arena, "Người báo gửi thêm: %s", text), 0, error)) &&
         (!call->file_sha256 ||
          incident_keep_evidence(call, "Ảnh, tệp người báo gửi thêm", "Người báo", request->now_ms, "", "Gửi bằng mã theo dõi", "", error));
}

gboolean incident_follow_add(Request *request, Doc *answer, GError **error) {
  const Incident *incident = find_followed(request, incident_given(request, "code"), error);
  IncidentCall call = {.request = request, .result_id = incident ? incident->id : NULL};
  if (!incident || !check_follow_rate(request, request_read(request, NULL), incident, error) || !keep_photo(request, &call, error))
    return FALSE;
  if (!call.file_sha256 && !input_text(request, "text"))
    return request_refuse_field(request, "text", "Chưa có nội dung hoặc ảnh.", error);
  doc_text(answer, KEY("code"), incident->follow_code);
  return request_change(request, follow_in_change, &call, error);
}

/* --- the duty officer's form --- */

/* What the head of a pasted message says stands in for what was not typed. */
static void take_pasted(Request *request, NewIncident *report) {
  PastedMail mail = strcmp(report->source, "email") == 0 ? incident_read_pasted(request->arena, report->description) : (PastedMail){0};
  if (!*report->reporter_email && mail.address)
    report->reporter_email = mail.address;
  if (!*report->reporter_name && mail.name)
    report->reporter_name = mail.name;
  if (!report->title)
    report->title = mail.subject;
}

gboolean incident_add(Request *request, Doc *answer, GError **error) {
  gboolean told = strcmp(input_text(request, "source"), "monitoring") != 0;
  gint64 detected_ms = input_int(request, "detected", request->now_ms);
  Intake intake = {.report = {
      .body_id = request->body_id, .title = input_text(request, "title"), .description = input_text(request, "description"),
      .source = input_text(request, "source"), .reporter_name = incident_given(request, "name"),
      .reporter_phone = incident_given(request, "phone"), .reporter_email = incident_given(request, "email"),
      .kind = input_text(request, "kind"), .system_name = input_text(request, "system"), .system_level = input_int(request, "level", 0),
      .detected_ms = detected_ms, .told_ms = told ? input_int(request, "told", request->now_ms) : 0,
      .receipt_confirmed = told && input_bool(request, "receipt_confirmed"),
  }};
  take_pasted(request, &intake.report);
  return request_require(request, "incident.report", request->body_id, error) &&
         check_times(request, &intake.report, "detected", error) && begin(request, &intake, answer, error);
}

gboolean incident_new_form(Request *request, Doc *answer, GError **error) {
  char now[17];
  (void)error;
  date_write_time(now, request->now_ms);
  json_t *values = json_pack("{s:s, s:s, s:s, s:i}", "detected", now, "told", now, "source", "phone", "receipt_confirmed", 1);
  doc_text(answer, KEY("list_url"), "/su-co");
  doc_text(answer, KEY("public_url"), "/bao-su-co");
  Doc *form = form_add(request, answer, KEY("form"), "incident.add", values, "Ghi tin báo");
  incident_add_kinds(request, form, "kind", NULL);
  json_decref(values);
  return TRUE;
}
