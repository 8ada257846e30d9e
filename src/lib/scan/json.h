/* JSON text to flat values, without a tree and without an allocation per event.
 *
 * Two stages: an index of the positions where something begins or ends (64 bytes at a time: AVX2, SSE2 or plain C, with
 * the same result), then one walk over it. Only what RFC 8259 allows is taken: escapes, numbers, literals, UTF-8, at
 * most EVENT_DEPTH_MAX levels. Equal keys are all kept. Elements of a list have the path of the list.
 */
#pragma once
#include "lib/scan/event.h"

typedef enum {
  JSON_WHOLE,      /* one object or list, ended at *out_used */
  JSON_UNFINISHED, /* what is there is the beginning of one */
  JSON_INVALID
} JsonResult;

typedef enum { JSON_BEST, JSON_AVX2, JSON_SSE2, JSON_PLAIN } JsonWay;

typedef struct JsonScanner JsonScanner;

enum { JSON_BYTES_MAX = 1 << 20 };

/* NULL: no memory, or the CPU does not have the way. */
JsonScanner *json_scanner_new(FieldTable *table, JsonWay way);
void json_scanner_free(JsonScanner *scanner);
/* Scans the value at the start of `bytes`, which begins with { or [ and of which at most JSON_BYTES_MAX are looked at.
 * Its values are added to event->fields (room for EVENT_FIELDS_MAX) after event->count; when it is not whole, the event
 * is left as it was. */
JsonResult json_scan(JsonScanner *scanner, Span bytes, Event *event, size_t *out_used);
/* Of the last event: the value that holds its time best; NULL: none. */
const EventField *json_scanner_time(const JsonScanner *scanner, const Event *event);
/* Whether the last event had a list of named values, which EventData of Windows may be. */
bool json_scanner_named_data(const JsonScanner *scanner);
/* Values that found no room in their event, since the scanner was made. */
uint64_t json_scanner_over(const JsonScanner *scanner);
