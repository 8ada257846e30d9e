/* The table of contents of a package: the input is its end, the whole is as large as its first two bytes say more. */
#include "lib/seal/seal_private.h"
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 2)
    return 0;
  g_autoptr(GByteArray) input = g_byte_array_new(), out = g_byte_array_new();
  guint64 whole = GUINT64_TO_BE(size - 2 + (guint64)(data[0] << 8 | data[1]));
  g_byte_array_append(input, (const guint8 *)&whole, sizeof whole);
  g_byte_array_append(input, data + 2, (guint)(size - 2));
  if (!seal_index_read((const char *)input->data, input->len, out, NULL))
    return 0;
  for (gsize at = 0; at < out->len;) { /* whatever it accepts can be taken apart again */
    SealIndexHead head;
    g_assert(out->len - at >= sizeof head);
    memcpy(&head, out->data + at, sizeof head);
    at += sizeof head;
    g_assert(head.name_length <= out->len - at);
    at += head.name_length;
  }
  return 0;
}
