#include "lib/sandbox/sandbox_private.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHILDREN_MAX = 4 }; /* each may take 256 MiB */

typedef struct {
  pid_t pid; /* 0: free */
  int pidfd, result;
  gint64 deadline_us;
  gboolean timed_out;
} Child;

typedef struct {
  int socket;
  const SandboxJob *const *jobs;
  guint job_count;
  Child children[CHILDREN_MAX];
} ReaderProcess;

static Child *find_free(ReaderProcess *reader) {
  for (int i = 0; i < CHILDREN_MAX; i++)
    if (!reader->children[i].pid)
      return &reader->children[i];
  return NULL;
}

static void close_all(const int *fds, int count) {
  for (int i = 0; i < count; i++)
    close(fds[i]);
}

/* FALSE: the other end is closed. A message without its descriptors is dropped, `*out_complete` tells. */
static gboolean receive(int socket, SandboxRequest *request, int fds[REQUEST_FDS], gboolean *out_complete) {
  union {
    struct cmsghdr head;
    char bytes[CMSG_SPACE(REQUEST_FDS * sizeof(int))];
  } control;
  struct iovec part = {request, sizeof *request};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  gssize got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  *out_complete = FALSE;
  if (got < 0)
    return errno == EINTR || errno == EAGAIN;
  const struct cmsghdr *head = CMSG_FIRSTHDR(&message);
  if (head && head->cmsg_type == SCM_RIGHTS) {
    int count = (int)((head->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    memcpy(fds, CMSG_DATA(head), (gsize)count * sizeof(int));
    *out_complete = count == REQUEST_FDS && got == sizeof *request;
    if (!*out_complete)
      close_all(fds, count);
  }
  return got > 0;
}

static void begin(ReaderProcess *reader, Child *child, const SandboxJob *job, const int fds[REQUEST_FDS]) {
  pid_t self = getpid();
  pid_t pid = fork();
  if (pid == 0)
    sandbox_jail_run(job, fds[0], fds[1], self);
  close_all(fds, 2);
  int pidfd = pid > 0 ? pidfd_open(pid, 0) : -1;
  if (pidfd < 0) { /* closing the result pipe without a result tells the other side */
    close(fds[2]);
    if (pid > 0) {
      kill(pid, SIGKILL);
      waitpid(pid, NULL, 0);
    }
    return;
  }
  (void)reader;
  *child = (Child){pid, pidfd, fds[2], g_get_monotonic_time() + (gint64)sandbox_deadline_ms(job) * 1000, FALSE};
}

static void accept_request(ReaderProcess *reader) {
  SandboxRequest request = {0};
  int fds[REQUEST_FDS];
  gboolean complete;
  if (!receive(reader->socket, &request, fds, &complete))
    _exit(0);
  if (!complete)
    return;
  if (request.job < reader->job_count)
    begin(reader, find_free(reader), reader->jobs[request.job], fds);
  else
    close_all(fds, REQUEST_FDS);
}

static void end(Child *child) {
  int status = 0;
  waitpid(child->pid, &status, 0);
  SandboxResult result = {status, child->timed_out};
  if (write(child->result, &result, sizeof result) < 0)
    errno = 0; /* the one who asked has gone */
  close(child->result);
  close(child->pidfd);
  child->pid = 0;
}

/* Milliseconds to the next deadline, -1 without children; kills those that are past theirs. */
static int watch_deadlines(ReaderProcess *reader) {
  gint64 now = g_get_monotonic_time(), next = G_MAXINT64;
  for (int i = 0; i < CHILDREN_MAX; i++) {
    Child *child = &reader->children[i];
    if (!child->pid || child->timed_out)
      continue;
    if (child->deadline_us <= now) {
      child->timed_out = TRUE;
      kill(child->pid, SIGKILL);
    } else
      next = MIN(next, child->deadline_us - now);
  }
  return next == G_MAXINT64 ? -1 : (int)(next / 1000) + 1;
}

static void wait_once(ReaderProcess *reader) {
  struct pollfd polls[CHILDREN_MAX + 1];
  int timeout_ms = watch_deadlines(reader);
  for (int i = 0; i < CHILDREN_MAX; i++)
    polls[i] = (struct pollfd){reader->children[i].pid ? reader->children[i].pidfd : -1, POLLIN, 0};
  polls[CHILDREN_MAX] = (struct pollfd){find_free(reader) ? reader->socket : -1, POLLIN, 0};
  if (poll(polls, G_N_ELEMENTS(polls), timeout_ms) <= 0)
    return;
  for (int i = 0; i < CHILDREN_MAX; i++)
    if (polls[i].revents)
      end(&reader->children[i]);
  if (polls[CHILDREN_MAX].revents)
    accept_request(reader);
}

/* It must outlive the signals by which its parent ends in order, and holds nothing of the parent's open: it ends when
 * the socket closes. */
static void detach(int socket) {
  static const int IGNORED[] = {SIGPIPE, SIGINT, SIGTERM, SIGHUP};
  for (gsize i = 0; i < G_N_ELEMENTS(IGNORED); i++)
    signal(IGNORED[i], SIG_IGN);
  int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(nothing, STDOUT_FILENO) < 0)
    _exit(1);
  if (socket != 3 && dup3(socket, 3, O_CLOEXEC) < 0)
    _exit(1);
  close_range(4, ~0U, 0);
  clearenv();
  prctl(PR_SET_NAME, "ungcuu-reader");
}

void sandbox_reader_serve(int socket, const SandboxJob *const *jobs) {
  detach(socket);
  ReaderProcess reader = {.socket = 3, .jobs = jobs};
  for (; jobs[reader.job_count]; reader.job_count++)
    if (jobs[reader.job_count]->warm_up)
      jobs[reader.job_count]->warm_up();
  for (;;)
    wait_once(&reader);
}
