/* The process `ungcuu collect`. Private to module collect.
 *
 * Four threads: `main` (one epoll loop) takes bytes in, cuts them into records and puts these into the open batch; `writer` decodes them
 * for their time and commits batches to the log store; `looker` offers committed batches to the sinks; `keeper` talks to the store of
 * records (sources, counters, seals, alerts). A fixed number of batches goes round, which is the bound of memory and the back-pressure:
 *
 *     free → main fills → writer commits → looker → free
 *
 * TCP, TLS, files and local callers wait while what is taken is not committed for HOLD_MS; UDP cannot wait: when batches get few the least
 * severe messages are dropped first, and counted.
 */
#pragma once
#include "module/collect/collect.h"
#include "module/collect/collect_address.h"
#include "module/collect/collect_store.h"

enum {
  BATCHES = 8,
  BATCH_BYTES = 2 << 20,
  BATCH_RECORDS = 32768,
  COMMIT_MS = 50,      /* how long records gather while the writer has nothing to do */
  HOLD_MS = 150,       /* oldest record not committed: streams wait */
  TURN_BYTES = 256 << 10, /* read of one stream before the others get their turn */
  LINE_SHOWN = 400,
};

/* A source while the process lives. Numbers are written by the thread that is named, read by all (atomic). */
typedef struct {
  guint32 number;
  /* main */
  SourceRow row; /* strings owned */
  Address network;
  int prefix; /* bits of network; -1: any address */
  gboolean here; /* still in the table of sources and not stopped */
  /* set by main, read by writer and looker */
  const CollectSource *told; /* replaced as a whole; old ones stay */
  int format, offset_minutes;
  gint64 silent_minutes; /* for the keeper */
  /* counters */
  guint64 received, received_bytes, dropped; /* main */
  guint64 stored, broken;                    /* writer */
  gint64 last_ms, skew_ms, lag_ms;           /* writer */
  gboolean skew_known;
  guint64 batch_mark; /* writer */
  GMutex lock;
  char line[LINE_SHOWN + 1]; /* under lock: the last one, valid UTF-8 */
  char trouble[200];         /* under lock: of its file; "" none */
} Source;

typedef struct {
  guint32 source;
  guint64 device, inode, offset, head_hash, head_size;
  char *path;
  gboolean gone; /* read to its end and away: forget it */
} FilePlace;

typedef struct Batch {
  guint64 number;
  char *bytes;
  gsize used;
  LogRecord *records;
  Source **sources;
  guint count;
  guint written, safe; /* by the writer: how many the store has taken, and has on the disk */
  gint64 opened_us; /* monotonic: the first record */
  gint64 committed_ms;
  GPtrArray *places; /* FilePlace: where files stand once this is committed */
} Batch;

typedef struct Collector Collector;
typedef struct Watch Watch;
struct Watch {
  int fd;
  void (*ready)(Collector *collector, Watch *watch);
};

/* A sender that no source names. */
typedef struct {
  char address[INET6_ADDRSTRLEN], host[256], sample[LINE_SHOWN + 1];
  guint64 count;
  gint64 last_ms;
} Stranger;

typedef struct Follow Follow;
typedef struct Stream Stream;
typedef struct Listeners Listeners;

struct Collector {
  App *app;
  const CollectSink *const *sinks;
  int epoll, wake, stop_fd, lock_fd;
  Watch wake_watch;
  gboolean ending, ended; /* atomic; ended: everything is committed */
  char *folder, *segments; /* home/log, home/log/segments */
  PatternSet *patterns;    /* of text lines; NULL: the file is broken, lines are taken as they are */
  /* main */
  GHashTable *by_number; /* Source; changed under sources_lock */
  GMutex sources_lock;
  GPtrArray *told;       /* every CollectSource that was ever told to sinks: they may keep it */
  GHashTable *by_sender; /* Address -> GPtrArray of Source; filled as senders come */
  GPtrArray *any_sender; /* Source: known by host alone */
  GPtrArray *streams;    /* Stream */
  int tests;             /* of these, local callers that wait for a test record */
  Listeners *listeners;
  Follow *follow;
  Batch *open; /* NULL: none free */
  GPtrArray *free;
  guint64 next_batch, closed, committed; /* numbers of batches; committed: atomic */
  gint64 oldest_us; /* monotonic, of what is not committed; 0: nothing */
  GHashTable *strangers; /* "address host" -> Stranger, under strangers_lock */
  GMutex strangers_lock;
  /* queues */
  GAsyncQueue *to_write, *to_look, *done, *to_keep, *rows;
  GPtrArray *in_flight; /* main: Batch given to the writer and not back, oldest first */
  /* counters of the whole, atomic */
  guint64 stored, udp_received, udp_dropped, kernel_dropped, refused, unlooked, looked_ms, look_lag_ms, commit_ms;
  GMutex trouble_lock;
  char disk_trouble[300], listen_trouble[600]; /* under trouble_lock */
  GThread *writer, *looker, *keeper;
  Batch stop, expire; /* pushed to a queue: end; drop what need not be kept any longer */
  LogStore *store; /* writer */
  gint64 started_ms;
};

/* --- collector.c: the table of sources, batches --- */
Source *collector_source_of(Collector *collector, const Address *sender, const char *host, gsize host_size);
Source *collector_source(Collector *collector, guint32 number);
void collector_stranger(Collector *collector, const Address *sender, const char *host, gsize host_size, const char *bytes, gsize size);
/* May streams go on reading? */
gboolean collector_may_take(Collector *collector);
/* FALSE: no room; nothing was taken. */
gboolean collector_take(Collector *collector, Source *source, const char *bytes, gsize size);
/* The batch that holds what was taken last: committed once collector->committed is at least that. */
guint64 collector_last_batch(const Collector *collector);
/* Ends with the open batch: where a file stands. */
void collector_add_place(Collector *collector, FilePlace *place);
void collector_watch(Collector *collector, Watch *watch, guint32 events);
void collector_unwatch(Collector *collector, Watch *watch);
void collector_wake(Collector *collector);
/* At most LINE_SHOWN bytes, valid UTF-8 without control characters. */
void line_shown(char out[LINE_SHOWN + 1], const char *bytes, gsize size);

/* --- collector_listen.c, collector_stream.c, collector_local.c --- */
Listeners *listeners_open(Collector *collector);
void listeners_close(Collector *collector, Listeners *listeners);
/* Opens what is wanted and not open: settings have changed, or a port was taken by another. */
void listeners_refresh(Collector *collector, Listeners *listeners);
guint listeners_free_batches(const Collector *collector);
void stream_new(Collector *collector, int fd, const Address *sender, void *tls);
void stream_new_local(Collector *collector, int fd);
/* Those that waited go on; local callers get their answer. */
void streams_resume(Collector *collector);
void streams_free(Collector *collector);
/* A test record: does this one carry the mark that a local caller waits for? */
Source *streams_find_test(Collector *collector, const char *bytes, gsize size);

/* --- collector_tls.c: NULL with error in *out_trouble --- */
void *tls_server_new(Collector *collector, char **out_trouble);
void tls_server_free(void *server);
void *tls_accept(void *server, int fd);
/* > 0 bytes; 0 end; -1 none now. */
gssize tls_read(void *tls, char *buffer, gsize room);
void tls_free(void *tls);

/* --- collector_follow.c --- */
Follow *follow_new(Collector *collector);
void follow_free(Follow *follow);
void follow_turn(Follow *follow);
gboolean follow_wants_turn(const Follow *follow); /* there was more to read */

/* --- collector_write.c, collector_keep.c: the threads --- */
gpointer writer_run(gpointer collector);
gpointer looker_run(gpointer collector);
gpointer keeper_run(gpointer collector);

char *collector_state(Collector *collector); /* a JSON object; any thread; g_free */

/* What the keeper is told to do beside its rounds. */
typedef struct {
  enum { KEEP_SEAL } what;
  SegmentRow segment; /* strings owned */
  GArray *numbers;    /* guint32: sources that it may hold */
} KeepTask;
void keep_task_free(KeepTask *task);
/* The task for a segment that was just closed. */
KeepTask *keep_task_seal(const SegmentInfo *info, GHashTable *numbers);
