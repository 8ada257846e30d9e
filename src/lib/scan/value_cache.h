/* Which items a value of a field set when it was last seen: most values of logs come again and again.
 *
 * Bounded: so many entries, each with at most 2 KiB of value, and 256 bytes an entry together; the oldest are overwritten. A hit compares all
 * bytes, so that it says what the slot would say. Belongs to one thread.
 */
#pragma once
#include "lib/scan/event.h"

typedef struct ValueCache ValueCache;
/* 0 entries: NULL, which keeps nothing. */
ValueCache *value_cache_new(size_t entries);
void value_cache_free(ValueCache *cache);
bool value_cache_find(ValueCache *cache, uint32_t slot, const EventField *field, const uint32_t **out_items, size_t *out_count);
void value_cache_keep(ValueCache *cache, uint32_t slot, const EventField *field, const uint32_t *items, size_t count);
