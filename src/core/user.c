#include "core/user.h"
#include "core/core_sql.h"

#define COLUMNS "SELECT id, login, name, email, lang, home_body_id FROM account WHERE disabled_ms IS NULL AND "

enum { SQL_BY_ID, SQL_BY_LOGIN, SQL_BY_OS, SQL_GRANTS };
static const StoreSql SQL[] = {
    [SQL_BY_ID] = {"core.account.by_id", COLUMNS "id = $1", NULL},
    [SQL_BY_LOGIN] = {"core.account.by_login", COLUMNS "login = $1", NULL},
    [SQL_BY_OS] = {"core.account.by_os", COLUMNS "os_user = $1", NULL},
    [SQL_GRANTS] = {"core.account.grants", "SELECT role, body_id FROM account_role WHERE account_id = $1", NULL},
};
const StoreSqlTable user_sql = {SQL, G_N_ELEMENTS(SQL)};

static gboolean load_grants(StoreConn *conn, Arena *arena, User *user, GError **error) {
  g_autoptr(GArray) grants = g_array_new(FALSE, FALSE, sizeof(Grant));
  g_autoptr(GError) failed = NULL;
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_GRANTS], S(S_TEXT(user->id)), error);
  if (!rows)
    return FALSE;
  while (store_step(rows, &failed)) {
    Grant grant = {.role = (Role)store_int(rows, 0)};
    g_strlcpy(grant.body_id, store_text(rows, 1), sizeof grant.body_id);
    g_array_append_val(grants, grant);
  }
  if (failed) {
    g_propagate_error(error, g_steal_pointer(&failed));
    return FALSE;
  }
  Grant *copy = arena_alloc(arena, (grants->len + 1) * sizeof *copy);
  for (guint i = 0; i < grants->len; i++)
    copy[i] = g_array_index(grants, Grant, i);
  user->grants = copy;
  user->n_grants = grants->len;
  return TRUE;
}

static const User *load(StoreConn *conn, Arena *arena, const StoreSql *sql, const char *key, GError **error) {
  User *user = NULL;
  g_autoptr(StoreRows) rows = store_query(conn, sql, S(S_TEXT(key)), error);
  if (!rows || !store_step(rows, error))
    return NULL;
  user = arena_alloc(arena, sizeof *user);
  *user = (User){
      .id = arena_text(arena, store_text(rows, 0), -1),
      .login = arena_text(arena, store_text(rows, 1), -1),
      .name = arena_text(arena, store_text(rows, 2), -1),
      .email = arena_text(arena, store_text(rows, 3), -1),
      .lang = arena_text(arena, store_text(rows, 4), -1),
      .home_body_id = arena_text(arena, store_text(rows, 5), -1),
  };
  return load_grants(conn, arena, user, error) ? user : NULL;
}

const User *user_load(StoreConn *conn, Arena *arena, const char *account_id, GError **error) {
  return load(conn, arena, &SQL[SQL_BY_ID], account_id, error);
}

const User *user_load_by_login(StoreConn *conn, Arena *arena, const char *login, GError **error) {
  return load(conn, arena, &SQL[SQL_BY_LOGIN], login, error);
}

const User *user_load_by_os(StoreConn *conn, Arena *arena, const char *os_user, GError **error) {
  return load(conn, arena, &SQL[SQL_BY_OS], os_user, error);
}
