#include "lib/scan/journal.h"
#include "lib/scan/hash.h"
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const NAMES[2] = {"journal.0", "journal.1"};

enum { ENTRY_MAGIC = 0x314a4355, HEAD_MAGIC = 0x4a474355, TRIES = 100 }; /* "UCJ1", "UCGJ" */

typedef struct {
  uint32_t magic, spare;
  uint64_t generation, hash;
} JournalHead;

typedef struct {
  uint32_t magic, size;
  uint64_t sequence;
  int64_t received_ms, time_ms;
  uint32_t source, spare;
  uint64_t hash; /* of all before it and of the text */
} JournalEntry;

static uint64_t entry_hash(const JournalEntry *entry, const char *text) {
  return hash_bytes(text, entry->size, hash_bytes(entry, offsetof(JournalEntry, hash), 0));
}

static JournalHead head_of(uint64_t generation) {
  JournalHead head = {HEAD_MAGIC, 0, generation, 0};
  head.hash = hash_bytes(&head, offsetof(JournalHead, hash), 0);
  return head;
}

/* 0: the file is empty or has no head. */
static uint64_t generation_of(Span bytes) {
  JournalHead head;
  if (bytes.size < sizeof head)
    return 0;
  memcpy(&head, bytes.bytes, sizeof head);
  return head.magic == HEAD_MAGIC && head.hash == hash_bytes(&head, offsetof(JournalHead, hash), 0) ? head.generation
                                                                                                    : 0;
}

/* --- writing --- */

static void put_entries(ByteBuffer *out, uint64_t sequence, const RecordMeta *metas, size_t count, const char *text) {
  for (size_t i = 0; i < count; text += metas[i++].size + 1) {
    JournalEntry entry = {
        ENTRY_MAGIC, metas[i].size, sequence + i, metas[i].received_ms, metas[i].time_ms, metas[i].source, 0, 0};
    entry.hash = entry_hash(&entry, text);
    byte_buffer_add(out, &entry, sizeof entry);
    byte_buffer_add(out, text, entry.size);
  }
}

static uint64_t generation_on_disk(int fd) {
  JournalHead head;
  return file_read_at(fd, &head, sizeof head, 0) ? generation_of((Span){(const char *)&head, sizeof head}) : 0;
}

bool journal_open(Journal *journal, int folder, ScanError *error) {
  *journal = (Journal){
      .folder = folder, .fd = {-1, -1}
  };
  for (int i = 0; i < 2; i++) {
    journal->fd[i] = openat(folder, NAMES[i], O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (journal->fd[i] < 0)
      return scan_fail_errno(error, "Không mở được sổ ghi của kho nhật ký");
    uint64_t generation = generation_on_disk(journal->fd[i]);
    if (generation > journal->generation) {
      journal->generation = generation;
      journal->current = i;
    }
  }
  journal->end = file_size(journal->fd[journal->current]);
  return fsync(folder) == 0 || scan_fail_errno(error, "Không ghi được thư mục kho nhật ký");
}

void journal_close(Journal *journal) {
  for (int i = 0; i < 2; i++)
    if (journal->fd[i] >= 0)
      close(journal->fd[i]);
  free(journal->buffer.bytes);
}

static bool cut_tail(Journal *journal) {
  if (journal->torn_tail)
    journal->torn_tail = ftruncate(journal->fd[journal->current], journal->end) != 0;
  return !journal->torn_tail;
}

bool journal_add(Journal *journal, uint64_t first_sequence, const RecordMeta *metas, size_t count, const char *text,
                 ScanError *error) {
  ByteBuffer *buffer = &journal->buffer;
  int fd = journal->fd[journal->current];
  if (!cut_tail(journal))
    return scan_fail_errno(error, "Không ghi được sổ ghi của kho nhật ký");
  buffer->size = 0;
  if (journal->end == 0) {
    JournalHead head = head_of(++journal->generation);
    byte_buffer_add(buffer, &head, sizeof head);
  }
  put_entries(buffer, first_sequence, metas, count, text);
  if (file_write_at(fd, buffer->bytes, buffer->size, journal->end) && fdatasync(fd) == 0) {
    journal->end += (off_t)buffer->size;
    return true;
  }
  scan_fail_errno(error, "Không ghi được nhật ký xuống đĩa");
  journal->torn_tail = true;
  cut_tail(journal);
  return false;
}

/* What stays when this fails is older than the frames, or also in the other file: replay knows it by its numbers. */
static void empty(int fd) {
  if (ftruncate(fd, 0) != 0)
    return;
}

bool journal_turn(Journal *journal, uint64_t first_sequence, const RecordMeta *metas, size_t count, const char *text) {
  ByteBuffer *buffer = &journal->buffer;
  int other = 1 - journal->current, fd = journal->fd[other];
  JournalHead head = head_of(journal->generation + 1);
  empty(fd);
  buffer->size = 0;
  byte_buffer_add(buffer, &head, sizeof head);
  put_entries(buffer, first_sequence, metas, count, text);
  if (count && !(file_write_at(fd, buffer->bytes, buffer->size, 0) && fdatasync(fd) == 0)) {
    empty(fd);
    return false;
  }
  empty(journal->fd[journal->current]);
  journal->end = count ? (off_t)buffer->size : 0;
  journal->generation += count != 0;
  journal->current = count ? other : journal->current;
  return true;
}

/* --- reading --- */

void journal_records_clear(JournalRecords *records) {
  free(records->sequences);
  free(records->metas);
  free(records->offsets);
  free(records->text.bytes);
  *records = (JournalRecords){0};
}

static void take_entry(JournalRecords *out, const JournalEntry *entry, const char *text) {
  if (out->count == out->room) {
    out->room = out->room * 2 + 256;
    out->sequences = scan_grow(out->sequences, out->room, sizeof *out->sequences);
    out->metas = scan_grow(out->metas, out->room, sizeof *out->metas);
    out->offsets = scan_grow(out->offsets, out->room, sizeof *out->offsets);
  }
  out->sequences[out->count] = entry->sequence;
  out->metas[out->count] = (RecordMeta){entry->received_ms, entry->time_ms, entry->source, entry->size};
  out->offsets[out->count++] = out->text.size;
  byte_buffer_add(&out->text, text, entry->size);
  byte_buffer_add(&out->text, "\n", 1);
}

static bool entry_at(Span bytes, size_t at, JournalEntry *entry) {
  if (bytes.size - at < sizeof *entry)
    return false;
  memcpy(entry, bytes.bytes + at, sizeof *entry);
  return entry->magic == ENTRY_MAGIC && entry->size <= FRAME_BYTES && entry->size <= bytes.size - at - sizeof *entry &&
         entry->hash == entry_hash(entry, bytes.bytes + at + sizeof *entry);
}

void journal_parse(Span bytes, JournalRecords *out) {
  static const uint32_t magic = ENTRY_MAGIC;
  JournalEntry entry;
  bool damaged = false;
  for (size_t at = sizeof(JournalHead); at < bytes.size;) {
    if (entry_at(bytes, at, &entry)) {
      out->damaged += damaged;
      damaged = false;
      take_entry(out, &entry, bytes.bytes + at + sizeof entry);
      at += sizeof entry + entry.size;
      continue;
    }
    const char *next = memmem(bytes.bytes + at + 1, bytes.size - at - 1, &magic, sizeof magic);
    damaged = true;
    at = next ? (size_t)(next - bytes.bytes) : bytes.size;
  }
}

static int by_sequence(const void *a, const void *b, void *context) {
  const JournalRecords *records = context;
  uint64_t x = records->sequences[*(const size_t *)a], y = records->sequences[*(const size_t *)b];
  return (x > y) - (x < y);
}

static void sort_once_each(JournalRecords *in, JournalRecords *out) {
  size_t *order = scan_new(in->count, sizeof *order);
  for (size_t i = 0; i < in->count; i++)
    order[i] = i;
  qsort_r(order, in->count, sizeof *order, by_sequence, in);
  for (size_t i = 0; i < in->count; i++) {
    size_t k = order[i];
    if (out->count && out->sequences[out->count - 1] == in->sequences[k])
      continue;
    JournalEntry entry = {.size = in->metas[k].size,
                          .sequence = in->sequences[k],
                          .received_ms = in->metas[k].received_ms,
                          .time_ms = in->metas[k].time_ms,
                          .source = in->metas[k].source};
    take_entry(out, &entry, (const char *)in->text.bytes + in->offsets[k]);
  }
  out->damaged = in->damaged;
  free(order);
}

/* Both files, and none of them turned meanwhile. */
static bool load_both(int folder, ByteBuffer files[2]) {
  uint64_t generations[2] = {0};
  for (int try = 0; try < TRIES; try++) {
    bool same = true;
    for (int i = 0; i < 2; i++) {
      file_load(folder, NAMES[i], JOURNAL_BYTES_MAX, &files[i]); /* empty where there is none */
      generations[i] = generation_of((Span){(const char *)files[i].bytes, files[i].size});
    }
    for (int i = 0; i < 2; i++) {
      int fd = openat(folder, NAMES[i], O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
      same = same && (fd < 0 || generation_on_disk(fd) == generations[i]);
      if (fd >= 0)
        close(fd);
    }
    if (same)
      return true;
  }
  return false;
}

bool journal_read(int folder, JournalRecords *out) {
  ByteBuffer files[2] = {{0}};
  JournalRecords raw = {0};
  *out = (JournalRecords){0};
  bool good = load_both(folder, files);
  for (int i = 0; good && i < 2; i++)
    if (files[i].size)
      journal_parse((Span){(const char *)files[i].bytes, files[i].size}, &raw);
  sort_once_each(&raw, out);
  journal_records_clear(&raw);
  free(files[0].bytes);
  free(files[1].bytes);
  return good;
}
