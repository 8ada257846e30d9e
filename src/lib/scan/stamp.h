/* Times as logs write them, in milliseconds UTC. Every function returns how many bytes the stamp takes, 0: there is
 * none. */
#pragma once
#include "lib/scan/event.h"

typedef struct {
  int64_t now_ms;     /* for stamps without a year: they lie before it, or at most a month ahead */
  int offset_minutes; /* for stamps without a zone */
} StampOptions;

/* 2026-11-21T06:00:00.123456Z, +07:00, +0700, without a zone; a space or - for T; / for - in the date; fraction after .
 * or , */
size_t stamp_iso(Span text, const StampOptions *options, int64_t *out_ms);
/* Nov 21 06:00:00, also with a year behind the day or the time, and with a fraction. */
size_t stamp_syslog(Span text, const StampOptions *options, int64_t *out_ms);
/* 21/Nov/2026:06:00:00 +0700 */
size_t stamp_access(Span text, const StampOptions *options, int64_t *out_ms);
/* Sat Nov 21 06:00:00.123456 2026 */
size_t stamp_asctime(Span text, const StampOptions *options, int64_t *out_ms);
/* 1795240800, 1795240800.123, and in milliseconds, microseconds or nanoseconds, told apart by size. */
size_t stamp_epoch(Span text, int64_t *out_ms);
/* 261121  6:00:00 as MySQL writes it. */
size_t stamp_short(Span text, const StampOptions *options, int64_t *out_ms);
/* Whichever of them, and the /Date(ms)/ and 11/21/2026 6:00:00 AM of Microsoft; the whole text. */
bool stamp_any(Span text, const StampOptions *options, int64_t *out_ms);
