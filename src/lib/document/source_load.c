#include "lib/document/source_load.h"
#include "base/error.h"
#include <errno.h>
#include <fcntl.h>
#include <libxml/parser.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A page of a scan carries at most the text of a digital signature. */
enum { LETTERS_PER_PAGE_MIN = 50 };

/* ---- jobs of the sandbox ---- */

static gboolean read_docx(const char *bytes, gsize length_bytes, GByteArray *out, GError **error) {
  g_autoptr(SourceText) text = source_text_read_docx(bytes, length_bytes, error);
  if (!text)
    return FALSE;
  source_text_pack(text, out);
  return TRUE;
}

/* Plain mode, not -layout: the two columns of a letterhead come one after the other, as in the text that people get by
 * copying, instead of on one line. */
static const char *const PDFTOTEXT[] = {"/usr/bin/pdftotext", "-q", "-enc", "UTF-8", "-eol", "unix", "-", "-", NULL};
/* Not "-": it would make a temporary file of standard input. */
static const char *const ANTIWORD[] = {"/usr/bin/antiword", "-w", "0", "-m", "UTF-8.txt", "/dev/stdin", NULL};

const SandboxJob SOURCE_JOB_DOCX = {"docx", read_docx, xmlInitParser};
const SandboxJob SOURCE_JOB_PDF = {"pdf", .program = PDFTOTEXT, .package = "poppler-utils", .deadline_ms = 10000};
const SandboxJob SOURCE_JOB_DOC = {"doc", .program = ANTIWORD, .package = "antiword", .deadline_ms = 10000};

/* ---- kinds ---- */

static SourceText *load_docx(const char *bytes, gsize length, GError **error) {
  g_autoptr(GBytes) packed = sandbox_run(SOURCE_JOB_DOCX.name, bytes, length, error);
  if (!packed)
    return NULL;
  gsize size;
  const char *data = g_bytes_get_data(packed, &size);
  return source_text_unpack(data, size, error);
}

static gboolean has_text(const char *text, gsize length) {
  gsize letters = 0, pages = 1;
  for (gsize i = 0; i < length; i++) {
    letters += g_ascii_isalnum(text[i]);
    pages += text[i] == '\f' && i + 1 < length;
  }
  return letters >= pages * LETTERS_PER_PAGE_MIN;
}

static SourceText *load_pdf(const char *bytes, gsize length, GError **error) {
  g_autoptr(GBytes) converted = sandbox_run(SOURCE_JOB_PDF.name, bytes, length, error);
  if (!converted)
    return NULL;
  gsize size;
  const char *text = g_bytes_get_data(converted, &size);
  if (has_text(text, size))
    return source_text_read_txt(text, size, SOURCE_PDF, error);
  g_set_error_literal(
      error, APP_ERROR, ERROR_UNREADABLE,
      "Đây là bản quét không có lớp chữ nên không đọc được nội dung. Hãy gửi bản Word (DOCX) mà văn thư "
      "còn giữ, hoặc nhận dạng chữ (OCR) rồi gửi lại; bản quét vẫn có thể đính kèm làm bản gốc.");
  return NULL;
}

static SourceText *load_doc(const char *bytes, gsize length, GError **error) {
  g_autoptr(GBytes) converted = sandbox_run(SOURCE_JOB_DOC.name, bytes, length, error);
  if (!converted)
    return NULL;
  gsize size;
  const char *text = g_bytes_get_data(converted, &size);
  return source_text_read_txt(text, size, SOURCE_DOC, error);
}

static gboolean check_length(guint64 length, GError **error) {
  if (length <= SOURCE_FILE_BYTES_MAX)
    return TRUE;
  g_set_error(error, APP_ERROR, ERROR_TOO_LARGE,
              "Tệp lớn hơn %d MiB nên không được đọc. Hãy bỏ bớt ảnh trong văn bản, hoặc tách thành nhiều tệp.",
              SOURCE_FILE_BYTES_MAX >> 20);
  return FALSE;
}

SourceText *source_load(const char *bytes, gsize length_bytes, const char *name, GError **error) {
  SourceKind kind;
  if (!check_length(length_bytes, error) || !source_kind_guess(bytes, length_bytes, name, &kind, error))
    return NULL;
  switch (kind) {
  case SOURCE_DOCX:
    return load_docx(bytes, length_bytes, error);
  case SOURCE_PDF:
    return load_pdf(bytes, length_bytes, error);
  case SOURCE_DOC:
    return load_doc(bytes, length_bytes, error);
  case SOURCE_TXT:
  case SOURCE_MARKDOWN:
  default:
    return source_text_read_txt(bytes, length_bytes, kind, error);
  }
}

/* ---- files ---- */

static gboolean fail_errno(const char *path, int number, GError **error) {
  if (number == ENOENT)
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Không có tệp %s.", path);
  else
    g_set_error(error, APP_ERROR, ERROR_UNREADABLE, "Không đọc được tệp %s: %s.", path, g_strerror(number));
  return FALSE;
}

/* Pipes tell no size: they are read up to one byte beyond the limit. */
static gboolean read_descriptor(int fd, const char *path, GByteArray *out, GError **error) {
  struct stat stat;
  if (fstat(fd, &stat) != 0)
    return fail_errno(path, errno, error);
  if (S_ISDIR(stat.st_mode))
    return fail_errno(path, EISDIR, error);
  if (S_ISREG(stat.st_mode) && !check_length((guint64)stat.st_size, error))
    return FALSE;
  guint8 buffer[65536];
  for (;;) {
    gssize got = read(fd, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return fail_errno(path, errno, error);
    if (got == 0)
      return TRUE;
    if (!check_length((guint64)out->len + (guint64)got, error))
      return FALSE;
    g_byte_array_append(out, buffer, (guint)got);
  }
}

gboolean source_load_file(const char *path, char **out_bytes, gsize *out_length, GError **error) {
  gboolean standard = strcmp(path, "-") == 0;
  int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return fail_errno(path, errno, error);
  g_autoptr(GByteArray) out = g_byte_array_new();
  gboolean ok = read_descriptor(fd, standard ? "(đầu vào chuẩn)" : path, out, error);
  if (!standard)
    close(fd);
  if (!ok)
    return FALSE;
  *out_length = out->len;
  g_byte_array_append(out, (const guint8 *)"", 1); /* a NUL, for the convenience of callers */
  *out_bytes = (char *)g_byte_array_free(g_steal_pointer(&out), FALSE);
  return TRUE;
}
