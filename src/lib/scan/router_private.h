/* What router.c (classes) and router_names.c (names of paths) share. */
#pragma once
#include "lib/scan/fields.h"
#include "lib/scan/route_private.h"

enum { PATH_NAMES_MAX = 6, NAME_NONE = UINT32_MAX };

typedef enum {
  ROLE_NONE,
  ROLE_PRESENCE, /* its name may also be that of another path */
  ROLE_VALUE     /* an entry tests its value */
} PathRole;

/* The names of a path in every class: the dotted path has rank 0, what stands below a container the rank of the
 * container. Of two paths with one name in an event the one of lower rank has it. */
typedef struct {
  uint32_t name[PATH_NAMES_MAX];
  uint8_t rank[PATH_NAMES_MAX];
  uint8_t count;
} PathNames;

typedef struct {
  uint32_t *tests; /* of route->tests */
  uint32_t count;
} PathTests;

typedef struct {
  uint32_t path, name;
} Suppressed; /* the path does not have the name, another one has it */

typedef struct {
  uint64_t *entries; /* a bit for each entry that holds */
  Suppressed *suppressed;
  uint32_t suppressed_count;
  uint64_t hash;
} RouteClass;

typedef struct {
  uint64_t key, value;
} Memo;

typedef struct {
  uint32_t field, next; /* place in the event, the next node + 1 */
} HolderNode;

enum { CLASS_MEMO = 8192, VALUE_MEMO = 4096, HOLDERS_MAX = 65536 };

struct Router {
  const Route *route;
  FieldTable *table;
  Span *names; /* those of the route first */
  uint32_t name_count, name_room;
  uint32_t *slots; /* hash table of names, number + 1 */
  uint32_t slot_mask;
  uint32_t *first_path; /* of a name: the first path that may have it; NAME_NONE: none */
  PathNames *paths;
  PathTests *path_tests;
  uint8_t *roles;
  uint32_t *seen; /* of a path: number of the last slow look that met it */
  uint32_t path_count, path_room, look;
  uint32_t *name_tests; /* of a route name: where its tests begin in `tests` */
  uint32_t *tests, *gathered;
  uint32_t gathered_room, longest_test;
  uint64_t seed;
  Memo class_memo[CLASS_MEMO], value_memo[VALUE_MEMO];
  RouteClass *classes;
  uint32_t class_count;
  size_t words;    /* of a bit set of entries */
  uint64_t *found; /* entries that hold for the event looked at */
  uint8_t *best;   /* of a name: the lowest rank in the event + 1 */
  uint32_t *head;  /* of a route name: its first holder + 1 */
  HolderNode *holders;
  uint32_t holder_count;
  Suppressed *lost;
  uint32_t lost_count, lost_room;
  ScanArena arena;
};

/* Makes the router know all paths of its table. */
void router_learn(Router *router);
bool router_names_make(Router *router);

static inline uint64_t route_mix(uint64_t a, uint64_t b) {
  unsigned __int128 product = (unsigned __int128)(a ^ 0x2D358DCCAA6C78A5u) * (b ^ 0x8BB84B93962EACC9u);
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t route_hash(uint64_t seed, Span text) {
  uint64_t hash = route_mix(seed, text.size), word;
  const char *at = text.bytes;
  size_t left = text.size;
  for (; left >= 8; at += 8, left -= 8) {
    __builtin_memcpy(&word, at, 8);
    hash = route_mix(hash, word);
  }
  word = 0;
  if (left)
    __builtin_memcpy(&word, at, left);
  return route_mix(hash, word);
}
