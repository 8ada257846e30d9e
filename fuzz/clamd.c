#include "lib/clamd/clamd.h"
#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Whatever the daemon says: a name that can be shown, and never "found" without a name. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  char name[CLAMD_NAME_BYTES];
  memset(name, 'x', sizeof name);
  ClamdState state = clamd_read_answer((const char *)bytes, size, name);
  assert(memchr(name, 0, sizeof name) && g_utf8_validate(name, -1, NULL));
  for (const char *at = name; *at; at++)
    assert((unsigned char)*at >= 32);
  assert(state <= CLAMD_ERROR);
  return 0;
}
