/* Sheets going out: XLSX with a header row, typed cells, column widths, and the header kept in view and on every page.
 *
 * A Sheet is written from top to bottom, row by row, in constant memory. Texts are never formulas. A text longer than a
 * cell holds (32,767 characters) is cut and says so; rows beyond 1,048,576 give ERROR_TOO_LARGE at the end.
 * Units: widths in characters; times in UTC milliseconds, shown in Viet Nam's time.
 * Ownership: the Sheet copies what it is given. The same content and created_ms give the same bytes.
 * Errors: the first one is kept and told by sheet_finish(): ERROR_TOO_LARGE, ERROR_FAILED.
 * Threads: a Sheet belongs to one thread; sheets may be written in several threads at once.
 */
#pragma once
#include "base/date.h"

typedef struct Sheet Sheet;

typedef struct {
  const char *title;
  double width_chars; /* 0: a usual one */
} SheetColumn;

Sheet *sheet_new(const char *title, const char *author, gint64 created_ms, GError **error);
/* Begins a page (a worksheet). Its name is made fit: at most 31 characters, none of []:*?/\, unlike the ones before. */
void sheet_page(Sheet *sheet, const char *name, const SheetColumn *columns, gsize count);
void sheet_row(Sheet *sheet);
/* Cells of the row, from left to right. */
void sheet_text(Sheet *sheet, const char *text); /* NULL: empty */
void sheet_int(Sheet *sheet, gint64 value);
void sheet_real(Sheet *sheet, double value); /* not finite: empty */
void sheet_day(Sheet *sheet, Day day);       /* not valid: empty */
void sheet_time(Sheet *sheet, gint64 time_ms);
/* Frees the sheet and returns the file. */
GBytes *sheet_finish(Sheet *sheet, GError **error);
