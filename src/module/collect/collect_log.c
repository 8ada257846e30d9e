/* Records coming in by the command line and REST; what is stored; a range of time as evidence. */
#include "base/date.h"
#include "base/number.h"
#include "core/body.h"
#include "core/form.h"
#include "core/message.h"
#include "core/setting_page.h"
#include "core/show.h"
#include "lib/document/package.h"
#include "module/collect/collect.h"
#include "module/collect/collect_kind.h"
#include "module/collect/collect_pages.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define EXPORT_BYTES_MOST (256 << 20)
#define SEGMENTS_SHOWN 200

/* --- log.add --- */

gboolean log_add(Request *request, Doc *answer, GError **error) {
  const SourceRow *row = source_require(request, "source", "log.write", NULL, error);
  const InputFile *file = input_file(request, "file");
  gint64 records = 0;
  if (!row)
    return FALSE;
  if (row->stopped_ms) {
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "Nguồn %s đã ngừng nhận.", row->code);
    return FALSE;
  }
  gboolean standard = request->face == FACE_CLI && strcmp(file->path, "-") == 0;
  int fd = standard ? dup(STDIN_FILENO) : open(file->path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    g_set_error(error, APP_ERROR, ERROR_UNREADABLE, "Không mở được tệp nhật ký: %s.", g_strerror(errno));
    return FALSE;
  }
  gboolean good = collect_give(request->app, row, fd, request->face == FACE_CLI, &records, error);
  close(fd);
  doc_text(answer, KEY("source"), row->code);
  doc_int(answer, KEY("stored"), records);
  return good;
}

/* --- what is stored --- */

typedef struct {
  Request *request;
  Doc *rows;
  int count;
} Listing;

static gboolean add_segment(const SegmentRow *found, void *data) {
  Listing *listing = data;
  Arena *arena = listing->request->arena;
  Doc *row = doc_object(listing->rows, NULL);
  doc_text_copy(row, KEY("name"), found->name);
  doc_text_copy(row, KEY("hash"), found->sha256);
  doc_text(row, KEY("from"), show_time(arena, found->first_ms));
  doc_text(row, KEY("to"), show_time(arena, found->last_ms));
  doc_int(row, KEY("records"), found->records);
  char size[NUMBER_SIZE];
  number_write_size(size, found->stored_bytes);
  doc_text_copy(row, KEY("size"), size);
  doc_text(row, KEY("sealed"), show_time(arena, found->sealed_ms));
  return ++listing->count < SEGMENTS_SHOWN;
}

static void add_totals(Request *request, const SegmentTotals *totals, Doc *answer) {
  char raw[NUMBER_SIZE], stored[NUMBER_SIZE];
  number_write_size(raw, totals->raw_bytes);
  number_write_size(stored, totals->stored_bytes);
  const char *text =
      totals->segments ? arena_printf(request->arena, "%" G_GINT64_FORMAT " %s %" G_GINT64_FORMAT " %s %s %s %s. %s %s.", totals->segments,
                                      message(request->lang, "đoạn đã niêm phong,"), totals->records, message(request->lang, "bản ghi,"), raw,
                                      message(request->lang, "nén còn"), stored, message(request->lang, "Cũ nhất từ"), show_time(request->arena, totals->first_ms))
                       : message(request->lang, "Chưa có đoạn nào được đóng: một đoạn đóng khi đủ 64 MB hoặc sau một ngày.");
  doc_text(answer, KEY("summary"), text);
  doc_int(answer, KEY("segments"), totals->segments);
  doc_int(answer, KEY("records"), totals->records);
}

typedef struct {
  Doc *form;
} SourceChoices;

static gboolean add_source_choice(const SourceRow *row, const SourceState *state, void *data) {
  SourceChoices *choices = data;
  (void)state;
  form_option(choices->form, "source", row->id, row->name, FALSE);
  return TRUE;
}

/* A GET form: the file comes at one click. */
static gboolean add_export(Request *request, StoreConn *conn, Doc *answer, GError **error) {
  char from[17], to[17];
  date_write_time(from, request->now_ms - DAY_MS);
  date_write_time(to, request->now_ms);
  json_t *values = json_pack("{s:s, s:s}", "from", from, "to", to);
  Doc *form = form_add(request, answer, KEY("export"), "log.export", values, "Xuất chứng cứ");
  SourceChoices choices = {form};
  json_decref(values);
  return source_store_list(conn, request->body_id, -1, NULL, 500, add_source_choice, &choices, error);
}

gboolean log_segments(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  SegmentTotals totals;
  if (!conn || !request_require(request, "log.read", request->body_id, error))
    return FALSE;
  Listing listing = {.request = request, .rows = doc_list(answer, KEY("rows"))};
  if (!segment_store_totals(conn, &totals, error) || !segment_store_list(conn, 0, G_MAXINT64, add_segment, &listing, error))
    return FALSE;
  add_totals(request, &totals, answer);
  doc_text(answer, KEY("list_url"), "/cai-dat/nguon-nhat-ky");
  if (request->face != FACE_WEB)
    return TRUE;
  setting_tabs(request, answer);
  Doc *buttons = doc_list(answer, KEY("buttons"));
  doc_list(answer, KEY("actions"));
  if (body_require_top(request, "log.read", NULL))
    form_add(request, buttons, NULL, "log.verify", NULL, "Kiểm tra niêm phong");
  return add_export(request, conn, answer, error);
}

/* --- evidence --- */

typedef struct {
  Request *request;
  GHashTable *sources; /* number -> name, in the arena */
  GArray *numbers;     /* guint32 */
  json_t *told;        /* of the manifest */
} Chosen;

static gboolean choose(const SourceRow *row, const SourceState *state, void *data) {
  Chosen *chosen = data;
  guint32 number = (guint32)row->number;
  (void)state;
  g_array_append_val(chosen->numbers, number);
  g_hash_table_insert(chosen->sources, GUINT_TO_POINTER(number), arena_text(chosen->request->arena, row->code, -1));
  json_array_append_new(chosen->told, json_pack("{s:s, s:s, s:s, s:s?, s:s?, s:s?}", "code", row->code, "name", row->name, "body", row->body_name, "system",
                                                row->system_name, "address", row->address, "host", row->host));
  return TRUE;
}

static gboolean choose_sources(Request *request, Chosen *chosen, GError **error) {
  StoreConn *conn = request_read(request, error);
  if (!input_text(request, "source"))
    return conn && request_require(request, "log.read", request->body_id, error) &&
           source_store_list(conn, request->body_id, -1, NULL, 100000, choose, chosen, error);
  const SourceRow *row = source_require(request, "source", "log.read", NULL, error);
  return row && choose(row, NULL, chosen);
}

/* Bytes that are no UTF-8 are kept exactly, in base64. */
static void append_record(GString *out, const LogRecord *record, const char *source) {
  char received[26], time[26];
  date_write_iso(received, record->received_ms);
  json_t *row = json_pack("{s:s, s:s, s:I}", "source", source, "received", received, "received_ms", (json_int_t)record->received_ms);
  if (record->time_ms != EVENT_NO_TIME) {
    date_write_iso(time, record->time_ms);
    json_object_set_new(row, "time", json_string(time));
  }
  json_t *raw = json_stringn(record->bytes.bytes, record->bytes.size);
  g_autofree char *base64 = raw ? NULL : g_base64_encode((const guchar *)record->bytes.bytes, record->bytes.size);
  json_object_set_new(row, raw ? "raw" : "raw_base64", raw ? raw : json_string(base64));
  g_autofree char *line = json_dumps(row, JSON_COMPACT);
  g_string_append(out, line);
  g_string_append_c(out, '\n');
  json_decref(row);
}

static gboolean read_range(Request *request, const Chosen *chosen, gint64 from_ms, gint64 to_ms, GString *out, gint64 *out_count, gint64 *out_damaged,
                           GError **error) {
  ScanError trouble = {0};
  LogRange range = {from_ms, to_ms, (const uint32_t *)(gconstpointer)chosen->numbers->data, chosen->numbers->len, false};
  const char *folder = collect_folder(request->app, request->arena);
  size_t count = 0;
  const LogRecord *records;
  if (!g_file_test(folder, G_FILE_TEST_IS_DIR))
    return TRUE;
  LogReader *reader = log_reader_new(folder, &range, &trouble);
  while (reader && out->len <= EXPORT_BYTES_MOST && (records = log_reader_frame(reader, &count)))
    for (size_t i = 0; i < count; i++) {
      const char *source = g_hash_table_lookup(chosen->sources, GUINT_TO_POINTER(records[i].source));
      if (source && records[i].received_ms >= from_ms && records[i].received_ms <= to_ms) {
        append_record(out, &records[i], source);
        ++*out_count;
      }
    }
  if (!reader)
    g_set_error(error, APP_ERROR, ERROR_FAILED, "Không đọc được kho nhật ký: %s", trouble.message);
  else if (out->len > EXPORT_BYTES_MOST)
    g_set_error(error, APP_ERROR, ERROR_TOO_LARGE, "Khoảng này có hơn 256 MB nhật ký; chọn khoảng ngắn hơn hoặc một nguồn.");
  if (reader)
    *out_damaged = (gint64)log_reader_progress(reader)->frames_damaged;
  log_reader_free(reader);
  return !(error && *error);
}

static gboolean tell_segment(const SegmentRow *row, void *data) {
  json_array_append_new(data, json_pack("{s:s, s:s}", "name", row->name, "sha256", row->sha256));
  return TRUE;
}

static GString *manifest(Request *request, const Chosen *chosen, gint64 from_ms, gint64 to_ms, const GString *records, gint64 count, gint64 damaged,
                         GError **error) {
  char from[26], to[26], made[26];
  StoreConn *conn = request_read(request, error);
  json_t *segments = json_array();
  if (!conn || !segment_store_list(conn, from_ms, to_ms, tell_segment, segments, error)) {
    json_decref(segments);
    return NULL;
  }
  date_write_iso(from, from_ms);
  date_write_iso(to, to_ms);
  date_write_iso(made, request->now_ms);
  g_autofree char *hash = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)records->str, records->len);
  json_t *told = json_pack("{s:s, s:s, s:s, s:s, s:{s:s, s:s, s:I, s:I}, s:I, s:O, s:o}", "from", from, "to", to, "made", made, "made_by",
                           request->user ? request->user->login : "", "file", "name", "nhat-ky.ndjson", "sha256", hash, "bytes",
                           (json_int_t)records->len, "records", (json_int_t)count, "damaged_frames", (json_int_t)damaged, "sources", chosen->told,
                           "segments", segments);
  char *text = json_dumps(told, JSON_INDENT(1));
  GString *out = g_string_new(text);
  g_free(text);
  json_decref(told);
  return out;
}

typedef struct {
  const char *sha256;
  gint64 from_ms, to_ms, count;
} Exported;

static gboolean note_export(Change *change, void *data, GError **error) {
  const Exported *done = data;
  (void)error;
  change_about(change, "log_export", done->sha256, change->request->body_id,
               json_pack("{s:s, s:I, s:I, s:I}", "sha256", done->sha256, "from_ms", (json_int_t)done->from_ms, "to_ms", (json_int_t)done->to_ms,
                         "records", (json_int_t)done->count));
  return TRUE;
}

/* Who took what out, and the hash by which it is known again, go to the audit chain. */
static gboolean finish_export(Request *request, GBytes *file, gint64 from_ms, gint64 to_ms, gint64 count, GError **error) {
  g_autofree char *hash = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, file);
  Exported done = {hash, from_ms, to_ms, count};
  return request_change(request, note_export, &done, error);
}

static gboolean export_chosen(Request *request, const Chosen *chosen, GError **error) {
  gint64 to_ms = input_int(request, "to", request->now_ms), from_ms = input_int(request, "from", to_ms - DAY_MS), count = 0, damaged = 0;
  g_autoptr(GString) records = g_string_new(NULL);
  if (to_ms < from_ms)
    return request_refuse_field(request, "to", "Đến phải sau Từ.", error);
  if (!read_range(request, chosen, from_ms, to_ms, records, &count, &damaged, error))
    return FALSE;
  g_autoptr(GString) told = manifest(request, chosen, from_ms, to_ms, records, count, damaged, error);
  if (!told)
    return FALSE;
  const PackagePart parts[] = {{"manifest.json", told}, {"nhat-ky.ndjson", records}};
  request->file = package_write(parts, G_N_ELEMENTS(parts), error);
  request->file_name = "chung-cu-nhat-ky.zip";
  request->file_type = "application/zip";
  return request->file && finish_export(request, request->file, from_ms, to_ms, count, error);
}

gboolean log_export(Request *request, Doc *answer, GError **error) {
  Chosen chosen = {request, g_hash_table_new(NULL, NULL), g_array_new(FALSE, FALSE, sizeof(guint32)), json_array()};
  (void)answer;
  gboolean good = choose_sources(request, &chosen, error) && export_chosen(request, &chosen, error);
  g_hash_table_unref(chosen.sources);
  g_array_unref(chosen.numbers);
  json_decref(chosen.told);
  return good;
}
