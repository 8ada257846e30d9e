/* What people do with alerts: take, decide, look again, open or join an incident. */
#include "base/date.h"
#include "core/message.h"
#include "core/user.h"
#include "module/alert/alert_pages.h"
#include "module/incident/incident.h"
#include <string.h>

#define MOST_AT_ONCE 200

typedef struct {
  const char *id;
  gint64 version; /* -1: not told */
  const char *state, *reason;
  gint64 ignored_until_ms;
  gboolean take;
  const char *incident_id; /* joins that one */
  gboolean open;           /* opens a new one */
  const char *title;
  const IncidentFinding *finding;
  IncidentOpened opened; /* out */
} Act;

static gboolean check_version(const Act *act, const Alert *alert, GError **error) {
  if (act->version < 0 || act->version == alert->version)
    return TRUE;
  g_set_error(error, APP_ERROR, ERROR_CONFLICT, "Người khác vừa xử lý cảnh báo %s. Xem lại rồi làm lại.", alert->code);
  return FALSE;
}

static void apply(Alert *alert, const Act *act, const Request *request) {
  if (act->state) {
    alert->state = act->state;
    alert->reason = act->reason ? act->reason : "";
    alert->ignored_until_ms = act->ignored_until_ms;
    alert->decided_ms = strcmp(act->state, TAB_VIEWING) == 0 ? 0 : request->now_ms;
  }
  if (act->take || !alert->assignee_id) {
    alert->assignee_id = request->user ? request->user->id : NULL;
    alert->taken_ms = request->now_ms;
  }
}

static gboolean change_one(Change *change, Act *act, GError **error) {
  const Request *request = change->request;
  Alert *alert = alert_store_get(change->conn, request->arena, act->id, error);
  if (!alert || !check_version(act, alert, error))
    return FALSE;
  if (act->take && strcmp(alert->state, TAB_NEW) != 0) {
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "%s đã được nhận xem hoặc đã có kết luận.", alert->code);
    return FALSE;
  }
  apply(alert, act, request);
  if (act->open || act->incident_id) {
    if (!(act->open ? incident_open(change, act->finding, &act->opened, error)
                    : incident_join(change, act->incident_id, act->finding, &act->opened, error)))
      return FALSE;
    alert->incident_id = act->opened.id;
  }
  change_about(change, "alert", alert->id, alert->body_id,
               json_pack("{s:s, s:s*, s:s*}", "state", alert->state, "reason", *alert->reason ? alert->reason : NULL, "incident", act->opened.code));
  return alert_store_update(change->conn, alert, error);
}

static gboolean run_one(Change *change, void *data, GError **error) {
  return change_one(change, data, error);
}

static gboolean finish(Request *request, Doc *answer, Act *act, const Alert *alert, const char *notice, GError **error) {
  act->id = alert->id;
  act->version = input_int(request, "version", -1);
  if (!request_change(request, run_one, act, error))
    return FALSE;
  doc_text(answer, KEY("id"), alert->id);
  doc_text(answer, KEY("code"), alert->code);
  doc_text(answer, KEY("incident"), act->opened.code);
  request->notice = message(request->lang, notice);
  return TRUE;
}

gboolean alert_take(Request *request, Doc *answer, GError **error) {
  const Alert *alert = alert_require(request, "alert.triage", error);
  Act act = {.state = TAB_VIEWING, .take = TRUE};
  return alert && finish(request, answer, &act, alert, "Đã nhận xem cảnh báo.", error);
}

gboolean alert_reopen(Request *request, Doc *answer, GError **error) {
  const Alert *alert = alert_require(request, "alert.triage", error);
  Act act = {.state = TAB_VIEWING};
  return alert && finish(request, answer, &act, alert, "Cảnh báo được xem lại.", error);
}

/* --- a verdict, for one or for many --- */

static gboolean read_verdict(Request *request, Act *act, GError **error) {
  const char *until = input_text(request, "until");
  Day day;
  act->state = input_text(request, "verdict");
  act->reason = input_text(request, "reason");
  if (strcmp(act->state, "true") != 0 && !act->reason)
    return request_refuse_field(request, "reason", "Nêu lý do coi là báo nhầm hoặc bỏ qua.", error);
  if (strcmp(act->state, "ignored") != 0)
    return TRUE;
  if (!until || !date_parse_day(until, &day) || day_start_ms(day) < request->now_ms)
    return request_refuse_field(request, "until", "Bỏ qua cần một ngày hết hạn sau hôm nay.", error);
  act->ignored_until_ms = day_start_ms(day_add(day, 1));
  return TRUE;
}

gboolean alert_decide(Request *request, Doc *answer, GError **error) {
  const Alert *alert = alert_require(request, "alert.triage", error);
  Act act = {0};
  return alert && read_verdict(request, &act, error) && finish(request, answer, &act, alert, "Đã ghi kết luận.", error);
}

typedef struct {
  Act act;
  const char *const *ids;
} Many;

static gboolean run_many(Change *change, void *data, GError **error) {
  Many *many = data;
  for (const char *const *id = many->ids; *id; id++) {
    many->act.id = *id;
    if (!change_one(change, &many->act, error))
      return FALSE;
  }
  return TRUE;
}

gboolean alert_decide_many(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  Many many = {.act = {.version = -1}, .ids = input_list(request, "ids")};
  int count = 0;
  if (!conn || !read_verdict(request, &many.act, error))
    return FALSE;
  for (; many.ids[count]; count++) {
    const Alert *alert = count < MOST_AT_ONCE ? alert_store_get(conn, request->arena, many.ids[count], error) : NULL;
    if (!alert && (!error || !*error))
      return request_refuse_field(request, "ids", count < MOST_AT_ONCE ? "Có cảnh báo không còn." : "Chọn ít hơn 200 cảnh báo một lần.", error);
    if (!alert || !request_require(request, "alert.triage", alert->body_id, error))
      return FALSE;
  }
  if (!count)
    return request_refuse_field(request, "ids", "Chưa chọn cảnh báo nào.", error);
  if (!request_change(request, run_many, &many, error))
    return FALSE;
  doc_int(answer, KEY("count"), count);
  request->notice = arena_printf(request->arena, "%s %d.", message(request->lang, "Đã ghi kết luận; số cảnh báo:"), count);
  return TRUE;
}

/* --- an incident --- */

static void add_sign(const char *kind, const char *value, void *data) {
  const IncidentSign sign = {g_strdup(kind), g_strdup(value)};
  g_array_append_val(data, sign);
}

static void clear_sign(gpointer data) {
  IncidentSign *sign = data;
  g_free((char *)(gintptr)sign->kind);
  g_free((char *)(gintptr)sign->value);
}

static const char *describe(Request *request, const Alert *alert) {
  g_autoptr(GString) text = g_string_new(alert->title);
  g_string_append_printf(text, ". %s, %" G_GINT64_FORMAT " lần", alert_span(request->arena, alert->first_ms, alert->last_ms, alert->first_ms), alert->count);
  if (*alert->host)
    g_string_append_printf(text, ", máy %s", alert->host);
  if (*alert->source_name)
    g_string_append_printf(text, ", theo nhật ký %s", alert->source_name);
  g_string_append(text, ".");
  if (*alert->explanation)
    g_string_append_printf(text, "\n%s", alert->explanation);
  Doc *events = doc_list(doc_new(request->arena), KEY("events"));
  if (alert_store_events(request, alert->id, events, NULL) && events->first)
    g_string_append_printf(text, "\nSự kiện đầu tiên: %.1500s", doc_get_text(events->first, KEY("raw")));
  g_autofree char *valid = g_utf8_make_valid(text->str, -1);
  return arena_text(request->arena, valid, -1);
}

static gboolean to_incident(Request *request, Doc *answer, const Alert *alert, Act *act, GError **error) {
  g_autoptr(GArray) signs = g_array_new(FALSE, FALSE, sizeof(IncidentSign));
  g_array_set_clear_func(signs, clear_sign);
  if (!alert_store_observables(request_read(request, NULL), alert->id, add_sign, signs, error))
    return FALSE;
  const IncidentFinding finding = {
      .body_id = alert->body_id, .origin = arena_printf(request->arena, "cảnh báo %s", alert->code),
      .title = act->title ? act->title : alert->title, .text = describe(request, alert), .kind = *alert->scenario ? alert->scenario : NULL,
      .system_name = alert->system_name, .seen_ms = alert->first_ms, .signs = (const IncidentSign *)(gpointer)signs->data, .n_signs = signs->len,
  };
  act->finding = &finding;
  act->state = "true";
  gboolean good = finish(request, answer, act, alert, act->open ? "Đã mở sự cố từ cảnh báo." : "Đã gắn cảnh báo vào sự cố.", error);
  act->finding = NULL;
  return good;
}

gboolean alert_open_incident(Request *request, Doc *answer, GError **error) {
  const Alert *alert = alert_require(request, "incident.report", error);
  Act act = {.open = TRUE, .title = input_text(request, "title")};
  return alert && to_incident(request, answer, alert, &act, error);
}

gboolean alert_join_incident(Request *request, Doc *answer, GError **error) {
  const Alert *alert = alert_require(request, "incident.report", error);
  GError *failed = NULL;
  Act act = {.incident_id = alert ? incident_find_open(request, input_text(request, "incident"), &failed) : NULL};
  if (failed)
    g_propagate_error(error, failed);
  else if (alert && !act.incident_id)
    return request_refuse_field(request, "incident", "Không có sự cố đang mở nào mang mã này trong phạm vi được xử lý.", error);
  return act.incident_id && to_incident(request, answer, alert, &act, error);
}
