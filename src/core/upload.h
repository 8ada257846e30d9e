/* A large file that comes in pieces, over as many connections and days as it takes, in constant memory.
 *
 * home/uploads/ID holds the bytes and ID.pieces one line for each piece that was whole, written and synced. What no line
 * vouches for (a piece cut off by a full disk, kill -9 or a power cut) is cut away before the next one, so the sum of the
 * lines is where to go on, always. The records of an upload are its module's; here are only the bytes.
 *
 * Ids come from id_new(). Threads: any; two pieces of one file at once: the second is ERROR_BUSY.
 */
#pragma once
#include "base/digest.h"
#include "core/request.h"

typedef struct {
  gint64 offset;     /* kept so far: the next piece begins here */
  gint64 touched_ms; /* of the last piece, or of the begin */
  gint64 last_offset, last_size; /* the last piece; size 0: none yet */
  char last_sha256[DIGEST_SIZE];
} UploadState;

gboolean upload_begin(const App *app, const char *id, GError **error);
gboolean upload_state(const App *app, const char *id, UploadState *out_state, GError **error); /* ERROR_NOT_FOUND */

typedef struct {
  gint64 offset;      /* where it belongs */
  gint64 whole_bytes; /* of the whole file: more is refused */
  const char *path;   /* the piece */
  const char *sha256; /* of the piece as sent; NULL: not given */
} UploadPiece;
/* Verifies the piece, then adds it. The last piece sent again is taken as done. Errors: ERROR_CONFLICT for another offset
 * than the next one, ERROR_CHECK for another hash, ERROR_TOO_LARGE beyond the whole, ERROR_FULL: each says what is kept.
 * A rest of the disk is left to the store: its size is upload_reserve_bytes(). */
gboolean upload_append(const App *app, const char *id, const UploadPiece *piece, UploadState *out_state, GError **error);
gint64 upload_reserve_bytes(gint64 disk_bytes); /* a twentieth of the disk, at most 512 MB. Pure */
gboolean upload_has_room(const App *app, gint64 bytes, gint64 *out_free_bytes); /* beyond the rest */

/* Hashes the whole and gives it its place among the kept files (core/file.h); it stays here too until upload_drop(), and
 * nothing may be appended any more. `expected`: ERROR_CHECK for another hash; NULL: any. */
gboolean upload_keep(App *app, const char *id, const char *expected, char out_sha256[DIGEST_SIZE], gint64 *out_size_bytes, GError **error);
void upload_drop(const App *app, const char *id);

/* Ids of what lies in the folder; g_ptr_array_unref. */
GPtrArray *upload_ids(const App *app);
