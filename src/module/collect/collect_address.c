#include "module/collect/collect_address.h"
#include <arpa/inet.h>
#include <string.h>

void address_of(const struct sockaddr_storage *from, Address *out) {
  static const guint8 MAPPED[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (from->ss_family == AF_INET6) {
    memcpy(out->bytes, &((const struct sockaddr_in6 *)(gconstpointer)from)->sin6_addr, 16);
    return;
  }
  memcpy(out->bytes, MAPPED, 12);
  memset(out->bytes + 12, 0, 4);
  if (from->ss_family == AF_INET)
    memcpy(out->bytes + 12, &((const struct sockaddr_in *)(gconstpointer)from)->sin_addr, 4);
}

static gboolean is_mapped(const Address *address) {
  static const guint8 MAPPED[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return memcmp(address->bytes, MAPPED, 12) == 0;
}

void address_write(const Address *address, char out[INET6_ADDRSTRLEN]) {
  if (is_mapped(address))
    inet_ntop(AF_INET, address->bytes + 12, out, INET6_ADDRSTRLEN);
  else
    inet_ntop(AF_INET6, address->bytes, out, INET6_ADDRSTRLEN);
}

gboolean address_parse(const char *text, Address *out, int *out_prefix) {
  g_auto(GStrv) parts = g_strsplit(text, "/", 2);
  struct sockaddr_storage from = {.ss_family = AF_INET};
  gint64 prefix = 0;
  gboolean old = parts[0] && inet_pton(AF_INET, parts[0], &((struct sockaddr_in *)(gpointer)&from)->sin_addr) == 1;
  if (!old) {
    from.ss_family = AF_INET6;
    if (!parts[0] || inet_pton(AF_INET6, parts[0], &((struct sockaddr_in6 *)(gpointer)&from)->sin6_addr) != 1)
      return FALSE;
  }
  if (parts[1] && !g_ascii_string_to_signed(parts[1], 10, 0, old ? 32 : 128, &prefix, NULL))
    return FALSE;
  address_of(&from, out);
  *out_prefix = parts[1] ? (int)prefix + (old ? 96 : 0) : 128;
  return TRUE;
}

gboolean address_within(const Address *address, const Address *network, int prefix) {
  int whole = prefix / 8, rest = prefix % 8;
  if (memcmp(address->bytes, network->bytes, (gsize)whole) != 0)
    return FALSE;
  guint8 mask = (guint8)(0xff << (8 - rest));
  return !rest || (address->bytes[whole] & mask) == (network->bytes[whole] & mask);
}

guint address_hash(gconstpointer key) {
  const guint8 *bytes = ((const Address *)key)->bytes;
  guint hash = 2166136261u;
  for (int i = 0; i < 16; i++)
    hash = (hash ^ bytes[i]) * 16777619u;
  return hash;
}

gboolean address_equal(gconstpointer a, gconstpointer b) {
  return memcmp(a, b, sizeof(Address)) == 0;
}

gboolean collect_address_valid(const char *text) {
  Address address;
  int prefix;
  return address_parse(text, &address, &prefix);
}
