/* The thread that takes bytes in: sources, batches, the loop. */
#include "module/collect/collector.h"
#include "base/clock.h"
#include "base/date.h"
#include "core/setting.h"
#include "module/collect/collect_kind.h"
#include "module/collect/collect_lock.h"
#include "module/collect/collect_place.h"
#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { EVENTS = 64, ROUND_MS = 200, END_MS = 5000, STRANGERS = 500, REFRESH_US = 5 * G_USEC_PER_SEC };

/* --- lines --- */

void line_shown(char out[LINE_SHOWN + 1], const char *bytes, gsize size) {
  g_autofree char *valid = g_utf8_make_valid(bytes, (gssize)MIN(size, LINE_SHOWN / 2));
  gsize length = MIN(strlen(valid), LINE_SHOWN);
  while (length && (valid[length] & 0xC0) == 0x80)
    length--;
  for (gsize i = 0; i < length; i++)
    out[i] = (guchar)valid[i] < 0x20 || valid[i] == 0x7f ? ' ' : valid[i];
  out[length] = '\0';
}

/* --- the table of sources --- */

static void clear_senders(Collector *c) {
  GHashTableIter iter;
  gpointer value;
  g_hash_table_remove_all(c->by_sender);
  g_ptr_array_set_size(c->any_sender, 0);
  g_hash_table_iter_init(&iter, c->by_number);
  while (g_hash_table_iter_next(&iter, NULL, &value)) {
    Source *source = value;
    if (source->here && source->prefix < 0 && source->row.host)
      g_ptr_array_add(c->any_sender, source);
  }
}

/* Once for each sender: those whose network holds it. */
static GPtrArray *sender_sources(Collector *c, const Address *sender) {
  GPtrArray *found = g_hash_table_lookup(c->by_sender, sender);
  GHashTableIter iter;
  gpointer value;
  if (found)
    return found;
  if (g_hash_table_size(c->by_sender) > 10000) /* forged addresses must not fill the memory */
    g_hash_table_remove_all(c->by_sender);
  found = g_ptr_array_new();
  g_hash_table_iter_init(&iter, c->by_number);
  while (g_hash_table_iter_next(&iter, NULL, &value)) {
    Source *source = value;
    if (source->here && source->prefix >= 0 && address_within(sender, &source->network, source->prefix))
      g_ptr_array_add(found, source);
  }
  g_hash_table_insert(c->by_sender, g_memdup2(sender, sizeof *sender), found);
  return found;
}

static gboolean host_is(const Source *source, const char *host, gsize size) {
  return source->row.host && strlen(source->row.host) == size && g_ascii_strncasecmp(source->row.host, host, size) == 0;
}

/* One that names the host before one that takes any; the narrower network before the wider. */
Source *collector_source_of(Collector *c, const Address *sender, const char *host, gsize host_size) {
  const GPtrArray *found = sender_sources(c, sender);
  Source *best = NULL;
  for (guint i = 0; i < found->len; i++) {
    Source *source = found->pdata[i];
    if (source->row.host && (!host_size || !host_is(source, host, host_size)))
      continue;
    if (!best || (source->row.host && !best->row.host) || (!source->row.host == !best->row.host && source->prefix > best->prefix))
      best = source;
  }
  for (guint i = 0; !best && host_size && i < c->any_sender->len; i++)
    if (host_is(c->any_sender->pdata[i], host, host_size))
      best = c->any_sender->pdata[i];
  return best;
}

Source *collector_source(Collector *c, guint32 number) {
  Source *source = g_hash_table_lookup(c->by_number, GUINT_TO_POINTER(number));
  return source && source->here ? source : NULL;
}

static void take_texts(SourceRow *into, const SourceRow *from) {
  const char **mine[] = {&into->id, &into->body_id, &into->system_id, &into->name, &into->kind, &into->way, &into->address, &into->host, &into->path, &into->format};
  const char *const theirs[] = {from->id, from->body_id, from->system_id, from->name, from->kind, from->way, from->address, from->host, from->path, from->format};
  *into = *from;
  for (gsize i = 0; i < G_N_ELEMENTS(mine); i++)
    *mine[i] = g_intern_string(theirs[i]); /* few, and they may be told to sinks for ever */
}

static void take_row(Collector *c, const SourceRow *row) {
  Source *source = g_hash_table_lookup(c->by_number, GUINT_TO_POINTER((guint32)row->number));
  if (!source) {
    source = g_new0(Source, 1);
    source->number = (guint32)row->number;
    g_mutex_init(&source->lock);
    g_mutex_lock(&c->sources_lock);
    g_hash_table_insert(c->by_number, GUINT_TO_POINTER(source->number), source);
    g_mutex_unlock(&c->sources_lock);
  }
  const CollectKind *kind = collect_kind(row->kind);
  take_texts(&source->row, row);
  source->here = !row->stopped_ms;
  source->prefix = -1;
  if (row->address && !address_parse(row->address, &source->network, &source->prefix))
    source->here = FALSE;
  CollectSource *told = g_new(CollectSource, 1);
  g_ptr_array_add(c->told, told);
  *told = (CollectSource){source->number, source->row.id, source->row.name, source->row.body_id, source->row.system_id, source->row.kind,
                          kind ? kind->product : NULL, kind ? kind->service : NULL};
  __atomic_store_n(&source->told, told, __ATOMIC_RELEASE);
  __atomic_store_n(&source->format, (int)collect_format(row->format), __ATOMIC_RELEASE);
  __atomic_store_n(&source->offset_minutes, (int)row->offset_minutes, __ATOMIC_RELEASE);
  __atomic_store_n(&source->silent_minutes, row->stopped_ms ? 0 : row->silent_minutes, __ATOMIC_RELEASE);
}

/* The keeper read the table anew. */
static void take_rows(Collector *c, GPtrArray *rows) {
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init(&iter, c->by_number);
  while (g_hash_table_iter_next(&iter, NULL, &value))
    ((Source *)value)->here = FALSE;
  for (guint i = 0; i < rows->len; i++)
    take_row(c, rows->pdata[i]);
  clear_senders(c);
  g_ptr_array_unref(rows);
}

void collector_stranger(Collector *c, const Address *sender, const char *host, gsize host_size, const char *bytes, gsize size) {
  char address[INET6_ADDRSTRLEN], name[LINE_SHOWN + 1];
  address_write(sender, address);
  line_shown(name, host, MIN(host_size, 120));
  g_autofree char *key = g_strdup_printf("%s %s", address, name);
  __atomic_add_fetch(&c->refused, 1, __ATOMIC_RELAXED);
  g_mutex_lock(&c->strangers_lock);
  Stranger *stranger = g_hash_table_lookup(c->strangers, key);
  if (!stranger && g_hash_table_size(c->strangers) < STRANGERS) {
    stranger = g_new0(Stranger, 1);
    g_strlcpy(stranger->address, address, sizeof stranger->address);
    g_strlcpy(stranger->host, name, sizeof stranger->host);
    g_hash_table_insert(c->strangers, g_steal_pointer(&key), stranger);
  }
  if (stranger) {
    if (!stranger->count)
      line_shown(stranger->sample, bytes, size);
    stranger->count++;
    stranger->last_ms = clock_now_ms();
  }
  g_mutex_unlock(&c->strangers_lock);
}

/* --- batches --- */

static Batch *batch_new(void) {
  Batch *batch = g_new0(Batch, 1);
  batch->bytes = g_malloc(BATCH_BYTES);
  batch->records = g_new(LogRecord, BATCH_RECORDS);
  batch->sources = g_new(Source *, BATCH_RECORDS);
  batch->places = g_ptr_array_new_with_free_func(place_free);
  return batch;
}

static void batch_free(gpointer data) {
  Batch *batch = data;
  g_ptr_array_unref(batch->places);
  g_free(batch->bytes);
  g_free(batch->records);
  g_free(batch->sources);
  g_free(batch);
}

static void batch_clear(Collector *c, Batch *batch) {
  g_ptr_array_set_size(batch->places, 0);
  batch->used = batch->count = batch->written = batch->safe = 0;
  batch->opened_us = 0;
  batch->number = ++c->next_batch;
}

/* Detection is that far behind: what is safe on the disk makes room for what is not yet. */
static Batch *take_unlooked(Collector *c) {
  Batch *batch = g_async_queue_try_pop(c->to_look);
  if (batch)
    __atomic_add_fetch(&c->unlooked, batch->count, __ATOMIC_RELAXED);
  return batch;
}

static void batch_close(Collector *c) {
  if (!c->open || (!c->open->count && !c->open->places->len))
    return;
  c->closed = c->open->number;
  g_ptr_array_add(c->in_flight, c->open);
  g_async_queue_push(c->to_write, c->open);
  c->open = NULL;
}

static gboolean batch_open(Collector *c, gboolean urgent) {
  if (c->open)
    return TRUE;
  if (c->free->len)
    c->open = g_ptr_array_steal_index_fast(c->free, c->free->len - 1);
  else if (urgent)
    c->open = take_unlooked(c);
  if (c->open)
    batch_clear(c, c->open);
  return c->open != NULL;
}

guint64 collector_last_batch(const Collector *c) {
  return c->open && (c->open->count || c->open->places->len) ? c->open->number : c->closed;
}

guint listeners_free_batches(const Collector *c) {
  return c->free->len + (c->open ? 1 : 0);
}

static gint64 oldest_us(const Collector *c) {
  guint64 committed = __atomic_load_n(&c->committed, __ATOMIC_ACQUIRE);
  for (guint i = 0; i < c->in_flight->len; i++) {
    const Batch *batch = c->in_flight->pdata[i];
    if (batch->number > committed && batch->opened_us)
      return batch->opened_us;
  }
  return c->open ? c->open->opened_us : 0;
}

gboolean collector_may_take(Collector *c) {
  gint64 oldest = oldest_us(c);
  if (oldest && g_get_monotonic_time() - oldest > HOLD_MS * 1000)
    return FALSE;
  return c->free->len > 1 || (c->open && c->free->len);
}

gboolean collector_take(Collector *c, Source *source, const char *bytes, gsize size) {
  size = MIN(size, RECORD_BYTES_MAX);
  if (c->open && (c->open->used + size > BATCH_BYTES || c->open->count == BATCH_RECORDS))
    batch_close(c);
  if (!batch_open(c, TRUE))
    return FALSE;
  Batch *batch = c->open;
  if (!batch->opened_us)
    batch->opened_us = g_get_monotonic_time();
  memcpy(batch->bytes + batch->used, bytes, size);
  batch->sources[batch->count] = source;
  batch->records[batch->count++] = (LogRecord){{batch->bytes + batch->used, size}, clock_now_ms(), EVENT_NO_TIME, source->number};
  batch->used += size;
  __atomic_add_fetch(&source->received, 1, __ATOMIC_RELAXED);
  __atomic_add_fetch(&source->received_bytes, size, __ATOMIC_RELAXED);
  return TRUE;
}

void collector_add_place(Collector *c, FilePlace *place) {
  if (!batch_open(c, TRUE)) {
    place_free(place);
    return;
  }
  if (!c->open->opened_us)
    c->open->opened_us = g_get_monotonic_time();
  g_ptr_array_add(c->open->places, place);
}

static void take_done(Collector *c) {
  Batch *batch;
  guint64 committed = __atomic_load_n(&c->committed, __ATOMIC_ACQUIRE);
  for (guint i = c->in_flight->len; i > 0; i--)
    if (((Batch *)c->in_flight->pdata[i - 1])->number <= committed)
      g_ptr_array_remove_index(c->in_flight, i - 1);
  while ((batch = g_async_queue_try_pop(c->done)))
    g_ptr_array_add(c->free, batch);
}

/* --- the loop --- */

void collector_watch(Collector *c, Watch *watch, guint32 events) {
  struct epoll_event event = {.events = events, .data.ptr = watch};
  epoll_ctl(c->epoll, EPOLL_CTL_ADD, watch->fd, &event);
}

void collector_unwatch(Collector *c, Watch *watch) {
  epoll_ctl(c->epoll, EPOLL_CTL_DEL, watch->fd, NULL);
}

void collector_wake(Collector *c) {
  guint64 one = 1;
  (void)!write(c->wake, &one, sizeof one);
}

static void woken(Collector *c, Watch *watch) {
  guint64 count;
  GPtrArray *rows;
  (void)!read(watch->fd, &count, sizeof count);
  take_done(c);
  while ((rows = g_async_queue_try_pop(c->rows)))
    take_rows(c, rows);
}

static void told_to_end(Collector *c, Watch *watch) {
  (void)watch;
  __atomic_store_n(&c->ending, TRUE, __ATOMIC_RELEASE);
}

/* How long the loop may sleep: until the open batch is due. */
static int pause_ms(const Collector *c) {
  if (follow_wants_turn(c->follow) && c->free->len)
    return 0;
  if (!c->open || !c->open->opened_us)
    return ROUND_MS;
  gint64 age = (g_get_monotonic_time() - c->open->opened_us) / 1000;
  return age >= COMMIT_MS ? (c->in_flight->len ? ROUND_MS : 0) : (int)(COMMIT_MS - age);
}

static void close_when_due(Collector *c) {
  guint64 committed = __atomic_load_n(&c->committed, __ATOMIC_ACQUIRE);
  if (c->open && c->open->opened_us && committed == c->closed && g_get_monotonic_time() - c->open->opened_us >= COMMIT_MS * 1000)
    batch_close(c);
}

static void run_loop(Collector *c) {
  struct epoll_event events[EVENTS];
  Watch stop = {c->stop_fd, told_to_end};
  gint64 refreshed = g_get_monotonic_time();
  collector_watch(c, &stop, EPOLLIN);
  while (!__atomic_load_n(&c->ending, __ATOMIC_ACQUIRE)) {
    int count = epoll_wait(c->epoll, events, EVENTS, pause_ms(c));
    for (int i = 0; i < count; i++) {
      Watch *watch = events[i].data.ptr;
      watch->ready(c, watch);
    }
    take_done(c);
    streams_resume(c);
    follow_turn(c->follow);
    close_when_due(c);
    if (g_get_monotonic_time() - refreshed > REFRESH_US) {
      refreshed = g_get_monotonic_time();
      listeners_refresh(c, c->listeners);
    }
  }
}

/* --- start and end --- */

/* Without them lines are still stored and looked at, only with fewer fields. */
static PatternSet *load_patterns(const App *app) {
  g_autofree char *path = g_build_filename(app->data_dir, "rules", "patterns.yaml", NULL);
  ScanError problem = {0};
  PatternSet *patterns = pattern_set_load(path, &problem);
  if (!patterns)
    g_warning("%s, dòng %zu: %s", path, problem.line, problem.message);
  return patterns;
}

static void source_free(gpointer data) {
  Source *source = data;
  g_mutex_clear(&source->lock);
  g_free(source);
}

static Collector *collector_new(App *app, const CollectSink *const *sinks, int stop_fd, int lock_fd) {
  Collector *c = g_new0(Collector, 1);
  c->app = app;
  c->sinks = sinks;
  c->stop_fd = stop_fd;
  c->lock_fd = lock_fd;
  c->started_ms = clock_now_ms();
  c->folder = g_build_filename(app->home, "log", NULL);
  c->segments = g_build_filename(c->folder, "segments", NULL);
  c->patterns = load_patterns(app);
  c->epoll = epoll_create1(EPOLL_CLOEXEC);
  c->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  c->wake_watch = (Watch){c->wake, woken};
  c->by_number = g_hash_table_new_full(NULL, NULL, NULL, source_free);
  c->told = g_ptr_array_new_with_free_func(g_free);
  c->by_sender = g_hash_table_new_full(address_hash, address_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
  c->any_sender = g_ptr_array_new();
  c->streams = g_ptr_array_new();
  c->free = g_ptr_array_new_with_free_func(batch_free);
  c->in_flight = g_ptr_array_new();
  c->strangers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  g_mutex_init(&c->strangers_lock);
  g_mutex_init(&c->trouble_lock);
  g_mutex_init(&c->sources_lock);
  c->to_write = g_async_queue_new();
  c->to_look = g_async_queue_new();
  c->done = g_async_queue_new();
  c->to_keep = g_async_queue_new_full((GDestroyNotify)keep_task_free);
  c->rows = g_async_queue_new_full((GDestroyNotify)g_ptr_array_unref);
  for (int i = 0; i < BATCHES; i++)
    g_ptr_array_add(c->free, batch_new());
  collector_watch(c, &c->wake_watch, EPOLLIN);
  return c;
}

static gboolean keep_row(const SourceRow *row, const SourceState *state, void *data) {
  (void)state;
  take_row(data, row);
  return TRUE;
}

static gboolean collector_start(Collector *c, GError **error) {
  ScanError trouble = {0};
  StoreConn *conn = store_read(c->app->store, error);
  if (!conn || !source_store_list(conn, NULL, -1, NULL, 0, keep_row, c, error))
    return FALSE;
  clear_senders(c);
  c->store = log_store_open(c->segments, &trouble);
  if (!c->store) {
    g_set_error(error, APP_ERROR, ERROR_FULL, "Không mở được kho nhật ký %s: %s", c->segments, trouble.message);
    return FALSE;
  }
  c->writer = g_thread_new("writer", writer_run, c);
  c->looker = g_thread_new("looker", looker_run, c);
  c->keeper = g_thread_new("keeper", keeper_run, c);
  c->listeners = listeners_open(c);
  c->follow = follow_new(c);
  return TRUE;
}

/* What was taken is committed; then each thread ends after what it has. */
static void collector_end(Collector *c) {
  listeners_close(c, c->listeners);
  batch_close(c);
  for (int ms = 0; ms < END_MS && __atomic_load_n(&c->committed, __ATOMIC_ACQUIRE) < c->closed; ms += 5)
    g_usleep(5000);
  take_done(c);
  streams_resume(c);
  streams_free(c);
  follow_free(c->follow);
  g_async_queue_push(c->to_write, &c->stop);
  g_thread_join(c->writer);
  g_async_queue_push(c->to_look, &c->stop);
  g_thread_join(c->looker);
  __atomic_store_n(&c->ended, TRUE, __ATOMIC_RELEASE);
  g_thread_join(c->keeper);
  log_store_close(c->store);
}

/* Batches that are still somewhere: the disk stayed full to the end. */
static void free_queue(GAsyncQueue *queue, const Collector *c) {
  Batch *batch;
  while ((batch = g_async_queue_try_pop(queue)))
    if (batch != &c->stop && batch != &c->expire)
      batch_free(batch);
  g_async_queue_unref(queue);
}

static void collector_free(Collector *c) {
  close(c->epoll);
  close(c->wake);
  collect_unlock(c->lock_fd);
  free_queue(c->to_write, c);
  free_queue(c->to_look, c);
  free_queue(c->done, c);
  g_async_queue_unref(c->to_keep);
  g_async_queue_unref(c->rows);
  g_ptr_array_unref(c->free);
  g_ptr_array_unref(c->in_flight);
  g_ptr_array_unref(c->streams);
  g_ptr_array_unref(c->any_sender);
  g_ptr_array_unref(c->told);
  g_hash_table_unref(c->by_sender);
  g_hash_table_unref(c->by_number);
  g_hash_table_unref(c->strangers);
  g_mutex_clear(&c->strangers_lock);
  g_mutex_clear(&c->trouble_lock);
  g_mutex_clear(&c->sources_lock);
  if (c->open)
    batch_free(c->open);
  g_free(c->folder);
  g_free(c->segments);
  pattern_set_free(c->patterns);
  g_free(c);
}

gboolean collect_run(App *app, const CollectSink *const *sinks, int stop_fd, GError **error) {
  int lock_fd = collect_lock(app, 10000, error);
  if (lock_fd < 0)
    return FALSE;
  signal(SIGPIPE, SIG_IGN);
  Collector *c = collector_new(app, sinks, stop_fd, lock_fd);
  gboolean good = collector_start(c, error);
  if (good) {
    run_loop(c);
    collector_end(c);
  }
  collector_free(c);
  return good;
}
