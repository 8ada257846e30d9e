/* One pass over the text finds what can be a piece: a dot, a colon of an address, sixteen hexadecimal digits, an
 * escape; the rest of a piece is looked at only there. */
#include "lib/scan/token_class.h"
#include "lib/scan/token_cut.h"
#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

enum { NAME_MAX = 253, URL_MAX = 2048, MAIL_LOCAL_MAX = 64, ESCAPED_MAX = 2048, URL_TAIL_MAX = 8, IPV6_TEXT_MAX = 45 };

static const uint64_t K0 = 0x8BB84B93962EACC9ULL, K1 = 0x4B33A62ED433D4A3ULL, K2 = 0x4D5A2DA51DE1AA47ULL,
                      K3 = 0xA0761D6478BD642FULL;
static const uint64_t SEED_NAME = 0xE7037ED1A0B428DBULL, SEED_HASH = 0x8EBC6AF09C88C6E3ULL,
                      SEED_MAIL = 0x589965CC75374CC3ULL, SEED_IPV6 = 0x1D8E4E27C47D124FULL,
                      SEED_URL = 0xEB44ACCAB455D165ULL, SEED_STEM = 0x2127599BF4325C37ULL;

typedef struct Cutter {
  const char *begin, *end;
  bool (*across)(struct Cutter *cutter, const char *run); /* a run that lies in two blocks */
  const TokenFilter *filter; /* NULL: everything */
  TokenFound found;
  TokenHash hash_only; /* instead of `found` */
  void *context;
  const char *dots_done, *colons_done, *hex_done, *escapes_done;
  const char *origin; /* of text that was unescaped: where it stood; else NULL */
  size_t origin_size;
} Cutter;

/* --- hashes --- */

static uint64_t fold(uint64_t a, uint64_t b) {
  unsigned __int128 product = (unsigned __int128)a * b;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Up to 8 bytes with ASCII letters in lower case. The bit makes no two bytes of a name alike. */
static uint64_t load_folded(const Cutter *cutter, const char *at, size_t size) {
  uint64_t value = 0;
  if (cutter->end - at >= 8)
    memcpy(&value, at, 8);
  else
    memcpy(&value, at, size);
  value |= 0x2020202020202020ULL;
  return size >= 8 ? value : value & ((1ULL << 8 * size) - 1);
}

static uint64_t hash_piece(const Cutter *cutter, uint64_t hash, const char *at, size_t size) {
  hash ^= K0 + size;
  for (; size > 8; at += 8, size -= 8)
    hash = fold(hash, load_folded(cutter, at, 8) ^ K1) ^ K2;
  return fold(hash, load_folded(cutter, at, size) ^ K1);
}

static uint64_t hash_end(uint64_t hash) {
  return (hash | 1ULL << 63) & ~0ULL << TOKEN_HASH_SPARE;
}

uint64_t token_hash_url_host(uint64_t host_hash) {
  return hash_end(fold(host_hash ^ SEED_URL, K3));
}

static uint64_t hash_stem(uint64_t name_hash) {
  return hash_end(fold(name_hash ^ SEED_STEM, K3));
}

uint64_t token_hash_stem(Span name) {
  const Cutter cutter = {.begin = name.bytes, .end = name.bytes + name.size};
  uint64_t hash = SEED_NAME;
  const char *at = cutter.end;
  for (int labels = 0; labels < 2; labels++) {
    const char *label = at;
    while (label > cutter.begin && label[-1] != '.')
      label--;
    hash = hash_piece(&cutter, hash, label, (size_t)(at - label));
    at = label > cutter.begin ? label - 1 : label;
  }
  return hash_stem(hash);
}

/* --- giving --- */

static bool wanted(const Cutter *cutter, uint64_t hash) {
  return !cutter->filter || token_filter_has(cutter->filter, hash);
}

static Span place_of(const Cutter *cutter, const char *at, size_t size) {
  return cutter->origin ? (Span){cutter->origin, cutter->origin_size} : (Span){at, size};
}

static void lower(char *to, const char *from, size_t size) {
  for (size_t i = 0; i < size; i++)
    to[i] = (char)(from[i] >= 'A' && from[i] <= 'Z' ? from[i] + 32 : from[i]);
}

static void give(const Cutter *cutter, TokenKind kind, uint64_t hash, const char *at, size_t size) {
  char text[NAME_MAX + MAIL_LOCAL_MAX + 2];
  if (cutter->hash_only) {
    cutter->hash_only(cutter->context, hash);
    return;
  }
  if (!wanted(cutter, hash) || size > sizeof text)
    return;
  lower(text, at, size);
  cutter->found(cutter->context, kind, (Span){text, size}, hash, place_of(cutter, at, size));
}

/* --- what stands around --- */

static uint8_t class_of(char byte) {
  return TOKEN_CLASS[(uint8_t)byte];
}

static bool is(char byte, uint8_t kinds) {
  return class_of(byte) & kinds;
}

static bool is_hex4(const char *at, const char *end) {
  return end - at >= 4 && is(at[0], CLASS_HEX) && is(at[1], CLASS_HEX) && is(at[2], CLASS_HEX) && is(at[3], CLASS_HEX);
}

/* Whether the byte at `at` can be the letter of a JSON escape: an odd number of backslashes stands before it. */
static bool is_escaped(const Cutter *cutter, const char *at) {
  const char *from = at;
  while (from > cutter->begin && from[-1] == '\\')
    from--;
  return (at - from) & 1;
}

/* How many bytes at the start of a piece may belong to an escape before it; 0: none. */
static size_t escape_size(const Cutter *cutter, const char *at) {
  if (at == cutter->begin || at[-1] != '\\' || !is_escaped(cutter, at))
    return 0;
  if (*at == 'u')
    return is_hex4(at + 1, cutter->end) ? 5 : 0;
  return strchr("bfnrt", *at) ? 1 : 0;
}

/* --- URLs --- */

typedef struct {
  char text[URL_MAX];
  size_t size;
  const char *start, *stop; /* where it stands */
} Url;

static bool url_ends(char byte) {
  return (uint8_t)byte <= 0x20 || byte == 0x7f || strchr("\"<>`|{}^'\\", byte);
}

/* Where a shorter URL can end: at a delimiter, or at a quotation mark of UTF-8. */
static bool url_parts(char byte) {
  return strchr("/?#&;=,)]!*\xe2", byte) != NULL;
}

static int hex_value(char byte) {
  return is(byte, CLASS_DIGIT) ? byte - '0' : (byte | 0x20) - 'a' + 10;
}

/* The byte that stands for itself or for the escape at `*at`: \/ or \u0026. 0: an escape of something else. */
static char unescape(const char **at, const char *end) {
  const char *from = *at;
  *at += 1;
  if (*from != '\\')
    return *from;
  if (end - from >= 2 && from[1] == '/') {
    *at = from + 2;
    return '/';
  }
  if (end - from >= 6 && from[1] == 'u' && from[2] == '0' && from[3] == '0' && is_hex4(from + 2, end)) {
    *at = from + 6;
    int value = hex_value(from[4]) * 16 + hex_value(from[5]);
    return (char)(value < 0x80 ? value : 0);
  }
  return 0;
}

/* Appends up to where the URL ends; true when it goes further than the host. */
static bool url_read(Url *url, const char *at, const char *end) {
  size_t host = url->size;
  while (at < end && url->size < URL_MAX) {
    url->stop = at;
    char byte = *at == '\\' ? unescape(&at, end) : *at++;
    if (url_ends(byte))
      break;
    url->text[url->size++] = (char)(byte >= 'A' && byte <= 'Z' ? byte + 32 : byte);
    url->stop = at;
  }
  return url->size > host;
}

static void url_give(const Cutter *cutter, const Url *url, uint64_t hash, size_t size) {
  hash = hash_end(fold(hash ^ size, K3));
  if (wanted(cutter, hash))
    cutter->found(cutter->context, TOKEN_URL, (Span){url->text, size}, hash,
                  place_of(cutter, url->start, (size_t)(url->stop - url->start)));
}

static uint64_t url_step(uint64_t hash, char byte) {
  return (hash ^ (uint8_t)byte) * K1 ^ hash >> 29;
}

static uint64_t url_hash(const Url *url, size_t size) {
  uint64_t hash = SEED_URL;
  for (size_t i = 0; i < size; i++)
    hash = url_step(hash, url->text[i]);
  return hash;
}

/* The URL, without punctuation at its end, and each beginning of it up to a delimiter behind the host. */
static void url_give_all(const Cutter *cutter, const Url *url, size_t host) {
  uint64_t hash = SEED_URL;
  for (size_t i = 0; i < url->size; i++) {
    if (i > host && url_parts(url->text[i]) && url->text[i - 1] != '/')
      url_give(cutter, url, hash, i);
    hash = url_step(hash, url->text[i]);
  }
  size_t size = url->size;
  if (url->text[size - 1] != '/')
    url_give(cutter, url, hash, size);
  for (int i = 0; i < URL_TAIL_MAX && size > host + 1 && strchr(".,:;!?)]*=&#/", url->text[size - 1]); i++)
    if (--size > host + 1 || url->text[host] == '/')
      if (url->text[size - 1] != '/')
        url_give(cutter, url, url_hash(url, size), size);
}

/* ":80" or ":443" before a path is left out. */
static size_t default_port(const char *at, const char *end) {
  size_t size = end - at > 3 && memcmp(at, ":80", 3) == 0 ? 3 : end - at > 4 && memcmp(at, ":443", 4) == 0 ? 4 : 0;
  return size && (at[size] == '/' || at[size] == '\\') ? size : 0;
}

static bool goes_on(const char *at, const char *end) {
  return (at < end && *at == '/') ||
         (end - at > 1 && ((*at == '\\' && at[1] == '/') || (*at == ':' && is(at[1], CLASS_DIGIT)))) ||
         (end - at > 6 && memcmp(at, "\\u002", 5) == 0 && (at[5] | 0x20) == 'f');
}

/* `at` is behind a host, `host` its folded text. */
static void cut_url(const Cutter *cutter, const char *start, const char *at, uint64_t host_hash, Span host) {
  Url url;
  if (cutter->hash_only || !goes_on(at, cutter->end) || !wanted(cutter, token_hash_url_host(host_hash)))
    return;
  size_t port = default_port(at, cutter->end);
  for (int reading = 0; reading < (port ? 2 : 1); reading++) {
    memcpy(url.text, host.bytes, host.size);
    url.size = host.size;
    url.start = start;
    if (url_read(&url, at + (reading ? port : 0), cutter->end))
      url_give_all(cutter, &url, host.size);
  }
}

/* --- IPv4 --- */

/* Four numbers up to 255 and nothing else. */
static bool parse_ipv4(const char *at, const char *end, uint32_t *out) {
  uint32_t address = 0;
  int parts = 0;
  if (end - at > 15)
    return false;
  for (; parts < 4; parts++) {
    unsigned value = 0;
    const char *start = at;
    for (unsigned digit; at < end && (digit = (unsigned)(*at - '0')) < 10; at++)
      value = value * 10 + digit;
    if (at == start || at - start > 3 || value > 255 || (parts < 3 && (at == end || *at++ != '.')))
      return false;
    address = address << 8 | value;
  }
  *out = address;
  return at == end;
}

static size_t format_ipv4(uint32_t address, char out[16]) {
  size_t size = 0;
  for (int shift = 24; shift >= 0; shift -= 8) {
    unsigned value = address >> shift & 255;
    if (value >= 100)
      out[size++] = (char)('0' + value / 100);
    if (value >= 10)
      out[size++] = (char)('0' + value / 10 % 10);
    out[size++] = (char)('0' + value % 10);
    if (shift)
      out[size++] = '.';
  }
  return size;
}

static void give_ipv4(const Cutter *cutter, uint32_t address, const char *at, size_t size) {
  uint64_t hash = token_hash_ipv4(address);
  char text[16];
  if (cutter->hash_only)
    cutter->hash_only(cutter->context, hash);
  else if (wanted(cutter, hash))
    cutter->found(cutter->context, TOKEN_IPV4, (Span){text, format_ipv4(address, text)}, hash,
                  place_of(cutter, at, size));
}

/* The addresses between other signs of a run: 1.2.3.4-1.2.3.9, 1.2.3.4_80. */
static void cut_ipv4(const Cutter *cutter, const char *at, const char *end, bool whole) {
  uint32_t address;
  char text[16];
  if (end - at < 7)
    return;
  for (const char *from = at, *stop; from < end; from = stop + 1) {
    for (stop = from; stop < end && (is(*stop, CLASS_DIGIT) || (*stop == '.' && !(end - stop > 1 && stop[1] == '.')));
         stop++)
      ;
    const char *first = from, *last = stop;
    while (first < last && *first == '.')
      first++;
    while (last > first && last[-1] == '.')
      last--;
    bool bounded = (from == at || !is(from[-1], CLASS_ALNUM)) && (stop == end || !is(*stop, CLASS_ALNUM));
    if (!bounded || last - first < 7 || !parse_ipv4(first, last, &address))
      continue;
    give_ipv4(cutter, address, first, (size_t)(last - first));
    if (whole && last == end && !cutter->hash_only && goes_on(end, cutter->end)) {
      size_t size = format_ipv4(address, text);
      cut_url(cutter, first, end, token_hash_ipv4(address), (Span){text, size});
    }
  }
}

/* --- names --- */

/* A top-level domain has letters only, or is one of another script. */
static bool is_top_label(const char *at, size_t size) {
  if (size < 2 || size > 24)
    return false;
  size_t letters = 0;
  while (letters < size && is(at[letters], CLASS_ALNUM & ~CLASS_DIGIT))
    letters++;
  if (letters == size)
    return true;
  if (size < 5 || strncasecmp(at, "xn--", 4) != 0)
    return false;
  for (size_t i = 4; i < size; i++)
    if (!is(at[i], CLASS_ALNUM) && at[i] != '-')
      return false;
  return true;
}

static bool is_mail_byte(char byte) {
  return is(byte, CLASS_WORD) || byte == '%' || byte == '+';
}

/* The mail address before the domain, in both readings where a backslash stands before it. */
static void cut_mail(const Cutter *cutter, const char *name, const char *end, uint64_t name_hash) {
  if (name == cutter->begin || name[-1] != '@')
    return;
  const char *local = name - 1;
  while (local > cutter->begin && name - local <= MAIL_LOCAL_MAX && is_mail_byte(local[-1]) &&
         !(local[-1] == '.' && *local == '.'))
    local--;
  size_t skips[2] = {0, escape_size(cutter, local)};
  for (int reading = 0; reading < (skips[1] ? 2 : 1); reading++) {
    const char *from = local + skips[reading];
    while (from < name - 1 && (*from == '.' || *from == '-'))
      from++;
    if (from < name - 1 && end - name <= NAME_MAX)
      give(cutter, TOKEN_MAIL, hash_end(hash_piece(cutter, name_hash ^ SEED_MAIL, from, (size_t)(name - 1 - from))),
           from, (size_t)(end - from));
  }
}

static bool is_edge(char byte) {
  return byte == '.' || byte == '-' || byte == '_';
}

/* The whole name, and what can stand beside it. */
static void cut_beside(const Cutter *cutter, const char *at, const char *end, bool run_ends, uint64_t hash) {
  char text[NAME_MAX];
  cut_mail(cutter, at, end, hash);
  if (run_ends && end - at <= NAME_MAX && !cutter->hash_only && goes_on(end, cutter->end)) {
    lower(text, at, (size_t)(end - at));
    cut_url(cutter, at, end, hash_end(hash), (Span){text, (size_t)(end - at)});
  }
}

static const char *label_start(const char *begin, const char *at) {
  while (at > begin && at[-1] != '.')
    at--;
  return at;
}

/* Where two dots part what stands before the end; `begin` when they do not. */
static const char *before_gap(const char *begin, const char *end) {
  for (const char *at = end - 1; at - begin > 1; at--)
    if (at[-1] == '.' && at[-2] == '.')
      return at - 1;
  return begin;
}

/* A name and the names above it, from the right. Returns where it begins. */
static const char *cut_domain(const Cutter *cutter, const char *begin, const char *end, bool run_ends,
                              bool whole_only) {
  uint64_t hash = SEED_NAME;
  const char *at = end, *name = end;
  for (int labels = 1;; labels++) {
    const char *label = label_start(begin, at);
    if (label == at) /* two dots */
      break;
    hash = hash_piece(cutter, hash, label, (size_t)(at - label));
    name = label;
    if (labels == 2 && !wanted(cutter, hash_stem(hash)))
      return before_gap(begin, end);
    bool last = label == begin || (label - begin > 1 && label[-2] == '.');
    if (labels > 1 && end - name <= NAME_MAX && (last || !whole_only))
      give(cutter, TOKEN_DOMAIN, hash_end(hash), name, (size_t)(end - name));
    if (last && labels > 1)
      cut_beside(cutter, name, end, run_ends, hash);
    if (last)
      break;
    at = label - 1;
  }
  return name;
}

/* The last name of a run of letters, digits, dots, dashes and underscores. Returns where what is left of the run ends.
 */
static const char *cut_last(const Cutter *cutter, const char *begin, const char *end, bool run_ends, bool whole_only) {
  const char *stop = end;
  while (begin < end && is_edge(*begin))
    begin++;
  while (end > begin && is_edge(end[-1]))
    end--;
  const char *label = label_start(begin, end);
  size_t size = (size_t)(end - label);
  if (label == begin)
    return begin;
  if (is(*label, CLASS_DIGIT)) {
    const char *gap = before_gap(begin, end);
    cut_ipv4(cutter, gap, end, run_ends && stop == end);
    return gap;
  }
  if (!is_top_label(label, size))
    return before_gap(begin, end);
  if (size <= 8 && token_is_file_end(load_folded(cutter, label, size)))
    return label - 1;
  return cut_domain(cutter, begin, end, run_ends && stop == end, whole_only);
}

static void cut_run(const Cutter *cutter, const char *begin, const char *end, bool whole_only) {
  bool run_ends = true;
  while (end > begin) {
    const char *rest = cut_last(cutter, begin, end, run_ends, whole_only);
    end = rest > begin && rest < end ? rest : begin;
    run_ends = false;
  }
}

static const char *run_start(const char *begin, const char *at, uint8_t kinds) {
  while (at > begin && is(at[-1], kinds))
    at--;
  return at;
}

static const char *run_end(const char *at, const char *end, uint8_t kinds) {
  while (at < end && is(*at, kinds))
    at++;
  return at;
}

static void at_dot(Cutter *cutter, const char *begin, const char *end) {
  cutter->dots_done = end;
  if (end - begin < 4)
    return;
  cut_run(cutter, begin, end, false);
  size_t skip = escape_size(cutter, begin);
  if (skip && begin + skip < end)
    cut_run(cutter, begin + skip, end, true);
}

/* --- hashes of files --- */

static bool bounded_left(const Cutter *cutter, const char *at) {
  return at == cutter->begin || !is(at[-1], CLASS_ALNUM) || (strchr("nrt", at[-1]) && is_escaped(cutter, at - 1));
}

/* As escape_size, for a run of hexadecimal digits: \u0009 leaves its digits in it. */
static size_t hex_escape_size(const Cutter *cutter, const char *at) {
  if (at - cutter->begin > 1 && at[-1] == 'u' && escape_size(cutter, at - 1))
    return 4;
  return escape_size(cutter, at);
}

static void give_hex(const Cutter *cutter, const char *at, size_t size) {
  if (size == 32 || size == 40 || size == 64)
    give(cutter, TOKEN_HASH, hash_end(hash_piece(cutter, SEED_HASH, at, size)), at, size);
}

static void at_hex(Cutter *cutter, const char *at) {
  const char *begin = run_start(cutter->begin, at, CLASS_HEX), *end = run_end(at, cutter->end, CLASS_HEX);
  cutter->hex_done = end;
  if (end - begin < 32 || end - begin > 69 || (end < cutter->end && is(*end, CLASS_ALNUM)))
    return;
  if (bounded_left(cutter, begin))
    give_hex(cutter, begin, (size_t)(end - begin));
  size_t skip = hex_escape_size(cutter, begin);
  if (skip)
    give_hex(cutter, begin + skip, (size_t)(end - begin) - skip);
}

/* --- IPv6 --- */

static void give_ipv6(const Cutter *cutter, const struct in6_addr *address, const char *at, size_t size) {
  char text[INET6_ADDRSTRLEN];
  uint64_t halves[2], hash;
  uint32_t last;
  memcpy(halves, address, 16);
  memcpy(&last, &address->s6_addr[12], 4);
  bool dotted = memchr(at, '.', size) != NULL; /* then the dots give the address */
  if (IN6_IS_ADDR_V4MAPPED(address) && !dotted)
    give_ipv4(cutter, ntohl(last), at, size);
  if (IN6_IS_ADDR_V4MAPPED(address))
    return;
  hash = hash_end(fold(fold(halves[0] ^ SEED_IPV6, K0) ^ halves[1], K1));
  if (cutter->hash_only) {
    cutter->hash_only(cutter->context, hash);
    cutter->hash_only(cutter->context, token_hash_network6(__builtin_bswap64(halves[0])));
    return;
  }
  inet_ntop(AF_INET6, address, text, sizeof text);
  if (wanted(cutter, hash) || cutter->filter->networks6)
    cutter->found(cutter->context, TOKEN_IPV6, (Span){text, strlen(text)}, hash, place_of(cutter, at, size));
  if (at > cutter->begin && at[-1] == '[' && at + size < cutter->end && at[size] == ']') {
    char host[INET6_ADDRSTRLEN + 2] = "[";
    strcat(strcat(host, text), "]");
    cut_url(cutter, at - 1, at + size + 1, hash, (Span){host, strlen(host)});
  }
}

static bool parse_ipv6(const char *at, size_t size, struct in6_addr *out) {
  char text[IPV6_TEXT_MAX + 1];
  if (size < 2 || size > IPV6_TEXT_MAX)
    return false;
  memcpy(text, at, size);
  text[size] = 0;
  return inet_pton(AF_INET6, text, out) == 1;
}

/* ::ffff:1.2.3.4, whose dots give the address. */
static bool is_mapped(const char *at, const char *end) {
  uint32_t address;
  char text[16];
  return end - at > 13 && strncasecmp(at, "::ffff:", 7) == 0 && parse_ipv4(at + 7, end, &address) &&
         format_ipv4(address, text) == (size_t)(end - at) - 7;
}

/* Without a colon or full stop behind it, and without the port that some put behind a full stop. */
static void cut_ipv6(const Cutter *cutter, const char *at, const char *end) {
  struct in6_addr address;
  if (end - at > 2 && *at == ':' && at[1] != ':')
    at++;
  while (end - at > 2 && (end[-1] == '.' || (end[-1] == ':' && end[-2] != ':')))
    end--;
  if (is_mapped(at, end))
    return;
  if (parse_ipv6(at, (size_t)(end - at), &address)) {
    give_ipv6(cutter, &address, at, (size_t)(end - at));
    return;
  }
  const char *dot = memchr(at, '.', (size_t)(end - at));
  if (dot && parse_ipv6(at, (size_t)(dot - at), &address))
    give_ipv6(cutter, &address, at, (size_t)(dot - at));
}

/* The run of hexadecimal digits and colons around a colon. */
static void at_colon(Cutter *cutter, const char *at) {
  const char *begin = run_start(cutter->begin, at, CLASS_HEX | CLASS_COLON), *end = at;
  while (end < cutter->end && (is(*end, CLASS_HEX | CLASS_COLON) || *end == '.'))
    end++;
  cutter->colons_done = end;
  if (end < cutter->end && is(*end, CLASS_ALNUM | CLASS_UNDERSCORE))
    return;
  const char *colon = memchr(begin, ':', (size_t)(end - begin));
  size_t skip = hex_escape_size(cutter, begin);
  if (skip && begin + skip <= colon)
    cut_ipv6(cutter, begin + skip, end);
  if (colon - begin > 4 || !bounded_left(cutter, begin)) { /* no group of an address: a word before it */
    if (colon[1] == ':')
      return;
    begin = colon + 1;
  }
  cut_ipv6(cutter, begin, end);
}

/* --- pieces with escapes inside --- */

static void cut_all(Cutter *cutter, bool escapes);

static bool is_region(char byte) {
  return (uint8_t)byte > 0x20 && byte != '"' && byte != '<' && byte != '>';
}

/* evil\u002ecom: where the escape is a byte of a piece, what stands around it is cut once more, unescaped. */
static void at_escape(Cutter *cutter, const char *at) {
  const char *next = at;
  if (cutter->end - at < 6 || at[1] != 'u' || is_escaped(cutter, at))
    return;
  char byte = unescape(&next, cutter->end);
  if (!byte || !(is(byte, CLASS_WORD | CLASS_COLON) || strchr("/@", byte)))
    return;
  const char *begin = at, *end = at;
  while (begin > cutter->begin && at - begin < ESCAPED_MAX && is_region(begin[-1]))
    begin--;
  while (end < cutter->end && end - at < ESCAPED_MAX && is_region(*end))
    end++;
  cutter->escapes_done = end;
  char text[2 * ESCAPED_MAX];
  size_t size = 0;
  for (const char *from = begin; from < end; size++) {
    const char *start = from;
    byte = unescape(&from, end);
    text[size] = byte || from == start ? byte : *start;
  }
  Cutter inner = {.begin = text,
                  .end = text + size,
                  .filter = cutter->filter,
                  .found = cutter->found,
                  .hash_only = cutter->hash_only,
                  .context = cutter->context,
                  .dots_done = text,
                  .colons_done = text,
                  .hex_done = text,
                  .escapes_done = text,
                  .origin = begin,
                  .origin_size = (size_t)(end - begin)};
  cut_all(&inner, false);
}

/* --- the pass --- */

static bool plain_only;

void token_cut_plain(bool plain) {
  plain_only = plain;
}

/* Bits of aligned groups of 16 that are full: a run of 32 holds one. */
static uint64_t full_groups(uint64_t mask) {
  mask &= mask >> 1;
  mask &= mask >> 2;
  mask &= mask >> 4;
  mask &= mask >> 8;
  return mask & 0x0001000100010001ULL;
}

static inline bool fewer(uint64_t mask, int count) {
  while (mask && --count)
    mask &= mask - 1;
  return !mask;
}

/* An address has two colons side by side, or seven, of which four then stand in one of the two blocks that it can lie
 * in. */
static inline uint64_t address_colons(const TokenMasks *masks, char after) {
  uint64_t pairs = masks->colon & (masks->colon >> 1 | (uint64_t)(after == ':') << 63);
  uint64_t between = masks->colon & masks->hex << 1 & masks->hex >> 1;
  return fewer(between, 3) ? pairs : pairs | between;
}

static uint64_t bits_below(int bit) {
  return (1ULL << bit) - 1;
}

/* The number of `size` digits before `end`, of which four bytes can be read; 256 and more: none. */
static inline uint32_t number_before(const char *end, int size) {
  uint32_t digits;
  if (size < 1 || size > 3)
    return 256;
  memcpy(&digits, end - 4, 4);
  digits = (digits ^ 0x30303030U) & ~0U << (32 - 8 * size);
  uint32_t others = (digits | (digits + 0x76767676U)) & 0x80808080U;
  return others ? 256 : (digits >> 24) + (digits >> 16 & 255) * 10 + (digits >> 8 & 255) * 100;
}

/* As parse_ipv4, where the dots are known. */
static inline bool read_ipv4(const Cutter *cutter, const char *block, int first, int last, uint64_t dots,
                             uint32_t *out) {
  if (block + first - cutter->begin < 3)
    return parse_ipv4(block + first, block + last, out);
  uint64_t two = dots & (dots - 1), one = two & (two - 1);
  if (one & (one - 1))
    return false;
  int a = __builtin_ctzll(dots), b = __builtin_ctzll(two), c = __builtin_ctzll(one);
  uint32_t w = number_before(block + a, a - first), x = number_before(block + b, b - a - 1),
           y = number_before(block + c, c - b - 1), z = number_before(block + last, last - c - 1);
  *out = w << 24 | x << 16 | y << 8 | z;
  return (w | x | y | z) < 256;
}

/* 44.123Z has too few dots for an address and no name, 10.1.2.3 is one. */
static inline bool cut_short_number(Cutter *cutter, const char *block, int first, int last, uint64_t dots) {
  const char *begin = block + first, *end = block + last;
  uint32_t address;
  char text[16];
  if (!fewer(dots, 3)) {
    if (!read_ipv4(cutter, block, first, last, dots, &address))
      return false;
    give_ipv4(cutter, address, begin, (size_t)(end - begin));
    if (!cutter->hash_only && goes_on(end, cutter->end))
      cut_url(cutter, begin, end, token_hash_ipv4(address), (Span){text, format_ipv4(address, text)});
  }
  cutter->dots_done = end;
  return true;
}

/* lsass.exe; a name of letters at its end, without an escape before it. `top`: where its last label begins. */
static inline bool cut_short_name(Cutter *cutter, const char *block, int first, int top, int last, uint64_t dots) {
  const char *end = block + last;
  size_t size = (size_t)(last - top);
  uint64_t above = dots & bits_below(top - 1);
  if (size <= 8 && token_is_file_end(load_folded(cutter, block + top, size))) {
    if (above)
      return false;
    cutter->dots_done = end;
    return true;
  }
  if (dots & dots << 1 || is_edge(block[first]) || is_edge(end[-1]) || block[first - 1] == '\\')
    return false;
  if (cutter->filter) {
    int second = above ? 64 - __builtin_clzll(above) : first;
    uint64_t hash = hash_piece(cutter, SEED_NAME, block + top, size);
    hash = hash_piece(cutter, hash, block + second, (size_t)(top - 1 - second));
    if (!token_filter_has(cutter->filter, hash_stem(hash))) {
      cutter->dots_done = end;
      return true;
    }
  }
  if (is_top_label(block + top, size))
    cut_domain(cutter, block + first, end, true, false);
  cutter->dots_done = end;
  return true;
}

/* What most runs are, without looking at them byte by byte. */
static inline bool cut_short_run(Cutter *cutter, const char *block, const TokenMasks *masks, int first, int last) {
  uint64_t dots = masks->dot & bits_below(last) & ~bits_below(first);
  int top = 64 - __builtin_clzll(dots);
  if (top >= last)
    return false;
  return is(block[top], CLASS_DIGIT) ? cut_short_number(cutter, block, first, last, dots)
                                     : cut_short_name(cutter, block, first, top, last, dots);
}

/* The run of letters, digits and edges around a dot. */
static inline __attribute__((always_inline)) void cut_dot(Cutter *cutter, const char *block, const TokenMasks *masks,
                                                          int bit) {
  uint64_t others = ~masks->word, before = others & bits_below(bit), behind = others >> bit;
  if (before && behind) {
    int first = 64 - __builtin_clzll(before), last = bit + __builtin_ctzll(behind);
    if (cut_short_run(cutter, block, masks, first, last))
      return;
  }
  const char *begin = before ? block + 64 - __builtin_clzll(before) : run_start(cutter->begin, block, CLASS_WORD);
  if (!(before && behind) && begin > cutter->begin && cutter->end - begin >= 63 && cutter->across(cutter, begin))
    return;
  const char *end = behind ? block + bit + __builtin_ctzll(behind) : run_end(block + 64, cutter->end, CLASS_WORD);
  at_dot(cutter, begin, end);
}

/* Those that stand behind what is done. */
static uint64_t bits_behind(const char *block, const char *done) {
  return done <= block ? ~0ULL : done - block >= 64 ? 0 : ~bits_below((int)(done - block));
}

/* A dot between two others of a run: what ends a sentence is none. */
static uint64_t inner_dots(const TokenMasks *masks, bool word_before, bool word_after) {
  return masks->dot & (masks->word << 1 | word_before) & (masks->word >> 1 | (uint64_t)word_after << 63);
}

static inline __attribute__((always_inline)) void cut_block(Cutter *cutter, const char *block, const TokenMasks *masks,
                                                            bool escapes) {
  char before = block > cutter->begin ? block[-1] : ' ', after = cutter->end - block > 64 ? block[64] : ' ';
  uint64_t dots = inner_dots(masks, is(before, CLASS_WORD), is(after, CLASS_WORD));
  uint64_t colons = address_colons(masks, after);
  uint64_t slashes = escapes ? masks->backslash & (masks->u >> 1 | (uint64_t)(after == 'u') << 63) : 0;
  for (dots &= bits_behind(block, cutter->dots_done); dots; dots &= bits_behind(block, cutter->dots_done))
    cut_dot(cutter, block, masks, __builtin_ctzll(dots));
  for (; colons; colons &= colons - 1)
    if (block + __builtin_ctzll(colons) >= cutter->colons_done)
      at_colon(cutter, block + __builtin_ctzll(colons));
  for (uint64_t groups = full_groups(masks->hex); groups; groups &= groups - 1)
    if (block + __builtin_ctzll(groups) >= cutter->hex_done)
      at_hex(cutter, block + __builtin_ctzll(groups));
  for (; slashes; slashes &= slashes - 1)
    if (block + __builtin_ctzll(slashes) >= cutter->escapes_done)
      at_escape(cutter, block + __builtin_ctzll(slashes));
}

/* A block that begins one byte before the run holds it whole. */
#define CUT_ACROSS(masks_of)                                                                                           \
  TokenMasks masks;                                                                                                    \
  masks_of((const uint8_t *)run - 1, &masks);                                                                          \
  uint64_t behind = ~masks.word >> 1;                                                                                  \
  return behind && cut_short_run(cutter, run - 1, &masks, 1, 1 + __builtin_ctzll(behind));

/* The last block is filled up with what is no part of a piece. */
#define CUT_BLOCKS(masks_of)                                                                                           \
  TokenMasks masks;                                                                                                    \
  const char *block = cutter->begin;                                                                                   \
  for (; cutter->end - block >= 64; block += 64) {                                                                     \
    masks_of((const uint8_t *)block, &masks);                                                                          \
    cut_block(cutter, block, &masks, escapes);                                                                         \
  }                                                                                                                    \
  if (block < cutter->end) {                                                                                           \
    uint8_t rest[64] = {0};                                                                                            \
    memcpy(rest, block, (size_t)(cutter->end - block));                                                                \
    masks_of(rest, &masks);                                                                                            \
    cut_block(cutter, block, &masks, escapes);                                                                         \
  }

#ifdef __x86_64__
__attribute__((target("avx2,bmi,bmi2,lzcnt"))) static bool cut_across_avx2(Cutter *cutter, const char *run) {
  CUT_ACROSS(token_masks_avx2)
}

__attribute__((target("avx2,bmi,bmi2,lzcnt"))) static void cut_all_avx2(Cutter *cutter, bool escapes) {
  cutter->across = cut_across_avx2;
  CUT_BLOCKS(token_masks_avx2)
}
#endif

static bool cut_across_plain(Cutter *cutter, const char *run) {
  CUT_ACROSS(token_masks_plain)
}

static void cut_all_plain(Cutter *cutter, bool escapes) {
  cutter->across = cut_across_plain;
  CUT_BLOCKS(token_masks_plain)
}

static void cut_all(Cutter *cutter, bool escapes) {
#ifdef __x86_64__
  if (!plain_only && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
      __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("lzcnt")) {
    cut_all_avx2(cutter, escapes);
    return;
  }
#endif
  cut_all_plain(cutter, escapes);
}

static void cut(Span text, const TokenFilter *filter, TokenFound found, TokenHash hash_only, void *context) {
  const char *end = text.bytes + text.size;
  Cutter cutter = {.begin = text.bytes,
                   .end = end,
                   .filter = filter,
                   .found = found,
                   .hash_only = hash_only,
                   .context = context,
                   .dots_done = text.bytes,
                   .colons_done = text.bytes,
                   .hex_done = text.bytes,
                   .escapes_done = text.bytes};
  if (text.size)
    cut_all(&cutter, true);
}

void token_cut(Span record, TokenFound found, void *context) {
  cut(record, NULL, found, NULL, context);
}

void token_cut_filtered(Span text, const TokenFilter *filter, TokenFound found, void *context) {
  cut(text, filter, found, NULL, context);
}

void token_cut_index(Span text, TokenHash found, void *context) {
  cut(text, NULL, NULL, found, context);
}
