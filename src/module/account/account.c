#include "module/account/account.h"
#include "base/id.h"
#include "core/user.h"
#include "module/account/account_store.h"

gboolean account_insert(Change *change, const char *login, const char *name, const char *email, const char *password,
                        const char *body_id, Role role, const char **out_id, GError **error) {
  char id[ID_SIZE];
  g_autofree char *hash = password ? password_hash(password, error) : NULL;
  if (password && !hash)
    return FALSE;
  id_new(id);
  NewAccount account = {id, login, name, email, hash, body_id};
  if (!account_store_insert(change->conn, &account, change->request->now_ms, error) ||
      !account_store_add_role(change->conn, id, body_id, role, error))
    return FALSE;
  change_about(change, "account", id, body_id, json_pack("{s:s, s:s}", "login", login, "role", role_name(role)));
  *out_id = arena_text(change->request->arena, id, -1);
  return TRUE;
}
