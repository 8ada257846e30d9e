/* Addresses that mean nothing outside, and what they tell of the inside: kept out of papers that leave the house.
 * Source: Mẫu số 03 ("không liệt kê địa chỉ IP nội bộ"); RFC 1918, RFC 4193, RFC 6598, RFC 3927, RFC 4291. */
#include "module/incident/form_private.h"
#include <arpa/inet.h>
#include <string.h>

#define REPLACEMENT "[địa chỉ nội bộ]"

typedef struct {
  const char *network;
  int bits;
} Prefix;
static const Prefix INTERNAL_4[] = {{"10.0.0.0", 8},     {"172.16.0.0", 12}, {"192.168.0.0", 16}, {"127.0.0.0", 8},
                                    {"169.254.0.0", 16}, {"100.64.0.0", 10}, {"0.0.0.0", 8}};
static const Prefix INTERNAL_6[] = {{"fc00::", 7}, {"fe80::", 10}, {"::1", 128}};

static gboolean has_prefix(const guint8 *address, const guint8 *network, int bits) {
  if (memcmp(address, network, (gsize)bits / 8) != 0)
    return FALSE;
  guint8 mask = (guint8)(0xFF00 >> (bits % 8));
  return bits % 8 == 0 || ((address[bits / 8] ^ network[bits / 8]) & mask) == 0;
}

static gboolean is_internal(const guint8 *address, int family) {
  static const guint8 MAPPED[12] = {[10] = 0xFF, [11] = 0xFF};
  if (family == AF_INET6 && memcmp(address, MAPPED, sizeof MAPPED) == 0)
    return is_internal(address + sizeof MAPPED, AF_INET);
  const Prefix *prefixes = family == AF_INET ? INTERNAL_4 : INTERNAL_6;
  gsize count = family == AF_INET ? G_N_ELEMENTS(INTERNAL_4) : G_N_ELEMENTS(INTERNAL_6);
  for (gsize i = 0; i < count; i++) {
    guint8 network[16];
    if (inet_pton(family, prefixes[i].network, network) == 1 && has_prefix(address, network, prefixes[i].bits))
      return TRUE;
  }
  return FALSE;
}

/* Four numbers with points between, also "10[.]0[.]0[.]1"; leading zeros as people type them. Length read, or 0. */
static gsize read_v4(const char *text, guint8 out[4]) {
  static const char *const POINTS[] = {".", "[.]", "(.)"};
  const char *at = text;
  for (int part = 0; part < 4; part++) {
    gsize point = 0;
    for (gsize i = 0; part && i < G_N_ELEMENTS(POINTS); i++)
      if (g_str_has_prefix(at, POINTS[i]))
        point = strlen(POINTS[i]);
    if (part && !point)
      return 0;
    at += point;
    int value = 0, digits = 0;
    for (; g_ascii_isdigit(*at) && digits < 4; at++, digits++)
      value = value * 10 + (*at - '0');
    if (digits == 0 || digits > 3 || value > 255)
      return 0;
    out[part] = (guint8)value;
  }
  return g_ascii_isalnum(*at) ? 0 : (gsize)(at - text);
}

/* The longest beginning that is an IPv6 address. */
static gsize read_v6(const char *text, guint8 out[16]) {
  char copy[INET6_ADDRSTRLEN];
  gsize length = strspn(text, "0123456789abcdefABCDEF:.");
  for (length = MIN(length, sizeof copy - 1); length >= 2; length--) {
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (inet_pton(AF_INET6, copy, out) == 1)
      return g_ascii_isalnum(text[length]) ? 0 : length;
  }
  return 0;
}

static gsize read_address(const char *text, guint8 out[16], int *out_family) {
  gsize length = read_v4(text, out);
  *out_family = length ? AF_INET : AF_INET6;
  return length ? length : read_v6(text, out);
}

gboolean form_address_is_public(const char *address) {
  guint8 bytes[16];
  int family = 0;
  gsize length = read_address(address, bytes, &family);
  return length > 0 && length == strlen(address) && !is_internal(bytes, family);
}

static gboolean may_begin(const char *text, const char *at) {
  return at == text || !(g_ascii_isalnum(at[-1]) || at[-1] == '.' || at[-1] == ':');
}

char *form_public_text(const char *text) {
  GString *out = g_string_sized_new(strlen(text));
  for (const char *at = text; *at;) {
    guint8 bytes[16];
    int family = 0;
    gsize length = may_begin(text, at) ? read_address(at, bytes, &family) : 0;
    gboolean hidden = length && is_internal(bytes, family);
    if (hidden)
      g_string_append(out, REPLACEMENT);
    else
      g_string_append_len(out, at, (gssize)MAX(length, 1));
    at += MAX(length, 1);
  }
  return g_string_free(out, FALSE);
}
