#include "app/collect.h"
#include "app/child.h"
#include "app/home.h"
#include "app/modules.h"
#include "base/error.h"
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>

static int fail(const GError *error) {
  fprintf(stderr, "ungcuu collect: %s (%s)\n", error->message, error_info(error)->label);
  return error_info(error)->exit_code;
}

int collect_main(App *app, int argc, char **argv) {
  int parent = 0;
  const GOptionEntry entries[] = {
      {"parent", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_INT, &parent, NULL, "PID"},
      {NULL,     0, 0,                    G_OPTION_ARG_NONE, NULL,   NULL, NULL },
  };
  g_autoptr(GOptionContext) context = g_option_context_new("- nhận nhật ký từ các nguồn: syslog, tệp, API");
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
    return fail(error);
  int stop = signalfd(-1, &ends, SFD_CLOEXEC);
  gboolean good = collect_run(app, COLLECT_SINKS, stop, &error);
  close(stop);
  return good ? 0 : fail(error);
}
