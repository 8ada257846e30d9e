#include "module/incident/incident_period.h"
#include "base/date.h"
#include "core/body.h"
#include "core/message.h"
#include "core/setting.h"
#include "core/show.h"
#include <string.h>

static const char *iso_day(Arena *arena, Day day) {
  char text[11];
  date_write_iso_day(text, day_start_ms(day));
  return arena_text(arena, text, -1);
}

gint64 incident_once_ms(const Request *request) {
  return setting_int(request->app, "incident.at_once_minutes") * MINUTE_MS;
}

gboolean incident_take_period(Request *request, IncidentFilter *out, GError **error) {
  const char *body = input_text(request, "body"), *from = input_text(request, "from"), *to = input_text(request, "to");
  Day today = day_at(request->now_ms);
  *out = (IncidentFilter){.body_id = body ? body : request->body_id, .level = -1, .now_ms = request->now_ms,
                          .from_day = from ? from : iso_day(request->arena, day_period_first(today, 12)),
                          .to_day = to ? to : iso_day(request->arena, day_period_last(today, 12)),
                          .once_ms = incident_once_ms(request)};
  if (!request_require(request, "incident.read", out->body_id, error))
    return FALSE;
  return strcmp(out->from_day, out->to_day) <= 0 || request_refuse_field(request, "to", "Ngày cuối kỳ đứng trước ngày đầu kỳ.", error);
}

const char *incident_period_query(Request *request, const IncidentFilter *filter) {
  gboolean own = g_strcmp0(filter->body_id, request->body_id) == 0;
  return arena_printf(request->arena, "from=%s&to=%s%s%s", filter->from_day, filter->to_day, own ? "" : "&body=", own ? "" : filter->body_id);
}

const char *incident_figure_url(Request *request, const IncidentFilter *filter, const char *narrow) {
  return arena_printf(request->arena, "/su-co?%s%s%s", incident_period_query(request, filter), *narrow ? "&" : "", narrow);
}

static const struct {
  const char *label;
  int months, before; /* so long; so many of them before the present one */
} PRESETS[] = {{"Quý này", 3, 0}, {"Quý trước", 3, 1}, {"06 tháng này", 6, 0}, {"06 tháng trước", 6, 1}, {"Năm nay", 12, 0}, {"Năm trước", 12, 1}};

static void add_presets(Request *request, const IncidentFilter *filter, const char *page, Doc *period) {
  Doc *presets = doc_list(period, KEY("presets"));
  for (gsize i = 0; i < G_N_ELEMENTS(PRESETS); i++) {
    Day first = day_add_months(day_period_first(day_at(request->now_ms), PRESETS[i].months), -PRESETS[i].before * PRESETS[i].months);
    IncidentFilter other = *filter;
    other.from_day = iso_day(request->arena, first);
    other.to_day = iso_day(request->arena, day_period_last(first, PRESETS[i].months));
    Doc *row = doc_object(presets, NULL);
    doc_text(row, KEY("label"), message(request->lang, PRESETS[i].label));
    doc_text(row, KEY("url"), arena_printf(request->arena, "%s?%s", page, incident_period_query(request, &other)));
    doc_bool(row, KEY("current"), strcmp(other.from_day, filter->from_day) == 0 && strcmp(other.to_day, filter->to_day) == 0);
  }
}

gboolean incident_add_period(Request *request, const IncidentFilter *filter, const char *page, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  const Body *body = conn ? body_get(conn, request->arena, filter->body_id, error) : NULL;
  if (!body)
    return FALSE;
  gboolean own = g_strcmp0(body->id, request->body_id) == 0;
  Doc *period = doc_object(answer, KEY("period"));
  const char *from = show_day(request->arena, filter->from_day), *to = show_day(request->arena, filter->to_day);
  doc_text(period, KEY("from"), filter->from_day);
  doc_text(period, KEY("to"), filter->to_day);
  doc_text(period, KEY("from_text"), from);
  doc_text(period, KEY("to_text"), to);
  doc_text(period, KEY("text"), arena_printf(request->arena, "%s – %s", from, to));
  doc_text(period, KEY("query"), incident_period_query(request, filter));
  doc_text(period, KEY("page"), page);
  doc_text(period, KEY("body"), body->name);
  if (!own) {
    IncidentFilter all = *filter;
    all.body_id = request->body_id;
    doc_text(period, KEY("body_id"), body->id);
    doc_text(period, KEY("all_url"), arena_printf(request->arena, "%s?%s", page, incident_period_query(request, &all)));
  }
  add_presets(request, filter, page, period);
  return TRUE;
}

const char *incident_cause_label(Request *request, const char *cause) {
  static const char PREFIX[] = "Tình huống sự cố ";
  const LawKindGroup *group = *cause ? law_find(request->app->law->kind_groups, cause) : NULL;
  if (!group)
    return message(request->lang, "Chưa phân loại");
  if (!g_str_has_prefix(group->name, PREFIX))
    return group->name;
  const char *rest = group->name + strlen(PREFIX);
  g_autofree char *first = g_utf8_strup(rest, (gssize)(g_utf8_next_char(rest) - rest));
  return arena_printf(request->arena, "%s%s", first, g_utf8_next_char(rest));
}
