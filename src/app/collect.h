/* The process `ungcuu collect`: takes logs in; a child of serve. */
#pragma once
#include "core/app.h"

int collect_main(App *app, int argc, char **argv);
