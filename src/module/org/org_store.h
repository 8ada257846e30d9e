/* All SQL of module org. Private to it. */
#pragma once
#include "core/body.h"
#include "module/org/org.h"

extern const StoreSqlTable org_sql;

typedef struct {
  const char *name, *from_day, *basis; /* from_day "": not known */
  gboolean alias;
} OrgName;

/* The body `body_id` or one below it whose folded name is this; open ones and higher ones first. */
gboolean org_store_find(StoreConn *conn, Arena *arena, const char *body_id, const char *folded, const char **out_id,
                        GError **error);
gboolean org_store_add_name(StoreConn *conn, const char *body_id, const OrgName *name, GError **error);
/* Every name and alias, one on a line; for the search. NULL with error. */
const char *org_store_all_names(StoreConn *conn, Arena *arena, const char *body_id, GError **error);

/* --- in org.c, for the operations --- */
gboolean org_insert_body(Change *change, const Body *body, const char *from_day, const char *basis, const char **out_id,
                         GError **error);
gboolean org_name_body(Change *change, const char *body_id, const OrgName *first, const char *short_name, GError **error);
gboolean org_index_body(Change *change, const char *body_id, GError **error);
/* Handler of "body.added". */
gboolean org_take_body(void *change, const char *type, const char *id, const char *body_id, const json_t *details,
                       GError **error);
