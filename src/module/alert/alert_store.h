/* All SQL of module alert but that of its settings. Private to it. */
#pragma once
#include "module/alert/alert.h"

extern const StoreSqlTable alert_sql;

typedef struct {
  const char *id, *code, *body_id, *system_id, *source_id, *source_name, *host, *kind, *rule_id, *title, *explanation, *original, *author,
      *techniques, *scenario, *group_key, *state, *reason, *incident_id, *assignee_id;
  gint64 level, ignored_until_ms, taken_ms, decided_ms, first_ms, last_ms, created_ms, count, version; /* a time of 0: none */
  const char *body_name, *system_name, *assignee_name, *incident_code; /* read only; may be NULL */
} Alert;

#define TAB_NEW "new"
#define TAB_VIEWING "viewing"
#define TAB_JOINED "joined"
#define TAB_FALSE "false"
#define TAB_ALL "all"

typedef struct {
  const char *body_id, *tab;
  gint64 after_rank, after_ms; /* the last row of the page before; after_id NULL: the first page */
  const char *after_id;
  int limit;
} AlertQuery;

typedef gboolean (*AlertFunc)(const Alert *alert, gint64 rank, void *data);

/* By id or code. NULL without error: none. */
Alert *alert_store_get(StoreConn *conn, Arena *arena, const char *id, GError **error);
/* The newest of the group that may be joined; NULL without error: none. */
Alert *alert_store_group(StoreConn *conn, Arena *arena, const AlertHit *hit, const char *group_key, gint64 since_ms, GError **error);
gboolean alert_store_list(StoreConn *conn, Arena *arena, const AlertQuery *query, AlertFunc func, void *data, GError **error);
/* At most `most` are counted. */
gboolean alert_store_count(StoreConn *conn, const char *body_id, const char *tab, gint64 most, gint64 *out_count, GError **error);
gboolean alert_store_insert(StoreConn *conn, const Alert *alert, GError **error);
/* ERROR_CONFLICT when the version is no longer alert->version. Writes the scope anew. */
gboolean alert_store_update(StoreConn *conn, const Alert *alert, GError **error);
/* More events of the same; the version stays, since nobody decided anything. */
gboolean alert_store_grow(StoreConn *conn, const char *id, gint64 count, gint64 first_ms, gint64 last_ms, GError **error);
gboolean alert_store_raised_since(StoreConn *conn, const char *body_id, const char *rule_id, gint64 since_ms, gint64 *out_count, GError **error);
gboolean alert_store_add_event(StoreConn *conn, const char *id, const AlertEvent *event, const char *raw, const char *fields, GError **error);
gboolean alert_store_add_observable(StoreConn *conn, const char *id, const AlertObservable *observable, GError **error);
gboolean alert_store_index(StoreConn *conn, Arena *arena, const Alert *alert, GError **error);

/* {count, events} of each hour (0 to 23) of the day that begins at day_ms. */
typedef struct {
  gint64 alerts[24], events[24];
} AlertHours;
gboolean alert_store_hours(StoreConn *conn, const char *body_id, gint64 day_ms, AlertHours *out_hours, GError **error);
/* Appends {number, at, received, raw, fields: [{name, value}]}. */
gboolean alert_store_events(Request *request, const char *id, Doc *list, GError **error);
/* Appends {kind, value}. Values as they are in the world. */
gboolean alert_store_observables(StoreConn *conn, const char *id, void (*add)(const char *kind, const char *value, void *data), void *data,
                                 GError **error);
