/* The statements about contacts. */
#include "module/org/org_store.h"

#define COLUMNS                                                                                                        \
  "c.id, c.body_id, c.kind, c.name, c.title, c.phone, c.phone_after_hours, c.email, c.note, c.from_day, c.until_day, "  \
  "b.name, c.verified_ms, c.version FROM contact c JOIN body b ON b.id = c.body_id "
#define IN_FORCE(day) "c.from_day <= " day " AND (c.until_day IS NULL OR c.until_day >= " day ") "
#define KIND_ORDER                                                                                                     \
  "CASE c.kind WHEN 'duty' THEN 0 WHEN 'focal' THEN 1 WHEN 'leader' THEN 2 WHEN 'technical' THEN 3 ELSE 4 END"

enum { SQL_GET, SQL_INSERT, SQL_UPDATE, SQL_OF_BODY, SQL_ABOVE, SQL_BELOW };
static const StoreSql SQL[] = {
    [SQL_GET] = {"contact.get", "SELECT " COLUMNS "WHERE c.id = $1", NULL},
    [SQL_INSERT] = {"contact.insert",
                    "INSERT INTO contact (id, body_id, kind, name, title, phone, phone_after_hours, email, note, from_day) "
                    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", NULL},
    [SQL_UPDATE] = {"contact.update",
                    "UPDATE contact SET kind = $3, name = $4, title = $5, phone = $6, phone_after_hours = $7, email = $8, note = $9, "
                    "from_day = $10, until_day = $11, verified_ms = $12, version = version + 1 WHERE id = $1 AND version = $2", NULL},
    [SQL_OF_BODY] = {"contact.of_body",
                     "SELECT " COLUMNS "WHERE c.body_id = $1 ORDER BY CASE WHEN c.until_day IS NULL THEN 0 ELSE 1 END, " KIND_ORDER
                     ", c.from_day DESC, c.id LIMIT 100", NULL},
    [SQL_ABOVE] = {"contact.above",
                   "SELECT " COLUMNS "JOIN body_ancestor a ON a.ancestor_id = c.body_id WHERE a.body_id = $1 AND a.depth > 0 "
                   "AND c.kind IN ('focal', 'duty') AND " IN_FORCE("$2") "ORDER BY a.depth, " KIND_ORDER ", c.id LIMIT 8", NULL},
    [SQL_BELOW] = {"contact.below",
                   "SELECT " COLUMNS "JOIN body_ancestor a ON a.body_id = c.body_id WHERE a.ancestor_id = $1 AND " IN_FORCE("$2")
                   "AND ($3 = '' OR c.kind = $3) AND ($4 = 0 OR c.verified_ms IS NULL) "
                   "ORDER BY a.depth, b.sort_key, b.id, " KIND_ORDER ", c.name, c.id LIMIT 5000", NULL},
};
const StoreSqlTable org_contact_sql = {SQL, G_N_ELEMENTS(SQL)};

static void read_contact(const StoreRows *rows, Contact *contact) {
  const char **texts[] = {&contact->id, &contact->body_id, &contact->kind, &contact->name, &contact->title, &contact->phone,
                          &contact->phone_after_hours, &contact->email, &contact->note, &contact->from_day, &contact->until_day,
                          &contact->body_name};
  int count = (int)G_N_ELEMENTS(texts);
  for (int i = 0; i < count; i++)
    *texts[i] = store_text(rows, i);
  contact->verified_ms = store_int(rows, count);
  contact->version = store_int(rows, count + 1);
}

const Contact *contact_store_get(StoreConn *conn, Arena *arena, const char *id, GError **error) {
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_GET], S(S_TEXT(id)), error);
  if (!rows || !store_step(rows, error))
    return NULL;
  Contact *contact = arena_alloc(arena, sizeof *contact);
  read_contact(rows, contact);
  const char **texts[] = {&contact->id, &contact->body_id, &contact->kind, &contact->name, &contact->title, &contact->phone,
                          &contact->phone_after_hours, &contact->email, &contact->note, &contact->from_day, &contact->until_day,
                          &contact->body_name};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    *texts[i] = arena_text(arena, *texts[i], -1);
  return contact;
}

gboolean contact_store_insert(StoreConn *conn, const Contact *c, GError **error) {
  return store_exec(conn, &SQL[SQL_INSERT],
                    S(S_TEXT(c->id), S_TEXT(c->body_id), S_TEXT(c->kind), S_TEXT(c->name), S_TEXT(c->title), S_TEXT(c->phone),
                      S_TEXT(c->phone_after_hours), S_TEXT(c->email), S_TEXT(c->note), S_TEXT(c->from_day)),
                    NULL, error);
}

gboolean contact_store_update(StoreConn *conn, const Contact *c, gint64 version, GError **error) {
  gint64 changed = 0;
  if (!store_exec(conn, &SQL[SQL_UPDATE],
                  S(S_TEXT(c->id), S_INT(version), S_TEXT(c->kind), S_TEXT(c->name), S_TEXT(c->title), S_TEXT(c->phone),
                    S_TEXT(c->phone_after_hours), S_TEXT(c->email), S_TEXT(c->note), S_TEXT(c->from_day), S_TEXT(c->until_day),
                    c->verified_ms ? S_INT(c->verified_ms) : S_NULL),
                  &changed, error))
    return FALSE;
  if (changed != 1)
    g_set_error(error, APP_ERROR, ERROR_CONFLICT,
                "Đầu mối %s vừa được người khác sửa. Nội dung đã nhập còn trên trang; xem lại rồi lưu.", c->name);
  return changed == 1;
}

static gboolean each(StoreRows *rows, ContactFunc func, void *data, GError **error) {
  GError *failed = NULL;
  while (rows && store_step(rows, &failed)) {
    Contact contact;
    read_contact(rows, &contact);
    if (!func(&contact, data))
      break;
  }
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}

gboolean contact_store_of_body(StoreConn *conn, const char *body_id, ContactFunc func, void *data, GError **error) {
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_OF_BODY], S(S_TEXT(body_id)), error);
  return each(rows, func, data, error);
}

gboolean contact_store_above(StoreConn *conn, const char *body_id, const char *today, ContactFunc func, void *data, GError **error) {
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_ABOVE], S(S_TEXT(body_id), S_TEXT(today)), error);
  return each(rows, func, data, error);
}

gboolean contact_store_below(StoreConn *conn, const char *body_id, const char *today, const char *kind, gboolean unverified,
                             ContactFunc func, void *data, GError **error) {
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_BELOW],
                                          S(S_TEXT(body_id), S_TEXT(today), S_TEXT(kind ? kind : ""), S_INT(unverified)), error);
  return each(rows, func, data, error);
}
