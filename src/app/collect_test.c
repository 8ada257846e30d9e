/* A sink of the collector is offered every committed record once, in order, with its event and source, and is asked between batches whether
 * its rules have changed. */
#include "app/home.h"
#include "base/id.h"
#include "module/collect/collect.h"
#include "module/collect/collect_store.h"
#include "module/org/org.h"
#include <arpa/inet.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { RECORDS = 20000, WAIT_MS = 20000 };

typedef struct {
  int opened, closed, idle, batches;
  guint records, wrong;
  guint64 number;
} Seen;

static Seen seen;

static void *open_sink(App *app, FieldTable *table, GError **error) {
  (void)error;
  g_assert_true(app && table);
  seen.opened++;
  return &seen;
}

static void take_event(void *state, const CollectSource *source, const LogRecord *record, const Event *event) {
  Seen *s = state;
  g_autofree char *raw = g_strndup(record->bytes.bytes, record->bytes.size), *expected = g_strdup_printf("hello %u", s->records);
  gboolean good = source && source->number == record->source && g_strcmp0(source->product, "linux") == 0 && g_str_has_suffix(raw, expected) &&
                  event->count > 1 && event->raw.size && record->received_ms > 0 && record->time_ms != EVENT_NO_TIME;
  s->wrong += !good;
  __atomic_add_fetch(&s->records, 1, __ATOMIC_RELEASE);
}

static void take_batch(void *state, const CollectBatch *batch) {
  Seen *s = state;
  s->wrong += batch->number <= s->number || !batch->count || !batch->committed_ms;
  s->number = batch->number;
  s->batches++;
}

static void take_idle(void *state, gint64 now_ms) {
  g_assert_cmpint(now_ms, >, 0);
  __atomic_add_fetch(&((Seen *)state)->idle, 1, __ATOMIC_RELEASE);
}

static void close_sink(void *state) {
  ((Seen *)state)->closed++;
}

static const CollectSink SINK = {"test", open_sink, take_event, take_batch, take_idle, close_sink};
static const CollectSink *const SINKS[] = {&SINK, NULL};

/* --- a home with one source --- */

static gboolean add_source(Change *change, void *data, GError **error) {
  char id[ID_SIZE];
  const char *body_id = NULL;
  (void)data;
  id_new(id);
  SourceRow row = {.id = id, .code = "NK-2026-0001", .name = "Thử", .kind = "rsyslog", .way = "syslog", .address = "127.0.0.1", .format = "auto",
                   .offset_minutes = 420, .keep_months = 12, .created_ms = change->request->now_ms};
  if (!org_add_body(change, NULL, "xa", "UBND xã Thử", "Xã Thử", "", &body_id, error))
    return FALSE;
  row.body_id = body_id;
  change_about(change, "log_source", id, body_id, NULL);
  return source_store_insert(change->conn, &row, error);
}

static int free_port(void) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof at;
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  g_assert_cmpint(bind(fd, (struct sockaddr *)&at, size), ==, 0);
  g_assert_cmpint(getsockname(fd, (struct sockaddr *)&at, &size), ==, 0);
  close(fd);
  return ntohs(at.sin_port);
}

static App *open_home(const char *home, int port) {
  g_autoptr(GError) error = NULL;
  g_autoptr(Arena) arena = arena_new();
  g_autofree char *path = g_build_filename(home, "ungcuu.conf", NULL);
  g_autofree char *conf = g_strdup_printf("[collect]\nudp_port=0\ntls_port=0\ntcp_port=%d\n", port);
  g_assert_true(g_file_set_contents(path, conf, -1, NULL));
  App *app = app_new(home);
  app_open(app, TRUE, &error);
  g_assert_no_error(error);
  g_autoptr(Request) request = request_new_for_job(app, arena, "test");
  request_change(request, add_source, NULL, &error);
  g_assert_no_error(error);
  return app;
}

/* --- the collector on a thread of its own --- */

typedef struct {
  App *app;
  int stop;
} Run;

static gpointer run(gpointer data) {
  const Run *r = data;
  g_autoptr(GError) error = NULL;
  collect_run(r->app, SINKS, r->stop, &error);
  g_assert_no_error(error);
  return NULL;
}

static int connect_to(int port) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((guint16)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  for (int ms = 0; connect(fd, (struct sockaddr *)&to, sizeof to) != 0; ms += 20) {
    g_assert_cmpint(ms, <, WAIT_MS);
    g_usleep(20000);
  }
  return fd;
}

static void send_records(int port) {
  int fd = connect_to(port);
  for (guint i = 0; i < RECORDS; i++) {
    g_autofree char *line = g_strdup_printf("<13>Nov 21 07:00:00 may-a app: hello %u\n", i);
    g_assert_cmpint(send(fd, line, strlen(line), MSG_NOSIGNAL), ==, (gssize)strlen(line));
  }
  close(fd);
}

static void test_sink(void) {
  g_autofree char *home = g_dir_make_tmp("ungcuu-collect-XXXXXX", NULL);
  int port = free_port();
  guint64 one = 1;
  Run r = {open_home(home, port), eventfd(0, EFD_CLOEXEC)};
  GThread *thread = g_thread_new("collect", run, &r);
  send_records(port);
  for (int ms = 0; __atomic_load_n(&seen.records, __ATOMIC_ACQUIRE) < RECORDS || !__atomic_load_n(&seen.idle, __ATOMIC_ACQUIRE); ms += 20) {
    g_assert_cmpint(ms, <, WAIT_MS);
    g_usleep(20000);
  }
  g_assert_cmpint(write(r.stop, &one, sizeof one), ==, sizeof one);
  g_thread_join(thread);
  g_assert_cmpuint(seen.records, ==, RECORDS);
  g_assert_cmpuint(seen.wrong, ==, 0);
  g_assert_cmpint(seen.batches, >, 0);
  g_assert_cmpint(seen.opened, ==, 1);
  g_assert_cmpint(seen.closed, ==, 1);
  close(r.stop);
  app_free(r.app);
  const char *const words[] = {"rm", "-r", home, NULL};
  g_assert_true(g_spawn_sync(NULL, (char **)(gintptr)words, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/collect/sink", test_sink);
  return g_test_run();
}
