/* Any bytes: the guess of their kind, and their text, which must be clean UTF-8 and stay the same when cleaned again.
 */
#include "base/text.h"
#include "lib/document/source_encoding.h"
#include "lib/document/source_text.h"
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const char *bytes = size ? (const char *)data : "";
  SourceKind kind;
  g_autoptr(GError) refused = NULL;
  g_assert_true(source_kind_guess(bytes, size, "a.md", &kind, &refused) == (refused == NULL));
  g_autoptr(GError) error = NULL;
  g_autofree char *encoding = NULL;
  g_autofree char *text = source_decode(bytes, size, &encoding, &error);
  g_assert_true((text != NULL) == (error == NULL));
  if (!text)
    return 0;
  g_autofree char *again = text_clean(text, strlen(text), NULL);
  g_assert_nonnull(encoding);
  g_assert_cmpstr(again, ==, text);
  return 0;
}
