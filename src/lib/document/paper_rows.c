/* Tables as rows that flow over pages.
 *
 * A row stands whole where it can; one taller than BREAK_SHARE of a page is broken between lines. Rows tied by a row span
 * stay together; where they would be taller than a page the span is given up and its text stands in its first row. */
#include "lib/document/paper_pdf.h"

#define BREAK_SHARE 0.4

static double lines_height(const GArray *lines, guint from) {
  double height = 0;
  for (guint i = from; i < lines->len; i++) {
    const PdfLine *line = &g_array_index(lines, PdfLine, i);
    height += line->before + line->height;
  }
  return height;
}

static PdfCell lay_cell(Pdf *pdf, const PaperTable *table, const PaperCell *cell, const double *edges) {
  PdfCell out = {.x = edges[cell->column] * PT_PER_MM,
                 .width = (edges[cell->column + cell->column_span] - edges[cell->column]) * PT_PER_MM,
                 .row_span = cell->row_span,
                 .padding = paper_cell_padding_mm(pdf->style, table, cell) * PT_PER_MM,
                 .borders = cell->borders,
                 .filled = cell->filled,
                 .color = paper_cell_color(pdf->style, cell),
                 .lines = g_array_new(FALSE, FALSE, sizeof(PdfLine))};
  double after = 0;
  for (const PaperParagraph *p = cell->first; p; p = p->next)
    pdf_lay_paragraph(pdf, p, MAX(out.width - 2 * out.padding, 4), &after, out.lines);
  out.height = lines_height(out.lines, 0) + after;
  return out;
}

static PdfRow *lay_row(Pdf *pdf, const PaperTable *table, const PaperRow *row, const double *edges) {
  PdfRow *out = g_new0(PdfRow, 1);
  out->cells = g_array_new(FALSE, FALSE, sizeof(PdfCell));
  out->header = row->header;
  out->keep_next = row->keep_next;
  out->alone = TRUE;
  out->height = row->min_height_mm * PT_PER_MM;
  for (const PaperCell *cell = row->first; cell; cell = cell->next) {
    PdfCell laid = lay_cell(pdf, table, cell, edges);
    g_array_append_val(out->cells, laid);
    if (laid.row_span == 1)
      out->height = MAX(out->height, laid.height);
  }
  return out;
}

void pdf_row_free(PdfRow *row) {
  for (guint i = 0; i < row->cells->len; i++) {
    GArray *lines = g_array_index(row->cells, PdfCell, i).lines;
    for (guint k = 0; k < lines->len; k++)
      pdf_line_clear(&g_array_index(lines, PdfLine, k));
    g_array_unref(lines);
  }
  g_array_unref(row->cells);
  g_free(row);
}

/* ---- row spans ---- */

static double span_height(const GPtrArray *group, guint from, int rows) {
  double height = 0;
  for (guint i = from; i < group->len && i < from + (guint)rows; i++)
    height += ((const PdfRow *)group->pdata[i])->height;
  return height;
}

/* The last row that a span covers grows until the spanning cell fits. */
static void grow_for_spans(GPtrArray *group) {
  for (guint i = 0; i < group->len; i++) {
    const PdfRow *row = group->pdata[i];
    for (guint k = 0; k < row->cells->len; k++) {
      PdfCell *cell = &g_array_index(row->cells, PdfCell, k);
      cell->row_span = MIN(cell->row_span, (int)(group->len - i));
      PdfRow *last = group->pdata[i + (guint)cell->row_span - 1];
      last->height += MAX(cell->height - span_height(group, i, cell->row_span), 0);
    }
  }
}

static void give_up_spans(GPtrArray *group) {
  for (guint i = 0; i < group->len; i++) {
    PdfRow *row = group->pdata[i];
    for (guint k = 0; k < row->cells->len; k++) {
      PdfCell *cell = &g_array_index(row->cells, PdfCell, k);
      cell->row_span = 1;
      row->height = MAX(row->height, cell->height);
    }
  }
}

/* Each cell as high as its row or span; rows of a group are tied. */
static void settle_heights(Pdf *pdf, GPtrArray *group) {
  grow_for_spans(group);
  if (group->len > 1 && span_height(group, 0, (int)group->len) > pdf_body_height(pdf) * 0.9)
    give_up_spans(group);
  gboolean tied = FALSE;
  for (guint i = 0; i < group->len; i++) {
    PdfRow *row = group->pdata[i];
    for (guint k = 0; k < row->cells->len; k++) {
      PdfCell *cell = &g_array_index(row->cells, PdfCell, k);
      cell->height = span_height(group, i, cell->row_span);
      tied = tied || cell->row_span > 1;
    }
  }
  for (guint i = 0; i < group->len; i++)
    ((PdfRow *)group->pdata[i])->alone = !tied;
}

/* Lays `row` and all that its spans reach; returns the row after them. */
static const PaperRow *lay_group(Pdf *pdf, const PaperTable *table, const PaperRow *row, const double *edges,
                                 GPtrArray *group) {
  guint reach = 1;
  for (guint i = 0; row && i < reach; i++, row = row->next) {
    PdfRow *laid = lay_row(pdf, table, row, edges);
    g_ptr_array_add(group, laid);
    for (guint k = 0; k < laid->cells->len; k++)
      reach = MAX(reach, i + (guint)g_array_index(laid->cells, PdfCell, k).row_span);
  }
  settle_heights(pdf, group);
  return row;
}

/* ---- placing ---- */

static void place_group(Pdf *pdf, const PaperTable *table, const GPtrArray *group, gboolean last) {
  for (guint i = 0; i < group->len; i++) {
    PdfRow *row = group->pdata[i];
    gboolean tied = !row->alone && i + 1 < group->len;
    pdf_flow_row(pdf, row, tied || row->header || ((table->keep_whole || row->keep_next) && !last));
  }
}

void pdf_place_table(Pdf *pdf, const PaperTable *table) {
  g_autofree double *edges = paper_column_edges(pdf->style, table, pdf_text_width(pdf) / PT_PER_MM);
  g_autoptr(GPtrArray) headers = g_ptr_array_new_with_free_func((GDestroyNotify)pdf_row_free);
  const PaperRow *row = table->first;
  PaperCounter counter = pdf->counter;
  while (row && row->header) {
    g_autoptr(GPtrArray) group = g_ptr_array_new();
    row = lay_group(pdf, table, row, edges, group);
    for (guint i = 0; i < group->len; i++)
      g_ptr_array_add(headers, group->pdata[i]);
  }
  pdf->counter = counter;
  pdf->headers = headers;
  pdf->after += paper_table_before(pdf->style, table);
  for (row = table->first; row;) {
    g_autoptr(GPtrArray) group = g_ptr_array_new();
    row = lay_group(pdf, table, row, edges, group);
    place_group(pdf, table, group, row == NULL);
  }
  pdf_flow_flush(pdf);
  pdf->headers = NULL;
  pdf->after = paper_table_after(pdf->style, table);
}

gboolean pdf_row_breakable(const Pdf *pdf, const PdfRow *row) {
  return row->alone && row->height > pdf_body_height(pdf) * BREAK_SHARE;
}

double pdf_row_least(const Pdf *pdf, const PdfRow *row) {
  if (!pdf_row_breakable(pdf, row))
    return row->height;
  double least = 0;
  for (guint i = 0; i < row->cells->len; i++) {
    const PdfCell *cell = &g_array_index(row->cells, PdfCell, i);
    double height = 0;
    for (guint k = cell->next; k < cell->lines->len && k < cell->next + 2; k++)
      height += g_array_index(cell->lines, PdfLine, k).before + g_array_index(cell->lines, PdfLine, k).height;
    least = MAX(least, height);
  }
  return MIN(least, row->height);
}

static void draw_borders(Pdf *pdf, const PdfCell *cell, double y, double height) {
  cairo_t *cr = pdf->cr;
  cairo_rectangle(cr, pdf->style->left_mm * PT_PER_MM + cell->x, y, cell->width, height);
  if (cell->filled) {
    pdf_set_color(cr, pdf->style->bar_color);
    cairo_fill_preserve(cr);
  }
  pdf_set_color(cr, cell->color);
  cairo_set_line_width(cr, pdf->style->border_pt);
  if (cell->borders)
    cairo_stroke(cr);
  cairo_new_path(cr);
}

static double draw_cell_lines(Pdf *pdf, const PdfCell *cell, guint until, double y) {
  double x = pdf->style->left_mm * PT_PER_MM + cell->x + cell->padding;
  for (guint i = cell->next; i < until; i++) {
    const PdfLine *line = &g_array_index(cell->lines, PdfLine, i);
    y += line->before;
    pdf_draw_line(pdf, line, x, y);
    y += line->height;
  }
  return y;
}

void pdf_draw_row(Pdf *pdf, PdfRow *row, double y) {
  for (guint i = 0; i < row->cells->len; i++) {
    const PdfCell *cell = &g_array_index(row->cells, PdfCell, i);
    double height = cell->row_span > 1 ? cell->height : row->height;
    double spare = row->header ? (height - lines_height(cell->lines, 0)) / 2 : 0;
    draw_borders(pdf, cell, y, height);
    draw_cell_lines(pdf, cell, cell->lines->len, y + MAX(spare, 0));
  }
}

static guint fitting_lines(const PdfCell *cell, double room, gboolean force) {
  double height = 0;
  guint i = cell->next;
  for (; i < cell->lines->len; i++) {
    const PdfLine *line = &g_array_index(cell->lines, PdfLine, i);
    height += line->before + line->height;
    if (height > room && !(force && i == cell->next))
      break;
  }
  return i;
}

double pdf_draw_row_part(Pdf *pdf, PdfRow *row, double y, double room, gboolean force) {
  g_autofree guint *untils = g_new0(guint, row->cells->len + 1);
  double used = 0, rest = 0;
  for (guint i = 0; i < row->cells->len; i++) {
    const PdfCell *cell = &g_array_index(row->cells, PdfCell, i);
    untils[i] = fitting_lines(cell, room, force);
    double left = lines_height(cell->lines, untils[i]);
    used = MAX(used, lines_height(cell->lines, cell->next) - left);
    rest = MAX(rest, left);
  }
  /* An empty tall row has no lines to count: it is cut where the page ends. */
  gboolean blank = used <= 0 && rest <= 0;
  if (used <= 0 && !blank)
    return 0;
  double tail = row->height - used - rest; /* room below the last line, or a set minimum height */
  double height = rest > 0 ? used : MIN(used + MAX(tail, 0), MAX(room, used));
  for (guint i = 0; i < row->cells->len; i++) {
    PdfCell *cell = &g_array_index(row->cells, PdfCell, i);
    draw_borders(pdf, cell, y, height);
    draw_cell_lines(pdf, cell, untils[i], y);
    cell->next = untils[i];
  }
  row->height = rest > 0 ? rest + MAX(tail, 0) : 0;
  return height;
}
