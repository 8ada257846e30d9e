/* All SQL of module account. Private to it. */
#pragma once
#include "core/request.h"

extern const StoreSqlTable account_sql;

typedef struct {
  const char *id, *login, *name, *email, *password, *body_id;
} NewAccount;

gboolean account_store_count(StoreConn *conn, gint64 *out_count, GError **error);
gboolean account_store_insert(StoreConn *conn, const NewAccount *account, gint64 now_ms, GError **error);
gboolean account_store_add_role(StoreConn *conn, const char *account_id, const char *body_id, Role role, GError **error);
