/* Files by content: home/files/ab/cdef…, named by SHA-256, written once, never changed.
 *
 * An attachment ties a file to a record. Reading an attachment needs the permission that its module asks for.
 */
#pragma once
#include "core/request.h"

/* Hashes and keeps the bytes at `path` (copied with fsync, renamed into place). Outside any transaction: call it before
 * request_change; a file that no row points to is removed by doctor. Constant memory. */
gboolean file_keep(App *app, const char *path, char out_sha256[65], gint64 *out_size_bytes, GError **error);
gboolean file_keep_bytes(App *app, const void *bytes, gsize size_bytes, char out_sha256[65], GError **error);
/* The same without a copy, for a file below the home whose hash is known: from then on it has two names. */
gboolean file_keep_linked(App *app, const char *path, const char *sha256, GError **error);
char *file_path(const App *app, const char *sha256); /* g_free */
/* Verifies the hash while reading; ERROR_CHECK when the bytes are not what they were. */
GBytes *file_read(const App *app, const char *sha256, GError **error);

/* A descriptor of the file once its hash is verified, in constant memory; -1 with the same errors. The caller closes it. */
int file_open(const App *app, const char *sha256, gint64 *out_size_bytes, GError **error);
/* The same check alone. */
gboolean file_verify(const App *app, const char *sha256, GError **error);

/* The whole of `bytes`, also when the system takes it in pieces. FALSE leaves errno. */
gboolean file_write_all(int fd, const guchar *bytes, gsize length);

/* Inside a change. out_id in the arena of the request. Tells the modules: "attachment.added" {type}. */
gboolean attachment_add(Change *change, const char *type, const char *subject_id, const char *body_id,
                        const char *sha256, gint64 size_bytes, const char *name, const char *media_type,
                        const char **out_id, GError **error);
typedef struct {
  const char *id, *type, *subject_id, *body_id, *sha256, *name, *media_type;
} Attachment;
/* NULL without error: none. Says nothing about who may read it. */
const Attachment *attachment_get(StoreConn *conn, Arena *arena, const char *id, GError **error);
/* Appends {id, name, media_type, size, by, at} for each to `list`, oldest first. */
gboolean attachment_list(Request *request, const char *type, const char *subject_id, Doc *list, GError **error);
