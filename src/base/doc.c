#include "base/doc.h"
#include <math.h>
#include <string.h>

Doc *doc_new(Arena *arena) {
  Doc *doc = arena_alloc(arena, sizeof *doc);
  *doc = (Doc){.type = DOC_OBJECT};
  doc->arena = arena;
  return doc;
}

static Doc *append(Doc *parent, const char *key, DocType type) {
  Doc *doc = arena_alloc(parent->arena, sizeof *doc);
  *doc = (Doc){.key = key, .type = type};
  if (parent->last)
    parent->last->next = doc;
  else
    parent->first = doc;
  parent->last = doc;
  return doc;
}

static Doc *append_container(Doc *parent, const char *key, DocType type) {
  Doc *doc = append(parent, key, type);
  doc->first = doc->last = NULL;
  doc->arena = parent->arena;
  return doc;
}

Doc *doc_object(Doc *parent, const char *key) {
  return append_container(parent, key, DOC_OBJECT);
}

Doc *doc_list(Doc *parent, const char *key) {
  return append_container(parent, key, DOC_LIST);
}

void doc_text_n(Doc *parent, const char *key, const char *text, gsize length_bytes) {
  Doc *doc = append(parent, key, text ? DOC_TEXT : DOC_NULL);
  doc->text = text;
  doc->length = length_bytes;
}

void doc_text(Doc *parent, const char *key, const char *text) {
  doc_text_n(parent, key, text, text ? strlen(text) : 0);
}

void doc_text_copy(Doc *parent, const char *key, const char *text) {
  doc_text(parent, key, arena_text(parent->arena, text, -1));
}

void doc_int(Doc *parent, const char *key, gint64 value) {
  append(parent, key, DOC_INT)->number = value;
}

void doc_real(Doc *parent, const char *key, double value) {
  append(parent, key, DOC_REAL)->real = value;
}

void doc_bool(Doc *parent, const char *key, gboolean value) {
  append(parent, key, DOC_BOOL)->number = value ? 1 : 0;
}

void doc_null(Doc *parent, const char *key) {
  append(parent, key, DOC_NULL);
}

static void copy_object(Doc *parent, const char *key, const json_t *value) {
  Doc *object = doc_object(parent, key);
  const char *name;
  json_t *child;
  json_object_foreach((json_t *)(gintptr)value, name, child) {
    doc_json(object, g_intern_string(name), child);
  }
}

static void copy_list(Doc *parent, const char *key, const json_t *value) {
  Doc *list = doc_list(parent, key);
  gsize index;
  json_t *child;
  json_array_foreach(value, index, child) {
    doc_json(list, NULL, child);
  }
}

void doc_json(Doc *parent, const char *key, const json_t *value) {
  switch (value ? json_typeof(value) : JSON_NULL) {
  case JSON_OBJECT:
    copy_object(parent, key, value);
    break;
  case JSON_ARRAY:
    copy_list(parent, key, value);
    break;
  case JSON_STRING:
    doc_text_copy(parent, key, json_string_value(value));
    break;
  case JSON_INTEGER:
    doc_int(parent, key, json_integer_value(value));
    break;
  case JSON_REAL:
    doc_real(parent, key, json_real_value(value));
    break;
  case JSON_TRUE:
  case JSON_FALSE:
    doc_bool(parent, key, json_is_true(value));
    break;
  case JSON_NULL:
    doc_null(parent, key);
    break;
  }
}

const Doc *doc_get(const Doc *object, const char *key) {
  const Doc *found = NULL;
  if (object->type == DOC_OBJECT)
    for (const Doc *child = object->first; child; child = child->next)
      if (child->key == key)
        found = child;
  return found;
}

const char *doc_get_text(const Doc *object, const char *key) {
  const Doc *found = doc_get(object, key);
  return found && found->type == DOC_TEXT ? found->text : NULL;
}

static void write_escaped(GString *out, const char *text, gsize length) {
  static const char HEX[] = "0123456789abcdef";
  gsize start = 0;
  g_string_append_c(out, '"');
  for (gsize i = 0; i < length; i++) {
    guchar c = (guchar)text[i];
    if (c >= 0x20 && c != '"' && c != '\\')
      continue;
    g_string_append_len(out, text + start, (gssize)(i - start));
    start = i + 1;
    if (c == '"' || c == '\\') {
      g_string_append_c(out, '\\');
      g_string_append_c(out, (char)c);
    } else if (c == '\n') {
      g_string_append_len(out, "\\n", 2);
    } else {
      g_string_append_len(out, "\\u00", 4);
      g_string_append_c(out, HEX[c >> 4]);
      g_string_append_c(out, HEX[c & 15]);
    }
  }
  g_string_append_len(out, text + start, (gssize)(length - start));
  g_string_append_c(out, '"');
}

static void write_int(GString *out, gint64 value) {
  char digits[24];
  char *end = digits + sizeof digits;
  char *p = end;
  guint64 rest = value < 0 ? 0 - (guint64)value : (guint64)value;
  do
    *--p = (char)('0' + rest % 10);
  while (rest /= 10);
  if (value < 0)
    *--p = '-';
  g_string_append_len(out, p, end - p);
}

static void write_indent(GString *out, int depth) {
  g_string_append_c(out, '\n');
  for (int i = 0; i < depth; i++)
    g_string_append_len(out, "  ", 2);
}

static void write_value(const Doc *doc, GString *out, int depth);

static void write_children(const Doc *doc, GString *out, int depth) {
  gboolean object = doc->type == DOC_OBJECT;
  g_string_append_c(out, object ? '{' : '[');
  for (const Doc *child = doc->first; child; child = child->next) {
    if (child != doc->first)
      g_string_append_c(out, ',');
    if (depth >= 0)
      write_indent(out, depth + 1);
    if (object) {
      write_escaped(out, child->key, strlen(child->key));
      g_string_append_c(out, ':');
      if (depth >= 0)
        g_string_append_c(out, ' ');
    }
    write_value(child, out, depth >= 0 ? depth + 1 : -1);
  }
  if (depth >= 0 && doc->first)
    write_indent(out, depth);
  g_string_append_c(out, object ? '}' : ']');
}

static void write_real(GString *out, double value) {
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  g_string_append(out, isfinite(value) ? g_ascii_dtostr(number, sizeof number, value) : "null");
}

static void write_value(const Doc *doc, GString *out, int depth) {
  switch (doc->type) {
  case DOC_NULL:
    g_string_append_len(out, "null", 4);
    break;
  case DOC_BOOL:
    g_string_append(out, doc->number ? "true" : "false");
    break;
  case DOC_INT:
    write_int(out, doc->number);
    break;
  case DOC_REAL:
    write_real(out, doc->real);
    break;
  case DOC_TEXT:
    write_escaped(out, doc->text, doc->length);
    break;
  case DOC_LIST:
  case DOC_OBJECT:
    write_children(doc, out, depth);
    break;
  }
}

void doc_write_json(const Doc *doc, GString *out, gboolean pretty) {
  write_value(doc, out, pretty ? 0 : -1);
}
