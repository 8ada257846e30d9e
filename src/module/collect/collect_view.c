/* The page of one source: its state, the lines to paste, the forms. */
#include "base/date.h"
#include "core/form.h"
#include "core/history.h"
#include "core/message.h"
#include "core/setting.h"
#include "core/show.h"
#include "module/collect/collect_keep.h"
#include "module/collect/collect_kind.h"
#include "module/collect/collect_pages.h"
#include "module/collect/collect_tls.h"
#include <string.h>

static const char *choice_label(const Choice *choices, const char *value) {
  for (; choices->value; choices++)
    if (g_strcmp0(choices->value, value) == 0)
      return choices->label;
  return "";
}

static void add_facts(Request *request, const SourceRow *row, const SourceState *state, Doc *shown) {
  Arena *arena = request->arena;
  const char *lang = request->lang;
  const struct {
    const char *label, *text;
  } facts[] = {
      {"Loại", message(lang, collect_kind_label(row->kind))},
      {"Cách nhận", message(lang, choice_label(COLLECT_WAYS, row->way))},
      {"Định dạng", message(lang, choice_label(COLLECT_FORMATS, row->format))},
      {"Địa chỉ thiết bị gửi", row->address},
      {"Tên máy trong bản ghi", row->host},
      {"Tệp", row->path},
      {"Đơn vị", row->body_name},
      {"Hệ thống", row->system_name},
      {"Báo khi im lặng", row->silent_minutes ? arena_printf(arena, "%s %s", message(lang, "sau"), source_span(arena, row->silent_minutes * MINUTE_MS))
                                              : message(lang, "không báo")},
      {"Thời hạn lưu", arena_printf(arena, "%" G_GINT64_FORMAT " %s", row->keep_months, message(lang, "tháng"))},
      {"Giờ của bản ghi gần nhất", state->skew_known ? show_time(arena, state->last_ms + state->skew_ms) : NULL},
      {"Giờ máy này nhận được", state->last_ms ? show_time(arena, state->last_ms) : NULL},
      {"Lệch giờ", !state->skew_known ? NULL
                                      : arena_printf(arena, "%s %s", message(lang, state->skew_ms > 0 ? "nhanh" : "chậm"), source_span(arena, ABS(state->skew_ms)))},
  };
  Doc *list = doc_list(shown, KEY("facts"));
  for (gsize i = 0; i < G_N_ELEMENTS(facts); i++) {
    if (!facts[i].text || !*facts[i].text)
      continue;
    Doc *fact = doc_object(list, NULL);
    doc_text(fact, KEY("label"), message(lang, facts[i].label));
    doc_text(fact, KEY("text"), facts[i].text);
  }
}

static void add_figures(Request *request, const SourceState *state, Doc *shown) {
  const struct {
    const char *label;
    gint64 count;
    gboolean late;
  } figures[] = {{"bản ghi một phút", source_rate(request, state), FALSE}, {"đã nhận", state->received, FALSE}, {"đã lưu", state->stored, FALSE},
                 {"bị bỏ", state->dropped, state->dropped > 0}};
  Doc *list = doc_list(shown, KEY("figures"));
  for (gsize i = 0; i < G_N_ELEMENTS(figures); i++) {
    Doc *row = doc_object(list, NULL);
    doc_text(row, KEY("label"), message(request->lang, figures[i].label));
    doc_int(row, KEY("count"), figures[i].count);
    doc_text(row, KEY("class"), figures[i].late ? "late" : "");
  }
  if (state->last_ms)
    doc_text(shown, KEY("last"), arena_printf(request->arena, "%s (%s %s)", show_time(request->arena, state->last_ms),
                                              source_span(request->arena, request->now_ms - state->last_ms), message(request->lang, "trước")));
  doc_text(shown, KEY("line"), state->last_line);
}

static void add_note(Request *request, const SourceRow *row, const SourceState *state, Doc *shown) {
  const char *text = row->stopped_ms    ? arena_printf(request->arena, "%s %s.", message(request->lang, "Đã ngừng nhận từ"), show_time(request->arena, row->stopped_ms))
                     : state->trouble   ? state->trouble
                     : state->silent_ms ? arena_printf(request->arena, "%s %s.", message(request->lang, "Không nhận được gì từ"), show_time(request->arena, state->silent_ms))
                     : !state->last_ms  ? message(request->lang, "Chưa nhận bản ghi nào. Dán các dòng dưới đây vào thiết bị, rồi bấm Gửi thử để biết đường đi thông.")
                                        : NULL;
  if (!text)
    return;
  Doc *note = doc_object(shown, KEY("note"));
  doc_text(note, KEY("class"), state->trouble || state->silent_ms ? "late" : row->stopped_ms ? "" : "doing");
  doc_text(note, KEY("text"), text);
}

static void add_paste(Request *request, const SourceRow *row, Doc *shown) {
  const CollectKind *kind = collect_kind(row->kind);
  if (!kind)
    return;
  Doc *paste = doc_object(shown, KEY("paste"));
  doc_text(paste, KEY("where"), message(request->lang, kind->where));
  doc_text(paste, KEY("lines"), collect_kind_lines(request, kind, row->code, row->path));
  doc_text(paste, KEY("then"), kind->then ? message(request->lang, kind->then) : NULL);
  if (strcmp(row->kind, "syslog-tls") == 0) {
    g_autofree char *fingerprint = collect_tls_fingerprint(request->app);
    doc_text_copy(paste, KEY("fingerprint"), *fingerprint ? fingerprint : message(request->lang, "chưa có: được tạo khi tiến trình nhận nhật ký chạy lần đầu"));
  }
}

static void add_actions(Request *request, const SourceRow *row, Doc *answer) {
  Doc *buttons = doc_list(answer, KEY("buttons"));
  doc_list(answer, KEY("actions"));
  if (!request_may(request, "source.write", row->body_id))
    return;
  json_t *values = json_pack("{s:s, s:I}", "id", row->id, "version", (json_int_t)row->version);
  if (row->stopped_ms) {
    form_add(request, buttons, NULL, "source.resume", values, "Nhận lại");
  } else {
    form_add(request, buttons, NULL, "source.test", values, "Gửi thử");
    form_add(request, buttons, NULL, "source.stop", values, "Ngừng nhận");
  }
  json_decref(values);
}

gboolean source_view(Request *request, Doc *answer, GError **error) {
  SourceState state = {0};
  const SourceRow *row = source_require(request, "id", "source.read", &state, error);
  if (!row)
    return FALSE;
  doc_text(answer, KEY("page_title"), arena_printf(request->arena, "%s %s", row->code, row->name));
  doc_text(answer, KEY("list_url"), "/cai-dat/nguon-nhat-ky");
  doc_int(answer, KEY("version"), row->version);
  Doc *shown = doc_object(answer, KEY("source"));
  doc_text(shown, KEY("id"), row->id);
  doc_text(shown, KEY("code"), row->code);
  doc_text(shown, KEY("title"), row->name);
  doc_int(shown, KEY("keep_months"), row->keep_months);
  source_show_state(request, row, &state, shown);
  if (request_may(request, "source.write", row->body_id))
    doc_text(shown, KEY("edit_url"), arena_printf(request->arena, "/cai-dat/nguon-nhat-ky/%s/sua", row->id));
  add_note(request, row, &state, shown);
  add_facts(request, row, &state, shown);
  add_figures(request, &state, shown);
  add_paste(request, row, shown);
  if (request->face == FACE_WEB)
    add_actions(request, row, answer);
  return history_list(request, "log_source", row->id, doc_list(answer, KEY("history")), error);
}

/* --- forms --- */

typedef struct {
  Doc *form;
  const char *field, *chosen;
} FormChoices;

static void add_choice(const char *id, const char *name, void *data) {
  FormChoices *choices = data;
  form_option(choices->form, choices->field, id, name, g_strcmp0(id, choices->chosen) == 0);
}

static gboolean fill_choices(Request *request, Doc *form, const char *body_id, const char *system_id, GError **error) {
  FormChoices bodies = {form, "body", body_id}, systems = {form, "system", system_id};
  StoreConn *conn = request_read(request, error);
  return conn && source_store_bodies(conn, request->body_id, add_choice, &bodies, error) &&
         source_store_systems(conn, request->body_id, add_choice, &systems, error);
}

static Doc *begin_form(Request *request, Doc *answer, const char *title, const char *text, const char *operation, const json_t *values, const char *cancel) {
  doc_text(answer, KEY("list_url"), "/cai-dat/nguon-nhat-ky");
  doc_text(answer, KEY("page_title"), title);
  doc_text(answer, KEY("title"), title);
  doc_text(answer, KEY("text"), text);
  Doc *form = form_add(request, answer, KEY("form"), operation, values, "Lưu");
  doc_text(form, KEY("cancel"), cancel);
  return form;
}

gboolean source_new_form(Request *request, Doc *answer, GError **error) {
  const char *address = input_text(request, "address"), *host = input_text(request, "host");
  if (!request_require(request, "source.write", request->body_id, error))
    return FALSE;
  json_t *values = json_pack("{s:s?, s:s?, s:s?, s:s}", "address", address, "host", host, "name", host, "body", request->body_id);
  Doc *form = begin_form(request, answer, message(request->lang, "Thêm nguồn nhật ký"),
                         message(request->lang, "Chọn loại và cho biết bản ghi đến từ đâu. Trang sau cho sẵn các dòng để dán vào thiết bị."), "source.add", values,
                         "/cai-dat/nguon-nhat-ky");
  json_decref(values);
  return fill_choices(request, form, request->body_id, NULL, error);
}

gboolean source_edit_form(Request *request, Doc *answer, GError **error) {
  const SourceRow *row = source_require(request, "id", "source.write", NULL, error);
  if (!row)
    return FALSE;
  json_t *values = json_pack("{s:s, s:s, s:s, s:s?, s:s?, s:s?, s:s, s:s?, s:s, s:s, s:I, s:I, s:I, s:I}", "id", row->id, "name", row->name, "kind", row->kind,
                             "address", row->address, "host", row->host, "path", row->path, "body", row->body_id, "system", row->system_id, "way",
                             row->way, "format", row->format, "silent_minutes", (json_int_t)row->silent_minutes, "keep_months",
                             (json_int_t)row->keep_months, "offset_minutes", (json_int_t)row->offset_minutes, "version", (json_int_t)row->version);
  Doc *form = begin_form(request, answer, row->name, row->code, "source.edit", values, arena_printf(request->arena, "/cai-dat/nguon-nhat-ky/%s", row->id));
  json_decref(values);
  return fill_choices(request, form, row->body_id, row->system_id, error);
}
