/* Sending: the job, and what each outcome does to the case. */
#include "base/clock.h"
#include "base/date.h"
#include "base/process.h"
#include "core/file.h"
#include "core/job.h"
#include "core/setting.h"
#include "module/incident/incident_delivery.h"
#include "module/mail/mail.h"
#include <string.h>

#define WAIT_MOST_MS HOUR_MS
#define SENDING_MOST_MS (2 * MINUTE_MS) /* no dialogue lasts that long: MAIL_TIMEOUT_MS */
#define FILES_MOST 20
#define RECORD_TRIES 5

/* --- into the outbox --- */

static const char *message_id(IncidentCall *call, const char *id) {
  const char *from = setting_text(call->request->app, call->request->arena, "mail.from"), *host = strchr(from, '@');
  return arena_printf(call->request->arena, "%s%s", id, host ? host : "@localhost");
}

gboolean incident_deliver(IncidentCall *call, const NewDelivery *message, GError **error) {
  const char *id = incident_new_id(call);
  gint64 now_ms = call->request->now_ms;
  const IncidentDelivery delivery = {
      .id = id, .incident_id = call->incident->id, .notice_id = message->notice_id, .recipient = message->recipient,
      .address = message->address, .subject = message->subject, .text = message->text, .files = message->files,
      .message_id = message_id(call, id), .state = "waiting", .next_ms = now_ms, .account_id = incident_actor(call->request),
      .created_ms = now_ms,
  };
  return incident_delivery_insert(call->change->conn, &delivery, error) &&
         job_add(call->change, "incident.deliver", json_object(), now_ms, error);
}

/* --- what an outcome does to the case --- */

typedef gboolean (*OutcomeFunc)(IncidentCall *call, const IncidentDelivery *delivery, GError **error);

static const char *who(IncidentCall *call, const IncidentDelivery *delivery) {
  return arena_printf(call->request->arena, "%s <%s>", delivery->recipient, delivery->address);
}

static gboolean note_sent(IncidentCall *call, const IncidentDelivery *delivery, GError **error) {
  if (!delivery->notice_id)
    return incident_auto_log(call, error, "Đã gửi thư đến %s: %s", who(call, delivery), delivery->subject);
  const char *proof = arena_printf(call->request->arena, "Thư <%s>; máy chủ thư trả lời: %s", delivery->message_id, delivery->answer);
  const IncidentNoticeWent went = {.channel = "email", .recipient = who(call, delivery), .proof = proof,
                                   .at_ms = delivery->ended_ms, .account_id = delivery->account_id};
  return incident_notice_went(call, delivery->notice_id, &went, error);
}

static gboolean note_failed(IncidentCall *call, const IncidentDelivery *delivery, GError **error) {
  return incident_auto_log(call, error, "Gửi thư không thành đến %s: %s Gửi bằng cách khác, rồi ghi lại.", who(call, delivery),
                           delivery->answer);
}

static gboolean note_unknown(IncidentCall *call, const IncidentDelivery *delivery, GError **error) {
  return incident_auto_log(call, error, "Không rõ thư đến %s đã tới hay chưa. Kiểm tra với nơi nhận, rồi ghi đã gửi hoặc gửi lại.",
                           who(call, delivery));
}

/* The first time only: a day without a mail server is one line, not thirty. */
static gboolean note_delayed(IncidentCall *call, const IncidentDelivery *delivery, GError **error) {
  return delivery->attempts != 1 || incident_auto_log(call, error, "Chưa gửi được thư đến %s, hệ thống thử lại: %s", who(call, delivery),
                                                      delivery->answer);
}

static const struct {
  const char *state;
  OutcomeFunc note;
} OUTCOMES[] = {{"sending", NULL}, {"sent", note_sent}, {"failed", note_failed}, {"unknown", note_unknown}, {"waiting", note_delayed}};

/* --- one step of a delivery, as one change --- */

typedef struct {
  const char *id, *from;        /* the state that it must be in */
  const char *state, *answer;   /* what it becomes */
  gint64 next_ms;
} Step;

static gboolean step_in_change(Change *change, void *data, GError **error) {
  const Step *step = data;
  IncidentCall call = {.change = change, .request = change->request};
  IncidentDelivery *delivery = incident_delivery_get(change->conn, change->request->arena, step->id, error);
  call.incident = delivery ? incident_reload(change, delivery->incident_id, error) : NULL;
  if (!call.incident)
    return FALSE;
  char mark[PROCESS_MARK_SIZE] = "";
  gboolean begins = strcmp(step->state, "sending") == 0, waits = strcmp(step->state, "waiting") == 0;
  if (begins)
    process_mark(mark);
  delivery->state = step->state;
  delivery->holder = mark;
  delivery->attempts += !begins;
  delivery->begun_ms = begins ? change->request->now_ms : waits ? 0 : delivery->begun_ms;
  delivery->ended_ms = begins || waits ? 0 : change->request->now_ms;
  delivery->next_ms = waits ? step->next_ms : delivery->next_ms;
  delivery->answer = begins ? "" : step->answer;
  change_about(change, "incident", call.incident->id, call.incident->body_id,
               json_pack("{s:s, s:s, s:[s, s]}", "delivery", delivery->id, "address", delivery->address, "state", step->from, step->state));
  if (!incident_delivery_update(change->conn, delivery, step->from, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS(OUTCOMES); i++)
    if (strcmp(OUTCOMES[i].state, step->state) == 0 && OUTCOMES[i].note)
      return OUTCOMES[i].note(&call, delivery, error);
  return TRUE;
}

static gboolean take_step(App *app, const Step *step, GError **error) {
  g_autoptr(Arena) arena = arena_new();
  g_autoptr(Request) request = request_new_for_job(app, arena, "incident.deliver");
  return request_change(request, step_in_change, (void *)(gintptr)step, error);
}

/* What has happened outside must be written down: trouble that passes is waited for. */
static gboolean record(App *app, const Step *step, GError **error) {
  for (int i = 1; i < RECORD_TRIES; i++) {
    g_autoptr(GError) failed = NULL;
    if (take_step(app, step, &failed))
      return TRUE;
    if (!error_info(failed)->retry && error_info(failed)->code != ERROR_FULL) {
      g_propagate_error(error, g_steal_pointer(&failed));
      return FALSE;
    }
    g_usleep(G_USEC_PER_SEC);
  }
  return take_step(app, step, error);
}

/* --- one message --- */

typedef struct {
  App *app;
  const IncidentDelivery *delivery;
  gboolean begun;
} Sending;

/* The server waits for the text: from here on a kill leaves an unknown fate, so this is on disk first. */
static gboolean begin(void *data, GError **error) {
  Sending *sending = data;
  const Step step = {.id = sending->delivery->id, .from = "waiting", .state = "sending"};
  sending->begun = take_step(sending->app, &step, error);
  return sending->begun;
}

static GArray *load_files(App *app, const json_t *list, GError **error) {
  g_autoptr(GArray) files = g_array_new(FALSE, FALSE, sizeof(MailFile));
  for (gsize i = 0; i < MIN(json_array_size(list), FILES_MOST); i++) {
    MailFile file = {0};
    const char *sha256 = NULL;
    if (json_unpack(json_array_get(list, i), "{s:s, s:s, s:s}", "name", &file.name, "type", &file.type, "sha256", &sha256) == 0)
      file.bytes = file_read(app, sha256, error);
    if (!file.bytes) {
      if (error && !*error)
        g_set_error(error, APP_ERROR, ERROR_FAILED, "Danh sách tệp kèm thư không đọc được.");
      for (guint k = 0; k < files->len; k++)
        g_bytes_unref(g_array_index(files, MailFile, k).bytes);
      return NULL;
    }
    g_array_append_val(files, file);
  }
  return g_steal_pointer(&files);
}

static gboolean send_message(Sending *sending, MailWatch *watch, GError **error) {
  const IncidentDelivery *delivery = sending->delivery;
  json_t *list = json_loads(delivery->files, 0, NULL);
  g_autoptr(GArray) files = load_files(sending->app, list, error);
  gboolean good = FALSE;
  if (files) {
    const MailMessage message = {.to = delivery->address, .subject = delivery->subject, .text = delivery->text, .id = delivery->message_id,
                                 .at_ms = clock_now_ms(), .files = (const MailFile *)(void *)files->data, .n_files = files->len};
    good = mail_deliver(sending->app, &message, watch, error);
    for (guint i = 0; i < files->len; i++)
      g_bytes_unref(g_array_index(files, MailFile, i).bytes);
  }
  json_decref(list);
  return good;
}

static gint64 next_try_ms(const IncidentDelivery *delivery) {
  return clock_now_ms() + MIN(MINUTE_MS << MIN(delivery->attempts, 6), WAIT_MOST_MS);
}

/* *out_silent: nobody answered at the server's place, so the others need not try it now; g_free. */
static gboolean send_one(App *app, const IncidentDelivery *delivery, char **out_silent, GError **error) {
  Sending sending = {app, delivery, FALSE};
  MailWatch watch = {.begin = begin, .data = &sending};
  g_autoptr(GError) failed = NULL;
  Step step = {.id = delivery->id, .from = "sending", .state = "sent", .answer = watch.answer};
  if (send_message(&sending, &watch, &failed))
    return record(app, &step, error);
  gboolean later = error_info(failed)->retry;
  if (error_info(failed)->code == ERROR_CONFLICT) /* another process took it, or it was stopped */
    return TRUE;
  if (!sending.begun)
    step.from = "waiting";
  step.state = watch.unknown ? "unknown" : later ? "waiting" : "failed";
  step.answer = watch.unknown ? "Máy chủ thư không trả lời sau khi nhận hết nội dung." : failed->message;
  step.next_ms = next_try_ms(delivery);
  if (later && !*watch.answer)
    *out_silent = g_strdup(failed->message);
  return record(app, &step, error);
}

/* --- the job --- */

/* What a process that is no more had begun: nobody knows whether it arrived. */
static gboolean settle_abandoned(App *app, Arena *arena, GError **error) {
  StoreConn *conn = store_read(app->store, error);
  g_autoptr(GPtrArray) found = conn ? incident_deliveries_sending(conn, arena, error) : NULL;
  for (guint i = 0; found && i < found->len; i++) {
    const IncidentDelivery *delivery = g_ptr_array_index(found, i);
    if (!process_is_gone(delivery->holder) && ABS(clock_now_ms() - delivery->begun_ms) < SENDING_MOST_MS) /* the clock may have been set back */
      continue;
    const Step step = {.id = delivery->id, .from = "sending", .state = "unknown",
                       .answer = "Việc gửi bị ngắt sau khi máy chủ thư đã nhận nội dung."};
    if (!take_step(app, &step, error))
      return FALSE;
  }
  return found != NULL;
}

static gboolean delay(App *app, const IncidentDelivery *delivery, const char *why, GError **error) {
  const Step step = {.id = delivery->id, .from = "waiting", .state = "waiting", .answer = why, .next_ms = next_try_ms(delivery)};
  return take_step(app, &step, error);
}

gboolean incident_deliver_due(App *app, const json_t *payload, GError **error) {
  g_autoptr(Arena) arena = arena_new();
  g_autofree char *silent = NULL;
  StoreConn *conn = store_read(app->store, error);
  (void)payload;
  if (!conn || !settle_abandoned(app, arena, error))
    return FALSE;
  g_autoptr(GPtrArray) due = incident_deliveries_due(conn, arena, clock_now_ms(), error);
  for (guint i = 0; due && i < due->len; i++) {
    const IncidentDelivery *delivery = g_ptr_array_index(due, i);
    if (!(silent ? delay(app, delivery, silent, error) : send_one(app, delivery, &silent, error)))
      return FALSE;
  }
  return due != NULL;
}
