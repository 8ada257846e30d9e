/* All SQL of module org, and what its files share. Private to it. */
#pragma once
#include "core/body.h"
#include "module/org/org.h"

extern const StoreSqlTable org_sql, org_contact_sql;

typedef struct {
  const char *name, *from_day, *basis; /* from_day "": not known */
  gboolean alias;
} OrgName;

/* One body of the tree below the acting one. */
typedef struct {
  const char *id, *parent_id, *kind, *name, *short_name, *place, *closed_day;
  int depth; /* 0: the acting body */
  gint64 version;
  gint64 late; /* late work of it and below, from the other modules */
} OrgRow;

typedef struct {
  const char *id, *body_id, *kind, *name, *title, *phone, *phone_after_hours, *email, *note, *from_day, *until_day, *body_name;
  gint64 verified_ms, version;
} Contact;

typedef gboolean (*ContactFunc)(const Contact *contact, void *data);

/* --- bodies --- */

/* The body `body_id` or one below it whose folded name is this; open ones and higher ones first. */
gboolean org_store_find(StoreConn *conn, Arena *arena, const char *body_id, const char *folded, const char **out_id,
                        GError **error);
/* All below `body_id` and itself, of OrgRow in the arena: higher ones first, then by name. NULL with error. */
GPtrArray *org_store_below(StoreConn *conn, Arena *arena, const char *body_id, GError **error);
const OrgRow *org_store_get(StoreConn *conn, Arena *arena, const char *id, GError **error); /* NULL without error: none */
/* ERROR_CONFLICT when the version is no longer the one given. */
gboolean org_store_update(StoreConn *conn, const OrgRow *row, gint64 version, GError **error);
/* Bodies below `body_id` (and itself) that are open and have no focal point. */
gboolean org_store_without_focal(StoreConn *conn, const char *body_id, GHashTable *out_ids, GError **error);
gboolean org_store_has_open_children(StoreConn *conn, const char *id, gboolean *out_has, GError **error);

/* --- names --- */

gboolean org_store_add_name(StoreConn *conn, const char *body_id, const OrgName *name, GError **error);
/* Every name and alias, one on a line; for the search. NULL with error. */
const char *org_store_all_names(StoreConn *conn, Arena *arena, const char *body_id, GError **error);
/* Of OrgName, newest first. NULL with error. */
GPtrArray *org_store_names(StoreConn *conn, Arena *arena, const char *body_id, GError **error);
/* Bodies whose name of that day is another than the one they bear. */
GPtrArray *org_store_to_rename(StoreConn *conn, Arena *arena, const char *day, GError **error);
/* Makes the name of that day the one of the body. */
gboolean org_store_take_name(StoreConn *conn, const char *body_id, const char *day, GError **error);

/* --- contacts --- */

const Contact *contact_store_get(StoreConn *conn, Arena *arena, const char *id, GError **error);
gboolean contact_store_insert(StoreConn *conn, const Contact *contact, GError **error);
gboolean contact_store_update(StoreConn *conn, const Contact *contact, gint64 version, GError **error);
/* Of one body: those of today first, then the ended ones. */
gboolean contact_store_of_body(StoreConn *conn, const char *body_id, ContactFunc func, void *data, GError **error);
/* Of the bodies above, nearest first, only those to be called (focal points, the duty shift). */
gboolean contact_store_above(StoreConn *conn, const char *body_id, const char *today, ContactFunc func, void *data, GError **error);
/* Of a body and below, in force on that day; `unverified`: only those never verified. */
gboolean contact_store_below(StoreConn *conn, const char *body_id, const char *today, const char *kind, gboolean unverified,
                             ContactFunc func, void *data, GError **error);

/* --- in org.c, for the operations --- */

gboolean org_insert_body(Change *change, const Body *body, const char *from_day, const char *basis, const char **out_id,
                         GError **error);
gboolean org_name_body(Change *change, const char *body_id, const OrgName *first, const char *short_name, GError **error);
gboolean org_index_body(Change *change, const char *body_id, GError **error);
/* Handler of "body.added". */
gboolean org_take_body(void *change, const char *type, const char *id, const char *body_id, const json_t *details,
                       GError **error);
