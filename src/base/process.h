/* Which process this is, so that what it left unfinished when it was killed can be told from what it still does.
 *
 * A mark is "<boot> <pid> <start>": the machine's run, the process, the moment it started (ticks since boot, so that a
 * number given out again is not mistaken for it). Errors: none. Threads: any thread.
 */
#pragma once
#include <glib.h>

#define PROCESS_MARK_SIZE 96

void process_mark(char out[PROCESS_MARK_SIZE]);
/* FALSE also where it cannot be known: the mark is of another machine or of an earlier run of this one. */
gboolean process_is_gone(const char *mark);
