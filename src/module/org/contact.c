/* Whom to call, day and night. */
#include "base/id.h"
#include "core/form.h"
#include "core/history.h"
#include "core/message.h"
#include "core/show.h"
#include "module/org/org_pages.h"
#include <string.h>

/* Changes of these are announced upward: the focal points and the people of the response. */
static gboolean is_announced(const char *kind) {
  return strcmp(kind, "provider") != 0;
}

/* --- showing --- */

static void add_state(const Contact *contact, Request *request, Doc *row) {
  if (contact->until_day)
    show_status(request, row, KEY("state"), "none", "Đã thôi");
  else if (contact->verified_ms)
    show_status(request, row, KEY("state"), "done", "Đã xác minh");
  else
    show_status(request, row, KEY("state"), "soon", "Chưa xác minh");
}

static void fill(Request *request, const Contact *contact, Doc *row) {
  Arena *arena = request->arena;
  const char *phone = *contact->phone ? contact->phone : contact->phone_after_hours;
  doc_text_copy(row, KEY("id"), contact->id);
  doc_text(row, KEY("url"), arena_printf(arena, "/dau-moi/%s", contact->id));
  doc_text(row, KEY("role"), message(request->lang, contact_kind_label(contact->kind)));
  doc_text_copy(row, KEY("name"), contact->name);
  doc_text_copy(row, KEY("title"), contact->title);
  doc_text_copy(row, KEY("body"), contact->body_name);
  doc_text_copy(row, KEY("phone"), phone);
  doc_text(row, KEY("tel"), show_tel(arena, phone));
  if (*contact->phone && *contact->phone_after_hours)
    doc_text_copy(row, KEY("after_hours"), contact->phone_after_hours);
  doc_text(row, KEY("after_tel"), show_tel(arena, contact->phone_after_hours));
  doc_text_copy(row, KEY("email"), contact->email);
  doc_text(row, KEY("from"), show_day(arena, contact->from_day));
  doc_text(row, KEY("until"), show_day(arena, contact->until_day));
  doc_text(row, KEY("verified"), show_time(arena, contact->verified_ms));
  add_state(contact, request, row);
}

gboolean contact_show(const Contact *contact, void *data) {
  ContactRows *rows = data;
  fill(rows->request, contact, doc_object(rows->list, NULL));
  rows->count++;
  return TRUE;
}

/* Printed, it is what remains when the network is down. */
gboolean contact_directory(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  ContactRows rows = {.request = request, .list = doc_list(answer, KEY("rows"))};
  if (!conn || !request_require(request, "org.read", request->body_id, error) ||
      !contact_store_below(conn, request->body_id, show_today(request), input_text(request, "kind"),
                           input_bool(request, "unverified"), contact_show, &rows, error))
    return FALSE;
  doc_text(answer, KEY("list_url"), "/don-vi");
  doc_text(answer, KEY("summary"), arena_printf(request->arena, "%d %s", rows.count, message(request->lang, "đầu mối đang hiệu lực.")));
  if (rows.count)
    return TRUE;
  Doc *empty = doc_object(answer, KEY("empty"));
  doc_text(empty, KEY("text"), message(request->lang, "Chưa có đầu mối nào. Thêm đầu mối trên trang của từng đơn vị."));
  doc_text(empty, KEY("url"), arena_printf(request->arena, "/don-vi/%s", request->body_id));
  doc_text(empty, KEY("label"), message(request->lang, "Mở trang đơn vị"));
  return TRUE;
}

/* --- one contact --- */

static const Contact *require(Request *request, const char *permission, GError **error) {
  StoreConn *conn = request_read(request, error);
  const Contact *contact = conn ? contact_store_get(conn, request->arena, input_text(request, "id"), error) : NULL;
  if (conn && !contact && !(error && *error))
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Không có đầu mối này, hoặc không thuộc phạm vi được xem.");
  return contact && request_require(request, permission, contact->body_id, error) ? contact : NULL;
}

static json_t *values_of(const Contact *c) {
  return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I}", "id", c->id, "kind", c->kind, "name", c->name, "title", c->title,
                   "phone", c->phone, "phone_after_hours", c->phone_after_hours, "email", c->email, "note", c->note, "from", c->from_day,
                   "version", (json_int_t)c->version);
}

static void add_actions(Request *request, const Contact *contact, Doc *answer) {
  Doc *buttons = doc_list(answer, KEY("buttons")), *actions = doc_list(answer, KEY("actions"));
  json_t *values = values_of(contact);
  if (contact->until_day) {
    form_add(request, buttons, NULL, "contact.resume", values, "Tiếp tục là đầu mối");
  } else {
    Doc *form = form_add(request, answer, KEY("form"), "contact.edit", values, "Lưu");
    doc_text(form, KEY("cancel"), arena_printf(request->arena, "/don-vi/%s", contact->body_id));
    form_add(request, buttons, NULL, "contact.verify", values, "Đã gọi thử, số đúng");
    form_add(request, actions, NULL, "contact.end", values, "Thôi làm đầu mối");
  }
  json_decref(values);
}

gboolean contact_view(Request *request, Doc *answer, GError **error) {
  const Contact *contact = require(request, "org.read", error);
  if (!contact)
    return FALSE;
  doc_text(answer, KEY("page_title"), contact->name);
  doc_text(answer, KEY("list_url"), "/don-vi");
  doc_text(answer, KEY("body_url"), arena_printf(request->arena, "/don-vi/%s", contact->body_id));
  doc_int(answer, KEY("version"), contact->version);
  fill(request, contact, doc_object(answer, KEY("contact")));
  if (!history_list(request, "contact", contact->id, doc_list(answer, KEY("history")), error))
    return FALSE;
  if (request->face == FACE_WEB && request_may(request, "contact.write", contact->body_id))
    add_actions(request, contact, answer);
  return TRUE;
}

/* --- changing --- */

typedef struct {
  const Contact *before; /* NULL: a new one */
  Contact after;
  gint64 version;
} Edit;

static json_t *differences(const Edit *edit) {
  const Contact none = {.kind = "", .name = "", .title = "", .phone = "", .phone_after_hours = "", .email = "", .note = "", .from_day = ""};
  const Contact *a = edit->before ? edit->before : &none, *b = &edit->after;
  const struct {
    const char *key, *old, *now;
  } pairs[] = {{"kind", a->kind, b->kind},    {"name", a->name, b->name},
               {"title", a->title, b->title}, {"phone", a->phone, b->phone},
               {"email", a->email, b->email}, {"phone_after_hours", a->phone_after_hours, b->phone_after_hours},
               {"note", a->note, b->note},    {"from", a->from_day, b->from_day},
               {"until", a->until_day, b->until_day}};
  json_t *details = json_object();
  for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++)
    if (g_strcmp0(pairs[i].old, pairs[i].now) != 0)
      json_object_set_new(details, pairs[i].key, json_pack("[s?, s?]", pairs[i].old, pairs[i].now));
  return details;
}

/* Only what others must know raises the event: not a note, not a verification. */
static gboolean emit(Change *change, const Edit *edit, const json_t *details, GError **error) {
  static const char *const TOLD[] = {"kind", "name", "title", "phone", "phone_after_hours", "email", "until"};
  gboolean told = FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS(TOLD); i++)
    told = told || json_object_get(details, TOLD[i]);
  if (!told || !is_announced(edit->after.kind))
    return TRUE;
  json_t *data = json_pack("{s:s, s:s, s:s}", "kind", edit->after.kind, "role", contact_kind_label(edit->after.kind), "name", edit->after.name);
  gboolean good = change_emit(change, "contact.changed", "contact", edit->after.id, edit->after.body_id, data, error);
  json_decref(data);
  return good;
}

static gboolean apply(Change *change, void *data, GError **error) {
  Edit *edit = data;
  json_t *details = differences(edit);
  gboolean good = (edit->before ? contact_store_update(change->conn, &edit->after, edit->version, error)
                                : contact_store_insert(change->conn, &edit->after, error)) &&
                  emit(change, edit, details, error);
  change_about(change, "contact", edit->after.id, edit->after.body_id, details);
  return good;
}

static gboolean run(Request *request, Edit *edit, Doc *answer, const char *notice, GError **error) {
  edit->version = input_int(request, "version", edit->before ? edit->before->version : 0);
  if (!request_change(request, apply, edit, error))
    return FALSE;
  doc_text(answer, KEY("contact"), edit->after.id);
  doc_text(answer, KEY("body_id"), edit->after.body_id);
  request->notice = message(request->lang, notice);
  return TRUE;
}

static const char *given(const Request *request, const char *name, const char *before) {
  const char *text = input_text(request, name);
  return text ? text : input_has(request, name) ? "" : before;
}

static gboolean take_input(Request *request, Contact *contact, GError **error) {
  contact->kind = input_text(request, "kind");
  contact->name = input_text(request, "name");
  contact->title = given(request, "title", contact->title);
  contact->phone = given(request, "phone", contact->phone);
  contact->phone_after_hours = given(request, "phone_after_hours", contact->phone_after_hours);
  contact->email = given(request, "email", contact->email);
  contact->note = given(request, "note", contact->note);
  if (input_text(request, "from"))
    contact->from_day = input_text(request, "from");
  if (!*contact->phone && !*contact->phone_after_hours && !*contact->email)
    return request_refuse_field(request, "phone", "Cần ít nhất một số điện thoại hoặc thư điện tử.", error);
  return TRUE;
}

gboolean contact_add(Request *request, Doc *answer, GError **error) {
  const OrgRow *body = org_require(request, "contact.write", error);
  char id[ID_SIZE];
  id_new(id);
  if (!body)
    return FALSE;
  Edit edit = {.after = {.id = arena_text(request->arena, id, -1), .body_id = body->id, .title = "", .phone = "", .phone_after_hours = "",
                         .email = "", .note = "", .from_day = show_today(request)}};
  if (body->closed_day) {
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "Đơn vị này đã kết thúc hoạt động.");
    return FALSE;
  }
  return take_input(request, &edit.after, error) && run(request, &edit, answer, "Đã thêm đầu mối.", error);
}

/* A number that was changed has not been verified yet. */
static gboolean same_numbers(const Contact *a, const Contact *b) {
  return strcmp(a->phone, b->phone) == 0 && strcmp(a->phone_after_hours, b->phone_after_hours) == 0 && strcmp(a->email, b->email) == 0;
}

gboolean contact_edit(Request *request, Doc *answer, GError **error) {
  const Contact *contact = require(request, "contact.write", error);
  if (!contact)
    return FALSE;
  Edit edit = {.before = contact, .after = *contact};
  if (!take_input(request, &edit.after, error))
    return FALSE;
  if (!same_numbers(contact, &edit.after))
    edit.after.verified_ms = 0;
  return run(request, &edit, answer, "Đã lưu đầu mối.", error);
}

gboolean contact_end(Request *request, Doc *answer, GError **error) {
  const Contact *contact = require(request, "contact.write", error);
  if (!contact)
    return FALSE;
  Edit edit = {.before = contact, .after = *contact};
  edit.after.until_day = input_text(request, "until") ? input_text(request, "until") : show_today(request);
  if (strcmp(edit.after.until_day, contact->from_day) < 0)
    return request_refuse_field(request, "until", "Ngày thôi trước ngày bắt đầu.", error);
  if (!run(request, &edit, answer, "Đã ghi thôi làm đầu mối.", error))
    return FALSE;
  request->undo_path = arena_printf(request->arena, "/dau-moi/%s/tiep-tuc", contact->id);
  request->undo_token = contact->id;
  return TRUE;
}

gboolean contact_resume(Request *request, Doc *answer, GError **error) {
  const Contact *contact = require(request, "contact.write", error);
  if (!contact)
    return FALSE;
  Edit edit = {.before = contact, .after = *contact};
  edit.after.until_day = NULL;
  return run(request, &edit, answer, "Đầu mối tiếp tục.", error);
}

gboolean contact_verify(Request *request, Doc *answer, GError **error) {
  const Contact *contact = require(request, "contact.write", error);
  if (!contact)
    return FALSE;
  Edit edit = {.before = contact, .after = *contact};
  edit.after.verified_ms = request->now_ms;
  return run(request, &edit, answer, "Đã ghi xác minh.", error);
}
