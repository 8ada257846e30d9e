#include "core/request.h"
#include "base/clock.h"
#include "core/core_sql.h"
#include "core/input.h"
#include <string.h>
#include <unistd.h>

Request *request_new(App *app, Arena *arena, const Operation *operation, Face face) {
  Request *request = g_new0(Request, 1);
  request->app = app;
  request->arena = arena;
  request->operation = operation;
  request->face = face;
  request->now_ms = clock_now_ms();
  request->file_fd = -1;
  request->lang = "vi";
  request->remote = "";
  request->agent = "";
  request->input = request_input_new();
  request->field_errors = g_ptr_array_new();
  return request;
}

Request *request_new_for_job(App *app, Arena *arena, const char *name) {
  Operation *operation = arena_alloc(arena, sizeof *operation);
  *operation = (Operation){.name = arena_text(arena, name, -1), .method = "POST", .permission = PERMISSION_PUBLIC};
  return request_new(app, arena, operation, FACE_CLI);
}

typedef struct {
  gpointer data;
  GDestroyNotify destroy;
} Kept;

void request_keep(Request *request, gpointer data, GDestroyNotify destroy) {
  Kept *kept = arena_alloc(request->arena, sizeof *kept);
  *kept = (Kept){data, destroy};
  if (!request->kept)
    request->kept = g_ptr_array_new();
  g_ptr_array_add(request->kept, kept);
}

static void free_kept(Request *request) {
  for (guint i = 0; request->kept && i < request->kept->len; i++) {
    const Kept *kept = g_ptr_array_index(request->kept, i);
    kept->destroy(kept->data);
  }
  g_clear_pointer(&request->kept, g_ptr_array_unref);
}

void request_free(Request *request) {
  if (!request)
    return;
  request_input_free(request->input);
  g_ptr_array_unref(request->field_errors);
  free_kept(request);
  if (request->file)
    g_bytes_unref(request->file);
  if (request->file_fd >= 0)
    close(request->file_fd);
  g_free(request);
}

StoreConn *request_read(Request *request, GError **error) {
  return store_read(request->app->store, error);
}

typedef struct Memo Memo;
struct Memo {
  const void *key;
  const char *about_id;
  void *value;
  Memo *next;
};

void *request_recall(const Request *request, const void *key, const char *about_id) {
  for (const Memo *memo = request->memos; memo; memo = memo->next)
    if (memo->key == key && strcmp(memo->about_id, about_id) == 0)
      return memo->value;
  return NULL;
}

void request_remember(Request *request, const void *key, const char *about_id, void *value) {
  Memo *memo = arena_alloc(request->arena, sizeof *memo);
  *memo = (Memo){key, arena_text(request->arena, about_id, -1), value, request->memos};
  request->memos = memo;
}

/* --- permission --- */

enum { SQL_IS_BELOW };
static const StoreSql SQL[] = {
    [SQL_IS_BELOW] = {"core.body.is_below", "SELECT 1 FROM body_ancestor WHERE body_id = $1 AND ancestor_id = $2", NULL},
};
const StoreSqlTable request_sql = {SQL, G_N_ELEMENTS(SQL)};

static int roles_of(const Request *request, const char *permission) {
  const PermissionRow *row = app_find_permission(request->app, permission);
  return row ? row->roles : 0;
}

/* A token's scopes are permission names; "read" stands for every permission that ends in .read. */
static gboolean token_allows(const Request *request, const char *permission) {
  if (!request->token_scopes)
    return TRUE;
  g_auto(GStrv) scopes = g_strsplit(request->token_scopes, " ", -1);
  if (g_strv_contains((const char *const *)scopes, permission))
    return TRUE;
  return g_str_has_suffix(permission, ".read") && g_strv_contains((const char *const *)scopes, "read");
}

gboolean request_may_anywhere(const Request *request, const char *permission) {
  if (strcmp(permission, PERMISSION_PUBLIC) == 0)
    return TRUE;
  if (!request->user || !token_allows(request, permission))
    return FALSE;
  if (strcmp(permission, PERMISSION_SIGNED_IN) == 0)
    return TRUE;
  int roles = roles_of(request, permission);
  for (gsize i = 0; i < request->user->n_grants; i++)
    if ((int)request->user->grants[i].role & roles)
      return TRUE;
  return FALSE;
}

static gboolean grant_covers(Request *request, const Grant *grant, const char *body_id) {
  gint64 found = 0;
  StoreConn *conn = NULL;
  if (strcmp(grant->body_id, body_id) == 0)
    return TRUE;
  conn = request_read(request, NULL);
  return conn &&
         store_get_int(conn, &SQL[SQL_IS_BELOW], S(S_TEXT(body_id), S_TEXT(grant->body_id)), 0, &found, NULL) && found;
}

static gboolean holds_role(Request *request, int roles, const char *body_id) {
  for (gsize i = 0; i < request->user->n_grants; i++)
    if (((int)request->user->grants[i].role & roles) && grant_covers(request, &request->user->grants[i], body_id))
      return TRUE;
  return FALSE;
}

gboolean request_may(Request *request, const char *permission, const char *body_id) {
  if (!request_may_anywhere(request, permission))
    return FALSE;
  return body_id && holds_role(request, roles_of(request, permission), body_id);
}

gboolean request_require(Request *request, const char *permission, const char *body_id, GError **error) {
  if (request_may(request, permission, body_id))
    return TRUE;
  if (!request->user || !body_id || !holds_role(request, ROLES_ALL, body_id))
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Không tìm thấy, hoặc không thuộc phạm vi được xem.");
  else
    g_set_error(error, APP_ERROR, ERROR_FORBIDDEN, "Vai trò hiện có không được phép làm việc này.");
  return FALSE;
}

static gboolean check_permission(Request *request, GError **error) {
  const char *permission = request->operation->permission;
  gboolean own_file = request->face == FACE_CLI && request->operation->needs == NEEDS_NOTHING;
  if (own_file || request_may_anywhere(request, permission))
    return TRUE;
  if (!request->user)
    g_set_error(error, APP_ERROR, ERROR_UNAUTHENTICATED, "Cần đăng nhập để tiếp tục.");
  else
    g_set_error(error, APP_ERROR, ERROR_FORBIDDEN, "Vai trò hiện có không được phép làm việc này.");
  return FALSE;
}

/* Inputs are checked only after the right to call: strangers learn nothing from field messages. */
gboolean request_run(Request *request, Doc *answer, GError **error) {
  return check_permission(request, error) && request_check_input(request, error) &&
         request->operation->run(request, answer, error);
}
