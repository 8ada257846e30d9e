/* What a run has found and not yet committed, gathered by what was looked for, source and machine. Private to module hunt.
 *
 * Bounds: HUNT_GROUPS_MAX groups of a hunt, HUNT_EVENTS_KEPT events of each; what goes beyond is counted. An estimate only counts.
 */
#pragma once
#include "module/collect/collect.h"
#include "module/detect/detect_hunt.h"
#include "module/hunt/hunt_store.h"

typedef struct HuntGather HuntGather;

typedef struct {
  const CollectSource *source;
  const LogRecord *record;
  const DetectTitle *rule;    /* or */
  const Indicator *indicator; /* or both NULL: */
  const char *words;
} HuntFind;

/* `counted`: the rules of an estimate (Rule -> DetectTitle), else NULL. */
HuntGather *hunt_gather_new(const App *app, StoreConn *conn, const HuntCase *hunt, GHashTable *counted, GError **error);
HuntGather *hunt_gather_none(void); /* nothing was found */
void hunt_gather_free(HuntGather *gather);
void hunt_gather_add(HuntGather *gather, const HuntFind *find);
gsize hunt_gather_waiting(const HuntGather *gather); /* groups with something to commit */
gint64 hunt_gather_hits(const HuntGather *gather, gint64 *out_beyond); /* of the whole hunt */
/* In the transaction; may be run again. hunt_gather_written() once it is committed. */
gboolean hunt_gather_write(HuntGather *gather, StoreConn *conn, const char *hunt_id, GError **error);
void hunt_gather_written(HuntGather *gather);
/* The counts of each rule, at the end of an estimate. */
gboolean hunt_gather_estimate(HuntGather *gather, StoreConn *conn, GError **error);
