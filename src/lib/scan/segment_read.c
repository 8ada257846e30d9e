/* The reader: what was acknowledged when it was made, each record once, while the writer goes on. The journal is looked
 * at first and the segments after it; a record found in both is taken from the segment. */
#include "lib/scan/segment_read.h"
#include "lib/scan/journal.h"
#include "lib/scan/segment_file.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct {
  uint64_t number, first_sequence, next_sequence, raw_bytes;
  bool indexed, unwanted;
} Part;

typedef bool (*Wanted)(void *context, const SegmentInfo *info, const uint64_t *hashes, size_t count);

struct LogReader {
  char *path;
  int folder;
  LogRange range;
  uint32_t *sources; /* sorted */
  LogProgress progress;
  Wanted wanted;
  void *context;
  /* The snapshot. */
  Part *parts;
  size_t part_count, parts_left;
  uint64_t end_sequence; /* of the segments */
  JournalRecords journal;
  size_t journal_first; /* the first that is in no segment */
  bool journal_done;
  uint64_t low, high; /* records wanted by sequence: low ≤ sequence < high */
  /* The open segment. */
  int fd;
  SegmentMap map;
  size_t frame, frames_left;
  /* The current frame. */
  FrameDecoder *decoder;
  ByteBuffer payload, index, hashes;
  const FrameHead *head; /* NULL: the journal */
  FrameHead current;
  Span text;
  LogRecord *journal_records, *kept;
  size_t kept_room;
  const LogRecord *all;
  size_t all_count;
  uint64_t first_sequence;
};

/* --- the snapshot --- */

static int by_number(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

static bool has_source(const LogReader *reader, uint32_t source) {
  return !reader->sources || bsearch(&source, reader->sources, reader->range.source_count, sizeof source, by_number);
}

static bool index_in_range(const LogReader *reader, const SegmentIndex *index) {
  bool any = !reader->sources;
  for (size_t i = 0; i < index->source_count && !any; i++)
    any = has_source(reader, index->sources[i]);
  return any && index->last_ms >= reader->range.from_ms && index->first_ms <= reader->range.to_ms;
}

static bool open_map(LogReader *reader, uint64_t number, SegmentMap *map, int *out_fd) {
  *out_fd = openat(reader->folder, segment_name(number, "seg").text, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (*out_fd < 0)
    return false;
  if (segment_map_load(*out_fd, number, map))
    return true;
  close(*out_fd);
  *out_fd = -1;
  errno = EBADMSG;
  return false;
}

static bool look_at_part(LogReader *reader, uint64_t number, Part *part) {
  SegmentIndex index;
  *part = (Part){.number = number};
  if (segment_index_peek(reader->folder, number, &reader->index, &index)) {
    part->indexed = true;
    part->unwanted = !index_in_range(reader, &index);
    part->first_sequence = index.first_sequence;
    part->next_sequence = index.next_sequence;
    part->raw_bytes = index.raw_bytes;
    return true;
  }
  SegmentMap map;
  int fd;
  if (!open_map(reader, number, &map, &fd)) {
    reader->progress.frames_damaged += errno != ENOENT;
    return false;
  }
  part->first_sequence = map.first_sequence;
  part->next_sequence = map.next_sequence;
  part->raw_bytes = map.raw_bytes;
  part->unwanted = map.count && (map.last_ms < reader->range.from_ms || map.first_ms > reader->range.to_ms);
  close(fd);
  segment_map_clear(&map);
  return true;
}

static void list_parts(LogReader *reader) {
  size_t count;
  uint64_t *numbers = segment_list(reader->folder, &count);
  reader->parts = scan_new(count, sizeof *reader->parts);
  for (size_t i = 0; i < count; i++) {
    Part *part = &reader->parts[reader->part_count];
    if (!look_at_part(reader, numbers[i], part))
      continue;
    reader->end_sequence = part->next_sequence > reader->end_sequence ? part->next_sequence : reader->end_sequence;
    reader->part_count++;
    if (part->unwanted)
      continue;
    reader->progress.segments++;
    reader->progress.total_raw_bytes += part->raw_bytes;
  }
  reader->parts_left = reader->part_count;
  free(numbers);
}

LogReader *log_reader_new(const char *folder, const LogRange *range, ScanError *error) {
  LogReader *reader = scan_new(1, sizeof *reader);
  reader->fd = -1;
  reader->high = UINT64_MAX;
  reader->range = *range;
  reader->path = strdup(folder);
  reader->decoder = frame_decoder_new();
  if (range->sources) {
    reader->sources = scan_new(range->source_count, sizeof *reader->sources);
    memcpy(reader->sources, range->sources, range->source_count * sizeof *reader->sources);
    qsort(reader->sources, range->source_count, sizeof *reader->sources, by_number);
  }
  reader->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (reader->folder < 0)
    scan_fail_errno(error, "Không mở được thư mục kho nhật ký");
  else if (!journal_read(reader->folder, &reader->journal))
    scan_fail(error, "Không đọc được sổ ghi của kho nhật ký");
  else {
    list_parts(reader);
    while (reader->journal_first < reader->journal.count &&
           reader->journal.sequences[reader->journal_first] < reader->end_sequence)
      reader->journal_first++;
    if (reader->journal_first < reader->journal.count)
      reader->progress.total_raw_bytes += reader->journal.text.size - reader->journal.offsets[reader->journal_first];
    return reader;
  }
  log_reader_free(reader);
  return NULL;
}

static void close_part(LogReader *reader) {
  if (reader->fd < 0)
    return;
  close(reader->fd);
  reader->fd = -1;
  segment_map_clear(&reader->map);
}

void log_reader_free(LogReader *reader) {
  if (!reader)
    return;
  close_part(reader);
  if (reader->folder >= 0)
    close(reader->folder);
  frame_decoder_free(reader->decoder);
  journal_records_clear(&reader->journal);
  free(reader->payload.bytes);
  free(reader->index.bytes);
  free(reader->hashes.bytes);
  free(reader->journal_records);
  free(reader->kept);
  free(reader->parts);
  free(reader->sources);
  free(reader->path);
  free(reader);
}

void log_reader_filter(LogReader *reader, Wanted wanted, void *context) {
  reader->wanted = wanted;
  reader->context = context;
}

const LogProgress *log_reader_progress(const LogReader *reader) {
  return &reader->progress;
}

/* --- place --- */

/* Where the records end that were given. */
static uint64_t place_of(const LogReader *reader) {
  uint64_t behind = reader->first_sequence + reader->all_count;
  if (reader->range.newest_first)
    return reader->text.bytes && reader->first_sequence < reader->high ? reader->first_sequence : reader->high;
  return reader->text.bytes && behind > reader->low ? behind : reader->low;
}

void log_reader_place(const LogReader *reader, char out_place[128]) {
  snprintf(out_place, 128, "%s:%" PRIu64, reader->range.newest_first ? "before" : "from", place_of(reader));
}

bool log_reader_resume(LogReader *reader, const char *place) {
  const char *word = reader->range.newest_first ? "before:" : "from:";
  size_t length = strlen(word);
  char *end;
  if (strncmp(place, word, length) != 0 || place[length] < '0' || place[length] > '9')
    return false;
  uint64_t sequence = strtoull(place + length, &end, 10);
  if (*end)
    return false;
  *(reader->range.newest_first ? &reader->high : &reader->low) = sequence;
  return true;
}

static bool sequences_wanted(const LogReader *reader, uint64_t first, uint64_t next) {
  return next > reader->low && first < reader->high;
}

/* --- segment by segment, frame by frame --- */

static bool filter_wants(LogReader *reader, const Part *part) {
  SegmentIndex index;
  SegmentInfo info;
  char path[4096];
  if (!reader->wanted || !part->indexed ||
      !segment_index_load(reader->folder, part->number, &reader->index, &index, &reader->hashes))
    return true; /* without an index it may hold anything */
  snprintf(path, sizeof path, "%s/%s", reader->path, segment_name(part->number, "seg").text);
  segment_info_fill(&info, path, &index);
  return reader->wanted(reader->context, &info, (const uint64_t *)(const void *)reader->hashes.bytes, index.hash_count);
}

/* Opens the next segment that may hold something. */
static bool next_part(LogReader *reader) {
  close_part(reader);
  while (reader->parts_left) {
    size_t at = reader->range.newest_first ? reader->parts_left - 1 : reader->part_count - reader->parts_left;
    const Part *part = &reader->parts[at];
    reader->parts_left--;
    if (part->unwanted)
      continue;
    reader->progress.segments_done++;
    if (!sequences_wanted(reader, part->first_sequence, part->next_sequence) || !filter_wants(reader, part)) {
      reader->progress.raw_bytes += part->raw_bytes;
      continue;
    }
    if (!open_map(reader, part->number, &reader->map, &reader->fd)) {
      reader->progress.frames_damaged += errno != ENOENT; /* one that has expired is no damage */
      continue;
    }
    reader->progress.frames_damaged += reader->map.damaged;
    while (reader->map.count && reader->map.frames[reader->map.count - 1].head.first_sequence >= part->next_sequence)
      segment_map_drop(&reader->map); /* written after the snapshot */
    reader->frames_left = reader->map.count;
    return true;
  }
  return false;
}

static bool load_frame(LogReader *reader, const FramePlace *place) {
  const FrameHead *head = &place->head;
  reader->progress.raw_bytes += head->raw_size;
  if (!sequences_wanted(reader, head->first_sequence, head->first_sequence + head->records) ||
      head->last_ms < reader->range.from_ms || head->first_ms > reader->range.to_ms)
    return false;
  reader->current = *head;
  reader->head = &reader->current;
  reader->first_sequence = head->first_sequence;
  reader->all = NULL;
  reader->all_count = head->records;
  if (!segment_load_frame(reader->fd, place, &reader->payload) ||
      !frame_decode_text(reader->decoder, head, reader->payload.bytes, &reader->text)) {
    reader->progress.frames_damaged++;
    return false;
  }
  reader->progress.frames_read++;
  reader->progress.records += head->records;
  return true;
}

static bool load_journal(LogReader *reader) {
  const JournalRecords *journal = &reader->journal;
  size_t first = reader->journal_first;
  reader->journal_done = true;
  if (first >= journal->count ||
      !sequences_wanted(reader, journal->sequences[first], journal->sequences[journal->count - 1] + 1))
    return false;
  const char *text = (const char *)journal->text.bytes;
  reader->text = (Span){text + journal->offsets[first], journal->text.size - journal->offsets[first]};
  reader->head = NULL;
  reader->first_sequence = journal->sequences[first];
  reader->all_count = journal->count - first;
  reader->all = reader->journal_records = scan_grow(reader->journal_records, reader->all_count, sizeof(LogRecord));
  for (size_t i = 0; i < reader->all_count; i++) {
    const RecordMeta *meta = &journal->metas[first + i];
    reader->journal_records[i] = (LogRecord){
        {text + journal->offsets[first + i], meta->size},
        meta->received_ms, meta->time_ms, meta->source
    };
  }
  reader->progress.raw_bytes += reader->text.size;
  reader->progress.records += reader->all_count;
  return true;
}

bool log_reader_next(LogReader *reader, Span *out_text) {
  *(reader->range.newest_first ? &reader->high : &reader->low) = place_of(reader);
  reader->text = (Span){0};
  bool found = reader->range.newest_first && !reader->journal_done && load_journal(reader);
  while (!found && (reader->frames_left || next_part(reader)))
    if (reader->frames_left) {
      size_t at = reader->range.newest_first ? reader->frames_left - 1 : reader->map.count - reader->frames_left;
      reader->frames_left--;
      found = load_frame(reader, &reader->map.frames[at]);
    }
  found = found || (!reader->journal_done && load_journal(reader));
  if (!found)
    reader->text = (Span){0};
  *out_text = reader->text;
  return found;
}

/* --- records --- */

const LogRecord *log_reader_all(LogReader *reader, size_t *out_count) {
  if (!reader->all && reader->head) {
    reader->all = frame_decode_records(reader->decoder, reader->head, reader->payload.bytes, reader->text);
    reader->progress.frames_damaged += !reader->all;
  }
  *out_count = reader->all ? reader->all_count : 0;
  return reader->all;
}

bool log_reader_wants(const LogReader *reader, const LogRecord *all, size_t index) {
  const LogRecord *record = &all[index];
  uint64_t sequence = reader->first_sequence + index;
  return record->received_ms >= reader->range.from_ms && record->received_ms <= reader->range.to_ms &&
         sequence >= reader->low && sequence < reader->high && has_source(reader, record->source);
}

/* The record at an offset of the text; `count` when there are none. */
static size_t index_at(LogReader *reader, size_t offset, const LogRecord **out_all, size_t *out_count) {
  const LogRecord *all = *out_all = log_reader_all(reader, out_count);
  size_t low = 0, high = *out_count;
  while (high - low > 1) {
    size_t middle = (low + high) / 2;
    if ((size_t)(all[middle].bytes.bytes - reader->text.bytes) <= offset)
      low = middle;
    else
      high = middle;
  }
  return low;
}

const LogRecord *log_reader_record_at(LogReader *reader, size_t offset) {
  const LogRecord *all;
  size_t count, at = index_at(reader, offset, &all, &count);
  return all && log_reader_wants(reader, all, at) ? &all[at] : NULL;
}

size_t log_reader_record_end(LogReader *reader, size_t offset) {
  const LogRecord *all;
  size_t count, at = index_at(reader, offset, &all, &count);
  return all ? (size_t)(all[at].bytes.bytes - reader->text.bytes) + all[at].bytes.size + 1 : reader->text.size;
}

const LogRecord *log_reader_frame(LogReader *reader, size_t *out_count) {
  Span text;
  *out_count = 0;
  while (!*out_count && log_reader_next(reader, &text)) {
    size_t count;
    const LogRecord *all = log_reader_all(reader, &count);
    if (reader->kept_room < count)
      reader->kept = scan_grow(reader->kept, reader->kept_room = count, sizeof *reader->kept);
    for (size_t i = 0; i < count; i++)
      if (log_reader_wants(reader, all, i))
        reader->kept[(*out_count)++] = all[i];
  }
  return *out_count ? reader->kept : NULL;
}
