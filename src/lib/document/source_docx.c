#include "lib/document/source_text.h"
#include "base/error.h"
#include "base/text.h"
#include "lib/document/docx_numbering.h"
#include "lib/document/docx_style.h"
#include "lib/document/source_encoding.h"
#include <string.h>

enum { SPAN_MAX = 1000, LINES_MAX = 500000 };

typedef struct {
  int number, row, column, next_column, span;
  gboolean merged_up;
  gboolean row_deleted;
  gboolean in_cell;
  guint cell_from; /* lines that were there before the cell */
} Table;

/* A paragraph that is open. Text boxes stand inside a paragraph and hold paragraphs, so there is a stack of them. */
typedef struct {
  char *style, *run_style;
  DocxLook direct, look; /* direct formatting; all layers together */
  DocxLook run_direct, run;
  gboolean in_properties, in_run_properties;
  gboolean mark_deleted; /* the paragraph mark is a tracked deletion: the text runs on into the next paragraph */
  gboolean labelled;     /* the label was printed */
  gboolean has_words, all_bold;
  gboolean continues;
  GString *text;
} Paragraph;

typedef struct {
  SourceText *out;
  DocxStyles *styles;
  DocxNumbering *numbering;
  GArray *tables;        /* of Table, innermost last */
  GPtrArray *paragraphs; /* of Paragraph, innermost last */
  int table_count;
  GString *carried; /* text of paragraphs whose mark was deleted */
  gboolean page_break;
  gboolean in_text, in_section, in_row_properties;
  gboolean section_continuous;
  guint section_from; /* index of the first line of this section */
  gboolean too_long;
} Reader;

static Table *table_top(Reader *reader) {
  return reader->tables->len ? &g_array_index(reader->tables, Table, reader->tables->len - 1) : NULL;
}

static Paragraph *paragraph_top(Reader *reader) {
  return reader->paragraphs->len ? g_ptr_array_index(reader->paragraphs, reader->paragraphs->len - 1) : NULL;
}

static void paragraph_free(gpointer data) {
  Paragraph *paragraph = data;
  g_free(paragraph->style);
  g_free(paragraph->run_style);
  g_string_free(paragraph->text, TRUE);
  g_free(paragraph);
}

/* ---- lines ---- */

static gboolean in_deleted_row(Reader *reader) {
  for (guint i = 0; i < reader->tables->len; i++)
    if (g_array_index(reader->tables, Table, i).row_deleted)
      return TRUE;
  return FALSE;
}

static SourceLine *append_line(Reader *reader, const char *text) {
  if (reader->out->lines->len >= LINES_MAX) {
    reader->too_long = TRUE;
    return NULL;
  }
  g_autofree char *clean = text_clean(text, strlen(text), NULL);
  SourceLine *line = source_text_append(reader->out, clean ? clean : "", -1);
  const Table *table = table_top(reader);
  if (table) {
    line->table = table->number;
    line->row = MAX(table->row, 1);
    line->column = table->column;
    line->merged_up = table->merged_up;
  }
  line->column_span = table ? table->span : 1;
  line->page_start = reader->page_break;
  reader->page_break = FALSE;
  return line;
}

static char *next_label(Reader *reader, const Paragraph *paragraph) {
  int number = paragraph->look.items[LOOK_NUMBERING];
  if (number <= 0)
    return NULL;
  const char *style = paragraph->style ? paragraph->style : docx_styles_default_paragraph(reader->styles);
  return docx_numbering_next(reader->numbering, reader->styles, number, paragraph->look.items[LOOK_LEVEL], style);
}

/* Ends a line: at the end of the paragraph, or at a break inside it. */
static void flush_line(Reader *reader, Paragraph *paragraph) {
  if (in_deleted_row(reader)) {
    g_string_truncate(paragraph->text, 0);
    return;
  }
  if (paragraph->look.items[LOOK_PAGE_BREAK] == 1 && !paragraph->continues)
    reader->page_break = TRUE;
  SourceLine *line = append_line(reader, paragraph->text->str);
  if (!line)
    return;
  if (!paragraph->labelled) {
    g_autofree char *label = next_label(reader, paragraph);
    line->label = label ? g_string_chunk_insert(reader->out->texts, label) : NULL;
    paragraph->labelled = TRUE;
  }
  int outline = paragraph->look.items[LOOK_OUTLINE];
  line->heading = outline >= 0 && outline < 9 ? outline + 1 : 0;
  line->centered = paragraph->look.items[LOOK_CENTERED] == 1;
  line->bold = paragraph->has_words && paragraph->all_bold;
  line->continues = paragraph->continues;
  paragraph->continues = TRUE;
  paragraph->has_words = FALSE;
  paragraph->all_bold = TRUE;
  g_string_truncate(paragraph->text, 0);
}

/* Text whose paragraph mark was deleted where no paragraph follows that it could run on into. */
static void flush_carried(Reader *reader) {
  if (reader->carried->len && !in_deleted_row(reader))
    append_line(reader, reader->carried->str);
  g_string_truncate(reader->carried, 0);
}

/* ---- paragraphs and runs ---- */

static void compute_look(Reader *reader, Paragraph *paragraph) {
  paragraph->look = *docx_styles_defaults(reader->styles);
  docx_look_cover(&paragraph->look, docx_styles_find(reader->styles, paragraph->style));
  docx_look_cover(&paragraph->look, &paragraph->direct);
  paragraph->run = paragraph->look;
}

static void compute_run(Reader *reader, Paragraph *paragraph) {
  paragraph->run = paragraph->look;
  if (paragraph->run_style)
    docx_look_cover(&paragraph->run, docx_styles_find(reader->styles, paragraph->run_style));
  docx_look_cover(&paragraph->run, &paragraph->run_direct);
}

static void open_paragraph(gpointer data, const DocxAttributes *attributes) {
  (void)attributes;
  Reader *reader = data;
  Paragraph *paragraph = g_new0(Paragraph, 1);
  paragraph->direct = paragraph->run_direct = DOCX_LOOK_EMPTY;
  paragraph->text = g_string_new(reader->carried->str);
  paragraph->all_bold = TRUE;
  g_string_truncate(reader->carried, 0);
  g_ptr_array_add(reader->paragraphs, paragraph);
  compute_look(reader, paragraph);
}

static void close_paragraph(gpointer data) {
  Reader *reader = data;
  Paragraph *paragraph = paragraph_top(reader);
  if (!paragraph)
    return;
  if (paragraph->mark_deleted)
    g_string_append(reader->carried, paragraph->text->str);
  else
    flush_line(reader, paragraph);
  g_ptr_array_set_size(reader->paragraphs, (int)reader->paragraphs->len - 1);
}

static void open_paragraph_properties(gpointer data, const DocxAttributes *attributes) {
  (void)attributes;
  Paragraph *paragraph = paragraph_top(data);
  if (paragraph)
    paragraph->in_properties = TRUE;
}

static void close_paragraph_properties(gpointer data) {
  Paragraph *paragraph = paragraph_top(data);
  if (!paragraph)
    return;
  paragraph->in_properties = FALSE;
  compute_look(data, paragraph);
}

static void open_run(gpointer data, const DocxAttributes *attributes) {
  (void)attributes;
  Paragraph *paragraph = paragraph_top(data);
  if (!paragraph)
    return;
  g_clear_pointer(&paragraph->run_style, g_free);
  paragraph->run_direct = DOCX_LOOK_EMPTY;
  paragraph->run = paragraph->look;
}

static void open_run_properties(gpointer data, const DocxAttributes *attributes) {
  (void)attributes;
  Paragraph *paragraph = paragraph_top(data);
  if (paragraph)
    paragraph->in_run_properties = TRUE;
}

static void close_run_properties(gpointer data) {
  Paragraph *paragraph = paragraph_top(data);
  if (!paragraph)
    return;
  paragraph->in_run_properties = FALSE;
  if (!paragraph->in_properties)
    compute_run(data, paragraph);
}

static void open_paragraph_style(gpointer data, const DocxAttributes *attributes) {
  Paragraph *paragraph = paragraph_top(data);
  if (!paragraph || !paragraph->in_properties)
    return;
  g_free(paragraph->style);
  paragraph->style = docx_attribute(attributes, "val");
}

static void open_run_style(gpointer data, const DocxAttributes *attributes) {
  Paragraph *paragraph = paragraph_top(data);
  if (!paragraph || paragraph->in_properties || !paragraph->in_run_properties)
    return;
  g_free(paragraph->run_style);
  paragraph->run_style = docx_attribute(attributes, "val");
}

/* Properties of the paragraph mark (w:pPr/w:rPr) say nothing about the text. */
static void read_property(gpointer data, const char *name, const DocxAttributes *attributes) {
  Paragraph *paragraph = paragraph_top(data);
  if (!paragraph || paragraph->in_properties == paragraph->in_run_properties)
    return;
  docx_look_read(paragraph->in_properties ? &paragraph->direct : &paragraph->run_direct, name, attributes);
}

/* w:del and w:moveFrom: around runs the content is skipped; as a property they delete a paragraph mark or a row. */
static void open_deleted(gpointer data, const DocxAttributes *attributes) {
  (void)attributes;
  Reader *reader = data;
  Paragraph *paragraph = paragraph_top(reader);
  Table *table = table_top(reader);
  if (reader->in_row_properties && table && !table->row_deleted) {
    table->row_deleted = TRUE;
    table->row--;
  } else if (paragraph && paragraph->in_properties && paragraph->in_run_properties)
    paragraph->mark_deleted = TRUE;
}

/* ---- text ---- */

static gboolean has_word(const char *text, gsize length) {
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isspace(text[i]))
      return TRUE;
  return FALSE;
}

static void add_text(Reader *reader, const char *text, gsize length) {
  Paragraph *paragraph = paragraph_top(reader);
  if (!paragraph || paragraph->run.items[LOOK_HIDDEN] == 1)
    return;
  if (has_word(text, length)) {
    paragraph->has_words = TRUE;
    paragraph->all_bold &= paragraph->run.items[LOOK_BOLD] == 1;
  }
  switch ((DocxFont)paragraph->run.items[LOOK_FONT]) {
  case FONT_TCVN3:
  case FONT_TCVN3_CAPITALS:
    source_decode_font(text, length, SOURCE_TCVN3, paragraph->run.items[LOOK_FONT] == FONT_TCVN3_CAPITALS,
                       paragraph->text);
    return;
  case FONT_VNI:
    source_decode_font(text, length, SOURCE_VNI, FALSE, paragraph->text);
    return;
  case FONT_UNICODE:
  default:
    g_string_append_len(paragraph->text, text, (gssize)length);
  }
}

static void on_text(gpointer data, const char *text, gsize length) {
  Reader *reader = data;
  if (reader->in_text)
    add_text(reader, text, length);
}

static void open_text(gpointer data, const DocxAttributes *attributes) {
  (void)attributes;
  ((Reader *)data)->in_text = TRUE;
}

static void close_text(gpointer data) {
  ((Reader *)data)->in_text = FALSE;
}

/* w:tab is also a tab stop inside the properties. */
static void open_tab(gpointer data, const DocxAttributes *attributes) {
  (void)attributes;
  Paragraph *paragraph = paragraph_top(data);
  if (paragraph && !paragraph->in_properties)
    add_text(data, "\t", 1);
}

static void open_hyphen(gpointer data, const DocxAttributes *attributes) {
  (void)attributes;
  add_text(data, "-", 1);
}

/* A sign of a symbol font: what stands at a place of ASCII in the font Symbol is that sign, anything else a bullet. */
static void open_symbol(gpointer data, const DocxAttributes *attributes) {
  g_autofree char *code = docx_attribute(attributes, "char");
  guint64 value = code ? g_ascii_strtoull(code, NULL, 16) & 0xFF : 0;
  char plain = (char)value;
  if (docx_attribute_is(attributes, "font", "Symbol") && value > 0x20 && value < 0x7F && !g_ascii_isalpha(plain))
    add_text(data, &plain, 1);
  else
    add_text(data, "•", strlen("•"));
}

static void open_break(gpointer data, const DocxAttributes *attributes) {
  Reader *reader = data;
  Paragraph *paragraph = paragraph_top(reader);
  if (!paragraph || paragraph->run.items[LOOK_HIDDEN] == 1)
    return;
  gboolean page = docx_attribute_is(attributes, "type", "page");
  if (!page || paragraph->text->len)
    flush_line(reader, paragraph);
  reader->page_break |= page;
}

/* ---- tables ---- */

static void open_table(gpointer data, const DocxAttributes *attributes) {
  (void)attributes;
  Reader *reader = data;
  Table table = {.number = ++reader->table_count, .column = 1, .next_column = 1, .span = 1};
  g_array_append_val(reader->tables, table);
}

static void close_table(gpointer data) {
  Reader *reader = data;
  if (reader->tables->len)
    g_array_set_size(reader->tables, reader->tables->len - 1);
}

static void open_row(gpointer data, const DocxAttributes *attributes) {
  (void)attributes;
  Table *table = table_top(data);
  if (!table)
    return;
  table->row++;
  table->next_column = 1;
  table->row_deleted = FALSE;
}

static void close_row(gpointer data) {
  Table *table = table_top(data);
  if (table)
    table->row_deleted = FALSE;
}

static void open_row_properties(gpointer data, const DocxAttributes *attributes) {
  (void)attributes;
  ((Reader *)data)->in_row_properties = TRUE;
}

static void close_row_properties(gpointer data) {
  ((Reader *)data)->in_row_properties = FALSE;
}

static void open_grid_before(gpointer data, const DocxAttributes *attributes) {
  Table *table = table_top(data);
  if (table)
    table->next_column += MIN(docx_attribute_int(attributes, "val", 0), SPAN_MAX);
}

static void open_cell(gpointer data, const DocxAttributes *attributes) {
  (void)attributes;
  Reader *reader = data;
  Table *table = table_top(reader);
  if (!table)
    return;
  table->column = table->next_column;
  table->span = 1;
  table->merged_up = FALSE;
  table->in_cell = TRUE;
  table->cell_from = reader->out->lines->len;
}

/* A cell whose only paragraph was deleted is still a cell. */
static void close_cell(gpointer data) {
  Reader *reader = data;
  Table *table = table_top(reader);
  if (!table || !table->in_cell)
    return;
  flush_carried(reader);
  if (reader->out->lines->len == table->cell_from && !in_deleted_row(reader))
    append_line(reader, "");
  table->next_column = MIN(table->column + table->span, G_MAXINT / 2);
  table->in_cell = FALSE;
}

static void open_grid_span(gpointer data, const DocxAttributes *attributes) {
  Table *table = table_top(data);
  if (table)
    table->span = CLAMP(docx_attribute_int(attributes, "val", 1), 1, SPAN_MAX);
}

static void open_vertical_merge(gpointer data, const DocxAttributes *attributes) {
  Table *table = table_top(data);
  if (table)
    table->merged_up = !docx_attribute_is(attributes, "val", "restart");
}

/* ---- sections: each says at its end how it began ---- */

static void open_section(gpointer data, const DocxAttributes *attributes) {
  (void)attributes;
  Reader *reader = data;
  reader->in_section = TRUE;
  reader->section_continuous = FALSE;
}

static void open_section_type(gpointer data, const DocxAttributes *attributes) {
  Reader *reader = data;
  if (reader->in_section)
    reader->section_continuous = docx_attribute_is(attributes, "val", "continuous");
}

static void close_section(gpointer data) {
  Reader *reader = data;
  guint lines = reader->out->lines->len;
  if (!reader->section_continuous && reader->section_from > 0 && reader->section_from < lines)
    source_text_line(reader->out, reader->section_from)->page_start = TRUE;
  reader->section_from = lines + (reader->paragraphs->len ? 1 : 0);
  reader->in_section = FALSE;
}

static const DocxElement BODY_ELEMENTS[] = {
    {"p",                         open_paragraph, close_paragraph},
    {"pPr",            open_paragraph_properties, close_paragraph_properties},
    {"r",                       open_run},
    {"rPr", open_run_properties, close_run_properties},
    {"pStyle",                         open_paragraph_style},
    {"rStyle",                           open_run_style},
    {"t",        open_text, close_text},
    {"tab",                           open_tab},
    {"ptab",open_tab},
    {"noBreakHyphen",                    open_hyphen},
    {"sym",                           open_symbol},
    {"br",           open_break},
    {"cr",                           open_break},
    {"tbl",open_table, close_table},
    {"tr",                      open_row, close_row},
    {"trPr",                           open_row_properties, close_row_properties},
    {"gridBefore",open_grid_before},
    {"tc",                       open_cell, close_cell},
    {"gridSpan",                           open_grid_span},
    {"vMerge",       open_vertical_merge},
    {"sectPr",                        open_section, close_section},
    {"type",                           open_section_type},
    {"del",                         open_deleted, NULL, TRUE},
    {"moveFrom",                           open_deleted, NULL, TRUE},
    {"pPrChange",.skip = TRUE},
    {"rPrChange",                           .skip = TRUE},
    {"tblPrChange",.skip = TRUE},
    {"tblPrExChange",                           .skip = TRUE},
    {"tblGridChange",               .skip = TRUE},
    {"trPrChange",                        .skip = TRUE},
    {"tcPrChange",                 .skip = TRUE},
    {"sectPrChange",                  .skip = TRUE},
    {"numberingChange",                           .skip = TRUE},
    {NULL },
};
static const DocxHandler BODY_HANDLER = {BODY_ELEMENTS, read_property, on_text};

/* ---- the document ---- */

typedef gboolean (*PartReader)(gpointer into, DocxPackage *package, const char *part, GError **error);

/* Reads a part that may be missing. */
static gboolean read_related(DocxPackage *package, const char *main_part, const char *relation, PartReader read,
                             gpointer into, GError **error) {
  GError *problem = NULL;
  g_autofree char *part = docx_find(package, main_part, relation, NULL, &problem);
  if (problem) {
    g_propagate_error(error, problem);
    return FALSE;
  }
  return !part || read(into, package, part, error);
}

static gboolean read_body(DocxPackage *package, const char *main_part, Reader *reader, GError **error) {
  if (!read_related(package, main_part, "styles", (PartReader)docx_styles_read, reader->styles, error) ||
      !read_related(package, main_part, "numbering", (PartReader)docx_numbering_read, reader->numbering, error) ||
      !docx_read(package, main_part, &BODY_HANDLER, reader, error))
    return FALSE;
  flush_carried(reader);
  if (!reader->too_long)
    return TRUE;
  g_set_error(error, APP_ERROR, ERROR_TOO_LARGE, "Tệp DOCX có hơn %d dòng: không giống văn bản thật nên không đọc.",
              LINES_MAX);
  return FALSE;
}

static SourceText *read_document(DocxPackage *package, const char *main_part, GError **error) {
  g_autoptr(SourceText) out = source_text_new(SOURCE_DOCX);
  out->encoding = g_strdup("UTF-8");
  g_autoptr(DocxStyles) styles = docx_styles_new();
  g_autoptr(DocxNumbering) numbering = docx_numbering_new();
  Reader reader = {
      .out = out,
      .styles = styles,
      .numbering = numbering,
      .tables = g_array_new(FALSE, TRUE, sizeof(Table)),
      .paragraphs = g_ptr_array_new_with_free_func(paragraph_free),
      .carried = g_string_new(NULL),
  };
  gboolean ok = read_body(package, main_part, &reader, error);
  g_array_unref(reader.tables);
  g_ptr_array_unref(reader.paragraphs);
  g_string_free(reader.carried, TRUE);
  return ok ? g_steal_pointer(&out) : NULL;
}

SourceText *source_text_read_docx(const char *bytes, gsize length_bytes, GError **error) {
  g_autoptr(DocxPackage) package = docx_open(bytes, length_bytes, error);
  if (!package)
    return NULL;
  GError *problem = NULL;
  g_autofree char *main_part = docx_find(package, "", "officeDocument", "word/document.xml", &problem);
  if (main_part)
    return read_document(package, main_part, error);
  if (!problem)
    problem = g_error_new_literal(APP_ERROR, ERROR_UNREADABLE, "Tệp ZIP này không chứa văn bản Word (DOCX).");
  g_propagate_error(error, problem);
  return NULL;
}
