/* PDF with Pango and Cairo: pages, and the flow of lines and rows over them. */
#include "lib/document/paper_pdf.h"
#include "base/error.h"
#include <math.h>
#include <string.h>

double pdf_text_width(const Pdf *pdf) {
  const PaperStyle *style = pdf->style;
  double page_mm = pdf->landscape ? style->height_mm : style->width_mm;
  return (page_mm - style->left_mm - style->right_mm) * PT_PER_MM;
}

static double page_width(const Pdf *pdf) {
  return (pdf->landscape ? pdf->style->height_mm : pdf->style->width_mm) * PT_PER_MM;
}

static double page_height(const Pdf *pdf) {
  return (pdf->landscape ? pdf->style->width_mm : pdf->style->height_mm) * PT_PER_MM;
}

double pdf_body_height(const Pdf *pdf) {
  return page_height(pdf) - (pdf->style->top_mm + pdf->style->bottom_mm) * PT_PER_MM;
}

static double page_bottom(const Pdf *pdf) {
  return page_height(pdf) - pdf->style->bottom_mm * PT_PER_MM;
}

/* ---- pages ---- */

static void draw_page_number(Pdf *pdf) {
  const PaperLook *look = &pdf->style->looks[PAPER_PAGE_NUMBER];
  PaperPrint print;
  paper_print_init(&print);
  g_string_append_printf(print.text, "%d", pdf->number);
  g_autoptr(PangoLayout) layout =
      paper_layout_new(pdf->context, pdf->style, look, &print, look->align, 0, pdf_text_width(pdf));
  cairo_set_source_rgb(pdf->cr, 0, 0, 0);
  cairo_move_to(pdf->cr, pdf->style->left_mm * PT_PER_MM, pdf->style->header_mm * PT_PER_MM);
  pango_cairo_show_layout(pdf->cr, layout);
  paper_print_clear(&print);
}

static void begin_page(Pdf *pdf) {
  if (pdf->pages > 0)
    cairo_show_page(pdf->cr);
  cairo_pdf_surface_set_size(pdf->surface, page_width(pdf), page_height(pdf));
  pdf->pages++;
  pdf->number++;
  pdf->y = pdf->style->top_mm * PT_PER_MM;
  pdf->fresh = TRUE;
  /* Phụ lục I, I.7: the first page shows no number. */
  if (pdf->number > 1)
    draw_page_number(pdf);
}

static void draw_headers(Pdf *pdf) {
  for (guint i = 0; pdf->headers && i < pdf->headers->len; i++) {
    PdfRow *row = pdf->headers->pdata[i];
    pdf_draw_row(pdf, row, pdf->y);
    pdf->y += row->height;
  }
}

static void next_page(Pdf *pdf, const PdfBox *box) {
  begin_page(pdf);
  if (box->row && !box->row->header)
    draw_headers(pdf);
}

/* ---- flow ---- */

static double room(const Pdf *pdf) {
  return page_bottom(pdf) - pdf->y;
}

static void place_line(Pdf *pdf, PdfBox *box) {
  double before = pdf->fresh ? 0 : box->line.before;
  if (!pdf->fresh && before + box->line.height > room(pdf)) {
    next_page(pdf, box);
    before = 0;
  }
  pdf_draw_line(pdf, &box->line, pdf->style->left_mm * PT_PER_MM, pdf->y + before);
  pdf->y += before + box->line.height;
  pdf->fresh = FALSE;
}

static void break_row(Pdf *pdf, PdfBox *box) {
  while (box->row->height > 0) {
    double used = pdf_draw_row_part(pdf, box->row, pdf->y, room(pdf), pdf->fresh);
    pdf->y += used;
    pdf->fresh = pdf->fresh && used <= 0;
    if (box->row->height > 0)
      next_page(pdf, box);
  }
}

static void place_row(Pdf *pdf, PdfBox *box) {
  double before = pdf->fresh ? 0 : box->line.before;
  if (!pdf->fresh && before + pdf_row_least(pdf, box->row) > room(pdf)) {
    next_page(pdf, box);
    before = 0;
  }
  pdf->y += before;
  if (box->row->height > room(pdf)) {
    break_row(pdf, box);
  } else {
    pdf_draw_row(pdf, box->row, pdf->y);
    pdf->y += box->row->height;
  }
  pdf->fresh = FALSE;
}

static double box_need(const Pdf *pdf, const PdfBox *box) {
  return box->line.before + (box->row ? pdf_row_least(pdf, box->row) : box->line.height);
}

/* What is tied together goes to the next page together, unless it is longer than a page. */
void pdf_flow_flush(Pdf *pdf) {
  double need = 0;
  if (pdf->pages == 0)
    begin_page(pdf);
  for (guint i = 0; i < pdf->chunk->len; i++)
    need += box_need(pdf, &g_array_index(pdf->chunk, PdfBox, i));
  if (pdf->chunk->len && !pdf->fresh && need > room(pdf) && need <= pdf_body_height(pdf))
    next_page(pdf, &g_array_index(pdf->chunk, PdfBox, 0));
  for (guint i = 0; i < pdf->chunk->len; i++) {
    PdfBox *box = &g_array_index(pdf->chunk, PdfBox, i);
    if (box->row)
      place_row(pdf, box);
    else
      place_line(pdf, box);
    pdf_line_clear(&box->line);
    g_clear_pointer(&box->row, pdf_row_free);
  }
  g_array_set_size(pdf->chunk, 0);
}

void pdf_flow_line(Pdf *pdf, PdfLine line) {
  PdfBox box = {.line = line, .glued = line.glued};
  g_array_append_val(pdf->chunk, box);
  if (!line.glued)
    pdf_flow_flush(pdf);
}

void pdf_flow_row(Pdf *pdf, PdfRow *row, gboolean glued) {
  PdfBox box = {.line = {.before = pdf->after}, .row = row, .glued = glued};
  pdf->after = 0;
  g_array_append_val(pdf->chunk, box);
  if (!glued)
    pdf_flow_flush(pdf);
}

/* ---- blocks ---- */

static void flow_paragraph(Pdf *pdf, const PaperParagraph *paragraph) {
  g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(PdfLine));
  pdf_lay_paragraph(pdf, paragraph, pdf_text_width(pdf), &pdf->after, lines);
  for (guint i = 0; i < lines->len; i++)
    pdf_flow_line(pdf, g_array_index(lines, PdfLine, i));
}

static void flow_section(Pdf *pdf, const PaperBlock *block) {
  pdf_flow_flush(pdf);
  pdf->landscape = block->landscape;
  if (block->restart)
    pdf->number = 0;
  pdf->after = 0;
  begin_page(pdf);
}

static void flow_block(Pdf *pdf, const PaperBlock *block) {
  switch (block->kind) {
  case PAPER_BLOCK_PARAGRAPH:
    flow_paragraph(pdf, block->paragraph);
    break;
  case PAPER_BLOCK_TABLE:
    pdf_place_table(pdf, block->table);
    break;
  case PAPER_BLOCK_PAGE:
    pdf_flow_flush(pdf);
    pdf->after = 0;
    begin_page(pdf);
    break;
  case PAPER_BLOCK_SECTION:
    flow_section(pdf, block);
    break;
  }
}

/* ---- the file ---- */

static cairo_status_t append_bytes(void *closure, const unsigned char *data, unsigned int length) {
  g_byte_array_append(closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static void set_properties(const Pdf *pdf) {
  g_autoptr(GDateTime) created = g_date_time_new_from_unix_utc(pdf->paper->created_ms / 1000);
  g_autofree char *time = created ? g_date_time_format(created, "%Y-%m-%dT%H:%M:%SZ") : g_strdup("1970-01-01T00:00:00Z");
  cairo_pdf_surface_set_metadata(pdf->surface, CAIRO_PDF_METADATA_TITLE, pdf->paper->title);
  cairo_pdf_surface_set_metadata(pdf->surface, CAIRO_PDF_METADATA_AUTHOR, pdf->paper->author);
  cairo_pdf_surface_set_metadata(pdf->surface, CAIRO_PDF_METADATA_CREATE_DATE, time);
  cairo_pdf_surface_set_metadata(pdf->surface, CAIRO_PDF_METADATA_MOD_DATE, time);
}

static void write_pages(Pdf *pdf) {
  pdf->cr = cairo_create(pdf->surface);
  pdf->context = paper_context_new(pdf->style);
  pdf->chunk = g_array_new(FALSE, FALSE, sizeof(PdfBox));
  paper_print_init(&pdf->print);
  pango_cairo_update_context(pdf->cr, pdf->context);
  set_properties(pdf);
  for (const PaperBlock *block = pdf->paper->first; block; block = block->next)
    flow_block(pdf, block);
  pdf_flow_flush(pdf);
  cairo_show_page(pdf->cr);
  paper_print_clear(&pdf->print);
  g_array_unref(pdf->chunk);
  g_object_unref(pdf->context);
  cairo_destroy(pdf->cr);
}

GBytes *paper_write_pdf(const Paper *paper, const PaperStyle *style, GError **error) {
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  Pdf pdf = {.paper = paper, .style = style};
  pdf.surface = cairo_pdf_surface_create_for_stream(append_bytes, bytes, style->width_mm * PT_PER_MM,
                                                    style->height_mm * PT_PER_MM);
  write_pages(&pdf);
  cairo_surface_finish(pdf.surface);
  cairo_status_t status = cairo_surface_status(pdf.surface);
  cairo_surface_destroy(pdf.surface);
  if (status == CAIRO_STATUS_SUCCESS)
    return g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
  g_set_error(error, APP_ERROR, ERROR_FAILED, "Không tạo được tệp PDF: %s.", cairo_status_to_string(status));
  return NULL;
}
