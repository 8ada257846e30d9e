#include "module/account/account_store.h"

#define ACCOUNT_COLUMNS                                                                                                \
  "a.id, a.login, a.name, a.email, a.phone, a.password, a.lang, a.os_user, a.home_body_id, b.short_name, a.totp_secret, " \
  "a.totp_pending, a.totp_last, a.locked_until_ms, a.disabled_ms, a.version"
#define ACCOUNT_TEXTS 12
#define TOKEN_COLUMNS                                                                                                  \
  "t.id, t.account_id, a.name, t.body_id, b.short_name, t.name, t.scopes, a.home_body_id, t.created_ms, t.expires_ms, " \
  "t.used_ms, t.revoked_ms FROM api_token t JOIN account a ON a.id = t.account_id JOIN body b ON b.id = t.body_id "

enum {
  SQL_COUNT, SQL_GET, SQL_INSERT, SQL_UPDATE, SQL_PASSWORD, SQL_TOTP, SQL_DISABLE, SQL_LOGIN_TAKEN, SQL_OS_TAKEN, SQL_ADD_ROLE,
  SQL_REMOVE_ROLE, SQL_END_ALL, SQL_END_ONE, SQL_LIST, SQL_ROLES, SQL_SESSIONS, SQL_TOKEN_ADD, SQL_TOKEN_REVOKE, SQL_TOKEN,
  SQL_TOKENS_OWN, SQL_TOKENS_BELOW, SQL_BELOW, SQL_TOP
};
static const StoreSql SQL[] = {
    [SQL_COUNT] = {"account.count", "SELECT count(*) FROM account", NULL},
    [SQL_GET] = {"account.get",
                 "SELECT " ACCOUNT_COLUMNS " FROM account a JOIN body b ON b.id = a.home_body_id WHERE a.id = $1 OR a.login = $1 "
                 "ORDER BY CASE WHEN a.id = $1 THEN 0 ELSE 1 END LIMIT 1", NULL},
    [SQL_INSERT] = {"account.insert",
                    "INSERT INTO account (id, login, name, email, phone, password, lang, os_user, home_body_id, created_ms) "
                    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", NULL},
    [SQL_UPDATE] = {"account.update",
                    "UPDATE account SET name = $3, email = $4, phone = $5, lang = $6, os_user = $7, version = version + 1 "
                    "WHERE id = $1 AND version = $2", NULL},
    [SQL_PASSWORD] = {"account.set_password",
                      "UPDATE account SET password = $2, failed_count = 0, locked_until_ms = 0 WHERE id = $1", NULL},
    [SQL_TOTP] = {"account.set_totp",
                  "UPDATE account SET totp_secret = $2, totp_pending = $3, totp_last = $4 WHERE id = $1", NULL},
    [SQL_DISABLE] = {"account.disable", "UPDATE account SET disabled_ms = $2, failed_count = 0, locked_until_ms = 0 WHERE id = $1",
                     NULL},
    [SQL_LOGIN_TAKEN] = {"account.login_taken", "SELECT count(*) FROM account WHERE login = $1", NULL},
    [SQL_OS_TAKEN] = {"account.os_user_taken", "SELECT count(*) FROM account WHERE os_user = $1 AND id <> $2", NULL},
    [SQL_ADD_ROLE] = {"account.add_role",
                      "INSERT INTO account_role (account_id, body_id, role) VALUES ($1, $2, $3) "
                      "ON CONFLICT (account_id, body_id, role) DO NOTHING", NULL},
    [SQL_REMOVE_ROLE] = {"account.remove_role",
                         "DELETE FROM account_role WHERE account_id = $1 AND body_id = $2 AND role = $3", NULL},
    [SQL_END_ALL] = {"account.end_sessions", "DELETE FROM session WHERE account_id = $1 AND id <> $2", NULL},
    [SQL_END_ONE] = {"account.end_session", "DELETE FROM session WHERE account_id = $1 AND id = $2", NULL},
    [SQL_LIST] = {"account.list",
                  "SELECT " ACCOUNT_COLUMNS ", (SELECT max(seen_ms) FROM session s WHERE s.account_id = a.id) "
                  "FROM account a JOIN body b ON b.id = a.home_body_id WHERE a.login > $2 AND EXISTS (SELECT 1 FROM body_ancestor x "
                  "WHERE x.body_id = a.home_body_id AND x.ancestor_id = $1) ORDER BY a.login", NULL},
    [SQL_ROLES] = {"account.roles",
                   "SELECT r.role, r.body_id, b.short_name FROM account_role r JOIN body b ON b.id = r.body_id "
                   "WHERE r.account_id = $1 ORDER BY b.sort_key, b.id, r.role", NULL},
    [SQL_SESSIONS] = {"account.sessions",
                      "SELECT id, remote, agent, created_ms, seen_ms FROM session WHERE account_id = $1 AND expires_ms > $2 "
                      "ORDER BY seen_ms DESC, id", NULL},
    [SQL_TOKEN_ADD] = {"account.token_add",
                       "INSERT INTO api_token (id, hash, account_id, body_id, name, scopes, created_ms, expires_ms) "
                       "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)", NULL},
    [SQL_TOKEN_REVOKE] = {"account.token_revoke",
                          "UPDATE api_token SET revoked_ms = $2 WHERE id = $1 AND revoked_ms IS NULL", NULL},
    [SQL_TOKEN] = {"account.token", "SELECT " TOKEN_COLUMNS "WHERE t.id = $1", NULL},
    [SQL_TOKENS_OWN] = {"account.tokens_own",
                        "SELECT " TOKEN_COLUMNS "WHERE t.account_id = $1 ORDER BY t.created_ms DESC, t.id DESC LIMIT 200", NULL},
    [SQL_TOKENS_BELOW] = {"account.tokens_below",
                          "SELECT " TOKEN_COLUMNS "WHERE t.account_id = $1 OR EXISTS (SELECT 1 FROM body_ancestor x "
                          "WHERE x.body_id = a.home_body_id AND x.ancestor_id = $2) "
                          "ORDER BY t.created_ms DESC, t.id DESC LIMIT 200", NULL},
    [SQL_BELOW] = {"account.bodies_below",
                   "SELECT b.id, b.name FROM body_ancestor x JOIN body b ON b.id = x.body_id WHERE x.ancestor_id = $1 "
                   "AND b.closed_day IS NULL ORDER BY x.depth, b.sort_key, b.id LIMIT 500", NULL},
    [SQL_TOP] = {"account.top_name", "SELECT name FROM body WHERE parent_id IS NULL ORDER BY created_ms, id LIMIT 1", NULL},
};
const StoreSqlTable account_sql = {SQL, G_N_ELEMENTS(SQL)};

/* --- accounts --- */

gboolean account_store_count(StoreConn *conn, gint64 *out_count, GError **error) {
  return store_get_int(conn, &SQL[SQL_COUNT], S0, 0, out_count, error);
}

static void read_account(const StoreRows *rows, Arena *arena, Account *account) {
  const char **texts[ACCOUNT_TEXTS] = {&account->id, &account->login, &account->name, &account->email, &account->phone,
                                       &account->password, &account->lang, &account->os_user, &account->home_body_id,
                                       &account->home_name, &account->totp_secret, &account->totp_pending};
  for (int i = 0; i < ACCOUNT_TEXTS; i++)
    *texts[i] = arena_text(arena, store_text(rows, i), -1);
  account->totp_last = store_int(rows, ACCOUNT_TEXTS);
  account->locked_until_ms = store_int(rows, ACCOUNT_TEXTS + 1);
  account->disabled_ms = store_int(rows, ACCOUNT_TEXTS + 2);
  account->version = store_int(rows, ACCOUNT_TEXTS + 3);
}

const Account *account_store_get(StoreConn *conn, Arena *arena, const char *id_or_login, GError **error) {
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_GET], S(S_TEXT(id_or_login)), error);
  if (!rows || !store_step(rows, error))
    return NULL;
  Account *account = arena_alloc(arena, sizeof *account);
  read_account(rows, arena, account);
  return account;
}

gboolean account_store_insert(StoreConn *conn, const Account *account, gint64 now_ms, GError **error) {
  return store_exec(conn, &SQL[SQL_INSERT],
                    S(S_TEXT(account->id), S_TEXT(account->login), S_TEXT(account->name), S_TEXT(account->email),
                      S_TEXT(account->phone), S_TEXT(account->password), S_TEXT(account->lang ? account->lang : "vi"),
                      S_TEXT(account->os_user), S_TEXT(account->home_body_id), S_INT(now_ms)),
                    NULL, error);
}

gboolean account_store_update(StoreConn *conn, const Account *account, GError **error) {
  gint64 changed = 0;
  if (!store_exec(conn, &SQL[SQL_UPDATE],
                  S(S_TEXT(account->id), S_INT(account->version), S_TEXT(account->name), S_TEXT(account->email),
                    S_TEXT(account->phone), S_TEXT(account->lang), S_TEXT(account->os_user)),
                  &changed, error))
    return FALSE;
  if (changed == 1)
    return TRUE;
  g_set_error(error, APP_ERROR, ERROR_CONFLICT,
              "Tài khoản %s vừa được người khác sửa. Nội dung đã nhập còn trên trang; xem lại rồi lưu.", account->login);
  return FALSE;
}

gboolean account_store_set_password(StoreConn *conn, const char *id, const char *hash, GError **error) {
  return store_exec(conn, &SQL[SQL_PASSWORD], S(S_TEXT(id), S_TEXT(hash)), NULL, error);
}

gboolean account_store_set_totp(StoreConn *conn, const char *id, const char *secret, const char *pending, gint64 last,
                                GError **error) {
  return store_exec(conn, &SQL[SQL_TOTP], S(S_TEXT(id), S_TEXT(secret), S_TEXT(pending), S_INT(last)), NULL, error);
}

gboolean account_store_disable(StoreConn *conn, const char *id, gint64 disabled_ms, GError **error) {
  return store_exec(conn, &SQL[SQL_DISABLE], S(S_TEXT(id), disabled_ms ? S_INT(disabled_ms) : S_NULL), NULL, error);
}

static gboolean is_taken(StoreConn *conn, const StoreSql *sql, const StoreValue *values, gsize count, gboolean *out_taken,
                         GError **error) {
  gint64 found = 0;
  gboolean good = store_get_int(conn, sql, values, count, 0, &found, error);
  *out_taken = found > 0;
  return good;
}

gboolean account_store_login_taken(StoreConn *conn, const char *login, gboolean *out_taken, GError **error) {
  return is_taken(conn, &SQL[SQL_LOGIN_TAKEN], S(S_TEXT(login)), out_taken, error);
}

gboolean account_store_os_user_taken(StoreConn *conn, const char *os_user, const char *but_id, gboolean *out_taken,
                                     GError **error) {
  return is_taken(conn, &SQL[SQL_OS_TAKEN], S(S_TEXT(os_user), S_TEXT(but_id)), out_taken, error);
}

gboolean account_store_list(StoreConn *conn, Arena *arena, const char *body_id, const char *after, AccountFunc func, void *data,
                            GError **error) {
  g_autoptr(GError) failed = NULL;
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_LIST], S(S_TEXT(body_id), S_TEXT(after)), error);
  while (rows && store_step(rows, &failed)) {
    Account account;
    read_account(rows, arena, &account);
    if (!func(&account, store_int(rows, ACCOUNT_TEXTS + 4), data))
      break;
  }
  if (failed)
    g_propagate_error(error, g_steal_pointer(&failed));
  return rows && !failed;
}

/* --- roles --- */

gboolean account_store_add_role(StoreConn *conn, const char *account_id, const char *body_id, Role role, GError **error) {
  return store_exec(conn, &SQL[SQL_ADD_ROLE], S(S_TEXT(account_id), S_TEXT(body_id), S_INT(role)), NULL, error);
}

gboolean account_store_remove_role(StoreConn *conn, const char *account_id, const char *body_id, Role role, gboolean *out_removed,
                                   GError **error) {
  gint64 changed = 0;
  gboolean good =
      store_exec(conn, &SQL[SQL_REMOVE_ROLE], S(S_TEXT(account_id), S_TEXT(body_id), S_INT(role)), &changed, error);
  *out_removed = changed > 0;
  return good;
}

/* Rows to a GArray: `read` fills one element. */
typedef void (*ReadFunc)(const StoreRows *row, Arena *arena, void *element);

static GArray *read_all(StoreConn *conn, Arena *arena, const StoreSql *sql, const StoreValue *values, gsize count,
                        gsize element_size, ReadFunc read, GError **error) {
  g_autoptr(GError) failed = NULL;
  g_autoptr(GArray) list = g_array_new(FALSE, TRUE, (guint)element_size);
  g_autoptr(StoreRows) rows = store_query(conn, sql, values, count, error);
  while (rows && store_step(rows, &failed)) {
    g_array_set_size(list, list->len + 1);
    read(rows, arena, list->data + (list->len - 1) * element_size);
  }
  if (failed)
    g_propagate_error(error, g_steal_pointer(&failed));
  else if (rows)
    return g_steal_pointer(&list);
  return NULL;
}

static void read_role(const StoreRows *row, Arena *arena, void *element) {
  *(RoleAt *)element = (RoleAt){(Role)store_int(row, 0), arena_text(arena, store_text(row, 1), -1),
                                arena_text(arena, store_text(row, 2), -1)};
}

GArray *account_store_roles(StoreConn *conn, Arena *arena, const char *account_id, GError **error) {
  return read_all(conn, arena, &SQL[SQL_ROLES], S(S_TEXT(account_id)), sizeof(RoleAt), read_role, error);
}

/* --- sessions --- */

gboolean account_store_end_sessions(StoreConn *conn, const char *account_id, const char *keep, gint64 *out_count, GError **error) {
  return store_exec(conn, &SQL[SQL_END_ALL], S(S_TEXT(account_id), S_TEXT(keep ? keep : "")), out_count, error);
}

gboolean account_store_end_session(StoreConn *conn, const char *account_id, const char *session_id, gint64 *out_count,
                                   GError **error) {
  return store_exec(conn, &SQL[SQL_END_ONE], S(S_TEXT(account_id), S_TEXT(session_id)), out_count, error);
}

static void read_session(const StoreRows *row, Arena *arena, void *element) {
  *(SessionRow *)element = (SessionRow){arena_text(arena, store_text(row, 0), -1), arena_text(arena, store_text(row, 1), -1),
                                        arena_text(arena, store_text(row, 2), -1), store_int(row, 3), store_int(row, 4)};
}

GArray *account_store_sessions(StoreConn *conn, Arena *arena, const char *account_id, gint64 now_ms, GError **error) {
  return read_all(conn, arena, &SQL[SQL_SESSIONS], S(S_TEXT(account_id), S_INT(now_ms)), sizeof(SessionRow), read_session, error);
}

/* --- tokens --- */

gboolean account_store_add_token(StoreConn *conn, const Token *token, const char *hash, GError **error) {
  return store_exec(conn, &SQL[SQL_TOKEN_ADD],
                    S(S_TEXT(token->id), S_TEXT(hash), S_TEXT(token->account_id), S_TEXT(token->body_id), S_TEXT(token->name),
                      S_TEXT(token->scopes), S_INT(token->created_ms), S_INT(token->expires_ms)),
                    NULL, error);
}

gboolean account_store_revoke_token(StoreConn *conn, const char *id, gint64 now_ms, GError **error) {
  return store_exec(conn, &SQL[SQL_TOKEN_REVOKE], S(S_TEXT(id), S_INT(now_ms)), NULL, error);
}

static void read_token(const StoreRows *row, Arena *arena, void *element) {
  Token *token = element;
  const char **texts[] = {&token->id, &token->account_id, &token->owner, &token->body_id, &token->body_name, &token->name,
                          &token->scopes, &token->home_body_id};
  for (int i = 0; i < (int)G_N_ELEMENTS(texts); i++)
    *texts[i] = arena_text(arena, store_text(row, i), -1);
  token->created_ms = store_int(row, 8);
  token->expires_ms = store_int(row, 9);
  token->used_ms = store_int(row, 10);
  token->revoked_ms = store_int(row, 11);
}

const Token *account_store_token(StoreConn *conn, Arena *arena, const char *id, GError **error) {
  g_autoptr(GArray) list = read_all(conn, arena, &SQL[SQL_TOKEN], S(S_TEXT(id)), sizeof(Token), read_token, error);
  if (!list || !list->len)
    return NULL;
  Token *token = arena_alloc(arena, sizeof *token);
  *token = g_array_index(list, Token, 0);
  return token;
}

GArray *account_store_tokens(StoreConn *conn, Arena *arena, const char *account_id, const char *body_id, GError **error) {
  if (!body_id)
    return read_all(conn, arena, &SQL[SQL_TOKENS_OWN], S(S_TEXT(account_id)), sizeof(Token), read_token, error);
  return read_all(conn, arena, &SQL[SQL_TOKENS_BELOW], S(S_TEXT(account_id), S_TEXT(body_id)), sizeof(Token), read_token, error);
}

/* --- what stands around --- */

gboolean account_store_bodies_below(StoreConn *conn, const char *body_id, BodyFunc func, void *data, GError **error) {
  g_autoptr(GError) failed = NULL;
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_BELOW], S(S_TEXT(body_id)), error);
  while (rows && store_step(rows, &failed))
    if (!func(store_text(rows, 0), store_text(rows, 1), data))
      break;
  if (failed)
    g_propagate_error(error, g_steal_pointer(&failed));
  return rows && !failed;
}

char *account_store_top_name(StoreConn *conn, GError **error) {
  char *name = NULL;
  return store_get_text(conn, &SQL[SQL_TOP], S0, &name, error) ? name : NULL;
}
