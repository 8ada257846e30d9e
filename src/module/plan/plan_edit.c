#include "module/plan/plan_edit.h"
#include "base/date.h"
#include "base/text.h"
#include <stdlib.h>
#include <string.h>

#define VALUE_BYTES 20000

const PlanEditField PLAN_EDIT_FIELDS[] = {
    {"number", "Số, ký hiệu", "/number/resolved", "Thể thức", FALSE, FALSE},
    {"day", "Ngày ban hành", "/date/iso", "Thể thức", FALSE, TRUE},
    {"place", "Nơi ban hành", "/place", "Thể thức", FALSE, FALSE},
    {"issuer", "Cơ quan ban hành", "/issuer/name", "Thể thức", FALSE, FALSE},
    {"title", "Tên kế hoạch", "/title", "Thể thức", FALSE, FALSE},
    {"period_from", "Kỳ: từ ngày", "/period/from", "Thể thức", FALSE, TRUE},
    {"period_to", "Kỳ: đến ngày", "/period/to", "Thể thức", FALSE, TRUE},
    {"signer", "Người ký", "/signer/name", "Thể thức", FALSE, FALSE},
    {"position", "Chức vụ người ký", "/signer/position", "Thể thức", FALSE, FALSE},
    {"forces", "Lực lượng tham gia", "/forces", "Lực lượng", TRUE, FALSE},
    {NULL, NULL, NULL, NULL, FALSE, FALSE},
};

json_t *plan_pointer_get(const json_t *reading, const char *pointer) {
  g_auto(GStrv) parts = g_strsplit(pointer + 1, "/", -1);
  json_t *value = (json_t *)(gintptr)reading;
  for (char **name = parts; *name && value; name++)
    value = json_is_array(value) ? json_array_get(value, strtoul(*name, NULL, 10)) : json_object_get(value, *name);
  return value;
}

static const json_t *provenance(const json_t *reading, const char *pointer) {
  return json_object_get(json_object_get(reading, "provenance"), pointer);
}

/* The value's own entry, else that of the object around it. */
static const json_t *nearest_provenance(const json_t *reading, const char *pointer) {
  g_autofree char *path = g_strdup(pointer);
  while (*path) {
    const json_t *found = provenance(reading, path);
    char *slash = strrchr(path, '/');
    if (found || !slash)
      return found;
    *slash = '\0';
  }
  return NULL;
}

static gboolean is_missing(const json_t *value) {
  return !value || json_is_null(value) || (json_is_string(value) && !json_string_length(value)) ||
         (json_is_array(value) && !json_array_size(value));
}

PlanMark plan_mark_of(const json_t *reading, const char *pointer, const json_t *value) {
  const char *certainty = json_string_value(json_object_get(nearest_provenance(reading, pointer), "certainty"));
  if (is_missing(value))
    return MARK_MISSING;
  if (g_strcmp0(certainty, "corrected") == 0)
    return MARK_CORRECTED;
  return g_strcmp0(certainty, "inferred") == 0 ? MARK_INFERRED : MARK_READ;
}

gboolean plan_lines_of(const json_t *reading, const char *pointer, int *out_from, int *out_to) {
  const json_t *found = nearest_provenance(reading, pointer);
  *out_from = (int)json_integer_value(json_object_get(found, "line_from"));
  *out_to = (int)json_integer_value(json_object_get(found, "line_to"));
  return *out_from > 0;
}

static const char *join(Arena *arena, const json_t *list, const char *separator) {
  g_autoptr(GString) text = g_string_new(NULL);
  gsize index;
  json_t *item;
  json_array_foreach(list, index, item) {
    g_string_append_printf(text, "%s%s", index ? separator : "", json_is_string(item) ? json_string_value(item) : "");
  }
  return arena_text(arena, text->str, (gssize)text->len);
}

const char *plan_edit_shown(Arena *arena, const PlanEditField *field, const json_t *value) {
  Day day;
  char text[11];
  if (json_is_array(value))
    return join(arena, value, "\n");
  if (!json_is_string(value))
    return "";
  if (field->day && date_parse_day(json_string_value(value), &day)) {
    date_write_day(text, day_start_ms(day));
    return arena_text(arena, text, -1);
  }
  return json_string_value(value);
}

/* --- taking --- */

static void mark_corrected(json_t *reading, const char *pointer) {
  json_t *all = json_object_get(reading, "provenance");
  const json_t *before = nearest_provenance(reading, pointer);
  json_t *entry = before ? json_deep_copy(before) : json_object();
  if (!all) {
    all = json_object();
    json_object_set_new(reading, "provenance", all);
  }
  json_object_set_new(entry, "certainty", json_string("corrected"));
  json_object_set_new(all, pointer, entry);
}

static void set_at(json_t *reading, const char *pointer, json_t *value) {
  g_autofree char *parent_path = g_strdup(pointer);
  char *slash = strrchr(parent_path, '/');
  const char *name = pointer + (slash - parent_path) + 1;
  *slash = '\0';
  json_t *parent = *parent_path ? plan_pointer_get(reading, parent_path) : reading;
  if (!json_is_object(parent)) {
    parent = json_object();
    json_object_set_new(reading, parent_path + 1, parent);
  }
  json_object_set_new(parent, name, value);
  mark_corrected(reading, pointer);
}

static json_t *split_lines(const char *text, const char *separators) {
  json_t *list = json_array();
  g_auto(GStrv) lines = g_strsplit_set(text, separators, -1);
  for (char **line = lines; *line; line++) {
    g_autofree char *clean = text_collapse(*line);
    if (*clean)
      json_array_append_new(list, json_string(clean));
  }
  return list;
}

static json_t *parse_value(Request *request, const PlanEditField *field, const char *raw) {
  g_autofree char *clean = text_collapse(raw);
  Day day;
  char iso[11];
  if (field->list)
    return split_lines(raw, "\n");
  if (!*clean)
    return json_null();
  if (!field->day)
    return json_string(clean);
  if (!date_parse_day(clean, &day)) {
    request_refuse_field(request, field->name, "Nhập ngày theo dạng 21/11/2026.", NULL);
    return NULL;
  }
  date_write_iso_day(iso, day_start_ms(day));
  return json_string(iso);
}

static void take_field(Request *request, const PlanEditField *field, json_t *reading) {
  const char *raw = request_raw(request, field->name);
  const json_t *before = plan_pointer_get(reading, field->pointer);
  if (!raw || strlen(raw) > VALUE_BYTES || g_strcmp0(raw, plan_edit_shown(request->arena, field, before)) == 0)
    return;
  json_t *value = parse_value(request, field, raw);
  if (value && !(is_missing(value) && is_missing(before)))
    set_at(reading, field->pointer, value);
  else
    json_decref(value);
}

/* --- tasks --- */

static const char *task_input(const Request *request, gsize index, const char *part) {
  g_autofree char *name = g_strdup_printf("duties.%" G_GSIZE_FORMAT ".%s", index, part);
  const char *raw = request_raw(request, name);
  return raw && strlen(raw) <= VALUE_BYTES ? raw : NULL;
}

static void take_task_list(Request *request, json_t *reading, json_t *task, gsize index, const char *part, const char *key) {
  const char *raw = task_input(request, index, part);
  json_t *list = raw ? split_lines(raw, "\n;") : NULL;
  if (list && !json_equal(list, json_object_get(task, key))) {
    g_autofree char *pointer = g_strdup_printf("/tasks/%" G_GSIZE_FORMAT "/%s", index, key);
    json_object_set(task, key, list);
    mark_corrected(reading, pointer);
  }
  json_decref(list);
}

static void take_task_text(Request *request, json_t *reading, json_t *task, gsize index) {
  const char *raw = task_input(request, index, "title");
  g_autofree char *clean = raw ? text_collapse(raw) : NULL;
  g_autofree char *before = text_collapse(json_string_value(json_object_get(task, "content")) ? json_string_value(json_object_get(task, "content")) : "");
  if (!clean || !*clean || strcmp(clean, before) == 0)
    return;
  g_autofree char *pointer = g_strdup_printf("/tasks/%" G_GSIZE_FORMAT "/content", index);
  json_object_set_new(task, "content", json_string(clean));
  mark_corrected(reading, pointer);
}

static void take_tasks(Request *request, json_t *reading) {
  json_t *tasks = json_object_get(reading, "tasks");
  gsize index;
  json_t *task;
  json_array_foreach(tasks, index, task) {
    take_task_text(request, reading, task, index);
    take_task_list(request, reading, task, index, "lead", "lead");
    take_task_list(request, reading, task, index, "partners", "coordinate");
    gboolean shown = task_input(request, index, "title") != NULL;
    if (shown)
      json_object_set_new(task, "dropped", json_boolean(task_input(request, index, "drop") != NULL));
  }
}

gboolean plan_edit_take(Request *request, json_t *reading, GError **error) {
  for (const PlanEditField *field = PLAN_EDIT_FIELDS; field->name; field++)
    take_field(request, field, reading);
  if (request->field_errors->len) {
    g_set_error(error, APP_ERROR, ERROR_INVALID, "%s", (const char *)g_ptr_array_index(request->field_errors, 1));
    return FALSE;
  }
  take_tasks(request, reading);
  return TRUE;
}
