#include "lib/store/store_driver.h"
#include <string.h>

enum { WATCH_INTERVAL_US = 20000 };

/* A thread's connection to a store. The thread's list and the store's list both point to it; whichever ends first
 * closes the connection. */
typedef struct {
  Store *store; /* NULL once the store is closed; atomic */
  StoreConn *conn;
} StoreReader;

static GMutex readers_lock;

static void readers_of_thread_end(gpointer data) {
  GPtrArray *readers = data;
  g_mutex_lock(&readers_lock);
  for (guint i = 0; i < readers->len; i++) {
    StoreReader *reader = readers->pdata[i];
    if (reader->store) {
      g_ptr_array_remove_fast(reader->store->readers, reader);
      reader->conn->driver->close(reader->conn);
    }
    g_free(reader);
  }
  g_mutex_unlock(&readers_lock);
  g_ptr_array_free(readers, TRUE);
}

static GPrivate thread_readers = G_PRIVATE_INIT(readers_of_thread_end);

static StoreReader *reader_find(GPtrArray *readers, const Store *store) {
  for (guint i = 0; i < readers->len; i++) {
    StoreReader *reader = readers->pdata[i];
    if (g_atomic_pointer_get(&reader->store) == store)
      return reader;
  }
  return NULL;
}

static GPtrArray *readers_of_thread(void) {
  GPtrArray *readers = g_private_get(&thread_readers);
  if (!readers) {
    readers = g_ptr_array_new();
    g_private_set(&thread_readers, readers);
  }
  return readers;
}

static void readers_forget_closed(GPtrArray *readers) {
  for (guint i = readers->len; i-- > 0;) {
    StoreReader *reader = readers->pdata[i];
    if (!g_atomic_pointer_get(&reader->store)) {
      g_ptr_array_remove_index_fast(readers, i);
      g_free(reader);
    }
  }
}

StoreConn *store_read(Store *store, GError **error) {
  GPtrArray *readers = readers_of_thread();
  StoreReader *reader = reader_find(readers, store);
  if (reader)
    return reader->conn;
  StoreConn *conn = store_connect(store, STORE_USE_READ, error);
  if (!conn)
    return NULL;
  readers_forget_closed(readers);
  reader = g_new(StoreReader, 1);
  *reader = (StoreReader){store, conn};
  g_ptr_array_add(readers, reader);
  g_mutex_lock(&readers_lock);
  g_ptr_array_add(store->readers, reader);
  g_mutex_unlock(&readers_lock);
  return conn;
}

void store_read_begin(StoreConn *conn) {
  static const StoreSql BEGIN = {"store.read_begin", "BEGIN", NULL};
  if (!store_is_postgres(conn->store))
    store_exec(conn, &BEGIN, S0, NULL, NULL);
}

void store_read_end(StoreConn *conn) {
  static const StoreSql COMMIT = {"store.read_end", "COMMIT", NULL};
  if (!store_is_postgres(conn->store) && conn->driver->in_transaction(conn))
    store_exec(conn, &COMMIT, S0, NULL, NULL);
}

static void readers_close(Store *store) {
  g_mutex_lock(&readers_lock);
  for (guint i = 0; i < store->readers->len; i++) {
    StoreReader *reader = store->readers->pdata[i];
    store_disconnect(reader->conn);
    g_atomic_pointer_set(&reader->store, NULL);
  }
  g_mutex_unlock(&readers_lock);
  g_ptr_array_free(store->readers, TRUE);
}

static const StoreDriver *driver_of(const char *url) {
  gboolean postgres = g_str_has_prefix(url, "postgresql://") || g_str_has_prefix(url, "postgres://");
  return postgres ? &STORE_POSTGRES : &STORE_SQLITE;
}

static void store_free(Store *store) {
  if (store->writer)
    store_writer_stop(store->writer);
  if (store->watch)
    store_disconnect(store->watch);
  readers_close(store);
  g_mutex_clear(&store->watch_lock);
  g_free(store->url);
  g_free(store);
}

Store *store_open(const char *url, GError **error) {
  Store *store = g_new0(Store, 1);
  store->driver = driver_of(url);
  store->url = g_strdup(url);
  store->readers = g_ptr_array_new();
  g_mutex_init(&store->watch_lock);
  StoreConn *conn = store_connect(store, STORE_USE_WRITE, error);
  if (conn) {
    store->writer = store_writer_start(store, conn);
    store->watch = store_connect(store, STORE_USE_WATCH, error);
  }
  if (store->watch)
    return store;
  store_free(store);
  return NULL;
}

void store_close(Store *store) {
  if (store)
    store_free(store);
}

gboolean store_is_postgres(const Store *store) {
  return store->driver != &STORE_SQLITE;
}

/* Others' commits that fall between our commit and this look are covered by this count, which comes after it. */
void store_note_commit(Store *store) {
  g_mutex_lock(&store->watch_lock);
  store->driver->changed_by_others(store->watch, store_writer_conn(store->writer));
  __atomic_add_fetch(&store->changes, 1, __ATOMIC_RELEASE);
  g_mutex_unlock(&store->watch_lock);
}

guint64 store_change_counter(Store *store) {
  gint64 now_us = g_get_monotonic_time();
  if (now_us - __atomic_load_n(&store->watched_us, __ATOMIC_RELAXED) >= WATCH_INTERVAL_US &&
      g_mutex_trylock(&store->watch_lock)) {
    __atomic_store_n(&store->watched_us, now_us, __ATOMIC_RELAXED);
    if (store->driver->changed_by_others(store->watch, store_writer_conn(store->writer)))
      __atomic_add_fetch(&store->changes, 1, __ATOMIC_RELEASE);
    g_mutex_unlock(&store->watch_lock);
  }
  return __atomic_load_n(&store->changes, __ATOMIC_ACQUIRE);
}

StoreConn *store_connect(Store *store, StoreUse use, GError **error) {
  StoreConn *conn = store->driver->open(store->url, use, error);
  if (conn)
    conn->store = store;
  return conn;
}

void store_disconnect(StoreConn *conn) {
  if (conn)
    conn->driver->close(conn);
}

gboolean store_begin(StoreConn *conn, GError **error) {
  conn->fate = FATE_ALIVE;
  conn->failed = FALSE;
  return conn->driver->execute(conn, conn->driver->begin, error);
}

gboolean store_commit(StoreConn *conn, GError **error) {
  conn->committing = TRUE;
  gboolean ok = conn->driver->execute(conn, conn->driver->commit, error);
  conn->committing = FALSE;
  return ok;
}

void store_rollback(StoreConn *conn) {
  if (conn->driver->in_transaction(conn))
    conn->driver->execute(conn, "ROLLBACK", NULL);
}

Store *store_of(StoreConn *conn) {
  return conn->store;
}

StoreValue store_value_text(const char *text) {
  return text ? (StoreValue){.type = STORE_TEXT, .bytes = text, .length = strlen(text)} : S_NULL;
}

gboolean store_prepare(StoreConn *conn, const StoreSql *sql, GError **error) {
  return conn->driver->prepare(conn, sql, error);
}

StoreRows *store_query(StoreConn *conn, const StoreSql *sql, const StoreValue *values, gsize count, GError **error) {
  StoreRows *rows = conn->driver->query(conn, sql, values, count, error);
  if (rows)
    conn->open_rows++;
  else
    conn->failed = TRUE;
  return rows;
}

gboolean store_step(StoreRows *rows, GError **error) {
  GError *failure = NULL;
  if (rows->conn->driver->step(rows, &failure))
    return TRUE;
  if (failure) {
    rows->conn->failed = TRUE;
    g_propagate_error(error, failure);
  }
  return FALSE;
}

void store_rows_free(StoreRows *rows) {
  if (!rows)
    return;
  char *owned = g_steal_pointer(&rows->owned);
  rows->conn->open_rows--;
  rows->conn->driver->rows_free(rows);
  g_free(owned);
}

int store_columns(const StoreRows *rows) {
  return rows->conn->driver->columns(rows);
}

const char *store_column_name(const StoreRows *rows, int column) {
  return rows->conn->driver->column_name(rows, column);
}

gboolean store_is_null(const StoreRows *rows, int column) {
  return rows->conn->driver->type(rows, column) == STORE_NULL;
}

gint64 store_int(const StoreRows *rows, int column) {
  return rows->conn->driver->get_int(rows, column);
}

const char *store_text(const StoreRows *rows, int column) {
  gsize length;
  return rows->conn->driver->get_text(rows, column, &length);
}

gsize store_text_length(const StoreRows *rows, int column) {
  gsize length = 0;
  rows->conn->driver->get_text(rows, column, &length);
  return length;
}

const void *store_blob(const StoreRows *rows, int column, gsize *out_length) {
  return rows->conn->driver->get_blob(rows, column, out_length);
}

gboolean store_exec(StoreConn *conn, const StoreSql *sql, const StoreValue *values, gsize count, gint64 *out_changed,
                    GError **error) {
  g_autoptr(StoreRows) rows = store_query(conn, sql, values, count, error);
  if (!rows)
    return FALSE;
  GError *failure = NULL;
  while (store_step(rows, &failure))
    ;
  if (failure) {
    g_propagate_error(error, failure);
    return FALSE;
  }
  if (out_changed)
    *out_changed = conn->driver->changed(rows);
  return TRUE;
}

/* The first row; *out_rows NULL where there is none. */
static gboolean first_row(StoreConn *conn, const StoreSql *sql, const StoreValue *values, gsize count,
                          StoreRows **out_rows, GError **error) {
  *out_rows = NULL;
  g_autoptr(StoreRows) rows = store_query(conn, sql, values, count, error);
  if (!rows)
    return FALSE;
  GError *failure = NULL;
  if (store_step(rows, &failure))
    *out_rows = g_steal_pointer(&rows);
  if (!failure)
    return TRUE;
  g_propagate_error(error, failure);
  return FALSE;
}

gboolean store_get_int(StoreConn *conn, const StoreSql *sql, const StoreValue *values, gsize count, gint64 none,
                       gint64 *out_value, GError **error) {
  g_autoptr(StoreRows) rows = NULL;
  if (!first_row(conn, sql, values, count, &rows, error))
    return FALSE;
  *out_value = rows ? store_int(rows, 0) : none;
  return TRUE;
}

gboolean store_get_text(StoreConn *conn, const StoreSql *sql, const StoreValue *values, gsize count, char **out_value,
                        GError **error) {
  g_autoptr(StoreRows) rows = NULL;
  if (!first_row(conn, sql, values, count, &rows, error))
    return FALSE;
  *out_value = rows ? g_strdup(store_text(rows, 0)) : NULL;
  return TRUE;
}

char *store_explain(StoreConn *conn, const StoreSql *sql, const StoreValue *values, gsize count, GError **error) {
  const char *own = store_is_postgres(conn->store) && sql->postgres ? sql->postgres : sql->sql;
  g_autofree char *text = g_strconcat(conn->driver->explain, own, NULL);
  StoreSql explain = {NULL, text, NULL};
  g_autoptr(StoreRows) rows = store_query(conn, &explain, values, count, error);
  if (!rows)
    return NULL;
  g_autoptr(GString) plan = g_string_new(NULL);
  GError *failure = NULL;
  while (store_step(rows, &failure))
    g_string_append_printf(plan, "%s\n", store_text(rows, store_columns(rows) - 1));
  if (failure) {
    g_propagate_error(error, failure);
    return NULL;
  }
  return g_string_free(g_steal_pointer(&plan), FALSE);
}
