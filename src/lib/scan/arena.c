#include "lib/scan/arena.h"
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ArenaBlock {
  ArenaBlock *next;
  alignas(max_align_t) char bytes[];
};

enum { BLOCK_BYTES = 64 * 1024 };

static void *or_abort(void *memory) {
  if (memory)
    return memory;
  fputs("hết bộ nhớ\n", stderr);
  abort();
}

void *scan_new(size_t count, size_t size) {
  return or_abort(calloc(count ? count : 1, size));
}

void *scan_grow(void *memory, size_t count, size_t size) {
  return or_abort(reallocarray(memory, count ? count : 1, size));
}

static void add_block(ScanArena *arena, size_t size) {
  ArenaBlock *block = or_abort(size > SIZE_MAX / 2 ? NULL : malloc(sizeof *block + size));
  block->next = arena->blocks;
  *arena = (ScanArena){block, 0, size, arena->total + sizeof *block + size};
}

void *scan_arena_take(ScanArena *arena, size_t size) {
  size_t room = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
  if (room < size)
    or_abort(NULL);
  if (arena->size - arena->used < room)
    add_block(arena, room > BLOCK_BYTES ? room : BLOCK_BYTES);
  void *piece = arena->blocks->bytes + arena->used;
  arena->used += room;
  return memset(piece, 0, size);
}

char *scan_arena_text(ScanArena *arena, const char *bytes, size_t size) {
  char *copy = scan_arena_take(arena, size + 1);
  if (size)
    memcpy(copy, bytes, size);
  return copy;
}

void scan_arena_clear(ScanArena *arena) {
  while (arena->blocks) {
    ArenaBlock *next = arena->blocks->next;
    free(arena->blocks);
    arena->blocks = next;
  }
  *arena = (ScanArena){0};
}
