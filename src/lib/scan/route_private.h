/* The inside of a Route, for the Router. */
#pragma once
#include "lib/scan/arena.h"
#include "lib/scan/route.h"

enum { ROUTE_VALUE_MAX = 256 };

typedef struct {
  Span value;
  bool prefix; /* begins so; with an empty value: is there and not null */
} RouteTest;

typedef struct {
  uint32_t name;                   /* number of a Sigma name */
  uint32_t test_count, first_test; /* in route->tests: one of them must hold */
} RouteWhen;

typedef struct {
  uint32_t from, to;
} RouteRename;

typedef struct {
  uint32_t first_when, when_count;          /* all must hold */
  uint32_t first_rename, rename_count;      /* of fields.yaml */
  const char *product, *category, *service; /* of logsource.yaml */
} RouteEntry;

struct Route {
  ScanArena arena;
  RouteEntry *entries; /* fields.yaml first, then logsource.yaml */
  uint32_t entry_count, field_entries;
  RouteWhen *whens;
  uint32_t when_count;
  RouteTest *tests;
  uint32_t test_count;
  RouteRename *renames;
  uint32_t rename_count;
  Span *names; /* every name that an entry mentions */
  uint32_t name_count;
};

bool route_test_holds(const RouteTest *test, Span text);
