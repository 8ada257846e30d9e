#include "base/error.h"
#include "module/plan/plan_read.h"
#include <stdio.h>
#include <string.h>

static int fail(const GError *error) {
  fprintf(stderr, "ungcuu: %s\n", error->message);
  return error_info(error)->exit_code;
}

static json_t *read_file(const char *path, GError **error) {
  g_autofree char *bytes = NULL;
  gsize length = 0;
  if (!g_file_get_contents(strcmp(path, "-") ? path : "/dev/stdin", &bytes, &length, error))
    return NULL;
  g_autoptr(SourceText) source = source_text_read_txt(bytes, length, SOURCE_TXT, error);
  return source ? plan_read(source, error) : NULL;
}

int main(int argc, char **argv) {
  g_autoptr(GError) error = NULL;
  if (argc < 4 || strcmp(argv[1], "plan") || strcmp(argv[2], "read")) {
    fputs("Cách dùng: ungcuu plan read TỆP [--json]\n", stderr);
    return 2;
  }
  json_t *plan = read_file(argv[3], &error);
  if (!plan)
    return fail(error);
  json_dumpf(plan, stdout, JSON_INDENT(1) | JSON_PRESERVE_ORDER);
  putchar('\n');
  json_decref(plan);
  return 0;
}
