/* The pieces of a record that an indicator can equal: IPv4, IPv6, domain, URL host and URL, hash of 32, 40 or 64 hex
 * digits, mail address. The index of a segment and the search for indicators cut with this one function, so that what
 * the one has the other finds.
 *
 * Pieces are folded (ASCII lower case, IPv6 in canonical form, no trailing dot) before they are hashed. JSON escapes
 * ("\/", "\\", "\u00..") end a piece or are undone, so that a value in JSON and the same in plain text give the same
 * pieces.
 */
#pragma once
#include "lib/scan/event.h"

typedef enum { TOKEN_IPV4, TOKEN_IPV6, TOKEN_DOMAIN, TOKEN_URL, TOKEN_HASH, TOKEN_MAIL, TOKEN_KINDS } TokenKind;

/* `folded` lives during the call; `where` points into the record. A domain comes with each domain above it, a URL with
 * each URL that it continues (host/a of http://host/a/b?c). The same piece can come twice, where a backslash before it
 * can be read in two ways. */
typedef void (*TokenFound)(void *context, TokenKind kind, Span folded, uint64_t hash, Span where);
void token_cut(Span record, TokenFound found, void *context);
/* The piece of a value as an indicator list writes it ("hxxps://x[.]y" included); false: it is none. */
bool token_from_value(Span value, TokenKind *out_kind, char out_folded[2048], size_t *out_size, uint64_t *out_hash);
