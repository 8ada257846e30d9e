/* What both engines must do alike: statements, groups, migrations, plans. */
#include "base/error.h"
#include "lib/store/store_testing.h"
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <sys/wait.h>
#include <fcntl.h>

static const Migration NOTES[] = {
    {1, "0001_note.sql",
     "-- @notatype in a comment\n"
     "CREATE TABLE note (id @id PRIMARY KEY, body @text NOT NULL, size @int NOT NULL DEFAULT 0, open @bool NOT NULL"
     " DEFAULT 1, data @blob, made_ms @ms, extra @json DEFAULT 'a@text');\n"
     "CREATE INDEX note_by_size ON note (size, id);"                                                                  },
    {2, "0002_part.sql",
     "CREATE TABLE part (id @id PRIMARY KEY, note @id NOT NULL REFERENCES note (id), under @id REFERENCES part (id));"},
};

static const StoreSql INSERT = {"note.insert", "INSERT INTO note(id, body, size, data) VALUES ($1, $2, $3, $4)", NULL};
static const StoreSql GROW = {"note.grow", "UPDATE note SET size = size + $2 WHERE id = $1", NULL};
static const StoreSql LIST = {
    "note.list", "SELECT id, body, size, data, made_ms FROM note WHERE size >= $2 AND id > $1 ORDER BY id", NULL};
static const StoreSql COUNT = {"note.count", "SELECT count(*) FROM note", NULL};
static const StoreSql SUM = {"note.sum", "SELECT sum(size) FROM note", NULL};
static const StoreSql BODY = {"note.body", "SELECT body FROM note WHERE id = $1", NULL};
static const StoreSql PART = {"part.insert", "INSERT INTO part(id, note) VALUES ($1, $2)", NULL};
static const StoreSql BY_SIZE = {"note.by_size", "SELECT id FROM note WHERE size = $1 ORDER BY id", NULL};
static const StoreSql BY_BODY = {"note.by_body", "SELECT id FROM note WHERE body = $1", NULL};
static const StoreSql RETURN = {"note.return", "UPDATE note SET size = size + 1 WHERE id = $1 RETURNING size, body",
                                NULL};

static Store *open_notes(const StoreTesting *testing) {
  Store *store = store_testing_open(testing);
  g_autoptr(GError) error = NULL;
  store_migrate(store, NOTES, G_N_ELEMENTS(NOTES), &error);
  g_assert_no_error(error);
  return store;
}

static gint64 read_int(Store *store, const StoreSql *sql) {
  g_autoptr(GError) error = NULL;
  gint64 value = -1;
  StoreConn *conn = store_read(store, &error);
  g_assert_no_error(error);
  store_get_int(conn, sql, S0, 0, &value, &error);
  g_assert_no_error(error);
  return value;
}

static gboolean insert_one(StoreConn *conn, void *data, GError **error) {
  return store_exec(conn, &INSERT, S(S_TEXT(data), S_TEXT("nội dung"), S_INT(1), S_NULL), NULL, error);
}

static void write_one(Store *store, const char *id) {
  g_autoptr(GError) error = NULL;
  g_assert_true(store_write(store, insert_one, (void *)id, &error));
  g_assert_no_error(error);
}

static gboolean insert_values(StoreConn *conn, void *data, GError **error) {
  (void)data;
  gint64 changed = 0;
  return store_exec(conn, &INSERT, S(S_TEXT("a"), S_TEXT("Đội \"A\" ' $1"), S_INT(G_MININT64), S_BLOB("\0\xff\\x", 4)),
                    NULL, error) &&
         store_exec(conn, &INSERT, S(S_TEXT("b"), S_TEXT(""), S_INT(G_MAXINT64), S_BLOB(NULL, 0)), &changed, error) &&
         changed == 1;
}

static void test_values(gconstpointer engine) {
  g_autoptr(StoreTesting) testing = store_testing_new(engine);
  if (!testing)
    return;
  Store *store = open_notes(testing);
  g_autoptr(GError) error = NULL;
  g_assert_true(store_write(store, insert_values, NULL, &error));
  g_assert_no_error(error);
  StoreConn *conn = store_read(store, &error);
  g_assert_true(store_of(conn) == store);
  gsize length;
  {
    g_autoptr(StoreRows) rows = store_query(conn, &LIST, S(S_TEXT(""), S_INT(G_MININT64)), &error);
    g_assert_no_error(error);
    g_assert_cmpint(store_columns(rows), ==, 5);
    g_assert_cmpstr(store_column_name(rows, 4), ==, "made_ms");
    g_assert_true(store_step(rows, &error));
    g_assert_cmpstr(store_text(rows, 1), ==, "Đội \"A\" ' $1");
    g_assert_cmpuint(store_text_length(rows, 1), ==, strlen("Đội \"A\" ' $1"));
    g_assert_cmpint(store_int(rows, 2), ==, G_MININT64);
    const void *blob = store_blob(rows, 3, &length);
    g_assert_cmpuint(length, ==, 4);
    g_assert_true(!memcmp(blob, "\0\xff\\x", 4));
    g_assert_true(store_is_null(rows, 4));
    g_assert_cmpint(store_int(rows, 4), ==, 0);
    g_assert_null(store_text(rows, 4));
    g_assert_true(store_step(rows, &error));
    g_assert_cmpstr(store_text(rows, 1), ==, "");
    g_assert_cmpint(store_int(rows, 2), ==, G_MAXINT64);
    g_assert_false(store_is_null(rows, 3));
    store_blob(rows, 3, &length);
    g_assert_cmpuint(length, ==, 0);
    /* The same statement again, while its rows are open. */
    g_autoptr(StoreRows) nested = store_query(conn, &LIST, S(S_TEXT("a"), S_INT(0)), &error);
    g_assert_true(store_step(nested, &error));
    g_assert_cmpstr(store_text(nested, 0), ==, "b");
    g_assert_false(store_step(rows, &error));
    g_assert_no_error(error);
  }
  store_close(store);
}

static void test_get(gconstpointer engine) {
  g_autoptr(StoreTesting) testing = store_testing_new(engine);
  if (!testing)
    return;
  Store *store = open_notes(testing);
  g_autoptr(GError) error = NULL;
  StoreConn *conn = store_read(store, &error);
  gint64 value = 0;
  g_autofree char *none = NULL, *text = NULL;
  g_assert_true(store_get_int(conn, &BY_SIZE, S(S_INT(5)), -7, &value, &error));
  g_assert_cmpint(value, ==, -7);
  g_assert_true(store_get_text(conn, &BODY, S(S_TEXT("a")), &none, &error));
  g_assert_null(none);
  write_one(store, "a");
  g_assert_true(store_get_text(conn, &BODY, S(S_TEXT("a")), &text, &error));
  g_assert_cmpstr(text, ==, "nội dung");
  g_assert_cmpint(read_int(store, &SUM), ==, 1);
  store_close(store);
}

static gboolean grow_returning(StoreConn *conn, void *data, GError **error) {
  gint64 *out = data;
  return store_get_int(conn, &RETURN, S(S_TEXT("a")), -1, &out[0], error) &&
         store_exec(conn, &GROW, S(S_TEXT("a"), S_INT(40)), &out[1], error) &&
         store_exec(conn, &GROW, S(S_TEXT("no such"), S_INT(1)), &out[2], error);
}

static void test_returning(gconstpointer engine) {
  g_autoptr(StoreTesting) testing = store_testing_new(engine);
  if (!testing)
    return;
  Store *store = open_notes(testing);
  write_one(store, "a");
  gint64 out[3] = {-1, -1, -1};
  g_assert_true(store_write(store, grow_returning, out, NULL));
  g_assert_cmpint(out[0], ==, 2);
  g_assert_cmpint(out[1], ==, 1);
  g_assert_cmpint(out[2], ==, 0);
  g_assert_cmpint(read_int(store, &SUM), ==, 42);
  store_close(store);
}

static gboolean insert_orphan(StoreConn *conn, void *data, GError **error) {
  (void)data;
  return store_exec(conn, &PART, S(S_TEXT("p"), S_TEXT("no such note")), NULL, error);
}

static gboolean go_on_after_error(StoreConn *conn, void *data, GError **error) {
  (void)error;
  insert_one(conn, "kept?", NULL);
  insert_one(conn, data, NULL);
  return TRUE;
}

static gboolean write_within(StoreConn *conn, void *data, GError **error) {
  return store_write(store_of(conn), insert_one, data, error);
}

static gboolean too_few(StoreConn *conn, void *data, GError **error) {
  return store_exec(conn, &GROW, S(S_TEXT(data)), NULL, error);
}

static void test_errors(gconstpointer engine) {
  g_autoptr(StoreTesting) testing = store_testing_new(engine);
  if (!testing)
    return;
  Store *store = open_notes(testing);
  write_one(store, "a");
  const struct {
    StoreWriteFunc func;
    ErrorCode code;
  } cases[] = {
      {insert_one,        ERROR_CONFLICT},
      {insert_orphan,     ERROR_CONFLICT},
      {go_on_after_error, ERROR_FAILED  },
      {write_within,      ERROR_FAILED  },
      {too_few,           ERROR_FAILED  }
  };
  guint64 before = store_change_counter(store);
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    g_assert_false(store_write(store, cases[i].func, "a", &error));
    g_assert_error(error, APP_ERROR, (int)cases[i].code);
  }
  g_assert_cmpint(read_int(store, &COUNT), ==, 1);
  g_assert_cmpuint(store_change_counter(store), ==, before);
  g_autoptr(GError) error = NULL;
  StoreConn *conn = store_read(store, &error);
  g_assert_false(insert_one(conn, "b", &error)); /* a reading connection cannot write */
  g_assert_error(error, APP_ERROR, ERROR_FAILED);
  write_one(store, "b");
  g_assert_cmpint(read_int(store, &COUNT), ==, 2);
  store_close(store);
}

static void test_like_and_order(gconstpointer engine) {
  static const StoreSql LIKE = {"note.like", "SELECT count(*) FROM note WHERE id LIKE 'a%'", NULL};
  static const StoreSql FIRST = {"note.first", "SELECT id FROM note ORDER BY id", NULL};
  static const StoreSql QUOTED = {"note.quoted", "SELECT count(*) FROM note WHERE body = \"no such column\"", NULL};
  g_autoptr(StoreTesting) testing = store_testing_new(engine);
  if (!testing)
    return;
  Store *store = open_notes(testing);
  write_one(store, "ab");
  write_one(store, "AB");
  write_one(store, "_");
  g_assert_cmpint(read_int(store, &LIKE), ==, 1);
  g_autoptr(GError) error = NULL;
  g_autofree char *first = NULL;
  g_assert_true(store_get_text(store_read(store, NULL), &FIRST, S0, &first, &error));
  g_assert_cmpstr(first, ==, "AB");
  g_assert_false(store_prepare(store_read(store, NULL), &QUOTED, &error));
  g_assert_error(error, APP_ERROR, ERROR_FAILED);
  g_clear_error(&error);
  g_assert_true(store_prepare(store_read(store, NULL), &LIST, &error));
  store_close(store);
}

/* Eight threads write; in each round one function of the eight fails after it wrote. */
enum { THREADS = 8, ROUNDS = 40 };

typedef struct {
  Store *store;
  int number, round, kept;
} Client;

static gboolean insert_and_maybe_fail(StoreConn *conn, void *data, GError **error) {
  Client *client = data;
  g_autofree char *id = g_strdup_printf("%d-%d", client->number, client->round);
  if (!insert_one(conn, id, error))
    return FALSE;
  if (client->round % THREADS != client->number)
    return TRUE;
  g_set_error_literal(error, APP_ERROR, ERROR_REFUSED, "on purpose");
  return FALSE;
}

static gpointer client_main(gpointer data) {
  Client *client = data;
  for (client->round = 0; client->round < ROUNDS; client->round++) {
    g_autoptr(GError) error = NULL;
    if (store_write(client->store, insert_and_maybe_fail, client, &error))
      client->kept++;
    else
      g_assert_error(error, APP_ERROR, ERROR_REFUSED);
  }
  return NULL;
}

static gpointer reader_main(gpointer data) {
  Client *client = data;
  for (gint64 last = 0, now; last < THREADS * (ROUNDS - ROUNDS / THREADS); last = now) {
    now = read_int(client->store, &COUNT);
    g_assert_cmpint(now, >=, last);
  }
  return NULL;
}

static void test_group(gconstpointer engine) {
  g_autoptr(StoreTesting) testing = store_testing_new(engine);
  if (!testing)
    return;
  Store *store = open_notes(testing);
  Client clients[THREADS], readers[2] = {{.store = store}, {.store = store}};
  GThread *threads[THREADS + 2];
  for (int i = 0; i < THREADS; i++) {
    clients[i] = (Client){.store = store, .number = i};
    threads[i] = g_thread_new("client", client_main, &clients[i]);
  }
  for (int i = 0; i < 2; i++)
    threads[THREADS + i] = g_thread_new("reader", reader_main, &readers[i]);
  for (int i = 0; i < THREADS + 2; i++)
    g_thread_join(threads[i]);
  int kept = 0;
  for (int i = 0; i < THREADS; i++)
    kept += clients[i].kept;
  g_assert_cmpint(kept, ==, THREADS * (ROUNDS - ROUNDS / THREADS));
  g_assert_cmpint(read_int(store, &COUNT), ==, kept);
  store_close(store);
}

/* A second Store on the same data is what another process is. */
static void test_change_counter(gconstpointer engine) {
  g_autoptr(StoreTesting) testing = store_testing_new(engine);
  if (!testing)
    return;
  Store *ours = open_notes(testing), *other = store_testing_open(testing);
  guint64 before = store_change_counter(ours);
  write_one(ours, "a");
  g_assert_cmpuint(store_change_counter(ours), ==, before + 1);
  g_usleep(50000);
  g_assert_cmpuint(store_change_counter(ours), ==, before + 1);
  write_one(other, "b");
  gint64 until = g_get_monotonic_time() + 5 * G_USEC_PER_SEC;
  while (store_change_counter(ours) == before + 1 && g_get_monotonic_time() < until)
    g_usleep(5000);
  g_assert_cmpuint(store_change_counter(ours), ==, before + 2);
  g_assert_cmpint(read_int(ours, &COUNT), ==, 2);
  store_close(other);
  store_close(ours);
}

/* Two processes add to the same row at once: nothing is lost, nobody is told of a conflict. */
static gboolean add_one(StoreConn *conn, void *data, GError **error) {
  (void)data;
  gint64 size = 0;
  static const StoreSql SIZE = {"note.size", "SELECT size FROM note WHERE id = $1", NULL};
  static const StoreSql SET = {"note.set", "UPDATE note SET size = $2 WHERE id = $1", NULL};
  return store_get_int(conn, &SIZE, S(S_TEXT("a")), 0, &size, error) &&
         store_exec(conn, &SET, S(S_TEXT("a"), S_INT(size + 1)), NULL, error);
}

static gpointer adder_main(gpointer data) {
  for (int i = 0; i < 50; i++) {
    g_autoptr(GError) error = NULL;
    store_write(data, add_one, NULL, &error);
    g_assert_no_error(error);
  }
  return NULL;
}

static void test_two_writers(gconstpointer engine) {
  g_autoptr(StoreTesting) testing = store_testing_new(engine);
  if (!testing)
    return;
  Store *stores[2] = {open_notes(testing), store_testing_open(testing)};
  write_one(stores[0], "a");
  GThread *threads[2];
  for (int i = 0; i < 2; i++)
    threads[i] = g_thread_new("adder", adder_main, stores[i]);
  for (int i = 0; i < 2; i++)
    g_thread_join(threads[i]);
  g_assert_cmpint(read_int(stores[0], &SUM), ==, 101);
  store_close(stores[1]);
  store_close(stores[0]);
}

static void assert_migrate(Store *store, const Migration *migrations, gsize count, int code) {
  g_autoptr(GError) error = NULL;
  gboolean ok = store_migrate(store, migrations, count, &error);
  g_assert_cmpint(ok, ==, code == 0);
  if (code)
    g_assert_error(error, APP_ERROR, code);
}

static void test_migrate(gconstpointer engine) {
  static const StoreSql APPLIED = {"test.applied", "SELECT count(*) FROM migration", NULL};
  g_autoptr(StoreTesting) testing = store_testing_new(engine);
  if (!testing)
    return;
  Store *store = open_notes(testing);
  assert_migrate(store, NOTES, 2, 0);
  g_assert_cmpint(read_int(store, &APPLIED), ==, 2);
  assert_migrate(store, NOTES, 1, ERROR_REFUSED); /* the store is newer than the program */
  Migration more[3] = {
      NOTES[1], NOTES[0], {3, "0003_bad.sql", "CREATE TABLE good (id @id); CREATE TABLE good (id @id);"}
  };
  assert_migrate(store, more, 3, ERROR_FAILED);
  more[2].sql = "CREATE TABLE good (id @nosuch);";
  assert_migrate(store, more, 3, ERROR_INVALID);
  more[2].number = 2;
  assert_migrate(store, more, 3, ERROR_INVALID); /* a number twice */
  g_assert_cmpint(read_int(store, &APPLIED), ==, 2);
  more[2] = (Migration){3, "0003_good.sql", "CREATE TABLE good (id @id);"};
  assert_migrate(store, more, 3, 0); /* nothing of the bad one stayed */
  more[2].sql = "CREATE TABLE good (id @id );";
  assert_migrate(store, more, 3, ERROR_REFUSED);
  g_assert_cmpint(read_int(store, &APPLIED), ==, 3);
  store_close(store);
}

static gpointer migrate_main(gpointer data) {
  g_autoptr(GError) error = NULL;
  Store *store = store_open(data, &error);
  g_assert_no_error(error);
  store_migrate(store, NOTES, G_N_ELEMENTS(NOTES), &error);
  g_assert_no_error(error);
  store_close(store);
  return NULL;
}

static void test_migrate_at_once(gconstpointer engine) {
  g_autoptr(StoreTesting) testing = store_testing_new(engine);
  if (!testing)
    return;
  GThread *threads[4];
  for (int i = 0; i < 4; i++)
    threads[i] = g_thread_new("migrate", migrate_main, testing->url);
  for (int i = 0; i < 4; i++)
    g_thread_join(threads[i]);
}

static void test_explain(gconstpointer engine) {
  g_autoptr(StoreTesting) testing = store_testing_new(engine);
  if (!testing)
    return;
  Store *store = open_notes(testing);
  g_autoptr(GError) error = NULL;
  StoreConn *conn = store_read(store, &error);
  g_autofree char *indexed = store_explain(conn, &BY_SIZE, S(S_INT(7)), &error);
  g_assert_no_error(error);
  g_assert_nonnull(strstr(indexed, "note_by_size"));
  g_autofree char *scan = store_explain(conn, &BY_BODY, S(S_TEXT("x")), &error);
  g_assert_no_error(error);
  g_assert_null(strstr(scan, "note_by_size"));
  store_close(store);
}

static gpointer read_in_thread(gpointer data) {
  g_assert_cmpint(read_int(data, &COUNT), ==, 1);
  return NULL;
}

/* Connections end with their thread or with the store, whichever is first. */
static void test_reopen(gconstpointer engine) {
  g_autoptr(StoreTesting) testing = store_testing_new(engine);
  if (!testing)
    return;
  Store *store = open_notes(testing);
  write_one(store, "a");
  g_assert_cmpint(read_int(store, &COUNT), ==, 1);
  for (int i = 0; i < 3; i++)
    g_thread_join(g_thread_new("reader", read_in_thread, store));
  store_close(store);
  for (int i = 0; i < 3; i++) {
    store = store_testing_open(testing);
    g_assert_cmpint(read_int(store, &COUNT), ==, 1);
    store_close(store);
  }
}

/* Nobody else on the machine may read the records, whatever the umask. */
static void test_private(gconstpointer engine) {
  g_autoptr(StoreTesting) testing = store_testing_new(engine);
  mode_t before = umask(0);
  Store *store = open_notes(testing);
  write_one(store, "a");
  umask(before);
  static const char *const ENDS[] = {"", "-wal", "-shm"};
  for (gsize i = 0; i < G_N_ELEMENTS(ENDS); i++) {
    g_autofree char *path = g_strconcat(testing->url, ENDS[i], NULL);
    struct stat status;
    g_assert_cmpint(stat(path, &status), ==, 0);
    g_assert_cmpint(status.st_mode & 0777, ==, 0600);
  }
  store_close(store);
}

/* SQLite marks an open file by a lock on these bytes; another process asks whether we hold it. */
static gboolean is_held(const char *path) {
  pid_t child = fork();
  if (child == 0) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0x40000002, .l_len = 510};
    int fd = open(path, O_RDWR | O_CLOEXEC);
    _exit(fd >= 0 && fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK ? 0 : 1);
  }
  int status = -1;
  g_assert_cmpint(waitpid(child, &status, 0), ==, child);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static gpointer read_once(gpointer store) {
  g_assert_nonnull(store_read(store, NULL));
  return NULL;
}

/* Whatever opens later, also for writing, the first connection keeps its lock: without it another process that ends
 * would remove the log that this one still writes to. */
static void test_keeps_lock(gconstpointer engine) {
  g_autoptr(StoreTesting) testing = store_testing_new(engine);
  Store *store = store_testing_open(testing);
  g_assert_nonnull(store_read(store, NULL));
  g_assert_true(is_held(testing->url));
  Store *again = store_testing_open(testing);
  g_thread_join(g_thread_new("reader", read_once, again));
  store_close(again);
  g_assert_true(is_held(testing->url));
  store_close(store);
  g_assert_false(is_held(testing->url));
}

static void test_cannot_open(gconstpointer engine) {
  (void)engine;
  static const struct {
    const char *url;
    int code;
  } cases[] = {
      {"/nonexistent/store.db",                       ERROR_FAILED     },
      {"/",                                           ERROR_FAILED     },
      {"postgresql://nobody@/none?host=/nonexistent", ERROR_UNAVAILABLE}
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    g_assert_null(store_open(cases[i].url, &error));
    g_assert_error(error, APP_ERROR, cases[i].code);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  STORE_TESTING_ADD("/store/values", test_values);
  STORE_TESTING_ADD("/store/get", test_get);
  STORE_TESTING_ADD("/store/returning", test_returning);
  STORE_TESTING_ADD("/store/errors", test_errors);
  STORE_TESTING_ADD("/store/like_and_order", test_like_and_order);
  STORE_TESTING_ADD("/store/group", test_group);
  STORE_TESTING_ADD("/store/change_counter", test_change_counter);
  STORE_TESTING_ADD("/store/two_writers", test_two_writers);
  STORE_TESTING_ADD("/store/migrate", test_migrate);
  STORE_TESTING_ADD("/store/migrate_at_once", test_migrate_at_once);
  STORE_TESTING_ADD("/store/explain", test_explain);
  STORE_TESTING_ADD("/store/reopen", test_reopen);
  g_test_add_data_func("/store/private/sqlite", GINT_TO_POINTER(TESTING_SQLITE), test_private);
  g_test_add_data_func("/store/keeps_lock/sqlite", GINT_TO_POINTER(TESTING_SQLITE), test_keeps_lock);
  g_test_add_data_func("/store/cannot_open", NULL, test_cannot_open);
  return g_test_run();
}
