#include "base/id.h"
#include "base/clock.h"
#include <string.h>
#include <sys/random.h>

static GMutex lock;
static guint64 last_ticks; /* milliseconds << 12 | counter: the 60 ordered bits of the last id */

static void random_bytes(guint8 *out, gsize size) {
  if (getrandom(out, size, 0) != (gssize)size)
    g_error("getrandom: the kernel gives no random bytes");
}

/* The counter starts anew at random in its lower half each millisecond; when it is used up, the id borrows the next. */
static guint64 next_ticks(guint16 seed) {
  guint64 ticks = (guint64)clock_now_ms() << 12 | (seed & 0x7FF);
  g_mutex_lock(&lock);
  if (ticks <= last_ticks)
    ticks = last_ticks + 1;
  last_ticks = ticks;
  g_mutex_unlock(&lock);
  return ticks;
}

void id_new(char out[ID_SIZE]) {
  static const char HEX[] = "0123456789abcdef";
  guint8 bytes[16];
  random_bytes(bytes, sizeof bytes);
  guint64 ticks = next_ticks((guint16)(bytes[0] << 8 | bytes[1]));
  for (int i = 0; i < 6; i++)
    bytes[i] = (guint8)(ticks >> (52 - 8 * i));
  bytes[6] = (guint8)(0x70 | (ticks >> 8 & 0x0F));
  bytes[7] = (guint8)ticks;
  bytes[8] = (guint8)(0x80 | (bytes[8] & 0x3F));
  for (int i = 0; i < 16; i++) {
    if (i == 4 || i == 6 || i == 8 || i == 10)
      *out++ = '-';
    *out++ = HEX[bytes[i] >> 4];
    *out++ = HEX[bytes[i] & 0x0F];
  }
  *out = '\0';
}

gboolean id_valid(const char *text) {
  static const char SHAPE[] = "xxxxxxxx-xxxx-7xxx-vxxx-xxxxxxxxxxxx";
  if (!text)
    return FALSE;
  for (int i = 0; i < ID_SIZE - 1; i++) {
    char c = text[i];
    gboolean fits = SHAPE[i] == 'x'   ? g_ascii_isdigit(c) || (c >= 'a' && c <= 'f')
                    : SHAPE[i] == 'v' ? c && strchr("89ab", c) != NULL
                                      : c == SHAPE[i];
    if (!fits)
      return FALSE;
  }
  return text[ID_SIZE - 1] == '\0';
}

void id_write_code(char out[CODE_SIZE], const char *prefix, int year, gint64 number) {
  g_snprintf(out, CODE_SIZE, "%.8s-%04d-%04" G_GINT64_FORMAT, prefix, year, number);
}
