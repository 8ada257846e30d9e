/* The PostgreSQL driver. A statement is prepared once per connection; its result is fetched as a whole, in text form.
 */
#include "lib/store/store_driver.h"
#include <libpq-fe.h>
#include <string.h>

enum { MAX_PARAMETERS = 64, NUMBER_TEXT_BYTES = 24, RECONNECT_US = 5 * G_USEC_PER_SEC };

typedef struct {
  StoreConn base;
  PGconn *pg;
  int process;          /* the server's for this connection; atomic, the watching thread compares it */
  GHashTable *prepared; /* StoreSql -> its name on this connection */
  guint names;          /* given so far */
  gint64 retry_us;      /* not to be reconnected before */
} PostgresConn;

typedef struct {
  StoreRows base;
  PGresult *result;
  gboolean streaming;
  int row;
  int blob_column; /* whose bytes `blob` are */
  unsigned char *blob;
  size_t blob_bytes;
} PostgresRows;

/* The values in the form of libpq. */
typedef struct {
  const char *values[MAX_PARAMETERS];
  int lengths[MAX_PARAMETERS], formats[MAX_PARAMETERS];
  char numbers[MAX_PARAMETERS][NUMBER_TEXT_BYTES];
} Parameters;

static PostgresConn *postgres_conn(StoreConn *conn) {
  return (PostgresConn *)conn;
}

#define NOT_WRITTEN "Thay đổi này chưa được ghi"

/* By the beginning of SQLSTATE, the longer first. */
static const struct {
  const char *state;
  ErrorCode error;
  StoreFate fate;
  const char *message;
} ERRORS[] = {
    {"53100", ERROR_FULL,        FATE_ALIVE,
     "Ổ đĩa của máy chủ dữ liệu đã đầy. " NOT_WRITTEN ". Hãy giải phóng chỗ rồi thử lại"          },
    {"40001", ERROR_BUSY,        FATE_AGAIN, "Kho dữ liệu đang bận. " NOT_WRITTEN ". Hãy thử lại"                   },
    {"40P01", ERROR_BUSY,        FATE_AGAIN, "Kho dữ liệu đang bận. " NOT_WRITTEN ". Hãy thử lại"                   },
    {"55P03", ERROR_BUSY,        FATE_ALIVE, "Kho dữ liệu đang bận. " NOT_WRITTEN ". Hãy thử lại"                   },
    {"57014", ERROR_BUSY,        FATE_ALIVE, "Máy chủ dữ liệu đã dừng lệnh. " NOT_WRITTEN ". Hãy thử lại"     },
    {"57P0",  ERROR_UNAVAILABLE, FATE_LOST,  "Máy chủ dữ liệu đang tắt. " NOT_WRITTEN ". Hãy thử lại"            },
    {"53",    ERROR_BUSY,        FATE_ALIVE, "Máy chủ dữ liệu quá tải. " NOT_WRITTEN ". Hãy thử lại"             },
    {"08P01", ERROR_FAILED,      FATE_ALIVE, "Kho dữ liệu báo lỗi"                                                       },
    {"23",    ERROR_CONFLICT,    FATE_ALIVE, "Dữ liệu trái với một ràng buộc của kho"                             },
    {"08",    ERROR_UNAVAILABLE, FATE_LOST,  "Mất kết nối với máy chủ dữ liệu. " NOT_WRITTEN ". Hãy thử lại"},
    {"",      ERROR_FAILED,      FATE_ALIVE, "Kho dữ liệu báo lỗi"                                                       },
};

static gsize error_row(const PostgresConn *conn, const char *state) {
  if (PQstatus(conn->pg) == CONNECTION_BAD)
    state = "08";
  gsize row = 0;
  while (!g_str_has_prefix(state, ERRORS[row].state))
    row++;
  return row;
}

static gboolean fail(PostgresConn *conn, const PGresult *result, const char *where, GError **error) {
  const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
  gsize row = error_row(conn, state ? state : "");
  const char *detail = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
  g_autofree char *line = g_strdelimit(g_strdup(detail ? detail : PQerrorMessage(conn->pg)), "\n", ' ');
  conn->base.fate = MAX(conn->base.fate, ERRORS[row].fate); /* what follows the first failure hides nothing */
  const char *message = ERRORS[row].message;
  if (conn->base.fate == FATE_LOST && conn->base.committing) {
    conn->base.fate = FATE_UNKNOWN;
    message = "Mất kết nối với máy chủ dữ liệu đúng lúc ghi: không rõ thay đổi này đã được ghi hay chưa. Hãy xem lại "
              "trước khi làm lại";
  }
  g_set_error(error, APP_ERROR, (int)ERRORS[row].error, "%s (%s: %s).", message, where, g_strchomp(line));
  return FALSE;
}

static gboolean is_good(const PGresult *result) {
  ExecStatusType status = PQresultStatus(result);
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

static gboolean postgres_in_transaction(StoreConn *conn) {
  PGTransactionStatusType status = PQtransactionStatus(postgres_conn(conn)->pg);
  return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

static const char *const SETTINGS[] = {
    [STORE_USE_READ] = "SET default_transaction_read_only = on",
    [STORE_USE_WRITE] = "SET synchronous_commit = on",
    [STORE_USE_WATCH] = "LISTEN ungcuu_change",
};

static gboolean set_up(PostgresConn *conn, GError **error) {
  g_hash_table_remove_all(conn->prepared);
  if (PQstatus(conn->pg) != CONNECTION_OK)
    return fail(conn, NULL, "connect", error);
  g_atomic_int_set(&conn->process, PQbackendPID(conn->pg));
  g_autofree char *settings =
      g_strconcat("SET client_encoding = 'UTF8'; SET standard_conforming_strings = on; SET bytea_output = 'hex';"
                  "SET jit = off; SET client_min_messages = warning; SET lock_timeout = '10s';",
                  SETTINGS[conn->base.use], NULL);
  PGresult *result = PQexec(conn->pg, settings);
  gboolean ok = is_good(result) || fail(conn, result, "connect", error);
  PQclear(result);
  if (ok)
    conn->base.fate = FATE_ALIVE;
  return ok;
}

static gboolean postgres_reconnect(StoreConn *base, GError **error) {
  PostgresConn *conn = postgres_conn(base);
  PQreset(conn->pg);
  return set_up(conn, error);
}

/* Outside a transaction nothing was done yet, so a call that only found the connection gone can be made again. */
static gboolean may_repeat(PostgresConn *conn, gboolean was_in_transaction) {
  return !was_in_transaction && conn->base.fate == FATE_LOST && postgres_reconnect(&conn->base, NULL);
}

static PGresult *checked(PostgresConn *conn, PGresult *result, const char *where, GError **error) {
  if (is_good(result))
    return result;
  fail(conn, result, where, error);
  PQclear(result);
  return NULL;
}

static gboolean postgres_execute(StoreConn *base, const char *statements, GError **error) {
  PostgresConn *conn = postgres_conn(base);
  gboolean inside = postgres_in_transaction(base);
  GError *failure = NULL;
  PGresult *result = checked(conn, PQexec(conn->pg, statements), "execute", &failure);
  if (!result && may_repeat(conn, inside)) {
    g_clear_error(&failure);
    result = checked(conn, PQexec(conn->pg, statements), "execute", &failure);
  }
  if (failure)
    g_propagate_error(error, failure);
  PQclear(result);
  return result != NULL;
}

static const char *text_of(const StoreSql *sql) {
  return sql->postgres ? sql->postgres : sql->sql;
}

static const char *name_of(const StoreSql *sql) {
  return sql->name ? sql->name : text_of(sql);
}

static const char *prepared_name(PostgresConn *conn, const StoreSql *sql, GError **error) {
  char *name = g_hash_table_lookup(conn->prepared, sql);
  if (name)
    return name;
  name = g_strdup_printf("s%u", ++conn->names);
  PGresult *result = checked(conn, PQprepare(conn->pg, name, text_of(sql), 0, NULL), name_of(sql), error);
  if (result)
    g_hash_table_insert(conn->prepared, (gpointer)sql, name);
  else
    g_clear_pointer(&name, g_free);
  PQclear(result);
  return name;
}

static gboolean postgres_prepare(StoreConn *base, const StoreSql *sql, GError **error) {
  PostgresConn *conn = postgres_conn(base);
  PGresult *result = checked(conn, PQprepare(conn->pg, "", text_of(sql), 0, NULL), name_of(sql), error);
  PQclear(result);
  return result != NULL;
}

static void parameter_set(Parameters *parameters, gsize i, const StoreValue *value) {
  const char *bytes = value->bytes ? value->bytes : "";
  parameters->formats[i] = value->type == STORE_BLOB;
  parameters->lengths[i] = (int)value->length;
  if (value->type == STORE_INT) {
    g_snprintf(parameters->numbers[i], NUMBER_TEXT_BYTES, "%" G_GINT64_FORMAT, value->number);
    bytes = parameters->numbers[i];
  }
  parameters->values[i] = value->type == STORE_NULL ? NULL : bytes;
}

static gboolean parameters_set(Parameters *parameters, const StoreSql *sql, const StoreValue *values, gsize count,
                               GError **error) {
  for (gsize i = 0; i < count && i < MAX_PARAMETERS; i++) {
    if (values[i].length > G_MAXINT32) {
      g_set_error(error, APP_ERROR, ERROR_TOO_LARGE, "Một giá trị của lệnh %s quá lớn.", name_of(sql));
      return FALSE;
    }
    parameter_set(parameters, i, &values[i]);
  }
  if (count <= MAX_PARAMETERS)
    return TRUE;
  g_set_error(error, APP_ERROR, ERROR_FAILED, "Lệnh %s có quá %d tham số.", name_of(sql), MAX_PARAMETERS);
  return FALSE;
}

static PGresult *run(PostgresConn *conn, const StoreSql *sql, const Parameters *p, gsize count, GError **error) {
  PGresult *result;
  if (sql->name) {
    const char *name = prepared_name(conn, sql, error);
    if (!name)
      return NULL;
    result = PQexecPrepared(conn->pg, name, (int)count, p->values, p->lengths, p->formats, 0);
  } else {
    result = PQexecParams(conn->pg, text_of(sql), (int)count, NULL, p->values, p->lengths, p->formats, 0);
  }
  return checked(conn, result, name_of(sql), error);
}

static StoreRows *postgres_query(StoreConn *base, const StoreSql *sql, const StoreValue *values, gsize count,
                                 GError **error) {
  PostgresConn *conn = postgres_conn(base);
  Parameters parameters;
  if (!parameters_set(&parameters, sql, values, count, error))
    return NULL;
  gboolean inside = postgres_in_transaction(base);
  if (!inside)
    base->fate = FATE_ALIVE;
  GError *failure = NULL;
  PGresult *result = run(conn, sql, &parameters, count, &failure);
  if (!result && base->use == STORE_USE_READ && may_repeat(conn, inside)) {
    g_clear_error(&failure);
    result = run(conn, sql, &parameters, count, &failure);
  }
  if (!result) {
    g_propagate_error(error, failure);
    return NULL;
  }
  PostgresRows *rows = g_new0(PostgresRows, 1);
  rows->base = (StoreRows){.conn = base, .sql = sql};
  rows->result = result;
  rows->row = -1;
  return &rows->base;
}

/* Row by row, for what does not fit in memory: nothing else can be done on the connection meanwhile. */
static StoreRows *postgres_scan(StoreConn *base, const char *sql, GError **error) {
  PostgresConn *conn = postgres_conn(base);
  if (!PQsendQuery(conn->pg, sql) || !PQsetSingleRowMode(conn->pg)) {
    fail(conn, NULL, sql, error);
    return NULL;
  }
  PostgresRows *rows = g_new0(PostgresRows, 1);
  rows->base.conn = base;
  rows->streaming = TRUE;
  return &rows->base;
}

/* An insertion is prepared again when its table comes: the name on the server stays until the connection ends. */
static void postgres_forget(StoreConn *base, const StoreSql *sql) {
  PostgresConn *conn = postgres_conn(base);
  const char *name = g_hash_table_lookup(conn->prepared, sql);
  if (!name)
    return;
  g_autofree char *deallocate = g_strdup_printf("DEALLOCATE %s", name);
  PQclear(PQexec(conn->pg, deallocate));
  g_hash_table_remove(conn->prepared, sql);
}

static void forget_blob(PostgresRows *rows) {
  PQfreemem(rows->blob);
  rows->blob = NULL;
}

static gboolean stream_step(PostgresRows *rows, GError **error) {
  PostgresConn *conn = postgres_conn(rows->base.conn);
  PQclear(rows->result);
  rows->result = PQgetResult(conn->pg);
  rows->row = 0;
  if (!rows->result)
    return FALSE;
  if (PQresultStatus(rows->result) == PGRES_SINGLE_TUPLE)
    return TRUE;
  if (!is_good(rows->result))
    fail(conn, rows->result, "scan", error);
  return FALSE;
}

static gboolean postgres_step(StoreRows *base, GError **error) {
  PostgresRows *rows = (PostgresRows *)base;
  forget_blob(rows);
  if (rows->streaming)
    return stream_step(rows, error);
  if (rows->row + 1 >= PQntuples(rows->result))
    return FALSE;
  rows->row++;
  return TRUE;
}

static void stream_end(PostgresRows *rows) {
  PQclear(rows->result);
  while ((rows->result = PQgetResult(postgres_conn(rows->base.conn)->pg)))
    PQclear(rows->result);
}

static void postgres_rows_free(StoreRows *base) {
  PostgresRows *rows = (PostgresRows *)base;
  forget_blob(rows);
  if (rows->streaming)
    stream_end(rows);
  PQclear(rows->result);
  g_free(rows);
}

static gint64 postgres_changed(const StoreRows *rows) {
  PGresult *result = ((const PostgresRows *)rows)->result;
  return g_str_has_prefix(PQcmdStatus(result), "SELECT") ? 0 : g_ascii_strtoll(PQcmdTuples(result), NULL, 10);
}

static int postgres_columns(const StoreRows *rows) {
  return PQnfields(((const PostgresRows *)rows)->result);
}

static const char *postgres_column_name(const StoreRows *rows, int column) {
  return PQfname(((const PostgresRows *)rows)->result, column);
}

/* Of pg_type.dat; fixed since the first of its releases. */
enum { OID_BOOL = 16, OID_BYTEA = 17, OID_INT8 = 20, OID_INT2 = 21, OID_INT4 = 23 };

static StoreType postgres_type(const StoreRows *base, int column) {
  const PostgresRows *rows = (const PostgresRows *)base;
  if (PQgetisnull(rows->result, rows->row, column))
    return STORE_NULL;
  switch (PQftype(rows->result, column)) {
  case OID_INT8:
  case OID_INT4:
  case OID_INT2:
  case OID_BOOL:
    return STORE_INT;
  case OID_BYTEA:
    return STORE_BLOB;
  default:
    return STORE_TEXT;
  }
}

static gint64 postgres_int(const StoreRows *base, int column) {
  const PostgresRows *rows = (const PostgresRows *)base;
  const char *text = PQgetvalue(rows->result, rows->row, column);
  if (PQftype(rows->result, column) == OID_BOOL)
    return *text == 't';
  return g_ascii_strtoll(text, NULL, 10);
}

static const char *postgres_text(const StoreRows *base, int column, gsize *out_length) {
  const PostgresRows *rows = (const PostgresRows *)base;
  *out_length = (gsize)PQgetlength(rows->result, rows->row, column);
  return PQgetisnull(rows->result, rows->row, column) ? NULL : PQgetvalue(rows->result, rows->row, column);
}

static const void *postgres_blob(const StoreRows *base, int column, gsize *out_length) {
  PostgresRows *rows = (PostgresRows *)base;
  if (postgres_type(base, column) != STORE_BLOB)
    return postgres_text(base, column, out_length);
  if (!rows->blob || rows->blob_column != column) {
    forget_blob(rows);
    rows->blob = PQunescapeBytea((unsigned char *)PQgetvalue(rows->result, rows->row, column), &rows->blob_bytes);
    if (!rows->blob)
      g_error("store: out of memory for a blob");
    rows->blob_column = column;
  }
  *out_length = rows->blob_bytes;
  return rows->blob;
}

/* Those who ask must not wait for a dead server each time. What was missed meanwhile may have been a change. */
static gboolean watch_again(PostgresConn *conn) {
  if (g_get_monotonic_time() < conn->retry_us)
    return FALSE;
  gboolean ok = postgres_reconnect(&conn->base, NULL);
  conn->retry_us = g_get_monotonic_time() + RECONNECT_US;
  return ok;
}

static gboolean postgres_changed_by_others(StoreConn *watch, StoreConn *writer) {
  PostgresConn *conn = postgres_conn(watch);
  gboolean changed = FALSE;
  if (!PQconsumeInput(conn->pg) || PQstatus(conn->pg) != CONNECTION_OK)
    return watch_again(conn);
  for (PGnotify *notice; (notice = PQnotifies(conn->pg)); PQfreemem(notice))
    changed |= notice->be_pid != g_atomic_int_get(&postgres_conn(writer)->process);
  return changed;
}

static void postgres_close(StoreConn *base) {
  PostgresConn *conn = postgres_conn(base);
  g_hash_table_destroy(conn->prepared);
  PQfinish(conn->pg);
  g_free(conn);
}

static StoreConn *postgres_open(const char *url, StoreUse use, GError **error) {
  PostgresConn *conn = g_new0(PostgresConn, 1);
  conn->base.driver = &STORE_POSTGRES;
  conn->base.use = use;
  conn->prepared = g_hash_table_new_full(NULL, NULL, NULL, g_free);
  const char *const keys[] = {"application_name", "connect_timeout", "dbname", NULL};
  const char *const values[] = {"ungcuu", "10", url, NULL};
  conn->pg = PQconnectdbParams(keys, values, 1);
  if (set_up(conn, error))
    return &conn->base;
  postgres_close(&conn->base);
  return NULL;
}

static const StoreTypeWord WORDS[] = {
    {"id",   "TEXT COLLATE \"C\""},
    {"ms",   "BIGINT"            },
    {"int",  "BIGINT"            },
    {"text", "TEXT COLLATE \"C\""},
    {"json", "TEXT COLLATE \"C\""},
    {"blob", "BYTEA"             },
    {"bool", "BIGINT"            },
    {NULL,   NULL                },
};

/* Words arrive from store_search.c: letters and digits only, so that nothing needs quoting inside the quotes. */
#define SEARCH_VECTOR                                                                                                  \
  "CREATE OR REPLACE FUNCTION search_vector(words text) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $body$"             \
  " SELECT coalesce(string_agg('''' || w || ''':' || least(i, 16383), ' '), '')::tsvector"                             \
  " FROM unnest(string_to_array(words, ' ')) WITH ORDINALITY AS t(w, i) WHERE w <> '' $body$;"

/* While tables are filled in any order, every foreign key waits for the end; then it is again as it was. */
#define LIST_FOREIGN_KEYS                                                                                              \
  "CREATE TEMPORARY TABLE waiting_key ON COMMIT DROP AS SELECT conrelid::regclass AS t, conname FROM pg_constraint"    \
  " WHERE contype = 'f' AND NOT condeferrable AND connamespace = current_schema()::regnamespace;"
#define EACH_FOREIGN_KEY(clause)                                                                                       \
  "DO $body$ DECLARE r record; BEGIN FOR r IN SELECT t, conname FROM waiting_key LOOP"                                 \
  " EXECUTE format('ALTER TABLE %s ALTER CONSTRAINT %I " clause "', r.t, r.conname); END LOOP; END $body$;"

const StoreDriver STORE_POSTGRES = {
    .begin = "BEGIN ISOLATION LEVEL SERIALIZABLE",
    .begin_snapshot = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    .commit = "NOTIFY ungcuu_change; COMMIT",
    .lock_schema = "SET lock_timeout = 0; SELECT pg_advisory_lock(hashtext('ungcuu_migration'))",
    .explain = "EXPLAIN ",
    .bootstrap =
        "CREATE TABLE IF NOT EXISTS migration (number BIGINT PRIMARY KEY, name TEXT COLLATE \"C\" NOT NULL,"
        " checksum TEXT COLLATE \"C\" NOT NULL, applied_ms BIGINT NOT NULL);"
        "CREATE TABLE IF NOT EXISTS search_row (seq BIGINT PRIMARY KEY, type TEXT COLLATE \"C\" NOT NULL,"
        " id TEXT COLLATE \"C\" NOT NULL, title TEXT COLLATE \"C\" NOT NULL,"
        " text_folded TEXT COLLATE \"C\" NOT NULL, scopes TEXT COLLATE \"C\" NOT NULL, time_ms BIGINT NOT NULL,"
        " words tsvector, UNIQUE (type, id));"
        "CREATE INDEX IF NOT EXISTS search_row_words ON search_row USING gin (words);" SEARCH_VECTOR,
    .reindex = "UPDATE search_row SET words = search_vector(text_folded || ' ' || scopes);",
    .tables = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename COLLATE \"C\"",
    .before_fill = LIST_FOREIGN_KEYS EACH_FOREIGN_KEY("DEFERRABLE") "SET CONSTRAINTS ALL DEFERRED",
    .after_fill = "SET CONSTRAINTS ALL IMMEDIATE;" EACH_FOREIGN_KEY("NOT DEFERRABLE"),
    .words = WORDS,
    .open = postgres_open,
    .close = postgres_close,
    .reconnect = postgres_reconnect,
    .execute = postgres_execute,
    .in_transaction = postgres_in_transaction,
    .changed_by_others = postgres_changed_by_others,
    .prepare = postgres_prepare,
    .query = postgres_query,
    .scan = postgres_scan,
    .forget = postgres_forget,
    .step = postgres_step,
    .rows_free = postgres_rows_free,
    .changed = postgres_changed,
    .columns = postgres_columns,
    .column_name = postgres_column_name,
    .type = postgres_type,
    .get_int = postgres_int,
    .get_text = postgres_text,
    .get_blob = postgres_blob,
};
