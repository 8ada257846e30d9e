/* Paragraphs broken into lines. */
#include "lib/document/paper_pdf.h"

/* Baseline to baseline, with the gap that the font asks for, as word processors do. */
static double line_height(Pdf *pdf, PaperComponent component) {
  double *height = &pdf->line_heights[component];
  if (*height > 0)
    return *height;
  PangoFontDescription *font = paper_font_new(pdf->style, &pdf->style->looks[component]);
  PangoFontMetrics *metrics = pango_context_get_metrics(pdf->context, font, NULL);
  *height = (double)pango_font_metrics_get_height(metrics) / PANGO_SCALE;
  pango_font_metrics_unref(metrics);
  pango_font_description_free(font);
  return *height;
}

static void set_leader(PdfLine *line, double text_left, double text_width, double width) {
  enum { GAP = 2 };
  line->leader_from = text_left + text_width + (text_width > 0 ? GAP : 0);
  line->leader_to = MAX(width, line->leader_from);
}

/* The rule is as long as a part of the longest line, and centred under the column. */
static void set_rule(PdfLine *line, const PaperLook *look, PangoLayout *layout, double left, double width) {
  PangoRectangle logical;
  pango_layout_get_extents(layout, NULL, &logical);
  line->rule_width = (double)logical.width / PANGO_SCALE * look->rule;
  line->rule_x = left + (width - line->rule_width) / 2;
  line->height += 3;
}

/* No page ends after the first line of a paragraph, before its last one, or after a heading. */
static gboolean is_glued(int index, int count, gboolean keep_next) {
  return index == count - 1 ? keep_next : keep_next || index == 0 || index == count - 2;
}

typedef struct {
  Pdf *pdf;
  const PaperParagraph *paragraph;
  const PaperLook *look;
  PangoLayout *layout;
  double left, width;
  int count;
} Laying;

static PdfLine line_at(const Laying *laying, PangoLayoutIter *iter, int index) {
  const PaperLook *look = laying->look;
  PangoRectangle logical;
  pango_layout_iter_get_line_extents(iter, NULL, &logical);
  double natural = (double)logical.height / PANGO_SCALE;
  double ascent = (double)(pango_layout_iter_get_baseline(iter) - logical.y) / PANGO_SCALE;
  double height = MAX(natural, line_height(laying->pdf, laying->paragraph->component)) * look->line_spacing;
  gboolean keep = look->keep_next || laying->paragraph->keep_next;
  return (PdfLine){
      .layout = g_object_ref(laying->layout),
      .line = pango_layout_iter_get_line_readonly(iter),
      .look = look,
      .x = laying->left + (double)logical.x / PANGO_SCALE,
      .height = height,
      .baseline = ascent + height - natural,
      .glued = is_glued(index, laying->count, keep),
  };
}

static void finish_last_line(const Laying *laying, PdfLine *line) {
  PangoRectangle logical;
  pango_layout_line_get_extents(line->line, NULL, &logical);
  if (laying->paragraph->leader)
    set_leader(line, line->x, (double)logical.width / PANGO_SCALE, laying->left + laying->width);
  if (laying->look->rule > 0)
    set_rule(line, laying->look, laying->layout, laying->left, laying->width);
}

void pdf_lay_paragraph(Pdf *pdf, const PaperParagraph *paragraph, double width, double *after, GArray *lines) {
  const PaperLook *look = paper_look(pdf->style, paragraph);
  PaperAlign align = paper_align(pdf->style, paragraph);
  double left = (look->left_mm + paragraph->indent_mm) * PT_PER_MM;
  double first = paragraph->flush ? 0 : look->first_line_mm * PT_PER_MM;
  paper_print_set(&pdf->print, pdf->style, &pdf->counter, paragraph);
  Laying laying = {pdf, paragraph, look, NULL, left, MAX(width - left - paragraph->right_mm * PT_PER_MM, 1), 0};
  g_autoptr(PangoLayout) layout =
      paper_layout_new(pdf->context, pdf->style, look, &pdf->print, align, MIN(first, laying.width / 2), laying.width);
  laying.layout = layout;
  laying.count = pango_layout_get_line_count(layout);
  PangoLayoutIter *iter = pango_layout_get_iter(layout);
  for (int i = 0; i < laying.count; i++, pango_layout_iter_next_line(iter)) {
    PdfLine line = line_at(&laying, iter, i);
    if (i == 0) {
      line.before = *after + look->before_pt + look->space_mm * PT_PER_MM;
      line.outline = look->outline && pdf->print.text->len ? g_strdup(pdf->print.text->str) : NULL;
      line.level = look->outline;
    }
    if (i == laying.count - 1)
      finish_last_line(&laying, &line);
    g_array_append_val(lines, line);
  }
  pango_layout_iter_free(iter);
  *after = look->after_pt;
}

static void draw_leader(Pdf *pdf, const PdfLine *line, double x, double baseline) {
  PaperPrint dot;
  paper_print_init(&dot);
  g_string_append(dot.text, ".");
  g_autoptr(PangoLayout) one = paper_layout_new(pdf->context, pdf->style, line->look, &dot, PAPER_LEFT, 0, -1);
  PangoRectangle logical;
  pango_layout_get_extents(one, NULL, &logical);
  double width = (double)logical.width / PANGO_SCALE;
  int count = width > 0 ? (int)((line->leader_to - line->leader_from) / width) : 0;
  for (int i = 1; i < count; i++)
    g_string_append_c(dot.text, '.');
  g_autoptr(PangoLayout) dots = paper_layout_new(pdf->context, pdf->style, line->look, &dot, PAPER_LEFT, 0, -1);
  cairo_move_to(pdf->cr, x + line->leader_to - count * width, baseline);
  if (count > 0)
    pango_cairo_show_layout_line(pdf->cr, pango_layout_get_line_readonly(dots, 0));
  paper_print_clear(&dot);
}

void pdf_set_color(cairo_t *cr, const char *color) {
  guint64 rgb = color ? g_ascii_strtoull(color, NULL, 16) : 0;
  cairo_set_source_rgb(cr, (double)(rgb >> 16 & 0xFF) / 255, (double)(rgb >> 8 & 0xFF) / 255, (double)(rgb & 0xFF) / 255);
}

static void add_outline(Pdf *pdf, const PdfLine *line, double y) {
  int parent = CAIRO_PDF_OUTLINE_ROOT;
  for (int level = 1; level < line->level; level++)
    parent = pdf->outlines[level] ? pdf->outlines[level] : parent;
  /* Locale-free: cairo parses the attributes with a point. */
  g_autofree char *target = g_strdup_printf("page=%d pos=[0 %d]", pdf->pages, (int)y);
  pdf->outlines[line->level] =
      cairo_pdf_surface_add_outline(pdf->surface, parent, line->outline, target, CAIRO_PDF_OUTLINE_FLAG_OPEN);
  for (gsize level = (gsize)line->level + 1; level < G_N_ELEMENTS(pdf->outlines); level++)
    pdf->outlines[level] = 0;
}

void pdf_draw_line(Pdf *pdf, const PdfLine *line, double x, double y) {
  cairo_t *cr = pdf->cr;
  pdf_set_color(cr, line->look->color);
  cairo_move_to(cr, x + line->x, y + line->baseline);
  pango_cairo_show_layout_line(cr, line->line);
  if (line->leader_to > line->leader_from)
    draw_leader(pdf, line, x, y + line->baseline);
  if (line->rule_width > 0) {
    double rule_y = y + line->height - 0.5;
    cairo_set_line_width(cr, pdf->style->rule_pt);
    cairo_move_to(cr, x + line->rule_x, rule_y);
    cairo_line_to(cr, x + line->rule_x + line->rule_width, rule_y);
    cairo_stroke(cr);
  }
  if (line->outline)
    add_outline(pdf, line, y);
}

void pdf_line_clear(PdfLine *line) {
  g_clear_object(&line->layout);
  g_clear_pointer(&line->outline, g_free);
}
