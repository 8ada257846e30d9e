/* What people change in the register. */
#include "base/date.h"
#include "base/id.h"
#include "core/body.h"
#include "core/message.h"
#include "core/show.h"
#include "module/system/system_pages.h"
#include <string.h>

const System *system_require(Request *request, const char *permission, GError **error) {
  StoreConn *conn = request_read(request, error);
  const char *id = input_text(request, "id");
  if (conn && g_str_has_prefix(id, "HT-"))
    id = system_store_id_of_code(conn, request->arena, id, error);
  const System *system = conn ? system_store_get(conn, request->arena, id ? id : "", error) : NULL;
  if (conn && !system && !(error && *error))
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Không có hệ thống này, hoặc không thuộc phạm vi được xem.");
  return system && request_require(request, permission, system->body_id, error) ? system : NULL;
}

/* "Cổng dịch vụ công (HT-0012)" gives the code. */
static const char *code_in(Arena *arena, const char *text) {
  const char *open = g_strrstr(text, "(HT-");
  const char *end = open ? strchr(open, ')') : NULL;
  return end ? arena_text(arena, open + 1, end - open - 1) : text;
}

const SystemFact *system_find(Request *request, const char *body_id, const char *text, GError **error) {
  StoreConn *conn = request_read(request, error);
  const char *word = code_in(request->arena, text);
  const char *id = !conn ? NULL : g_str_has_prefix(word, "HT-") ? system_store_id_of_code(conn, request->arena, word, error)
                                 : id_valid(word)               ? word
                                                                : system_store_id_of_name(conn, request->arena, body_id, text, error);
  const System *system = id ? system_store_get(conn, request->arena, id, error) : NULL;
  if (!system || system->retired_day || !request_may(request, "system.read", system->body_id))
    return NULL;
  SystemFact *fact = arena_alloc(request->arena, sizeof *fact);
  *fact = (SystemFact){system->id, system->code, system->name, system->owner_name, system->operator_body_id, system->operator_name, system->level};
  return fact;
}

typedef struct {
  const System *before; /* NULL: a new one */
  System after;
  gint64 version;
  const char *same_rank; /* code of another system with that rank */
} Edit;

/* --- what changed, for the audit --- */

static json_t *text_or_empty(const char *text) {
  return json_string(text ? text : "");
}

static json_t *number_or_null(gint64 number) {
  return number ? json_integer(number) : json_null();
}

static json_t *differences(const Edit *edit) {
  const System none = {0}, *a = edit->before ? edit->before : &none, *b = &edit->after;
  const struct {
    const char *key, *old, *now;
  } texts[] = {{"name", a->name, b->name},
               {"purpose", a->purpose, b->purpose},
               {"owner_name", a->owner_name, b->owner_name},
               {"operator", system_operator(a), system_operator(b)},
               {"provider_name", a->provider_name, b->provider_name},
               {"provider_phone", a->provider_phone, b->provider_phone},
               {"contact_name", a->contact_name, b->contact_name},
               {"contact_phone", a->contact_phone, b->contact_phone},
               {"contact_email", a->contact_email, b->contact_email},
               {"decision_number", a->decision_number, b->decision_number},
               {"decision_day", a->decision_day, b->decision_day},
               {"decision_issuer", a->decision_issuer, b->decision_issuer},
               {"day", a->retired_day, b->retired_day},
               {"reason", a->retired_reason, b->retired_reason}};
  const struct {
    const char *key;
    gint64 old, now;
  } numbers[] = {{"level", a->level, b->level}, {"rank", a->continuity_rank, b->continuity_rank}};
  json_t *details = json_object();
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    if (g_strcmp0(texts[i].old, texts[i].now) != 0)
      json_object_set_new(details, texts[i].key, json_pack("[o, o]", text_or_empty(texts[i].old), text_or_empty(texts[i].now)));
  for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
    if (numbers[i].old != numbers[i].now)
      json_object_set_new(details, numbers[i].key, json_pack("[o, o]", number_or_null(numbers[i].old), number_or_null(numbers[i].now)));
  if (a->personal_data != b->personal_data)
    json_object_set_new(details, "personal_data", json_pack("[b, b]", (int)a->personal_data, (int)b->personal_data));
  return details;
}

/* --- the change --- */

static gboolean emit(Change *change, const Edit *edit, GError **error) {
  json_t *data = json_pack("{s:s, s:[I, I], s:b}", "name", edit->after.name, "level", (json_int_t)(edit->before ? edit->before->level : 0),
                           (json_int_t)edit->after.level, "retired", edit->after.retired_day != NULL);
  gboolean good = change_emit(change, "system.changed", "system", edit->after.id, edit->after.body_id, data, error);
  json_decref(data);
  return good;
}

static gboolean put_in_search(Change *change, const System *s, GError **error) {
  Arena *arena = change->request->arena;
  const char *const *scopes = body_ancestors(change->conn, arena, s->body_id, error);
  const char *const texts[] = {s->code, s->name, s->purpose, s->owner_name, s->operator_name, s->provider_name, s->contact_name,
                               s->decision_number};
  g_autoptr(GString) text = g_string_new(NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    g_string_append_printf(text, "%s\n", texts[i] ? texts[i] : "");
  return scopes && store_search_put(change->conn, "system", s->id, s->name, text->str, scopes, change->request->now_ms, error);
}

static gboolean apply(Change *change, void *data, GError **error) {
  Edit *edit = data;
  System *after = &edit->after;
  if (!edit->before && !change_next_code(change, "HT", day_at(change->request->now_ms).year, &after->code, error))
    return FALSE;
  edit->same_rank = system_store_same_rank(change->conn, change->request->arena, after, error);
  change_about(change, "system", after->id, after->body_id, differences(edit));
  return (edit->before ? system_store_update(change->conn, after, edit->version, error)
                       : system_store_insert(change->conn, after, change->request->now_ms, error)) &&
         put_in_search(change, after, error) && emit(change, edit, error);
}

static gboolean run(Request *request, Edit *edit, Doc *answer, const char *notice, GError **error) {
  edit->version = input_int(request, "version", edit->before ? edit->before->version : 0);
  if (!request_change(request, apply, edit, error))
    return FALSE;
  doc_text(answer, KEY("id"), edit->after.id);
  doc_text(answer, KEY("code"), edit->after.code);
  request->notice = message(request->lang, notice);
  if (!edit->same_rank)
    return TRUE;
  const char *warning = arena_printf(request->arena, "%s %s.", message(request->lang, "Thứ tự ưu tiên duy trì trùng với"), edit->same_rank);
  doc_text(answer, KEY("warning"), warning);
  request->notice = arena_printf(request->arena, "%s %s", request->notice, warning);
  return TRUE;
}

/* --- input --- */

/* Not given: as it was. Given and empty: not known. */
static const char *given(const Request *request, const char *name, const char *before) {
  return input_has(request, name) ? input_text(request, name) : before;
}

static gint64 given_int(const Request *request, const char *name, gint64 before) {
  return input_has(request, name) ? input_int(request, name, 0) : before;
}

static gboolean take_operator(Request *request, System *system, GError **error) {
  const char *id = system->operator_body_id;
  StoreConn *conn = request_read(request, error);
  system->operator_body_name = NULL;
  if (!id || !conn)
    return conn != NULL;
  const Body *body = body_get(conn, request->arena, id, error);
  if (!body)
    return request_refuse_field(request, "operator", "Không có đơn vị này.", error);
  system->operator_body_name = body->name;
  system->operator_name = NULL;
  return TRUE;
}

static gboolean take_input(Request *request, System *s, GError **error) {
  const struct {
    const char *name, **text;
  } texts[] = {{"name", &s->name},
               {"purpose", &s->purpose},
               {"owner_name", &s->owner_name},
               {"operator", &s->operator_body_id},
               {"operator_name", &s->operator_name},
               {"provider_name", &s->provider_name},
               {"provider_phone", &s->provider_phone},
               {"contact_name", &s->contact_name},
               {"contact_phone", &s->contact_phone},
               {"contact_email", &s->contact_email},
               {"decision_number", &s->decision_number},
               {"decision_day", &s->decision_day},
               {"decision_issuer", &s->decision_issuer}};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    *texts[i].text = given(request, texts[i].name, *texts[i].text);
  s->level = given_int(request, "level", s->level);
  s->continuity_rank = given_int(request, "rank", s->continuity_rank);
  /* A browser sends nothing for a box that is not ticked. */
  if (request->face == FACE_WEB || input_has(request, "personal_data"))
    s->personal_data = input_bool(request, "personal_data");
  if (!s->level && (s->decision_number || s->decision_day))
    return request_refuse_field(request, "level", "Có quyết định phê duyệt thì phải chọn cấp độ.", error);
  if (s->decision_day && strcmp(s->decision_day, show_today(request)) > 0)
    return request_refuse_field(request, "decision_day", "Ngày quyết định không thể sau hôm nay.", error);
  return take_operator(request, s, error);
}

/* --- handlers --- */

gboolean system_add(Request *request, Doc *answer, GError **error) {
  char id[ID_SIZE];
  const char *body_id = input_text(request, "body") ? input_text(request, "body") : request->body_id;
  id_new(id);
  Edit edit = {.after = {.id = arena_text(request->arena, id, -1), .body_id = body_id}};
  return request_require(request, "system.write", body_id, error) && take_input(request, &edit.after, error) &&
         run(request, &edit, answer, "Đã thêm hệ thống.", error);
}

gboolean system_edit(Request *request, Doc *answer, GError **error) {
  const System *system = system_require(request, "system.write", error);
  if (!system)
    return FALSE;
  Edit edit = {.before = system, .after = *system};
  return take_input(request, &edit.after, error) && run(request, &edit, answer, "Đã lưu.", error);
}

gboolean system_retire(Request *request, Doc *answer, GError **error) {
  const System *system = system_require(request, "system.write", error);
  if (!system)
    return FALSE;
  if (system->retired_day) {
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "Hệ thống %s đã ngừng hoạt động.", system->code);
    return FALSE;
  }
  Edit edit = {.before = system, .after = *system};
  edit.after.retired_day = input_text(request, "day") ? input_text(request, "day") : show_today(request);
  edit.after.retired_reason = input_text(request, "reason");
  if (!run(request, &edit, answer, "Đã ghi ngừng hoạt động.", error))
    return FALSE;
  request->undo_path = arena_printf(request->arena, "/he-thong/%s/dung-lai", system->id);
  request->undo_token = system->id;
  return TRUE;
}

gboolean system_restore(Request *request, Doc *answer, GError **error) {
  const System *system = system_require(request, "system.write", error);
  if (!system)
    return FALSE;
  Edit edit = {.before = system, .after = *system};
  edit.after.retired_day = edit.after.retired_reason = NULL;
  return run(request, &edit, answer, "Hệ thống được dùng lại.", error);
}
