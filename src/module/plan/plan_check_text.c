#include "module/plan/plan_check_part.h"
#include "base/text.h"
#include <string.h>

#define WRAP_MIN 40 /* characters; a shorter line never counts as full */

gboolean word_starts_at(const char *text, const char *place) {
  if (place == text)
    return TRUE;
  return !g_unichar_isalnum(g_utf8_get_char(g_utf8_prev_char(place)));
}

const char *word_find(const char *text, const char *phrase) {
  gsize length = strlen(phrase);
  if (!length)
    return NULL;
  for (const char *p = text; (p = strstr(p, phrase)); p = g_utf8_next_char(p))
    if (word_starts_at(text, p) && !g_unichar_isalnum(g_utf8_get_char(p + length)))
      return p;
  return NULL;
}

/* "## **II. CÁC QUY ĐỊNH**" becomes "II. CÁC QUY ĐỊNH". */
static char *strip_markdown(const char *text) {
  g_autofree char *plain = text_collapse(text);
  const char *p = plain;
  while (*p == '#')
    p++;
  GString *out = g_string_new(NULL);
  for (p += strspn(p, " "); *p; p++)
    if (*p == '\\' && g_ascii_ispunct(p[1]))
      g_string_append_c(out, *++p);
    else if (*p != '*' || p[1] == ' ')
      g_string_append_c(out, *p);
  return g_string_free(out, FALSE);
}

static gboolean is_page_number(const char *text) {
  gsize length = strlen(text);
  return length >= 1 && length <= 3 && strspn(text, "0123456789") == length;
}

/* "- ", "+ ", "* ", "a) ", "1. ", "1.2. ", "IV. " */
static gboolean has_marker(const char *text) {
  if (strchr("-+*•", text[0]) && text[0])
    return TRUE;
  gsize label = strspn(text, "0123456789.IVX");
  if (label && text[label] == ' ' && text[label - 1] == '.')
    return TRUE;
  const char *p = g_utf8_next_char(text);
  return text[0] && (*p == ')' || (g_ascii_isdigit(text[0]) && label && text[label] == ')'));
}

static gboolean ends_sentence(const char *text) {
  gsize length = strlen(text);
  return length && strchr(".;:/", text[length - 1]);
}

static int compare_widths(const void *a, const void *b) {
  glong first = *(const glong *)a, second = *(const glong *)b;
  return (first > second) - (first < second);
}

/* The width that nine lines of ten do not exceed. */
static glong full_width(const GArray *lines) {
  g_autoptr(GArray) widths = g_array_new(FALSE, FALSE, sizeof(glong));
  for (guint i = 0; i < lines->len; i++) {
    glong width = g_utf8_strlen(g_array_index(lines, CheckLine, i).plain, -1);
    g_array_append_val(widths, width);
  }
  g_array_sort(widths, compare_widths);
  return widths->len ? g_array_index(widths, glong, widths->len * 9 / 10) : 0;
}

/* A line begins a paragraph when it has a marker, or follows a line that ended a sentence or was not full. */
static void find_starts(GArray *lines, SourceKind kind) {
  glong width = full_width(lines);
  for (guint i = 0; i < lines->len; i++) {
    CheckLine *line = &g_array_index(lines, CheckLine, i);
    CheckLine *before = i ? &g_array_index(lines, CheckLine, i - 1) : NULL;
    gboolean capital = g_unichar_isupper(g_utf8_get_char(line->plain));
    glong room = before ? g_utf8_strlen(before->plain, -1) : 0;
    line->starts = !before || (kind == SOURCE_DOCX && !line->continues) || line->table || has_marker(line->plain) ||
                   ends_sentence(before->plain) || (capital && room < MAX(WRAP_MIN, width * 7 / 10));
  }
  for (guint i = lines->len, end = lines->len; i-- > 0;) {
    CheckLine *line = &g_array_index(lines, CheckLine, i);
    line->paragraph_end = end;
    end = line->starts ? i : end;
  }
}

static gboolean joins_without_blank(const GString *flat) {
  return flat->len > 2 && flat->str[flat->len - 1] == '-' && flat->str[flat->len - 2] != ' ';
}

static void append_flat(CheckText *text, CheckLine *line) {
  if (text->flat->len && !joins_without_blank(text->flat))
    g_string_append_c(text->flat, ' ');
  line->start = text->flat->len;
  g_string_append(text->flat, line->spelling);
}

static void append_line(CheckText *text, const SourceLine *source) {
  g_autofree char *plain = strip_markdown(source->text);
  if (is_page_number(plain) && !source->table && !text->page_number_line)
    text->page_number_line = g_str_equal(plain, "1") ? -1 : source->number; /* 1: the rows of a flattened table */
  if (!*plain || (is_page_number(plain) && !source->table))
    return;
  CheckLine line = {.number = source->number, .table = source->table, .merged_up = source->merged_up};
  line.continues = source->continues;
  line.new_page = source->page_start;
  line.hashes = (int)strspn(source->text, "#");
  line.plain = source->label ? g_strconcat(source->label, " ", plain, NULL) : g_steal_pointer(&plain);
  line.spelling = text_fold_spelling(line.plain);
  append_flat(text, &line);
  g_array_append_val(text->lines, line);
}

/* The label of a heading: "III", "2", "1.2", "a"; NULL where it has none. */
static char *heading_label(const char *heading) {
  gsize length = strcspn(heading, " )");
  gboolean letter = heading[length] == ')' && g_utf8_strlen(heading, (gssize)length) == 1;
  while (length && heading[length - 1] == '.')
    length--;
  if (!length || length > 8 || (!letter && strspn(heading, "0123456789.IVXLC") < length))
    return NULL;
  return g_strndup(heading, length);
}

typedef struct {
  char *chapter; /* "III" */
  char *section; /* "III.2" */
} HeadingPath;

/* "III", then "2" gives "III.2", then "a" gives "III.2.a"; "1.1" gives "III.1.1" under a Roman chapter. */
static char *heading_path(HeadingPath *path, const char *label) {
  if (strspn(label, "IVXLC") == strlen(label)) {
    g_free(path->chapter);
    path->chapter = g_strdup(label);
    g_clear_pointer(&path->section, g_free);
    return g_strdup(label);
  }
  const char *parent = g_ascii_isdigit(label[0]) || !path->section ? path->chapter : path->section;
  char *full = parent ? g_strconcat(parent, ".", label, NULL) : g_strdup(label);
  if (g_ascii_isdigit(label[0])) {
    g_free(path->section);
    path->section = g_strdup(full);
  }
  return full;
}

static gboolean line_is_heading(const CheckLine *line, const char *heading) {
  gsize length = MIN(strlen(line->spelling), strlen(heading));
  return line->starts && length > 3 && strncmp(line->spelling, heading, length) == 0;
}

/* The line where a heading begins, from `from` on; the number of lines where it does not. */
static guint find_heading(const CheckText *text, guint from, const char *heading) {
  g_autofree char *spelling = text_fold_spelling(heading);
  while (from < text->lines->len && !line_is_heading(check_line(text, from), spelling))
    from++;
  return from;
}

/* Walks headings and lines together: the lines from one heading to the next belong to its path. */
static void find_sections(CheckText *text, const json_t *headings) {
  gsize h;
  json_t *value;
  guint from = 0;
  HeadingPath at_heading = {NULL, NULL};
  json_array_foreach(headings, h, value) {
    const char *heading = json_string_value(value);
    guint at = heading && h < HEADINGS_MAX ? find_heading(text, from, heading) : text->lines->len;
    if (at == text->lines->len)
      continue;
    text->body = from ? text->body : at;
    from = at + 1;
    g_autofree char *label = heading_label(heading);
    check_line(text, at)->heading = h + 1;
    check_line(text, at)->where = label ? heading_path(&at_heading, label) : g_strdup(heading);
  }
  g_free(at_heading.chapter);
  g_free(at_heading.section);
  for (guint i = 1; i < text->lines->len; i++)
    if (!check_line(text, i)->where)
      check_line(text, i)->where = g_strdup(check_line(text, i - 1)->where);
}

static guint find_appendix(const CheckText *text) {
  for (guint i = text->body; i < text->lines->len; i++) {
    const char *spelling = check_line(text, i)->spelling;
    if (g_str_has_prefix(spelling, "phụ lục") &&
        (strlen(spelling) < 24 || g_str_has_prefix(check_line(text, i)->plain, "PHỤ LỤC")))
      return i;
  }
  return text->lines->len;
}

CheckText *check_text_new(const SourceText *source, const json_t *headings) {
  CheckText *text = g_new0(CheckText, 1);
  text->lines = g_array_new(FALSE, TRUE, sizeof(CheckLine));
  text->flat = g_string_new(NULL);
  for (guint i = 0; i < source->lines->len; i++)
    append_line(text, source_text_line(source, i));
  text->words = check_words_new(text->flat->str);
  find_starts(text->lines, source->kind);
  find_sections(text, headings);
  text->appendix = find_appendix(text);
  return text;
}

void check_text_free(CheckText *text) {
  for (guint i = 0; i < text->lines->len; i++) {
    g_free(check_line(text, i)->plain);
    g_free(check_line(text, i)->spelling);
    g_free(check_line(text, i)->where);
  }
  g_array_unref(text->lines);
  g_string_free(text->flat, TRUE);
  check_words_free(text->words);
  g_free(text);
}

gssize check_text_find(const CheckText *text, const char *phrase, gsize from) {
  if (from >= text->flat->len)
    return -1;
  const char *place = word_find(text->flat->str + from, phrase);
  return place ? place - text->flat->str : -1;
}

const CheckLine *check_text_line_at(const CheckText *text, gsize offset) {
  guint low = 0, high = text->lines->len;
  while (high - low > 1) {
    guint middle = (low + high) / 2;
    if (check_line(text, middle)->start <= offset)
      low = middle;
    else
      high = middle;
  }
  return check_line(text, low);
}

guint check_text_paragraph_end(const CheckText *text, guint index) {
  return check_line(text, index)->paragraph_end;
}

char *check_text_words(const CheckText *text, guint first, guint end) {
  gsize from = check_line(text, first)->start;
  gsize to = end < text->lines->len ? check_line(text, end)->start : text->flat->len;
  return g_strndup(text->flat->str + from, to - from);
}

const char *check_text_where(const CheckText *text, int line) {
  const char *where = NULL;
  guint low = 0, high = text->lines->len;
  while (low < high) {
    guint middle = (low + high) / 2;
    if (check_line(text, middle)->number <= line) {
      where = check_line(text, middle)->where;
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return where;
}

int check_text_line_of(const CheckText *text, const char *words) {
  g_autofree char *spelling = text_fold_spelling(words);
  gssize at = *spelling ? check_text_find(text, spelling, 0) : -1;
  return at >= 0 ? check_text_line_at(text, (gsize)at)->number : 0;
}
