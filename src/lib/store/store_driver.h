/* What an engine gives to the store; private to this folder.
 *
 * A driver embeds StoreConn and StoreRows as first members of its own structures. Its functions set the error and, on
 * a writing connection, say in `fate` what became of the transaction.
 */
#pragma once
#include "base/error.h"
#include "lib/store/store.h"

typedef struct StoreDriver StoreDriver;
typedef struct StoreWriter StoreWriter;

typedef enum {
  STORE_USE_READ,
  STORE_USE_WRITE,
  STORE_USE_WATCH, /* notices the commits of other processes */
} StoreUse;

typedef enum {
  FATE_ALIVE,   /* the savepoint can be rolled back, the rest goes on */
  FATE_AGAIN,   /* nothing was written; the same functions can succeed when run again */
  FATE_LOST,    /* nothing was written, the connection is gone */
  FATE_GONE,    /* nothing was written, the transaction is rolled back */
  FATE_UNKNOWN, /* the connection was lost during the commit */
} StoreFate;

struct StoreConn {
  Store *store; /* NULL: a connection of the store's own */
  const StoreDriver *driver;
  StoreUse use;
  StoreFate fate;
  gboolean failed; /* a statement failed since this was last cleared */
  gboolean committing;
  int open_rows;
};

struct StoreRows {
  StoreConn *conn;
  const StoreSql *sql;
  char *owned; /* a bound text that ends with the rows; may be NULL */
};

typedef struct {
  const char *word; /* without the @ */
  const char *type;
} StoreTypeWord;

struct StoreDriver {
  const char *begin;          /* a transaction that writes */
  const char *begin_snapshot; /* a transaction that reads one state throughout */
  const char *commit;
  const char *lock_schema; /* one migrating process at a time; NULL: `begin` sees to it */
  const char *explain;
  const char *bootstrap;                /* the tables that the store itself needs; may run again */
  const char *reindex;                  /* fills the search index after a restore */
  const char *tables;                   /* the names of all tables of records, sorted */
  const char *before_fill, *after_fill; /* around filling tables in any order */
  const StoreTypeWord *words;
  StoreConn *(*open)(const char *url, StoreUse use, GError **error);
  void (*close)(StoreConn *conn);
  gboolean (*reconnect)(StoreConn *conn, GError **error); /* NULL: cannot be lost */
  gboolean (*execute)(StoreConn *conn, const char *statements, GError **error);
  gboolean (*in_transaction)(StoreConn *conn);
  gboolean (*changed_by_others)(StoreConn *watch, StoreConn *writer); /* since the last call */
  gboolean (*prepare)(StoreConn *conn, const StoreSql *sql, GError **error);
  StoreRows *(*query)(StoreConn *conn, const StoreSql *sql, const StoreValue *values, gsize count, GError **error);
  StoreRows *(*scan)(StoreConn *conn, const char *sql,
                     GError **error);                   /* row by row; the connection is busy until freed */
  void (*forget)(StoreConn *conn, const StoreSql *sql); /* a statement that was kept and is about to end */
  gboolean (*copy_pages)(StoreConn *source, StoreConn *target, GError **error); /* NULL: has none */
  gboolean (*step)(StoreRows *rows, GError **error);
  void (*rows_free)(StoreRows *rows);
  gint64 (*changed)(const StoreRows *rows);
  int (*columns)(const StoreRows *rows);
  const char *(*column_name)(const StoreRows *rows, int column);
  StoreType (*type)(const StoreRows *rows, int column);
  gint64 (*get_int)(const StoreRows *rows, int column);
  const char *(*get_text)(const StoreRows *rows, int column, gsize *out_length);
  const void *(*get_blob)(const StoreRows *rows, int column, gsize *out_length);
};

extern const StoreDriver STORE_SQLITE, STORE_POSTGRES;

struct Store {
  const StoreDriver *driver;
  char *url;
  StoreWriter *writer;
  GPtrArray *readers; /* of StoreReader, under the lock of all readers */
  GMutex watch_lock;
  StoreConn *watch;
  gint64 watched_us;
  guint64 changes; /* atomic */
};

StoreWriter *store_writer_start(Store *store, StoreConn *conn);
void store_writer_stop(StoreWriter *writer);
StoreConn *store_writer_conn(StoreWriter *writer);
/* After a commit of this process: counts it, and takes it out of what changed_by_others() would tell. */
void store_note_commit(Store *store);

/* A connection of its own, for migrations, backup and restore. */
StoreConn *store_connect(Store *store, StoreUse use, GError **error);
void store_disconnect(StoreConn *conn);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreConn, store_disconnect)
gboolean store_begin(StoreConn *conn, GError **error);
gboolean store_commit(StoreConn *conn, GError **error);
void store_rollback(StoreConn *conn);

/* The text of a migration in the words of the engine. NULL with ERROR_INVALID for an unknown word. */
char *store_translate(const StoreDriver *driver, const char *sql, GError **error);
char *store_migration_checksum(const Migration *migration);
gboolean store_lock_schema(StoreConn *conn, GError **error);
gboolean store_apply(StoreConn *conn, const Migration *migration, GError **error);
