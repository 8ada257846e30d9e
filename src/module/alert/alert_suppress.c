#include "module/alert/alert_suppress.h"
#include "base/date.h"
#include "base/id.h"
#include "core/form.h"
#include "core/message.h"
#include "core/show.h"
#include "core/user.h"
#include "module/alert/alert_pages.h"
#include <string.h>

#define MOST_DAYS 366

enum { SQL_ACTIVE, SQL_COUNTED, SQL_LIST, SQL_GET, SQL_ADD, SQL_END };
static const StoreSql SQL[] = {
    [SQL_ACTIVE] = {"alert.suppressions_active",
                    "SELECT p.id, p.field, p.value FROM alert_suppression p JOIN body_ancestor b ON b.ancestor_id = p.body_id AND b.body_id = $1 "
                    "WHERE p.rule_id IN ($2, '') AND p.until_ms > $3 AND p.ended_ms IS NULL ORDER BY p.created_ms", NULL},
    [SQL_COUNTED] = {"alert.suppression_counted", "UPDATE alert_suppression SET count = count + $2, last_ms = $3 WHERE id = $1", NULL},
    [SQL_LIST] = {"alert.suppressions",
                  "SELECT p.id, p.rule_title, p.field, p.value, p.reason, p.until_ms, p.ended_ms, p.count, p.last_ms, u.name, p.created_ms, b.name "
                  "FROM alert_suppression p JOIN body_ancestor s ON s.body_id = p.body_id AND s.ancestor_id = $1 JOIN body b ON b.id = p.body_id "
                  "LEFT JOIN account u ON u.id = p.account_id ORDER BY CASE WHEN p.ended_ms IS NULL AND p.until_ms > $2 THEN 0 ELSE 1 END, "
                  "p.created_ms DESC LIMIT 200", NULL},
    [SQL_GET] = {"alert.suppression", "SELECT body_id FROM alert_suppression WHERE id = $1", NULL},
    [SQL_ADD] = {"alert.suppression_add",
                 "INSERT INTO alert_suppression (id, body_id, rule_id, rule_title, field, value, reason, until_ms, account_id, created_ms) "
                 "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", NULL},
    [SQL_END] = {"alert.suppression_end", "UPDATE alert_suppression SET ended_ms = $2 WHERE id = $1 AND ended_ms IS NULL", NULL},
};
const StoreSqlTable alert_suppress_sql = {SQL, G_N_ELEMENTS(SQL)};

/* --- does one cover a hit? --- */

static const char *hit_value(const AlertHit *hit, gsize event, const char *field) {
  if (strcmp(field, "host") == 0)
    return hit->host;
  return hit->n_events ? json_string_value(json_object_get(hit->events[event].fields, field)) : NULL;
}

/* All events of the hit must have the value: one that differs is worth an alert. */
static gboolean covers(const AlertHit *hit, const char *field, const char *value) {
  gsize i = 0;
  if (!*field)
    return TRUE;
  do {
    const char *have = hit_value(hit, i, field);
    if (!have || g_ascii_strcasecmp(have, value) != 0)
      return FALSE;
  } while (++i < hit->n_events);
  return TRUE;
}

gboolean alert_suppression_takes(Change *change, const AlertHit *hit, gboolean *out_taken, GError **error) {
  gint64 now_ms = change->request->now_ms;
  const char *id = NULL;
  GError *failed = NULL;
  {
    g_autoptr(StoreRows) rows = store_query(change->conn, &SQL[SQL_ACTIVE], S(S_TEXT(hit->body_id), S_TEXT(hit->rule_id), S_INT(now_ms)), error);
    while (rows && !id && store_step(rows, &failed))
      if (covers(hit, store_text(rows, 1), store_text(rows, 2)))
        id = arena_text(change->request->arena, store_text(rows, 0), -1);
    if (failed)
      g_propagate_error(error, failed);
    if (!rows || failed)
      return FALSE;
  }
  *out_taken = id != NULL;
  if (!id)
    return TRUE;
  gint64 count = MAX(hit->count, (gint64)hit->n_events);
  change_about(change, "alert_suppression", id, hit->body_id, json_pack("{s:s, s:I}", "rule", hit->rule_id, "count", (json_int_t)count));
  return store_exec(change->conn, &SQL[SQL_COUNTED], S(S_TEXT(id), S_INT(count), S_INT(now_ms)), NULL, error);
}

/* --- the page --- */

static void add_row(Request *request, const StoreRows *rows, Doc *list) {
  Doc *row = doc_object(list, NULL);
  gboolean active = store_is_null(rows, 6) && store_int(rows, 5) > request->now_ms;
  const char *const texts[] = {"id", "rule", "field", "value", "reason"};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    doc_text_copy(row, g_intern_static_string(texts[i]), store_text(rows, (int)i));
  doc_text_copy(row, KEY("by"), store_text(rows, 9));
  doc_text_copy(row, KEY("body"), store_text(rows, 11));
  doc_text(row, KEY("until"), show_time(request->arena, store_int(rows, 5)));
  doc_text(row, KEY("created"), show_time(request->arena, store_int(rows, 10)));
  doc_int(row, KEY("count"), store_int(rows, 7));
  doc_text(row, KEY("last"), show_time(request->arena, store_int(rows, 8)));
  doc_text(row, KEY("class"), active ? "" : "shut");
  show_status(request, row, KEY("state"), active ? "doing" : "none", active ? "Đang bỏ qua" : "Đã thôi");
  if (!active || !request_may(request, "alert.suppress", request->body_id))
    return;
  json_t *values = json_pack("{s:s}", "id", store_text(rows, 0));
  form_add(request, row, KEY("end"), "alert.suppression_end", values, "Thôi bỏ qua");
  json_decref(values);
}

gboolean alert_suppression_list(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  GError *failed = NULL;
  if (!conn || !request_require(request, "alert.read", request->body_id, error))
    return FALSE;
  Doc *list = doc_list(answer, KEY("rows"));
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_LIST], S(S_TEXT(request->body_id), S_INT(request->now_ms)), error);
  while (rows && store_step(rows, &failed))
    add_row(request, rows, list);
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}

/* --- adding and ending --- */

typedef struct {
  const Alert *alert;
  const char *field, *value, *reason;
  gint64 until_ms;
  char id[ID_SIZE];
} Suppression;

static gboolean add(Change *change, void *data, GError **error) {
  Suppression *made = data;
  const Request *request = change->request;
  const Alert *alert = made->alert;
  id_new(made->id);
  change_about(change, "alert_suppression", made->id, alert->body_id,
               json_pack("{s:s, s:s, s:s, s:s}", "rule", alert->rule_id, "field", made->field, "value", made->value, "reason", made->reason));
  return store_exec(change->conn, &SQL[SQL_ADD],
                    S(S_TEXT(made->id), S_TEXT(alert->body_id), S_TEXT(alert->rule_id), S_TEXT(alert->title), S_TEXT(made->field),
                      S_TEXT(made->value), S_TEXT(made->reason), S_INT(made->until_ms), S_TEXT(request->user ? request->user->id : NULL),
                      S_INT(request->now_ms)),
                    NULL, error);
}

gboolean alert_suppress(Request *request, Doc *answer, GError **error) {
  const Alert *alert = alert_require(request, "alert.suppress", error);
  const char *field = input_text(request, "field") ? input_text(request, "field") : "", *value = input_text(request, "value");
  Suppression made = {.alert = alert, .field = field, .value = value ? value : "", .reason = input_text(request, "reason")};
  Day until;
  if (!alert)
    return FALSE;
  if (*field && !*made.value)
    return request_refuse_field(request, "value", "Nêu giá trị của trường đã chọn.", error);
  if (!date_parse_day(input_text(request, "until"), &until) || day_start_ms(until) < request->now_ms ||
      day_start_ms(until) > request->now_ms + MOST_DAYS * DAY_MS)
    return request_refuse_field(request, "until", "Bỏ qua đến một ngày trong vòng một năm tới.", error);
  made.until_ms = day_start_ms(day_add(until, 1));
  if (!request_change(request, add, &made, error))
    return FALSE;
  doc_text_copy(answer, KEY("id"), made.id);
  request->notice = message(request->lang, "Từ nay đến ngày đó những lần khớp như vậy không thành cảnh báo; số lần vẫn được đếm.");
  return TRUE;
}

typedef struct {
  const char *id, *body_id;
} Ending;

static gboolean end(Change *change, void *data, GError **error) {
  const Ending *ending = data;
  gint64 changed = 0;
  if (!store_exec(change->conn, &SQL[SQL_END], S(S_TEXT(ending->id), S_INT(change->request->now_ms)), &changed, error))
    return FALSE;
  if (!changed)
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "Việc bỏ qua này đã thôi từ trước.");
  change_about(change, "alert_suppression", ending->id, ending->body_id, NULL);
  return changed > 0;
}

gboolean alert_suppression_end(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  Ending ending = {.id = input_text(request, "id")};
  g_autofree char *body_id = NULL;
  if (!conn || !store_get_text(conn, &SQL[SQL_GET], S(S_TEXT(ending.id)), &body_id, error))
    return FALSE;
  ending.body_id = body_id;
  if (!body_id) {
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Không có việc bỏ qua này.");
    return FALSE;
  }
  doc_text(answer, KEY("id"), ending.id);
  return request_require(request, "alert.suppress", body_id, error) && request_change(request, end, &ending, error);
}
