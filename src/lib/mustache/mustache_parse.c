#include "lib/mustache/mustache_private.h"
#include "base/error.h"
#include <string.h>

enum { MAX_DELIMITER = 8 };

typedef struct {
  char text[MAX_DELIMITER + 1];
  gsize length;
} Delimiter;

typedef struct {
  MustacheSet *set;
  const MustacheTemplate *template;
  const char *start; /* the whole source */
  const char *end;
  const char *at; /* what is not read yet */
  Delimiter open, close;
  GArray *nodes;
  guint sections[MUSTACHE_MAX_DEPTH]; /* indexes of the open ones */
  guint depth;
  GError **error;
} Parser;

typedef struct {
  const char *start; /* with the delimiters */
  const char *end;
  char sigil;       /* one of #^/!>=&{ or 0 for a plain value */
  const char *body; /* trimmed */
  gsize length;
} Tag;

static gboolean fail(Parser *parser, const char *where, const char *problem, const char *name, gsize length) {
  int line = 1;
  for (const char *p = parser->start; p < where; p++)
    line += *p == '\n';
  g_set_error(parser->error, APP_ERROR, ERROR_UNREADABLE, "Mẫu %s dòng %d: %s “%.*s”", parser->template->name, line,
              problem, (int)MIN(length, 60), name);
  return FALSE;
}

static gboolean fail_tag(Parser *parser, const Tag *tag, const char *problem) {
  return fail(parser, tag->start, problem, tag->body, tag->length);
}

static const char *find(const char *from, const char *end, const char *text, gsize length) {
  return from < end ? memmem(from, (gsize)(end - from), text, length) : NULL;
}

static Node *add_node(Parser *parser, NodeType type) {
  g_array_append_val(parser->nodes, ((Node){.type = type}));
  return &g_array_index(parser->nodes, Node, parser->nodes->len - 1);
}

static gboolean is_line_start(const Parser *parser, const char *at) {
  return at == parser->start || at[-1] == '\n';
}

static void add_text(Parser *parser, const char *from, const char *to) {
  Node *node = add_node(parser, NODE_TEXT);
  node->line_start = is_line_start(parser, from);
  node->text = from;
  node->length = (gsize)(to - from);
}

static gboolean is_blank(char c) {
  return c == ' ' || c == '\t';
}

/* Where the line of the tag starts, when nothing but blanks stands before it there; else NULL. */
static const char *blank_before(const Parser *parser, const Tag *tag) {
  const char *p = tag->start;
  while (p > parser->start && is_blank(p[-1]))
    p--;
  return p == parser->start || p[-1] == '\n' ? p : NULL;
}

/* Where the next line starts, when nothing but blanks stands after the tag; else NULL. */
static const char *blank_after(const Parser *parser, const Tag *tag) {
  const char *p = tag->end;
  while (p < parser->end && is_blank(*p))
    p++;
  if (p == parser->end || *p == '\n')
    return p == parser->end ? p : p + 1;
  return *p == '\r' && p + 1 < parser->end && p[1] == '\n' ? p + 2 : NULL;
}

static void trim(Tag *tag) {
  while (tag->length && g_ascii_isspace(tag->body[0]))
    tag->body++, tag->length--;
  while (tag->length && g_ascii_isspace(tag->body[tag->length - 1]))
    tag->length--;
}

/* Reads the tag at tag->start: its kind, its body, its end. */
static gboolean read_tag(Parser *parser, Tag *tag) {
  const char *p = tag->start + parser->open.length;
  char close[MAX_DELIMITER + 2];
  gsize length = parser->close.length;
  memcpy(close + 1, parser->close.text, length);
  const char *ending = close + 1;
  while (p < parser->end && g_ascii_isspace(*p))
    p++;
  tag->sigil = p < parser->end && strchr("#^/!>=&{", *p) && *p ? *p++ : 0;
  if (tag->sigil == '{' || tag->sigil == '=') {
    close[0] = tag->sigil == '{' ? '}' : '=';
    ending = close;
    length++;
  }
  const char *stop = find(p, parser->end, ending, length);
  tag->body = p;
  tag->length = stop ? (gsize)(stop - p) : 0;
  trim(tag);
  if (!stop)
    return fail(parser, tag->start, "thẻ chưa đóng", tag->start, (gsize)(parser->end - tag->start));
  tag->end = stop + length;
  return TRUE;
}

/* Splits the name at its dots; "." alone has no keys, ".name" is local. */
static gboolean read_keys(Parser *parser, const Tag *tag, Node *node) {
  if (tag->length == 1 && tag->body[0] == '.')
    return TRUE;
  node->local = tag->length > 0 && tag->body[0] == '.';
  g_autofree char *name = g_strndup(tag->body + node->local, tag->length - (gsize)node->local);
  g_auto(GStrv) parts = g_strsplit(name, ".", -1);
  guint count = g_strv_length(parts);
  const char **keys = arena_alloc(parser->set->arena, MAX(count, 1) * sizeof *keys);
  for (guint i = 0; i < count; i++) {
    if (!*parts[i] || strpbrk(parts[i], " \t\r\n"))
      return fail_tag(parser, tag, "tên không hợp lệ");
    keys[i] = g_intern_string(parts[i]);
  }
  node->keys = keys;
  node->key_count = count;
  return count ? TRUE : fail_tag(parser, tag, "thẻ không có tên");
}

static gboolean read_value(Parser *parser, const Tag *tag) {
  return read_keys(parser, tag, add_node(parser, tag->sigil ? NODE_RAW : NODE_VALUE));
}

static gboolean read_section(Parser *parser, const Tag *tag) {
  if (parser->depth == MUSTACHE_MAX_DEPTH)
    return fail_tag(parser, tag, "quá nhiều mục lồng nhau ở");
  parser->sections[parser->depth++] = parser->nodes->len;
  return read_keys(parser, tag, add_node(parser, tag->sigil == '#' ? NODE_SECTION : NODE_INVERTED));
}

static gboolean read_end(Parser *parser, const Tag *tag) {
  if (!parser->depth)
    return fail_tag(parser, tag, "đóng một mục chưa mở");
  Node *section = &g_array_index(parser->nodes, Node, parser->sections[--parser->depth]);
  Node closing = {0};
  if (!read_keys(parser, tag, &closing))
    return FALSE;
  gboolean same = closing.local == section->local && closing.key_count == section->key_count;
  for (guint i = 0; same && i < closing.key_count; i++)
    same = closing.keys[i] == section->keys[i];
  section->end = parser->nodes->len;
  return same ? TRUE : fail_tag(parser, tag, "đóng sai thứ tự mục");
}

static gboolean set_delimiter(Delimiter *delimiter, const char *text) {
  delimiter->length = strlen(text);
  if (!delimiter->length || delimiter->length > MAX_DELIMITER || strchr(text, '='))
    return FALSE;
  memcpy(delimiter->text, text, delimiter->length + 1);
  return TRUE;
}

static gboolean read_delimiters(Parser *parser, const Tag *tag) {
  g_autofree char *text = g_strndup(tag->body, tag->length);
  char *second = strpbrk(text, " \t\r\n");
  if (second) {
    *second = '\0';
    second = g_strchug(second + 1);
  }
  if (!second || strpbrk(second, " \t\r\n") || !set_delimiter(&parser->open, text) ||
      !set_delimiter(&parser->close, second))
    return fail_tag(parser, tag, "dấu phân cách không hợp lệ");
  return TRUE;
}

static const MustacheTemplate *load(MustacheSet *set, const char *name, GError **error);

static gboolean read_partial(Parser *parser, const Tag *tag, const char *line) {
  if (!tag->length)
    return fail_tag(parser, tag, "thẻ không có tên");
  g_autofree char *name = g_strndup(tag->body, tag->length);
  GError *problem = NULL;
  const MustacheTemplate *partial = load(parser->set, name, &problem);
  if (problem) {
    g_propagate_error(parser->error, problem);
    return FALSE;
  }
  if (!partial)
    return TRUE;
  Node *node = add_node(parser, NODE_PARTIAL);
  node->partial = partial;
  node->text = line;
  node->length = line ? (gsize)(tag->start - line) : 0;
  return TRUE;
}

static gboolean read_content(Parser *parser, const Tag *tag, const char *line) {
  switch (tag->sigil) {
  case '!':
    return TRUE;
  case '#':
  case '^':
    return read_section(parser, tag);
  case '/':
    return read_end(parser, tag);
  case '=':
    return read_delimiters(parser, tag);
  case '>':
    return read_partial(parser, tag, line);
  default:
    return read_value(parser, tag);
  }
}

/* A tag that shows nothing itself and stands alone takes its whole line away. */
static gboolean read_next(Parser *parser, const char *open) {
  Tag tag = {.start = open};
  if (!read_tag(parser, &tag))
    return FALSE;
  gboolean silent = tag.sigil && strchr("#^/!>=", tag.sigil);
  const char *line = silent ? blank_before(parser, &tag) : NULL;
  const char *next = line ? blank_after(parser, &tag) : NULL;
  if (!next)
    line = NULL;
  const char *until = line ? line : tag.start;
  if (until > parser->at)
    add_text(parser, parser->at, until);
  if (!line && is_line_start(parser, tag.start))
    add_text(parser, tag.start, tag.start);
  parser->at = next ? next : tag.end;
  return read_content(parser, &tag, line);
}

static gboolean read_all(Parser *parser) {
  const char *open;
  while ((open = find(parser->at, parser->end, parser->open.text, parser->open.length)))
    if (!read_next(parser, open))
      return FALSE;
  if (parser->at < parser->end)
    add_text(parser, parser->at, parser->end);
  if (!parser->depth)
    return TRUE;
  const Node *section = &g_array_index(parser->nodes, Node, parser->sections[parser->depth - 1]);
  const char *name = section->key_count ? section->keys[0] : ".";
  return fail(parser, parser->end, "hết mẫu mà chưa đóng mục", name, strlen(name));
}

const MustacheTemplate *mustache_parse(MustacheSet *set, const char *name, const char *text, gsize length_bytes,
                                       GError **error) {
  MustacheTemplate *template = arena_alloc(set->arena, sizeof *template);
  *template = (MustacheTemplate){.name = arena_text(set->arena, name, -1)};
  g_hash_table_insert(set->templates, (char *)template->name, template);
  const char *copy = arena_text(set->arena, text, (gssize)length_bytes);
  Parser parser = {
      .set = set, .template = template, .start = copy, .end = copy + length_bytes, .at = copy, .error = error};
  parser.nodes = g_array_new(FALSE, FALSE, sizeof(Node));
  set_delimiter(&parser.open, "{{");
  set_delimiter(&parser.close, "}}");
  gboolean ok = read_all(&parser);
  template->count = ok ? parser.nodes->len : 0;
  gsize size = template->count * sizeof(Node);
  template->nodes = arena_alloc(set->arena, MAX(size, 1));
  if (size)
    memcpy(template->nodes, parser.nodes->data, size);
  g_array_free(parser.nodes, TRUE);
  return ok ? template : NULL;
}

/* NULL without an error: there is no such template. */
static const MustacheTemplate *load(MustacheSet *set, const char *name, GError **error) {
  const MustacheTemplate *known = g_hash_table_lookup(set->templates, name);
  if (known || !set->load)
    return known;
  if (set->loading == MUSTACHE_MAX_DEPTH) {
    g_set_error(error, APP_ERROR, ERROR_TOO_LARGE, "Mẫu %s: quá nhiều mẫu lồng nhau", name);
    return NULL;
  }
  g_autofree char *text = set->load(name, set->data, error);
  if (!text)
    return NULL;
  set->loading++;
  const MustacheTemplate *template = mustache_parse(set, name, text, strlen(text), error);
  set->loading--;
  return template;
}

const MustacheTemplate *mustache_get(MustacheSet *set, const char *name, GError **error) {
  GError *problem = NULL;
  const MustacheTemplate *template = load(set, name, &problem);
  if (problem)
    g_propagate_error(error, problem);
  else if (!template)
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Không có mẫu %s", name);
  return template;
}

MustacheSet *mustache_set_new(MustacheLoadFunc load_text, void *data) {
  MustacheSet *set = g_new0(MustacheSet, 1);
  set->arena = arena_new();
  set->templates = g_hash_table_new(g_str_hash, g_str_equal);
  set->load = load_text;
  set->data = data;
  return set;
}

void mustache_set_free(MustacheSet *set) {
  if (!set)
    return;
  g_hash_table_unref(set->templates);
  arena_free(set->arena);
  g_free(set);
}
