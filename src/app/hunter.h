/* `ungcuu hunter`: the process that runs hunts; serve starts it while there is one to run. */
#pragma once
#include "core/app.h"

int hunter_main(App *app, int argc, char **argv);
