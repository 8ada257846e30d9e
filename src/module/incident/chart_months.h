/* Twelve months as bars, a strip for each group, one scale for all; SVG in the style sheet's class "chart".
 *
 * Every value stands on its bar, also 0; a month without data is a dashed frame. Fill attributes make it good on its own.
 * Ownership: g_free. Threads: pure.
 */
#pragma once
#include <glib.h>

#define CHART_MONTHS 12

typedef struct {
  const char *label;
  gint64 counts[CHART_MONTHS];
} ChartStrip;

char *chart_months(const char *title, const char *const months[CHART_MONTHS], const gboolean known[CHART_MONTHS],
                   const ChartStrip *strips, gsize count);
