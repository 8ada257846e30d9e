#include "module/incident/incident_act.h"
#include "module/incident/incident_delivery.h"
#include "module/incident/incident_figure.h"
#include "base/date.h"
#include "base/id.h"
#include "core/body.h"
#include "core/file.h"
#include "core/message.h"
#include "core/user.h"
#include <string.h>

#define READ "incident.read"
#define WORK "incident.work"
#define COMMAND "incident.command"
#define OPEN "verifying responding contained recovering ended"
#define CONFIRMED "responding contained recovering ended"
#define UNDECIDED "reported verifying"
#define DONE "closed rejected near_miss duplicate"
#define ANY UNDECIDED " " CONFIRMED " " DONE

/* What may be done in which states, by whom. touches: the case itself changes, so that its version is asked for. */
static const struct {
  const char *operation, *permission, *states;
  gboolean touches;
  IncidentActFunc run;
  const char *notice;
} ACTS[] = {
    {"incident.acknowledge",       COMMAND, "reported", TRUE,  act_acknowledge,       "Đã tiếp nhận."},
    {"incident.verify_sender",     COMMAND, UNDECIDED,  TRUE,  act_verify_sender,     "Đã ghi việc xác minh người báo."},
    {"incident.confirm",           COMMAND, UNDECIDED,  TRUE,  act_confirm,           "Đã xác nhận là sự cố."},
    {"incident.reject",            COMMAND, UNDECIDED,  TRUE,  act_dismiss,           "Đã ghi: không phải sự cố."},
    {"incident.near_miss",         COMMAND, UNDECIDED,  TRUE,  act_dismiss,           "Đã ghi: suýt xảy ra sự cố."},
    {"incident.duplicate",         COMMAND, UNDECIDED,  TRUE,  act_duplicate,         "Đã ghi: trùng với sự cố khác."},
    {"incident.classify",          COMMAND, UNDECIDED " " CONFIRMED, TRUE, act_classify, "Đã lưu dữ kiện và tính lại thời hạn."},
    {"incident.decide",            COMMAND, OPEN,       TRUE,  act_decide,            "Đã ghi mức của sự cố."},
    {"incident.confirm_level",     COMMAND, OPEN,       TRUE,  act_confirm_level,     "Đã ghi ý kiến của cơ quan có thẩm quyền."},
    {"incident.command",           COMMAND, UNDECIDED " " CONFIRMED, TRUE, act_command, "Đã giao người chỉ huy."},
    {"incident.step_begin",        WORK,    OPEN,       TRUE,  act_step_begin,        "Đã bắt đầu bước."},
    {"incident.step_finish",       WORK,    CONFIRMED,  TRUE,  act_step_finish,       "Đã hoàn thành bước."},
    {"incident.step_skip",         COMMAND, CONFIRMED,  TRUE,  act_step_skip,         "Đã ghi: bước không cần thực hiện."},
    {"incident.step_back",         COMMAND, CONFIRMED,  TRUE,  act_step_back,         "Đã mở lại các bước."},
    {"incident.task_add",          WORK,    CONFIRMED " verifying", FALSE, act_task_add, "Đã giao việc."},
    {"incident.task_finish",       WORK,    ANY,        FALSE, act_task_finish,       "Đã hoàn thành việc."},
    {"incident.note",              WORK,    ANY,        FALSE, act_note,              "Đã ghi diễn biến."},
    {"incident.correct",           WORK,    ANY,        FALSE, act_correct,           "Đã ghi đính chính."},
    {"incident.party",             COMMAND, UNDECIDED " " CONFIRMED, FALSE, act_party, "Đã ghi tên bên tham gia."},
    {"incident.person_add",        WORK,    CONFIRMED " verifying", FALSE, act_person_add, "Đã ghi người tham gia."},
    {"incident.person_release",    WORK,    ANY,        FALSE, act_person_release,    "Đã ghi người thôi tham gia."},
    {"incident.system_add",        WORK,    CONFIRMED " verifying", TRUE,  act_system_add, "Đã ghi hệ thống bị ảnh hưởng."},
    {"incident.observable_add",    WORK,    ANY,        FALSE, act_observable_add,    "Đã ghi dấu hiệu nhận biết."},
    {"evidence.add",      WORK,    ANY,        FALSE, act_evidence_add,      "Đã nhận chứng cứ."},
    {"evidence.transfer", WORK,    ANY,        FALSE, act_evidence_transfer, "Đã ghi giao nhận chứng cứ."},
    {"incident.notice_send",       COMMAND, UNDECIDED " " CONFIRMED, TRUE, act_notice_send, "Đã ghi việc gửi."},
    {"incident.notice_confirm",    COMMAND, ANY,        FALSE, act_notice_confirm,    "Đã ghi nơi nhận xác nhận."},
    {"incident.notice_fail",       COMMAND, UNDECIDED " " CONFIRMED, FALSE, act_notice_fail, "Đã ghi lần gửi không thành."},
    {"incident.notice_mail",       COMMAND, OPEN,       FALSE, act_notice_mail,       "Đã đưa vào hàng gửi thư."},
    {"incident.delivery_again",    COMMAND, ANY,        FALSE, act_delivery_again,    "Đã đưa vào hàng gửi thư."},
    {"incident.delivery_sent",     COMMAND, ANY,        FALSE, act_delivery_sent,     "Đã ghi nơi nhận đã nhận thư."},
    {"incident.delivery_stop",     COMMAND, ANY,        FALSE, act_delivery_stop,     "Đã thôi gửi thư."},
    {"incident.outcome",           COMMAND, CONFIRMED " closed", TRUE, act_outcome,    "Đã ghi cách xử lý."},
    {"incident.close",             COMMAND, "ended",    TRUE,  act_close,             "Đã đóng hồ sơ."},
    {"incident.close_with_reason", COMMAND, CONFIRMED,  TRUE,  act_close,             "Đã đóng hồ sơ, có lý do."},
    {"incident.reopen",            COMMAND, DONE,       TRUE,  act_reopen,            "Đã mở lại hồ sơ."},
};

static gsize find_act(const char *operation) {
  gsize i = 0;
  while (strcmp(ACTS[i].operation, operation) != 0)
    i++;
  return i;
}

/* --- small helpers --- */

gboolean incident_is_one_of(const char *word, const char *list) {
  g_auto(GStrv) words = g_strsplit(list, " ", -1);
  return g_strv_contains((const char *const *)words, word);
}

const char *incident_given(const Request *request, const char *field) {
  const char *text = input_text(request, field);
  return text ? text : "";
}

gint64 incident_given_ms(const Request *request, const char *field, gint64 absent) {
  return input_int(request, field, absent);
}

const char *incident_actor(const Request *request) {
  return request->user ? request->user->id : NULL;
}

const char *incident_new_id(IncidentCall *call) {
  char id[ID_SIZE];
  id_new(id);
  return arena_text(call->request->arena, id, -1);
}

const char *incident_moment(Arena *arena, gint64 ms) {
  char text[17];
  if (!ms)
    return NULL;
  date_write_time(text, ms);
  return arena_text(arena, text, -1);
}

const User *incident_person(IncidentCall *call, const char *field, GError **error) {
  StoreConn *conn = call->change->conn;
  const User *person = user_load(conn, call->request->arena, input_text(call->request, field), error);
  for (gsize i = 0; person && i < person->n_grants; i++) {
    gboolean below = FALSE;
    if (!body_is_below(conn, call->incident->body_id, person->grants[i].body_id, &below, error))
      return NULL;
    if (below)
      return person;
  }
  if (!error || !*error)
    request_refuse_field(call->request, field, "Không có người dùng này.", error);
  return NULL;
}

gboolean incident_write_log(IncidentCall *call, const char *kind, gint64 at_ms, const char *text, gint64 corrects, GError **error) {
  const Request *request = call->request;
  const char *reporter = *call->incident->reporter_name ? call->incident->reporter_name : "Người báo";
  const char *author = strcmp(kind, "auto") == 0 ? "Hệ thống" : request->user ? request->user->name : reporter;
  gint64 number = 0;
  return incident_next_number(call->change->conn, PUT_LOG, call->incident->id, &number, error) &&
         incident_put(call->change->conn, PUT_LOG,
                      S(S_TEXT(call->incident->id), S_INT(number), S_INT(at_ms ? at_ms : request->now_ms), S_INT(request->now_ms),
                        S_TEXT(incident_actor(request)), S_TEXT(author), S_TEXT(kind),
                        S_TEXT(text), corrects ? S_INT(corrects) : S_NULL),
                      NULL, error);
}

gboolean incident_auto_log(IncidentCall *call, GError **error, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  return incident_write_log(call, "auto", 0, text, 0, error);
}

/* --- loading --- */

static gboolean not_found(GError **error) {
  if (error && !*error)
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Không có sự cố này, hoặc không thuộc phạm vi được xem.");
  return FALSE;
}

/* A follow-up code opens nothing here: it belongs to the reporter. */
Incident *incident_load(Request *request, const char *permission, GError **error) {
  const char *id = incident_given(request, "id");
  StoreConn *conn = request_read(request, error);
  Incident *incident = conn && !g_str_has_prefix(id, "TB-") ? incident_store_get(conn, request->arena, id, error) : NULL;
  if (!incident) {
    not_found(error);
    return NULL;
  }
  return request_require(request, permission, incident->body_id, error) ? incident : NULL;
}

Incident *incident_reload(Change *change, const char *id, GError **error) {
  Incident *incident = incident_store_get(change->conn, change->request->arena, id, error);
  if (!incident)
    not_found(error);
  return incident;
}

/* --- the frame --- */

typedef struct {
  IncidentCall call;
  gsize act;
  const char *id;
} ActRun;

static gboolean check_state(const Incident *incident, const char *states, GError **error) {
  if (incident_is_one_of(incident->state, states))
    return TRUE;
  g_set_error(error, APP_ERROR, ERROR_REFUSED, "%s đang ở trạng thái “%s” nên không làm được việc này.", incident->code,
              incident_state_label(incident->state));
  return FALSE;
}

/* What is only added to never conflicts; what changes the case is refused when somebody else changed it in between. */
static gboolean check_version(const Request *request, const Incident *incident, GError **error) {
  gint64 seen = input_int(request, "version", -1);
  if (seen < 0 || seen == incident->version)
    return TRUE;
  g_set_error(error, APP_ERROR, ERROR_CONFLICT,
              "Sự cố %s vừa được người khác sửa. Nội dung đã nhập còn trên trang; xem lại rồi lưu.", incident->code);
  return FALSE;
}

static gboolean keep(IncidentCall *call, gint64 version, GError **error) {
  incident_sort(call->request->app->law, call->incident);
  return incident_store_update(call->change->conn, call->incident, version, error);
}

static gboolean run_in_change(Change *change, void *data, GError **error) {
  ActRun *run = data;
  IncidentCall *call = &run->call;
  call->change = change;
  call->told = json_object();
  call->incident = incident_reload(change, run->id, error);
  gint64 version = call->incident ? call->incident->version : 0;
  gboolean good = call->incident && check_state(call->incident, ACTS[run->act].states, error) &&
                  (!ACTS[run->act].touches || check_version(call->request, call->incident, error)) &&
                  ACTS[run->act].run(call, error) &&
                  (!ACTS[run->act].touches || keep(call, version, error));
  if (!good) {
    json_decref(call->told);
    return FALSE;
  }
  change_about(change, "incident", call->incident->id, call->incident->body_id, call->told);
  return TRUE;
}

static gboolean keep_file(Request *request, IncidentCall *call, GError **error) {
  const InputFile *file = input_file(request, "file");
  char sha256[65];
  if (!file)
    return TRUE;
  if (!file_keep(request->app, file->path, sha256, &call->file_size, error))
    return FALSE;
  call->file_sha256 = arena_text(request->arena, sha256, -1);
  call->file_name = file->name;
  return TRUE;
}

gboolean incident_act(Request *request, Doc *answer, GError **error) {
  gsize act = find_act(request->operation->name);
  const Incident *seen = incident_load(request, ACTS[act].permission, error);
  ActRun run = {.call = {.request = request}, .act = act, .id = seen ? seen->id : NULL};
  if (!seen || !keep_file(request, &run.call, error) || !request_change(request, run_in_change, &run, error))
    return FALSE;
  doc_text(answer, KEY("id"), run.call.result_id ? run.call.result_id : run.id);
  doc_text(answer, KEY("code"), run.call.incident->code);
  doc_text(answer, KEY("state"), run.call.incident->state);
  doc_int(answer, KEY("version"), run.call.incident->version);
  request->notice = message(request->lang, ACTS[act].notice);
  return TRUE;
}
