#include "face/live.h"
#include <string.h>

#define TICK_US (1 * G_USEC_PER_SEC)
#define BLOCK_BYTES 256
#define SILENCE_TICKS 25

typedef struct Stream Stream;
struct Stream {
  Live *live;
  struct MHD_Connection *connection;
  guint64 sent;
  guint ticks;
  gboolean asleep, comment;
  Stream *previous, *next;
};

struct Live {
  App *app;
  GMutex lock;
  GCond stopped;
  Stream *first;
  guint64 counter;
  gboolean stopping;
  GThread *ticker;
};

static void wake(Stream *stream) {
  if (!stream->asleep)
    return;
  stream->asleep = FALSE;
  MHD_resume_connection(stream->connection);
}

/* Under the lock. */
static void tick(Live *live, guint64 counter) {
  gboolean changed = counter != live->counter;
  live->counter = counter;
  for (Stream *stream = live->first; stream; stream = stream->next) {
    stream->comment = stream->comment || ++stream->ticks >= SILENCE_TICKS;
    if (changed || stream->comment || live->stopping)
      wake(stream);
  }
}

static gpointer run_ticker(gpointer data) {
  Live *live = data;
  g_mutex_lock(&live->lock);
  while (!live->stopping) {
    g_cond_wait_until(&live->stopped, &live->lock, g_get_monotonic_time() + TICK_US);
    g_mutex_unlock(&live->lock);
    guint64 counter = store_change_counter(live->app->store);
    g_mutex_lock(&live->lock);
    tick(live, counter);
  }
  g_mutex_unlock(&live->lock);
  return NULL;
}

Live *live_new(App *app) {
  Live *live = g_new0(Live, 1);
  live->app = app;
  g_mutex_init(&live->lock);
  g_cond_init(&live->stopped);
  live->ticker = g_thread_new("live", run_ticker, live);
  return live;
}

static ssize_t next_bytes(void *data, uint64_t position, char *buffer, size_t room) {
  Stream *stream = data;
  Live *live = stream->live;
  int length = 0;
  (void)position;
  g_mutex_lock(&live->lock);
  if (live->stopping) {
    length = MHD_CONTENT_READER_END_OF_STREAM;
  } else if (stream->sent != live->counter) {
    stream->sent = live->counter;
    length = g_snprintf(buffer, room, "event: change\ndata: %" G_GUINT64_FORMAT "\n\n", live->counter);
  } else if (stream->comment) {
    length = g_snprintf(buffer, room, ":\n\n");
  } else {
    stream->asleep = TRUE;
    MHD_suspend_connection(stream->connection);
  }
  if (length > 0) {
    stream->ticks = 0;
    stream->comment = FALSE;
  }
  g_mutex_unlock(&live->lock);
  return length;
}

static void stream_end(void *data) {
  Stream *stream = data;
  Live *live = stream->live;
  g_mutex_lock(&live->lock);
  if (stream->previous)
    stream->previous->next = stream->next;
  else
    live->first = stream->next;
  if (stream->next)
    stream->next->previous = stream->previous;
  g_mutex_unlock(&live->lock);
  g_free(stream);
}

struct MHD_Response *live_response(Live *live, struct MHD_Connection *connection) {
  Stream *stream = g_new0(Stream, 1);
  stream->live = live;
  stream->connection = connection;
  MHD_set_connection_option(connection, MHD_CONNECTION_OPTION_TIMEOUT, 0u);
  g_mutex_lock(&live->lock);
  stream->sent = live->counter;
  stream->comment = TRUE; /* the head goes out at once */
  stream->next = live->first;
  if (live->first)
    live->first->previous = stream;
  live->first = stream;
  g_mutex_unlock(&live->lock);
  struct MHD_Response *response =
      MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_BYTES, next_bytes, stream, stream_end);
  if (!response)
    stream_end(stream);
  return response;
}

void live_stop(Live *live) {
  g_mutex_lock(&live->lock);
  live->stopping = TRUE;
  g_cond_signal(&live->stopped);
  for (Stream *stream = live->first; stream; stream = stream->next)
    wake(stream);
  g_mutex_unlock(&live->lock);
  g_thread_join(live->ticker);
}

void live_free(Live *live) {
  g_mutex_clear(&live->lock);
  g_cond_clear(&live->stopped);
  g_free(live);
}
