#include "core/user.h"
#include "base/text.h"
#include <sodium.h>
#include <string.h>

/* OWASP's least for Argon2id: 19 MiB, two passes, one lane. Two at once, so that logins cannot exhaust a small machine. */
#define MEMORY_BYTES (19456UL * 1024UL)
#define PASSES 2UL
#define AT_ONCE 2

static GMutex lock;
static GCond freed;
static int running;

static void enter(void) {
  g_mutex_lock(&lock);
  while (running >= AT_ONCE)
    g_cond_wait(&freed, &lock);
  running++;
  g_mutex_unlock(&lock);
}

static void leave(void) {
  g_mutex_lock(&lock);
  running--;
  g_cond_signal(&freed);
  g_mutex_unlock(&lock);
}

char *password_hash(const char *password, GError **error) {
  char *hash = g_malloc0(crypto_pwhash_STRBYTES);
  enter();
  int failed = crypto_pwhash_str_alg(hash, password, strlen(password), PASSES, MEMORY_BYTES, crypto_pwhash_ALG_ARGON2ID13);
  leave();
  if (!failed)
    return hash;
  g_free(hash);
  g_set_error(error, APP_ERROR, ERROR_BUSY, "Máy không đủ bộ nhớ để lưu mật khẩu; thử lại sau.");
  return NULL;
}

gboolean password_matches(const char *hash, const char *password) {
  enter();
  int failed = crypto_pwhash_str_verify(hash, password, strlen(password));
  leave();
  return !failed;
}

const char *password_weakness(const char *password, const char *login) {
  static const char *const COMMON[] = {"matkhau", "password", "123456", "qwerty", "abc123", "admin", "iloveyou", "vietnam"};
  g_autofree char *folded = text_fold(password);
  g_autofree char *name = text_fold(login);
  if (g_utf8_strlen(password, -1) < 10)
    return "Mật khẩu cần ít nhất 10 ký tự.";
  if (*name && strstr(folded, name))
    return "Mật khẩu không được chứa tên đăng nhập.";
  for (gsize i = 0; i < G_N_ELEMENTS(COMMON); i++)
    if (g_str_has_prefix(folded, COMMON[i]) && strlen(folded) < strlen(COMMON[i]) + 6)
      return "Mật khẩu quá dễ đoán; thêm vài từ khác.";
  return NULL;
}
