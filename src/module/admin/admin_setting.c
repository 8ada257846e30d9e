/* The page of settings: rows of all modules; what only ungcuu.conf can change is shown beside. */
#include "core/body.h"
#include "core/form.h"
#include "core/message.h"
#include "core/setting.h"
#include "core/setting_page.h"
#include "module/admin/admin_pages.h"
#include <string.h>

#define EACH_SETTING(app, row)                                                                                         \
  for (const Module *const *module_ = (app)->modules; *module_; module_++)                                             \
    for (const SettingRow *row = (*module_)->settings; row && row->key; row++)

static const char *shown_value(Request *request, const SettingRow *row) {
  const char *value = setting_text(request->app, request->arena, row->key);
  if (row->type == FIELD_SECRET)
    return *value ? "••••••" : "";
  if (row->type == FIELD_BOOL)
    return message(request->lang, strcmp(value, "1") == 0 ? "có" : "không");
  return value;
}

static void add_row(Request *request, const SettingRow *setting, Doc *list) {
  Doc *row = doc_object(list, NULL);
  doc_text(row, KEY("key"), setting->key);
  doc_text(row, KEY("label"), message(request->lang, setting->label));
  doc_text(row, KEY("value"), shown_value(request, setting));
  doc_text(row, KEY("help"), setting->help ? message(request->lang, setting->help) : NULL);
  doc_bool(row, KEY("on_page"), setting->on_page);
}

/* [mail] smtp_url: where it stands in ungcuu.conf. */
static const char *place_in_file(Arena *arena, const char *key) {
  const char *dot = strchr(key, '.');
  return arena_printf(arena, "[%.*s] %s", (int)(dot - key), key, dot + 1);
}

static void add_file_rows(Request *request, Doc *answer) {
  Doc *group = doc_object(doc_list(answer, KEY("groups")), NULL);
  doc_text(group, KEY("title"), message(request->lang, "Chỉ đổi được trong ungcuu.conf"));
  Doc *rows = doc_list(group, KEY("rows"));
  EACH_SETTING(request->app, setting) {
    if (setting->on_page)
      continue;
    const char *place = place_in_file(request->arena, setting->key);
    Doc *row = doc_object(rows, NULL);
    const char *value = shown_value(request, setting);
    doc_text(row, KEY("label"), message(request->lang, setting->label));
    doc_text(row, KEY("value"), *value ? value : "–");
    doc_text(row, KEY("help"),
             setting->help ? arena_printf(request->arena, "%s · %s", place, message(request->lang, setting->help)) : place);
  }
}

/* One form with a field for each setting of the page; the rows of the table stand in for fields of an operation. */
static void add_form(Request *request, Doc *answer) {
  Doc *form = form_add(request, answer, KEY("form"), "setting.save", NULL, "Lưu");
  EACH_SETTING(request->app, setting) {
    if (!setting->on_page)
      continue;
    const Field field = {setting->key, setting->type, setting->label, setting->type == FIELD_INT, .help = setting->help};
    form_field(request, form, "setting.save", &field, setting_text(request->app, request->arena, setting->key));
  }
}

/* Who looks after one body comes here for its people. */
static gboolean show_only_tabs(Request *request, Doc *answer) {
  setting_tabs(request, answer);
  doc_text(doc_object(answer, KEY("empty")), KEY("text"),
           message(request->lang, "Cài đặt chung thuộc quản trị của cơ quan đứng đầu hệ thống. Các mục trên dùng được cho đơn vị này."));
  return TRUE;
}

gboolean setting_list(Request *request, Doc *answer, GError **error) {
  gboolean page = request->face == FACE_WEB;
  if (!body_require_top(request, "admin.read", page ? NULL : error))
    return page && show_only_tabs(request, answer);
  Doc *rows = doc_list(answer, KEY("rows"));
  EACH_SETTING(request->app, setting)
    add_row(request, setting, rows);
  if (!page)
    return TRUE;
  setting_tabs(request, answer);
  add_file_rows(request, answer);
  if (body_require_top(request, "admin.write", NULL))
    add_form(request, answer);
  return TRUE;
}

/* --- changing --- */

static const char *raw_value(Request *request, const SettingRow *setting) {
  const char *raw = request_raw(request, setting->key);
  if (setting->type == FIELD_BOOL)
    return raw && *raw ? "1" : "0";
  return raw;
}

static gboolean save_one(Request *request, const SettingRow *setting, int *count, GError **error) {
  const char *value = raw_value(request, setting);
  g_autoptr(GError) refused = NULL;
  gboolean kept = !value || (setting->type == FIELD_SECRET && !*value) ||
                  strcmp(value, setting_text(request->app, request->arena, setting->key)) == 0;
  if (kept)
    return TRUE;
  if (setting_change(request, setting->key, value, &refused)) {
    ++*count;
    return TRUE;
  }
  return request_refuse_field(request, setting->key, refused->message, error);
}

gboolean setting_save(Request *request, Doc *answer, GError **error) {
  int count = 0;
  if (!body_require_top(request, "admin.write", error))
    return FALSE;
  EACH_SETTING(request->app, setting)
    if (setting->on_page && !save_one(request, setting, &count, error))
      return FALSE;
  doc_int(answer, KEY("changed"), count);
  request->notice = message(request->lang, "Đã lưu cài đặt.");
  return TRUE;
}

gboolean setting_set(Request *request, Doc *answer, GError **error) {
  const char *key = input_text(request, "key"), *value = input_text(request, "value");
  if (!body_require_top(request, "admin.write", error) || !setting_change(request, key, value ? value : "", error))
    return FALSE;
  doc_text(answer, KEY("key"), key);
  doc_text(answer, KEY("value"), shown_value(request, setting_find(request->app, key)));
  return TRUE;
}
