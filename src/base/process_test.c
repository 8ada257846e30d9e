#include "base/process.h"
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void test_own_is_there(void) {
  char mark[PROCESS_MARK_SIZE];
  process_mark(mark);
  g_assert_false(process_is_gone(mark));
}

/* A child tells its mark; it is there until it has been killed and waited for. */
static void test_killed_is_gone(void) {
  char mark[PROCESS_MARK_SIZE] = "";
  int ends[2];
  g_assert_cmpint(pipe(ends), ==, 0);
  pid_t child = fork();
  if (child == 0) {
    process_mark(mark);
    g_assert_cmpint(write(ends[1], mark, sizeof mark), ==, sizeof mark);
    pause();
    _exit(0);
  }
  g_assert_cmpint(read(ends[0], mark, sizeof mark), ==, sizeof mark);
  g_assert_false(process_is_gone(mark));
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  g_assert_true(process_is_gone(mark));
  close(ends[0]);
  close(ends[1]);
}

/* Another process that was given the same number is not the one that was meant. */
static void test_number_given_again(void) {
  char mark[PROCESS_MARK_SIZE];
  process_mark(mark);
  *strrchr(mark, ' ') = '\0';
  g_autofree char *earlier = g_strconcat(mark, " 1", NULL);
  g_assert_true(process_is_gone(earlier));
}

static void test_not_to_be_known(void) {
  static const char *const MARKS[] = {"", "x", "5b1e0000-0000-4000-8000-000000000000 1 1", "a b c d", "? ? ?"};
  for (gsize i = 0; i < G_N_ELEMENTS(MARKS); i++)
    g_assert_false(process_is_gone(MARKS[i]));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/process/own_is_there", test_own_is_there);
  g_test_add_func("/process/killed_is_gone", test_killed_is_gone);
  g_test_add_func("/process/number_given_again", test_number_given_again);
  g_test_add_func("/process/not_to_be_known", test_not_to_be_known);
  return g_test_run();
}
