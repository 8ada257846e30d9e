#include "lib/scan/fields.h"
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { NAMES_BLOCK = 64 << 10 };

struct FieldNames {
  struct FieldNames *next;
  size_t used, size;
  char bytes[];
};

static uint64_t mix(uint64_t a, uint64_t b) {
  unsigned __int128 product = (unsigned __int128)a * b;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Keys come from outside: the seed keeps anybody from choosing keys that fall on one slot. */
static uint64_t key_hash(const FieldTable *table, uint32_t parent, Span key) {
  uint64_t hash = mix(table->seed ^ parent, 0x9E3779B97F4A7C15u ^ key.size);
  const char *at = key.bytes;
  size_t left = key.size;
  for (uint64_t word; left >= sizeof word; at += sizeof word, left -= sizeof word) {
    memcpy(&word, at, sizeof word);
    hash = mix(hash ^ word, table->seed | 1);
  }
  uint64_t rest = 0;
  memcpy(&rest, at, left);
  return mix(hash ^ rest, 0xD6E8FEB86659FD93u ^ table->seed);
}

static char *names_take(FieldTable *table, size_t size) {
  if (!table->names || table->names->size - table->names->used < size) {
    struct FieldNames *block = malloc(sizeof *block + NAMES_BLOCK);
    if (!block)
      return NULL;
    *block = (struct FieldNames){table->names, 0, NAMES_BLOCK};
    table->names = block;
  }
  char *at = table->names->bytes + table->names->used;
  table->names->used += size;
  table->names_bytes += size;
  return at;
}

static bool room_make(FieldTable *table) {
  if (table->count < table->room)
    return true;
  uint32_t room = table->room ? table->room * 2 : 256;
  FieldPath *paths = realloc(table->paths, room * sizeof *paths);
  if (!paths)
    return false;
  table->paths = paths;
  table->room = room;
  return true;
}

static void slots_fill(FieldTable *table) {
  memset(table->slots, 0, (table->slot_mask + 1) * sizeof *table->slots);
  for (uint32_t i = FIELD_ROOT + 1; i < table->count; i++) {
    FieldPath *path = &table->paths[i];
    uint64_t slot = key_hash(table, path->parent, (Span){path->key, path->key_size});
    while (table->slots[slot & table->slot_mask])
      slot++;
    table->slots[slot & table->slot_mask] = i;
  }
}

static bool slots_make(FieldTable *table) {
  if (table->slots && table->count < table->slot_mask / 2)
    return true;
  uint32_t mask = table->slots ? table->slot_mask * 2 + 1 : 1023;
  uint32_t *slots = realloc(table->slots, (mask + 1) * sizeof *slots);
  if (!slots)
    return false;
  table->slots = slots;
  table->slot_mask = mask;
  slots_fill(table);
  return true;
}

FieldTable *field_table_new(void) {
  FieldTable *table = calloc(1, sizeof *table);
  if (!table)
    return NULL;
  if (getrandom(&table->seed, sizeof table->seed, 0) != sizeof table->seed)
    table->seed = (uint64_t)(uintptr_t)table * 0x9E3779B97F4A7C15u;
  table->count = 0;
  if (!room_make(table) || !slots_make(table)) {
    field_table_free(table);
    return NULL;
  }
  table->paths[FIELD_OTHER] = (FieldPath){.key = "", .parent = UINT32_MAX};
  table->paths[FIELD_ROOT] = (FieldPath){.key = "", .parent = UINT32_MAX};
  table->count = FIELD_ROOT + 1;
  return table;
}

void field_table_free(FieldTable *table) {
  if (!table)
    return;
  for (struct FieldNames *block = table->names, *next; block; block = next) {
    next = block->next;
    free(block);
  }
  free(table->paths);
  free(table->slots);
  free(table);
}

static uint32_t path_add(FieldTable *table, uint32_t parent, Span key, uint32_t slot) {
  Span above = field_table_name(table, parent);
  size_t size = above.size + (above.size > 0) + key.size;
  char *name;
  if (size > FIELD_NAME_MAX || table->count >= FIELD_PATHS_MAX || table->names_bytes + size > FIELD_NAMES_BYTES ||
      !room_make(table) || !(name = names_take(table, size + 1))) {
    table->over++;
    return FIELD_OTHER;
  }
  memcpy(name, above.bytes, above.size);
  if (above.size)
    name[above.size] = '.';
  memcpy(name + size - key.size, key.bytes, key.size);
  name[size] = '\0';
  FieldPath *path = &table->paths[table->count];
  *path = (FieldPath){.key = name + size - key.size,
                      .key_size = (uint32_t)key.size,
                      .parent = parent,
                      .name_size = (uint16_t)size,
                      .time_rank = field_time_rank((Span){name, size}, parent == FIELD_ROOT),
                      .named_data = size == sizeof FIELD_NAMED_DATA - 1 && !memcmp(name, FIELD_NAMED_DATA, size)};
  memcpy(path->head, key.bytes, key.size < FIELD_HEAD_BYTES ? key.size : FIELD_HEAD_BYTES);
  table->slots[slot] = table->count;
  uint32_t made = table->count++;
  slots_make(table);
  return made;
}

uint32_t field_table_path_slow(FieldTable *table, uint32_t parent, Span key) {
  if (parent == FIELD_OTHER)
    return FIELD_OTHER;
  uint64_t slot = key_hash(table, parent, key);
  for (;; slot++) {
    uint32_t found = table->slots[slot & table->slot_mask];
    if (!found)
      return path_add(table, parent, key, (uint32_t)(slot & table->slot_mask));
    const FieldPath *path = &table->paths[found];
    if (path->parent == parent && path->key_size == key.size && !memcmp(path->key, key.bytes, key.size))
      return found;
  }
}

uint32_t field_table_path(FieldTable *table, uint32_t parent, Span key) {
  return field_table_path_slow(table, parent, key);
}

Span field_table_name(const FieldTable *table, uint32_t path) {
  if (path >= table->count)
    return (Span){"", 0};
  const FieldPath *found = &table->paths[path];
  return (Span){found->key + found->key_size - found->name_size, found->name_size};
}

uint32_t field_table_count(const FieldTable *table) {
  return table->count;
}

/* The first named wins. */
static const struct {
  const char *name;
  bool only_top;
} time_names[] = {
    {"@timestamp", true},
    {"SystemTime", false},
    {"@SystemTime", false},
    {"TimeCreated", false},
    {"UtcTime", false},
    {"EventTime", false},
    {"eventTime", true},
    {"timestamp", true},
    {"Timestamp", true},
    {"time", true},
    {"ts", true},
    {"_time", true},
    {"event_time", true},
    {"datetime", true},
    {"published", true},
    {"activityDateTime", true},
    {"createdDateTime", true},
    {"CreationTime", true},
    {"requestReceivedTimestamp", true},
    {"receiveTimestamp", true},
    {"TimeGenerated", true},
    {"date", true},
};

uint8_t field_time_rank(Span name, bool at_top) {
  Span key = name;
  if (!at_top)
    for (size_t i = name.size; i > 0; i--)
      if (name.bytes[i - 1] == '.') {
        key = (Span){name.bytes + i, name.size - i};
        break;
      }
  enum { COUNT = sizeof time_names / sizeof time_names[0] };
  for (size_t i = 0; i < COUNT; i++)
    if ((at_top || !time_names[i].only_top) && key.size == strlen(time_names[i].name) &&
        !memcmp(key.bytes, time_names[i].name, key.size))
      return (uint8_t)(COUNT - i);
  return 0;
}
