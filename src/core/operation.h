/* Operations: everything that the program can do, one row each.
 *
 * The faces (web, REST, command line, OpenAPI, permission matrix) are derived from these rows alone. A row without
 * summary, permission or a test that names it fails the tests.
 *
 * Threads: rows are constants; `run` is called on a worker thread (server) or the main thread (command line, jobs).
 */
#pragma once
#include "base/doc.h"
#include <glib.h>

typedef struct Request Request;

typedef enum {
  FIELD_TEXT,      /* one line; least, most count characters */
  FIELD_LONG_TEXT, /* several lines */
  FIELD_INT,       /* least, most are the bounds */
  FIELD_DAY,       /* dd/mm/yyyy or ISO; kept as ISO yyyy-mm-dd */
  FIELD_TIME,      /* a moment; kept as UTC milliseconds in decimal */
  FIELD_BOOL,
  FIELD_CHOICE, /* one of `choices` */
  FIELD_ID,     /* of a record */
  FIELD_IDS,    /* several, repeated */
  FIELD_EMAIL,
  FIELD_PHONE,
  FIELD_SECRET, /* never shown again, never logged */
  FIELD_FILE,
  FIELD_JSON, /* a JSON value; in forms a hidden or long text */
} FieldType;

typedef struct {
  const char *value;
  const char *label; /* Vietnamese, a message id */
} Choice;

typedef struct {
  const char *name;
  FieldType type;
  const char *label; /* Vietnamese, a message id */
  gboolean required;
  gint64 least, most;    /* 0, 0: the default bounds of the type (text 1,000 characters, long text 20,000) */
  const Choice *choices; /* ends with {NULL} */
  const char *help;
  gboolean hidden; /* in forms: sent along, not shown */
} Field;

typedef enum { NEEDS_STORE, NEEDS_NOTHING } OperationNeeds;
typedef enum { GIVES_DOCUMENT, GIVES_FILE } OperationGives;

/* What may call the row. Most rows are for all three faces. */
typedef enum { FACE_WEB = 1, FACE_API = 2, FACE_CLI = 4, FACE_ALL = 7 } Face;

#define PERMISSION_PUBLIC "public"       /* nobody needs to be signed in */
#define PERMISSION_SIGNED_IN "signed-in" /* any user, about himself */

typedef struct {
  const char *name;       /* "duty.complete": module.verb, also the command line: ungcuu duty complete */
  const char *method;     /* "GET" changes nothing; "POST" */
  const char *path;       /* "/nhiem-vu/{id}/hoan-thanh"; REST is the same below /api */
  const char *permission; /* name of a PermissionRow, or one of the two above */
  const char *summary;    /* Vietnamese, one sentence: --help, OpenAPI, matrix */
  gboolean (*run)(Request *request, Doc *answer, GError **error);
  const Field *fields; /* ends with {NULL}; the names in the path come first and are required */
  const char *page;    /* template of the answer: "duty/view.html"; of a POST: the page to show again on bad input */
  const char *after;   /* POST: where the browser goes then, "/nhiem-vu/{id}"; {x} from the answer, then the input */
  const char *columns; /* command line: the list and its columns, "rows:code,title,state"; NULL: all scalars */
  OperationNeeds needs;
  OperationGives gives;
  int faces;        /* 0 means FACE_ALL; else the sum of Face, with the reason in a comment beside the row */
  gboolean versioned; /* the answer (GET) carries "version"; the input (POST) takes "version" (REST: ETag, If-Match) */
} Operation;

typedef struct {
  const Operation *rows;
  gsize count;
} OperationTable;

#define OPERATIONS(array) ((OperationTable){(array), G_N_ELEMENTS(array)})
