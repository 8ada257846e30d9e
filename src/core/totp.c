#include "core/user.h"
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>
#include <string.h>

#define STEP_MS 30000
#define SECRET_BYTES 20

static const char BASE32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

char *totp_new_secret(void) {
  guchar bytes[SECRET_BYTES];
  GString *text = g_string_new(NULL);
  guint bits = 0, held = 0;
  randombytes_buf(bytes, sizeof bytes);
  for (gsize i = 0; i < sizeof bytes; i++) {
    bits = (bits << 8) | bytes[i];
    for (held += 8; held >= 5; held -= 5)
      g_string_append_c(text, BASE32[(bits >> (held - 5)) & 31]);
  }
  sodium_memzero(bytes, sizeof bytes);
  return g_string_free(text, FALSE);
}

static gsize decode_base32(const char *text, guchar *out, gsize room) {
  guint bits = 0, held = 0;
  gsize length = 0;
  for (; *text; text++) {
    const char *place = strchr(BASE32, g_ascii_toupper(*text));
    if (!place || length == room)
      return 0;
    bits = (bits << 5) | (guint)(place - BASE32);
    held += 5;
    if (held >= 8) {
      out[length++] = (guchar)(bits >> (held - 8));
      held -= 8;
    }
  }
  return length;
}

/* RFC 4226, dynamic truncation to six digits. */
static guint hotp(const guchar *key, gsize key_length, guint64 counter) {
  guint64 wire = GUINT64_TO_BE(counter);
  guchar digest[EVP_MAX_MD_SIZE];
  guint length = 0;
  HMAC(EVP_sha1(), key, (int)key_length, (const guchar *)&wire, sizeof wire, digest, &length);
  guint at = digest[length - 1] & 15;
  guint code = ((guint)(digest[at] & 0x7f) << 24) | ((guint)digest[at + 1] << 16) | ((guint)digest[at + 2] << 8) |
               digest[at + 3];
  return code % 1000000;
}

gboolean totp_matches(const char *secret_base32, const char *code, gint64 now_ms, gint64 last, gint64 *out_step) {
  guchar key[64];
  gsize length = decode_base32(secret_base32, key, sizeof key);
  gint64 step = now_ms / STEP_MS;
  if (!length || !code || strlen(code) != 6)
    return FALSE;
  for (gint64 candidate = step - 1; candidate <= step + 1; candidate++) {
    char want[16];
    g_snprintf(want, sizeof want, "%06u", hotp(key, length, (guint64)candidate));
    if (candidate > last && sodium_memcmp(want, code, 6) == 0) {
      *out_step = candidate;
      return TRUE;
    }
  }
  return FALSE;
}

char *totp_uri(const char *secret, const char *login, const char *issuer) {
  g_autofree char *name = g_uri_escape_string(login, NULL, FALSE);
  g_autofree char *from = g_uri_escape_string(issuer, NULL, FALSE);
  return g_strdup_printf("otpauth://totp/%s:%s?secret=%s&issuer=%s", from, name, secret, from);
}
