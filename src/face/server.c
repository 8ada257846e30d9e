#include "base/error.h"
#include "core/setting.h"
#include "face/intake.h"
#include "face/live.h"
#include "face/web.h"
#include <arpa/inet.h>
#include <glib/gstdio.h>
#include <microhttpd.h>
#include <string.h>
#include <unistd.h>

#define CONNECTION_BYTES 6144 /* keeps a sleeping stream at 8 kB */
#define CONNECTIONS 3000
#define TIMEOUT_S 60

struct Server {
  App *app;
  Pages *pages;
  Live *live;
  struct MHD_Daemon *daemon;
  GAsyncQueue *queue;
  GPtrArray *workers;
  char *spool;
};

/* The state of a connection while its request comes in and waits. */
typedef struct {
  Server *server;
  struct MHD_Connection *connection;
  Intake *intake;
  Call *call; /* the intake's */
  gboolean answered;
} Visit;

static Visit STOP;

/* --- workers --- */

static gpointer work(gpointer data) {
  Server *server = data;
  Arena *arena = arena_new();
  Visit *visit;
  while ((visit = g_async_queue_pop(server->queue)) != &STOP) {
    pages_answer(server->pages, visit->call, arena);
    visit->answered = TRUE;
    arena_reset(arena);
    MHD_resume_connection(visit->connection);
  }
  arena_free(arena);
  return NULL;
}

/* --- answering --- */

static void add_headers(struct MHD_Response *response, const Reply *reply) {
  static const char *const ALWAYS[][2] = {
      {"X-Content-Type-Options", "nosniff"},
      {"Referrer-Policy", "same-origin"},
      {"X-Frame-Options", "DENY"},
      {"Content-Security-Policy",
       "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
       "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(ALWAYS); i++)
    MHD_add_response_header(response, ALWAYS[i][0], ALWAYS[i][1]);
  if (reply->type)
    MHD_add_response_header(response, "Content-Type", reply->type);
  for (guint i = 0; reply->headers && i + 1 < reply->headers->len; i += 2)
    MHD_add_response_header(response, g_ptr_array_index(reply->headers, i), g_ptr_array_index(reply->headers, i + 1));
}

static enum MHD_Result send_reply(Visit *visit) {
  Reply *reply = &visit->call->reply;
  struct MHD_Response *response = NULL;
  if (reply->stream) {
    response = live_response(visit->server->live, visit->connection);
  } else if (reply->static_bytes) {
    response = MHD_create_response_from_buffer(reply->size, (void *)(gintptr)reply->static_bytes, MHD_RESPMEM_PERSISTENT);
  } else if (reply->fd >= 0) {
    response = MHD_create_response_from_fd64(reply->size, reply->fd);
    reply->fd = response ? -1 : reply->fd;
  } else {
    response = MHD_create_response_from_buffer(reply->size, reply->bytes, MHD_RESPMEM_MUST_FREE);
    reply->bytes = NULL;
  }
  if (!response)
    return MHD_NO;
  add_headers(response, reply);
  enum MHD_Result result = MHD_queue_response(visit->connection, (unsigned)reply->status, response);
  MHD_destroy_response(response);
  return result;
}

static Visit *begin(Server *server, struct MHD_Connection *connection, const char *url, const char *method) {
  Visit *visit = g_new0(Visit, 1);
  visit->server = server;
  visit->connection = connection;
  visit->intake = intake_new(connection, method, url, server->spool,
                             setting_int(server->app, "server.upload_megabytes") * 1000 * 1000);
  visit->call = intake_call(visit->intake);
  return visit;
}

static enum MHD_Result handle(void *data, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *bytes, size_t *size, void **state) {
  Server *server = data;
  Visit *visit = *state;
  (void)version;
  if (!visit) {
    *state = visit = begin(server, connection, url, method);
    if (!visit->call->refusal)
      return MHD_YES;
    Arena *arena = arena_new(); /* refused by its head alone: answered before the body comes */
    pages_answer(server->pages, visit->call, arena);
    arena_free(arena);
    visit->answered = TRUE;
    return send_reply(visit);
  }
  if (visit->answered)
    return send_reply(visit);
  if (*size) {
    intake_take(visit->intake, bytes, *size);
    *size = 0;
    return MHD_YES;
  }
  intake_end(visit->intake);
  MHD_suspend_connection(connection);
  g_async_queue_push(server->queue, visit);
  return MHD_YES;
}

static void completed(void *data, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode code) {
  Visit *visit = *state;
  (void)data, (void)connection, (void)code;
  if (!visit)
    return;
  intake_free(visit->intake);
  g_free(visit);
  *state = NULL;
}

/* --- life --- */

static gboolean listen_on(Server *server, const ServerOptions *options, GError **error) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((guint16)options->port)};
  if (inet_pton(AF_INET, options->address, &address.sin_addr) != 1) {
    g_set_error(error, APP_ERROR, ERROR_USAGE, "Địa chỉ nghe không hợp lệ: %s.", options->address);
    return FALSE;
  }
  server->daemon = MHD_start_daemon(
      MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, (guint16)options->port, NULL, NULL, handle, server,
      MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address, MHD_OPTION_NOTIFY_COMPLETED, completed, NULL,
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
      MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)TIMEOUT_S, MHD_OPTION_LISTENING_ADDRESS_REUSE, 1u, MHD_OPTION_END);
  if (!server->daemon)
    g_set_error(error, APP_ERROR, ERROR_BUSY, "Không mở được cổng %d tại %s; có thể chương trình khác đang dùng.",
                options->port, options->address);
  return server->daemon != NULL;
}

Server *server_start(App *app, const ServerOptions *options, GError **error) {
  Server *server = g_new0(Server, 1);
  server->app = app;
  server->spool = g_build_filename(app->home, "tmp", NULL);
  server->queue = g_async_queue_new();
  server->workers = g_ptr_array_new();
  server->pages = pages_new(app, error);
  server->live = live_new(app);
  g_mkdir_with_parents(server->spool, 0700);
  if (!server->pages || !listen_on(server, options, error)) {
    server_stop(server);
    return NULL;
  }
  int count = options->workers ? options->workers : (int)g_get_num_processors();
  for (int i = 0; i < count; i++)
    g_ptr_array_add(server->workers, g_thread_new("worker", work, server));
  return server;
}

int server_port(const Server *server) {
  const union MHD_DaemonInfo *info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);
  return info ? info->port : 0;
}

void server_stop(Server *server) {
  if (!server)
    return;
  if (server->daemon)
    MHD_quiesce_daemon(server->daemon);
  for (guint i = 0; i < server->workers->len; i++)
    g_async_queue_push(server->queue, &STOP);
  for (guint i = 0; i < server->workers->len; i++)
    g_thread_join(g_ptr_array_index(server->workers, i));
  live_stop(server->live);
  if (server->daemon)
    MHD_stop_daemon(server->daemon);
  live_free(server->live);
  pages_free(server->pages);
  g_ptr_array_unref(server->workers);
  g_async_queue_unref(server->queue);
  g_free(server->spool);
  g_free(server);
}
