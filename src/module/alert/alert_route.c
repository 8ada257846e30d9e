/* Who is told of alerts, when, and who when nobody looks. */
#include "base/date.h"
#include "core/form.h"
#include "core/message.h"
#include "core/show.h"
#include "core/user.h"
#include "lib/mail/mail.h"
#include "module/alert/alert_pages.h"
#include "module/mail/mail.h"
#include <string.h>

#define CRITICAL 4
#define LOOKED_AT 100000 /* those that wait for the morning, or are below the level, must not hide others */
#define LISTED 20
#define DAY_MINUTES 1440

enum { SQL_GET, SQL_PUT, SQL_UNTOLD, SQL_TOLD, SQL_WAITING, SQL_ESCALATED, SQL_LEADERS };
static const StoreSql SQL[] = {
    /* The route of the body, else of the nearest above. */
    [SQL_GET] = {"alert.route",
                 "SELECT r.least_level, r.emails, r.quiet_from, r.quiet_to, r.escalate_minutes, r.version, a.depth FROM alert_route r "
                 "JOIN body_ancestor a ON a.ancestor_id = r.body_id WHERE a.body_id = $1 ORDER BY a.depth LIMIT 1", NULL},
    [SQL_PUT] = {"alert.route_put",
                 "INSERT INTO alert_route (body_id, least_level, emails, quiet_from, quiet_to, escalate_minutes) VALUES ($1, $2, $3, $4, $5, $6) "
                 "ON CONFLICT (body_id) DO UPDATE SET least_level = excluded.least_level, emails = excluded.emails, quiet_from = "
                 "excluded.quiet_from, quiet_to = excluded.quiet_to, escalate_minutes = excluded.escalate_minutes, "
                 "version = alert_route.version + 1", NULL},
    [SQL_UNTOLD] = {"alert.untold",
                    "SELECT id, body_id, level, created_ms FROM alert WHERE state = 'new' AND told_ms IS NULL ORDER BY body_id, level DESC, created_ms LIMIT $1", NULL},
    [SQL_TOLD] = {"alert.told", "UPDATE alert SET told_ms = $2 WHERE id = $1", NULL},
    [SQL_WAITING] = {"alert.waiting",
                     "SELECT id, body_id, level, created_ms FROM alert WHERE state = 'new' AND escalated_ms IS NULL AND level >= 3 "
                     "ORDER BY body_id, level DESC, created_ms LIMIT $1", NULL},
    [SQL_ESCALATED] = {"alert.escalated", "UPDATE alert SET escalated_ms = $2 WHERE id = $1", NULL},
    [SQL_LEADERS] = {"alert.leaders",
                     "SELECT DISTINCT u.email FROM account u JOIN account_role r ON r.account_id = u.id JOIN body_ancestor a ON a.ancestor_id = r.body_id "
                     "WHERE a.body_id = $1 AND a.depth <= 1 AND r.role = $2 AND u.disabled_ms IS NULL AND u.email <> '' ORDER BY u.email LIMIT 10", NULL},
};
const StoreSqlTable alert_route_sql = {SQL, G_N_ELEMENTS(SQL)};

typedef struct {
  gint64 least_level, quiet_from, quiet_to, escalate_minutes, version;
  const char *emails;
  gboolean own;
} Route;

/* Until somebody sets it: high and critical, to nobody by mail, 22:00 to 06:00 quiet, 30 minutes. */
static const Route INITIAL = {.least_level = 3, .emails = "", .quiet_from = 22 * 60, .quiet_to = 6 * 60, .escalate_minutes = 30};

static gboolean load(StoreConn *conn, Arena *arena, const char *body_id, Route *out_route, GError **error) {
  GError *failed = NULL;
  *out_route = INITIAL;
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_GET], S(S_TEXT(body_id)), error);
  if (rows && store_step(rows, &failed))
    *out_route = (Route){.least_level = store_int(rows, 0), .emails = arena_text(arena, store_text(rows, 1), -1), .quiet_from = store_int(rows, 2),
                         .quiet_to = store_int(rows, 3), .escalate_minutes = store_int(rows, 4), .version = store_int(rows, 5),
                         .own = store_int(rows, 6) == 0};
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}

/* --- the page --- */

static const char *clock_text(Arena *arena, gint64 minutes) {
  return arena_printf(arena, "%02d:%02d", (int)minutes / 60, (int)minutes % 60);
}

gboolean alert_route_view(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  Route route;
  if (!conn || !request_require(request, "alert.read", request->body_id, error) || !load(conn, request->arena, request->body_id, &route, error))
    return FALSE;
  doc_text(answer, KEY("least_level"), message(request->lang, alert_level_label(route.least_level)));
  doc_text(answer, KEY("emails"), route.emails);
  doc_text(answer, KEY("quiet_from"), clock_text(request->arena, route.quiet_from));
  doc_text(answer, KEY("quiet_to"), clock_text(request->arena, route.quiet_to));
  doc_int(answer, KEY("escalate_minutes"), route.escalate_minutes);
  doc_bool(answer, KEY("own"), route.own);
  doc_bool(answer, KEY("mail_set"), mail_is_set(request->app));
  doc_text(answer, KEY("list_url"), "/canh-bao");
  if (!request_may(request, "alert.suppress", request->body_id))
    return TRUE;
  json_t *values = json_pack("{s:s, s:s, s:s, s:s, s:I}", "least_level", arena_printf(request->arena, "%d", (int)route.least_level), "emails", route.emails,
                             "quiet_from", clock_text(request->arena, route.quiet_from), "quiet_to", clock_text(request->arena, route.quiet_to),
                             "escalate_minutes", (json_int_t)route.escalate_minutes);
  form_add(request, answer, KEY("form"), "alert.route_save", values, "Lưu");
  json_decref(values);
  return TRUE;
}

static gboolean read_clock(Request *request, const char *field, gint64 *out_minutes, GError **error) {
  int hour = 0, minute = 0;
  char rest = 0;
  if (sscanf(input_text(request, field), "%2d:%2d%c", &hour, &minute, &rest) != 2 || hour > 23 || minute > 59 || hour < 0 || minute < 0)
    return request_refuse_field(request, field, "Viết giờ:phút, ví dụ 22:00.", error);
  *out_minutes = hour * 60 + minute;
  return TRUE;
}

static gboolean check_emails(Request *request, const char *emails, GError **error) {
  g_auto(GStrv) list = g_strsplit_set(emails, " ,;\n", -1);
  for (char **one = list; *one; one++)
    if (**one && !mail_address_valid(*one))
      return request_refuse_field(request, "emails", "Có địa chỉ thư không đúng.", error);
  return TRUE;
}

static gboolean save(Change *change, void *data, GError **error) {
  const Route *route = data;
  const Request *request = change->request;
  change_about(change, "alert_route", request->body_id, request->body_id, json_pack("{s:I, s:s}", "least_level", (json_int_t)route->least_level, "emails", route->emails));
  return store_exec(change->conn, &SQL[SQL_PUT],
                    S(S_TEXT(request->body_id), S_INT(route->least_level), S_TEXT(route->emails), S_INT(route->quiet_from), S_INT(route->quiet_to),
                      S_INT(route->escalate_minutes)),
                    NULL, error);
}

gboolean alert_route_save(Request *request, Doc *answer, GError **error) {
  const char *emails = input_text(request, "emails");
  Route route = {.least_level = g_ascii_strtoll(input_text(request, "least_level"), NULL, 10), .emails = emails ? emails : "",
                 .escalate_minutes = input_int(request, "escalate_minutes", 30)};
  if (!request_require(request, "alert.suppress", request->body_id, error) || !read_clock(request, "quiet_from", &route.quiet_from, error) ||
      !read_clock(request, "quiet_to", &route.quiet_to, error) || !check_emails(request, route.emails, error) ||
      !request_change(request, save, &route, error))
    return FALSE;
  doc_bool(answer, KEY("saved"), TRUE);
  request->notice = message(request->lang, "Đã lưu cách báo tin.");
  return TRUE;
}

/* --- the job --- */

static gboolean is_quiet(const Route *route, gint64 now_ms) {
  gint64 minute = (now_ms - day_start_ms(day_at(now_ms))) / MINUTE_MS;
  if (route->quiet_from == route->quiet_to)
    return FALSE;
  return route->quiet_from < route->quiet_to ? minute >= route->quiet_from && minute < route->quiet_to
                                             : minute >= route->quiet_from || minute < route->quiet_to;
}

typedef struct {
  GPtrArray *alerts;  /* Alert, of one body */
  const Route *route;
  gboolean escalate;
} Telling;

static char *text_of(const Telling *telling, Arena *arena, gint64 now_ms) {
  GString *text = g_string_new(telling->escalate ? "Các cảnh báo sau chưa có ai nhận xem:\n\n" : "Cảnh báo mới:\n\n");
  for (guint i = 0; i < telling->alerts->len && i < LISTED; i++) {
    const Alert *alert = g_ptr_array_index(telling->alerts, i);
    g_string_append_printf(text, "- %s (%s): %s. %s, %s, %" G_GINT64_FORMAT " lần.\n", alert->code, alert_level_label(alert->level), alert->title,
                           *alert->host ? alert->host : alert->source_name, alert_span(arena, alert->first_ms, alert->last_ms, now_ms), alert->count);
  }
  if (telling->alerts->len > LISTED)
    g_string_append_printf(text, "và %u cảnh báo khác.\n", telling->alerts->len - LISTED);
  g_string_append(text, "\nXem trong hệ thống Ứng Cứu, mục Cảnh báo.\n");
  return g_string_free(text, FALSE);
}

static gboolean add_leaders(StoreConn *conn, const char *body_id, GPtrArray *addresses, GError **error) {
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_LEADERS], S(S_TEXT(body_id), S_INT(ROLE_LEADER)), error);
  while (rows && store_step(rows, &failed))
    g_ptr_array_add(addresses, g_strdup(store_text(rows, 0)));
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}

static gboolean send_to(Change *change, const Telling *telling, GPtrArray *addresses, GError **error) {
  const Alert *first = g_ptr_array_index(telling->alerts, 0);
  g_autofree char *text = text_of(telling, change->request->arena, change->request->now_ms);
  g_autofree char *subject = g_strdup_printf("[%s] %u cảnh báo %s: %s", alert_level_label(first->level), telling->alerts->len,
                                             telling->escalate ? "chưa ai xem" : "mới", first->title);
  for (guint i = 0; i < addresses->len; i++)
    if (!mail_add(change, g_ptr_array_index(addresses, i), subject, text, error))
      return FALSE;
  return TRUE;
}

static gboolean tell_body(Change *change, void *data, GError **error) {
  const Telling *telling = data;
  g_autoptr(GPtrArray) addresses = g_ptr_array_new_with_free_func(g_free);
  const Alert *first = g_ptr_array_index(telling->alerts, 0);
  g_auto(GStrv) list = g_strsplit_set(telling->route->emails, " ,;\n", -1);
  for (char **one = list; *one && !telling->escalate; one++)
    if (**one)
      g_ptr_array_add(addresses, g_strdup(*one));
  if (telling->escalate && !add_leaders(change->conn, first->body_id, addresses, error))
    return FALSE;
  for (guint i = 0; i < telling->alerts->len; i++) {
    const Alert *alert = g_ptr_array_index(telling->alerts, i);
    change_about(change, "alert", alert->id, alert->body_id, json_pack("{s:b, s:I}", "escalated", telling->escalate, "mails", (json_int_t)addresses->len));
    if (!store_exec(change->conn, &SQL[telling->escalate ? SQL_ESCALATED : SQL_TOLD], S(S_TEXT(alert->id), S_INT(change->request->now_ms)), NULL, error))
      return FALSE;
  }
  return !mail_is_set(change->request->app) || send_to(change, telling, addresses, error);
}

/* Critical alerts break the quiet hours; others wait for their end. Below the level of the route nothing is mailed. */
static gboolean is_wanted(const Alert *alert, const Route *route, gboolean escalate, gint64 now_ms) {
  if (is_quiet(route, now_ms) && alert->level < CRITICAL)
    return FALSE;
  return escalate ? alert->created_ms + route->escalate_minutes * MINUTE_MS <= now_ms : alert->level >= route->least_level;
}

/* Only what decides whether they are told: the rest is read of those that are. */
static GPtrArray *find(Request *request, gboolean escalate, GError **error) {
  StoreConn *conn = request_read(request, error);
  g_autoptr(GPtrArray) found = g_ptr_array_new();
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = conn ? store_query(conn, &SQL[escalate ? SQL_WAITING : SQL_UNTOLD], S(S_INT(LOOKED_AT)), error) : NULL;
  while (rows && store_step(rows, &failed)) {
    Alert *alert = arena_alloc(request->arena, sizeof *alert);
    *alert = (Alert){.id = arena_text(request->arena, store_text(rows, 0), -1), .body_id = arena_text(request->arena, store_text(rows, 1), -1),
                     .level = store_int(rows, 2), .created_ms = store_int(rows, 3)};
    g_ptr_array_add(found, alert);
  }
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed ? g_steal_pointer(&found) : NULL;
}

static gboolean add_whole(Request *request, StoreConn *conn, const Alert *seen, GPtrArray *wanted, GError **error) {
  GError *failed = NULL;
  Alert *alert = alert_store_get(conn, request->arena, seen->id, &failed);
  if (alert)
    g_ptr_array_add(wanted, alert);
  if (failed)
    g_propagate_error(error, failed);
  return !failed;
}

static gboolean tell(Request *request, gboolean escalate, GError **error) {
  g_autoptr(GPtrArray) found = find(request, escalate, error);
  StoreConn *conn = request_read(request, error);
  for (guint from = 0, to; found && from < found->len; from = to) {
    const Alert *first = g_ptr_array_index(found, from);
    Route route;
    g_autoptr(GPtrArray) wanted = g_ptr_array_new();
    if (!load(conn, request->arena, first->body_id, &route, error))
      return FALSE;
    for (to = from; to < found->len && strcmp(((Alert *)g_ptr_array_index(found, to))->body_id, first->body_id) == 0; to++)
      if (is_wanted(g_ptr_array_index(found, to), &route, escalate, request->now_ms) && !add_whole(request, conn, g_ptr_array_index(found, to), wanted, error))
        return FALSE;
    Telling telling = {wanted, &route, escalate};
    if (wanted->len && !request_change(request, tell_body, &telling, error))
      return FALSE;
  }
  return found != NULL;
}

static gboolean run(App *app, const json_t *payload, GError **error) {
  g_autoptr(Arena) arena = arena_new();
  g_autoptr(Request) request = request_new_for_job(app, arena, "alert.tell");
  (void)payload;
  return tell(request, FALSE, error) && tell(request, TRUE, error);
}

const JobRow ALERT_JOBS[] = {{"alert.tell", "Báo tin cảnh báo mới, báo lên khi chưa ai xem", run, 1, 0}, {NULL}};
