/* The document: what an operation answers, as a write-only tree in the request's arena.
 *
 * The templates and the JSON writer walk the same tree. Values keep their order of writing. Keys are interned pointers
 * (KEY("title")), so a template compares pointers, never texts. Texts must be valid UTF-8: they were checked where they
 * entered the program; nothing here checks again.
 *
 * Ownership: the arena's. `text` is not copied by doc_text (it must live as long as the arena); doc_text_copy copies.
 * Parents: with an object as parent the key is required; with a list it is NULL.
 * Threads: one tree belongs to one thread at a time.
 */
#pragma once
#include "base/arena.h"
#include <jansson.h>

typedef enum { DOC_NULL, DOC_BOOL, DOC_INT, DOC_REAL, DOC_TEXT, DOC_LIST, DOC_OBJECT } DocType;

typedef struct Doc Doc;
struct Doc {
  const char *key; /* interned; NULL in lists */
  Doc *next;       /* next sibling */
  DocType type;
  union {
    gint64 number; /* DOC_INT, DOC_BOOL */
    double real;
    struct {
      const char *text;
      gsize length;
    };
    struct {
      Doc *first;
      Doc *last;
      Arena *arena;
    };
  };
};

/* An interned key; the lookup happens once per place in the source. */
#define KEY(literal)                                                                                                   \
  __extension__({                                                                                                      \
    static const char *key_;                                                                                           \
    const char *k_ = __atomic_load_n(&key_, __ATOMIC_ACQUIRE);                                                         \
    if (G_UNLIKELY(!k_)) {                                                                                             \
      k_ = g_intern_static_string(literal);                                                                            \
      __atomic_store_n(&key_, k_, __ATOMIC_RELEASE);                                                                   \
    }                                                                                                                  \
    k_;                                                                                                                \
  })

Doc *doc_new(Arena *arena); /* an empty object, the root */

Doc *doc_object(Doc *parent, const char *key);
Doc *doc_list(Doc *parent, const char *key);
void doc_text(Doc *parent, const char *key, const char *text); /* NULL becomes null */
void doc_text_copy(Doc *parent, const char *key, const char *text);
void doc_text_n(Doc *parent, const char *key, const char *text, gsize length_bytes);
void doc_int(Doc *parent, const char *key, gint64 value);
void doc_real(Doc *parent, const char *key, double value);
void doc_bool(Doc *parent, const char *key, gboolean value);
void doc_null(Doc *parent, const char *key);
void doc_json(Doc *parent, const char *key, const json_t *value); /* copies a parsed JSON value in */

/* The last value set under an interned key; NULL where there is none. Linear: meant for the renderer and for tests. */
const Doc *doc_get(const Doc *object, const char *key);
const char *doc_get_text(const Doc *object, const char *key); /* NULL unless a text */

/* Appends the tree as JSON (RFC 8259), without spaces; `pretty` indents by two blanks. */
void doc_write_json(const Doc *doc, GString *out, gboolean pretty);
