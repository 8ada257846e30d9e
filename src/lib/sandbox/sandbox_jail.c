#include "base/error.h"
#include "lib/sandbox/sandbox_private.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NOBODY = 65534 };

/* Straight to the kernel: sanitisers hook _exit() and do there what the filter forbids. */
static void G_GNUC_NORETURN leave(int code) {
  for (;;)
    syscall(SYS_exit_group, code);
}

static void limit(int resource, rlim_t value) {
  struct rlimit both = {value, value};
  if (setrlimit((__rlimit_resource_t)resource, &both) != 0)
    leave(EXIT_NOT_JAILED);
}

static void set_limits(const SandboxJob *job) {
  if (!SANITIZED) /* its shadow memory needs terabytes of address space */
    limit(RLIMIT_AS, (rlim_t)(job->program ? 512 : 256) << 20);
  limit(RLIMIT_CPU, (sandbox_deadline_ms(job) + 999) / 1000);
  limit(RLIMIT_FSIZE, 0);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_NOFILE, job->program ? 16 : 8);
}

/* Standard input is the document, standard output the answer; nothing else stays open. */
static void set_descriptors(const SandboxJob *job, int document, int answer) {
  int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nothing < 0 || dup2(document, STDIN_FILENO) < 0 || dup2(answer, STDOUT_FILENO) < 0)
    leave(EXIT_NOT_JAILED);
  gboolean keep_errors = SANITIZED && !job->program; /* the sanitiser's report */
  if (!keep_errors && dup2(nothing, STDERR_FILENO) < 0)
    leave(EXIT_NOT_JAILED);
  if (close_range(3, ~0U, 0) != 0)
    leave(EXIT_NOT_JAILED);
}

static void drop_user(void) {
  if (geteuid() == 0 &&
      (setgroups(0, NULL) != 0 || setresgid(NOBODY, NOBODY, NOBODY) != 0 || setresuid(NOBODY, NOBODY, NOBODY) != 0))
    leave(EXIT_NOT_JAILED);
}

/* ---- system calls ---- */

static const int FOR_JOBS[] = {
    SCMP_SYS(read),          SCMP_SYS(write),        SCMP_SYS(brk),         SCMP_SYS(munmap),     SCMP_SYS(mremap),
    SCMP_SYS(madvise),       SCMP_SYS(futex),        SCMP_SYS(exit),        SCMP_SYS(exit_group), SCMP_SYS(getrandom),
    SCMP_SYS(clock_gettime), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack), /* sanitisers ask for it before leaving */
};

/* More for programs: what the dynamic linker and the C library need to start one, and reading files. */
static const int FOR_PROGRAMS[] = {
    SCMP_SYS(execve),
    SCMP_SYS(access),
    SCMP_SYS(faccessat2),
    SCMP_SYS(fstat),
    SCMP_SYS(stat),
    SCMP_SYS(lseek),
    SCMP_SYS(newfstatat),
    SCMP_SYS(pread64),
    SCMP_SYS(readv),
    SCMP_SYS(writev),
    SCMP_SYS(close),
    SCMP_SYS(mmap),
    SCMP_SYS(mprotect),
    SCMP_SYS(arch_prctl),
    SCMP_SYS(rseq),
    SCMP_SYS(readlink),
    SCMP_SYS(getdents64),
    SCMP_SYS(fadvise64),
    SCMP_SYS(set_tid_address),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(sysinfo),
    SCMP_SYS(uname),
    SCMP_SYS(getuid),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
};

/* What libraries try and can do without: they get an error instead of being killed. */
static const struct {
  int call;
  int error;
} REFUSED[] = {
    {SCMP_SYS(openat),     ENOENT},
    {SCMP_SYS(newfstatat), EBADF },
    {SCMP_SYS(fstat),      EBADF },
    {SCMP_SYS(ioctl),      ENOTTY},
};

static int allow_all(scmp_filter_ctx filter, const int *calls, gsize count) {
  int failed = 0;
  for (gsize i = 0; i < count; i++)
    failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
  return failed;
}

static int fill_for_jobs(scmp_filter_ctx filter) {
  int failed = allow_all(filter, FOR_JOBS, G_N_ELEMENTS(FOR_JOBS));
  failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
  /* A library that would write machine code (regular expressions) hears no and does without. */
  failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC));
  for (gsize i = 0; i < G_N_ELEMENTS(REFUSED); i++)
    failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO((guint16)REFUSED[i].error), REFUSED[i].call, 0);
  return failed;
}

static int fill_for_programs(scmp_filter_ctx filter) {
  int failed = allow_all(filter, FOR_JOBS, G_N_ELEMENTS(FOR_JOBS));
  failed |= allow_all(filter, FOR_PROGRAMS, G_N_ELEMENTS(FOR_PROGRAMS));
  return failed | seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
                                   SCMP_A2(SCMP_CMP_MASKED_EQ, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY));
}

/* A job of ours is killed at a forbidden call, so that an escape is seen; a converter of others is only refused, since
 * the next version of its libraries may try something new. */
static void set_filter(const SandboxJob *job) {
  scmp_filter_ctx filter = seccomp_init(job->program ? SCMP_ACT_ERRNO(EPERM) : SCMP_ACT_KILL_PROCESS);
  if (!filter || (job->program ? fill_for_programs(filter) : fill_for_jobs(filter)) != 0 || seccomp_load(filter) != 0)
    leave(EXIT_NOT_JAILED);
  seccomp_release(filter);
}

gboolean sandbox_only_read(GError **error) {
  static const int MORE[] = {SCMP_SYS(close), SCMP_SYS(lseek), SCMP_SYS(fstat), SCMP_SYS(newfstatat)};
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
  int failed = !filter || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0;
  failed = failed || allow_all(filter, FOR_JOBS, G_N_ELEMENTS(FOR_JOBS)) || allow_all(filter, MORE, G_N_ELEMENTS(MORE));
  failed = failed || seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
  failed = failed || seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
                                      SCMP_A2(SCMP_CMP_MASKED_EQ, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY));
  failed = failed || seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOTTY), SCMP_SYS(ioctl), 0) || seccomp_load(filter) != 0;
  if (filter)
    seccomp_release(filter);
  if (failed)
    g_set_error(error, APP_ERROR, ERROR_FAILED, "Máy này không khóa được tiến trình đọc (seccomp).");
  return !failed;
}

/* ---- the job ---- */

static gboolean write_all(const void *bytes, gsize length) {
  const char *p = bytes;
  while (length) {
    gssize done = write(STDOUT_FILENO, p, length);
    if (done < 0 && errno == EINTR)
      continue;
    if (done <= 0)
      return FALSE;
    p += done;
    length -= (gsize)done;
  }
  return TRUE;
}

static void answer_error(const GError *error) {
  const char *message = error ? error->message : "";
  char head[2] = {ANSWER_ERROR, (char)(error && error->domain == APP_ERROR ? error->code : ERROR_FAILED)};
  write_all(head, sizeof head);
  write_all(message, MIN(strlen(message), SANDBOX_MESSAGE_BYTES_MAX));
}

static void run_function(const SandboxJob *job, const char *bytes, gsize length) {
  GByteArray *out = g_byte_array_new();
  GError *error = NULL;
  guint8 ok = ANSWER_OK;
  g_byte_array_append(out, &ok, 1);
  if (job->run(bytes, length, out, &error))
    write_all(out->data, out->len);
  else
    answer_error(error);
  leave(0); /* nothing is freed: the process ends */
}

static const char *map_document(gsize *out_length) {
  struct stat stat;
  if (fstat(STDIN_FILENO, &stat) != 0)
    leave(EXIT_NOT_JAILED);
  *out_length = (gsize)stat.st_size;
  if (stat.st_size == 0)
    return "";
  const char *bytes = mmap(NULL, *out_length, PROT_READ, MAP_PRIVATE, STDIN_FILENO, 0);
  if (bytes == MAP_FAILED)
    leave(EXIT_NOT_JAILED);
  return bytes;
}

static void run_program(const char *const *program) {
  char *const empty[] = {NULL};
  execve(program[0], (char *const *)program, empty);
  leave(EXIT_NO_PROGRAM);
}

void sandbox_jail_run(const SandboxJob *job, int document, int answer, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent)
    leave(EXIT_NOT_JAILED);
  set_descriptors(job, document, answer);
  gsize length = 0;
  const char *bytes = job->program ? NULL : map_document(&length);
  drop_user();
  prctl(PR_SET_PDEATHSIG, SIGKILL); /* changing the user has cleared it */
  signal(SIGPIPE, SIG_DFL);
  set_limits(job);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    leave(EXIT_NOT_JAILED);
  set_filter(job);
  if (job->program)
    run_program(job->program);
  run_function(job, bytes, length);
  leave(0);
}
