/* The keeper: what the collector tells the store of records and learns from it. Nothing of it holds up the other threads. */
#include "base/clock.h"
#include "base/date.h"
#include "core/setting.h"
#include "module/collect/collect_keep.h"
#include "module/collect/collector.h"
#include "module/collect/collect_silent.h"
#include <string.h>

enum { STEP_US = 500 * 1000, FLUSH_MS = 5000, SEEN_MS = 30000, EXPIRE_MS = 3600 * 1000, STRANGER_DAYS = 30 };

/* --- tasks --- */

void keep_task_free(KeepTask *task) {
  g_free((char *)(gintptr)task->segment.name);
  g_free((char *)(gintptr)task->segment.sha256);
  g_array_unref(task->numbers);
  g_free(task);
}

KeepTask *keep_task_seal(const SegmentInfo *info, GHashTable *numbers) {
  KeepTask *task = g_new0(KeepTask, 1);
  GHashTableIter iter;
  gpointer key;
  task->segment = (SegmentRow){.name = g_path_get_basename(info->path),
                               .sha256 = g_strdup(info->sha256),
                               .records = (gint64)info->records,
                               .raw_bytes = (gint64)info->raw_bytes,
                               .stored_bytes = (gint64)(info->stored_bytes + info->index_bytes),
                               .first_ms = info->first_ms,
                               .last_ms = info->last_ms,
                               .sealed_ms = clock_now_ms()};
  task->numbers = g_array_new(FALSE, FALSE, sizeof(guint32));
  g_hash_table_iter_init(&iter, numbers);
  while (g_hash_table_iter_next(&iter, &key, NULL)) {
    guint32 number = GPOINTER_TO_UINT(key);
    g_array_append_val(task->numbers, number);
  }
  return task;
}

/* What fails is tried again in the next round, in order. */
static void run_tasks(Collector *c) {
  KeepTask *task;
  while ((task = g_async_queue_try_pop(c->to_keep))) {
    g_autoptr(GError) error = NULL;
    if (collect_seal(c->app, &task->segment, (const guint32 *)(gpointer)task->numbers->data, task->numbers->len, &error)) {
      keep_task_free(task);
      continue;
    }
    g_warning("niêm phong nhật ký: %s", error->message);
    g_async_queue_push_front(c->to_keep, task);
    return;
  }
}

/* --- the counters of each source --- */

/* What the store has, and where the counters of this process stood when it was written. */
typedef struct {
  Source *source;
  SourceState state;
  guint64 received, stored, dropped, bytes, flushed_stored;
  gint64 silent_from_ms; /* silence counts from then at the earliest */
  char *line, *trouble;
} Kept;

typedef struct {
  Collector *c;
  GHashTable *kept; /* number -> Kept */
  GHashTable *rows; /* number -> silent_minutes */
  guint64 change_counter;
  gint64 flushed_ms, seen_ms, expired_ms, settings_ms;
  gboolean started;
} Keeper;

static void kept_free(gpointer data) {
  Kept *kept = data;
  g_free(kept->line);
  g_free(kept->trouble);
  g_free(kept);
}

static guint64 count_of(const guint64 *counter) {
  return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

static gint64 ms_of(const gint64 *moment) {
  return __atomic_load_n(moment, __ATOMIC_RELAXED);
}

/* Moves what this process counted into the sums. TRUE: something has changed. */
static gboolean take_counters(Kept *kept, gint64 span_ms) {
  Source *source = kept->source;
  guint64 received = count_of(&source->received), stored = count_of(&source->stored), dropped = count_of(&source->dropped),
          bytes = count_of(&source->received_bytes);
  SourceState before = kept->state, *state = &kept->state;
  g_autofree char *old_trouble = g_steal_pointer(&kept->trouble);
  guint64 fresh = stored - kept->stored;
  state->received += (gint64)(received - kept->received);
  state->stored += (gint64)fresh;
  state->dropped += (gint64)(dropped - kept->dropped);
  state->bytes += (gint64)(bytes - kept->bytes);
  kept->received = received, kept->stored = stored, kept->dropped = dropped, kept->bytes = bytes;
  gint64 now_rate = (gint64)fresh * 60000 / MAX(span_ms, 1);
  state->a_minute = fresh || state->a_minute > 1 ? (state->a_minute + now_rate) / 2 : 0;
  if (fresh) {
    state->last_ms = ms_of(&source->last_ms);
    state->first_ms = state->first_ms ? state->first_ms : state->last_ms;
    state->lag_ms = ms_of(&source->lag_ms);
    state->skew_known = __atomic_load_n(&source->skew_known, __ATOMIC_RELAXED);
    state->skew_ms = ms_of(&source->skew_ms);
  }
  g_mutex_lock(&source->lock);
  if (fresh) {
    g_free(kept->line);
    kept->line = g_strdup(source->line);
  }
  kept->trouble = source->trouble[0] ? g_strdup(source->trouble) : NULL;
  g_mutex_unlock(&source->lock);
  state->last_line = kept->line;
  state->trouble = kept->trouble;
  return fresh || state->received != before.received || state->dropped != before.dropped || state->a_minute != before.a_minute ||
         g_strcmp0(old_trouble, kept->trouble) != 0;
}

/* --- writing --- */

typedef struct {
  Keeper *k;
  GPtrArray *changed;   /* Kept */
  GPtrArray *strangers; /* Stranger */
  char *state;
  gint64 now_ms;
} Flush;

static gboolean write_flush(StoreConn *conn, void *data, GError **error) {
  const Flush *flush = data;
  for (guint i = 0; i < flush->changed->len; i++) {
    const Kept *kept = flush->changed->pdata[i];
    if (!source_store_state(conn, kept->source->row.id, &kept->state, error))
      return FALSE;
  }
  for (guint i = 0; i < flush->strangers->len; i++) {
    const Stranger *one = flush->strangers->pdata[i];
    StrangerRow row = {one->address, one->host, one->sample, (gint64)one->count, one->last_ms, one->last_ms};
    if (!stranger_store_add(conn, &row, error))
      return FALSE;
  }
  return collector_store_put(conn, flush->now_ms, flush->state, error) &&
         stranger_store_trim(conn, flush->now_ms - STRANGER_DAYS * DAY_MS, error);
}

char *collector_state(Collector *c) {
  g_mutex_lock(&c->trouble_lock);
  json_t *state = json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "disk", c->disk_trouble, "listen", c->listen_trouble,
                            "started_ms", (json_int_t)c->started_ms, "stored", (json_int_t)count_of(&c->stored), "udp_received", (json_int_t)count_of(&c->udp_received), "udp_dropped",
                            (json_int_t)count_of(&c->udp_dropped), "kernel_dropped", (json_int_t)count_of(&c->kernel_dropped), "refused",
                            (json_int_t)count_of(&c->refused), "unlooked", (json_int_t)count_of(&c->unlooked), "look_lag_ms",
                            (json_int_t)count_of(&c->look_lag_ms), "commit_ms", (json_int_t)count_of(&c->commit_ms));
  g_mutex_unlock(&c->trouble_lock);
  char *text = json_dumps(state, JSON_COMPACT | JSON_SORT_KEYS);
  json_decref(state);
  return text;
}

static void take_strangers(Collector *c, GPtrArray *into) {
  GHashTableIter iter;
  gpointer value;
  g_mutex_lock(&c->strangers_lock);
  g_hash_table_iter_init(&iter, c->strangers);
  while (g_hash_table_iter_next(&iter, NULL, &value))
    g_ptr_array_add(into, g_memdup2(value, sizeof(Stranger)));
  g_hash_table_remove_all(c->strangers);
  g_mutex_unlock(&c->strangers_lock);
}

static void flush(Keeper *k, gint64 now_ms) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) changed = g_ptr_array_new(), strangers = g_ptr_array_new_with_free_func(g_free);
  gint64 span = k->flushed_ms ? now_ms - k->flushed_ms : FLUSH_MS;
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init(&iter, k->kept);
  while (g_hash_table_iter_next(&iter, NULL, &value))
    if (take_counters(value, span))
      g_ptr_array_add(changed, value);
  take_strangers(k->c, strangers);
  g_autofree char *state = collector_state(k->c);
  Flush data = {k, changed, strangers, state, now_ms};
  k->flushed_ms = now_ms;
  if (!changed->len && !strangers->len && now_ms - k->seen_ms < SEEN_MS)
    return;
  if (store_write(k->c->app->store, write_flush, &data, &error))
    k->seen_ms = now_ms;
  else
    g_warning("trạng thái nguồn nhật ký: %s", error->message);
}

/* --- learning --- */

typedef struct {
  Keeper *k;
  GPtrArray *rows;
} Learn;

static void row_free(gpointer data) {
  SourceRow *row = data;
  char *texts[] = {(char *)(gintptr)row->id, (char *)(gintptr)row->body_id, (char *)(gintptr)row->system_id, (char *)(gintptr)row->name,
                   (char *)(gintptr)row->kind, (char *)(gintptr)row->way, (char *)(gintptr)row->address, (char *)(gintptr)row->host,
                   (char *)(gintptr)row->path, (char *)(gintptr)row->format};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(texts[i]);
  g_free(row);
}

static gboolean learn_row(const SourceRow *row, const SourceState *state, void *data) {
  Learn *learn = data;
  SourceRow *copy = g_memdup2(row, sizeof *row);
  const char **texts[] = {&copy->id, &copy->body_id, &copy->system_id, &copy->name, &copy->kind, &copy->way, &copy->address, &copy->host, &copy->path, &copy->format};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    *texts[i] = g_strdup(*texts[i]);
  g_ptr_array_add(learn->rows, copy);
  gpointer key = GUINT_TO_POINTER((guint32)row->number);
  Kept *kept = g_hash_table_lookup(learn->k->kept, key);
  if (!kept && !(kept = g_hash_table_lookup(learn->k->rows, key))) {
    kept = g_new0(Kept, 1);
    kept->state = *state;
    kept->state.a_minute = 0;
    kept->line = g_strdup(state->last_line);
    kept->state.last_line = kept->line;
    kept->state.trouble = NULL;
    kept->silent_from_ms = MAX(learn->k->c->started_ms, row->created_ms);
    g_hash_table_insert(learn->k->rows, key, kept);
  }
  return TRUE;
}

static void learn(Keeper *k) {
  g_autoptr(GError) error = NULL;
  guint64 counter = store_change_counter(k->c->app->store);
  Learn data = {k, g_ptr_array_new_with_free_func(row_free)};
  StoreConn *conn = counter == k->change_counter && k->started ? NULL : store_read(k->c->app->store, &error);
  gboolean good = conn && source_store_list(conn, NULL, -1, NULL, 0, learn_row, &data, &error);
  if (error)
    g_warning("nguồn nhật ký: %s", error->message);
  if (!good) {
    g_ptr_array_unref(data.rows);
    return;
  }
  k->change_counter = counter;
  k->started = TRUE;
  g_async_queue_push(k->c->rows, data.rows);
  collector_wake(k->c);
}

/* The thread `main` makes the sources; here they are joined with what is kept of them. */
static void join_sources(Keeper *k) {
  GHashTableIter iter;
  gpointer key, value;
  g_hash_table_iter_init(&iter, k->rows);
  while (g_hash_table_iter_next(&iter, &key, &value)) {
    Kept *kept = value;
    g_mutex_lock(&k->c->sources_lock);
    kept->source = g_hash_table_lookup(k->c->by_number, key);
    g_mutex_unlock(&k->c->sources_lock);
    if (!kept->source)
      continue;
    g_hash_table_insert(k->kept, key, kept);
    g_hash_table_iter_steal(&iter);
  }
}

/* --- silence --- */

static void watch_silence(Keeper *k, gint64 now_ms) {
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init(&iter, k->kept);
  while (g_hash_table_iter_next(&iter, NULL, &value)) {
    g_autoptr(GError) error = NULL;
    Kept *kept = value;
    gint64 minutes = __atomic_load_n(&kept->source->silent_minutes, __ATOMIC_ACQUIRE);
    gint64 since = MAX(MAX(kept->state.last_ms, ms_of(&kept->source->last_ms)), kept->silent_from_ms);
    gboolean silent = minutes && now_ms - since > minutes * MINUTE_MS;
    if (silent == (kept->state.silent_ms != 0))
      continue;
    if (collect_tell_silence(k->c->app, kept->source->row.id, silent ? since : 0, &error))
      kept->state.silent_ms = silent ? since : 0;
    else
      g_warning("nguồn nhật ký im lặng: %s", error->message);
  }
}

/* --- the thread --- */

static void keeper_round(Keeper *k) {
  gint64 now = clock_now_ms();
  run_tasks(k->c);
  learn(k);
  join_sources(k);
  watch_silence(k, now);
  if (now - k->flushed_ms >= FLUSH_MS || !k->flushed_ms)
    flush(k, now);
  if (now - k->settings_ms >= FLUSH_MS) {
    k->settings_ms = now;
    settings_refresh(k->c->app, NULL);
  }
  if (now - k->expired_ms >= EXPIRE_MS) {
    k->expired_ms = now;
    g_async_queue_push(k->c->to_write, &k->c->expire);
  }
}

gpointer keeper_run(gpointer data) {
  Keeper k = {.c = data};
  k.kept = g_hash_table_new_full(NULL, NULL, NULL, kept_free);
  k.rows = g_hash_table_new_full(NULL, NULL, NULL, kept_free);
  while (!__atomic_load_n(&k.c->ended, __ATOMIC_ACQUIRE)) {
    keeper_round(&k);
    g_usleep(STEP_US / 5);
  }
  run_tasks(k.c);
  flush(&k, clock_now_ms());
  g_hash_table_unref(k.kept);
  g_hash_table_unref(k.rows);
  return NULL;
}
