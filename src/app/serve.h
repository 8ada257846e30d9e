/* ungcuu serve: the web server and its child for jobs. */
#pragma once
#include "core/app.h"

int serve_run(App *app, int argc, char **argv);
