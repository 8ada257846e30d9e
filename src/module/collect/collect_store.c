#include "module/collect/collect_store.h"
#include "base/text.h"

#define COLUMNS                                                                                                        \
  "s.id, s.code, s.body_id, s.system_id, s.name, s.kind, s.way, s.address, s.host, s.path, s.format, b.name, y.name, "  \
  "t.last_line, t.trouble, s.number, s.offset_minutes, s.silent_minutes, s.keep_months, s.stopped_ms, s.version, "      \
  "s.created_ms, y.level, t.received, t.stored, t.dropped, t.bytes, t.a_minute, t.first_ms, t.last_ms, t.lag_ms, "      \
  "t.silent_ms, t.skew_ms "
#define FROM                                                                                                           \
  "FROM log_source s JOIN body b ON b.id = s.body_id LEFT JOIN system y ON y.id = s.system_id "                         \
  "LEFT JOIN log_source_state t ON t.source_id = s.id "

enum {
  SQL_LIST, SQL_ALL, SQL_GET, SQL_NUMBERED, SQL_INSERT, SQL_UPDATE, SQL_STATE, SQL_SILENT, SQL_COUNTS, SQL_BODIES, SQL_SYSTEMS,
  SQL_SYSTEM_BODY, SQL_SYSTEM_LEVEL
};
static const StoreSql SQL[] = {
    [SQL_LIST] = {"source.list",
                  "SELECT " COLUMNS FROM "JOIN body_ancestor a ON a.body_id = s.body_id WHERE a.ancestor_id = $1 "
                  "AND ($2 < 0 OR (s.stopped_ms IS NOT NULL) = ($2 = 1)) AND (s.sort_key, s.id) > ($3, $4) "
                  "ORDER BY s.sort_key, s.id LIMIT $5", NULL},
    [SQL_ALL] = {"source.all", "SELECT " COLUMNS FROM "ORDER BY s.number", NULL},
    [SQL_GET] = {"source.get", "SELECT " COLUMNS FROM "WHERE s.id = $1 OR s.code = $1", NULL},
    [SQL_NUMBERED] = {"source.numbered", "SELECT " COLUMNS FROM "WHERE s.number = $1", NULL},
    [SQL_INSERT] = {"source.insert",
                    "INSERT INTO log_source (id, number, code, body_id, system_id, name, sort_key, kind, way, address, host, path, format, "
                    "offset_minutes, silent_minutes, keep_months, created_ms) VALUES ($1, "
                    "(SELECT coalesce(max(number), 0) + 1 FROM log_source), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) "
                    "RETURNING number", NULL},
    [SQL_UPDATE] = {"source.update",
                    "UPDATE log_source SET body_id = $3, system_id = $4, name = $5, sort_key = $6, kind = $7, way = $8, address = $9, "
                    "host = $10, path = $11, format = $12, offset_minutes = $13, silent_minutes = $14, keep_months = $15, stopped_ms = $16, "
                    "version = version + 1 WHERE id = $1 AND version = $2", NULL},
    [SQL_STATE] = {"source.state",
                   "INSERT INTO log_source_state (source_id, received, stored, dropped, bytes, a_minute, first_ms, last_ms, skew_ms, lag_ms, "
                   "silent_ms, last_line, trouble) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) "
                   "ON CONFLICT (source_id) DO UPDATE SET received = $2, stored = $3, dropped = $4, bytes = $5, a_minute = $6, first_ms = $7, "
                   "last_ms = $8, skew_ms = $9, lag_ms = $10, silent_ms = $11, last_line = $12, trouble = $13", NULL},
    [SQL_SILENT] = {"source.silent",
                    "INSERT INTO log_source_state (source_id, received, stored, dropped, bytes, a_minute, lag_ms, silent_ms) "
                    "VALUES ($1, 0, 0, 0, 0, 0, 0, $2) ON CONFLICT (source_id) DO UPDATE SET silent_ms = $2", NULL},
    [SQL_COUNTS] = {"source.counts",
                    "SELECT coalesce(sum(CASE WHEN s.stopped_ms IS NULL THEN 1 ELSE 0 END), 0), "
                    "coalesce(sum(CASE WHEN s.stopped_ms IS NULL THEN 0 ELSE 1 END), 0), "
                    "coalesce(sum(CASE WHEN s.stopped_ms IS NULL AND t.silent_ms IS NOT NULL THEN 1 ELSE 0 END), 0), "
                    "coalesce(sum(CASE WHEN s.stopped_ms IS NULL AND t.trouble IS NOT NULL THEN 1 ELSE 0 END), 0) "
                    "FROM log_source s JOIN body_ancestor a ON a.body_id = s.body_id LEFT JOIN log_source_state t ON t.source_id = s.id "
                    "WHERE a.ancestor_id = $1", NULL},
    [SQL_BODIES] = {"source.bodies",
                    "SELECT b.id, b.name FROM body_ancestor a JOIN body b ON b.id = a.body_id WHERE a.ancestor_id = $1 "
                    "AND b.closed_day IS NULL ORDER BY a.depth, b.sort_key, b.id LIMIT 500", NULL},
    [SQL_SYSTEMS] = {"source.systems",
                     "SELECT y.id, y.name FROM system y JOIN body_ancestor a ON a.body_id = y.body_id WHERE a.ancestor_id = $1 "
                     "AND y.retired_day IS NULL ORDER BY y.sort_key, y.id LIMIT 500", NULL},
    [SQL_SYSTEM_BODY] = {"source.system_body", "SELECT body_id FROM system WHERE id = $1 AND retired_day IS NULL", NULL},
    [SQL_SYSTEM_LEVEL] = {"source.system_level", "SELECT coalesce(level, 0) FROM system WHERE id = $1", NULL},
};
const StoreSqlTable collect_sql = {SQL, G_N_ELEMENTS(SQL)};

static gboolean finish(StoreRows *rows, GError *failed, GError **error) {
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}

static StoreValue ms_or_null(gint64 ms) {
  return ms ? S_INT(ms) : S_NULL;
}

/* --- reading --- */

enum { ROW_TEXTS = 13, TEXTS = 15 };

static void read_texts(const StoreRows *rows, SourceRow *s, SourceState *t) {
  const char **texts[TEXTS] = {&s->id,   &s->code, &s->body_id, &s->system_id, &s->name,        &s->kind,      &s->way, &s->address,
                               &s->host, &s->path, &s->format,  &s->body_name, &s->system_name, &t->last_line, &t->trouble};
  for (int i = 0; i < TEXTS; i++)
    *texts[i] = store_text(rows, i);
}

static void read_row(const StoreRows *rows, SourceRow *s, SourceState *t) {
  read_texts(rows, s, t);
  gint64 *numbers[] = {&s->number, &s->offset_minutes, &s->silent_minutes, &s->keep_months, &s->stopped_ms, &s->version, &s->created_ms,
                       &s->system_level, &t->received, &t->stored, &t->dropped, &t->bytes, &t->a_minute, &t->first_ms, &t->last_ms,
                       &t->lag_ms, &t->silent_ms, &t->skew_ms};
  for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
    *numbers[i] = store_int(rows, TEXTS + (int)i);
  t->skew_known = !store_is_null(rows, TEXTS + (int)G_N_ELEMENTS(numbers) - 1);
}

gboolean source_store_list(StoreConn *conn, const char *body_id, int stopped, const SourceRow *after, int limit, SourceFunc func, void *data,
                           GError **error) {
  GError *failed = NULL;
  g_autofree char *sort_key = after ? text_sort_key(after->name) : g_strdup("");
  g_autoptr(StoreRows) rows =
      body_id ? store_query(conn, &SQL[SQL_LIST],
                            S(S_TEXT(body_id), S_INT(stopped), S_TEXT(sort_key), S_TEXT(after ? after->id : ""), S_INT(limit)), error)
              : store_query(conn, &SQL[SQL_ALL], S0, error);
  while (rows && store_step(rows, &failed)) {
    SourceRow row = {0};
    SourceState state = {0};
    read_row(rows, &row, &state);
    if (!func(&row, &state, data))
      break;
  }
  return finish(rows, failed, error);
}

static const SourceRow *get(StoreConn *conn, Arena *arena, const StoreSql *sql, StoreValue key, SourceState *state, GError **error) {
  g_autoptr(StoreRows) rows = store_query(conn, sql, &key, 1, error);
  if (!rows || !store_step(rows, error))
    return NULL;
  SourceRow *s = arena_alloc(arena, sizeof *s);
  *s = (SourceRow){0};
  read_row(rows, s, state);
  const char **texts[TEXTS] = {&s->id,   &s->code, &s->body_id, &s->system_id, &s->name,        &s->kind,          &s->way, &s->address,
                               &s->host, &s->path, &s->format,  &s->body_name, &s->system_name, &state->last_line, &state->trouble};
  for (int i = 0; i < TEXTS; i++)
    *texts[i] = arena_text(arena, *texts[i], -1);
  return s;
}

const SourceRow *source_store_get(StoreConn *conn, Arena *arena, const char *id, SourceState *out_state, GError **error) {
  SourceState unused = {0};
  return get(conn, arena, &SQL[SQL_GET], S_TEXT(id), out_state ? out_state : &unused, error);
}

const SourceRow *source_store_numbered(StoreConn *conn, Arena *arena, gint64 number, GError **error) {
  SourceState unused = {0};
  return get(conn, arena, &SQL[SQL_NUMBERED], S_INT(number), &unused, error);
}

gboolean source_store_counts(StoreConn *conn, const char *body_id, SourceCounts *out_counts, GError **error) {
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_COUNTS], S(S_TEXT(body_id)), error);
  if (!rows || !store_step(rows, error))
    return FALSE;
  *out_counts = (SourceCounts){store_int(rows, 0), store_int(rows, 1), store_int(rows, 2), store_int(rows, 3)};
  return TRUE;
}

static gboolean each_choice(StoreConn *conn, const StoreSql *sql, const char *body_id,
                            void (*add)(const char *id, const char *name, void *data), void *data, GError **error) {
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = store_query(conn, sql, S(S_TEXT(body_id)), error);
  while (rows && store_step(rows, &failed))
    add(store_text(rows, 0), store_text(rows, 1), data);
  return finish(rows, failed, error);
}

gboolean source_store_bodies(StoreConn *conn, const char *body_id, void (*add)(const char *id, const char *name, void *data), void *data,
                             GError **error) {
  return each_choice(conn, &SQL[SQL_BODIES], body_id, add, data, error);
}

gboolean source_store_systems(StoreConn *conn, const char *body_id, void (*add)(const char *id, const char *name, void *data), void *data,
                              GError **error) {
  return each_choice(conn, &SQL[SQL_SYSTEMS], body_id, add, data, error);
}

const char *source_store_system_body(StoreConn *conn, Arena *arena, const char *system_id, GError **error) {
  g_autofree char *body = NULL;
  return store_get_text(conn, &SQL[SQL_SYSTEM_BODY], S(S_TEXT(system_id)), &body, error) ? arena_text(arena, body, -1) : NULL;
}

gboolean source_store_system_level(StoreConn *conn, const char *system_id, gint64 *out_level, GError **error) {
  return store_get_int(conn, &SQL[SQL_SYSTEM_LEVEL], S(S_TEXT(system_id)), 0, out_level, error);
}

/* --- changing --- */

gboolean source_store_insert(StoreConn *conn, SourceRow *s, GError **error) {
  g_autofree char *sort_key = text_sort_key(s->name);
  return store_get_int(conn, &SQL[SQL_INSERT],
                       S(S_TEXT(s->id), S_TEXT(s->code), S_TEXT(s->body_id), S_TEXT(s->system_id), S_TEXT(s->name), S_TEXT(sort_key),
                         S_TEXT(s->kind), S_TEXT(s->way), S_TEXT(s->address), S_TEXT(s->host), S_TEXT(s->path), S_TEXT(s->format),
                         S_INT(s->offset_minutes), S_INT(s->silent_minutes), S_INT(s->keep_months), S_INT(s->created_ms)),
                       0, &s->number, error);
}

gboolean source_store_update(StoreConn *conn, const SourceRow *s, gint64 version, GError **error) {
  g_autofree char *sort_key = text_sort_key(s->name);
  gint64 changed = 0;
  if (!store_exec(conn, &SQL[SQL_UPDATE],
                  S(S_TEXT(s->id), S_INT(version), S_TEXT(s->body_id), S_TEXT(s->system_id), S_TEXT(s->name), S_TEXT(sort_key),
                    S_TEXT(s->kind), S_TEXT(s->way), S_TEXT(s->address), S_TEXT(s->host), S_TEXT(s->path), S_TEXT(s->format),
                    S_INT(s->offset_minutes), S_INT(s->silent_minutes), S_INT(s->keep_months), ms_or_null(s->stopped_ms)),
                  &changed, error))
    return FALSE;
  if (changed != 1)
    g_set_error(error, APP_ERROR, ERROR_CONFLICT,
                "Nguồn nhật ký %s vừa được người khác sửa. Nội dung đã nhập còn trên trang; xem lại rồi lưu.", s->code);
  return changed == 1;
}

gboolean source_store_state(StoreConn *conn, const char *source_id, const SourceState *t, GError **error) {
  return store_exec(conn, &SQL[SQL_STATE],
                    S(S_TEXT(source_id), S_INT(t->received), S_INT(t->stored), S_INT(t->dropped), S_INT(t->bytes), S_INT(t->a_minute),
                      ms_or_null(t->first_ms), ms_or_null(t->last_ms), t->skew_known ? S_INT(t->skew_ms) : S_NULL, S_INT(t->lag_ms),
                      ms_or_null(t->silent_ms), S_TEXT(t->last_line), S_TEXT(t->trouble)),
                    NULL, error);
}

gboolean source_store_silent(StoreConn *conn, const char *source_id, gint64 silent_ms, GError **error) {
  return store_exec(conn, &SQL[SQL_SILENT], S(S_TEXT(source_id), ms_or_null(silent_ms)), NULL, error);
}
