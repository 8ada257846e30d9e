/* Backup and restore.
 *
 * A backup is a SQLite file with the tables of the store and one more, `backup_table`, which tells for each how many
 * rows it has and their checksum. Between two SQLite files the pages are copied, otherwise the target gets its tables
 * from the migrations that the source has had, and then the rows. No name and no statement is taken from a backup. Rows
 * are compared without regard to their order: the checksum of a table is the sum of those of its rows. */
#include "lib/store/store_driver.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const StoreSql APPLIED = {"backup.applied", "SELECT number, name, checksum FROM migration ORDER BY number",
                                 NULL};
static const StoreSql NOTE = {"backup.note", "INSERT INTO backup_table(name, row_count, checksum) VALUES ($1, $2, $3)",
                              NULL};
static const StoreSql NOTED = {"backup.noted", "SELECT row_count, checksum FROM backup_table WHERE name = $1", NULL};
static const StoreSql NOTED_COUNT = {"backup.noted_count", "SELECT count(*) FROM backup_table", NULL};
static const StoreSql CHECK = {"backup.check", "PRAGMA quick_check(1)", NULL};

#define MANIFEST "backup_table"
#define CREATE_MANIFEST                                                                                                \
  "CREATE TABLE " MANIFEST " (name TEXT PRIMARY KEY, row_count INTEGER NOT NULL, checksum INTEGER NOT NULL)"

typedef struct {
  gint64 rows, checksum;
} Sum;

/* The columns of a table that both engines have; PostgreSQL's search_row has one more, which is made from the others.
 */
static char *list_columns(StoreConn *conn, const char *table, GError **error) {
  g_autofree char *sql = g_strdup_printf("SELECT * FROM \"%s\" WHERE 1 = 0", table);
  g_autoptr(StoreRows) rows = store_query(conn, &(StoreSql){NULL, sql, NULL}, S0, error);
  if (!rows)
    return NULL;
  GString *columns = g_string_new(NULL);
  for (int i = 0; i < store_columns(rows); i++)
    if (strcmp(table, "search_row") || strcmp(store_column_name(rows, i), "words"))
      g_string_append_printf(columns, "%s\"%s\"", columns->len ? ", " : "", store_column_name(rows, i));
  return g_string_free(columns, FALSE);
}

static GPtrArray *list_tables(StoreConn *conn, GError **error) {
  g_autoptr(StoreRows) rows = store_query(conn, &(StoreSql){NULL, conn->driver->tables, NULL}, S0, error);
  if (!rows)
    return NULL;
  g_autoptr(GPtrArray) tables = g_ptr_array_new_with_free_func(g_free);
  GError *failure = NULL;
  while (store_step(rows, &failure))
    if (strcmp(store_text(rows, 0), MANIFEST))
      g_ptr_array_add(tables, g_strdup(store_text(rows, 0)));
  if (!failure)
    return g_steal_pointer(&tables);
  g_propagate_error(error, failure);
  return NULL;
}

typedef gboolean (*RowFunc)(StoreRows *row, void *data, GError **error);

static gboolean each_row(StoreConn *conn, const char *table, const char *columns, RowFunc func, void *data,
                         GError **error) {
  g_autofree char *sql = g_strdup_printf("SELECT %s FROM \"%s\"", columns, table);
  g_autoptr(StoreRows) rows = conn->driver->scan(conn, sql, error);
  GError *failure = NULL;
  if (rows)
    conn->open_rows++;
  while (rows && store_step(rows, &failure))
    if (!func(rows, data, error))
      return FALSE;
  if (failure)
    g_propagate_error(error, failure);
  return rows && !failure;
}

static StoreValue value_of(StoreRows *row, int column) {
  StoreValue value = {.type = row->conn->driver->type(row, column)};
  if (value.type == STORE_INT)
    value.number = store_int(row, column);
  else if (value.type == STORE_TEXT)
    value.bytes = row->conn->driver->get_text(row, column, &value.length);
  else if (value.type == STORE_BLOB)
    value.bytes = store_blob(row, column, &value.length);
  return value;
}

static guint64 checksum_of_row(StoreRows *row, GChecksum *checksum) {
  guint8 digest[32];
  gsize length = sizeof digest;
  guint64 first;
  g_checksum_reset(checksum);
  for (int i = 0; i < store_columns(row); i++) {
    StoreValue value = value_of(row, i);
    guint64 head[3] = {value.type, (guint64)value.number, value.length};
    g_checksum_update(checksum, (const guint8 *)head, sizeof head);
    if (value.length)
      g_checksum_update(checksum, value.bytes, (gssize)value.length);
  }
  g_checksum_get_digest(checksum, digest, &length);
  memcpy(&first, digest, sizeof first);
  return GUINT64_FROM_LE(first);
}

typedef struct {
  GChecksum *checksum;
  Sum sum;
  StoreConn *target; /* NULL: only counts */
  const StoreSql *insert;
} Copy;

static gboolean copy_row(StoreRows *row, void *data, GError **error) {
  Copy *copy = data;
  copy->sum.rows++;
  copy->sum.checksum = (gint64)((guint64)copy->sum.checksum + checksum_of_row(row, copy->checksum));
  if (!copy->target)
    return TRUE;
  gsize count = (gsize)store_columns(row);
  g_autofree StoreValue *values = g_new(StoreValue, count);
  for (gsize i = 0; i < count; i++)
    values[i] = value_of(row, (int)i);
  return store_exec(copy->target, copy->insert, values, count, NULL, error);
}

static gboolean copy_rows(StoreConn *conn, const char *table, const char *columns, StoreConn *target,
                          const StoreSql *insert, Sum *out_sum, GError **error) {
  g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
  Copy copy = {
      checksum, {0, 0},
       target, insert
  };
  gboolean ok = each_row(conn, table, columns, copy_row, &copy, error);
  *out_sum = copy.sum;
  return ok;
}

static gboolean sum_rows(StoreConn *conn, const char *table, const char *columns, Sum *out_sum, GError **error) {
  return copy_rows(conn, table, columns, NULL, NULL, out_sum, error);
}

/* One migration that the source has had, from those that the program knows. */
static const Migration *find_migration(const Migration *migrations, gsize count, const StoreRows *applied,
                                       GError **error) {
  for (gsize i = 0; i < count; i++) {
    g_autofree char *checksum = store_migration_checksum(&migrations[i]);
    if (migrations[i].number == store_int(applied, 0) && !strcmp(checksum, store_text(applied, 2)))
      return &migrations[i];
  }
  g_set_error(
      error, APP_ERROR, ERROR_REFUSED,
      "Dữ liệu đã qua bước chuyển đổi %s mà chương trình này không biết. Hãy dùng bản chương trình đã tạo ra nó.",
      store_text(applied, 1));
  return NULL;
}

static gboolean build_tables(StoreConn *source, StoreConn *target, const Migration *migrations, gsize count,
                             GError **error) {
  if (!target->driver->execute(target, target->driver->bootstrap, error))
    return FALSE;
  g_autoptr(StoreRows) applied = store_query(source, &APPLIED, S0, error);
  GError *failure = NULL;
  while (applied && store_step(applied, &failure)) {
    const Migration *migration = find_migration(migrations, count, applied, error);
    if (!migration || !store_apply(target, migration, error))
      return FALSE;
  }
  if (failure)
    g_propagate_error(error, failure);
  return applied && !failure;
}

static gboolean empty_table(StoreConn *target, const char *table, GError **error) {
  g_autofree char *sql = g_strdup_printf("DELETE FROM \"%s\"", table);
  return target->driver->execute(target, sql, error);
}

static char *insert_text(const char *table, const char *columns) {
  GString *insert = g_string_new(NULL);
  g_string_printf(insert, "INSERT INTO \"%s\" (%s) VALUES (", table, columns);
  g_auto(GStrv) names = g_strsplit(columns, ", ", -1);
  for (guint i = 0; names[i]; i++)
    g_string_append_printf(insert, "%s$%u", i ? ", " : "", i + 1);
  g_string_append_c(insert, ')');
  return g_string_free(insert, FALSE);
}

static gboolean same(const char *table, Sum a, Sum b, GError **error) {
  if (a.rows == b.rows && a.checksum == b.checksum)
    return TRUE;
  g_set_error(error, APP_ERROR, ERROR_FAILED, "Bảng %s sau khi chép không giống bản gốc.", table);
  return FALSE;
}

static gboolean fill_table(StoreConn *source, StoreConn *target, const char *table, GError **error) {
  g_autofree char *columns = list_columns(target, table, error);
  if (!columns)
    return FALSE;
  g_autofree char *insert = insert_text(table, columns);
  StoreSql sql = {table, insert, NULL};
  Sum copied, there;
  gboolean ok = copy_rows(source, table, columns, target, &sql, &copied, error);
  target->driver->forget(target, &sql);
  return ok && sum_rows(target, table, columns, &there, error) && same(table, copied, there, error);
}

/* What migrations themselves put into tables comes again with the rows of the source. */
static gboolean fill(StoreConn *source, StoreConn *target, GError **error) {
  g_autoptr(GPtrArray) tables = list_tables(target, error);
  gboolean ok = tables && target->driver->execute(target, target->driver->before_fill, error);
  for (guint i = 0; ok && i < tables->len; i++)
    ok = empty_table(target, tables->pdata[i], error);
  for (guint i = 0; ok && i < tables->len; i++)
    ok = fill_table(source, target, tables->pdata[i], error);
  return ok && target->driver->execute(target, target->driver->after_fill, error) &&
         target->driver->execute(target, target->driver->reindex, error);
}

/* Compares each table with the source and notes its sum. */
static gboolean note_tables(StoreConn *source, StoreConn *target, GError **error) {
  g_autoptr(GPtrArray) tables = list_tables(source, error);
  if (!tables || !target->driver->execute(target, CREATE_MANIFEST, error))
    return FALSE;
  for (guint i = 0; i < tables->len; i++) {
    const char *table = tables->pdata[i];
    g_autofree char *columns = list_columns(target, table, error);
    Sum ours, theirs;
    if (!columns || !sum_rows(source, table, columns, &ours, error) ||
        !sum_rows(target, table, columns, &theirs, error) || !same(table, ours, theirs, error) ||
        !store_exec(target, &NOTE, S(S_TEXT(table), S_INT(ours.rows), S_INT(ours.checksum)), NULL, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean check_pages(StoreConn *conn, GError **error) {
  g_autofree char *told = NULL;
  if (!store_get_text(conn, &CHECK, S0, &told, error))
    return FALSE;
  if (!g_strcmp0(told, "ok"))
    return TRUE;
  g_set_error(error, APP_ERROR, ERROR_FAILED, "Tệp sao lưu bị hỏng: %s.", told);
  return FALSE;
}

static gboolean copy_to_file(StoreConn *source, StoreConn *file, const Migration *migrations, gsize count,
                             GError **error) {
  const StoreDriver *driver = file->driver;
  if (source->driver->copy_pages && !source->driver->copy_pages(source, file, error))
    return FALSE;
  if (!store_begin(file, error))
    return FALSE;
  if (!source->driver->copy_pages &&
      !(build_tables(source, file, migrations, count, error) && fill(source, file, error)))
    return FALSE;
  return note_tables(source, file, error) && store_commit(file, error) && check_pages(file, error) &&
         driver->execute(file, "PRAGMA journal_mode=DELETE", error);
}

static gboolean failed(const char *path, GError **error) {
  int code = errno == ENOSPC || errno == EDQUOT ? ERROR_FULL : errno == EEXIST ? ERROR_REFUSED : ERROR_FAILED;
  g_set_error(error, APP_ERROR, code, "Không ghi được bản sao lưu %s: %s.", path, g_strerror(errno));
  return FALSE;
}

static gboolean sync_path(const char *path, int flags, GError **error) {
  int fd = open(path, flags | O_RDONLY | O_CLOEXEC);
  gboolean ok = fd >= 0 && fsync(fd) == 0;
  if (!ok)
    failed(path, error);
  if (fd >= 0)
    close(fd);
  return ok;
}

static gboolean put_in_place(const char *temporary, const char *path, GError **error) {
  g_autofree char *folder = g_path_get_dirname(path);
  if (!sync_path(temporary, 0, error))
    return FALSE;
  if (renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE) &&
      (errno != EINVAL || rename(temporary, path))) /* EINVAL: a file system that only knows the plain form */
    return failed(path, error);
  return sync_path(folder, O_DIRECTORY, error);
}

static void remove_file(const char *path) {
  static const char *const ENDS[] = {"", "-wal", "-shm", "-journal"};
  for (gsize i = 0; i < G_N_ELEMENTS(ENDS); i++) {
    g_autofree char *file = g_strconcat(path, ENDS[i], NULL);
    g_unlink(file);
  }
}

static gboolean backup_to(Store *store, const char *path, const Migration *migrations, gsize count, GError **error) {
  g_autoptr(StoreConn) source = store_connect(store, STORE_USE_READ, error);
  g_autoptr(StoreConn) file = source ? STORE_SQLITE.open(path, STORE_USE_WRITE, error) : NULL;
  return file && source->driver->execute(source, source->driver->begin_snapshot, error) &&
         copy_to_file(source, file, migrations, count, error);
}

gboolean store_backup(Store *store, const char *path, const Migration *migrations, gsize count, GError **error) {
  if (g_file_test(path, G_FILE_TEST_EXISTS)) {
    errno = EEXIST;
    return failed(path, error);
  }
  g_autofree char *temporary = g_strconcat(path, ".XXXXXX", NULL);
  int fd = g_mkstemp_full(temporary, O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0)
    return failed(path, error);
  close(fd);
  if (backup_to(store, temporary, migrations, count, error) && put_in_place(temporary, path, error))
    return TRUE;
  remove_file(temporary);
  return FALSE;
}

static gboolean check_table(StoreConn *backup, const char *table, GError **error) {
  g_autofree char *columns = list_columns(backup, table, error);
  Sum sum;
  if (!columns || !sum_rows(backup, table, columns, &sum, error))
    return FALSE;
  g_autoptr(StoreRows) noted = store_query(backup, &NOTED, S(S_TEXT(table)), error);
  if (!noted)
    return FALSE;
  if (store_step(noted, NULL) && store_int(noted, 0) == sum.rows && store_int(noted, 1) == sum.checksum)
    return TRUE;
  g_set_error(error, APP_ERROR, ERROR_UNREADABLE, "Bản sao lưu không nguyên vẹn: bảng %s khác với lúc sao lưu.", table);
  return FALSE;
}

static gboolean check_tables(StoreConn *backup, GError **error) {
  g_autoptr(GPtrArray) tables = list_tables(backup, error);
  gint64 noted;
  if (!tables || !check_pages(backup, error) || !store_get_int(backup, &NOTED_COUNT, S0, 0, &noted, error))
    return FALSE;
  if (noted != (gint64)tables->len) {
    g_set_error_literal(error, APP_ERROR, ERROR_UNREADABLE, "Bản sao lưu không nguyên vẹn: thiếu hoặc thừa bảng.");
    return FALSE;
  }
  for (guint i = 0; i < tables->len; i++)
    if (!check_table(backup, tables->pdata[i], error))
      return FALSE;
  return TRUE;
}

/* What fails in reading a backup is the fault of the backup. */
static StoreConn *open_backup(const char *path, GError **error) {
  GError *failure = NULL;
  g_autoptr(StoreConn) backup = STORE_SQLITE.open(path, STORE_USE_READ, &failure);
  if (backup && STORE_SQLITE.execute(backup, STORE_SQLITE.begin_snapshot, &failure) && check_tables(backup, &failure))
    return g_steal_pointer(&backup);
  if (failure->code == ERROR_FAILED)
    failure->code = ERROR_UNREADABLE;
  g_propagate_prefixed_error(error, failure, "%s: ", path);
  return NULL;
}

static gboolean refuse_unless_empty(StoreConn *target, GError **error) {
  g_autoptr(GPtrArray) tables = list_tables(target, error);
  if (tables && tables->len)
    g_set_error_literal(error, APP_ERROR, ERROR_REFUSED,
                        "Chỉ phục hồi được vào một kho trống; kho này đã có dữ liệu và không bị thay đổi.");
  return tables && !tables->len;
}

gboolean store_restore(Store *store, const char *path, const Migration *migrations, gsize count, GError **error) {
  g_autoptr(StoreConn) backup = open_backup(path, error);
  g_autoptr(StoreConn) target = backup ? store_connect(store, STORE_USE_WRITE, error) : NULL;
  if (!target || !store_lock_schema(target, error) || !store_begin(target, error))
    return FALSE;
  gboolean ok = refuse_unless_empty(target, error) && build_tables(backup, target, migrations, count, error) &&
                fill(backup, target, error) && store_commit(target, error);
  store_rollback(target);
  if (ok)
    store_note_commit(store);
  return ok;
}
