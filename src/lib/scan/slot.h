/* The values of one field against all patterns that rules have for it.
 *
 * Whole values, beginnings and ends are looked up by hash; pieces that may stand anywhere by a filter of four (or two) byte windows; patterns with
 * wildcards and expressions by a piece that they need, then confirmed; expressions without such a piece are asked for each value.
 *
 * A Slot is immutable and shared; a SlotWork belongs to one thread.
 */
#pragma once
#include "lib/scan/arena.h"
#include "lib/scan/event.h"

typedef enum { MATCH_EXACT, MATCH_START, MATCH_END, MATCH_CONTAINS, MATCH_GLOB, MATCH_ANY, MATCH_REGEX, MATCH_CIDR, MATCH_NUMBER,
               MATCH_TIME, MATCH_KINDS } MatchKind;
typedef enum { COMPARE_EQ, COMPARE_LT, COMPARE_LTE, COMPARE_GT, COMPARE_GTE, COMPARE_NEQ } Compare;
typedef enum { UNIT_MINUTE, UNIT_HOUR, UNIT_DAY, UNIT_WEEK, UNIT_MONTH, UNIT_YEAR } TimeUnit;
/* What a byte of a pattern with wildcards stands for. A dash is any of - / – — ―. */
enum { WILD_NONE, WILD_MANY, WILD_ONE, WILD_DASH, WILD_PERCENT };

typedef struct {
  Span text;           /* folded unless `cased` */
  const uint8_t *wild; /* MATCH_GLOB: for each byte */
  double number;
  uint8_t kind, compare, unit;
  uint8_t address[16], bits, family; /* MATCH_CIDR: AF_INET or AF_INET6 */
  bool cased, insensitive, multiline, dotall;
} Pattern;

typedef struct Slot Slot;
typedef struct SlotWork SlotWork;

typedef struct {
  const Pattern *pattern;
  uint32_t id;
} SlotPattern;

/* The patterns live as long as the slot; expressions were found valid before. */
Slot *slot_new(const SlotPattern *patterns, size_t count);
void slot_free(Slot *slot);
/* Whether the expression compiles; else the reason. */
bool slot_regex_valid(const Pattern *pattern, char *out_reason, size_t size);

/* `pattern_count`: of the whole set. `plain`: without AVX2 even where the processor has it. */
SlotWork *slot_work_new(uint32_t pattern_count, bool plain);
void slot_work_free(SlotWork *work);
/* The ids of the patterns that the value fulfils, each once. They live until the next call. */
size_t slot_match(const Slot *slot, SlotWork *work, Span text, const uint32_t **out_ids);

/* False: no value of the record, which is JSON, fulfils a pattern. */
bool slot_may_match(const Slot *slot, const SlotWork *work, Span json);

/* Values as the modifiers read them. */
bool value_number(Span text, double *out_number);
bool value_address(Span text, uint8_t out_address[16], uint8_t *out_family);
bool value_time(Span text, TimeUnit unit, double *out_number);
bool value_compare(Compare compare, double left, double right);
