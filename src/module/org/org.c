#include "module/org/org.h"
#include "base/id.h"
#include "core/body.h"
#include "module/org/org_store.h"
#include <string.h>

gboolean org_find_unit(StoreConn *conn, Arena *arena, const char *body_id, const char *name, const char **out_id,
                       GError **error) {
  g_autofree char *folded = org_fold_name(name);
  *out_id = NULL;
  return !*folded || org_store_find(conn, arena, body_id, folded, out_id, error);
}

/* --- making a body --- */

gboolean org_index_body(Change *change, const char *body_id, GError **error) {
  Arena *arena = change->request->arena;
  const Body *body = body_get(change->conn, arena, body_id, error);
  const char *const *scopes = body ? body_ancestors(change->conn, arena, body_id, error) : NULL;
  const char *names = scopes ? org_store_all_names(change->conn, arena, body_id, error) : NULL;
  return names && store_search_put(change->conn, "body", body_id, body->name, names, scopes, change->request->now_ms, error);
}

gboolean org_name_body(Change *change, const char *body_id, const OrgName *first, const char *short_name, GError **error) {
  OrgName alias = {.name = short_name, .from_day = "", .basis = "", .alias = TRUE};
  return org_store_add_name(change->conn, body_id, first, error) &&
         (!short_name || !*short_name || strcmp(short_name, first->name) == 0 ||
          org_store_add_name(change->conn, body_id, &alias, error)) &&
         org_index_body(change, body_id, error);
}

gboolean org_insert_body(Change *change, const Body *body, const char *from_day, const char *basis, const char **out_id,
                         GError **error) {
  char id[ID_SIZE];
  Body row = *body;
  OrgName first = {.name = body->name, .from_day = from_day ? from_day : "", .basis = basis ? basis : ""};
  id_new(id);
  row.id = *out_id = arena_text(change->request->arena, id, -1);
  change_about(change, "body", id, id, json_pack("{s:s, s:s}", "name", body->name, "kind", body->kind));
  return body_insert(change->conn, &row, change->request->now_ms, error) &&
         org_name_body(change, row.id, &first, body->short_name, error);
}

gboolean org_add_body(Change *change, const char *parent_id, const char *kind, const char *name, const char *short_name,
                      const char *place, const char **out_id, GError **error) {
  Body body = {.parent_id = parent_id, .kind = kind, .name = name, .short_name = short_name, .place = place};
  return org_insert_body(change, &body, NULL, NULL, out_id, error);
}

/* A body that another module made (the first one of an installation). */
gboolean org_take_body(void *data, const char *type, const char *id, const char *body_id, const json_t *details,
                       GError **error) {
  Change *change = data;
  (void)type, (void)body_id, (void)details;
  const Body *body = body_get(change->conn, change->request->arena, id, error);
  OrgName first = {.name = body ? body->name : "", .from_day = "", .basis = ""};
  return body && org_name_body(change, id, &first, body->short_name, error);
}
