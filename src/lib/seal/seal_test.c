#include "lib/seal/seal_package.h"
#include "base/error.h"
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#define KIND "incident-archive"

typedef struct {
  char *folder, *key_path, *package;
} Place;

static void set_up(Place *place, gconstpointer data G_GNUC_UNUSED) {
  place->folder = g_dir_make_tmp("seal-XXXXXX", NULL);
  place->key_path = g_build_filename(place->folder, "keys", "seal.key", NULL);
  place->package = g_build_filename(place->folder, "a.zip", NULL);
}

static void tear_down(Place *place, gconstpointer data G_GNUC_UNUSED) {
  g_autofree char *keys = g_path_get_dirname(place->key_path);
  g_unlink(place->key_path);
  g_rmdir(keys);
  g_unlink(place->package);
  g_assert_cmpint(g_rmdir(place->folder), ==, 0); /* nothing else was left */
  g_free(place->folder);
  g_free(place->key_path);
  g_free(place->package);
}

static void test_key(Place *place, gconstpointer data G_GNUC_UNUSED) {
  g_autoptr(GError) error = NULL;
  GStatBuf info;
  g_autoptr(SealKey) key = seal_key_open(place->key_path, &error);
  g_assert_no_error(error);
  g_assert_true(seal_is_key(seal_key_public(key)));
  g_stat(place->key_path, &info);
  g_assert_cmpint(info.st_mode & 0777, ==, 0600);
  g_autoptr(SealKey) again = seal_key_open(place->key_path, &error);
  g_assert_cmpstr(seal_key_public(again), ==, seal_key_public(key));
  g_autofree char *fingerprint = seal_fingerprint(seal_key_public(key));
  g_assert_cmpuint(strlen(fingerprint), ==, 8 * 5 - 1);
  g_assert_null(seal_fingerprint("khóa"));
  g_chmod(place->key_path, 0640);
  g_assert_null(seal_key_open(place->key_path, &error));
  g_assert_error(error, APP_ERROR, ERROR_REFUSED);
  g_clear_error(&error);
  g_file_set_contents_full(place->key_path, "khác", -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL);
  g_chmod(place->key_path, 0600);
  g_assert_null(seal_key_open(place->key_path, &error));
  g_assert_error(error, APP_ERROR, ERROR_UNREADABLE);
}

/* RFC 8032, 7.1 test 1: the key pair of that seed. */
static void test_known_key(Place *place, gconstpointer data G_GNUC_UNUSED) {
  g_autofree char *folder = g_path_get_dirname(place->key_path);
  g_mkdir(folder, 0700);
  g_file_set_contents_full(place->key_path, "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60\n", -1,
                           G_FILE_SET_CONTENTS_NONE, 0600, NULL);
  g_autoptr(SealKey) key = seal_key_open(place->key_path, NULL);
  g_assert_cmpstr(seal_key_public(key), ==, "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
}

static void test_signature(Place *place, gconstpointer data G_GNUC_UNUSED) {
  static const char TEXT[] = "{\"format\": \"ungcuu-seal-1\"}\n";
  g_autoptr(SealKey) key = seal_key_open(place->key_path, NULL);
  g_autoptr(GError) error = NULL;
  char signer[SEAL_KEY_SIZE];
  g_autofree char *signature = seal_sign(key, TEXT, strlen(TEXT));
  gsize length = strlen(signature);
  g_assert_true(seal_verify(TEXT, strlen(TEXT), signature, length, signer, &error));
  g_assert_cmpstr(signer, ==, seal_key_public(key));
  g_assert_false(seal_verify(TEXT, strlen(TEXT) - 1, signature, length, signer, &error));
  g_assert_error(error, APP_ERROR, ERROR_CHECK);
  g_assert_cmpstr(signer, ==, "");
  g_clear_error(&error);
  for (gsize i = 0; i < length; i++) { /* any digit changed: never good */
    g_autofree char *other = g_strdup(signature);
    other[i] = other[i] == '0' ? '1' : '0';
    g_assert_false(seal_verify(TEXT, strlen(TEXT), other, length, signer, NULL));
  }
  g_assert_false(seal_verify(TEXT, strlen(TEXT), "", 0, signer, &error));
  g_assert_error(error, APP_ERROR, ERROR_UNREADABLE);
}

static void test_paths(void) {
  static const char *const GOOD[] = {"case.json", "chung-cu/CC-01 ảnh ổ đĩa.img", "a/b/c", "a..b/.c"};
  static const char *const BAD[] = {"", "/etc/passwd", "../a", "a/../b", "a//b", "a/", ".", "a\nb", "C:\\a", "a\\b", "a:b", "a/..", "a\xff"};
  for (gsize i = 0; i < G_N_ELEMENTS(GOOD); i++)
    g_assert_true(seal_is_path(GOOD[i]));
  for (gsize i = 0; i < G_N_ELEMENTS(BAD); i++)
    g_assert_false(seal_is_path(BAD[i]));
  g_autofree char *longest = g_strnfill(301, 'a');
  g_assert_false(seal_is_path(longest));
}

#define FILES_OF(files) "{\"format\": \"ungcuu-seal-1\", \"kind\": \"" KIND "\", \"by\": \"a\", \"made\": \"b\", \"about\": {}, \"files\": [" files "]}"
#define SHA "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void test_manifest(void) {
  static const char *const BAD[] = {
      "", "[]", "{}", "{\"format\": \"ungcuu-seal-2\", \"kind\": \"" KIND "\", \"by\": \"a\", \"made\": \"b\", \"about\": {}, \"files\": []}",
      FILES_OF("1"), FILES_OF("{\"path\": \"a\", \"size\": -1, \"sha256\": \"" SHA "\"}"), FILES_OF("{\"path\": \"../a\", \"size\": 0, \"sha256\": \"" SHA "\"}"),
      FILES_OF("{\"path\": \"a\", \"size\": 0, \"sha256\": \"khac\"}"),
      FILES_OF("{\"path\": \"a\", \"size\": 0, \"sha256\": \"" SHA "\"}, {\"path\": \"a\", \"size\": 0, \"sha256\": \"" SHA "\"}"),
  };
  static const char GOOD[] = FILES_OF("{\"path\": \"a\", \"size\": 0, \"sha256\": \"" SHA "\"}");
  for (gsize i = 0; i < G_N_ELEMENTS(BAD); i++)
    g_assert_null(seal_manifest_read(BAD[i], strlen(BAD[i]), KIND, NULL));
  json_t *good = seal_manifest_read(GOOD, strlen(GOOD), KIND, NULL);
  g_assert_nonnull(good);
  json_decref(good);
  g_assert_null(seal_manifest_read(GOOD, strlen(GOOD), "hunt-package", NULL));
}

/* --- packages --- */

static void write_package(const Place *place) {
  g_autoptr(GError) error = NULL;
  g_autoptr(SealKey) key = seal_key_open(place->key_path, &error);
  g_autoptr(SealPackage) package = seal_package_new(place->package, KIND, "UBND xã Thử", 1795244185801, NULL, &error);
  g_assert_no_error(error);
  g_autoptr(GBytes) text = g_bytes_new_static("{\"code\": \"SC-2026-0001\"}", 24);
  g_assert_true(seal_package_add_bytes(package, "case.json", text, &error));
  g_autofree char *name = NULL;
  int fd = g_file_open_tmp("seal-file-XXXXXX", &name, NULL);
  g_assert_cmpint(write(fd, "noi dung chung cu", 17), ==, 17);
  close(fd);
  g_assert_true(seal_package_add_file(package, "chung-cu/CC-01 ảnh.img", name, 17, "0557fc8eef2c66d3f8e30b0c1ea4d4a1ab25d5db1c5ec6a1b7dbb3d8b2e57e0f", &error));
  g_assert_no_error(error);
  g_assert_true(seal_package_finish(package, key, &error));
  g_unlink(name);
}

static void flip(const Place *place, const char *bytes) {
  g_autofree char *all = NULL;
  gsize length;
  g_assert_true(g_file_get_contents(place->package, &all, &length, NULL));
  char *found = memmem(all, length, bytes, strlen(bytes));
  g_assert_nonnull(found);
  found[strlen(bytes) - 1] ^= 1;
  g_assert_true(g_file_set_contents(place->package, all, (gssize)length, NULL));
}

static void test_package(Place *place, gconstpointer data G_GNUC_UNUSED) {
  SealReport report;
  g_autoptr(GError) error = NULL;
  write_package(place);
  g_assert_null(seal_package_new(place->package, KIND, "khác", 0, NULL, NULL)); /* never over what is there */
  g_assert_true(seal_package_verify(place->package, KIND, &report, &error));
  g_assert_true(report.signature_good);
  g_assert_cmpint(report.files, ==, 2);
  g_assert_cmpuint(report.changed->len, ==, 1); /* the caller gave another hash for the file */
  g_assert_cmpstr(g_ptr_array_index(report.changed, 0), ==, "chung-cu/CC-01 ảnh.img");
  g_assert_false(seal_report_is_whole(&report));
  seal_report_clear(&report);
  g_autoptr(GBytes) text = seal_package_read(place->package, "case.json", 100, &error);
  g_assert_cmpuint(g_bytes_get_size(text), ==, 24);
  g_assert_null(seal_package_read(place->package, "case.json", 10, NULL));
  flip(place, "SC-2026-000");
  g_assert_true(seal_package_verify(place->package, KIND, &report, &error));
  g_assert_cmpuint(report.changed->len, ==, 2);
  g_assert_true(report.signature_good);
  seal_report_clear(&report);
  flip(place, "\"by\": \"UBND");
  g_assert_true(seal_package_verify(place->package, KIND, &report, &error));
  g_assert_false(report.signature_good);
  g_assert_cmpstr(report.key, ==, "");
  seal_report_clear(&report);
}

static void test_added_and_missing(Place *place, gconstpointer data G_GNUC_UNUSED) {
  SealReport report;
  g_autoptr(GError) error = NULL;
  write_package(place);
  zip_t *zip = zip_open(place->package, 0, NULL);
  zip_delete(zip, (zip_uint64_t)zip_name_locate(zip, "case.json", 0));
  zip_int64_t index = zip_file_add(zip, "them.txt", zip_source_buffer(zip, "x", 1, 0), 0);
  zip_set_file_compression(zip, (zip_uint64_t)index, ZIP_CM_STORE, 0);
  g_assert_cmpint(zip_close(zip), ==, 0);
  g_assert_true(seal_package_verify(place->package, KIND, &report, &error));
  g_assert_cmpstr(g_ptr_array_index(report.missing, 0), ==, "case.json");
  g_assert_cmpstr(g_ptr_array_index(report.added, 0), ==, "them.txt");
  g_assert_true(report.signature_good);
  seal_report_clear(&report);
}

static void test_hostile(Place *place, gconstpointer data G_GNUC_UNUSED) {
  g_autofree char *all = NULL;
  gsize length;
  SealReport report;
  write_package(place);
  g_assert_true(g_file_get_contents(place->package, &all, &length, NULL));
  for (gsize cut = 0; cut < length; cut += 7) { /* cut off anywhere: told, never followed */
    g_autoptr(GError) error = NULL;
    g_file_set_contents(place->package, all, (gssize)cut, NULL);
    g_assert_false(seal_package_verify(place->package, KIND, &report, &error));
    g_assert_error(error, APP_ERROR, ERROR_UNREADABLE);
    seal_report_clear(&report);
  }
  for (gsize i = 0; i < length; i++) { /* any byte changed: told, or without meaning (times, attributes) */
    char before = all[i];
    guint64 whole = GUINT64_TO_BE((guint64)length);
    g_autoptr(GByteArray) input = g_byte_array_new(), out = g_byte_array_new();
    all[i] ^= (char)0xFF;
    g_byte_array_append(input, (const guint8 *)&whole, sizeof whole);
    g_byte_array_append(input, (const guint8 *)all, (guint)length);
    seal_index_read((const char *)input->data, input->len, out, NULL);
    all[i] = before;
  }
  g_assert_false(seal_package_verify("/khong/co", KIND, &report, NULL));
  seal_report_clear(&report);
  g_assert_false(seal_package_verify("/dev/zero", KIND, &report, NULL));
  seal_report_clear(&report);
}

int main(int argc, char **argv) {
  static const SandboxJob *const JOBS[] = {&SEAL_JOB_INDEX, NULL};
  g_test_init(&argc, &argv, NULL);
  g_assert_true(sandbox_start(argc, argv, JOBS, NULL));
  g_test_add("/seal/key", Place, NULL, set_up, test_key, tear_down);
  g_test_add("/seal/known-key", Place, NULL, set_up, test_known_key, tear_down);
  g_test_add("/seal/signature", Place, NULL, set_up, test_signature, tear_down);
  g_test_add_func("/seal/paths", test_paths);
  g_test_add_func("/seal/manifest", test_manifest);
  g_test_add("/seal/package", Place, NULL, set_up, test_package, tear_down);
  g_test_add("/seal/added-and-missing", Place, NULL, set_up, test_added_and_missing, tear_down);
  g_test_add("/seal/hostile", Place, NULL, set_up, test_hostile, tear_down);
  int result = g_test_run();
  sandbox_stop();
  return result;
}
