#include "base/error.h"
#include "core/setting.h"
#include "face/call.h"
#include "face/live.h"
#include "face/web.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <microhttpd.h>
#include <string.h>
#include <unistd.h>

#define CONNECTION_BYTES 6144 /* keeps a sleeping stream at 8 kB */
#define CONNECTIONS 3000
#define FORM_BUFFER_BYTES 2048
#define PAIRS_MOST 5000
#define TIMEOUT_S 60
#define BODY_BYTES_MOST (2 * 1024 * 1024)

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
  struct MHD_PostProcessor *post;
  Call *call;
  gsize form_bytes;
  gint64 upload_most;
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

/* --- reading a request --- */

static void refuse(Visit *visit, ErrorCode code, const char *message) {
  if (visit->call->refusal)
    return;
  visit->call->refusal = message;
  visit->call->refusal_code = (int)code;
}

/* Without a name it goes with the process, however that ends; it is read by way of its descriptor. */
static int open_nameless(const char *folder) {
  g_autofree char *path = g_build_filename(folder, "upload-XXXXXX", NULL);
  int fd = g_mkstemp_full(path, O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0)
    g_unlink(path);
  return fd;
}

static Upload *begin_upload(Visit *visit, const char *field, const char *name) {
  Upload *upload = g_new0(Upload, 1);
  upload->field = g_strdup(field);
  upload->name = g_strdup(name);
  upload->fd = open_nameless(visit->server->spool);
  upload->path = g_strdup_printf("/proc/self/fd/%d", upload->fd);
  if (upload->fd < 0)
    refuse(visit, ERROR_FULL, "Máy chủ không còn chỗ để nhận tệp; chưa lưu gì.");
  g_ptr_array_add(visit->call->uploads, upload);
  return upload;
}

static void write_upload(Visit *visit, Upload *upload, const char *data, size_t size) {
  upload->size_bytes += (gint64)size;
  if (upload->size_bytes > visit->upload_most) {
    refuse(visit, ERROR_TOO_LARGE, "Tệp lớn hơn giới hạn cho phép; chưa lưu gì.");
    return;
  }
  while (size && upload->fd >= 0 && !visit->call->refusal) {
    gssize written = write(upload->fd, data, size);
    if (written <= 0) {
      refuse(visit, ERROR_FULL, "Ổ đĩa đầy khi nhận tệp; chưa lưu gì. Giải phóng chỗ rồi gửi lại.");
      return;
    }
    data += written;
    size -= (size_t)written;
  }
}

static void append_pair(Visit *visit, const char *name, const char *data, size_t size, uint64_t offset) {
  GArray *pairs = visit->call->pairs;
  if (offset == 0) {
    if (pairs->len >= PAIRS_MOST)
      refuse(visit, ERROR_TOO_LARGE, "Biểu mẫu có quá nhiều ô; chưa lưu gì.");
    else
      call_add_pair(visit->call, name, data, size);
    return;
  }
  if (!pairs->len)
    return;
  Pair *last = &g_array_index(pairs, Pair, pairs->len - 1);
  char *longer = g_strdup_printf("%s%.*s", last->value, (int)size, data);
  g_free(last->value);
  last->value = longer;
}

static enum MHD_Result take_form_part(void *data, enum MHD_ValueKind kind, const char *name, const char *file_name,
                                      const char *type, const char *encoding, const char *bytes, uint64_t offset,
                                      size_t size) {
  Visit *visit = data;
  (void)kind, (void)type, (void)encoding;
  if (!name)
    return MHD_YES;
  if (!file_name) {
    visit->form_bytes += size;
    if (visit->form_bytes > BODY_BYTES_MOST)
      refuse(visit, ERROR_TOO_LARGE, "Biểu mẫu quá dài; chưa lưu gì.");
    else
      append_pair(visit, name, bytes, size, offset);
    return MHD_YES;
  }
  if (!*file_name && offset == 0 && size == 0)
    return MHD_YES;
  GPtrArray *uploads = visit->call->uploads;
  Upload *upload = offset && uploads->len ? g_ptr_array_index(uploads, uploads->len - 1) : begin_upload(visit, name, file_name);
  write_upload(visit, upload, bytes, size);
  return MHD_YES;
}

static enum MHD_Result take_query(void *data, enum MHD_ValueKind kind, const char *name, size_t name_size, const char *value,
                                  size_t size) {
  (void)kind, (void)name_size;
  call_add_pair(data, name, value, value ? size : 0);
  return MHD_YES;
}

static char *header(struct MHD_Connection *connection, const char *name) {
  return g_strdup(MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name));
}

static char *remote_address(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  char text[INET6_ADDRSTRLEN] = "";
  if (info && info->client_addr->sa_family == AF_INET)
    inet_ntop(AF_INET, &((struct sockaddr_in *)(void *)info->client_addr)->sin_addr, text, sizeof text);
  else if (info && info->client_addr->sa_family == AF_INET6)
    inet_ntop(AF_INET6, &((struct sockaddr_in6 *)(void *)info->client_addr)->sin6_addr, text, sizeof text);
  return g_strdup(text);
}

static void take_headers(Call *call, struct MHD_Connection *connection) {
  const char *authorization = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Authorization");
  call->cookie = g_strdup(MHD_lookup_connection_value(connection, MHD_COOKIE_KIND, "phien"));
  if (authorization && g_str_has_prefix(authorization, "Bearer "))
    call->bearer = g_strdup(authorization + strlen("Bearer "));
  call->csrf_header = header(connection, "X-CSRF-Token");
  call->if_match = header(connection, "If-Match");
  call->site = header(connection, "Sec-Fetch-Site");
  call->referer = header(connection, "Referer");
  call->content_type = header(connection, "Content-Type");
  call->agent = header(connection, "User-Agent");
  call->background = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "X-Live") != NULL;
  call->remote = remote_address(connection);
  MHD_get_connection_values_n(connection, MHD_GET_ARGUMENT_KIND, take_query, call);
}

static char *query_text(const Call *call) {
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < call->pairs->len; i++) {
    const Pair *pair = &g_array_index(call->pairs, Pair, i);
    g_string_append_c(text, i ? '&' : '?');
    g_string_append_uri_escaped(text, pair->name, NULL, FALSE);
    g_string_append_c(text, '=');
    g_string_append_uri_escaped(text, pair->value, NULL, FALSE);
  }
  return g_strdup(text->str);
}

static Visit *begin(Server *server, struct MHD_Connection *connection, const char *url, const char *method) {
  Visit *visit = g_new0(Visit, 1);
  visit->server = server;
  visit->connection = connection;
  visit->call = call_new(method, url);
  take_headers(visit->call, connection);
  visit->call->query = query_text(visit->call);
  visit->upload_most = setting_int(server->app, "server.upload_megabytes") * 1000 * 1000;
  const char *length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Length");
  if (length && g_ascii_strtoll(length, NULL, 10) > visit->upload_most + BODY_BYTES_MOST)
    refuse(visit, ERROR_TOO_LARGE, "Tệp lớn hơn giới hạn cho phép; chưa lưu gì.");
  if (strcmp(method, "POST") == 0 && !visit->call->refusal)
    visit->post = MHD_create_post_processor(connection, FORM_BUFFER_BYTES, take_form_part, visit);
  return visit;
}

static void take_body(Visit *visit, const char *bytes, size_t size) {
  if (visit->call->refusal)
    return;
  if (visit->post)
    MHD_post_process(visit->post, bytes, size);
  else if (visit->call->body->len + size > BODY_BYTES_MOST)
    refuse(visit, ERROR_TOO_LARGE, "Nội dung gửi lên quá dài; chưa lưu gì.");
  else
    g_byte_array_append(visit->call->body, (const guint8 *)bytes, (guint)size);
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
    take_body(visit, bytes, *size);
    *size = 0;
    return MHD_YES;
  }
  if (visit->post) {
    MHD_destroy_post_processor(visit->post);
    visit->post = NULL;
  }
  MHD_suspend_connection(connection);
  g_async_queue_push(server->queue, visit);
  return MHD_YES;
}

static void completed(void *data, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode code) {
  Visit *visit = *state;
  (void)data, (void)connection, (void)code;
  if (!visit)
    return;
  if (visit->post)
    MHD_destroy_post_processor(visit->post);
  call_free(visit->call);
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
