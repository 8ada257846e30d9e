/* A segment, an index and a journal of any bytes: read without a crash, and never more than their heads allow. The
 * first byte says which. */
#include "lib/scan/journal.h"
#include "lib/scan/segment_file.h"
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_segment(const uint8_t *data, size_t size) {
  int fd = memfd_create("segment", MFD_CLOEXEC);
  SegmentMap map;
  FrameDecoder *decoder = frame_decoder_new();
  ByteBuffer payload = {0};
  Span text;
  if (fd >= 0 && file_write_at(fd, data, size, 0) && segment_map_load(fd, 1, &map)) {
    for (size_t i = 0; i < map.count; i++) {
      const FrameHead *head = &map.frames[i].head;
      segment_load_frame(fd, &map.frames[i], &payload); /* what a good checksum would let through, too */
      if (payload.bytes && frame_decode_text(decoder, head, payload.bytes, &text))
        frame_decode_records(decoder, head, payload.bytes, text);
    }
    segment_map_clear(&map);
  }
  close(fd);
  free(payload.bytes);
  frame_decoder_free(decoder);
}

static void read_journal(const uint8_t *data, size_t size) {
  JournalRecords records = {0};
  journal_parse((Span){(const char *)data, size}, &records);
  for (size_t i = 0; i < records.count; i++)
    if (records.offsets[i] + records.metas[i].size >= records.text.size)
      abort();
  journal_records_clear(&records);
}

static void read_index(const uint8_t *data, size_t size) {
  ByteBuffer bytes = {0}, hashes = {0};
  SegmentIndex index;
  byte_buffer_add(&bytes, data, size);
  if (segment_index_read(&bytes, 1, &index, &hashes) && hashes.size != index.hash_count * sizeof(uint64_t))
    abort();
  free(bytes.bytes);
  free(hashes.bytes);
}

/* What only a right checksum lets through: columns and text under a head of any numbers. */
static void read_payload(const uint8_t *data, size_t size) {
  uint32_t numbers[4];
  if (size < sizeof numbers)
    return;
  memcpy(numbers, data, sizeof numbers);
  FrameHead head = {.flags = numbers[0] % 4, .raw_size = numbers[1] % 4096 + 1, .columns_raw = numbers[2] % 4096};
  head.records = numbers[3] % head.raw_size + 1;
  head.columns_stored = (uint32_t)(size - sizeof numbers) / 2;
  head.text_stored = (uint32_t)(size - sizeof numbers) - head.columns_stored;
  FrameDecoder *decoder = frame_decoder_new();
  Span text;
  if (frame_decode_text(decoder, &head, data + sizeof numbers, &text))
    frame_decode_records(decoder, &head, data + sizeof numbers, text);
  frame_decoder_free(decoder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static void (*const read[])(const uint8_t *, size_t) = {read_segment, read_journal, read_index, read_payload};
  if (size)
    read[data[0] % 4](data + 1, size - 1);
  return 0;
}
