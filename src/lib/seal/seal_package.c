#include "lib/seal/seal_package.h"
#include "base/digest.h"
#include "base/error.h"
#include <errno.h>
#include <string.h>
#include <zip.h>

struct SealPackage {
  zip_t *zip; /* NULL once finished */
  json_t *manifest;
  time_t made;
  GPtrArray *bytes; /* GBytes that the ZIP points into until it is written */
};

static gboolean fail(const char *what, const char *why, GError **error) {
  gboolean full = errno == ENOSPC || errno == EDQUOT;
  g_set_error(error, APP_ERROR, full ? ERROR_FULL : ERROR_FAILED, "%s: %s.", what, full ? "ổ đĩa đầy" : why);
  return FALSE;
}

SealPackage *seal_package_new(const char *path, const char *kind, const char *by, gint64 made_ms, json_t *about, GError **error) {
  int code = 0;
  zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_EXCL, &code);
  if (!zip) {
    json_decref(about);
    fail("Không tạo được gói", code == ZIP_ER_EXISTS ? "đã có tệp ở đó" : "xem quyền và chỗ trống", error);
    return NULL;
  }
  SealPackage *package = g_new0(SealPackage, 1);
  package->zip = zip;
  package->made = (time_t)(made_ms / 1000);
  package->manifest = seal_manifest_new(kind, by, made_ms, about);
  package->bytes = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
  return package;
}

void seal_package_free(SealPackage *package) {
  if (package->zip)
    zip_discard(package->zip);
  json_decref(package->manifest);
  g_ptr_array_unref(package->bytes);
  g_free(package);
}

static gboolean add_source(SealPackage *package, const char *path, zip_source_t *source, GError **error) {
  zip_int64_t index = source ? zip_file_add(package->zip, path, source, ZIP_FL_ENC_UTF_8) : -1;
  if (index < 0) {
    zip_source_free(source);
    return fail("Không đưa được tệp vào gói", path, error);
  }
  zip_set_file_compression(package->zip, (zip_uint64_t)index, ZIP_CM_STORE, 0);
  zip_file_set_mtime(package->zip, (zip_uint64_t)index, package->made, 0);
  return TRUE;
}

static gboolean add_bytes(SealPackage *package, const char *path, GBytes *bytes, GError **error) {
  gsize length;
  const void *data = g_bytes_get_data(bytes, &length);
  g_ptr_array_add(package->bytes, g_bytes_ref(bytes));
  return add_source(package, path, zip_source_buffer(package->zip, data, length, 0), error);
}

gboolean seal_package_add_bytes(SealPackage *package, const char *path, GBytes *bytes, GError **error) {
  char sha256[DIGEST_SIZE];
  gsize length;
  const void *data = g_bytes_get_data(bytes, &length);
  digest_bytes(data, length, sha256);
  g_assert(seal_is_path(path));
  seal_manifest_add(package->manifest, path, (gint64)length, sha256);
  return add_bytes(package, path, bytes, error);
}

gboolean seal_package_add_file(SealPackage *package, const char *path, const char *from, gint64 size_bytes, const char *sha256, GError **error) {
  g_assert(seal_is_path(path));
  seal_manifest_add(package->manifest, path, size_bytes, sha256);
  return add_source(package, path, zip_source_file(package->zip, from, 0, (zip_int64_t)size_bytes), error);
}

gboolean seal_package_finish(SealPackage *package, const SealKey *key, GError **error) {
  char *text = seal_manifest_text(package->manifest);
  char *signature = seal_sign(key, text, strlen(text));
  g_autoptr(GBytes) manifest_bytes = g_bytes_new_take(text, strlen(text));
  g_autoptr(GBytes) signature_bytes = g_bytes_new_take(signature, strlen(signature));
  if (!add_bytes(package, "manifest.json", manifest_bytes, error) || !add_bytes(package, "manifest.sig", signature_bytes, error))
    return FALSE;
  errno = 0;
  if (zip_close(package->zip) != 0)
    return fail("Không ghi được gói", zip_strerror(package->zip), error);
  package->zip = NULL;
  return TRUE;
}
