/* ungcuu doctor: looks at the machine, the data folder, the store, what the modules keep twice. */
#include "base/clock.h"
#include "base/date.h"
#include "base/number.h"
#include "core/body.h"
#include "core/file.h"
#include "core/law.h"
#include "core/message.h"
#include "core/setting_page.h"
#include "module/admin/admin_pages.h"
#include <glib/gstdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define DISK_LEAST_BYTES (1000LL * 1000 * 1000)
#define BACKUP_LATE_MS (2 * DAY_MS)

enum { SQL_INTEGRITY, SQL_FILES };
static const StoreSql SQL[] = {
    [SQL_INTEGRITY] = {"admin.integrity", "PRAGMA integrity_check(5)", "SELECT 'ok'"},
    [SQL_FILES] = {"admin.files", "SELECT sha256, size_bytes FROM stored_file", NULL},
};
const StoreSqlTable admin_doctor_sql = {SQL, G_N_ELEMENTS(SQL)};

typedef gboolean (*CheckFunc)(Request *request, Doc *checks, GError **error);

static gboolean check_home(Request *request, Doc *checks, GError **error) {
  g_autofree char *path = g_build_filename(request->app->home, ".doctor-XXXXXX", NULL);
  int fd = g_mkstemp_full(path, 0, 0600);
  (void)error;
  doctor_add(checks, "home", fd >= 0,
             arena_printf(request->arena, "%s: %s", request->app->home,
                          fd >= 0 ? message(request->lang, "ghi được") : message(request->lang, "không ghi được; xem quyền của thư mục")));
  if (fd >= 0) {
    close(fd);
    g_unlink(path);
  }
  return TRUE;
}

static gboolean check_disk(Request *request, Doc *checks, GError **error) {
  struct statvfs disk;
  char free_text[NUMBER_SIZE];
  (void)error;
  gint64 left = statvfs(request->app->home, &disk) == 0 ? (gint64)disk.f_bavail * (gint64)disk.f_frsize : 0;
  number_write_size(free_text, left);
  doctor_add(checks, "disk", left >= DISK_LEAST_BYTES,
             arena_printf(request->arena, "%s %s", message(request->lang, "Ổ đĩa còn trống"), free_text));
  return TRUE;
}

static gboolean check_clock(Request *request, Doc *checks, GError **error) {
  gint64 jumped_ms = clock_jumped_ms();
  char span[64];
  (void)error;
  date_write_span(span, jumped_ms);
  doctor_add(checks, "clock", jumped_ms < MINUTE_MS,
             jumped_ms < MINUTE_MS ? message(request->lang, "Đồng hồ máy không bị chỉnh lùi")
                                   : arena_printf(request->arena, "%s %s", message(request->lang, "Đồng hồ máy bị chỉnh lùi"), span));
  return TRUE;
}

static gboolean check_store(Request *request, Doc *checks, GError **error) {
  g_autofree char *told = NULL;
  StoreConn *conn = request_read(request, error);
  if (!conn || !store_get_text(conn, &SQL[SQL_INTEGRITY], S0, &told, error))
    return FALSE;
  gboolean good = g_strcmp0(told, "ok") == 0;
  doctor_add(checks, "store", good,
             good ? message(request->lang, "Kho dữ liệu nguyên vẹn")
                  : arena_printf(request->arena, "%s %s", message(request->lang, "Kho dữ liệu bị hỏng; phục hồi từ bản sao lưu:"), told));
  return TRUE;
}

static gboolean check_files(Request *request, Doc *checks, GError **error) {
  gint64 count = 0, missing = 0;
  GStatBuf info;
  g_autoptr(GError) failed = NULL;
  StoreConn *conn = request_read(request, error);
  g_autoptr(StoreRows) rows = conn ? store_query(conn, &SQL[SQL_FILES], S0, error) : NULL;
  while (rows && store_step(rows, &failed)) {
    g_autofree char *path = file_path(request->app, store_text(rows, 0));
    count++;
    missing += g_stat(path, &info) != 0 || info.st_size != store_int(rows, 1);
  }
  if (failed)
    g_propagate_error(error, g_steal_pointer(&failed));
  if (!rows || (error && *error))
    return FALSE;
  doctor_add(checks, "files", missing == 0,
             arena_printf(request->arena, "%" G_GINT64_FORMAT " %s, %" G_GINT64_FORMAT " %s", count, message(request->lang, "tệp"),
                          missing, message(request->lang, "thiếu hoặc sai cỡ")));
  return TRUE;
}

static gboolean check_law(Request *request, Doc *checks, GError **error) {
  g_autofree char *folder = g_build_filename(request->app->data_dir, "law", NULL);
  g_autoptr(GPtrArray) problems = law_check(folder);
  (void)error;
  doctor_add(checks, "law", problems->len == 0,
             problems->len ? (const char *)g_ptr_array_index(problems, 0) : message(request->lang, "Dữ liệu pháp luật đọc được"));
  return TRUE;
}

static gboolean check_states(Request *request, Doc *checks, GError **error) {
  SystemState backup, audit;
  gint64 failed = 0;
  StoreConn *conn = request_read(request, error);
  if (!conn || !system_state_get(conn, request->arena, "backup", &backup, error) ||
      !system_state_get(conn, request->arena, "audit", &audit, error) || !job_count_failed(conn, &failed, error))
    return FALSE;
  gboolean fresh = backup.good && request->now_ms - backup.at_ms < BACKUP_LATE_MS;
  doctor_add(checks, "backup", fresh,
             fresh ? backup.text : message(request->lang, "Chưa có bản sao lưu tốt trong hai ngày; chạy ungcuu backup"));
  doctor_add(checks, "audit", audit.good || !audit.at_ms,
             audit.at_ms && !audit.good ? audit.text : message(request->lang, "Nhật ký hệ thống không có dấu hiệu bị sửa"));
  doctor_add(checks, "jobs", failed == 0,
             arena_printf(request->arena, "%" G_GINT64_FORMAT " %s", failed, message(request->lang, "việc nền bị lỗi")));
  return TRUE;
}

static const CheckFunc CHECKS[] = {check_home, check_disk, check_clock, check_store, check_files, check_law, check_states};

static void add_words(Request *request, Doc *checks, int *out_bad) {
  for (Doc *row = checks->first; row; row = row->next) {
    const Doc *good = doc_get(row, KEY("good"));
    gboolean ok = good && good->number;
    Doc *state = doc_object(row, KEY("state"));
    doc_text(state, KEY("class"), ok ? "done" : "late");
    doc_text(state, KEY("label"), message(request->lang, ok ? "Đạt" : "Cần xem"));
    *out_bad += !ok;
  }
}

gboolean system_doctor(Request *request, Doc *answer, GError **error) {
  int bad = 0;
  if (!body_require_top(request, "admin.read", error))
    return FALSE;
  Doc *checks = doc_list(answer, KEY("rows"));
  for (gsize i = 0; i < G_N_ELEMENTS(CHECKS); i++)
    if (!CHECKS[i](request, checks, error))
      return FALSE;
  for (const Module *const *module = request->app->modules; *module; module++)
    if ((*module)->doctor && !(*module)->doctor(request, checks, error))
      return FALSE;
  add_words(request, checks, &bad);
  doc_int(answer, KEY("problems"), bad);
  if (bad)
    request->outcome = ERROR_CHECK;
  if (request->face == FACE_WEB)
    setting_tabs(request, answer);
  return TRUE;
}

/* --- the law data, without a store --- */

gboolean law_check_data(Request *request, Doc *answer, GError **error) {
  const char *given = input_text(request, "folder");
  g_autofree char *folder = given ? g_strdup(given) : g_build_filename(request->app->data_dir, "law", NULL);
  g_autoptr(GPtrArray) problems = law_check(folder);
  (void)error;
  Doc *rows = doc_list(answer, KEY("rows"));
  for (guint i = 0; i < problems->len; i++)
    doc_text_copy(doc_object(rows, NULL), KEY("problem"), g_ptr_array_index(problems, i));
  doc_int(answer, KEY("problems"), problems->len);
  if (problems->len)
    request->outcome = ERROR_CHECK;
  request->notice = arena_printf(request->arena, "%u %s", problems->len, message(request->lang, "lỗi trong dữ liệu pháp luật"));
  return TRUE;
}

/* --- who may do what --- */

/* What stands beside a permission on the page: its operations in one cell. */
static void add_permission_row(const Request *request, const char *name, const char *label, int roles, const Doc *operations, Doc *list) {
  g_autoptr(GString) words = g_string_new(NULL);
  for (const Doc *one = operations->first; one; one = one->next)
    if (strcmp(doc_get_text(one, KEY("permission")), name) == 0)
      g_string_append_printf(words, "%s%s", words->len ? "; " : "", doc_get_text(one, KEY("summary")));
  if (!words->len)
    return;
  Doc *row = doc_object(list, NULL);
  doc_text(row, KEY("label"), message(request->lang, label));
  doc_text_copy(row, KEY("operations"), words->str);
  Doc *cells = doc_list(row, KEY("may"));
  for (int r = 0; r < ROLE_COUNT; r++) {
    Doc *cell = doc_object(cells, NULL);
    doc_text(cell, KEY("label"), message(request->lang, role_label((Role)(1 << r))));
    doc_bool(cell, KEY("may"), (roles >> r) & 1);
  }
}

static void add_permission_rows(const Request *request, Doc *answer) {
  const Doc *operations = doc_get(answer, KEY("rows"));
  Doc *list = doc_list(answer, KEY("permissions"));
  for (const Module *const *module = request->app->modules; *module; module++)
    for (const PermissionRow *row = (*module)->permissions; row && row->name; row++)
      add_permission_row(request, row->name, row->label, row->roles, operations, list);
  add_permission_row(request, PERMISSION_SIGNED_IN, "Ai đăng nhập cũng được", ROLES_ALL, operations, list);
  add_permission_row(request, PERMISSION_PUBLIC, "Không cần đăng nhập", ROLES_ALL, operations, list);
}

gboolean permission_matrix_page(Request *request, Doc *answer, GError **error) {
  (void)error;
  app_permission_matrix(request->app, request->lang, answer);
  if (request->face == FACE_WEB) {
    add_permission_rows(request, answer);
    setting_tabs(request, answer);
  }
  return TRUE;
}
