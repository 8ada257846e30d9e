#include "lib/scan/fold.h"
#include <glib.h>
#include <string.h>

static void test_every_code(void) {
  for (uint32_t code = 0; code < 0x110000; code++) {
    uint32_t expected = code == 0x130 ? 'i' : g_unichar_tolower(code);
    if (fold_code(code) != expected)
      g_error("U+%04X: %x, expected %x", code, fold_code(code), expected);
    if (code >= 0xd800 && code < 0xe000)
      continue;
    char bytes[8];
    size_t length, size = text_put(code, bytes);
    g_assert_cmpuint(size, ==, (size_t)g_unichar_to_utf8(code, NULL));
    g_assert_cmpuint(text_code(bytes, size, &length), ==, code);
    g_assert_cmpuint(length, ==, size);
  }
}

static void test_texts(void) {
  static const struct {
    const char *text, *folded;
    bool ascii, utf8;
  } cases[] = {
      {"",                                                                "",                                                                true,  true },
      {"C:\\Windows\\System32\\CMD.EXE [@Z{",                             "c:\\windows\\system32\\cmd.exe [@z{",                             true,  true },
      {"QUYẾT ĐỊNH số 5 và một đoạn dài hơn MƯỜI SÁU", "quyết định số 5 và một đoạn dài hơn mười sáu", false, true },
      {"A\xff"
       "B\xe1\xba",                                                "a\xff"
       "b\xe1\xba",                                                                                                false, false},
      {"\xed\xa0\x80X\xc0\xafY\xf5",                                      "\xed\xa0\x80x\xc0\xafy\xf5",                                      false, false},
      {"Ⱥ",                                                              "ⱥ",                                                             false, true },
  };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    char out[256];
    bool ascii;
    Span text = {cases[i].text, strlen(cases[i].text)};
    size_t size = fold_text(text, out, &ascii);
    g_assert_cmpuint(size, ==, strlen(cases[i].folded));
    g_assert_true(memcmp(out, cases[i].folded, size) == 0);
    g_assert_cmpint(ascii, ==, cases[i].ascii);
    g_assert_cmpint(text_is_utf8(text), ==, cases[i].utf8);
    g_assert_cmpuint(size, <=, FOLD_ROOM(text.size));
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/scan/fold/every_code", test_every_code);
  g_test_add_func("/scan/fold/texts", test_texts);
  return g_test_run();
}
