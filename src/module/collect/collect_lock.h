/* Who may write the log store: whoever holds home/log/lock. And the socket of the collector. Private to module collect. */
#pragma once
#include "core/request.h"

/* Makes home/log. Waits at most so long. -1 with ERROR_BUSY. */
int collect_lock(const App *app, int wait_ms, GError **error);
void collect_unlock(int fd);
/* home/log/collect.sock, however long the path is. -1: nobody listens there (or errno when it cannot be made). */
int collect_socket_connect(const App *app);
int collect_socket_listen(const char *folder);
