/* Module collect: the sources of logs, the process that takes their records in, and what is kept of them.
 *
 * One process at a time writes the log store (home/log): `ungcuu collect`, a child of serve, or whoever holds home/log/lock while
 * no collector runs. Records go: received → decoded for their own time → stored and synced → offered to the sinks below.
 */
#pragma once
#include "core/request.h"
#include "lib/scan/decode.h"
#include "lib/scan/segment.h"

extern const Module collect_module;

/* What is known of the source of a record. The texts live as long as the state of the sink. */
typedef struct {
  guint32 number; /* LogRecord.source */
  const char *id, *name, *body_id;
  const char *system_id;        /* NULL: none registered */
  const char *kind;             /* a CollectKind: "windows", "rsyslog", … */
  const char *product, *service; /* of Sigma's logsource, by kind; NULL: not known */
} CollectSource;

typedef struct {
  const LogRecord *records;
  gsize count;
  gint64 committed_ms; /* when they were on the disk */
  guint64 number;      /* counts committed batches of this process from 1 */
} CollectBatch;

/* Somebody who looks at every committed record, such as detection: a row of COLLECT_SINKS (src/app/modules.c).
 *
 * All functions run on one thread of the collector, which does nothing else; it may read and write the store (store_write). While it
 * works the collector goes on storing. What it is behind is shown on the board of sources; when it is so far behind that no room is
 * left, TCP and files wait for it, and UDP records are stored without being looked at and counted as such.
 */
typedef struct {
  const char *name;
  /* `table` is that of the events. NULL with error: tried again after ten seconds; records then count as not looked at. */
  void *(*open)(App *app, FieldTable *table, GError **error);
  /* The event of each record of a batch; it lives until the next. */
  void (*event)(void *state, const CollectSource *source, const LogRecord *record, const Event *event);
  /* After the events of a batch: the place to write alerts. */
  void (*batch)(void *state, const CollectBatch *batch);
  /* About once a second, between batches: load rules anew if they have changed. The old ones work until this returns. */
  void (*idle)(void *state, gint64 now_ms);
  void (*close)(void *state);
} CollectSink;

/* The process `ungcuu collect`: runs until `stop` (a descriptor, signalfd) is readable. `sinks` ends with NULL. */
gboolean collect_run(App *app, const CollectSink *const *sinks, int stop_fd, GError **error);
/* Is there a source for which the collector must run? */
gboolean collect_wanted(App *app, gboolean *out_wanted, GError **error);

/* The folder of the log store, for readers (log_reader_new). In the arena. */
const char *collect_folder(const App *app, Arena *arena);
/* The source of a number; NULL without error: none. In the arena. */
const CollectSource *collect_source(StoreConn *conn, Arena *arena, guint32 number, GError **error);
typedef gboolean (*CollectSourceFunc)(const CollectSource *source, void *data);
/* Those at or below the body, by name, also those taken out of use: their records are kept. */
gboolean collect_each_source(StoreConn *conn, const char *body_id, CollectSourceFunc func, void *data, GError **error);

/* --- for samples --- */

typedef gboolean (*CollectReplayFunc)(gint64 at_ms, void *data, GError **error);
/* Stores the records, which are in the order of their received_ms, as if they came at that time, and offers them to the sink. `before` is
 * called before each five minutes of them: the place to set the clock. No collector may run. */
gboolean collect_replay(App *app, const CollectSink *sink, LogRecord *records, gsize size, CollectReplayFunc before, void *data, GError **error);
