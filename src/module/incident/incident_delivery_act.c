/* What people decide about messages: send, send again, it has arrived, stop. */
#include "core/job.h"
#include "module/incident/incident_delivery.h"
#include "module/incident/incident_mailing.h"
#include <string.h>

/* Nothing goes outside on the word of somebody whom nobody has asked back. */
static gboolean require_verified(const Incident *incident, const IncidentMailing *mailing, GError **error) {
  if (incident_mailing_may_go(incident, mailing))
    return TRUE;
  g_set_error(error, APP_ERROR, ERROR_REFUSED,
              "Chưa xác minh người báo: gọi lại số đã biết hoặc hỏi qua kênh thứ hai, ghi lại, rồi mới gửi thông báo ra ngoài.");
  return FALSE;
}

static const char *list_targets(IncidentCall *call, const IncidentMailing *mailing) {
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < mailing->targets->len; i++) {
    const IncidentTarget *target = g_ptr_array_index(mailing->targets, i);
    g_string_append_printf(text, "%s%s <%s>", i ? "; " : "", target->name, target->address);
  }
  return arena_text(call->request->arena, text->str, (gssize)text->len);
}

static gboolean keep_files(IncidentCall *call, const IncidentMailing *mailing, GError **error) {
  for (guint i = 0; i < mailing->files->len; i++) {
    const IncidentMailFile *file = g_ptr_array_index(mailing->files, i);
    const char *id = NULL;
    if (!attachment_add(call->change, "incident", call->incident->id, call->incident->body_id, file->sha256,
                        file->size_bytes, file->name, file->type, &id, error))
      return FALSE;
  }
  return TRUE;
}

gboolean act_notice_mail(IncidentCall *call, GError **error) {
  const IncidentMailing *mailing = incident_mailing_of(call->request);
  const char *text = input_text(call->request, "text"), *subject = input_text(call->request, "subject");
  if (!require_verified(call->incident, mailing, error) || !keep_files(call, mailing, error))
    return FALSE;
  for (guint i = 0; i < mailing->targets->len; i++) {
    const IncidentTarget *target = g_ptr_array_index(mailing->targets, i);
    const NewDelivery message = {.notice_id = target->notice_id, .recipient = target->name, .address = target->address,
                                 .subject = subject ? subject : mailing->subject, .text = text ? text : mailing->text,
                                 .files = mailing->files_json};
    if (!incident_deliver(call, &message, error))
      return FALSE;
  }
  json_object_set_new(call->told, "mail", json_integer(mailing->targets->len));
  return incident_auto_log(call, error, "%s gửi thư đến %u nơi: %s. Nội dung: %s", call->request->user->name, mailing->targets->len,
                           list_targets(call, mailing), mailing->what);
}

static IncidentDelivery *find(IncidentCall *call, const char *states, const char *words, GError **error) {
  IncidentDelivery *delivery =
      incident_delivery_get(call->change->conn, call->request->arena, input_text(call->request, "delivery"), error);
  if (delivery && strcmp(delivery->incident_id, call->incident->id) == 0) {
    if (incident_is_one_of(delivery->state, states)) {
      json_object_set_new(call->told, "delivery", json_string(delivery->id));
      call->result_id = delivery->id;
      return delivery;
    }
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "%s", words);
    return NULL;
  }
  if (!error || !*error)
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Sự cố này không có thư đó.");
  return NULL;
}

/* The same message with the same id: a reader's program that has it drops the second copy. */
gboolean act_delivery_again(IncidentCall *call, GError **error) {
  IncidentDelivery *delivery = find(call, "waiting failed unknown stopped", "Thư này đang gửi hoặc đã gửi.", error);
  const char *from = delivery ? delivery->state : NULL;
  if (!delivery)
    return FALSE;
  delivery->state = "waiting";
  delivery->attempts = delivery->begun_ms = delivery->ended_ms = 0;
  delivery->next_ms = call->request->now_ms;
  return incident_delivery_update(call->change->conn, delivery, from, error) &&
         job_add(call->change, "incident.deliver", json_object(), call->request->now_ms, error) &&
         incident_auto_log(call, error, "%s cho gửi lại thư đến %s <%s>.", call->request->user->name, delivery->recipient, delivery->address);
}

gboolean act_delivery_sent(IncidentCall *call, GError **error) {
  IncidentDelivery *delivery = find(call, "unknown", "Chỉ ghi đã gửi cho thư không rõ kết quả.", error);
  const Request *request = call->request;
  const char *proof = input_text(request, "proof");
  if (!delivery)
    return FALSE;
  const char *from = delivery->state;
  gint64 begun_ms = delivery->begun_ms;
  delivery->state = "sent";
  delivery->ended_ms = request->now_ms;
  delivery->answer = arena_printf(request->arena, "%s: %s", request->user->name, proof);
  const IncidentNoticeWent went = {.channel = "email", .recipient = arena_printf(request->arena, "%s <%s>", delivery->recipient, delivery->address),
                                   .proof = arena_printf(request->arena, "Thư <%s>; nơi nhận xác nhận đã nhận: %s", delivery->message_id, proof),
                                   .at_ms = begun_ms, .account_id = incident_actor(request)};
  return incident_delivery_update(call->change->conn, delivery, from, error) &&
         (!delivery->notice_id || incident_notice_went(call, delivery->notice_id, &went, error));
}

gboolean act_delivery_stop(IncidentCall *call, GError **error) {
  IncidentDelivery *delivery = find(call, "waiting", "Chỉ thôi được thư đang chờ gửi.", error);
  if (!delivery)
    return FALSE;
  const char *from = delivery->state;
  delivery->state = "stopped";
  delivery->ended_ms = call->request->now_ms;
  return incident_delivery_update(call->change->conn, delivery, from, error) &&
         incident_auto_log(call, error, "%s thôi gửi thư đến %s <%s>: %s", call->request->user->name, delivery->recipient, delivery->address,
                           input_text(call->request, "reason"));
}
