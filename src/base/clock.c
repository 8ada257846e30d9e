#include "base/clock.h"

static gint64 fixed_ms;
static gint64 shared_anchor_us;

gint64 clock_advance_us(gint64 *anchor_us, gint64 real_us, gint64 monotonic_us) {
  gint64 seen = real_us - monotonic_us;
  gint64 anchor = __atomic_load_n(anchor_us, __ATOMIC_ACQUIRE);
  while (seen > anchor &&
         !__atomic_compare_exchange_n(anchor_us, &anchor, seen, TRUE, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
    ;
  return monotonic_us + MAX(anchor, seen);
}

gint64 clock_now_ms(void) {
  gint64 fixed = __atomic_load_n(&fixed_ms, __ATOMIC_ACQUIRE);
  if (fixed)
    return fixed;
  /* Real time first: a pause between the two readings then makes the anchor too small, which the maximum ignores. */
  gint64 real_us = g_get_real_time();
  return clock_advance_us(&shared_anchor_us, real_us, g_get_monotonic_time()) / 1000;
}

gint64 clock_jumped_ms(void) {
  gint64 now_ms = clock_now_ms();
  gint64 ahead_ms = now_ms - g_get_real_time() / 1000;
  gboolean noticeable = !__atomic_load_n(&fixed_ms, __ATOMIC_ACQUIRE) && ahead_ms >= 1000;
  return noticeable ? ahead_ms : 0;
}

void clock_set_fixed(gint64 ms) {
  __atomic_store_n(&fixed_ms, ms, __ATOMIC_RELEASE);
}
