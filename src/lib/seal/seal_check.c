/* A package from outside: its files against its manifest, its manifest against its signature. */
#include "base/digest.h"
#include "base/error.h"
#include "lib/seal/seal_private.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TAIL_BYTES_MOST (32 * 1024 * 1024)
#define CHUNK_BYTES (256 * 1024)
#define HEADER_BYTES 30
#define SIGNATURE_BYTES_MOST 1024

typedef struct {
  char *name;
  gint64 offset, size;
} Entry;

typedef struct {
  int fd;
  gint64 size;
  GArray *entries;      /* Entry */
  GHashTable *by_name;  /* name -> index + 1 */
} Contents;

static gboolean refuse(ErrorCode code, const char *message, GError **error) {
  g_set_error_literal(error, APP_ERROR, (gint)code, message);
  return FALSE;
}

static gboolean read_at(int fd, void *out, gsize length, gint64 offset) {
  guchar *to = out;
  while (length) {
    gssize got = pread(fd, to, length, offset);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return FALSE;
    to += got;
    offset += got;
    length -= (gsize)got;
  }
  return TRUE;
}

/* --- the table of contents --- */

static void entry_clear(gpointer data) {
  g_free(((Entry *)data)->name);
}

static void contents_clear(Contents *contents) {
  if (contents->fd >= 0)
    close(contents->fd);
  g_clear_pointer(&contents->by_name, g_hash_table_unref);
  g_clear_pointer(&contents->entries, g_array_unref);
}

/* What comes from the sandbox is checked like what comes from outside. */
static gboolean take_entries(Contents *contents, GBytes *index, GError **error) {
  gsize length, position = 0;
  const char *bytes = g_bytes_get_data(index, &length);
  while (position < length) {
    SealIndexHead head;
    if (length - position < sizeof head)
      return refuse(ERROR_UNREADABLE, "Mục lục của gói bị hỏng.", error);
    memcpy(&head, bytes + position, sizeof head);
    position += sizeof head;
    gboolean fits = head.name_length <= length - position && head.offset <= (guint64)contents->size && head.size <= (guint64)contents->size - head.offset;
    g_autofree char *name = fits ? g_strndup(bytes + position, head.name_length) : NULL;
    if (!fits || strlen(name) != head.name_length || !seal_is_path(name))
      return refuse(ERROR_UNREADABLE, "Gói có tệp mang tên hoặc vị trí không hợp lệ.", error);
    position += head.name_length;
    Entry entry = {g_steal_pointer(&name), (gint64)head.offset, (gint64)head.size};
    g_array_append_val(contents->entries, entry);
    if (!g_hash_table_insert(contents->by_name, entry.name, GUINT_TO_POINTER(contents->entries->len)))
      return refuse(ERROR_UNREADABLE, "Gói có hai tệp cùng tên.", error);
  }
  return TRUE;
}

static gboolean read_index(Contents *contents, GError **error) {
  gsize tail = (gsize)MIN(contents->size, TAIL_BYTES_MOST);
  g_autofree char *bytes = g_malloc(sizeof(guint64) + tail);
  guint64 whole = GUINT64_TO_BE((guint64)contents->size);
  memcpy(bytes, &whole, sizeof whole);
  if (!read_at(contents->fd, bytes + sizeof whole, tail, contents->size - (gint64)tail))
    return refuse(ERROR_FAILED, "Không đọc được gói.", error);
  g_autoptr(GBytes) index = sandbox_run(SEAL_JOB_INDEX.name, bytes, sizeof whole + tail, error);
  return index && take_entries(contents, index, error);
}

static gboolean open_contents(const char *path, Contents *contents, GError **error) {
  struct stat info;
  *contents = (Contents){.fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)};
  if (contents->fd < 0)
    return refuse(ERROR_NOT_FOUND, "Không mở được gói; xem lại đường dẫn.", error);
  if (fstat(contents->fd, &info) != 0 || !S_ISREG(info.st_mode))
    return refuse(ERROR_UNREADABLE, "Đường dẫn này không phải một tệp.", error);
  contents->size = info.st_size;
  contents->entries = g_array_new(FALSE, FALSE, sizeof(Entry));
  g_array_set_clear_func(contents->entries, entry_clear);
  contents->by_name = g_hash_table_new(g_str_hash, g_str_equal);
  return read_index(contents, error);
}

static const Entry *find(const Contents *contents, const char *name) {
  guint index = GPOINTER_TO_UINT(g_hash_table_lookup(contents->by_name, name));
  return index ? &g_array_index(contents->entries, Entry, index - 1) : NULL;
}

/* --- bytes of a file: after its own header --- */

static gint64 begin_of(const Contents *contents, const Entry *entry) {
  guchar header[HEADER_BYTES];
  if (!read_at(contents->fd, header, sizeof header, entry->offset) || memcmp(header, "PK\3\4", 4) != 0)
    return -1;
  gint64 begin = entry->offset + HEADER_BYTES + (header[26] | header[27] << 8) + (header[28] | header[29] << 8);
  return begin <= contents->size - entry->size ? begin : -1;
}

static char *read_small(const Contents *contents, const char *name, gint64 most, gsize *out_length) {
  const Entry *entry = find(contents, name);
  gint64 begin = entry && entry->size <= most ? begin_of(contents, entry) : -1;
  if (begin < 0)
    return NULL;
  g_autofree char *bytes = g_malloc((gsize)entry->size + 1);
  if (!read_at(contents->fd, bytes, (gsize)entry->size, begin))
    return NULL;
  bytes[entry->size] = '\0';
  *out_length = (gsize)entry->size;
  return g_steal_pointer(&bytes);
}

static gboolean hash_entry(const Contents *contents, const Entry *entry, char out_sha256[DIGEST_SIZE]) {
  g_autofree guchar *chunk = g_malloc(CHUNK_BYTES);
  g_autoptr(Digest) digest = digest_new();
  gint64 at = begin_of(contents, entry), left = entry->size;
  if (at < 0)
    return FALSE;
  for (gsize part; left > 0; at += (gint64)part, left -= (gint64)part) {
    part = (gsize)MIN(left, CHUNK_BYTES);
    if (!read_at(contents->fd, chunk, part, at))
      return FALSE;
    digest_add(digest, chunk, part);
  }
  digest_end(digest, out_sha256);
  return TRUE;
}

/* --- the report --- */

static void check_files(const Contents *contents, SealReport *report) {
  g_autoptr(GHashTable) named = g_hash_table_new(g_str_hash, g_str_equal);
  const json_t *files = json_object_get(report->manifest, "files");
  for (gsize i = 0; i < json_array_size(files); i++) {
    const json_t *file = json_array_get(files, i);
    const char *path = json_string_value(json_object_get(file, "path"));
    const Entry *entry = find(contents, path);
    char sha256[DIGEST_SIZE] = "";
    g_hash_table_add(named, (gpointer)(gintptr)path);
    report->files++;
    if (!entry)
      g_ptr_array_add(report->missing, g_strdup(path));
    else if (entry->size != json_integer_value(json_object_get(file, "size")) || !hash_entry(contents, entry, sha256) ||
             strcmp(sha256, json_string_value(json_object_get(file, "sha256"))) != 0)
      g_ptr_array_add(report->changed, g_strdup(path));
  }
  for (guint i = 0; i < contents->entries->len; i++) {
    const char *name = g_array_index(contents->entries, Entry, i).name;
    gboolean own = strcmp(name, "manifest.json") == 0 || strcmp(name, "manifest.sig") == 0;
    if (!own && !g_hash_table_contains(named, name))
      g_ptr_array_add(report->added, g_strdup(name));
  }
}

static gboolean check(const Contents *contents, const char *kind, SealReport *report, GError **error) {
  gsize manifest_length = 0, signature_length = 0;
  g_autofree char *manifest = read_small(contents, "manifest.json", SEAL_MANIFEST_BYTES_MOST, &manifest_length);
  g_autofree char *signature = read_small(contents, "manifest.sig", SIGNATURE_BYTES_MOST, &signature_length);
  if (!manifest)
    return refuse(ERROR_UNREADABLE, "Tệp này không có bản kê (manifest.json): không phải gói đã ký.", error);
  report->signature_good = signature && seal_verify(manifest, manifest_length, signature, signature_length, report->key, NULL);
  if (!signature)
    g_ptr_array_add(report->missing, g_strdup("manifest.sig"));
  report->manifest = seal_manifest_read(manifest, manifest_length, kind, error);
  if (report->manifest)
    check_files(contents, report);
  return report->manifest != NULL;
}

gboolean seal_package_verify(const char *path, const char *kind, SealReport *out_report, GError **error) {
  Contents contents;
  *out_report = (SealReport){.changed = g_ptr_array_new_with_free_func(g_free), .added = g_ptr_array_new_with_free_func(g_free),
                             .missing = g_ptr_array_new_with_free_func(g_free)};
  gboolean good = open_contents(path, &contents, error) && check(&contents, kind, out_report, error);
  contents_clear(&contents);
  return good;
}

gboolean seal_report_is_whole(const SealReport *report) {
  return report->signature_good && !report->changed->len && !report->added->len && !report->missing->len;
}

void seal_report_clear(SealReport *report) {
  json_decref(report->manifest);
  g_clear_pointer(&report->changed, g_ptr_array_unref);
  g_clear_pointer(&report->added, g_ptr_array_unref);
  g_clear_pointer(&report->missing, g_ptr_array_unref);
}

GBytes *seal_package_read(const char *path, const char *name, gsize most_bytes, GError **error) {
  Contents contents;
  gsize length = 0;
  char *bytes = open_contents(path, &contents, error) ? read_small(&contents, name, (gint64)most_bytes, &length) : NULL;
  contents_clear(&contents);
  if (!bytes && error && !*error)
    refuse(ERROR_NOT_FOUND, "Gói không có tệp này, hoặc tệp quá lớn.", error);
  return bytes ? g_bytes_new_take(bytes, length) : NULL;
}
