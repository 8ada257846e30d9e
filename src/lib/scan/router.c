/* Which class an event is of. The few values that the entries test are looked up in a memo; only a combination that was
 * not there before is worked out. */
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include "lib/scan/router_private.h"

static void tests_by_name(Router *router) {
  const Route *route = router->route;
  uint32_t *starts = router->name_tests = scan_new(route->name_count + 2, sizeof *starts);
  router->tests = scan_new(route->test_count, sizeof *router->tests);
  router->gathered_room = 2 * route->test_count;
  router->gathered = scan_new(router->gathered_room, sizeof *router->gathered);
  uint32_t count = 0;
  for (uint32_t name = 0; name < route->name_count; name++) {
    starts[name] = count;
    for (uint32_t i = 0; i < route->when_count; i++)
      for (uint32_t j = 0; route->whens[i].name == name && j < route->whens[i].test_count; j++)
        router->tests[count++] = route->whens[i].first_test + j;
  }
  starts[route->name_count] = starts[route->name_count + 1] = count;
  for (uint32_t i = 0; i < route->test_count; i++)
    if (route->tests[i].value.size > router->longest_test)
      router->longest_test = (uint32_t)route->tests[i].value.size;
}

Router *router_new(const Route *route, FieldTable *table) {
  Router *router = scan_new(1, sizeof *router);
  router->route = route;
  router->table = table;
  if (getrandom(&router->seed, sizeof router->seed, 0) != sizeof router->seed)
    router->seed = (uint64_t)(uintptr_t)router * 0x9E3779B97F4A7C15u;
  tests_by_name(router);
  router_names_make(router);
  router->words = (route->entry_count + 63) / 64 + 1;
  router->found = scan_new(router->words, sizeof *router->found);
  router->head = scan_new(route->name_count, sizeof *router->head);
  router->holders = scan_new(HOLDERS_MAX, sizeof *router->holders);
  router->classes = scan_new(ROUTE_CLASSES_MAX, sizeof *router->classes);
  router->classes[0].entries = scan_arena_take(&router->arena, router->words * sizeof(uint64_t));
  router->class_count = 1;
  router_learn(router);
  return router;
}

void router_free(Router *router) {
  if (!router)
    return;
  scan_arena_clear(&router->arena);
  void *owned[] = {router->names,      router->slots, router->first_path, router->paths,    router->roles, router->seen,
                   router->name_tests, router->tests, router->classes,    router->found,    router->best,  router->head,
                   router->holders,    router->lost,  router->path_tests, router->gathered, router};
  for (size_t i = 0; i < sizeof owned / sizeof owned[0]; i++)
    free(owned[i]);
}

/* The beginning of a value, as far as tests can look. */
static Span value_begin(const Router *router, const EventField *field, char buffer[6 * (ROUTE_VALUE_MAX + 2)]) {
  EventField part = *field;
  size_t most = 6 * ((size_t)router->longest_test + 2); /* an escape of one character takes up to six bytes */
  if (part.raw.size > most)
    part.raw.size = most;
  return event_text(&part, buffer);
}

static uint64_t tests_outcome(const Router *router, const EventField *field) {
  char buffer[6 * (ROUTE_VALUE_MAX + 2)];
  Span text = value_begin(router, field, buffer);
  const PathTests *tests = &router->path_tests[field->path];
  uint64_t outcome = 2;
  for (uint32_t i = 0; i < tests->count; i++)
    if (route_test_holds(&router->route->tests[tests->tests[i]], text))
      outcome = route_mix(outcome, tests->tests[i] + 1);
  return outcome;
}

/* A number for the set of tests that the value fulfils. Where there are many tests the values are few and short. */
static uint64_t value_outcome(Router *router, const EventField *field) {
  enum { TESTS_FEW = 16, VALUE_SHORT = 64 };
  if (field->kind == VALUE_NULL)
    return 1;
  if (router->path_tests[field->path].count <= TESTS_FEW || field->raw.size > VALUE_SHORT)
    return tests_outcome(router, field);
  uint64_t key = route_hash(router->seed ^ field->path ^ (uint64_t)field->escaped << 32, field->raw);
  Memo *memo = &router->value_memo[key % VALUE_MEMO];
  if (memo->key != key)
    *memo = (Memo){key, tests_outcome(router, field)};
  return memo->value;
}

static void holder_add(Router *router, uint32_t name, uint32_t field) {
  if (name >= router->route->name_count || router->holder_count == HOLDERS_MAX)
    return;
  router->holders[router->holder_count++] = (HolderNode){field, router->head[name]};
  router->head[name] = router->holder_count;
}

static void lose(Router *router, uint32_t path, uint32_t name) {
  for (uint32_t i = 0; i < router->lost_count; i++)
    if (router->lost[i].path == path && router->lost[i].name == name)
      return;
  if (router->lost_count == router->lost_room) {
    router->lost_room = router->lost_room * 2 + 64;
    router->lost = scan_grow(router->lost, router->lost_room, sizeof *router->lost);
  }
  router->lost[router->lost_count++] = (Suppressed){path, name};
}

/* Who has which name in the event before fields.yaml. */
static void names_look(Router *router, const Event *event) {
  for (uint32_t i = 0; i < event->count; i++) {
    const PathNames *names = &router->paths[event->fields[i].path];
    for (size_t j = 0; j < names->count; j++) {
      uint8_t *best = &router->best[names->name[j]];
      if (!*best || *best > names->rank[j] + 1)
        *best = (uint8_t)(names->rank[j] + 1);
    }
  }
  for (uint32_t i = 0; i < event->count; i++) {
    uint32_t path = event->fields[i].path;
    const PathNames *names = &router->paths[path];
    bool met = router->seen[path] == router->look;
    router->seen[path] = router->look;
    for (size_t j = 0; j < names->count; j++) {
      if (router->best[names->name[j]] == names->rank[j] + 1)
        holder_add(router, names->name[j], i);
      else if (!met)
        lose(router, path, names->name[j]);
    }
  }
}

static bool when_holds(const Router *router, const RouteWhen *when, const Event *event) {
  char buffer[6 * (ROUTE_VALUE_MAX + 2)];
  for (uint32_t at = router->head[when->name]; at; at = router->holders[at - 1].next) {
    const EventField *field = &event->fields[router->holders[at - 1].field];
    if (field->kind == VALUE_NULL)
      continue;
    Span text = value_begin(router, field, buffer);
    for (uint32_t i = 0; i < when->test_count; i++)
      if (route_test_holds(&router->route->tests[when->first_test + i], text))
        return true;
  }
  return false;
}

static bool entry_holds(const Router *router, const RouteEntry *entry, const Event *event) {
  for (uint32_t i = 0; i < entry->when_count; i++)
    if (!when_holds(router, &router->route->whens[entry->first_when + i], event))
      return false;
  return true;
}

static bool path_holds(const Router *router, uint32_t name, uint32_t path, const Event *event) {
  for (uint32_t at = router->head[name]; at; at = router->holders[at - 1].next)
    if (event->fields[router->holders[at - 1].field].path == path)
      return true;
  return false;
}

static bool has_value(const Router *router, uint32_t name, const Event *event) {
  for (uint32_t at = router->head[name]; at; at = router->holders[at - 1].next)
    if (event->fields[router->holders[at - 1].field].kind != VALUE_NULL)
      return true;
  return false;
}

static void rename_apply(Router *router, const RouteRename *rename, const Event *event) {
  bool taken = has_value(router, rename->to, event);
  for (uint32_t at = router->head[rename->from]; at; at = router->holders[at - 1].next) {
    uint32_t field = router->holders[at - 1].field;
    if (taken && !path_holds(router, rename->to, event->fields[field].path, event))
      lose(router, event->fields[field].path, rename->to);
    else if (!taken)
      holder_add(router, rename->to, field);
  }
}

static int by_path(const void *a, const void *b) {
  const Suppressed *x = a, *y = b;
  if (x->path != y->path)
    return x->path < y->path ? -1 : 1;
  return (x->name > y->name) - (x->name < y->name);
}

static bool class_is(const Router *router, const RouteClass *class, uint64_t hash) {
  return class->hash == hash && class->suppressed_count == router->lost_count &&
         !memcmp(class->entries, router->found, router->words * sizeof *router->found) &&
         (!router->lost_count || !memcmp(class->suppressed, router->lost, router->lost_count * sizeof *router->lost));
}

/* Without room for a further class: one with the same entries, else the class without any. */
static uint32_t class_near(const Router *router) {
  for (uint32_t i = 0; i < router->class_count; i++)
    if (!memcmp(router->classes[i].entries, router->found, router->words * sizeof *router->found))
      return i;
  return 0;
}

static uint32_t class_of_found(Router *router) {
  if (router->lost_count)
    qsort(router->lost, router->lost_count, sizeof *router->lost, by_path);
  Span entries = {(const char *)router->found, router->words * sizeof *router->found};
  Span lost = {(const char *)router->lost, router->lost_count * sizeof *router->lost};
  uint64_t hash = route_hash(route_hash(router->seed, entries), lost);
  bool nothing = !router->lost_count;
  for (size_t i = 0; i < router->words; i++)
    nothing &= !router->found[i];
  if (nothing)
    return 0;
  for (uint32_t i = 1; i < router->class_count; i++)
    if (class_is(router, &router->classes[i], hash))
      return i;
  if (router->class_count == ROUTE_CLASSES_MAX || router->lost_count > EVENT_FIELDS_MAX)
    return class_near(router);
  RouteClass *class = &router->classes[router->class_count];
  class->hash = hash;
  class->entries = memcpy(scan_arena_take(&router->arena, entries.size), entries.bytes, entries.size);
  class->suppressed = scan_arena_take(&router->arena, lost.size + 1);
  if (lost.size)
    memcpy(class->suppressed, lost.bytes, lost.size);
  class->suppressed_count = router->lost_count;
  return router->class_count++;
}

static uint32_t class_look(Router *router, const Event *event) {
  const Route *route = router->route;
  router->look++;
  router->holder_count = router->lost_count = 0;
  memset(router->head, 0, route->name_count * sizeof *router->head);
  memset(router->found, 0, router->words * sizeof *router->found);
  names_look(router, event);
  for (uint32_t i = 0; i < route->entry_count; i++) {
    const RouteEntry *entry = &route->entries[i];
    if (!entry_holds(router, entry, event))
      continue;
    router->found[i / 64] |= (uint64_t)1 << i % 64;
    for (uint32_t j = 0; j < entry->rename_count; j++)
      rename_apply(router, &route->renames[entry->first_rename + j], event);
  }
  for (uint32_t i = 0; i < event->count; i++) {
    const PathNames *names = &router->paths[event->fields[i].path];
    for (size_t j = 0; j < names->count; j++)
      router->best[names->name[j]] = 0;
  }
  return class_of_found(router);
}

uint32_t router_class(Router *router, const Event *event) {
  if (field_table_count(router->table) > router->path_count)
    router_learn(router);
  uint64_t key = router->seed;
  for (uint32_t i = 0; i < event->count; i++) {
    const EventField *field = &event->fields[i];
    uint8_t role = router->roles[field->path];
    if (role == ROLE_NONE)
      continue;
    uint64_t outcome = role == ROLE_VALUE ? value_outcome(router, field) : field->kind == VALUE_NULL;
    key = route_mix(key ^ field->path, outcome);
  }
  Memo *memo = &router->class_memo[key % CLASS_MEMO];
  if (memo->key != key)
    *memo = (Memo){key, class_look(router, event)};
  return (uint32_t)memo->value;
}

bool router_applies(const Router *router, uint32_t class, const char *product, const char *category,
                    const char *service) {
  const char *wanted[] = {product, category, service};
  bool met[] = {!product, !category, !service};
  if (class >= router->class_count)
    return false;
  for (uint32_t i = router->route->field_entries; i < router->route->entry_count; i++) {
    const RouteEntry *entry = &router->route->entries[i];
    if (!(router->classes[class].entries[i / 64] >> i % 64 & 1))
      continue;
    const char *has[] = {entry->product, entry->category, entry->service};
    for (size_t j = 0; j < 3; j++)
      met[j] |= wanted[j] && has[j] && !strcmp(wanted[j], has[j]);
  }
  return met[0] && met[1] && met[2];
}
