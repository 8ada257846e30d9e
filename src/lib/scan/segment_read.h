/* The reader frame by frame, without making records of what nobody looks at. Inside the log store and the hunt only. */
#pragma once
#include "lib/scan/segment.h"

/* The text of the next frame; false at the end. */
bool log_reader_next(LogReader *reader, Span *out_text);
/* Its records, also those outside the range. NULL: damaged (counted). */
const LogRecord *log_reader_all(LogReader *reader, size_t *out_count);
bool log_reader_wants(const LogReader *reader, const LogRecord *all, size_t index);
/* The wanted record that holds the byte at `offset` of the text; NULL: it is outside the range. */
const LogRecord *log_reader_record_at(LogReader *reader, size_t offset);
/* Where the next record begins behind `offset`. */
size_t log_reader_record_end(LogReader *reader, size_t offset);
