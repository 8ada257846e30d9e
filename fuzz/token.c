/* Any text is cut alike by both paths, each piece lies in it, and what is cut is a value that a list could name. */
#include "lib/scan/token_cut.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
  Span text;
  uint64_t sum, count;
} Seen;

static void see(void *context, TokenKind kind, Span folded, uint64_t hash, Span where) {
  Seen *seen = context;
  if (where.bytes < seen->text.bytes || where.bytes + where.size > seen->text.bytes + seen->text.size ||
      kind >= TOKEN_KINDS || !folded.size)
    abort();
  seen->sum = seen->sum * 31 + (hash ^ (uint64_t)(where.bytes - seen->text.bytes) ^ where.size ^ kind);
  seen->count++;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Seen seen[2];
  for (int plain = 0; plain < 2; plain++) {
    seen[plain] = (Seen){
        .text = {(const char *)data, size}
    };
    token_cut_plain(plain);
    token_cut(seen[plain].text, see, &seen[plain]);
  }
  if (seen[0].sum != seen[1].sum || seen[0].count != seen[1].count)
    abort();
  return 0;
}
