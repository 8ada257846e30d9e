/* The program's clock: real time that never goes backwards within a process.
 *
 * When the machine's clock is set back, this one goes on at its own pace until the machine has caught up, and
 * clock_jumped_ms() tells how far it is ahead, for the doctor and the log. Units: UTC milliseconds.
 * Threads: any thread.
 */
#pragma once
#include <glib.h>

gint64 clock_now_ms(void);
gint64 clock_jumped_ms(void); /* 0: never set back, or the machine has caught up */

/* For tests and for building the demo: time stands still at `ms` until changed; 0 lets it run again. */
void clock_set_fixed(gint64 ms);

/* The rule itself, apart from the machine: advances *anchor_us (real minus monotonic time, 0 at first) and gives now.
 */
gint64 clock_advance_us(gint64 *anchor_us, gint64 real_us, gint64 monotonic_us);
