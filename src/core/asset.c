#include "core/asset.h"
#include <stdlib.h>
#include <string.h>

static int compare_path(const void *path, const void *asset) {
  return strcmp(path, ((const Asset *)asset)->path);
}

const Asset *asset_find(const char *path) {
  return bsearch(path, ASSETS, ASSET_COUNT, sizeof(Asset), compare_path);
}
