#include "lib/scan/frame.h"
#include "lib/scan/hash.h"
#include <stdlib.h>
#include <zstd.h>

enum { FRAME_MAGIC = 0x31464355 }; /* "UCF1" */

struct FrameEncoder {
  ZSTD_CCtx *zstd;
  int level;
  ByteBuffer columns, out;
};

struct FrameDecoder {
  ZSTD_DCtx *zstd;
  ByteBuffer text, columns;
  LogRecord *records;
  size_t room;
};

/* The order of the head; read and written by this one table. */
typedef struct __attribute__((packed)) {
  uint32_t magic, flags;
  uint64_t first_sequence;
  int64_t first_ms, last_ms;
  uint32_t records, raw_size, columns_stored, columns_raw, text_stored, spare;
  uint64_t payload_hash, head_hash;
} HeadLayout;
_Static_assert(sizeof(HeadLayout) == FRAME_HEAD_BYTES, "size of the head on disk");

void frame_head_put(const FrameHead *head, uint8_t out[FRAME_HEAD_BYTES]) {
  HeadLayout layout = {FRAME_MAGIC,
                       head->flags,
                       head->first_sequence,
                       head->first_ms,
                       head->last_ms,
                       head->records,
                       head->raw_size,
                       head->columns_stored,
                       head->columns_raw,
                       head->text_stored,
                       0,
                       head->payload_hash,
                       0};
  layout.head_hash = hash_bytes(&layout, offsetof(HeadLayout, head_hash), 0);
  memcpy(out, &layout, sizeof layout);
}

bool frame_head_get(const uint8_t in[FRAME_HEAD_BYTES], FrameHead *out) {
  HeadLayout layout;
  memcpy(&layout, in, sizeof layout);
  if (layout.magic != FRAME_MAGIC || layout.head_hash != hash_bytes(&layout, offsetof(HeadLayout, head_hash), 0))
    return false;
  *out = (FrameHead){.first_sequence = layout.first_sequence,
                     .payload_hash = layout.payload_hash,
                     .first_ms = layout.first_ms,
                     .last_ms = layout.last_ms,
                     .records = layout.records,
                     .raw_size = layout.raw_size,
                     .columns_stored = layout.columns_stored,
                     .columns_raw = layout.columns_raw,
                     .text_stored = layout.text_stored,
                     .flags = layout.flags};
  return out->raw_size <= FRAME_TEXT_MAX && out->records && out->records <= out->raw_size &&
         out->columns_raw <= FRAME_COLUMNS_MAX && out->text_stored <= FRAME_STORED_MAX &&
         out->columns_stored <= FRAME_COLUMNS_MAX && out->first_sequence <= UINT64_MAX - out->records;
}

size_t frame_head_find(Span bytes, size_t from, FrameHead *out) {
  static const uint32_t magic = FRAME_MAGIC;
  while (from + FRAME_HEAD_BYTES <= bytes.size) {
    const char *at = memmem(bytes.bytes + from, bytes.size - from, &magic, sizeof magic);
    if (!at || (size_t)(bytes.bytes + bytes.size - at) < FRAME_HEAD_BYTES)
      break;
    if (frame_head_get((const uint8_t *)at, out))
      return (size_t)(at - bytes.bytes);
    from = (size_t)(at - bytes.bytes) + 1;
  }
  return bytes.size;
}

/* --- writing --- */

FrameEncoder *frame_encoder_new(int level) {
  FrameEncoder *encoder = scan_new(1, sizeof *encoder);
  encoder->zstd = ZSTD_createCCtx();
  if (!encoder->zstd)
    abort();
  encoder->level = level;
  return encoder;
}

void frame_encoder_free(FrameEncoder *encoder) {
  if (!encoder)
    return;
  ZSTD_freeCCtx(encoder->zstd);
  free(encoder->columns.bytes);
  free(encoder->out.bytes);
  free(encoder);
}

static void put_number(ByteBuffer *columns, uint64_t value) {
  columns->size += varint_put(byte_buffer_room(columns, VARINT_MAX), value);
}

/* Differences wrap around, so that every time has one. */
static int64_t difference(int64_t a, int64_t b) {
  return (int64_t)((uint64_t)a - (uint64_t)b);
}

static int64_t sum(int64_t a, int64_t b) {
  return (int64_t)((uint64_t)a + (uint64_t)b);
}

static void put_columns(ByteBuffer *columns, const RecordMeta *metas, size_t count, uint32_t flags) {
  int64_t received = 0, own = metas[0].received_ms;
  uint32_t source = 0;
  columns->size = 0;
  for (size_t i = 0; i < count; received = metas[i++].received_ms)
    put_number(columns, zigzag(difference(metas[i].received_ms, received)));
  for (size_t i = 0; i < count; source = metas[i++].source)
    put_number(columns, zigzag((int64_t)metas[i].source - source));
  if (flags & FRAME_TIMES)
    for (size_t i = 0; i < count; i++)
      put_number(columns, metas[i].time_ms != EVENT_NO_TIME);
  for (size_t i = 0; i < count; i++)
    if (metas[i].time_ms != EVENT_NO_TIME) {
      put_number(columns, zigzag(difference(metas[i].time_ms, own)));
      own = metas[i].time_ms;
    }
  if (flags & FRAME_LENGTHS)
    for (size_t i = 0; i < count; i++)
      put_number(columns, metas[i].size);
}

/* What is to be stored of the records, and the range of their times. */
static void look_at(const RecordMeta *metas, size_t count, Span text, FrameHead *head) {
  size_t lines = 0;
  head->first_ms = head->last_ms = metas[0].received_ms;
  for (size_t i = 0; i < count; i++) {
    head->flags |= metas[i].time_ms == EVENT_NO_TIME ? FRAME_TIMES : 0;
    head->first_ms = metas[i].received_ms < head->first_ms ? metas[i].received_ms : head->first_ms;
    head->last_ms = metas[i].received_ms > head->last_ms ? metas[i].received_ms : head->last_ms;
  }
  for (const char *at = text.bytes, *end = at + text.size; at < end; lines++)
    at = (const char *)memchr(at, '\n', (size_t)(end - at)) + 1; /* the last byte is one */
  head->flags |= lines != count ? FRAME_LENGTHS : 0;
}

static uint32_t compress(FrameEncoder *encoder, const void *bytes, size_t size) {
  size_t room = ZSTD_compressBound(size);
  size_t stored =
      ZSTD_compressCCtx(encoder->zstd, byte_buffer_room(&encoder->out, room), room, bytes, size, encoder->level);
  if (ZSTD_isError(stored)) /* only memory can be missing: the room suffices */
    abort();
  encoder->out.size += stored;
  return (uint32_t)stored;
}

Span frame_encode(FrameEncoder *encoder, uint64_t first_sequence, const RecordMeta *metas, size_t count, Span text,
                  FrameHead *out_head) {
  FrameHead head = {.first_sequence = first_sequence, .records = (uint32_t)count, .raw_size = (uint32_t)text.size};
  look_at(metas, count, text, &head);
  put_columns(&encoder->columns, metas, count, head.flags);
  head.columns_raw = (uint32_t)encoder->columns.size;
  encoder->out.size = 0;
  byte_buffer_room(&encoder->out, FRAME_HEAD_BYTES);
  encoder->out.size = FRAME_HEAD_BYTES;
  head.columns_stored = compress(encoder, encoder->columns.bytes, encoder->columns.size);
  head.text_stored = compress(encoder, text.bytes, text.size);
  head.payload_hash = hash_bytes(encoder->out.bytes + FRAME_HEAD_BYTES, encoder->out.size - FRAME_HEAD_BYTES, 0);
  frame_head_put(&head, encoder->out.bytes);
  *out_head = head;
  return (Span){(const char *)encoder->out.bytes, encoder->out.size};
}

/* --- reading --- */

FrameDecoder *frame_decoder_new(void) {
  FrameDecoder *decoder = scan_new(1, sizeof *decoder);
  decoder->zstd = ZSTD_createDCtx();
  if (!decoder->zstd)
    abort();
  return decoder;
}

void frame_decoder_free(FrameDecoder *decoder) {
  if (!decoder)
    return;
  ZSTD_freeDCtx(decoder->zstd);
  free(decoder->text.bytes);
  free(decoder->columns.bytes);
  free(decoder->records);
  free(decoder);
}

bool frame_check(const FrameHead *head, const uint8_t *payload) {
  return hash_bytes(payload, (size_t)head->columns_stored + head->text_stored, 0) == head->payload_hash;
}

static bool expand(FrameDecoder *decoder, ByteBuffer *out, size_t raw, const uint8_t *stored, size_t stored_size) {
  out->size = 0;
  size_t size = ZSTD_decompressDCtx(decoder->zstd, byte_buffer_room(out, raw), raw, stored, stored_size);
  out->size = raw;
  return !ZSTD_isError(size) && size == raw;
}

bool frame_decode_text(FrameDecoder *decoder, const FrameHead *head, const uint8_t *payload, Span *out_text) {
  bool good = expand(decoder, &decoder->text, head->raw_size, payload + head->columns_stored, head->text_stored) &&
              decoder->text.bytes[head->raw_size - 1] == '\n';
  *out_text = (Span){(const char *)decoder->text.bytes, head->raw_size};
  return good;
}

typedef struct {
  const uint8_t *at, *end;
  bool good;
} ColumnReader;

static uint64_t get_number(ColumnReader *reader) {
  uint64_t value = 0;
  if (reader->at < reader->end && *reader->at < 0x80)
    return *reader->at++;
  const uint8_t *next = reader->good ? varint_get(reader->at, reader->end, &value) : NULL;
  reader->good = next != NULL;
  reader->at = next ? next : reader->end;
  return value;
}

static void get_own_times(ColumnReader *reader, LogRecord *records, const FrameHead *head, int64_t own) {
  for (size_t i = 0; i < head->records; i++)
    records[i].time_ms = !(head->flags & FRAME_TIMES) || get_number(reader) ? 0 : EVENT_NO_TIME;
  for (size_t i = 0; i < head->records; i++)
    if (records[i].time_ms != EVENT_NO_TIME)
      records[i].time_ms = own = sum(own, unzigzag(get_number(reader)));
}

/* The records one after the other in the text, each with the newline that was put behind it. */
static bool get_texts(ColumnReader *reader, LogRecord *records, const FrameHead *head, Span text) {
  const char *at = text.bytes, *end = at + text.size;
  for (size_t i = 0; i < head->records; i++) {
    const char *stop = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
    if (head->flags & FRAME_LENGTHS) {
      uint64_t size = get_number(reader);
      stop = size < (uint64_t)(end - at) ? at + size : NULL;
    }
    if (!stop || *stop != '\n')
      return false;
    records[i].bytes = (Span){at, (size_t)(stop - at)};
    at = stop + 1;
  }
  return at == end;
}

const LogRecord *frame_decode_records(FrameDecoder *decoder, const FrameHead *head, const uint8_t *payload, Span text) {
  if (!expand(decoder, &decoder->columns, head->columns_raw, payload, head->columns_stored))
    return NULL;
  if (decoder->room < head->records)
    decoder->records = scan_grow(decoder->records, decoder->room = head->records, sizeof *decoder->records);
  ColumnReader reader = {decoder->columns.bytes, decoder->columns.bytes + head->columns_raw, true};
  LogRecord *records = decoder->records;
  int64_t received = 0;
  uint32_t source = 0;
  for (size_t i = 0; i < head->records; i++)
    records[i].received_ms = received = sum(received, unzigzag(get_number(&reader)));
  for (size_t i = 0; i < head->records; i++)
    records[i].source = source = (uint32_t)sum(source, unzigzag(get_number(&reader)));
  get_own_times(&reader, records, head, records[0].received_ms);
  bool good = get_texts(&reader, records, head, text);
  return good && reader.good ? records : NULL;
}
