/* All SQL of module hunt but that of its packages. Private to it. */
#pragma once
#include "module/hunt/hunt.h"

extern const StoreSqlTable hunt_sql;

#define HUNT_DRAFT "draft"
#define HUNT_RUNNING "running"
#define HUNT_PAUSED "paused"
#define HUNT_DONE "done"
#define HUNT_FAILED "failed"
#define HUNT_CANCELLED "cancelled"
#define HUNT_CONCLUDED "concluded"

#define KIND_HUNT "hunt"
#define KIND_TRIAL "trial"
#define KIND_ESTIMATE "estimate"

#define TAB_OPEN "open"
#define TAB_CLOSED "closed"
#define TAB_ALL "all"

enum { HUNT_GROUPS_MAX = 1000, HUNT_EVENTS_KEPT = 20, HUNT_RAW_BYTES = 8192 };

typedef struct {
  const char *id, *code, *body_id, *kind, *title, *hypothesis, *sources, *systems, *lists, *indicators, *pack_id, *rules, *rules_yaml, *words, *state,
      *owner_id, *handed_from, *package, *package_by, *place, *failure, *conclusion, *actions, *concluded_by, *duty_id;
  gint64 from_ms, to_ms, least_level, segments, segments_done, damaged, records, bytes, bytes_done, hits, hits_beyond, work_ms, started_ms, seen_ms,
      ended_ms, concluded_ms, created_ms, version; /* a time of 0: none */
  const char *body_name, *owner_name, *concluder_name, *duty_code, *handed_code; /* read only; may be NULL */
  gint64 groups;                                                                 /* read only */
} HuntCase;

/* By id or code. NULL without error: none. */
HuntCase *hunt_store_get(StoreConn *conn, Arena *arena, const char *id, GError **error);
gboolean hunt_store_insert(StoreConn *conn, const HuntCase *hunt, GError **error);
/* What people change. ERROR_CONFLICT when the version is no longer hunt->version. Writes the scope anew. */
gboolean hunt_store_update(StoreConn *conn, const HuntCase *hunt, GError **error);
/* What the run changes; the version stays. */
gboolean hunt_store_progress(StoreConn *conn, const HuntCase *hunt, GError **error);
gboolean hunt_store_index(StoreConn *conn, Arena *arena, const HuntCase *hunt, GError **error);
/* Takes out all that was found: the hunt begins anew. */
gboolean hunt_store_clear(StoreConn *conn, const char *hunt_id, GError **error);
/* Ids of those that should run, the one that waits longest first; in the arena, ends with NULL. */
const char *const *hunt_store_running(StoreConn *conn, Arena *arena, GError **error);

typedef struct {
  const char *body_id, *tab;
  gint64 after_ms; /* after_id NULL: the first page */
  const char *after_id;
  int limit;
} HuntQuery;
typedef gboolean (*HuntFunc)(const HuntCase *hunt, void *data);
gboolean hunt_store_list(StoreConn *conn, Arena *arena, const HuntQuery *query, HuntFunc func, void *data, GError **error);
gboolean hunt_store_count(StoreConn *conn, const char *body_id, const char *tab, gint64 most, gint64 *out_count, GError **error);
/* Those made from it, whatever body they belong to, by the name of the body. */
gboolean hunt_store_handed(StoreConn *conn, Arena *arena, const char *hunt_id, HuntFunc func, void *data, GError **error);

typedef struct {
  gint64 number;
  const char *group_key, *kind, *what, *title, *techniques, *source_id, *source_name, *system_id, *host, *signs, *triage, *note, *incident_id;
  gint64 level, count, kept, first_ms, last_ms, triaged_ms;
  const char *system_name, *triager_name, *incident_code; /* read only; may be NULL */
} HuntGroup;
typedef gboolean (*HuntGroupFunc)(const HuntGroup *group, void *data);
/* The newest first. triage NULL: all. */
gboolean hunt_store_groups(StoreConn *conn, Arena *arena, const char *hunt_id, int limit, HuntGroupFunc func, void *data, GError **error);
HuntGroup *hunt_store_group(StoreConn *conn, Arena *arena, const char *hunt_id, gint64 number, GError **error);
HuntGroup *hunt_store_group_keyed(StoreConn *conn, Arena *arena, const char *hunt_id, const char *key, GError **error);
gboolean hunt_store_add_group(StoreConn *conn, const char *hunt_id, const HuntGroup *group, GError **error);
gboolean hunt_store_grow_group(StoreConn *conn, const char *hunt_id, const HuntGroup *group, GError **error);
gboolean hunt_store_triage(StoreConn *conn, const char *hunt_id, const HuntGroup *group, const char *account_id, gint64 now_ms, GError **error);
gboolean hunt_store_group_count(StoreConn *conn, const char *hunt_id, const char *triage, gint64 *out_count, GError **error);

typedef struct {
  gint64 number, at_ms, received_ms;
  const char *raw, *fields;
} HuntEvent;
gboolean hunt_store_add_event(StoreConn *conn, const char *hunt_id, gint64 group, const HuntEvent *event, GError **error);
typedef gboolean (*HuntEventFunc)(const HuntEvent *event, void *data);
gboolean hunt_store_events(StoreConn *conn, const char *hunt_id, gint64 group, HuntEventFunc func, void *data, GError **error);

/* Concluded hunts of the body itself between the two moments; *out_last_ms 0: none ever. */
gboolean hunt_store_done_between(StoreConn *conn, const char *body_id, gint64 from_ms, gint64 to_ms, gint64 *out_count, gint64 *out_last_ms, GError **error);
typedef struct {
  const char *id, *name;
  gint64 count, last_ms; /* last_ms 0: never */
} HuntBody;
typedef gboolean (*HuntBodyFunc)(const HuntBody *body, void *data);
/* Bodies below (not units inside them), those that have hunted least first. */
gboolean hunt_store_bodies(StoreConn *conn, const char *body_id, gint64 from_ms, gint64 to_ms, int limit, HuntBodyFunc func, void *data, GError **error);

typedef struct {
  const char *id, *code, *title, *due_day, *state;
} HuntDuty;
typedef gboolean (*HuntDutyFunc)(const HuntDuty *duty, void *data);
/* Open duties of the body, or that it leads, that are about hunting. */
gboolean hunt_store_duties(StoreConn *conn, const char *body_id, HuntDutyFunc func, void *data, GError **error);
