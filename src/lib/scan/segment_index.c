#include "lib/scan/hash.h"
#include "lib/scan/segment_file.h"
#include "lib/scan/token_cut.h"
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

static const uint64_t INDEX_MAGIC = 0x3130584449435555; /* "UUCIDX01" */

enum { HASH_BYTES_MAX = 6 }; /* of the difference of two hashes, without the spare bits */

struct SegmentContent {
  uint64_t *table; /* open addressing; 0: empty */
  size_t count, room;
  bool has_zero;
  uint32_t *sources;
  size_t source_count, source_room;
};

typedef struct {
  uint64_t magic, number, segment_bytes, records, raw_bytes, first_sequence, next_sequence;
  int64_t first_ms, last_ms;
  uint8_t sha256[32];
  uint32_t source_count, hash_count;
  uint64_t body_bytes, source_hash, body_hash, hash;
} IndexHead;

/* --- what stands in a segment --- */

SegmentContent *segment_content_new(void) {
  SegmentContent *content = scan_new(1, sizeof *content);
  content->room = 1 << 12;
  content->table = scan_new(content->room, sizeof *content->table);
  return content;
}

void segment_content_free(SegmentContent *content) {
  if (!content)
    return;
  free(content->table);
  free(content->sources);
  free(content);
}

void segment_content_clear(SegmentContent *content) {
  memset(content->table, 0, content->room * sizeof *content->table);
  content->count = content->source_count = 0;
  content->has_zero = false;
}

static void put_hash(uint64_t *table, size_t room, uint64_t hash, size_t *count) {
  size_t at = token_filter_key(hash) >> 20 & (room - 1);
  while (table[at] && table[at] != hash)
    at = (at + 1) & (room - 1);
  *count += !table[at];
  table[at] = hash;
}

static void add_hash(void *context, uint64_t hash) {
  SegmentContent *content = context;
  if (!hash) {
    content->has_zero = true;
    return;
  }
  if (content->count * 2 >= content->room) {
    uint64_t *larger = scan_new(content->room * 2, sizeof *larger);
    size_t count = 0;
    for (size_t i = 0; i < content->room; i++)
      if (content->table[i])
        put_hash(larger, content->room * 2, content->table[i], &count);
    free(content->table);
    content->table = larger;
    content->room *= 2;
  }
  put_hash(content->table, content->room, hash, &content->count);
}

void segment_content_add_text(SegmentContent *content, Span text) {
  token_cut_index(text, add_hash, content);
}

void segment_content_add_source(SegmentContent *content, uint32_t source) {
  size_t low = 0, high = content->source_count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (content->sources[middle] < source)
      low = middle + 1;
    else
      high = middle;
  }
  if ((low < content->source_count && content->sources[low] == source) || content->source_count == SEGMENT_SOURCES_MAX)
    return;
  if (content->source_count == content->source_room)
    content->sources =
        scan_grow(content->sources, content->source_room = content->source_room * 2 + 16, sizeof *content->sources);
  memmove(content->sources + low + 1, content->sources + low,
          (content->source_count++ - low) * sizeof *content->sources);
  content->sources[low] = source;
}

void segment_content_load(SegmentContent *content, int fd, const SegmentMap *map) {
  FrameDecoder *decoder = frame_decoder_new();
  ByteBuffer payload = {0};
  Span text;
  for (size_t i = 0; i < map->count; i++) {
    const FrameHead *head = &map->frames[i].head;
    if (!segment_load_frame(fd, &map->frames[i], &payload) || !frame_decode_text(decoder, head, payload.bytes, &text))
      continue;
    segment_content_add_text(content, text);
    const LogRecord *records = frame_decode_records(decoder, head, payload.bytes, text);
    for (size_t k = 0; records && k < head->records; k++)
      segment_content_add_source(content, records[k].source);
  }
  free(payload.bytes);
  frame_decoder_free(decoder);
}

/* --- the file --- */

bool segment_sha256(int fd, uint8_t out[32]) {
  enum { PIECE = 1 << 18 };
  EVP_MD_CTX *digest = EVP_MD_CTX_new();
  uint8_t *piece = scan_new(PIECE, 1);
  off_t size = file_size(fd), at = 0;
  bool good = digest && size >= 0 && EVP_DigestInit_ex(digest, EVP_sha256(), NULL);
  while (good && at < size) {
    size_t length = size - at < PIECE ? (size_t)(size - at) : PIECE;
    good = file_read_at(fd, piece, length, at) && EVP_DigestUpdate(digest, piece, length);
    at += (off_t)length;
  }
  good = good && EVP_DigestFinal_ex(digest, out, NULL);
  free(piece);
  EVP_MD_CTX_free(digest);
  return good;
}

static int by_value(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

static uint64_t *sorted_hashes(const SegmentContent *content, size_t *out_count) {
  uint64_t *hashes = scan_new(content->count + 1, sizeof *hashes);
  size_t count = 0;
  if (content->has_zero)
    hashes[count++] = 0;
  for (size_t i = 0; i < content->room; i++)
    if (content->table[i])
      hashes[count++] = content->table[i];
  qsort(hashes, count, sizeof *hashes, by_value);
  *out_count = count;
  return hashes;
}

/* Differences of the sorted hashes: their lengths in half bytes, then their bytes. */
static void put_hashes(ByteBuffer *out, const uint64_t *hashes, size_t count) {
  size_t lengths = out->size;
  memset(byte_buffer_room(out, (count + 1) / 2), 0, (count + 1) / 2);
  out->size += (count + 1) / 2;
  uint64_t last = 0;
  for (size_t i = 0; i < count; i++) {
    uint64_t value = hashes[i] >> TOKEN_HASH_SPARE, rest = value - last;
    size_t length = rest ? (size_t)(71 - __builtin_clzll(rest)) / 8 : 0;
    byte_buffer_add(out, &rest, length);
    out->bytes[lengths + i / 2] |= (uint8_t)(length << (i % 2 * 4));
    last = value;
  }
}

static bool get_hashes(const uint8_t *from, size_t size, size_t count, ByteBuffer *out) {
  static const uint64_t mask[16] = {0, 0xff, 0xffff, 0xffffff, 0xffffffff, 0xffffffffff, 0xffffffffffff};
  const uint8_t *at = from + (count + 1) / 2, *end = from + size;
  out->size = 0;
  if (size < (count + 1) / 2)
    return false;
  uint64_t *hashes = (uint64_t *)(void *)byte_buffer_room(out, (count + 1) * sizeof *hashes), value = 0;
  for (size_t i = 0; i < count; i++) {
    unsigned length = from[i / 2] >> (i % 2 * 4) & 15;
    uint64_t rest = 0;
    if (end - at >= 8)
      memcpy(&rest, at, 8);
    else if (end - at >= (ptrdiff_t)length)
      memcpy(&rest, at, length);
    else
      return false;
    at += length;
    value += rest & mask[length];
    hashes[i] = value << TOKEN_HASH_SPARE;
  }
  out->size = count * sizeof *hashes;
  return at == end;
}

bool segment_index_write(int folder, SegmentIndex *index, const SegmentContent *content) {
  size_t count;
  uint64_t *hashes = sorted_hashes(content, &count);
  ByteBuffer bytes = {0};
  byte_buffer_room(&bytes, sizeof(IndexHead));
  bytes.size = sizeof(IndexHead);
  size_t source_bytes = content->source_count * sizeof *content->sources;
  byte_buffer_add(&bytes, content->sources, source_bytes);
  put_hashes(&bytes, hashes, count);
  free(hashes);
  const uint8_t *body = bytes.bytes + sizeof(IndexHead) + source_bytes;
  size_t body_bytes = bytes.size - sizeof(IndexHead) - source_bytes;
  IndexHead head = {.magic = INDEX_MAGIC,
                    .number = index->number,
                    .segment_bytes = index->segment_bytes,
                    .records = index->records,
                    .raw_bytes = index->raw_bytes,
                    .first_sequence = index->first_sequence,
                    .next_sequence = index->next_sequence,
                    .first_ms = index->first_ms,
                    .last_ms = index->last_ms,
                    .source_count = (uint32_t)content->source_count,
                    .hash_count = (uint32_t)count,
                    .body_bytes = body_bytes,
                    .source_hash = hash_bytes(content->sources, source_bytes, 0),
                    .body_hash = hash_bytes(body, body_bytes, 0)};
  memcpy(head.sha256, index->sha256, sizeof head.sha256);
  head.hash = hash_bytes(&head, offsetof(IndexHead, hash), 0);
  memcpy(bytes.bytes, &head, sizeof head);
  bool good = file_replace(folder, segment_name(index->number, "idx").text, bytes.bytes, bytes.size);
  index->index_bytes = bytes.size;
  index->source_count = head.source_count;
  index->hash_count = head.hash_count;
  index->sources = content->sources;
  free(bytes.bytes);
  return good;
}

static bool read_head(const ByteBuffer *bytes, uint64_t number, SegmentIndex *out, IndexHead *head) {
  if (bytes->size < sizeof *head)
    return false;
  memcpy(head, bytes->bytes, sizeof *head);
  size_t source_bytes = head->source_count * sizeof *out->sources;
  if (head->magic != INDEX_MAGIC || head->hash != hash_bytes(head, offsetof(IndexHead, hash), 0) ||
      head->number != number || head->source_count > SEGMENT_SOURCES_MAX || bytes->size < sizeof *head + source_bytes ||
      head->source_hash != hash_bytes(bytes->bytes + sizeof *head, source_bytes, 0))
    return false;
  *out = (SegmentIndex){.number = number,
                        .segment_bytes = head->segment_bytes,
                        .records = head->records,
                        .raw_bytes = head->raw_bytes,
                        .first_sequence = head->first_sequence,
                        .next_sequence = head->next_sequence,
                        .index_bytes = sizeof *head + source_bytes + head->body_bytes,
                        .first_ms = head->first_ms,
                        .last_ms = head->last_ms,
                        .sources = (const uint32_t *)(const void *)(bytes->bytes + sizeof *head),
                        .source_count = head->source_count,
                        .hash_count = head->hash_count};
  memcpy(out->sha256, head->sha256, sizeof out->sha256);
  return true;
}

bool segment_index_peek(int folder, uint64_t number, ByteBuffer *buffer, SegmentIndex *out) {
  IndexHead head;
  return file_load_start(folder, segment_name(number, "idx").text, sizeof head + 256, buffer) &&
         (read_head(buffer, number, out, &head) ||
          (file_load(folder, segment_name(number, "idx").text, INDEX_FILE_MAX, buffer) &&
           read_head(buffer, number, out, &head)));
}

bool segment_index_read(const ByteBuffer *bytes, uint64_t number, SegmentIndex *out, ByteBuffer *hashes) {
  IndexHead head;
  if (!read_head(bytes, number, out, &head))
    return false;
  size_t before = sizeof head + head.source_count * sizeof *out->sources;
  return head.body_bytes == bytes->size - before &&
         hash_bytes(bytes->bytes + before, head.body_bytes, 0) == head.body_hash &&
         get_hashes(bytes->bytes + before, head.body_bytes, head.hash_count, hashes);
}

bool segment_index_load(int folder, uint64_t number, ByteBuffer *buffer, SegmentIndex *out, ByteBuffer *hashes) {
  return file_load(folder, segment_name(number, "idx").text, INDEX_FILE_MAX, buffer) &&
         segment_index_read(buffer, number, out, hashes);
}

void segment_info_fill(SegmentInfo *info, const char *path, const SegmentIndex *index) {
  *info = (SegmentInfo){.path = path,
                        .records = index->records,
                        .raw_bytes = index->raw_bytes,
                        .stored_bytes = index->segment_bytes,
                        .index_bytes = index->index_bytes,
                        .first_ms = index->first_ms,
                        .last_ms = index->last_ms};
  for (size_t i = 0; i < sizeof index->sha256; i++)
    snprintf(info->sha256 + 2 * i, 3, "%02x", index->sha256[i]);
}
