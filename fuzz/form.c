/* The body of a POST through libmicrohttpd and the server's own intake: the first line of the input is the content type, the
 * second a query, the rest the body. What came in is then checked against the fields of every operation. */
#include "face/intake.h"
#include "fuzz/input_all.h"
#include <arpa/inet.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define INPUT_BYTES_MOST 60000
#define UPLOAD_BYTES_MOST 20000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *spool;
static gboolean finished;

static gboolean put(Request *request, void *data, GError **error) {
  const Call *call = data;
  for (guint i = 0; i < call->pairs->len; i++) {
    const Pair *pair = &g_array_index(call->pairs, Pair, i);
    if (!request_put(request, pair->name, pair->value->str, error))
      return FALSE;
  }
  for (guint i = 0; i < call->uploads->len; i++) {
    const Upload *upload = g_ptr_array_index(call->uploads, i);
    request_put_file(request, upload->field, upload->name, upload->path, upload->size_bytes);
  }
  return TRUE;
}

static void check_uploads(const Call *call) {
  for (guint i = 0; !call->refusal && i < call->uploads->len; i++) {
    const Upload *upload = g_ptr_array_index(call->uploads, i);
    struct stat status;
    g_assert_true(stat(upload->path, &status) == 0 && status.st_size == upload->size_bytes);
    g_assert_cmpint(upload->size_bytes, <=, UPLOAD_BYTES_MOST);
  }
}

static enum MHD_Result handle(void *data, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *bytes, size_t *size, void **state) {
  Intake *intake = *state;
  (void)data, (void)version;
  if (!intake) {
    *state = intake_new(connection, method, url, spool, UPLOAD_BYTES_MOST);
    return MHD_YES;
  }
  if (*size) {
    intake_take(intake, bytes, *size);
    *size = 0;
    return MHD_YES;
  }
  intake_end(intake);
  check_uploads(intake_call(intake));
  if (!intake_call(intake)->refusal)
    input_all(put, intake_call(intake));
  struct MHD_Response *response = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
  enum MHD_Result result = MHD_queue_response(connection, 200, response);
  MHD_destroy_response(response);
  return result;
}

static void completed(void *data, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode code) {
  (void)data, (void)connection, (void)code;
  if (*state)
    intake_free(*state);
  *state = NULL;
  finished = TRUE;
}

static struct MHD_Daemon *start(void) {
  spool = g_dir_make_tmp("ungcuu-fuzz-XXXXXX", NULL);
  return MHD_start_daemon(MHD_USE_NO_LISTEN_SOCKET, 0, NULL, NULL, handle, NULL, MHD_OPTION_NOTIFY_COMPLETED, completed, NULL,
                          MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)6144, MHD_OPTION_END);
}

/* One line of the input as a header value. */
static char *take_line(const char **bytes, const char *end) {
  const char *newline = memchr(*bytes, '\n', (size_t)(end - *bytes));
  const char *stop = newline ? newline : end;
  char *line = g_strndup(*bytes, (gsize)(stop - *bytes));
  *bytes = newline ? newline + 1 : end;
  return g_strdelimit(line, "\r\n", ' ');
}

static void run_daemon(struct MHD_Daemon *daemon) {
  for (int i = 0; i < 200 && !finished; i++)
    MHD_run(daemon);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static struct MHD_Daemon *daemon;
  const char *bytes = (const char *)data, *end = bytes + MIN(size, INPUT_BYTES_MOST);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int pair[2];
  if (!daemon)
    g_assert_nonnull(daemon = start());
  g_autofree char *type = take_line(&bytes, end), *query = take_line(&bytes, end);
  g_autofree char *escaped = g_uri_escape_string(query, "&=%", FALSE);
  g_autofree char *head = g_strdup_printf("POST /x?%s HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n",
                                          escaped, type, (int)(end - bytes));
  g_assert_true(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
  finished = FALSE;
  if (MHD_add_connection(daemon, pair[0], (struct sockaddr *)&address, sizeof address) == MHD_YES &&
      write(pair[1], head, strlen(head)) > 0 && (bytes == end || write(pair[1], bytes, (size_t)(end - bytes)) > 0))
    run_daemon(daemon);
  close(pair[1]);
  finished = FALSE;
  for (int i = 0; i < 5; i++)
    MHD_run(daemon);
  return 0;
}
