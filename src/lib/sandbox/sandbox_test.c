#include "lib/sandbox/sandbox.h"
#include "base/error.h"
#include "lib/sandbox/sandbox_private.h"
#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static volatile gboolean forever = TRUE; /* what the compiler must not see through */

/* ---- jobs ---- */

static gboolean job_echo(const char *bytes, gsize length, GByteArray *out, GError **error) {
  (void)error;
  g_byte_array_append(out, (const guint8 *)bytes, (guint)length);
  return TRUE;
}

static gboolean job_fail(const char *bytes, gsize length, GByteArray *out, GError **error) {
  (void)out;
  g_set_error(error, APP_ERROR, ERROR_TOO_LARGE, "quá lớn: %.*s", (int)length, bytes);
  return FALSE;
}

static gboolean job_environment(const char *bytes, gsize length, GByteArray *out, GError **error) {
  (void)bytes, (void)length, (void)error;
  guint8 count = 0;
  for (char **p = environ; p && *p; p++)
    count++;
  g_byte_array_append(out, &count, 1);
  return TRUE;
}

static gboolean job_open(const char *bytes, gsize length, GByteArray *out, GError **error) {
  (void)bytes, (void)length, (void)error;
  guint8 opened = open("/etc/passwd", O_RDONLY) >= 0;
  g_byte_array_append(out, &opened, 1);
  return TRUE;
}

static gboolean job_socket(const char *bytes, gsize length, GByteArray *out, GError **error) {
  (void)bytes, (void)length, (void)out, (void)error;
  return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}

static gboolean job_fork(const char *bytes, gsize length, GByteArray *out, GError **error) {
  (void)bytes, (void)length, (void)out, (void)error;
  return fork() >= 0;
}

static gboolean job_exec(const char *bytes, gsize length, GByteArray *out, GError **error) {
  (void)bytes, (void)length, (void)out, (void)error;
  return execl("/bin/true", "true", NULL) == 0;
}

static gboolean job_kill_parent(const char *bytes, gsize length, GByteArray *out, GError **error) {
  (void)bytes, (void)length, (void)out, (void)error;
  return kill(1, 0) == 0;
}

static gboolean job_make_code(const char *bytes, gsize length, GByteArray *out, GError **error) {
  (void)bytes, (void)length, (void)error;
  guint8 made = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
  g_byte_array_append(out, &made, 1);
  return TRUE;
}

static gboolean job_loop(const char *bytes, gsize length, GByteArray *out, GError **error) {
  (void)bytes, (void)length, (void)out, (void)error;
  while (forever)
    ;
  return TRUE;
}

static gboolean job_sleep(const char *bytes, gsize length, GByteArray *out, GError **error) {
  (void)bytes, (void)length, (void)out, (void)error;
  int word = 0;
  while (forever)
    syscall(SYS_futex, &word, FUTEX_WAIT, 0, NULL, NULL, 0);
  return TRUE;
}

static gboolean job_eat_memory(const char *bytes, gsize length, GByteArray *out, GError **error) {
  (void)bytes, (void)length, (void)error;
  guint8 block[65536] = {1};
  while (forever)
    g_byte_array_append(out, block, sizeof block);
  return TRUE;
}

static gboolean job_answer_big(const char *bytes, gsize length, GByteArray *out, GError **error) {
  (void)bytes, (void)length, (void)error;
  g_byte_array_set_size(out, SANDBOX_ANSWER_BYTES_MAX + 1);
  return TRUE;
}

static gboolean job_forge(const char *bytes, gsize length, GByteArray *out, GError **error) {
  (void)out, (void)error;
  gssize done = write(STDOUT_FILENO, bytes, length);
  syscall(SYS_exit_group, done == (gssize)length ? 0 : 1);
  return FALSE;
}

static const char *const CAT[] = {"/bin/cat", NULL};
static const char *const TOUCH[] = {"/usr/bin/touch", "/tmp/ungcuu-sandbox-test", NULL};
static const char *const MISSING[] = {"/usr/bin/no-such-converter", NULL};
static const char *const SPAWNING[] = {"/bin/sh", "-c", "/bin/true; /bin/true", NULL};

/* clang-format off */
#define JOB(id) &(const SandboxJob){#id, job_##id, .deadline_ms = 700}
#define SLOW_JOB(id) &(const SandboxJob){#id, job_##id}
#define PROGRAM(id, argv, debian) &(const SandboxJob){id, .program = argv, .package = debian}
/* clang-format on */

static const SandboxJob *const JOBS[] = {
    JOB(echo),
    JOB(fail),
    JOB(environment),
    JOB(open),
    JOB(socket),
    JOB(fork),
    JOB(exec),
    JOB(kill_parent),
    JOB(make_code),
    JOB(loop),
    JOB(sleep),
    JOB(forge),
    SLOW_JOB(eat_memory),
    SLOW_JOB(answer_big),
    PROGRAM("cat", CAT, "coreutils"),
    PROGRAM("touch", TOUCH, "coreutils"),
    PROGRAM("missing", MISSING, "no-such-package"),
    PROGRAM("spawning", SPAWNING, "dash"),
    NULL,
};

/* ---- tests ---- */

static void assert_refused(const char *job, ErrorCode code, const char *said) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) answer = sandbox_run(job, "x", 1, &error);
  g_assert_null(answer);
  g_assert_error(error, APP_ERROR, (int)code);
  g_assert_nonnull(strstr(error->message, said));
}

static void assert_answer(const char *job, const char *bytes, gsize length, const char *wanted, gsize wanted_length) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) answer = sandbox_run(job, bytes, length, &error);
  g_assert_no_error(error);
  g_autoptr(GBytes) expected = g_bytes_new_static(wanted, wanted_length);
  g_assert_true(g_bytes_equal(answer, expected));
}

static void test_answers(void) {
  assert_answer("echo", "văn bản", strlen("văn bản"), "văn bản", strlen("văn bản"));
  assert_answer("echo", "", 0, "", 0);
  gsize length = 3 << 20;
  g_autofree char *large = g_malloc(length);
  for (gsize i = 0; i < length; i++)
    large[i] = (char)(i * 7 + i / 256);
  assert_answer("echo", large, length, large, length);
}

static void test_error_passes_through(void) {
  assert_refused("fail", ERROR_TOO_LARGE, "quá lớn: x");
}

static void test_unknown_job(void) {
  assert_refused("no such job", ERROR_FAILED, "chưa được khởi động");
}

static void test_jail(void) {
  assert_answer("environment", "", 0, "\0", 1);
  assert_answer("open", "", 0, "\0", 1);
  assert_answer("make_code", "", 0, "\0", 1);
  static const char *const KILLED[] = {"socket", "fork", "exec", "kill_parent"};
  for (gsize i = 0; i < G_N_ELEMENTS(KILLED); i++)
    assert_refused(KILLED[i], ERROR_UNREADABLE, "tín hiệu 31"); /* SIGSYS */
}

static void test_deadline(void) {
  gint64 begin = g_get_monotonic_time();
  assert_refused("loop", ERROR_UNREADABLE, "Đã dừng đọc");
  assert_refused("sleep", ERROR_UNREADABLE, "Đã dừng đọc");
  g_assert_cmpint(g_get_monotonic_time() - begin, <, 20 * G_USEC_PER_SEC);
}

static void test_memory(void) {
  assert_refused("eat_memory", ERROR_UNREADABLE, "quá nhiều bộ nhớ");
}

static void test_answer_cap(void) {
  assert_refused("answer_big", ERROR_TOO_LARGE, "64 MiB");
  assert_answer("echo", "a", 1, "a", 1);
}

/* A child that was taken over can write what it likes, but not make the parent fail. */
static void test_forged_answers(void) {
  static const char *const FORGED[] = {"", "E", "E\x63message", "E\x01", "E\x01\xFF\xFE", "Z"};
  for (gsize i = 0; i < G_N_ELEMENTS(FORGED); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) answer = sandbox_run("forge", FORGED[i], strlen(FORGED[i]), &error);
    g_assert_null(answer);
    g_assert_error(error, APP_ERROR, ERROR_UNREADABLE);
    g_assert_true(g_utf8_validate(error->message, -1, NULL));
  }
}

static void test_programs(void) {
  if (SANITIZED)
    g_test_message("converters run without the limit on address space");
  assert_answer("cat", "qua chương trình", strlen("qua chương trình"), "qua chương trình", strlen("qua chương trình"));
  assert_refused("missing", ERROR_UNAVAILABLE, "no-such-package");
  assert_refused("touch", ERROR_UNREADABLE, "không mở được");
  g_assert_false(g_file_test(TOUCH[1], G_FILE_TEST_EXISTS));
  assert_refused("spawning", ERROR_UNREADABLE, "không mở được");
}

enum { THREADS = 8, ROUNDS = 40 };

static gpointer ask_many(gpointer data) {
  for (int i = 0; i < ROUNDS; i++) {
    g_autofree char *text = g_strdup_printf("%p-%d", data, i);
    assert_answer("echo", text, strlen(text), text, strlen(text));
  }
  return NULL;
}

static void run_threads(gboolean kill_reader) {
  GThread *threads[THREADS];
  for (gsize i = 0; i < THREADS; i++)
    threads[i] = g_thread_new("ask", ask_many, GSIZE_TO_POINTER(i));
  if (kill_reader)
    kill(sandbox_reader_pid(), SIGKILL);
  for (gsize i = 0; i < THREADS; i++)
    g_thread_join(threads[i]);
}

static void test_threads(void) {
  run_threads(FALSE);
}

static void test_reader_is_replaced(void) {
  int first = sandbox_reader_pid();
  g_assert_cmpint(first, >, 0);
  kill(first, SIGKILL);
  assert_answer("echo", "sống", strlen("sống"), "sống", strlen("sống"));
  g_assert_cmpint(sandbox_reader_pid(), !=, first);
  run_threads(TRUE);
  assert_refused("socket", ERROR_UNREADABLE, "tín hiệu 31");
}

static void test_no_descriptor_is_lost(void) {
  int before = dup(0);
  close(before);
  for (int i = 0; i < 20; i++)
    assert_answer("echo", "x", 1, "x", 1);
  assert_refused("loop", ERROR_UNREADABLE, "Đã dừng");
  assert_refused("answer_big", ERROR_TOO_LARGE, "64");
  int after = dup(0);
  close(after);
  g_assert_cmpint(before, ==, after);
}

int main(int argc, char **argv) {
  g_autoptr(GError) error = NULL;
  if (!sandbox_start(argc, argv, JOBS, &error))
    g_error("%s", error->message);
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/sandbox/answers", test_answers);
  g_test_add_func("/sandbox/error-passes-through", test_error_passes_through);
  g_test_add_func("/sandbox/unknown-job", test_unknown_job);
  g_test_add_func("/sandbox/jail", test_jail);
  g_test_add_func("/sandbox/deadline", test_deadline);
  if (!SANITIZED) /* a sanitised build has no limit on address space */
    g_test_add_func("/sandbox/memory", test_memory);
  g_test_add_func("/sandbox/answer-cap", test_answer_cap);
  g_test_add_func("/sandbox/forged-answers", test_forged_answers);
  g_test_add_func("/sandbox/programs", test_programs);
  g_test_add_func("/sandbox/threads", test_threads);
  g_test_add_func("/sandbox/reader-is-replaced", test_reader_is_replaced);
  g_test_add_func("/sandbox/no-descriptor-is-lost", test_no_descriptor_is_lost);
  int failed = g_test_run();
  sandbox_stop();
  return failed;
}
