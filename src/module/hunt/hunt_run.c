/* The process that runs hunts, and a hunt in the foreground. */
#include "base/date.h"
#include "base/number.h"
#include "core/message.h"
#include "module/hunt/hunt_engine.h"
#include "module/hunt/hunt_pages.h"
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SLICE_US (20 * G_USEC_PER_SEC) /* then the next hunt has its turn */
#define BUSY_MS 500

gboolean hunt_wanted(App *app, gboolean *out_wanted, GError **error) {
  g_autoptr(Arena) arena = arena_new();
  StoreConn *conn = store_read(app->store, error);
  const char *const *ids = conn ? hunt_store_running(conn, arena, error) : NULL;
  *out_wanted = ids && *ids;
  return ids != NULL;
}

typedef struct {
  int stop_fd;
  gboolean others;
  gint64 until_us;
} Turn;

static gboolean is_told_to_stop(int stop_fd, int wait_ms) {
  struct pollfd wait = {.fd = stop_fd, .events = POLLIN};
  return poll(&wait, 1, wait_ms) > 0;
}

static gboolean goes_on(void *data) {
  const Turn *turn = data;
  return !is_told_to_stop(turn->stop_fd, 0) && !(turn->others && g_get_monotonic_time() > turn->until_us);
}

/* *out_all_busy: others run all that there are. */
static gboolean run_round(App *app, int stop_fd, const char *const *ids, gboolean *out_all_busy, GError **error) {
  *out_all_busy = TRUE;
  for (const char *const *id = ids; *id && !is_told_to_stop(stop_fd, 0); id++) {
    Turn turn = {stop_fd, ids[1] != NULL, g_get_monotonic_time() + SLICE_US};
    const HuntRunner runner = {goes_on, NULL, &turn};
    HuntOutcome outcome;
    if (!hunt_engine_run(app, *id, &runner, &outcome, error))
      return FALSE;
    *out_all_busy = *out_all_busy && outcome == HUNT_BUSY;
  }
  return TRUE;
}

gboolean hunt_run_all(App *app, int stop_fd, GError **error) {
  while (!is_told_to_stop(stop_fd, 0)) {
    g_autoptr(Arena) arena = arena_new();
    StoreConn *conn = store_read(app->store, error);
    const char *const *ids = conn ? hunt_store_running(conn, arena, error) : NULL;
    gboolean all_busy = FALSE;
    if (!ids || !*ids)
      return ids != NULL;
    if (!run_round(app, stop_fd, ids, &all_busy, error))
      return FALSE;
    if (all_busy && is_told_to_stop(stop_fd, BUSY_MS))
      break;
  }
  return TRUE;
}

/* --- in the foreground --- */

static gboolean always(void *data) {
  (void)data;
  return TRUE;
}

static void tell(const HuntCase *hunt, void *data) {
  char done[NUMBER_SIZE], all[NUMBER_SIZE];
  (void)data;
  number_write_size(done, hunt->bytes_done);
  number_write_size(all, hunt->bytes);
  fprintf(stderr, "%s: %" G_GINT64_FORMAT "/%" G_GINT64_FORMAT " đoạn, %s/%s, %" G_GINT64_FORMAT " lần khớp\n", hunt->code, hunt->segments_done,
          hunt->segments, done, all, hunt->hits);
}

gboolean hunt_run_here(Request *request, Doc *answer, GError **error) {
  const HuntCase *hunt = hunt_require(request, "hunt.write", error);
  const HuntRunner runner = {always, isatty(STDERR_FILENO) ? tell : NULL, NULL};
  HuntOutcome outcome;
  if (!hunt || (strcmp(hunt->state, HUNT_RUNNING) != 0 && !hunt_start(request, doc_new(request->arena), error)))
    return FALSE;
  do {
    if (!hunt_engine_run(request->app, hunt->id, &runner, &outcome, error))
      return FALSE;
    if (outcome == HUNT_BUSY)
      g_usleep(BUSY_MS * 1000); /* the hunter has it: the end is waited for */
    hunt = hunt_store_get(request_read(request, NULL), request->arena, hunt->id, error);
  } while (hunt && outcome == HUNT_BUSY && strcmp(hunt->state, HUNT_RUNNING) == 0);
  if (!hunt)
    return FALSE;
  if (strcmp(hunt->state, HUNT_FAILED) == 0) {
    g_set_error(error, APP_ERROR, ERROR_FAILED, "%s", hunt->failure);
    return FALSE;
  }
  hunt_show(request, answer, hunt);
  return TRUE;
}
