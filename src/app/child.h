/* What the children of serve have in common. */
#pragma once
#include <glib.h>
#include <signal.h>

/* Ends with the parent. FALSE: it has gone between its start of us and here. */
gboolean child_follow(int parent);
/* SIGTERM and SIGINT are no longer delivered, but waited for. */
sigset_t child_block_signals(void);
