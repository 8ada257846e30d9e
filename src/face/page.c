#include "face/page.h"
#include "base/clock.h"
#include "base/date.h"
#include "core/body.h"
#include "core/message.h"
#include "core/setting.h"
#include "core/user.h"
#include "face/rest.h"
#include "lib/mustache/mustache.h"
#include <string.h>

#define COOKIE_SECONDS (12 * 3600)
#define FLASH_MS (10 * MINUTE_MS)

static const char *const LANGS[] = {"vi", "en"};

typedef struct {
  char *notice, *undo_path, *undo_token;
  gint64 until_ms;
} Flash;

struct PageSet {
  App *app;
  const Routes *routes;
  MustacheSet *templates[G_N_ELEMENTS(LANGS)];
  GPtrArray *menu; /* const MenuEntry *, and the module of each */
  GMutex lock;
  GHashTable *flashes; /* session id -> Flash */
};

/* --- templates --- */

static char *load_template(const char *name, void *data, GError **error) {
  g_autofree char *path = g_strdup_printf("templates/%s%s", name, g_str_has_suffix(name, ".html") ? "" : ".html");
  const Asset *asset = asset_find(path);
  return asset ? message_translate(data, asset->bytes, error) : NULL;
}

static gboolean load_pages(PageSet *set, MustacheSet *templates, GError **error) {
  static const char *const OWN[] = {"layout.html", "error.html"};
  for (gsize i = 0; i < G_N_ELEMENTS(OWN); i++)
    if (!mustache_get(templates, OWN[i], error))
      return FALSE;
  for (const Module *const *module = set->app->modules; *module; module++)
    for (gsize i = 0; i < (*module)->operations.count; i++) {
      const char *page = (*module)->operations.rows[i].page;
      if (page && !mustache_get(templates, page, error))
        return FALSE;
    }
  return TRUE;
}

typedef struct {
  const Module *module;
  const MenuEntry *entry;
} MenuRow;

static int compare_menu(gconstpointer a, gconstpointer b) {
  return (*(const MenuRow *const *)a)->entry->order - (*(const MenuRow *const *)b)->entry->order;
}

static void flash_free(gpointer data) {
  Flash *flash = data;
  g_free(flash->notice);
  g_free(flash->undo_path);
  g_free(flash->undo_token);
  g_free(flash);
}

PageSet *page_set_new(App *app, const Routes *routes, GError **error) {
  PageSet *set = g_new0(PageSet, 1);
  set->app = app;
  set->routes = routes;
  set->menu = g_ptr_array_new_with_free_func(g_free);
  set->flashes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, flash_free);
  g_mutex_init(&set->lock);
  for (const Module *const *module = app->modules; *module; module++)
    for (const MenuEntry *entry = (*module)->menu; entry && entry->label; entry++) {
      MenuRow *row = g_new(MenuRow, 1);
      *row = (MenuRow){*module, entry};
      g_ptr_array_add(set->menu, row);
    }
  g_ptr_array_sort(set->menu, compare_menu);
  for (gsize i = 0; i < G_N_ELEMENTS(LANGS); i++) {
    set->templates[i] = mustache_set_new(load_template, (void *)(gintptr)LANGS[i]);
    if (!load_pages(set, set->templates[i], error)) {
      page_set_free(set);
      return NULL;
    }
  }
  return set;
}

void page_set_free(PageSet *set) {
  if (!set)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS(LANGS); i++)
    mustache_set_free(set->templates[i]);
  g_ptr_array_unref(set->menu);
  g_hash_table_unref(set->flashes);
  g_mutex_clear(&set->lock);
  g_free(set);
}

static MustacheSet *templates_of(PageSet *set, const char *lang) {
  return set->templates[strcmp(lang, "en") == 0 ? 1 : 0];
}

/* --- one sentence for the next page --- */

static gboolean flash_is_old(gpointer key, gpointer value, gpointer now_ms) {
  (void)key;
  return ((Flash *)value)->until_ms < *(gint64 *)now_ms;
}

static void flash_put(PageSet *set, const Request *request) {
  if (!request->session_id || (!request->notice && !request->undo_path))
    return;
  Flash *flash = g_new0(Flash, 1);
  gint64 now_ms = request->now_ms;
  *flash = (Flash){g_strdup(request->notice), g_strdup(request->undo_path), g_strdup(request->undo_token), now_ms + FLASH_MS};
  g_mutex_lock(&set->lock);
  g_hash_table_foreach_remove(set->flashes, flash_is_old, &now_ms);
  g_hash_table_replace(set->flashes, g_strdup(request->session_id), flash);
  g_mutex_unlock(&set->lock);
}

static void flash_show(PageSet *set, const Request *request, Doc *page) {
  if (!request->session_id || request->background)
    return;
  g_mutex_lock(&set->lock);
  Flash *flash = g_hash_table_lookup(set->flashes, request->session_id);
  if (flash) {
    if (!flash->undo_path) {
      doc_text_copy(page, KEY("notice"), flash->notice);
    } else {
      Doc *undo = doc_object(page, KEY("undo"));
      doc_text_copy(undo, KEY("text"), flash->notice);
      doc_text_copy(undo, KEY("path"), flash->undo_path);
      doc_text_copy(undo, KEY("token"), flash->undo_token);
    }
    g_hash_table_remove(set->flashes, request->session_id);
  }
  g_mutex_unlock(&set->lock);
}

/* --- what every page shows --- */

static gboolean leads_to(const char *entry_path, const char *path) {
  gsize length = strlen(entry_path);
  if (length == 1)
    return path[1] == '\0' || path[1] == '?';
  return strncmp(path, entry_path, length) == 0 && strchr("/?", path[length]);
}

/* The entry nearest to the page: "Báo sự cố" rather than "Sự cố", below which it lies. */
static gboolean is_current(const PageSet *set, const MenuEntry *entry, const char *path) {
  for (guint i = 0; i < set->menu->len; i++) {
    const MenuEntry *other = ((const MenuRow *)g_ptr_array_index(set->menu, i))->entry;
    if (strlen(other->path) > strlen(entry->path) && leads_to(other->path, path))
      return FALSE;
  }
  return leads_to(entry->path, path);
}

/* Where the entry leads that user; NULL: it is not for him. */
static const char *path_for(Request *request, const MenuEntry *entry) {
  if (request_may_anywhere(request, entry->permission))
    return entry->path;
  return entry->other_path && request_may_anywhere(request, entry->other_permission) ? entry->other_path : NULL;
}

static void add_menu(PageSet *set, Request *request, Doc *page) {
  Doc *menu = doc_list(page, KEY("menu"));
  for (guint i = 0; i < set->menu->len; i++) {
    const MenuRow *row = g_ptr_array_index(set->menu, i);
    const char *path = path_for(request, row->entry);
    if (row->entry->bar_only || !path)
      continue;
    Doc *item = doc_object(menu, NULL);
    doc_text(item, KEY("label"), message(request->lang, row->entry->label));
    doc_text(item, KEY("url"), path);
    doc_bool(item, KEY("current"), is_current(set, row->entry, request->path));
    doc_bool(item, KEY("gap"), row->entry->gap);
    if (row->module->badge)
      row->module->badge(request, row->entry, item, NULL);
  }
}

/* The bar at the foot of a phone: the menu entries that carry an icon, four at most. */
static void add_bottom(PageSet *set, Request *request, Doc *page) {
  Doc *bottom = doc_list(page, KEY("bottom"));
  int count = 0;
  for (guint i = 0; i < set->menu->len && count < 4; i++) {
    const MenuEntry *entry = ((const MenuRow *)g_ptr_array_index(set->menu, i))->entry;
    if (!entry->icon || !request_may_anywhere(request, entry->permission))
      continue;
    Doc *item = doc_object(bottom, NULL);
    doc_text(item, KEY("label"), message(request->lang, entry->label));
    doc_text(item, KEY("url"), entry->path);
    doc_bool(item, KEY("current"), is_current(set, entry, request->path));
    doc_bool(item, KEY("alarm"), strcmp(entry->icon, "report") == 0);
    doc_bool(item, g_intern_string(entry->icon), TRUE);
    count++;
  }
}

static void add_body(Request *request, Doc *page) {
  StoreConn *conn = request_read(request, NULL);
  const Body *body = conn && request->body_id ? body_get(conn, request->arena, request->body_id, NULL) : NULL;
  if (!body)
    return;
  Doc *row = doc_object(page, KEY("body"));
  doc_text(row, KEY("id"), body->id);
  doc_text(row, KEY("name"), body->short_name);
  doc_text(row, KEY("place"), body->place);
  if (request->session_id)
    doc_text(row, KEY("choose_url"), "/tai-khoan/don-vi");
}

static const char *field_label(const Request *request, const char *name) {
  for (const Field *field = request->operation->fields; field && field->name; field++)
    if (strcmp(field->name, name) == 0)
      return message(request->lang, field->label);
  return name;
}

/* On top of a page that shows a refused form again: what is wrong, with links to the fields. */
static void add_errors(const Request *failed, const GError *error, Doc *page) {
  Doc *errors = doc_object(page, KEY("errors"));
  Doc *fields = doc_list(errors, KEY("fields"));
  const GPtrArray *list = failed->field_errors;
  gboolean unknown = g_error_matches(error, APP_ERROR, ERROR_UNAUTHENTICATED);
  doc_text(errors, KEY("title"), unknown ? message(failed->lang, "Chưa đăng nhập được.")
                                         : message(failed->lang, "Chưa lưu được. Nội dung đã nhập còn nguyên trên trang."));
  doc_text(errors, KEY("code"), error_info(error)->label);
  doc_text(errors, KEY("operation"), failed->operation->name);
  if (!list->len)
    doc_text(errors, KEY("message"), error->message);
  for (guint i = 0; i + 1 < list->len; i += 2) {
    Doc *row = doc_object(fields, NULL);
    doc_text(row, KEY("name"), g_ptr_array_index(list, i));
    doc_text(row, KEY("label"), field_label(failed, g_ptr_array_index(list, i)));
    doc_text(row, KEY("message"), g_ptr_array_index(list, i + 1));
  }
}

static const char *title_of(const Request *request, const Doc *answer) {
  const char *title = doc_get_text(answer, KEY("page_title"));
  if (!title && request->operation)
    title = message(request->lang, request->operation->summary);
  return title ? title : "Ứng Cứu";
}

static Doc *add_page(PageSet *set, Request *request, Doc *answer) {
  static const char *const URLS[][2] = {
      {"style_url", "/style.css"}, {"script_url", "/app.js"}, {"icon_url", "/favicon.svg"}, {"home_url", "/"}, {"help_url", "/tro-giup"}};
  char now[17];
  Doc *page = doc_object(answer, KEY("page"));
  date_write_time(now, request->now_ms);
  for (gsize i = 0; i < G_N_ELEMENTS(URLS); i++)
    doc_text(page, g_intern_static_string(URLS[i][0]), URLS[i][1]);
  doc_text(page, KEY("lang"), request->lang);
  doc_text(page, KEY("path"), request->path);
  doc_text_copy(page, KEY("now"), now);
  doc_text(page, KEY("version"), UNGCUU_VERSION);
  doc_bool(page, KEY("demo"), request->app->demo);
  doc_bool(page, KEY("plain"), !request->user);
  doc_text(page, KEY("csrf"), session_csrf(request));
  doc_text(page, KEY("title"), title_of(request, answer));
  if (!request->user)
    return page;
  if (request_may_anywhere(request, "incident.report"))
    doc_text(page, KEY("report_url"), "/su-co/moi");
  Doc *user = doc_object(page, KEY("user"));
  doc_text(user, KEY("name"), request->user->name);
  doc_text(user, KEY("login"), request->user->login);
  doc_text(user, KEY("url"), "/tai-khoan");
  doc_text(page, KEY("live"), "/live");
  if (app_find_operation(request->app, "search.find")) {
    Doc *search = doc_object(page, KEY("search"));
    doc_text(search, KEY("action"), "/tim");
    doc_text(search, KEY("q"), request_raw(request, "q"));
  }
  add_body(request, page);
  add_menu(set, request, page);
  add_bottom(set, request, page);
  flash_show(set, request, page);
  return page;
}

/* The page first, then the frame around it. */
static gboolean render_in_layout(PageSet *set, Request *request, const char *name, Doc *answer, Doc *page, GString *html,
                                 GError **error) {
  MustacheSet *templates = templates_of(set, request->lang);
  g_autoptr(GString) content = g_string_sized_new(32 * 1024);
  const MustacheTemplate *inner = mustache_get(templates, name, error);
  const MustacheTemplate *layout = inner ? mustache_get(templates, "layout.html", error) : NULL;
  if (!layout || !mustache_render(inner, answer, content, error))
    return FALSE;
  doc_text_n(page, KEY("content"), content->str, content->len);
  return mustache_render(layout, answer, html, error);
}

static void render(PageSet *set, Request *request, Call *call, const char *name, Doc *answer, Doc *page, int status) {
  g_autoptr(GError) error = NULL;
  GString *html = g_string_sized_new(32 * 1024);
  if (!render_in_layout(set, request, name, answer, page, html, &error)) {
    g_warning("trang %s: %s", name, error->message);
    g_string_assign(html, "E-100\n");
    status = 500;
  }
  reply_take(&call->reply, html, "text/html; charset=utf-8", status);
  reply_header(&call->reply, "Cache-Control", "no-store");
}

/* --- redirects --- */

static const char *lookup(const Request *request, const Doc *answer, const char *name) {
  const char *text = doc_get_text(answer, g_intern_string(name));
  return text ? text : request_raw(request, name);
}

static const char *fill(Request *request, const Doc *answer, const char *pattern) {
  g_autoptr(GString) path = g_string_new(NULL);
  for (const char *p = pattern; *p;) {
    const char *end = *p == '{' ? strchr(p, '}') : NULL;
    if (!end) {
      g_string_append_c(path, *p++);
      continue;
    }
    g_autofree char *name = g_strndup(p + 1, (gsize)(end - p - 1));
    const char *value = lookup(request, answer, name);
    g_string_append_uri_escaped(path, value ? value : "", "/?&=", FALSE); /* a whole address, after signing in */
    p = end + 1;
  }
  return arena_text(request->arena, path->str, (gssize)path->len);
}

/* Only a path of our own: "//host" and "/\host" would leave the site. */
static const char *own_path(const char *path) {
  return path && path[0] == '/' && path[1] != '/' && path[1] != '\\' && !strpbrk(path, "\r\n") ? path : NULL;
}

static void redirect(Request *request, Call *call, const char *path) {
  reply_take(&call->reply, g_string_new(NULL), "text/plain", 303);
  reply_header(&call->reply, "Location", path);
  reply_header(&call->reply, "Cache-Control", "no-store");
  if (!request->set_session)
    return;
  gboolean end = !*request->set_session;
  reply_header(&call->reply, "Set-Cookie",
               arena_printf(request->arena, "phien=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%d%s", request->set_session,
                            end ? 0 : COOKIE_SECONDS,
                            setting_bool(request->app, "server.https") ? "; Secure" : ""));
}

static void redirect_after(PageSet *set, Request *request, Call *call, const Doc *answer) {
  const char *from = own_path(request_raw(request, "_from"));
  const char *after = request->operation->after ? fill(request, answer, request->operation->after) : from;
  flash_put(set, request);
  redirect(request, call, own_path(after) ? after : "/");
}

/* --- errors --- */

/* What was typed stays on the page: nothing is lost but the file and the secrets. */
static void add_typed(Request *request, Doc *answer) {
  Doc *values = doc_list(answer, KEY("values"));
  const Field *field = request->operation ? request->operation->fields : NULL;
  for (; field && field->name; field++) {
    const char *raw = request_raw(request, field->name);
    if (!raw || !*raw || field->type == FIELD_SECRET || field->type == FIELD_ID || field->type == FIELD_IDS)
      continue;
    Doc *row = doc_object(values, NULL);
    doc_text(row, KEY("label"), message(request->lang, field->label));
    doc_text(row, KEY("value"), raw);
  }
}

static void error_page(PageSet *set, Request *request, Call *call, const GError *error) {
  const ErrorInfo *info = error_info(error);
  const char *back = own_path(request_raw(request, "_from"));
  Doc *answer = doc_new(request->arena);
  doc_text(answer, KEY("page_title"), error->message);
  doc_text(answer, KEY("title"), error->message);
  doc_text(answer, KEY("code"), info->label);
  doc_int(answer, KEY("status"), info->http_status);
  if (strcmp(call->method, "POST") == 0)
    add_typed(request, answer);
  Doc *link = doc_object(answer, KEY("back"));
  doc_text(link, KEY("url"), back ? back : "/");
  doc_text(link, KEY("label"), message(request->lang, back ? "Quay lại" : "Về Bảng trực"));
  render(set, request, call, "error.html", answer, add_page(set, request, answer), info->http_status);
}

/* The GET operation of the page whose form was refused, with its own inputs from the address. */
static Request *page_request(PageSet *set, Request *failed, const char *from) {
  const char *names[ROUTE_PARAMS], *values[ROUTE_PARAMS];
  int count;
  gboolean other;
  g_auto(GStrv) parts = g_strsplit(from, "?", 2);
  const Operation *operation = routes_find(set->routes, "GET", parts[0], FACE_WEB, failed->arena, names, values, &count, &other);
  if (!operation || !operation->page)
    return NULL;
  Request *request = request_new(failed->app, failed->arena, operation, FACE_WEB);
  request->user = failed->user;
  request->body_id = failed->body_id;
  request->session_id = failed->session_id;
  request->lang = failed->lang;
  request->remote = failed->remote;
  request->path = arena_text(failed->arena, from, -1);
  request->failed = failed;
  for (int i = 0; i < count; i++)
    request_put(request, names[i], values[i], NULL);
  g_autoptr(GHashTable) query = parts[1] ? g_uri_parse_params(parts[1], -1, "&", G_URI_PARAMS_WWW_FORM, NULL) : NULL;
  GHashTableIter iter;
  gpointer name, value;
  if (query)
    for (g_hash_table_iter_init(&iter, query); g_hash_table_iter_next(&iter, &name, &value);)
      request_put(request, name, value, NULL);
  return request;
}

static gboolean show_form_again(PageSet *set, Request *failed, Call *call, const GError *error) {
  const char *from = own_path(request_raw(failed, "_from"));
  failed->conflict = g_error_matches(error, APP_ERROR, ERROR_CONFLICT);
  g_autoptr(Request) request = from ? page_request(set, failed, from) : NULL;
  g_autoptr(GError) ignored = NULL;
  Doc *answer = doc_new(failed->arena);
  if (!request || !request_run(request, answer, &ignored))
    return FALSE;
  Doc *page = add_page(set, request, answer);
  add_errors(failed, error, page);
  render(set, request, call, request->operation->page, answer, page, error_info(error)->http_status);
  return TRUE;
}

static void sign_in_first(Request *request, Call *call) {
  g_autofree char *back = g_uri_escape_string(request->path, NULL, FALSE);
  redirect(request, call, arena_printf(request->arena, "/dang-nhap?tiep=%s", back));
}

static void page_error(PageSet *set, Request *request, Call *call, const GError *error) {
  gboolean post = strcmp(call->method, "POST") == 0;
  gboolean signing_in = request->operation && !strcmp(request->operation->permission, PERMISSION_PUBLIC);
  if (g_error_matches(error, APP_ERROR, ERROR_UNAUTHENTICATED) && !post)
    sign_in_first(request, call);
  else if (!post || !request->operation || (!request->user && !signing_in) || !show_form_again(set, request, call, error))
    error_page(set, request, call, error);
}

void page_reply(PageSet *set, Request *request, Call *call, Doc *answer, const GError *error) {
  if (error)
    page_error(set, request, call, error);
  else if (reply_has_file(request))
    reply_file(request, call);
  else if (strcmp(request->operation->method, "POST") == 0 && !request->operation->page)
    redirect_after(set, request, call, answer);
  else if (!request->operation->page)
    error_page(set, request, call,
               &(GError){APP_ERROR, ERROR_NOT_FOUND, (char *)(gintptr) "Mục này chỉ có cho chương trình (REST)."});
  else {
    render(set, request, call, request->operation->page, answer, add_page(set, request, answer), 200);
  }
}
