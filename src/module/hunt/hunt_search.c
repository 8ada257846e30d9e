/* Words in stored logs, newest first. An answer takes a moment and not more: what was not read yet is one click further. */
#include "base/date.h"
#include "base/number.h"
#include "core/message.h"
#include "core/show.h"
#include "lib/scan/hunt.h"
#include "module/collect/collect.h"
#include "module/detect/detect_hunt.h"
#include "module/hunt/hunt_pages.h"
#include <string.h>

#define PAGE_ROWS 50
#define BUDGET_US (700 * 1000)
#define RAW_BEFORE 300
#define RAW_AFTER 3000

typedef struct {
  guint32 number;
  const char *id, *name;
} Named;

typedef struct {
  Request *request;
  GHashTable *sources; /* number -> Named, in the arena: those that may be looked at */
  GArray *numbers;
  Doc *options;
  const char *only; /* id of one source; NULL: all */
  DetectLook *look;
  Doc *rows;
  int shown, limit;
  gint64 skip, in_frame; /* hits of the present frame: to be left out, seen */
  gint64 shown_until;    /* hits of the frame when the page was full */
  gboolean full, more;
  gint64 until_us; /* 0: no end */
  char frame_place[128];
  LogProgress progress;
} Search;

/* --- whose logs --- */

static gboolean take_source(const CollectSource *source, void *data) {
  Search *search = data;
  if (search->options)
    show_option(search->options, arena_text(search->request->arena, source->id, -1), arena_text(search->request->arena, source->name, -1), g_strcmp0(search->only, source->id) == 0);
  if (search->only && strcmp(search->only, source->id) != 0)
    return TRUE;
  Named *named = arena_alloc(search->request->arena, sizeof *named);
  *named = (Named){source->number, arena_text(search->request->arena, source->id, -1), arena_text(search->request->arena, source->name, -1)};
  g_hash_table_insert(search->sources, GUINT_TO_POINTER(source->number), named);
  g_array_append_val(search->numbers, named->number);
  return TRUE;
}

gboolean hunt_oldest_log(Request *request, gint64 *out_ms, GError **error) {
  StoreConn *conn = request_read(request, error);
  Search search = {.request = request, .sources = g_hash_table_new(NULL, NULL), .numbers = g_array_new(FALSE, FALSE, sizeof(guint32))};
  ScanError trouble = {0};
  size_t count = 0;
  *out_ms = 0;
  gboolean good = conn && collect_each_source(conn, request->body_id, take_source, &search, error);
  if (good && search.numbers->len) {
    LogRange range = {INT64_MIN, INT64_MAX, (const uint32_t *)(gconstpointer)search.numbers->data, search.numbers->len, false};
    LogReader *reader = log_reader_new(collect_folder(request->app, request->arena), &range, &trouble);
    const LogRecord *records = reader ? log_reader_frame(reader, &count) : NULL;
    if (records)
      *out_ms = records[0].received_ms;
    log_reader_free(reader);
  }
  g_hash_table_unref(search.sources);
  g_array_unref(search.numbers);
  return good;
}

/* --- one hit --- */

static void add_piece(Doc *row, const char *key, const char *bytes, gsize size) {
  g_autofree char *text = g_utf8_make_valid(bytes, (gssize)size);
  for (char *p = text; *p; p++)
    if ((guchar)*p < 0x20 && *p != '\t' && *p != '\n')
      *p = ' ';
  doc_text_copy(row, key, text);
}

static void add_fields(Doc *row, const json_t *fields) {
  const char *name;
  json_t *value;
  Doc *list = doc_list(row, KEY("fields"));
  json_object_foreach((json_t *)(gintptr)fields, name, value) {
    Doc *field = doc_object(list, NULL);
    doc_text_copy(field, KEY("name"), name);
    doc_text_copy(field, KEY("value"), json_string_value(value));
  }
}

static void add_row(Search *search, const LogRecord *record, Span where, const Named *source) {
  Arena *arena = search->request->arena;
  Doc *row = doc_object(search->rows, NULL);
  gint64 own_ms;
  detect_look_at(search->look, record->bytes, &own_ms);
  g_autofree char *host = detect_look_host(search->look);
  json_t *fields = detect_look_fields(search->look);
  const char *begin = record->bytes.bytes, *end = begin + record->bytes.size, *hit = where.bytes;
  const char *from = hit - begin > RAW_BEFORE ? hit - RAW_BEFORE : begin, *to = end - hit > RAW_AFTER ? hit + RAW_AFTER : end;
  const char *hit_end = MIN(hit + where.size, to);
  doc_text(row, KEY("at"), show_time(arena, record->time_ms != EVENT_NO_TIME ? record->time_ms : record->received_ms));
  doc_text(row, KEY("received"), show_time(arena, record->received_ms));
  doc_int(row, KEY("received_ms"), record->received_ms);
  doc_text(row, KEY("source"), source->name);
  doc_text(row, KEY("source_id"), source->id);
  doc_text_copy(row, KEY("host"), host);
  doc_bool(row, KEY("cut"), from > begin || to < end);
  add_piece(row, KEY("before"), from, (gsize)(hit - from));
  add_piece(row, KEY("hit"), hit, (gsize)(hit_end - hit));
  add_piece(row, KEY("behind"), hit_end, (gsize)(to - hit_end));
  if (search->request->face != FACE_WEB)
    add_piece(row, KEY("raw"), begin, record->bytes.size);
  add_fields(row, fields);
  json_decref(fields);
}

static void on_hit(void *context, const HuntHit *hit) {
  Search *search = context;
  const Named *source = g_hash_table_lookup(search->sources, GUINT_TO_POINTER(hit->record->source));
  if (!source || search->full)
    return;
  if (search->in_frame++ < search->skip)
    return;
  if (search->shown == search->limit) {
    search->full = TRUE;
    search->shown_until = search->in_frame - 1;
    return;
  }
  search->shown++;
  add_row(search, hit->record, hit->where, source);
}

static bool on_progress(void *context, const LogProgress *progress, const char *place) {
  Search *search = context;
  search->progress = *progress;
  if (search->full)
    return false;
  g_strlcpy(search->frame_place, place, sizeof search->frame_place);
  search->in_frame = search->skip = 0;
  search->more = search->until_us && g_get_monotonic_time() > search->until_us;
  return !search->more;
}

/* --- the pages after the first: until when, how many hits of the frame, where --- */

static gboolean read_after(Request *request, Search *search, gint64 *to_ms, GError **error) {
  const char *after = input_text(request, "after");
  g_auto(GStrv) parts = g_strsplit(after ? after : "", "_", 3);
  if (!after)
    return TRUE;
  if (g_strv_length(parts) != 3 || strlen(parts[2]) >= sizeof search->frame_place)
    return request_refuse_field(request, "after", "Trang này không còn; tìm lại từ đầu.", error);
  *to_ms = g_ascii_strtoll(parts[0], NULL, 10);
  search->skip = g_ascii_strtoll(parts[1], NULL, 10);
  g_strlcpy(search->frame_place, parts[2], sizeof search->frame_place);
  return TRUE;
}

static const char *own_query(Request *request) {
  static const char *const KEPT[] = {"q", "source", "from", "to"};
  g_autoptr(GString) query = g_string_new("/nhat-ky/tim?");
  for (gsize i = 0; i < G_N_ELEMENTS(KEPT); i++) {
    const char *value = input_text(request, KEPT[i]);
    if (!value)
      continue;
    g_string_append_printf(query, "%s=", KEPT[i]);
    g_string_append_uri_escaped(query, value, NULL, FALSE);
    g_string_append_c(query, '&');
  }
  return arena_text(request->arena, query->str, (gssize)query->len);
}

static void add_place(Request *request, const Search *search, gint64 to_ms, Doc *answer) {
  Arena *arena = request->arena;
  char seen[NUMBER_SIZE], all[NUMBER_SIZE];
  gboolean ended = !search->full && !search->more;
  number_write_size(seen, (gint64)search->progress.raw_bytes);
  number_write_size(all, (gint64)search->progress.total_raw_bytes);
  doc_bool(answer, KEY("ended"), ended);
  doc_text(answer, KEY("progress"), ended ? arena_printf(arena, "%s %s.", message(request->lang, "Đã tìm hết nhật ký trong phạm vi:"), all)
                                          : arena_printf(arena, "%s %s %s %s.", message(request->lang, "Đã tìm"), seen, message(request->lang, "mới nhất trong"), all));
  doc_int(answer, KEY("bytes_done"), (gint64)search->progress.raw_bytes);
  doc_int(answer, KEY("bytes"), (gint64)search->progress.total_raw_bytes);
  if (ended)
    return;
  const char *next = arena_printf(arena, "%" G_GINT64_FORMAT "_%" G_GINT64_FORMAT "_%s", to_ms, search->full ? search->shown_until : 0, search->frame_place);
  g_autofree char *escaped = g_uri_escape_string(next, NULL, FALSE);
  doc_text(answer, KEY("next"), next);
  doc_text(answer, KEY("next_url"), arena_printf(arena, "%safter=%s", own_query(request), escaped));
}

static void add_filter(Request *request, Search *search, Doc *answer) {
  static const Choice ANY[] = {{"", "Mọi nguồn"}, {NULL, NULL}};
  static const struct {
    const char *name, *label;
  } DAYS[] = {{"from", "Từ ngày"}, {"to", "Đến hết ngày"}};
  Doc *filter = doc_object(answer, KEY("filter"));
  doc_text(filter, KEY("action"), "/nhat-ky/tim");
  if (input_text(request, "q"))
    doc_text(filter, KEY("clear"), "/nhat-ky/tim");
  Doc *fields = doc_list(filter, KEY("fields"));
  show_filter_search(request, fields, "Tìm trong nhật ký", "các từ cùng có trong một bản ghi");
  doc_bool(fields->first, KEY("main"), TRUE);
  search->options = show_filter_select(request, fields, "source", "Nguồn", ANY);
  for (gsize i = 0; i < G_N_ELEMENTS(DAYS); i++) {
    Doc *field = doc_object(fields, NULL);
    const char *value = input_text(request, DAYS[i].name);
    doc_text(field, KEY("name"), DAYS[i].name);
    doc_text(field, KEY("label"), message(request->lang, DAYS[i].label));
    doc_text(field, KEY("value"), value ? show_day(request->arena, value) : "");
    doc_text(field, KEY("placeholder"), message(request->lang, "ngày/tháng/năm"));
  }
}

static gboolean run(Request *request, Search *search, Doc *answer, GError **error) {
  Day day;
  ScanError trouble = {0};
  const char *from = input_text(request, "from"), *to = input_text(request, "to");
  gint64 to_ms = to && date_parse_day(to, &day) ? MIN(day_start_ms(day_add(day, 1)) - 1, request->now_ms) : request->now_ms;
  if (!read_after(request, search, &to_ms, error))
    return FALSE;
  char begin[128]; /* the engine keeps the pointer, and the place moves on */
  g_strlcpy(begin, search->frame_place, sizeof begin);
  const Hunt hunt = {
      .folder = collect_folder(request->app, request->arena),
      .range = {from && date_parse_day(from, &day) ? day_start_ms(day) : INT64_MIN, to_ms, (const uint32_t *)(gconstpointer)search->numbers->data, search->numbers->len, true},
      .text = input_text(request, "q"),
      .resume_place = *begin ? begin : NULL,
      .on_hit = on_hit,
      .on_progress = on_progress,
      .context = search,
  };
  search->until_us = request->face == FACE_CLI ? 0 : g_get_monotonic_time() + BUDGET_US;
  search->look = detect_look_new(request->app, error);
  if (!search->look)
    return FALSE;
  if (!hunt_run(&hunt, &trouble))
    return request_refuse_field(request, "q", trouble.message, error);
  add_place(request, search, to_ms, answer);
  return TRUE;
}

gboolean hunt_log_search(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  if (!conn || !request_require(request, "log.read", request->body_id, error))
    return FALSE;
  Search search = {.request = request, .sources = g_hash_table_new(NULL, NULL), .numbers = g_array_new(FALSE, FALSE, sizeof(guint32)),
                   .only = input_text(request, "source"), .limit = (int)input_int(request, "limit", PAGE_ROWS)};
  add_filter(request, &search, answer);
  search.rows = doc_list(answer, KEY("rows"));
  gboolean good = collect_each_source(conn, request->body_id, take_source, &search, error);
  doc_bool(answer, KEY("no_source"), !search.numbers->len);
  doc_bool(answer, KEY("asked"), input_text(request, "q") != NULL);
  if (good && search.only && !search.numbers->len)
    good = request_refuse_field(request, "source", "Không có nguồn này trong phạm vi được xem.", error);
  if (good && input_text(request, "q") && search.numbers->len)
    good = run(request, &search, answer, error);
  doc_int(answer, KEY("count"), search.shown);
  doc_bool(answer, KEY("none"), input_text(request, "q") && !search.shown);
  detect_look_free(search.look);
  g_hash_table_unref(search.sources);
  g_array_unref(search.numbers);
  return good;
}
