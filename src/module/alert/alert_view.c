/* The page of one alert: what it means, where it was seen, the events raw and decoded, what to do. */
#include "core/form.h"
#include "core/history.h"
#include "core/message.h"
#include "core/show.h"
#include "module/alert/alert_pages.h"
#include <string.h>

const Alert *alert_require(Request *request, const char *permission, GError **error) {
  StoreConn *conn = request_read(request, error);
  const Alert *alert = conn ? alert_store_get(conn, request->arena, input_text(request, "id"), error) : NULL;
  if (alert)
    return request_require(request, permission, alert->body_id, error) ? alert : NULL;
  if (conn && (!error || !*error))
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Không có cảnh báo này, hoặc không thuộc phạm vi được xem.");
  return NULL;
}

static const struct {
  const char *operation, *submit, *permission, *states; /* states: where it is offered; "joined" beside them */
  gboolean button;
} OFFERS[] = {
    {"alert.take",          "Nhận xem",              "alert.triage",    "new",                          TRUE },
    {"alert.open_incident", "Mở sự cố",              "incident.report", "new viewing true",             FALSE},
    {"alert.join_incident", "Gắn vào sự cố đang mở", "incident.report", "new viewing true",             FALSE},
    {"alert.decide",        "Ghi kết luận",          "alert.triage",    "new viewing true false ignored", FALSE},
    {"alert.suppress",      "Bỏ qua về sau",         "alert.suppress",  "new viewing false ignored",    FALSE},
    {"alert.reopen",        "Xem lại",               "alert.triage",    "true false ignored",           TRUE },
};

static gboolean has_word(const char *words, const char *word) {
  g_auto(GStrv) list = g_strsplit(words, " ", -1);
  return g_strv_contains((const char *const *)list, word);
}

/* What may be suppressed by: the fields of the first event, and the machine. */
static void add_suppress_fields(Request *request, Doc *form, const Doc *events, const Alert *alert) {
  if (*alert->host)
    form_option(form, "field", "host", arena_printf(request->arena, "%s: %s", message(request->lang, "Máy"), alert->host), FALSE);
  const Doc *fields = events->first ? doc_get(events->first, KEY("fields")) : NULL;
  for (const Doc *field = fields ? fields->first : NULL; field; field = field->next)
    form_option(form, "field", doc_get_text(field, KEY("name")),
                arena_printf(request->arena, "%s: %.60s", doc_get_text(field, KEY("name")), doc_get_text(field, KEY("value"))), FALSE);
}

static void add_actions(Request *request, const Alert *alert, const Doc *events, Doc *answer) {
  Doc *buttons = doc_list(answer, KEY("buttons")), *actions = doc_list(answer, KEY("actions"));
  json_t *values = json_pack("{s:s, s:I, s:s}", "id", alert->code, "version", (json_int_t)alert->version, "title", alert->title);
  for (gsize i = 0; i < G_N_ELEMENTS(OFFERS); i++) {
    if (!has_word(OFFERS[i].states, alert->incident_id ? TAB_JOINED : alert->state) || !request_may(request, OFFERS[i].permission, alert->body_id))
      continue;
    Doc *form = form_add(request, OFFERS[i].button ? buttons : actions, NULL, OFFERS[i].operation, values, OFFERS[i].submit);
    if (strcmp(OFFERS[i].operation, "alert.suppress") == 0)
      add_suppress_fields(request, form, events, alert);
  }
  json_decref(values);
}

static void add_observable(const char *kind, const char *value, void *data) {
  Doc *row = doc_object(data, NULL);
  g_autofree char *safe = NULL;
  g_auto(GStrv) parts = g_strsplit(value, ".", -1);
  safe = strcmp(kind, "hash") == 0 ? g_strdup(value) : g_strjoinv("[.]", parts);
  doc_text_copy(row, KEY("kind"), kind);
  doc_text_copy(row, KEY("value"), safe);
}

/* "T1110.001" leads to its page only in words: there is no Internet to look it up. */
static void add_facts(Request *request, const Alert *alert, Doc *answer) {
  const struct {
    const char *label, *text;
  } facts[] = {
      {"Đơn vị", alert->body_name},           {"Hệ thống", alert->system_name},
      {"Máy", alert->host},                   {strcmp(alert->kind, "outside") == 0 ? "Nơi cảnh báo" : "Nguồn nhật ký", alert->source_name},
      {"Kỹ thuật ATT&CK", alert->techniques}, {"Loại sự cố có thể", alert->scenario},
      {"Mã luật", strcmp(alert->kind, "outside") == 0 ? NULL : alert->rule_id},            {"Tác giả luật", alert->author},
      {"Người xem", alert->assignee_name},    {"Thấy lần đầu", show_time(request->arena, alert->first_ms)},
      {"Thấy lần cuối", show_time(request->arena, alert->last_ms)},
      {"Thành cảnh báo lúc", show_time(request->arena, alert->created_ms)},
      {"Kết luận", alert->reason},            {"Bỏ qua đến", show_time(request->arena, alert->ignored_until_ms)},
  };
  Doc *list = doc_list(answer, KEY("facts"));
  for (gsize i = 0; i < G_N_ELEMENTS(facts); i++) {
    if (!facts[i].text || !*facts[i].text)
      continue;
    Doc *row = doc_object(list, NULL);
    doc_text(row, KEY("label"), message(request->lang, facts[i].label));
    doc_text(row, KEY("text"), facts[i].text);
  }
}

gboolean alert_view(Request *request, Doc *answer, GError **error) {
  const Alert *alert = alert_require(request, "alert.read", error);
  if (!alert)
    return FALSE;
  Doc *shown = doc_object(answer, KEY("alert"));
  alert_show(request, shown, alert);
  doc_text(shown, KEY("explanation"), strcmp(alert->kind, "outside") == 0 ? message(request->lang, "Cảnh báo do nơi khác gửi đến và được ghi vào đây; nguyên văn ở phần Sự kiện.")
                                                                        : alert->explanation);
  doc_text(shown, KEY("original"), alert->original);
  doc_text(shown, KEY("author"), alert->author);
  doc_text(shown, KEY("rule_id"), alert->rule_id);
  doc_text(shown, KEY("kind"), alert->kind);
  if (alert->incident_code)
    doc_text(shown, KEY("incident_url"), arena_printf(request->arena, "/su-co/%s", alert->incident_code));
  doc_int(answer, KEY("version"), alert->version);
  doc_text(answer, KEY("list_url"), "/canh-bao");
  add_facts(request, alert, answer);
  Doc *events = doc_list(answer, KEY("events"));
  if (!alert_store_events(request, alert->id, events, error))
    return FALSE;
  if (alert->count > ALERT_EVENTS_KEPT)
    doc_text(answer, KEY("events_note"), arena_printf(request->arena, "%d %s %" G_GINT64_FORMAT " %s", ALERT_EVENTS_KEPT, message(request->lang, "sự kiện đầu trong"),
                                                      alert->count, message(request->lang, "lần khớp; phần còn lại ở nhật ký đã lưu.")));
  add_actions(request, alert, events, answer);
  return alert_store_observables(request_read(request, NULL), alert->id, add_observable, doc_list(answer, KEY("observables")), error) &&
         history_list(request, "alert", alert->id, doc_list(answer, KEY("history")), error);
}
