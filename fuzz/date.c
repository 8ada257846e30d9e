#include "base/date.h"
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* What a parser accepts is a real moment, and what is written of it reads back as the same. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  g_autofree char *text = g_strndup((const char *)bytes, size);
  Day day;
  Day again;
  gint64 ms;
  gint64 ms_again;
  if (date_parse_day(text, &day)) {
    char written[32];
    date_write_document(written, day);
    g_assert_true(day_valid(day) && date_parse_day(written, &again) && day_compare(day, again) == 0);
  }
  if (date_parse_time(text, &ms)) {
    char written[26];
    date_write_iso(written, ms);
    if (ms >= day_start_ms((Day){1, 1, 1}) && ms < day_start_ms((Day){9999, 12, 31}))
      g_assert_true(date_parse_iso(written, &ms_again) && ms_again == ms - ((ms % 1000) + 1000) % 1000);
  }
  return 0;
}
