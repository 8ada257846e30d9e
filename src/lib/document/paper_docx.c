/* DOCX (ISO/IEC 29500 transitional). Each component is a paragraph style of the same name, so the paper stays easy to
 * change in a word processor; elements are in the order that the schema demands. */
#include "lib/document/package.h"
#include "lib/document/paper_model.h"
#include <math.h>
#include <string.h>

#define W_NS "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
#define R_NS "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define PACKAGE_NS "http://schemas.openxmlformats.org/package/2006/"
#define XML_HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
/* A paragraph that takes no room: between two tables, before a section's end, at a page break. */
#define TINY "<w:spacing w:before=\"0\" w:after=\"0\" w:line=\"20\" w:lineRule=\"exact\"/>"

typedef struct {
  const PaperStyle *style;
  GString *out;
  PaperCounter counter;
  PaperPrint print;
  gboolean landscape, restart; /* of the section being written */
  int sections;
} Docx;

static int twips(double mm) {
  return (int)lround(mm * 1440 / 25.4);
}

static int twips_of_points(double pt) {
  return (int)lround(pt * 20);
}

static void append_escaped(GString *out, const char *text, gsize length) {
  for (const char *p = text; p < text + length; p++)
    switch (*p) {
    case '&':
      g_string_append(out, "&amp;");
      break;
    case '<':
      g_string_append(out, "&lt;");
      break;
    case '>':
      g_string_append(out, "&gt;");
      break;
    case '"':
      g_string_append(out, "&quot;");
      break;
    default:
      g_string_append_c(out, *p);
    }
}

static void fonts_write(GString *out, const char *font) {
  g_autofree char *name = g_markup_escape_text(font, -1);
  g_string_append_printf(out, "<w:rFonts w:ascii=\"%1$s\" w:hAnsi=\"%1$s\" w:eastAsia=\"%1$s\" w:cs=\"%1$s\"/>", name);
}

/* ---- paragraphs ---- */

static void run_properties(Docx *docx, const PaperLook *look, const PaperSpan *span, gboolean mark) {
  GString *out = docx->out;
  if (!mark && span->bold == look->bold && span->italic == look->italic && !span->superscript)
    return;
  g_string_append(out, "<w:rPr>");
  if (mark)
    fonts_write(out, docx->style->checkbox_font);
  if (span->bold != look->bold)
    g_string_append(out, span->bold ? "<w:b/>" : "<w:b w:val=\"0\"/>");
  if (span->italic != look->italic)
    g_string_append(out, span->italic ? "<w:i/>" : "<w:i w:val=\"0\"/>");
  if (span->superscript)
    g_string_append(out, "<w:vertAlign w:val=\"superscript\"/>");
  g_string_append(out, "</w:rPr>");
}

static void run_write(Docx *docx, const PaperLook *look, const PaperSpan *span, const char *text, gsize length) {
  gboolean mark = paper_is_mark(text);
  g_string_append(docx->out, "<w:r>");
  run_properties(docx, look, span, mark);
  if (!mark && paper_is_special(text)) {
    g_string_append(docx->out, "<w:br/>");
  } else {
    g_string_append(docx->out, "<w:t xml:space=\"preserve\">");
    append_escaped(docx->out, text, length);
    g_string_append(docx->out, "</w:t>");
  }
  g_string_append(docx->out, "</w:r>");
}

/* How much of the text one run takes: up to a line break or check box, or just that. */
static gsize run_length(const char *text, gsize length) {
  if (paper_is_special(text))
    return PAPER_SPECIAL_LENGTH;
  for (gsize i = 1; i < length; i++)
    if (text[i] == PAPER_LINE_BREAK[0] && paper_is_special(text + i))
      return i;
  return length;
}

static void spans_write(Docx *docx, const PaperLook *look) {
  for (guint i = 0; i < docx->print.spans->len; i++) {
    const PaperSpan *span = &g_array_index(docx->print.spans, PaperSpan, i);
    const char *text = docx->print.text->str + span->start;
    for (gsize done = 0; done < span->length;) {
      gsize length = run_length(text + done, span->length - done);
      run_write(docx, look, span, text + done, length);
      done += length;
    }
  }
}

/* The line beneath is a border of an empty paragraph, indented at both ends: every word processor draws it alike. */
static void rule_write(Docx *docx, const PaperLook *look, double width_mm) {
  double text_mm = MIN(paper_text_width_mm(docx->style, look, docx->print.text->str), width_mm);
  int indent = twips((width_mm - text_mm * look->rule) / 2);
  g_string_append_printf(docx->out,
                         "<w:p><w:pPr><w:pBdr><w:top w:val=\"single\" w:sz=\"%d\" w:space=\"0\" w:color=\"auto\"/></w:pBdr>"
                         "<w:spacing w:before=\"40\" w:after=\"%d\" w:line=\"60\" w:lineRule=\"exact\"/>"
                         "<w:ind w:left=\"%d\" w:right=\"%d\"/></w:pPr></w:p>",
                         (int)lround(docx->style->rule_pt * 8), twips_of_points(look->after_pt), indent, indent);
}

static void paragraph_properties(Docx *docx, const PaperParagraph *paragraph, gboolean keep, double width_mm) {
  static const char *const JC[] = {"left", "left", "center", "right", "both"};
  const PaperLook *look = paper_look(docx->style, paragraph);
  GString *out = docx->out;
  g_string_append_printf(out, "<w:pPr><w:pStyle w:val=\"%s\"/>", paper_component_key(paragraph->component));
  if ((keep || paragraph->keep_next || look->rule > 0) && !look->keep_next)
    g_string_append(out, "<w:keepNext/>");
  if (paragraph->leader)
    g_string_append_printf(out, "<w:tabs><w:tab w:val=\"right\" w:leader=\"dot\" w:pos=\"%d\"/></w:tabs>", twips(width_mm - paragraph->right_mm));
  if (look->rule > 0)
    g_string_append_printf(out, "<w:spacing w:after=\"0\"/>");
  if (paragraph->indent_mm > 0 || paragraph->right_mm > 0 || paragraph->flush)
    g_string_append_printf(out, "<w:ind w:left=\"%d\" w:right=\"%d\" w:firstLine=\"%d\"/>",
                           twips(look->left_mm + paragraph->indent_mm), twips(paragraph->right_mm),
                           paragraph->flush ? 0 : twips(look->first_line_mm));
  if (paragraph->align != PAPER_ALIGN_STYLE)
    g_string_append_printf(out, "<w:jc w:val=\"%s\"/>", JC[paragraph->align]);
  g_string_append(out, "</w:pPr>");
}

static void paragraph_write(Docx *docx, const PaperParagraph *paragraph, gboolean keep, double width_mm) {
  const PaperLook *look = paper_look(docx->style, paragraph);
  paper_print_set(&docx->print, docx->style, &docx->counter, paragraph);
  g_string_append(docx->out, "<w:p>");
  paragraph_properties(docx, paragraph, keep, width_mm);
  spans_write(docx, look);
  if (paragraph->leader)
    g_string_append(docx->out, "<w:r><w:tab/></w:r>");
  g_string_append(docx->out, "</w:p>");
  if (look->rule > 0)
    rule_write(docx, look, width_mm);
}

/* ---- tables ---- */

/* Per column: the cell from above that still covers it, and for how many rows from here on. */
typedef struct {
  const PaperCell *cell;
  int rows;
} Cover;

static void borders_write(GString *out, const char *element, const PaperStyle *style, gboolean inside, const char *color) {
  static const char *const SIDES[] = {"top", "left", "bottom", "right", "insideH", "insideV"};
  g_string_append_printf(out, "<w:%s>", element);
  for (int i = 0; i < (inside ? 6 : 4); i++)
    g_string_append_printf(out, "<w:%s w:val=\"single\" w:sz=\"%d\" w:space=\"0\" w:color=\"%.6s\"/>", SIDES[i],
                           (int)lround(style->border_pt * 8), color ? color : "000000");
  g_string_append_printf(out, "</w:%s>", element);
}

static void no_borders_write(GString *out) {
  g_string_append(out, "<w:tcBorders><w:top w:val=\"nil\"/><w:left w:val=\"nil\"/><w:bottom w:val=\"nil\"/>"
                       "<w:right w:val=\"nil\"/></w:tcBorders>");
}

static void cell_open(Docx *docx, const PaperTable *table, const PaperCell *cell, const double *edges, gboolean merged,
                      gboolean header) {
  GString *out = docx->out;
  double width_mm = edges[cell->column + cell->column_span] - edges[cell->column];
  g_string_append_printf(out, "<w:tc><w:tcPr><w:tcW w:w=\"%d\" w:type=\"dxa\"/>", twips(width_mm));
  if (cell->column_span > 1)
    g_string_append_printf(out, "<w:gridSpan w:val=\"%d\"/>", cell->column_span);
  if (merged || cell->row_span > 1)
    g_string_append(out, merged ? "<w:vMerge/>" : "<w:vMerge w:val=\"restart\"/>");
  if (cell->borders && !table->borders)
    borders_write(out, "tcBorders", docx->style, FALSE, paper_cell_color(docx->style, cell));
  else if (!cell->borders && table->borders)
    no_borders_write(out);
  if (cell->filled)
    g_string_append_printf(out, "<w:shd w:val=\"clear\" w:color=\"auto\" w:fill=\"%.6s\"/>", docx->style->bar_color);
  if (cell->borders && !table->borders)
    g_string_append_printf(out, "<w:tcMar><w:left w:w=\"%1$d\" w:type=\"dxa\"/><w:right w:w=\"%1$d\" w:type=\"dxa\"/></w:tcMar>",
                           twips(docx->style->cell_padding_mm));
  if (header)
    g_string_append(out, "<w:vAlign w:val=\"center\"/>");
  g_string_append(out, "</w:tcPr>");
}

static void cell_write(Docx *docx, const PaperTable *table, const PaperRow *row, const PaperCell *cell,
                       const double *edges) {
  double padding_mm = paper_cell_padding_mm(docx->style, table, cell);
  double width_mm = edges[cell->column + cell->column_span] - edges[cell->column] - 2 * padding_mm;
  cell_open(docx, table, cell, edges, FALSE, row->header);
  gboolean keep = row->header || ((table->keep_whole || row->keep_next) && row->next);
  for (const PaperParagraph *p = cell->first; p; p = p->next)
    paragraph_write(docx, p, keep, MAX(width_mm, 1));
  if (!cell->first)
    g_string_append(docx->out, "<w:p><w:pPr>" TINY "</w:pPr></w:p>");
  g_string_append(docx->out, "</w:tc>");
}

/* About what pdf_row_breakable() says of heights, which only the word processor knows here. */
static gboolean is_short(const PaperRow *row) {
  enum { SHORT_BYTES = 1200 };
  gsize longest = 0;
  for (const PaperCell *cell = row->first; cell; cell = cell->next) {
    gsize bytes = 0;
    for (const PaperParagraph *p = cell->first; p; p = p->next)
      for (const PaperRun *run = p->first; run; run = run->next)
        bytes += strlen(run->text) + 20;
    longest = MAX(longest, bytes);
  }
  return longest <= SHORT_BYTES;
}

static void row_open(Docx *docx, const PaperTable *table, const PaperRow *row) {
  g_string_append(docx->out, "<w:tr><w:trPr>");
  if (row->header || table->keep_whole || is_short(row))
    g_string_append(docx->out, "<w:cantSplit/>");
  if (row->min_height_mm > 0)
    g_string_append_printf(docx->out, "<w:trHeight w:val=\"%d\" w:hRule=\"atLeast\"/>", twips(row->min_height_mm));
  if (row->header)
    g_string_append(docx->out, "<w:tblHeader/>");
  g_string_append(docx->out, "</w:trPr>");
}

/* Every place of the grid gets a cell: the row's own, the continuation of one above, or an empty one. */
static void row_write(Docx *docx, const PaperTable *table, const PaperRow *row, const double *edges, Cover *covers) {
  const PaperCell *cell = row->first;
  row_open(docx, table, row);
  for (int column = 0; column < table->columns;) {
    Cover *cover = &covers[column];
    PaperCell empty = {.column = column, .column_span = 1, .row_span = 1, .borders = table->borders};
    if (cover->rows > 0) {
      cell_open(docx, table, cover->cell, edges, TRUE, FALSE);
      g_string_append(docx->out, "<w:p><w:pPr>" TINY "</w:pPr></w:p></w:tc>");
      cover->rows--;
      column += cover->cell->column_span;
      continue;
    }
    gboolean own = cell && cell->column == column;
    const PaperCell *here = own ? cell : &empty;
    cell_write(docx, table, row, here, edges);
    if (own) {
      *cover = (Cover){cell, cell->row_span - 1};
      cell = cell->next;
    }
    column += here->column_span;
  }
  g_string_append(docx->out, "</w:tr>");
}

static void table_properties(Docx *docx, const PaperTable *table, const double *edges) {
  GString *out = docx->out;
  int padding = table->borders ? twips(docx->style->cell_padding_mm) : 0;
  g_string_append_printf(out, "<w:tbl><w:tblPr><w:tblW w:w=\"%d\" w:type=\"dxa\"/>", twips(edges[table->columns]));
  if (table->borders)
    borders_write(out, "tblBorders", docx->style, TRUE, NULL);
  g_string_append_printf(out,
                         "<w:tblLayout w:type=\"fixed\"/><w:tblCellMar><w:left w:w=\"%d\" w:type=\"dxa\"/>"
                         "<w:right w:w=\"%d\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr><w:tblGrid>",
                         padding, padding);
  for (int i = 0; i < table->columns; i++)
    g_string_append_printf(out, "<w:gridCol w:w=\"%d\"/>", twips(edges[i + 1] - edges[i]));
  g_string_append(out, "</w:tblGrid>");
}

static double text_width_mm(const Docx *docx) {
  const PaperStyle *style = docx->style;
  return (docx->landscape ? style->height_mm : style->width_mm) - style->left_mm - style->right_mm;
}

static void table_write(Docx *docx, const PaperTable *table) {
  g_autofree double *edges = paper_column_edges(docx->style, table, text_width_mm(docx));
  g_autofree Cover *covers = g_new0(Cover, table->columns);
  if (!table->first)
    return;
  table_properties(docx, table, edges);
  for (const PaperRow *row = table->first; row; row = row->next)
    row_write(docx, table, row, edges, covers);
  g_string_append(docx->out, "</w:tbl>");
}

/* ---- the body ---- */

static void section_write(Docx *docx) {
  const PaperStyle *s = docx->style;
  double width_mm = docx->landscape ? s->height_mm : s->width_mm;
  double height_mm = docx->landscape ? s->width_mm : s->height_mm;
  gboolean first = docx->sections++ == 0;
  g_string_append_printf(docx->out,
                         "<w:sectPr><w:headerReference w:type=\"default\" r:id=\"rId3\"/><w:pgSz w:w=\"%d\" w:h=\"%d\"%s/>"
                         "<w:pgMar w:top=\"%d\" w:right=\"%d\" w:bottom=\"%d\" w:left=\"%d\" w:header=\"%d\" "
                         "w:footer=\"%d\" w:gutter=\"0\"/>",
                         twips(width_mm), twips(height_mm), docx->landscape ? " w:orient=\"landscape\"" : "",
                         twips(s->top_mm), twips(s->right_mm), twips(s->bottom_mm), twips(s->left_mm),
                         twips(s->header_mm), twips(s->header_mm));
  if (first || docx->restart)
    g_string_append(docx->out, "<w:pgNumType w:start=\"1\"/><w:titlePg/>");
  g_string_append(docx->out, "</w:sectPr>");
}

static void gap_write(GString *out, double height_pt, gboolean keep) {
  g_string_append_printf(out, "<w:p><w:pPr>%s<w:spacing w:before=\"0\" w:after=\"0\" w:line=\"%d\" "
                         "w:lineRule=\"exact\"/></w:pPr></w:p>", keep ? "<w:keepNext/>" : "", MAX(twips_of_points(height_pt), 20));
}

/* A word processor joins tables that touch, and ends no text with one. */
static void flow_table(Docx *docx, const PaperBlock *block) {
  double before_pt = paper_table_before(docx->style, block->table), after_pt = paper_table_after(docx->style, block->table);
  gboolean last = !block->next || block->next->kind != PAPER_BLOCK_PARAGRAPH;
  if (before_pt > 0)
    gap_write(docx->out, before_pt, TRUE);
  table_write(docx, block->table);
  if (after_pt > 0 || last)
    gap_write(docx->out, after_pt, FALSE);
}

static void block_write(Docx *docx, const PaperBlock *block) {
  switch (block->kind) {
  case PAPER_BLOCK_PARAGRAPH:
    paragraph_write(docx, block->paragraph, FALSE, text_width_mm(docx));
    break;
  case PAPER_BLOCK_TABLE:
    flow_table(docx, block);
    break;
  case PAPER_BLOCK_PAGE:
    g_string_append(docx->out, "<w:p><w:pPr><w:pageBreakBefore/>" TINY "</w:pPr></w:p>");
    break;
  case PAPER_BLOCK_SECTION:
    g_string_append(docx->out, "<w:p><w:pPr>" TINY);
    section_write(docx);
    g_string_append(docx->out, "</w:pPr></w:p>");
    docx->landscape = block->landscape;
    docx->restart = block->restart;
    break;
  }
}

static GString *document_part(const Paper *paper, const PaperStyle *style) {
  Docx docx = {.style = style, .out = g_string_sized_new(65536)};
  paper_print_init(&docx.print);
  g_string_append(docx.out, XML_HEAD "<w:document xmlns:w=\"" W_NS "\" xmlns:r=\"" R_NS "\"><w:body>");
  for (const PaperBlock *block = paper->first; block; block = block->next)
    block_write(&docx, block);
  section_write(&docx);
  g_string_append(docx.out, "</w:body></w:document>");
  paper_print_clear(&docx.print);
  return docx.out;
}

/* ---- the other parts ---- */

static void style_write(GString *out, const char *key, const PaperLook *look) {
  static const char *const JC[] = {"left", "left", "center", "right", "both"};
  g_string_append_printf(out, "<w:style w:type=\"paragraph\" w:customStyle=\"1\" w:styleId=\"%s\"><w:name w:val=\"", key);
  append_escaped(out, look->label, strlen(look->label));
  g_string_append(out, "\"/><w:basedOn w:val=\"Normal\"/><w:qFormat/><w:pPr>");
  if (look->keep_next)
    g_string_append(out, "<w:keepNext/>");
  g_string_append_printf(out,
                         "<w:spacing w:before=\"%d\" w:after=\"%d\" w:line=\"%d\" w:lineRule=\"auto\"/>"
                         "<w:ind w:left=\"%d\" w:firstLine=\"%d\"/><w:jc w:val=\"%s\"/>",
                         twips_of_points(look->before_pt) + twips(look->space_mm), twips_of_points(look->after_pt),
                         (int)lround(look->line_spacing * 240), twips(look->left_mm), twips(look->first_line_mm),
                         JC[look->align]);
  if (look->outline)
    g_string_append_printf(out, "<w:outlineLvl w:val=\"%d\"/>", look->outline - 1);
  int size = (int)lround(look->size_pt * 2);
  g_string_append_printf(out, "</w:pPr><w:rPr>%s%s", look->bold ? "<w:b/>" : "", look->italic ? "<w:i/>" : "");
  if (look->color)
    g_string_append_printf(out, "<w:color w:val=\"%.6s\"/>", look->color);
  g_string_append_printf(out, "<w:sz w:val=\"%d\"/><w:szCs w:val=\"%d\"/></w:rPr></w:style>", size, size);
}

static GString *styles_part(const PaperStyle *style) {
  GString *out = g_string_new(XML_HEAD "<w:styles xmlns:w=\"" W_NS "\"><w:docDefaults><w:rPrDefault><w:rPr>");
  fonts_write(out, style->font);
  g_string_append(out, "<w:lang w:val=\"vi-VN\"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>"
                       "<w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/>"
                       "</w:style>");
  for (int i = 0; i < PAPER_COMPONENTS; i++)
    style_write(out, paper_component_key((PaperComponent)i), &style->looks[i]);
  g_string_append(out, "</w:styles>");
  return out;
}

static GString *properties_part(const Paper *paper) {
  GString *out = g_string_new(XML_HEAD
                              "<cp:coreProperties xmlns:cp=\"" PACKAGE_NS "metadata/core-properties\" "
                              "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" "
                              "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:title>");
  g_autoptr(GDateTime) created = g_date_time_new_from_unix_utc(paper->created_ms / 1000);
  g_autofree char *time = created ? g_date_time_format(created, "%Y-%m-%dT%H:%M:%SZ") : g_strdup("1970-01-01T00:00:00Z");
  append_escaped(out, paper->title, strlen(paper->title));
  g_string_append(out, "</dc:title><dc:creator>");
  append_escaped(out, paper->author, strlen(paper->author));
  g_string_append_printf(out,
                         "</dc:creator><dc:language>vi-VN</dc:language><dcterms:created xsi:type=\"dcterms:W3CDTF\">%1$s"
                         "</dcterms:created><dcterms:modified xsi:type=\"dcterms:W3CDTF\">%1$s</dcterms:modified>"
                         "</cp:coreProperties>",
                         time);
  return out;
}

#define WORD_TYPE "application/vnd.openxmlformats-officedocument.wordprocessingml."
static const char CONTENT_TYPES[] =
    XML_HEAD "<Types xmlns=\"" PACKAGE_NS "content-types\">"
             "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
             "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
             "<Override PartName=\"/word/document.xml\" ContentType=\"" WORD_TYPE "document.main+xml\"/>"
             "<Override PartName=\"/word/styles.xml\" ContentType=\"" WORD_TYPE "styles+xml\"/>"
             "<Override PartName=\"/word/settings.xml\" ContentType=\"" WORD_TYPE "settings+xml\"/>"
             "<Override PartName=\"/word/header1.xml\" ContentType=\"" WORD_TYPE "header+xml\"/>"
             "<Override PartName=\"/docProps/core.xml\" "
             "ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/></Types>";
static const char PACKAGE_RELATIONS[] =
    XML_HEAD "<Relationships xmlns=\"" PACKAGE_NS "relationships\">"
             "<Relationship Id=\"rId1\" Type=\"" R_NS "/officeDocument\" Target=\"word/document.xml\"/>"
             "<Relationship Id=\"rId2\" Type=\"" PACKAGE_NS "relationships/metadata/core-properties\" "
             "Target=\"docProps/core.xml\"/></Relationships>";
static const char DOCUMENT_RELATIONS[] =
    XML_HEAD "<Relationships xmlns=\"" PACKAGE_NS "relationships\">"
             "<Relationship Id=\"rId1\" Type=\"" R_NS "/styles\" Target=\"styles.xml\"/>"
             "<Relationship Id=\"rId2\" Type=\"" R_NS "/settings\" Target=\"settings.xml\"/>"
             "<Relationship Id=\"rId3\" Type=\"" R_NS "/header\" Target=\"header1.xml\"/></Relationships>";
/* Mode 15: the edge of a table, not the text in it, stands at the margin. */
static const char SETTINGS[] =
    XML_HEAD "<w:settings xmlns:w=\"" W_NS "\"><w:defaultTabStop w:val=\"720\"/><w:compat><w:compatSetting "
             "w:name=\"compatibilityMode\" w:uri=\"http://schemas.microsoft.com/office/word\" w:val=\"15\"/></w:compat>"
             "</w:settings>";
static const char PAGE_HEADER[] =
    XML_HEAD "<w:hdr xmlns:w=\"" W_NS "\"><w:p><w:pPr><w:pStyle w:val=\"page_number\"/></w:pPr>"
             "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>"
             "<w:r><w:fldChar w:fldCharType=\"separate\"/></w:r><w:r><w:t>2</w:t></w:r>"
             "<w:r><w:fldChar w:fldCharType=\"end\"/></w:r></w:p></w:hdr>";

GBytes *paper_write_docx(const Paper *paper, const PaperStyle *style, GError **error) {
  const PackagePart parts[] = {
      {"[Content_Types].xml",          g_string_new(CONTENT_TYPES)     },
      {"_rels/.rels",                  g_string_new(PACKAGE_RELATIONS) },
      {"word/document.xml",            document_part(paper, style)     },
      {"word/_rels/document.xml.rels", g_string_new(DOCUMENT_RELATIONS)},
      {"word/styles.xml",              styles_part(style)              },
      {"word/settings.xml",            g_string_new(SETTINGS)          },
      {"word/header1.xml",             g_string_new(PAGE_HEADER)       },
      {"docProps/core.xml",            properties_part(paper)          },
  };
  GBytes *bytes = package_write(parts, G_N_ELEMENTS(parts), error);
  for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
    g_string_free((GString *)parts[i].content, TRUE);
  return bytes;
}
