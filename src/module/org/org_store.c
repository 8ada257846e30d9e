#include "module/org/org_store.h"
#include "base/text.h"

#define BODIES_MOST 20000
#define ROW "b.id, b.parent_id, b.kind, b.name, b.short_name, b.place, b.closed_day, b.version"

enum {
  SQL_FIND, SQL_BELOW, SQL_GET, SQL_UPDATE, SQL_WITHOUT_FOCAL, SQL_OPEN_CHILDREN,
  SQL_ADD_NAME, SQL_ALL_NAMES, SQL_NAMES, SQL_TO_RENAME, SQL_NAME_AT, SQL_TAKE_NAME,
};
static const StoreSql SQL[] = {
    [SQL_FIND] = {"org.find",
                  "SELECT n.body_id FROM body_name n JOIN body_ancestor a ON a.body_id = n.body_id JOIN body b ON b.id = n.body_id "
                  "WHERE n.folded = $1 AND a.ancestor_id = $2 "
                  "ORDER BY CASE WHEN b.closed_day IS NULL THEN 0 ELSE 1 END, a.depth, n.from_day DESC, n.body_id LIMIT 1", NULL},
    [SQL_BELOW] = {"org.below",
                   "SELECT " ROW ", a.depth FROM body_ancestor a JOIN body b ON b.id = a.body_id WHERE a.ancestor_id = $1 "
                   "ORDER BY a.depth, b.sort_key, b.id LIMIT $2", NULL},
    [SQL_GET] = {"org.get", "SELECT " ROW " FROM body b WHERE b.id = $1", NULL},
    [SQL_UPDATE] = {"org.update",
                    "UPDATE body SET kind = $3, short_name = $4, place = $5, closed_day = $6, version = version + 1 "
                    "WHERE id = $1 AND version = $2", NULL},
    [SQL_WITHOUT_FOCAL] = {"org.without_focal",
                           "SELECT b.id FROM body_ancestor a JOIN body b ON b.id = a.body_id WHERE a.ancestor_id = $1 "
                           "AND b.closed_day IS NULL AND NOT EXISTS (SELECT 1 FROM contact c WHERE c.body_id = b.id "
                           "AND c.kind = 'focal' AND c.until_day IS NULL)", NULL},
    [SQL_OPEN_CHILDREN] = {"org.open_children", "SELECT count(*) FROM body WHERE parent_id = $1 AND closed_day IS NULL", NULL},
    [SQL_ADD_NAME] = {"org.add_name",
                      "INSERT INTO body_name (body_id, name, folded, alias, from_day, basis) VALUES ($1, $2, $3, $4, $5, $6) "
                      "ON CONFLICT (body_id, from_day, name) DO UPDATE SET basis = excluded.basis", NULL},
    [SQL_ALL_NAMES] = {"org.all_names", "SELECT name FROM body_name WHERE body_id = $1 ORDER BY alias, from_day DESC, name", NULL},
    [SQL_NAMES] = {"org.names",
                   "SELECT name, from_day, basis, alias FROM body_name WHERE body_id = $1 ORDER BY alias, from_day DESC, name", NULL},
    [SQL_TO_RENAME] = {"org.to_rename",
                       "SELECT n.body_id FROM body_name n JOIN body b ON b.id = n.body_id WHERE n.alias = 0 AND n.from_day <> '' "
                       "AND n.from_day <= $1 AND n.name <> b.name AND NOT EXISTS (SELECT 1 FROM body_name m "
                       "WHERE m.body_id = n.body_id AND m.alias = 0 AND m.from_day > n.from_day AND m.from_day <= $1)", NULL},
    [SQL_NAME_AT] = {"org.name_at",
                     "SELECT name FROM body_name WHERE body_id = $1 AND alias = 0 AND from_day <= $2 "
                     "ORDER BY from_day DESC, name LIMIT 1", NULL},
    [SQL_TAKE_NAME] = {"org.take_name",
                       "UPDATE body SET short_name = CASE WHEN short_name = name THEN $2 ELSE short_name END, name = $2, "
                       "sort_key = $3, version = version + 1 WHERE id = $1", NULL},
};
const StoreSqlTable org_sql = {SQL, G_N_ELEMENTS(SQL)};

static gboolean finish(StoreRows *rows, GError *failed, GError **error) {
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}

/* --- bodies --- */

gboolean org_store_find(StoreConn *conn, Arena *arena, const char *body_id, const char *folded, const char **out_id,
                        GError **error) {
  g_autofree char *id = NULL;
  if (!store_get_text(conn, &SQL[SQL_FIND], S(S_TEXT(folded), S_TEXT(body_id)), &id, error))
    return FALSE;
  *out_id = arena_text(arena, id, -1);
  return TRUE;
}

static OrgRow *read_row(const StoreRows *rows, Arena *arena) {
  OrgRow *row = arena_alloc(arena, sizeof *row);
  const char **texts[] = {&row->id, &row->parent_id, &row->kind, &row->name, &row->short_name, &row->place, &row->closed_day};
  *row = (OrgRow){.version = store_int(rows, G_N_ELEMENTS(texts))};
  for (int i = 0; i < (int)G_N_ELEMENTS(texts); i++)
    *texts[i] = arena_text(arena, store_text(rows, i), -1);
  return row;
}

GPtrArray *org_store_below(StoreConn *conn, Arena *arena, const char *body_id, GError **error) {
  GError *failed = NULL;
  g_autoptr(GPtrArray) list = g_ptr_array_new();
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_BELOW], S(S_TEXT(body_id), S_INT(BODIES_MOST)), error);
  while (rows && store_step(rows, &failed)) {
    OrgRow *row = read_row(rows, arena);
    row->depth = (int)store_int(rows, 8);
    g_ptr_array_add(list, row);
  }
  return finish(rows, failed, error) ? g_steal_pointer(&list) : NULL;
}

const OrgRow *org_store_get(StoreConn *conn, Arena *arena, const char *id, GError **error) {
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_GET], S(S_TEXT(id)), error);
  return rows && store_step(rows, error) ? read_row(rows, arena) : NULL;
}

gboolean org_store_update(StoreConn *conn, const OrgRow *row, gint64 version, GError **error) {
  gint64 changed = 0;
  if (!store_exec(conn, &SQL[SQL_UPDATE],
                  S(S_TEXT(row->id), S_INT(version), S_TEXT(row->kind), S_TEXT(row->short_name), S_TEXT(row->place),
                    S_TEXT(row->closed_day)),
                  &changed, error))
    return FALSE;
  if (changed != 1)
    g_set_error(error, APP_ERROR, ERROR_CONFLICT,
                "%s vừa được người khác sửa. Nội dung đã nhập còn trên trang; xem lại rồi lưu.", row->name);
  return changed == 1;
}

gboolean org_store_without_focal(StoreConn *conn, const char *body_id, GHashTable *out_ids, GError **error) {
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_WITHOUT_FOCAL], S(S_TEXT(body_id)), error);
  while (rows && store_step(rows, &failed))
    g_hash_table_add(out_ids, g_strdup(store_text(rows, 0)));
  return finish(rows, failed, error);
}

gboolean org_store_has_open_children(StoreConn *conn, const char *id, gboolean *out_has, GError **error) {
  gint64 count = 0;
  gboolean good = store_get_int(conn, &SQL[SQL_OPEN_CHILDREN], S(S_TEXT(id)), 0, &count, error);
  *out_has = count > 0;
  return good;
}

/* --- names --- */

gboolean org_store_add_name(StoreConn *conn, const char *body_id, const OrgName *name, GError **error) {
  g_autofree char *folded = org_fold_name(name->name);
  return store_exec(conn, &SQL[SQL_ADD_NAME],
                    S(S_TEXT(body_id), S_TEXT(name->name), S_TEXT(folded), S_INT(name->alias), S_TEXT(name->from_day),
                      S_TEXT(name->basis)),
                    NULL, error);
}

const char *org_store_all_names(StoreConn *conn, Arena *arena, const char *body_id, GError **error) {
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_ALL_NAMES], S(S_TEXT(body_id)), error);
  g_autoptr(GString) names = g_string_new(NULL);
  while (rows && store_step(rows, &failed))
    g_string_append_printf(names, "%s\n", store_text(rows, 0));
  return finish(rows, failed, error) ? arena_text(arena, names->str, (gssize)names->len) : NULL;
}

GPtrArray *org_store_names(StoreConn *conn, Arena *arena, const char *body_id, GError **error) {
  GError *failed = NULL;
  g_autoptr(GPtrArray) list = g_ptr_array_new();
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_NAMES], S(S_TEXT(body_id)), error);
  while (rows && store_step(rows, &failed)) {
    OrgName *name = arena_alloc(arena, sizeof *name);
    *name = (OrgName){arena_text(arena, store_text(rows, 0), -1), arena_text(arena, store_text(rows, 1), -1),
                      arena_text(arena, store_text(rows, 2), -1), store_int(rows, 3) != 0};
    g_ptr_array_add(list, name);
  }
  return finish(rows, failed, error) ? g_steal_pointer(&list) : NULL;
}

GPtrArray *org_store_to_rename(StoreConn *conn, Arena *arena, const char *day, GError **error) {
  GError *failed = NULL;
  g_autoptr(GPtrArray) list = g_ptr_array_new();
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_TO_RENAME], S(S_TEXT(day)), error);
  while (rows && store_step(rows, &failed))
    g_ptr_array_add(list, arena_text(arena, store_text(rows, 0), -1));
  return finish(rows, failed, error) ? g_steal_pointer(&list) : NULL;
}

gboolean org_store_take_name(StoreConn *conn, const char *body_id, const char *day, GError **error) {
  g_autofree char *name = NULL;
  if (!store_get_text(conn, &SQL[SQL_NAME_AT], S(S_TEXT(body_id), S_TEXT(day)), &name, error) || !name)
    return name != NULL;
  g_autofree char *sort_key = text_sort_key(name);
  return store_exec(conn, &SQL[SQL_TAKE_NAME], S(S_TEXT(body_id), S_TEXT(name), S_TEXT(sort_key)), NULL, error);
}
