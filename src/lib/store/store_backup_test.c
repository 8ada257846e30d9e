/* A store comes back whole, on either engine; what is not a whole backup is refused. */
#include "base/error.h"
#include "lib/store/store_testing.h"
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>

static const Migration ALL[] = {
    {1, "0001_unit.sql",
     "CREATE TABLE unit (id @id PRIMARY KEY, name @text NOT NULL, under @id REFERENCES unit (id), seal @blob,"
     " size @int, open @bool NOT NULL DEFAULT 1);"
     "INSERT INTO unit(id, name) VALUES ('seed', 'from the migration');"},
    {7, "0007_event.sql",
     "CREATE TABLE event (unit @id NOT NULL REFERENCES unit (id), made_ms @ms NOT NULL,"
     " extra @json, PRIMARY KEY (unit, made_ms));"                      },
};

static const StoreSql UNIT = {"unit.insert",
                              "INSERT INTO unit(id, name, under, seal, size) VALUES ($1, $2, $3, $4, $5)", NULL};
static const StoreSql PLACE = {"unit.place", "UPDATE unit SET under = $2 WHERE id = $1", NULL};
static const StoreSql RENAME = {"unit.rename", "UPDATE unit SET name = $2 WHERE id = $1", NULL};
static const StoreSql EVENT = {"event.insert", "INSERT INTO event(unit, made_ms, extra) VALUES ($1, $2, $3)", NULL};
static const StoreSql UNITS = {"unit.all", "SELECT id, name, under, seal, size, open FROM unit ORDER BY id", NULL};
static const StoreSql EVENTS = {"event.all", "SELECT unit, made_ms, extra FROM event ORDER BY unit, made_ms", NULL};
static const StoreSql MIGRATED = {"migration.all",
                                  "SELECT number, name, checksum, applied_ms FROM migration ORDER BY 1", NULL};
static const StoreSql COUNT_EVENTS = {"event.count", "SELECT count(*) FROM event", NULL};
static const char *const SCOPE[] = {"1", NULL};

static Store *open_migrated(const StoreTesting *testing) {
  Store *store = store_testing_open(testing);
  g_autoptr(GError) error = NULL;
  store_migrate(store, ALL, G_N_ELEMENTS(ALL), &error);
  g_assert_no_error(error);
  return store;
}

/* "a" is below "b", which comes later: no order of insertion by name would do. */
static gboolean put_records(StoreConn *conn, void *data, GError **error) {
  (void)data;
  return store_exec(conn, &RENAME, S(S_TEXT("seed"), S_TEXT("đã đổi")), NULL, error) &&
         store_exec(conn, &UNIT,
                    S(S_TEXT("b"), S_TEXT("UBND tỉnh 'Đắk Lắk'"), S_NULL, S_BLOB("\0\1\xff", 3), S_INT(G_MININT64)),
                    NULL, error) &&
         store_exec(conn, &UNIT, S(S_TEXT("a"), S_TEXT(""), S_NULL, S_BLOB(NULL, 0), S_INT(G_MAXINT64)), NULL, error) &&
         store_exec(conn, &UNIT, S(S_TEXT("c"), S_TEXT("tab\t\nline\\"), S_TEXT("a"), S_NULL, S_NULL), NULL, error) &&
         store_exec(conn, &PLACE, S(S_TEXT("a"), S_TEXT("b")), NULL, error) &&
         store_exec(conn, &EVENT, S(S_TEXT("c"), S_INT(-1), S_TEXT("{\"x\":\"@text\"}")), NULL, error) &&
         store_search_put(conn, "unit", "b", "Ủy ban tỉnh Đắk Lắk", "10.77.1.2", SCOPE, 5, error);
}

static void append_rows(GString *out, Store *store, const StoreSql *sql) {
  g_autoptr(GError) error = NULL;
  g_autoptr(StoreRows) rows = store_query(store_read(store, NULL), sql, S0, &error);
  g_assert_no_error(error);
  while (store_step(rows, &error)) {
    for (int i = 0; i < store_columns(rows); i++) {
      gsize length = 0;
      const guint8 *bytes = store_blob(rows, i, &length);
      g_string_append_printf(out, "%s%zu:", store_is_null(rows, i) ? "null" : "", length);
      for (gsize k = 0; k < length; k++)
        g_string_append_printf(out, "%02x", bytes[k]);
    }
    g_string_append_c(out, '\n');
  }
  g_assert_no_error(error);
}

static char *dump(Store *store) {
  GString *out = g_string_new(NULL);
  append_rows(out, store, &UNITS);
  append_rows(out, store, &EVENTS);
  append_rows(out, store, &MIGRATED);
  return g_string_free(out, FALSE);
}

static void write_with(Store *store, StoreWriteFunc func, int code) {
  g_autoptr(GError) error = NULL;
  gboolean ok = store_write(store, func, NULL, &error);
  g_assert_cmpint(ok, ==, code == 0);
  if (code)
    g_assert_error(error, APP_ERROR, code);
}

static void assert_backup(Store *store, const char *path, gsize migrations, int code) {
  g_autoptr(GError) error = NULL;
  gboolean ok = store_backup(store, path, ALL, migrations, &error);
  if (!code)
    g_assert_no_error(error);
  else
    g_assert_error(error, APP_ERROR, code);
  g_assert_cmpint(ok, ==, code == 0);
}

static void assert_restore(Store *store, const char *path, gsize migrations, int code) {
  g_autoptr(GError) error = NULL;
  gboolean ok = store_restore(store, path, ALL, migrations, &error);
  if (!code)
    g_assert_no_error(error);
  else
    g_assert_error(error, APP_ERROR, code);
  g_assert_cmpint(ok, ==, code == 0);
}

static char *found(Store *store, const char *words) {
  g_autoptr(StoreRows) rows = store_search(store_read(store, NULL), words, SCOPE, NULL, 5, NULL);
  return g_strdup(store_step(rows, NULL) ? store_text(rows, 2) : "");
}

static gboolean search_again(StoreConn *conn, void *data, GError **error) {
  (void)data;
  return store_search_put(conn, "unit", "b", "Sở Xây dựng", NULL, SCOPE, 6, error);
}

static gboolean orphan(StoreConn *conn, void *data, GError **error) {
  (void)data;
  return store_exec(conn, &EVENT, S(S_TEXT("no such"), S_INT(1), S_NULL), NULL, error);
}

/* A restored store goes on like the first: search, references and migrations still work. */
static void assert_alive(Store *store) {
  g_autoptr(GError) error = NULL;
  store_migrate(store, ALL, G_N_ELEMENTS(ALL), &error);
  g_assert_no_error(error);
  g_autofree char *before = found(store, "dak 10.77");
  g_assert_cmpstr(before, ==, "Ủy ban tỉnh Đắk Lắk");
  write_with(store, search_again, 0);
  g_autofree char *gone = found(store, "dak");
  g_assert_cmpstr(gone, ==, "");
  g_autofree char *after = found(store, "xay dung");
  g_assert_cmpstr(after, ==, "Sở Xây dựng");
  write_with(store, orphan, ERROR_CONFLICT);
}

typedef struct {
  StoreTestingEngine from, to;
} Pair;

static const Pair PAIRS[] = {
    {TESTING_SQLITE,   TESTING_SQLITE  },
    {TESTING_SQLITE,   TESTING_POSTGRES},
    {TESTING_POSTGRES, TESTING_SQLITE  },
    {TESTING_POSTGRES, TESTING_POSTGRES}
};

static void test_restore(gconstpointer data) {
  const Pair *pair = data;
  g_autoptr(StoreTesting) from = store_testing_new(GINT_TO_POINTER(pair->from));
  g_autoptr(StoreTesting) to = from ? store_testing_new(GINT_TO_POINTER(pair->to)) : NULL;
  if (!to)
    return;
  Store *source = open_migrated(from), *target = store_testing_open(to);
  write_with(source, put_records, 0);
  g_autofree char *path = g_build_filename(from->folder, "backup.db", NULL);
  assert_backup(source, path, G_N_ELEMENTS(ALL), 0);
  GStatBuf status;
  g_assert_cmpint(g_stat(path, &status), ==, 0);
  g_assert_cmpint(status.st_mode & 0777, ==, 0600);
  assert_restore(target, path, G_N_ELEMENTS(ALL), 0);
  g_autofree char *before = dump(source), *after = dump(target);
  g_assert_cmpstr(before, ==, after);
  assert_alive(target);
  assert_alive(source);
  store_close(target);
  store_close(source);
}

static int count_files(const char *folder) {
  int count = 0;
  GDir *dir = g_dir_open(folder, 0, NULL);
  while (g_dir_read_name(dir))
    count++;
  g_dir_close(dir);
  return count;
}

static void alter(const char *path, const char *sql) {
  sqlite3 *db;
  g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
  g_assert_cmpint(sqlite3_exec(db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close(db);
}

static void damage(const char *path, const char *how) {
  g_autofree char *bytes = NULL;
  gsize length;
  if (!strcmp(how, "cut") || !strcmp(how, "noise")) {
    g_assert_true(g_file_get_contents(path, &bytes, &length, NULL));
    if (*how == 'n')
      memset(bytes + 4096, 0x5a, 4096);
    g_assert_true(g_file_set_contents(path, bytes, *how == 'c' ? 5000 : (gssize)length, NULL));
  } else if (!strcmp(how, "text")) {
    g_assert_true(g_file_set_contents(path, "not a store", -1, NULL));
  } else if (!strcmp(how, "empty")) {
    g_assert_true(g_file_set_contents(path, "", 0, NULL));
  } else if (!strcmp(how, "missing")) {
    g_assert_cmpint(g_remove(path), ==, 0);
  } else {
    alter(path, how);
  }
}

static void test_refused(gconstpointer engine) {
  static const char *const DAMAGES[] = {"cut",
                                        "noise",
                                        "text",
                                        "empty",
                                        "missing",
                                        "UPDATE unit SET name = 'changed' WHERE id = 'c'",
                                        "UPDATE unit SET size = '1' WHERE id = 'c'",
                                        "DELETE FROM event",
                                        "DROP TABLE event",
                                        "DROP TABLE backup_table",
                                        "CREATE TABLE more (id TEXT)"};
  g_autoptr(StoreTesting) testing = store_testing_new(engine);
  if (!testing)
    return;
  g_autoptr(StoreTesting) other = store_testing_new(engine);
  Store *source = open_migrated(testing), *target = store_testing_open(other);
  write_with(source, put_records, 0);
  g_autofree char *path = g_build_filename(testing->folder, "backup.db", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(DAMAGES); i++) {
    assert_backup(source, path, G_N_ELEMENTS(ALL), 0);
    damage(path, DAMAGES[i]);
    assert_restore(target, path, G_N_ELEMENTS(ALL), ERROR_UNREADABLE);
    g_remove(path);
  }
  assert_backup(source, path, G_N_ELEMENTS(ALL), 0);
  int files = count_files(testing->folder);
  assert_backup(source, path, G_N_ELEMENTS(ALL), ERROR_REFUSED);
  assert_backup(source, "/nonexistent/backup.db", G_N_ELEMENTS(ALL), ERROR_FAILED);
  assert_restore(source, path, G_N_ELEMENTS(ALL), ERROR_REFUSED);
  assert_restore(target, path, G_N_ELEMENTS(ALL) - 1, ERROR_REFUSED); /* a backup of a newer program */
  assert_restore(target, path, G_N_ELEMENTS(ALL), 0);                 /* nothing of the failures stayed */
  g_assert_cmpint(count_files(testing->folder), ==, files);
  store_close(target);
  store_close(source);
}

typedef struct {
  Store *store;
  int running, written;
} Load;

/* Two rows at a time: a backup with an odd number would have caught half a change. */
static gboolean put_pair(StoreConn *conn, void *data, GError **error) {
  Load *load = data;
  return store_exec(conn, &EVENT, S(S_TEXT("seed"), S_INT(load->written * 2), S_TEXT("một")), NULL, error) &&
         store_exec(conn, &EVENT, S(S_TEXT("seed"), S_INT(load->written * 2 + 1), S_TEXT("hai")), NULL, error);
}

static gpointer load_main(gpointer data) {
  Load *load = data;
  while (g_atomic_int_get(&load->running)) {
    g_autoptr(GError) error = NULL;
    store_write(load->store, put_pair, load, &error);
    g_assert_no_error(error);
    g_atomic_int_inc(&load->written);
  }
  return NULL;
}

static gint64 count_events(Store *store) {
  gint64 count = -1;
  store_get_int(store_read(store, NULL), &COUNT_EVENTS, S0, -1, &count, NULL);
  return count;
}

static void test_under_load(gconstpointer engine) {
  g_autoptr(StoreTesting) testing = store_testing_new(engine);
  if (!testing)
    return;
  Load load = {open_migrated(testing), 1, 0};
  GThread *thread = g_thread_new("load", load_main, &load);
  for (int round = 0; round < 4; round++) {
    while (g_atomic_int_get(&load.written) < 20 * (round + 1))
      g_usleep(1000);
    g_autofree char *path = g_strdup_printf("%s/backup%d.db", testing->folder, round);
    int before = g_atomic_int_get(&load.written) * 2;
    assert_backup(load.store, path, G_N_ELEMENTS(ALL), 0);
    int after = g_atomic_int_get(&load.written) * 2 + 2;
    g_autoptr(StoreTesting) other = store_testing_new(engine);
    Store *restored = store_testing_open(other);
    assert_restore(restored, path, G_N_ELEMENTS(ALL), 0);
    gint64 count = count_events(restored);
    g_assert_cmpint(count % 2, ==, 0);
    g_assert_cmpint(count, >=, before);
    g_assert_cmpint(count, <=, after);
    store_close(restored);
  }
  g_atomic_int_set(&load.running, 0);
  g_thread_join(thread);
  g_assert_cmpint(count_events(load.store), ==, load.written * 2);
  store_close(load.store);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  static const char *const NAMES[] = {"sqlite_to_sqlite", "sqlite_to_postgres", "postgres_to_sqlite",
                                      "postgres_to_postgres"};
  for (gsize i = 0; i < G_N_ELEMENTS(PAIRS); i++) {
    g_autofree char *path = g_strconcat("/store_backup/restore/", NAMES[i], NULL);
    g_test_add_data_func(path, &PAIRS[i], test_restore);
  }
  STORE_TESTING_ADD("/store_backup/refused", test_refused);
  STORE_TESTING_ADD("/store_backup/under_load", test_under_load);
  return g_test_run();
}
