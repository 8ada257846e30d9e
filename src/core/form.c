#include "core/form.h"
#include "base/date.h"
#include "core/message.h"
#include <string.h>

static const char *const KINDS[] = {
    [FIELD_TEXT] = "text", [FIELD_LONG_TEXT] = "textarea", [FIELD_INT] = "number",     [FIELD_DAY] = "date",
    [FIELD_TIME] = "time", [FIELD_BOOL] = "checkbox",      [FIELD_CHOICE] = "select",  [FIELD_ID] = "text",
    [FIELD_IDS] = "ids",   [FIELD_EMAIL] = "email",        [FIELD_PHONE] = "tel",      [FIELD_SECRET] = "password",
    [FIELD_FILE] = "file", [FIELD_JSON] = "textarea",
};

static gboolean is_refused(const Request *request, const char *operation) {
  return request->failed && strcmp(request->failed->operation->name, operation) == 0;
}

const char *form_refused_value(const Request *request, const char *operation, const char *field) {
  return is_refused(request, operation) ? request_raw(request->failed, field) : NULL;
}

static const char *refused_message(const Request *request, const char *operation, const char *field) {
  if (!is_refused(request, operation))
    return NULL;
  const GPtrArray *errors = request->failed->field_errors;
  for (guint i = 0; i + 1 < errors->len; i += 2)
    if (strcmp(g_ptr_array_index(errors, i), field) == 0)
      return g_ptr_array_index(errors, i + 1);
  return NULL;
}

/* ISO days are shown as people write them. */
static const char *shown(Arena *arena, const Field *field, const char *value) {
  Day day;
  char text[17];
  if (!value)
    return "";
  if (field->type == FIELD_DAY && date_parse_day(value, &day)) {
    date_write_day(text, day_start_ms(day));
    return arena_text(arena, text, -1);
  }
  if (field->type == FIELD_TIME && *value && strspn(value, "0123456789") == strlen(value)) {
    date_write_time(text, g_ascii_strtoll(value, NULL, 10));
    return arena_text(arena, text, -1);
  }
  return arena_text(arena, value, -1);
}

static const char *json_as_text(Arena *arena, const json_t *value) {
  if (json_is_string(value))
    return json_string_value(value);
  if (json_is_integer(value))
    return arena_printf(arena, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
  return json_is_true(value) ? "1" : NULL;
}

static void add_options(Request *request, Doc *row, const Field *field, const char *value) {
  Doc *options = doc_list(row, KEY("options"));
  for (const Choice *choice = field->choices; choice && choice->value; choice++) {
    Doc *option = doc_object(options, NULL);
    doc_text(option, KEY("value"), choice->value);
    doc_text(option, KEY("label"), message(request->lang, choice->label));
    doc_bool(option, KEY("selected"), g_strcmp0(choice->value, value) == 0);
  }
}

/* Somebody else saved another value meanwhile: it is offered beside what was typed. */
static void add_stored(Request *request, Doc *row, const char *operation, const Field *field, const char *typed, const char *present) {
  if (!is_refused(request, operation) || field->hidden || field->type == FIELD_ID)
    return;
  if (field->type == FIELD_IDS) { /* its options say the rest: form_option() */
    doc_bool(row, KEY("compare"), request->failed->conflict);
    Doc *kept = doc_list(row, KEY("typed"));
    g_auto(GStrv) all = request_raw_all(request->failed, field->name);
    for (char **one = all; *one; one++)
      doc_text_copy(kept, NULL, *one);
  }
  if (!request->failed->conflict)
    return;
  Doc *stored = doc_list(row, KEY("stored"));
  if (field->type == FIELD_IDS || field->type == FIELD_BOOL || !present || !typed ||
      strcmp(shown(request->arena, field, typed), shown(request->arena, field, present)) == 0)
    return;
  Doc *one = doc_object(stored, NULL);
  doc_text(one, KEY("value"), arena_text(request->arena, present, -1));
  doc_bool(row, KEY("differs"), TRUE);
  if (field->type != FIELD_CHOICE)
    doc_text(one, KEY("label"), shown(request->arena, field, present));
  for (const Choice *choice = field->choices; choice && choice->value; choice++)
    if (strcmp(choice->value, present) == 0)
      doc_text(one, KEY("label"), message(request->lang, choice->label));
}

/* What was typed; a page sends nothing for a box that is not ticked. */
static const char *typed_value(const Request *request, const char *operation, const Field *field) {
  const char *value = form_refused_value(request, operation, field->name);
  return !value && field->type == FIELD_BOOL && is_refused(request, operation) ? "0" : value;
}

static void add_field(Request *request, Doc *list, const char *operation, const Field *field, const char *present) {
  const char *refused = typed_value(request, operation, field);
  const char *value = refused ? refused : present;
  Doc *row = doc_object(list, NULL);
  doc_text(row, KEY("name"), field->name);
  doc_text(row, KEY("label"), message(request->lang, field->label));
  doc_text(row, KEY("kind"), KINDS[field->type]);
  doc_bool(row, g_intern_string(KINDS[field->type]), TRUE);
  doc_bool(row, KEY("hidden"), field->hidden || field->type == FIELD_ID);
  doc_bool(row, KEY("required"), field->required);
  doc_text(row, KEY("help"), field->help ? message(request->lang, field->help) : NULL);
  doc_text(row, KEY("error"), refused_message(request, operation, field->name));
  if (field->type == FIELD_SECRET || field->type == FIELD_FILE)
    return;
  doc_text(row, KEY("value"), shown(request->arena, field, value));
  doc_bool(row, KEY("checked"), field->type == FIELD_BOOL && value && *value && strcmp(value, "0") != 0);
  add_options(request, row, field, value);
  add_stored(request, row, operation, field, refused, present);
}

/* "/nhiem-vu/{id}/giao" with the values of {…}; a field in the path is not in the form. */
static const char *fill_path(Arena *arena, const char *pattern, const json_t *values) {
  g_autoptr(GString) path = g_string_new(NULL);
  for (const char *p = pattern; *p;) {
    const char *end = *p == '{' ? strchr(p, '}') : NULL;
    if (!end) {
      g_string_append_c(path, *p++);
      continue;
    }
    g_autofree char *name = g_strndup(p + 1, (gsize)(end - p - 1));
    const char *value = json_as_text(arena, json_object_get(values, name));
    g_string_append_uri_escaped(path, value ? value : "", NULL, FALSE);
    p = end + 1;
  }
  return arena_text(arena, path->str, (gssize)path->len);
}

/* The records that a form is about are not asked for again: they go into its address. */
static gboolean is_fixed(const Field *field, const json_t *values) {
  return field->type == FIELD_IDS && json_is_string(json_object_get(values, field->name));
}

static const char *action_of(Arena *arena, const Operation *operation, const json_t *values) {
  const char *action = fill_path(arena, operation->path, values);
  for (const Field *field = operation->fields; field && field->name; field++)
    if (is_fixed(field, values))
      return arena_printf(arena, "%s?%s=%s", action, field->name, json_string_value(json_object_get(values, field->name)));
  return action;
}

static gboolean in_path(const char *path, const char *name) {
  g_autofree char *mark = g_strdup_printf("{%s}", name);
  return strstr(path, mark) != NULL;
}

Doc *form_add(Request *request, Doc *parent, const char *key, const char *name, const json_t *values, const char *submit) {
  const Operation *operation = app_find_operation(request->app, name);
  g_assert(operation != NULL);
  Doc *form = doc_object(parent, key);
  doc_text(form, KEY("operation"), operation->name);
  doc_text(form, KEY("action"), action_of(request->arena, operation, values));
  doc_text(form, KEY("submit"), message(request->lang, submit));
  doc_bool(form, KEY("refused"), is_refused(request, operation->name));
  Doc *fields = doc_list(form, KEY("fields"));
  gboolean file = FALSE;
  for (const Field *field = operation->fields; field && field->name; field++) {
    if (in_path(operation->path, field->name) || is_fixed(field, values))
      continue;
    file = file || field->type == FIELD_FILE;
    add_field(request, fields, operation->name, field, json_as_text(request->arena, json_object_get(values, field->name)));
  }
  doc_bool(form, KEY("multipart"), file);
  if (operation->versioned && json_object_get(values, "version"))
    doc_json(form, KEY("version"), json_object_get(values, "version"));
  return form;
}

void form_field(Request *request, Doc *form, const char *operation, const Field *field, const char *value) {
  add_field(request, (Doc *)(gintptr)doc_get(form, KEY("fields")), operation, field, value);
}

static gboolean holds(const Doc *list, const char *value) {
  for (const Doc *one = list->first; one; one = one->next)
    if (strcmp(one->text, value) == 0)
      return TRUE;
  return FALSE;
}

/* One of several: what was typed goes before what is stored. */
static gboolean is_chosen(Doc *row, const char *value, const char *label, gboolean stored) {
  const Doc *typed = doc_get(row, KEY("typed")), *compare = doc_get(row, KEY("compare"));
  if (!typed)
    return stored;
  gboolean chosen = holds(typed, value);
  if (compare && compare->number && stored) {
    Doc *one = doc_object((Doc *)(gintptr)doc_get(row, KEY("stored")), NULL);
    doc_text_copy(one, KEY("value"), value);
    doc_text_copy(one, KEY("label"), label);
  }
  if (compare && compare->number && stored != chosen && !doc_get(row, KEY("differs")))
    doc_bool(row, KEY("differs"), TRUE);
  return chosen;
}

static void name_stored(Doc *row, const char *value, const char *label) {
  const Doc *stored = doc_get(row, KEY("stored"));
  Doc *one = stored ? stored->first : NULL;
  if (one && !doc_get(one, KEY("label")) && g_strcmp0(doc_get_text(one, KEY("value")), value) == 0)
    doc_text_copy(one, KEY("label"), label);
}

void form_option(Doc *form, const char *field, const char *value, const char *label, gboolean selected) {
  const Doc *fields = doc_get(form, KEY("fields"));
  for (Doc *row = fields ? fields->first : NULL; row; row = row->next) {
    if (g_strcmp0(doc_get_text(row, KEY("name")), field) != 0)
      continue;
    Doc *options = (Doc *)(gintptr)doc_get(row, KEY("options"));
    const char *value_now = doc_get_text(row, KEY("value"));
    if (!options)
      options = doc_list(row, KEY("options"));
    Doc *option = doc_object(options, NULL);
    doc_text_copy(option, KEY("value"), value);
    doc_text_copy(option, KEY("label"), label);
    gboolean single = value_now && g_strcmp0(value_now, value) == 0;
    doc_bool(option, KEY("selected"), doc_get(row, KEY("typed")) ? is_chosen(row, value, label, selected) : selected || single);
    name_stored(row, value, label);
  }
}

void form_suggest(Doc *form, const char *field, const char *value, const char *label) {
  const Doc *fields = doc_get(form, KEY("fields"));
  for (Doc *row = fields ? fields->first : NULL; row; row = row->next)
    if (g_strcmp0(doc_get_text(row, KEY("name")), field) == 0 && !doc_get(row, KEY("suggest")))
      doc_bool(row, KEY("suggest"), TRUE);
  form_option(form, field, value, label, FALSE);
}
