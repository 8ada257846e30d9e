/* Identifiers: UUIDv7 texts (RFC 9562 §5.7) for records, short codes for people.
 *
 * Ids of one process increase, also within a millisecond and when the clock is fixed: their order is the order of
 * making. The other bits come from the kernel's random source. Threads: any thread.
 */
#pragma once
#include <glib.h>

#define ID_SIZE 37 /* with the NUL */

void id_new(char out[ID_SIZE]);
gboolean id_valid(const char *text); /* a UUIDv7 in lower case; NULL is not */

#define CODE_SIZE 40
/* "SC-2026-0012": prefix (at most 8 letters), year, number with at least four digits. Codes are never reused. */
void id_write_code(char out[CODE_SIZE], const char *prefix, int year, gint64 number);
