#include "lib/scan/decode.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_BYTES_MAX = 4 << 20 };

static bool cannot(ScanError *error, const char *path, const char *why) {
  *error = (ScanError){0};
  snprintf(error->message, sizeof error->message, "Không đọc được %.150s: %.60s", path, why);
  return false;
}

static bool read_whole(const char *path, char *bytes, size_t *out_size, ScanError *error) {
  FILE *file = fopen(path, "rbe");
  if (!file)
    return cannot(error, path, strerror(errno));
  *out_size = fread(bytes, 1, FILE_BYTES_MAX, file);
  bool whole = feof(file) != 0;
  fclose(file);
  return whole || cannot(error, path, "tệp quá lớn");
}

PatternSet *pattern_set_load(const char *path, ScanError *error) {
  char *bytes = malloc(FILE_BYTES_MAX);
  size_t size = 0;
  PatternSet *set = NULL;
  if (!bytes)
    cannot(error, path, "hết bộ nhớ");
  else if (read_whole(path, bytes, &size, error))
    set = pattern_set_new((Span){bytes, size}, error);
  free(bytes);
  return set;
}
