#include "module/org/org_store.h"

enum { SQL_FIND, SQL_ADD_NAME, SQL_ALL_NAMES };
static const StoreSql SQL[] = {
    [SQL_FIND] = {"org.find",
                  "SELECT n.body_id FROM body_name n JOIN body_ancestor a ON a.body_id = n.body_id JOIN body b ON b.id = n.body_id "
                  "WHERE n.folded = $1 AND a.ancestor_id = $2 "
                  "ORDER BY CASE WHEN b.closed_day IS NULL THEN 0 ELSE 1 END, a.depth, n.from_day DESC, n.body_id LIMIT 1", NULL},
    [SQL_ADD_NAME] = {"org.add_name",
                      "INSERT INTO body_name (body_id, name, folded, alias, from_day, basis) VALUES ($1, $2, $3, $4, $5, $6) "
                      "ON CONFLICT (body_id, from_day, name) DO UPDATE SET basis = excluded.basis", NULL},
    [SQL_ALL_NAMES] = {"org.all_names", "SELECT name FROM body_name WHERE body_id = $1 ORDER BY alias, from_day DESC, name", NULL},
};
const StoreSqlTable org_sql = {SQL, G_N_ELEMENTS(SQL)};

gboolean org_store_find(StoreConn *conn, Arena *arena, const char *body_id, const char *folded, const char **out_id,
                        GError **error) {
  g_autofree char *id = NULL;
  if (!store_get_text(conn, &SQL[SQL_FIND], S(S_TEXT(folded), S_TEXT(body_id)), &id, error))
    return FALSE;
  *out_id = arena_text(arena, id, -1);
  return TRUE;
}

gboolean org_store_add_name(StoreConn *conn, const char *body_id, const OrgName *name, GError **error) {
  g_autofree char *folded = org_fold_name(name->name);
  return store_exec(conn, &SQL[SQL_ADD_NAME],
                    S(S_TEXT(body_id), S_TEXT(name->name), S_TEXT(folded), S_INT(name->alias), S_TEXT(name->from_day),
                      S_TEXT(name->basis)),
                    NULL, error);
}

const char *org_store_all_names(StoreConn *conn, Arena *arena, const char *body_id, GError **error) {
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_ALL_NAMES], S(S_TEXT(body_id)), error);
  g_autoptr(GString) names = g_string_new(NULL);
  g_autoptr(GError) failed = NULL;
  while (rows && store_step(rows, &failed))
    g_string_append_printf(names, "%s\n", store_text(rows, 0));
  if (failed)
    g_propagate_error(error, g_steal_pointer(&failed));
  return rows && !(error && *error) ? arena_text(arena, names->str, (gssize)names->len) : NULL;
}
