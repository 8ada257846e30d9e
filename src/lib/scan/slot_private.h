/* Inside of slot.c and what it is tested by. */
#pragma once
#include "lib/scan/map.h"
#include "lib/scan/regex.h"

/* A piece of a pattern in lower case, found by a window of four bytes (or the first two) at `window`. */
typedef struct {
  const char *bytes;
  uint32_t size, window, pattern, next; /* next: of the same key; 0: the last */
} Piece;

typedef struct {
  uint64_t key;
  uint32_t head, width; /* first piece; 0: empty */
} TableEntry;

typedef struct {
  TableEntry *entries;
  uint64_t mask;
  uint32_t count;
  uint16_t widths; /* bit of each width that occurs */
} Table;

static inline uint32_t slot_window_hash(uint32_t window) {
  return window * 0x9e3779b1u;
}

enum { PAIR_WORDS = 65536 / 64 };

/* Four bytes each by their nibbles: bit b of low[p][n] is set when some window of bucket b has low nibble n at place p. */
typedef struct {
  uint8_t low[4][16], high[4][16];
} Nibbles;

enum { NIBBLE_WINDOWS_MAX = 64 }; /* with more of them the nibbles say yes too often */

struct Slot {
  SlotPattern *patterns;
  uint32_t count;
  Piece *pieces;
  uint32_t piece_count;
  Table exact, starts, ends, windows, shorts;
  uint64_t exact_sizes;
  uint64_t *filter, *pairs; /* bits of windows by hash, of byte pairs */
  uint32_t filter_shift;
  bool few, raw;       /* nibbles, raw_nibbles are made */
  Nibbles nibbles;     /* of the windows */
  uint64_t raw_filter[64]; /* bits of those of raw_nibbles by hash */
  Nibbles raw_nibbles; /* of windows that a JSON record holds as they are, in both cases of letters */
  Regex **regexes;
  uint32_t *all_regexes, *free_regexes, *others; /* free: without a needed piece */
  uint32_t regex_count, free_count, other_count;
  ScanArena arena;
};

struct SlotWork {
  uint32_t *tried; /* turn in which a pattern was asked */
  uint32_t turn, pattern_count;
  uint32_t *hits;
  size_t hit_count;
  char *folded;
  size_t room;
  RegexWork *regex;
  bool avx2;
};

/* One value on its way through a slot. */
typedef struct {
  const Slot *slot;
  SlotWork *work;
  Span text, folded;
  bool ascii;
} Run;

/* slot_avx2.c: calls `found` for each place where a filter has its bit, or by nibbles, for few windows. */
bool slot_has_avx2(void);
void slot_places_avx2(Run *run, void (*found)(Run *run, size_t at));
void slot_nibbles_avx2(Run *run, void (*found)(Run *run, size_t at));
/* Whether a JSON record may hold one of the windows, or something that could hide one. */
bool slot_raw_avx2(const Slot *slot, Span record);

/* slot_nibbles.c */
void slot_nibbles_build(Slot *slot);
void slot_raw_build(Slot *slot, const uint16_t *counts);

/* The whole text against a pattern with wildcards. */
bool glob_fits(const Pattern *pattern, Span text);
