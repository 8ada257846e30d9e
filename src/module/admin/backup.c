#include "module/admin/backup.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/error.h"
#include "base/id.h"
#include "core/file.h"
#include "core/setting.h"
#include "module/admin/backup_folder.h"
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#define MANIFEST_BYTES_MOST 65536

enum { SQL_FILES };
static const StoreSql SQL[] = {
    [SQL_FILES] = {"backup.files", "SELECT sha256, size_bytes FROM stored_file ORDER BY sha256", NULL},
};
const StoreSqlTable backup_sql = {SQL, G_N_ELEMENTS(SQL)};

static const char *const BESIDE[] = {"ungcuu.conf", "seals/audit.seal", "keys/seal.key"};

static gboolean refuse(GError **error, ErrorCode code, const char *what, const char *path) {
  g_set_error(error, APP_ERROR, (gint)code, "%s: %s.", path, what);
  return FALSE;
}

char *backup_folder(const App *app) {
  g_autoptr(Arena) arena = arena_new();
  const char *folder = setting_text(app, arena, "backup.folder");
  return *folder ? g_canonicalize_filename(folder, app->home) : g_build_filename(app->home, "backups", NULL);
}

/* --- the manifest --- */

static char *inside(const char *path, const char *name) {
  return g_build_filename(path, name, NULL);
}

static gboolean write_manifest(const char *path, const BackupManifest *manifest, GError **error) {
  g_autofree char *file = inside(path, "manifest.json");
  json_t *object = json_pack("{s:s, s:I, s:s, s:I, s:I, s:I}", "program", UNGCUU_VERSION, "made_ms",
                             (json_int_t)manifest->made_ms, "store_sha256", manifest->store_sha256, "store_bytes",
                             (json_int_t)manifest->store_bytes, "files", (json_int_t)manifest->files, "file_bytes",
                             (json_int_t)manifest->file_bytes);
  g_autofree char *text = json_dumps(object, JSON_INDENT(2));
  json_decref(object);
  return g_file_set_contents_full(file, text, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, error);
}

gboolean backup_read_manifest(const char *path, BackupManifest *out_manifest, GError **error) {
  g_autofree char *file = inside(path, "manifest.json");
  const char *sha256 = NULL;
  json_int_t made, store_bytes, files, file_bytes;
  GStatBuf info;
  gboolean small = g_stat(file, &info) == 0 && info.st_size < MANIFEST_BYTES_MOST;
  json_t *object = small ? json_load_file(file, JSON_REJECT_DUPLICATES, NULL) : NULL;
  gboolean good = object && json_unpack(object, "{s:I, s:s, s:I, s:I, s:I}", "made_ms", &made, "store_sha256", &sha256,
                                        "store_bytes", &store_bytes, "files", &files, "file_bytes", &file_bytes) == 0;
  if (good) {
    *out_manifest = (BackupManifest){.made_ms = made, .store_bytes = store_bytes, .files = files, .file_bytes = file_bytes};
    g_strlcpy(out_manifest->store_sha256, sha256, sizeof out_manifest->store_sha256);
  }
  json_decref(object);
  return good || refuse(error, ERROR_UNREADABLE, "không phải một bản sao lưu, hoặc bản sao lưu chưa xong", path);
}

/* --- making --- */

typedef struct {
  const char *to;
  BackupManifest *manifest;
} Copying;

static gboolean copy_one(const char *path, const char *sha256, void *data, GError **error) {
  const Copying *copying = data;
  char folder[3] = {sha256[0], sha256[1], '\0'};
  g_autofree char *to = g_build_filename(copying->to, "files", folder, sha256 + 2, NULL);
  GStatBuf info;
  if (g_stat(path, &info) != 0 || !folder_copy_file(path, to, TRUE, error))
    return error && *error ? FALSE : refuse(error, ERROR_FAILED, "tệp biến mất khi sao lưu", path);
  copying->manifest->files++;
  copying->manifest->file_bytes += info.st_size;
  return TRUE;
}

static gboolean copy_beside(const char *from, const char *to, GError **error) {
  for (gsize i = 0; i < G_N_ELEMENTS(BESIDE); i++) {
    g_autofree char *source = inside(from, BESIDE[i]);
    g_autofree char *target = inside(to, BESIDE[i]);
    if (g_file_test(source, G_FILE_TEST_IS_REGULAR) && !folder_copy_file(source, target, FALSE, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean fill(App *app, const char *part, BackupManifest *manifest, GError **error) {
  g_autofree char *store = inside(part, "store.db");
  g_autofree char *files = inside(app->home, "files");
  Copying copying = {part, manifest};
  return store_backup(app->store, store, app->migrations, app->n_migrations, error) &&
         folder_hash_file(store, manifest->store_sha256, &manifest->store_bytes, error) &&
         folder_each_file(files, copy_one, &copying, error) && copy_beside(app->home, part, error) &&
         write_manifest(part, manifest, error) && folder_sync(part, error);
}

static char *new_path(const App *app, gint64 now_ms) {
  g_autofree char *folder = backup_folder(app);
  gint64 minute = now_ms / MINUTE_MS;
  for (gint64 second = now_ms / 1000 - minute * 60;; second++) {
    char iso[26];
    date_write_iso(iso, minute * MINUTE_MS + second * 1000);
    g_autofree char *name = g_strdup_printf("ungcuu-%.10s-%.2s%.2s%.2s", iso, iso + 11, iso + 14, iso + 17);
    char *path = inside(folder, name);
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
      return path;
    g_free(path);
  }
}

gboolean backup_make(App *app, const char *to, char **out_path, BackupManifest *out_manifest, GError **error) {
  gint64 now_ms = clock_now_ms();
  g_autofree char *path = to ? g_canonicalize_filename(to, NULL) : new_path(app, now_ms);
  g_autofree char *part = g_strconcat(path, ".part", NULL);
  g_autofree char *parent = g_path_get_dirname(path);
  *out_manifest = (BackupManifest){.made_ms = now_ms};
  if (g_file_test(path, G_FILE_TEST_EXISTS))
    return refuse(error, ERROR_REFUSED, "đã có ở đó; chọn tên khác", path);
  if (!folder_remove(part, error))
    return FALSE;
  if (g_mkdir_with_parents(part, 0700) != 0)
    return refuse(error, ERROR_FAILED, g_strerror(errno), part);
  gboolean good = fill(app, part, out_manifest, error);
  if (good && g_rename(part, path) != 0)
    good = refuse(error, ERROR_FAILED, g_strerror(errno), path);
  if (!good) {
    folder_remove(part, NULL);
    return FALSE;
  }
  *out_path = g_steal_pointer(&path);
  return folder_sync(parent, error);
}

/* --- finding --- */

static int compare_down(gconstpointer a, gconstpointer b) {
  return strcmp(*(const char *const *)b, *(const char *const *)a);
}

GPtrArray *backup_find(const App *app) {
  g_autofree char *folder = backup_folder(app);
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
  for (const char *name; dir && (name = g_dir_read_name(dir));)
    if (g_str_has_prefix(name, "ungcuu-") && !g_str_has_suffix(name, ".part"))
      g_ptr_array_add(paths, inside(folder, name));
  g_ptr_array_sort(paths, compare_down);
  return paths;
}

gboolean backup_prune(const App *app, guint keep, GError **error) {
  g_autoptr(GPtrArray) paths = backup_find(app);
  for (guint i = keep; i < paths->len; i++)
    if (!folder_remove(g_ptr_array_index(paths, i), error))
      return FALSE;
  return TRUE;
}

/* --- verifying --- */

static gboolean check_store_file(const char *path, BackupManifest *manifest, char **out_store, GError **error) {
  char sha256[65];
  gint64 size;
  if (!backup_read_manifest(path, manifest, error))
    return FALSE;
  *out_store = inside(path, "store.db");
  if (!folder_hash_file(*out_store, sha256, &size, error))
    return FALSE;
  return strcmp(sha256, manifest->store_sha256) == 0 || refuse(error, ERROR_UNREADABLE, "store.db đã bị thay đổi", path);
}

/* What becomes of a file that the records name. */
typedef gboolean (*FileFunc)(App *app, const char *path, const char *sha256, gint64 size_bytes, GError **error);

static gboolean hash_file(App *app, const char *path, const char *sha256, gint64 size_bytes, GError **error) {
  char found[65];
  gint64 size;
  (void)app;
  if (!folder_hash_file(path, found, &size, error))
    return FALSE;
  return (strcmp(found, sha256) == 0 && size == size_bytes) || refuse(error, ERROR_UNREADABLE, "tệp đã bị thay đổi", path);
}

static gboolean keep_file(App *app, const char *path, const char *sha256, gint64 size_bytes, GError **error) {
  char found[65];
  gint64 size;
  if (!file_keep(app, path, found, &size, error))
    return FALSE;
  return (strcmp(found, sha256) == 0 && size == size_bytes) || refuse(error, ERROR_UNREADABLE, "tệp đã bị thay đổi", path);
}

static gboolean each_named_file(App *app, Store *store, const char *path, FileFunc func, gint64 *out_count, GError **error) {
  StoreConn *conn = store_read(store, error);
  g_autoptr(GError) failed = NULL;
  g_autoptr(StoreRows) rows = conn ? store_query(conn, &SQL[SQL_FILES], S0, error) : NULL;
  *out_count = 0;
  while (rows && store_step(rows, &failed)) {
    const char *sha256 = store_text(rows, 0);
    char folder[3] = {sha256[0], sha256[1], '\0'};
    g_autofree char *file = g_build_filename(path, "files", folder, sha256 + 2, NULL);
    if (!func(app, file, sha256, store_int(rows, 1), error))
      return FALSE;
    ++*out_count;
  }
  if (failed)
    g_propagate_error(error, g_steal_pointer(&failed));
  return rows && !failed;
}

static gboolean restore_records(App *app, const char *url, const char *store_file, const char *path, FileFunc func,
                                GError **error) {
  gint64 files = 0;
  Store *store = store_open(url, error);
  gboolean good = store && store_restore(store, store_file, app->migrations, app->n_migrations, error) &&
                  each_named_file(app, store, path, func, &files, error) &&
                  store_migrate(store, app->migrations, app->n_migrations, error);
  if (store)
    store_close(store);
  return good;
}

gboolean backup_verify(App *app, const char *path, BackupManifest *out_manifest, GError **error) {
  char id[ID_SIZE];
  id_new(id);
  g_autofree char *temporary = g_build_filename(app->home, "tmp", id, NULL);
  g_autofree char *url = inside(temporary, "ungcuu.db");
  g_autofree char *store_file = NULL;
  if (!check_store_file(path, out_manifest, &store_file, error))
    return FALSE;
  if (g_mkdir_with_parents(temporary, 0700) != 0)
    return refuse(error, ERROR_FAILED, g_strerror(errno), temporary);
  gboolean good = restore_records(app, url, store_file, path, hash_file, error);
  folder_remove(temporary, NULL);
  return good;
}

/* --- restoring --- */

static const char *const TAKEN[] = {"ungcuu.db", "ungcuu.db-wal", "ungcuu.db-shm", "files", "ungcuu.conf", "seals", "keys"};

static gboolean is_empty_home(const App *app) {
  for (gsize i = 0; i < G_N_ELEMENTS(TAKEN); i++) {
    g_autofree char *path = inside(app->home, TAKEN[i]);
    if (g_file_test(path, G_FILE_TEST_EXISTS))
      return FALSE;
  }
  return TRUE;
}

static void empty_home(const App *app) {
  for (gsize i = 0; i < G_N_ELEMENTS(TAKEN); i++) {
    g_autofree char *path = inside(app->home, TAKEN[i]);
    folder_remove(path, NULL);
  }
}

static gboolean fill_home(App *app, const char *path, const char *store_file, GError **error) {
  if (!copy_beside(path, app->home, error))
    return FALSE;
  settings_free(app->settings);
  app->settings = settings_load(app->modules, app->home, error);
  if (!app->settings)
    return FALSE;
  g_autofree char *url = app_store_url(app);
  return restore_records(app, url, store_file, path, keep_file, error);
}

gboolean backup_restore(App *app, const char *path, BackupManifest *out_manifest, GError **error) {
  g_autofree char *store_file = NULL;
  if (!check_store_file(path, out_manifest, &store_file, error))
    return FALSE;
  if (!is_empty_home(app))
    return refuse(error, ERROR_REFUSED, "đã có dữ liệu và không bị thay đổi; phục hồi vào thư mục trống bằng --home", app->home);
  if (g_mkdir_with_parents(app->home, 0700) != 0)
    return refuse(error, ERROR_FAILED, g_strerror(errno), app->home);
  if (fill_home(app, path, store_file, error))
    return TRUE;
  empty_home(app); /* so that it can be tried again */
  return FALSE;
}
