/* A value as a list writes it, made plain and cut by the same function as the records: what is one piece there is one
 * here. */
#include "lib/scan/token_class.h"
#include "lib/scan/token_cut.h"
#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

enum { VALUE_MAX = 2047 };

/* How lists take the edge off a value, so that nobody clicks on it. Longest first. */
static const struct {
  const char *from, *to;
} DISARMED[] = {
    {"[://]", "://"},
    {"[dot]", "."  },
    {"(dot)", "."  },
    {"{dot}", "."  },
    {"[at]",  "@"  },
    {"(at)",  "@"  },
    {"[.]",   "."  },
    {"(.)",   "."  },
    {"{.}",   "."  },
    {"[:]",   ":"  },
    {"[/]",   "/"  },
    {"[@]",   "@"  },
    {"\\.",   "."  },
    {"[.",    "."  },
    {".]",    "."  },
};

/* Spaces, quotes and commas around it are not the value's. */
static Span trim(Span value) {
  while (value.size && ((uint8_t)*value.bytes <= ' ' || strchr("\"',;", *value.bytes)))
    value.bytes++, value.size--;
  while (value.size && ((uint8_t)value.bytes[value.size - 1] <= ' ' || strchr("\"',;", value.bytes[value.size - 1])))
    value.size--;
  return value;
}

static size_t arm(Span value, char out[VALUE_MAX + 1]) {
  size_t size = 0;
  memcpy(out, value.bytes, value.size);
  out[value.size] = 0;
  if (!strpbrk(out, "[]({\\"))
    return strlen(out);
  for (size_t i = 0; i < value.size;) {
    const char *to = NULL;
    size_t from = 1;
    for (size_t k = 0; k < sizeof DISARMED / sizeof *DISARMED && !to; k++) {
      from = strlen(DISARMED[k].from);
      if (value.size - i >= from && strncasecmp(value.bytes + i, DISARMED[k].from, from) == 0)
        to = DISARMED[k].to;
    }
    if (to)
      size = (size_t)(stpcpy(out + size, to) - out);
    else
      out[size++] = value.bytes[i];
    i += to ? from : 1;
  }
  out[size] = 0;
  return size;
}

typedef struct {
  const char *text;
  size_t size, host_size;
  TokenValue *out;
  bool found;
} Taking;

static void take(void *context, TokenKind kind, Span folded, uint64_t hash, Span where) {
  Taking *taking = context;
  TokenValue *out = taking->out;
  bool at_start = where.bytes == taking->text;
  if (at_start && taking->host_size && where.size == taking->host_size && kind != TOKEN_URL)
    out->host_hash = hash;
  bool whole = kind == TOKEN_URL ? folded.size == taking->size : where.size == taking->size;
  if (!at_start || !whole || folded.size >= sizeof out->folded)
    return;
  out->kind = kind;
  out->hash = hash;
  out->size = folded.size;
  memcpy(out->folded, folded.bytes, folded.size);
  out->folded[folded.size] = 0;
  taking->found = true;
}

/* scheme://user:password@ goes; so does a default port, and a slash at the end. Returns where the host ends, 0: no URL.
 */
static size_t strip_url(char *text, size_t *size) {
  char *host = strstr(text, "://");
  bool scheme = host != NULL;
  host = host ? host + 3 : text;
  size_t rest = strcspn(host, "/?#");
  char *user = memrchr(host, '@', rest);
  if (user && (scheme || host[rest])) {
    rest -= (size_t)(user + 1 - host);
    host = user + 1;
  }
  *size -= (size_t)(host - text);
  memmove(text, host, *size + 1);
  size_t name = *text == '[' ? strcspn(text, "]") + 1 : strcspn(text, ":/?#");
  if (name > *size)
    return 0;
  size_t port = text[name] == ':' ? strspn(text + name + 1, "0123456789") + 1 : 0;
  bool usual = (port == 3 && memcmp(text + name, ":80", 3) == 0) || (port == 4 && memcmp(text + name, ":443", 4) == 0);
  if (usual && (text[name + port] == '/' || scheme)) {
    memmove(text + name, text + name + port, *size - name - port + 1);
    *size -= port;
  }
  while (*size > name && strchr("/?#", text[*size - 1]))
    text[--*size] = 0;
  return *size > name ? name : 0;
}

/* An address with a number behind a slash; `*out_good`: one that a network can have. */
static bool read_network(const char *text, TokenValue *out, bool *out_good) {
  const char *slash = strchr(text, '/');
  char address[64];
  size_t digits = slash ? strspn(slash + 1, "0123456789") : 0;
  if (!slash || !digits || digits > 3 || slash[1 + digits] || (size_t)(slash - text) >= sizeof address)
    return false;
  memcpy(address, text, (size_t)(slash - text));
  address[slash - text] = 0;
  unsigned bits = 0;
  for (const char *at = slash + 1; *at; at++)
    bits = bits * 10 + (unsigned)(*at - '0');
  memset(out->network, 0, sizeof out->network);
  if (inet_pton(AF_INET, address, out->network) == 1)
    out->kind = TOKEN_IPV4;
  else if (inet_pton(AF_INET6, address, out->network) == 1)
    out->kind = TOKEN_IPV6;
  else
    return false;
  unsigned most = out->kind == TOKEN_IPV4 ? 32 : 128;
  *out_good = bits >= 1 && bits <= most;
  if (!*out_good)
    return true;
  for (unsigned i = bits; i < most; i++)
    out->network[i / 8] &= (uint8_t) ~(0x80 >> i % 8);
  out->prefix_bits = (uint8_t)bits;
  out->size = strlen(text);
  memcpy(out->folded, text, out->size + 1);
  return true;
}

/* ::ffff:1.2.3.4 is the IPv4 address. */
static size_t unmap(char *text, size_t size) {
  struct in6_addr address;
  if (inet_pton(AF_INET6, text, &address) != 1 || !IN6_IS_ADDR_V4MAPPED(&address))
    return size;
  inet_ntop(AF_INET, &address.s6_addr[12], text, VALUE_MAX);
  return strlen(text);
}

bool token_value_read(Span value, TokenValue *out) {
  char text[VALUE_MAX + 1];
  if (!value.size || memchr(value.bytes, 0, value.size))
    return false;
  value = trim(value);
  out->host_hash = out->hash = 0;
  out->prefix_bits = 0;
  if (!value.size || value.size > VALUE_MAX)
    return false;
  size_t size = arm(value, text);
  bool good;
  if (read_network(text, out, &good)) {
    if (!good)
      return false;
    if (out->prefix_bits != (out->kind == TOKEN_IPV4 ? 32 : 128))
      return true;
    *strchr(text, '/') = 0;
    size = strlen(text);
    out->prefix_bits = 0;
  }
  char *from = text;
  bool mail = strchr(text, '@') && !strchr(text, '/');
  size_t host = mail ? 0 : strip_url(text, &size);
  if (!host && *from == '[' && size > 2 && from[size - 1] == ']') {
    from++;
    size -= 2;
  }
  while (!mail && !host && size && (*from == '.' || *from == '*')) /* *.evil.vn, .evil.vn */
    from++, size--;
  while (!host && size && from[size - 1] == '.')
    size--;
  if (!mail && !host)
    size = unmap(from, size);
  Taking taking = {from, size, host, out, false};
  token_cut((Span){from, size}, take, &taking);
  if (host && *from == '[' && taking.found) {
    Taking inner = {from + 1, host - 2, host - 2, &(TokenValue){0}, false};
    token_cut((Span){from + 1, host - 2}, take, &inner);
    out->host_hash = inner.out->host_hash;
  }
  return taking.found && (out->kind != TOKEN_URL || out->host_hash);
}

bool token_from_value(Span value, TokenKind *out_kind, char out_folded[2048], size_t *out_size, uint64_t *out_hash) {
  TokenValue read;
  if (!token_value_read(value, &read) || read.prefix_bits)
    return false;
  *out_kind = read.kind;
  memcpy(out_folded, read.folded, read.size + 1);
  *out_size = read.size;
  *out_hash = read.hash;
  return true;
}
