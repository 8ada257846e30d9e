#include "lib/scan/slot.h"
#include "lib/scan/fold.h"
#include "lib/scan/slot_private.h"
#include <stdlib.h>
#include <string.h>

/* ---- tables of keys → chains of pieces ---- */

static uint64_t spread(uint64_t key, uint32_t width) {
  uint64_t mixed = (key ^ (uint64_t)width << 56) * 0x9e3779b97f4a7c15u;
  return mixed ^ mixed >> 29;
}

static TableEntry *table_place(const Table *table, uint64_t key, uint32_t width) {
  for (uint64_t i = spread(key, width) >> 8 & table->mask;; i = (i + 1) & table->mask)
    if (!table->entries[i].head || (table->entries[i].key == key && table->entries[i].width == width))
      return &table->entries[i];
}

static uint32_t table_find(const Table *table, uint64_t key, uint32_t width) {
  return table->entries ? table_place(table, key, width)->head : 0;
}

static void table_grow(Table *table) {
  Table larger = {.mask = table->entries ? table->mask * 2 + 1 : 15, .count = table->count, .widths = table->widths};
  larger.entries = scan_new(larger.mask + 1, sizeof *larger.entries);
  for (uint64_t i = 0; table->entries && i <= table->mask; i++)
    if (table->entries[i].head)
      *table_place(&larger, table->entries[i].key, table->entries[i].width) = table->entries[i];
  free(table->entries);
  *table = larger;
}

/* Puts the piece at the head of the chain of its key. */
static void table_add(Slot *slot, Table *table, uint64_t key, uint32_t width, uint32_t piece) {
  if (!table->entries || table->count * 2 > table->mask)
    table_grow(table);
  TableEntry *entry = table_place(table, key, width);
  table->count += !entry->head;
  slot->pieces[piece].next = entry->head;
  *entry = (TableEntry){key, piece, width};
  table->widths |= (uint16_t)(1u << (width & 15));
}

static uint64_t load_bytes(const char *bytes, size_t size) {
  uint64_t value = 0;
  memcpy(&value, bytes, size);
  return value;
}

/* ---- building ---- */

/* A piece of a pattern in lower case; 0 is no piece. */
static uint32_t add_piece(Slot *slot, uint32_t pattern, Span folded, uint32_t window) {
  slot->pieces = scan_grow(slot->pieces, slot->piece_count + 1, sizeof *slot->pieces);
  slot->pieces[slot->piece_count] =
      (Piece){scan_arena_text(&slot->arena, folded.bytes, folded.size), (uint32_t)folded.size, window, pattern, 0};
  return slot->piece_count++;
}

static Span fold_copy(Slot *slot, Span text) {
  bool ascii;
  char *out = scan_arena_take(&slot->arena, FOLD_ROOM(text.size) + 8);
  return (Span){out, fold_text(text, out, &ascii)};
}

static uint64_t exact_bit(size_t size) {
  return 1ull << (size < 63 ? size : 63);
}

static void add_anchored(Slot *slot, uint32_t index) {
  const Pattern *pattern = slot->patterns[index].pattern;
  Span folded = pattern->cased ? fold_copy(slot, pattern->text) : pattern->text;
  size_t width = folded.size < 8 ? folded.size : 8;
  uint32_t piece = add_piece(slot, index, folded, 0);
  if (pattern->kind == MATCH_EXACT) {
    table_add(slot, &slot->exact, scan_hash(folded.bytes, folded.size), 0, piece);
    slot->exact_sizes |= exact_bit(folded.size);
  } else if (pattern->kind == MATCH_START) {
    table_add(slot, &slot->starts, load_bytes(folded.bytes, width), (uint32_t)width, piece);
  } else {
    table_add(slot, &slot->ends, load_bytes(folded.bytes + folded.size - width, width), (uint32_t)width, piece);
  }
}

/* The longest run without wildcards. */
static Span glob_piece(const Pattern *pattern) {
  Span best = {pattern->text.bytes, 0};
  for (size_t i = 0, start = 0; i <= pattern->text.size; i++) {
    if (i < pattern->text.size && !pattern->wild[i])
      continue;
    if (i - start > best.size)
      best = (Span){pattern->text.bytes + start, i - start};
    start = i + 1;
  }
  return best;
}

/* The piece that a value must hold to fulfil the pattern; size 0: none is known. */
static Span needed_piece(Slot *slot, const Pattern *pattern) {
  if (pattern->kind == MATCH_REGEX) {
    char piece[64];
    size_t size = regex_piece(pattern, piece, sizeof piece);
    return size < 3 ? (Span){"", 0} : (Span){scan_arena_text(&slot->arena, piece, size), size};
  }
  Span piece = pattern->kind == MATCH_GLOB ? glob_piece(pattern) : pattern->text;
  return pattern->cased ? fold_copy(slot, piece) : piece;
}

/* What logs of Windows are full of: a window from here finds little. */
static const char common_text[] =
    "c:\\windows\\system32\\ c:\\windows\\syswow64\\ c:\\program files (x86)\\ microsoft.net\\framework64\\v4.0.30319\\ .exe .dll "
    "c:\\users\\ \\appdata\\local\\temp\\ \\appdata\\roaming\\microsoft\\windows\\ microsoft corporation microsoft windows operating system "
    "windowspowershell\\v1.0\\powershell.exe http://www. https:// .com hklm\\system\\currentcontrolset\\services\\ "
    "hklm\\software\\microsoft\\windows\\currentversion\\ nt authority\\system \\device\\harddiskvolume sha1= md5= sha256= imphash= "
    "kernelbase.dll kernel32.dll ntdll.dll unknown command name value parameter";
enum { COMMON_WEIGHT = 100 };

/* How often each window of four bytes stands in the pieces: the rarest of a piece is what its place in the filter is made of. */
static void count_windows(uint16_t *counts, Span piece) {
  for (size_t i = 0; i + 4 <= piece.size; i++) {
    uint16_t *count = &counts[slot_window_hash((uint32_t)load_bytes(piece.bytes + i, 4)) >> 16];
    *count = (uint16_t)(*count + (*count < UINT16_MAX));
  }
}

static uint32_t rarest_window(const uint16_t *counts, Span piece) {
  uint32_t best = 0, least = UINT32_MAX;
  for (size_t i = 0; i + 4 <= piece.size; i++) {
    uint32_t count = counts[slot_window_hash((uint32_t)load_bytes(piece.bytes + i, 4)) >> 16];
    if (count < least) {
      least = count;
      best = (uint32_t)i;
    }
  }
  return best;
}

/* Pieces of one or two bytes have bits of their own, by the pair of bytes where they begin. */
static void add_pairs(Slot *slot, const Piece *piece) {
  if (!slot->pairs)
    slot->pairs = scan_new(PAIR_WORDS, sizeof *slot->pairs);
  uint32_t first = (unsigned char)piece->bytes[0];
  for (uint32_t second = 0; second < 256; second++) {
    uint32_t pair = first | second << 8;
    if (piece->size == 1 || second == (unsigned char)piece->bytes[1])
      slot->pairs[pair >> 6] |= 1ull << (pair & 63);
  }
}

static void fill_filter(Slot *slot) {
  uint32_t bits = 10;
  while (bits < 18 && 1u << bits < slot->windows.count * 48)
    bits++;
  slot->filter_shift = 32 - bits;
  slot->filter = scan_new((1u << bits) / 64, sizeof *slot->filter);
  for (uint64_t i = 0; i <= slot->windows.mask; i++) {
    const TableEntry *entry = &slot->windows.entries[i];
    if (!entry->head || entry->width < 3)
      continue;
    uint32_t hash = slot_window_hash((uint32_t)entry->key) >> slot->filter_shift;
    slot->filter[hash >> 6] |= 1ull << (hash & 63);
  }
}

static void add_index(uint32_t **list, uint32_t *count, uint32_t index) {
  *list = scan_grow(*list, *count + 1, sizeof **list);
  (*list)[(*count)++] = index;
}

/* Patterns that are found by a piece anywhere in the value. */
static void add_searched(Slot *slot) {
  Span *pieces = scan_new(slot->count, sizeof *pieces);
  uint16_t *counts = scan_new(65536, sizeof *counts);
  for (size_t i = 0; i < COMMON_WEIGHT; i++)
    count_windows(counts, (Span){common_text, sizeof common_text - 1});
  for (uint32_t i = 0; i < slot->count; i++) {
    MatchKind kind = (MatchKind)slot->patterns[i].pattern->kind;
    if (kind != MATCH_CONTAINS && kind != MATCH_GLOB && kind != MATCH_REGEX)
      continue;
    pieces[i] = needed_piece(slot, slot->patterns[i].pattern);
    count_windows(counts, pieces[i]);
    if (!pieces[i].size && kind == MATCH_REGEX)
      add_index(&slot->free_regexes, &slot->free_count, i);
    else if (!pieces[i].size)
      add_index(&slot->others, &slot->other_count, i);
  }
  for (uint32_t i = 0; i < slot->count; i++) {
    if (!pieces[i].size)
      continue;
    uint32_t window = pieces[i].size >= 4 ? rarest_window(counts, pieces[i]) : 0;
    uint32_t piece = add_piece(slot, i, pieces[i], window), width = pieces[i].size < 4 ? (uint32_t)pieces[i].size : 4;
    table_add(slot, &slot->windows, load_bytes(pieces[i].bytes + window, width), width, piece);
    if (width < 3)
      add_pairs(slot, &slot->pieces[piece]);
  }
  if (slot->windows.entries)
    fill_filter(slot);
  slot_nibbles_build(slot);
  slot_raw_build(slot, counts);
  free(pieces);
  free(counts);
}

static void add_pattern(Slot *slot, uint32_t index) {
  const Pattern *pattern = slot->patterns[index].pattern;
  char reason[160];
  switch ((MatchKind)pattern->kind) {
  case MATCH_EXACT:
  case MATCH_START:
  case MATCH_END:
    add_anchored(slot, index);
    break;
  case MATCH_REGEX:
    slot->regexes[index] = regex_new(pattern, reason, sizeof reason);
    add_index(&slot->all_regexes, &slot->regex_count, index);
    break;
  case MATCH_ANY:
  case MATCH_CIDR:
  case MATCH_NUMBER:
  case MATCH_TIME:
    add_index(&slot->others, &slot->other_count, index);
    break;
  case MATCH_CONTAINS:
  case MATCH_GLOB:
  case MATCH_KINDS:
    break;
  }
}

Slot *slot_new(const SlotPattern *patterns, size_t count) {
  Slot *slot = scan_new(1, sizeof *slot);
  slot->patterns = memcpy(scan_new(count, sizeof *patterns), patterns, count * sizeof *patterns);
  slot->regexes = scan_new(count, sizeof *slot->regexes);
  slot->count = (uint32_t)count;
  add_piece(slot, 0, (Span){"", 0}, 0);
  for (uint32_t i = 0; i < slot->count; i++)
    add_pattern(slot, i);
  add_searched(slot);
  return slot;
}

void slot_free(Slot *slot) {
  if (!slot)
    return;
  for (uint32_t i = 0; i < slot->count; i++)
    regex_free(slot->regexes[i]);
  free(slot->exact.entries);
  free(slot->starts.entries);
  free(slot->ends.entries);
  free(slot->windows.entries);
  free(slot->filter);
  free(slot->pairs);
  free(slot->pieces);
  free(slot->all_regexes);
  free(slot->free_regexes);
  free(slot->others);
  free(slot->regexes);
  free(slot->patterns);
  scan_arena_clear(&slot->arena);
  free(slot);
}

/* ---- matching ---- */

enum { FOLD_BEFORE = 8, FOLD_BEHIND = 72 }; /* around the folded value: keys of whole words are read beyond it */

SlotWork *slot_work_new(uint32_t pattern_count, bool plain) {
  SlotWork *work = scan_new(1, sizeof *work);
  work->pattern_count = pattern_count;
  work->tried = scan_new(pattern_count, sizeof *work->tried);
  work->hits = scan_new(pattern_count, sizeof *work->hits);
  work->regex = regex_work_new();
  work->avx2 = !plain && slot_has_avx2();
  return work;
}

void slot_work_free(SlotWork *work) {
  if (!work)
    return;
  regex_work_free(work->regex);
  free(work->tried);
  free(work->hits);
  free(work->folded);
  free(work);
}

static void hit(Run *run, uint32_t index) {
  run->work->hits[run->work->hit_count++] = run->slot->patterns[index].id;
}

static bool same(const char *left, const char *right, size_t size) {
  return memcmp(left, right, size) == 0;
}

/* Exact, start and end in the letters as they came. */
static bool cased_fits(const Run *run, const Pattern *pattern) {
  size_t size = pattern->text.size;
  if (run->text.size < size || (pattern->kind == MATCH_EXACT && run->text.size != size))
    return false;
  size_t from = pattern->kind == MATCH_END ? run->text.size - size : 0;
  return same(run->text.bytes + from, pattern->text.bytes, size);
}

static void try_anchored(Run *run, uint32_t piece, size_t from_end) {
  for (; piece; piece = run->slot->pieces[piece].next) {
    const Piece *one = &run->slot->pieces[piece];
    const Pattern *pattern = run->slot->patterns[one->pattern].pattern;
    if (one->size > run->folded.size)
      continue;
    size_t from = from_end ? run->folded.size - one->size : 0;
    if (same(run->folded.bytes + from, one->bytes, one->size) && (!pattern->cased || cased_fits(run, pattern)))
      hit(run, one->pattern);
  }
}

static void match_exact(Run *run) {
  const Slot *slot = run->slot;
  if (!slot->exact.entries || !(slot->exact_sizes & exact_bit(run->folded.size)))
    return;
  uint32_t piece = table_find(&slot->exact, scan_hash(run->folded.bytes, run->folded.size), 0);
  for (; piece; piece = slot->pieces[piece].next) {
    const Piece *one = &slot->pieces[piece];
    const Pattern *pattern = slot->patterns[one->pattern].pattern;
    if (one->size == run->folded.size && same(run->folded.bytes, one->bytes, one->size) &&
        (!pattern->cased || cased_fits(run, pattern)))
      hit(run, one->pattern);
  }
}

static void match_anchored(Run *run) {
  const Slot *slot = run->slot;
  size_t most = run->folded.size < 8 ? run->folded.size : 8;
  uint64_t first, last;
  memcpy(&first, run->folded.bytes, 8);
  memcpy(&last, run->folded.bytes + run->folded.size - 8, 8);
  for (uint32_t width = 1; width <= most; width++) {
    uint32_t other = 64 - width * 8;
    if (slot->starts.widths & 1u << width)
      try_anchored(run, table_find(&slot->starts, first << other >> other, width), 0);
    if (slot->ends.widths & 1u << width)
      try_anchored(run, table_find(&slot->ends, last >> other, width), 1);
  }
}

static bool confirm(Run *run, uint32_t index) {
  const Pattern *pattern = run->slot->patterns[index].pattern;
  if (pattern->kind == MATCH_REGEX)
    return regex_matches(run->slot->regexes[index], run->work->regex, run->text, run->ascii);
  if (pattern->kind == MATCH_GLOB)
    return glob_fits(pattern, pattern->cased ? run->text : run->folded);
  return !pattern->cased || memmem(run->text.bytes, run->text.size, pattern->text.bytes, pattern->text.size);
}

/* Each pattern is asked once for a value. */
static void ask(Run *run, uint32_t index) {
  uint32_t id = run->slot->patterns[index].id;
  if (run->work->tried[id] == run->work->turn)
    return;
  run->work->tried[id] = run->work->turn;
  if (confirm(run, index))
    hit(run, index);
}

static void try_pieces(Run *run, uint32_t piece, size_t at) {
  for (; piece; piece = run->slot->pieces[piece].next) {
    const Piece *one = &run->slot->pieces[piece];
    if (at >= one->window && run->folded.size - (at - one->window) >= one->size &&
        same(run->folded.bytes + at - one->window, one->bytes, one->size))
      ask(run, one->pattern);
  }
}

static bool has_bit(const uint64_t *bits, uint32_t at) {
  return bits[at >> 6] >> (at & 63) & 1;
}

/* A place where a window may begin. Behind the value there are zeros. */
static void try_place(Run *run, size_t at) {
  const Slot *slot = run->slot;
  uint32_t window;
  memcpy(&window, run->folded.bytes + at, 4);
  for (uint32_t width = 4; width; width--) {
    uint32_t key = window & UINT32_MAX >> (32 - width * 8);
    bool may = slot->windows.widths & 1u << width &&
               (width < 3 || has_bit(slot->filter, slot_window_hash(key) >> slot->filter_shift));
    if (may)
      try_pieces(run, table_find(&slot->windows, key, width), at);
  }
}

static void match_searched(Run *run) {
  const Slot *slot = run->slot;
  bool threes = slot->windows.widths & 1u << 3;
  for (size_t i = 0; i < run->folded.size; i++) {
    uint32_t window;
    memcpy(&window, run->folded.bytes + i, 4);
    if (has_bit(slot->filter, slot_window_hash(window) >> slot->filter_shift) ||
        (threes && has_bit(slot->filter, slot_window_hash(window & 0xffffff) >> slot->filter_shift)) ||
        (slot->pairs && has_bit(slot->pairs, window & 0xffff)))
      try_place(run, i);
  }
}

static void ask_list(Run *run, const uint32_t *list, uint32_t count) {
  for (uint32_t i = 0; i < count; i++)
    ask(run, list[i]);
}

/* Pieces of expressions are sure for ASCII only: other letters fold to more than their lower case. */
static void match_regexes(Run *run) {
  const Slot *slot = run->slot;
  if (run->ascii)
    ask_list(run, slot->free_regexes, slot->free_count);
  else
    ask_list(run, slot->all_regexes, slot->regex_count);
}

static bool network_holds(const Pattern *pattern, const uint8_t *address) {
  unsigned whole = pattern->bits / 8u, rest = pattern->bits % 8u;
  return memcmp(pattern->address, address, whole) == 0 &&
         (!rest || ((pattern->address[whole] ^ address[whole]) & (0xff00u >> rest & 0xff)) == 0);
}

static void match_others(Run *run) {
  uint8_t address[16], family = 0;
  double number = 0, time = 0;
  int has_number = -1, has_address = -1;
  for (uint32_t i = 0; i < run->slot->other_count; i++) {
    uint32_t index = run->slot->others[i];
    const Pattern *pattern = run->slot->patterns[index].pattern;
    bool fits = true;
    if (pattern->kind == MATCH_CIDR) {
      if (has_address < 0)
        has_address = value_address(run->text, address, &family);
      fits = has_address && family == pattern->family && network_holds(pattern, address);
    } else if (pattern->kind == MATCH_NUMBER) {
      if (has_number < 0)
        has_number = value_number(run->text, &number);
      fits = has_number && value_compare((Compare)pattern->compare, number, pattern->number);
    } else if (pattern->kind == MATCH_TIME) {
      fits = value_time(run->text, (TimeUnit)pattern->unit, &time) &&
             value_compare((Compare)pattern->compare, time, pattern->number);
    } else if (pattern->kind == MATCH_GLOB) {
      fits = glob_fits(pattern, pattern->cased ? run->text : run->folded);
    }
    if (fits)
      hit(run, index);
  }
}

static void fold_value(Run *run) {
  SlotWork *work = run->work;
  size_t room = FOLD_BEFORE + FOLD_ROOM(run->text.size) + FOLD_BEHIND;
  if (work->room < room) {
    free(work->folded);
    work->room = room * 2;
    work->folded = scan_new(work->room, 1);
  }
  char *folded = work->folded + FOLD_BEFORE;
  run->folded = (Span){folded, fold_text(run->text, folded, &run->ascii)};
  memset(folded + run->folded.size, 0, FOLD_BEHIND);
}

size_t slot_match(const Slot *slot, SlotWork *work, Span text, const uint32_t **out_ids) {
  Run run = {.slot = slot, .work = work, .text = text};
  work->hit_count = 0;
  if (!++work->turn) {
    memset(work->tried, 0, work->pattern_count * sizeof *work->tried);
    work->turn = 1;
  }
  fold_value(&run);
  match_exact(&run);
  match_anchored(&run);
  if (slot->few && work->avx2)
    slot_nibbles_avx2(&run, try_place);
  else if (slot->filter && work->avx2)
    slot_places_avx2(&run, try_place);
  else if (slot->filter)
    match_searched(&run);
  if (slot->regex_count)
    match_regexes(&run);
  if (slot->other_count)
    match_others(&run);
  *out_ids = work->hits;
  return work->hit_count;
}

bool slot_may_match(const Slot *slot, const SlotWork *work, Span json) {
  return !slot->raw || !work->avx2 || slot_raw_avx2(slot, json);
}
