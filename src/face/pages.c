#include "face/call.h"
#include "base/date.h"
#include "core/user.h"
#include "face/openapi.h"
#include "face/page.h"
#include "face/rest.h"
#include <sodium.h>
#include <string.h>

struct Pages {
  App *app;
  Routes *routes;
  PageSet *set;
};

Pages *pages_new(App *app, GError **error) {
  Pages *pages = g_new0(Pages, 1);
  pages->app = app;
  pages->routes = routes_new(app);
  pages->set = page_set_new(app, pages->routes, error);
  if (pages->set)
    return pages;
  pages_free(pages);
  return NULL;
}

void pages_free(Pages *pages) {
  if (!pages)
    return;
  routes_free(pages->routes);
  page_set_free(pages->set);
  g_free(pages);
}

/* --- files that need no request --- */

static gboolean answer_asset(Call *call) {
  static const struct {
    const char *path, *asset, *type;
  } FILES[] = {
      {"/style.css",   "style.css",   "text/css; charset=utf-8"       },
      {"/app.js",      "app.js",      "text/javascript; charset=utf-8"},
      {"/upload.js",   "upload.js",   "text/javascript; charset=utf-8"},
      {"/favicon.svg", "favicon.svg", "image/svg+xml"                 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS(FILES); i++) {
    const Asset *asset = strcmp(call->path, FILES[i].path) == 0 ? asset_find(FILES[i].asset) : NULL;
    if (!asset)
      continue;
    call->reply = (Reply){.status = 200, .fd = -1, .static_bytes = asset->bytes, .size = asset->size, .type = FILES[i].type};
    reply_header(&call->reply, "Cache-Control", "max-age=3600");
    return TRUE;
  }
  return FALSE;
}

/* --- who asks --- */

static const char *clean_agent(Arena *arena, const char *agent) {
  g_autofree char *valid = g_utf8_make_valid(agent ? agent : "", -1);
  g_autofree char *cut = g_utf8_substring(valid, 0, MIN(g_utf8_strlen(valid, -1), 200));
  return arena_text(arena, cut, -1);
}

static gboolean resume(Request *request, Call *call, GError **error) {
  request->remote = arena_text(request->arena, call->remote, -1);
  request->agent = clean_agent(request->arena, call->agent);
  request->background = call->background;
  request->path = arena_printf(request->arena, "%s%s", call->path, call->query ? call->query : "");
  if (call->bearer)
    return token_resume(request, call->bearer, error);
  return !call->cookie || session_resume(request, call->cookie, error);
}

static gboolean same_text(const char *a, const char *b) {
  return a && b && strlen(a) == strlen(b) && sodium_memcmp(a, b, strlen(a)) == 0;
}

/* A POST that a browser sends by itself with the cookie must come from our own page. */
static gboolean check_origin(Request *request, const Call *call, GError **error) {
  gboolean cross = call->site && strcmp(call->site, "same-origin") != 0 && strcmp(call->site, "none") != 0;
  const char *token = call->csrf_header ? call->csrf_header : call_pair(call, "_csrf");
  if (strcmp(call->method, "POST") != 0 || call->bearer)
    return TRUE;
  if (!cross && (!request->session_id || same_text(token, session_csrf(request))))
    return TRUE;
  g_set_error(error, APP_ERROR, ERROR_FORBIDDEN,
              "Biểu mẫu không đến từ trang này hoặc phiên đã đổi; chưa làm gì. Mở lại trang rồi gửi lại.");
  return FALSE;
}

/* --- input --- */

static gboolean put_pairs(Request *request, const Call *call, GError **error) {
  for (guint i = 0; i < call->pairs->len; i++) {
    const Pair *pair = &g_array_index(call->pairs, Pair, i);
    if (!request_put(request, pair->name, pair->value->str, error))
      return FALSE;
  }
  for (guint i = 0; i < call->uploads->len; i++) {
    const Upload *upload = g_ptr_array_index(call->uploads, i);
    request_put_file(request, upload->field, upload->name, upload->path, upload->size_bytes);
  }
  return TRUE;
}

static gboolean put_input(Request *request, const Call *call, const char *const *names, const char *const *values,
                          int count, GError **error) {
  for (int i = 0; i < count; i++)
    if (!request_put(request, names[i], values[i], error))
      return FALSE;
  return put_pairs(request, call, error) && rest_put_body(request, call, error);
}

/* --- one call --- */

/* A page shows one state of the store, and finds it faster. */
static StoreConn *begin_reading(const Pages *pages, const Call *call) {
  StoreConn *conn = strcmp(call->method, "GET") == 0 ? store_read(pages->app->store, NULL) : NULL;
  if (conn)
    store_read_begin(conn);
  return conn;
}

static void answer_operation(Pages *pages, Call *call, Arena *arena, const char *path, gboolean api) {
  const char *names[ROUTE_PARAMS], *values[ROUTE_PARAMS];
  int count = 0;
  gboolean other_method = FALSE;
  const Operation *operation = routes_find(pages->routes, call->method, path, api ? FACE_API : FACE_WEB, arena, names,
                                           values, &count, &other_method);
  g_autoptr(Request) request = request_new(pages->app, arena, operation, api ? FACE_API : FACE_WEB);
  g_autoptr(GError) error = NULL;
  Doc *answer = doc_new(arena);
  StoreConn *reading = begin_reading(pages, call);
  if (call->refusal)
    g_set_error_literal(&error, APP_ERROR, call->refusal_code, call->refusal);
  else if (resume(request, call, &error) && !operation)
    g_set_error(&error, APP_ERROR, other_method ? ERROR_USAGE : ERROR_NOT_FOUND,
                other_method ? "Địa chỉ này không nhận cách gọi đó." : "Không có trang này.");
  if (!error && put_input(request, call, names, values, count, &error) && check_origin(request, call, &error))
    request_run(request, answer, &error);
  if (api)
    rest_reply(request, call, answer, error);
  else
    page_reply(pages->set, request, call, answer, error);
  if (reading)
    store_read_end(reading);
}

static void answer_live(Pages *pages, Call *call, Arena *arena) {
  g_autoptr(Request) request = request_new(pages->app, arena, NULL, FACE_WEB);
  g_autoptr(GError) error = NULL;
  if (!resume(request, call, &error) || !request->user) {
    reply_take(&call->reply, g_string_new("unauthenticated\n"), "text/plain", 401);
    return;
  }
  call->reply = (Reply){.status = 200, .fd = -1, .stream = TRUE, .type = "text/event-stream"};
  reply_header(&call->reply, "Cache-Control", "no-store");
}

void pages_answer(Pages *pages, Call *call, Arena *arena) {
  gboolean api = g_str_has_prefix(call->path, "/api/");
  if (!call->refusal && answer_asset(call))
    return;
  if (!call->refusal && strcmp(call->path, "/live") == 0)
    answer_live(pages, call, arena);
  else if (!call->refusal && strcmp(call->path, "/api/openapi.json") == 0)
    reply_take(&call->reply, openapi_text(pages->app, arena), "application/json", 200);
  else
    answer_operation(pages, call, arena, api ? call->path + strlen("/api") : call->path, api);
}
