/* One call of an operation: who, where, when, with what input; and the only way to change anything.
 *
 * Ownership: everything here lives until the request ends; texts that handlers build come from request->arena.
 * Threads: a request belongs to the thread that runs its operation, except inside a ChangeFunc, which runs on the writer
 * thread while the request's thread waits.
 */
#pragma once
#include "base/doc.h"
#include "base/error.h"
#include "core/app.h"
#include "core/operation.h"
#include "core/permission.h"
#include "lib/store/store.h"

typedef struct {
  Role role;
  char body_id[40];
} Grant;

typedef struct {
  const char *id, *login, *name; /* never NULL */
  const char *email;
  const char *lang; /* "vi", "en" */
  const char *home_body_id;
  const Grant *grants;
  gsize n_grants;
} User;

typedef struct {
  const char *field;
  const char *name; /* as sent, base name only, cleaned */
  const char *path; /* where the bytes are now (a temporary file of the server, or the caller's own file) */
  gint64 size_bytes;
} InputFile;

typedef struct RequestInput RequestInput;

struct Request {
  App *app;
  Arena *arena;
  const Operation *operation;
  Face face;
  gint64 now_ms;
  const char *lang;
  const User *user;           /* NULL: nobody is signed in */
  const char *body_id;        /* the body that the user acts for; NULL without a user */
  const char *session_id;     /* hash of the session token; NULL for tokens and the command line */
  const char *os_user;        /* command line: the operating-system user; else NULL */
  const char *remote;         /* address of the caller; "" for the command line */
  const char *agent;          /* web: the browser as it names itself, cut to 200 characters; "" else */
  const char *token_scopes;   /* API token: blanks between permission names; NULL: all that the roles allow */
  RequestInput *input;
  struct Memo *memos;         /* request_remember */
  ErrorCode outcome;          /* 0, or ERROR_CHECK: the answer is good, but it says that something is wrong (exit 4) */
  /* What the answer sends back beside the document. */
  GBytes *file;               /* GIVES_FILE */
  int file_fd;                /* the same for a file of any size, from its begin on; -1: none. Closed with the request */
  const char *file_name, *file_type;
  const char *set_session;    /* web: new session token; "" ends the session */
  const char *notice;         /* web: one sentence on the next page */
  const char *undo_path;      /* web: the POST that undoes; with undo_token */
  const char *undo_token;
  const Request *failed;      /* web: the POST that was refused and whose form this page shows again */
  gboolean conflict;          /* of `failed`: refused because somebody else had changed it in between */
  gboolean background;        /* web: the page asks again by itself; one-time sentences stay for the next real visit */
  const char *path;           /* web: path and query of this page, for forms to come back to */
  GPtrArray *kept;            /* private: see request_keep */
  /* Field errors of ERROR_INVALID, in the order of the fields: name, message. */
  GPtrArray *field_errors;
};

/* --- Input: already checked against operation->fields. NULL/absent where not given. --- */
const char *input_text(const Request *request, const char *name);
gint64 input_int(const Request *request, const char *name, gint64 absent);
gboolean input_bool(const Request *request, const char *name);
const char *const *input_list(const Request *request, const char *name); /* NULL-terminated, never NULL */
const InputFile *input_file(const Request *request, const char *name);
/* A name that shows and stores as what it is: without folders, control characters, marks of writing direction and what file
 * systems forbid; at most 200 bytes with its ending; never empty or only dots. Every InputFile has one. */
const char *input_clean_file_name(Arena *arena, const char *name);
const json_t *input_json(const Request *request, const char *name);
gboolean input_has(const Request *request, const char *name); /* given, even if empty */

/* Says that a field is wrong; always returns FALSE with *error = ERROR_INVALID. May be called for several fields. */
gboolean request_refuse_field(Request *request, const char *field, const char *message, GError **error);

/* Frees `data` with the request: for what the answer points into (JSON). */
void request_keep(Request *request, gpointer data, GDestroyNotify destroy);

/* --- Permission --- */
/* TRUE when one of the user's roles at the body or above it has the permission. */
gboolean request_may(Request *request, const char *permission, const char *body_id);
/* The same as an error: ERROR_NOT_FOUND for what the user may not even see (no role on it), else ERROR_FORBIDDEN. */
gboolean request_require(Request *request, const char *permission, const char *body_id, GError **error);
gboolean request_may_anywhere(const Request *request, const char *permission);

/* --- Reading --- */
StoreConn *request_read(Request *request, GError **error);
/* What was already read for this answer: `key` is an address of the module's own. NULL: nothing yet. The value must live as
 * long as the arena. */
void *request_recall(const Request *request, const void *key, const char *about_id);
void request_remember(Request *request, const void *key, const char *about_id, void *value);

/* --- Changing: one transaction, one audit entry for each subject --- */
typedef struct {
  Request *request;
  StoreConn *conn;
  GPtrArray *subjects; /* private */
} Change;

typedef gboolean (*ChangeFunc)(Change *change, void *data, GError **error);
/* Runs func on the writer thread. func must name what it changed with change_about, once or more; without it the change
 * is refused, since nothing may be written without its audit entry. */
gboolean request_change(Request *request, ChangeFunc func, void *data, GError **error);
/* details: a JSON object of what changed ({"due": ["2026-01-31", "2026-02-28"]}), no secrets; may be NULL; stolen. */
void change_about(Change *change, const char *type, const char *id, const char *body_id, json_t *details);

/* Tells the other modules, in the same transaction (Module.events). */
gboolean change_emit(Change *change, const char *event, const char *type, const char *id, const char *body_id,
                     const json_t *data, GError **error);

/* The next code of a kind in a year, never reused: "NV-2026-0135" for ("NV", 2026). Arena of the request. */
gboolean change_next_code(Change *change, const char *prefix, int year, const char **out_code, GError **error);

/* --- For faces and jobs --- */
Request *request_new(App *app, Arena *arena, const Operation *operation, Face face);
/* For jobs: nobody's request, with the job's name in the audit log; may do everything. */
Request *request_new_for_job(App *app, Arena *arena, const char *name);
void request_free(Request *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Request, request_free)
/* Raw input as it came; several values of one name are kept in order. Texts are copied; must be valid UTF-8. */
gboolean request_put(Request *request, const char *name, const char *value, GError **error);
void request_put_json(Request *request, json_t *object); /* REST: one value per field; steals */
void request_put_file(Request *request, const char *field, const char *name, const char *path, gint64 size_bytes);
/* What was put, as it came, to fill a form again; NULL where there was none. */
const char *request_raw(const Request *request, const char *name);
char **request_raw_all(const Request *request, const char *name); /* g_strfreev; never NULL */
gboolean request_raw_has(const Request *request, const char *name, const char *value); /* one of several */
/* Checks input and permission, then runs the operation. All faces go through here and nowhere else. */
gboolean request_run(Request *request, Doc *answer, GError **error);
