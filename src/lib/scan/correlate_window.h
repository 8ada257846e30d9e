/* The sliding windows of correlations: one for each rule and group. */
#pragma once
#include "lib/scan/map.h"
#include "lib/scan/rule_private.h"

typedef struct {
  int64_t time_ms;
  uint64_t line;
  uint64_t rules;  /* bit of each referred rule that it matched (temporal ones) */
  double number;   /* of the field; NAN: no number */
  uint32_t value;  /* of the field: its place in the group's table; UINT32_MAX: none */
} Member;

typedef struct Value Value;

typedef struct Window Window;
struct Window {
  Window *next;             /* of the same hash */
  Window *older, *newer;    /* by use */
  const Correlation *correlation;
  uint64_t hash;
  char *key;
  size_t key_size;
  Member *members;          /* a ring */
  size_t first, count, room;
  Value *values;            /* distinct ones, by hash */
  uint32_t value_room, value_used, value_live;
  uint32_t rule_counts[64]; /* temporal: members of each rule */
  double sum;
  size_t fractions;         /* members whose number makes a running sum inexact */
};

typedef struct {
  Window **table;
  size_t table_size, count;
  Window *oldest, *newest;
  size_t bytes, bytes_max;
  uint64_t evicted;
} WindowSet;

void windows_init(WindowSet *set, size_t bytes_max);
void windows_clear(WindowSet *set);
Window *window_get(WindowSet *set, const Correlation *correlation, Span key);
/* Adds a member with the text of its field (bytes NULL: none), drops what is older than the timespan; true: the condition holds. */
bool window_add(WindowSet *set, Window *window, Member member, Span value, double *out_value);
const Member *window_member(const Window *window, size_t index);
