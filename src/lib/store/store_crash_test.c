/* What is told to be written is written, and nothing by halves: after kill -9, on a full disk, without the server. */
#include "base/error.h"
#include "lib/store/store_testing.h"
#include <glib/gstdio.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KILLS = 20, WRITERS = 3 };

static const Migration TABLES[] = {
    {1, "0001_pair.sql",
     "CREATE TABLE front (id @int PRIMARY KEY, body @text NOT NULL);"
     "CREATE TABLE back (id @int PRIMARY KEY, body @text NOT NULL);"},
};

static const StoreSql FRONT = {"front.insert", "INSERT INTO front(id, body) VALUES ($1, $2)", NULL};
static const StoreSql BACK = {"back.insert", "INSERT INTO back(id, body) VALUES ($1, $2)", NULL};
static const StoreSql HAS = {"front.has", "SELECT count(*) FROM front WHERE id = $1", NULL};
static const StoreSql COUNT = {"front.count", "SELECT count(*) FROM front", NULL};
static const StoreSql HALVES = {"pair.halves",
                                "SELECT count(*) FROM front LEFT JOIN back ON back.id = front.id"
                                " WHERE back.id IS NULL OR back.body <> front.body",
                                NULL};
static const StoreSql HALVES_BACK = {
    "pair.halves_back", "SELECT count(*) FROM back LEFT JOIN front ON back.id = front.id WHERE front.id IS NULL", NULL};

static gint64 get(Store *store, const StoreSql *sql, gint64 id) {
  g_autoptr(GError) error = NULL;
  gint64 value = -1;
  store_get_int(store_read(store, NULL), sql, S(S_INT(id)), -1, &value, &error);
  g_assert_no_error(error);
  return value;
}

static gint64 get_all(Store *store, const StoreSql *sql) {
  g_autoptr(GError) error = NULL;
  gint64 value = -1;
  store_get_int(store_read(store, NULL), sql, S0, -1, &value, &error);
  g_assert_no_error(error);
  return value;
}

static void migrate(Store *store) {
  g_autoptr(GError) error = NULL;
  store_migrate(store, TABLES, G_N_ELEMENTS(TABLES), &error);
  g_assert_no_error(error);
}

typedef struct {
  gint64 id;
  const char *body;
} Write;

static gboolean put_pair(StoreConn *conn, void *data, GError **error) {
  Write *write = data;
  return store_exec(conn, &FRONT, S(S_INT(write->id), S_TEXT(write->body)), NULL, error) &&
         store_exec(conn, &BACK, S(S_INT(write->id), S_TEXT(write->body)), NULL, error);
}

/* The child: writes pairs from several threads without end, and tells each id once it is acknowledged. */
static gint64 next_id;

static gpointer child_thread(gpointer store) {
  for (;;) {
    Write pair = {__atomic_add_fetch(&next_id, 1, __ATOMIC_RELAXED), "một thay đổi"};
    g_autoptr(GError) error = NULL;
    if (!store_write(store, put_pair, &pair, &error))
      g_error("%s", error->message);
    if (write(STDOUT_FILENO, &pair.id, sizeof pair.id) != (gssize)sizeof pair.id)
      exit(1);
  }
  return NULL;
}

static int child_main(const char *url, const char *first) {
  next_id = g_ascii_strtoll(first, NULL, 10);
  Store *store = store_open(url, NULL);
  GThread *threads[WRITERS];
  for (int i = 0; i < WRITERS; i++)
    threads[i] = g_thread_new("writer", child_thread, store);
  for (int i = 0; i < WRITERS; i++)
    g_thread_join(threads[i]);
  return 1;
}

static const char *program;

/* Runs the child, kills it some time after its first acknowledgement; gives the ids that it told. */
static GArray *run_and_kill(const char *url, gint64 first) {
  g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, first);
  char *argv[] = {(char *)program, (char *)"--child", (char *)url, number, NULL};
  GPid pid;
  int out;
  g_autoptr(GError) error = NULL;
  g_spawn_async_with_pipes(NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, NULL, &out, NULL, &error);
  g_assert_no_error(error);
  GArray *told = g_array_new(FALSE, FALSE, sizeof(gint64));
  gint64 id, until = 0;
  while (read(out, &id, sizeof id) == (gssize)sizeof id) {
    g_array_append_val(told, id);
    if (!until)
      until = g_get_monotonic_time() + g_random_int_range(0, 40000);
    if (g_get_monotonic_time() >= until)
      kill(pid, SIGKILL);
  }
  waitpid(pid, NULL, 0);
  close(out);
  return told;
}

static void test_kill(gconstpointer engine) {
  g_autoptr(StoreTesting) testing = store_testing_new(engine);
  if (!testing)
    return;
  Store *store = store_testing_open(testing);
  migrate(store);
  store_close(store);
  guint acknowledged = 0;
  for (int round = 1; round <= KILLS; round++) {
    g_autoptr(GArray) told = run_and_kill(testing->url, round * G_GINT64_CONSTANT(1000000));
    g_assert_cmpuint(told->len, >, 0);
    acknowledged += told->len;
    store = store_testing_open(testing);
    for (guint i = 0; i < told->len; i++)
      g_assert_cmpint(get(store, &HAS, g_array_index(told, gint64, i)), ==, 1);
    g_assert_cmpint(get_all(store, &HALVES), ==, 0);
    g_assert_cmpint(get_all(store, &HALVES_BACK), ==, 0);
    store_close(store);
  }
  g_test_message("%d kills, %u writes acknowledged, all there", KILLS, acknowledged);
}

/* A limit on the size of files is a full disk that needs no rights. One job of a group is large, the others are not. */
static void limit_files(rlim_t bytes) {
  struct rlimit limit;
  getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = bytes;
  g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &limit), ==, 0);
}

static gpointer write_in_thread(gpointer data) {
  gpointer *args = data;
  GError *error = NULL;
  store_write(args[0], put_pair, args[1], &error);
  return error;
}

static gboolean wait_a_while(StoreConn *conn, void *data, GError **error) {
  (void)conn, (void)data, (void)error;
  g_usleep(100000); /* so that what follows is taken as one group */
  return TRUE;
}

static gpointer block_writer(gpointer store) {
  store_write(store, wait_a_while, NULL, NULL);
  return NULL;
}

enum { GROUP = 4 };

static void write_group(Store *store, const char *large, gint64 first, GError **out_errors) {
  GThread *block = g_thread_new("block", block_writer, store), *threads[GROUP];
  Write writes[GROUP];
  gpointer args[GROUP][2];
  g_usleep(30000);
  for (int i = 0; i < GROUP; i++) {
    writes[i] = (Write){first + i, i == 1 ? large : "nhỏ"};
    args[i][0] = store;
    args[i][1] = &writes[i];
    threads[i] = g_thread_new("write", write_in_thread, args[i]);
    g_usleep(2000);
  }
  for (int i = 0; i < GROUP; i++)
    out_errors[i] = g_thread_join(threads[i]);
  g_thread_join(block);
}

static void test_full(gconstpointer engine) {
  g_autoptr(StoreTesting) testing = store_testing_new(engine);
  Store *store = store_testing_open(testing);
  migrate(store);
  signal(SIGXFSZ, SIG_IGN);
  g_autofree char *large = g_strnfill(3 << 20, 'x');
  GError *errors[GROUP] = {NULL};
  limit_files(2 << 20);
  write_group(store, large, 10, errors);
  for (int i = 0; i < GROUP; i++)
    if (i == 1)
      g_assert_error(errors[i], APP_ERROR, ERROR_FULL);
    else
      g_assert_no_error(errors[i]);
  g_clear_error(&errors[1]);
  g_assert_cmpint(get_all(store, &COUNT), ==, GROUP - 1);
  g_assert_cmpint(get(store, &HAS, 11), ==, 0);
  limit_files(RLIM_INFINITY);
  write_group(store, large, 20, errors);
  for (int i = 0; i < GROUP; i++)
    g_assert_no_error(errors[i]);
  store_close(store);
  store = store_testing_open(testing);
  g_assert_cmpint(get_all(store, &COUNT), ==, 2 * GROUP - 1);
  g_assert_cmpint(get_all(store, &HALVES), ==, 0);
  store_close(store);
}

/* Fill until no more goes in: every write is told one way or the other, and that is what is there. */
static void fill(const StoreTesting *testing, void (*make_room)(const StoreTesting *)) {
  Store *store = store_testing_open(testing);
  migrate(store);
  g_autofree char *body = g_strnfill(3000, 'y');
  int written = 0, refused = 0;
  for (int i = 0; refused < 5 && i < 5000; i++) {
    g_autoptr(GError) error = NULL;
    Write pair = {i, body};
    if (store_write(store, put_pair, &pair, &error)) {
      written++;
    } else {
      g_assert_error(error, APP_ERROR, ERROR_FULL);
      refused++;
    }
  }
  g_assert_cmpint(refused, ==, 5);
  g_assert_cmpint(written, >, 20);
  g_assert_cmpint(get_all(store, &COUNT), ==, written);
  make_room(testing);
  Write last = {1000000, body};
  g_assert_true(store_write(store, put_pair, &last, NULL));
  store_close(store);
  store = store_testing_open(testing);
  g_assert_cmpint(get_all(store, &COUNT), ==, written + 1);
  g_assert_cmpint(get_all(store, &HALVES), ==, 0);
  store_close(store);
}

static void unlimit(const StoreTesting *testing) {
  (void)testing;
  limit_files(RLIM_INFINITY);
}

static void test_fill(gconstpointer engine) {
  g_autoptr(StoreTesting) testing = store_testing_new(engine);
  signal(SIGXFSZ, SIG_IGN);
  limit_files(1 << 20);
  fill(testing, unlimit);
}

static void enlarge(const StoreTesting *testing) {
  g_assert_cmpint(mount("tmpfs", testing->folder, "tmpfs", MS_REMOUNT, "size=16m"), ==, 0);
}

/* A file system that is full, seen by this thread and its children only, so that it is gone with them. */
static void test_fill_disk(gconstpointer engine) {
  g_autoptr(StoreTesting) testing = store_testing_new(engine);
  if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
      mount("tmpfs", testing->folder, "tmpfs", 0, "size=1m")) {
    g_test_message("a small file system cannot be mounted here: the limit on the size of a file stands for it");
    signal(SIGXFSZ, SIG_IGN);
    limit_files(1 << 20);
    fill(testing, unlimit);
    return;
  }
  fill(testing, enlarge);
  g_assert_cmpint(umount2(testing->folder, MNT_DETACH), ==, 0);
}

/* The server ends a connection: while nothing was committed the store connects again and the function runs again. */
static gboolean terminate(StoreConn *conn, GError **error) {
  gint64 ended;
  static const StoreSql END = {NULL, "SELECT pg_terminate_backend(pg_backend_pid())", NULL};
  return store_get_int(conn, &END, S0, 0, &ended, error);
}

static gboolean put_and_lose(StoreConn *conn, void *data, GError **error) {
  int *runs = data;
  Write pair = {1, "một"};
  return put_pair(conn, &pair, error) && (++*runs > 1 || terminate(conn, error));
}

static gboolean always_lose(StoreConn *conn, void *data, GError **error) {
  int *runs = data;
  Write pair = {2, "hai"};
  ++*runs;
  return put_pair(conn, &pair, error) && terminate(conn, error);
}

static void test_lost(gconstpointer engine) {
  g_autoptr(StoreTesting) testing = store_testing_new(engine);
  if (!testing)
    return;
  Store *store = store_testing_open(testing);
  migrate(store);
  g_autoptr(GError) error = NULL;
  int runs = 0;
  g_assert_true(store_write(store, put_and_lose, &runs, &error));
  g_assert_no_error(error);
  g_assert_cmpint(runs, ==, 2);
  g_assert_cmpint(get_all(store, &COUNT), ==, 1);
  runs = 0;
  g_assert_false(store_write(store, always_lose, &runs, &error));
  g_assert_error(error, APP_ERROR, ERROR_UNAVAILABLE);
  g_assert_cmpint(runs, ==, 2);
  g_clear_error(&error);
  terminate(store_read(store, NULL), NULL); /* the reader's own connection */
  g_assert_cmpint(get_all(store, &COUNT), ==, 1);
  Write pair = {3, "ba"};
  g_assert_true(store_write(store, put_pair, &pair, NULL));
  g_assert_cmpint(get_all(store, &COUNT), ==, 2);
  store_close(store);
}

/* A trigger that waits for the commit and then ends the connection. */
static gboolean put_trap(StoreConn *conn, void *data, GError **error) {
  (void)data;
  static const StoreSql TRAP[] = {
      {NULL,
       "CREATE FUNCTION trap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM"
       " pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$", NULL},
      {NULL,
       "CREATE CONSTRAINT TRIGGER trap AFTER INSERT ON front DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
       " WHEN (NEW.id = 5) EXECUTE FUNCTION trap()",                   NULL}
  };
  return store_exec(conn, &TRAP[0], S0, NULL, error) && store_exec(conn, &TRAP[1], S0, NULL, error);
}

static void test_unknown(gconstpointer engine) {
  g_autoptr(StoreTesting) testing = store_testing_new(engine);
  if (!testing)
    return;
  Store *store = store_testing_open(testing);
  migrate(store);
  g_autoptr(GError) error = NULL;
  g_assert_true(store_write(store, put_trap, NULL, &error));
  Write pair = {5, "năm"};
  g_assert_false(store_write(store, put_pair, &pair, &error));
  g_assert_error(error, APP_ERROR, ERROR_UNAVAILABLE);
  g_assert_nonnull(strstr(error->message, "không rõ"));
  pair.id = 6;
  g_assert_true(store_write(store, put_pair, &pair, NULL));
  store_close(store);
}

int main(int argc, char **argv) {
  if (argc == 4 && !strcmp(argv[1], "--child"))
    return child_main(argv[2], argv[3]);
  program = argv[0];
  g_test_init(&argc, &argv, NULL);
  STORE_TESTING_ADD("/store_crash/kill", test_kill);
  g_test_add_data_func("/store_crash/full/sqlite", GINT_TO_POINTER(TESTING_SQLITE), test_full);
  g_test_add_data_func("/store_crash/fill/sqlite", GINT_TO_POINTER(TESTING_SQLITE), test_fill);
  g_test_add_data_func("/store_crash/fill_disk/sqlite", GINT_TO_POINTER(TESTING_SQLITE), test_fill_disk);
  g_test_add_data_func("/store_crash/lost/postgres", GINT_TO_POINTER(TESTING_POSTGRES), test_lost);
  g_test_add_data_func("/store_crash/unknown/postgres", GINT_TO_POINTER(TESTING_POSTGRES), test_unknown);
  return g_test_run();
}
