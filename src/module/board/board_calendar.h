/* The calendar of module board. Private to it. */
#pragma once
#include "base/date.h"
#include "core/request.h"

gboolean calendar_month(Request *request, Doc *answer, GError **error);
/* iCalendar (RFC 5545) of the coming year for the holder of an address that cannot be guessed; calendar programs cannot
 * sign in. The address stands on the page; it is HMAC(server key, account, body). */
gboolean calendar_feed(Request *request, Doc *answer, GError **error);
const char *board_day_title(Request *request, Day day); /* "Thứ Tư, 18/11/2026" */
