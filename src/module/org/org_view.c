/* The page of one body, and the forms about it. */
#include "core/form.h"
#include "core/history.h"
#include "core/message.h"
#include "core/show.h"
#include "module/org/org_pages.h"
#include <string.h>

/* The name of the body above is known to all; its page opens only for those who may see it. */
static gboolean add_parent(Request *request, StoreConn *conn, const OrgRow *body, Doc *shown, GError **error) {
  const Body *parent = body->parent_id ? body_get(conn, request->arena, body->parent_id, error) : NULL;
  if (!parent)
    return body->parent_id == NULL;
  Doc *row = doc_object(shown, KEY("parent"));
  doc_text(row, KEY("name"), parent->name);
  if (request_may(request, "org.read", parent->id))
    doc_text(row, KEY("url"), arena_printf(request->arena, "/don-vi/%s", parent->id));
  return TRUE;
}

static gboolean add_names(Request *request, StoreConn *conn, const OrgRow *body, Doc *answer, GError **error) {
  g_autoptr(GPtrArray) names = org_store_names(conn, request->arena, body->id, error);
  Doc *list = doc_list(answer, KEY("names")), *aliases = doc_list(answer, KEY("aliases"));
  const char *until = NULL; /* the day before the next name began */
  for (guint i = 0; names && i < names->len; i++) {
    const OrgName *name = g_ptr_array_index(names, i);
    Doc *row = doc_object(name->alias ? aliases : list, NULL);
    doc_text(row, KEY("name"), name->name);
    doc_text(row, KEY("basis"), name->basis);
    if (name->alias)
      continue;
    doc_text(row, KEY("from"), *name->from_day ? show_day(request->arena, name->from_day) : message(request->lang, "không rõ"));
    doc_text(row, KEY("before"), until);
    until = *name->from_day ? show_day(request->arena, name->from_day) : NULL;
  }
  doc_bool(answer, KEY("with_aliases"), aliases->first != NULL);
  return names != NULL;
}

static gboolean add_children(Request *request, StoreConn *conn, const OrgRow *body, Doc *answer, GError **error) {
  g_autoptr(GPtrArray) below = org_store_below(conn, request->arena, body->id, error);
  Doc *list = doc_list(answer, KEY("children"));
  for (guint i = 0; below && i < below->len; i++) {
    const OrgRow *child = g_ptr_array_index(below, i);
    if (child->depth != 1)
      continue;
    Doc *row = doc_object(list, NULL);
    doc_text(row, KEY("id"), child->id);
    doc_text(row, KEY("title"), child->name);
    doc_text(row, KEY("url"), arena_printf(request->arena, "/don-vi/%s", child->id));
    if (child->closed_day)
      show_status(request, row, KEY("state"), "none", "Đã kết thúc hoạt động");
    else if (!app_fill_body_row(request, child->id, row, error))
      return FALSE;
  }
  return below != NULL;
}

static gboolean add_contacts(Request *request, StoreConn *conn, const OrgRow *body, Doc *answer, GError **error) {
  ContactRows rows = {.request = request, .list = doc_list(answer, KEY("contacts"))};
  return contact_store_of_body(conn, body->id, contact_show, &rows, error);
}

static void add_note(Request *request, const OrgRow *body, Doc *shown) {
  const char *late = doc_get_text(shown, KEY("late_since"));
  if (!late || body->closed_day)
    return;
  Doc *note = doc_object(shown, KEY("note"));
  doc_text(note, KEY("class"), "late");
  doc_text(note, KEY("text"), arena_printf(request->arena, "%s %s.", message(request->lang, "Có việc quá hạn"), late));
}

static gboolean add_facts(Request *request, StoreConn *conn, const OrgRow *body, Doc *answer, GError **error) {
  Doc *shown = doc_object(answer, KEY("org"));
  doc_text(shown, KEY("id"), body->id);
  doc_text(shown, KEY("title"), body->name);
  doc_text(shown, KEY("short_name"), body->short_name);
  doc_text(shown, KEY("kind"), message(request->lang, org_kind_label(body->kind)));
  doc_text(shown, KEY("place"), body->place);
  doc_text(shown, KEY("closed"), show_day(request->arena, body->closed_day));
  if (!add_parent(request, conn, body, shown, error) || !app_fill_body_row(request, body->id, shown, error))
    return FALSE;
  add_note(request, body, shown);
  if (request_may(request, "org.write", body->id))
    doc_text(shown, KEY("edit_url"), arena_printf(request->arena, "/don-vi/%s/sua", body->id));
  return TRUE;
}

/* --- what can be done --- */

static const struct {
  const char *operation, *submit, *permission;
  gboolean closed; /* only for what has ended, else only for what has not */
} OFFERS[] = {
    {"contact.add", "Thêm đầu mối",           "contact.write", FALSE},
    {"org.rename",  "Đổi tên từ ngày",        "org.write",     FALSE},
    {"org.alias",   "Thêm tên gọi khác",      "org.write",     FALSE},
    {"org.close",   "Kết thúc hoạt động",     "org.write",     FALSE},
    {"org.reopen",  "Hoạt động trở lại",      "org.write",     TRUE },
};

static void add_actions(Request *request, const OrgRow *body, Doc *answer) {
  Doc *buttons = doc_list(answer, KEY("buttons")), *actions = doc_list(answer, KEY("actions"));
  json_t *values = json_pack("{s:s, s:I, s:s}", "id", body->id, "version", (json_int_t)body->version, "from", show_today(request));
  for (gsize i = 0; i < G_N_ELEMENTS(OFFERS); i++)
    if (OFFERS[i].closed == (body->closed_day != NULL) && request_may(request, OFFERS[i].permission, body->id))
      form_add(request, OFFERS[i].closed ? buttons : actions, NULL, OFFERS[i].operation, values, OFFERS[i].submit);
  json_decref(values);
  if (!body->closed_day && request_may(request, "org.write", body->id))
    doc_text(answer, KEY("add_url"), arena_printf(request->arena, "/don-vi/moi?parent=%s", body->id));
}

gboolean org_view(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  const OrgRow *body = conn ? org_require(request, "org.read", error) : NULL;
  if (!body)
    return FALSE;
  doc_text(answer, KEY("page_title"), body->name);
  doc_text(answer, KEY("list_url"), "/don-vi");
  doc_int(answer, KEY("version"), body->version);
  if (!add_facts(request, conn, body, answer, error) || !add_names(request, conn, body, answer, error) ||
      !add_contacts(request, conn, body, answer, error) || !add_children(request, conn, body, answer, error) ||
      !app_add_beside(request, "body", body->id, answer, error) ||
      !history_list(request, "body", body->id, doc_list(answer, KEY("history")), error))
    return FALSE;
  if (request->face == FACE_WEB)
    add_actions(request, body, answer);
  return TRUE;
}

/* --- forms --- */

static gboolean add_parent_choices(Request *request, StoreConn *conn, Doc *form, const char *chosen, GError **error) {
  g_autoptr(GPtrArray) below = org_store_below(conn, request->arena, request->body_id, error);
  for (guint i = 0; below && i < below->len; i++) {
    const OrgRow *row = g_ptr_array_index(below, i);
    if (!row->closed_day)
      form_option(form, "parent", row->id, row->name, strcmp(row->id, chosen) == 0);
  }
  return below != NULL;
}

gboolean org_new_form(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  const char *parent = input_text(request, "parent") ? input_text(request, "parent") : request->body_id;
  if (!conn || !request_require(request, "org.write", parent, error))
    return FALSE;
  doc_text(answer, KEY("list_url"), "/don-vi");
  doc_text(answer, KEY("title"), message(request->lang, "Thêm đơn vị"));
  doc_text(answer, KEY("text"), message(request->lang, "Tên và loại là bắt buộc; đầu mối thêm sau trên trang của đơn vị."));
  json_t *values = json_pack("{s:s}", "parent", parent);
  Doc *form = form_add(request, answer, KEY("form"), "org.add", values, "Lưu");
  json_decref(values);
  doc_text(form, KEY("cancel"), "/don-vi");
  return add_parent_choices(request, conn, form, parent, error);
}

gboolean org_edit_form(Request *request, Doc *answer, GError **error) {
  const OrgRow *body = org_require(request, "org.write", error);
  if (!body)
    return FALSE;
  doc_text(answer, KEY("page_title"), body->name);
  doc_text(answer, KEY("list_url"), "/don-vi");
  doc_text(answer, KEY("title"), body->name);
  doc_text(answer, KEY("text"), message(request->lang, "Đổi tên: dùng Đổi tên từ ngày trên trang của đơn vị, tên cũ được giữ lại."));
  json_t *values = json_pack("{s:s, s:s, s:s, s:s, s:I}", "id", body->id, "kind", body->kind, "short_name", body->short_name, "place",
                             body->place, "version", (json_int_t)body->version);
  Doc *form = form_add(request, answer, KEY("form"), "org.edit", values, "Lưu");
  json_decref(values);
  doc_text(form, KEY("cancel"), arena_printf(request->arena, "/don-vi/%s", body->id));
  return TRUE;
}
