/* Who was told what, when, how, with what proof. */
#include "core/file.h"
#include "module/incident/incident_act.h"
#include <string.h>

static IncidentNotice *find(IncidentCall *call, const char *id, GError **error) {
  g_autoptr(GPtrArray) notices = incident_store_notices(call->change->conn, call->request->arena, call->incident->id, error);
  for (guint i = 0; notices && i < notices->len; i++) {
    IncidentNotice *notice = g_ptr_array_index(notices, i);
    if (strcmp(notice->id, id) == 0)
      return notice;
  }
  if (notices)
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Sự cố này không có thông báo đó.");
  return NULL;
}

static gboolean require(const IncidentNotice *notice, const char *state, const char *words, GError **error) {
  if (strcmp(notice->state, state) == 0)
    return TRUE;
  g_set_error(error, APP_ERROR, ERROR_REFUSED, "%s", words);
  return FALSE;
}

static gboolean attach(IncidentCall *call, IncidentNotice *notice, GError **error) {
  return !call->file_sha256 ||
         attachment_add(call->change, "incident", call->incident->id, call->incident->body_id, call->file_sha256, call->file_size,
                        call->file_name, "application/octet-stream", &notice->attachment_id, error);
}

/* The law asks an "update when it ends" of those who were told before the end: the first sending is the fact. */
static gboolean note_first_notice(IncidentCall *call, const IncidentNotice *notice, GError **error) {
  json_t *facts = json_loads(call->incident->facts, 0, NULL);
  gboolean known = json_is_string(json_object_get(facts, "notice_sent_at"));
  json_decref(facts);
  if (strcmp(notice->clock, "notice") != 0 || known)
    return TRUE;
  incident_set_fact_time(call, "notice_sent_at", notice->sent_ms);
  return incident_recompute(call, "Đã gửi thông báo sự cố", error);
}

static gboolean note_sending(IncidentCall *call, const IncidentNotice *notice, const IncidentNoticeWent *went, GError **error) {
  return incident_auto_log(call, error, "Đã gửi đến %s qua %s: %s. Minh chứng: %s", went->recipient, incident_channel_label(went->channel),
                           notice->what, went->proof);
}

static gboolean went_out(IncidentCall *call, IncidentNotice *notice, const IncidentNoticeWent *went, GError **error) {
  notice->state = "sent";
  notice->sent_ms = went->at_ms;
  notice->channel = went->channel;
  notice->recipient = went->recipient;
  notice->proof = went->proof;
  notice->account_id = went->account_id;
  return incident_store_put_notice(call->change->conn, call->incident->id, notice, error) && note_sending(call, notice, went, error) &&
         note_first_notice(call, notice, error);
}

gboolean act_notice_send(IncidentCall *call, GError **error) {
  Request *request = call->request;
  IncidentNotice *notice = find(call, input_text(request, "notice"), error);
  const char *proof = incident_given(request, "proof");
  if (!notice || !require(notice, "unsent", "Thông báo này đã gửi hoặc không còn phải gửi.", error))
    return FALSE;
  const IncidentNoticeWent went = {.channel = input_text(request, "channel"), .recipient = input_text(request, "recipient"),
                                   .proof = *proof || !call->file_name ? proof : call->file_name,
                                   .at_ms = input_int(request, "at", request->now_ms), .account_id = incident_actor(request)};
  if (went.at_ms > request->now_ms)
    return request_refuse_field(request, "at", "Giờ gửi ở tương lai.", error);
  if (!*proof && !call->file_sha256)
    return request_refuse_field(request, "proof", "Cần minh chứng: số văn bản, mã thư, người nghe máy, hoặc tệp.", error);
  call->result_id = notice->id;
  return attach(call, notice, error) && went_out(call, notice, &went, error);
}

/* A notice that was sent otherwise in the meantime keeps how it went first; the log has both. */
gboolean incident_notice_went(IncidentCall *call, const char *notice_id, const IncidentNoticeWent *went, GError **error) {
  IncidentNotice *notice = find(call, notice_id, error);
  gint64 version = call->incident->version;
  if (!notice)
    return FALSE;
  if (strcmp(notice->state, "unsent") != 0)
    return note_sending(call, notice, went, error);
  return went_out(call, notice, went, error) && incident_store_update(call->change->conn, call->incident, version, error);
}

gboolean act_notice_confirm(IncidentCall *call, GError **error) {
  Request *request = call->request;
  IncidentNotice *notice = find(call, input_text(call->request, "notice"), error);
  const char *proof = incident_given(request, "proof");
  if (!notice || !require(notice, "sent", "Chỉ xác nhận được thông báo đã gửi.", error))
    return FALSE;
  notice->state = "confirmed";
  notice->confirmed_ms = input_int(request, "at", request->now_ms);
  if (notice->confirmed_ms < notice->sent_ms || notice->confirmed_ms > request->now_ms)
    return request_refuse_field(request, "at", "Giờ xác nhận phải sau giờ gửi và không ở tương lai.", error);
  return incident_store_put_notice(call->change->conn, call->incident->id, notice, error) &&
         incident_auto_log(call, error, "%s xác nhận đã nhận%s%s.", notice->recipient, *proof ? ": " : "", proof);
}

/* A channel that failed leaves the notice unsent, and is on record. */
gboolean act_notice_fail(IncidentCall *call, GError **error) {
  const IncidentNotice *notice = find(call, input_text(call->request, "notice"), error);
  if (!notice || !require(notice, "unsent", "Thông báo này đã gửi hoặc không còn phải gửi.", error))
    return FALSE;
  return incident_auto_log(call, error, "Gửi không thành qua %s: %s. %s", incident_channel_label(input_text(call->request, "channel")),
                           notice->what, input_text(call->request, "reason"));
}
