/* What the program finds out about itself by the clock, and shows on the board. */
#include "base/clock.h"
#include "base/date.h"
#include "core/audit.h"
#include "core/body.h"
#include "core/message.h"
#include "core/setting.h"
#include "module/admin/admin_pages.h"
#include "module/admin/backup.h"
#include "module/admin/backup_folder.h"
#include <glib/gstdio.h>
#include <string.h>

#define JOBS_KEPT_MS (30 * DAY_MS)
#define BACKUP_LATE_MS (2 * DAY_MS)

enum { SQL_PUT, SQL_GET };
static const StoreSql SQL[] = {
    [SQL_PUT] = {"admin.state_put",
                 "INSERT INTO system_state (name, at_ms, good, text) VALUES ($1, $2, $3, $4) "
                 "ON CONFLICT (name) DO UPDATE SET at_ms = $2, good = $3, text = $4", NULL},
    [SQL_GET] = {"admin.state_get", "SELECT at_ms, good, text FROM system_state WHERE name = $1", NULL},
};
const StoreSqlTable admin_state_sql = {SQL, G_N_ELEMENTS(SQL)};

typedef struct {
  const char *name, *text;
  gboolean good;
  gint64 now_ms;
} NewState;

static gboolean put(StoreConn *conn, void *data, GError **error) {
  const NewState *state = data;
  return store_exec(conn, &SQL[SQL_PUT], S(S_TEXT(state->name), S_INT(state->now_ms), S_INT(state->good), S_TEXT(state->text)),
                    NULL, error);
}

/* What a machine finds out about itself is no act of anybody: it goes past the audit log, as the state of jobs does. */
gboolean system_state_put(App *app, const char *name, gboolean good, const char *text, GError **error) {
  NewState state = {name, text, good, clock_now_ms()};
  return store_write(app->store, put, &state, error);
}

gboolean system_state_get(StoreConn *conn, Arena *arena, const char *name, SystemState *out_state, GError **error) {
  g_autoptr(GError) failed = NULL;
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_GET], S(S_TEXT(name)), error);
  *out_state = (SystemState){.text = ""};
  if (rows && store_step(rows, &failed))
    *out_state = (SystemState){store_int(rows, 0), store_int(rows, 1) != 0, arena_text(arena, store_text(rows, 2), -1)};
  if (failed)
    g_propagate_error(error, g_steal_pointer(&failed));
  return rows && !failed;
}

gboolean system_check_audit(App *app, char **out_problem, gint64 *out_entries, gint64 *out_chains, GError **error) {
  AuditVerdict verdict;
  if (!audit_verify(app->store, app->home, &verdict, error))
    return FALSE;
  *out_entries = verdict.entries;
  *out_chains = verdict.chains;
  *out_problem = g_strdup(verdict.problem);
  audit_verdict_clear(&verdict);
  return system_state_put(app, "audit", *out_problem == NULL, *out_problem ? *out_problem : "", error);
}

/* --- jobs --- */

static gboolean nightly_backup(App *app, const json_t *payload, GError **error) {
  g_autofree char *path = NULL;
  BackupManifest manifest;
  GError *failed = NULL;
  (void)payload;
  gboolean good = backup_make(app, NULL, &path, &manifest, &failed) && backup_verify(app, path, &manifest, &failed) &&
                  backup_prune(app, (guint)setting_int(app, "backup.keep"), &failed);
  if (!system_state_put(app, "backup", good, good ? path : failed->message, good ? error : NULL))
    good = FALSE;
  if (failed)
    g_propagate_error(error, failed);
  return good;
}

static gboolean daily_seal(App *app, const json_t *payload, GError **error) {
  (void)payload;
  return audit_seal(app->store, app->home, clock_now_ms(), error);
}

static gboolean daily_audit(App *app, const json_t *payload, GError **error) {
  g_autofree char *problem = NULL;
  gint64 entries, chains;
  (void)payload;
  if (!system_check_audit(app, &problem, &entries, &chains, error))
    return FALSE;
  if (problem)
    g_set_error(error, APP_ERROR, ERROR_CHECK, "Nhật ký hệ thống không nguyên vẹn. %s", problem);
  return problem == NULL;
}

/* Uploads and restores that a crash left behind. */
static void remove_old_temporary(const App *app) {
  g_autofree char *folder = g_build_filename(app->home, "tmp", NULL);
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  GStatBuf info;
  for (const char *name; dir && (name = g_dir_read_name(dir));) {
    g_autofree char *path = g_build_filename(folder, name, NULL);
    if (g_stat(path, &info) == 0 && (gint64)info.st_mtime * 1000 < g_get_real_time() / 1000 - DAY_MS)
      folder_remove(path, NULL);
  }
}

static gboolean tidy(App *app, const json_t *payload, GError **error) {
  (void)payload;
  remove_old_temporary(app);
  return job_tidy(app, clock_now_ms() - JOBS_KEPT_MS, error);
}

const JobRow ADMIN_JOBS[] = {
    {"audit.seal",    "Niêm phong nhật ký hệ thống",       daily_seal,     .daily_at_minute = 10 },
    {"backup.nightly", "Sao lưu hằng đêm và kiểm tra bản sao", nightly_backup, .daily_at_minute = 120},
    {"audit.check",   "Kiểm tra nhật ký hệ thống",         daily_audit,    .daily_at_minute = 180},
    {"system.tidy",   "Dọn tệp tạm và việc nền đã xong",   tidy,           .daily_at_minute = 240},
    {NULL},
};

/* --- the board --- */

static void add_line(Request *request, Doc *list, const char *css, const char *label, const char *text, const char *url,
                     const char *note) {
  Doc *row = doc_object(list, NULL);
  Doc *state = doc_object(row, KEY("state"));
  doc_text(state, KEY("class"), css);
  doc_text(state, KEY("label"), message(request->lang, label));
  doc_text(row, KEY("text"), message(request->lang, text));
  doc_text(row, KEY("url"), url);
  doc_text(row, KEY("note"), note);
}

static const char *when(Request *request, const SystemState *state) {
  char text[17];
  if (!state->at_ms)
    return message(request->lang, "chưa lần nào");
  date_write_time(text, state->at_ms);
  return arena_text(request->arena, text, -1);
}

gboolean admin_board(Request *request, Doc *board, GError **error) {
  SystemState backup, audit;
  gint64 failed = 0;
  StoreConn *conn = request_read(request, error);
  if (!conn || !body_require_top(request, "admin.read", NULL))
    return conn != NULL;
  if (!system_state_get(conn, request->arena, "backup", &backup, error) ||
      !system_state_get(conn, request->arena, "audit", &audit, error) || !job_count_failed(conn, &failed, error))
    return FALSE;
  gboolean fresh = backup.good && request->now_ms - backup.at_ms < BACKUP_LATE_MS;
  Doc *section = doc_object((Doc *)(gintptr)doc_get(board, KEY("sections")), NULL);
  doc_text(section, KEY("id"), "may");
  doc_text(section, KEY("title"), message(request->lang, "Tình trạng hệ thống này"));
  doc_bool(section, KEY("aside"), TRUE);
  Doc *list = doc_list(section, KEY("list"));
  add_line(request, list, fresh ? "done" : "late", fresh ? "Đạt" : "Cần xem", "Sao lưu gần nhất", "/cai-dat/sao-luu",
           when(request, &backup));
  add_line(request, list, audit.good ? "done" : audit.at_ms ? "late" : "wait", audit.good ? "Đạt" : audit.at_ms ? "Lỗi" : "Chờ",
           "Nhật ký hệ thống nguyên vẹn", "/cai-dat/nhat-ky", when(request, &audit));
  add_line(request, list, failed ? "late" : "done", failed ? "Lỗi" : "Đạt", "Việc nền bị lỗi", "/cai-dat/viec-nen",
           arena_printf(request->arena, "%" G_GINT64_FORMAT, failed));
  return TRUE;
}
