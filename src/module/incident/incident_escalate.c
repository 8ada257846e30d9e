/* Nobody has acknowledged a report: its body's leaders are told, then one level up after each further wait, day and night.
 * The board shows it from the first minute. How long to wait is a setting; no text of the law says it. */
#include "base/date.h"
#include "core/message.h"
#include "core/setting.h"
#include "module/incident/incident_escalate.h"
#include "module/mail/mail.h"
#include "module/shift/shift.h"
#include <string.h>

#define AT_ONCE 200
#define BOARD_ROWS 50

enum { SQL_DUE, SQL_ABOVE, SQL_LEADERS, SQL_PUT, SQL_BOARD, SQL_COUNT };
#define STEPS "(SELECT count(*) FROM incident_escalation e WHERE e.incident_id = i.id)"
#define ON_BOARD                                                                                                       \
  "FROM incident i JOIN body b ON b.id = i.body_id WHERE i.acknowledged_ms IS NULL AND i.state = 'reported' "              \
  "AND (i.body_id = $1 OR EXISTS (SELECT 1 FROM incident_escalation e WHERE e.body_id = $1 AND e.incident_id = i.id))"
static const StoreSql SQL[] = {
    [SQL_DUE] = {"incident.escalate_due",
                 "SELECT i.id, " STEPS " FROM incident i WHERE i.acknowledged_ms IS NULL AND i.state = 'reported' "
                 "AND i.received_ms <= CAST($1 AS BIGINT) - CAST($2 AS BIGINT) AND i.received_ms + (1 + " STEPS ") * $2 <= $1 "
                 "AND " STEPS " < (SELECT count(*) FROM body_ancestor a WHERE a.body_id = i.body_id) "
                 "ORDER BY i.received_ms LIMIT $3", NULL},
    [SQL_ABOVE] = {"incident.escalate_body",
                   "SELECT b.id, b.name FROM body_ancestor a JOIN body b ON b.id = a.ancestor_id WHERE a.body_id = $1 AND a.depth = $2",
                   NULL},
    [SQL_LEADERS] = {"incident.escalate_leaders",
                     "SELECT a.name, a.email, a.lang FROM account a JOIN account_role r ON r.account_id = a.id AND r.body_id = $1 "
                     "AND r.role = $2 WHERE a.disabled_ms IS NULL AND a.email <> '' "
                     "UNION SELECT c.name, c.email, 'vi' FROM contact c WHERE c.body_id = $1 AND c.kind = 'leader' "
                     "AND c.until_day IS NULL AND c.email <> '' ORDER BY 2, 3 DESC, 1", NULL},
    [SQL_PUT] = {"incident.escalate_put",
                 "INSERT INTO incident_escalation (incident_id, step, body_id, at_ms, told) VALUES ($1, $2, $3, $4, $5)", NULL},
    [SQL_BOARD] = {"incident.escalate_board",
                   "SELECT i.code, i.title, b.name, i.received_ms, " STEPS " " ON_BOARD " ORDER BY i.received_ms, i.id LIMIT $2", NULL},
    [SQL_COUNT] = {"incident.escalate_count", "SELECT count(*) " ON_BOARD, NULL},
};
const StoreSqlTable incident_escalate_sql = {SQL, G_N_ELEMENTS(SQL)};

/* --- telling --- */

typedef struct {
  const char *id;
  gint64 step; /* 1: the body itself */
  const char *body_id, *body_name;
  GString *told;
  char *last; /* address told last */
} Escalation;

static gboolean tell(IncidentCall *call, Escalation *escalation, const char *name, const char *address, const char *lang, GError **error) {
  const Incident *incident = call->incident;
  Arena *arena = call->request->arena;
  if (g_strcmp0(escalation->last, address) == 0)
    return TRUE;
  g_free(escalation->last);
  escalation->last = g_strdup(address);
  g_string_append_printf(escalation->told, "%s%s <%s>", escalation->told->len ? "; " : "", name, address);
  int minutes = (int)((call->request->now_ms - incident->received_ms) / MINUTE_MS);
  const char *subject = arena_printf(arena, "%s: %s", message(lang, "Tin báo sự cố chưa có người tiếp nhận"), incident->code);
  const char *text = arena_printf(
      arena, "%s\n\n%s: %s\n%s: %s\n%s: %s (%d %s)\n\n%s\n",
      message(lang, "Tin báo sau đây chưa có ai bấm Tiếp nhận."), message(lang, "Tin báo"), incident->title, message(lang, "Đơn vị"),
      incident->body_name, message(lang, "Nhận lúc"), incident_moment(arena, incident->received_ms), minutes, message(lang, "phút trước"),
      arena_printf(arena, "%s /su-co/%s", message(lang, "Mở Bảng trực của hệ thống Ứng Cứu, hoặc trang"), incident->code));
  return !mail_is_set(call->request->app) || mail_add(call->change, address, subject, text, error);
}

static gboolean tell_leaders(IncidentCall *call, Escalation *escalation, GError **error) {
  GError *failed = NULL;
  g_autoptr(StoreRows) rows =
      store_query(call->change->conn, &SQL[SQL_LEADERS], S(S_TEXT(escalation->body_id), S_INT(ROLE_LEADER)), error);
  while (rows && store_step(rows, &failed))
    if (!tell(call, escalation, arena_text(call->request->arena, store_text(rows, 0), -1), store_text(rows, 1), store_text(rows, 2), &failed))
      break;
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}

/* Whoever is in the roster may simply not have looked. */
static gboolean tell_shift(IncidentCall *call, Escalation *escalation, GError **error) {
  GError *failed = NULL;
  const Shift *shift = shift_at(call->change->conn, call->request->arena, escalation->body_id, call->request->now_ms, &failed);
  if (failed)
    g_propagate_error(error, failed);
  return !failed && (!shift || !*shift->email || tell(call, escalation, shift->name, shift->email, "vi", error));
}

static gboolean find_body(IncidentCall *call, Escalation *escalation, GError **error) {
  g_autoptr(StoreRows) rows = store_query(call->change->conn, &SQL[SQL_ABOVE], S(S_TEXT(call->incident->body_id), S_INT(escalation->step - 1)), error);
  if (!rows || !store_step(rows, error))
    return FALSE;
  escalation->body_id = arena_text(call->request->arena, store_text(rows, 0), -1);
  escalation->body_name = arena_text(call->request->arena, store_text(rows, 1), -1);
  return TRUE;
}

static gboolean note(IncidentCall *call, const Escalation *escalation, GError **error) {
  gboolean mail = mail_is_set(call->request->app);
  const char *told = escalation->told->len ? escalation->told->str : "chưa có lãnh đạo nào có địa chỉ thư";
  return store_exec(call->change->conn, &SQL[SQL_PUT],
                    S(S_TEXT(call->incident->id), S_INT(escalation->step), S_TEXT(escalation->body_id), S_INT(call->request->now_ms),
                      S_TEXT(escalation->told->str)),
                    NULL, error) &&
         incident_auto_log(call, error, "Tin báo chưa có người tiếp nhận sau %d phút; báo lên %s: Bảng trực; %s: %s.",
                           (int)((call->request->now_ms - call->incident->received_ms) / MINUTE_MS), escalation->body_name,
                           mail ? "thư" : "chưa đặt máy chủ thư, không gửi được thư", told);
}

static gboolean escalate_in_change(Change *change, void *data, GError **error) {
  Escalation *escalation = data;
  IncidentCall call = {.change = change, .request = change->request, .incident = incident_reload(change, escalation->id, error)};
  Incident *incident = call.incident;
  g_string_truncate(escalation->told, 0);
  g_clear_pointer(&escalation->last, g_free);
  if (!incident || !find_body(&call, escalation, error))
    return FALSE;
  change_about(change, "incident", incident->id, incident->body_id,
               json_pack("{s:I, s:s}", "step", (json_int_t)escalation->step, "to", escalation->body_id));
  if (incident->acknowledged_ms) /* meanwhile */
    return TRUE;
  if (!incident->escalated_ms)
    incident->escalated_ms = change->request->now_ms;
  return tell_leaders(&call, escalation, error) && (escalation->step > 1 || tell_shift(&call, escalation, error)) &&
         note(&call, escalation, error) && incident_store_update(change->conn, incident, incident->version, error);
}

/* --- the job --- */

static GArray *find_due(Request *request, GError **error) {
  GError *failed = NULL;
  gint64 wait_ms = setting_int(request->app, "incident.acknowledge_minutes") * MINUTE_MS;
  StoreConn *conn = request_read(request, error);
  g_autoptr(GArray) due = g_array_new(FALSE, TRUE, sizeof(Escalation));
  g_autoptr(StoreRows) rows = conn ? store_query(conn, &SQL[SQL_DUE], S(S_INT(request->now_ms), S_INT(wait_ms), S_INT(AT_ONCE)), error) : NULL;
  while (rows && store_step(rows, &failed)) {
    Escalation escalation = {.id = arena_text(request->arena, store_text(rows, 0), -1), .step = store_int(rows, 1) + 1};
    g_array_append_val(due, escalation);
  }
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed ? g_steal_pointer(&due) : NULL;
}

gboolean incident_escalate(App *app, const json_t *payload, GError **error) {
  g_autoptr(Arena) arena = arena_new();
  g_autoptr(Request) request = request_new_for_job(app, arena, "incident.escalate");
  g_autoptr(GArray) due = find_due(request, error);
  g_autoptr(GString) told = g_string_new(NULL);
  gboolean good = due != NULL;
  (void)payload;
  for (guint i = 0; good && i < due->len; i++) {
    Escalation *escalation = &g_array_index(due, Escalation, i);
    escalation->told = told;
    good = request_change(request, escalate_in_change, escalation, error);
    g_clear_pointer(&escalation->last, g_free);
  }
  return good;
}

/* --- the board --- */

static void show_row(Request *request, StoreRows *found, gint64 wait_ms, Doc *rows) {
  Doc *row = doc_object(rows, NULL);
  gint64 received_ms = store_int(found, 3), steps = store_int(found, 4);
  doc_text(row, KEY("class"), steps ? "late" : "soon");
  doc_text_copy(row, KEY("title"), store_text(found, 1));
  doc_text(row, KEY("url"), arena_printf(request->arena, "/su-co/%s", store_text(found, 0)));
  doc_text(row, KEY("note"), arena_printf(request->arena, "%s · %s", store_text(found, 0), store_text(found, 2)));
  doc_text(row, KEY("second"), incident_moment(request->arena, received_ms));
  Doc *state = doc_object(row, KEY("state"));
  doc_text(state, KEY("class"), steps ? "late" : "soon");
  doc_text(state, KEY("label"), message(request->lang, steps ? "Đã báo lên" : "Chờ tiếp nhận"));
  incident_show_due(request, row, received_ms + wait_ms);
}

static gboolean show_waiting(Request *request, StoreConn *conn, Doc *board, GError **error) {
  GError *failed = NULL;
  gint64 wait_ms = setting_int(request->app, "incident.acknowledge_minutes") * MINUTE_MS;
  Doc *section = doc_object((Doc *)(gintptr)doc_get(board, KEY("sections")), NULL);
  doc_text(section, KEY("id"), "cho-tiep-nhan");
  doc_text(section, KEY("title"), message(request->lang, "Tin báo chưa có người tiếp nhận"));
  Doc *link = doc_object(section, KEY("link"));
  doc_text(link, KEY("url"), "/su-co?tab=moi");
  doc_text(link, KEY("label"), message(request->lang, "Xem danh sách"));
  Doc *table = doc_object(section, KEY("table"));
  doc_text(table, KEY("first"), message(request->lang, "Tin báo"));
  doc_text(table, KEY("second"), message(request->lang, "Nhận lúc"));
  Doc *rows = doc_list(table, KEY("rows"));
  g_autoptr(StoreRows) found = store_query(conn, &SQL[SQL_BOARD], S(S_TEXT(request->body_id), S_INT(BOARD_ROWS)), error);
  while (found && store_step(found, &failed))
    show_row(request, found, wait_ms, rows);
  if (failed)
    g_propagate_error(error, failed);
  return found && !failed;
}

gboolean incident_board_waiting(Request *request, Doc *board, GError **error) {
  StoreConn *conn = request_read(request, error);
  gint64 count = 0;
  if (!conn || !store_get_int(conn, &SQL[SQL_COUNT], S(S_TEXT(request->body_id)), 0, &count, error))
    return FALSE;
  if (!count)
    return TRUE;
  Doc *state = doc_object(board, KEY("state"));
  doc_text(state, KEY("class"), "late");
  doc_text(state, KEY("strong"), arena_printf(request->arena, "%d %s", (int)count, message(request->lang, "tin báo chưa có người tiếp nhận.")));
  Doc *link = doc_object(state, KEY("link"));
  doc_text(link, KEY("url"), "#h-cho-tiep-nhan");
  doc_text(link, KEY("label"), message(request->lang, "Xem danh sách"));
  return show_waiting(request, conn, board, error);
}
