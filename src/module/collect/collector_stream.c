/* Connections: syslog over TCP and TLS, and local callers (home/log/collect.sock).
 *
 * A local caller sends one line and perhaps bytes, and gets one line back once what it gave is on the disk:
 *   ADD NUMBER FORMAT SIZE\n<bytes>   → OK RECORDS\n      records for a source
 *   TEST NUMBER MARK\n                → READY\n, then OK MS\n once a record that holds MARK was committed as that source's
 *   STATE\n                            → the state of the collector as one line of JSON
 *   or WHY\n with WHY = FULL, NONE (no such source), BAD
 */
#include "module/collect/collect_cut.h"
#include "module/collect/collector.h"
#include "module/collect/syslog_frame.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ROOM = 64 << 10, ROOM_MOST = SYSLOG_MESSAGE_MOST + 64, LOCAL_LINE = 200, LOCAL_BYTES_MOST = 256 << 20, FULL_US = 4 * G_USEC_PER_SEC };

typedef enum { LOCAL_NONE, LOCAL_LINE_COMES, LOCAL_BYTES_COME, LOCAL_CUTTING, LOCAL_WAITING, LOCAL_TESTING } LocalState;

struct Stream {
  Watch watch; /* first */
  Address sender;
  void *tls;
  SyslogStream frames;
  char *bytes;
  gsize used, room, at; /* at: what of it is done with */
  gboolean watched, over;
  /* local callers */
  LocalState local;
  Source *source;
  Cutter *cutter;
  gsize expected;
  guint64 records, batch;
  gint64 began_us;
  char mark[64];
};

static void set_local(Collector *c, Stream *stream, LocalState state) {
  c->tests += (state == LOCAL_TESTING) - (stream->local == LOCAL_TESTING);
  stream->local = state;
}

static void stream_free(Collector *c, Stream *stream) {
  set_local(c, stream, LOCAL_NONE);
  if (stream->watched)
    collector_unwatch(c, &stream->watch);
  tls_free(stream->tls);
  cutter_free(stream->cutter);
  close(stream->watch.fd);
  g_free(stream->bytes);
  g_free(stream);
}

static void stream_watch(Collector *c, Stream *stream, gboolean on) {
  if (on && !stream->watched)
    collector_watch(c, &stream->watch, EPOLLIN);
  else if (!on && stream->watched)
    collector_unwatch(c, &stream->watch);
  stream->watched = on;
}

static gssize stream_read(Stream *stream, char *buffer, gsize room) {
  if (stream->tls)
    return tls_read(stream->tls, buffer, room);
  gssize got = read(stream->watch.fd, buffer, room);
  return got >= 0 ? got : errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? -1 : 0;
}

static void make_room(Stream *stream, gsize most) {
  if (stream->at) {
    memmove(stream->bytes, stream->bytes + stream->at, stream->used - stream->at);
    stream->used -= stream->at;
    stream->at = 0;
  }
  if (stream->used == stream->room && stream->room < most) {
    stream->room = MIN(MAX(stream->room * 2, (gsize)ROOM), most);
    stream->bytes = g_realloc(stream->bytes, stream->room);
  }
}

/* --- syslog --- */

/* FALSE: there is no room for it now. */
static gboolean take_message(Collector *c, Stream *stream, const SyslogMessage *message) {
  SyslogHead head;
  if (!message->size)
    return TRUE;
  syslog_head(message->bytes, message->size, &head);
  Source *source = streams_find_test(c, message->bytes, message->size);
  if (!source)
    source = collector_source_of(c, &stream->sender, head.host, head.host_size);
  if (source)
    return collector_take(c, source, message->bytes, message->size);
  collector_stranger(c, &stream->sender, head.host, head.host_size, message->bytes, message->size);
  return TRUE;
}

/* What came is cut into messages. FALSE: no room; what is left waits in the buffer. */
static gboolean take_messages(Collector *c, Stream *stream) {
  SyslogMessage message;
  gsize used = 0;
  while (stream->at < stream->used) {
    SyslogStream before = stream->frames;
    gboolean found = syslog_next(&stream->frames, stream->bytes + stream->at, stream->used - stream->at, &used, &message);
    if (found && !take_message(c, stream, &message)) {
      stream->frames = before;
      return FALSE;
    }
    stream->at += used;
    if (!found)
      return TRUE;
  }
  return TRUE;
}

/* A last line without its end is still a line. */
static void take_rest(Collector *c, Stream *stream) {
  if (!stream->frames.to_line && !stream->frames.skip && stream->used > stream->at && !g_ascii_isdigit(stream->bytes[stream->at])) {
    SyslogMessage rest = {stream->bytes + stream->at, MIN(stream->used - stream->at, SYSLOG_MESSAGE_MOST), false};
    take_message(c, stream, &rest);
  }
  stream->at = stream->used;
}

static void syslog_turn(Collector *c, Stream *stream) {
  gsize turn = 0;
  while (turn < TURN_BYTES && collector_may_take(c)) {
    if (!take_messages(c, stream))
      break;
    make_room(stream, ROOM_MOST);
    gssize got = stream_read(stream, stream->bytes + stream->used, stream->room - stream->used);
    if (got == 0) {
      take_rest(c, stream);
      stream->over = TRUE;
    }
    if (got <= 0)
      return;
    stream->used += (gsize)got;
    turn += (gsize)got;
  }
  /* With bytes left inside OpenSSL the socket would not wake us. */
  if (turn < TURN_BYTES || stream->tls || !collector_may_take(c))
    stream_watch(c, stream, FALSE);
}

/* --- local callers --- */

static void answer(Stream *stream, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void answer(Stream *stream, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *line = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  (void)!send(stream->watch.fd, line, strlen(line), MSG_NOSIGNAL);
}

static void answer_last(Stream *stream, const char *line) {
  answer(stream, "%s", line);
  stream->over = TRUE;
}

static void begin_add(Collector *c, Stream *stream, guint32 number, guint format, guint64 size) {
  stream->source = collector_source(c, number);
  if (!stream->source || size > LOCAL_BYTES_MOST || format > FORMAT_TEXT) {
    answer_last(stream, stream->source ? "BAD\n" : "NONE\n");
    return;
  }
  stream->cutter = cutter_new((LogFormat)format);
  stream->expected = size;
  stream->local = LOCAL_BYTES_COME;
}

static void read_command(Collector *c, Stream *stream) {
  char *end = memchr(stream->bytes, '\n', stream->used);
  guint number = 0, format = 0;
  guint64 size = 0;
  if (!end) {
    stream->over = stream->used > LOCAL_LINE;
    return;
  }
  *end = '\0';
  stream->at = (gsize)(end - stream->bytes) + 1;
  stream->began_us = g_get_monotonic_time();
  if (sscanf(stream->bytes, "ADD %u %u %" G_GUINT64_FORMAT, &number, &format, &size) == 3) {
    begin_add(c, stream, number, format, size);
  } else if (sscanf(stream->bytes, "TEST %u %63s", &number, stream->mark) == 2 && (stream->source = collector_source(c, number))) {
    set_local(c, stream, LOCAL_TESTING);
    answer(stream, "READY\n");
  } else if (strcmp(stream->bytes, "STATE") == 0) {
    g_autofree char *state = collector_state(c);
    answer(stream, "%s\n", state);
    stream->over = TRUE;
  } else {
    answer_last(stream, stream->mark[0] ? "NONE\n" : "BAD\n");
  }
}

static void cut_body(Collector *c, Stream *stream) {
  Span record;
  gsize used = 0;
  while (stream->at < stream->used || stream->expected == 0) {
    if (!collector_may_take(c))
      return;
    if (!cutter_next(stream->cutter, stream->bytes + stream->at, stream->used - stream->at, TRUE, &used, &record))
      break;
    if (record.size && !collector_take(c, stream->source, record.bytes, record.size))
      return;
    stream->at += used;
    stream->records += record.size > 0;
  }
  stream->batch = collector_last_batch(c);
  stream->local = LOCAL_WAITING;
}

static void local_wait(Collector *c, Stream *stream) {
  guint64 committed = __atomic_load_n(&c->committed, __ATOMIC_ACQUIRE);
  if (stream->local == LOCAL_WAITING && (committed >= stream->batch || !stream->records)) {
    gint64 ms = (g_get_monotonic_time() - stream->began_us) / 1000;
    answer(stream, "OK %" G_GUINT64_FORMAT "\n", stream->mark[0] ? (guint64)ms : stream->records);
    stream->over = TRUE;
    return;
  }
  g_mutex_lock(&c->trouble_lock);
  gboolean full = c->disk_trouble[0] != '\0';
  g_mutex_unlock(&c->trouble_lock);
  if (full && g_get_monotonic_time() - stream->began_us > FULL_US)
    answer_last(stream, "FULL\n");
}

static void local_turn(Collector *c, Stream *stream) {
  for (gboolean first = TRUE;; first = FALSE) {
    make_room(stream, stream->expected + LOCAL_LINE + 1);
    gssize got = stream->used < stream->room ? stream_read(stream, stream->bytes + stream->used, stream->room - stream->used) : -1;
    if (got == 0 && (first || stream->local < LOCAL_CUTTING))
      stream->over = TRUE; /* the caller is gone, or has sent less than it said */
    if (got <= 0)
      break;
    stream->used += (gsize)got;
    if (stream->local == LOCAL_LINE_COMES)
      read_command(c, stream);
    if (stream->local == LOCAL_BYTES_COME && stream->used - stream->at >= stream->expected)
      stream->local = LOCAL_CUTTING;
    if (stream->over || stream->local >= LOCAL_CUTTING)
      break;
  }
  if (stream->local == LOCAL_BYTES_COME && stream->used - stream->at >= stream->expected)
    stream->local = LOCAL_CUTTING;
  if (stream->local == LOCAL_CUTTING)
    stream_watch(c, stream, FALSE);
}

Source *streams_find_test(Collector *c, const char *bytes, gsize size) {
  for (guint i = 0; c->tests && i < c->streams->len; i++) {
    Stream *stream = c->streams->pdata[i];
    if (stream->local != LOCAL_TESTING || !memmem(bytes, size, stream->mark, strlen(stream->mark)))
      continue;
    set_local(c, stream, LOCAL_WAITING);
    stream->records = 1;
    stream->batch = G_MAXUINT64; /* known once it is taken: streams_resume */
    return stream->source;
  }
  return NULL;
}

/* --- all --- */

static void stream_ready(Collector *c, Watch *watch) {
  Stream *stream = (Stream *)(gpointer)watch;
  if (stream->over)
    return;
  if (stream->local)
    local_turn(c, stream);
  else
    syslog_turn(c, stream);
}

static Stream *add(Collector *c, int fd) {
  Stream *stream = g_new0(Stream, 1);
  stream->watch = (Watch){fd, stream_ready};
  g_ptr_array_add(c->streams, stream);
  stream_watch(c, stream, TRUE);
  return stream;
}

void stream_new(Collector *c, int fd, const Address *sender, void *tls) {
  Stream *stream = add(c, fd);
  stream->sender = *sender;
  stream->tls = tls;
}

void stream_new_local(Collector *c, int fd) {
  add(c, fd)->local = LOCAL_LINE_COMES;
}

static void resume(Collector *c, Stream *stream) {
  if (stream->local == LOCAL_CUTTING)
    cut_body(c, stream);
  if (stream->local == LOCAL_WAITING && stream->batch == G_MAXUINT64)
    stream->batch = collector_last_batch(c);
  if (stream->local >= LOCAL_CUTTING && stream->local <= LOCAL_WAITING)
    local_wait(c, stream);
  if (!stream->local && !stream->watched && collector_may_take(c)) {
    stream_watch(c, stream, TRUE);
    syslog_turn(c, stream);
  }
}

void streams_resume(Collector *c) {
  for (guint i = c->streams->len; i > 0; i--) {
    Stream *stream = c->streams->pdata[i - 1];
    if (!stream->over)
      resume(c, stream);
    if (stream->over) {
      g_ptr_array_remove_index_fast(c->streams, i - 1);
      stream_free(c, stream);
    }
  }
}

void streams_free(Collector *c) {
  for (guint i = 0; i < c->streams->len; i++)
    stream_free(c, c->streams->pdata[i]);
  g_ptr_array_set_size(c->streams, 0);
}
