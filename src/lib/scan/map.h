/* Bytes to small numbers, for building; keys are copied. */
#pragma once
#include "lib/scan/arena.h"
#include "lib/scan/event.h"

typedef struct {
  ScanArena *arena; /* for the keys */
  struct MapEntry *entries;
  uint32_t count, size;
} ScanMap;

enum { MAP_NONE = UINT32_MAX };

uint64_t scan_hash(const void *bytes, size_t size);
/* The number of the key, MAP_NONE when it is not there. */
uint32_t scan_map_find(const ScanMap *map, Span key);
/* The number of the key; a new one gets `value`. */
uint32_t scan_map_put(ScanMap *map, Span key, uint32_t value);
void scan_map_clear(ScanMap *map);
