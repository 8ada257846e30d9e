#include "core/file.h"
#include "base/date.h"
#include "base/digest.h"
#include "base/id.h"
#include "base/number.h"
#include "core/core_sql.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

enum { SQL_FILE, SQL_ATTACH, SQL_LIST, SQL_GET };
static const StoreSql SQL[] = {
    [SQL_FILE] = {"core.file.insert",
                  "INSERT INTO stored_file (sha256, size_bytes, created_ms) VALUES ($1, $2, $3) "
                  "ON CONFLICT (sha256) DO NOTHING", NULL},
    [SQL_ATTACH] = {"core.attachment.insert",
                    "INSERT INTO attachment (id, type, subject_id, body_id, sha256, name, media_type, account_id, created_ms) "
                    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)", NULL},
    [SQL_LIST] = {"core.attachment.list",
                  "SELECT a.id, a.name, a.media_type, f.size_bytes, a.sha256, a.created_ms, u.name "
                  "FROM attachment a JOIN stored_file f ON f.sha256 = a.sha256 "
                  "LEFT JOIN account u ON u.id = a.account_id WHERE a.type = $1 AND a.subject_id = $2 "
                  "ORDER BY a.created_ms, a.id", NULL},
    [SQL_GET] = {"core.attachment.get",
                 "SELECT id, type, subject_id, body_id, sha256, name, media_type FROM attachment WHERE id = $1", NULL},
};
const StoreSqlTable file_sql = {SQL, G_N_ELEMENTS(SQL)};

#define CHUNK_BYTES (256 * 1024)

static gboolean fail(const char *what, const char *path, GError **error) {
  int saved = errno;
  g_set_error(error, APP_ERROR, saved == ENOSPC || saved == EDQUOT ? ERROR_FULL : ERROR_FAILED, "%s %s: %s.", what, path,
              g_strerror(saved));
  return FALSE;
}

char *file_path(const App *app, const char *sha256) {
  char folder[3] = {sha256[0], sha256[1], '\0'};
  return g_build_filename(app->home, "files", folder, sha256 + 2, NULL);
}

gboolean file_write_all(int fd, const guchar *bytes, gsize length) {
  while (length) {
    gssize written = write(fd, bytes, length);
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return FALSE;
    bytes += written;
    length -= (gsize)written;
  }
  return TRUE;
}

/* Reads `in` to its end while hashing, and copies to `out`. */
static gboolean copy_hashing(int in, int out, char out_sha256[65], gint64 *out_size) {
  g_autofree guchar *chunk = g_malloc(CHUNK_BYTES);
  g_autoptr(Digest) digest = digest_new();
  gssize got;
  *out_size = 0;
  while ((got = read(in, chunk, CHUNK_BYTES)) != 0) {
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0 || !file_write_all(out, chunk, (gsize)got))
      return FALSE;
    digest_add(digest, chunk, (gsize)got);
    *out_size += got;
  }
  digest_end(digest, out_sha256);
  return TRUE;
}

static gboolean sync_folder(const char *path) {
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean good = fd >= 0 && fsync(fd) == 0;
  if (fd >= 0)
    close(fd);
  return good;
}

static gboolean move_into_place(const App *app, const char *temporary, const char *sha256, GError **error) {
  g_autofree char *path = file_path(app, sha256);
  g_autofree char *folder = g_path_get_dirname(path);
  if (g_mkdir_with_parents(folder, 0700) != 0 || g_rename(temporary, path) != 0 || !sync_folder(folder))
    return fail("Không lưu được tệp", path, error);
  return TRUE;
}

static int open_temporary(const App *app, char **out_path, GError **error) {
  g_autofree char *folder = g_build_filename(app->home, "tmp", NULL);
  g_mkdir_with_parents(folder, 0700);
  *out_path = g_build_filename(folder, "keep-XXXXXX", NULL);
  int fd = g_mkstemp_full(*out_path, O_WRONLY | O_CLOEXEC, 0600);
  if (fd < 0)
    fail("Không tạo được tệp tạm", *out_path, error);
  return fd;
}

gboolean file_keep(App *app, const char *path, char out_sha256[65], gint64 *out_size_bytes, GError **error) {
  g_autofree char *temporary = NULL;
  int in = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (in < 0)
    return fail("Không đọc được tệp", path, error);
  int out = open_temporary(app, &temporary, error);
  gboolean good = out >= 0 && copy_hashing(in, out, out_sha256, out_size_bytes) && fsync(out) == 0;
  if (out >= 0 && !good)
    fail("Không lưu được tệp", path, error);
  close(in);
  if (out >= 0)
    close(out);
  good = good && move_into_place(app, temporary, out_sha256, error);
  if (!good && out >= 0)
    g_unlink(temporary);
  return good;
}

gboolean file_keep_bytes(App *app, const void *bytes, gsize size_bytes, char out_sha256[65], GError **error) {
  g_autofree char *temporary = NULL;
  int out = open_temporary(app, &temporary, error);
  if (out < 0)
    return FALSE;
  digest_bytes(bytes, size_bytes, out_sha256);
  gboolean good = file_write_all(out, bytes, size_bytes) && fsync(out) == 0;
  if (!good)
    fail("Không lưu được tệp", temporary, error);
  close(out);
  good = good && move_into_place(app, temporary, out_sha256, error);
  if (!good)
    g_unlink(temporary);
  return good;
}

gboolean file_keep_linked(App *app, const char *path, const char *sha256, GError **error) {
  g_autofree char *temporary = NULL;
  int fd = open_temporary(app, &temporary, error);
  if (fd < 0)
    return FALSE;
  close(fd);
  g_unlink(temporary);
  gboolean good = link(path, temporary) == 0 || fail("Không lưu được tệp", path, error);
  good = good && move_into_place(app, temporary, sha256, error);
  g_unlink(temporary); /* still there when both were names of the same bytes already */
  return good;
}

int file_open(const App *app, const char *sha256, gint64 *out_size_bytes, GError **error) {
  g_autofree char *path = file_path(app, sha256);
  char found[DIGEST_SIZE];
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Tệp %.12s… không còn trong kho; chạy ungcuu doctor.", sha256);
    return -1;
  }
  gboolean good = digest_read(fd, found, out_size_bytes) && lseek(fd, 0, SEEK_SET) == 0;
  if (!good)
    fail("Không đọc được tệp", path, error);
  else if (strcmp(found, sha256) != 0)
    g_set_error(error, APP_ERROR, ERROR_CHECK, "Tệp %.12s… đã bị thay đổi từ khi lưu.", sha256);
  if (good && strcmp(found, sha256) == 0)
    return fd;
  close(fd);
  return -1;
}

gboolean file_verify(const App *app, const char *sha256, GError **error) {
  gint64 size;
  int fd = file_open(app, sha256, &size, error);
  if (fd >= 0)
    close(fd);
  return fd >= 0;
}

GBytes *file_read(const App *app, const char *sha256, GError **error) {
  g_autofree char *path = file_path(app, sha256);
  char *bytes = NULL;
  gsize length = 0;
  char found[DIGEST_SIZE];
  if (!g_file_get_contents(path, &bytes, &length, NULL)) {
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Tệp %.12s… không còn trong kho; chạy ungcuu doctor.", sha256);
    return NULL;
  }
  digest_bytes(bytes, length, found);
  if (strcmp(found, sha256) == 0)
    return g_bytes_new_take(bytes, length);
  g_free(bytes);
  g_set_error(error, APP_ERROR, ERROR_CHECK, "Tệp %.12s… đã bị thay đổi từ khi lưu.", sha256);
  return NULL;
}

gboolean attachment_add(Change *change, const char *type, const char *subject_id, const char *body_id,
                        const char *sha256, gint64 size_bytes, const char *name, const char *media_type,
                        const char **out_id, GError **error) {
  const Request *request = change->request;
  char id[ID_SIZE];
  id_new(id);
  *out_id = arena_text(request->arena, id, -1);
  if (!store_exec(change->conn, &SQL[SQL_FILE], S(S_TEXT(sha256), S_INT(size_bytes), S_INT(request->now_ms)), NULL, error) ||
      !store_exec(change->conn, &SQL[SQL_ATTACH],
                  S(S_TEXT(id), S_TEXT(type), S_TEXT(subject_id), S_TEXT(body_id), S_TEXT(sha256), S_TEXT(name),
                    S_TEXT(media_type), S_TEXT(request->user ? request->user->id : NULL), S_INT(request->now_ms)),
                  NULL, error))
    return FALSE;
  json_t *added = json_pack("{s:s}", "type", type);
  gboolean good = change_emit(change, "attachment.added", "attachment", *out_id, body_id, added, error);
  json_decref(added);
  return good;
}

const Attachment *attachment_get(StoreConn *conn, Arena *arena, const char *id, GError **error) {
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_GET], S(S_TEXT(id)), error);
  if (!rows || !store_step(rows, error))
    return NULL;
  Attachment *attachment = arena_alloc(arena, sizeof *attachment);
  const char **texts[] = {&attachment->id, &attachment->type, &attachment->subject_id, &attachment->body_id,
                          &attachment->sha256, &attachment->name, &attachment->media_type};
  for (int i = 0; i < (int)G_N_ELEMENTS(texts); i++)
    *texts[i] = arena_text(arena, store_text(rows, i), -1);
  return attachment;
}

gboolean attachment_list(Request *request, const char *type, const char *subject_id, Doc *list, GError **error) {
  g_autoptr(GError) failed = NULL;
  StoreConn *conn = request_read(request, error);
  g_autoptr(StoreRows) rows =
      conn ? store_query(conn, &SQL[SQL_LIST], S(S_TEXT(type), S_TEXT(subject_id)), error) : NULL;
  if (!rows)
    return FALSE;
  while (store_step(rows, &failed)) {
    Doc *row = doc_object(list, NULL);
    char size[NUMBER_SIZE], at[17];
    number_write_size(size, store_int(rows, 3));
    date_write_time(at, store_int(rows, 5));
    doc_text_copy(row, KEY("id"), store_text(rows, 0));
    doc_text_copy(row, KEY("name"), store_text(rows, 1));
    doc_text_copy(row, KEY("media_type"), store_text(rows, 2));
    doc_int(row, KEY("size_bytes"), store_int(rows, 3));
    doc_text_copy(row, KEY("size"), size);
    doc_text_copy(row, KEY("sha256"), store_text(rows, 4));
    doc_text_copy(row, KEY("at"), at);
    doc_text_copy(row, KEY("by"), store_text(rows, 6));
    doc_text_copy(row, KEY("url"), arena_printf(request->arena, "/tep/%s", store_text(rows, 0)));
  }
  if (failed)
    g_propagate_error(error, g_steal_pointer(&failed));
  return !failed;
}
