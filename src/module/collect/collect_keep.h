/* How long logs are kept, and that they are what they were. Private to module collect. */
#pragma once
#include "module/collect/collect_store.h"
#include "lib/scan/segment.h"

enum { KEEP_MONTHS = 12, KEEP_MONTHS_MOST = 120 };

/* The least that the law asks for a system of that level (0: not determined), with its article in *out_basis (NULL: none). */
gint64 collect_keep_least(App *app, Arena *arena, gint64 level, const char **out_basis, GError **error);
/* Drops closed segments of which every source has been kept long enough; each is told to the audit log. By who holds the log store. */
gboolean collect_expire(App *app, LogStore *store, gint64 now_ms, gint64 *out_count, GError **error);
/* Writes down a closed segment and tells its SHA-256 to the audit chain; once only, however often it is called. */
gboolean collect_seal(App *app, const SegmentRow *row, const guint32 *numbers, gsize count, GError **error);
/* The job for when no collector runs. */
gboolean collect_expire_job(App *app, const json_t *payload, GError **error);
