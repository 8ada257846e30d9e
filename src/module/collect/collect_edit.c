/* What people change in the register of sources. */
#include "base/date.h"
#include "base/id.h"
#include "core/body.h"
#include "core/message.h"
#include "module/collect/collect.h"
#include "module/collect/collect_keep.h"
#include "module/collect/collect_kind.h"
#include "module/collect/collect_address.h"
#include "module/collect/collect_pages.h"
#include <string.h>

#define VIETNAM_MINUTES 420

const SourceRow *source_require(Request *request, const char *field, const char *permission, SourceState *out_state, GError **error) {
  StoreConn *conn = request_read(request, error);
  const SourceRow *row = conn ? source_store_get(conn, request->arena, input_text(request, field), out_state, error) : NULL;
  if (conn && !row && !(error && *error))
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Không có nguồn nhật ký này, hoặc không thuộc phạm vi được xem.");
  return row && request_require(request, permission, row->body_id, error) ? row : NULL;
}

typedef struct {
  const SourceRow *before; /* NULL: a new one */
  SourceRow after;
  gint64 version;
} Edit;

/* --- what changed, for the audit --- */

static json_t *differences(const Edit *edit) {
  const SourceRow none = {0}, *a = edit->before ? edit->before : &none, *b = &edit->after;
  const struct {
    const char *key, *old, *now;
  } texts[] = {{"name", a->name, b->name},       {"kind", a->kind, b->kind}, {"way", a->way, b->way},
               {"address", a->address, b->address}, {"host", a->host, b->host}, {"path", a->path, b->path},
               {"format", a->format, b->format}, {"body", a->body_id, b->body_id}, {"system", a->system_id, b->system_id}};
  const struct {
    const char *key;
    gint64 old, now;
  } numbers[] = {{"silent_minutes", a->silent_minutes, b->silent_minutes}, {"keep_months", a->keep_months, b->keep_months},
                 {"offset_minutes", a->offset_minutes, b->offset_minutes}, {"stopped_ms", a->stopped_ms, b->stopped_ms}};
  json_t *details = json_object();
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    if (g_strcmp0(texts[i].old, texts[i].now) != 0)
      json_object_set_new(details, texts[i].key, json_pack("[s, s]", texts[i].old ? texts[i].old : "", texts[i].now ? texts[i].now : ""));
  for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
    if (numbers[i].old != numbers[i].now)
      json_object_set_new(details, numbers[i].key, json_pack("[I, I]", (json_int_t)numbers[i].old, (json_int_t)numbers[i].now));
  return details;
}

static gboolean apply(Change *change, void *data, GError **error) {
  Edit *edit = data;
  SourceRow *after = &edit->after;
  after->created_ms = edit->before ? after->created_ms : change->request->now_ms;
  if (!edit->before && !change_next_code(change, "NK", day_at(change->request->now_ms).year, &after->code, error))
    return FALSE;
  change_about(change, "log_source", after->id, after->body_id, differences(edit));
  if (after->address && !stranger_store_remove(change->conn, after->address, after->host, error))
    return FALSE;
  return edit->before ? source_store_update(change->conn, after, edit->version, error) : source_store_insert(change->conn, after, error);
}

static gboolean run(Request *request, Edit *edit, Doc *answer, const char *notice, GError **error) {
  edit->version = input_int(request, "version", edit->before ? edit->before->version : 0);
  if (!request_change(request, apply, edit, error))
    return FALSE;
  doc_text(answer, KEY("id"), edit->after.id);
  doc_text(answer, KEY("code"), edit->after.code);
  request->notice = message(request->lang, notice);
  return TRUE;
}

/* --- input --- */

static const char *given(const Request *request, const char *name, const char *before) {
  return input_has(request, name) ? input_text(request, name) : before;
}

static void take_texts(Request *request, SourceRow *row) {
  const struct {
    const char *name, **text;
  } texts[] = {{"name", &row->name}, {"kind", &row->kind}, {"address", &row->address}, {"host", &row->host}, {"path", &row->path},
               {"way", &row->way},   {"format", &row->format}, {"system", &row->system_id}};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    *texts[i].text = given(request, texts[i].name, *texts[i].text);
}

static void take_numbers(Request *request, const CollectKind *kind, gboolean fresh, SourceRow *row) {
  if (fresh) {
    row->silent_minutes = kind->silent_minutes;
    row->keep_months = KEEP_MONTHS;
    row->offset_minutes = VIETNAM_MINUTES;
  }
  row->silent_minutes = input_int(request, "silent_minutes", row->silent_minutes);
  row->keep_months = input_int(request, "keep_months", row->keep_months);
  row->offset_minutes = input_int(request, "offset_minutes", row->offset_minutes);
}

/* What each way needs, and nothing of the others. */
static gboolean check_way(Request *request, SourceRow *row, GError **error) {
  gboolean syslog = strcmp(row->way, "syslog") == 0, file = strcmp(row->way, "file") == 0;
  if (!syslog)
    row->address = row->host = NULL;
  if (!file)
    row->path = NULL;
  if (syslog && !row->address && !row->host)
    return request_refuse_field(request, "address", "Cần địa chỉ thiết bị gửi, hoặc tên máy trong bản ghi.", error);
  if (row->address && !collect_address_valid(row->address))
    return request_refuse_field(request, "address", "Không phải địa chỉ IP; ví dụ 192.168.1.1 hay 10.10.0.0/16.", error);
  if (file && (!row->path || row->path[0] != '/'))
    return request_refuse_field(request, "path", "Cần đường dẫn đầy đủ của tệp, bắt đầu bằng /.", error);
  return TRUE;
}

/* Reading a file of the machine is for who looks after the whole installation. */
static gboolean check_file(Request *request, const SourceRow *before, const SourceRow *row, GError **error) {
  if (!row->path || (before && g_strcmp0(before->path, row->path) == 0))
    return TRUE;
  const char *home = request->app->home;
  if (g_str_has_prefix(row->path, home))
    return request_refuse_field(request, "path", "Không đọc được từ thư mục dữ liệu của chính chương trình.", error);
  return body_require_top(request, "source.write", error);
}

static gboolean check_keep(Request *request, StoreConn *conn, SourceRow *row, GError **error) {
  const char *basis = NULL;
  gint64 level = 0;
  if (row->system_id) {
    const char *body = source_store_system_body(conn, request->arena, row->system_id, error);
    if (!body || !request_may(request, "system.read", body))
      return error && *error ? FALSE : request_refuse_field(request, "system", "Không có hệ thống này.", error);
    if (!source_store_system_level(conn, row->system_id, &level, error))
      return FALSE;
  }
  gint64 least = collect_keep_least(request->app, request->arena, level, &basis, error);
  if (least < 0)
    return FALSE;
  if (row->keep_months >= least)
    return TRUE;
  return request_refuse_field(request, "keep_months",
                              arena_printf(request->arena, "Hệ thống cấp độ %d phải lưu nhật ký ít nhất %d tháng%s%s.", (int)level, (int)least,
                                           basis && *basis ? ", " : "", basis ? basis : ""), error);
}

static gboolean take_input(Request *request, const SourceRow *before, SourceRow *row, GError **error) {
  StoreConn *conn = request_read(request, error);
  take_texts(request, row);
  const CollectKind *kind = collect_kind(row->kind);
  if (!conn || !kind)
    return conn ? request_refuse_field(request, "kind", "Không có loại nguồn này.", error) : FALSE;
  gboolean other = !before || g_strcmp0(before->kind, row->kind) != 0;
  row->way = row->way && !(other && before && !input_text(request, "way")) ? row->way : kind->way;
  row->format = row->format && !(other && before && !input_text(request, "format")) ? row->format : kind->format;
  take_numbers(request, kind, !before, row);
  return check_way(request, row, error) && check_file(request, before, row, error) && check_keep(request, conn, row, error);
}

/* --- handlers --- */

gboolean source_add(Request *request, Doc *answer, GError **error) {
  char id[ID_SIZE];
  const char *body_id = input_text(request, "body") ? input_text(request, "body") : request->body_id;
  id_new(id);
  Edit edit = {.after = {.id = arena_text(request->arena, id, -1), .body_id = body_id}};
  return request_require(request, "source.write", body_id, error) && take_input(request, NULL, &edit.after, error) &&
         run(request, &edit, answer, "Đã thêm nguồn nhật ký. Dán các dòng dưới đây vào thiết bị rồi bấm Gửi thử.", error);
}

gboolean source_edit(Request *request, Doc *answer, GError **error) {
  const SourceRow *row = source_require(request, "id", "source.write", NULL, error);
  if (!row)
    return FALSE;
  Edit edit = {.before = row, .after = *row};
  edit.after.body_id = input_text(request, "body") ? input_text(request, "body") : row->body_id;
  return request_require(request, "source.write", edit.after.body_id, error) && take_input(request, row, &edit.after, error) &&
         run(request, &edit, answer, "Đã lưu.", error);
}

static gboolean set_stopped(Request *request, gint64 stopped_ms, const char *refusal, Doc *answer, const char *notice, GError **error) {
  const SourceRow *row = source_require(request, "id", "source.write", NULL, error);
  if (!row)
    return FALSE;
  if (!row->stopped_ms == !stopped_ms) {
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "Nguồn %s %s.", row->code, refusal);
    return FALSE;
  }
  Edit edit = {.before = row, .after = *row};
  edit.after.stopped_ms = stopped_ms;
  return run(request, &edit, answer, notice, error);
}

gboolean source_stop(Request *request, Doc *answer, GError **error) {
  return set_stopped(request, request->now_ms, "đã ngừng nhận", answer, "Đã ngừng nhận; nhật ký đã lưu vẫn còn.", error);
}

gboolean source_resume(Request *request, Doc *answer, GError **error) {
  return set_stopped(request, 0, "đang nhận", answer, "Nguồn được nhận lại.", error);
}

gboolean source_test(Request *request, Doc *answer, GError **error) {
  const SourceRow *row = source_require(request, "id", "source.write", NULL, error);
  gint64 ms = 0;
  if (!row)
    return FALSE;
  if (row->stopped_ms) {
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "Nguồn %s đã ngừng nhận.", row->code);
    return FALSE;
  }
  if (!collect_try(request->app, row, &ms, error))
    return FALSE;
  doc_text(answer, KEY("id"), row->id);
  doc_int(answer, KEY("milliseconds"), ms);
  request->notice = arena_printf(request->arena, "%s %" G_GINT64_FORMAT " %s", message(request->lang, "Bản ghi thử đã nằm trên đĩa sau"), ms,
                                 message(request->lang, "mili giây."));
  return TRUE;
}
