#include "lib/seal/seal.h"
#include "base/date.h"
#include "base/digest.h"
#include "base/error.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FORMAT "ungcuu-seal-1"
#define PATH_BYTES_MOST 300
#define HEX_DIGITS "0123456789abcdef"

struct SealKey {
  guchar secret[crypto_sign_SECRETKEYBYTES];
  char public_key[SEAL_KEY_SIZE];
};

G_STATIC_ASSERT(SEAL_KEY_SIZE == 2 * crypto_sign_PUBLICKEYBYTES + 1);

static gboolean refuse(ErrorCode code, const char *message, GError **error) {
  g_set_error_literal(error, APP_ERROR, (gint)code, message);
  return FALSE;
}

static gboolean is_hex(const char *text, gsize digits) {
  return text && strlen(text) == digits && strspn(text, HEX_DIGITS) == digits;
}

static gboolean from_hex(const char *text, gsize digits, guchar *out) {
  gsize length = 0;
  return is_hex(text, digits) && sodium_hex2bin(out, digits / 2, text, digits, NULL, &length, NULL) == 0 && length == digits / 2;
}

/* --- the key --- */

static gboolean write_key(int fd, const char *text) {
  gsize length = strlen(text);
  return write(fd, text, length) == (gssize)length && fsync(fd) == 0;
}

/* Made beside its place and linked there whole: of two programs that begin at once, one wins. */
static gboolean make_key(const char *path, GError **error) {
  guchar seed[crypto_sign_SEEDBYTES];
  char hex[2 * sizeof seed + 2];
  g_autofree char *folder = g_path_get_dirname(path), *temporary = g_strconcat(path, ".XXXXXX", NULL);
  if (g_mkdir_with_parents(folder, 0700) != 0)
    return refuse(ERROR_FAILED, "Không tạo được thư mục cho khóa ký.", error);
  int fd = g_mkstemp_full(temporary, O_WRONLY | O_CLOEXEC, 0600);
  randombytes_buf(seed, sizeof seed);
  sodium_bin2hex(hex, sizeof hex - 1, seed, sizeof seed);
  strcat(hex, "\n");
  gboolean good = fd >= 0 && write_key(fd, hex) && (link(temporary, path) == 0 || errno == EEXIST);
  sodium_memzero(seed, sizeof seed);
  sodium_memzero(hex, sizeof hex);
  if (fd >= 0) {
    close(fd);
    g_unlink(temporary);
  }
  return good || refuse(ERROR_FAILED, "Không tạo được khóa ký; xem quyền và chỗ trống của thư mục dữ liệu.", error);
}

static gboolean read_key(int fd, SealKey *key, GError **error) {
  char hex[2 * crypto_sign_SEEDBYTES + 2] = "";
  guchar seed[crypto_sign_SEEDBYTES], public_key[crypto_sign_PUBLICKEYBYTES];
  struct stat info;
  if (fstat(fd, &info) != 0 || (info.st_mode & (S_IRWXG | S_IRWXO)))
    return refuse(ERROR_REFUSED, "Người khác đọc được tệp khóa ký; đặt quyền 0600 cho tệp rồi chạy lại.", error);
  gssize got = read(fd, hex, sizeof hex - 1);
  if (got == sizeof hex - 1)
    hex[got - 1] = hex[got - 1] == '\n' ? '\0' : 'x';
  gboolean good = got == sizeof hex - 1 && from_hex(hex, 2 * sizeof seed, seed);
  sodium_memzero(hex, sizeof hex);
  if (!good)
    return refuse(ERROR_UNREADABLE, "Tệp khóa ký không đúng dạng; phục hồi tệp từ bản sao lưu.", error);
  crypto_sign_seed_keypair(public_key, key->secret, seed);
  sodium_memzero(seed, sizeof seed);
  sodium_bin2hex(key->public_key, sizeof key->public_key, public_key, sizeof public_key);
  return TRUE;
}

SealKey *seal_key_open(const char *path, GError **error) {
  if (sodium_init() < 0 || (!g_file_test(path, G_FILE_TEST_EXISTS) && !make_key(path, error)))
    return NULL;
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  g_autoptr(SealKey) key = sodium_malloc(sizeof *key);
  gboolean good = fd >= 0 ? read_key(fd, key, error) : refuse(ERROR_FAILED, "Không mở được tệp khóa ký.", error);
  if (fd >= 0)
    close(fd);
  return good ? g_steal_pointer(&key) : NULL;
}

void seal_key_free(SealKey *key) {
  sodium_free(key);
}

const char *seal_key_public(const SealKey *key) {
  return key->public_key;
}

gboolean seal_is_key(const char *text) {
  return is_hex(text, SEAL_KEY_SIZE - 1);
}

char *seal_fingerprint(const char *public_key) {
  enum { GROUPS = 8, DIGITS = 4 };
  char sha256[DIGEST_SIZE];
  if (!seal_is_key(public_key))
    return NULL;
  digest_bytes(public_key, strlen(public_key), sha256);
  GString *text = g_string_new(NULL);
  for (int i = 0; i < GROUPS; i++)
    g_string_append_printf(text, "%s%.*s", i ? " " : "", DIGITS, sha256 + i * DIGITS);
  return g_string_free(text, FALSE);
}

/* --- the manifest --- */

json_t *seal_manifest_new(const char *kind, const char *by, gint64 made_ms, json_t *about) {
  char made[26];
  date_write_iso(made, made_ms);
  return json_pack("{s:s, s:s, s:s, s:s, s:o, s:[]}", "format", FORMAT, "kind", kind, "by", by, "made", made, "about",
                   about ? about : json_object(), "files");
}

void seal_manifest_add(json_t *manifest, const char *path, gint64 size_bytes, const char *sha256) {
  json_array_append_new(json_object_get(manifest, "files"),
                        json_pack("{s:s, s:I, s:s}", "path", path, "size", (json_int_t)size_bytes, "sha256", sha256));
}

char *seal_manifest_text(const json_t *manifest) {
  char *raw = json_dumps(manifest, JSON_INDENT(1));
  char *text = g_strconcat(raw, "\n", NULL);
  free(raw);
  return text;
}

gboolean seal_is_path(const char *path) {
  gsize length = path ? strlen(path) : 0;
  if (!length || length > PATH_BYTES_MOST || !g_utf8_validate(path, (gssize)length, NULL) || path[0] == '/' || path[length - 1] == '/')
    return FALSE;
  for (const char *p = path; *p; p = g_utf8_next_char(p))
    if (g_unichar_iscntrl(g_utf8_get_char(p)) || strchr("\\:*?\"<>|", *p))
      return FALSE;
  g_auto(GStrv) parts = g_strsplit(path, "/", -1);
  for (char **part = parts; *part; part++)
    if (!(*part)[strspn(*part, ".")]) /* empty, or only dots */
      return FALSE;
  return TRUE;
}

static gboolean read_files(const json_t *files, GError **error) {
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  gsize count = json_array_size(files);
  if (!json_is_array(files) || count > SEAL_FILES_MOST)
    return refuse(ERROR_UNREADABLE, "Bản kê của gói không đúng dạng.", error);
  for (gsize i = 0; i < count; i++) {
    const char *path = NULL, *sha256 = NULL;
    json_int_t size = -1;
    if (json_unpack(json_array_get(files, i), "{s:s, s:I, s:s}", "path", &path, "size", &size, "sha256", &sha256) != 0 || size < 0 ||
        !digest_is_sha256(sha256) || !seal_is_path(path))
      return refuse(ERROR_UNREADABLE, "Bản kê của gói có dòng không đúng dạng.", error);
    if (!g_hash_table_add(seen, (gpointer)(gintptr)path))
      return refuse(ERROR_UNREADABLE, "Bản kê của gói ghi một tệp hai lần.", error);
  }
  return TRUE;
}

json_t *seal_manifest_read(const char *text, gsize length, const char *kind, GError **error) {
  json_t *manifest = length <= SEAL_MANIFEST_BYTES_MOST ? json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL) : NULL;
  const char *format = NULL, *found = NULL, *by = NULL, *made = NULL;
  json_t *about = NULL, *files = NULL;
  gboolean good = manifest && json_unpack(manifest, "{s:s, s:s, s:s, s:s, s:o, s:o}", "format", &format, "kind", &found, "by", &by, "made",
                                          &made, "about", &about, "files", &files) == 0 &&
                  strcmp(format, FORMAT) == 0 && json_is_object(about);
  if (!good)
    refuse(ERROR_UNREADABLE, "Bản kê của gói không đúng dạng.", error);
  else if (kind && strcmp(kind, found) != 0)
    good = refuse(ERROR_UNREADABLE, "Gói này thuộc loại khác.", error);
  if (good && read_files(files, error))
    return manifest;
  json_decref(manifest);
  return NULL;
}

/* --- the signature --- */

/* Ed25519 takes the message whole; the manifest is small, the files are in it by their hashes. */
static GByteArray *message_of(const char *manifest, gsize length) {
  GByteArray *message = g_byte_array_sized_new((guint)(length + sizeof FORMAT));
  g_byte_array_append(message, (const guint8 *)FORMAT "\n", sizeof FORMAT);
  g_byte_array_append(message, (const guint8 *)manifest, (guint)length);
  return message;
}

char *seal_sign(const SealKey *key, const char *manifest, gsize length) {
  g_autoptr(GByteArray) message = message_of(manifest, length);
  guchar signature[crypto_sign_BYTES];
  char hex[2 * sizeof signature + 1];
  crypto_sign_detached(signature, NULL, message->data, message->len, key->secret);
  sodium_bin2hex(hex, sizeof hex, signature, sizeof signature);
  return g_strdup_printf("%s\n%s\n", key->public_key, hex);
}

gboolean seal_verify(const char *manifest, gsize length, const char *signature, gsize signature_length,
                     char out_key[SEAL_KEY_SIZE], GError **error) {
  enum { SIGNATURE_DIGITS = 2 * crypto_sign_BYTES, TEXT_BYTES = SEAL_KEY_SIZE + SIGNATURE_DIGITS + 1 };
  guchar public_key[crypto_sign_PUBLICKEYBYTES], bytes[crypto_sign_BYTES];
  out_key[0] = '\0';
  g_autofree char *text = signature_length == TEXT_BYTES ? g_strndup(signature, signature_length) : NULL;
  g_auto(GStrv) lines = text ? g_strsplit(text, "\n", -1) : NULL;
  if (!lines || g_strv_length(lines) != 3 || !from_hex(lines[0], SEAL_KEY_SIZE - 1, public_key) || !from_hex(lines[1], SIGNATURE_DIGITS, bytes))
    return refuse(ERROR_UNREADABLE, "Chữ ký của gói không đúng dạng.", error);
  if (length > SEAL_MANIFEST_BYTES_MOST)
    return refuse(ERROR_UNREADABLE, "Bản kê của gói quá lớn.", error);
  g_autoptr(GByteArray) message = message_of(manifest, length);
  if (crypto_sign_verify_detached(bytes, message->data, message->len, public_key) != 0)
    return refuse(ERROR_CHECK, "Chữ ký không đúng: bản kê đã bị sửa sau khi ký.", error);
  memcpy(out_key, lines[0], SEAL_KEY_SIZE);
  return TRUE;
}
