/* One HTTP call on its way from the event loop to a worker and back. Private to the face. */
#pragma once
#include "core/asset.h"
#include "core/request.h"
#include "face/route.h"

/* What goes back. Bytes are g_malloc'ed and taken by the connection; or static ones of an asset. */
typedef struct {
  int status;
  char *bytes;
  gsize size;
  const char *static_bytes;
  int fd;             /* instead of bytes; -1: none. Taken by the connection */
  const char *type;   /* media type, static or in the call */
  GPtrArray *headers; /* name, value, …; owned */
  gboolean stream;    /* the live stream instead of bytes */
} Reply;

typedef struct {
  char *name;
  GString *value;
} Pair;

typedef struct {
  char *field, *name, *path;
  gint64 size_bytes;
  int fd;
} Upload;

typedef struct {
  char *method, *path;   /* path as sent, without query */
  char *query;           /* "?a=b", or "" */
  GArray *pairs;         /* query and form, in order */
  GPtrArray *uploads;    /* Upload */
  GByteArray *body;      /* JSON */
  char *cookie, *bearer, *csrf_header, *if_match, *site, *referer, *content_type, *agent;
  char *remote;
  gboolean background; /* "X-Live": sent by the script that refreshes a page */
  const char *refusal;   /* set while reading: too large … (Vietnamese) */
  int refusal_code;      /* ErrorCode */
  Reply reply;
} Call;

Call *call_new(const char *method, const char *path);
void call_free(Call *call);
void call_add_pair(Call *call, const char *name, const char *value, gsize length);
const char *call_pair(const Call *call, const char *name); /* the first; NULL */
void reply_header(Reply *reply, const char *name, const char *value);
void reply_take(Reply *reply, GString *text, const char *type, int status);

/* What the workers share; immutable but for the flashes (own lock). */
typedef struct Pages Pages;
Pages *pages_new(App *app, GError **error);
void pages_free(Pages *pages);
/* Runs the call to its end: finds the operation, resumes the session, runs, renders. Fills call->reply. Never fails. */
void pages_answer(Pages *pages, Call *call, Arena *arena);
