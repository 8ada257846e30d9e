/* A file or a body into records: JSON (lines, arrays, printed over several lines) by the decoder, anything else by line. Private to module
 * collect. */
#pragma once
#include "lib/scan/decode.h"
#include <glib.h>

typedef struct Cutter Cutter;

Cutter *cutter_new(LogFormat format);
void cutter_free(Cutter *cutter);
/* The next record of `bytes`; `last`: nothing comes after them. FALSE: none is whole. *out_used bytes are done with in both cases; an empty
 * record is none. A record lives until the next call. */
gboolean cutter_next(Cutter *cutter, const char *bytes, gsize size, gboolean last, gsize *out_used, Span *out_record);
