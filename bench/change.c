/* Changes a second, each with its audit entry and durable when answered, beside the same rows in plain SQLite.
 *
 *   change HOME CLIENTS COUNT
 *
 * Our side runs the operation duty.add as the web does, from CLIENTS threads. The plain side then writes the rows that this
 * made (duty, scope, event, audit, search) into an empty file, one transaction for each duty, same settings, one client; the
 * rows are counted afterwards. `sync_ms` is one fdatasync of 4 kB in that folder. Prints one JSON object. */
#include "app/home.h"
#include "bench/fill.h"
#include "core/input.h"
#include "core/user.h"
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static App *app;
static int wanted, taken;
static GMutex lock;
static GArray *times_us;
static GPtrArray *ids;

static void fail(const char *what) {
  fprintf(stderr, "change: %s\n", what);
  exit(1);
}

static gint64 now_us(void) {
  return g_get_monotonic_time();
}

/* --- ours --- */

static void add_one(Arena *arena, const User *user, int number) {
  g_autoptr(Request) request = request_new(app, arena, app_find_operation(app, "duty.add"), FACE_API);
  g_autoptr(GError) error = NULL;
  Doc *answer = doc_new(arena);
  request->user = user;
  request->body_id = user->home_body_id;
  request_put(request, "title", arena_printf(arena, "Rà soát cấu hình tường lửa, lần %d", number), NULL);
  request_put(request, "content", "Đối chiếu luật đang chạy với luật đã duyệt; ghi chỗ khác nhau và người xử lý.", NULL);
  request_put(request, "due", "20/12/2026", NULL);
  gint64 before = now_us();
  if (!request_run(request, answer, &error))
    fail(error->message);
  gint64 took = now_us() - before;
  g_mutex_lock(&lock);
  g_array_append_val(times_us, took);
  g_ptr_array_add(ids, g_strdup(doc_get_text(answer, KEY("id"))));
  g_mutex_unlock(&lock);
}

static gpointer client(gpointer data) {
  g_autoptr(Arena) arena = arena_new();
  g_autoptr(Arena) own = arena_new();
  g_autoptr(GError) error = NULL;
  (void)data;
  const User *user = user_load_by_login(store_read(app->store, &error), own, "bench-leaf", &error);
  if (!user)
    fail("không có tài khoản bench-leaf");
  for (int number; (number = g_atomic_int_add(&taken, 1)) < wanted; arena_reset(arena))
    add_one(arena, user, number);
  return NULL;
}

static double run_ours(int clients) {
  g_autoptr(GPtrArray) threads = g_ptr_array_new();
  gint64 start = now_us();
  for (int i = 0; i < clients; i++)
    g_ptr_array_add(threads, g_thread_new("client", client, NULL));
  for (guint i = 0; i < threads->len; i++)
    g_thread_join(g_ptr_array_index(threads, i));
  return (double)(now_us() - start) / 1e6;
}

/* --- plain SQLite --- */

static const struct {
  const char *table, *rows;
} TABLES[] = {
    {"duty",        "SELECT * FROM duty WHERE id = ?"                                    },
    {"duty_scope",  "SELECT * FROM duty_scope WHERE duty_id = ?"                         },
    {"duty_event",  "SELECT * FROM duty_event WHERE duty_id = ?"                         },
    {"audit",       "SELECT * FROM audit WHERE type = 'duty' AND subject_id = ?"         },
    {"search_row",  "SELECT * FROM search_row WHERE type = 'duty' AND id = ?"            },
};

typedef struct {
  guint table;
  GPtrArray *values; /* sqlite3_value */
} Row;

static void check(sqlite3 *db, int code) {
  if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW)
    fail(sqlite3_errmsg(db));
}

static void run_sql(sqlite3 *db, const char *sql) {
  check(db, sqlite3_exec(db, sql, NULL, NULL, NULL));
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql) {
  sqlite3_stmt *stmt;
  check(db, sqlite3_prepare_v2(db, sql, -1, &stmt, NULL));
  return stmt;
}

/* The rows of one duty, copied into memory. */
static GArray *load_rows(sqlite3_stmt *const selects[], const char *id) {
  GArray *rows = g_array_new(FALSE, FALSE, sizeof(Row));
  for (guint t = 0; t < G_N_ELEMENTS(TABLES); t++) {
    sqlite3_bind_text(selects[t], 1, id, -1, SQLITE_STATIC);
    while (sqlite3_step(selects[t]) == SQLITE_ROW) {
      Row row = {t, g_ptr_array_new()};
      for (int c = 0; c < sqlite3_column_count(selects[t]); c++)
        g_ptr_array_add(row.values, sqlite3_value_dup(sqlite3_column_value(selects[t], c)));
      g_array_append_val(rows, row);
    }
    sqlite3_reset(selects[t]);
  }
  return rows;
}

static sqlite3 *plain_new(sqlite3 *source, const char *path, sqlite3_stmt *inserts[]) {
  sqlite3 *db;
  unlink(path);
  check(NULL, sqlite3_open(path, &db));
  run_sql(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-4000; PRAGMA wal_autocheckpoint=1000");
  for (guint t = 0; t < G_N_ELEMENTS(TABLES); t++) {
    g_autofree char *find = g_strdup_printf("SELECT sql FROM sqlite_schema WHERE tbl_name = '%s' AND sql IS NOT NULL "
                                            "ORDER BY type DESC", TABLES[t].table);
    sqlite3_stmt *stmt = prepare(source, find);
    while (sqlite3_step(stmt) == SQLITE_ROW)
      run_sql(db, (const char *)sqlite3_column_text(stmt, 0));
    sqlite3_finalize(stmt);
    g_autofree char *info = g_strdup_printf("SELECT count(*) FROM pragma_table_info('%s')", TABLES[t].table);
    stmt = prepare(db, info);
    sqlite3_step(stmt);
    g_autoptr(GString) insert = g_string_new(NULL);
    g_string_printf(insert, "INSERT INTO %s VALUES (?", TABLES[t].table);
    for (int c = 1; c < sqlite3_column_int(stmt, 0); c++)
      g_string_append(insert, ",?");
    sqlite3_finalize(stmt);
    g_string_append_c(insert, ')');
    inserts[t] = prepare(db, insert->str);
  }
  run_sql(db, "CREATE VIRTUAL TABLE search_index USING fts5(words, content='', columnsize=0, prefix='2 3 4', "
              "tokenize=\"ascii tokenchars '_'\")");
  inserts[G_N_ELEMENTS(TABLES)] = prepare(db, "INSERT INTO search_index(rowid, words) VALUES (?1, ?5 || ' ' || ?6)");
  return db;
}

static void bind_row(sqlite3 *db, sqlite3_stmt *stmt, const Row *row) {
  for (int c = 0; c < sqlite3_bind_parameter_count(stmt); c++)
    check(db, sqlite3_bind_value(stmt, c + 1, g_ptr_array_index(row->values, (guint)c)));
  check(db, sqlite3_step(stmt));
  sqlite3_reset(stmt);
}

static void write_rows(sqlite3 *db, sqlite3_stmt *inserts[], const GArray *rows) {
  run_sql(db, "BEGIN IMMEDIATE");
  for (guint r = 0; r < rows->len; r++) {
    const Row *row = &g_array_index(rows, Row, r);
    bind_row(db, inserts[row->table], row);
    if (row->table == G_N_ELEMENTS(TABLES) - 1)
      bind_row(db, inserts[G_N_ELEMENTS(TABLES)], row);
  }
  run_sql(db, "COMMIT");
}

static double run_plain(const char *home) {
  g_autofree char *path = g_build_filename(home, "ungcuu.db", NULL), *plain = g_build_filename(home, "plain.db", NULL);
  sqlite3 *source;
  sqlite3_stmt *selects[G_N_ELEMENTS(TABLES)], *inserts[G_N_ELEMENTS(TABLES) + 1];
  check(NULL, sqlite3_open_v2(path, &source, SQLITE_OPEN_READONLY, NULL));
  for (guint t = 0; t < G_N_ELEMENTS(TABLES); t++)
    selects[t] = prepare(source, TABLES[t].rows);
  g_autoptr(GPtrArray) all = g_ptr_array_new();
  for (guint i = 0; i < ids->len; i++)
    g_ptr_array_add(all, load_rows(selects, g_ptr_array_index(ids, i)));
  sqlite3 *db = plain_new(source, plain, inserts);
  gint64 start = now_us();
  for (guint i = 0; i < all->len; i++)
    write_rows(db, inserts, g_ptr_array_index(all, i));
  double seconds = (double)(now_us() - start) / 1e6;
  sqlite3_stmt *count = prepare(db, "SELECT count(*), (SELECT count(*) FROM audit), (SELECT count(*) FROM search_row) FROM duty");
  sqlite3_step(count);
  for (int c = 0; c < 3; c++)
    if (sqlite3_column_int(count, c) != (int)ids->len)
      fail("hai bên không ghi cùng số dòng");
  unlink(plain);
  return seconds;
}

static double sync_ms(const char *home) {
  enum { ROUNDS = 50 };
  g_autofree char *path = g_build_filename(home, "sync.tmp", NULL);
  char block[4096] = {0};
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  gint64 sum = 0;
  for (int i = 0; i < ROUNDS; i++) {
    if (fd < 0 || write(fd, block, sizeof block) != sizeof block)
      fail("không ghi được tệp thử");
    gint64 before = now_us();
    fdatasync(fd);
    sum += now_us() - before;
  }
  close(fd);
  unlink(path);
  return (double)sum / ROUNDS / 1000;
}

static int compare(gconstpointer a, gconstpointer b) {
  return (*(const gint64 *)a > *(const gint64 *)b) - (*(const gint64 *)a < *(const gint64 *)b);
}

int main(int argc, char **argv) {
  g_autoptr(GError) error = NULL;
  if (argc != 4)
    fail("HOME CLIENTS COUNT");
  app = app_new(argv[1]);
  wanted = atoi(argv[3]);
  times_us = g_array_new(FALSE, FALSE, sizeof(gint64));
  ids = g_ptr_array_new_with_free_func(g_free);
  if (!app_open(app, TRUE, &error))
    fail(error->message);
  double ours = run_ours(atoi(argv[2]));
  g_array_sort(times_us, compare);
  double p95 = (double)g_array_index(times_us, gint64, times_us->len * 95 / 100) / 1000;
  double plain = run_plain(argv[1]);
  printf("{\"per_second\": %.0f, \"p95\": %.2f, \"plain_per_second\": %.0f, \"sync_ms\": %.3f}\n", wanted / ours, p95, wanted / plain,
         sync_ms(argv[1]));
  app_free(app);
  return 0;
}
