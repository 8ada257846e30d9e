/* The writer commits batches; the looker offers them to the sinks. */
#include "base/clock.h"
#include "module/collect/collect_keep.h"
#include "module/collect/collect_place.h"
#include "module/collect/collector.h"
#include <string.h>

enum { RETRY_MS = 500, GROUP = BATCHES, OPEN_AGAIN_MS = 10000, IDLE_US = 1 * G_USEC_PER_SEC, SKEW_MOST_DAYS = 400 };

/* --- decoders: one for each format and zone, on each thread --- */

typedef struct {
  FieldTable *table;
  GHashTable *decoders;
  const PatternSet *patterns;
} Decoders;

static void decoders_init(Decoders *d, const PatternSet *patterns) {
  d->patterns = patterns;
  d->table = field_table_new();
  d->decoders = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)decoder_free);
}

static void decoders_clear(Decoders *d) {
  g_hash_table_unref(d->decoders);
  field_table_free(d->table);
}

static Decoder *decoder_for(Decoders *d, const Source *source) {
  int format = __atomic_load_n(&source->format, __ATOMIC_ACQUIRE), offset = __atomic_load_n(&source->offset_minutes, __ATOMIC_ACQUIRE);
  gpointer key = GINT_TO_POINTER((offset + 10000) * 16 + format + 1);
  Decoder *decoder = g_hash_table_lookup(d->decoders, key);
  if (!decoder) {
    DecoderOptions options = {.format = (LogFormat)format, .now_ms = clock_now_ms(), .offset_minutes = offset, .patterns = d->patterns};
    decoder = decoder_new(d->table, &options);
    g_hash_table_insert(d->decoders, key, decoder);
  }
  return decoder;
}

/* Stamps without a year need to know the present one; paths of forged JSON must not stay for ever. */
static void decoders_renew(Decoders *d, gint64 *since_ms) {
  gint64 now = clock_now_ms();
  if (now - *since_ms < 3600 * 1000 && field_table_count(d->table) < FIELD_PATHS_MAX / 2)
    return;
  *since_ms = now;
  decoders_clear(d);
  decoders_init(d, d->patterns);
}

/* --- the writer --- */

typedef struct {
  Collector *c;
  Decoders decoders;
  gint64 renewed_ms;
  GHashTable *places;  /* key -> FilePlace */
  GHashTable *numbers; /* of sources whose records the open segment may hold */
  GPtrArray *touched;  /* Source: in this group */
} Writer;

static void set_trouble(Collector *c, const char *text) {
  g_mutex_lock(&c->trouble_lock);
  g_strlcpy(c->disk_trouble, text, sizeof c->disk_trouble);
  g_mutex_unlock(&c->trouble_lock);
}

static void segment_closed(void *context, const SegmentInfo *info) {
  Writer *w = context;
  g_async_queue_push(w->c->to_keep, keep_task_seal(info, w->numbers));
  g_hash_table_remove_all(w->numbers);
}

static void find_time(Writer *w, Source *source, LogRecord *record) {
  Event event = {.time_ms = EVENT_NO_TIME};
  decoder_one(decoder_for(&w->decoders, source), record->bytes, &event);
  record->time_ms = event.time_ms;
}

/* FALSE: the store takes no more before a sync, or at all. */
static gboolean add_batch(Writer *w, Batch *batch, ScanError *trouble) {
  Collector *c = w->c;
  for (; batch->written < batch->count; batch->written++) {
    LogRecord *record = &batch->records[batch->written];
    Source *source = batch->sources[batch->written];
    if (record->time_ms == EVENT_NO_TIME)
      find_time(w, source, record);
    g_hash_table_add(w->numbers, GUINT_TO_POINTER(record->source));
    if (record->bytes.size && !log_store_add(c->store, record, trouble))
      return FALSE;
  }
  return TRUE;
}

static void note_last(Source *source, const LogRecord *record, gint64 committed_ms) {
  gint64 skew = record->time_ms == EVENT_NO_TIME ? 0 : record->time_ms - record->received_ms;
  gboolean known = record->time_ms != EVENT_NO_TIME && ABS(skew) < (gint64)SKEW_MOST_DAYS * 24 * 3600 * 1000;
  __atomic_store_n(&source->last_ms, record->received_ms, __ATOMIC_RELAXED);
  __atomic_store_n(&source->lag_ms, committed_ms - record->received_ms, __ATOMIC_RELAXED);
  __atomic_store_n(&source->skew_known, known, __ATOMIC_RELAXED);
  __atomic_store_n(&source->skew_ms, known ? skew : 0, __ATOMIC_RELAXED);
  g_mutex_lock(&source->lock);
  line_shown(source->line, record->bytes.bytes, record->bytes.size);
  g_mutex_unlock(&source->lock);
}

/* From the last on: the first one met of a source is its newest. */
static void count_stored(const Batch *batch) {
  for (guint i = batch->count; i > 0; i--) {
    Source *source = batch->sources[i - 1];
    __atomic_add_fetch(&source->stored, 1, __ATOMIC_RELAXED);
    if (source->batch_mark == batch->number)
      continue;
    source->batch_mark = batch->number;
    note_last(source, &batch->records[i - 1], batch->committed_ms);
  }
}

static gboolean take_places(Writer *w, const Batch *batch) {
  for (guint i = 0; i < batch->places->len; i++) {
    const FilePlace *place = batch->places->pdata[i];
    FilePlace *copy = g_memdup2(place, sizeof *place);
    copy->path = g_strdup(place->path);
    if (place->gone) {
      g_autofree char *key = place_key(place);
      g_hash_table_remove(w->places, key);
      place_free(copy);
    } else {
      g_hash_table_replace(w->places, place_key(place), copy);
    }
  }
  return batch->places->len > 0;
}

static void pass_on(Collector *c, Batch *batch) {
  g_async_queue_push(c->sinks[0] ? c->to_look : c->done, batch);
}

static void group_committed(Writer *w, GPtrArray *group, gint64 began_us) {
  Collector *c = w->c;
  gboolean places = FALSE;
  guint64 last = ((Batch *)group->pdata[group->len - 1])->number;
  for (guint i = 0; i < group->len; i++) {
    Batch *batch = group->pdata[i];
    batch->committed_ms = clock_now_ms();
    count_stored(batch);
    __atomic_add_fetch(&c->stored, batch->count, __ATOMIC_RELAXED);
    places |= take_places(w, batch);
  }
  if (places && !places_save(c->folder, w->places))
    set_trouble(c, "Không ghi được vị trí đọc của các tệp.");
  __atomic_store_n(&c->commit_ms, (guint64)((g_get_monotonic_time() - began_us) / 1000), __ATOMIC_RELAXED);
  __atomic_store_n(&c->committed, last, __ATOMIC_RELEASE);
  for (guint i = 0; i < group->len; i++)
    pass_on(c, group->pdata[i]);
  collector_wake(c);
}

/* All batches of the group are on the disk when it returns TRUE. FALSE: told to end while the disk is full. */
static gboolean commit(Writer *w, GPtrArray *group) {
  Collector *c = w->c;
  for (gboolean again = FALSE;; again = TRUE) {
    ScanError trouble = {0};
    gboolean added = TRUE, moved = FALSE;
    for (guint i = 0; added && i < group->len; i++) {
      Batch *batch = group->pdata[i];
      guint before = batch->written;
      added = add_batch(w, batch, &trouble);
      moved |= batch->written != before;
    }
    gboolean synced = log_store_sync(c->store, added ? &trouble : &(ScanError){0});
    if (added && synced) {
      set_trouble(c, "");
      return TRUE;
    }
    for (guint i = 0; !synced && i < group->len; i++) /* forgotten by the store since the sync before */
      ((Batch *)group->pdata[i])->written = ((Batch *)group->pdata[i])->safe;
    for (guint i = 0; synced && i < group->len; i++)
      ((Batch *)group->pdata[i])->safe = ((Batch *)group->pdata[i])->written;
    if (synced && moved)
      continue;
    g_autofree char *told = g_strdup_printf("Chưa ghi được nhật ký: %s", trouble.message);
    set_trouble(c, told);
    collector_wake(c);
    if (again && __atomic_load_n(&c->ending, __ATOMIC_ACQUIRE))
      return FALSE;
    g_usleep(RETRY_MS * 1000);
  }
}

static void writer_init(Writer *w, Collector *c) {
  GHashTableIter iter;
  gpointer key;
  *w = (Writer){.c = c, .renewed_ms = clock_now_ms()};
  decoders_init(&w->decoders, NULL); /* here only the time of a record is asked for */
  w->places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, place_free);
  w->numbers = g_hash_table_new(NULL, NULL);
  /* What the open segment of the run before holds is not known: perhaps something of each. */
  g_mutex_lock(&c->sources_lock);
  g_hash_table_iter_init(&iter, c->by_number);
  while (g_hash_table_iter_next(&iter, &key, NULL))
    g_hash_table_add(w->numbers, key);
  g_mutex_unlock(&c->sources_lock);
  g_autoptr(GPtrArray) saved = places_load(c->folder);
  for (guint i = 0; i < saved->len; i++) {
    FilePlace *copy = g_memdup2(saved->pdata[i], sizeof *copy);
    copy->path = g_strdup(copy->path);
    g_hash_table_replace(w->places, place_key(copy), copy);
  }
  log_store_on_close(c->store, segment_closed, w);
}

static void writer_clear(Writer *w) {
  log_store_on_close(w->c->store, NULL, NULL);
  decoders_clear(&w->decoders);
  g_hash_table_unref(w->places);
  g_hash_table_unref(w->numbers);
}

static void expire(Collector *c) {
  g_autoptr(GError) error = NULL;
  gint64 count = 0;
  if (!collect_expire(c->app, c->store, clock_now_ms(), &count, &error))
    g_warning("hết hạn lưu nhật ký: %s", error->message);
}

gpointer writer_run(gpointer data) {
  Collector *c = data;
  Writer w;
  gboolean going = TRUE;
  g_autoptr(GPtrArray) group = g_ptr_array_new();
  writer_init(&w, c);
  while (going) {
    gint64 began_us;
    g_ptr_array_set_size(group, 0);
    for (Batch *batch = g_async_queue_pop(c->to_write); batch; batch = group->len < GROUP ? g_async_queue_try_pop(c->to_write) : NULL) {
      if (batch == &c->stop)
        going = FALSE;
      else if (batch == &c->expire)
        expire(c);
      else
        g_ptr_array_add(group, batch);
    }
    began_us = g_get_monotonic_time();
    decoders_renew(&w.decoders, &w.renewed_ms);
    if (group->len && commit(&w, group))
      group_committed(&w, group, began_us);
  }
  writer_clear(&w);
  return NULL;
}

/* --- the looker --- */

typedef struct {
  const CollectSink *sink;
  void *state; /* NULL: not open */
  gint64 tried_ms;
} Looking;

static gboolean open_sink(Collector *c, Looking *looking, FieldTable *table) {
  g_autoptr(GError) error = NULL;
  gint64 now = clock_now_ms();
  if (looking->state || now - looking->tried_ms < OPEN_AGAIN_MS)
    return looking->state != NULL;
  looking->tried_ms = now;
  looking->state = looking->sink->open(c->app, table, &error);
  if (!looking->state)
    g_warning("%s: %s", looking->sink->name, error ? error->message : "không mở được");
  return looking->state != NULL;
}

static gboolean look_at_batch(Collector *c, Looking *looking, Decoders *decoders, const Batch *batch) {
  CollectBatch told = {batch->records, batch->count, batch->committed_ms, batch->number};
  if (!open_sink(c, looking, decoders->table))
    return FALSE;
  for (guint i = 0; looking->sink->event && i < batch->count; i++) {
    const CollectSource *source = __atomic_load_n(&batch->sources[i]->told, __ATOMIC_ACQUIRE);
    Event event = {.time_ms = EVENT_NO_TIME};
    decoder_one(decoder_for(decoders, batch->sources[i]), batch->records[i].bytes, &event);
    looking->sink->event(looking->state, source, &batch->records[i], &event);
  }
  if (looking->sink->batch)
    looking->sink->batch(looking->state, &told);
  return TRUE;
}

static guint count_sinks(const Collector *c) {
  guint count = 0;
  while (c->sinks[count])
    count++;
  return count;
}

/* The table of fields is the sinks': it lives as long as they do. */
gpointer looker_run(gpointer data) {
  Collector *c = data;
  Decoders decoders;
  guint count = count_sinks(c);
  g_autofree Looking *looking = g_new0(Looking, count + 1);
  decoders_init(&decoders, c->patterns);
  for (guint i = 0; i < count; i++) {
    looking[i].sink = c->sinks[i];
    open_sink(c, &looking[i], decoders.table);
  }
  for (gint64 idle_us = 0;;) {
    Batch *batch = g_async_queue_timeout_pop(c->to_look, IDLE_US);
    if (batch == &c->stop)
      break;
    for (guint i = 0; batch && i < count; i++)
      if (!look_at_batch(c, &looking[i], &decoders, batch))
        __atomic_add_fetch(&c->unlooked, batch->count, __ATOMIC_RELAXED);
    if (batch) {
      __atomic_store_n(&c->look_lag_ms, (guint64)MAX(clock_now_ms() - batch->committed_ms, 0), __ATOMIC_RELAXED);
      g_async_queue_push(c->done, batch);
      collector_wake(c);
    }
    for (guint i = 0; g_get_monotonic_time() - idle_us > IDLE_US && i < count; i++)
      if (looking[i].state && looking[i].sink->idle)
        looking[i].sink->idle(looking[i].state, clock_now_ms());
    if (g_get_monotonic_time() - idle_us > IDLE_US)
      idle_us = g_get_monotonic_time();
  }
  for (guint i = 0; i < count; i++)
    if (looking[i].state && looking[i].sink->close)
      looking[i].sink->close(looking[i].state);
  decoders_clear(&decoders);
  return NULL;
}
