#include "lib/document/source_encoding.h"
#include "base/error.h"
#include "lib/document/source_syllable.h"
#include <string.h>

static const char PLAN[] = "Kế hoạch ứng phó sự cố, bảo đảm an toàn thông tin mạng";

static void assert_decoded(const char *bytes, gsize length, const char *encoding, const char *wanted) {
  g_autoptr(GError) error = NULL;
  g_autofree char *seen_encoding = NULL;
  g_autofree char *text = source_decode(bytes, length, &seen_encoding, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(text, ==, wanted);
  g_assert_cmpstr(seen_encoding, ==, encoding);
}

static void assert_refused(const char *bytes, gsize length, const char *said) {
  g_autoptr(GError) error = NULL;
  g_autofree char *encoding = NULL;
  g_assert_null(source_decode(bytes, length, &encoding, &error));
  g_assert_null(encoding);
  g_assert_error(error, APP_ERROR, ERROR_UNREADABLE);
  if (!strstr(error->message, said))
    g_error("“%s” does not say “%s”", error->message, said);
}

/* Latin-1 bytes of a UTF-8 literal: the way old documents look in a program that does not know their encoding. */
static char *narrow(const char *utf8, gsize *out_length) {
  GString *bytes = g_string_new(NULL);
  for (const char *p = utf8; *p; p = g_utf8_next_char(p)) {
    g_assert_cmpuint(g_utf8_get_char(p), <, 0x100);
    g_string_append_c(bytes, (char)g_utf8_get_char(p));
  }
  *out_length = bytes->len;
  return g_string_free(bytes, FALSE);
}

static const char PLAN_TCVN3[] = "KÕ ho¹ch øng phã sù cè, b¶o ®¶m an toµn th«ng tin m¹ng";
static const char PLAN_VNI[] = "Keá hoaïch öùng phoù söï coá, baûo ñaûm an toaøn thoâng tin maïng";

static void test_unicode(void) {
  assert_decoded(PLAN, strlen(PLAN), "UTF-8", PLAN);
  g_autofree char *apart = g_utf8_normalize(PLAN, -1, G_NORMALIZE_NFD);
  assert_decoded(apart, strlen(apart), "UTF-8", PLAN);
  g_autofree char *marked = g_strconcat("\xEF\xBB\xBF", PLAN, NULL);
  assert_decoded(marked, strlen(marked), "UTF-8", PLAN);
  assert_decoded("", 0, "UTF-8", "");
  assert_decoded("caf\xC3\xA9 cr\xC3\xA8me", 12, "UTF-8", "café crème");
}

static void test_utf16(void) {
  static const struct {
    const char *charset;
    const char *mark;
    gsize mark_length;
  } FORMS[] = {
      {"UTF-16LE", "\xFF\xFE", 2},
      {"UTF-16BE", "\xFE\xFF", 2},
      {"UTF-16LE", "",         0},
      {"UTF-16BE", "",         0}
  };
  for (gsize i = 0; i < G_N_ELEMENTS(FORMS); i++) {
    gsize length;
    g_autofree char *wide = g_convert(PLAN, -1, FORMS[i].charset, "UTF-8", NULL, &length, NULL);
    g_autoptr(GString) bytes = g_string_new_len(FORMS[i].mark, (gssize)FORMS[i].mark_length);
    g_string_append_len(bytes, wide, (gssize)length);
    assert_decoded(bytes->str, bytes->len, "UTF-16", PLAN);
  }
  assert_refused("\xFF\xFE\x61\x00\x00\xD8\x62\x00", 8, "byte thứ 5");
  assert_refused("\xFF\xFE\x61\x00\x62", 5, "UTF-16 bị hỏng");
}

static void test_tcvn3(void) {
  gsize length;
  g_autofree char *bytes = narrow(PLAN_TCVN3, &length);
  assert_decoded(bytes, length, "TCVN3", PLAN);
  assert_decoded(PLAN_TCVN3, strlen(PLAN_TCVN3), "TCVN3", PLAN); /* pasted into a Unicode text */
  /* Quotes of Windows, and capitals of the full set, stand in the same places. */
  assert_decoded("\x93\xF8ng ph\xE3 s\xF9 c\xE8\x94", 15, "TCVN3", "“ứng phó sự cố”");
  assert_decoded("\x11ng ph\xE3 s\xF9 c\xE8 M\x84NG TH\xA4NG TIN \xA7\x95", 31, "TCVN3",
                 "Ứng phó sự cố MẠNG THÔNG TIN ĐÓ");
}

static void test_vni(void) {
  gsize length;
  g_autofree char *bytes = narrow(PLAN_VNI, &length);
  assert_decoded(bytes, length, "VNI", PLAN);
  assert_decoded(PLAN_VNI, strlen(PLAN_VNI), "VNI", PLAN);
  static const char CAPITALS[] = "KEÁ HOAÏCH ÖÙNG PHOÙ SÖÏ COÁ";
  g_autofree char *upper = narrow(CAPITALS, &length);
  assert_decoded(upper, length, "VNI", "KẾ HOẠCH ỨNG PHÓ SỰ CỐ");
}

static void test_windows_1258(void) {
  static const char BYTES[] = "K\xEA\xEC ho\x61\xF2"
                              "ch \xFD\xECng ph\x6F\xEC s\xFD\xF2 c\xF4\xEC, b\x61\xD2o \xF0\x61\xD2m an to\x61\xCCn "
                              "th\xF4ng tin m\x61\xF2ng";
  assert_decoded(BYTES, strlen(BYTES), "Windows-1258", PLAN);
}

/* Each lower case letter with a mark stands for exactly one place of TCVN3. */
static const char LETTERS[] = "àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵ";

static void test_tcvn3_is_complete(void) {
  g_autoptr(GString) all = g_string_new(NULL);
  for (gunichar c = 0xA1; c <= 0xFE; c++) {
    char one[7] = {0};
    int length = g_unichar_to_utf8(c, one);
    source_decode_font(one, (gsize)length, SOURCE_TCVN3, FALSE, all);
  }
  for (const char *p = LETTERS; *p; p = g_utf8_next_char(p)) {
    g_autofree char *letter = g_strndup(p, (gsize)(g_utf8_next_char(p) - p));
    const char *first = strstr(all->str, letter);
    g_assert_nonnull(first);
    g_assert_null(strstr(first + 1, letter));
  }
}

/* In the order of LETTERS. */
static const char LETTERS_VNI[] =
    "aø aû aõ aù aï aê aè aú aü aé aë aâ aà aå aã aá aä ñ eø eû eõ eù eï eâ eà eå eã eá eä ì æ ó í ò "
    "oø oû oõ où oï oâ oà oå oã oá oä ô ôø ôû ôõ ôù ôï uø uû uõ uù uï ö öø öû öõ öù öï yø yû yõ yù î";

static void test_vni_is_complete(void) {
  g_auto(GStrv) written = g_strsplit(LETTERS_VNI, " ", -1);
  g_assert_cmpint(g_utf8_strlen(LETTERS, -1), ==, g_strv_length(written));
  const char *p = LETTERS;
  for (guint i = 0; written[i]; i++, p = g_utf8_next_char(p)) {
    g_autoptr(GString) out = g_string_new(NULL);
    source_decode_font(written[i], strlen(written[i]), SOURCE_VNI, FALSE, out);
    g_autofree char *letter = g_utf8_normalize(out->str, -1, G_NORMALIZE_NFC);
    g_autofree char *wanted = g_strndup(p, (gsize)(g_utf8_next_char(p) - p));
    g_assert_cmpstr(letter, ==, wanted);
  }
}

static void test_damaged(void) {
  static const char DAMAGED[] = "Kế hoạch\nứng phó sự \xC3( cố";
  assert_refused(DAMAGED, strlen(DAMAGED), "0xC3 ở dòng 2");
  assert_refused("Kế hoạch \xE1\xBB", strlen("Kế hoạch \xE1\xBB"), "dòng 1");
  assert_refused("a\0b", 3, "byte 0x00");
  static const guint8 NOISE[] = {0x9B, 0x01, 0xFE, 0x80, 0x33, 0xC0, 0x07, 0xFF,
                                 0xD8, 0x41, 0xAA, 0x10, 0x99, 0xE2, 0xF1, 0xF2};
  assert_refused((const char *)NOISE, sizeof NOISE, "không thuộc");
}

static void test_syllables(void) {
  static const char *const GOOD[] = {"nghiêng", "Ứng",  "quyền", "giữa", "khuỷu", "TOÁN",
                                     "đường",   "quốc", "gì",    "yếu",  "hoặc"};
  static const char *const BAD[] = {"hoÂch", "ế́", "bạd", "trrường", "ê̂n", "xyz", "ñaûm", "nghiênghi", ""};
  for (gsize i = 0; i < G_N_ELEMENTS(GOOD); i++)
    if (!syllable_is_valid(GOOD[i], strlen(GOOD[i])))
      g_error("%s is a syllable", GOOD[i]);
  for (gsize i = 0; i < G_N_ELEMENTS(BAD); i++)
    if (syllable_is_valid(BAD[i], strlen(BAD[i])))
      g_error("%s is no syllable", BAD[i]);
  int good = 0, bad = 0;
  syllable_count("“Kế hoạch” – plan số 12/KH: ho¹ch, an toàn", &good, &bad);
  g_assert_cmpint(good, ==, 4);
  g_assert_cmpint(bad, ==, 1);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/encoding/unicode", test_unicode);
  g_test_add_func("/encoding/utf16", test_utf16);
  g_test_add_func("/encoding/tcvn3", test_tcvn3);
  g_test_add_func("/encoding/vni", test_vni);
  g_test_add_func("/encoding/windows-1258", test_windows_1258);
  g_test_add_func("/encoding/tcvn3-is-complete", test_tcvn3_is_complete);
  g_test_add_func("/encoding/vni-is-complete", test_vni_is_complete);
  g_test_add_func("/encoding/damaged", test_damaged);
  g_test_add_func("/encoding/syllables", test_syllables);
  return g_test_run();
}
