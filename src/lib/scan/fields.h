/* The inside of a FieldTable, for the JSON scanner and the decoders of this folder; others use event.h. */
#pragma once
#include "lib/scan/event.h"

enum { FIELD_HEAD_BYTES = 16, FIELD_NAME_MAX = 512, FIELD_NAMES_BYTES = 16 << 20, FIELD_GUESSES = 4 };

#define FIELD_NAMED_DATA "Event.EventData.Data.#text"

typedef struct {
  char head[FIELD_HEAD_BYTES]; /* the first bytes of the key, filled up with zeros */
  const char *key;             /* its end, as the end of the dotted name */
  uint32_t key_size, parent;
  uint32_t next[FIELD_GUESSES]; /* the paths that came after this one: the guesses for the next event */
  uint16_t name_size;
  uint8_t time_rank; /* how good a time it holds, 0: none */
  uint8_t oldest;    /* of the guesses: the one to give up */
  bool named_data;   /* the text of a value in a list of named ones */
} FieldPath;

struct FieldTable {
  FieldPath *paths;
  uint32_t count, room;
  uint32_t *slots; /* hash table of paths, 0: free */
  uint32_t slot_mask;
  uint64_t seed, over;
  size_t names_bytes;
  struct FieldNames *names; /* blocks of dotted names */
};

/* The path of a key that comes after `previous` in its event; `limit` is the end of the readable bytes. */
uint32_t field_table_path_slow(FieldTable *table, uint32_t parent, Span key);
/* How good a time the field of that dotted name holds; 0: none. */
uint8_t field_time_rank(Span name, bool at_top);
