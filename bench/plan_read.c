/* Reads and checks plans again and again inside one process and prints milliseconds, the median of 50 runs each.
 *
 *   bench_plan_read FILE...     default: the demo plans; the rules come from $UNGCUU_DATA (data)
 *
 * First what a process pays once: loading the rules, and the first reading (tables made, pages of memory touched). */
#include "lib/document/source_text.h"
#include "module/plan/plan_check.h"
#include "module/plan/plan_read.h"
#include <stdio.h>
#include <stdlib.h>

enum { ROUNDS = 50 };
#define JUDGED_ON "2026-11-21"

static double ms_since(gint64 start_us) {
  return (double)(g_get_monotonic_time() - start_us) / 1000;
}

static int compare(const void *a, const void *b) {
  double first = *(const double *)a, second = *(const double *)b;
  return (first > second) - (first < second);
}

static double median(double *values) {
  qsort(values, ROUNDS, sizeof *values, compare);
  return values[ROUNDS / 2];
}

static SourceText *load(const char *path, gsize *size) {
  g_autoptr(GError) error = NULL;
  g_autofree char *bytes = NULL;
  SourceKind kind;
  SourceText *source = NULL;
  if (g_file_get_contents(path, &bytes, size, &error) && source_kind_guess(bytes, *size, path, &kind, &error))
    source = kind == SOURCE_DOCX ? source_text_read_docx(bytes, *size, &error)
                                 : source_text_read_txt(bytes, *size, kind, &error);
  if (!source)
    g_printerr("%s: %s\n", path, error->message);
  return source;
}

static void measure(const char *path, const PlanCheckRules *rules) {
  double lines[ROUNDS], read[ROUNDS], check[ROUNDS], both[ROUNDS], first = 0;
  gsize size = 0;
  for (int i = 0; i < ROUNDS; i++) {
    g_autoptr(GError) error = NULL;
    gint64 start_us = g_get_monotonic_time();
    g_autoptr(SourceText) source = load(path, &size);
    if (!source)
      return;
    lines[i] = ms_since(start_us);
    start_us = g_get_monotonic_time();
    json_t *plan = plan_read(source, &error);
    read[i] = ms_since(start_us);
    json_t *found = plan ? plan_check(plan, source, rules, JUDGED_ON, &error) : NULL;
    both[i] = ms_since(start_us);
    check[i] = both[i] - read[i];
    json_decref(found);
    json_decref(plan);
    if (error) {
      g_printerr("%s: %s\n", path, error->message);
      return;
    }
    first = i ? first : both[0];
  }
  printf("%7zu bytes: lines %6.2f  read %6.2f  check %6.2f  both %6.2f  (first time %6.2f)  %s\n", size, median(lines),
         median(read), median(check), median(both), first, path);
}

int main(int argc, char **argv) {
  static const char *const DEMO[] = {"dak-lak", "ninh-binh", "so-xay-dung-khanh-hoa", "xa-cao-lanh", "xa-thach-quang"};
  g_autoptr(GError) error = NULL;
  const char *data = g_getenv("UNGCUU_DATA") ? g_getenv("UNGCUU_DATA") : "data";
  g_autofree char *folder = g_build_filename(data, "law", NULL);
  gint64 start_us = g_get_monotonic_time();
  g_autoptr(PlanCheckRules) rules = plan_check_rules_load(folder, &error);
  if (!rules) {
    g_printerr("%s\n", error->message);
    return EXIT_FAILURE;
  }
  printf("milliseconds; rules loaded in %.2f\n", ms_since(start_us));
  for (int i = 1; i < argc; i++)
    measure(argv[i], rules);
  for (gsize i = 0; i < G_N_ELEMENTS(DEMO) && argc < 2; i++) {
    g_autofree char *path = g_strdup_printf("%s/demo/plans/%s.txt", data, DEMO[i]);
    measure(path, rules);
  }
  return EXIT_SUCCESS;
}
