/* What the children of serve have in common. */
#pragma once
#include "core/app.h"
#include <signal.h>

/* Ends with the parent. FALSE: it has gone between its start of us and here. */
gboolean child_follow(int parent);
/* SIGTERM and SIGINT are no longer delivered, but waited for. */
sigset_t child_block_signals(void);

/* A child that does one thing until `stop_fd` (signalfd) is readable, or until it is done. */
typedef struct {
  const char *name, *summary; /* the command; "- …" for --help, Vietnamese */
  gboolean (*run)(App *app, int stop_fd, GError **error);
} ChildJob;
int child_main(App *app, int argc, char **argv, const ChildJob *job);
