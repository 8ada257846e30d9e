#include "module/incident/incident_paste.h"
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Whatever was pasted: what is found is valid, on one line, and never a name without an address. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  g_autofree char *text = g_strndup((const char *)bytes, size);
  g_autoptr(Arena) arena = arena_new();
  PastedMail found = incident_read_pasted(arena, text);
  const char *texts[] = {found.name, found.address, found.subject};
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
    g_assert_true(!texts[i] || (*texts[i] && found.address && g_utf8_validate(texts[i], -1, NULL) && !strpbrk(texts[i], "\r\n")));
  return 0;
}
