#include "module/incident/incident_assess.h"
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Facts of an incident as any JSON; run from the top of the repository, or with UNGCUU_DATA. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  static Law *law;
  if (!law) {
    const char *data = g_getenv("UNGCUU_DATA");
    g_autofree char *folder = g_build_filename(data ? data : "data", "law", NULL);
    law = law_load(folder, NULL);
    g_assert_nonnull(law);
  }
  json_t *facts = json_loadb((const char *)bytes, size, JSON_REJECT_DUPLICATES, NULL);
  if (!facts)
    return 0;
  g_autoptr(GError) error = NULL;
  json_t *answer = incident_assess(law, facts, NULL, &error);
  g_assert_true((answer == NULL) == (error != NULL));
  json_decref(answer);
  json_decref(facts);
  return 0;
}
