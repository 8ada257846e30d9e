#include "lib/scan/correlate_window.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A distinct value of a window, in an open table. */
struct Value {
  char *text;
  size_t size;
  uint64_t hash;
  uint32_t count; /* members that have it; 0: dead until the table is made anew */
};

static const double exact_limit = 4503599627370496.0; /* 2^52: sums of whole numbers below are exact */

void windows_init(WindowSet *set, size_t bytes_max) {
  *set = (WindowSet){.table_size = 1024, .bytes_max = bytes_max};
  set->table = scan_new(set->table_size, sizeof *set->table);
}

static void unlink_use(WindowSet *set, Window *window) {
  *(window->older ? &window->older->newer : &set->oldest) = window->newer;
  *(window->newer ? &window->newer->older : &set->newest) = window->older;
}

static void link_newest(WindowSet *set, Window *window) {
  window->older = set->newest;
  window->newer = NULL;
  *(set->newest ? &set->newest->newer : &set->oldest) = window;
  set->newest = window;
}

static size_t window_bytes(const Window *window) {
  return sizeof *window + window->key_size + window->room * sizeof *window->members + window->value_room * sizeof *window->values;
}

static void free_window(WindowSet *set, Window *window) {
  set->bytes -= window_bytes(window);
  for (uint32_t i = 0; i < window->value_room; i++) {
    set->bytes -= window->values[i].size;
    free(window->values[i].text);
  }
  free(window->values);
  free(window->members);
  free(window->key);
  free(window);
}

static void remove_window(WindowSet *set, Window *window) {
  Window **link = &set->table[window->hash & (set->table_size - 1)];
  while (*link != window)
    link = &(*link)->next;
  *link = window->next;
  unlink_use(set, window);
  set->count--;
  free_window(set, window);
}

void windows_clear(WindowSet *set) {
  while (set->oldest)
    remove_window(set, set->oldest);
  free(set->table);
}

static void grow_table(WindowSet *set) {
  size_t size = set->table_size * 2;
  Window **table = scan_new(size, sizeof *table);
  for (Window *window = set->oldest; window; window = window->newer) {
    window->next = table[window->hash & (size - 1)];
    table[window->hash & (size - 1)] = window;
  }
  free(set->table);
  set->table = table;
  set->table_size = size;
}

Window *window_get(WindowSet *set, const Correlation *correlation, Span key) {
  uint64_t hash = scan_hash(key.bytes, key.size) ^ ((uint64_t)(uintptr_t)correlation >> 4) * 0x9e3779b97f4a7c15u;
  Window **place = &set->table[hash & (set->table_size - 1)];
  for (Window *window = *place; window; window = window->next)
    if (window->hash == hash && window->correlation == correlation && window->key_size == key.size &&
        memcmp(window->key, key.bytes, key.size) == 0) {
      unlink_use(set, window);
      link_newest(set, window);
      return window;
    }
  Window *window = scan_new(1, sizeof *window);
  *window = (Window){.next = *place, .correlation = correlation, .hash = hash, .key_size = key.size};
  window->key = memcpy(scan_new(key.size + 1, 1), key.size ? key.bytes : "", key.size);
  *place = window;
  link_newest(set, window);
  set->bytes += window_bytes(window);
  if (++set->count > set->table_size)
    grow_table(set);
  return window;
}

const Member *window_member(const Window *window, size_t index) {
  return &window->members[(window->first + index) & (window->room - 1)];
}

/* ---- distinct values ---- */

static uint32_t value_place(const Value *values, uint32_t room, Span text, uint64_t hash) {
  for (uint32_t i = (uint32_t)hash & (room - 1);; i = (i + 1) & (room - 1))
    if (!values[i].text ||
        (values[i].hash == hash && values[i].size == text.size && memcmp(values[i].text, text.bytes, text.size) == 0))
      return i;
}

/* A larger table without the dead; members are told the new places. */
static void renew_values(WindowSet *set, Window *window) {
  uint32_t room = 8;
  while (room < (window->value_live + 1) * 4)
    room *= 2;
  Value *values = scan_new(room, sizeof *values);
  uint32_t *moved = scan_new(window->value_room, sizeof *moved);
  for (uint32_t i = 0; i < window->value_room; i++) {
    Value *value = &window->values[i];
    if (value->text && value->count) {
      moved[i] = value_place(values, room, (Span){value->text, value->size}, value->hash);
      values[moved[i]] = *value;
    } else {
      set->bytes -= value->size;
      free(value->text);
    }
  }
  for (size_t i = 0; i < window->count; i++) {
    Member *member = &window->members[(window->first + i) & (window->room - 1)];
    if (member->value != UINT32_MAX)
      member->value = moved[member->value];
  }
  set->bytes += (size_t)room * sizeof *values;
  set->bytes -= (size_t)window->value_room * sizeof *values; /* the new table may be the smaller one */
  free(moved);
  free(window->values);
  window->values = values;
  window->value_room = room;
  window->value_used = window->value_live;
}

static uint32_t put_value(WindowSet *set, Window *window, Span text) {
  if ((window->value_used + 1) * 2 > window->value_room)
    renew_values(set, window);
  uint64_t hash = scan_hash(text.bytes, text.size);
  uint32_t place = value_place(window->values, window->value_room, text, hash);
  Value *value = &window->values[place];
  if (!value->text) {
    *value = (Value){memcpy(scan_new(text.size + 1, 1), text.bytes, text.size), text.size, hash, 0};
    window->value_used++;
    set->bytes += text.size;
  }
  window->value_live += !value->count++;
  return place;
}

/* ---- members ---- */

static void count_member(Window *window, const Member *member, int by) {
  for (uint64_t rules = member->rules; rules; rules &= rules - 1)
    window->rule_counts[__builtin_ctzll(rules)] += (uint32_t)by;
  if (isnan(member->number))
    return;
  bool whole = member->number == floor(member->number) && fabs(member->number) < exact_limit;
  if (whole)
    window->sum += by * member->number;
  else if (by > 0)
    window->fractions++;
  else
    window->fractions--;
}

static void drop_first(Window *window) {
  const Member *member = window_member(window, 0);
  count_member(window, member, -1);
  if (member->value != UINT32_MAX && !--window->values[member->value].count)
    window->value_live--;
  window->first = (window->first + 1) & (window->room - 1);
  window->count--;
}

static void push_member(WindowSet *set, Window *window, const Member *member) {
  if (window->count == window->room) {
    size_t room = window->room ? window->room * 2 : 4;
    Member *members = scan_new(room, sizeof *members);
    for (size_t i = 0; i < window->count; i++)
      members[i] = *window_member(window, i);
    set->bytes += (room - window->room) * sizeof *members;
    free(window->members);
    window->members = members;
    window->room = room;
    window->first = 0;
  }
  window->members[(window->first + window->count++) & (window->room - 1)] = *member;
}

/* ---- what the condition is about ---- */

static double sum_of(const Window *window) {
  if (!window->fractions && fabs(window->sum) < exact_limit)
    return window->sum;
  double sum = 0;
  for (size_t i = 0; i < window->count; i++)
    sum += window_member(window, i)->number;
  return sum;
}

/* 100 × (smaller + half of the equal ones) / all among numbers; of other values the share of the equal ones. */
static double percentile_of(const Window *window) {
  const Member *last = window_member(window, window->count - 1);
  if (isnan(last->number))
    return 100.0 * window->values[last->value].count / (double)window->count;
  size_t all = 0, smaller = 0, equal = 0;
  for (size_t i = 0; i < window->count; i++) {
    double number = window_member(window, i)->number;
    all += isnan(number) ? 0 : 1;
    smaller += number < last->number;
    equal += number == last->number;
  }
  return 100.0 * ((double)smaller + (double)equal / 2) / (double)all;
}

/* The longest chain of members that ends at the last, each matched by a rule further on in the list. */
static double chain_of(const Window *window) {
  uint32_t best[64] = {0}, length = 0;
  uint32_t rules = window->correlation->rule_count;
  for (size_t i = 0; i < window->count; i++) {
    uint64_t mask = window_member(window, i)->rules;
    length = 0;
    for (uint32_t rule = rules; rule-- > 0;) {
      if (!(mask >> rule & 1))
        continue;
      uint32_t before = 0;
      for (uint32_t k = 0; k < rule; k++)
        before = best[k] > before ? best[k] : before;
      best[rule] = before + 1 > best[rule] ? before + 1 : best[rule];
      length = before + 1 > length ? before + 1 : length;
    }
  }
  return length;
}

static double measure(const Window *window) {
  double number = 0;
  switch (window->correlation->type) {
  case CORRELATE_EVENT_COUNT:
    return (double)window->count;
  case CORRELATE_VALUE_COUNT:
    return window->value_live;
  case CORRELATE_VALUE_SUM:
    return sum_of(window);
  case CORRELATE_VALUE_AVG:
    return sum_of(window) / (double)window->count;
  case CORRELATE_VALUE_PERCENTILE:
    return percentile_of(window);
  case CORRELATE_TEMPORAL:
    for (size_t i = 0; i < 64; i++)
      number += window->rule_counts[i] > 0;
    return number;
  case CORRELATE_ORDERED:
    return chain_of(window);
  }
  return number;
}

static bool holds(const Correlation *correlation, double number) {
  if (!correlation->bound_count)
    return number >= correlation->rule_count;
  for (uint32_t i = 0; i < correlation->bound_count; i++)
    if (!value_compare((Compare)correlation->bounds[i].compare, number, correlation->bounds[i].number))
      return false;
  return true;
}

bool window_add(WindowSet *set, Window *window, Member member, Span value, double *out_value) {
  while (window->count && window_member(window, 0)->time_ms < member.time_ms - window->correlation->span_ms)
    drop_first(window);
  member.value = value.bytes ? put_value(set, window, value) : UINT32_MAX;
  push_member(set, window, &member);
  count_member(window, &member, 1);
  while (set->bytes > set->bytes_max && set->oldest != window) {
    remove_window(set, set->oldest);
    set->evicted++;
  }
  while (set->bytes > set->bytes_max && window->count > 1 && window->count * sizeof member > set->bytes_max / 2) {
    drop_first(window);
    set->evicted++;
  }
  *out_value = measure(window);
  return holds(window->correlation, *out_value);
}
