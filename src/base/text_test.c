#include "base/error.h"
#include "base/text.h"
#include <string.h>

static void assert_result(char *got, const char *want) {
  g_assert_cmpstr(got, ==, want);
  g_free(got);
}

static void test_fold(void) {
  assert_result(text_fold("  Phương  án\nỨNG PHÓ "), "phuong an ung pho");
  assert_result(text_fold("ĐẮK LẮK đường Ðông"), "dak lak duong dong");
  assert_result(text_fold("plain ASCII 10.77"), "plain ascii 10.77");
}

static void test_spelling(void) {
  assert_result(text_fold_spelling("Uỷ ban Hoà Thuý hoàn quý – khoẻ"), "ủy ban hòa thúy hoàn quý - khỏe");
  assert_result(text_fold_spelling("Hoặc khoẹ, truỵ \u2192 HOẶC"), "hoặc khọe, trụy \u2192 hoặc");
}

static void assert_before_sign(const char *text, char *with_sign) {
  g_assert_true(g_str_has_suffix(with_sign, "\u2192"));
  with_sign[strlen(with_sign) - strlen("\u2192")] = 0;
  g_assert_cmpstr(text, ==, g_strchomp(with_sign));
}

/* A sign that no table knows sends the whole text the long way; both ways must agree on every letter and every vowel
 * pair with a tone. */
static void test_both_ways(void) {
  static const char *const FRAMES[] = {"%s", "A%s ", "ho%s", "Kho%sn", "qu%s", "t\u00fau%s,", "TU%sc", " o\u00a0%s b", "%s%s"};
  for (gunichar c = ' '; c < 0x2040; c = c == 0x0250 ? 0x1EA0 : c + 1) {
    if (g_unichar_ismark(c) || !g_unichar_isdefined(c) || (c >= 0x1100 && c < 0x1200))
      continue;
    char letter[7] = {0};
    g_unichar_to_utf8(c, letter);
    for (gsize i = 0; i < G_N_ELEMENTS(FRAMES); i++) {
      g_auto(GStrv) parts = g_strsplit(FRAMES[i], "%s", -1);
      g_autofree char *text = g_strjoinv(letter, parts);
      g_autofree char *with_sign = g_strconcat(text, " \u2192", NULL);
      g_autofree char *long_fold = text_fold(with_sign), *long_spelling = text_fold_spelling(with_sign);
      g_autofree char *fold = text_fold(text), *spelling = text_fold_spelling(text);
      assert_before_sign(fold, long_fold);
      assert_before_sign(spelling, long_spelling);
    }
  }
}

static void test_clean(void) {
  assert_result(text_clean("a\xC3\x90"
                           "b\r\nc\rd\xEF\xBB\xBF\x01",
                           13, NULL),
                "aĐb\nc\nd");
  g_autofree char *composed = text_clean("e\xCC\x82\xCC\x81", 5, NULL);
  g_assert_cmpstr(composed, ==, "ế");
  g_autoptr(GError) error = NULL;
  g_assert_null(text_clean("ab\xFF", 3, &error));
  g_assert_error(error, APP_ERROR, ERROR_UNREADABLE);
  g_assert_nonnull(strstr(error->message, "3"));
}

/* A million decomposed letters with and without blanks: would never end if composing took time by the square of the
 * length, as g_utf8_normalize() does. */
static void test_clean_long(void) {
  static const char *const PIECES[] = {"e\xCC\x82\xCC\x81", "e\xCC\x82\xCC\x81 "};
  for (gsize i = 0; i < G_N_ELEMENTS(PIECES); i++) {
    g_autoptr(GString) text = g_string_new(NULL);
    for (int n = 0; n < 1000000; n++)
      g_string_append(text, PIECES[i]);
    g_autofree char *clean = text_clean(text->str, text->len, NULL);
    g_assert_cmpuint(strlen(clean), ==, (strlen("ế") + i) * 1000000);
    g_assert_true(g_str_has_prefix(clean, i ? "ế ế ế " : "ếếế"));
  }
}

static void test_sort(void) {
  static const char *const ORDER[] = {"an", "ạn", "ăn", "ân", "bo", "da", "đa", "ê", "o", "ô", "ơ", "u", "ư"};
  for (gsize i = 0; i + 1 < G_N_ELEMENTS(ORDER); i++) {
    g_autofree char *a = text_sort_key(ORDER[i]);
    g_autofree char *b = text_sort_key(ORDER[i + 1]);
    g_assert_cmpint(strcmp(a, b), <, 0);
  }
}

static void test_matches(void) {
  g_assert_true(text_matches("Kế hoạch ứng phó sự cố", "ung  PHO"));
  g_assert_true(text_matches("Kế hoạch", ""));
  g_assert_false(text_matches("Kế hoạch", "oach"));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/text/fold", test_fold);
  g_test_add_func("/text/spelling", test_spelling);
  g_test_add_func("/text/both_ways", test_both_ways);
  g_test_add_func("/text/clean", test_clean);
  g_test_add_func("/text/clean_long", test_clean_long);
  g_test_add_func("/text/sort", test_sort);
  g_test_add_func("/text/matches", test_matches);
  return g_test_run();
}
