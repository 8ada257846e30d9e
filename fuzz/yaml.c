#include "base/yaml.h"
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  g_autoptr(GError) error = NULL;
  json_t *value = yaml_load((const char *)bytes, size, &error);
  g_assert_true((value == NULL) == (error != NULL));
  json_decref(value);
  return 0;
}
