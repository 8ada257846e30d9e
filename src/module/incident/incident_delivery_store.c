/* SQL of messages sent from a case. */
#include "base/date.h"
#include "module/incident/incident_delivery.h"

#define DUE_MOST 200
#define AHEAD_MOST_MS (2 * HOUR_MS) /* no message is put off that far: the machine's clock was set back */
#define COLUMNS                                                                                                        \
  "SELECT id, incident_id, notice_id, recipient, address, subject, text, files, message_id, state, holder, answer, account_id, " \
  "attempts, next_ms, begun_ms, ended_ms, created_ms FROM incident_delivery "

enum { SQL_INSERT, SQL_UPDATE, SQL_GET, SQL_OF_CASE, SQL_DUE, SQL_SENDING, SQL_COUNT };
static const StoreSql SQL[] = {
    [SQL_INSERT] = {"incident.delivery_insert",
                    "INSERT INTO incident_delivery (id, incident_id, notice_id, recipient, address, subject, text, files, message_id, "
                    "state, next_ms, account_id, created_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)", NULL},
    [SQL_UPDATE] = {"incident.delivery_update",
                    "UPDATE incident_delivery SET state = $3, attempts = $4, next_ms = $5, begun_ms = $6, holder = $7, ended_ms = $8, "
                    "answer = $9 WHERE id = $1 AND state = $2", NULL},
    [SQL_GET] = {"incident.delivery_get", COLUMNS "WHERE id = $1", NULL},
    [SQL_OF_CASE] = {"incident.deliveries", COLUMNS "WHERE incident_id = $1 ORDER BY created_ms, id", NULL},
    [SQL_DUE] = {"incident.deliveries_due",
                 COLUMNS "WHERE state = 'waiting' AND (next_ms <= $1 OR next_ms > $3) ORDER BY next_ms, id LIMIT $2", NULL},
    [SQL_SENDING] = {"incident.deliveries_sending", COLUMNS "WHERE state = 'sending' ORDER BY begun_ms, id LIMIT $1", NULL},
    [SQL_COUNT] = {"incident.delivery_count",
                   "SELECT count(*) FROM incident_delivery WHERE address = $1 AND created_ms > $2", NULL},
};
const StoreSqlTable incident_delivery_sql = {SQL, G_N_ELEMENTS(SQL)};

static StoreValue ms_or_null(gint64 ms) {
  return ms ? S_INT(ms) : S_NULL;
}

static IncidentDelivery *read_row(StoreRows *rows, Arena *arena) {
  IncidentDelivery *d = arena_alloc(arena, sizeof *d);
  const char **texts[] = {&d->id,    &d->incident_id, &d->notice_id, &d->recipient, &d->address, &d->subject,   &d->text,
                          &d->files, &d->message_id,  &d->state,     &d->holder,    &d->answer,  &d->account_id};
  gint64 *numbers[] = {&d->attempts, &d->next_ms, &d->begun_ms, &d->ended_ms, &d->created_ms};
  int column = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    *texts[i] = arena_text(arena, store_text(rows, column++), -1);
  for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
    *numbers[i] = store_int(rows, column++);
  return d;
}

static GPtrArray *read_all(StoreConn *conn, Arena *arena, int sql, const StoreValue *values, gsize count, GError **error) {
  GError *failed = NULL;
  g_autoptr(GPtrArray) found = g_ptr_array_new();
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[sql], values, count, error);
  while (rows && store_step(rows, &failed))
    g_ptr_array_add(found, read_row(rows, arena));
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed ? g_steal_pointer(&found) : NULL;
}

gboolean incident_delivery_insert(StoreConn *conn, const IncidentDelivery *d, GError **error) {
  return store_exec(conn, &SQL[SQL_INSERT],
                    S(S_TEXT(d->id), S_TEXT(d->incident_id), S_TEXT(d->notice_id), S_TEXT(d->recipient), S_TEXT(d->address),
                      S_TEXT(d->subject), S_TEXT(d->text), S_TEXT(d->files), S_TEXT(d->message_id), S_TEXT(d->state),
                      S_INT(d->next_ms), S_TEXT(d->account_id), S_INT(d->created_ms)),
                    NULL, error);
}

gboolean incident_delivery_update(StoreConn *conn, const IncidentDelivery *d, const char *from, GError **error) {
  gint64 changed = 0;
  if (!store_exec(conn, &SQL[SQL_UPDATE],
                  S(S_TEXT(d->id), S_TEXT(from), S_TEXT(d->state), S_INT(d->attempts), S_INT(d->next_ms), ms_or_null(d->begun_ms),
                    S_TEXT(d->holder), ms_or_null(d->ended_ms), S_TEXT(d->answer)),
                  &changed, error))
    return FALSE;
  if (changed == 1)
    return TRUE;
  g_set_error(error, APP_ERROR, ERROR_CONFLICT, "Thư này vừa đổi trạng thái. Xem lại rồi làm tiếp.");
  return FALSE;
}

IncidentDelivery *incident_delivery_get(StoreConn *conn, Arena *arena, const char *id, GError **error) {
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_GET], S(S_TEXT(id)), error);
  return rows && store_step(rows, error) ? read_row(rows, arena) : NULL;
}

GPtrArray *incident_deliveries(StoreConn *conn, Arena *arena, const char *incident_id, GError **error) {
  return read_all(conn, arena, SQL_OF_CASE, S(S_TEXT(incident_id)), error);
}

GPtrArray *incident_deliveries_due(StoreConn *conn, Arena *arena, gint64 now_ms, GError **error) {
  return read_all(conn, arena, SQL_DUE, S(S_INT(now_ms), S_INT(DUE_MOST), S_INT(now_ms + AHEAD_MOST_MS)), error);
}

GPtrArray *incident_deliveries_sending(StoreConn *conn, Arena *arena, GError **error) {
  return read_all(conn, arena, SQL_SENDING, S(S_INT(DUE_MOST)), error);
}

gboolean incident_delivery_count(StoreConn *conn, const char *address, gint64 since_ms, gint64 *out_count, GError **error) {
  return store_get_int(conn, &SQL[SQL_COUNT], S(S_TEXT(address), S_INT(since_ms)), 0, out_count, error);
}
