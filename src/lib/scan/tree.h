/* YAML as a tree of nodes that know where they stand, so that a fault can be shown at its line and column.
 *
 * Bounds: 8 MiB a file, 64 levels, 1 million nodes, 4,096 members a mapping. An alias is a copy and counts as such. Refused: tags other
 * than !!str, keys that are not scalars, NUL in a scalar, what is not UTF-8. A key twice in one mapping is a fault of its document.
 * Ownership: nodes and texts live as long as their Tree. Threads: a Tree is immutable once read.
 */
#pragma once
#include "lib/scan/event.h"

enum { TREE_BYTES_MAX = 8 << 20, TREE_DEPTH_MAX = 64, TREE_NODES_MAX = 1000000, TREE_MEMBERS_MAX = 4096 };

typedef enum { TREE_SCALAR, TREE_LIST, TREE_MAP } TreeKind;

typedef struct TreeNode TreeNode;
struct TreeNode {
  TreeNode *key;         /* of a member of a mapping: its name (a scalar), else NULL */
  TreeNode *child;       /* the first item or member */
  TreeNode *next;        /* the next beside it */
  Span text;             /* of a scalar; a zero follows it */
  uint32_t line, column; /* from 1 */
  uint32_t count;        /* items or members */
  uint8_t kind;          /* TreeKind */
  bool quoted;           /* a scalar in quotes, as a block or with !!str: always a text */
};

typedef struct Tree Tree;

/* Reads all documents of a stream. Never NULL: what stood before a fault is kept; `error->message` is "" when there was
 * none. */
Tree *tree_read(Span yaml, ScanError *error);
void tree_free(Tree *tree);
size_t tree_count(const Tree *tree);
const TreeNode *tree_document(const Tree *tree, size_t index);
/* What is wrong with a document that could be read on (a key twice); the message is "" when nothing is. */
const ScanError *tree_document_fault(const Tree *tree, size_t index);

/* The member of that name; NULL when there is none or `map` is NULL or no mapping. */
const TreeNode *tree_get(const TreeNode *map, const char *key);
/* The text of a scalar member, NULL when missing, null or no scalar. */
const char *tree_text(const TreeNode *map, const char *key);
/* A plain scalar that is empty, ~ or null. */
bool tree_is_null(const TreeNode *node);
/* A plain scalar that is true or false. */
bool tree_bool(const TreeNode *node, bool *out_value);
/* A plain scalar that is a number of JSON (sign, digits, fraction, exponent). */
bool tree_is_number(const TreeNode *node);
/* Fills `error` with the place of the node. */
__attribute__((format(printf, 3, 4))) void tree_fault(ScanError *error, const TreeNode *node, const char *format, ...);
