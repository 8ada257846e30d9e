/* All SQL of module account. Private to it. */
#pragma once
#include "core/request.h"

extern const StoreSqlTable account_sql;

typedef struct {
  const char *id, *login, *name, *email, *phone, *password, *lang, *os_user, *home_body_id, *home_name, *totp_secret,
      *totp_pending;
  gint64 totp_last, locked_until_ms, disabled_ms, version;
} Account;

gboolean account_store_count(StoreConn *conn, gint64 *out_count, GError **error);
/* NULL without error: none. By id, else by login. In the arena. */
const Account *account_store_get(StoreConn *conn, Arena *arena, const char *id_or_login, GError **error);
gboolean account_store_insert(StoreConn *conn, const Account *account, gint64 now_ms, GError **error);
/* Name, email, phone, lang, os_user. ERROR_CONFLICT when the version is no longer that of `account`. */
gboolean account_store_update(StoreConn *conn, const Account *account, GError **error);
gboolean account_store_set_password(StoreConn *conn, const char *id, const char *hash, GError **error);
gboolean account_store_set_totp(StoreConn *conn, const char *id, const char *secret, const char *pending, gint64 last,
                                GError **error);
gboolean account_store_disable(StoreConn *conn, const char *id, gint64 disabled_ms, GError **error); /* 0: enables */
gboolean account_store_login_taken(StoreConn *conn, const char *login, gboolean *out_taken, GError **error);
gboolean account_store_os_user_taken(StoreConn *conn, const char *os_user, const char *but_id, gboolean *out_taken,
                                     GError **error);

gboolean account_store_add_role(StoreConn *conn, const char *account_id, const char *body_id, Role role, GError **error);
gboolean account_store_remove_role(StoreConn *conn, const char *account_id, const char *body_id, Role role, gboolean *out_removed,
                                   GError **error);

/* All but `keep` (may be NULL). */
gboolean account_store_end_sessions(StoreConn *conn, const char *account_id, const char *keep, gint64 *out_count, GError **error);
gboolean account_store_end_session(StoreConn *conn, const char *account_id, const char *session_id, gint64 *out_count,
                                   GError **error);

/* Accounts whose home is in the tree of the body, by login after `after`, until func says FALSE. */
typedef gboolean (*AccountFunc)(const Account *account, gint64 seen_ms, void *data);
gboolean account_store_list(StoreConn *conn, Arena *arena, const char *body_id, const char *after, AccountFunc func,
                            void *data, GError **error);

typedef struct {
  Role role;
  const char *body_id, *body_name;
} RoleAt;
GArray *account_store_roles(StoreConn *conn, Arena *arena, const char *account_id, GError **error); /* of RoleAt */

typedef struct {
  const char *id, *remote, *agent;
  gint64 created_ms, seen_ms;
} SessionRow;
GArray *account_store_sessions(StoreConn *conn, Arena *arena, const char *account_id, gint64 now_ms, GError **error);

typedef struct {
  const char *id, *account_id, *owner, *body_id, *body_name, *name, *scopes, *home_body_id;
  gint64 created_ms, expires_ms, used_ms, revoked_ms;
} Token;
gboolean account_store_add_token(StoreConn *conn, const Token *token, const char *hash, GError **error);
gboolean account_store_revoke_token(StoreConn *conn, const char *id, gint64 now_ms, GError **error);
const Token *account_store_token(StoreConn *conn, Arena *arena, const char *id, GError **error);
/* Own tokens, and with `body_id` those of accounts in its tree; the newest first. */
GArray *account_store_tokens(StoreConn *conn, Arena *arena, const char *account_id, const char *body_id, GError **error);

typedef gboolean (*BodyFunc)(const char *id, const char *name, void *data);
gboolean account_store_bodies_below(StoreConn *conn, const char *body_id, BodyFunc func, void *data, GError **error);
char *account_store_top_name(StoreConn *conn, GError **error); /* of the first body; g_free */
