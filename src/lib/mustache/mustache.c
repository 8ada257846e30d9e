#include "lib/mustache/mustache_private.h"
#include "base/error.h"
#include <math.h>
#include <string.h>

enum { MAX_STEPS = 10 * 1000 * 1000, MAX_OUTPUT_BYTES = 64 << 20 };

/* The context stack lives on the C stack: a frame per open section. */
typedef struct Frame Frame;
struct Frame {
  const Doc *doc;
  const Frame *outer;
};

typedef struct Indent Indent;
struct Indent {
  const char *text;
  gsize length;
  const Indent *outer;
};

typedef struct {
  GString *out;
  const Indent *indent; /* NULL nearly always */
  int depth;
  int steps;
  GError **error;
} Render;

static gboolean render_template(Render *render, const MustacheTemplate *template, const Frame *frame);

static gboolean refuse(Render *render, const char *problem) {
  g_set_error(render->error, APP_ERROR, ERROR_TOO_LARGE, "Trang không dựng được: %s", problem);
  return FALSE;
}

/* g_string_append_len without its check of aliasing and without the NUL, which the end of the rendering sets once. */
static inline void put(GString *out, const char *text, gsize length) {
  if (G_UNLIKELY(out->len + length >= out->allocated_len)) {
    gsize old = out->len;
    g_string_set_size(out, old + length);
    out->len = old;
  }
  memcpy(out->str + out->len, text, length);
  out->len += length;
}

static const struct {
  const char *text;
  gsize length;
} ENTITIES[] = {
    {NULL,     0},
    {"&amp;",  5},
    {"&lt;",   4},
    {"&gt;",   4},
    {"&quot;", 6},
    {"&#39;",  5},
};

static const guint8 ENTITY_OF[256] = {['&'] = 1, ['<'] = 2, ['>'] = 3, ['"'] = 4, ['\''] = 5};

static void put_escaped(GString *out, const char *text, gsize length) {
  gsize start = 0;
  for (gsize i = 0; i < length; i++) {
    guint8 entity = ENTITY_OF[(guint8)text[i]];
    if (G_LIKELY(!entity))
      continue;
    put(out, text + start, i - start);
    put(out, ENTITIES[entity].text, ENTITIES[entity].length);
    start = i + 1;
  }
  put(out, text + start, length - start);
}

/* Six decimals without trailing zeros: 1.1 shows as 1.1, not as the 1.1000000000000001 it is stored as. */
static void put_real(GString *out, double value) {
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  if (!isfinite(value))
    return;
  if (fabs(value) >= 1e12) {
    g_ascii_dtostr(digits, sizeof digits, value);
    put(out, digits, strlen(digits));
    return;
  }
  guint64 millionths = (guint64)llround(fabs(value) * 1e6);
  if (value < 0 && millionths)
    put(out, "-", 1);
  Doc whole = {.type = DOC_INT, .number = (gint64)(millionths / 1000000)};
  doc_write_json(&whole, out, FALSE);
  guint64 rest = millionths % 1000000;
  gsize length = 0;
  for (guint64 unit = 100000; rest; unit /= 10) {
    digits[length++] = (char)('0' + rest / unit);
    rest %= unit;
  }
  if (length)
    put(out, ".", 1);
  put(out, digits, length);
}

static void put_value(GString *out, const Doc *value, gboolean raw) {
  switch (value ? value->type : DOC_NULL) {
  case DOC_TEXT:
    (raw ? put : put_escaped)(out, value->text, value->length);
    break;
  case DOC_INT:
  case DOC_BOOL:
    doc_write_json(value, out, FALSE);
    break;
  case DOC_REAL:
    put_real(out, value->real);
    break;
  case DOC_NULL:
  case DOC_LIST:
  case DOC_OBJECT:
    break;
  }
}

static void put_indent(GString *out, const Indent *indent) {
  if (!indent)
    return;
  put_indent(out, indent->outer);
  put(out, indent->text, indent->length);
}

static void put_indented(Render *render, const Node *node) {
  const char *p = node->text;
  const char *end = p + node->length;
  if (node->line_start)
    put_indent(render->out, render->indent);
  while (p < end) {
    const char *newline = memchr(p, '\n', (gsize)(end - p));
    const char *next = newline ? newline + 1 : end;
    put(render->out, p, (gsize)(next - p));
    p = next;
    if (newline && p < end)
      put_indent(render->out, render->indent);
  }
}

static const Doc *find_value(const Node *node, const Frame *frame) {
  if (!node->key_count)
    return frame->doc;
  const Doc *found = NULL;
  for (; frame && !found; frame = frame->outer) {
    if (frame->doc->type != DOC_OBJECT)
      continue;
    found = doc_get(frame->doc, node->keys[0]);
    if (node->local)
      break;
  }
  for (guint i = 1; found && i < node->key_count; i++)
    found = doc_get(found, node->keys[i]);
  return found;
}

static gboolean is_true(const Doc *value) {
  switch (value ? value->type : DOC_NULL) {
  case DOC_BOOL:
  case DOC_INT:
    return value->number != 0;
  case DOC_REAL:
    return value->real < 0 || value->real > 0;
  case DOC_TEXT:
    return value->length > 0;
  case DOC_LIST:
    return value->first != NULL;
  case DOC_OBJECT:
    return TRUE;
  case DOC_NULL:
    break;
  }
  return FALSE;
}

static gboolean render_nodes(Render *render, const MustacheTemplate *template, guint from, guint to,
                             const Frame *frame);

static gboolean render_section(Render *render, const MustacheTemplate *template, guint index, const Frame *frame) {
  const Node *node = &template->nodes[index];
  const Doc *value = find_value(node, frame);
  if (is_true(value) == (node->type == NODE_INVERTED))
    return TRUE;
  if (node->type == NODE_INVERTED)
    return render_nodes(render, template, index + 1, node->end, frame);
  gboolean list = value->type == DOC_LIST;
  for (const Doc *item = list ? value->first : value; item; item = list ? item->next : NULL) {
    Frame inner = {item, frame};
    if (!render_nodes(render, template, index + 1, node->end, &inner))
      return FALSE;
  }
  return TRUE;
}

static gboolean render_partial(Render *render, const Node *node, const Frame *frame) {
  const Indent *outer = render->indent;
  Indent inner = {node->text, node->length, outer};
  if (node->length)
    render->indent = &inner;
  gboolean ok = render_template(render, node->partial, frame);
  render->indent = outer;
  return ok;
}

static gboolean render_nodes(Render *render, const MustacheTemplate *template, guint from, guint to,
                             const Frame *frame) {
  gboolean ok = TRUE;
  for (guint i = from; ok && i < to;) {
    const Node *node = &template->nodes[i];
    if (++render->steps > MAX_STEPS || render->out->len > MAX_OUTPUT_BYTES)
      return refuse(render, "quá nhiều nội dung");
    guint next = i + 1;
    switch (node->type) {
    case NODE_TEXT:
      if (G_UNLIKELY(render->indent))
        put_indented(render, node);
      else
        put(render->out, node->text, node->length);
      break;
    case NODE_VALUE:
    case NODE_RAW:
      put_value(render->out, find_value(node, frame), node->type == NODE_RAW);
      break;
    case NODE_SECTION:
    case NODE_INVERTED:
      ok = render_section(render, template, i, frame);
      next = node->end;
      break;
    case NODE_PARTIAL:
      ok = render_partial(render, node, frame);
      break;
    }
    i = next;
  }
  return ok;
}

static gboolean render_template(Render *render, const MustacheTemplate *template, const Frame *frame) {
  if (render->depth == MUSTACHE_MAX_DEPTH)
    return refuse(render, "mẫu lồng nhau quá sâu");
  render->depth++;
  gboolean ok = render_nodes(render, template, 0, template->count, frame);
  render->depth--;
  return ok;
}

gboolean mustache_render(const MustacheTemplate *template, const Doc *context, GString *out, GError **error) {
  Render render = {.out = out, .error = error};
  Frame root = {context, NULL};
  gsize before = out->len;
  gboolean ok = render_template(&render, template, &root);
  g_string_set_size(out, ok ? out->len : before);
  return ok;
}
