/* Physical lines, freed of Markdown and of what is no text. */
#include "module/plan/plan_reading.h"
#include <string.h>

/* Takes emphasis, escapes and heading marks away. A star or underscore counts as emphasis where it touches a word. */
static char *without_markdown(const char *text) {
  while (*text == ' ')
    text++;
  gsize hashes = strspn(text, "#");
  if (hashes && hashes < 7 && text[hashes] == ' ')
    text += hashes;
  if (*text == '>' && text[1] == ' ')
    text++;
  GString *out = g_string_sized_new(strlen(text));
  for (const char *p = text; *p; p++) {
    if (*p == '\\' && g_ascii_ispunct(p[1])) {
      g_string_append_c(out, *++p);
    } else if ((*p == '*' && p[1] == '*') || (*p == '_' && p[1] == '_' && p[2] != '_')) {
      p++;
    } else if (*p == '*' && p[1] && p[1] != ' ' && p[1] != '\t' && strchr(p + 1, '*')) {
      continue;
    } else if (*p == '*' && out->len && !strchr(" \t-", out->str[out->len - 1])) {
      continue;
    } else if (*p == '<' && (!g_ascii_strncasecmp(p, "<br>", 4) || !g_ascii_strncasecmp(p, "<br/>", 5))) {
      g_string_append(out, "   ");
      p = strchr(p, '>');
    } else {
      g_string_append_c(out, *p);
    }
  }
  return g_string_free(out, FALSE);
}

/* A rule, or a page number alone on its line: 4, - 4 -, Trang 4/12. */
static gboolean line_noise(PlanText text) {
  const char *p = text.fold;
  if (strspn(p, "_-=*.~ \x7f") == text.length)
    return text.length > 1 || *p == '_' || *p == '*';
  p += plan_starts(p, "trang ") ? 6 : plan_starts(p, "page ") ? 5 : 0;
  p += strspn(p, "- |");
  gsize digits = strspn(p, "0123456789");
  if (!digits || digits > 3)
    return FALSE;
  p += digits;
  if (*p == '/' || (*p == ' ' && p[1] == '/'))
    p += 1 + strspn(p + 1, " /0123456789");
  return strspn(p, "- |") == strlen(p);
}

static int compare_widths(gconstpointer a, gconstpointer b) {
  return *(const int *)a - *(const int *)b;
}

/* Lines wrapped at a margin pile up just below it. Paragraphs that are each one line do not. */
static int margin_of(PlanReading *reading) {
  g_autoptr(GArray) widths = g_array_new(FALSE, FALSE, sizeof(int));
  for (guint i = 0; i < reading->lines->len; i++) {
    PlanLine *line = plan_line(reading, i);
    int width = (int)line->text.length;
    if (width > 25 && line->use != LINE_TABLE)
      g_array_append_val(widths, width);
  }
  if (widths->len < 8 || reading->source->kind == SOURCE_DOCX)
    return 0;
  g_array_sort(widths, compare_widths);
  int margin = g_array_index(widths, int, widths->len * 19 / 20);
  guint near = 0;
  for (guint i = 0; i < widths->len; i++)
    near += g_array_index(widths, int, i) >= margin * 4 / 5 ? 1 : 0;
  return margin <= 130 && near * 5 >= widths->len ? margin : 0;
}

/* Text that another tool wrote as Markdown: its own kind, or headings with # and words in bold. */
static gboolean is_markdown(const SourceText *source) {
  guint signs = 0;
  for (guint i = 0; i < source->lines->len; i++) {
    const char *text = g_array_index(source->lines, SourceLine, i).text;
    signs += plan_starts(text, "# ") || plan_starts(text, "##") || strstr(text, "**") ? 1 : 0;
  }
  return source->kind == SOURCE_MARKDOWN || signs >= 3;
}

/* In Markdown the depth of a bullet is its indent, where every bullet is a star. */
static void indent_bullet(PlanLine *line, const char *text, gboolean markdown) {
  gsize indent = strspn(text, " ");
  if (!markdown || text[indent] != '*' || text[indent + 1] != ' ' || line->mark.kind != MARK_STAR || indent == 1)
    return;
  line->mark.kind = indent < 2 ? MARK_DASH : indent < 4 ? MARK_PLUS : MARK_STAR;
}

void plan_lines_build(PlanReading *reading) {
  GArray *source = reading->source->lines;
  gboolean markdown = is_markdown(reading->source);
  for (guint i = 0; i < source->len; i++) {
    const SourceLine *from = &g_array_index(source, SourceLine, i);
    PlanLine line = {.source = from};
    g_autofree char *plain = without_markdown(from->text);
    g_autofree char *labelled = from->label && *plain ? g_strconcat(from->label, " ", plain, NULL) : NULL;
    line.raw = g_string_chunk_insert(reading->chunk, labelled ? labelled : plain);
    line.text = plan_text(reading->chunk, line.raw);
    line.mark = plan_mark(line.text);
    indent_bullet(&line, from->text, markdown);
    line.use = line.text.length ? LINE_FREE : LINE_BLANK;
    g_array_append_val(reading->lines, line);
  }
  plan_tables_find(reading);
  for (guint i = 0; i < reading->lines->len; i++) {
    PlanLine *line = plan_line(reading, i);
    if (line->use == LINE_FREE && line_noise(line->text))
      line->use = LINE_NOISE;
  }
  reading->margin = margin_of(reading);
}
