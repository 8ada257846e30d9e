/* Module hunt: săn lùng. A hypothesis is tried on stored logs by indicators, rules and words; what is found is judged; the conclusion is
 * the proof of the half-year duty.
 *
 * A hunt of a body sees only the logs of its own sources and of those below. It runs in the process `ungcuu hunter`, which serve starts
 * while a hunt is to be run, or in the foreground by `ungcuu hunt run`. What was found and the place in the logs are committed together,
 * so a hunt that was paused or killed goes on without losing or doubling anything.
 */
#pragma once
#include "core/request.h"

extern const Module hunt_module;

/* Is there a hunt that should run? */
gboolean hunt_wanted(App *app, gboolean *out_wanted, GError **error);
/* The process `ungcuu hunter`: runs hunts in turn until none is left or `stop_fd` is readable. */
gboolean hunt_run_all(App *app, int stop_fd, GError **error);
