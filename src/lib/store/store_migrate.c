#include "lib/store/store_driver.h"
#include <stdlib.h>
#include <string.h>

/* Migrations of another process may take longer than the engine's own patience. */
enum { WAIT_US = 10 * 60 * G_USEC_PER_SEC };

static const StoreSql FIND = {"store.migration", "SELECT checksum FROM migration WHERE number = $1", NULL};
static const StoreSql LIST = {"store.migrations", "SELECT number, name FROM migration ORDER BY number", NULL};
static const StoreSql RECORD = {"store.migration_record",
                                "INSERT INTO migration(number, name, checksum, applied_ms) VALUES ($1, $2, $3, $4)",
                                NULL};

static const StoreTypeWord *find_word(const StoreDriver *driver, const char *word, gsize length) {
  for (const StoreTypeWord *known = driver->words; known->word; known++)
    if (strlen(known->word) == length && !memcmp(known->word, word, length))
      return known;
  return NULL;
}

/* The end of a text in quotes or of a comment that begins at `p`; `p` itself where none does. */
static const char *skip_quoted(const char *p) {
  const char *end = p;
  if (*p == '\'' || *p == '"')
    end = strchr(p + 1, *p);
  else if (p[0] == '-' && p[1] == '-')
    end = strchr(p, '\n');
  if (end == p)
    return p;
  return end ? end + 1 : p + strlen(p);
}

char *store_translate(const StoreDriver *driver, const char *sql, GError **error) {
  g_autoptr(GString) out = g_string_new(NULL);
  for (const char *p = sql; *p;) {
    const char *end = skip_quoted(p);
    if (end == p && *p == '@') {
      gsize length = strspn(p + 1, "abcdefghijklmnopqrstuvwxyz_");
      const StoreTypeWord *word = find_word(driver, p + 1, length);
      if (!word) {
        g_set_error(error, APP_ERROR, ERROR_INVALID, "Kiểu không có trong kho dữ liệu: @%.*s.", (int)length, p + 1);
        return NULL;
      }
      g_string_append(out, word->type);
      p += 1 + length;
    } else {
      end = MAX(end, p + 1);
      g_string_append_len(out, p, end - p);
      p = end;
    }
  }
  return g_string_free(g_steal_pointer(&out), FALSE);
}

char *store_migration_checksum(const Migration *migration) {
  return g_compute_checksum_for_string(G_CHECKSUM_SHA256, migration->sql, -1);
}

gboolean store_apply(StoreConn *conn, const Migration *migration, GError **error) {
  g_autofree char *sql = store_translate(conn->driver, migration->sql, error);
  if (!sql || !conn->driver->execute(conn, sql, error)) {
    g_prefix_error(error, "%s: ", migration->name);
    return FALSE;
  }
  g_autofree char *checksum = store_migration_checksum(migration);
  return store_exec(
      conn, &RECORD,
      S(S_INT(migration->number), S_TEXT(migration->name), S_TEXT(checksum), S_INT(g_get_real_time() / 1000)), NULL,
      error);
}

gboolean store_lock_schema(StoreConn *conn, GError **error) {
  return !conn->driver->lock_schema || conn->driver->execute(conn, conn->driver->lock_schema, error);
}

static gboolean begin_patiently(StoreConn *conn, GError **error) {
  gint64 until = g_get_monotonic_time() + WAIT_US;
  for (;;) {
    GError *failure = NULL;
    if (store_begin(conn, &failure))
      return TRUE;
    if (!g_error_matches(failure, APP_ERROR, ERROR_BUSY) || g_get_monotonic_time() > until) {
      g_propagate_error(error, failure);
      return FALSE;
    }
    g_error_free(failure);
  }
}

static gboolean in_transaction(StoreConn *conn, gboolean (*func)(StoreConn *, const void *, GError **),
                               const void *data, GError **error) {
  if (!begin_patiently(conn, error))
    return FALSE;
  if (func(conn, data, error) && store_commit(conn, error))
    return TRUE;
  store_rollback(conn);
  return FALSE;
}

static gboolean apply_missing(StoreConn *conn, const void *data, GError **error) {
  const Migration *migration = data;
  g_autofree char *applied = NULL;
  g_autofree char *checksum = store_migration_checksum(migration);
  if (!store_get_text(conn, &FIND, S(S_INT(migration->number)), &applied, error))
    return FALSE;
  if (!applied)
    return store_apply(conn, migration, error);
  if (!strcmp(applied, checksum))
    return TRUE;
  g_set_error(error, APP_ERROR, ERROR_REFUSED,
              "Bước chuyển đổi %s đã chạy trên kho này với nội dung khác. Kho không bị thay đổi; hãy dùng đúng bản "
              "chương trình đã tạo ra nó.",
              migration->name);
  return FALSE;
}

typedef struct {
  const Migration **sorted;
  gsize count;
} Known;

static gboolean is_known(const Known *known, gint64 number) {
  for (gsize i = 0; i < known->count; i++)
    if (known->sorted[i]->number == number)
      return TRUE;
  return FALSE;
}

static gboolean bootstrap(StoreConn *conn, const void *data, GError **error) {
  if (!conn->driver->execute(conn, conn->driver->bootstrap, error))
    return FALSE;
  g_autoptr(StoreRows) rows = store_query(conn, &LIST, S0, error);
  GError *failure = NULL;
  while (rows && store_step(rows, &failure))
    if (!is_known(data, store_int(rows, 0))) {
      g_set_error(error, APP_ERROR, ERROR_REFUSED,
                  "Kho dữ liệu có bước chuyển đổi %s mà chương trình này không biết: kho thuộc bản mới hơn. Hãy nâng "
                  "cấp chương trình.",
                  store_text(rows, 1));
      return FALSE;
    }
  if (failure)
    g_propagate_error(error, failure);
  return rows && !failure;
}

static int by_number(const void *a, const void *b) {
  const Migration *const *x = a, *const *y = b;
  return ((*x)->number > (*y)->number) - ((*x)->number < (*y)->number);
}

static gboolean no_number_twice(const Known *known, GError **error) {
  for (gsize i = 1; i < known->count; i++)
    if (known->sorted[i]->number == known->sorted[i - 1]->number) {
      g_set_error(error, APP_ERROR, ERROR_INVALID, "Hai bước chuyển đổi cùng số: %s và %s.", known->sorted[i - 1]->name,
                  known->sorted[i]->name);
      return FALSE;
    }
  return TRUE;
}

gboolean store_migrate(Store *store, const Migration *migrations, gsize count, GError **error) {
  g_autofree const Migration **sorted = g_new(const Migration *, MAX(count, 1));
  for (gsize i = 0; i < count; i++)
    sorted[i] = &migrations[i];
  qsort(sorted, count, sizeof *sorted, by_number);
  Known known = {sorted, count};
  if (!no_number_twice(&known, error))
    return FALSE;
  g_autoptr(StoreConn) conn = store_connect(store, STORE_USE_WRITE, error);
  if (!conn || !store_lock_schema(conn, error))
    return FALSE;
  gboolean ok = in_transaction(conn, bootstrap, &known, error);
  for (gsize i = 0; ok && i < count; i++)
    ok = in_transaction(conn, apply_missing, sorted[i], error);
  store_note_commit(store);
  return ok;
}
