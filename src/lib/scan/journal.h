/* The records that are no frame yet, on disk before they are acknowledged.
 *
 * Two files take turns: when frames were made, what is left goes into the other one, and then the first is emptied. So
 * a record may stand in both for a moment; its sequence number tells. Each record has its own checksum; a torn tail is
 * no record. Threads: one writer; journal_read by anybody, also in another process. */
#pragma once
#include "lib/scan/frame.h"

enum { JOURNAL_BYTES_MAX = 128 << 20 };

typedef struct {
  int folder, fd[2];
  int current;
  uint64_t generation;
  off_t end;      /* of what is acknowledged */
  bool torn_tail; /* what stands behind `end` could not be cut off yet */
  ByteBuffer buffer;
} Journal;

bool journal_open(Journal *journal, int folder, ScanError *error);
void journal_close(Journal *journal);
/* Appends and syncs; false: nothing of it is there. */
bool journal_add(Journal *journal, uint64_t first_sequence, const RecordMeta *metas, size_t count, const char *text,
                 ScanError *error);
/* Only these records are still needed. False: the journal goes on as it was. */
bool journal_turn(Journal *journal, uint64_t first_sequence, const RecordMeta *metas, size_t count, const char *text);

/* What journal_read found: sorted by sequence, each once. */
typedef struct {
  uint64_t *sequences;
  RecordMeta *metas;
  size_t *offsets; /* of the text, a newline behind each */
  size_t count, room;
  ByteBuffer text;
  uint64_t damaged; /* places between two good records that are none */
} JournalRecords;

bool journal_read(int folder, JournalRecords *out);
void journal_records_clear(JournalRecords *records);
/* The records of one file's bytes, in their order. */
void journal_parse(Span bytes, JournalRecords *out);
