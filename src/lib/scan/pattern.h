/* One line pattern: literal text with captures, matched from left to right without going back, so in time linear in the
 * text.
 *
 *   Failed password for %(invalid user %)%{all:username} from %{host:src} port %{int:src_port}%{rest}
 *
 * %{TYPE} or %{TYPE:field}; %( … %) may be missing; %% is a percent sign; a blank stands for one or more. The types:
 *   word   bytes up to a blank           name   letters, digits and . _ - @ + $ \ /
 *   int    digits                        ip     an IPv4 or IPv6 address
 *   host   an address or a host name: the field is called field_ip or field_host
 *   quoted what stands in "…"            one(a|b|c)  one of these words
 *   text   up to the first place where the literal behind it stands
 *   all    up to the last such place (what a stranger may have chosen himself, such as a user name)
 *   rest   all up to the end, also nothing
 */
#pragma once
#include "lib/scan/arena.h"
#include "lib/scan/event.h"

enum { PATTERN_PARTS_MAX = 64, PATTERN_DEPTH_MAX = 4 };

typedef enum {
  PART_LITERAL,
  PART_OPTIONAL, /* up to `end` */
  PART_WORD,
  PART_NAME,
  PART_INT,
  PART_IP,
  PART_HOST,
  PART_QUOTED,
  PART_ONE,
  PART_TEXT,
  PART_ALL,
  PART_REST
} PatternPartKind;

typedef struct {
  PatternPartKind kind;
  uint32_t end;       /* of PART_OPTIONAL: the number of the first part behind it */
  Span literal;       /* of PART_ONE: the words with | between */
  Span field, field2; /* field2: of PART_HOST, when it is no address */
} PatternPart;

typedef struct {
  PatternPart *parts;
  uint32_t count;
} Pattern;

typedef struct {
  Span field, value;
} PatternField;

/* False: *out_fault says what is wrong with it (Vietnamese). */
bool pattern_read(ScanArena *arena, Span source, Pattern *out, const char **out_fault);
/* Whether the whole text fits; out_fields has room for PATTERN_PARTS_MAX. */
bool pattern_match(const Pattern *pattern, Span text, PatternField *out_fields, size_t *out_count);
