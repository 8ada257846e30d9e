/* The store: one set of statements, two engines (SQLite, PostgreSQL).
 *
 * Reading: store_read() gives the calling thread its own read-only connection; it stays open for the thread's life.
 * Writing: store_write() hands a function to the one writer thread, which runs all that wait in one transaction (group
 * commit), each inside a savepoint of its own, and returns after the commit is durable. The function must not block on
 * anything but the store, and may run again (after a serialisation failure): it changes nothing outside the store but
 * through its data, and starts by resetting that.
 *
 * Statements are named constants in the table of the module that owns them; a test prepares each on both engines.
 * Parameters are $1, $2 …; what both engines understand is told in docs/store.md. Times are UTC milliseconds.
 *
 * Ownership: texts and blobs from a row live until the next step. Statements are kept prepared per connection.
 * Errors: ERROR_FULL (disk full; the transaction is gone, nothing of it was written), ERROR_BUSY, ERROR_CONFLICT
 * (a constraint; the message is for developers, so check before), ERROR_FAILED.
 * Threads: Store from any thread; StoreConn and StoreRows only on the thread that got them.
 */
#pragma once
#include <glib.h>

typedef struct Store Store;
typedef struct StoreConn StoreConn;
typedef struct StoreRows StoreRows;

/* Static for the program's life: its address is the key under which the prepared statement is kept. One built at run
 * time has no name (NULL) and is prepared for that one call. */
typedef struct {
  const char *name; /* "duty.list": for the logs, the tests and the plans pinned by tests */
  const char *sql;
  const char *postgres; /* NULL: `sql` is for both. Otherwise PostgreSQL's own text, same parameters, same columns. */
} StoreSql;

typedef struct {
  const StoreSql *sql;
  gsize count;
} StoreSqlTable;

typedef enum { STORE_NULL, STORE_INT, STORE_TEXT, STORE_BLOB } StoreType;

typedef struct {
  StoreType type;
  gint64 number;
  const void *bytes; /* not copied: must live until the call returns, or the rows are freed; a text ends with NUL */
  gsize length;
} StoreValue;

StoreValue store_value_text(const char *text); /* NULL gives SQL NULL */
#define S_TEXT(text) store_value_text(text)
#define S_INT(value) ((StoreValue){.type = STORE_INT, .number = (value)})
#define S_BLOB(data, size) ((StoreValue){.type = STORE_BLOB, .bytes = (data), .length = (size)})
#define S_NULL ((StoreValue){.type = STORE_NULL})
/* The parameters of a statement: store_query(conn, sql, S(S_TEXT(id), S_INT(now)), &error). No parameters: S0. */
#define S(...) (const StoreValue[]){__VA_ARGS__}, sizeof((const StoreValue[]){__VA_ARGS__}) / sizeof(StoreValue)
#define S0 NULL, 0

/* `url`: a path (SQLite) or "postgresql://…" (libpq). Creates a SQLite file that is not there, 0600. Does not migrate.
 */
Store *store_open(const char *url, GError **error);
/* Ends the writer after what is queued; the readers of other threads must be done. */
void store_close(Store *store);
gboolean store_is_postgres(const Store *store);

StoreConn *store_read(Store *store, GError **error);
/* Between these a reader sees one state of the store, whatever is committed meanwhile, and SQLite looks for others' commits
 * once instead of with each statement. PostgreSQL: nothing (it would cost two round trips). Not nested. */
void store_read_begin(StoreConn *conn);
void store_read_end(StoreConn *conn);

typedef gboolean (*StoreWriteFunc)(StoreConn *conn, void *data, GError **error);
/* FALSE from the function rolls its savepoint back and is the result here; the others of the group are untouched. A
 * statement that failed makes the whole function fail, even if it went on. Not to be called from within a function. */
gboolean store_write(Store *store, StoreWriteFunc func, void *data, GError **error);

/* Counts up with every commit of this process and, when polled, of others: what live pages wait for. Cheap; others are
 * looked for at most every 20 ms. */
guint64 store_change_counter(Store *store);

/* Rows: NULL with error; else step until FALSE; a step that fails sets the error (check it after the loop). */
StoreRows *store_query(StoreConn *conn, const StoreSql *sql, const StoreValue *values, gsize count, GError **error);
gboolean store_step(StoreRows *rows, GError **error);
void store_rows_free(StoreRows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreRows, store_rows_free)

int store_columns(const StoreRows *rows);
const char *store_column_name(const StoreRows *rows, int column);
gboolean store_is_null(const StoreRows *rows, int column);
gint64 store_int(const StoreRows *rows, int column);       /* NULL gives 0 */
const char *store_text(const StoreRows *rows, int column); /* NULL gives NULL */
gsize store_text_length(const StoreRows *rows, int column);
const void *store_blob(const StoreRows *rows, int column, gsize *out_length);

/* Runs to the end; out_changed (may be NULL): rows inserted, updated or deleted. */
gboolean store_exec(StoreConn *conn, const StoreSql *sql, const StoreValue *values, gsize count, gint64 *out_changed,
                    GError **error);
/* One value of one row. FALSE with error set: failed. TRUE: *out_value is the value, or `none` where there is no row.
 */
gboolean store_get_int(StoreConn *conn, const StoreSql *sql, const StoreValue *values, gsize count, gint64 none,
                       gint64 *out_value, GError **error);
/* A copy (g_free); *out_value NULL where there is no row or the value is null. */
gboolean store_get_text(StoreConn *conn, const StoreSql *sql, const StoreValue *values, gsize count, char **out_value,
                        GError **error);
Store *store_of(StoreConn *conn);
/* Only prepares: for the test that tries every statement of the program on both engines. */
gboolean store_prepare(StoreConn *conn, const StoreSql *sql, GError **error);

/* Full text. `words` is what the user typed: each must begin a word of title or text, one with dots or dashes is a
 * phrase. The index keeps folded text and the ids of the ancestors of its body as tokens, so that a search by
 * permission needs no join. Without a scope or without a word nothing is found. The first 16,000 words of an entry
 * count. */
gboolean store_search_put(StoreConn *conn, const char *type, const char *id, const char *title, const char *text,
                          const char *const *scopes, gint64 time_ms, GError **error); /* inserts or replaces */
gboolean store_search_remove(StoreConn *conn, const char *type, const char *id, GError **error);
/* Columns: type, id, title, time_ms; newest first; at most `limit`; scopes: any one must match; types NULL: all. */
StoreRows *store_search(StoreConn *conn, const char *words, const char *const *scopes, const char *const *types,
                        int limit, GError **error);

/* Migrations: numbered texts with type words (@id @ms @int @text @json @blob @bool) that each driver replaces. */
typedef struct {
  int number;       /* unique over all modules: NNNN of NNNN_module.sql */
  const char *name; /* file name */
  const char *sql;
} Migration;
/* Applies what is missing in one transaction each, in order; refuses when the checksum of one already applied differs
 * (ERROR_REFUSED) or when the store has one that this program does not know. */
gboolean store_migrate(Store *store, const Migration *migrations, gsize count, GError **error);

/* Backup to a new file (must not exist) while the store is in use; restore into an empty store, one that was opened and
 * never migrated. `migrations` are all that the program has: a store comes back as it was when the backup was made, and
 * store_migrate() afterwards applies newer ones.
 * SQLite: the online backup into one file. PostgreSQL: all tables as rows in one file of the same shape, so that a
 * backup of one engine restores into the other. Both are verified (counts and checksums per table) before returning; a
 * restore is one transaction.
 * Errors: ERROR_REFUSED (the file is there already, the store is not empty, the backup is of a newer program),
 * ERROR_UNREADABLE (not a whole backup). */
gboolean store_backup(Store *store, const char *path, const Migration *migrations, gsize count, GError **error);
gboolean store_restore(Store *store, const char *path, const Migration *migrations, gsize count, GError **error);

/* The query plan as the engine tells it, for tests that pin it. g_free. */
char *store_explain(StoreConn *conn, const StoreSql *sql, const StoreValue *values, gsize count, GError **error);
