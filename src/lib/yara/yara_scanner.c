/* The side that asks: starts the jailed child, hands it descriptors, replaces it when it has died or hangs. */
#include "base/error.h"
#include "lib/yara/yara_private.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FILE_MS = 30000, FILE_BYTES = 64 << 20, MEMORY_MIB = 1024, LOAD_MS = 60000, GRACE_MS = 3000 };

struct YaraScanner {
  GBytes *compiled;
  YaraHello limits;
  int socket;
  pid_t pid;
  char *answer;
};

static gboolean fail(GError **error, const char *text) {
  g_set_error_literal(error, APP_ERROR, ERROR_FAILED, text);
  return FALSE;
}

static void end_child(YaraScanner *scanner) {
  if (scanner->socket >= 0)
    close(scanner->socket);
  if (scanner->pid > 0) {
    kill(scanner->pid, SIGKILL);
    while (waitpid(scanner->pid, NULL, 0) < 0 && errno == EINTR)
      continue;
  }
  scanner->socket = -1;
  scanner->pid = 0;
}

static gboolean spawn(YaraScanner *scanner) {
  int pair[2];
  char *const arguments[] = {(char *)"ungcuu", (char *)YARA_CHILD_ARGUMENT, NULL}, *const empty[] = {NULL};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
    return FALSE;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pair[1], CHILD_SOCKET);
  int failed = posix_spawn(&scanner->pid, "/proc/self/exe", &actions, NULL, arguments, empty);
  posix_spawn_file_actions_destroy(&actions);
  close(pair[1]);
  scanner->socket = pair[0];
  if (failed)
    scanner->pid = 0;
  return !failed;
}

static gboolean send_with(const YaraScanner *scanner, const void *bytes, gsize length, int fd) {
  union {
    struct cmsghdr head;
    char bytes[CMSG_SPACE(sizeof(int))];
  } control = {0};
  struct iovec part = {(void *)(gintptr)bytes, length};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  struct cmsghdr *head = CMSG_FIRSTHDR(&message);
  *head = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
  memcpy(CMSG_DATA(head), &fd, sizeof fd);
  gssize sent;
  do
    sent = sendmsg(scanner->socket, &message, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent == (gssize)length;
}

/* The length of the answer; 0: the child is dead; -1: it does not answer in time. */
static gssize receive(const YaraScanner *scanner, gint64 wait_ms) {
  gint64 until_us = g_get_monotonic_time() + wait_ms * 1000;
  for (;;) {
    struct pollfd wait = {scanner->socket, POLLIN, 0};
    gint64 left_ms = (until_us - g_get_monotonic_time()) / 1000;
    int ready = left_ms > 0 ? poll(&wait, 1, (int)left_ms) : 0;
    if (ready == 0)
      return -1;
    gssize got = ready > 0 ? recv(scanner->socket, scanner->answer, ANSWER_BYTES_MAX, 0) : -1;
    if (got < 0 && errno == EINTR)
      continue;
    return MAX(got, 0);
  }
}

static int rules_descriptor(GBytes *compiled) {
  gsize length = 0;
  const char *bytes = g_bytes_get_data(compiled, &length);
  int fd = memfd_create("rules", MFD_CLOEXEC);
  while (fd >= 0 && length) {
    gssize done = write(fd, bytes, length);
    if (done < 0 && errno == EINTR)
      continue;
    if (done <= 0) {
      close(fd);
      return -1;
    }
    bytes += done;
    length -= (gsize)done;
  }
  if (fd >= 0)
    lseek(fd, 0, SEEK_SET);
  return fd;
}

static gboolean start(YaraScanner *scanner, GError **error) {
  int rules = rules_descriptor(scanner->compiled);
  gboolean good = rules >= 0 && spawn(scanner) && send_with(scanner, &scanner->limits, sizeof scanner->limits, rules) && receive(scanner, LOAD_MS) == 1 &&
                  scanner->answer[0] == ANSWER_READY;
  if (rules >= 0)
    close(rules);
  if (good)
    return TRUE;
  end_child(scanner);
  return fail(error, "Không khởi động được tiến trình quét mã độc trong vùng cách ly.");
}

YaraScanner *yara_scanner_new(GBytes *compiled, const YaraLimits *limits, GError **error) {
  YaraScanner *scanner = g_new0(YaraScanner, 1);
  scanner->compiled = g_bytes_ref(compiled);
  scanner->socket = -1;
  scanner->answer = g_malloc(ANSWER_BYTES_MAX);
  scanner->limits = (YaraHello){.file_ms = limits->file_ms ? limits->file_ms : FILE_MS,
                                .file_bytes = limits->file_bytes ? limits->file_bytes : FILE_BYTES,
                                .memory_mib = limits->memory_mib ? limits->memory_mib : MEMORY_MIB};
  if (start(scanner, error))
    return scanner;
  yara_scanner_free(scanner);
  return NULL;
}

void yara_scanner_free(YaraScanner *scanner) {
  if (!scanner)
    return;
  end_child(scanner);
  g_bytes_unref(scanner->compiled);
  g_free(scanner->answer);
  g_free(scanner);
}

int yara_scanner_pid(const YaraScanner *scanner) {
  return (int)scanner->pid;
}

static gboolean ask(YaraScanner *scanner, int fd, const YaraFile *file) {
  char text[ASK_BYTES_MAX];
  gsize owner = strnlen(file->owner, 256), path = strnlen(file->path, ASK_BYTES_MAX - 512);
  memcpy(text, file->owner, owner);
  text[owner] = '\0';
  memcpy(text + owner + 1, file->path, path);
  text[owner + 1 + path] = '\0';
  return send_with(scanner, text, owner + path + 2, fd);
}

static YaraState state_of(const YaraScanner *scanner, gsize length, json_t **out_matches) {
  static const struct {
    char answer;
    YaraState state;
  } STATES[] = {{ANSWER_CLEAN, YARA_CLEAN}, {ANSWER_LARGE, YARA_TOO_LARGE}, {ANSWER_TIMED_OUT, YARA_TIMED_OUT}, {ANSWER_UNREADABLE, YARA_UNREADABLE}};
  for (gsize i = 0; i < G_N_ELEMENTS(STATES); i++)
    if (scanner->answer[0] == STATES[i].answer)
      return STATES[i].state;
  *out_matches = scanner->answer[0] == ANSWER_FOUND ? json_loadb(scanner->answer + 1, length - 1, 0, NULL) : NULL;
  return json_array_size(*out_matches) ? YARA_FOUND : YARA_STOPPED;
}

gboolean yara_scanner_look(YaraScanner *scanner, int fd, const YaraFile *file, YaraState *out_state, json_t **out_matches, GError **error) {
  *out_matches = NULL;
  *out_state = YARA_STOPPED;
  if (!scanner->pid && !start(scanner, error))
    return FALSE;
  if (!ask(scanner, fd, file)) { /* it died between two files: not this one's fault */
    end_child(scanner);
    if (!start(scanner, error) || !ask(scanner, fd, file))
      return FALSE;
  }
  gssize got = receive(scanner, (gint64)scanner->limits.file_ms + GRACE_MS);
  if (got > 0) {
    *out_state = state_of(scanner, (gsize)got, out_matches);
    return TRUE;
  }
  *out_state = got < 0 ? YARA_TIMED_OUT : YARA_STOPPED;
  end_child(scanner);
  return TRUE;
}
