#include "module/incident/chart_months.h"
#include <libxml/parser.h>
#include <string.h>

static const char *const MONTHS[CHART_MONTHS] = {"12/25", "1/26", "2/26", "3/26", "4/26", "5/26", "6/26", "7/26", "8/26", "9/26", "10/26", "11/26"};

static guint count_of(const char *text, const char *what) {
  guint count = 0;
  for (const char *at = text; (at = strstr(at, what)); at += strlen(what))
    count++;
  return count;
}

static void test_values_zeros_and_what_is_not_known(void) {
  const gboolean known[CHART_MONTHS] = {FALSE, FALSE, TRUE, TRUE, TRUE, TRUE, TRUE, TRUE, TRUE, TRUE, TRUE, TRUE};
  const ChartStrip strips[] = {{"Tất cả", {0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 2}}, {"<nhóm>", {0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0}}};
  g_autofree char *svg = chart_months("Cao nhất & \"đầu\" tháng 2", MONTHS, known, strips, G_N_ELEMENTS(strips));
  xmlDoc *drawing = xmlReadMemory(svg, (int)strlen(svg), "chart.svg", NULL, XML_PARSE_NONET);
  g_assert_nonnull(drawing);
  xmlFreeDoc(drawing);
  g_assert_cmpuint(count_of(svg, "class=\"void\""), ==, 4);
  g_assert_cmpuint(count_of(svg, "class=\"b1\""), ==, 3);
  g_assert_cmpuint(count_of(svg, ">0</text>"), ==, 17);
  g_assert_cmpuint(count_of(svg, ">11/26</text>"), ==, 2);
  g_assert_nonnull(strstr(svg, "&lt;nhóm&gt;"));
  /* One scale: 4 is the tallest, 2 half of it, 1 a quarter. */
  g_assert_cmpuint(count_of(svg, "height=\"42\""), ==, 1);
  g_assert_cmpuint(count_of(svg, "height=\"21\""), ==, 1);
  g_assert_cmpuint(count_of(svg, "height=\"11\""), ==, 1);
}

static void test_no_incident_at_all(void) {
  const gboolean known[CHART_MONTHS] = {TRUE, TRUE, TRUE, TRUE, TRUE, TRUE, TRUE, TRUE, TRUE, TRUE, TRUE, TRUE};
  const ChartStrip strips[] = {{"Tất cả", {0}}};
  g_autofree char *svg = chart_months("Không có", MONTHS, known, strips, 1);
  g_assert_cmpuint(count_of(svg, ">0</text>"), ==, CHART_MONTHS);
  g_assert_null(strstr(svg, "class=\"b1\""));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/chart/months", test_values_zeros_and_what_is_not_known);
  g_test_add_func("/chart/none", test_no_incident_at_all);
  return g_test_run();
}
