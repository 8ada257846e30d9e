#include "core/upload.h"
#include "base/id.h"
#include "base/number.h"
#include "core/file.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define CHUNK_BYTES (256 * 1024)
#define RESERVE_BYTES_MOST (512LL * 1000 * 1000)
#define LINE_BYTES 99 /* "%016x %016x sha256\n" */

/* The two files of one upload, open and locked. */
typedef struct {
  int data, pieces;
} Open;

static gboolean fail(const char *what, GError **error) {
  int saved = errno;
  g_set_error(error, APP_ERROR, saved == ENOSPC || saved == EDQUOT ? ERROR_FULL : ERROR_FAILED, "%s: %s.", what, g_strerror(saved));
  return FALSE;
}

static char *path_of(const App *app, const char *id, const char *end) {
  g_autofree char *name = g_strconcat(id, end, NULL);
  return g_build_filename(app->home, "uploads", name, NULL);
}

static void close_both(Open *both) {
  if (both->data >= 0)
    close(both->data);
  if (both->pieces >= 0)
    close(both->pieces);
}

static gboolean open_both(const App *app, const char *id, int flags, Open *out_both, GError **error) {
  g_autofree char *data = path_of(app, id, ""), *pieces = path_of(app, id, ".pieces");
  *out_both = (Open){-1, -1};
  if (id_valid(id)) {
    out_both->data = open(data, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
    out_both->pieces = open(pieces, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
  }
  if (out_both->data >= 0 && out_both->pieces >= 0)
    return TRUE;
  close_both(out_both);
  if (flags & O_CREAT)
    return fail("Không mở được chỗ nhận tệp", error);
  g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Không có lần tải lên này, hoặc đã hết hạn giữ.");
  return FALSE;
}

gboolean upload_begin(const App *app, const char *id, GError **error) {
  g_autofree char *folder = g_build_filename(app->home, "uploads", NULL);
  Open both;
  if (g_mkdir_with_parents(folder, 0700) != 0)
    return fail("Không tạo được chỗ nhận tệp", error);
  if (!open_both(app, id, O_RDWR | O_CREAT | O_EXCL, &both, error))
    return FALSE;
  gboolean good = (fsync(both.data) == 0 && fsync(both.pieces) == 0) || fail("Không tạo được chỗ nhận tệp", error);
  close_both(&both);
  return good;
}

/* --- the lines --- */

static gboolean read_line(int fd, gint64 line, UploadState *state) {
  char text[LINE_BYTES + 1] = "";
  unsigned long long offset, size;
  if (pread(fd, text, LINE_BYTES, line * LINE_BYTES) != LINE_BYTES || text[LINE_BYTES - 1] != '\n')
    return FALSE;
  text[LINE_BYTES - 1] = '\0';
  if (sscanf(text, "%16llx %16llx", &offset, &size) != 2 || !digest_is_sha256(text + 34))
    return FALSE;
  state->last_offset = (gint64)offset;
  state->last_size = (gint64)size;
  state->offset = (gint64)(offset + size);
  memcpy(state->last_sha256, text + 34, DIGEST_SIZE);
  return TRUE;
}

static gboolean read_state(const Open *both, UploadState *out_state, GError **error) {
  struct stat pieces, data;
  *out_state = (UploadState){0};
  if (fstat(both->pieces, &pieces) != 0 || fstat(both->data, &data) != 0)
    return fail("Không đọc được phần đã nhận", error);
  gint64 lines = pieces.st_size / LINE_BYTES;
  gboolean good = !lines || (read_line(both->pieces, lines - 1, out_state) && out_state->offset <= data.st_size);
  out_state->touched_ms = (gint64)pieces.st_mtim.tv_sec * 1000 + pieces.st_mtim.tv_nsec / 1000000;
  if (!good)
    g_set_error(error, APP_ERROR, ERROR_CHECK, "Phần đã nhận không còn nguyên vẹn; bỏ lần tải lên này và tải lại từ đầu.");
  return good;
}

gboolean upload_state(const App *app, const char *id, UploadState *out_state, GError **error) {
  Open both;
  if (!open_both(app, id, O_RDWR, &both, error))
    return FALSE;
  gboolean good = read_state(&both, out_state, error);
  close_both(&both);
  return good;
}

static gboolean write_line(const Open *both, const UploadState *state) {
  char text[LINE_BYTES + 1];
  struct stat info;
  g_snprintf(text, sizeof text, "%016llx %016llx %s\n", (unsigned long long)state->last_offset, (unsigned long long)state->last_size,
             state->last_sha256);
  if (fstat(both->pieces, &info) != 0)
    return FALSE;
  gint64 whole = info.st_size / LINE_BYTES * LINE_BYTES; /* a torn line goes */
  return ftruncate(both->pieces, whole) == 0 && pwrite(both->pieces, text, LINE_BYTES, whole) == LINE_BYTES && fsync(both->pieces) == 0;
}

/* --- room --- */

gint64 upload_reserve_bytes(gint64 disk_bytes) {
  return MIN(disk_bytes / 20, RESERVE_BYTES_MOST);
}

gboolean upload_has_room(const App *app, gint64 bytes, gint64 *out_free_bytes) {
  struct statvfs disk;
  *out_free_bytes = 0;
  if (statvfs(app->home, &disk) != 0)
    return FALSE;
  *out_free_bytes = (gint64)disk.f_bavail * (gint64)disk.f_frsize;
  return *out_free_bytes >= bytes + upload_reserve_bytes((gint64)disk.f_blocks * (gint64)disk.f_frsize);
}

static gboolean refuse_full(gint64 kept, gint64 whole, GError **error) {
  char kept_text[NUMBER_SIZE], whole_text[NUMBER_SIZE];
  number_write_size(kept_text, kept);
  number_write_size(whole_text, whole);
  g_set_error(error, APP_ERROR, ERROR_FULL, "Ổ đĩa đầy. Đã giữ %s trong %s; giải phóng chỗ rồi tải tiếp từ đó.", kept_text, whole_text);
  return FALSE;
}

/* --- a piece --- */

static gboolean check_place(const UploadPiece *piece, const UploadState *state, GError **error) {
  if (piece->offset == state->offset)
    return TRUE;
  g_set_error(error, APP_ERROR, ERROR_CONFLICT, "Máy chủ đã giữ %" G_GINT64_FORMAT " byte; gửi tiếp từ byte đó.", state->offset);
  return FALSE;
}

/* The answer to the last piece was lost on its way. */
static gboolean is_last_again(const UploadPiece *piece, const UploadState *state, gint64 size, const char *sha256) {
  return state->last_size && piece->offset == state->last_offset && size == state->last_size && strcmp(sha256, state->last_sha256) == 0;
}

static gboolean check_piece(const UploadPiece *piece, gint64 size, const char *sha256, GError **error) {
  if (size == 0)
    g_set_error(error, APP_ERROR, ERROR_INVALID, "Phần gửi lên không có byte nào.");
  else if (piece->offset + size > piece->whole_bytes)
    g_set_error(error, APP_ERROR, ERROR_TOO_LARGE, "Phần gửi lên vượt quá dung lượng đã khai của tệp.");
  else if (piece->sha256 && g_ascii_strcasecmp(piece->sha256, sha256) != 0)
    g_set_error(error, APP_ERROR, ERROR_CHECK, "Phần gửi lên bị hỏng trên đường truyền (sai SHA-256); gửi lại phần này.");
  else
    return TRUE;
  return FALSE;
}

static gboolean copy_to(int from, int to, gint64 offset) {
  g_autofree guchar *chunk = g_malloc(CHUNK_BYTES);
  gssize got;
  if (lseek(from, 0, SEEK_SET) != 0 || ftruncate(to, offset) != 0 || lseek(to, offset, SEEK_SET) != offset)
    return FALSE;
  while ((got = read(from, chunk, CHUNK_BYTES)) > 0)
    if (!file_write_all(to, chunk, (gsize)got))
      return FALSE;
  return got == 0 && fsync(to) == 0;
}

static gboolean add_piece(const App *app, const Open *both, const UploadPiece *piece, int from, UploadState *state, GError **error) {
  UploadState next = *state;
  gint64 size, free_bytes;
  if (!digest_read(from, next.last_sha256, &size))
    return fail("Không đọc được phần gửi lên", error);
  if (is_last_again(piece, state, size, next.last_sha256))
    return TRUE;
  if (!check_place(piece, state, error) || !check_piece(piece, size, next.last_sha256, error))
    return FALSE;
  next.last_offset = state->offset;
  next.last_size = size;
  next.offset = state->offset + size;
  if (!upload_has_room(app, size, &free_bytes))
    return refuse_full(state->offset, piece->whole_bytes, error);
  if (!copy_to(from, both->data, state->offset) || !write_line(both, &next))
    return errno == ENOSPC || errno == EDQUOT ? refuse_full(state->offset, piece->whole_bytes, error) : fail("Không ghi được phần gửi lên", error);
  *state = next;
  return TRUE;
}

static gboolean lock(const Open *both, GError **error) {
  if (flock(both->data, LOCK_EX | LOCK_NB) == 0)
    return TRUE;
  g_set_error(error, APP_ERROR, ERROR_BUSY, "Máy chủ đang ghi một phần khác của tệp này; thử lại sau giây lát.");
  return FALSE;
}

gboolean upload_append(const App *app, const char *id, const UploadPiece *piece, UploadState *out_state, GError **error) {
  Open both;
  if (!open_both(app, id, O_RDWR, &both, error))
    return FALSE;
  int from = open(piece->path, O_RDONLY | O_CLOEXEC);
  gboolean good = (from >= 0 || fail("Không đọc được phần gửi lên", error)) && lock(&both, error) && read_state(&both, out_state, error) &&
                  add_piece(app, &both, piece, from, out_state, error);
  if (from >= 0)
    close(from);
  close_both(&both);
  return good;
}

/* --- the end --- */

static gboolean hash_whole(const Open *both, const char *expected, char out_sha256[DIGEST_SIZE], gint64 *out_size_bytes, GError **error) {
  UploadState state;
  if (!read_state(both, &state, error))
    return FALSE;
  if (ftruncate(both->data, state.offset) != 0 || !digest_read(both->data, out_sha256, out_size_bytes))
    return fail("Không đọc được phần đã nhận", error);
  if (!expected || g_ascii_strcasecmp(expected, out_sha256) == 0)
    return TRUE;
  g_set_error(error, APP_ERROR, ERROR_CHECK, "Tệp nhận được không giống tệp đã gửi (SHA-256 nhận được: %s). Bỏ lần tải lên này và tải lại.",
              out_sha256);
  return FALSE;
}

gboolean upload_keep(App *app, const char *id, const char *expected, char out_sha256[DIGEST_SIZE], gint64 *out_size_bytes, GError **error) {
  g_autofree char *path = path_of(app, id, "");
  Open both;
  if (!open_both(app, id, O_RDWR, &both, error))
    return FALSE;
  gboolean good = lock(&both, error) && hash_whole(&both, expected, out_sha256, out_size_bytes, error) &&
                  file_keep_linked(app, path, out_sha256, error);
  close_both(&both);
  return good;
}

void upload_drop(const App *app, const char *id) {
  g_autofree char *data = path_of(app, id, ""), *pieces = path_of(app, id, ".pieces");
  if (!id_valid(id))
    return;
  g_unlink(data);
  g_unlink(pieces);
}

GPtrArray *upload_ids(const App *app) {
  g_autofree char *folder = g_build_filename(app->home, "uploads", NULL);
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
  for (const char *name; dir && (name = g_dir_read_name(dir));)
    if (id_valid(name))
      g_ptr_array_add(ids, g_strdup(name));
  return ids;
}
