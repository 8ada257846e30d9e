/* A bump allocator: everything of one request, freed at once.
 *
 * Ownership: what is taken from an arena lives until arena_reset() or arena_free(). Sizes are bytes; every block is
 * aligned to 16. Running out of memory ends the program, as in GLib; sizes from outside are checked by the caller.
 * Threads: one arena belongs to one thread at a time.
 */
#pragma once
#include <glib.h>

typedef struct Arena Arena;

Arena *arena_new(void);
void arena_free(Arena *arena);
/* Keeps the first block, so that a worker's arena stays warm from request to request. */
void arena_reset(Arena *arena);
void *arena_alloc(Arena *arena, gsize size_bytes) __attribute__((malloc, returns_nonnull, alloc_size(2)));
char *arena_text(Arena *arena, const char *text, gssize length_bytes); /* -1: up to the NUL; NULL stays NULL */
char *arena_printf(Arena *arena, const char *format, ...) G_GNUC_PRINTF(2, 3);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Arena, arena_free)
