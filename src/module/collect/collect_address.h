/* Addresses of senders; IPv4 is mapped into IPv6. Private to module collect. Threads: pure functions. */
#pragma once
#include <glib.h>
#include <netinet/in.h>

typedef struct {
  guint8 bytes[16];
} Address;

void address_of(const struct sockaddr_storage *from, Address *out_address);
void address_write(const Address *address, char out[INET6_ADDRSTRLEN]);
/* "192.168.1.1", "10.0.0.0/8", "fd00::/8"; out_prefix in bits of 128. */
gboolean address_parse(const char *text, Address *out_address, int *out_prefix);
gboolean address_within(const Address *address, const Address *network, int prefix);
guint address_hash(gconstpointer address);
gboolean address_equal(gconstpointer a, gconstpointer b);
gboolean collect_address_valid(const char *text);
