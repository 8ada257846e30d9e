/* Signed manifests: what a package consists of, and who vouches for it.
 *
 * A manifest is JSON: format "ungcuu-seal-1", kind ("incident-archive" …: what the package is for), by (who made it, as he calls
 * himself), made (ISO time), about (an object of the kind's own), files [{path, size, sha256}]. Its signature is a text of
 * two lines: the public key and the Ed25519 signature (RFC 8032) of "ungcuu-seal-1\n" with the manifest's bytes.
 * A signature says that the holder of a key vouches for the bytes; whose key it is, the reader knows from elsewhere.
 *
 * Keys and hashes are small hexadecimal digits. Sizes in bytes. Ownership: texts are the caller's (g_free), JSON by json_decref.
 * Threads: a SealKey is immutable; pure functions otherwise.
 */
#pragma once
#include <glib.h>
#include <jansson.h>

#define SEAL_KEY_SIZE 65 /* a public key as text, with the NUL */
#define SEAL_MANIFEST_BYTES_MOST (16 * 1024 * 1024)
#define SEAL_FILES_MOST 100000

typedef struct SealKey SealKey;
/* The secret key in that file; makes both, for the owner alone, where there is none. ERROR_REFUSED when others may read the
 * file, ERROR_UNREADABLE when it holds something else. */
SealKey *seal_key_open(const char *path, GError **error);
void seal_key_free(SealKey *key);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SealKey, seal_key_free)
const char *seal_key_public(const SealKey *key);
gboolean seal_is_key(const char *text);
/* To be read out on the phone: eight groups of four digits of the key's SHA-256. g_free; NULL for what is no key. */
char *seal_fingerprint(const char *public_key);

json_t *seal_manifest_new(const char *kind, const char *by, gint64 made_ms, json_t *about); /* steals `about` */
void seal_manifest_add(json_t *manifest, const char *path, gint64 size_bytes, const char *sha256);
char *seal_manifest_text(const json_t *manifest); /* the bytes to be signed */
/* From outside: ERROR_UNREADABLE for another shape or kind (NULL: any), a path that leaves its folder or comes twice. */
json_t *seal_manifest_read(const char *text, gsize length, const char *kind, GError **error);
/* Below a folder, without "..", control characters, what Windows forbids; at most 300 bytes. */
gboolean seal_is_path(const char *path);

char *seal_sign(const SealKey *key, const char *manifest, gsize length);
/* TRUE: signed by the key of the signature, which is then in out_key. Else out_key is "" and ERROR_UNREADABLE (no
 * signature) or ERROR_CHECK (not of these bytes). */
gboolean seal_verify(const char *manifest, gsize length, const char *signature, gsize signature_length,
                     char out_key[SEAL_KEY_SIZE], GError **error);
