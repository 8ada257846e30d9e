/* Automatic numbering of a DOCX: what Word prints before a paragraph, such as "III.", "1.2." or "a)".
 *
 * Lists (w:num) that share an abstract list go on counting together, as in Word, unless a list begins anew
 * (w:startOverride). Nine levels. Source: ISO/IEC 29500-1 §17.9.
 * Threads: one DocxNumbering belongs to one thread; the counters move with each docx_numbering_next().
 */
#pragma once
#include "lib/document/docx_style.h"

typedef struct DocxNumbering DocxNumbering;

DocxNumbering *docx_numbering_new(void);
void docx_numbering_free(DocxNumbering *numbering);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DocxNumbering, docx_numbering_free)
gboolean docx_numbering_read(DocxNumbering *numbering, DocxPackage *package, const char *part, GError **error);

/* Counts one paragraph of list `number` at `level` (-1: the level that is tied to `style`, else the first) and returns
 * its label, which the caller frees. NULL: no such list, or nothing is printed. */
char *docx_numbering_next(DocxNumbering *numbering, const DocxStyles *styles, int number, int level, const char *style);
