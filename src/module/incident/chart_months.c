#include "module/incident/chart_months.h"

enum { WIDTH = 728, SLOT = 60, LEFT = 4, BAR = 34, LABEL = 16, TOP = 36, TALLEST = 42, BASE = TOP + TALLEST, STRIP = 104 };

static gint64 most_of(const ChartStrip *strips, gsize count) {
  gint64 most = 1;
  for (gsize i = 0; i < count; i++)
    for (int m = 0; m < CHART_MONTHS; m++)
      most = MAX(most, strips[i].counts[m]);
  return most;
}

static void draw_month(GString *out, int left, int top, gint64 count, gint64 most) {
  int height = (int)((double)MAX(count, 0) / (double)most * TALLEST + 0.5);
  int shown = MAX(height, count > 0 ? 2 : 0);
  if (shown)
    g_string_append_printf(out, "<rect class=\"b1\" fill=\"#4a76ad\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>", left, top + BASE - shown, BAR, shown);
  g_string_append_printf(out, "<text class=\"v\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">%" G_GINT64_FORMAT "</text>", left + BAR / 2,
                         top + BASE - shown - 4, count);
}

static void draw_strip(GString *out, int top, const ChartStrip *strip, const char *const months[], const gboolean known[], gint64 most) {
  g_autofree char *label = g_markup_escape_text(strip->label, -1);
  g_string_append_printf(out, "<text x=\"%d\" y=\"%d\">%s</text>", LEFT, top + LABEL, label);
  for (int m = 0; m < CHART_MONTHS; m++) {
    int left = LEFT + m * SLOT + (SLOT - BAR) / 2;
    if (known[m])
      draw_month(out, left, top, strip->counts[m], most);
    else
      g_string_append_printf(out, "<rect class=\"void\" fill=\"none\" stroke=\"#888\" stroke-dasharray=\"3 3\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"18\"/>",
                             left, top + BASE - 18, BAR);
    g_string_append_printf(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>", left + BAR / 2, top + BASE + 17, months[m]);
  }
  g_string_append_printf(out, "<line class=\"ax\" stroke=\"#888\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>", LEFT, top + BASE, WIDTH - LEFT, top + BASE);
}

char *chart_months(const char *title, const char *const months[CHART_MONTHS], const gboolean known[CHART_MONTHS],
                   const ChartStrip *strips, gsize count) {
  GString *out = g_string_new(NULL);
  g_autofree char *told = g_markup_escape_text(title, -1);
  g_string_append_printf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" viewBox=\"0 0 %d %d\" role=\"img\" font-family=\"sans-serif\" font-size=\"13\"><title>%s</title>",
                         WIDTH, (int)count * STRIP, told);
  for (gsize i = 0; i < count; i++)
    draw_strip(out, (int)i * STRIP, &strips[i], months, known, most_of(strips, count));
  g_string_append(out, "</svg>");
  return g_string_free(out, FALSE);
}
