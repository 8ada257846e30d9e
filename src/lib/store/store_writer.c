/* The writer thread: takes all that waits, runs it in one transaction with a savepoint each, commits, answers. */
#include "lib/store/store_driver.h"

enum { ATTEMPTS = 25, LOST_ATTEMPTS = 2, BACKOFF_US = 4000 };

typedef struct {
  StoreWriteFunc func;
  void *data;
  gboolean ok, done;
  GError *error;
  GCond answered;
} Job;

struct StoreWriter {
  Store *store;
  StoreConn *conn;
  GThread *thread;
  GMutex lock;
  GCond wake;
  GPtrArray *waiting; /* of Job */
  gboolean ending;
};

static void job_set(Job *job, gboolean ok, GError *error) {
  g_clear_error(&job->error);
  job->ok = ok;
  job->error = error;
}

static gboolean job_call(StoreConn *conn, Job *job, GError **error) {
  conn->failed = FALSE;
  gboolean ok = job->func(conn, job->data, error);
  if (conn->open_rows)
    g_critical("store: %d rows were left open by a writing function", conn->open_rows);
  if (ok && conn->failed) {
    g_set_error_literal(error, APP_ERROR, ERROR_FAILED,
                        "Một lệnh ghi đã hỏng giữa chừng; thay đổi này không được ghi.");
    return FALSE;
  }
  if (!ok && error && !*error)
    g_set_error_literal(error, APP_ERROR, ERROR_FAILED, "Thay đổi này không được ghi.");
  return ok;
}

/* A job alone needs no savepoint: the transaction is its own. */
static gboolean job_run(StoreConn *conn, Job *job, gboolean alone) {
  GError *error = NULL;
  if (!alone && !conn->driver->execute(conn, "SAVEPOINT job", &error)) {
    job_set(job, FALSE, error);
    return FALSE;
  }
  gboolean ok = job_call(conn, job, &error);
  job_set(job, ok, error);
  if (conn->fate != FATE_ALIVE)
    return FALSE;
  if (alone)
    return ok;
  return conn->driver->execute(conn, ok ? "RELEASE SAVEPOINT job" : "ROLLBACK TO SAVEPOINT job; RELEASE SAVEPOINT job",
                               NULL);
}

static gboolean any_ok(GPtrArray *jobs) {
  for (guint i = 0; i < jobs->len; i++)
    if (((Job *)jobs->pdata[i])->ok)
      return TRUE;
  return FALSE;
}

/* FALSE: the transaction as a whole came to nothing; *out_error tells why where no job does. */
static gboolean group_try(StoreWriter *writer, GPtrArray *jobs, GError **out_error) {
  StoreConn *conn = writer->conn;
  if (!store_begin(conn, out_error)) {
    if (conn->fate == FATE_GONE) /* running apart would only wait as long again */
      conn->fate = FATE_ALIVE;
    return FALSE;
  }
  gboolean alive = TRUE;
  for (guint i = 0; alive && i < jobs->len; i++)
    alive = job_run(conn, jobs->pdata[i], jobs->len == 1);
  if (jobs->len == 1)
    alive = conn->fate == FATE_ALIVE;
  if (!alive || !any_ok(jobs)) {
    store_rollback(conn);
    return alive;
  }
  if (store_commit(conn, out_error))
    return TRUE;
  if (conn->fate == FATE_ALIVE)
    conn->fate = FATE_GONE;
  store_rollback(conn);
  return FALSE;
}

static gboolean again(StoreConn *conn, int attempt) {
  if (conn->fate == FATE_LOST)
    return attempt < LOST_ATTEMPTS && conn->driver->reconnect(conn, NULL);
  if (conn->fate != FATE_AGAIN || attempt >= ATTEMPTS)
    return FALSE;
  g_usleep((gulong)g_random_int_range(1, BACKOFF_US * attempt));
  return TRUE;
}

static void group_fail(GPtrArray *jobs, const GError *error) {
  for (guint i = 0; i < jobs->len; i++) {
    Job *job = jobs->pdata[i];
    if (error)
      job_set(job, FALSE, g_error_copy(error));
    else if (job->ok || !job->error)
      job_set(job, FALSE, g_error_new_literal(APP_ERROR, ERROR_FAILED, "Thay đổi này không được ghi."));
  }
}

static void group_run(StoreWriter *writer, GPtrArray *jobs);

/* One job can take the whole transaction down (a full disk). Alone, each gets its own answer. */
static void group_run_apart(StoreWriter *writer, GPtrArray *jobs) {
  for (guint i = 0; i < jobs->len; i++) {
    g_autoptr(GPtrArray) one = g_ptr_array_new();
    g_ptr_array_add(one, jobs->pdata[i]);
    group_run(writer, one);
  }
}

static void group_run(StoreWriter *writer, GPtrArray *jobs) {
  StoreConn *conn = writer->conn;
  g_autoptr(GError) error = NULL;
  for (int attempt = 1;; attempt++) {
    g_clear_error(&error);
    if (group_try(writer, jobs, &error)) {
      if (any_ok(jobs))
        store_note_commit(writer->store);
      return;
    }
    if (!again(conn, attempt))
      break;
  }
  if (jobs->len > 1 && (conn->fate == FATE_GONE || conn->fate == FATE_AGAIN))
    group_run_apart(writer, jobs);
  else
    group_fail(jobs, error);
}

static GPtrArray *take_waiting(StoreWriter *writer) {
  g_mutex_lock(&writer->lock);
  while (!writer->waiting->len && !writer->ending)
    g_cond_wait(&writer->wake, &writer->lock);
  GPtrArray *jobs = NULL;
  if (writer->waiting->len) {
    jobs = writer->waiting;
    writer->waiting = g_ptr_array_new();
  }
  g_mutex_unlock(&writer->lock);
  return jobs;
}

static void answer(StoreWriter *writer, GPtrArray *jobs) {
  g_mutex_lock(&writer->lock);
  for (guint i = 0; i < jobs->len; i++) {
    Job *job = jobs->pdata[i];
    job->done = TRUE;
    g_cond_signal(&job->answered);
  }
  g_mutex_unlock(&writer->lock);
  g_ptr_array_free(jobs, TRUE);
}

static gpointer writer_main(gpointer data) {
  StoreWriter *writer = data;
  GPtrArray *jobs;
  while ((jobs = take_waiting(writer))) {
    group_run(writer, jobs);
    answer(writer, jobs);
  }
  return NULL;
}

StoreWriter *store_writer_start(Store *store, StoreConn *conn) {
  StoreWriter *writer = g_new0(StoreWriter, 1);
  writer->store = store;
  writer->conn = conn;
  writer->waiting = g_ptr_array_new();
  g_mutex_init(&writer->lock);
  g_cond_init(&writer->wake);
  writer->thread = g_thread_new("store-writer", writer_main, writer);
  return writer;
}

void store_writer_stop(StoreWriter *writer) {
  g_mutex_lock(&writer->lock);
  writer->ending = TRUE;
  g_cond_signal(&writer->wake);
  g_mutex_unlock(&writer->lock);
  g_thread_join(writer->thread);
  store_disconnect(writer->conn);
  g_ptr_array_free(writer->waiting, TRUE);
  g_mutex_clear(&writer->lock);
  g_cond_clear(&writer->wake);
  g_free(writer);
}

StoreConn *store_writer_conn(StoreWriter *writer) {
  return writer->conn;
}

gboolean store_write(Store *store, StoreWriteFunc func, void *data, GError **error) {
  StoreWriter *writer = store->writer;
  if (g_thread_self() == writer->thread) {
    g_set_error_literal(error, APP_ERROR, ERROR_FAILED, "store_write() được gọi từ trong một hàm ghi.");
    return FALSE;
  }
  Job job = {.func = func, .data = data};
  g_cond_init(&job.answered);
  g_mutex_lock(&writer->lock);
  g_ptr_array_add(writer->waiting, &job);
  g_cond_signal(&writer->wake);
  while (!job.done)
    g_cond_wait(&job.answered, &writer->lock);
  g_mutex_unlock(&writer->lock);
  g_cond_clear(&job.answered);
  if (job.error)
    g_propagate_error(error, job.error);
  return job.ok;
}
