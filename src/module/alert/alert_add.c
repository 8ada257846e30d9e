/* Warnings that come from elsewhere and are typed in or sent by REST. */
#include "core/form.h"
#include "core/message.h"
#include "module/alert/alert_pages.h"
#include "module/incident/incident.h"
#include <string.h>

gboolean alert_new_form(Request *request, Doc *answer, GError **error) {
  if (!request_require(request, "alert.triage", request->body_id, error))
    return FALSE;
  doc_text(answer, KEY("list_url"), "/canh-bao");
  form_add(request, answer, KEY("form"), "alert.add", NULL, "Ghi cảnh báo");
  return TRUE;
}

typedef struct {
  AlertHit hit;
  const char *id;
} Adding;

static gboolean raise_it(Change *change, void *data, GError **error) {
  Adding *adding = data;
  return alert_raise(change, &adding->hit, &adding->id, error);
}

static gboolean read_signs(Request *request, GArray *out_signs, GError **error) {
  const char *text = input_text(request, "signs");
  g_auto(GStrv) lines = g_strsplit_set(text ? text : "", "\r\n", -1);
  for (char **line = lines; *line; line++) {
    IncidentSign sign;
    if (!*g_strstrip(*line))
      continue;
    if (!incident_read_sign(request->arena, *line, &sign))
      return request_refuse_field(request, "signs", arena_printf(request->arena, "Không nhận ra dấu hiệu “%.80s”.", *line), error);
    const AlertObservable observable = {sign.kind, sign.value};
    g_array_append_val(out_signs, observable);
  }
  return TRUE;
}

gboolean alert_add(Request *request, Doc *answer, GError **error) {
  const char *title = input_text(request, "title"), *origin = input_text(request, "origin"), *host = input_text(request, "host");
  const char *text = input_text(request, "text");
  g_autoptr(GArray) signs = g_array_new(FALSE, FALSE, sizeof(AlertObservable));
  const AlertEvent event = {.at_ms = input_int(request, "at", request->now_ms), .received_ms = request->now_ms, .raw = text ? text : title};
  if (!request_require(request, "alert.triage", request->body_id, error) || !read_signs(request, signs, error))
    return FALSE;
  if (event.at_ms > request->now_ms)
    return request_refuse_field(request, "at", "Giờ xảy ra ở tương lai.", error);
  g_autofree char *rule = g_utf8_casefold(arena_printf(request->arena, "%s: %s", origin, title), -1);
  Adding adding = {.hit = {
      .body_id = request->body_id, .kind = "outside", .rule_id = rule, .group_key = host ? host : "", .title = title,
      .level = (int)g_ascii_strtoll(input_text(request, "level"), NULL, 10), .source_name = origin, .host = host, .count = 1, .events = &event,
      .n_events = 1, .observables = (const AlertObservable *)(gpointer)signs->data, .n_observables = signs->len}};
  if (!request_change(request, raise_it, &adding, error))
    return FALSE;
  const Alert *alert = adding.id ? alert_store_get(request_read(request, NULL), request->arena, adding.id, error) : NULL;
  if (!alert && (!error || !*error))
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "Cảnh báo như vậy đang được bỏ qua (xem mục Đang bỏ qua); chỉ số lần được đếm.");
  if (!alert)
    return FALSE;
  doc_text(answer, KEY("id"), alert->id);
  doc_text(answer, KEY("code"), alert->code);
  doc_int(answer, KEY("count"), alert->count);
  request->notice = message(request->lang, alert->count > 1 ? "Đã có cảnh báo như vậy; lần này được gộp vào." : "Đã ghi cảnh báo.");
  return TRUE;
}
