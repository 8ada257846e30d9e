#include "module/collect/collect_keep.h"
#include "base/clock.h"
#include "base/date.h"
#include "core/body.h"
#include "core/law.h"
#include "core/message.h"
#include "core/show.h"
#include "module/collect/collect_lock.h"
#include "module/collect/collect_pages.h"
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define MONTH_DAYS 31 /* the longest: nothing goes too early */
#define READ_BYTES (1 << 20)

/* --- the least --- */

gint64 collect_keep_least(App *app, Arena *arena, gint64 level, const char **out_basis, GError **error) {
  const Law *law = app_need_law(app, error);
  *out_basis = NULL;
  for (guint i = 0; law && i < law->retentions->len; i++) {
    const LawRetention *rule = law->retentions->pdata[i];
    if (rule->level != level || !law_in_force(&rule->rule, NULL, day_at(clock_now_ms())))
      continue;
    g_autofree char *basis = law_basis_text(&rule->rule);
    *out_basis = arena_text(arena, basis, -1);
    return rule->months;
  }
  return law ? 1 : -1;
}

/* --- sealing --- */

typedef struct {
  const SegmentRow *row;
  const guint32 *numbers;
  gsize count;
} Seal;

static gboolean seal(Change *change, void *data, GError **error) {
  const Seal *s = data;
  gboolean fresh = FALSE;
  if (!segment_store_insert(change->conn, s->row, s->numbers, s->count, &fresh, error))
    return FALSE;
  json_t *details = json_pack("{s:s, s:I, s:I, s:I, s:I, s:b}", "sha256", s->row->sha256, "records", (json_int_t)s->row->records, "raw_bytes",
                              (json_int_t)s->row->raw_bytes, "first_ms", (json_int_t)s->row->first_ms, "last_ms", (json_int_t)s->row->last_ms,
                              "again", !fresh);
  change_about(change, "log_segment", s->row->name, NULL, details);
  return TRUE;
}

gboolean collect_seal(App *app, const SegmentRow *row, const guint32 *numbers, gsize count, GError **error) {
  g_autoptr(Arena) arena = arena_new();
  g_autoptr(Request) request = request_new_for_job(app, arena, "log.seal");
  StoreConn *conn = store_read(app->store, error);
  gboolean known = FALSE;
  Seal data = {row, numbers, count};
  if (!conn || !segment_store_known(conn, row->name, &known, error))
    return FALSE;
  return known || request_change(request, seal, &data, error);
}

/* --- expiry --- */

typedef struct {
  gint64 now_ms;
  GHashTable *due; /* name -> sha256 */
} Due;

static gboolean find_due(const SegmentRow *row, void *data) {
  Due *due = data;
  gint64 months = row->keep_months ? row->keep_months : KEEP_MONTHS;
  if (row->last_ms + months * MONTH_DAYS * DAY_MS < due->now_ms)
    g_hash_table_insert(due->due, g_strdup(row->name), g_strdup(row->sha256));
  return TRUE;
}

/* What was not sealed, or is not due, stays. */
static bool is_held(void *context, const SegmentInfo *info) {
  const Due *due = context;
  g_autofree char *name = g_path_get_basename(info->path);
  const char *sha256 = g_hash_table_lookup(due->due, name);
  return !sha256 || strcmp(sha256, info->sha256) != 0;
}

typedef struct {
  const char *name, *sha256;
} Expired;

static gboolean note_expired(Change *change, void *data, GError **error) {
  const Expired *expired = data;
  change_about(change, "log_segment", expired->name, NULL, json_pack("{s:s}", "sha256", expired->sha256));
  return segment_store_expire(change->conn, expired->name, change->request->now_ms, error);
}

/* The audit entry comes before the deletion: a crash in between leaves a file too many, never one that went in silence. */
static gboolean note_all(App *app, const Due *due, GError **error) {
  GHashTableIter iter;
  gpointer name, sha256;
  g_hash_table_iter_init(&iter, due->due);
  while (g_hash_table_iter_next(&iter, &name, &sha256)) {
    g_autoptr(Arena) arena = arena_new();
    g_autoptr(Request) request = request_new_for_job(app, arena, "log.expire");
    Expired expired = {name, sha256};
    if (!request_change(request, note_expired, &expired, error))
      return FALSE;
  }
  return TRUE;
}

gboolean collect_expire(App *app, LogStore *store, gint64 now_ms, gint64 *out_count, GError **error) {
  g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  Due due = {now_ms, names};
  StoreConn *conn = store_read(app->store, error);
  *out_count = 0;
  if (!conn || !segment_store_list(conn, 0, G_MAXINT64, find_due, &due, error))
    return FALSE;
  if (!g_hash_table_size(names))
    return TRUE;
  if (!note_all(app, &due, error))
    return FALSE;
  *out_count = (gint64)log_store_expire(store, now_ms, is_held, &due);
  return TRUE;
}

gboolean collect_expire_job(App *app, const json_t *payload, GError **error) {
  g_autofree char *segments = g_build_filename(app->home, "log", "segments", NULL);
  ScanError trouble = {0};
  gint64 count;
  (void)payload;
  int lock = g_file_test(segments, G_FILE_TEST_IS_DIR) ? collect_lock(app, 0, NULL) : -1;
  if (lock < 0)
    return TRUE; /* nothing is kept, or the collector is there and does it itself */
  LogStore *store = log_store_open(segments, &trouble);
  if (!store)
    g_set_error(error, APP_ERROR, ERROR_BUSY, "Không mở được kho nhật ký: %s", trouble.message);
  gboolean good = store && collect_expire(app, store, clock_now_ms(), &count, error);
  log_store_close(store);
  collect_unlock(lock);
  return good;
}

/* --- verifying --- */

static gboolean hash_file(const char *path, char out_sha256[65]) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  g_autofree guint8 *bytes = g_malloc(READ_BYTES);
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
  gssize got = fd < 0 ? -1 : 0;
  while (fd >= 0 && (got = read(fd, bytes, READ_BYTES)) > 0)
    g_checksum_update(sum, bytes, got);
  if (fd >= 0)
    close(fd);
  g_strlcpy(out_sha256, g_checksum_get_string(sum), 65);
  return got == 0;
}

typedef struct {
  Request *request;
  StoreConn *conn;
  Doc *rows;
  char *folder;
  gint64 count, bad;
  GError *failed;
} Verify;

/* NULL: as it was sealed. */
static const char *problem_of(Verify *v, const SegmentRow *row) {
  char sha256[65];
  g_autofree char *path = g_build_filename(v->folder, row->name, NULL), *details = NULL;
  if (!segment_store_sealed(v->conn, row->name, &details, &v->failed))
    return NULL;
  json_t *sealed = details ? json_loads(details, 0, NULL) : NULL;
  const char *told = json_string_value(json_object_get(sealed, "sha256"));
  const char *problem = !g_file_test(path, G_FILE_TEST_EXISTS) ? "mất tệp"
                        : !hash_file(path, sha256)             ? "không đọc được"
                        : !told                                ? "chưa được niêm phong trong nhật ký hệ thống"
                        : strcmp(told, row->sha256) != 0       ? "mã niêm phong trong kho dữ liệu đã bị đổi"
                        : strcmp(told, sha256) != 0            ? "nội dung đã bị đổi"
                                                               : NULL;
  json_decref(sealed);
  return problem;
}

static gboolean verify_one(const SegmentRow *row, void *data) {
  Verify *v = data;
  const char *problem = problem_of(v, row);
  Doc *shown = problem ? doc_object(v->rows, NULL) : NULL;
  v->count++;
  if (!problem)
    return v->failed == NULL;
  v->bad++;
  doc_text_copy(shown, KEY("name"), row->name);
  doc_text(shown, KEY("problem"), message(v->request->lang, problem));
  doc_text(shown, KEY("from"), show_time(v->request->arena, row->first_ms));
  doc_text(shown, KEY("to"), show_time(v->request->arena, row->last_ms));
  return v->failed == NULL;
}

gboolean log_verify(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  if (!conn || !body_require_top(request, "log.read", error))
    return FALSE;
  Verify v = {.request = request, .conn = conn, .rows = doc_list(answer, KEY("problems")), .folder = g_build_filename(request->app->home, "log", "segments", NULL)};
  gboolean good = segment_store_list(conn, 0, G_MAXINT64, verify_one, &v, error);
  g_free(v.folder);
  if (v.failed) {
    g_clear_error(error);
    g_propagate_error(error, v.failed);
    return FALSE;
  }
  doc_int(answer, KEY("segments"), v.count);
  doc_int(answer, KEY("bad"), v.bad);
  doc_bool(answer, KEY("whole"), v.bad == 0);
  request->outcome = v.bad ? ERROR_CHECK : 0;
  request->notice = v.bad ? arena_printf(request->arena, "%" G_GINT64_FORMAT " %s", v.bad, message(request->lang, "đoạn nhật ký không còn như khi niêm phong."))
                          : arena_printf(request->arena, "%" G_GINT64_FORMAT " %s", v.count, message(request->lang, "đoạn nhật ký còn nguyên như khi niêm phong."));
  return good;
}
