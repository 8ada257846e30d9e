/* Backups: one folder each, with everything that the installation needs to be there again.
 *
 *   store.db        the records, whichever engine they are in
 *   files/ab/cdef…  attachments by content; hard links where the folder is on the same disk
 *   ungcuu.conf, seals/audit.seal
 *   manifest.json   when, by which program, SHA-256 of store.db, number and size of the files; written last
 *
 * The records are copied first: a file is kept before the row that names it, so none is missing. A folder appears under
 * its name only when it is whole. Secrets are in it (password hashes, ungcuu.conf): 0700.
 * Errors: ERROR_REFUSED (the place is taken, the home is not empty), ERROR_UNREADABLE (not a whole backup),
 * ERROR_FULL. Threads: any.
 */
#pragma once
#include "core/app.h"

typedef struct {
  gint64 made_ms;
  char store_sha256[65];
  gint64 store_bytes, files, file_bytes;
} BackupManifest;

char *backup_folder(const App *app); /* where they go by themselves: setting backup.folder, else home/backups; g_free */
/* to NULL: a new name in backup_folder(). *out_path g_free. */
gboolean backup_make(App *app, const char *to, char **out_path, BackupManifest *out_manifest, GError **error);
gboolean backup_read_manifest(const char *path, BackupManifest *out_manifest, GError **error);
/* Paths of the backups in backup_folder(), the newest first; free with g_ptr_array_unref. */
GPtrArray *backup_find(const App *app);
/* Restores the records into an empty store beside, and looks at every file that they name. */
gboolean backup_verify(App *app, const char *path, BackupManifest *out_manifest, GError **error);
/* Into app->home, which must hold nothing yet; the app is not open. */
gboolean backup_restore(App *app, const char *path, BackupManifest *out_manifest, GError **error);
/* Removes all but the newest `keep`. */
gboolean backup_prune(const App *app, guint keep, GError **error);
