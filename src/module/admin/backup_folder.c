#include "module/admin/backup_folder.h"
#include "base/digest.h"
#include "base/error.h"
#include "core/file.h"
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define CHUNK_BYTES (256 * 1024)

static gboolean fail(const char *what, const char *path, GError **error) {
  int saved = errno;
  g_set_error(error, APP_ERROR, saved == ENOSPC || saved == EDQUOT ? ERROR_FULL : ERROR_FAILED, "%s %s: %s.", what, path,
              g_strerror(saved));
  return FALSE;
}

typedef gboolean (*ChunkFunc)(const guchar *bytes, gsize length, void *data);

static gboolean each_chunk(const char *path, ChunkFunc func, void *data, GError **error) {
  g_autofree guchar *chunk = g_malloc(CHUNK_BYTES);
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  gssize got = -1;
  while (fd >= 0 && (got = read(fd, chunk, CHUNK_BYTES)) > 0)
    if (!func(chunk, (gsize)got, data)) {
      got = -1;
      break;
    }
  if (got < 0)
    fail("Không chép được", path, error);
  if (fd >= 0)
    close(fd);
  return got == 0;
}

gboolean folder_hash_file(const char *path, char out_sha256[65], gint64 *out_size_bytes, GError **error) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  gboolean good = fd >= 0 && digest_read(fd, out_sha256, out_size_bytes);
  if (!good)
    fail("Không đọc được", path, error);
  if (fd >= 0)
    close(fd);
  return good;
}

static gboolean write_chunk(const guchar *bytes, gsize length, void *data) {
  return file_write_all(*(int *)data, bytes, length);
}

gboolean folder_copy_file(const char *from, const char *to, gboolean hard_link, GError **error) {
  g_autofree char *folder = g_path_get_dirname(to);
  if (g_mkdir_with_parents(folder, 0700) != 0)
    return fail("Không tạo được thư mục", folder, error);
  if (hard_link && link(from, to) == 0)
    return TRUE;
  int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0)
    return fail("Không tạo được", to, error);
  gboolean good = each_chunk(from, write_chunk, &fd, error);
  if (good && fsync(fd) != 0)
    good = fail("Không ghi xong", to, error);
  close(fd);
  return good;
}

gboolean folder_sync(const char *path, GError **error) {
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean good = fd >= 0 && fsync(fd) == 0;
  if (!good)
    fail("Không ghi xong thư mục", path, error);
  if (fd >= 0)
    close(fd);
  return good;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *at) {
  (void)info, (void)kind, (void)at;
  return remove(path);
}

gboolean folder_remove(const char *path, GError **error) {
  return nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0 || errno == ENOENT || fail("Không xóa được", path, error);
}

static gboolean is_hex(const char *text, gsize length) {
  return strlen(text) == length && strspn(text, "0123456789abcdef") == length;
}

static gboolean each_in(const char *folder, const char *prefix, FolderFunc func, void *data, GError **error) {
  g_autoptr(GDir) dir = g_dir_open(folder, 0, error);
  for (const char *name; dir && (name = g_dir_read_name(dir));) {
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *sha256 = g_strconcat(prefix, name, NULL);
    if (is_hex(sha256, 64) && !func(path, sha256, data, error))
      return FALSE;
  }
  return dir != NULL;
}

gboolean folder_each_file(const char *files, FolderFunc func, void *data, GError **error) {
  g_autoptr(GDir) dir = g_dir_open(files, 0, NULL);
  for (const char *name; dir && (name = g_dir_read_name(dir));) {
    g_autofree char *folder = g_build_filename(files, name, NULL);
    if (is_hex(name, 2) && !each_in(folder, name, func, data, error))
      return FALSE;
  }
  return TRUE; /* no folder: no file was ever kept */
}
