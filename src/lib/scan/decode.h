/* Bytes of logs into events: JSON (lines, arrays, pretty-printed documents), syslog RFC 5424 and 3164, CEF, web access
 * logs, auditd, and other lines by patterns from a file; what no pattern takes is an event with the one field
 * `message`.
 *
 * Every decoder also gives the pseudo-field `log.format` (json, syslog3164, syslog5424, cef, leef, access, auditd,
 * keyvalue, text), always as the last field. A syslog message that itself is JSON, CEF, LEEF, auditd, key=value or fits
 * a pattern is decoded further: `host`, `program`, `pid`, `facility`, `severity`, `message` stay, and the inner format
 * is a `log.format` too, before the outer.
 *
 * Streams of JSON may be lines, lists of objects, pretty-printed or joined documents. Of {"Records": […]} (also
 * records, Events, events, Event, value, logs, logEvents) each element is an event, and so of any object over several
 * lines that is nothing but a list of objects.
 *
 * A decoder never fails: a broken record becomes a text event and is counted. Records beyond RECORD_BYTES_MAX are cut
 * and counted; a list of events may be longer. What decoder_next did not consume must be given again unchanged.
 * Threads: a Decoder belongs to one thread and writes to the FieldTable it was made with.
 */
#pragma once
#include "lib/scan/event.h"

enum { RECORD_BYTES_MAX = 1 << 20 };

typedef enum {
  FORMAT_AUTO,
  FORMAT_JSON,
  FORMAT_SYSLOG,
  FORMAT_CEF,
  FORMAT_ACCESS,
  FORMAT_AUDITD,
  FORMAT_TEXT
} LogFormat;

typedef struct Decoder Decoder;
typedef struct PatternSet PatternSet; /* line patterns of a rule file; immutable, shared by threads */

typedef struct {
  LogFormat format;           /* FORMAT_AUTO looks at each record */
  int64_t now_ms;             /* for stamps without a year */
  int offset_minutes;         /* for stamps without a zone: +420 in Viet Nam */
  const PatternSet *patterns; /* may be NULL */
} DecoderOptions;

typedef struct {
  uint64_t events, broken, cut, fields_over, paths_over;
} DecoderCounts;

Decoder *decoder_new(FieldTable *table, const DecoderOptions *options);
void decoder_free(Decoder *decoder);
/* Takes the next event from `bytes`. False: no whole record is there; give the rest again with more bytes. With `last`
 * the rest is a record.
 * `*out_used` is how many bytes were consumed in either case. `event` points into `bytes` and the decoder. */
bool decoder_next(Decoder *decoder, Span bytes, bool last, size_t *out_used, Event *event);
/* One record that is already framed (syslog datagram, record of a segment). */
void decoder_one(Decoder *decoder, Span record, Event *event);
const DecoderCounts *decoder_counts(const Decoder *decoder);

PatternSet *pattern_set_new(Span yaml, ScanError *error);
/* The same of a file, such as data/rules/patterns.yaml. */
PatternSet *pattern_set_load(const char *path, ScanError *error);
void pattern_set_free(PatternSet *patterns);
