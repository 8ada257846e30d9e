#include "lib/scan/stored.h"
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

bool file_write_at(int fd, const void *bytes, size_t size, off_t at) {
  const uint8_t *from = bytes;
  while (size) {
    ssize_t done = pwrite(fd, from, size, at);
    if (done < 0 && errno == EINTR)
      continue;
    if (done <= 0)
      return false;
    from += done;
    at += done;
    size -= (size_t)done;
  }
  return true;
}

bool file_read_at(int fd, void *bytes, size_t size, off_t at) {
  uint8_t *to = bytes;
  while (size) {
    ssize_t done = pread(fd, to, size, at);
    if (done < 0 && errno == EINTR)
      continue;
    if (done <= 0)
      return false;
    to += done;
    at += done;
    size -= (size_t)done;
  }
  return true;
}

off_t file_size(int fd) {
  struct stat status;
  return fstat(fd, &status) == 0 ? status.st_size : -1;
}

static bool load(int folder, const char *name, size_t most, size_t max, ByteBuffer *out) {
  int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  out->size = 0;
  if (fd < 0)
    return false;
  off_t length = file_size(fd);
  size_t size = length > 0 && (size_t)length < most ? (size_t)length : most;
  bool good = length >= 0 && (size_t)length <= max;
  if (good && length)
    good = file_read_at(fd, byte_buffer_room(out, size), size, 0);
  out->size = good && length ? size : 0;
  close(fd);
  return good;
}

bool file_load(int folder, const char *name, size_t max, ByteBuffer *out) {
  return load(folder, name, SIZE_MAX, max, out);
}

bool file_load_start(int folder, const char *name, size_t size, ByteBuffer *out) {
  return load(folder, name, size, SIZE_MAX, out);
}

bool file_replace(int folder, const char *name, const void *bytes, size_t size) {
  char temporary[80];
  snprintf(temporary, sizeof temporary, "%s.tmp", name);
  int fd = openat(folder, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
  if (fd < 0)
    return false;
  bool good = file_write_at(fd, bytes, size, 0) && fsync(fd) == 0;
  good = close(fd) == 0 && good && renameat(folder, temporary, folder, name) == 0 && fsync(folder) == 0;
  if (!good)
    unlinkat(folder, temporary, 0);
  return good;
}

bool scan_fail(ScanError *error, const char *format, ...) {
  if (error) {
    va_list list;
    va_start(list, format);
    vsnprintf(error->message, sizeof error->message, format, list);
    va_end(list);
    error->line = error->column = 0;
  }
  return false;
}

static const struct {
  int code;
  const char *text;
} REASONS[] = {
    {ENOSPC, "đĩa đầy"               },
    {EDQUOT, "hết hạn mức đĩa"    },
    {EFBIG,  "tệp đạt cỡ tối đa"},
    {EACCES, "không có quyền"         },
    {EROFS,  "đĩa chỉ đọc"         },
    {EIO,    "lỗi đĩa"                },
    {ENOENT, "không có tệp"           },
};

bool scan_fail_errno(ScanError *error, const char *what) {
  int code = errno;
  for (size_t i = 0; i < sizeof REASONS / sizeof *REASONS; i++)
    if (REASONS[i].code == code)
      return scan_fail(error, "%s: %s", what, REASONS[i].text);
  return scan_fail(error, "%s: lỗi hệ thống %d", what, code);
}
