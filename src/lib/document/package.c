#include "lib/document/package.h"
#include "base/error.h"
#include <zip.h>

static void set_zip_error(GError **error, zip_error_t *problem) {
  g_set_error(error, APP_ERROR, ERROR_FAILED, "Không đóng gói được tệp văn bản: %s.", zip_error_strerror(problem));
}

static gboolean add_part(zip_t *archive, const PackagePart *part) {
  zip_source_t *content = zip_source_buffer(archive, part->content->str, part->content->len, 0);
  if (!content)
    return FALSE;
  zip_int64_t index = zip_file_add(archive, part->name, content, ZIP_FL_ENC_UTF_8);
  if (index < 0) {
    zip_source_free(content);
    return FALSE;
  }
  /* 1 January 1980 in DOS form, which knows no time zone. */
  return zip_file_set_dostime(archive, (zip_uint64_t)index, 0, 1 << 5 | 1, 0) == 0 &&
         zip_set_file_compression(archive, (zip_uint64_t)index, ZIP_CM_DEFLATE, 6) == 0;
}

static GBytes *read_back(zip_source_t *buffer) {
  zip_stat_t stat;
  if (zip_source_stat(buffer, &stat) < 0 || !(stat.valid & ZIP_STAT_SIZE) || zip_source_open(buffer) < 0)
    return NULL;
  char *bytes = g_try_malloc(stat.size);
  zip_int64_t length = bytes ? zip_source_read(buffer, bytes, stat.size) : -1;
  zip_source_close(buffer);
  if (length == (zip_int64_t)stat.size)
    return g_bytes_new_take(bytes, (gsize)length);
  g_free(bytes);
  return NULL;
}

static gboolean write_archive(zip_source_t *buffer, const PackagePart *parts, gsize count, zip_error_t *problem) {
  zip_source_keep(buffer);
  zip_t *archive = zip_open_from_source(buffer, ZIP_TRUNCATE, problem);
  if (!archive) {
    zip_source_free(buffer);
    return FALSE;
  }
  gboolean added = TRUE;
  for (gsize i = 0; i < count && added; i++)
    added = add_part(archive, &parts[i]);
  if (added && zip_close(archive) == 0)
    return TRUE;
  zip_error_set(problem, zip_error_code_zip(zip_get_error(archive)), zip_error_code_system(zip_get_error(archive)));
  zip_discard(archive);
  return FALSE;
}

GBytes *package_write(const PackagePart *parts, gsize count, GError **error) {
  zip_error_t problem;
  zip_error_init(&problem);
  zip_source_t *buffer = zip_source_buffer_create(NULL, 0, 0, &problem);
  GBytes *bytes = NULL;
  if (buffer && write_archive(buffer, parts, count, &problem)) {
    bytes = read_back(buffer);
    if (!bytes)
      zip_error_set(&problem, ZIP_ER_MEMORY, 0);
  }
  if (!bytes)
    set_zip_error(error, &problem);
  if (buffer)
    zip_source_free(buffer);
  zip_error_fini(&problem);
  return bytes;
}
