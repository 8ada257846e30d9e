#include "base/digest.h"
#include <errno.h>
#include <openssl/evp.h>
#include <string.h>
#include <unistd.h>

#define CHUNK_BYTES (256 * 1024)

struct Digest {
  EVP_MD_CTX *context;
};

Digest *digest_new(void) {
  Digest *digest = g_new0(Digest, 1);
  digest->context = EVP_MD_CTX_new();
  if (!digest->context || EVP_DigestInit_ex(digest->context, EVP_sha256(), NULL) != 1)
    g_error("SHA-256 is not available");
  return digest;
}

void digest_add(Digest *digest, const void *bytes, gsize length_bytes) {
  if (EVP_DigestUpdate(digest->context, bytes, length_bytes) != 1)
    g_error("SHA-256 failed");
}

void digest_end(Digest *digest, char out_sha256[DIGEST_SIZE]) {
  static const char HEX[] = "0123456789abcdef";
  guchar raw[EVP_MAX_MD_SIZE];
  guint length = 0;
  if (EVP_DigestFinal_ex(digest->context, raw, &length) != 1)
    g_error("SHA-256 failed");
  for (guint i = 0; i < (DIGEST_SIZE - 1) / 2; i++) {
    out_sha256[2 * i] = HEX[raw[i] >> 4];
    out_sha256[2 * i + 1] = HEX[raw[i] & 15];
  }
  out_sha256[DIGEST_SIZE - 1] = '\0';
}

void digest_free(Digest *digest) {
  EVP_MD_CTX_free(digest->context);
  g_free(digest);
}

void digest_bytes(const void *bytes, gsize length_bytes, char out_sha256[DIGEST_SIZE]) {
  g_autoptr(Digest) digest = digest_new();
  digest_add(digest, bytes, length_bytes);
  digest_end(digest, out_sha256);
}

gboolean digest_read(int fd, char out_sha256[DIGEST_SIZE], gint64 *out_size_bytes) {
  g_autofree guchar *chunk = g_malloc(CHUNK_BYTES);
  g_autoptr(Digest) digest = digest_new();
  gssize got;
  *out_size_bytes = 0;
  while ((got = read(fd, chunk, CHUNK_BYTES)) != 0) {
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return FALSE;
    digest_add(digest, chunk, (gsize)got);
    *out_size_bytes += got;
  }
  digest_end(digest, out_sha256);
  return TRUE;
}

gboolean digest_is_sha256(const char *text) {
  return text && strlen(text) == DIGEST_SIZE - 1 && strspn(text, "0123456789abcdef") == DIGEST_SIZE - 1;
}
