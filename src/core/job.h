/* Durable jobs: a row survives a crash and runs at least once; a worker holds it by a lease.
 *
 * A failed job whose error says retry runs again after 1, 2, 4 … minutes, at most every 6 hours, for ever; others stop as
 * "failed" and are shown on the page of settings.
 */
#pragma once
#include "core/request.h"

/* Inside a change: the job runs only if the transaction commits. payload is stolen. */
gboolean job_add(Change *change, const char *name, json_t *payload, gint64 run_at_ms, GError **error);
/* Once, when a worker begins: the jobs that are for that moment. */
gboolean jobs_start(App *app, gint64 now_ms, GError **error);
/* Runs what is due, one after another; *out_next_ms is when the next is due (0: none). */
gboolean jobs_run_due(App *app, gint64 now_ms, gint64 *out_next_ms, GError **error);
