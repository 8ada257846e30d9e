#include "base/process.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *read_text(const char *path) {
  char *text = NULL;
  return g_file_get_contents(path, &text, NULL, NULL) ? g_strchomp(text) : NULL;
}

/* Field 22 of /proc/PID/stat, counted after the name, which may hold blanks and parentheses; NULL: no such process. */
static char *start_of(const char *pid) {
  g_autofree char *path = g_build_filename("/proc", pid, "stat", NULL), *stat = read_text(path);
  const char *after = stat ? strrchr(stat, ')') : NULL;
  g_auto(GStrv) fields = after ? g_strsplit(after, " ", -1) : NULL;
  return fields && g_strv_length(fields) > 20 ? g_strdup(fields[20]) : NULL;
}

void process_mark(char out[PROCESS_MARK_SIZE]) {
  g_autofree char *boot = read_text("/proc/sys/kernel/random/boot_id"), *start = start_of("self");
  g_snprintf(out, PROCESS_MARK_SIZE, "%s %d %s", boot ? boot : "?", (int)getpid(), start ? start : "?");
}

gboolean process_is_gone(const char *mark) {
  g_autofree char *boot = read_text("/proc/sys/kernel/random/boot_id");
  g_auto(GStrv) parts = g_strsplit(mark, " ", -1);
  if (!boot || g_strv_length(parts) != 3 || strcmp(parts[0], boot) != 0 || atoi(parts[1]) <= 0)
    return FALSE;
  g_autofree char *start = start_of(parts[1]);
  return g_strcmp0(start, parts[2]) != 0;
}
