/* Which names a path has: by its own dotted way and by the containers of Windows events. */
#include <stdlib.h>
#include <string.h>
#include "lib/scan/router_private.h"

static bool room_make(Router *router) {
  if (router->name_count < router->name_room)
    return true;
  uint32_t room = router->name_room ? router->name_room * 2 : 1024;
  router->names = scan_grow(router->names, room, sizeof *router->names);
  router->first_path = scan_grow(router->first_path, room, sizeof *router->first_path);
  router->best = scan_grow(router->best, room, sizeof *router->best);
  memset(router->best + router->name_count, 0, room - router->name_count);
  uint32_t mask = room * 2 - 1;
  router->slots = scan_grow(router->slots, mask + 1, sizeof *router->slots);
  router->slot_mask = mask;
  router->name_room = room;
  memset(router->slots, 0, (mask + 1) * sizeof *router->slots);
  for (uint32_t i = 0; i < router->name_count; i++) {
    uint64_t slot = route_hash(router->seed, router->names[i]);
    while (router->slots[slot & mask])
      slot++;
    router->slots[slot & mask] = i + 1;
  }
  return true;
}

static uint32_t name_number(Router *router, Span name) {
  uint64_t slot = route_hash(router->seed, name);
  for (; router->slots[slot & router->slot_mask]; slot++) {
    uint32_t found = router->slots[slot & router->slot_mask] - 1;
    if (router->names[found].size == name.size && !memcmp(router->names[found].bytes, name.bytes, name.size))
      return found;
  }
  room_make(router);
  slot = route_hash(router->seed, name);
  while (router->slots[slot & router->slot_mask])
    slot++;
  uint32_t made = router->name_count++;
  router->names[made] = (Span){scan_arena_text(&router->arena, name.bytes, name.size), name.size};
  router->first_path[made] = NAME_NONE;
  router->slots[slot & router->slot_mask] = made + 1;
  return made;
}

bool router_names_make(Router *router) {
  room_make(router);
  for (uint32_t i = 0; i < router->route->name_count; i++)
    name_number(router, router->route->names[i]);
  return router->name_count == router->route->name_count;
}

/* "X.#attributes.Y" is written X_Y, a ".#text" at the end is dropped. */
static Span short_name(Span name, char *buffer) {
  static const char attributes[] = ".#attributes.", text[] = ".#text";
  size_t size = 0;
  for (size_t i = 0; i < name.size;) {
    if (i && name.size - i > sizeof attributes - 1 && !memcmp(name.bytes + i, attributes, sizeof attributes - 1)) {
      buffer[size++] = '_';
      i += sizeof attributes - 1;
    } else
      buffer[size++] = name.bytes[i++];
  }
  if (size > sizeof text - 1 && !memcmp(buffer + size - (sizeof text - 1), text, sizeof text - 1))
    size -= sizeof text - 1;
  return (Span){buffer, size};
}

static const struct {
  const char *begin;
  bool any; /* one more level of any name lies between */
} containers[] = {{"Event.EventData.", false},   {"Event.UserData.", true},    {"Event.System.", false},
                  {"winlog.event_data.", false}, {"winlog.user_data.", false}, {"winlog.", false}};

/* What stands behind the container; an empty span: it is not in it. */
static Span behind(Span name, size_t container) {
  size_t size = strlen(containers[container].begin);
  if (name.size <= size || memcmp(name.bytes, containers[container].begin, size))
    return (Span){"", 0};
  Span rest = {name.bytes + size, name.size - size};
  if (!containers[container].any)
    return rest;
  const char *dot = memchr(rest.bytes, '.', rest.size);
  return dot ? (Span){dot + 1, (size_t)(rest.bytes + rest.size - dot - 1)} : (Span){"", 0};
}

typedef struct {
  Router *router;
  uint32_t path, count;
} Claim;

/* Calls for every name that `name` becomes through fields.yaml, itself first, whatever the events. */
static void reachable_visit(Router *router, uint32_t name, void (*visit)(Claim *claim, uint32_t name), Claim *own) {
  enum { REACH_MAX = 32 };
  uint32_t reached[REACH_MAX] = {name}, count = 1;
  for (uint32_t i = 0; i < count; i++) {
    visit(own, reached[i]);
    for (uint32_t j = 0; j < router->route->rename_count; j++) {
      const RouteRename *rename = &router->route->renames[j];
      bool known = rename->from != reached[i] || count == REACH_MAX;
      for (uint32_t k = 0; k < count && !known; k++)
        known = reached[k] == rename->to;
      if (!known)
        reached[count++] = rename->to;
    }
  }
}

/* A second path for a name: from now on the class depends on which of the two an event has. */
static void claim(Claim *own, uint32_t name) {
  Router *router = own->router;
  uint32_t first = router->first_path[name];
  if (first == NAME_NONE)
    router->first_path[name] = own->path;
  else if (first != own->path) {
    uint8_t *roles[] = {&router->roles[first], &router->roles[own->path]};
    for (size_t i = 0; i < 2; i++)
      if (*roles[i] == ROLE_NONE)
        *roles[i] = ROLE_PRESENCE;
    memset(router->class_memo, 0, sizeof router->class_memo);
  }
}

static void tests_gather(Claim *own, uint32_t name) {
  Router *router = own->router;
  if (name >= router->route->name_count)
    return;
  for (uint32_t i = router->name_tests[name]; i < router->name_tests[name + 1]; i++)
    router->gathered[own->count++] = router->tests[i];
}

/* The tests that a value of the path may have to stand. Mere presence needs no look at the value. */
static void tests_learn(Router *router, uint32_t path) {
  const PathNames *names = &router->paths[path];
  uint32_t kept = 0;
  Claim own = {router, path, 0};
  for (size_t i = 0; i < names->count; i++)
    if (own.count + router->route->test_count <= router->gathered_room)
      reachable_visit(router, names->name[i], tests_gather, &own);
  for (uint32_t i = 0; i < own.count; i++)
    if (router->route->tests[router->gathered[i]].value.size)
      router->gathered[kept++] = router->gathered[i];
  if (own.count && router->roles[path] == ROLE_NONE)
    router->roles[path] = ROLE_PRESENCE;
  router->path_tests[path] = (PathTests){NULL, kept};
  if (!kept)
    return;
  router->roles[path] = ROLE_VALUE;
  router->path_tests[path].tests = scan_arena_take(&router->arena, kept * sizeof(uint32_t));
  memcpy(router->path_tests[path].tests, router->gathered, kept * sizeof(uint32_t));
}

static void path_learn(Router *router, uint32_t path) {
  PathNames *names = &router->paths[path];
  Span dotted = field_table_name(router->table, path);
  *names = (PathNames){0};
  router->path_tests[path] = (PathTests){NULL, 0};
  router->roles[path] = ROLE_NONE;
  router->seen[path] = 0;
  if (path <= FIELD_ROOT)
    return;
  names->name[names->count++] = name_number(router, dotted);
  for (size_t i = 0; i < sizeof containers / sizeof containers[0] && names->count < PATH_NAMES_MAX; i++) {
    char buffer[FIELD_NAME_MAX];
    Span name = short_name(behind(dotted, i), buffer);
    if (!name.size)
      continue;
    names->rank[names->count] = (uint8_t)(i + 1);
    names->name[names->count++] = name_number(router, name);
  }
  Claim own = {router, path, 0};
  for (size_t i = 0; i < names->count; i++)
    reachable_visit(router, names->name[i], claim, &own);
  tests_learn(router, path);
}

void router_learn(Router *router) {
  uint32_t count = field_table_count(router->table);
  if (count > router->path_room) {
    router->path_room = count * 2;
    router->paths = scan_grow(router->paths, router->path_room, sizeof *router->paths);
    router->roles = scan_grow(router->roles, router->path_room, sizeof *router->roles);
    router->path_tests = scan_grow(router->path_tests, router->path_room, sizeof *router->path_tests);
    router->seen = scan_grow(router->seen, router->path_room, sizeof *router->seen);
  }
  while (router->path_count < count) {
    path_learn(router, router->path_count);
    router->path_count++;
  }
}

static bool is_suppressed(const RouteClass *class, uint32_t path, uint32_t name) {
  for (uint32_t i = 0; i < class->suppressed_count; i++)
    if (class->suppressed[i].path == path && class->suppressed[i].name == name)
      return true;
  return false;
}

static bool has_name(const uint32_t *names, size_t count, uint32_t name) {
  for (size_t i = 0; i < count; i++)
    if (names[i] == name)
      return true;
  return false;
}

size_t router_names(Router *router, uint32_t class, uint32_t path, Span out_names[ROUTE_NAMES_MAX]) {
  router_learn(router);
  if (path >= router->path_count || class >= router->class_count)
    return 0;
  const RouteClass *of = &router->classes[class];
  const PathNames *own = &router->paths[path];
  uint32_t names[ROUTE_NAMES_MAX];
  size_t count = 0;
  for (size_t i = 0; i < own->count && count < ROUTE_NAMES_MAX; i++)
    if (!is_suppressed(of, path, own->name[i]) && !has_name(names, count, own->name[i]))
      names[count++] = own->name[i];
  for (uint32_t i = 0; i < router->route->field_entries; i++) {
    const RouteEntry *entry = &router->route->entries[i];
    if (!(of->entries[i / 64] >> i % 64 & 1))
      continue;
    for (uint32_t j = 0; j < entry->rename_count && count < ROUTE_NAMES_MAX; j++) {
      const RouteRename *rename = &router->route->renames[entry->first_rename + j];
      if (has_name(names, count, rename->from) && !has_name(names, count, rename->to) &&
          !is_suppressed(of, path, rename->to))
        names[count++] = rename->to;
    }
  }
  for (size_t i = 0; i < count; i++)
    out_names[i] = router->names[names[i]];
  return count;
}
