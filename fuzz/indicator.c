/* A list of any bytes in each format: no crash, and what was taken is found where it stands alone. */
#include "lib/scan/indicator.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void found(void *context, size_t index, Span where) {
  (void)where;
  if (index == *(size_t *)context)
    *(size_t *)context = SIZE_MAX;
}

/* An indicator that stands in the record and is not found is a fault. A disarmed one stands in no record. */
static void check(const IndicatorSet *set, size_t index) {
  const Indicator *item = indicator_set_item(set, index);
  size_t wanted = index;
  if (item->prefix_bits || item->benign || strpbrk(item->value, "\\[({])}"))
    return;
  indicator_set_match(set, (Span){item->value, strlen(item->value)}, INT64_MIN, found, &wanted);
  if (wanted != SIZE_MAX)
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (!size)
    return 0;
  IndicatorSet *set = indicator_set_new();
  ScanError error;
  size_t faults;
  indicator_set_add(set, "fuzz", (Span){(const char *)data + 1, size - 1}, (ListFormat)(data[0] % (LIST_WARNING + 1)),
                    &faults, &error);
  indicator_set_finish(set);
  for (size_t i = 0; i < indicator_set_count(set) && i < 1000; i++)
    check(set, i);
  indicator_set_free(set);
  return 0;
}
