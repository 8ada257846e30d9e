#include "base/number.h"
#include <string.h>

static char *put_grouped(char *out, guint64 value) {
  char digits[NUMBER_SIZE];
  int count = 0;
  for (int group = 0; value || !count; value /= 10, group++) {
    if (group && group % 3 == 0)
      digits[count++] = '.';
    digits[count++] = (char)('0' + value % 10);
  }
  while (count)
    *out++ = digits[--count];
  *out = '\0';
  return out;
}

static char *put_sign(char *out, gint64 value, guint64 *out_size) {
  *out_size = value < 0 ? 0 - (guint64)value : (guint64)value;
  if (value < 0)
    *out++ = '-';
  return out;
}

void number_write(char out[NUMBER_SIZE], gint64 value) {
  guint64 size;
  out = put_sign(out, value, &size);
  put_grouped(out, size);
}

static char *put_tenths(char *out, gint64 tenths) {
  guint64 size;
  out = put_sign(out, tenths, &size);
  out = put_grouped(out, size / 10);
  if (size % 10) {
    *out++ = ',';
    *out++ = (char)('0' + size % 10);
    *out = '\0';
  }
  return out;
}

void number_write_tenths(char out[NUMBER_SIZE], gint64 tenths) {
  put_tenths(out, tenths);
}

void number_write_size(char out[NUMBER_SIZE], gint64 size_bytes) {
  static const char *const UNITS[] = {" kB", " MB", " GB", " TB", " PB", " EB"};
  if (size_bytes < 1000) {
    strcpy(put_grouped(out, (guint64)MAX(size_bytes, 0)), " byte");
    return;
  }
  gint64 unit = 1000;
  gsize name = 0;
  /* 999 950 bytes would read "1.000 kB" after rounding: the next unit takes over there. */
  while (name + 1 < G_N_ELEMENTS(UNITS) && size_bytes >= unit * 1000 - unit / 20) {
    unit *= 1000;
    name++;
  }
  gint64 tenth = unit / 10;
  gint64 tenths = size_bytes / tenth + (size_bytes % tenth >= tenth / 2);
  strcpy(put_tenths(out, tenths), UNITS[name]);
}

void number_write_percent(char out[NUMBER_SIZE], gint64 part, gint64 whole) {
  if (whole <= 0) {
    strcpy(out, "–");
    return;
  }
  double tenths = (double)part * 1000.0 / (double)whole;
  strcpy(put_tenths(out, (gint64)CLAMP(tenths + (tenths < 0 ? -0.5 : 0.5), -1e15, 1e15)), " %");
}
