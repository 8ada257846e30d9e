/* One event of a log as the engine sees it: named values that point into the bytes it was read from.
 *
 * A field has a path: the dotted way to it ("Event.EventData.Image", "winlog.channel"; elements of a list share the path of
 * the list). Paths are small numbers of a FieldTable, so that nothing is allocated and no name is compared per event.
 *
 * Ownership: an Event and its values live until the next event is decoded. Bounds: EVENT_FIELDS_MAX fields, EVENT_DEPTH_MAX levels,
 * FIELD_PATHS_MAX paths; what goes beyond keeps its value (keywords and indicators see it) under FIELD_OTHER and is counted.
 * Threads: a FieldTable belongs to one thread.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { EVENT_FIELDS_MAX = 4096, EVENT_DEPTH_MAX = 64, FIELD_PATHS_MAX = 65536, FIELD_OTHER = 0, FIELD_ROOT = 1 };

typedef struct {
  const char *bytes; /* not ended by a zero */
  size_t size;
} Span;

#define SPAN(literal) ((Span){"" literal, sizeof(literal) - 1})

/* What went wrong in bytes from outside. `line` and `column` count from 1; 0: not known. */
typedef struct {
  char message[256]; /* Vietnamese */
  size_t line, column;
} ScanError;

typedef enum { VALUE_STRING, VALUE_NUMBER, VALUE_TRUE, VALUE_FALSE, VALUE_NULL } ValueKind;

typedef struct {
  Span raw; /* a string without its quotes, still escaped when `escaped` */
  uint32_t path;
  uint8_t kind; /* ValueKind */
  bool escaped; /* has JSON escapes: read it through event_text */
} EventField;

#define EVENT_NO_TIME INT64_MIN

typedef struct {
  Span raw; /* the whole record as it came */
  EventField *fields;
  uint32_t count;
  int64_t time_ms; /* the event's own time in UTC, or EVENT_NO_TIME */
  uint64_t line;   /* number of the event in its input, from 1 */
} Event;

typedef struct FieldTable FieldTable;

FieldTable *field_table_new(void);
void field_table_free(FieldTable *table);
/* The path of `key` below `parent` (FIELD_ROOT for a key at the top); made when it is new. */
uint32_t field_table_path(FieldTable *table, uint32_t parent, Span key);
/* The dotted name; lives as long as the table. */
Span field_table_name(const FieldTable *table, uint32_t path);
uint32_t field_table_count(const FieldTable *table);

/* The text of a value, unescaped into `buffer` when needed (at least field->raw.size bytes, which always suffice).
 * Lone surrogates become U+FFFD, an invalid escape loses its backslash. Of a number, true, false and null it is the literal as written. */
Span event_text(const EventField *field, char *buffer);
