/* Makes small DOCX files for tests: real packages, with what a test wants to see in them. The caller frees the bytes.
 */
#pragma once
#include <glib.h>

/* Inside w:body, w:numbering and w:styles; NULL leaves a part out. */
GBytes *docx_sample(const char *body, const char *numbering, const char *styles);
/* The same with the whole document.xml given. */
GBytes *docx_sample_part(const char *document_xml, gsize length_bytes);
