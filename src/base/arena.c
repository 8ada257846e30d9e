#include "base/arena.h"
#include <string.h>

#define BLOCK_BYTES (64 * 1024)
#define ALIGN 16

typedef struct Block {
  struct Block *next;
  gsize size;
  gsize used;
  _Alignas(ALIGN) char bytes[];
} Block;

struct Arena {
  Block *first;
  Block *current;
};

static Block *block_new(gsize size_bytes) {
  Block *block = g_malloc(sizeof(Block) + size_bytes);
  block->next = NULL;
  block->size = size_bytes;
  block->used = 0;
  return block;
}

Arena *arena_new(void) {
  Arena *arena = g_new0(Arena, 1);
  arena->first = arena->current = block_new(BLOCK_BYTES);
  return arena;
}

static void free_after(Block *block) {
  Block *next = block->next;
  block->next = NULL;
  while (next) {
    Block *dead = next;
    next = next->next;
    g_free(dead);
  }
}

void arena_reset(Arena *arena) {
  free_after(arena->first);
  arena->first->used = 0;
  arena->current = arena->first;
}

void arena_free(Arena *arena) {
  if (!arena)
    return;
  free_after(arena->first);
  g_free(arena->first);
  g_free(arena);
}

void *arena_alloc(Arena *arena, gsize size_bytes) {
  gsize size = (size_bytes + ALIGN - 1) & ~(gsize)(ALIGN - 1);
  Block *block = arena->current;
  if (block->size - block->used < size) {
    Block *fresh = block_new(MAX(size, (gsize)BLOCK_BYTES));
    block->next = fresh;
    arena->current = block = fresh;
  }
  void *result = block->bytes + block->used;
  block->used += size;
  return result;
}

char *arena_text(Arena *arena, const char *text, gssize length_bytes) {
  if (!text)
    return NULL;
  gsize length = length_bytes < 0 ? strlen(text) : (gsize)length_bytes;
  char *copy = arena_alloc(arena, length + 1);
  memcpy(copy, text, length);
  copy[length] = '\0';
  return copy;
}

/* Into what is left of the block; only a text that does not fit is written twice. */
char *arena_printf(Arena *arena, const char *format, ...) {
  Block *block = arena->current;
  char *text = block->bytes + block->used;
  gsize room = block->size - block->used;
  va_list arguments, again;
  va_start(arguments, format);
  va_copy(again, arguments);
  gsize length = (gsize)g_vsnprintf(text, room, format, arguments);
  if (length < room)
    arena_alloc(arena, length + 1);
  else
    g_vsnprintf(text = arena_alloc(arena, length + 1), length + 1, format, again);
  va_end(again);
  va_end(arguments);
  return text;
}
