#include "core/job.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/id.h"
#include "core/core_sql.h"
#include <string.h>

#define LEASE_MS (10 * MINUTE_MS)
#define WAIT_MOST_MS (6 * HOUR_MS)

enum { SQL_ADD, SQL_DUE, SQL_TAKE, SQL_DONE, SQL_RETRY, SQL_NEXT, SQL_LAST };
static const StoreSql SQL[] = {
    [SQL_ADD] = {"core.job.add",
                 "INSERT INTO job (id, name, payload, state, run_at_ms, created_ms) VALUES ($1, $2, $3, 'waiting', $4, $5)",
                 NULL},
    [SQL_DUE] = {"core.job.due",
                 "SELECT id, name, payload, attempts FROM job WHERE state = 'waiting' AND run_at_ms <= $1 "
                 "AND lease_until_ms <= $1 ORDER BY run_at_ms LIMIT 1", NULL},
    [SQL_TAKE] = {"core.job.take",
                  "UPDATE job SET lease_until_ms = $2, attempts = attempts + 1 "
                  "WHERE id = $1 AND state = 'waiting' AND lease_until_ms <= $3", NULL},
    [SQL_DONE] = {"core.job.done", "UPDATE job SET state = $2, ended_ms = $3, last_error = $4 WHERE id = $1", NULL},
    [SQL_RETRY] = {"core.job.retry",
                   "UPDATE job SET run_at_ms = $2, lease_until_ms = 0, last_error = $3 WHERE id = $1", NULL},
    [SQL_NEXT] = {"core.job.next", "SELECT min(run_at_ms) FROM job WHERE state = 'waiting'", NULL},
    [SQL_LAST] = {"core.job.last", "SELECT max(run_at_ms) FROM job WHERE name = $1", NULL},
};
const StoreSqlTable job_sql = {SQL, G_N_ELEMENTS(SQL)};

static gboolean insert(StoreConn *conn, const char *name, const char *payload, gint64 run_at_ms, GError **error) {
  char id[ID_SIZE];
  id_new(id);
  return store_exec(conn, &SQL[SQL_ADD],
                    S(S_TEXT(id), S_TEXT(name), S_TEXT(payload), S_INT(run_at_ms), S_INT(clock_now_ms())), NULL, error);
}

gboolean job_add(Change *change, const char *name, json_t *payload, gint64 run_at_ms, GError **error) {
  g_autofree char *text = json_dumps(payload, JSON_COMPACT);
  json_decref(payload);
  return insert(change->conn, name, text, run_at_ms, error);
}

/* --- the clock: each repeated job has one row waiting --- */

typedef struct {
  App *app;
  gint64 now_ms;
} Schedule;

static gboolean is_due(const JobRow *row, gint64 last_ms, gint64 now_ms) {
  gint64 at_ms = day_start_ms(day_at(now_ms)) + row->daily_at_minute * MINUTE_MS;
  if (row->daily_at_minute)
    return now_ms >= at_ms && last_ms < at_ms;
  return last_ms + row->every_minutes * MINUTE_MS <= now_ms;
}

static gboolean schedule_repeated(StoreConn *conn, void *data, GError **error) {
  const Schedule *schedule = data;
  for (const Module *const *module = schedule->app->modules; *module; module++)
    for (const JobRow *row = (*module)->jobs; row && row->name; row++) {
      gint64 last = 0;
      if (!row->every_minutes && !row->daily_at_minute)
        continue;
      if (!store_get_int(conn, &SQL[SQL_LAST], S(S_TEXT(row->name)), 0, &last, error))
        return FALSE;
      if (is_due(row, last, schedule->now_ms) && !insert(conn, row->name, "{}", schedule->now_ms, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean schedule_first(StoreConn *conn, void *data, GError **error) {
  const Schedule *schedule = data;
  for (const Module *const *module = schedule->app->modules; *module; module++)
    for (const JobRow *row = (*module)->jobs; row && row->name; row++)
      if (row->at_start && !insert(conn, row->name, "{}", schedule->now_ms, error))
        return FALSE;
  return TRUE;
}

gboolean jobs_start(App *app, gint64 now_ms, GError **error) {
  Schedule schedule = {app, now_ms};
  return store_write(app->store, schedule_first, &schedule, error);
}

/* --- running --- */

typedef struct {
  char id[ID_SIZE];
  char *name, *payload;
  gint64 attempts, now_ms;
  gboolean taken;
  const char *state;
  char *error;
  gint64 retry_ms;
} Held;

static void held_clear(Held *held) {
  g_free(held->name);
  g_free(held->payload);
  g_free(held->error);
}

static gboolean take(StoreConn *conn, void *data, GError **error) {
  Held *held = data;
  gint64 changed = 0;
  gboolean good = store_exec(conn, &SQL[SQL_TAKE],
                             S(S_TEXT(held->id), S_INT(held->now_ms + LEASE_MS), S_INT(held->now_ms)), &changed, error);
  held->taken = changed == 1;
  return good;
}

static gboolean finish(StoreConn *conn, void *data, GError **error) {
  const Held *held = data;
  if (held->retry_ms)
    return store_exec(conn, &SQL[SQL_RETRY], S(S_TEXT(held->id), S_INT(held->retry_ms), S_TEXT(held->error)), NULL, error);
  return store_exec(conn, &SQL[SQL_DONE],
                    S(S_TEXT(held->id), S_TEXT(held->state), S_INT(held->now_ms), S_TEXT(held->error)), NULL, error);
}

static void run(App *app, Held *held) {
  const JobRow *row = app_find_job(app, held->name);
  json_t *payload = json_loads(held->payload, 0, NULL);
  g_autoptr(GError) failed = NULL;
  if (!row)
    g_set_error(&failed, APP_ERROR, ERROR_FAILED, "Không có việc nền tên %s.", held->name);
  else
    row->run(app, payload, &failed);
  json_decref(payload);
  held->state = failed ? "failed" : "done";
  held->error = failed ? g_strdup(failed->message) : NULL;
  if (failed && error_info(failed)->retry)
    held->retry_ms = clock_now_ms() + MIN(MINUTE_MS << MIN(held->attempts, 9), WAIT_MOST_MS);
}

static gboolean find_due(App *app, gint64 now_ms, Held *out_held, gboolean *out_found, GError **error) {
  StoreConn *conn = store_read(app->store, error);
  g_autoptr(StoreRows) rows = conn ? store_query(conn, &SQL[SQL_DUE], S(S_INT(now_ms)), error) : NULL;
  if (!rows)
    return FALSE;
  *out_found = store_step(rows, error);
  if (!*out_found)
    return !error || !*error;
  *out_held = (Held){.name = g_strdup(store_text(rows, 1)),
                     .payload = g_strdup(store_text(rows, 2)),
                     .attempts = store_int(rows, 3),
                     .now_ms = now_ms};
  g_strlcpy(out_held->id, store_text(rows, 0), sizeof out_held->id);
  return TRUE;
}

static gboolean run_next(App *app, gint64 now_ms, gboolean *out_found, GError **error) {
  Held held = {0};
  if (!find_due(app, now_ms, &held, out_found, error))
    return FALSE;
  if (!*out_found)
    return TRUE;
  gboolean good = store_write(app->store, take, &held, error);
  if (good && held.taken) {
    run(app, &held);
    good = store_write(app->store, finish, &held, error);
  }
  held_clear(&held);
  return good;
}

gboolean jobs_run_due(App *app, gint64 now_ms, gint64 *out_next_ms, GError **error) {
  Schedule schedule = {app, now_ms};
  gboolean found = TRUE;
  if (!store_write(app->store, schedule_repeated, &schedule, error))
    return FALSE;
  while (found)
    if (!run_next(app, now_ms, &found, error))
      return FALSE;
  StoreConn *conn = store_read(app->store, error);
  return conn && store_get_int(conn, &SQL[SQL_NEXT], S0, 0, out_next_ms, error);
}
