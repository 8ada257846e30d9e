#include "core/input.h"
#include "base/date.h"
#include "base/text.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MOST 1000
#define LONG_TEXT_MOST 20000
#define LIST_MOST 1000
#define FILE_NAME_BYTES_MOST 200
#define FILE_ENDING_BYTES_MOST 16

typedef struct {
  GPtrArray *raw;     /* char * as it came */
  GPtrArray *checked; /* char *, NULL-terminated once checked */
  json_t *json;
} Value;

struct RequestInput {
  GHashTable *values; /* name -> Value */
  GPtrArray *files;   /* InputFile */
};

static void value_free(gpointer data) {
  Value *value = data;
  g_ptr_array_unref(value->raw);
  if (value->checked)
    g_ptr_array_unref(value->checked);
  json_decref(value->json);
  g_free(value);
}

RequestInput *request_input_new(void) {
  RequestInput *input = g_new0(RequestInput, 1);
  input->values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, value_free);
  input->files = g_ptr_array_new();
  return input;
}

void request_input_free(RequestInput *input) {
  if (!input)
    return;
  g_hash_table_unref(input->values);
  g_ptr_array_unref(input->files);
  g_free(input);
}

static Value *value_of(const Request *request, const char *name) {
  return g_hash_table_lookup(request->input->values, name);
}

static Value *value_make(Request *request, const char *name) {
  Value *value = value_of(request, name);
  if (!value) {
    value = g_new0(Value, 1);
    value->raw = g_ptr_array_new_with_free_func(g_free);
    g_hash_table_insert(request->input->values, g_strdup(name), value);
  }
  return value;
}

gboolean request_put(Request *request, const char *name, const char *text, GError **error) {
  g_autofree char *clean = text_clean(text, strlen(text), error);
  if (!clean)
    return FALSE;
  Value *value = value_make(request, name);
  if (value->raw->len < LIST_MOST)
    g_ptr_array_add(value->raw, g_steal_pointer(&clean));
  return TRUE;
}

static void put_json_value(Request *request, const char *name, json_t *json) {
  Value *value = value_make(request, name);
  gsize index;
  json_t *item;
  switch (json_typeof(json)) {
  case JSON_STRING:
    g_ptr_array_add(value->raw, text_clean(json_string_value(json), json_string_length(json), NULL));
    break;
  case JSON_INTEGER:
    g_ptr_array_add(value->raw, g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(json)));
    break;
  case JSON_TRUE:
  case JSON_FALSE:
    g_ptr_array_add(value->raw, g_strdup(json_is_true(json) ? "1" : "0"));
    break;
  case JSON_ARRAY:
    json_array_foreach(json, index, item) {
      if (json_is_string(item) && value->raw->len < LIST_MOST)
        g_ptr_array_add(value->raw, text_clean(json_string_value(item), json_string_length(item), NULL));
    }
    break;
  case JSON_OBJECT:
  case JSON_REAL:
  case JSON_NULL:
    break;
  }
  json_decref(value->json);
  value->json = json_incref(json);
}

void request_put_json(Request *request, json_t *object) {
  const char *name;
  json_t *json;
  json_object_foreach(object, name, json) {
    put_json_value(request, name, json);
  }
  json_decref(object);
}

/* Cut between characters, before the ending, which programs go by. */
static const char *shorten_file_name(Arena *arena, const char *name) {
  const char *end = strrchr(name, '.');
  gsize end_bytes = end && end != name && strlen(end) <= FILE_ENDING_BYTES_MOST ? strlen(end) : 0;
  gsize length = strlen(name);
  if (length <= FILE_NAME_BYTES_MOST)
    return arena_text(arena, name, (gssize)length);
  gsize kept = FILE_NAME_BYTES_MOST - end_bytes;
  while (kept && ((guchar)name[kept] & 0xC0) == 0x80)
    kept--;
  return arena_printf(arena, "%.*s%s", (int)kept, name, name + length - end_bytes);
}

/* Marks of writing direction make "exe.gpj" look like "jpg.exe". */
static gboolean is_direction_mark(gunichar c) {
  return (c >= 0x200E && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x061C;
}

const char *input_clean_file_name(Arena *arena, const char *name) {
  const char *base = name;
  for (const char *p = name; *p; p++)
    base = *p == '/' || *p == '\\' ? p + 1 : base;
  g_autofree char *valid = g_utf8_make_valid(base, -1), *plain = text_clean(valid, strlen(valid), NULL);
  g_autoptr(GString) clean = g_string_new(NULL);
  for (const char *p = plain; *p; p = g_utf8_next_char(p)) {
    gunichar c = g_utf8_get_char(p);
    if (!is_direction_mark(c))
      g_string_append_unichar(clean, c < 0x80 && strchr("\r\n\t\f<>:\"|?*", (int)c) ? '_' : c);
  }
  g_autofree char *whole = text_collapse(clean->str);
  return whole[strspn(whole, ". ")] ? shorten_file_name(arena, whole) : "tep";
}

void request_put_file(Request *request, const char *field, const char *name, const char *path, gint64 size_bytes) {
  InputFile *file = arena_alloc(request->arena, sizeof *file);
  *file = (InputFile){arena_text(request->arena, field, -1), input_clean_file_name(request->arena, name),
                      arena_text(request->arena, path, -1), size_bytes};
  g_ptr_array_add(request->input->files, file);
}

const char *request_raw(const Request *request, const char *name) {
  const Value *value = value_of(request, name);
  return value && value->raw->len ? g_ptr_array_index(value->raw, 0) : NULL;
}

char **request_raw_all(const Request *request, const char *name) {
  const Value *value = value_of(request, name);
  g_autoptr(GStrvBuilder) all = g_strv_builder_new();
  for (guint i = 0; value && i < value->raw->len; i++)
    g_strv_builder_add(all, g_ptr_array_index(value->raw, i));
  return g_strv_builder_end(all);
}

gboolean request_raw_has(const Request *request, const char *name, const char *text) {
  const Value *value = value_of(request, name);
  for (guint i = 0; value && i < value->raw->len; i++)
    if (g_strcmp0(g_ptr_array_index(value->raw, i), text) == 0)
      return TRUE;
  return FALSE;
}

const char *input_text(const Request *request, const char *name) {
  const Value *value = value_of(request, name);
  return value && value->checked && value->checked->len > 1 ? g_ptr_array_index(value->checked, 0) : NULL;
}

gint64 input_int(const Request *request, const char *name, gint64 absent) {
  const char *text = input_text(request, name);
  return text ? g_ascii_strtoll(text, NULL, 10) : absent;
}

gboolean input_bool(const Request *request, const char *name) {
  return g_strcmp0(input_text(request, name), "1") == 0;
}

const char *const *input_list(const Request *request, const char *name) {
  static const char *const EMPTY[] = {NULL};
  const Value *value = value_of(request, name);
  return value && value->checked ? (const char *const *)value->checked->pdata : EMPTY;
}

const InputFile *input_file(const Request *request, const char *name) {
  for (guint i = 0; i < request->input->files->len; i++) {
    const InputFile *file = g_ptr_array_index(request->input->files, i);
    if (strcmp(file->field, name) == 0)
      return file;
  }
  return NULL;
}

const json_t *input_json(const Request *request, const char *name) {
  const Value *value = value_of(request, name);
  return value ? value->json : NULL;
}

gboolean input_has(const Request *request, const char *name) {
  return value_of(request, name) != NULL || input_file(request, name) != NULL;
}

gboolean request_refuse_field(Request *request, const char *field, const char *message, GError **error) {
  g_ptr_array_add(request->field_errors, arena_text(request->arena, field, -1));
  g_ptr_array_add(request->field_errors, arena_text(request->arena, message, -1));
  if (error && !*error)
    g_set_error_literal(error, APP_ERROR, ERROR_INVALID, message);
  return FALSE;
}

static gboolean refuse(Request *request, const Field *field, const char *message) {
  return request_refuse_field(request, field->name, message, NULL);
}

/* --- one checker a type: NULL after refusing, else the checked text --- */

typedef char *(*Checker)(Request *request, const Field *field, const char *raw, Value *value);

static char *check_length(Request *request, const Field *field, char *text, gint64 most_default) {
  gint64 most = field->most ? field->most : most_default;
  glong length = g_utf8_strlen(text, -1);
  if (length > most) {
    refuse(request, field, arena_printf(request->arena, "%s dài quá %d ký tự.", field->label, (int)most));
  } else if (length && length < field->least) {
    refuse(request, field, arena_printf(request->arena, "%s cần ít nhất %d ký tự.", field->label, (int)field->least));
  } else {
    return text;
  }
  g_free(text);
  return NULL;
}

static char *check_text(Request *request, const Field *field, const char *raw, Value *value) {
  (void)value;
  return check_length(request, field, text_collapse(raw), TEXT_MOST);
}

static char *check_long_text(Request *request, const Field *field, const char *raw, Value *value) {
  (void)value;
  return check_length(request, field, g_strstrip(g_strdup(raw)), LONG_TEXT_MOST);
}

static char *check_secret(Request *request, const Field *field, const char *raw, Value *value) {
  (void)value;
  return check_length(request, field, g_strdup(raw), TEXT_MOST);
}

static char *check_int(Request *request, const Field *field, const char *raw, Value *value) {
  (void)value;
  g_autofree char *text = text_collapse(raw);
  gint64 number;
  gint64 least = field->least || field->most ? field->least : G_MININT64;
  gint64 most = field->least || field->most ? field->most : G_MAXINT64;
  if (!*text)
    return g_strdup("");
  if (!g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &number, NULL)) {
    refuse(request, field, arena_printf(request->arena, "%s phải là số nguyên.", field->label));
    return NULL;
  }
  if (number < least || number > most) {
    refuse(request, field,
           arena_printf(request->arena, "%s phải từ %" G_GINT64_FORMAT " đến %" G_GINT64_FORMAT ".", field->label, least,
                        most));
    return NULL;
  }
  return g_strdup_printf("%" G_GINT64_FORMAT, number);
}

static char *check_day(Request *request, const Field *field, const char *raw, Value *value) {
  (void)value;
  g_autofree char *text = text_collapse(raw);
  Day day;
  if (!*text)
    return g_strdup("");
  if (!date_parse_day(text, &day)) {
    refuse(request, field, arena_printf(request->arena, "%s: nhập ngày theo dạng 21/11/2026.", field->label));
    return NULL;
  }
  return g_strdup_printf("%04d-%02d-%02d", day.year, day.month, day.day);
}

static char *check_time(Request *request, const Field *field, const char *raw, Value *value) {
  (void)value;
  g_autofree char *text = text_collapse(raw);
  gint64 ms;
  if (!*text)
    return g_strdup("");
  if (!date_parse_time(text, &ms)) {
    refuse(request, field, arena_printf(request->arena, "%s: nhập giờ và ngày theo dạng 14:35 21/11/2026.", field->label));
    return NULL;
  }
  return g_strdup_printf("%" G_GINT64_FORMAT, ms);
}

static char *check_bool(Request *request, const Field *field, const char *raw, Value *value) {
  (void)request, (void)field, (void)value;
  static const char *const NO[] = {"", "0", "false", "no", "không", NULL};
  return g_strdup(g_strv_contains(NO, raw) ? "0" : "1");
}

static char *check_id(Request *request, const Field *field, const char *raw, Value *value) {
  (void)value;
  gsize length = strlen(raw);
  for (const char *p = raw; *p; p++)
    if (!g_ascii_isalnum(*p) && !strchr("-_.:", *p))
      length = 1000;
  if (length <= 128)
    return g_strdup(raw);
  refuse(request, field, arena_printf(request->arena, "%s không phải là một mã.", field->label));
  return NULL;
}

static char *check_choice(Request *request, const Field *field, const char *raw, Value *value) {
  if (!*raw)
    return g_strdup("");
  if (!field->choices) /* the choices are records: the handler looks them up */
    return check_id(request, field, raw, value);
  for (const Choice *choice = field->choices; choice && choice->value; choice++)
    if (strcmp(choice->value, raw) == 0)
      return g_strdup(raw);
  refuse(request, field, arena_printf(request->arena, "%s: “%.40s” không có trong danh sách.", field->label, raw));
  return NULL;
}

static char *check_email(Request *request, const Field *field, const char *raw, Value *value) {
  (void)value;
  g_autofree char *text = text_collapse(raw);
  const char *at = strchr(text, '@');
  gboolean good = at && at > text && strchr(at, '.') && !strchr(at + 1, '@') && !strpbrk(text, " ,;<>\"");
  if (!*text || (good && strlen(text) <= 254))
    return g_steal_pointer(&text);
  refuse(request, field, arena_printf(request->arena, "%s không phải là địa chỉ thư điện tử.", field->label));
  return NULL;
}

static char *check_phone(Request *request, const Field *field, const char *raw, Value *value) {
  (void)value;
  g_autofree char *text = text_collapse(raw);
  int digits = 0;
  for (const char *p = text; *p; p++) {
    digits += g_ascii_isdigit(*p);
    if (!g_ascii_isdigit(*p) && !strchr("+ .()-/x,;", *p))
      digits = -1000;
  }
  if (!*text || (digits >= 3 && digits <= 40))
    return g_steal_pointer(&text);
  refuse(request, field, arena_printf(request->arena, "%s chỉ gồm chữ số và các dấu + . - ( ).", field->label));
  return NULL;
}

static char *check_json(Request *request, const Field *field, const char *raw, Value *value) {
  if (!value->json && *raw)
    value->json = json_loads(raw, JSON_REJECT_DUPLICATES, NULL);
  if (value->json)
    return g_strdup(raw);
  refuse(request, field, arena_printf(request->arena, "%s không phải JSON hợp lệ.", field->label));
  return NULL;
}

static const Checker CHECKERS[] = {
    [FIELD_TEXT] = check_text,   [FIELD_LONG_TEXT] = check_long_text,
    [FIELD_INT] = check_int,     [FIELD_DAY] = check_day,
    [FIELD_TIME] = check_time,   [FIELD_BOOL] = check_bool,
    [FIELD_CHOICE] = check_choice, [FIELD_ID] = check_id,
    [FIELD_IDS] = check_id,      [FIELD_EMAIL] = check_email,
    [FIELD_PHONE] = check_phone, [FIELD_SECRET] = check_secret,
    [FIELD_FILE] = check_text,   [FIELD_JSON] = check_json,
};

static void check_values(Request *request, const Field *field, Value *value) {
  guint count = field->type == FIELD_IDS ? value->raw->len : MIN(value->raw->len, 1);
  value->checked = g_ptr_array_new_with_free_func(g_free);
  if (field->type == FIELD_JSON && value->json && !value->raw->len)
    g_ptr_array_add(value->raw, g_strdup("")), count = 1;
  for (guint i = 0; i < count; i++) {
    const char *raw = g_ptr_array_index(value->raw, i);
    char *good = CHECKERS[field->type](request, field, raw ? raw : "", value);
    if (good && (*good || field->type == FIELD_JSON))
      g_ptr_array_add(value->checked, good);
    else
      g_free(good);
  }
  g_ptr_array_add(value->checked, NULL);
}

static gboolean is_empty(const Request *request, const Field *field) {
  if (field->type == FIELD_FILE)
    return !input_file(request, field->name);
  return !input_text(request, field->name);
}

/* After a conflict: where the stored value was chosen ("_use"), it takes the place of what was typed. See core/form.h. */
static void take_stored(Request *request, const Field *field) {
  g_autofree char *name = g_strconcat("_stored.", field->name, NULL);
  const Value *stored = value_of(request, name);
  if (!request_raw_has(request, "_use", field->name))
    return;
  Value *value = value_make(request, field->name);
  g_ptr_array_set_size(value->raw, 0);
  for (guint i = 0; stored && i < stored->raw->len; i++)
    g_ptr_array_add(value->raw, g_strdup(g_ptr_array_index(stored->raw, i)));
}

gboolean request_check_input(Request *request, GError **error) {
  for (const Field *field = request->operation->fields; request->face == FACE_WEB && field && field->name; field++)
    take_stored(request, field);
  for (const Field *field = request->operation->fields; field && field->name; field++) {
    guint before = request->field_errors->len;
    Value *value = value_of(request, field->name);
    if (value)
      check_values(request, field, value);
    if (field->required && request->field_errors->len == before && is_empty(request, field))
      refuse(request, field, arena_printf(request->arena, "Chưa nhập: %s.", field->label));
  }
  if (!request->field_errors->len)
    return TRUE;
  g_set_error(error, APP_ERROR, ERROR_INVALID, "%s", (const char *)g_ptr_array_index(request->field_errors, 1));
  return FALSE;
}
