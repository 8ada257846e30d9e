#include "face/openapi.h"
#include <string.h>

static const struct {
  const char *type, *format;
} JSON_TYPES[] = {
    [FIELD_TEXT] = {"string", NULL},        [FIELD_LONG_TEXT] = {"string", NULL}, [FIELD_INT] = {"integer", "int64"},
    [FIELD_DAY] = {"string", "date"},       [FIELD_TIME] = {"string", "date-time"}, [FIELD_BOOL] = {"boolean", NULL},
    [FIELD_CHOICE] = {"string", NULL},      [FIELD_ID] = {"string", NULL},        [FIELD_IDS] = {"array", NULL},
    [FIELD_EMAIL] = {"string", "email"},    [FIELD_PHONE] = {"string", NULL},     [FIELD_SECRET] = {"string", "password"},
    [FIELD_FILE] = {"string", "binary"},    [FIELD_JSON] = {"object", NULL},
};

static void fill_schema(Doc *schema, const Field *field) {
  doc_text(schema, KEY("type"), JSON_TYPES[field->type].type);
  if (JSON_TYPES[field->type].format)
    doc_text(schema, KEY("format"), JSON_TYPES[field->type].format);
  if (field->type == FIELD_IDS)
    doc_text(doc_object(schema, KEY("items")), KEY("type"), "string");
  if (field->type == FIELD_INT && (field->least || field->most)) {
    doc_int(schema, KEY("minimum"), field->least);
    doc_int(schema, KEY("maximum"), field->most);
  }
  if (field->choices) {
    Doc *values = doc_list(schema, KEY("enum"));
    for (const Choice *choice = field->choices; choice->value; choice++)
      doc_text(values, NULL, choice->value);
  }
}

static gboolean in_path(const Operation *operation, const char *name) {
  g_autofree char *mark = g_strdup_printf("{%s}", name);
  return strstr(operation->path, mark) != NULL;
}

static void add_parameter(Doc *list, const Operation *operation, const Field *field) {
  Doc *parameter = doc_object(list, NULL);
  gboolean path = in_path(operation, field->name);
  doc_text(parameter, KEY("name"), field->name);
  doc_text(parameter, KEY("in"), path ? "path" : "query");
  doc_bool(parameter, KEY("required"), path || field->required);
  doc_text(parameter, KEY("description"), field->label);
  fill_schema(doc_object(parameter, KEY("schema")), field);
}

static void add_property(Doc *properties, Doc *required, const Field *field) {
  Doc *holder = doc_object(properties, g_intern_string(field->name));
  doc_text(holder, KEY("description"), field->label);
  fill_schema(holder, field);
  if (field->required)
    doc_text(required, NULL, field->name);
}

static gboolean takes_file(const Operation *operation) {
  for (const Field *field = operation->fields; field && field->name; field++)
    if (field->type == FIELD_FILE)
      return TRUE;
  return FALSE;
}

static void add_body(Doc *row, const Operation *operation) {
  const char *type = takes_file(operation) ? "multipart/form-data" : "application/json";
  Doc *content = doc_object(doc_object(row, KEY("requestBody")), KEY("content"));
  Doc *schema = doc_object(doc_object(content, g_intern_string(type)), KEY("schema"));
  doc_text(schema, KEY("type"), "object");
  Doc *properties = doc_object(schema, KEY("properties"));
  Doc *required = doc_list(schema, KEY("required"));
  for (const Field *field = operation->fields; field && field->name; field++)
    if (!in_path(operation, field->name))
      add_property(properties, required, field);
}

static void add_answers(Doc *row, const Operation *operation) {
  Doc *answers = doc_object(row, KEY("responses"));
  Doc *good = doc_object(answers, KEY("200"));
  doc_text(good, KEY("description"), operation->summary);
  Doc *content = doc_object(good, KEY("content"));
  Doc *media = doc_object(content, operation->gives == GIVES_FILE ? KEY("application/octet-stream") : KEY("application/json"));
  doc_text(doc_object(media, KEY("schema")), KEY("type"), operation->gives == GIVES_FILE ? "string" : "object");
  Doc *bad = doc_object(answers, KEY("default"));
  doc_text(bad, KEY("description"), "RFC 9457");
  Doc *problem = doc_object(doc_object(bad, KEY("content")), KEY("application/problem+json"));
  doc_text(doc_object(problem, KEY("schema")), KEY("$ref"), "#/components/schemas/Problem");
}

static void add_operation(Doc *path, const Operation *operation) {
  gboolean post = strcmp(operation->method, "POST") == 0;
  Doc *row = doc_object(path, post ? KEY("post") : KEY("get"));
  doc_text(row, KEY("operationId"), operation->name);
  doc_text(row, KEY("summary"), operation->summary);
  doc_text(row, KEY("x-permission"), operation->permission);
  Doc *parameters = doc_list(row, KEY("parameters"));
  for (const Field *field = operation->fields; field && field->name; field++)
    if (!post || in_path(operation, field->name))
      add_parameter(parameters, operation, field);
  if (post)
    add_body(row, operation);
  add_answers(row, operation);
}

static void add_components(Doc *root) {
  Doc *components = doc_object(root, KEY("components"));
  Doc *problem = doc_object(doc_object(components, KEY("schemas")), KEY("Problem"));
  doc_text(problem, KEY("type"), "object");
  Doc *properties = doc_object(problem, KEY("properties"));
  static const char *const TEXTS[] = {"type", "title", "detail", "code"};
  for (gsize i = 0; i < G_N_ELEMENTS(TEXTS); i++)
    doc_text(doc_object(properties, g_intern_static_string(TEXTS[i])), KEY("type"), "string");
  doc_text(doc_object(properties, KEY("status")), KEY("type"), "integer");
  Doc *scheme = doc_object(doc_object(components, KEY("securitySchemes")), KEY("token"));
  doc_text(scheme, KEY("type"), "http");
  doc_text(scheme, KEY("scheme"), "bearer");
  doc_list(doc_object(doc_list(root, KEY("security")), NULL), KEY("token"));
}

GString *openapi_text(const App *app, Arena *arena) {
  Doc *root = doc_new(arena);
  GString *text = g_string_sized_new(64 * 1024);
  doc_text(root, KEY("openapi"), "3.1.0");
  Doc *info = doc_object(root, KEY("info"));
  doc_text(info, KEY("title"), "Ứng Cứu");
  doc_text(info, KEY("version"), UNGCUU_VERSION);
  doc_text(doc_object(doc_list(root, KEY("servers")), NULL), KEY("url"), "/api");
  Doc *paths = doc_object(root, KEY("paths"));
  for (const Module *const *module = app->modules; *module; module++)
    for (gsize i = 0; i < (*module)->operations.count; i++) {
      const Operation *operation = &(*module)->operations.rows[i];
      if (!operation->path || (operation->faces && !(operation->faces & FACE_API)))
        continue;
      const char *key = g_intern_string(operation->path);
      Doc *path = (Doc *)(gintptr)doc_get(paths, key);
      add_operation(path ? path : doc_object(paths, key), operation);
    }
  add_components(root);
  doc_write_json(root, text, FALSE);
  return text;
}
