/* What the parser writes and the renderer walks: one flat array of nodes per template; a section is followed by its
 * content and knows where that ends. */
#pragma once
#include "lib/mustache/mustache.h"

enum { MUSTACHE_MAX_DEPTH = 64 };

typedef enum { NODE_TEXT, NODE_VALUE, NODE_RAW, NODE_SECTION, NODE_INVERTED, NODE_PARTIAL } NodeType;

typedef struct {
  NodeType type;
  gboolean line_start; /* TEXT: begins a line of the source, where the indentation of a partial belongs */
  union {
    struct { /* TEXT: the run; PARTIAL: its indentation */
      const char *text;
      gsize length;
      const MustacheTemplate *partial;
    };
    struct {                   /* VALUE, RAW, SECTION, INVERTED */
      const char *const *keys; /* interned; none for {{.}} */
      guint key_count;
      gboolean local;
      guint end; /* sections: index of the node after the content */
    };
  };
} Node;

struct MustacheTemplate {
  const char *name;
  Node *nodes;
  guint count;
};

struct MustacheSet {
  Arena *arena;
  GHashTable *templates;
  MustacheLoadFunc load;
  void *data;
  int loading; /* templates being parsed, each within the one before */
};
