#include "core/body.h"
#include "base/text.h"
#include "core/core_sql.h"

enum { SQL_GET, SQL_INSERT, SQL_SELF, SQL_ABOVE, SQL_ANCESTORS, SQL_IS_BELOW };
static const StoreSql SQL[] = {
    [SQL_GET] = {"core.body.get",
                 "SELECT id, parent_id, root_id, kind, name, short_name, place, version FROM body WHERE id = $1", NULL},
    [SQL_INSERT] = {"core.body.insert",
                    "INSERT INTO body (id, parent_id, root_id, kind, name, short_name, place, sort_key, created_ms) "
                    "VALUES ($1, $2, coalesce((SELECT root_id FROM body WHERE id = $2), $1), $3, $4, $5, $6, $7, $8)",
                    NULL},
    [SQL_SELF] = {"core.body.insert_self",
                  "INSERT INTO body_ancestor (body_id, ancestor_id, depth) VALUES ($1, $1, 0)", NULL},
    [SQL_ABOVE] = {"core.body.insert_above",
                   "INSERT INTO body_ancestor (body_id, ancestor_id, depth) "
                   "SELECT $1, ancestor_id, depth + 1 FROM body_ancestor WHERE body_id = $2", NULL},
    [SQL_ANCESTORS] = {"core.body.ancestors",
                       "SELECT ancestor_id FROM body_ancestor WHERE body_id = $1 ORDER BY depth", NULL},
    [SQL_IS_BELOW] = {"core.body.below",
                      "SELECT count(*) FROM body_ancestor WHERE body_id = $1 AND ancestor_id = $2", NULL},
};
const StoreSqlTable body_sql = {SQL, G_N_ELEMENTS(SQL)};

const Body *body_get(StoreConn *conn, Arena *arena, const char *id, GError **error) {
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_GET], S(S_TEXT(id)), error);
  if (!rows || !store_step(rows, error))
    return NULL;
  Body *body = arena_alloc(arena, sizeof *body);
  *body = (Body){
      .id = arena_text(arena, store_text(rows, 0), -1),
      .parent_id = arena_text(arena, store_text(rows, 1), -1),
      .root_id = arena_text(arena, store_text(rows, 2), -1),
      .kind = arena_text(arena, store_text(rows, 3), -1),
      .name = arena_text(arena, store_text(rows, 4), -1),
      .short_name = arena_text(arena, store_text(rows, 5), -1),
      .place = arena_text(arena, store_text(rows, 6), -1),
      .version = store_int(rows, 7),
  };
  return body;
}

gboolean body_insert(StoreConn *conn, const Body *body, gint64 now_ms, GError **error) {
  g_autofree char *sort_key = text_sort_key(body->name);
  return store_exec(conn, &SQL[SQL_INSERT],
                    S(S_TEXT(body->id), S_TEXT(body->parent_id), S_TEXT(body->kind), S_TEXT(body->name),
                      S_TEXT(body->short_name ? body->short_name : body->name), S_TEXT(body->place ? body->place : ""),
                      S_TEXT(sort_key), S_INT(now_ms)),
                    NULL, error) &&
         store_exec(conn, &SQL[SQL_SELF], S(S_TEXT(body->id)), NULL, error) &&
         (!body->parent_id ||
          store_exec(conn, &SQL[SQL_ABOVE], S(S_TEXT(body->id), S_TEXT(body->parent_id)), NULL, error));
}

const char *const *body_ancestors(StoreConn *conn, Arena *arena, const char *id, GError **error) {
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_ANCESTORS], S(S_TEXT(id)), error);
  if (!rows)
    return NULL;
  g_autoptr(GPtrArray) ids = g_ptr_array_new();
  g_autoptr(GError) failed = NULL;
  while (store_step(rows, &failed))
    g_ptr_array_add(ids, arena_text(arena, store_text(rows, 0), -1));
  if (failed) {
    g_propagate_error(error, g_steal_pointer(&failed));
    return NULL;
  }
  const char **result = arena_alloc(arena, (ids->len + 1) * sizeof *result);
  for (guint i = 0; i < ids->len; i++)
    result[i] = g_ptr_array_index(ids, i);
  result[ids->len] = NULL;
  return result;
}

gboolean body_is_below(StoreConn *conn, const char *id, const char *ancestor_id, gboolean *out_below, GError **error) {
  gint64 count = 0;
  if (!store_get_int(conn, &SQL[SQL_IS_BELOW], S(S_TEXT(id), S_TEXT(ancestor_id)), 0, &count, error))
    return FALSE;
  *out_below = count > 0;
  return TRUE;
}

gboolean body_require_top(Request *request, const char *permission, GError **error) {
  StoreConn *conn = request_read(request, error);
  for (gsize i = 0; conn && request->user && i < request->user->n_grants; i++) {
    const char *body_id = request->user->grants[i].body_id;
    const Body *body = body_get(conn, request->arena, body_id, NULL);
    if (body && !body->parent_id && request_may(request, permission, body_id))
      return TRUE;
  }
  if (conn)
    g_set_error(error, APP_ERROR, ERROR_FORBIDDEN, "Việc này thuộc quản trị của cơ quan đứng đầu hệ thống.");
  return FALSE;
}
