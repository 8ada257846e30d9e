#include "lib/scan/indicator_set.h"
#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
  uint64_t hash, join; /* join: what an index has of it; 0: a network */
  const char *folded;
  uint32_t folded_size, next, next_join; /* next: another with the same hash, counted from 1 */
  uint8_t network[16];
  bool below; /* of a warning list: subdomains too */
} Entry;

/* Hash → first entry, counted from 1. */
typedef struct {
  uint64_t *keys;
  uint32_t *first;
  size_t room;
} KeyTable;

struct IndicatorSet {
  ScanArena arena;
  Indicator *items;
  Entry *entries;
  size_t count, room;
  KeyTable by_hash, by_join;
  TokenFilter filter, join_filter;
  /* Networks: their indexes, IPv4 by prefix and address, then IPv6. */
  uint32_t *networks;
  size_t network_count, network4_count;
  uint64_t prefixes4; /* a bit for each prefix length that there is */
  IndicatorSet *benign;
};

/* --- filling --- */

IndicatorSet *indicator_set_new(void) {
  return scan_new(1, sizeof(IndicatorSet));
}

static void table_free(KeyTable *table) {
  free(table->keys);
  free(table->first);
}

void indicator_set_free(IndicatorSet *set) {
  if (!set)
    return;
  indicator_set_free(set->benign);
  scan_arena_clear(&set->arena);
  table_free(&set->by_hash);
  table_free(&set->by_join);
  free(set->filter.words);
  free(set->filter.networks4);
  free(set->join_filter.words);
  free(set->networks);
  free(set->items);
  free(set->entries);
  free(set);
}

const char *indicator_set_text(IndicatorSet *set, Span text) {
  return text.size ? scan_arena_text(&set->arena, text.bytes, text.size) : "";
}

static void put_value(IndicatorSet *set, Span written, const TokenValue *value, const IndicatorMeta *meta, bool below) {
  if (set->count == set->room) {
    set->room = set->room * 2 + 256;
    set->items = scan_grow(set->items, set->room, sizeof *set->items);
    set->entries = scan_grow(set->entries, set->room, sizeof *set->entries);
  }
  Entry *entry = &set->entries[set->count];
  Indicator *item = &set->items[set->count++];
  const char *text = indicator_set_text(set, written);
  bool same = value->size == written.size && memcmp(value->folded, text, value->size) == 0;
  *entry = (Entry){.hash = value->prefix_bits ? 0 : value->hash,
                   .join = value->prefix_bits         ? 0
                           : value->kind == TOKEN_URL ? value->host_hash
                                                      : value->hash,
                   .folded = same ? text : indicator_set_text(set, (Span){value->folded, value->size}),
                   .folded_size = (uint32_t)value->size,
                   .below = below};
  memcpy(entry->network, value->network, sizeof entry->network);
  *item = (Indicator){.value = text,
                      .source = meta->source,
                      .note = indicator_set_text(set, meta->note),
                      .expires_ms = meta->expires_ms,
                      .kind = (uint8_t)value->kind,
                      .prefix_bits = value->prefix_bits,
                      .confidence = meta->confidence,
                      .tlp = meta->tlp};
}

bool indicator_set_put(IndicatorSet *set, Span value, const IndicatorMeta *meta) {
  TokenValue read;
  if (set->count >= INDICATORS_MAX || !token_value_read(value, &read))
    return false;
  put_value(set, value, &read, meta, false);
  return true;
}

bool indicator_set_put_benign(IndicatorSet *set, Span value, bool below) {
  IndicatorMeta meta = INDICATOR_META("");
  TokenValue read;
  if (!set->benign)
    set->benign = indicator_set_new();
  if (set->benign->count >= INDICATORS_MAX || !token_value_read(value, &read))
    return false;
  put_value(set->benign, value, &read, &meta, below || (value.size && *value.bytes == '.'));
  return true;
}

static bool is_json(Span bytes) {
  while (bytes.size && ((uint8_t)*bytes.bytes <= ' ' || (uint8_t)*bytes.bytes >= 0xbb)) /* a byte order mark too */
    bytes.bytes++, bytes.size--;
  return bytes.size && (*bytes.bytes == '{' || *bytes.bytes == '[');
}

size_t indicator_set_add(IndicatorSet *set, const char *source, Span bytes, ListFormat format, size_t *out_faults,
                         ScanError *error) {
  ListCount count = {0};
  const char *kept = indicator_set_text(set, span_text(source));
  if (format == LIST_AUTO && !is_json(bytes))
    format = list_looks_like_csv(bytes) ? LIST_CSV : LIST_PLAIN;
  if (format == LIST_PLAIN)
    list_add_plain(set, kept, bytes, &count, error);
  else if (format == LIST_CSV)
    list_add_csv(set, kept, bytes, &count, error);
  else
    list_add_json(set, kept, bytes, format, &count, error);
  if (out_faults)
    *out_faults = count.faults;
  return count.taken;
}

/* --- files --- */

static size_t add_file(IndicatorSet *set, int folder, const char *name, const char *source, ListFormat format,
                       size_t *faults, ScanError *error) {
  ByteBuffer bytes = {0};
  size_t taken = 0, more = 0;
  if (file_load(folder, name, INDICATOR_BYTES_MAX, &bytes))
    taken = indicator_set_add(set, source, (Span){(const char *)bytes.bytes, bytes.size}, format, &more, error);
  else
    scan_fail(error, "Không đọc được danh sách chỉ dấu %.150s", source);
  *faults += more;
  free(bytes.bytes);
  return taken;
}

static int by_name(const struct dirent **a, const struct dirent **b) {
  return strcmp((*a)->d_name, (*b)->d_name);
}

/* A feed's list of its events holds no values. */
static int is_list(const struct dirent *entry) {
  return *entry->d_name != '.' && strcmp(entry->d_name, "manifest.json") != 0 &&
         strcmp(entry->d_name, "hashes.csv") != 0;
}

size_t indicator_set_add_path(IndicatorSet *set, const char *path, ListFormat format, size_t *out_faults,
                              ScanError *error) {
  struct dirent **names;
  struct stat status;
  size_t taken = 0, faults = 0;
  if (stat(path, &status) != 0)
    scan_fail_errno(error, "Không đọc được danh sách chỉ dấu");
  else if (!S_ISDIR(status.st_mode))
    taken = add_file(set, AT_FDCWD, path, path, format, &faults, error);
  else {
    int count = scandir(path, &names, is_list, by_name), folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (int i = 0; i < count; i++) {
      if (folder >= 0 && fstatat(folder, names[i]->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
          S_ISREG(status.st_mode))
        taken += add_file(set, folder, names[i]->d_name, names[i]->d_name, format, &faults, error);
      free(names[i]);
    }
    if (count >= 0)
      free(names);
    if (folder >= 0)
      close(folder);
  }
  if (out_faults)
    *out_faults = faults;
  return taken;
}

/* --- finishing --- */

static size_t table_slot(const KeyTable *table, uint64_t key) {
  size_t slot = token_filter_key(key) >> 16 & (table->room - 1);
  while (table->first[slot] && table->keys[slot] != key)
    slot = (slot + 1) & (table->room - 1);
  return slot;
}

static void table_new(KeyTable *table, size_t count) {
  for (table->room = 64; table->room < count * 2;)
    table->room *= 2;
  table->keys = scan_new(table->room, sizeof *table->keys);
  table->first = scan_new(table->room, sizeof *table->first);
}

/* Returns what stood there before. */
static uint32_t table_put(KeyTable *table, uint64_t key, uint32_t value) {
  size_t slot = table_slot(table, key);
  uint32_t before = table->first[slot];
  table->keys[slot] = key;
  table->first[slot] = value;
  return before;
}

static uint32_t table_get(const KeyTable *table, uint64_t key) {
  return table->first[table_slot(table, key)];
}

enum { FILTER_BITS_LEAST = 12, FILTER_BITS_MOST = 27, FILTER_BITS_EACH = 5 };

static void filter_new(TokenFilter *filter, size_t count) {
  unsigned bits = FILTER_BITS_LEAST;
  while (bits < FILTER_BITS_MOST && (1ULL << bits) < (uint64_t)count << FILTER_BITS_EACH)
    bits++;
  filter->words = scan_new((1ULL << bits) / 64, sizeof *filter->words);
  filter->shift = 64 - bits;
}

static void filter_put(TokenFilter *filter, uint64_t hash) {
  uint64_t bit = token_filter_key(hash) >> filter->shift;
  filter->words[bit / 64] |= 1ULL << bit % 64;
}

static uint32_t network4(const Entry *entry) {
  uint32_t address;
  memcpy(&address, entry->network, 4);
  return ntohl(address);
}

static int by_network(const void *a, const void *b, void *context) {
  const IndicatorSet *set = context;
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  const Indicator *i = &set->items[x], *k = &set->items[y];
  if (i->kind != k->kind)
    return i->kind < k->kind ? -1 : 1;
  if (i->prefix_bits != k->prefix_bits)
    return i->prefix_bits < k->prefix_bits ? -1 : 1;
  int order = memcmp(set->entries[x].network, set->entries[y].network, 16);
  return order ? order : (x > y) - (x < y);
}

static void mark_halves(TokenFilter *filter, uint32_t address, unsigned bits) {
  uint32_t first = address >> 16, last = bits >= 16 ? first : first + (1U << (16 - bits)) - 1;
  for (uint32_t half = first; half <= last; half++)
    filter->networks4[half / 64] |= 1ULL << half % 64;
}

static void finish_networks(IndicatorSet *set) {
  set->networks = scan_new(set->count, sizeof *set->networks);
  for (size_t i = 0; i < set->count; i++)
    if (set->items[i].prefix_bits)
      set->networks[set->network_count++] = (uint32_t)i;
  if (!set->network_count)
    return;
  qsort_r(set->networks, set->network_count, sizeof *set->networks, by_network, set);
  set->filter.networks4 = scan_new(65536 / 64, sizeof(uint64_t));
  for (size_t i = 0; i < set->network_count; i++) {
    uint32_t at = set->networks[i];
    if (set->items[at].kind == TOKEN_IPV6) {
      set->filter.networks6 = true;
      continue;
    }
    set->network4_count++;
    set->prefixes4 |= 1ULL << set->items[at].prefix_bits;
    mark_halves(&set->filter, network4(&set->entries[at]), set->items[at].prefix_bits);
  }
}

/* The host of a URL, what stands behind the @ of a mail address. */
static Span name_of(const Entry *entry, TokenKind kind) {
  const char *begin = entry->folded, *end = begin + entry->folded_size;
  if (kind == TOKEN_MAIL)
    begin = (const char *)memrchr(begin, '@', entry->folded_size) + 1;
  const char *stop = begin;
  while (stop < end && !strchr("/:?#", *stop))
    stop++;
  return (Span){begin, (size_t)(stop - begin)};
}

static void mark_benign(IndicatorSet *set);

void indicator_set_finish(IndicatorSet *set) {
  table_new(&set->by_hash, set->count);
  table_new(&set->by_join, set->count);
  filter_new(&set->filter, set->count);
  filter_new(&set->join_filter, set->count);
  for (size_t i = 0; i < set->count; i++) {
    Entry *entry = &set->entries[i];
    if (set->items[i].prefix_bits)
      continue;
    entry->next = table_put(&set->by_hash, entry->hash, (uint32_t)i + 1);
    entry->next_join = table_put(&set->by_join, entry->join, (uint32_t)i + 1);
    filter_put(&set->filter, entry->hash);
    filter_put(&set->join_filter, entry->join);
    if (set->items[i].kind == TOKEN_URL)
      filter_put(&set->filter, token_hash_url_host(entry->join));
    if (set->items[i].kind == TOKEN_DOMAIN || set->items[i].kind == TOKEN_URL || set->items[i].kind == TOKEN_MAIL)
      filter_put(&set->filter, token_hash_stem(name_of(entry, set->items[i].kind)));
  }
  finish_networks(set);
  if (set->benign) {
    indicator_set_finish(set->benign);
    mark_benign(set);
  }
}

size_t indicator_set_count(const IndicatorSet *set) {
  return set->count;
}

const Indicator *indicator_set_item(const IndicatorSet *set, size_t index) {
  return &set->items[index];
}

/* --- matching --- */

typedef struct {
  const IndicatorSet *set;
  int64_t now_ms;
  IndicatorFound found;
  void *context;
} Match;

static bool is_active(const IndicatorSet *set, size_t index, int64_t now_ms) {
  return !set->items[index].benign && set->items[index].expires_ms > now_ms;
}

static bool in_network(const uint8_t *address, const Entry *network, unsigned bits) {
  unsigned whole = bits / 8, rest = bits % 8;
  return memcmp(address, network->network, whole) == 0 &&
         (!rest || ((address[whole] ^ network->network[whole]) >> (8 - rest)) == 0);
}

typedef bool (*EachNetwork)(void *context, size_t index);

/* The networks of one prefix length that begin at `address`; false: stop. */
static bool each_network4_of(const IndicatorSet *set, unsigned bits, uint32_t address, EachNetwork each,
                             void *context) {
  size_t low = 0, high = set->network4_count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    unsigned its = set->items[set->networks[middle]].prefix_bits;
    uint32_t first = network4(&set->entries[set->networks[middle]]);
    if (its < bits || (its == bits && first < address))
      low = middle + 1;
    else
      high = middle;
  }
  for (; low < set->network4_count; low++) {
    uint32_t at = set->networks[low];
    if (set->items[at].prefix_bits != bits || network4(&set->entries[at]) != address)
      break;
    if (!each(context, at))
      return false;
  }
  return true;
}

static void each_network4(const IndicatorSet *set, uint32_t address, EachNetwork each, void *context) {
  uint64_t half = address >> 16;
  if (!set->filter.networks4 || !(set->filter.networks4[half / 64] >> half % 64 & 1))
    return;
  for (uint64_t left = set->prefixes4; left; left &= left - 1) {
    unsigned bits = (unsigned)__builtin_ctzll(left);
    if (!each_network4_of(set, bits, address & ~0U << (32 - bits), each, context))
      return;
  }
}

static void each_network6(const IndicatorSet *set, Span folded, EachNetwork each, void *context) {
  char text[INET6_ADDRSTRLEN];
  uint8_t address[16];
  if (!set->filter.networks6 || folded.size >= sizeof text)
    return;
  memcpy(text, folded.bytes, folded.size);
  text[folded.size] = 0;
  if (inet_pton(AF_INET6, text, address) != 1)
    return;
  for (size_t i = set->network4_count; i < set->network_count; i++) {
    uint32_t at = set->networks[i];
    if (in_network(address, &set->entries[at], set->items[at].prefix_bits) && !each(context, at))
      return;
  }
}

static void each_network(const IndicatorSet *set, TokenKind kind, Span folded, uint64_t hash, EachNetwork each,
                         void *context) {
  if (kind == TOKEN_IPV4)
    each_network4(set, (uint32_t)(hash >> TOKEN_HASH_SPARE), each, context);
  else if (kind == TOKEN_IPV6)
    each_network6(set, folded, each, context);
}

typedef struct {
  const Match *match;
  Span where;
} NetworkMatch;

static bool network_found(void *context, size_t index) {
  const NetworkMatch *found = context;
  if (is_active(found->match->set, index, found->match->now_ms))
    found->match->found(found->match->context, index, found->where);
  return true;
}

static void token_found(void *context, TokenKind kind, Span folded, uint64_t hash, Span where) {
  const Match *match = context;
  const IndicatorSet *set = match->set;
  for (uint32_t at = table_get(&set->by_hash, hash); at; at = set->entries[at - 1].next) {
    const Entry *entry = &set->entries[at - 1];
    if (set->items[at - 1].kind == kind && entry->folded_size == folded.size &&
        memcmp(entry->folded, folded.bytes, folded.size) == 0 && is_active(set, at - 1, match->now_ms))
      match->found(match->context, at - 1, where);
  }
  NetworkMatch network = {match, where};
  each_network(set, kind, folded, hash, network_found, &network);
}

void indicator_set_match(const IndicatorSet *set, Span record, int64_t now_ms, IndicatorFound found, void *context) {
  Match match = {set, now_ms, found, context};
  if (set->count)
    token_cut_filtered(record, &set->filter, token_found, &match);
}

/* --- warning lists --- */

typedef struct {
  const IndicatorSet *benign;
  bool found;
  size_t size; /* of the whole value */
} Benign;

static bool benign_network(void *context, size_t index) {
  (void)index;
  ((Benign *)context)->found = true;
  return false;
}

static void benign_token(void *context, TokenKind kind, Span folded, uint64_t hash, Span where) {
  Benign *test = context;
  const IndicatorSet *benign = test->benign;
  (void)where;
  for (uint32_t at = table_get(&benign->by_hash, hash); at && !test->found; at = benign->entries[at - 1].next) {
    const Entry *entry = &benign->entries[at - 1];
    test->found = benign->items[at - 1].kind == kind && entry->folded_size == folded.size &&
                  memcmp(entry->folded, folded.bytes, folded.size) == 0 && (entry->below || folded.size == test->size);
  }
  each_network(benign, kind, folded, hash, benign_network, test);
}

/* A URL and a mail address only when listed themselves: a good host can carry a bad page. */
static void mark_benign(IndicatorSet *set) {
  for (size_t i = 0; i < set->count; i++) {
    const Entry *entry = &set->entries[i];
    Benign test = {set->benign, false, entry->folded_size};
    Span folded = {entry->folded, entry->folded_size};
    if (set->items[i].prefix_bits)
      continue;
    if (set->items[i].kind == TOKEN_URL || set->items[i].kind == TOKEN_MAIL)
      benign_token(&test, set->items[i].kind, folded, entry->hash, folded);
    else
      token_cut_filtered(folded, &set->benign->filter, benign_token, &test);
    set->items[i].benign = test.found;
  }
}

/* --- the index of a segment --- */

static bool joins_at(const IndicatorSet *set, uint64_t hash, int64_t now_ms) {
  for (uint32_t at = table_get(&set->by_join, hash); at; at = set->entries[at - 1].next_join)
    if (is_active(set, at - 1, now_ms))
      return true;
  return false;
}

static size_t lower_bound(const uint64_t *hashes, size_t count, uint64_t value) {
  size_t low = 0;
  while (low < count) {
    size_t middle = (low + count) / 2;
    if (hashes[middle] < value)
      low = middle + 1;
    else
      count = middle;
  }
  return low;
}

typedef struct {
  const IndicatorSet *set;
  int64_t now_ms;
  bool found;
} NetworkJoin;

static bool network_joins(void *context, size_t index) {
  NetworkJoin *join = context;
  join->found = is_active(join->set, index, join->now_ms);
  return !join->found;
}

static bool network6_joins(const Entry *entry, unsigned bits, const uint64_t *hashes, size_t count) {
  uint64_t half;
  memcpy(&half, entry->network, 8);
  half = __builtin_bswap64(half);
  uint64_t last = bits >= 64 ? half : half | ~0ULL >> bits;
  size_t at = lower_bound(hashes, count, token_hash_network6(half));
  return at < count && hashes[at] <= token_hash_network6(last);
}

static bool networks_join(const IndicatorSet *set, const uint64_t *hashes, size_t count, int64_t now_ms) {
  NetworkJoin join = {set, now_ms, false};
  for (size_t i = 0; set->network4_count && i < count && hashes[i] >> 48 == 0 && !join.found; i++)
    each_network4(set, (uint32_t)(hashes[i] >> TOKEN_HASH_SPARE), network_joins, &join);
  for (size_t i = set->network4_count; i < set->network_count && !join.found; i++)
    join.found =
        is_active(set, set->networks[i], now_ms) &&
        network6_joins(&set->entries[set->networks[i]], set->items[set->networks[i]].prefix_bits, hashes, count);
  return join.found;
}

/* Few indicators are looked up in the hashes, many the other way round. */
bool indicator_set_joins(const IndicatorSet *set, const uint64_t *hashes, size_t count, int64_t now_ms) {
  if (set->count * 16 < count) {
    for (size_t i = 0; i < set->count; i++) {
      uint64_t join = set->entries[i].join;
      size_t at = set->items[i].prefix_bits || !is_active(set, i, now_ms) ? count : lower_bound(hashes, count, join);
      if (at < count && hashes[at] == join)
        return true;
    }
  } else
    for (size_t i = 0; i < count; i++)
      if (token_filter_has(&set->join_filter, hashes[i]) && joins_at(set, hashes[i], now_ms))
        return true;
  return networks_join(set, hashes, count, now_ms);
}
