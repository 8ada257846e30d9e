/* Text on paper with Pango: one point is one unit (72 dpi), glyphs are neither hinted nor moved to whole pixels, so that
 * lines break where a word processor breaks them.
 *
 * Ownership: results are the caller's (g_object_unref). Threads: fonts are kept per thread; nothing is shared.
 */
#pragma once
#include "lib/document/paper_model.h"
#include <pango/pangocairo.h>

PangoContext *paper_context_new(const PaperStyle *style);
/* One paragraph of `print`, broken to the width; width_pt < 0: not broken. */
PangoLayout *paper_layout_new(PangoContext *context, const PaperStyle *style, const PaperLook *look,
                              const PaperPrint *print, PaperAlign align, double first_line_pt, double width_pt);
PangoFontDescription *paper_font_new(const PaperStyle *style, const PaperLook *look); /* pango_font_description_free */

#define PT_PER_MM (72 / 25.4)
