/* ungcuu jobs: runs what is due (schedule, mail, reminders), one after another, until it is told to end.
 *
 * ungcuu serve starts it with --parent PID, watches it and starts it again; it ends with its parent.
 */
#pragma once
#include "core/app.h"

int jobs_run(App *app, int argc, char **argv);
