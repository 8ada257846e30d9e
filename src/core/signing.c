#include "core/signing.h"

const SealKey *app_signing_key(App *app, GError **error) {
  static GMutex lock;
  g_mutex_lock(&lock);
  if (!app->signing_key) {
    g_autofree char *path = g_build_filename(app->home, "keys", "seal.key", NULL);
    app->signing_key = seal_key_open(path, error);
  }
  const SealKey *key = app->signing_key;
  g_mutex_unlock(&lock);
  return key;
}
