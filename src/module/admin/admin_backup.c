/* Backups by hand: page and commands. */
#include "base/date.h"
#include "base/number.h"
#include "core/body.h"
#include "core/form.h"
#include "core/message.h"
#include "core/setting.h"
#include "core/setting_page.h"
#include "module/admin/admin_pages.h"
#include "module/admin/backup.h"

static void add_manifest(Doc *answer, const char *path, const BackupManifest *manifest) {
  char at[17];
  date_write_time(at, manifest->made_ms);
  doc_text_copy(answer, KEY("path"), path);
  doc_text_copy(answer, KEY("made"), at);
  doc_int(answer, KEY("store_bytes"), manifest->store_bytes);
  doc_int(answer, KEY("files"), manifest->files);
  doc_int(answer, KEY("file_bytes"), manifest->file_bytes);
  doc_text_copy(answer, KEY("sha256"), manifest->store_sha256);
}

/* --- the list --- */

static void add_row(Request *request, const char *path, Doc *list) {
  BackupManifest manifest = {0};
  gboolean whole = backup_read_manifest(path, &manifest, NULL);
  g_autofree char *name = g_path_get_basename(path);
  char at[17], size[NUMBER_SIZE];
  Doc *row = doc_object(list, NULL);
  date_write_time(at, manifest.made_ms);
  number_write_size(size, manifest.store_bytes + manifest.file_bytes);
  doc_text_copy(row, KEY("name"), name);
  doc_text_copy(row, KEY("time"), whole ? at : "");
  doc_text_copy(row, KEY("size"), whole ? size : "");
  doc_text_copy(row, KEY("hash"), manifest.store_sha256);
  Doc *state = doc_object(row, KEY("state"));
  doc_text(state, KEY("class"), whole ? "done" : "late");
  doc_text(state, KEY("label"), message(request->lang, whole ? "Đủ" : "Không đủ"));
}

static void add_state(Request *request, const SystemState *last, Doc *answer) {
  char at[17];
  date_write_time(at, last->at_ms);
  Doc *state = doc_object(answer, KEY("state"));
  doc_text(state, KEY("class"), last->at_ms && last->good ? "" : "late");
  doc_text(state, KEY("text"),
           !last->at_ms ? message(request->lang, "Chưa sao lưu lần nào.")
           : last->good ? arena_printf(request->arena, "%s %s.", message(request->lang, "Bản gần nhất, đã kiểm tra, lúc"), at)
                        : arena_printf(request->arena, "%s %s: %s", message(request->lang, "Sao lưu bị lỗi lúc"), at, last->text));
}

gboolean backup_page(Request *request, Doc *answer, GError **error) {
  SystemState last;
  StoreConn *conn = request_read(request, error);
  if (!conn || !body_require_top(request, "admin.read", error) ||
      !system_state_get(conn, request->arena, "backup", &last, error))
    return FALSE;
  g_autoptr(GPtrArray) paths = backup_find(request->app);
  g_autofree char *folder = backup_folder(request->app);
  doc_text_copy(answer, KEY("place"), folder);
  doc_int(answer, KEY("keep"), setting_int(request->app, "backup.keep"));
  add_state(request, &last, answer);
  Doc *rows = doc_list(answer, KEY("rows"));
  for (guint i = 0; i < paths->len; i++)
    add_row(request, g_ptr_array_index(paths, i), rows);
  if (request->face != FACE_WEB)
    return TRUE;
  setting_tabs(request, answer);
  if (body_require_top(request, "admin.write", NULL))
    form_add(request, doc_list(answer, KEY("buttons")), NULL, "backup.run", NULL, "Sao lưu ngay");
  return TRUE;
}

/* --- making --- */

static gboolean note_backup(Change *change, void *data, GError **error) {
  const BackupManifest *manifest = data;
  (void)error;
  change_about(change, "backup", manifest->store_sha256, NULL, json_pack("{s:I}", "files", (json_int_t)manifest->files));
  return TRUE;
}

/* Only the command line may say where: there it is the caller's own right to write. */
static const char *destination(const Request *request) {
  return request->face == FACE_CLI ? input_text(request, "to") : NULL;
}

gboolean backup_run(Request *request, Doc *answer, GError **error) {
  g_autofree char *path = NULL;
  BackupManifest manifest;
  if (!body_require_top(request, "admin.write", error) ||
      !backup_make(request->app, destination(request), &path, &manifest, error) ||
      !backup_verify(request->app, path, &manifest, error) || !request_change(request, note_backup, &manifest, error) ||
      !system_state_put(request->app, "backup", TRUE, path, error))
    return FALSE;
  add_manifest(answer, path, &manifest);
  request->notice = message(request->lang, "Đã sao lưu và kiểm tra bản sao.");
  return TRUE;
}

/* --- verifying, restoring --- */

/* A name in the folder of backups; on the command line also any path. */
static char *backup_path(const Request *request) {
  const char *name = input_text(request, "backup");
  if (request->face == FACE_CLI && (g_path_is_absolute(name) || g_file_test(name, G_FILE_TEST_IS_DIR)))
    return g_canonicalize_filename(name, NULL);
  g_autofree char *folder = backup_folder(request->app);
  g_autofree char *base = g_path_get_basename(name);
  return g_build_filename(folder, base, NULL);
}

gboolean backup_verify_one(Request *request, Doc *answer, GError **error) {
  BackupManifest manifest;
  if (!body_require_top(request, "admin.read", error))
    return FALSE;
  g_autofree char *path = backup_path(request);
  if (!backup_verify(request->app, path, &manifest, error))
    return FALSE;
  add_manifest(answer, path, &manifest);
  doc_bool(answer, KEY("whole"), TRUE);
  return TRUE;
}

gboolean backup_restore_here(Request *request, Doc *answer, GError **error) {
  BackupManifest manifest;
  g_autofree char *path = g_canonicalize_filename(input_text(request, "backup"), NULL);
  if (!backup_restore(request->app, path, &manifest, error))
    return FALSE;
  add_manifest(answer, path, &manifest);
  doc_text_copy(answer, KEY("home"), request->app->home);
  return TRUE;
}
