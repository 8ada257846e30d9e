#include "lib/clamd/clamd.h"
#include "base/error.h"
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void test_answers(void) {
  const struct {
    const char *text;
    ClamdState state;
    const char *name;
  } cases[] = {
      {"stream: OK", CLAMD_CLEAN, "OK"},
      {"stream: Eicar-Signature FOUND", CLAMD_FOUND, "Eicar-Signature"},
      {"stream: Win.Test FOUND\n", CLAMD_FOUND, "Win.Test"},
      {"INSTREAM size limit exceeded. ERROR", CLAMD_TOO_LARGE, "INSTREAM size limit exceeded"},
      {"stream: lstat() failed ERROR", CLAMD_ERROR, "lstat() failed ERROR"},
      {"stream: ", CLAMD_ERROR, "stream: "},
      {"stream:  FOUND", CLAMD_ERROR, " FOUND"},
      {"stream: OKAY", CLAMD_ERROR, "OKAY"},
      {"UNKNOWN COMMAND", CLAMD_ERROR, "UNKNOWN COMMAND"},
      {"stream: a\x1b[31m\xff FOUND", CLAMD_FOUND, "a[31m\xef\xbf\xbd"},
      {"", CLAMD_ERROR, ""},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    char name[CLAMD_NAME_BYTES];
    g_assert_cmpint(clamd_read_answer(cases[i].text, strlen(cases[i].text), name), ==, cases[i].state);
    g_assert_cmpstr(name, ==, cases[i].name);
  }
}

static void test_only_this_machine(void) {
  static const char *const bad[] = {"192.0.2.1:3310", "example.org:3310", "127.0.0.1:", "127.0.0.1:99999", "", "127.0.0.1:12x"};
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
    g_autoptr(GError) error = NULL;
    g_assert_null(clamd_version(bad[i], 100, &error));
    g_assert_error(error, APP_ERROR, ERROR_INVALID);
  }
  g_autoptr(GError) error = NULL;
  g_assert_null(clamd_version("/khong/co", 100, &error));
  g_assert_error(error, APP_ERROR, ERROR_UNAVAILABLE);
}

/* One that accepts and never answers: the time is kept. */
static void test_silent(void) {
  g_autofree char *folder = g_dir_make_tmp("clamd-XXXXXX", NULL), *path = g_build_filename(folder, "s", NULL);
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  g_strlcpy(name.sun_path, path, sizeof name.sun_path);
  int server = socket(AF_UNIX, SOCK_STREAM, 0);
  g_assert_cmpint(bind(server, (struct sockaddr *)&name, sizeof name), ==, 0);
  g_assert_cmpint(listen(server, 4), ==, 0);
  g_autoptr(GError) error = NULL;
  gint64 begin = g_get_monotonic_time();
  g_assert_null(clamd_version(path, 200, &error));
  g_assert_error(error, APP_ERROR, ERROR_UNAVAILABLE);
  g_assert_cmpint(g_get_monotonic_time() - begin, <, 2 * G_USEC_PER_SEC);
  close(server);
  unlink(path);
  rmdir(folder);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/clamd/answers", test_answers);
  g_test_add_func("/clamd/only-this-machine", test_only_this_machine);
  g_test_add_func("/clamd/silent", test_silent);
  return g_test_run();
}
