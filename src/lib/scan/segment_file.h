/* The file of a segment and the one of its index, as they lie on the disk. Inside the log store only.
 *
 *   0000000001.seg   head | frame | frame | … | table of the frames | end      the last two once it is closed
 *   0000000001.idx   head | sources | hashes                                   once it is closed
 *
 * Both can be made again from the frames alone. */
#pragma once
#include "lib/scan/frame.h"

enum { SEGMENT_HEAD_BYTES = 32, SEGMENT_FILE_MAX = 192 << 20, INDEX_FILE_MAX = 256 << 20, SEGMENT_SOURCES_MAX = 65536 };

typedef struct {
  char text[24];
} SegmentName;
SegmentName segment_name(uint64_t number, const char *ending);
/* The numbers of the segments in a folder, ascending; to be freed. */
uint64_t *segment_list(int folder, size_t *out_count);

typedef struct {
  off_t at;
  FrameHead head;
} FramePlace;

/* The frames of a segment. */
typedef struct {
  uint64_t number, first_sequence, next_sequence;
  FramePlace *frames;
  size_t count, room;
  uint64_t records, raw_bytes, damaged; /* damaged: gaps between frames that are none */
  int64_t first_ms, last_ms;
  off_t end;   /* of the last frame */
  bool closed; /* has its table */
} SegmentMap;

bool segment_create(int folder, uint64_t number, uint64_t first_sequence, int *out_fd);
/* By its table; without one, or with a damaged one, by looking for the frames. False: no segment at all. */
bool segment_map_load(int fd, uint64_t number, SegmentMap *out);
void segment_map_add(SegmentMap *map, off_t at, const FrameHead *head);
void segment_map_drop(SegmentMap *map); /* the last one */
void segment_map_clear(SegmentMap *map);
/* Writes the table behind the last byte and syncs. */
bool segment_finish(int fd, const SegmentMap *map);
/* The payload of a frame into `out`; false: unreadable or damaged. */
bool segment_load_frame(int fd, const FramePlace *place, ByteBuffer *out);

/* What stands in a segment: hashes of its tokens and its sources, each once. */
typedef struct SegmentContent SegmentContent;
SegmentContent *segment_content_new(void);
void segment_content_free(SegmentContent *content);
void segment_content_clear(SegmentContent *content);
void segment_content_add_text(SegmentContent *content, Span text);
void segment_content_add_source(SegmentContent *content, uint32_t source);
/* Reads all frames of a segment. */
void segment_content_load(SegmentContent *content, int fd, const SegmentMap *map);

typedef struct {
  uint64_t number, segment_bytes, records, raw_bytes, first_sequence, next_sequence, index_bytes;
  int64_t first_ms, last_ms;
  uint8_t sha256[32];
  const uint32_t *sources; /* sorted */
  uint32_t source_count, hash_count;
} SegmentIndex;

bool segment_sha256(int fd, uint8_t out[32]);
/* `index->sources` and the counts are taken from the content. */
bool segment_index_write(int folder, SegmentIndex *index, const SegmentContent *content);
/* The head and the sources only: `index->sources` lives in `buffer`. */
bool segment_index_peek(int folder, uint64_t number, ByteBuffer *buffer, SegmentIndex *out);
/* All of it; hashes sorted, in `hashes` (8 bytes each). */
bool segment_index_load(int folder, uint64_t number, ByteBuffer *buffer, SegmentIndex *out, ByteBuffer *hashes);
/* The same of bytes; `out->sources` points into them. */
bool segment_index_read(const ByteBuffer *bytes, uint64_t number, SegmentIndex *out, ByteBuffer *hashes);
void segment_info_fill(SegmentInfo *info, const char *path, const SegmentIndex *index);
