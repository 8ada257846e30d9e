#include "lib/document/source_encoding.h"
#include "base/error.h"
#include "base/text.h"
#include "lib/document/source_syllable.h"
#include <string.h>
#include <uchar.h>

enum { SAMPLE_BYTES = 8 << 10 };

/* 0x80 to 0x9F as Windows shows them; all these encodings use the quotes and dashes. 0: no character. */
static const char32_t WINDOWS_PUNCTUATION[32] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0, 0x2039, 0x0152, 0, 0, 0,
    0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0, 0x203A, 0x0153, 0, 0, 0x0178,
};

/* ---- one character ---- */

/* 0xA0 to 0xFF. */
static const char32_t TCVN3[] =
    U"\u00a0ĂÂÊÔƠƯĐăâêôơưđẰ\u0300\u0309\u0303\u0301\u0323àảãáạẲằẳẵắẴẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịò"
    U"ỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ";
G_STATIC_ASSERT(G_N_ELEMENTS(TCVN3) == 96 + 1);

/* Where Windows-1258 differs from Latin-1. */
static const struct {
  gunichar code, letter;
} WINDOWS_1258[] = {
    {0xC3, 0x0102},
    {0xCC, 0x0300},
    {0xD0, 0x0110},
    {0xD2, 0x0309},
    {0xD5, 0x01A0},
    {0xDD, 0x01AF},
    {0xDE, 0x0303},
    {0xE3, 0x0103},
    {0xEC, 0x0301},
    {0xF0, 0x0111},
    {0xF2, 0x0323},
    {0xF5, 0x01A1},
    {0xFD, 0x01B0},
    {0xFE, 0x20AB},
};

static void append_other(GString *out, gunichar c) {
  gunichar shown = c >= 0x80 && c < 0xA0 ? (gunichar)WINDOWS_PUNCTUATION[c - 0x80] : c;
  g_string_append_unichar(out, shown ? shown : 0xFFFD);
}

static void append_windows_1258(GString *out, gunichar c) {
  for (gsize i = 0; i < G_N_ELEMENTS(WINDOWS_1258); i++)
    if (WINDOWS_1258[i].code == c) {
      g_string_append_unichar(out, WINDOWS_1258[i].letter);
      return;
    }
  append_other(out, c);
}

static void append_tcvn3(GString *out, gunichar c) {
  if (c >= 0xA0 && c <= 0xFF)
    g_string_append_unichar(out, (gunichar)TCVN3[c - 0xA0]);
  else
    append_other(out, c);
}

/* The full set of the standard has capitals with tones where Windows has punctuation and ASCII has controls. The fonts
 * never used these places, converters do. */
static const char32_t TCVN3_CAPITALS[] = U"ÀẢÃÁẠẶẬÈẺẼÉẸỆÌỈĨÍỊÒỎÕÓỌỘỜỞỠỚỢÙỦŨ";
G_STATIC_ASSERT(G_N_ELEMENTS(TCVN3_CAPITALS) == 32 + 1);
static const char32_t TCVN3_CONTROLS[0x18] = {
    [0x01] = U'Ú', [0x02] = U'Ụ', [0x04] = U'Ừ', [0x05] = U'Ử', [0x06] = U'Ữ', [0x11] = U'Ứ',
    [0x12] = U'Ự', [0x13] = U'Ỳ', [0x14] = U'Ỷ', [0x15] = U'Ỹ', [0x16] = U'Ý', [0x17] = U'Ỵ',
};

static void append_tcvn3_full(GString *out, gunichar c) {
  if (c >= 0x80 && c < 0xA0)
    g_string_append_unichar(out, (gunichar)TCVN3_CAPITALS[c - 0x80]);
  else if (c < G_N_ELEMENTS(TCVN3_CONTROLS) && TCVN3_CONTROLS[c])
    g_string_append_unichar(out, (gunichar)TCVN3_CONTROLS[c]);
  else
    append_tcvn3(out, c);
}

/* VNI writes a letter, then a mark that may hold both shape and tone; the codes are those of the lower case marks, the
 * upper case is 0x20 below. */
static const struct {
  gunichar code;
  gunichar marks[2];
} VNI_MARKS[] = {
    {0xE0, {0x0302, 0x0300}},
    {0xE1, {0x0302, 0x0301}},
    {0xE2, {0x0302, 0}     },
    {0xE3, {0x0302, 0x0303}},
    {0xE4, {0x0302, 0x0323}},
    {0xE5, {0x0302, 0x0309}},
    {0xE8, {0x0306, 0x0300}},
    {0xE9, {0x0306, 0x0301}},
    {0xEA, {0x0306, 0}     },
    {0xEB, {0x0306, 0x0323}},
    {0xEF, {0x0323, 0}     },
    {0xF5, {0x0303, 0}     },
    {0xF8, {0x0300, 0}     },
    {0xF9, {0x0301, 0}     },
    {0xFA, {0x0306, 0x0309}},
    {0xFB, {0x0309, 0}     },
    {0xFC, {0x0306, 0x0303}},
};

static const struct {
  gunichar code, letter;
} VNI_LETTERS[] = {
    {0xD4, 0x01A0},
    {0xF4, 0x01A1},
    {0xD6, 0x01AF},
    {0xF6, 0x01B0},
    {0xD1, 0x0110},
    {0xF1, 0x0111},
    {0xCD, 0x00CD},
    {0xED, 0x00ED},
    {0xCC, 0x00CC},
    {0xEC, 0x00EC},
    {0xC6, 0x1EC8},
    {0xE6, 0x1EC9},
    {0xD3, 0x0128},
    {0xF3, 0x0129},
    {0xD2, 0x1ECA},
    {0xF2, 0x1ECB},
    {0xCE, 0x1EF4},
    {0xEE, 0x1EF5},
};

static gboolean takes_mark(const GString *out) {
  const char *last = g_utf8_find_prev_char(out->str, out->str + out->len);
  gunichar c = last ? g_unichar_tolower(g_utf8_get_char(last)) : 0;
  return c == 'a' || c == 'e' || c == 'o' || c == 'u' || c == 'y' || c == 0x01A1 || c == 0x01B0;
}

static void append_vni(GString *out, gunichar c) {
  for (gsize i = 0; i < G_N_ELEMENTS(VNI_LETTERS); i++)
    if (VNI_LETTERS[i].code == c) {
      g_string_append_unichar(out, VNI_LETTERS[i].letter);
      return;
    }
  gunichar lower = c >= 0xC0 && c <= 0xDF ? c + 0x20 : c;
  for (gsize i = 0; i < G_N_ELEMENTS(VNI_MARKS); i++)
    if (VNI_MARKS[i].code == lower && takes_mark(out)) {
      g_string_append_unichar(out, VNI_MARKS[i].marks[0]);
      if (VNI_MARKS[i].marks[1])
        g_string_append_unichar(out, VNI_MARKS[i].marks[1]);
      return;
    }
  append_other(out, c);
}

static const struct {
  const char *name;
  void (*append)(GString *out, gunichar c);
} LEGACY[] = {
    [SOURCE_WINDOWS_1258] = {"Windows-1258", append_windows_1258},
    [SOURCE_TCVN3] = {"TCVN3",        append_tcvn3       },
    [SOURCE_VNI] = {"VNI",          append_vni         },
    [SOURCE_TCVN3_FULL] = {"TCVN3",        append_tcvn3_full  },
};

void source_decode_font(const char *utf8, gsize length_bytes, SourceLegacy legacy, gboolean capitals, GString *out) {
  gsize from = out->len;
  for (const char *p = utf8; p < utf8 + length_bytes; p = g_utf8_next_char(p))
    LEGACY[legacy].append(out, g_utf8_get_char(p));
  if (!capitals)
    return;
  g_autofree char *upper = g_utf8_strup(out->str + from, -1);
  g_string_truncate(out, from);
  g_string_append(out, upper);
}

/* ---- whole texts ---- */

/* Each byte as the character of its number, in UTF-8. */
static GString *widen(const char *bytes, gsize length) {
  GString *out = g_string_sized_new(length + length / 2);
  for (gsize i = 0; i < length; i++)
    g_string_append_unichar(out, (guchar)bytes[i]);
  return out;
}

static double judge(const char *text, gsize length) {
  int good = 0, bad = 0;
  g_autofree char *normal = g_utf8_normalize(text, (gssize)length, G_NORMALIZE_NFC);
  syllable_count(normal ? normal : "", &good, &bad);
  return good + bad ? (double)good / (good + bad) : 0.0;
}

static double judge_legacy(const char *utf8, gsize length, SourceLegacy legacy) {
  g_autoptr(GString) text = g_string_sized_new(length);
  source_decode_font(utf8, length, legacy, FALSE, text);
  return judge(text->str, text->len);
}

/* From the first character beyond ASCII, at most SAMPLE_BYTES, cut between characters. */
static const char *sample(const char *utf8, gsize length, gsize *out_length) {
  const char *from = utf8, *end = utf8 + length;
  while (from < end && (guchar)*from < 0x80)
    from++;
  while (from > utf8 && from[-1] != ' ' && from[-1] != '\n')
    from--;
  const char *to = (gsize)(end - from) > SAMPLE_BYTES ? from + SAMPLE_BYTES : end;
  while (to < end && ((guchar)*to & 0xC0) == 0x80)
    to--;
  *out_length = (gsize)(to - from);
  return from;
}

/* The legacy encoding under which most accented words are Vietnamese, if that is at least `threshold` of them. */
static gboolean recognise(const char *utf8, gsize length, double threshold, SourceLegacy first,
                          SourceLegacy *out_legacy) {
  double best = 0;
  for (SourceLegacy legacy = first; legacy <= SOURCE_TCVN3_FULL; legacy++) {
    double share = judge_legacy(utf8, length, legacy);
    if (share > best) {
      best = share;
      *out_legacy = legacy;
    }
  }
  return best >= threshold && best > 0;
}

static char *decode_legacy(const char *utf8, gsize length, SourceLegacy legacy, char **out_encoding, GError **error) {
  g_autoptr(GString) text = g_string_sized_new(length + length / 2);
  source_decode_font(utf8, length, legacy, FALSE, text);
  if (out_encoding)
    *out_encoding = g_strdup(LEGACY[legacy].name);
  return text_clean(text->str, text->len, error);
}

/* Vietnamese in Unicode always has letters beyond Latin-1; where there are none but many of Latin-1, it may be a legacy
 * encoding that was taken for Latin-1. */
static gboolean is_mistaken_latin(const char *utf8, gsize length, SourceLegacy *out_legacy) {
  gboolean latin = FALSE;
  for (const char *p = utf8; p < utf8 + length; p = g_utf8_next_char(p)) {
    gunichar c = g_utf8_get_char(p);
    if ((c > 0xFF && c < 0x2000) || (c >= 0x1E00 && c < 0x1F00))
      return FALSE;
    latin |= c >= 0xA1 && c <= 0xFF;
  }
  if (!latin)
    return FALSE;
  gsize part_length;
  const char *part = sample(utf8, length, &part_length);
  return recognise(part, part_length, MAX(0.6, judge(part, part_length) + 0.2), SOURCE_TCVN3, out_legacy);
}

static char *decode_utf8(const char *bytes, gsize length, char **out_encoding, GError **error) {
  SourceLegacy legacy;
  if (is_mistaken_latin(bytes, length, &legacy))
    return decode_legacy(bytes, length, legacy, out_encoding, error);
  if (out_encoding)
    *out_encoding = g_strdup("UTF-8");
  return text_clean(bytes, length, error);
}

static gsize first_unpaired(const gunichar2 *wide, gsize units) {
  for (gsize i = 0; i < units; i++) {
    gboolean high = wide[i] >= 0xD800 && wide[i] < 0xDC00, low = wide[i] >= 0xDC00 && wide[i] < 0xE000;
    if (low || (high && (i + 1 == units || wide[i + 1] < 0xDC00 || wide[i + 1] >= 0xE000)))
      return i;
    if (high)
      i++;
  }
  return units;
}

static char *decode_utf16(const char *bytes, gsize length, gsize mark, gboolean big_endian, char **out_encoding,
                          GError **error) {
  gsize units = (length - mark) / 2;
  g_autofree gunichar2 *wide = g_new(gunichar2, units + 1);
  for (gsize i = 0; i < units; i++) {
    guchar first = (guchar)bytes[mark + 2 * i], second = (guchar)bytes[mark + 2 * i + 1];
    guint unit = big_endian ? (guint)first << 8 | second : (guint)second << 8 | first;
    wide[i] = (gunichar2)(unit ? unit : ' ');
  }
  gsize good = first_unpaired(wide, units);
  glong written = 0;
  g_autofree char *utf8 =
      good == units && length % 2 == 0 ? g_utf16_to_utf8(wide, (glong)units, NULL, &written, NULL) : NULL;
  if (!utf8) {
    g_set_error(error, APP_ERROR, ERROR_UNREADABLE,
                "Văn bản UTF-16 bị hỏng ở byte thứ %" G_GSIZE_FORMAT ". Hãy lưu lại tệp bằng bảng mã UTF-8.",
                mark + 2 * good + 1);
    return NULL;
  }
  if (out_encoding)
    *out_encoding = g_strdup("UTF-16");
  return text_clean(utf8, (gsize)written, error);
}

/* UTF-16 without a mark: of letters mostly below 256 every second byte is 0. */
static gboolean looks_utf16(const char *bytes, gsize length, gboolean *out_big_endian) {
  gsize zeros[2] = {0, 0}, seen = MIN(length, 4096) & ~(gsize)1;
  for (gsize i = 0; i < seen; i++)
    zeros[i % 2] += bytes[i] == 0;
  *out_big_endian = zeros[0] > zeros[1];
  gsize more = MAX(zeros[0], zeros[1]), less = MIN(zeros[0], zeros[1]);
  return seen >= 4 && more * 5 >= seen && less * 50 <= seen;
}

/* Mostly characters of UTF-8 with a few bytes among them that are none: damaged, not another encoding. */
static gboolean is_damaged_utf8(const char *bytes, gsize length) {
  gsize characters = 0, strays = 0;
  for (const char *p = bytes, *end = bytes + length; p < end;) {
    gunichar c = (guchar)*p < 0x80 ? (gunichar)*p : g_utf8_get_char_validated(p, end - p);
    gboolean stray = c == (gunichar)-1 || c == (gunichar)-2;
    strays += stray ? 1 : 0;
    characters += !stray && c >= 0x80 ? 1 : 0;
    p = stray ? p + 1 : g_utf8_next_char(p);
  }
  return characters >= strays;
}

static void set_bad_byte(const char *bytes, gsize bad, GError **error) {
  gsize line = 1;
  for (gsize i = 0; i < bad; i++)
    line += bytes[i] == '\n';
  g_set_error(error, APP_ERROR, ERROR_UNREADABLE,
              "Nội dung không phải văn bản đọc được: byte 0x%02X ở dòng %" G_GSIZE_FORMAT " (byte thứ %" G_GSIZE_FORMAT
              ") không thuộc UTF-8, UTF-16, TCVN3 (ABC), VNI hay Windows-1258. Hãy mở tệp bằng Word, lưu lại dạng DOCX "
              "hoặc TXT (UTF-8) rồi gửi lại.",
              (guint)(guchar)bytes[bad], line, bad + 1);
}

char *source_decode(const char *bytes, gsize length, char **out_encoding, GError **error) {
  gboolean big_endian = FALSE;
  if (length >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0))
    return decode_utf16(bytes, length, 2, (guchar)bytes[0] == 0xFE, out_encoding, error);
  if (looks_utf16(bytes, length, &big_endian))
    return decode_utf16(bytes, length, 0, big_endian, out_encoding, error);
  const char *bad;
  if (g_utf8_validate_len(bytes, length, &bad))
    return decode_utf8(bytes, length, out_encoding, error);
  gboolean legacy_text = !memchr(bytes, 0, length) && !is_damaged_utf8(bytes, length);
  g_autoptr(GString) wide = legacy_text ? widen(bytes, length) : NULL;
  gsize part_length;
  const char *part = wide ? sample(wide->str, wide->len, &part_length) : NULL;
  SourceLegacy legacy;
  if (part && recognise(part, part_length, 0.6, SOURCE_WINDOWS_1258, &legacy))
    return decode_legacy(wide->str, wide->len, legacy, out_encoding, error);
  set_bad_byte(bytes, (gsize)(bad - bytes), error);
  return NULL;
}
