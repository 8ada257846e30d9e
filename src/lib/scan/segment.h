/* Stored logs: a folder of segments and one journal.
 *
 * A record is acknowledged when it is in the journal and synced (log_store_sync; one sync for all that came since the
 * last). When 2 MiB are there they become a zstd frame of the open segment; a segment is closed at 64 MiB raw or after a
 * day, and gets its index: sorted hashes of its tokens (token.h), time range, sources. Closed segments never change;
 * their SHA-256 goes to the audit chain (log_store_on_close). After a kill -9 opening replays the journal and cuts a
 * half frame off: nothing acknowledged is lost, nothing stored twice. Every frame has a checksum; a damaged frame is
 * reported and skipped.
 *
 * Threads: one LogStore for writing in one process; readers (LogReader) in any process at any time.
 */
#pragma once
#include "lib/scan/event.h"

enum { LOG_RECORD_MAX = 1 << 20, FRAME_BYTES = 2 << 20, SEGMENT_BYTES = 64 << 20 };

typedef struct LogStore LogStore;

typedef struct {
  Span bytes;
  int64_t received_ms;
  int64_t time_ms; /* the event's own, or EVENT_NO_TIME */
  uint32_t source; /* number of the log source in the store of records */
} LogRecord;

typedef struct {
  const char *path; /* of the segment */
  uint64_t records, raw_bytes, stored_bytes, index_bytes;
  int64_t first_ms, last_ms; /* received */
  char sha256[65];
} SegmentInfo;

/* Makes the folder when it is not there. NULL: not possible, or another process writes there. */
LogStore *log_store_open(const char *folder, ScanError *error);
void log_store_close(LogStore *store);
/* `closed` is also called at once for segments that were closed when a crash came between. It may be told of one
 * segment twice. */
void log_store_on_close(LogStore *store, void (*closed)(void *context, const SegmentInfo *info), void *context);
/* Into memory only. False: nothing was taken (empty, larger than LOG_RECORD_MAX, or LOG_PENDING_MAX bytes wait: for
 * log_store_sync, or for a disk that is full); the store stays usable. */
enum { LOG_PENDING_MAX = 32 << 20 };
bool log_store_add(LogStore *store, const LogRecord *record, ScanError *error);
/* Returns once everything added is on the disk. False: what was added since the last sync is forgotten, as if it had
 * never been added; what was acknowledged before stays. */
bool log_store_sync(LogStore *store, ScanError *error);
/* Syncs, makes a frame of what waits and closes the open segment. */
bool log_store_roll(LogStore *store, ScanError *error);
/* Deletes closed segments whose last record was received before; returns how many. A hold (evidence) keeps a segment.
 */
size_t log_store_expire(LogStore *store, int64_t before_ms, bool (*hold)(void *context, const SegmentInfo *info),
                        void *context);

typedef struct {
  uint64_t records_waiting, bytes_waiting; /* acknowledged or not, not yet in a frame */
  uint64_t segments, damaged;              /* places found damaged on opening */
} LogStoreState;
LogStoreState log_store_state(const LogStore *store);

typedef struct LogReader LogReader;
typedef struct {
  int64_t from_ms, to_ms;  /* received; INT64_MIN, INT64_MAX: open */
  const uint32_t *sources; /* NULL: all */
  size_t source_count;
  bool newest_first; /* by segment and frame; within a frame the caller orders */
} LogRange;
typedef struct {
  uint64_t segments, segments_done, frames_read, frames_damaged, records, raw_bytes, total_raw_bytes;
} LogProgress;

LogReader *log_reader_new(const char *folder, const LogRange *range, ScanError *error);
void log_reader_free(LogReader *reader);
/* Skips segments for which it returns false, before any frame of it is read: `hashes` are the sorted token hashes. */
void log_reader_filter(LogReader *reader,
                       bool (*wanted)(void *context, const SegmentInfo *info, const uint64_t *hashes, size_t count),
                       void *context);
/* The records of the next frame; they live until the next call. NULL at the end. */
const LogRecord *log_reader_frame(LogReader *reader, size_t *out_count);
const LogProgress *log_reader_progress(const LogReader *reader);
/* The place behind the frame last given, to go on later from there (pause and resume, also in another process). */
void log_reader_place(const LogReader *reader, char out_place[128]);
bool log_reader_resume(LogReader *reader, const char *place);
