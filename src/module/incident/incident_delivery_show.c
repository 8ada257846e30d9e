/* How notices stand and what one copies into a message, on the page of the case. */
#include "core/form.h"
#include "core/message.h"
#include "core/show.h"
#include "module/incident/incident_delivery.h"
#include <string.h>

/* In the order of what needs a person most. */
static const struct {
  const char *state, *css, *label;
} STATES[] = {
    {"unknown", "late", "Không rõ, kiểm tra với nơi nhận"}, {"failed", "late", "Gửi lỗi"},   {"waiting", "wait", "Đang chờ gửi"},
    {"sending", "doing", "Đang gửi"},                      {"sent", "done", "Đã gửi"},      {"stopped", "none", "Đã thôi gửi"},
};
#define NEEDS_NOBODY 4 /* from here on */

const char *incident_delivery_state(const GPtrArray *deliveries, const char *notice_id) {
  for (gsize s = 0; s < NEEDS_NOBODY; s++)
    for (guint i = 0; i < deliveries->len; i++) {
      const IncidentDelivery *delivery = g_ptr_array_index(deliveries, i);
      if (g_strcmp0(delivery->notice_id, notice_id) == 0 && strcmp(delivery->state, STATES[s].state) == 0)
        return STATES[s].state;
    }
  return NULL;
}

/* Other ways are offered beside it: the forms of the notice itself. */
static void add_forms(Request *request, const Incident *incident, const IncidentDelivery *delivery, Doc *row) {
  static const struct {
    const char *operation, *submit, *states;
    gboolean button;
  } OFFERS[] = {{"incident.delivery_again", "Gửi lại ngay", "waiting failed unknown stopped", TRUE},
                {"incident.delivery_sent", "Nơi nhận nói đã nhận", "unknown", FALSE},
                {"incident.delivery_stop", "Thôi gửi thư này", "waiting", FALSE}};
  json_t *values = json_pack("{s:s, s:s}", "id", incident->code, "delivery", delivery->id);
  Doc *buttons = doc_list(row, KEY("buttons")), *actions = doc_list(row, KEY("actions"));
  for (gsize i = 0; i < G_N_ELEMENTS(OFFERS); i++) {
    if (!incident_is_one_of(delivery->state, OFFERS[i].states))
      continue;
    Doc *form = form_add(request, OFFERS[i].button ? buttons : actions, NULL, OFFERS[i].operation, values, OFFERS[i].submit);
    doc_text(form, KEY("operation"), arena_printf(request->arena, "%s-%s", OFFERS[i].operation, delivery->id));
  }
  json_decref(values);
}

static void show_one(Request *request, const Incident *incident, const IncidentDelivery *delivery, Doc *list, gboolean may) {
  Doc *row = doc_object(list, NULL);
  gboolean waits = strcmp(delivery->state, "waiting") == 0, tried = waits && delivery->attempts > 0;
  doc_text(row, KEY("id"), delivery->id);
  doc_text(row, KEY("recipient"), delivery->recipient);
  doc_text(row, KEY("address"), delivery->address);
  doc_text(row, KEY("state_name"), delivery->state);
  for (gsize i = 0; i < G_N_ELEMENTS(STATES); i++)
    if (strcmp(STATES[i].state, delivery->state) == 0)
      show_status(request, row, KEY("state"), tried ? "soon" : STATES[i].css, tried ? "Chưa gửi được" : STATES[i].label);
  doc_text(row, KEY("made"), incident_moment(request->arena, delivery->created_ms));
  doc_text(row, KEY("ended"), incident_moment(request->arena, delivery->ended_ms));
  doc_text(row, KEY("next"), tried ? incident_moment(request->arena, delivery->next_ms) : NULL);
  doc_int(row, KEY("attempts"), delivery->attempts);
  doc_text(row, KEY("message_id"), delivery->message_id);
  doc_text(row, KEY("answer"), *delivery->answer ? delivery->answer : NULL);
  json_t *files = json_loads(delivery->files, 0, NULL);
  if (json_array_size(files))
    doc_json(row, KEY("files"), files);
  json_decref(files);
  doc_list(row, KEY("buttons"));
  doc_list(row, KEY("actions"));
  if (may)
    add_forms(request, incident, delivery, row);
}

void incident_show_deliveries(Request *request, const Incident *incident, const GPtrArray *deliveries, const char *notice_id, Doc *row,
                              gboolean may) {
  Doc *list = doc_list(row, KEY("deliveries"));
  for (guint i = 0; i < deliveries->len; i++) {
    const IncidentDelivery *delivery = g_ptr_array_index(deliveries, i);
    if (g_strcmp0(delivery->notice_id, notice_id) == 0)
      show_one(request, incident, delivery, list, may);
  }
}

/* What one pastes into a message: short, complete, without what only insiders may know. */
const char *incident_notice_text(Request *request, const Incident *incident, const IncidentNotice *notice) {
  const LawForm *form = *notice->form ? law_find(request->app->law->forms, notice->form) : NULL;
  return arena_printf(request->arena, "%s%s%s. %s. Hệ thống: %s%s. Phát hiện lúc %s. Hiện trạng: %s. Đơn vị báo: %s. Mã sự cố %s.",
                      form && form->email_subject ? form->email_subject : "", form && form->email_subject ? " " : "", notice->what,
                      incident->title, *incident->system_name ? incident->system_name : "đang xác định",
                      incident->system_level ? arena_printf(request->arena, " (cấp độ %d)", (int)incident->system_level) : "",
                      incident_moment(request->arena, incident->detected_ms), incident_state_label(incident->state), incident->body_name,
                      incident->code);
}
