#include "lib/document/source_text.h"
#include "base/error.h"
#include <string.h>

#define SAVE_AGAIN "Hãy mở bằng Word, lưu lại dạng DOCX rồi gửi lại."

static gboolean refuse(GError **error, const char *message) {
  g_set_error_literal(error, APP_ERROR, ERROR_UNREADABLE, message);
  return FALSE;
}

static gboolean contains(const char *bytes, gsize length, const char *wanted, gsize wanted_length) {
  return memmem(bytes, length, wanted, wanted_length) != NULL;
}

/* ---- kinds that are known by their first bytes and cannot be read ---- */

#define PICTURE                                                                                                                                               \
  "Đây là ảnh chụp hoặc ảnh quét, không có lớp chữ. Hãy gửi bản Word (DOCX) hoặc PDF có chữ; bản ảnh vẫn có thể đính " \
  "kèm làm bản gốc."
#define ARCHIVE "Đây là tệp nén. Hãy giải nén rồi gửi từng văn bản."
#define PROGRAM "Đây là chương trình máy tính, không phải văn bản. Không mở tệp này."
#define OTHER_FORMAT "Định dạng này không đọc được trực tiếp. " SAVE_AGAIN

static const struct {
  gsize at;
  const char *sign;
  gsize length;
  const char *message;
} REFUSED[] = {
    {0, "\xFF\xD8\xFF",    3,  PICTURE     },
    {0, "\x89PNG\r\n",     6,  PICTURE     },
    {0, "GIF8",            4,  PICTURE     },
    {0, "II*\0",           4,  PICTURE     },
    {0, "MM\0*",           4,  PICTURE     },
    {8, "WEBP",            4,  PICTURE     },
    {4, "ftyp",            4,  PICTURE     },
    {0, "Rar!\x1A",        5,  ARCHIVE     },
    {0, "7z\xBC\xAF",      4,  ARCHIVE     },
    {0, "\x1F\x8B",        2,  ARCHIVE     },
    {0, "BZh",             3,  ARCHIVE     },
    {0,
     "\xFD"
     "7zXZ",               5,  ARCHIVE     },
    {0, "PK\5\6",          4,  ARCHIVE     },
    {0,
     "\x7F"
     "ELF",                4,  PROGRAM     },
    {0, "MZ\x90",          3,  PROGRAM     },
    {0, "{\\rtf",          5,  OTHER_FORMAT},
    {0, "SQLite format 3", 15, OTHER_FORMAT},
};

static gboolean check_refused(const char *bytes, gsize length, GError **error) {
  for (gsize i = 0; i < G_N_ELEMENTS(REFUSED); i++)
    if (length >= REFUSED[i].at + REFUSED[i].length &&
        memcmp(bytes + REFUSED[i].at, REFUSED[i].sign, REFUSED[i].length) == 0)
      return refuse(error, REFUSED[i].message);
  return TRUE;
}

/* ---- containers: what they hold is told by the names inside, which stand uncompressed in them ---- */

typedef struct {
  const char *name;
  gsize length;
  int kind; /* SourceKind, or -1: refused with the message */
  const char *message;
} Content;

#define CONTENT(name, kind, message)                                                                                   \
  { name, sizeof(name) - 1, kind, message }

static const Content IN_ZIP[] = {
    CONTENT("word/", SOURCE_DOCX, NULL),
    CONTENT("xl/", -1, "Đây là bảng tính Excel. Hãy chép nội dung sang Word, lưu dạng DOCX rồi gửi lại."),
    CONTENT("ppt/", -1, "Đây là bài trình chiếu PowerPoint. Hãy gửi văn bản Word (DOCX)."),
    CONTENT("opendocument", -1, OTHER_FORMAT),
};

/* Names in an OLE container are UTF-16. */
static const Content IN_OLE[] = {
    CONTENT("E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0", -1,
            "Văn bản đặt mật khẩu. Hãy mở bằng Word, bỏ mật khẩu rồi lưu lại."),
    CONTENT("W\0o\0r\0d\0D\0o\0c\0u\0m\0e\0n\0t\0", SOURCE_DOC, NULL),
    CONTENT("W\0o\0r\0k\0b\0o\0o\0k\0", -1,
            "Đây là bảng tính Excel. Hãy chép nội dung sang Word, lưu dạng DOCX rồi gửi lại."),
    CONTENT("P\0o\0w\0e\0r\0P\0o\0i\0n\0t\0", -1, "Đây là bài trình chiếu PowerPoint. Hãy gửi văn bản Word (DOCX)."),
};

static gboolean guess_content(const char *bytes, gsize length, const Content *contents, gsize count,
                              const char *otherwise, SourceKind *out_kind, GError **error) {
  for (gsize i = 0; i < count; i++) {
    if (!contains(bytes, length, contents[i].name, contents[i].length))
      continue;
    if (contents[i].kind < 0)
      return refuse(error, contents[i].message);
    *out_kind = (SourceKind)contents[i].kind;
    return TRUE;
  }
  return refuse(error, otherwise);
}

/* ---- text ---- */

/* Word also saves web pages and XML under the name of a document. */
static gboolean check_markup(const char *bytes, gsize length, GError **error) {
  g_autofree char *head = g_ascii_strdown(bytes, (gssize)MIN(length, 1024));
  const char *first = head + strspn(head, "\xEF\xBB\xBF \t\r\n");
  if (g_str_has_prefix(first, "<!doctype html") || g_str_has_prefix(first, "<html") || g_str_has_prefix(first, "<?xml"))
    return refuse(error, "Đây là trang web hoặc tệp XML. " SAVE_AGAIN);
  return TRUE;
}

static gboolean has_ending(const char *name, const char *const *endings) {
  g_autofree char *lower = g_ascii_strdown(name ? name : "", -1);
  for (; *endings; endings++)
    if (g_str_has_suffix(lower, *endings))
      return TRUE;
  return FALSE;
}

static gboolean guess_text(const char *bytes, gsize length, const char *name, SourceKind *out_kind, GError **error) {
  static const char *const MARKDOWN[] = {".md", ".markdown", NULL};
  static const char *const BINARY[] = {".docx", ".doc", ".pdf", NULL};
  if (has_ending(name, BINARY) && !g_utf8_validate_len(bytes, length, NULL))
    return refuse(error, "Nội dung tệp không khớp với đuôi tên: tệp hỏng hoặc bị cắt mất phần đầu. Hãy gửi lại tệp.");
  *out_kind = has_ending(name, MARKDOWN) ? SOURCE_MARKDOWN : SOURCE_TXT;
  return check_markup(bytes, length, error);
}

gboolean source_kind_guess(const char *bytes, gsize length, const char *name, SourceKind *out_kind, GError **error) {
  if (length == 0)
    return refuse(error, "Tệp rỗng, không có nội dung.");
  if (!check_refused(bytes, length, error))
    return FALSE;
  if (length >= 4 && memcmp(bytes, "PK\3\4", 4) == 0)
    return guess_content(bytes, length, IN_ZIP, G_N_ELEMENTS(IN_ZIP), ARCHIVE, out_kind, error);
  if (length >= 8 && memcmp(bytes, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8) == 0)
    return guess_content(bytes, length, IN_OLE, G_N_ELEMENTS(IN_OLE), OTHER_FORMAT, out_kind, error);
  if (length >= 4 && memcmp(bytes, "\xDB\xA5\x2D\0", 4) == 0) { /* Word 2 */
    *out_kind = SOURCE_DOC;
    return TRUE;
  }
  if (contains(bytes, MIN(length, 1024), "%PDF-", 5)) {
    *out_kind = SOURCE_PDF;
    return TRUE;
  }
  return guess_text(bytes, length, name, out_kind, error);
}
