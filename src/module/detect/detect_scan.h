/* `ungcuu scan` and `ungcuu rules check`: rules over log files without any store. They write line by line while they read, so
 * they are commands of their own beside the operations. Both return the exit code of the process. */
#pragma once
#include "core/app.h"

int detect_scan_run(const App *app, int argc, char **argv);
int detect_rules_check_run(int argc, char **argv);
