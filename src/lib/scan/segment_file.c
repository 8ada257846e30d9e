#include "lib/scan/hash.h"
#include "lib/scan/segment_file.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const uint64_t HEAD_MAGIC = 0x3130474553435555, END_MAGIC = 0x31304c4254435555; /* "UUCSEG01", "UUCTBL01" */

typedef struct {
  uint64_t magic, number, first_sequence, hash;
} SegmentHead;
_Static_assert(sizeof(SegmentHead) == SEGMENT_HEAD_BYTES, "size of the head on disk");

/* The first byte of the head is turned, lest somebody who looks for frames takes it for one. */
typedef struct {
  uint64_t at;
  uint8_t head[FRAME_HEAD_BYTES];
} TableRow;

typedef struct {
  uint64_t magic, number, count, next_sequence, table_hash, hash;
} TableEnd;

SegmentName segment_name(uint64_t number, const char *ending) {
  SegmentName name;
  snprintf(name.text, sizeof name.text, "%010" PRIu64 ".%s", number % 10000000000, ending);
  return name;
}

static bool is_segment(const char *name, uint64_t *out_number) {
  if (strspn(name, "0123456789") != 10 || strcmp(name + 10, ".seg") != 0)
    return false;
  *out_number = strtoull(name, NULL, 10);
  return true;
}

static int by_number(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

uint64_t *segment_list(int folder, size_t *out_count) {
  size_t count = 0, room = 64;
  uint64_t *numbers = scan_new(room, sizeof *numbers), number;
  int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *listing = copy >= 0 ? fdopendir(copy) : NULL;
  for (struct dirent *entry; listing && (entry = readdir(listing));)
    if (is_segment(entry->d_name, &number)) {
      if (count == room)
        numbers = scan_grow(numbers, room *= 2, sizeof *numbers);
      numbers[count++] = number;
    }
  if (listing)
    closedir(listing);
  else if (copy >= 0)
    close(copy);
  qsort(numbers, count, sizeof *numbers, by_number);
  *out_count = count;
  return numbers;
}

bool segment_create(int folder, uint64_t number, uint64_t first_sequence, int *out_fd) {
  SegmentName name = segment_name(number, "seg");
  SegmentHead head = {HEAD_MAGIC, number, first_sequence, 0};
  head.hash = hash_bytes(&head, offsetof(SegmentHead, hash), 0);
  int fd = openat(folder, name.text, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);
  if (fd < 0)
    return false;
  if (file_write_at(fd, &head, sizeof head, 0) && fdatasync(fd) == 0 && fsync(folder) == 0) {
    *out_fd = fd;
    return true;
  }
  int code = errno;
  unlinkat(folder, name.text, 0);
  close(fd);
  errno = code;
  return false;
}

/* --- the frames of a segment --- */

void segment_map_clear(SegmentMap *map) {
  free(map->frames);
  *map = (SegmentMap){0};
}

void segment_map_add(SegmentMap *map, off_t at, const FrameHead *head) {
  if (map->count == map->room)
    map->frames = scan_grow(map->frames, map->room = map->room * 2 + 64, sizeof *map->frames);
  if (!map->count || head->first_ms < map->first_ms)
    map->first_ms = head->first_ms;
  if (!map->count || head->last_ms > map->last_ms)
    map->last_ms = head->last_ms;
  map->frames[map->count++] = (FramePlace){at, *head};
  map->next_sequence = head->first_sequence + head->records;
  map->records += head->records;
  map->raw_bytes += head->raw_size;
  map->end = at + (off_t)frame_size(head);
}

void segment_map_drop(SegmentMap *map) {
  FramePlace *last = &map->frames[--map->count];
  map->records -= last->head.records;
  map->raw_bytes -= last->head.raw_size;
  map->next_sequence = last->head.first_sequence;
  map->end = map->count ? last[-1].at + (off_t)frame_size(&last[-1].head) : SEGMENT_HEAD_BYTES;
}

static bool load_table(int fd, off_t size, SegmentMap *map) {
  TableEnd end;
  if (size < (off_t)(SEGMENT_HEAD_BYTES + sizeof end) ||
      !file_read_at(fd, &end, sizeof end, size - (off_t)sizeof end) || end.magic != END_MAGIC ||
      end.hash != hash_bytes(&end, offsetof(TableEnd, hash), 0) || end.number != map->number ||
      end.count > (uint64_t)size / sizeof(TableRow))
    return false;
  size_t table_size = end.count * sizeof(TableRow);
  TableRow *rows = scan_new(end.count, sizeof *rows);
  off_t at = size - (off_t)(sizeof end + table_size);
  bool good = at >= SEGMENT_HEAD_BYTES && file_read_at(fd, rows, table_size, at) &&
              hash_bytes(rows, table_size, 0) == end.table_hash;
  for (size_t i = 0; good && i < end.count; i++) {
    FrameHead head;
    rows[i].head[0] ^= 0xff;
    good = frame_head_get(rows[i].head, &head) && rows[i].at <= (uint64_t)at;
    if (good)
      segment_map_add(map, (off_t)rows[i].at, &head);
  }
  free(rows);
  map->closed = good;
  map->next_sequence = good ? end.next_sequence : map->next_sequence;
  return good;
}

/* Looks for frames in all bytes behind `at`, where one should stand. */
static void search_frames(int fd, off_t at, off_t size, SegmentMap *map) {
  size_t length = (size_t)(size - at);
  char *bytes = scan_new(length, 1);
  if (file_read_at(fd, bytes, length, at)) {
    Span all = {bytes, length};
    FrameHead head;
    for (size_t from = 0, found; (found = frame_head_find(all, from, &head)) < length;
         from = found + frame_size(&head)) {
      map->damaged += found != from;
      segment_map_add(map, at + (off_t)found, &head);
    }
  }
  free(bytes);
}

static void walk_frames(int fd, off_t size, SegmentMap *map) {
  off_t at = SEGMENT_HEAD_BYTES;
  uint8_t bytes[FRAME_HEAD_BYTES];
  FrameHead head;
  while (at + FRAME_HEAD_BYTES <= size) {
    if (!file_read_at(fd, bytes, sizeof bytes, at))
      break;
    if (!frame_head_get(bytes, &head)) {
      search_frames(fd, at, size, map);
      break;
    }
    segment_map_add(map, at, &head);
    at += (off_t)frame_size(&head);
  }
  while (map->count && map->end > size) /* a head whose frame ends behind the file is a torn write */
    segment_map_drop(map);
}

bool segment_map_load(int fd, uint64_t number, SegmentMap *out) {
  SegmentHead head;
  off_t size = file_size(fd);
  *out = (SegmentMap){.number = number, .end = SEGMENT_HEAD_BYTES};
  if (size < 0 || size > SEGMENT_FILE_MAX)
    return false;
  bool whole = file_read_at(fd, &head, sizeof head, 0) && head.magic == HEAD_MAGIC && head.number == number &&
               head.hash == hash_bytes(&head, offsetof(SegmentHead, hash), 0);
  out->first_sequence = out->next_sequence = whole ? head.first_sequence : 0;
  if (load_table(fd, size, out))
    return true;
  segment_map_clear(out);
  *out = (SegmentMap){.number = number, .end = SEGMENT_HEAD_BYTES};
  out->first_sequence = out->next_sequence = whole ? head.first_sequence : 0;
  walk_frames(fd, size, out);
  if (!whole && out->count)
    out->first_sequence = out->frames[0].head.first_sequence;
  if (whole || out->count)
    return true;
  segment_map_clear(out);
  return false;
}

bool segment_finish(int fd, const SegmentMap *map) {
  size_t table_size = map->count * sizeof(TableRow);
  ByteBuffer bytes = {0};
  for (size_t i = 0; i < map->count; i++) {
    TableRow row = {(uint64_t)map->frames[i].at, {0}};
    frame_head_put(&map->frames[i].head, row.head);
    row.head[0] ^= 0xff;
    byte_buffer_add(&bytes, &row, sizeof row);
  }
  TableEnd end = {END_MAGIC, map->number, map->count, map->next_sequence, hash_bytes(bytes.bytes, table_size, 0), 0};
  end.hash = hash_bytes(&end, offsetof(TableEnd, hash), 0);
  byte_buffer_add(&bytes, &end, sizeof end);
  off_t size = file_size(fd);
  bool good = size >= 0 && file_write_at(fd, bytes.bytes, bytes.size, size) && fdatasync(fd) == 0;
  if (!good && size >= 0 && ftruncate(fd, size) != 0)
    good = false; /* half a table is none */
  free(bytes.bytes);
  return good;
}

bool segment_load_frame(int fd, const FramePlace *place, ByteBuffer *out) {
  size_t size = frame_size(&place->head) - FRAME_HEAD_BYTES;
  out->size = 0;
  return file_read_at(fd, byte_buffer_room(out, size), size, place->at + FRAME_HEAD_BYTES) &&
         frame_check(&place->head, out->bytes);
}
