#include "base/yaml.h"
#include "base/error.h"
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <yaml.h>

static void set_error_at(GError **error, yaml_mark_t mark, const char *what) {
  g_set_error(error, APP_ERROR, ERROR_UNREADABLE, "dòng %zu, cột %zu: %s", mark.line + 1, mark.column + 1, what);
}

static gboolean next_event(yaml_parser_t *parser, yaml_event_t *event, GError **error) {
  if (yaml_parser_parse(parser, event))
    return TRUE;
  g_autofree char *what = g_strdup_printf("YAML không hợp lệ: %s", parser->problem ? parser->problem : "không rõ");
  set_error_at(error, parser->problem_mark, what);
  return FALSE;
}

static gboolean is_integer(const char *text) {
  text += *text == '-';
  if (!g_ascii_isdigit(*text) || (*text == '0' && text[1]))
    return FALSE;
  while (g_ascii_isdigit(*text))
    text++;
  return !*text;
}

/* What a plain scalar means; NULL with the reason where it means nothing. */
static json_t *plain_value(const char *text, gsize length, const char **out_problem) {
  if (!length || strcmp(text, "~") == 0 || strcmp(text, "null") == 0)
    return json_null();
  if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
    return json_boolean(*text == 't');
  if (!is_integer(text))
    return json_stringn(text, length);
  errno = 0;
  gint64 value = g_ascii_strtoll(text, NULL, 10);
  if (errno) {
    *out_problem = "số vượt quá 64 bit";
    return NULL;
  }
  return json_integer(value);
}

static json_t *scalar_value(const yaml_event_t *event, GError **error) {
  const char *text = (const char *)event->data.scalar.value;
  gsize length = event->data.scalar.length;
  const char *problem = "văn bản không hợp lệ";
  json_t *value = NULL;
  if (event->data.scalar.anchor || event->data.scalar.tag)
    problem = "không dùng neo (&) hoặc nhãn kiểu (!)";
  else if (memchr(text, 0, length))
    problem = "ký tự NUL trong văn bản";
  else if (event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
    value = plain_value(text, length, &problem);
  else
    value = json_stringn(text, length);
  if (!value)
    set_error_at(error, event->start_mark, problem);
  return value;
}

static json_t *read_value(yaml_parser_t *parser, const yaml_event_t *event, int depth, GError **error);

static gboolean read_items(yaml_parser_t *parser, json_t *list, int depth, GError **error) {
  for (;;) {
    yaml_event_t event;
    if (!next_event(parser, &event, error))
      return FALSE;
    gboolean end = event.type == YAML_SEQUENCE_END_EVENT;
    json_t *item = end ? NULL : read_value(parser, &event, depth, error);
    yaml_event_delete(&event);
    if (!item)
      return end;
    json_array_append_new(list, item);
  }
}

/* Reads one key; *out_key NULL at the end of the mapping. FALSE: refused. */
static gboolean read_key(yaml_parser_t *parser, const json_t *object, char **out_key, GError **error) {
  yaml_event_t event;
  *out_key = NULL;
  if (!next_event(parser, &event, error))
    return FALSE;
  const char *problem = NULL;
  if (event.type == YAML_SCALAR_EVENT) {
    const char *key = (const char *)event.data.scalar.value;
    if (event.data.scalar.anchor || event.data.scalar.tag || !*key || strcmp(key, "<<") == 0 ||
        memchr(key, 0, event.data.scalar.length))
      problem = "khóa không hợp lệ";
    else if (json_object_get(object, key))
      problem = "khóa lặp lại";
    else
      *out_key = g_strdup(key);
  } else if (event.type != YAML_MAPPING_END_EVENT) {
    problem = "khóa phải là một từ";
  }
  if (problem)
    set_error_at(error, event.start_mark, problem);
  yaml_event_delete(&event);
  return !problem;
}

static gboolean read_members(yaml_parser_t *parser, json_t *object, int depth, GError **error) {
  for (;;) {
    g_autofree char *key = NULL;
    if (!read_key(parser, object, &key, error))
      return FALSE;
    if (!key)
      return TRUE;
    yaml_event_t event;
    if (!next_event(parser, &event, error))
      return FALSE;
    json_t *value = read_value(parser, &event, depth, error);
    yaml_event_delete(&event);
    if (!value)
      return FALSE;
    json_object_set_new(object, key, value);
  }
}

static json_t *read_collection(yaml_parser_t *parser, const yaml_event_t *event, int depth, GError **error) {
  gboolean mapping = event->type == YAML_MAPPING_START_EVENT;
  const yaml_char_t *anchor = mapping ? event->data.mapping_start.anchor : event->data.sequence_start.anchor;
  const yaml_char_t *tag = mapping ? event->data.mapping_start.tag : event->data.sequence_start.tag;
  if (anchor || tag || depth >= YAML_DEPTH_MAX) {
    set_error_at(error, event->start_mark,
                 anchor || tag ? "không dùng neo (&) hoặc nhãn kiểu (!)" : "lồng nhau quá sâu");
    return NULL;
  }
  json_t *value = mapping ? json_object() : json_array();
  gboolean read = mapping ? read_members(parser, value, depth + 1, error) : read_items(parser, value, depth + 1, error);
  if (!read)
    g_clear_pointer(&value, json_decref);
  return value;
}

static json_t *read_value(yaml_parser_t *parser, const yaml_event_t *event, int depth, GError **error) {
  if (event->type == YAML_SCALAR_EVENT)
    return scalar_value(event, error);
  if (event->type == YAML_MAPPING_START_EVENT || event->type == YAML_SEQUENCE_START_EVENT)
    return read_collection(parser, event, depth, error);
  set_error_at(error, event->start_mark, event->type == YAML_ALIAS_EVENT ? "không dùng bí danh (*)" : "thiếu giá trị");
  return NULL;
}

static gboolean expect_event(yaml_parser_t *parser, yaml_event_type_t type, const char *otherwise, GError **error) {
  yaml_event_t event;
  if (!next_event(parser, &event, error))
    return FALSE;
  gboolean directives = event.type == YAML_DOCUMENT_START_EVENT && (event.data.document_start.version_directive ||
                                                                    event.data.document_start.tag_directives.start !=
                                                                        event.data.document_start.tag_directives.end);
  gboolean expected = event.type == type && !directives;
  if (!expected)
    set_error_at(error, event.start_mark, directives ? "không dùng chỉ thị %" : otherwise);
  yaml_event_delete(&event);
  return expected;
}

static json_t *read_document(yaml_parser_t *parser, GError **error) {
  if (!expect_event(parser, YAML_STREAM_START_EVENT, "không phải YAML", error) ||
      !expect_event(parser, YAML_DOCUMENT_START_EVENT, "tệp trống", error))
    return NULL;
  yaml_event_t event;
  if (!next_event(parser, &event, error))
    return NULL;
  json_t *value = read_value(parser, &event, 0, error);
  yaml_event_delete(&event);
  if (value && (!expect_event(parser, YAML_DOCUMENT_END_EVENT, "thừa nội dung", error) ||
                !expect_event(parser, YAML_STREAM_END_EVENT, "chỉ một tài liệu trong một tệp", error)))
    g_clear_pointer(&value, json_decref);
  return value;
}

json_t *yaml_load(const char *bytes, gsize length, GError **error) {
  if (length > YAML_SIZE_MAX) {
    g_set_error(error, APP_ERROR, ERROR_TOO_LARGE, "tệp lớn hơn %d MiB", YAML_SIZE_MAX / (1024 * 1024));
    return NULL;
  }
  const char *bad = NULL;
  if (!g_utf8_validate_len(bytes, length, &bad)) {
    g_set_error(error, APP_ERROR, ERROR_UNREADABLE, "không phải UTF-8 (byte thứ %td)", bad - bytes + 1);
    return NULL;
  }
  yaml_parser_t parser;
  if (!yaml_parser_initialize(&parser)) {
    g_set_error(error, APP_ERROR, ERROR_FAILED, "thiếu bộ nhớ");
    return NULL;
  }
  yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&parser, (const unsigned char *)bytes, length);
  json_t *value = read_document(&parser, error);
  yaml_parser_delete(&parser);
  return value;
}

json_t *yaml_load_file(const char *path, GError **error) {
  GStatBuf info;
  g_autofree char *bytes = NULL;
  gsize length = 0;
  g_autoptr(GError) problem = NULL;
  if (g_stat(path, &info) != 0) {
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "%s: %s", path, g_strerror(errno));
    return NULL;
  }
  if (info.st_size > YAML_SIZE_MAX) {
    g_set_error(error, APP_ERROR, ERROR_TOO_LARGE, "%s: tệp lớn hơn %d MiB", path, YAML_SIZE_MAX / (1024 * 1024));
    return NULL;
  }
  if (!g_file_get_contents(path, &bytes, &length, &problem)) {
    g_set_error(error, APP_ERROR, ERROR_UNREADABLE, "%s: %s", path, problem->message);
    return NULL;
  }
  json_t *value = yaml_load(bytes, length, error);
  if (!value)
    g_prefix_error(error, "%s: ", path);
  return value;
}
