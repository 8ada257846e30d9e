#include "base/date.h"
#include "base/id.h"
#include "core/message.h"
#include "core/show.h"
#include "module/shift/shift_store.h"
#include <string.h>

/* --- changing a shift --- */

typedef struct {
  const Shift *before; /* NULL: a new one */
  Shift after;
  gint64 version;
} Edit;

static json_t *differences(Request *request, const Edit *edit) {
  const Shift none = {.name = "", .phone = "", .email = "", .note = ""};
  const Shift *a = edit->before ? edit->before : &none, *b = &edit->after;
  const struct {
    const char *key, *old, *now;
  } pairs[] = {{"name", a->name, b->name},     {"phone", a->phone, b->phone}, {"email", a->email, b->email}, {"note", a->note, b->note},
               {"from", show_time(request->arena, a->from_ms), show_time(request->arena, b->from_ms)},
               {"until", show_time(request->arena, a->until_ms), show_time(request->arena, b->until_ms)},
               {"ended", show_time(request->arena, a->ended_ms), show_time(request->arena, b->ended_ms)}};
  json_t *details = json_object();
  for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++)
    if (g_strcmp0(pairs[i].old, pairs[i].now) != 0)
      json_object_set_new(details, pairs[i].key, json_pack("[s?, s?]", pairs[i].old, pairs[i].now));
  if (!a->weekly != !b->weekly)
    json_object_set_new(details, "weekly", json_pack("[b, b]", a->weekly, b->weekly));
  return details;
}

static gboolean apply(Change *change, void *data, GError **error) {
  const Edit *edit = data;
  change_about(change, "shift", edit->after.id, edit->after.body_id, differences(change->request, edit));
  return edit->before ? shift_store_update(change->conn, &edit->after, edit->version, error)
                      : shift_store_insert(change->conn, &edit->after, change->request->now_ms, error);
}

static gboolean run(Request *request, Edit *edit, Doc *answer, const char *notice, GError **error) {
  edit->version = input_int(request, "version", edit->before ? edit->before->version : 0);
  if (!request_change(request, apply, edit, error))
    return FALSE;
  doc_text(answer, KEY("id"), edit->after.id);
  request->notice = message(request->lang, notice);
  return TRUE;
}

static const char *given(const Request *request, const char *name, const char *before) {
  const char *text = input_text(request, name);
  return text ? text : input_has(request, name) ? "" : before;
}

static gboolean take_input(Request *request, Shift *shift, GError **error) {
  shift->name = input_text(request, "name");
  shift->phone = input_text(request, "phone");
  shift->email = given(request, "email", shift->email);
  shift->note = given(request, "note", shift->note);
  shift->from_ms = input_int(request, "from", 0);
  shift->until_ms = input_int(request, "until", 0);
  shift->weekly = input_bool(request, "weekly");
  if (shift->until_ms <= shift->from_ms)
    return request_refuse_field(request, "until", "Giờ hết ca phải sau giờ vào ca.", error);
  return shift->until_ms - shift->from_ms <= WEEK_MS || request_refuse_field(request, "until", "Một ca dài nhất bảy ngày.", error);
}

gboolean shift_add(Request *request, Doc *answer, GError **error) {
  char id[ID_SIZE];
  id_new(id);
  Edit edit = {.after = {.id = arena_text(request->arena, id, -1), .body_id = request->body_id, .email = "", .note = ""}};
  return request_require(request, "shift.write", request->body_id, error) && take_input(request, &edit.after, error) &&
         run(request, &edit, answer, "Đã thêm ca trực.", error);
}

const Shift *shift_require(Request *request, const char *permission, GError **error) {
  StoreConn *conn = request_read(request, error);
  const Shift *shift = conn ? shift_store_get(conn, request->arena, input_text(request, "id"), error) : NULL;
  if (!shift && conn && (!error || !*error))
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Không có ca trực này, hoặc không thuộc phạm vi được xem.");
  return shift && request_require(request, permission, shift->body_id, error) ? shift : NULL;
}

gboolean shift_edit(Request *request, Doc *answer, GError **error) {
  const Shift *shift = shift_require(request, "shift.write", error);
  if (!shift)
    return FALSE;
  Edit edit = {.before = shift, .after = *shift};
  return take_input(request, &edit.after, error) && run(request, &edit, answer, "Đã lưu ca trực.", error);
}

static gboolean set_ended(Request *request, Doc *answer, gint64 ended_ms, const char *notice, GError **error) {
  const Shift *shift = shift_require(request, "shift.write", error);
  if (!shift)
    return FALSE;
  Edit edit = {.before = shift, .after = *shift};
  edit.after.ended_ms = ended_ms;
  if (!run(request, &edit, answer, notice, error))
    return FALSE;
  if (ended_ms) {
    request->undo_path = arena_printf(request->arena, "/ca-truc/%s/tiep-tuc", shift->id);
    request->undo_token = shift->id;
  }
  return TRUE;
}

gboolean shift_end(Request *request, Doc *answer, GError **error) {
  return set_ended(request, answer, request->now_ms, "Đã thôi ca trực.", error);
}

gboolean shift_resume(Request *request, Doc *answer, GError **error) {
  return set_ended(request, answer, 0, "Ca trực tiếp tục.", error);
}

/* --- handing over --- */

static gboolean put_handover(Change *change, void *data, GError **error) {
  const Handover *handover = data;
  char id[ID_SIZE];
  id_new(id);
  change_about(change, "handover", id, change->request->body_id, json_pack("{s:s}", "to", handover->to_name));
  return shift_store_add_handover(change, id, handover, error);
}

gboolean shift_handover(Request *request, Doc *answer, GError **error) {
  Handover handover = {request->user ? request->user->name : "", given(request, "to", ""), input_text(request, "text"), request->now_ms};
  if (!request_require(request, "shift.handover", request->body_id, error) || !request_change(request, put_handover, &handover, error))
    return FALSE;
  doc_text(answer, KEY("at"), show_time(request->arena, request->now_ms));
  request->notice = message(request->lang, "Đã ghi bàn giao ca.");
  return TRUE;
}

/* --- the table --- */

#define SHIFT_FIELDS                                                                                                   \
  {"name", FIELD_TEXT, "Người trực", TRUE, 2, 200}, {"phone", FIELD_PHONE, "Số điện thoại trực", TRUE},                \
      {"from", FIELD_TIME, "Vào ca", TRUE}, {"until", FIELD_TIME, "Hết ca", TRUE},                                     \
      {"weekly", FIELD_BOOL, "Lặp lại hằng tuần"}, {"email", FIELD_EMAIL, "Thư điện tử"},                              \
      {"note", FIELD_TEXT, "Ghi chú", FALSE, 0, 500}
static const Field ADD_FIELDS[] = {SHIFT_FIELDS, {NULL}};
static const Field EDIT_FIELDS[] = {{"id", FIELD_ID, "Ca trực", TRUE}, SHIFT_FIELDS, {"version", FIELD_INT, "Phiên bản đang xem", .hidden = TRUE}, {NULL}};
static const Field ID_FIELDS[] = {{"id", FIELD_ID, "Ca trực", TRUE}, {NULL}};
static const Field HANDOVER_FIELDS[] = {{"text", FIELD_LONG_TEXT, "Việc đang dở, điều ca sau cần biết", TRUE, 3, 5000},
                                        {"to", FIELD_TEXT, "Người nhận ca", FALSE, 0, 200}, {NULL}};

static const Operation OPERATIONS[] = {
    {"shift.list", "GET", "/ca-truc", "shift.read", "Ca trực bảy ngày tới, ai đang trực", shift_list, NULL, .page = "shift/list.html",
     .columns = "rows:day,from,until,name,phone"},
    {"shift.add", "POST", "/ca-truc/them", "shift.write", "Thêm một ca trực", shift_add, ADD_FIELDS, .after = "/ca-truc"},
    {"shift.handover", "POST", "/ca-truc/ban-giao", "shift.handover", "Ghi bàn giao ca", shift_handover, HANDOVER_FIELDS, .after = "/ca-truc"},
    {"shift.view", "GET", "/ca-truc/{id}", "shift.read", "Xem một ca trực", shift_view, ID_FIELDS, .page = "shift/view.html", .versioned = TRUE},
    {"shift.edit", "POST", "/ca-truc/{id}/sua", "shift.write", "Sửa một ca trực", shift_edit, EDIT_FIELDS, .after = "/ca-truc", .versioned = TRUE},
    {"shift.end", "POST", "/ca-truc/{id}/thoi", "shift.write", "Thôi một ca trực", shift_end, ID_FIELDS, .after = "/ca-truc"},
    {"shift.resume", "POST", "/ca-truc/{id}/tiep-tuc", "shift.write", "Tiếp tục một ca trực đã thôi", shift_resume, ID_FIELDS, .after = "/ca-truc"},
};

static const PermissionRow PERMISSIONS[] = {
    {"shift.read", ROLES_ALL, "Xem ca trực"},
    {"shift.write", ROLE_ADMIN | ROLE_LEADER | ROLE_OFFICER | ROLE_DISPATCHER, "Lập ca trực"},
    {"shift.handover", ROLES_ALL & ~ROLE_VIEWER, "Ghi bàn giao ca"},
    {NULL},
};

static const char *link_of(Arena *arena, const char *type, const char *id) {
  return strcmp(type, "shift") == 0 ? arena_printf(arena, "/ca-truc/%s", id) : NULL;
}

const Module shift_module = {
    .name = "shift",
    .operations = OPERATIONS(OPERATIONS),
    .permissions = PERMISSIONS,
    .link = link_of,
};
