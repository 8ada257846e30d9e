#include "app/collect.h"
#include "app/demo.h"
#include "app/home.h"
#include "app/hunter.h"
#include "app/jobs.h"
#include "app/serve.h"
#include "face/cli.h"
#include "lib/document/source_load.h"
#include "lib/seal/seal_package.h"
#include "module/detect/detect.h"
#include "module/detect/detect_scan.h"
#include <locale.h>
#include <stdio.h>
#include <string.h>

/* Takes --home out of the words, wherever it stands. */
static const char *take_home(int *argc, char **argv) {
  const char *home = NULL;
  int kept = 1;
  for (int i = 1; i < *argc; i++) {
    if (strcmp(argv[i], "--home") == 0 && i + 1 < *argc)
      home = argv[++i];
    else if (strncmp(argv[i], "--home=", 7) == 0)
      home = argv[i] + 7;
    else
      argv[kept++] = argv[i];
  }
  argv[kept] = NULL;
  *argc = kept;
  return home;
}

/* Shorter ways to say what an administrator says in haste. */
static const struct {
  const char *typed, *module, *verb;
} SHORT[] = {
    {"backup", "backup", "run"},
    {"restore", "backup", "restore"},
    {"doctor", "system", "doctor"},
};

static int run_operation(App *app, int argc, char **argv) {
  gboolean alone = argc < 2 || argv[1][0] == '-';
  for (gsize i = 0; i < G_N_ELEMENTS(SHORT); i++) {
    if (strcmp(argv[0], SHORT[i].typed) != 0 || (!alone && strcmp(SHORT[i].module, SHORT[i].typed) == 0))
      continue;
    g_autofree char **words = g_new0(char *, (gsize)argc + 2);
    words[0] = (char *)(gintptr)SHORT[i].module;
    words[1] = (char *)(gintptr)SHORT[i].verb;
    for (int w = 1; w < argc; w++)
      words[w + 1] = argv[w];
    return cli_run(app, argc + 1, words, app_open);
  }
  return cli_run(app, argc, argv, app_open);
}

static int run(App *app, int argc, char **argv) {
  int code = 0;
  if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0)
    cli_usage(app);
  else if (strcmp(argv[1], "--version") == 0)
    puts("ungcuu " UNGCUU_VERSION);
  else if (strcmp(argv[1], "serve") == 0)
    code = serve_run(app, argc - 1, argv + 1);
  else if (strcmp(argv[1], "demo") == 0)
    code = demo_run(app, argc - 1, argv + 1);
  else if (strcmp(argv[1], "jobs") == 0)
    code = jobs_run(app, argc - 1, argv + 1);
  else if (strcmp(argv[1], "scan") == 0)
    code = detect_scan_run(app, argc - 1, argv + 1);
  else if (argc > 2 && strcmp(argv[1], "rules") == 0 && strcmp(argv[2], "check") == 0)
    code = detect_rules_check_run(argc - 3, argv + 3);
  else if (strcmp(argv[1], "collect") == 0)
    code = collect_main(app, argc - 1, argv + 1);
  else if (strcmp(argv[1], "hunter") == 0)
    code = hunter_main(app, argc - 1, argv + 1);
  else
    code = run_operation(app, argc - 1, argv + 1);
  return code;
}

int main(int argc, char **argv) {
  static const SandboxJob *const JOBS[] = {&SOURCE_JOB_DOCX, &SOURCE_JOB_PDF, &SOURCE_JOB_DOC, &DETECT_JOB_PACK, &DETECT_JOB_LIST, &SEAL_JOB_INDEX, NULL};
  g_autoptr(GError) error = NULL;
  setlocale(LC_CTYPE, "C.UTF-8");
  if (!sandbox_start(argc, argv, JOBS, &error)) {
    fprintf(stderr, "ungcuu: %s\n", error->message);
    return 1;
  }
  const char *home = take_home(&argc, argv);
  App *app = app_new(home);
  int code = run(app, argc, argv);
  app_free(app);
  sandbox_stop();
  return code;
}
