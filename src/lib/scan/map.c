#include "lib/scan/map.h"
#include <stdlib.h>
#include <string.h>

struct MapEntry {
  Span key;
  uint64_t hash;
  uint32_t value;
};

static uint64_t mix(uint64_t a, uint64_t b) {
  __uint128_t product = (__uint128_t)a * b;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint64_t scan_hash(const void *bytes, size_t size) {
  const unsigned char *at = bytes;
  uint64_t hash = size ^ 0x9e3779b97f4a7c15u, words[2];
  for (; size > 16; at += 16, size -= 16) {
    memcpy(words, at, 16);
    hash = mix(words[0] ^ 0xa0761d6478bd642fu, words[1] ^ hash);
  }
  words[0] = words[1] = 0;
  if (size >= 8) {
    memcpy(&words[0], at, 8);
    memcpy(&words[1], at + size - 8, 8);
  } else if (size >= 4) {
    uint32_t low, high;
    memcpy(&low, at, 4);
    memcpy(&high, at + size - 4, 4);
    words[0] = low;
    words[1] = high;
  } else if (size) {
    words[0] = (uint64_t)at[0] | (uint64_t)at[size / 2] << 8 | (uint64_t)at[size - 1] << 16;
  }
  return mix(words[0] ^ 0xe7037ed1a0b428dbu, mix(words[1] ^ 0x8ebc6af09c88c6e3u, hash));
}

static struct MapEntry *place_of(const ScanMap *map, Span key, uint64_t hash) {
  for (uint32_t i = (uint32_t)hash & (map->size - 1);; i = (i + 1) & (map->size - 1)) {
    struct MapEntry *entry = &map->entries[i];
    if (!entry->key.bytes ||
        (entry->hash == hash && entry->key.size == key.size && memcmp(entry->key.bytes, key.bytes, key.size) == 0))
      return entry;
  }
}

uint32_t scan_map_find(const ScanMap *map, Span key) {
  if (!map->size)
    return MAP_NONE;
  const struct MapEntry *entry = place_of(map, key, scan_hash(key.bytes, key.size));
  return entry->key.bytes ? entry->value : MAP_NONE;
}

static void grow(ScanMap *map) {
  ScanMap larger = {.arena = map->arena, .count = map->count, .size = map->size ? map->size * 2 : 64};
  larger.entries = scan_new(larger.size, sizeof *larger.entries);
  for (uint32_t i = 0; i < map->size; i++)
    if (map->entries[i].key.bytes)
      *place_of(&larger, map->entries[i].key, map->entries[i].hash) = map->entries[i];
  free(map->entries);
  *map = larger;
}

uint32_t scan_map_put(ScanMap *map, Span key, uint32_t value) {
  if (map->count * 2 >= map->size)
    grow(map);
  uint64_t hash = scan_hash(key.bytes, key.size);
  struct MapEntry *entry = place_of(map, key, hash);
  if (!entry->key.bytes) {
    *entry = (struct MapEntry){{scan_arena_text(map->arena, key.bytes, key.size), key.size}, hash, value};
    map->count++;
  }
  return entry->value;
}

void scan_map_clear(ScanMap *map) {
  free(map->entries);
  *map = (ScanMap){.arena = map->arena};
}
