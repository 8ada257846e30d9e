/* A hunt over stored logs. What is found waits in memory and is committed together with the place where the reading stands, a few times a
 * second: whatever ends the process, the next one goes on from there and the result is that of one run.
 */
#include "module/hunt/hunt_engine.h"
#include "base/clock.h"
#include "base/date.h"
#include "lib/scan/hunt.h"
#include "module/collect/collect.h"
#include "module/detect/detect_hunt.h"
#include "module/hunt/hunt_gather.h"
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { COMMIT_MS = 300, PENDING_MAX = 2000 };

typedef struct {
  App *app;
  Arena *arena; /* lives as long as the run */
  const HuntRunner *runner;
  HuntCase *row; /* as it is to be written */
  int lock;
  GHashTable *sources; /* number -> const CollectSource */
  GArray *numbers;     /* guint32 */
  IndicatorSet *indicators;
  DetectChosen chosen;
  Route *route;
  PatternSet *patterns;
  HuntGather *gather;
  gint64 committed_ms;                  /* monotonic */
  gint64 records_before, damaged_before; /* of runs before this one */
  char place[128];
  GError *failed;   /* of a commit */
  gboolean stopped; /* by the runner */
  gboolean lost;    /* somebody cancelled it: nothing more is written */
} Run;

const char *const *hunt_texts(Arena *arena, const char *json) {
  json_t *list = json_loads(json ? json : "[]", 0, NULL);
  const char **texts = arena_alloc(arena, (json_array_size(list) + 1) * sizeof *texts);
  gsize count = 0;
  for (gsize i = 0; i < json_array_size(list); i++)
    if (json_is_string(json_array_get(list, i)))
      texts[count++] = arena_text(arena, json_string_value(json_array_get(list, i)), -1);
  texts[count] = NULL;
  json_decref(list);
  return texts;
}

/* --- one process at a time: a byte of one file, let go by the kernel with the process --- */

static int take_lock(const App *app, const char *id) {
  g_autofree char *path = g_build_filename(app->home, "hunts.lock", NULL);
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = (off_t)g_str_hash(id), .l_len = 1};
  if (fd >= 0 && fcntl(fd, F_OFD_SETLK, &lock) == 0)
    return fd;
  if (fd >= 0)
    close(fd);
  return -1;
}

/* --- what is looked at, and for what --- */

typedef struct {
  Run *run;
  const char *const *sources, *const *systems; /* both empty: all */
} Choosing;

static gboolean take_source(const CollectSource *source, void *data) {
  const Choosing *choosing = data;
  Run *run = choosing->run;
  gboolean all = !*choosing->sources && !*choosing->systems;
  if (!all && !g_strv_contains(choosing->sources, source->id) && !(source->system_id && g_strv_contains(choosing->systems, source->system_id)))
    return TRUE;
  CollectSource *kept = arena_alloc(run->arena, sizeof *kept);
  *kept = (CollectSource){.number = source->number, .id = arena_text(run->arena, source->id, -1), .name = arena_text(run->arena, source->name, -1),
                          .body_id = arena_text(run->arena, source->body_id, -1),
                          .system_id = source->system_id ? arena_text(run->arena, source->system_id, -1) : NULL};
  g_hash_table_insert(run->sources, GUINT_TO_POINTER(kept->number), kept);
  g_array_append_val(run->numbers, kept->number);
  return TRUE;
}

/* Without a source the reader would take all: that must never happen. */
static gboolean choose_sources(Run *run, StoreConn *conn, GError **error) {
  Choosing choosing = {run, hunt_texts(run->arena, run->row->sources), hunt_texts(run->arena, run->row->systems)};
  if (!collect_each_source(conn, run->row->body_id, take_source, &choosing, error))
    return FALSE;
  if (!run->numbers->len)
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "Không có nguồn nhật ký nào trong phạm vi của đợt săn lùng.");
  return run->numbers->len > 0;
}

static gboolean load_signs(Run *run, StoreConn *conn, GError **error) {
  const char *const *lists = hunt_texts(run->arena, run->row->lists);
  if (!*lists && !*run->row->indicators)
    return TRUE;
  run->indicators = detect_choose_indicators(run->app, conn, lists, run->row->indicators, error);
  return run->indicators != NULL;
}

static gboolean load_rules(Run *run, StoreConn *conn, GError **error) {
  const HuntCase *row = run->row;
  const DetectChoice choice = {row->pack_id, row->least_level, hunt_texts(run->arena, row->rules), row->rules_yaml};
  if (!choice.pack_id && !*choice.keys && !*choice.yaml)
    return TRUE;
  run->route = detect_route(run->app, error);
  run->patterns = run->route ? detect_patterns(run->app, error) : NULL;
  if (!run->patterns || !detect_choose_rules(run->app, conn, run->arena, &choice, &run->chosen, error))
    return FALSE;
  if (!g_hash_table_size(run->chosen.known))
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "Không luật nào của đợt săn lùng dùng được nữa.");
  return g_hash_table_size(run->chosen.known) > 0;
}

/* --- from the beginning --- */

static gboolean begin_anew(StoreConn *conn, void *data, GError **error) {
  const Run *run = data;
  return hunt_store_clear(conn, run->row->id, error) && hunt_store_progress(conn, run->row, error);
}

/* Correlations and estimates know what came before only within one run. */
static gboolean open_place(Run *run, GError **error) {
  HuntCase *row = run->row;
  gboolean whole = run->chosen.correlates || strcmp(row->kind, KIND_ESTIMATE) == 0;
  if (whole && (row->seen_ms || *row->place)) {
    row->place = "";
    row->records = row->hits = row->hits_beyond = row->damaged = row->segments = row->segments_done = row->bytes = row->bytes_done = 0;
    if (!store_write(run->app->store, begin_anew, run, error))
      return FALSE;
  }
  run->records_before = row->records;
  run->damaged_before = *row->place ? row->damaged : 0;
  g_strlcpy(run->place, row->place, sizeof run->place);
  return TRUE;
}

/* --- committing --- */

static gboolean commit(StoreConn *conn, void *data, GError **error) {
  Run *run = data;
  g_autoptr(Arena) arena = arena_new();
  const HuntCase *now = hunt_store_get(conn, arena, run->row->id, error);
  if (!now)
    return FALSE;
  run->lost = strcmp(now->state, HUNT_RUNNING) != 0 && strcmp(now->state, HUNT_PAUSED) != 0;
  if (run->lost)
    return TRUE;
  HuntCase row = *run->row;
  if (strcmp(row.state, HUNT_RUNNING) == 0)
    row.state = strcmp(now->state, HUNT_PAUSED) == 0 ? HUNT_PAUSED : HUNT_RUNNING;
  return hunt_gather_write(run->gather, conn, row.id, error) && hunt_store_progress(conn, &row, error);
}

static gboolean commit_end(Change *change, void *data, GError **error) {
  Run *run = data;
  const HuntCase *row = run->row;
  change_about(change, "hunt", row->id, row->body_id,
               json_pack("{s:[s, s], s:I, s:I}", "state", HUNT_RUNNING, row->state, "hits", (json_int_t)row->hits, "records", (json_int_t)row->records));
  return commit(change->conn, data, error) && (strcmp(row->kind, KIND_ESTIMATE) != 0 || hunt_gather_estimate(run->gather, change->conn, error));
}

/* What somebody did meanwhile (paused, cancelled) is found out by reading it back. */
static gboolean committed(Run *run, gint64 now_ms) {
  run->row->seen_ms = clock_now_ms();
  run->row->work_ms += now_ms - run->committed_ms;
  run->committed_ms = now_ms;
  hunt_gather_written(run->gather);
  if (run->runner->told)
    run->runner->told(run->row, run->runner->data);
  return !run->lost;
}

static gboolean still_running(Run *run) {
  g_autoptr(Arena) arena = arena_new();
  StoreConn *conn = store_read(run->app->store, &run->failed);
  const HuntCase *now = conn ? hunt_store_get(conn, arena, run->row->id, &run->failed) : NULL;
  return now && strcmp(now->state, HUNT_RUNNING) == 0;
}

static bool on_progress(void *context, const LogProgress *progress, const char *place) {
  Run *run = context;
  HuntCase *row = run->row;
  gint64 now_ms = g_get_monotonic_time() / 1000;
  row->segments = (gint64)progress->segments;
  row->segments_done = (gint64)progress->segments_done;
  row->damaged = run->damaged_before + (gint64)progress->frames_damaged;
  row->records = run->records_before + (gint64)progress->records;
  row->bytes = (gint64)progress->total_raw_bytes;
  row->bytes_done = (gint64)progress->raw_bytes;
  row->hits = hunt_gather_hits(run->gather, &row->hits_beyond);
  g_strlcpy(run->place, place, sizeof run->place);
  row->place = run->chosen.correlates || strcmp(row->kind, KIND_ESTIMATE) == 0 ? "" : run->place;
  run->stopped = !run->runner->going(run->runner->data);
  if (!run->stopped && now_ms - run->committed_ms < COMMIT_MS && hunt_gather_waiting(run->gather) < PENDING_MAX)
    return true;
  row->seen_ms = clock_now_ms();
  return store_write(run->app->store, commit, run, &run->failed) && committed(run, now_ms) && !run->stopped && still_running(run);
}

/* --- hits --- */

static void on_hit(void *context, const HuntHit *hit) {
  Run *run = context;
  const CollectSource *source = g_hash_table_lookup(run->sources, GUINT_TO_POINTER(hit->record->source));
  const DetectTitle *rule = hit->rule ? g_hash_table_lookup(run->chosen.known, hit->rule) : NULL;
  if (!source || (hit->rule && !rule))
    return;
  const Indicator *indicator = hit->indicator != SIZE_MAX ? indicator_set_item(run->indicators, hit->indicator) : NULL;
  const HuntFind find = {source, hit->record, rule, indicator, run->row->words};
  hunt_gather_add(run->gather, &find);
}

/* --- the run --- */

static gboolean open_run(Run *run, StoreConn *conn, GError **error) {
  gboolean estimate = strcmp(run->row->kind, KIND_ESTIMATE) == 0;
  if (!choose_sources(run, conn, error) || !load_signs(run, conn, error) || !load_rules(run, conn, error) || !open_place(run, error))
    return FALSE;
  run->gather = hunt_gather_new(run->app, conn, run->row, estimate ? run->chosen.known : NULL, error);
  return run->gather != NULL;
}

static void close_run(Run *run) {
  hunt_gather_free(run->gather);
  if (run->indicators)
    indicator_set_free(run->indicators);
  if (run->chosen.set)
    detect_chosen_clear(&run->chosen);
  if (run->route)
    route_free(run->route);
  pattern_set_free(run->patterns);
  g_hash_table_unref(run->sources);
  g_array_unref(run->numbers);
  close(run->lock);
}

static gboolean finish(Run *run, const char *state, const char *failure, GError **error) {
  g_autoptr(Arena) arena = arena_new();
  g_autoptr(Request) request = request_new_for_job(run->app, arena, "hunt.run");
  run->row->state = state;
  run->row->failure = failure;
  run->row->ended_ms = run->row->seen_ms = clock_now_ms();
  if (!run->gather)
    run->gather = hunt_gather_none();
  if (!request_change(request, commit_end, run, error))
    return FALSE;
  committed(run, g_get_monotonic_time() / 1000);
  return TRUE;
}

static gboolean run_open(Run *run, HuntOutcome *out_outcome, GError **error) {
  const HuntCase *row = run->row;
  ScanError trouble = {0};
  Hunt hunt = {
      .folder = collect_folder(run->app, run->arena),
      .range = {row->from_ms ? row->from_ms : INT64_MIN, row->to_ms ? row->to_ms : INT64_MAX, run->numbers ? (const uint32_t *)(gconstpointer)run->numbers->data : NULL,
                run->numbers->len, false},
      .indicators = run->indicators,
      .rules = run->chosen.set,
      .route = run->route,
      .patterns = run->patterns,
      .text = *row->words ? row->words : NULL,
      .resume_place = *run->place ? run->place : NULL,
      .on_hit = on_hit,
      .on_progress = on_progress,
      .context = run,
  };
  *out_outcome = HUNT_ENDED;
  run->committed_ms = g_get_monotonic_time() / 1000;
  if (!hunt_run(&hunt, &trouble))
    return finish(run, HUNT_FAILED, arena_text(run->arena, trouble.message, -1), error);
  if (run->failed) {
    g_propagate_error(error, g_steal_pointer(&run->failed));
    return FALSE;
  }
  if (run->lost)
    return TRUE;
  if (run->stopped) {
    *out_outcome = HUNT_STOPPED;
    return TRUE;
  }
  return !still_running(run) || finish(run, HUNT_DONE, "", error);
}

gboolean hunt_engine_run(App *app, const char *id, const HuntRunner *runner, HuntOutcome *out_outcome, GError **error) {
  g_autoptr(Arena) arena = arena_new();
  StoreConn *conn = store_read(app->store, error);
  Run run = {.app = app, .arena = arena, .runner = runner, .lock = conn ? take_lock(app, id) : -1};
  *out_outcome = HUNT_BUSY;
  if (!conn || run.lock < 0)
    return conn != NULL;
  run.row = hunt_store_get(conn, arena, id, error);
  run.sources = g_hash_table_new(NULL, NULL);
  run.numbers = g_array_new(FALSE, FALSE, sizeof(guint32));
  gboolean good = run.row != NULL;
  *out_outcome = HUNT_ENDED;
  if (good && strcmp(run.row->state, HUNT_RUNNING) == 0) {
    g_autoptr(GError) wrong = NULL;
    run.committed_ms = g_get_monotonic_time() / 1000;
    if (open_run(&run, conn, &wrong))
      good = run_open(&run, out_outcome, error);
    else
      good = finish(&run, HUNT_FAILED, arena_text(arena, wrong->message, -1), error);
  }
  close_run(&run);
  return good;
}
