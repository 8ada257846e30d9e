#include "app/child.h"
#include "app/home.h"
#include "base/error.h"
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

gboolean child_follow(int parent) {
  return prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && getppid() == parent;
}

sigset_t child_block_signals(void) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, NULL);
  return ends;
}

static int fail(const char *name, const GError *error) {
  fprintf(stderr, "ungcuu %s: %s (%s)\n", name, error->message, error_info(error)->label);
  return error_info(error)->exit_code;
}

int child_main(App *app, int argc, char **argv, const ChildJob *job) {
  int parent = 0;
  const GOptionEntry entries[] = {
      {"parent", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_INT,  &parent, NULL, "PID"},
      {NULL,     0, 0,                    G_OPTION_ARG_NONE, NULL,    NULL, NULL },
  };
  g_autoptr(GOptionContext) context = g_option_context_new(job->summary);
  g_autoptr(GError) error = NULL;
  g_option_context_add_main_entries(context, entries, NULL);
  if (!g_option_context_parse(context, &argc, &argv, &error)) {
    fprintf(stderr, "ungcuu: %s\n", error->message);
    return 2;
  }
  if (parent && !child_follow(parent))
    return 0;
  sigset_t ends = child_block_signals();
  if (!app_open(app, TRUE, &error))
    return fail(job->name, error);
  int stop = signalfd(-1, &ends, SFD_CLOEXEC);
  gboolean good = job->run(app, stop, &error);
  close(stop);
  return good ? 0 : fail(job->name, error);
}
