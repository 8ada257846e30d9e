#include "app/home.h"
#include "app/serve.h"
#include "face/cli.h"
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

int main(int argc, char **argv) {
  setlocale(LC_CTYPE, "C.UTF-8");
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
  return code;
}
