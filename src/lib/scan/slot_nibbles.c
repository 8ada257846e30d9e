/* The tables by which few windows are searched 32 places at a time. */
#include "lib/scan/slot_private.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static void put_byte(Nibbles *nibbles, uint32_t place, uint8_t byte, uint8_t bucket) {
  nibbles->low[place][byte & 15] |= bucket;
  nibbles->high[place][byte >> 4] |= bucket;
}

static void put_window(Nibbles *nibbles, uint32_t window, uint32_t width, bool both_cases, uint8_t bucket) {
  for (uint32_t place = 0; place < 4; place++) {
    uint8_t byte = (uint8_t)(window >> place * 8);
    if (place >= width) {
      for (uint32_t i = 0; i < 16; i++) {
        nibbles->low[place][i] |= bucket;
        nibbles->high[place][i] |= bucket;
      }
      continue;
    }
    put_byte(nibbles, place, byte, bucket);
    if (both_cases)
      put_byte(nibbles, place, (uint8_t)toupper(byte), bucket);
  }
}

static int by_key(const void *left, const void *right) {
  uint64_t a = ((const TableEntry *)left)->key, b = ((const TableEntry *)right)->key;
  return (a > b) - (a < b);
}

static uint8_t bucket_of(size_t index, size_t count) {
  return (uint8_t)(1u << index * 8 / count);
}

void slot_nibbles_build(Slot *slot) {
  const Table *windows = &slot->windows;
  if (!windows->count || windows->count > NIBBLE_WINDOWS_MAX)
    return;
  TableEntry list[NIBBLE_WINDOWS_MAX];
  size_t count = 0, narrow = 0;
  for (uint64_t i = 0; i <= windows->mask; i++)
    if (windows->entries[i].head) {
      list[count++] = windows->entries[i];
      narrow += windows->entries[i].width < 3;
    }
  if (narrow > 2)
    return;
  qsort(list, count, sizeof *list, by_key);
  for (size_t i = 0; i < count; i++)
    put_window(&slot->nibbles, (uint32_t)list[i].key, list[i].width, false, bucket_of(i, count));
  slot->few = true;
}

/* Letters and signs that JSON writes as they are, but for \\u and \\/. */
static bool is_plain(char c) {
  return c > ' ' && c < 0x7f && c != '"' && c != '\\';
}

/* The rarest window of the piece that stands in the record as in the value; false: it has none. */
static bool plain_window(const uint16_t *counts, const Piece *piece, uint32_t *out_window) {
  uint32_t least = UINT32_MAX;
  for (size_t i = 0, run = 0; i < piece->size; i++) {
    run = is_plain(piece->bytes[i]) ? run + 1 : 0;
    if (run < 4)
      continue;
    uint32_t window;
    memcpy(&window, piece->bytes + i - 3, 4);
    if (counts[slot_window_hash(window) >> 16] < least) {
      least = counts[slot_window_hash(window) >> 16];
      *out_window = window;
    }
  }
  return least < UINT32_MAX;
}

void slot_raw_build(Slot *slot, const uint16_t *counts) {
  uint32_t windows[NIBBLE_WINDOWS_MAX];
  size_t count = slot->piece_count - 1;
  if (count != slot->count || count > NIBBLE_WINDOWS_MAX || !count)
    return;
  for (size_t i = 0; i < count; i++)
    if (slot->patterns[slot->pieces[i + 1].pattern].pattern->kind == MATCH_EXACT ||
        !plain_window(counts, &slot->pieces[i + 1], &windows[i]))
      return;
  for (size_t i = 0; i < count; i++) {
    uint32_t bit = slot_window_hash(windows[i]) >> 20;
    put_window(&slot->raw_nibbles, windows[i], 4, true, bucket_of(i, count));
    slot->raw_filter[bit >> 6] |= 1ull << (bit & 63);
  }
  slot->raw = true;
}
