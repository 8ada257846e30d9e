/* What people change about bodies. */
#include "core/message.h"
#include "core/show.h"
#include "module/org/org_pages.h"
#include <string.h>

const OrgRow *org_require(Request *request, const char *permission, GError **error) {
  const char *id = input_text(request, "id");
  StoreConn *conn = request_read(request, error);
  if (!conn || !request_require(request, permission, id ? id : "", error))
    return NULL;
  return org_store_get(conn, request->arena, id, error);
}

static const char *text_or(const Request *request, const char *name, const char *absent) {
  const char *text = input_text(request, name);
  return text ? text : absent;
}

/* --- adding --- */

typedef struct {
  Body body;
  const char *id;
} Addition;

static gboolean insert(Change *change, void *data, GError **error) {
  Addition *addition = data;
  const Request *request = change->request;
  const char *same = NULL;
  if (!org_find_unit(change->conn, request->arena, addition->body.parent_id, addition->body.name, &same, error))
    return FALSE;
  const OrgRow *found = same ? org_store_get(change->conn, request->arena, same, error) : NULL;
  if (found && !found->closed_day && g_strcmp0(found->parent_id, addition->body.parent_id) == 0)
    return request_refuse_field(change->request, "name", "Đã có đơn vị mang tên này.", error);
  return org_insert_body(change, &addition->body, text_or(request, "from", ""), text_or(request, "basis", ""), &addition->id, error);
}

gboolean org_add(Request *request, Doc *answer, GError **error) {
  const char *parent = text_or(request, "parent", request->body_id);
  Addition addition = {.body = {.parent_id = parent, .kind = input_text(request, "kind"), .name = input_text(request, "name"),
                                .short_name = input_text(request, "short_name"), .place = input_text(request, "place")}};
  if (!request_require(request, "org.write", parent, error) || !request_change(request, insert, &addition, error))
    return FALSE;
  doc_text(answer, KEY("id"), addition.id);
  request->notice = message(request->lang, "Đã thêm đơn vị.");
  return TRUE;
}

/* --- changing --- */

typedef struct {
  const OrgRow *before;
  OrgRow after;
  const OrgName *name; /* NULL: names stay */
  gint64 version;
  json_t *details;
} Edit;

static gboolean apply(Change *change, void *data, GError **error) {
  Edit *edit = data;
  change_about(change, "body", edit->before->id, edit->before->id, json_incref(edit->details));
  return org_store_update(change->conn, &edit->after, edit->version, error) &&
         (!edit->name || (org_store_add_name(change->conn, edit->before->id, edit->name, error) &&
                          (edit->name->alias || org_store_take_name(change->conn, edit->before->id, show_today(change->request), error)))) &&
         org_index_body(change, edit->before->id, error);
}

static gboolean run(Request *request, Edit *edit, Doc *answer, const char *notice, GError **error) {
  edit->version = input_int(request, "version", edit->before->version);
  gboolean good = request_change(request, apply, edit, error);
  json_decref(edit->details);
  if (!good)
    return FALSE;
  doc_text(answer, KEY("id"), edit->before->id);
  request->notice = message(request->lang, notice);
  return TRUE;
}

gboolean org_edit(Request *request, Doc *answer, GError **error) {
  const OrgRow *body = org_require(request, "org.write", error);
  if (!body)
    return FALSE;
  Edit edit = {.before = body, .after = *body};
  edit.after.kind = text_or(request, "kind", body->kind);
  edit.after.short_name = text_or(request, "short_name", input_has(request, "short_name") ? body->name : body->short_name);
  edit.after.place = text_or(request, "place", input_has(request, "place") ? "" : body->place);
  edit.details = json_pack("{s:[ss], s:[ss], s:[ss]}", "kind", body->kind, edit.after.kind, "short_name", body->short_name,
                           edit.after.short_name, "place", body->place, edit.after.place);
  return run(request, &edit, answer, "Đã lưu.", error);
}

gboolean org_rename(Request *request, Doc *answer, GError **error) {
  const OrgRow *body = org_require(request, "org.write", error);
  if (!body)
    return FALSE;
  OrgName name = {.name = input_text(request, "name"), .from_day = input_text(request, "from"), .basis = text_or(request, "basis", "")};
  Edit edit = {.before = body, .after = *body, .name = &name};
  if (strcmp(name.name, body->name) == 0)
    return request_refuse_field(request, "name", "Tên mới giống tên đang dùng.", error);
  edit.details = json_pack("{s:[ss], s:s, s:s}", "name", body->name, name.name, "from", name.from_day, "basis", name.basis);
  gboolean later = strcmp(name.from_day, show_today(request)) > 0;
  return run(request, &edit, answer, later ? "Đã ghi tên mới; tên đổi khi đến ngày." : "Đã đổi tên; tên cũ được giữ lại.", error);
}

gboolean org_alias(Request *request, Doc *answer, GError **error) {
  const OrgRow *body = org_require(request, "org.write", error);
  if (!body)
    return FALSE;
  OrgName alias = {.name = input_text(request, "name"), .from_day = "", .basis = "", .alias = TRUE};
  Edit edit = {.before = body, .after = *body, .name = &alias, .details = json_pack("{s:s}", "name", alias.name)};
  return run(request, &edit, answer, "Đã thêm tên gọi khác.", error);
}

gboolean org_close(Request *request, Doc *answer, GError **error) {
  const OrgRow *body = org_require(request, "org.write", error);
  gboolean children = FALSE;
  if (!body || !org_store_has_open_children(request_read(request, error), body->id, &children, error))
    return FALSE;
  if (body->closed_day || children || strcmp(body->id, request->body_id) == 0) {
    g_set_error_literal(error, APP_ERROR, ERROR_REFUSED,
                        body->closed_day ? "Đơn vị này đã kết thúc hoạt động."
                        : children       ? "Còn đơn vị trực thuộc đang hoạt động; kết thúc hoặc chuyển các đơn vị đó trước."
                                         : "Không thể kết thúc đơn vị đang làm việc; cấp trên làm việc này.");
    return FALSE;
  }
  Edit edit = {.before = body, .after = *body};
  edit.after.closed_day = input_text(request, "day");
  edit.details = json_pack("{s:s}", "day", edit.after.closed_day);
  if (!run(request, &edit, answer, "Đã ghi kết thúc hoạt động.", error))
    return FALSE;
  request->undo_path = arena_printf(request->arena, "/don-vi/%s/mo-lai", body->id);
  request->undo_token = body->id;
  return TRUE;
}

gboolean org_reopen(Request *request, Doc *answer, GError **error) {
  const OrgRow *body = org_require(request, "org.write", error);
  if (!body)
    return FALSE;
  if (!body->closed_day) {
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "Đơn vị này đang hoạt động.");
    return FALSE;
  }
  Edit edit = {.before = body, .after = *body, .details = json_object()};
  edit.after.closed_day = NULL;
  return run(request, &edit, answer, "Đơn vị hoạt động trở lại.", error);
}

/* --- names whose day has come --- */

static gboolean take_names(Change *change, void *data, GError **error) {
  const GPtrArray *ids = data;
  for (guint i = 0; i < ids->len; i++) {
    const char *id = g_ptr_array_index(ids, i);
    change_about(change, "body", id, id, NULL);
    if (!org_store_take_name(change->conn, id, show_today(change->request), error) || !org_index_body(change, id, error))
      return FALSE;
  }
  return TRUE;
}

gboolean org_take_names(App *app, const json_t *payload, GError **error) {
  g_autoptr(Arena) arena = arena_new();
  g_autoptr(Request) request = request_new_for_job(app, arena, "org.take_names");
  StoreConn *conn = request_read(request, error);
  (void)payload;
  g_autoptr(GPtrArray) ids = conn ? org_store_to_rename(conn, arena, show_today(request), error) : NULL;
  return ids && (!ids->len || request_change(request, take_names, ids, error));
}
