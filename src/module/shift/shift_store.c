#include "module/shift/shift_store.h"
#include "base/date.h"

#define COLUMNS                                                                                                        \
  "s.id, s.body_id, s.name, s.phone, s.email, s.note, b.name, s.from_ms, s.until_ms, s.weekly, s.ended_ms, s.version "
#define MOST 200

enum { SQL_AT, SQL_GET, SQL_INSERT, SQL_UPDATE, SQL_OF_BODY, SQL_ADD_HANDOVER, SQL_HANDOVERS };
static const StoreSql SQL[] = {
    [SQL_AT] = {"shift.at",
                "SELECT " COLUMNS "FROM body_ancestor a JOIN shift s ON s.body_id = a.ancestor_id AND s.ended_ms IS NULL "
                "AND s.from_ms <= $2 AND ((s.weekly = 0 AND s.until_ms > $2) "
                "OR (s.weekly = 1 AND ($2 - s.from_ms) % 604800000 < s.until_ms - s.from_ms)) "
                "JOIN body b ON b.id = s.body_id WHERE a.body_id = $1 ORDER BY a.depth, s.weekly, s.from_ms DESC, s.id LIMIT 1", NULL},
    [SQL_GET] = {"shift.get", "SELECT " COLUMNS "FROM shift s JOIN body b ON b.id = s.body_id WHERE s.id = $1", NULL},
    [SQL_INSERT] = {"shift.insert",
                    "INSERT INTO shift (id, body_id, name, phone, email, note, from_ms, until_ms, weekly, created_ms) "
                    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", NULL},
    [SQL_UPDATE] = {"shift.update",
                    "UPDATE shift SET name = $3, phone = $4, email = $5, note = $6, from_ms = $7, until_ms = $8, weekly = $9, "
                    "ended_ms = $10, version = version + 1 WHERE id = $1 AND version = $2", NULL},
    [SQL_OF_BODY] = {"shift.of_body",
                     "SELECT " COLUMNS "FROM shift s JOIN body b ON b.id = s.body_id WHERE s.body_id = $1 AND s.ended_ms IS NULL "
                     "AND (s.weekly = 1 OR s.until_ms > $2) ORDER BY s.weekly, s.from_ms, s.id LIMIT $3", NULL},
    [SQL_ADD_HANDOVER] = {"shift.add_handover",
                          "INSERT INTO shift_handover (id, body_id, at_ms, account_id, author, to_name, text) "
                          "VALUES ($1, $2, $3, $4, $5, $6, $7)", NULL},
    [SQL_HANDOVERS] = {"shift.handovers",
                       "SELECT author, to_name, text, at_ms FROM shift_handover WHERE body_id = $1 ORDER BY at_ms DESC, id DESC LIMIT 20",
                       NULL},
};
const StoreSqlTable shift_sql = {SQL, G_N_ELEMENTS(SQL)};

static Shift *read_row(StoreRows *rows, Arena *arena) {
  Shift *s = arena_alloc(arena, sizeof *s);
  const char **texts[] = {&s->id, &s->body_id, &s->name, &s->phone, &s->email, &s->note, &s->body_name};
  int column = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    *texts[i] = arena_text(arena, store_text(rows, column++), -1);
  s->from_ms = store_int(rows, column++);
  s->until_ms = store_int(rows, column++);
  s->weekly = store_int(rows, column++) != 0;
  s->ended_ms = store_int(rows, column++);
  s->version = store_int(rows, column);
  return s;
}

static const Shift *read_one(StoreConn *conn, Arena *arena, int sql, const StoreValue *values, gsize count, GError **error) {
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[sql], values, count, error);
  return rows && store_step(rows, error) ? read_row(rows, arena) : NULL;
}

const Shift *shift_at(StoreConn *conn, Arena *arena, const char *body_id, gint64 at_ms, GError **error) {
  return read_one(conn, arena, SQL_AT, S(S_TEXT(body_id), S_INT(at_ms)), error);
}

const Shift *shift_store_get(StoreConn *conn, Arena *arena, const char *id, GError **error) {
  return read_one(conn, arena, SQL_GET, S(S_TEXT(id)), error);
}

gint64 shift_end_ms(const Shift *shift, gint64 at_ms) {
  gint64 passed = shift->weekly && at_ms > shift->from_ms ? (at_ms - shift->from_ms) / WEEK_MS : 0;
  return shift->until_ms + passed * WEEK_MS;
}

gboolean shift_store_insert(StoreConn *conn, const Shift *s, gint64 now_ms, GError **error) {
  return store_exec(conn, &SQL[SQL_INSERT],
                    S(S_TEXT(s->id), S_TEXT(s->body_id), S_TEXT(s->name), S_TEXT(s->phone), S_TEXT(s->email), S_TEXT(s->note),
                      S_INT(s->from_ms), S_INT(s->until_ms), S_INT(s->weekly), S_INT(now_ms)),
                    NULL, error);
}

gboolean shift_store_update(StoreConn *conn, const Shift *s, gint64 version, GError **error) {
  gint64 changed = 0;
  if (!store_exec(conn, &SQL[SQL_UPDATE],
                  S(S_TEXT(s->id), S_INT(version), S_TEXT(s->name), S_TEXT(s->phone), S_TEXT(s->email), S_TEXT(s->note),
                    S_INT(s->from_ms), S_INT(s->until_ms), S_INT(s->weekly), s->ended_ms ? S_INT(s->ended_ms) : S_NULL),
                  &changed, error))
    return FALSE;
  if (changed == 1)
    return TRUE;
  g_set_error(error, APP_ERROR, ERROR_CONFLICT, "Ca trực này vừa được người khác sửa. Nội dung đã nhập còn trên trang; xem lại rồi lưu.");
  return FALSE;
}

GPtrArray *shift_store_of_body(StoreConn *conn, Arena *arena, const char *body_id, gint64 after_ms, GError **error) {
  GError *failed = NULL;
  g_autoptr(GPtrArray) found = g_ptr_array_new();
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_OF_BODY], S(S_TEXT(body_id), S_INT(after_ms), S_INT(MOST)), error);
  while (rows && store_step(rows, &failed))
    g_ptr_array_add(found, read_row(rows, arena));
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed ? g_steal_pointer(&found) : NULL;
}

gboolean shift_store_add_handover(Change *change, const char *id, const Handover *handover, GError **error) {
  const Request *request = change->request;
  return store_exec(change->conn, &SQL[SQL_ADD_HANDOVER],
                    S(S_TEXT(id), S_TEXT(request->body_id), S_INT(handover->at_ms), S_TEXT(request->user ? request->user->id : NULL),
                      S_TEXT(handover->author), S_TEXT(handover->to_name), S_TEXT(handover->text)),
                    NULL, error);
}

GPtrArray *shift_store_handovers(StoreConn *conn, Arena *arena, const char *body_id, GError **error) {
  GError *failed = NULL;
  g_autoptr(GPtrArray) found = g_ptr_array_new();
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_HANDOVERS], S(S_TEXT(body_id)), error);
  while (rows && store_step(rows, &failed)) {
    Handover *handover = arena_alloc(arena, sizeof *handover);
    *handover = (Handover){arena_text(arena, store_text(rows, 0), -1), arena_text(arena, store_text(rows, 1), -1),
                           arena_text(arena, store_text(rows, 2), -1), store_int(rows, 3)};
    g_ptr_array_add(found, handover);
  }
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed ? g_steal_pointer(&found) : NULL;
}
