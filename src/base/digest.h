/* SHA-256 of a stream, with the instructions of the processor where it has them.
 *
 * Hashes are written as 64 small hexadecimal digits. Threads: a Digest belongs to one thread.
 */
#pragma once
#include <glib.h>

#define DIGEST_SIZE 65 /* with the final NUL */

typedef struct Digest Digest;
Digest *digest_new(void);
void digest_add(Digest *digest, const void *bytes, gsize length_bytes);
void digest_end(Digest *digest, char out_sha256[DIGEST_SIZE]); /* once */
void digest_free(Digest *digest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Digest, digest_free)

void digest_bytes(const void *bytes, gsize length_bytes, char out_sha256[DIGEST_SIZE]);
/* From where the descriptor stands to its end, in constant memory. FALSE leaves errno. */
gboolean digest_read(int fd, char out_sha256[DIGEST_SIZE], gint64 *out_size_bytes);
/* 64 small hexadecimal digits and nothing else. NULL: no. */
gboolean digest_is_sha256(const char *text);
