/* What the bytes of a text file mean: UTF-8, UTF-16, Windows-1258, TCVN3 (ABC), VNI.
 *
 * Ownership: the result and *out_encoding are the caller's (g_free). Errors: ERROR_UNREADABLE, with a message that says
 * what was seen and what to do. Threads: pure.
 */
#pragma once
#include <glib.h>

char *source_decode(const char *bytes, gsize length_bytes, char **out_encoding, GError **error);
