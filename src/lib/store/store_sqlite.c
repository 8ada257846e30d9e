/* The SQLite driver. Each connection belongs to one thread; statements stay prepared under the address of their text.
 */
#include "lib/store/store_driver.h"
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUSY_TIMEOUT_MS = 10000, MAX_PARAMETERS = 64 };

typedef struct {
  StoreConn base;
  sqlite3 *db;
  GHashTable *statements; /* StoreSql -> SqliteRows */
  gint64 data_version;
} SqliteConn;

/* A prepared statement and the rows it gives: one allocation for the life of the connection. */
typedef struct {
  StoreRows base;
  sqlite3_stmt *stmt;
  gboolean kept, busy;
  gint64 changed;
  int highest;                 /* $n with the highest n */
  guint8 slot[MAX_PARAMETERS]; /* SQLite's index -> our n */
} SqliteRows;

static SqliteConn *sqlite_conn(StoreConn *conn) {
  return (SqliteConn *)conn;
}

static const struct {
  int code; /* an extended code, or a primary one for all of its kind */
  ErrorCode error;
  const char *message;
} ERRORS[] = {
    {SQLITE_IOERR_READ,       ERROR_FAILED,   "Không đọc được ổ đĩa của kho dữ liệu"                            },
    {SQLITE_IOERR_SHORT_READ, ERROR_FAILED,   "Không đọc được ổ đĩa của kho dữ liệu"                            },
    {SQLITE_IOERR_CORRUPTFS,  ERROR_FAILED,   "Hệ thống tệp của kho dữ liệu bị hỏng"                              },
    {SQLITE_FULL,             ERROR_FULL,
     "Ổ đĩa đã đầy. Thay đổi này chưa được ghi, dữ liệu cũ còn nguyên. "
     "Hãy giải phóng chỗ rồi thử lại"                                                                                 },
    {SQLITE_IOERR,            ERROR_FULL,
     "Không ghi thêm được vào ổ đĩa. Thay đổi này chưa được ghi, dữ liệu cũ "
     "còn nguyên. Hãy xem lại chỗ trống rồi thử lại"                                                               },
    {SQLITE_BUSY,             ERROR_BUSY,     "Kho dữ liệu đang bận, thay đổi này chưa được ghi. Hãy thử lại"},
    {SQLITE_LOCKED,           ERROR_BUSY,     "Kho dữ liệu đang bận, thay đổi này chưa được ghi. Hãy thử lại"},
    {SQLITE_CONSTRAINT,       ERROR_CONFLICT, "Dữ liệu trái với một ràng buộc của kho"                              },
    {SQLITE_NOTADB,           ERROR_FAILED,   "Tệp này không phải kho dữ liệu"                                          },
    {SQLITE_CORRUPT,          ERROR_FAILED,   "Kho dữ liệu bị hỏng; hãy phục hồi từ bản sao lưu"                },
    {SQLITE_CANTOPEN,         ERROR_FAILED,   "Không mở được kho dữ liệu"                                              },
    {SQLITE_READONLY,         ERROR_FAILED,   "Kho dữ liệu chỉ cho đọc"                                                  },
};

static void set_error(sqlite3 *db, int code, const char *where, GError **error) {
  gsize row = 0;
  while (row < G_N_ELEMENTS(ERRORS) && ERRORS[row].code != code && ERRORS[row].code != (code & 0xff))
    row++;
  gboolean known = row < G_N_ELEMENTS(ERRORS);
  ErrorCode kind = known ? ERRORS[row].error : ERROR_FAILED;
  g_set_error(error, APP_ERROR, (int)kind, "%s (%s: %s).", known ? ERRORS[row].message : "Kho dữ liệu báo lỗi", where,
              db ? sqlite3_errmsg(db) : sqlite3_errstr(code));
}

/* SQLite itself rolls the whole transaction back for some errors. */
static gboolean fail(SqliteConn *conn, const char *where, GError **error) {
  set_error(conn->db, sqlite3_extended_errcode(conn->db), where, error);
  if (sqlite3_get_autocommit(conn->db))
    conn->base.fate = FATE_GONE;
  return FALSE;
}

static gboolean sqlite_execute(StoreConn *base, const char *statements, GError **error) {
  SqliteConn *conn = sqlite_conn(base);
  return sqlite3_exec(conn->db, statements, NULL, NULL, NULL) == SQLITE_OK || fail(conn, "execute", error);
}

static void statement_free(gpointer data) {
  SqliteRows *rows = data;
  sqlite3_finalize(rows->stmt);
  g_free(rows);
}

static gboolean read_parameters(SqliteRows *rows) {
  int count = sqlite3_bind_parameter_count(rows->stmt);
  if (count > MAX_PARAMETERS)
    return FALSE;
  for (int i = 0; i < count; i++) {
    const char *name = sqlite3_bind_parameter_name(rows->stmt, i + 1);
    gint64 n = name && *name == '$' ? g_ascii_strtoll(name + 1, NULL, 10) : 0;
    if (n < 1 || n > MAX_PARAMETERS)
      return FALSE;
    rows->slot[i] = (guint8)n;
    rows->highest = MAX(rows->highest, (int)n);
  }
  return TRUE;
}

static const char *name_of(const StoreSql *sql) {
  return sql->name ? sql->name : sql->sql;
}

static SqliteRows *statement_new(SqliteConn *conn, const StoreSql *sql, gboolean kept, GError **error) {
  sqlite3_stmt *stmt = NULL;
  if (sqlite3_prepare_v3(conn->db, sql->sql, -1, kept ? SQLITE_PREPARE_PERSISTENT : 0, &stmt, NULL) != SQLITE_OK) {
    fail(conn, name_of(sql), error);
    return NULL;
  }
  SqliteRows *rows = g_new0(SqliteRows, 1);
  rows->base = (StoreRows){.conn = &conn->base, .sql = sql};
  rows->stmt = stmt;
  rows->kept = kept;
  if (stmt && read_parameters(rows))
    return rows;
  g_set_error(error, APP_ERROR, ERROR_FAILED, "Tham số của lệnh %s phải là $1 … $%d.", name_of(sql), MAX_PARAMETERS);
  statement_free(rows);
  return NULL;
}

/* A kept statement whose rows are still open is prepared a second time. */
static SqliteRows *statement_get(SqliteConn *conn, const StoreSql *sql, GError **error) {
  SqliteRows *rows = sql->name ? g_hash_table_lookup(conn->statements, sql) : NULL;
  if (rows && !rows->busy)
    return rows;
  gboolean kept = sql->name && !rows;
  rows = statement_new(conn, sql, kept, error);
  if (rows && kept)
    g_hash_table_insert(conn->statements, (gpointer)sql, rows);
  return rows;
}

static gboolean sqlite_prepare(StoreConn *base, const StoreSql *sql, GError **error) {
  SqliteRows *rows = statement_new(sqlite_conn(base), sql, FALSE, error);
  if (rows)
    statement_free(rows);
  return rows != NULL;
}

static int bind_value(sqlite3_stmt *stmt, int index, const StoreValue *value) {
  const void *bytes = value->bytes ? value->bytes : "";
  switch (value->type) {
  case STORE_INT:
    return sqlite3_bind_int64(stmt, index, value->number);
  case STORE_TEXT:
    return sqlite3_bind_text64(stmt, index, bytes, value->length, SQLITE_STATIC, SQLITE_UTF8);
  case STORE_BLOB:
    return sqlite3_bind_blob64(stmt, index, bytes, value->length, SQLITE_STATIC);
  case STORE_NULL:
  default:
    return sqlite3_bind_null(stmt, index);
  }
}

static void sqlite_rows_free(StoreRows *base) {
  SqliteRows *rows = (SqliteRows *)base;
  if (!rows->kept) {
    statement_free(rows);
    return;
  }
  sqlite3_reset(rows->stmt);
  sqlite3_clear_bindings(rows->stmt);
  rows->busy = FALSE;
}

static StoreRows *sqlite_query(StoreConn *base, const StoreSql *sql, const StoreValue *values, gsize count,
                               GError **error) {
  SqliteConn *conn = sqlite_conn(base);
  SqliteRows *rows = statement_get(conn, sql, error);
  if (!rows)
    return NULL;
  rows->busy = TRUE;
  rows->changed = 0;
  if ((gsize)rows->highest != count) {
    g_set_error(error, APP_ERROR, ERROR_FAILED, "Lệnh %s cần %d tham số, được %d.", name_of(sql), rows->highest,
                (int)count);
    sqlite_rows_free(&rows->base);
    return NULL;
  }
  for (int i = 0; i < sqlite3_bind_parameter_count(rows->stmt); i++)
    if (bind_value(rows->stmt, i + 1, &values[rows->slot[i] - 1]) != SQLITE_OK) {
      fail(conn, name_of(sql), error);
      sqlite_rows_free(&rows->base);
      return NULL;
    }
  return &rows->base;
}

static StoreRows *sqlite_scan(StoreConn *conn, const char *sql, GError **error) {
  static const StoreSql SCAN = {"store.scan", "", NULL};
  StoreRows *rows = sqlite_query(conn, &(StoreSql){NULL, sql, NULL}, NULL, 0, error);
  if (rows)
    rows->sql = &SCAN;
  return rows;
}

static void sqlite_forget(StoreConn *conn, const StoreSql *sql) {
  g_hash_table_remove(sqlite_conn(conn)->statements, sql);
}

/* In one step, within the reading transaction of the source: one state of it, while others write on. */
static gboolean sqlite_copy_pages(StoreConn *source, StoreConn *target, GError **error) {
  sqlite3_backup *copy = sqlite3_backup_init(sqlite_conn(target)->db, "main", sqlite_conn(source)->db, "main");
  if (copy)
    sqlite3_backup_step(copy, -1);
  return (copy && sqlite3_backup_finish(copy) == SQLITE_OK) || fail(sqlite_conn(target), "backup", error);
}

static gboolean sqlite_step(StoreRows *base, GError **error) {
  SqliteRows *rows = (SqliteRows *)base;
  int code = sqlite3_step(rows->stmt);
  if (code == SQLITE_ROW)
    return TRUE;
  if (code != SQLITE_DONE)
    return fail(sqlite_conn(base->conn), name_of(base->sql), error);
  if (!sqlite3_stmt_readonly(rows->stmt))
    rows->changed = sqlite3_changes64(sqlite_conn(base->conn)->db);
  return FALSE;
}

static gint64 sqlite_changed(const StoreRows *rows) {
  return ((const SqliteRows *)rows)->changed;
}

static int sqlite_columns(const StoreRows *rows) {
  return sqlite3_column_count(((const SqliteRows *)rows)->stmt);
}

static const char *sqlite_name_of_column(const StoreRows *rows, int column) {
  return sqlite3_column_name(((const SqliteRows *)rows)->stmt, column);
}

static StoreType sqlite_type(const StoreRows *rows, int column) {
  switch (sqlite3_column_type(((const SqliteRows *)rows)->stmt, column)) {
  case SQLITE_NULL:
    return STORE_NULL;
  case SQLITE_INTEGER:
    return STORE_INT;
  case SQLITE_BLOB:
    return STORE_BLOB;
  default:
    return STORE_TEXT;
  }
}

static gint64 sqlite_int(const StoreRows *rows, int column) {
  return sqlite3_column_int64(((const SqliteRows *)rows)->stmt, column);
}

static const char *sqlite_text(const StoreRows *rows, int column, gsize *out_length) {
  sqlite3_stmt *stmt = ((const SqliteRows *)rows)->stmt;
  const char *text = (const char *)sqlite3_column_text(stmt, column);
  *out_length = (gsize)sqlite3_column_bytes(stmt, column);
  return text;
}

static const void *sqlite_blob(const StoreRows *rows, int column, gsize *out_length) {
  sqlite3_stmt *stmt = ((const SqliteRows *)rows)->stmt;
  const void *bytes = sqlite3_column_blob(stmt, column);
  *out_length = (gsize)sqlite3_column_bytes(stmt, column);
  return bytes;
}

static gboolean sqlite_in_transaction(StoreConn *conn) {
  return !sqlite3_get_autocommit(sqlite_conn(conn)->db);
}

static gboolean sqlite_changed_by_others(StoreConn *watch, StoreConn *writer) {
  (void)writer;
  static const StoreSql VERSION = {"store.data_version", "PRAGMA data_version", NULL};
  SqliteConn *conn = sqlite_conn(watch);
  gint64 before = conn->data_version;
  return store_get_int(watch, &VERSION, S0, 0, &conn->data_version, NULL) && conn->data_version != before;
}

static void sqlite_close(StoreConn *base) {
  SqliteConn *conn = sqlite_conn(base);
  g_hash_table_destroy(conn->statements);
  sqlite3_close(conn->db);
  g_free(conn);
}

/* Texts in double quotes and LIKE without regard to case would be SQLite's own; PostgreSQL has neither. */
#define SETTINGS_ALL "PRAGMA cache_size=-4000; PRAGMA case_sensitive_like=ON; PRAGMA trusted_schema=OFF;"
static const char *const SETTINGS[] = {
    [STORE_USE_READ] = SETTINGS_ALL,
    [STORE_USE_WATCH] = SETTINGS_ALL,
    [STORE_USE_WRITE] = SETTINGS_ALL "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                                     "PRAGMA wal_autocheckpoint=1000; PRAGMA journal_size_limit=16777216;",
};

/* So that a new file is still found after the power fails. A folder that cannot be synced is no reason to stop. */
static void sync_folder(const char *path) {
  g_autofree char *folder = g_path_get_dirname(path);
  int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return;
  fsync(fd);
  close(fd);
}

/* SQLite makes its files readable to all; what it opens keeps the mode of what is there, also for -wal and -shm.
 *
 * A file that is there is not opened here: closing it again would drop every POSIX lock that this process holds on it, and
 * another process that ends would take itself for the last one and remove the log under our feet. */
static gboolean create_private(const char *path, GError **error) {
  struct stat status;
  int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd >= 0) {
    sync_folder(path);
    close(fd);
    return TRUE;
  }
  if (errno == EEXIST && lstat(path, &status) == 0 && S_ISREG(status.st_mode))
    return TRUE;
  g_set_error(error, APP_ERROR, errno == ENOSPC ? ERROR_FULL : ERROR_FAILED, "Không mở được kho dữ liệu %s: %s.", path,
              errno == EEXIST ? "không phải một tệp" : g_strerror(errno));
  return FALSE;
}

static void configure_once(void) {
  static gsize done;
  if (g_once_init_enter(&done)) {
    sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    g_once_init_leave(&done, 1);
  }
}

/* Two processes that turn a new file to WAL at once: SQLite tells one of them "busy" without waiting. */
static gboolean apply_settings(SqliteConn *conn, StoreUse use, GError **error) {
  gint64 until = g_get_monotonic_time() + BUSY_TIMEOUT_MS * 1000;
  while (sqlite3_exec(conn->db, SETTINGS[use], NULL, NULL, NULL) != SQLITE_OK) {
    if ((sqlite3_errcode(conn->db) & 0xff) != SQLITE_BUSY || g_get_monotonic_time() > until)
      return fail(conn, "open", error);
    g_usleep(2000);
  }
  return TRUE;
}

static gboolean set_up(SqliteConn *conn, StoreUse use, GError **error) {
  sqlite3_extended_result_codes(conn->db, 1);
  sqlite3_busy_timeout(conn->db, BUSY_TIMEOUT_MS);
  sqlite3_db_config(conn->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
  sqlite3_db_config(conn->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
  sqlite3_db_config(conn->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  if (!apply_settings(conn, use, error))
    return FALSE;
  if (use == STORE_USE_WATCH)
    sqlite_changed_by_others(&conn->base, NULL);
  return TRUE;
}

static StoreConn *sqlite_open(const char *url, StoreUse use, GError **error) {
  configure_once();
  /* An absolute path, so that no name has a meaning of its own, as :memory: has. */
  g_autofree char *path = g_canonicalize_filename(url, NULL);
  if (use == STORE_USE_WRITE && !create_private(path, error))
    return NULL;
  SqliteConn *conn = g_new0(SqliteConn, 1);
  conn->base.driver = &STORE_SQLITE;
  conn->base.use = use;
  conn->statements = g_hash_table_new_full(NULL, NULL, NULL, statement_free);
  int flags = (use == STORE_USE_WRITE ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX;
  int code = sqlite3_open_v2(path, &conn->db, flags, NULL);
  if (code == SQLITE_OK && set_up(conn, use, error))
    return &conn->base;
  if (code != SQLITE_OK)
    set_error(conn->db, code, url, error);
  sqlite_close(&conn->base);
  return NULL;
}

static const StoreTypeWord WORDS[] = {
    {"id",   "TEXT"   },
    {"ms",   "INTEGER"},
    {"int",  "INTEGER"},
    {"text", "TEXT"   },
    {"json", "TEXT"   },
    {"blob", "BLOB"   },
    {"bool", "INTEGER"},
    {NULL,   NULL     },
};

/* The index keeps no text of its own (content=''): search_row has what a deletion must repeat. Its texts are words of
 * letters and digits with one blank between, so the plainest tokenizer does; '_' begins the tokens of scopes. Every
 * word of a query is a prefix, and Vietnamese syllables are short: lists for their beginnings make common words 3 to 20
 * times as fast, for half as much index again. */
#define INDEX_TABLE                                                                                                    \
  "CREATE VIRTUAL TABLE IF NOT EXISTS search_index USING fts5(words, content='', columnsize=0, prefix='2 3 4',"        \
  " tokenize=\"ascii tokenchars '_'\");"

const StoreDriver STORE_SQLITE = {
    .begin = "BEGIN IMMEDIATE",
    .begin_snapshot = "BEGIN; SELECT count(*) FROM sqlite_schema",
    .commit = "COMMIT",
    .explain = "EXPLAIN QUERY PLAN ",
    .bootstrap = "CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL,"
                 " checksum TEXT NOT NULL, applied_ms INTEGER NOT NULL);"
                 "CREATE TABLE IF NOT EXISTS search_row (seq INTEGER PRIMARY KEY, type TEXT NOT NULL,"
                 " id TEXT NOT NULL, title TEXT NOT NULL, text_folded TEXT NOT NULL, scopes TEXT NOT NULL,"
                 " time_ms INTEGER NOT NULL, UNIQUE (type, id));" INDEX_TABLE,
    .reindex = "DROP TABLE search_index;" INDEX_TABLE
               "INSERT INTO search_index(rowid, words) SELECT seq, text_folded || ' ' || scopes FROM search_row;",
    .tables = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
              " AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name",
    .before_fill = "PRAGMA defer_foreign_keys=ON",
    .after_fill = "",
    .words = WORDS,
    .open = sqlite_open,
    .close = sqlite_close,
    .execute = sqlite_execute,
    .in_transaction = sqlite_in_transaction,
    .changed_by_others = sqlite_changed_by_others,
    .prepare = sqlite_prepare,
    .query = sqlite_query,
    .scan = sqlite_scan,
    .forget = sqlite_forget,
    .copy_pages = sqlite_copy_pages,
    .step = sqlite_step,
    .rows_free = sqlite_rows_free,
    .changed = sqlite_changed,
    .columns = sqlite_columns,
    .column_name = sqlite_name_of_column,
    .type = sqlite_type,
    .get_int = sqlite_int,
    .get_text = sqlite_text,
    .get_blob = sqlite_blob,
};
