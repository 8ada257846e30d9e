/* XXH64, the 64-bit hash of the xxHash specification: checksums of what is stored. Not for secrets. */
#pragma once
#include <stddef.h>
#include <stdint.h>

uint64_t hash_bytes(const void *bytes, size_t size, uint64_t seed);
