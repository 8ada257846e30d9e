/* Records with their own time of receipt into the store and to a sink, on this thread: for homes that are made of samples. */
#include "base/clock.h"
#include "base/error.h"
#include "module/collect/collect.h"
#include "module/collect/collect_cut.h"
#include "module/collect/collect_keep.h"
#include "module/collect/collect_kind.h"
#include "module/collect/collect_lock.h"
#include <string.h>

enum { LOCK_MS = 2000, BATCH_MS = 300000, SOURCES_MAX = 64 };

typedef struct {
  const SourceRow *row;
  const CollectSource *told;
  Decoder *decoder;
  SourceState state;
} Played;

typedef struct {
  App *app;
  const CollectSink *sink;
  void *sink_state;
  FieldTable *table;
  PatternSet *patterns;
  LogStore *store;
  Arena *arena;
  Played played[SOURCES_MAX];
  guint32 numbers[SOURCES_MAX];
  gsize count;
  guint64 batch_number;
  gsize waiting; /* bytes since the last sync */
} Replay;

static gboolean refuse(const ScanError *trouble, GError **error) {
  g_set_error(error, APP_ERROR, ERROR_FAILED, "Nhật ký mẫu: %s", trouble->message);
  return FALSE;
}

static void seal(void *context, const SegmentInfo *info) {
  Replay *replay = context;
  g_autoptr(GError) error = NULL;
  g_autofree char *name = g_path_get_basename(info->path);
  const SegmentRow row = {.name = name, .sha256 = info->sha256, .records = (gint64)info->records, .raw_bytes = (gint64)info->raw_bytes,
                          .stored_bytes = (gint64)(info->stored_bytes + info->index_bytes), .first_ms = info->first_ms, .last_ms = info->last_ms,
                          .sealed_ms = clock_now_ms()};
  if (!collect_seal(replay->app, &row, replay->numbers, replay->count, &error))
    g_warning("niêm phong nhật ký: %s", error->message);
}

static Played *find(Replay *replay, guint32 number, GError **error) {
  for (gsize i = 0; i < replay->count; i++)
    if (replay->numbers[i] == number)
      return &replay->played[i];
  if (replay->count == SOURCES_MAX) {
    g_set_error(error, APP_ERROR, ERROR_TOO_LARGE, "Nhật ký mẫu có trên %d nguồn.", SOURCES_MAX);
    return NULL;
  }
  StoreConn *conn = store_read(replay->app->store, error);
  Played *played = &replay->played[replay->count];
  played->row = conn ? source_store_numbered(conn, replay->arena, number, error) : NULL;
  played->told = played->row ? collect_source(conn, replay->arena, number, error) : NULL;
  if (!played->told)
    return NULL;
  const DecoderOptions options = {.format = collect_format(played->row->format), .now_ms = clock_now_ms(),
                                  .offset_minutes = (int)played->row->offset_minutes, .patterns = replay->patterns};
  played->decoder = decoder_new(replay->table, &options);
  replay->numbers[replay->count++] = number;
  return played;
}

static void count(Played *played, const LogRecord *record) {
  SourceState *state = &played->state;
  state->received++;
  state->stored++;
  state->bytes += (gint64)record->bytes.size;
  state->first_ms = state->first_ms ? state->first_ms : record->received_ms;
  state->last_ms = record->received_ms;
  state->last_line = record->bytes.bytes;
}

static gboolean sync_store(Replay *replay, GError **error) {
  ScanError trouble = {0};
  replay->waiting = 0;
  return log_store_sync(replay->store, &trouble) || refuse(&trouble, error);
}

/* Nobody is waiting to hear that a record is safe, so few syncs do. */
static gboolean keep(Replay *replay, const LogRecord *record, GError **error) {
  ScanError trouble = {0};
  replay->waiting += record->bytes.size;
  return (replay->waiting < LOG_PENDING_MAX / 2 || sync_store(replay, error)) &&
         (log_store_add(replay->store, record, &trouble) || refuse(&trouble, error));
}

static gboolean play_batch(Replay *replay, LogRecord *records, gsize from, gsize to, GError **error) {
  for (gsize i = from; i < to; i++) {
    Event event = {.time_ms = EVENT_NO_TIME};
    Played *played = find(replay, records[i].source, error);
    if (!played)
      return FALSE;
    decoder_one(played->decoder, records[i].bytes, &event);
    records[i].time_ms = event.time_ms;
    if (!keep(replay, &records[i], error))
      return FALSE;
    count(played, &records[i]);
    replay->sink->event(replay->sink_state, played->told, &records[i], &event);
  }
  const CollectBatch batch = {records + from, to - from, clock_now_ms(), ++replay->batch_number};
  replay->sink->batch(replay->sink_state, &batch);
  return TRUE;
}

static gboolean play_all(Replay *replay, LogRecord *records, gsize size, CollectReplayFunc before, void *data, GError **error) {
  for (gsize from = 0, to; from < size; from = to) {
    for (to = from + 1; to < size && records[to].received_ms - records[from].received_ms < BATCH_MS;)
      to++;
    if (!before(records[to - 1].received_ms, data, error) || !play_batch(replay, records, from, to, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean close_segment(Replay *replay, GError **error) {
  ScanError trouble = {0};
  return log_store_roll(replay->store, &trouble) || refuse(&trouble, error);
}

static gboolean write_states(StoreConn *conn, void *data, GError **error) {
  const Replay *replay = data;
  for (gsize i = 0; i < replay->count; i++)
    if (!source_store_state(conn, replay->played[i].row->id, &replay->played[i].state, error))
      return FALSE;
  return TRUE;
}

static gboolean open_all(Replay *replay, GError **error) {
  ScanError trouble = {0};
  g_autofree char *patterns = g_build_filename(replay->app->data_dir, "rules", "patterns.yaml", NULL);
  replay->table = field_table_new();
  replay->patterns = pattern_set_load(patterns, &trouble);
  replay->store = replay->patterns ? log_store_open(collect_folder(replay->app, replay->arena), &trouble) : NULL;
  if (!replay->store)
    return refuse(&trouble, error);
  log_store_on_close(replay->store, seal, replay);
  replay->sink_state = replay->sink->open(replay->app, replay->table, error);
  return replay->sink_state != NULL;
}

static void close_all(Replay *replay) {
  if (replay->sink_state)
    replay->sink->close(replay->sink_state);
  if (replay->store)
    log_store_close(replay->store);
  for (gsize i = 0; i < replay->count; i++)
    decoder_free(replay->played[i].decoder);
  pattern_set_free(replay->patterns);
  field_table_free(replay->table);
}

gboolean collect_replay(App *app, const CollectSink *sink, LogRecord *records, gsize size, CollectReplayFunc before, void *data, GError **error) {
  g_autoptr(Arena) arena = arena_new();
  Replay replay = {.app = app, .sink = sink, .arena = arena};
  int lock = collect_lock(app, LOCK_MS, error);
  if (lock < 0)
    return FALSE;
  gboolean good = open_all(&replay, error) && play_all(&replay, records, size, before, data, error) && close_segment(&replay, error) &&
                  store_write(app->store, write_states, &replay, error);
  close_all(&replay);
  collect_unlock(lock);
  return good;
}
