/* Records to whoever writes the log store: over the socket of the collector, or, where none runs, into the store itself. */
#include "base/clock.h"
#include "base/date.h"
#include "core/setting.h"
#include "module/collect/collect.h"
#include "module/collect/collect_cut.h"
#include "module/collect/collect_keep.h"
#include "module/collect/collect_kind.h"
#include "module/collect/collect_lock.h"
#include "module/collect/collect_pages.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BYTES_MOST = 256 << 20, CONNECT_MS = 10000, ANSWER_MS = 60000, TEST_MS = 8000, STATE_MS = 500, STEP_MS = 100, KNOWN_MS = 8000, PIECE = 1 << 20 };

static gboolean refuse(GError **error, ErrorCode code, const char *text) {
  g_set_error_literal(error, APP_ERROR, (int)code, text);
  return FALSE;
}

/* --- the socket --- */

static int connect_wait(const App *app, int wait_ms) {
  int fd = collect_socket_connect(app);
  for (int waited = 0; fd < 0 && waited < wait_ms; waited += STEP_MS) {
    g_usleep(STEP_MS * 1000);
    fd = collect_socket_connect(app);
  }
  return fd;
}

static gboolean send_all(int fd, const char *bytes, gsize size) {
  while (size) {
    gssize sent = send(fd, bytes, size, MSG_NOSIGNAL);
    if (sent <= 0)
      return FALSE;
    bytes += sent;
    size -= (gsize)sent;
  }
  return TRUE;
}

static gboolean read_line(int fd, int wait_ms, char *line, gsize room) {
  struct pollfd watch = {fd, POLLIN, 0};
  gsize used = 0;
  while (used + 1 < room && poll(&watch, 1, wait_ms) == 1 && read(fd, line + used, 1) == 1) {
    if (line[used] == '\n') {
      line[used] = '\0';
      return TRUE;
    }
    used++;
  }
  return FALSE;
}

static gboolean understand(const char *line, gint64 *out_number, GError **error) {
  static const struct {
    const char *word;
    ErrorCode code;
    const char *text;
  } ANSWERS[] = {
      {"FULL", ERROR_FULL, "Ổ đĩa của kho nhật ký đầy; chưa xác nhận được bản ghi nào. Giải phóng chỗ rồi gửi lại."},
      {"NONE", ERROR_REFUSED, "Nguồn nhật ký này đã ngừng nhận."},
      {"BAD", ERROR_TOO_LARGE, "Nội dung gửi quá lớn; chia nhỏ rồi gửi lại. Chưa lưu gì."},
  };
  if (sscanf(line, "OK %" G_GINT64_FORMAT, out_number) == 1)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS(ANSWERS); i++)
    if (strcmp(line, ANSWERS[i].word) == 0)
      return refuse(error, ANSWERS[i].code, ANSWERS[i].text);
  return refuse(error, ERROR_UNAVAILABLE, "Tiến trình nhận nhật ký trả lời không hiểu được.");
}

static gboolean give_over(int fd, const SourceRow *source, const char *bytes, gsize size, gint64 *out_records, GError **error) {
  char head[100], line[100];
  g_snprintf(head, sizeof head, "ADD %" G_GINT64_FORMAT " %d %zu\n", source->number, (int)collect_format(source->format), size);
  if (!send_all(fd, head, strlen(head)) || !send_all(fd, bytes, size) || !read_line(fd, ANSWER_MS, line, sizeof line)) {
    /* It may have answered before it took everything. */
    if (!read_line(fd, 0, line, sizeof line))
      return refuse(error, ERROR_UNAVAILABLE, "Tiến trình nhận nhật ký không xác nhận; có thể chưa lưu. Gửi lại sau.");
  }
  return understand(line, out_records, error);
}

/* --- into the store itself --- */

typedef struct {
  App *app;
  guint32 number;
} Direct;

static void seal_direct(void *context, const SegmentInfo *info) {
  Direct *direct = context;
  g_autoptr(GError) error = NULL;
  g_autofree char *name = g_path_get_basename(info->path);
  SegmentRow row = {.name = name, .sha256 = info->sha256, .records = (gint64)info->records, .raw_bytes = (gint64)info->raw_bytes,
                    .stored_bytes = (gint64)(info->stored_bytes + info->index_bytes), .first_ms = info->first_ms, .last_ms = info->last_ms,
                    .sealed_ms = clock_now_ms()};
  if (!collect_seal(direct->app, &row, &direct->number, 1, &error))
    g_warning("niêm phong nhật ký: %s", error->message);
}

typedef struct {
  const SourceRow *source;
  gint64 records, bytes, last_ms;
  char *line;
} Given;

static gboolean count_given(StoreConn *conn, void *data, GError **error) {
  const Given *given = data;
  g_autoptr(Arena) arena = arena_new();
  SourceState state = {0};
  const SourceRow *row = source_store_get(conn, arena, given->source->id, &state, error);
  state.received += given->records;
  state.stored += given->records;
  state.bytes += given->bytes;
  state.last_ms = given->last_ms;
  state.first_ms = state.first_ms ? state.first_ms : given->last_ms;
  state.last_line = given->line;
  return row && source_store_state(conn, row->id, &state, error);
}

/* Decodes each record for its own time, adds it, and syncs before LOG_PENDING_MAX. */
static gboolean add_all(LogStore *store, const SourceRow *source, const char *bytes, gsize size, Given *given, ScanError *trouble) {
  FieldTable *table = field_table_new();
  DecoderOptions options = {.format = collect_format(source->format), .now_ms = clock_now_ms(), .offset_minutes = (int)source->offset_minutes};
  Decoder *decoder = decoder_new(table, &options);
  Cutter *cutter = cutter_new(options.format);
  gsize at = 0, used = 0, waiting = 0;
  Span span;
  bool good = true;
  while (good && cutter_next(cutter, bytes + at, size - at, TRUE, &used, &span)) {
    LogRecord record = {span, clock_now_ms(), EVENT_NO_TIME, (guint32)source->number};
    Event event = {.time_ms = EVENT_NO_TIME};
    at += used;
    if (!span.size)
      continue;
    decoder_one(decoder, span, &event);
    record.time_ms = event.time_ms;
    good = (waiting + span.size < LOG_PENDING_MAX / 2 || log_store_sync(store, trouble)) && log_store_add(store, &record, trouble);
    waiting = waiting + span.size < LOG_PENDING_MAX / 2 ? waiting + span.size : span.size;
    given->records++;
    given->bytes += (gint64)span.size;
    given->last_ms = record.received_ms;
  }
  good = good && log_store_sync(store, trouble);
  cutter_free(cutter);
  decoder_free(decoder);
  field_table_free(table);
  return good;
}

static gboolean give_direct(App *app, const SourceRow *source, const char *bytes, gsize size, gint64 *out_records, GError **error) {
  g_autofree char *segments = g_build_filename(app->home, "log", "segments", NULL);
  ScanError trouble = {0};
  Direct direct = {app, (guint32)source->number};
  Given given = {.source = source};
  int lock = collect_lock(app, CONNECT_MS, error);
  if (lock < 0)
    return FALSE;
  LogStore *store = log_store_open(segments, &trouble);
  if (store)
    log_store_on_close(store, seal_direct, &direct);
  gboolean good = store && add_all(store, source, bytes, size, &given, &trouble);
  if (store)
    log_store_close(store);
  collect_unlock(lock);
  *out_records = given.records;
  if (!good) {
    g_set_error(error, APP_ERROR, ERROR_FULL, "Chưa ghi được nhật ký: %s", trouble.message);
    return FALSE;
  }
  return !given.records || store_write(app->store, count_given, &given, error);
}

/* --- giving --- */

/* The whole of it: a file is mapped, a pipe read. g_free or munmap by `out_mapped`. */
static char *read_whole(int fd, gsize *out_size, gboolean *out_mapped, GError **error) {
  struct stat is;
  *out_mapped = FALSE;
  if (fstat(fd, &is) == 0 && S_ISREG(is.st_mode) && is.st_size > 0 && is.st_size <= BYTES_MOST) {
    void *bytes = mmap(NULL, (gsize)is.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    *out_size = (gsize)is.st_size;
    *out_mapped = bytes != MAP_FAILED;
    if (*out_mapped)
      return bytes;
  }
  GByteArray *all = g_byte_array_new();
  g_autofree guint8 *piece = g_malloc(PIECE);
  gssize got;
  while ((got = read(fd, piece, PIECE)) > 0 && all->len <= BYTES_MOST)
    g_byte_array_append(all, piece, (guint)got);
  *out_size = all->len;
  if (got == 0)
    return (char *)g_byte_array_free(all, FALSE);
  g_byte_array_unref(all);
  if (got < 0)
    g_set_error(error, APP_ERROR, ERROR_UNREADABLE, "Không đọc được tệp nhật ký: %s.", g_strerror(errno));
  else
    refuse(error, ERROR_TOO_LARGE, "Tệp nhật ký quá lớn (trên 256 MB); chia nhỏ, hoặc đăng ký nguồn đọc tệp. Chưa lưu gì.");
  return NULL;
}

/* A source that was just added may not be known to the collector yet. */
static gboolean give_known(App *app, int fd, const SourceRow *source, const char *bytes, gsize size, gint64 *out_records, GError **error) {
  for (int waited = 0;; waited += STEP_MS) {
    g_autoptr(GError) failed = NULL;
    gboolean good = fd >= 0 && give_over(fd, source, bytes, size, out_records, &failed);
    if (fd >= 0)
      close(fd);
    if (good)
      return TRUE;
    if (fd < 0 || waited >= KNOWN_MS || !g_error_matches(failed, APP_ERROR, ERROR_REFUSED)) {
      g_propagate_error(error, failed ? g_steal_pointer(&failed) : g_error_new(APP_ERROR, ERROR_UNAVAILABLE, "Tiến trình nhận nhật ký vừa dừng; chưa lưu gì. Gửi lại sau."));
      return FALSE;
    }
    g_usleep(STEP_MS * 1000);
    fd = collect_socket_connect(app);
  }
}

gboolean collect_give(App *app, const SourceRow *source, int fd, gboolean direct, gint64 *out_records, GError **error) {
  gsize size = 0;
  gboolean mapped;
  GError *failed = NULL;
  char *bytes = read_whole(fd, &size, &mapped, &failed);
  gboolean good = !failed;
  int socket_fd = good ? connect_wait(app, direct ? 0 : CONNECT_MS) : -1;
  *out_records = 0;
  if (good && socket_fd >= 0)
    good = give_known(app, socket_fd, source, bytes, size, out_records, &failed);
  else if (good && direct)
    good = give_direct(app, source, bytes, size, out_records, &failed);
  else if (good)
    good = refuse(&failed, ERROR_UNAVAILABLE, "Tiến trình nhận nhật ký chưa chạy; chưa lưu gì. Gửi lại sau.");
  if (mapped)
    munmap(bytes, size);
  else
    g_free(bytes);
  if (failed)
    g_propagate_error(error, failed);
  return good;
}

/* --- trying --- */

/* As a device would: by UDP, or TCP where UDP is off. */
static gboolean send_syslog(App *app, const char *record, GError **error) {
  g_autoptr(Arena) arena = arena_new();
  const char *address = setting_text(app, arena, "collect.address");
  gint64 udp = setting_int(app, "collect.udp_port"), tcp = setting_int(app, "collect.tcp_port");
  const char *to = strcmp(address, "0.0.0.0") == 0 ? "127.0.0.1" : strcmp(address, "::") == 0 ? "::1" : address;
  struct addrinfo hints = {.ai_socktype = udp ? SOCK_DGRAM : SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV}, *found = NULL;
  char port[16];
  g_snprintf(port, sizeof port, "%" G_GINT64_FORMAT, udp ? udp : tcp);
  gboolean resolved = getaddrinfo(to, port, &hints, &found) == 0;
  int fd = resolved ? socket(found->ai_family, hints.ai_socktype | SOCK_CLOEXEC, 0) : -1;
  gboolean good = fd >= 0 && connect(fd, found->ai_addr, found->ai_addrlen) == 0 && send_all(fd, record, strlen(record));
  if (fd >= 0)
    close(fd);
  if (resolved)
    freeaddrinfo(found);
  if (!good)
    g_set_error(error, APP_ERROR, ERROR_UNAVAILABLE, "Không gửi được tới %s:%s: %s.", to, port, g_strerror(errno));
  return good;
}

static gboolean give_text(App *app, const SourceRow *source, const char *text, gint64 *out_records, GError **error) {
  int fd = memfd_create("thu", MFD_CLOEXEC);
  gboolean good = fd >= 0 && write(fd, text, strlen(text)) > 0 && lseek(fd, 0, SEEK_SET) == 0 && collect_give(app, source, fd, FALSE, out_records, error);
  if (fd >= 0)
    close(fd);
  return good;
}

static gboolean try_syslog(App *app, const SourceRow *source, const char *record, const char *mark, gint64 *out_ms, GError **error) {
  char command[120], line[100];
  int fd = connect_wait(app, CONNECT_MS);
  if (fd < 0)
    return refuse(error, ERROR_UNAVAILABLE, "Tiến trình nhận nhật ký chưa chạy; thử lại sau ít giây.");
  g_snprintf(command, sizeof command, "TEST %" G_GINT64_FORMAT " %s\n", source->number, mark);
  gboolean good = send_all(fd, command, strlen(command)) && read_line(fd, TEST_MS, line, sizeof line);
  if (good && strcmp(line, "READY") == 0)
    good = send_syslog(app, record, error) && read_line(fd, TEST_MS, line, sizeof line);
  close(fd);
  if (!good && !(error && *error))
    refuse(error, ERROR_UNAVAILABLE, "Bản ghi thử đã gửi nhưng không thấy tới nơi. Kiểm tra cổng nhận và tường lửa của máy này.");
  return good && understand(line, out_ms, error);
}

gboolean collect_try(App *app, const SourceRow *source, gint64 *out_ms, GError **error) {
  char mark[40], time[26];
  gint64 began_us = g_get_monotonic_time(), records;
  g_snprintf(mark, sizeof mark, "thu-%08x%08x", randombytes_random(), randombytes_random());
  date_write_iso(time, clock_now_ms());
  g_autofree char *record = g_strdup_printf("<134>1 %s %s ungcuu-thu - - - Bản ghi thử của Ứng Cứu, mã %s\n", time,
                                            source->host ? source->host : "ung-cuu", mark);
  if (strcmp(source->way, "syslog") == 0)
    return try_syslog(app, source, record, mark, out_ms, error);
  gboolean good = give_text(app, source, record, &records, error);
  *out_ms = (g_get_monotonic_time() - began_us) / 1000;
  return good;
}

char *collect_ask_state(const App *app) {
  char line[4096];
  int fd = collect_socket_connect(app);
  gboolean good = fd >= 0 && send_all(fd, "STATE\n", strlen("STATE\n")) && read_line(fd, STATE_MS, line, sizeof line);
  if (fd >= 0)
    close(fd);
  return good ? g_strdup(line) : NULL;
}
