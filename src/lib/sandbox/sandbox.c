#include "lib/sandbox/sandbox.h"
#include "base/error.h"
#include "lib/sandbox/sandbox_private.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define HIDDEN_ARGUMENT "--sandbox-reader"
enum { WAIT_MAX_MS = 60000, READER_SOCKET = 3 };

static struct {
  GMutex lock; /* over what follows */
  const SandboxJob *const *jobs;
  int socket;
  pid_t pid;
  guint generation; /* counts the reader processes, so that two threads do not both replace a dead one */
} reader = {.socket = -1};

static gboolean fail(GError **error, ErrorCode code, const char *message) {
  g_set_error_literal(error, APP_ERROR, (int)code, message);
  return FALSE;
}

static void close_fd(int *fd) {
  if (*fd >= 0)
    close(*fd);
  *fd = -1;
}

/* ---- the reader process ---- */

gboolean sandbox_start(int argc, char **argv, const SandboxJob *const *jobs, GError **error) {
  if (argc == 2 && strcmp(argv[1], HIDDEN_ARGUMENT) == 0)
    sandbox_reader_serve(READER_SOCKET, jobs);
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
    return fail(error, ERROR_FAILED, "Không tạo được kênh tới tiến trình đọc tài liệu.");
  pid_t pid = fork();
  if (pid == 0)
    sandbox_reader_serve(pair[1], jobs);
  close(pair[1]);
  if (pid < 0) {
    close(pair[0]);
    return fail(error, ERROR_FAILED, "Không tạo được tiến trình đọc tài liệu.");
  }
  reader.jobs = jobs;
  reader.socket = pair[0];
  reader.pid = pid;
  return TRUE;
}

static void reap(void) {
  if (reader.pid > 0) {
    kill(reader.pid, SIGKILL);
    waitpid(reader.pid, NULL, 0);
  }
  reader.pid = 0;
}

void sandbox_stop(void) {
  g_mutex_lock(&reader.lock);
  close_fd(&reader.socket);
  reap();
  reader.jobs = NULL;
  g_mutex_unlock(&reader.lock);
}

int sandbox_reader_pid(void) {
  g_mutex_lock(&reader.lock);
  int pid = (int)reader.pid;
  g_mutex_unlock(&reader.lock);
  return pid;
}

/* Spawns this program anew, because a threaded process must not fork. The lock is held. */
static gboolean restart(void) {
  int pair[2];
  close_fd(&reader.socket);
  reap();
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
    return FALSE;
  char *const arguments[] = {(char *)"ungcuu", (char *)HIDDEN_ARGUMENT, NULL};
  char *const empty[] = {NULL};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pair[1], READER_SOCKET);
  int failed = posix_spawn(&reader.pid, "/proc/self/exe", &actions, NULL, arguments, empty);
  posix_spawn_file_actions_destroy(&actions);
  close(pair[1]);
  if (failed) {
    reader.pid = 0;
    close(pair[0]);
    return FALSE;
  }
  reader.socket = pair[0];
  reader.generation++;
  return TRUE;
}

/* ---- asking ---- */

typedef struct {
  const SandboxJob *job;
  guint job_index;
  int document, answer[2], result[2];
  GByteArray *bytes;
  SandboxResult outcome;
} Request;

static void request_clear(Request *request) {
  close_fd(&request->document);
  for (int i = 0; i < 2; i++) {
    close_fd(&request->answer[i]);
    close_fd(&request->result[i]);
  }
}

static int open_document(const char *bytes, gsize length) {
  int fd = memfd_create("document", MFD_CLOEXEC);
  while (fd >= 0 && length) {
    gssize done = write(fd, bytes, length);
    if (done < 0 && errno != EINTR)
      close_fd(&fd);
    if (done > 0) {
      bytes += done;
      length -= (gsize)done;
    }
  }
  if (fd >= 0)
    lseek(fd, 0, SEEK_SET);
  return fd;
}

static gboolean send_request(const Request *request) {
  SandboxRequest body = {request->job_index};
  union {
    struct cmsghdr head;
    char bytes[CMSG_SPACE(REQUEST_FDS * sizeof(int))];
  } control = {0};
  struct iovec part = {&body, sizeof body};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  struct cmsghdr *head = CMSG_FIRSTHDR(&message);
  *head = (struct cmsghdr){
      .cmsg_len = CMSG_LEN(REQUEST_FDS * sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
  const int fds[REQUEST_FDS] = {request->document, request->answer[1], request->result[1]};
  memcpy(CMSG_DATA(head), fds, sizeof fds);
  gssize sent;
  do
    sent = sendmsg(reader.socket, &message, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent == sizeof body;
}

/* Hands the request over, to a new reader process where the old one is gone. */
static gboolean submit(const Request *request, guint *out_generation) {
  g_mutex_lock(&reader.lock);
  gboolean sent = (reader.socket >= 0 && send_request(request)) || (restart() && send_request(request));
  *out_generation = reader.generation;
  g_mutex_unlock(&reader.lock);
  return sent;
}

typedef enum { READ_ENDED, READ_TOO_LARGE, READ_TIMED_OUT, READ_FAILED } ReadEnd;

static ReadEnd read_to_end(int fd, gint64 until_us, gsize max_bytes, GByteArray *out) {
  guint8 buffer[65536];
  for (;;) {
    gint64 left_ms = (until_us - g_get_monotonic_time()) / 1000;
    struct pollfd wait = {fd, POLLIN, 0};
    int ready = left_ms > 0 ? poll(&wait, 1, (int)left_ms) : 0;
    if (ready == 0)
      return READ_TIMED_OUT;
    gssize got = ready > 0 ? read(fd, buffer, sizeof buffer) : -1;
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return got == 0 ? READ_ENDED : READ_FAILED;
    if (out->len + (gsize)got > max_bytes)
      return READ_TOO_LARGE;
    g_byte_array_append(out, buffer, (guint)got);
  }
}

/* READ_FAILED: the reader process died before it told how the child ended. */
static ReadEnd collect(Request *request) {
  gint64 until = g_get_monotonic_time() + (gint64)WAIT_MAX_MS * 1000;
  g_autoptr(GByteArray) result = g_byte_array_new();
  ReadEnd end = read_to_end(request->answer[0], until, SANDBOX_ANSWER_BYTES_MAX, request->bytes);
  if (end != READ_ENDED)
    return end;
  end = read_to_end(request->result[0], until, sizeof request->outcome, result);
  if (end != READ_ENDED || result->len != sizeof request->outcome)
    return end == READ_TIMED_OUT ? READ_TIMED_OUT : READ_FAILED;
  memcpy(&request->outcome, result->data, result->len);
  return READ_ENDED;
}

static gboolean open_request(Request *request, const char *bytes, gsize length) {
  request->document = open_document(bytes, length);
  return request->document >= 0 && pipe2(request->answer, O_CLOEXEC) == 0 && pipe2(request->result, O_CLOEXEC) == 0;
}

/* Asks once; READ_FAILED means that asking again may help. */
static ReadEnd ask(Request *request, const char *bytes, gsize length, guint *out_generation) {
  ReadEnd end = READ_FAILED;
  request->document = request->answer[0] = request->answer[1] = request->result[0] = request->result[1] = -1;
  g_byte_array_set_size(request->bytes, 0);
  if (open_request(request, bytes, length) && submit(request, out_generation)) {
    close_fd(&request->answer[1]);
    close_fd(&request->result[1]);
    end = collect(request);
  }
  request_clear(request);
  return end;
}

/* Ends a reader process that left a request unanswered, unless another thread has replaced it already. */
static void discard(guint generation) {
  g_mutex_lock(&reader.lock);
  if (reader.generation == generation)
    close_fd(&reader.socket);
  g_mutex_unlock(&reader.lock);
}

/* ---- what came back ---- */

static GBytes *take_error(const Request *request, GError **error) {
  int code = request->bytes->len >= 2 ? request->bytes->data[1] : 0;
  g_autofree char *message =
      request->bytes->len > 2 ? g_strndup((const char *)request->bytes->data + 2, request->bytes->len - 2) : NULL;
  gboolean known = code >= ERROR_FAILED && code <= ERROR_UNAVAILABLE;
  if (!known || !message || !g_utf8_validate(message, -1, NULL))
    fail(error, ERROR_UNREADABLE, "Không đọc được tài liệu.");
  else
    fail(error, (ErrorCode)code, message);
  return NULL;
}

static GBytes *take_answer(const Request *request, GError **error) {
  const GByteArray *bytes = request->bytes;
  if (request->job->program)
    return g_bytes_new(bytes->data, bytes->len);
  if (bytes->len && bytes->data[0] == ANSWER_OK)
    return g_bytes_new(bytes->data + 1, bytes->len - 1);
  return take_error(request, error);
}

static void set_stopped(const Request *request, GError **error) {
  int status = request->outcome.wait_status;
  gboolean slow = request->outcome.timed_out || (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU);
  if (slow)
    g_set_error(error, APP_ERROR, ERROR_UNREADABLE,
                "Đã dừng đọc tài liệu sau %u giây: tệp hỏng hoặc được làm ra để gây quá tải. Không có gì bị thay đổi.",
                sandbox_deadline_ms(request->job) / 1000);
  else
    g_set_error(
        error, APP_ERROR, ERROR_UNREADABLE,
        "Đã dừng đọc tài liệu vì tệp đòi quá nhiều bộ nhớ hoặc làm việc không được phép (tín hiệu %d). Tệp hỏng "
        "hoặc được làm ra để tấn công; không có gì bị thay đổi.",
        WIFSIGNALED(status) ? WTERMSIG(status) : 0);
}

static GBytes *judge(const Request *request, GError **error) {
  int status = request->outcome.wait_status;
  if (request->outcome.timed_out || WIFSIGNALED(status)) {
    set_stopped(request, error);
    return NULL;
  }
  switch (WEXITSTATUS(status)) {
  case 0:
    return take_answer(request, error);
  case EXIT_NOT_JAILED:
    fail(error, ERROR_FAILED, "Máy này không dựng được vùng cách ly để đọc tài liệu, nên tài liệu không được mở.");
    return NULL;
  case EXIT_NO_PROGRAM:
    g_set_error(error, APP_ERROR, ERROR_UNAVAILABLE,
                "Thiếu chương trình chuyển đổi trên máy chủ. Người quản trị hãy cài gói %s.", request->job->package);
    return NULL;
  default:
    fail(error, ERROR_UNREADABLE,
         "Chương trình chuyển đổi không mở được tài liệu: tệp hỏng, bị cắt cụt hoặc đặt mật khẩu.");
    return NULL;
  }
}

static gboolean find_job(const char *name, Request *request) {
  for (guint i = 0; reader.jobs && reader.jobs[i]; i++)
    if (strcmp(reader.jobs[i]->name, name) == 0) {
      request->job = reader.jobs[i];
      request->job_index = i;
      return TRUE;
    }
  return FALSE;
}

GBytes *sandbox_run(const char *job_name, const char *bytes, gsize length_bytes, GError **error) {
  Request request = {.bytes = NULL};
  if (!find_job(job_name, &request)) {
    fail(error, ERROR_FAILED, "Tiến trình đọc tài liệu chưa được khởi động.");
    return NULL;
  }
  g_autoptr(GByteArray) answer = g_byte_array_new();
  request.bytes = answer;
  guint generation = 0;
  ReadEnd end = ask(&request, bytes, length_bytes, &generation);
  if (end == READ_FAILED) {
    discard(generation);
    end = ask(&request, bytes, length_bytes, &generation);
  }
  if (end == READ_ENDED)
    return judge(&request, error);
  if (end == READ_TOO_LARGE)
    fail(error, ERROR_TOO_LARGE, "Tài liệu nở ra quá 64 MiB: không giống văn bản thật nên không đọc.");
  else
    fail(error, ERROR_BUSY, "Tiến trình đọc tài liệu đang bận hoặc không trả lời; hãy thử lại sau ít phút.");
  return NULL;
}
