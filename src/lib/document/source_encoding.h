/* Text in the encodings that Vietnamese offices have used, to UTF-8 in NFC.
 *
 * UTF-8 and UTF-16 are known by their form. Windows-1258, TCVN3 (TCVN 5712:1993, the ABC fonts) and VNI cannot be told
 * apart by form: each is tried, and that one is taken under which most words with accented letters are well-formed
 * Vietnamese syllables. The same is tried for UTF-8 whose letters are those of TCVN3 or VNI taken for Latin-1, as
 * pasting from old documents gives.
 *
 * Results are owned by the caller. Threads: pure functions.
 */
#pragma once
#include <glib.h>

typedef enum { SOURCE_WINDOWS_1258, SOURCE_TCVN3, SOURCE_VNI, SOURCE_TCVN3_FULL } SourceLegacy;

/* The text as text_clean() gives it; `out_encoding` (may be NULL) gets "UTF-8", "UTF-16", "Windows-1258", "TCVN3" or
 * "VNI". What is none of these: ERROR_UNREADABLE that names the line and the byte. */
char *source_decode(const char *bytes, gsize length_bytes, char **out_encoding, GError **error);

/* Text set in a legacy font inside a document that is Unicode itself: each character stands for the byte of its number.
 * Appends to `out`, where a mark of VNI joins the letter before it. `capitals`: a font of capitals only (.Vn…H). */
void source_decode_font(const char *utf8, gsize length_bytes, SourceLegacy legacy, gboolean capitals, GString *out);
