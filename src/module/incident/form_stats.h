/* Mẫu số 05 from counts: rows for the paper, a sheet, and bars.
 *
 * Counts are {kind id: {count, self, helped, foreign, asked, damage}}: numbers of incidents by how they were handled, in
 * the columns of the form, and the damage in đồng. Only the kinds of attack that the form counts are used.
 * Ownership: results are the caller's. Errors: those of sheet.h. Threads: pure.
 * Source: TT 20/2017/TT-BTTTT, Phụ lục I, Mẫu số 05.
 */
#pragma once
#include "core/law.h"

/* The value of the form's field "table": one row for each counted kind, and the total; the damage is a text, "" for none.
 * json_decref. */
json_t *form_stats_rows(const Law *law, const json_t *counts);
GBytes *form_stats_sheet(const Law *law, const json_t *counts, const char *title, const char *author, gint64 created_ms, GError **error);
/* An SVG drawing, one bar for each counted kind; g_free. Classes of the style sheet's "chart", and colours of its own. */
char *form_stats_svg(const Law *law, const json_t *counts, const char *title);
