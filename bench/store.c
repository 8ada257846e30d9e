/* Commits and point reads a second through the store, beside the same in plain SQLite with the same settings.
 *
 *   bench_store [SECONDS]     default 2 for each of the rows below; with UNGCUU_TEST_POSTGRES (tools/with_postgres)
 * also there
 *
 * Both sides insert one row of 300 bytes into the same table, each acknowledged when durable (synchronous=FULL). The
 * rows are counted afterwards. Eight plain clients have a connection each, BEGIN IMMEDIATE and a busy timeout. */
#include "lib/store/store_testing.h"
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

static const Migration TABLE[] = {
    {1, "0001_bench.sql",
     "CREATE TABLE entry (id @int PRIMARY KEY, unit @int NOT NULL, made_ms @ms NOT NULL,"
     " body @text NOT NULL); CREATE INDEX entry_by_unit ON entry (unit, made_ms);"}
};
static const StoreSql INSERT = {"entry.insert", "INSERT INTO entry(id, unit, made_ms, body) VALUES ($1, $2, $3, $4)",
                                NULL};
static const StoreSql COUNT = {"entry.count", "SELECT count(*) FROM entry", NULL};

static char body[301];
static gint64 last_id, until_us;

typedef struct {
  Store *store;
  const char *path;
  gint64 done, longest_us;
} Client;

static gint64 new_id(void) {
  return __atomic_add_fetch(&last_id, 1, __ATOMIC_RELAXED);
}

static gboolean insert(StoreConn *conn, void *data, GError **error) {
  gint64 id = *(gint64 *)data;
  return store_exec(conn, &INSERT, S(S_INT(id), S_INT(id % 100), S_INT(id * 7), S_TEXT(body)), NULL, error);
}

static gpointer store_client(gpointer data) {
  Client *client = data;
  for (gint64 before = g_get_monotonic_time(), now; before < until_us; before = now) {
    gint64 id = new_id();
    g_autoptr(GError) error = NULL;
    if (!store_write(client->store, insert, &id, &error))
      g_error("%s", error->message);
    now = g_get_monotonic_time();
    client->longest_us = MAX(client->longest_us, now - before);
    client->done++;
  }
  return NULL;
}

static void check(int code, sqlite3 *db) {
  if (code != SQLITE_OK && code != SQLITE_DONE)
    g_error("%s", sqlite3_errmsg(db));
}

static sqlite3 *plain_open(const char *path) {
  sqlite3 *db;
  check(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL), db);
  sqlite3_busy_timeout(db, 20000);
  check(sqlite3_exec(db, "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-4000", NULL, NULL, NULL),
        db);
  return db;
}

static gpointer plain_client(gpointer data) {
  Client *client = data;
  sqlite3 *db = plain_open(client->path);
  sqlite3_stmt *stmt;
  check(sqlite3_prepare_v3(db, "INSERT INTO entry(id, unit, made_ms, body) VALUES (?1, ?2, ?3, ?4)", -1,
                           SQLITE_PREPARE_PERSISTENT, &stmt, NULL),
        db);
  for (gint64 before = g_get_monotonic_time(), now; before < until_us; before = now) {
    gint64 id = new_id();
    check(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), db);
    sqlite3_bind_int64(stmt, 1, id);
    sqlite3_bind_int64(stmt, 2, id % 100);
    sqlite3_bind_int64(stmt, 3, id * 7);
    sqlite3_bind_text(stmt, 4, body, -1, SQLITE_STATIC);
    check(sqlite3_step(stmt), db);
    check(sqlite3_reset(stmt), db);
    check(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), db);
    now = g_get_monotonic_time();
    client->longest_us = MAX(client->longest_us, now - before);
    client->done++;
  }
  sqlite3_finalize(stmt);
  sqlite3_close(db);
  return NULL;
}

static double measure(const char *what, StoreTestingEngine engine, GThreadFunc func, int clients, int seconds) {
  g_autoptr(StoreTesting) testing = store_testing_new(GINT_TO_POINTER(engine));
  Store *store = store_testing_open(testing);
  g_autoptr(GError) error = NULL;
  if (!store_migrate(store, TABLE, 1, &error))
    g_error("%s", error->message);
  Client *each = g_new0(Client, clients);
  g_autofree GThread **threads = g_new(GThread *, clients);
  until_us = g_get_monotonic_time() + seconds * G_USEC_PER_SEC;
  for (int i = 0; i < clients; i++) {
    each[i] = (Client){.store = store, .path = testing->url};
    threads[i] = g_thread_new("client", func, &each[i]);
  }
  gint64 done = 0, longest_us = 0, there = 0;
  for (int i = 0; i < clients; i++) {
    g_thread_join(threads[i]);
    done += each[i].done;
    longest_us = MAX(longest_us, each[i].longest_us);
  }
  store_get_int(store_read(store, NULL), &COUNT, S0, 0, &there, NULL);
  if (there != done)
    g_error("%s: %" G_GINT64_FORMAT " rows for %" G_GINT64_FORMAT " commits", what, there, done);
  store_close(store);
  g_free(each);
  double rate = (double)done / seconds;
  printf("%-34s %d client%s %8.0f commits/s, longest %7.1f ms\n", what, clients, clients > 1 ? "s" : " ", rate,
         (double)longest_us / 1000);
  return rate;
}

enum { READ_ROWS = 2000 };
static const StoreSql READ = {"entry.read", "SELECT unit, made_ms, body FROM entry WHERE id = $1", NULL};

static gboolean insert_many(StoreConn *conn, void *data, GError **error) {
  gboolean ok = TRUE;
  for (gint64 id = 0; ok && id < READ_ROWS; id++)
    ok = insert(conn, &id, error);
  return ok && data == NULL;
}

static gint64 read_store(StoreConn *conn, gint64 id) {
  g_autoptr(StoreRows) rows = store_query(conn, &READ, S(S_INT(id)), NULL);
  g_assert_true(store_step(rows, NULL));
  return store_int(rows, 0) + store_int(rows, 1) + store_text(rows, 2)[0];
}

static gint64 read_plain(sqlite3_stmt *stmt, gint64 id) {
  sqlite3_bind_int64(stmt, 1, id);
  g_assert_cmpint(sqlite3_step(stmt), ==, SQLITE_ROW);
  gint64 sum = sqlite3_column_int64(stmt, 0) + sqlite3_column_int64(stmt, 1) + sqlite3_column_text(stmt, 2)[0];
  sqlite3_reset(stmt);
  return sum;
}

/* Reads until the time is over; stmt NULL: through the store. Every sum must be that of the row. */
static double measure_reads(const char *what, StoreConn *conn, sqlite3_stmt *stmt, int seconds) {
  gint64 done = 0, until = g_get_monotonic_time() + seconds * G_USEC_PER_SEC;
  for (; g_get_monotonic_time() < until; done++) {
    gint64 id = done * 7919 % READ_ROWS;
    g_assert_cmpint(stmt ? read_plain(stmt, id) : read_store(conn, id), ==, id % 100 + id * 7 + 'a');
  }
  printf("%-34s %8.0f reads/s\n", what, (double)done / seconds);
  return (double)done / seconds;
}

static void bench_reads(int seconds) {
  g_autoptr(StoreTesting) testing = store_testing_new(GINT_TO_POINTER(TESTING_SQLITE));
  Store *store = store_testing_open(testing);
  g_assert_true(store_migrate(store, TABLE, 1, NULL) && store_write(store, insert_many, NULL, NULL));
  sqlite3 *db = plain_open(testing->url);
  sqlite3_stmt *stmt;
  check(sqlite3_prepare_v3(db, READ.sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL), db);
  double plain = measure_reads("SQLite, plain point reads", NULL, stmt, seconds);
  double ours = measure_reads("store on SQLite", store_read(store, NULL), NULL, seconds);
  printf("  store / plain: %.2f\n", ours / plain);
  sqlite3_finalize(stmt);
  sqlite3_close(db);
  store_close(store);
}

int main(int argc, char **argv) {
  int seconds = argc > 1 ? atoi(argv[1]) : 2;
  static const int CLIENTS[] = {1, 8};
  for (gsize i = 0; i < sizeof body - 1; i++)
    body[i] = (char)('a' + i % 26);
  seconds = CLAMP(seconds, 1, 60);
  bench_reads(seconds);
  for (gsize i = 0; i < G_N_ELEMENTS(CLIENTS); i++) {
    double plain = measure("SQLite, plain transactions", TESTING_SQLITE, plain_client, CLIENTS[i], seconds);
    double store = measure("store on SQLite", TESTING_SQLITE, store_client, CLIENTS[i], seconds);
    printf("  store / plain: %.2f\n", store / plain);
    if (!g_getenv("UNGCUU_TEST_POSTGRES"))
      continue;
    double postgres = measure("store on PostgreSQL", TESTING_POSTGRES, store_client, CLIENTS[i], seconds);
    printf("  PostgreSQL / SQLite: %.2f\n", postgres / store);
  }
  return 0;
}
