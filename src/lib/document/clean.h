/* Text made fit for a file that is opened elsewhere.
 *
 * Any bytes give valid UTF-8 in NFC: invalid bytes become U+FFFD; control characters, non-characters and marks that turn
 * the direction of the text are dropped; tabs and no-break spaces become spaces; line ends become `line_break`.
 * Ownership: the result is the caller's (g_free). Threads: pure function.
 */
#pragma once
#include <glib.h>

char *document_clean(const char *text, const char *line_break);
