/* What the parts of the log store share: numbers in bytes, whole reads and writes, growing memory, faults.
 * Stored numbers are little-endian, as the machines are. */
#pragma once
#include "lib/scan/arena.h"
#include "lib/scan/event.h"
#include <string.h>
#include <sys/types.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "stored numbers are little-endian"
#endif

typedef struct {
  uint8_t *bytes;
  size_t size, room;
} ByteBuffer;

/* At least `more` bytes behind `size`; contents stay. */
static inline uint8_t *byte_buffer_room(ByteBuffer *buffer, size_t more) {
  if (buffer->room - buffer->size < more) {
    buffer->room = (buffer->size + more) * 3 / 2 + 64;
    buffer->bytes = scan_grow(buffer->bytes, buffer->room, 1);
  }
  return buffer->bytes + buffer->size;
}

static inline void byte_buffer_add(ByteBuffer *buffer, const void *bytes, size_t size) {
  if (size)
    memcpy(byte_buffer_room(buffer, size), bytes, size);
  buffer->size += size;
}

static inline uint64_t zigzag(int64_t value) {
  return (uint64_t)value << 1 ^ (0 - ((uint64_t)value >> 63));
}

static inline int64_t unzigzag(uint64_t value) {
  return (int64_t)(value >> 1 ^ (~(value & 1) + 1));
}

enum { VARINT_MAX = 10 };

static inline size_t varint_put(uint8_t *out, uint64_t value) {
  size_t size = 0;
  for (; value >= 0x80; value >>= 7)
    out[size++] = (uint8_t)(value | 0x80);
  out[size++] = (uint8_t)value;
  return size;
}

/* NULL when the bytes end before the number does. */
static inline const uint8_t *varint_get(const uint8_t *at, const uint8_t *end, uint64_t *out) {
  uint64_t value = 0;
  for (int shift = 0; at < end && shift < 64; shift += 7) {
    uint8_t byte = *at++;
    value |= (uint64_t)(byte & 0x7f) << shift;
    if (byte < 0x80) {
      *out = value;
      return at;
    }
  }
  return NULL;
}

/* All or nothing of it, also when a signal interrupts. */
bool file_write_at(int fd, const void *bytes, size_t size, off_t at);
bool file_read_at(int fd, void *bytes, size_t size, off_t at);
off_t file_size(int fd);
/* The whole file into `out`, at most `max` bytes; false: none, too large or unreadable. */
bool file_load(int folder, const char *name, size_t max, ByteBuffer *out);
/* Only its first `size` bytes, or all where it has fewer. */
bool file_load_start(int folder, const char *name, size_t size, ByteBuffer *out);
/* A file that is there whole or not at all: a temporary one, synced, renamed. */
bool file_replace(int folder, const char *name, const void *bytes, size_t size);

__attribute__((format(printf, 2, 3))) bool scan_fail(ScanError *error, const char *format, ...); /* always false */
/* `what` and the reason of errno in Vietnamese. */
bool scan_fail_errno(ScanError *error, const char *what);
