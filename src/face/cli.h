/* The command line: ungcuu MODULE VERB [FILE|ID …] [--field value …] [--json] [--as LOGIN] [--at BODY] [--home DIR].
 *
 * Data to standard output, words to standard error; exit codes of base/error.h.
 */
#pragma once
#include "core/app.h"

/* `prepare` opens what an operation needs (store, law) when it needs it. */
typedef gboolean (*CliPrepare)(App *app, gboolean store, GError **error);
int cli_run(App *app, int argc, char **argv, CliPrepare prepare);
void cli_usage(const App *app);
