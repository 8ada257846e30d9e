#include "app/home.h"
#include "app/serve.h"
#include "base/error.h"
#include "face/cli.h"
#include "lib/document/source_load.h"
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
  *argc = kept;
  return home;
}

/* First of all, while there is one thread and nothing is open. */
static gboolean start_sandbox(int argc, char **argv) {
  static const SandboxJob *const JOBS[] = {&SOURCE_JOB_DOCX, &SOURCE_JOB_PDF, &SOURCE_JOB_DOC, NULL};
  g_autoptr(GError) error = NULL;
  if (sandbox_start(argc, argv, JOBS, &error))
    return TRUE;
  fprintf(stderr, "ungcuu: %s (%s)\n", error->message, error_info(error)->label);
  return FALSE;
}

int main(int argc, char **argv) {
  setlocale(LC_CTYPE, "C.UTF-8");
  if (!start_sandbox(argc, argv))
    return 1;
  const char *home = take_home(&argc, argv);
  App *app = app_new(home);
  int code = 0;
  if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0)
    cli_usage(app);
  else if (strcmp(argv[1], "--version") == 0)
    puts("ungcuu " UNGCUU_VERSION);
  else if (strcmp(argv[1], "serve") == 0)
    code = serve_run(app, argc - 1, argv + 1);
  else
    code = cli_run(app, argc - 1, argv + 1, app_open);
  app_free(app);
  sandbox_stop();
  return code;
}
