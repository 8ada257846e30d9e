#include "base/text.h"
#include "module/org/org.h"

/* Dashes and quotes of every kind are blanks: plans mix them. */
static void append_words(GString *out, const char *folded) {
  for (const char *p = folded; *p; p = g_utf8_next_char(p)) {
    gunichar c = g_utf8_get_char(p);
    if (c == '&')
      g_string_append(out, " va ");
    else
      g_string_append_unichar(out, g_unichar_ispunct(c) ? ' ' : c);
  }
}

/* Plans write the long form in headings and the short one in tables. */
static const char *const SHORT_FORMS[][2] = {
    {" uy ban nhan dan ",   " ubnd "},
    {" hoi dong nhan dan ", " hdnd "},
};

char *org_fold_name(const char *name) {
  g_autofree char *folded = text_fold(name);
  g_autoptr(GString) words = g_string_new(" ");
  append_words(words, folded);
  g_autofree char *single = text_collapse(words->str);
  g_string_printf(words, " %s ", single);
  for (gsize i = 0; i < G_N_ELEMENTS(SHORT_FORMS); i++)
    g_string_replace(words, SHORT_FORMS[i][0], SHORT_FORMS[i][1], 0);
  return g_strdup(g_strstrip(words->str));
}
