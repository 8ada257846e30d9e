#include "lib/scan/tree.h"
#include "lib/scan/arena.h"
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <yaml.h>

typedef struct {
  TreeNode *node;
  ScanError fault;
} Document;

struct Tree {
  ScanArena arena;
  Document *documents;
  size_t count;
};

typedef struct Anchor Anchor;
struct Anchor {
  Anchor *next;
  const char *name;
  const TreeNode *node;
};

typedef struct {
  yaml_parser_t parser;
  yaml_event_t event;
  Tree *tree;
  ScanError *error;
  ScanError fault; /* of the document that is being read */
  Anchor *anchors;
  size_t nodes, anchor_count;
} Reader;

enum { ANCHORS_MAX = 256 };

static void fault_at(ScanError *error, yaml_mark_t mark, const char *what) {
  snprintf(error->message, sizeof error->message, "%s", what);
  error->line = mark.line + 1;
  error->column = mark.column + 1;
}

void tree_fault(ScanError *error, const TreeNode *node, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(error->message, sizeof error->message, format, arguments);
  va_end(arguments);
  error->line = node ? node->line : 0;
  error->column = node ? node->column : 0;
}

static bool next_event(Reader *reader) {
  yaml_event_delete(&reader->event);
  if (yaml_parser_parse(&reader->parser, &reader->event))
    return true;
  memset(&reader->event, 0, sizeof reader->event);
  char what[200];
  snprintf(what, sizeof what, "YAML không hợp lệ: %s", reader->parser.problem ? reader->parser.problem : "không rõ");
  yaml_mark_t mark = reader->parser.problem_mark.line || reader->parser.problem_mark.column
                         ? reader->parser.problem_mark
                         : reader->parser.mark;
  fault_at(reader->error, mark, what);
  return false;
}

static TreeNode *refuse(Reader *reader, const char *what) {
  fault_at(reader->error, reader->event.start_mark, what);
  return NULL;
}

static TreeNode *new_node(Reader *reader, TreeKind kind, int depth) {
  if (depth > TREE_DEPTH_MAX)
    return refuse(reader, "lồng nhau quá sâu");
  if (++reader->nodes > TREE_NODES_MAX)
    return refuse(reader, "quá nhiều phần tử");
  TreeNode *node = scan_arena_take(&reader->tree->arena, sizeof *node);
  node->kind = (uint8_t)kind;
  node->line = (uint32_t)reader->event.start_mark.line + 1;
  node->column = (uint32_t)reader->event.start_mark.column + 1;
  return node;
}

static bool tag_allowed(const yaml_char_t *tag) {
  return !tag || strcmp((const char *)tag, YAML_STR_TAG) == 0;
}

static TreeNode *read_scalar(Reader *reader, int depth) {
  const char *text = (const char *)reader->event.data.scalar.value;
  size_t size = reader->event.data.scalar.length;
  if (!tag_allowed(reader->event.data.scalar.tag))
    return refuse(reader, "không dùng nhãn kiểu (!)");
  if (memchr(text, 0, size))
    return refuse(reader, "ký tự NUL trong văn bản");
  TreeNode *node = new_node(reader, TREE_SCALAR, depth);
  if (!node)
    return NULL;
  node->text = (Span){scan_arena_text(&reader->tree->arena, text, size), size};
  node->quoted = reader->event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE || reader->event.data.scalar.tag;
  return node;
}

static TreeNode *read_node(Reader *reader, int depth);

static bool read_items(Reader *reader, TreeNode *list, int depth) {
  for (TreeNode **last = &list->child;; last = &(*last)->next) {
    if (!next_event(reader))
      return false;
    if (reader->event.type == YAML_SEQUENCE_END_EVENT)
      return true;
    if (!(*last = read_node(reader, depth + 1)))
      return false;
    list->count++;
  }
}

static bool has_key(const TreeNode *map, const TreeNode *key) {
  for (const TreeNode *member = map->child; member; member = member->next)
    if (member->key->text.size == key->text.size &&
        memcmp(member->key->text.bytes, key->text.bytes, key->text.size) == 0)
      return true;
  return false;
}

static TreeNode *read_key(Reader *reader, const TreeNode *map, int depth) {
  if (reader->event.type != YAML_SCALAR_EVENT)
    return refuse(reader, "khóa phải là một từ");
  if (map->count >= TREE_MEMBERS_MAX)
    return refuse(reader, "quá nhiều khóa");
  TreeNode *key = read_scalar(reader, depth);
  if (key && has_key(map, key) && !*reader->fault.message)
    fault_at(&reader->fault, reader->event.start_mark, "khóa lặp lại");
  return key;
}

static bool read_members(Reader *reader, TreeNode *map, int depth) {
  for (TreeNode **last = &map->child;;) {
    if (!next_event(reader))
      return false;
    if (reader->event.type == YAML_MAPPING_END_EVENT)
      return true;
    TreeNode *key = read_key(reader, map, depth + 1);
    if (!key || !next_event(reader))
      return false;
    TreeNode *value = read_node(reader, depth + 1);
    if (!value)
      return false;
    value->key = key;
    *last = value;
    last = &value->next;
    map->count++;
  }
}

static TreeNode *copy_node(Reader *reader, const TreeNode *node, int depth) {
  TreeNode *copy = new_node(reader, (TreeKind)node->kind, depth);
  if (!copy)
    return NULL;
  copy->text = node->text;
  copy->quoted = node->quoted;
  copy->count = node->count;
  TreeNode **last = &copy->child;
  for (const TreeNode *child = node->child; child; child = child->next, last = &(*last)->next) {
    if (!(*last = copy_node(reader, child, depth + 1)))
      return NULL;
    (*last)->key = child->key;
  }
  return copy;
}

static TreeNode *read_alias(Reader *reader, int depth) {
  const char *name = (const char *)reader->event.data.alias.anchor;
  for (const Anchor *anchor = reader->anchors; anchor; anchor = anchor->next)
    if (strcmp(anchor->name, name) == 0)
      return copy_node(reader, anchor->node, depth);
  return refuse(reader, "bí danh (*) không trỏ tới đâu");
}

static const char *keep_anchor(Reader *reader, const yaml_char_t *name) {
  return name ? scan_arena_text(&reader->tree->arena, (const char *)name, strlen((const char *)name)) : NULL;
}

static TreeNode *set_anchor(Reader *reader, const char *name, TreeNode *node) {
  if (!name || !node)
    return node;
  if (++reader->anchor_count > ANCHORS_MAX)
    return refuse(reader, "quá nhiều neo (&)");
  Anchor *anchor = scan_arena_take(&reader->tree->arena, sizeof *anchor);
  *anchor = (Anchor){reader->anchors, name, node};
  reader->anchors = anchor;
  return node;
}

static TreeNode *read_collection(Reader *reader, TreeKind kind, const yaml_char_t *anchor, const yaml_char_t *tag, int depth) {
  if (tag)
    return refuse(reader, "không dùng nhãn kiểu (!)");
  const char *name = keep_anchor(reader, anchor);
  TreeNode *node = new_node(reader, kind, depth);
  bool whole = node && (kind == TREE_MAP ? read_members(reader, node, depth) : read_items(reader, node, depth));
  return whole ? set_anchor(reader, name, node) : NULL;
}

static TreeNode *read_node(Reader *reader, int depth) {
  const yaml_event_t *event = &reader->event;
  if (event->type == YAML_SCALAR_EVENT) {
    const char *name = keep_anchor(reader, event->data.scalar.anchor);
    return set_anchor(reader, name, read_scalar(reader, depth));
  }
  if (event->type == YAML_SEQUENCE_START_EVENT)
    return read_collection(reader, TREE_LIST, event->data.sequence_start.anchor, event->data.sequence_start.tag, depth);
  if (event->type == YAML_MAPPING_START_EVENT)
    return read_collection(reader, TREE_MAP, event->data.mapping_start.anchor, event->data.mapping_start.tag, depth);
  return read_alias(reader, depth);
}

static void keep_document(Tree *tree, TreeNode *node, const ScanError *fault) {
  tree->documents = scan_grow(tree->documents, tree->count + 1, sizeof *tree->documents);
  tree->documents[tree->count++] = (Document){node, *fault};
}

static void read_stream(Reader *reader) {
  while (next_event(reader) && reader->event.type != YAML_STREAM_END_EVENT) {
    if (reader->event.type != YAML_DOCUMENT_START_EVENT)
      continue;
    reader->fault = (ScanError){0};
    reader->anchors = NULL;
    TreeNode *document = next_event(reader) ? read_node(reader, 0) : NULL;
    if (!document)
      return;
    keep_document(reader->tree, document, &reader->fault);
  }
}

Tree *tree_read(Span yaml, ScanError *error) {
  Tree *tree = scan_new(1, sizeof *tree);
  *error = (ScanError){0};
  if (yaml.size > TREE_BYTES_MAX) {
    snprintf(error->message, sizeof error->message, "tệp lớn hơn %d MiB", TREE_BYTES_MAX >> 20);
    return tree;
  }
  Reader reader = {.tree = tree, .error = error};
  if (!yaml_parser_initialize(&reader.parser)) {
    snprintf(error->message, sizeof error->message, "thiếu bộ nhớ");
    return tree;
  }
  yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&reader.parser, (const unsigned char *)yaml.bytes, yaml.size);
  read_stream(&reader);
  yaml_event_delete(&reader.event);
  yaml_parser_delete(&reader.parser);
  return tree;
}

void tree_free(Tree *tree) {
  if (!tree)
    return;
  scan_arena_clear(&tree->arena);
  free(tree->documents);
  free(tree);
}

size_t tree_count(const Tree *tree) {
  return tree->count;
}

const TreeNode *tree_document(const Tree *tree, size_t index) {
  return tree->documents[index].node;
}

const ScanError *tree_document_fault(const Tree *tree, size_t index) {
  return &tree->documents[index].fault;
}

const TreeNode *tree_get(const TreeNode *map, const char *key) {
  if (!map || map->kind != TREE_MAP)
    return NULL;
  for (const TreeNode *member = map->child; member; member = member->next)
    if (strcmp(member->key->text.bytes, key) == 0)
      return member;
  return NULL;
}

const char *tree_text(const TreeNode *map, const char *key) {
  const TreeNode *node = tree_get(map, key);
  return node && node->kind == TREE_SCALAR && !tree_is_null(node) ? node->text.bytes : NULL;
}

bool tree_is_null(const TreeNode *node) {
  if (node->kind != TREE_SCALAR || node->quoted)
    return false;
  const char *text = node->text.bytes;
  return !*text || strcmp(text, "~") == 0 || strcmp(text, "null") == 0 || strcmp(text, "Null") == 0 ||
         strcmp(text, "NULL") == 0;
}

bool tree_bool(const TreeNode *node, bool *out_value) {
  if (node->kind != TREE_SCALAR || node->quoted)
    return false;
  const char *text = node->text.bytes;
  *out_value = *text == 't' || *text == 'T';
  return strcmp(text, "true") == 0 || strcmp(text, "True") == 0 || strcmp(text, "TRUE") == 0 ||
         strcmp(text, "false") == 0 || strcmp(text, "False") == 0 || strcmp(text, "FALSE") == 0;
}

static const char *skip_digits(const char *text) {
  while (isdigit((unsigned char)*text))
    text++;
  return text;
}

bool tree_is_number(const TreeNode *node) {
  if (node->kind != TREE_SCALAR || node->quoted)
    return false;
  const char *text = node->text.bytes;
  text += *text == '-' || *text == '+';
  const char *end = skip_digits(text);
  if (end == text)
    return false;
  if (*end == '.') {
    const char *fraction = end + 1;
    end = skip_digits(fraction);
    if (end == fraction)
      return false;
  }
  if (*end == 'e' || *end == 'E') {
    const char *exponent = end + 1 + (end[1] == '-' || end[1] == '+');
    end = skip_digits(exponent);
    if (end == exponent)
      return false;
  }
  return !*end;
}
