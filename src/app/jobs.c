#include "app/jobs.h"
#include "app/child.h"
#include "app/home.h"
#include "base/clock.h"
#include "base/error.h"
#include "core/job.h"
#include "core/setting.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>

#define PAUSE_MOST_MS 30000
#define PAUSE_LEAST_MS 200

/* FALSE: told to end. */
static gboolean pause_ms(const sigset_t *ends, gint64 ms) {
  struct timespec wait = {ms / 1000, (ms % 1000) * 1000000};
  int got = sigtimedwait(ends, NULL, &wait);
  return got < 0 && (errno == EAGAIN || errno == EINTR);
}

static gint64 pause_until(gint64 next_ms) {
  gint64 left = next_ms ? next_ms - clock_now_ms() : PAUSE_MOST_MS;
  return CLAMP(left, PAUSE_LEAST_MS, PAUSE_MOST_MS);
}

/* Trouble with the store (full, busy) passes; the next round tries again. */
static gint64 run_round(App *app) {
  g_autoptr(GError) error = NULL;
  gint64 next_ms = 0;
  if (settings_refresh(app, &error) && jobs_run_due(app, clock_now_ms(), &next_ms, &error))
    return pause_until(next_ms);
  fprintf(stderr, "ungcuu jobs: %s (%s)\n", error->message, error_info(error)->label);
  return PAUSE_MOST_MS;
}

static int run_once(App *app) {
  g_autoptr(GError) error = NULL;
  gint64 next_ms = 0;
  if (jobs_run_due(app, clock_now_ms(), &next_ms, &error))
    return 0;
  fprintf(stderr, "ungcuu jobs: %s (%s)\n", error->message, error_info(error)->label);
  return error_info(error)->exit_code;
}

int jobs_run(App *app, int argc, char **argv) {
  int parent = 0;
  gboolean once = FALSE;
  const GOptionEntry entries[] = {
      {"once",   0, 0,                    G_OPTION_ARG_NONE, &once,   "chạy hết việc đến hạn rồi thôi", NULL },
      {"parent", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_INT,  &parent, NULL,                             "PID"},
      {NULL,     0, 0,                    G_OPTION_ARG_NONE, NULL,    NULL,                             NULL },
  };
  g_autoptr(GOptionContext) context = g_option_context_new("- chạy việc nền: lịch, thư, nhắc việc");
  g_autoptr(GError) error = NULL;
  g_option_context_add_main_entries(context, entries, NULL);
  if (!g_option_context_parse(context, &argc, &argv, &error)) {
    fprintf(stderr, "ungcuu: %s\n", error->message);
    return 2;
  }
  if (parent && !child_follow(parent))
    return 0;
  sigset_t ends = child_block_signals();
  if (!app_open(app, TRUE, &error)) {
    fprintf(stderr, "ungcuu: %s (%s)\n", error->message, error_info(error)->label);
    return error_info(error)->exit_code;
  }
  if (!jobs_start(app, clock_now_ms(), &error)) {
    fprintf(stderr, "ungcuu jobs: %s (%s)\n", error->message, error_info(error)->label);
    return error_info(error)->exit_code;
  }
  if (once)
    return run_once(app);
  while (pause_ms(&ends, run_round(app)))
    continue;
  return 0;
}
