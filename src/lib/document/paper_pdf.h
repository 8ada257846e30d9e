/* The inside of the PDF writer: lines and rows that flow over pages. Shared by paper_pdf.c (pages), paper_lines.c
 * (paragraphs) and paper_rows.c (tables). Units: points, y downwards. */
#pragma once
#include "lib/document/paper_pango.h"
#include <cairo-pdf.h>

/* One line of a paragraph, ready to be drawn. */
typedef struct {
  PangoLayout *layout; /* owned: a line alone would lose its text */
  PangoLayoutLine *line;
  const PaperLook *look;
  double x, before, height, baseline; /* before: room above, dropped at the top of a page */
  double leader_from, leader_to;      /* dots between; none where equal */
  double rule_x, rule_width;          /* line beneath; none where 0 */
  gboolean glued;                     /* no page may end after it */
  char *outline;                      /* a heading's text, on its first line */
  int level;
} PdfLine;

typedef struct {
  double x, width, height; /* height: over all rows that it spans */
  GArray *lines;           /* of PdfLine */
  guint next;              /* the first line not yet drawn */
  int row_span;
  double padding;
  gboolean borders, filled;
  const char *color; /* of the borders */
} PdfCell;

typedef struct {
  GArray *cells; /* of PdfCell */
  double height;
  gboolean header, keep_next, alone; /* alone: no span ties it to another row, so it may be broken */
} PdfRow;

/* What the flow moves: a line or a row. */
typedef struct {
  PdfLine line;
  PdfRow *row; /* NULL: a line */
  gboolean glued;
} PdfBox;

typedef struct {
  const Paper *paper;
  const PaperStyle *style;
  cairo_surface_t *surface;
  cairo_t *cr;
  PangoContext *context;
  PaperCounter counter;
  PaperPrint print;
  double line_heights[PAPER_COMPONENTS]; /* single spacing; 0: not asked yet */
  gboolean landscape;
  int pages, number;  /* in the file, and as printed */
  gboolean fresh;     /* nothing but repeated header rows is on the page */
  double y, after;    /* after: room left below what was last placed */
  GArray *chunk;      /* of PdfBox: tied together */
  GPtrArray *headers; /* of PdfRow: of the table being placed */
  int outlines[10];   /* per level: the last entry */
} Pdf;

double pdf_text_width(const Pdf *pdf);
double pdf_body_height(const Pdf *pdf);

/* paper_lines.c */
/* Appends the paragraph's lines; `after` is the room left below what stands before, and becomes that below its end. */
void pdf_lay_paragraph(Pdf *pdf, const PaperParagraph *paragraph, double width, double *after, GArray *lines);
void pdf_draw_line(Pdf *pdf, const PdfLine *line, double x, double y);
void pdf_line_clear(PdfLine *line);
void pdf_set_color(cairo_t *cr, const char *color); /* RRGGBB; NULL: black */

/* paper_rows.c */
void pdf_place_table(Pdf *pdf, const PaperTable *table);
void pdf_row_free(PdfRow *row);
/* The least height at which some of the row can stand; for a row that may not be broken, all of it. */
double pdf_row_least(const Pdf *pdf, const PdfRow *row);
gboolean pdf_row_breakable(const Pdf *pdf, const PdfRow *row);
void pdf_draw_row(Pdf *pdf, PdfRow *row, double y);
/* Draws as many lines of each cell as fit (at least one if `force`); returns the height used, 0 if none fitted. Then
 * row->height is what remains, 0 when all is drawn. */
double pdf_draw_row_part(Pdf *pdf, PdfRow *row, double y, double room, gboolean force);

/* paper_pdf.c: the flow takes what it is given over. */
void pdf_flow_line(Pdf *pdf, PdfLine line);
void pdf_flow_row(Pdf *pdf, PdfRow *row, gboolean glued);
void pdf_flow_flush(Pdf *pdf);
