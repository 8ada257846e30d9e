#include "lib/store/store_testing.h"
#include <glib/gstdio.h>
#include <libpq-fe.h>
#include <string.h>
#include <unistd.h>

static const char *server_url(void) {
  return g_getenv("UNGCUU_TEST_POSTGRES");
}

static void server_run(const char *before, const char *name, const char *after) {
  g_autofree char *sql = g_strconcat(before, name, after, NULL);
  PGconn *server = PQconnectdb(server_url());
  PGresult *result = PQexec(server, sql);
  if (PQresultStatus(result) != PGRES_COMMAND_OK)
    g_error("%s: %s", sql, PQerrorMessage(server));
  PQclear(result);
  PQfinish(server);
}

static char *database_name(void) {
  static int count;
  return g_strdup_printf("test_%d_%d", (int)getpid(), ++count);
}

StoreTesting *store_testing_new(gconstpointer engine) {
  gboolean postgres = GPOINTER_TO_INT(engine) == TESTING_POSTGRES;
  if (postgres && !server_url()) {
    g_test_skip("UNGCUU_TEST_POSTGRES is not set: run under tools/with_postgres");
    return NULL;
  }
  StoreTesting *testing = g_new0(StoreTesting, 1);
  testing->folder = g_dir_make_tmp("ungcuu-store-XXXXXX", NULL);
  g_assert_nonnull(testing->folder);
  if (postgres) {
    g_autofree char *name = database_name();
    server_run("CREATE DATABASE ", name, "");
    testing->url = g_strconcat(server_url(), strchr(server_url(), '?') ? "&" : "?", "dbname=", name, NULL);
  } else {
    testing->url = g_build_filename(testing->folder, "store.db", NULL);
  }
  return testing;
}

static void remove_folder(const char *path) {
  GDir *dir = g_dir_open(path, 0, NULL);
  for (const char *name; dir && (name = g_dir_read_name(dir));) {
    g_autofree char *file = g_build_filename(path, name, NULL);
    g_remove(file);
  }
  if (dir)
    g_dir_close(dir);
  g_rmdir(path);
}

void store_testing_free(StoreTesting *testing) {
  if (!testing)
    return;
  const char *name = strstr(testing->url, "dbname=test_");
  if (name)
    server_run("DROP DATABASE ", name + strlen("dbname="), " WITH (FORCE)");
  remove_folder(testing->folder);
  g_free(testing->url);
  g_free(testing->folder);
  g_free(testing);
}

Store *store_testing_open(const StoreTesting *testing) {
  g_autoptr(GError) error = NULL;
  Store *store = store_open(testing->url, &error);
  g_assert_no_error(error);
  return store;
}
