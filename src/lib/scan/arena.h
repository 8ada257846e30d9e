/* Memory that is freed as a whole: many small pieces that live as long as one thing. Plain C; not for several threads
 * at once. */
#pragma once
#include <stddef.h>

typedef struct ArenaBlock ArenaBlock;
typedef struct {
  ArenaBlock *blocks;
  size_t used, size; /* of the newest block */
  size_t total;      /* bytes taken from the system */
} ScanArena;

/* Zeroed, aligned for every type. Ends the program when the system has no memory left, as all of the engine does. */
void *scan_arena_take(ScanArena *arena, size_t size);
/* A copy ended by a zero. */
char *scan_arena_text(ScanArena *arena, const char *bytes, size_t size);
void scan_arena_clear(ScanArena *arena);

/* malloc and realloc that end the program instead of returning NULL; `count` × `size` is checked. */
void *scan_new(size_t count, size_t size);
void *scan_grow(void *memory, size_t count, size_t size);
