/* All SQL of module collect. Private to it. */
#pragma once
#include "core/request.h"

extern const StoreSqlTable collect_sql;

typedef struct {
  const char *id, *code, *body_id, *system_id, *name, *kind, *way, *address, *host, *path, *format;
  gint64 number, offset_minutes, silent_minutes, keep_months, stopped_ms, version, created_ms;
  const char *body_name, *system_name; /* read only */
  gint64 system_level;                 /* read only; 0: not determined, or no system */
} SourceRow;

typedef struct {
  gint64 received, stored, dropped, bytes, a_minute, first_ms, last_ms, skew_ms, lag_ms, silent_ms; /* *_ms 0: none */
  gboolean skew_known;
  const char *last_line, *trouble; /* NULL: none */
} SourceState;

typedef gboolean (*SourceFunc)(const SourceRow *row, const SourceState *state, void *data);
/* Those at or below the body (NULL: all), by name, at most `limit`, after that row (NULL: from the first). `stopped`: 0 in use, 1 taken out, -1 all. */
gboolean source_store_list(StoreConn *conn, const char *body_id, int stopped, const SourceRow *after, int limit, SourceFunc func, void *data,
                           GError **error);
/* By id or code. NULL without error: none. In the arena. */
const SourceRow *source_store_get(StoreConn *conn, Arena *arena, const char *id, SourceState *out_state, GError **error);
const SourceRow *source_store_numbered(StoreConn *conn, Arena *arena, gint64 number, GError **error);
gboolean source_store_insert(StoreConn *conn, SourceRow *row, GError **error); /* gives row->number */
gboolean source_store_update(StoreConn *conn, const SourceRow *row, gint64 version, GError **error); /* ERROR_CONFLICT */
gboolean source_store_state(StoreConn *conn, const char *source_id, const SourceState *state, GError **error); /* replaces */
gboolean source_store_silent(StoreConn *conn, const char *source_id, gint64 silent_ms, GError **error);

typedef struct {
  gint64 in_use, stopped, silent, trouble;
} SourceCounts;
gboolean source_store_counts(StoreConn *conn, const char *body_id, SourceCounts *out_counts, GError **error);

typedef struct {
  const char *address, *host, *sample;
  gint64 count, first_ms, last_ms;
} StrangerRow;
typedef gboolean (*StrangerFunc)(const StrangerRow *row, void *data);
gboolean stranger_store_list(StoreConn *conn, StrangerFunc func, void *data, GError **error); /* the last seen first, at most 100 */
gboolean stranger_store_add(StoreConn *conn, const StrangerRow *row, GError **error);         /* counts up */
gboolean stranger_store_remove(StoreConn *conn, const char *address, const char *host, GError **error);
gboolean stranger_store_trim(StoreConn *conn, gint64 before_ms, GError **error);

gboolean collector_store_put(StoreConn *conn, gint64 now_ms, const char *state_json, GError **error);
/* *out_state (in the arena) NULL: never ran. */
gboolean collector_store_get(StoreConn *conn, Arena *arena, gint64 *out_seen_ms, const char **out_state, GError **error);

typedef struct {
  const char *name, *sha256;
  gint64 records, raw_bytes, stored_bytes, first_ms, last_ms, sealed_ms, expired_ms;
  gint64 keep_months; /* read only: the longest of its sources */
} SegmentRow;
typedef gboolean (*SegmentFunc)(const SegmentRow *row, void *data);
/* Not expired, from the oldest on, those that hold records received between the two moments. */
gboolean segment_store_list(StoreConn *conn, gint64 from_ms, gint64 to_ms, SegmentFunc func, void *data, GError **error);
gboolean segment_store_insert(StoreConn *conn, const SegmentRow *row, const guint32 *numbers, gsize count, gboolean *out_new, GError **error);
gboolean segment_store_expire(StoreConn *conn, const char *name, gint64 now_ms, GError **error);
gboolean segment_store_known(StoreConn *conn, const char *name, gboolean *out_known, GError **error);
/* What the audit log says of a segment; *out_sha256 NULL: nothing. g_free. */
gboolean segment_store_sealed(StoreConn *conn, const char *name, char **out_details, GError **error);
typedef struct {
  gint64 segments, records, raw_bytes, stored_bytes, first_ms;
} SegmentTotals;
gboolean segment_store_totals(StoreConn *conn, SegmentTotals *out_totals, GError **error);

/* Bodies at or below, and systems in their registers, for choices. */
gboolean source_store_bodies(StoreConn *conn, const char *body_id, void (*add)(const char *id, const char *name, void *data), void *data,
                             GError **error);
gboolean source_store_systems(StoreConn *conn, const char *body_id, void (*add)(const char *id, const char *name, void *data), void *data,
                              GError **error);
/* The body that keeps a system; NULL without error: no such system. */
const char *source_store_system_body(StoreConn *conn, Arena *arena, const char *system_id, GError **error);
gboolean source_store_system_level(StoreConn *conn, const char *system_id, gint64 *out_level, GError **error); /* 0: not determined */
