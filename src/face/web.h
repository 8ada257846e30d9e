/* Answers of operations as pages and as REST, over HTTP; static files; the live stream.
 *
 * One event loop (libmicrohttpd) reads and writes; a pool of workers runs the operations; a connection sleeps meanwhile.
 */
#pragma once
#include "core/app.h"
#include "face/route.h"

typedef struct Server Server;

typedef struct {
  const char *address; /* "127.0.0.1" */
  int port;            /* 0: any free one */
  int workers;         /* 0: as many as cores */
} ServerOptions;

Server *server_start(App *app, const ServerOptions *options, GError **error);
int server_port(const Server *server);
void server_stop(Server *server); /* lets running requests end, then frees */
