#include "lib/scan/value_cache.h"
#include "lib/scan/map.h"
#include <stdlib.h>
#include <string.h>

enum { VALUE_BYTES_MAX = 2048, ITEMS_MAX = 512, ENTRY_BYTES = 256, LEAST_ENTRIES = 1024 };

typedef struct {
  uint64_t hash;
  uint64_t place; /* of its bytes since the cache began; 0: empty */
  uint32_t slot;
  uint16_t size, count;
} CacheEntry;

/* Items and value bytes lie in a ring; what has been overwritten is known by its place. */
struct ValueCache {
  CacheEntry *entries;
  char *ring;
  uint64_t mask, written, ring_size;
  uint64_t last_hash;
};

ValueCache *value_cache_new(size_t entries) {
  if (!entries)
    return NULL;
  ValueCache *cache = scan_new(1, sizeof *cache);
  size_t size = LEAST_ENTRIES;
  while (size < entries && size < (size_t)1 << 24)
    size *= 2;
  cache->entries = scan_new(size, sizeof *cache->entries);
  cache->ring_size = size * ENTRY_BYTES;
  cache->ring = scan_new(cache->ring_size, 1);
  cache->mask = size - 1;
  cache->written = 16;
  return cache;
}

void value_cache_free(ValueCache *cache) {
  if (!cache)
    return;
  free(cache->entries);
  free(cache->ring);
  free(cache);
}

static uint64_t hash_of(uint32_t slot, const EventField *field) {
  uint64_t hash = scan_hash(field->raw.bytes, field->raw.size) ^ ((uint64_t)slot << 1 | field->escaped) * 0x9e3779b97f4a7c15u;
  return hash ^ hash >> 32;
}

bool value_cache_find(ValueCache *cache, uint32_t slot, const EventField *field, const uint32_t **out_items, size_t *out_count) {
  if (!cache || field->raw.size > VALUE_BYTES_MAX)
    return false;
  uint64_t hash = cache->last_hash = hash_of(slot, field);
  const CacheEntry *entry = &cache->entries[hash & cache->mask];
  if (entry->hash != hash || !entry->place || entry->slot != slot || entry->size != field->raw.size ||
      cache->written - entry->place > cache->ring_size)
    return false;
  const char *kept = cache->ring + entry->place % cache->ring_size;
  if (memcmp(kept + entry->count * sizeof(uint32_t), field->raw.bytes, entry->size) != 0)
    return false;
  *out_items = (const uint32_t *)(const void *)kept;
  *out_count = entry->count;
  return true;
}

/* After value_cache_find for the same value. */
void value_cache_keep(ValueCache *cache, uint32_t slot, const EventField *field, const uint32_t *items, size_t count) {
  if (!cache || field->raw.size > VALUE_BYTES_MAX || count > ITEMS_MAX)
    return;
  size_t size = (count * sizeof(uint32_t) + field->raw.size + 7) & ~(size_t)7;
  if (cache->ring_size - cache->written % cache->ring_size < size)
    cache->written += cache->ring_size - cache->written % cache->ring_size;
  char *place = cache->ring + cache->written % cache->ring_size;
  memcpy(place, items, count * sizeof(uint32_t));
  if (field->raw.size)
    memcpy(place + count * sizeof(uint32_t), field->raw.bytes, field->raw.size);
  cache->entries[cache->last_hash & cache->mask] =
      (CacheEntry){cache->last_hash, cache->written, slot, (uint16_t)field->raw.size, (uint16_t)count};
  cache->written += size;
}
