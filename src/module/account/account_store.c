#include "module/account/account_store.h"

enum { SQL_COUNT, SQL_INSERT, SQL_ADD_ROLE };
static const StoreSql SQL[] = {
    [SQL_COUNT] = {"account.count", "SELECT count(*) FROM account", NULL},
    [SQL_INSERT] = {"account.insert",
                    "INSERT INTO account (id, login, name, email, password, home_body_id, created_ms) "
                    "VALUES ($1, $2, $3, $4, $5, $6, $7)", NULL},
    [SQL_ADD_ROLE] = {"account.add_role",
                      "INSERT INTO account_role (account_id, body_id, role) VALUES ($1, $2, $3) "
                      "ON CONFLICT (account_id, body_id, role) DO NOTHING", NULL},
};
const StoreSqlTable account_sql = {SQL, G_N_ELEMENTS(SQL)};

gboolean account_store_count(StoreConn *conn, gint64 *out_count, GError **error) {
  return store_get_int(conn, &SQL[SQL_COUNT], S0, 0, out_count, error);
}

gboolean account_store_insert(StoreConn *conn, const NewAccount *account, gint64 now_ms, GError **error) {
  return store_exec(conn, &SQL[SQL_INSERT],
                    S(S_TEXT(account->id), S_TEXT(account->login), S_TEXT(account->name), S_TEXT(account->email),
                      S_TEXT(account->password), S_TEXT(account->body_id), S_INT(now_ms)),
                    NULL, error);
}

gboolean account_store_add_role(StoreConn *conn, const char *account_id, const char *body_id, Role role, GError **error) {
  return store_exec(conn, &SQL[SQL_ADD_ROLE], S(S_TEXT(account_id), S_TEXT(body_id), S_INT(role)), NULL, error);
}
