#include "core/user.h"
#include "core/core_sql.h"

#define FIND "SELECT " USER_COLUMNS " FROM account u" USER_GRANTS " WHERE u.disabled_ms IS NULL AND "

enum { SQL_BY_ID, SQL_BY_LOGIN, SQL_BY_OS };
static const StoreSql SQL[] = {
    [SQL_BY_ID] = {"core.account.by_id", FIND "u.id = $1", NULL},
    [SQL_BY_LOGIN] = {"core.account.by_login", FIND "u.login = $1", NULL},
    [SQL_BY_OS] = {"core.account.by_os", FIND "u.os_user = $1", NULL},
};
const StoreSqlTable user_sql = {SQL, G_N_ELEMENTS(SQL)};

User *user_from_row(const StoreRows *rows, Arena *arena) {
  User *user = arena_alloc(arena, sizeof *user);
  *user = (User){
      .id = arena_text(arena, store_text(rows, 0), -1),
      .login = arena_text(arena, store_text(rows, 1), -1),
      .name = arena_text(arena, store_text(rows, 2), -1),
      .email = arena_text(arena, store_text(rows, 3), -1),
      .lang = arena_text(arena, store_text(rows, 4), -1),
      .home_body_id = arena_text(arena, store_text(rows, 5), -1),
  };
  return user;
}

void user_add_grant(User *user, const StoreRows *rows, Arena *arena) {
  if (store_is_null(rows, 6))
    return;
  Grant *grants = arena_alloc(arena, (user->n_grants + 1) * sizeof *grants);
  for (gsize i = 0; i < user->n_grants; i++)
    grants[i] = user->grants[i];
  grants[user->n_grants] = (Grant){.role = (Role)store_int(rows, 6)};
  g_strlcpy(grants[user->n_grants].body_id, store_text(rows, 7), sizeof grants->body_id);
  user->grants = grants;
  user->n_grants++;
}

static const User *load(StoreConn *conn, Arena *arena, const StoreSql *sql, const char *key, GError **error) {
  User *user = NULL;
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = store_query(conn, sql, S(S_TEXT(key)), error);
  if (!rows)
    return NULL;
  while (store_step(rows, &failed)) {
    user = user ? user : user_from_row(rows, arena);
    user_add_grant(user, rows, arena);
  }
  if (failed)
    g_propagate_error(error, failed);
  return failed ? NULL : user;
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
