#include "face/intake.h"
#include "base/error.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define FORM_BUFFER_BYTES 2048
#define PAIRS_MOST 5000
#define UPLOADS_MOST 20
#define BODY_BYTES_MOST (2 * 1024 * 1024)

struct Intake {
  Call *call;
  const char *spool;
  gint64 upload_most;
  gsize form_bytes;
  struct MHD_PostProcessor *post;
  Upload *raw; /* the body itself is the file of the field "file" */
};

static void refuse(Intake *intake, ErrorCode code, const char *message) {
  if (intake->call->refusal)
    return;
  intake->call->refusal = message;
  intake->call->refusal_code = (int)code;
}

/* Without a name it goes with the process, however that ends; it is read by way of its descriptor. */
static int open_nameless(const char *folder) {
  int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0)
    return fd;
  g_autofree char *path = g_build_filename(folder, "upload-XXXXXX", NULL); /* a file system without nameless files */
  fd = g_mkstemp_full(path, O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0)
    g_unlink(path);
  return fd;
}

static Upload *last_upload(const Intake *intake) {
  const GPtrArray *uploads = intake->call->uploads;
  return uploads->len ? g_ptr_array_index(uploads, uploads->len - 1) : NULL;
}

/* Each holds a descriptor, of which the whole server has few: NULL beyond UPLOADS_MOST. */
static Upload *begin_upload(Intake *intake, const char *field, const char *name) {
  if (intake->call->uploads->len >= UPLOADS_MOST) {
    refuse(intake, ERROR_TOO_LARGE, "Quá nhiều tệp trong một lần gửi; chưa lưu gì.");
    return NULL;
  }
  Upload *upload = g_new0(Upload, 1);
  upload->field = g_strdup(field);
  upload->name = g_strdup(name);
  upload->fd = open_nameless(intake->spool);
  upload->path = g_strdup_printf("/proc/self/fd/%d", upload->fd);
  if (upload->fd < 0)
    refuse(intake, ERROR_FULL, "Máy chủ không còn chỗ để nhận tệp; chưa lưu gì.");
  g_ptr_array_add(intake->call->uploads, upload);
  return upload;
}

static void write_upload(Intake *intake, Upload *upload, const char *data, size_t size) {
  upload->size_bytes += (gint64)size;
  if (upload->size_bytes > intake->upload_most) {
    refuse(intake, ERROR_TOO_LARGE, "Tệp lớn hơn giới hạn cho phép; chưa lưu gì.");
    return;
  }
  while (size && upload->fd >= 0 && !intake->call->refusal) {
    gssize written = write(upload->fd, data, size);
    if (written <= 0) {
      refuse(intake, ERROR_FULL, intake->raw ? "Ổ đĩa đầy khi nhận phần này; các phần đã nhận trước còn nguyên. Giải phóng chỗ rồi gửi tiếp."
                                             : "Ổ đĩa đầy khi nhận tệp; chưa lưu gì. Giải phóng chỗ rồi gửi lại.");
      return;
    }
    data += written;
    size -= (size_t)written;
  }
}

static void append_pair(Intake *intake, const char *name, const char *data, size_t size, uint64_t offset) {
  GArray *pairs = intake->call->pairs;
  if (offset && pairs->len)
    g_string_append_len(g_array_index(pairs, Pair, pairs->len - 1).value, data, (gssize)size);
  else if (pairs->len >= PAIRS_MOST)
    refuse(intake, ERROR_TOO_LARGE, "Biểu mẫu có quá nhiều ô; chưa lưu gì.");
  else
    call_add_pair(intake->call, name, data, size);
}

static enum MHD_Result take_form_part(void *data, enum MHD_ValueKind kind, const char *name, const char *file_name,
                                      const char *type, const char *encoding, const char *bytes, uint64_t offset,
                                      size_t size) {
  Intake *intake = data;
  (void)kind, (void)type, (void)encoding;
  if (!name)
    return MHD_YES;
  if (!file_name) {
    intake->form_bytes += size;
    if (intake->form_bytes > BODY_BYTES_MOST)
      refuse(intake, ERROR_TOO_LARGE, "Biểu mẫu quá dài; chưa lưu gì.");
    else
      append_pair(intake, name, bytes, size, offset);
    return MHD_YES;
  }
  if (!*file_name && offset == 0 && size == 0)
    return MHD_YES;
  Upload *upload = offset ? last_upload(intake) : begin_upload(intake, name, file_name);
  if (upload)
    write_upload(intake, upload, bytes, size);
  return MHD_YES;
}

/* A body of records, not of fields: it may be large, so it lies in a file of the spool. */
static gboolean is_raw(const Call *call) {
  static const char *const TYPES[] = {"application/x-ndjson", "application/ndjson", "text/plain", "application/octet-stream"};
  for (gsize i = 0; call->content_type && i < G_N_ELEMENTS(TYPES); i++)
    if (g_ascii_strncasecmp(call->content_type, TYPES[i], strlen(TYPES[i])) == 0)
      return TRUE;
  return FALSE;
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
    g_string_append_uri_escaped(text, pair->value->str, NULL, FALSE);
  }
  return g_strdup(text->str);
}

Intake *intake_new(struct MHD_Connection *connection, const char *method, const char *url, const char *spool, gint64 upload_bytes_most) {
  Intake *intake = g_new0(Intake, 1);
  intake->call = call_new(method, url);
  intake->spool = spool;
  intake->upload_most = upload_bytes_most;
  take_headers(intake->call, connection);
  intake->call->query = query_text(intake->call);
  const char *length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Length");
  if (length && g_ascii_strtoll(length, NULL, 10) > intake->upload_most + BODY_BYTES_MOST)
    refuse(intake, ERROR_TOO_LARGE, "Tệp lớn hơn giới hạn cho phép; chưa lưu gì.");
  if (strcmp(method, "POST") != 0 || intake->call->refusal)
    return intake;
  if (is_raw(intake->call))
    intake->raw = begin_upload(intake, "file", "tep");
  else
    intake->post = MHD_create_post_processor(connection, FORM_BUFFER_BYTES, take_form_part, intake);
  return intake;
}

Call *intake_call(Intake *intake) {
  return intake->call;
}

void intake_take(Intake *intake, const char *bytes, size_t size) {
  if (intake->call->refusal)
    return;
  if (intake->raw)
    write_upload(intake, intake->raw, bytes, size);
  else if (intake->post)
    MHD_post_process(intake->post, bytes, size);
  else if (intake->call->body->len + size > BODY_BYTES_MOST)
    refuse(intake, ERROR_TOO_LARGE, "Nội dung gửi lên quá dài; chưa lưu gì.");
  else
    g_byte_array_append(intake->call->body, (const guint8 *)bytes, (guint)size);
}

void intake_end(Intake *intake) {
  if (intake->post)
    MHD_destroy_post_processor(intake->post);
  intake->post = NULL;
}

void intake_free(Intake *intake) {
  intake_end(intake);
  call_free(intake->call);
  g_free(intake);
}
