/* One frame of a segment: up to FRAME_BYTES of records as one zstd frame of text, each record followed by a newline,
 * and one of columns (received, own time, source, lengths). The text stays in one piece, so that it can be searched
 * whole.
 *
 *   head | columns | text        the head has its own checksum and one over the other two, as they are stored
 *
 * Lengths are stored only where a record holds a newline. */
#pragma once
#include "lib/scan/segment.h"
#include "lib/scan/stored.h"

enum {
  FRAME_HEAD_BYTES = 72,
  FRAME_LENGTHS = 1, /* flags: lengths are stored */
  FRAME_TIMES = 2,   /*        some records have no own time */
  FRAME_TEXT_MAX = FRAME_BYTES + 1,
  FRAME_COLUMNS_MAX = 96 << 20,
  FRAME_STORED_MAX = FRAME_TEXT_MAX + (FRAME_TEXT_MAX >> 7) + 512
};

typedef struct {
  uint64_t first_sequence, payload_hash;
  int64_t first_ms, last_ms; /* received */
  uint32_t records, raw_size, columns_stored, columns_raw, text_stored, flags;
} FrameHead;

typedef struct {
  int64_t received_ms, time_ms;
  uint32_t source, size;
} RecordMeta;

static inline size_t frame_size(const FrameHead *head) {
  return FRAME_HEAD_BYTES + (size_t)head->columns_stored + head->text_stored;
}

void frame_head_put(const FrameHead *head, uint8_t out[FRAME_HEAD_BYTES]);
/* False: no head, or a damaged one. */
bool frame_head_get(const uint8_t in[FRAME_HEAD_BYTES], FrameHead *out);
/* The next whole head from `from` on; its place, or `size`. */
size_t frame_head_find(Span bytes, size_t from, FrameHead *out);

/* Encodes; the frame is in `out` until the next call. */
typedef struct FrameEncoder FrameEncoder;
FrameEncoder *frame_encoder_new(int level);
void frame_encoder_free(FrameEncoder *encoder);
Span frame_encode(FrameEncoder *encoder, uint64_t first_sequence, const RecordMeta *metas, size_t count, Span text,
                  FrameHead *out_head);

/* Decodes into its own buffers, which live until the next call. */
typedef struct FrameDecoder FrameDecoder;
FrameDecoder *frame_decoder_new(void);
void frame_decoder_free(FrameDecoder *decoder);
bool frame_check(const FrameHead *head, const uint8_t *payload);
/* After frame_check. False: damaged. */
bool frame_decode_text(FrameDecoder *decoder, const FrameHead *head, const uint8_t *payload, Span *out_text);
const LogRecord *frame_decode_records(FrameDecoder *decoder, const FrameHead *head, const uint8_t *payload, Span text);
