/* What the collector keeps beside the sources: strangers, its own state, closed segments. */
#include "module/collect/collect_store.h"

enum {
  SQL_STRANGERS, SQL_STRANGER_ADD, SQL_STRANGER_REMOVE, SQL_STRANGER_TRIM, SQL_COLLECTOR_PUT, SQL_COLLECTOR_GET, SQL_SEGMENTS,
  SQL_SEGMENT_INSERT, SQL_SEGMENT_SOURCE, SQL_SEGMENT_EXPIRE, SQL_SEGMENT_KNOWN, SQL_SEGMENT_SEALED, SQL_SEGMENT_TOTALS
};
static const StoreSql SQL[] = {
    [SQL_STRANGERS] = {"collect.strangers",
                       "SELECT address, host, sample, count, first_ms, last_ms FROM log_stranger ORDER BY last_ms DESC, address, host "
                       "LIMIT 100", NULL},
    [SQL_STRANGER_ADD] = {"collect.stranger_add",
                          "INSERT INTO log_stranger (address, host, sample, count, first_ms, last_ms) VALUES ($1, $2, $3, $4, $5, $5) "
                          "ON CONFLICT (address, host) DO UPDATE SET sample = $3, count = log_stranger.count + $4, last_ms = $5", NULL},
    [SQL_STRANGER_REMOVE] = {"collect.stranger_remove", "DELETE FROM log_stranger WHERE address = $1 AND ($2 = '' OR host = $2)", NULL},
    [SQL_STRANGER_TRIM] = {"collect.stranger_trim", "DELETE FROM log_stranger WHERE last_ms < $1", NULL},
    [SQL_COLLECTOR_PUT] = {"collect.put",
                           "INSERT INTO log_collector (id, seen_ms, state) VALUES (1, $1, $2) "
                           "ON CONFLICT (id) DO UPDATE SET seen_ms = $1, state = $2", NULL},
    [SQL_COLLECTOR_GET] = {"collect.get", "SELECT seen_ms, state FROM log_collector WHERE id = 1", NULL},
    [SQL_SEGMENTS] = {"collect.segments",
                      "SELECT g.name, g.sha256, g.records, g.raw_bytes, g.stored_bytes, g.first_ms, g.last_ms, g.sealed_ms, "
                      "(SELECT max(s.keep_months) FROM log_segment_source x JOIN log_source s ON s.number = x.number "
                      "WHERE x.segment = g.name) FROM log_segment g WHERE g.expired_ms IS NULL AND g.last_ms >= $1 AND g.first_ms <= $2 "
                      "ORDER BY g.last_ms, g.name", NULL},
    [SQL_SEGMENT_INSERT] = {"collect.segment_insert",
                            "INSERT INTO log_segment (name, sha256, records, raw_bytes, stored_bytes, first_ms, last_ms, sealed_ms) "
                            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (name) DO NOTHING", NULL},
    [SQL_SEGMENT_SOURCE] = {"collect.segment_source",
                            "INSERT INTO log_segment_source (segment, number) VALUES ($1, $2) ON CONFLICT (segment, number) DO NOTHING", NULL},
    [SQL_SEGMENT_EXPIRE] = {"collect.segment_expire", "UPDATE log_segment SET expired_ms = $2 WHERE name = $1", NULL},
    [SQL_SEGMENT_KNOWN] = {"collect.segment_known", "SELECT count(*) FROM log_segment WHERE name = $1", NULL},
    [SQL_SEGMENT_SEALED] = {"collect.segment_sealed",
                            "SELECT details FROM audit WHERE type = 'log_segment' AND subject_id = $1 AND operation = 'log.seal' "
                            "ORDER BY at_ms LIMIT 1", NULL},
    [SQL_SEGMENT_TOTALS] = {"collect.segment_totals",
                            "SELECT count(*), coalesce(sum(records), 0), coalesce(sum(raw_bytes), 0), coalesce(sum(stored_bytes), 0), "
                            "coalesce(min(first_ms), 0) FROM log_segment WHERE expired_ms IS NULL", NULL},
};
const StoreSqlTable collect_keep_sql = {SQL, G_N_ELEMENTS(SQL)};

static gboolean finish(StoreRows *rows, GError *failed, GError **error) {
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}

/* --- strangers --- */

gboolean stranger_store_list(StoreConn *conn, StrangerFunc func, void *data, GError **error) {
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_STRANGERS], S0, error);
  while (rows && store_step(rows, &failed)) {
    StrangerRow row = {store_text(rows, 0), store_text(rows, 1), store_text(rows, 2), store_int(rows, 3), store_int(rows, 4), store_int(rows, 5)};
    if (!func(&row, data))
      break;
  }
  return finish(rows, failed, error);
}

gboolean stranger_store_add(StoreConn *conn, const StrangerRow *row, GError **error) {
  return store_exec(conn, &SQL[SQL_STRANGER_ADD],
                    S(S_TEXT(row->address), S_TEXT(row->host), S_TEXT(row->sample), S_INT(row->count), S_INT(row->last_ms)), NULL, error);
}

gboolean stranger_store_remove(StoreConn *conn, const char *address, const char *host, GError **error) {
  return store_exec(conn, &SQL[SQL_STRANGER_REMOVE], S(S_TEXT(address), S_TEXT(host ? host : "")), NULL, error);
}

gboolean stranger_store_trim(StoreConn *conn, gint64 before_ms, GError **error) {
  return store_exec(conn, &SQL[SQL_STRANGER_TRIM], S(S_INT(before_ms)), NULL, error);
}

/* --- the collector --- */

gboolean collector_store_put(StoreConn *conn, gint64 now_ms, const char *state_json, GError **error) {
  return store_exec(conn, &SQL[SQL_COLLECTOR_PUT], S(S_INT(now_ms), S_TEXT(state_json)), NULL, error);
}

gboolean collector_store_get(StoreConn *conn, Arena *arena, gint64 *out_seen_ms, const char **out_state, GError **error) {
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_COLLECTOR_GET], S0, error);
  *out_seen_ms = 0;
  *out_state = NULL;
  if (rows && store_step(rows, &failed)) {
    *out_seen_ms = store_int(rows, 0);
    *out_state = arena_text(arena, store_text(rows, 1), -1);
  }
  return finish(rows, failed, error);
}

/* --- segments --- */

gboolean segment_store_list(StoreConn *conn, gint64 from_ms, gint64 to_ms, SegmentFunc func, void *data, GError **error) {
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_SEGMENTS], S(S_INT(from_ms), S_INT(to_ms)), error);
  while (rows && store_step(rows, &failed)) {
    SegmentRow row = {.name = store_text(rows, 0),
                      .sha256 = store_text(rows, 1),
                      .records = store_int(rows, 2),
                      .raw_bytes = store_int(rows, 3),
                      .stored_bytes = store_int(rows, 4),
                      .first_ms = store_int(rows, 5),
                      .last_ms = store_int(rows, 6),
                      .sealed_ms = store_int(rows, 7),
                      .keep_months = store_int(rows, 8)};
    if (!func(&row, data))
      break;
  }
  return finish(rows, failed, error);
}

gboolean segment_store_insert(StoreConn *conn, const SegmentRow *row, const guint32 *numbers, gsize count, gboolean *out_new, GError **error) {
  gint64 changed = 0;
  if (!store_exec(conn, &SQL[SQL_SEGMENT_INSERT],
                  S(S_TEXT(row->name), S_TEXT(row->sha256), S_INT(row->records), S_INT(row->raw_bytes), S_INT(row->stored_bytes),
                    S_INT(row->first_ms), S_INT(row->last_ms), S_INT(row->sealed_ms)),
                  &changed, error))
    return FALSE;
  for (gsize i = 0; i < count; i++)
    if (!store_exec(conn, &SQL[SQL_SEGMENT_SOURCE], S(S_TEXT(row->name), S_INT(numbers[i])), NULL, error))
      return FALSE;
  *out_new = changed == 1;
  return TRUE;
}

gboolean segment_store_expire(StoreConn *conn, const char *name, gint64 now_ms, GError **error) {
  return store_exec(conn, &SQL[SQL_SEGMENT_EXPIRE], S(S_TEXT(name), S_INT(now_ms)), NULL, error);
}

gboolean segment_store_known(StoreConn *conn, const char *name, gboolean *out_known, GError **error) {
  gint64 count = 0;
  gboolean good = store_get_int(conn, &SQL[SQL_SEGMENT_KNOWN], S(S_TEXT(name)), 0, &count, error);
  *out_known = count != 0;
  return good;
}

gboolean segment_store_sealed(StoreConn *conn, const char *name, char **out_details, GError **error) {
  return store_get_text(conn, &SQL[SQL_SEGMENT_SEALED], S(S_TEXT(name)), out_details, error);
}

gboolean segment_store_totals(StoreConn *conn, SegmentTotals *out_totals, GError **error) {
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_SEGMENT_TOTALS], S0, error);
  if (!rows || !store_step(rows, error))
    return FALSE;
  *out_totals = (SegmentTotals){store_int(rows, 0), store_int(rows, 1), store_int(rows, 2), store_int(rows, 3), store_int(rows, 4)};
  return TRUE;
}
