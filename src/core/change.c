#include "core/audit.h"
#include "core/core_sql.h"
#include "core/request.h"
#include <string.h>

enum { SQL_ROOT_OF, SQL_NEXT_CODE };
static const StoreSql SQL[] = {
    [SQL_ROOT_OF] = {"core.body.root_of", "SELECT root_id FROM body WHERE id = $1", NULL},
    [SQL_NEXT_CODE] = {"core.code.next",
                       "INSERT INTO code_counter (prefix, year, last) VALUES ($1, $2, 1) "
                       "ON CONFLICT (prefix, year) DO UPDATE SET last = code_counter.last + 1 RETURNING last", NULL},
};
const StoreSqlTable change_sql = {SQL, G_N_ELEMENTS(SQL)};

typedef struct {
  char *type, *id, *body_id, *details;
} Subject;

typedef struct {
  Request *request;
  ChangeFunc func;
  void *data;
} ChangeCall;

static void subject_free(gpointer data) {
  Subject *subject = data;
  g_free(subject->type);
  g_free(subject->id);
  g_free(subject->body_id);
  g_free(subject->details);
  g_free(subject);
}

void change_about(Change *change, const char *type, const char *id, const char *body_id, json_t *details) {
  Subject *subject = g_new0(Subject, 1);
  subject->type = g_strdup(type);
  subject->id = g_strdup(id);
  subject->body_id = g_strdup(body_id);
  subject->details = details ? json_dumps(details, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
  json_decref(details);
  g_ptr_array_add(change->subjects, subject);
}

static gboolean append_entry(Change *change, const Subject *subject, GError **error) {
  const Request *request = change->request;
  g_autofree char *root = NULL;
  if (subject->body_id &&
      !store_get_text(change->conn, &SQL[SQL_ROOT_OF], S(S_TEXT(subject->body_id)), &root, error))
    return FALSE;
  AuditEntry entry = {
      .chain = root ? root : "system",
      .at_ms = request->now_ms,
      .account_id = request->user ? request->user->id : NULL,
      .os_user = request->os_user,
      .operation = request->operation->name,
      .type = subject->type,
      .subject_id = subject->id,
      .body_id = subject->body_id,
      .details = subject->details,
  };
  return audit_append(change->conn, &entry, error);
}

static gboolean run_change(StoreConn *conn, void *data, GError **error) {
  ChangeCall *call = data;
  g_autoptr(GPtrArray) subjects = g_ptr_array_new_with_free_func(subject_free);
  Change change = {call->request, conn, subjects};
  if (!call->func(&change, call->data, error))
    return FALSE;
  if (!subjects->len) {
    g_set_error(error, APP_ERROR, ERROR_FAILED, "Thay đổi của %s không nêu đối tượng nên không được ghi.",
                call->request->operation->name);
    return FALSE;
  }
  for (guint i = 0; i < subjects->len; i++)
    if (!append_entry(&change, g_ptr_array_index(subjects, i), error))
      return FALSE;
  return TRUE;
}

gboolean request_change(Request *request, ChangeFunc func, void *data, GError **error) {
  ChangeCall call = {request, func, data};
  return store_write(request->app->store, run_change, &call, error);
}

gboolean change_emit(Change *change, const char *event, const char *type, const char *id, const char *body_id,
                     const json_t *data, GError **error) {
  for (const Module *const *module = change->request->app->modules; *module; module++)
    for (const EventHandler *handler = (*module)->events; handler && handler->event; handler++)
      if (strcmp(handler->event, event) == 0 && !handler->handle(change, type, id, body_id, data, error))
        return FALSE;
  return TRUE;
}

gboolean change_next_code(Change *change, const char *prefix, int year, const char **out_code, GError **error) {
  gint64 number = 0;
  if (!store_get_int(change->conn, &SQL[SQL_NEXT_CODE], S(S_TEXT(prefix), S_INT(year)), 0, &number, error))
    return FALSE;
  *out_code = arena_printf(change->request->arena, "%s-%d-%04d", prefix, year, (int)number);
  return TRUE;
}
