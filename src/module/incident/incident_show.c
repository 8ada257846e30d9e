/* How cases look: rows, due times, states of notices, choices. */
#include "base/date.h"
#include "core/form.h"
#include "core/message.h"
#include "core/setting.h"
#include "core/show.h"
#include "module/incident/incident_catalogue.h"
#include "module/incident/incident_pages.h"
#include "module/shift/shift.h"
#include <string.h>

#define SOON_MS (48 * HOUR_MS)

enum { SQL_PHONE, SQL_PEOPLE };
static const StoreSql SQL[] = {
    [SQL_PHONE] = {"incident.phone",
                   "SELECT c.name, CASE WHEN c.phone <> '' THEN c.phone ELSE c.phone_after_hours END FROM body_ancestor a "
                   "JOIN contact c ON c.body_id = a.ancestor_id AND c.kind IN ('duty', 'focal') AND c.until_day IS NULL "
                   "AND (c.phone <> '' OR c.phone_after_hours <> '') WHERE a.body_id = $1 ORDER BY a.depth, c.kind, c.id LIMIT 1", NULL},
    [SQL_PEOPLE] = {"incident.people",
                    "SELECT DISTINCT u.id, u.name FROM account u JOIN account_role r ON r.account_id = u.id "
                    "JOIN body_ancestor a ON a.ancestor_id = r.body_id AND a.body_id = $1 WHERE u.disabled_ms IS NULL "
                    "ORDER BY u.name, u.id LIMIT 200", NULL},
};
const StoreSqlTable incident_show_sql = {SQL, G_N_ELEMENTS(SQL)};

const char *incident_due_css(gint64 due_ms, gint64 now_ms) {
  return due_ms < now_ms ? "late" : due_ms < now_ms + SOON_MS ? "soon" : "";
}

void incident_show_due(Request *request, Doc *row, gint64 due_ms) {
  char left[80], iso[26], day[11];
  if (!due_ms || due_ms == NO_DUE_MS)
    return;
  date_write_countdown(left, due_ms, request->now_ms);
  date_write_iso(iso, due_ms);
  date_write_iso_day(day, due_ms);
  Doc *due = doc_object(row, KEY("due"));
  doc_text(due, KEY("class"), incident_due_css(due_ms, request->now_ms));
  doc_text_copy(due, KEY("left"), left);
  doc_text(due, KEY("day"), incident_moment(request->arena, due_ms));
  doc_text_copy(due, KEY("iso"), day);
  doc_text_copy(due, KEY("at"), iso);
}

static void show_state(Request *request, Doc *row, const char *css, const char *name, const char *label) {
  Doc *state = doc_object(row, KEY("state"));
  doc_text(state, KEY("name"), name);
  doc_text(state, KEY("class"), css);
  doc_text(state, KEY("label"), message(request->lang, label));
}

void incident_show_row(Request *request, Doc *list, const Incident *incident) {
  incident_show(request, doc_object(list, NULL), incident);
}

void incident_show(Request *request, Doc *row, const Incident *incident) {
  gboolean open = incident_is_open(incident->state);
  doc_text(row, KEY("id"), incident->id);
  doc_text(row, KEY("code"), incident->code);
  doc_text(row, KEY("title"), incident->title);
  doc_text(row, KEY("url"), arena_printf(request->arena, "/su-co/%s", incident->code));
  doc_text(row, KEY("body"), incident->body_name);
  doc_text(row, KEY("system"), incident->system_name);
  if (incident->system_level)
    doc_int(row, KEY("level"), incident->system_level);
  doc_text(row, KEY("severity"), message(request->lang, incident_severity_label(request->app->law, incident)));
  doc_text(row, KEY("commander"), incident->commander_name);
  doc_text(row, KEY("detected"), incident_moment(request->arena, incident->detected_ms));
  doc_text(row, KEY("closed"), incident_moment(request->arena, incident->closed_ms));
  doc_text(row, KEY("class"), !open ? "shut" : incident->due_ms ? incident_due_css(incident->due_ms, request->now_ms) : "");
  show_state(request, row, incident_state_css(incident->state), incident->state, incident_state_label(incident->state));
  if (open)
    incident_show_due(request, row, incident->due_ms);
}

/* --- notices --- */

gboolean incident_notice_is_late(const App *app, gint64 at_once, gint64 due_ms, gint64 sent_ms) {
  gint64 tolerance_ms = at_once ? setting_int(app, "incident.at_once_minutes") * MINUTE_MS : 0;
  return due_ms && sent_ms > due_ms + tolerance_ms;
}

static gboolean show_mail_state(Request *request, Doc *row, const char *mail) {
  static const char *const STATES[][3] = {{"unknown", "late", "Không rõ"}, {"failed", "late", "Gửi lỗi"},
                                          {"waiting", "wait", "Đang gửi"}, {"sending", "wait", "Đang gửi"}};
  for (gsize i = 0; i < G_N_ELEMENTS(STATES); i++)
    if (g_strcmp0(STATES[i][0], mail) == 0)
      show_state(request, row, STATES[i][1], mail, STATES[i][2]);
  return mail != NULL;
}

void incident_show_notice_state(Request *request, Doc *row, const IncidentNotice *notice, const char *mail) {
  gboolean late = notice->sent_ms && incident_notice_is_late(request->app, notice->at_once, notice->due_ms, notice->sent_ms);
  doc_bool(row, KEY("late"), late);
  if (strcmp(notice->state, "void") == 0)
    show_state(request, row, "none", "void", "Không còn phải gửi");
  else if (strcmp(notice->state, "unsent") == 0 && show_mail_state(request, row, mail))
    return;
  else if (strcmp(notice->state, "unsent") == 0)
    show_state(request, row, notice->due_ms ? incident_due_css(notice->due_ms, request->now_ms) : "none", "unsent", "Chưa gửi");
  else if (late)
    show_state(request, row, "late", notice->state, "Gửi muộn");
  else if (strcmp(notice->state, "sent") == 0)
    show_state(request, row, "doing", "sent", "Đã gửi");
  else
    show_state(request, row, "done", "confirmed", "Đã xác nhận nhận");
}

/* --- who the actors are here --- */

const char *incident_party_name(Request *request, const Doc *parties, const char *actor) {
  for (const Doc *row = parties->first; row; row = row->next)
    if (g_strcmp0(doc_get_text(row, KEY("actor")), actor) == 0)
      return doc_get_text(row, KEY("name"));
  return law_actor_name(request->app->law, actor);
}

const char *incident_party_names(Request *request, const GPtrArray *actors, const Doc *parties) {
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < actors->len; i++)
    g_string_append_printf(text, "%s%s", i ? "; " : "", incident_party_name(request, parties, g_ptr_array_index(actors, i)));
  return arena_text(request->arena, text->str, (gssize)text->len);
}

/* --- phones and choices --- */

static void put_phone(Request *request, Doc *answer, const char *name, const char *phone) {
  doc_text_copy(answer, KEY("duty"), name);
  doc_text_copy(answer, KEY("phone"), phone);
  doc_text(answer, KEY("tel"), show_tel(request->arena, phone));
}

/* Who is in the roster now, else the number that is always answered. */
gboolean incident_add_phone(Request *request, const char *body_id, Doc *answer, GError **error) {
  GError *failed = NULL;
  StoreConn *conn = request_read(request, error);
  const Shift *shift = conn ? shift_at(conn, request->arena, body_id, request->now_ms, &failed) : NULL;
  if (failed)
    g_propagate_error(error, failed);
  if (shift) {
    put_phone(request, answer, shift->name, shift->phone);
    doc_text(answer, KEY("duty_until"), show_time(request->arena, shift_end_ms(shift, request->now_ms)));
  }
  if (!conn || failed || shift)
    return shift != NULL;
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_PHONE], S(S_TEXT(body_id)), error);
  if (!rows)
    return FALSE;
  if (!store_step(rows, error))
    return !error || !*error;
  put_phone(request, answer, store_text(rows, 0), store_text(rows, 1));
  return TRUE;
}

static gboolean is_chosen(const json_t *names, const char *name) {
  for (gsize i = 0; i < json_array_size(names); i++)
    if (g_strcmp0(json_string_value(json_array_get(names, i)), name) == 0)
      return TRUE;
  return FALSE;
}

void incident_add_kinds(Request *request, Doc *form, const char *field, const json_t *chosen) {
  const GPtrArray *groups = request->app->law->kind_groups;
  for (guint g = 0; g < groups->len; g++) {
    const LawKindGroup *group = g_ptr_array_index(groups, g);
    for (guint k = 0; k < group->kinds->len; k++) {
      const LawKind *kind = g_ptr_array_index(group->kinds, k);
      form_option(form, field, kind->id, kind->name, is_chosen(chosen, kind->name));
    }
  }
}

gboolean incident_add_people(Request *request, const char *body_id, Doc *form, const char *field, GError **error) {
  GError *failed = NULL;
  StoreConn *conn = request_read(request, error);
  g_autoptr(StoreRows) rows = conn ? store_query(conn, &SQL[SQL_PEOPLE], S(S_TEXT(body_id)), error) : NULL;
  while (rows && store_step(rows, &failed))
    form_option(form, field, store_text(rows, 0), store_text(rows, 1), FALSE);
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}

const json_t *incident_first_steps_of(Request *request, const Incident *incident) {
  json_t *facts = json_loads(incident->facts, 0, NULL);
  const char *name = json_string_value(json_array_get(json_object_get(facts, "kinds"), 0));
  const LawKind *kind = name ? law_find_kind(request->app->law, name, NULL) : NULL;
  json_decref(facts);
  return kind ? incident_first_steps(request->app, kind->id) : NULL;
}
