/* plan read FILE --json · plan check FILE --json [--on DATE]: reader and checks alone, for measuring them on many plans. */
#include "base/error.h"
#include "lib/document/source_text.h"
#include "module/plan/plan_check.h"
#include "module/plan/plan_read.h"
#include <stdio.h>
#include <string.h>

static int fail(const GError *error) {
  fprintf(stderr, "plan: %s\n", error->message);
  return error_info(error)->exit_code;
}

static SourceText *load(const char *path, GError **error) {
  g_autofree char *bytes = NULL;
  gsize length = 0;
  SourceKind kind = SOURCE_TXT;
  if (!g_file_get_contents(strcmp(path, "-") ? path : "/dev/stdin", &bytes, &length, error) ||
      !source_kind_guess(bytes, length, path, &kind, error))
    return NULL;
  return kind == SOURCE_DOCX ? source_text_read_docx(bytes, length, error) : source_text_read_txt(bytes, length, kind, error);
}

static json_t *check(const json_t *plan, const SourceText *source, const char *on, GError **error) {
  const char *data = g_getenv("UNGCUU_DATA");
  g_autofree char *folder = g_build_filename(data ? data : "data", "law", NULL);
  g_autoptr(PlanCheckRules) rules = plan_check_rules_load(folder, error);
  return rules ? plan_check(plan, source, rules, on, error) : NULL;
}

static const char *day_asked(int argc, char **argv, char *today) {
  g_autoptr(GDateTime) now = g_date_time_new_now_local();
  g_snprintf(today, 11, "%04d-%02d-%02d", g_date_time_get_year(now), g_date_time_get_month(now), g_date_time_get_day_of_month(now));
  for (int i = 4; i + 1 < argc; i++)
    if (!strcmp(argv[i], "--on"))
      return argv[i + 1];
  return today;
}

static gboolean has_errors(const json_t *checked) {
  gsize index;
  json_t *defect;
  json_array_foreach(json_object_get(checked, "defects"), index, defect)
    if (!g_strcmp0(json_string_value(json_object_get(defect, "severity")), "error"))
      return TRUE;
  return FALSE;
}

int main(int argc, char **argv) {
  g_autoptr(GError) error = NULL;
  char today[11];
  gboolean checking = argc > 2 && !strcmp(argv[2], "check");
  if (argc < 4 || strcmp(argv[1], "plan") || (!checking && strcmp(argv[2], "read"))) {
    fputs("Cách dùng: plan_read_tool plan read|check TỆP [--json] [--on NGÀY]\n", stderr);
    return 2;
  }
  g_autoptr(SourceText) source = load(argv[3], &error);
  json_t *result = source ? plan_read(source, &error) : NULL;
  if (result && checking) {
    json_t *checked = check(result, source, day_asked(argc, argv, today), &error);
    json_decref(result);
    result = checked;
  }
  if (!result)
    return fail(error);
  int code = checking && has_errors(result) ? 4 : 0;
  json_dumpf(result, stdout, JSON_INDENT(1));
  putchar('\n');
  json_decref(result);
  return code;
}
