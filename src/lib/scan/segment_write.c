/* The writer: memory → journal → frames → closed segments. */
#include "lib/scan/journal.h"
#include "lib/scan/segment_file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Frames of 2 MiB at level 6 take less room than a whole file at level 3, and are read no slower. */
enum { FRAME_LEVEL = 6 };
static const int64_t SEGMENT_MS_MAX = 24LL * 3600 * 1000;

struct LogStore {
  char *path;
  int folder, lock;
  Journal journal;
  /* What is in no frame: `synced` of them are in the journal. */
  RecordMeta *metas;
  size_t count, synced, room;
  ByteBuffer text;
  size_t synced_bytes;
  uint64_t first_sequence; /* of the first that waits */
  bool both_files;         /* they may stand in either file of the journal: frames first, before one is emptied */
  /* The open segment; fd -1: none. */
  int fd;
  SegmentMap map;
  SegmentContent *content;
  uint64_t next_number;
  FrameEncoder *encoder;
  uint64_t damaged;
  /* Closed ones without an index: a crash came between. */
  uint64_t *unfinished;
  size_t unfinished_count;
  void (*closed)(void *context, const SegmentInfo *info);
  void *context;
};

static void drop_waiting(LogStore *store, size_t count, size_t bytes) {
  memmove(store->metas, store->metas + count, (store->count - count) * sizeof *store->metas);
  memmove(store->text.bytes, store->text.bytes + bytes, store->text.size - bytes);
  store->count -= count;
  store->synced -= count;
  store->text.size -= bytes;
  store->synced_bytes -= bytes;
  store->first_sequence += count;
}

static void add_waiting(LogStore *store, const RecordMeta *meta, const char *text) {
  if (store->count == store->room)
    store->metas = scan_grow(store->metas, store->room = store->room * 2 + 1024, sizeof *store->metas);
  store->metas[store->count++] = *meta;
  byte_buffer_add(&store->text, text, meta->size);
  byte_buffer_add(&store->text, "\n", 1);
}

/* --- closing a segment --- */

static void describe(LogStore *store, const SegmentMap *map, int fd, SegmentIndex *out) {
  *out = (SegmentIndex){.number = map->number,
                        .segment_bytes = (uint64_t)file_size(fd),
                        .records = map->records,
                        .raw_bytes = map->raw_bytes,
                        .first_sequence = map->first_sequence,
                        .next_sequence = map->next_sequence,
                        .first_ms = map->first_ms,
                        .last_ms = map->last_ms};
  if (!segment_sha256(fd, out->sha256))
    store->damaged++;
}

/* Told before the index is written, so that after a crash it is told again rather than never. */
static void tell_closed(LogStore *store, const SegmentIndex *index) {
  SegmentName name = segment_name(index->number, "seg");
  char path[4096];
  SegmentInfo info;
  snprintf(path, sizeof path, "%s/%s", store->path, name.text);
  segment_info_fill(&info, path, index);
  if (store->closed)
    store->closed(store->context, &info);
}

static bool finish_index(LogStore *store, const SegmentMap *map, int fd, const SegmentContent *content) {
  SegmentIndex index;
  describe(store, map, fd, &index);
  tell_closed(store, &index);
  return segment_index_write(store->folder, &index, content);
}

static void note_unfinished(LogStore *store, uint64_t number) {
  store->unfinished = scan_grow(store->unfinished, store->unfinished_count + 1, sizeof *store->unfinished);
  store->unfinished[store->unfinished_count++] = number;
}

static bool finish_one(LogStore *store, uint64_t number) {
  SegmentMap map = {0};
  int fd = openat(store->folder, segment_name(number, "seg").text, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0)
    return true; /* it has been removed */
  bool good = true;
  if (segment_map_load(fd, number, &map)) {
    SegmentContent *content = segment_content_new();
    segment_content_load(content, fd, &map);
    good = finish_index(store, &map, fd, content);
    segment_content_free(content);
  }
  close(fd);
  segment_map_clear(&map);
  return good;
}

static void finish_unfinished(LogStore *store) {
  size_t left = 0;
  for (size_t i = 0; i < store->unfinished_count; i++)
    if (!finish_one(store, store->unfinished[i]))
      store->unfinished[left++] = store->unfinished[i];
  store->unfinished_count = left;
}

static bool close_segment(LogStore *store, ScanError *error) {
  if (store->fd < 0)
    return true;
  if (!segment_finish(store->fd, &store->map))
    return scan_fail_errno(error, "Không đóng được đoạn nhật ký");
  finish_unfinished(store);
  if (!finish_index(store, &store->map, store->fd, store->content))
    note_unfinished(store, store->map.number); /* the segment is whole; its index comes later */
  close(store->fd);
  store->fd = -1;
  segment_map_clear(&store->map);
  segment_content_clear(store->content);
  return true;
}

/* --- frames --- */

static bool segment_is_full(const LogStore *store, const RecordMeta *next) {
  return store->fd >= 0 && store->map.count &&
         (store->map.raw_bytes + FRAME_BYTES / 2 >= SEGMENT_BYTES ||
          (next && (next->received_ms - store->map.first_ms >= SEGMENT_MS_MAX)));
}

static bool open_segment(LogStore *store, ScanError *error) {
  if (segment_is_full(store, store->metas) && !close_segment(store, error))
    return false;
  if (store->fd >= 0)
    return true;
  if (!segment_create(store->folder, store->next_number, store->first_sequence, &store->fd)) {
    store->fd = -1;
    return scan_fail_errno(error, "Không tạo được đoạn nhật ký");
  }
  store->map = (SegmentMap){.number = store->next_number++,
                            .first_sequence = store->first_sequence,
                            .next_sequence = store->first_sequence,
                            .end = SEGMENT_HEAD_BYTES};
  return true;
}

/* How many of the waiting records make the next frame: those up to FRAME_BYTES, none of them parted. */
static size_t next_frame(const LogStore *store, size_t *out_bytes) {
  size_t count = 0, bytes = 0;
  while (count < store->synced && (!count || bytes + store->metas[count].size + 1 <= FRAME_BYTES))
    bytes += store->metas[count++].size + 1;
  *out_bytes = bytes;
  return count;
}

static bool write_frame(LogStore *store, ScanError *error) {
  FrameHead head;
  size_t bytes, count = next_frame(store, &bytes);
  if (!open_segment(store, error))
    return false;
  Span text = {(const char *)store->text.bytes, bytes};
  Span frame = frame_encode(store->encoder, store->first_sequence, store->metas, count, text, &head);
  if (!file_write_at(store->fd, frame.bytes, frame.size, store->map.end) || fdatasync(store->fd) != 0) {
    scan_fail_errno(error, "Không ghi được đoạn nhật ký");
    if (ftruncate(store->fd, store->map.end) != 0)
      return false; /* the next try writes over it */
    return false;
  }
  segment_map_add(&store->map, store->map.end, &head);
  segment_content_add_text(store->content, text);
  for (size_t i = 0; i < count; i++)
    if (!i || store->metas[i].source != store->metas[i - 1].source)
      segment_content_add_source(store->content, store->metas[i].source);
  drop_waiting(store, count, bytes);
  return true;
}

/* Frames of what is synced: full ones, or `all`. What fails stays in the journal and is tried again. */
static bool write_frames(LogStore *store, bool all, ScanError *error) {
  bool written = false, good = true;
  all = all || store->both_files;
  while (good && store->synced && (all || store->synced_bytes >= FRAME_BYTES))
    written |= good = write_frame(store, error);
  if (written && good && store->synced == store->count &&
      journal_turn(&store->journal, store->first_sequence, store->metas, store->count, (const char *)store->text.bytes))
    store->both_files = false;
  return good;
}

/* --- opening --- */

static bool index_exists(const LogStore *store, uint64_t number) {
  return faccessat(store->folder, segment_name(number, "idx").text, F_OK, 0) == 0;
}

static bool journal_has(const JournalRecords *waiting, uint64_t sequence) {
  return waiting->count && waiting->sequences[0] <= sequence && sequence <= waiting->sequences[waiting->count - 1];
}

/* The open segment goes on. What stands at its end and is no whole frame was being written when its records are still
 * in the journal; else it is damage, and stays where it is. */
static void continue_segment(LogStore *store, int fd, const JournalRecords *waiting) {
  SegmentMap *map = &store->map;
  ByteBuffer payload = {0};
  const FramePlace *last = map->count ? &map->frames[map->count - 1] : NULL;
  if (last && journal_has(waiting, last->head.first_sequence) && !segment_load_frame(fd, last, &payload))
    segment_map_drop(map);
  free(payload.bytes);
  bool behind = file_size(fd) > map->end;
  if (behind && !(journal_has(waiting, map->next_sequence) && ftruncate(fd, map->end) == 0)) {
    store->damaged++;
    map->end = file_size(fd);
  }
  store->fd = fd;
  store->first_sequence = map->next_sequence;
  segment_content_load(store->content, fd, map);
}

/* Looks where numbers go on. False: this one cannot tell, look at the one before. */
static bool take_last(LogStore *store, uint64_t number, bool newest, const JournalRecords *waiting) {
  SegmentMap *map = &store->map;
  int fd = openat(store->folder, segment_name(number, "seg").text, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  bool good = fd >= 0 && segment_map_load(fd, number, map);
  if (good) {
    store->damaged += map->damaged;
    store->first_sequence = map->next_sequence;
  }
  if (good && newest && !map->closed && !index_exists(store, number)) {
    continue_segment(store, fd, waiting);
    return true;
  }
  if (fd >= 0 && !good && file_size(fd) <= SEGMENT_HEAD_BYTES) /* its making was interrupted */
    unlinkat(store->folder, segment_name(number, "seg").text, 0);
  else
    store->damaged += !good;
  if (good && !index_exists(store, number))
    note_unfinished(store, number);
  if (fd >= 0)
    close(fd);
  segment_map_clear(map);
  return good;
}

static void take_segments(LogStore *store, const JournalRecords *waiting) {
  size_t count;
  uint64_t *numbers = segment_list(store->folder, &count);
  store->next_number = count ? numbers[count - 1] + 1 : 1;
  size_t i = count;
  while (i && !take_last(store, numbers[i - 1], i == count, waiting))
    i--;
  for (size_t k = 0; i && k < i - 1; k++)
    if (!index_exists(store, numbers[k]))
      note_unfinished(store, numbers[k]);
  free(numbers);
}

static bool replay(LogStore *store, ScanError *error) {
  JournalRecords records;
  if (!journal_read(store->folder, &records))
    return scan_fail(error, "Không đọc được sổ ghi của kho nhật ký");
  take_segments(store, &records);
  store->damaged += records.damaged;
  for (size_t i = 0; i < records.count; i++) {
    if (records.sequences[i] < store->first_sequence + store->count)
      continue;
    if (!store->count)
      store->first_sequence = records.sequences[i];
    add_waiting(store, &records.metas[i], (const char *)records.text.bytes + records.offsets[i]);
  }
  journal_records_clear(&records);
  store->synced = store->count;
  store->synced_bytes = store->text.size;
  store->both_files = store->count > 0;
  return true;
}

static bool open_folder(LogStore *store, const char *folder, ScanError *error) {
  if (mkdir(folder, 0750) != 0 && errno != EEXIST)
    return scan_fail_errno(error, "Không tạo được thư mục kho nhật ký");
  store->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (store->folder < 0)
    return scan_fail_errno(error, "Không mở được thư mục kho nhật ký");
  store->lock = openat(store->folder, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
  if (store->lock < 0)
    return scan_fail_errno(error, "Không mở được thư mục kho nhật ký");
  if (flock(store->lock, LOCK_EX | LOCK_NB) != 0)
    return scan_fail(error, "Kho nhật ký đang do một tiến trình khác ghi");
  return true;
}

LogStore *log_store_open(const char *folder, ScanError *error) {
  LogStore *store = scan_new(1, sizeof *store);
  store->path = strdup(folder);
  store->folder = store->lock = store->fd = -1;
  store->journal.fd[0] = store->journal.fd[1] = -1;
  store->encoder = frame_encoder_new(FRAME_LEVEL);
  store->content = segment_content_new();
  if (open_folder(store, folder, error) && replay(store, error) &&
      journal_open(&store->journal, store->folder, error)) {
    write_frames(store, false, NULL); /* when the disk is full they wait on */
    return store;
  }
  log_store_close(store);
  return NULL;
}

void log_store_on_close(LogStore *store, void (*closed)(void *context, const SegmentInfo *info), void *context) {
  store->closed = closed;
  store->context = context;
  finish_unfinished(store);
}

void log_store_close(LogStore *store) {
  if (!store)
    return;
  if (store->folder >= 0)
    finish_unfinished(store);
  journal_close(&store->journal);
  int fds[] = {store->fd, store->lock, store->folder};
  for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
    if (fds[i] >= 0)
      close(fds[i]);
  frame_encoder_free(store->encoder);
  segment_content_free(store->content);
  segment_map_clear(&store->map);
  free(store->unfinished);
  free(store->metas);
  free(store->text.bytes);
  free(store->path);
  free(store);
}

/* --- writing --- */

bool log_store_add(LogStore *store, const LogRecord *record, ScanError *error) {
  if (!record->bytes.size || record->bytes.size > LOG_RECORD_MAX)
    return scan_fail(error, "Bản ghi nhật ký phải từ 1 byte đến %d byte", LOG_RECORD_MAX);
  if (store->text.size + record->bytes.size + 1 > LOG_PENDING_MAX)
    return scan_fail(error, store->synced == store->count ? "Đĩa của kho nhật ký đầy: chưa nhận thêm được"
                                                          : "Quá nhiều bản ghi nhật ký chưa được ghi xuống đĩa");
  RecordMeta meta = {record->received_ms, record->time_ms, record->source, (uint32_t)record->bytes.size};
  add_waiting(store, &meta, record->bytes.bytes);
  return true;
}

static void forget_unsynced(LogStore *store) {
  store->count = store->synced;
  store->text.size = store->synced_bytes;
}

bool log_store_sync(LogStore *store, ScanError *error) {
  if (store->count > store->synced) {
    if (!journal_add(&store->journal, store->first_sequence + store->synced, store->metas + store->synced,
                     store->count - store->synced, (const char *)store->text.bytes + store->synced_bytes, error)) {
      forget_unsynced(store);
      return false;
    }
    store->synced = store->count;
    store->synced_bytes = store->text.size;
  }
  if (store->synced_bytes >= FRAME_BYTES)
    write_frames(store, false, NULL); /* acknowledged all the same: the journal has it */
  return true;
}

bool log_store_roll(LogStore *store, ScanError *error) {
  return log_store_sync(store, error) && write_frames(store, true, error) &&
         (!store->map.count || close_segment(store, error));
}

LogStoreState log_store_state(const LogStore *store) {
  size_t segments;
  free(segment_list(store->folder, &segments));
  return (LogStoreState){store->count, store->text.size, segments, store->damaged};
}

/* The newest segment tells where numbers go on; before it goes, an empty one takes its place. */
static bool may_go(LogStore *store, uint64_t number) {
  return number + 1 < store->next_number || (store->fd < 0 && open_segment(store, NULL));
}

size_t log_store_expire(LogStore *store, int64_t before_ms, bool (*hold)(void *context, const SegmentInfo *info),
                        void *context) {
  size_t count, removed = 0;
  uint64_t *numbers = segment_list(store->folder, &count);
  ByteBuffer buffer = {0};
  SegmentIndex index;
  SegmentInfo info;
  char path[4096];
  for (size_t i = 0; i < count; i++) {
    SegmentName name = segment_name(numbers[i], "seg");
    if (!segment_index_peek(store->folder, numbers[i], &buffer, &index) || index.last_ms >= before_ms)
      continue;
    snprintf(path, sizeof path, "%s/%s", store->path, name.text);
    segment_info_fill(&info, path, &index);
    if ((hold && hold(context, &info)) || !may_go(store, numbers[i]) || unlinkat(store->folder, name.text, 0) != 0)
      continue;
    unlinkat(store->folder, segment_name(numbers[i], "idx").text, 0);
    removed++;
  }
  fsync(store->folder);
  free(buffer.bytes);
  free(numbers);
  return removed;
}
