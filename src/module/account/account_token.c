/* API tokens: for programs, with scopes and an end; the token itself is shown once. */
#include "base/date.h"
#include "base/id.h"
#include "core/form.h"
#include "core/message.h"
#include "core/setting_page.h"
#include "core/user.h"
#include "module/account/account_pages.h"
#include <string.h>

static const struct {
  const char *css, *label;
} STATES[] = {{"done", "Đang dùng"}, {"none", "Đã thu hồi"}, {"late", "Hết hạn"}};

static void add_token(Request *request, const Token *token, Doc *list) {
  gsize state = token->revoked_ms ? 1 : token->expires_ms <= request->now_ms ? 2 : 0;
  Doc *row = doc_object(list, NULL);
  doc_text(row, KEY("id"), token->id);
  doc_text(row, KEY("name"), token->name);
  doc_text(row, KEY("owner"), token->owner);
  doc_text(row, KEY("body"), token->body_name);
  doc_text(row, KEY("scopes"), token->scopes);
  doc_text(row, KEY("created"), account_time(request->arena, token->created_ms));
  doc_text(row, KEY("expires"), account_time(request->arena, token->expires_ms));
  doc_text(row, KEY("used"), account_time(request->arena, token->used_ms));
  doc_text(row, KEY("class"), state ? "shut" : "");
  Doc *shown = doc_object(row, KEY("state"));
  doc_text(shown, KEY("class"), STATES[state].css);
  doc_text(shown, KEY("label"), message(request->lang, STATES[state].label));
  if (state)
    return;
  json_t *values = json_pack("{s:s}", "id", token->id);
  form_add(request, row, KEY("revoke"), "token.revoke", values, "Thu hồi");
  json_decref(values);
}

/* What the user may do himself, and all reading at once. */
static void add_scopes(Request *request, Doc *form) {
  form_option(form, "scopes", "read", message(request->lang, "Xem mọi thứ được phép xem"), FALSE);
  for (const Module *const *module = request->app->modules; *module; module++)
    for (const PermissionRow *row = (*module)->permissions; row && row->name; row++)
      if (request_may_anywhere(request, row->name))
        form_option(form, "scopes", row->name, message(request->lang, row->label), FALSE);
}

gboolean token_list(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  gboolean all = request_may(request, "account.read", request->body_id);
  g_autoptr(GArray) tokens =
      conn ? account_store_tokens(conn, request->arena, request->user->id, all ? request->body_id : NULL, error) : NULL;
  if (!tokens)
    return FALSE;
  Doc *rows = doc_list(answer, KEY("rows"));
  for (guint i = 0; i < tokens->len; i++)
    add_token(request, &g_array_index(tokens, Token, i), rows);
  if (request->face != FACE_WEB)
    return TRUE;
  setting_tabs(request, answer);
  doc_text(answer, KEY("api_url"), "/api/openapi.json");
  add_scopes(request, form_add(request, answer, KEY("form"), "token.add", NULL, "Tạo khóa"));
  return TRUE;
}

/* --- making --- */

typedef struct {
  Token token;
  const char *hash;
} NewToken;

static gboolean insert(Change *change, void *data, GError **error) {
  const NewToken *made = data;
  change_about(change, "token", made->token.id, made->token.body_id,
               json_pack("{s:s, s:s}", "name", made->token.name, "scopes", made->token.scopes));
  return account_store_add_token(change->conn, &made->token, made->hash, error);
}

static const char *take_scopes(Request *request, GError **error) {
  g_autoptr(GString) scopes = g_string_new(NULL);
  for (const char *const *scope = input_list(request, "scopes"); *scope; scope++) {
    gboolean known = strcmp(*scope, "read") == 0 || app_find_permission(request->app, *scope);
    if (!known || (strcmp(*scope, "read") != 0 && !request_may_anywhere(request, *scope))) {
      request_refuse_field(request, "scopes",
                           arena_printf(request->arena, "%s: %.60s", message(request->lang, "Không có quyền này"), *scope), error);
      return NULL;
    }
    g_string_append_printf(scopes, "%s%s", scopes->len ? " " : "", *scope);
  }
  return arena_text(request->arena, scopes->str, (gssize)scopes->len);
}

gboolean token_add(Request *request, Doc *answer, GError **error) {
  char id[ID_SIZE];
  NewToken made = {0};
  const char *scopes = take_scopes(request, error);
  if (!scopes)
    return FALSE;
  const char *bearer = token_new(request->arena, &made.hash);
  id_new(id);
  made.token = (Token){.id = id, .account_id = request->user->id, .body_id = request->body_id, .name = input_text(request, "name"),
                       .scopes = scopes, .created_ms = request->now_ms,
                       .expires_ms = request->now_ms + input_int(request, "days", 365) * DAY_MS};
  if (!request_change(request, insert, &made, error))
    return FALSE;
  doc_text_copy(answer, KEY("id"), id);
  doc_text(answer, KEY("token"), bearer);
  request->path = "/cai-dat/khoa";
  return token_list(request, answer, error);
}

/* --- revoking --- */

static gboolean end_token(Change *change, void *data, GError **error) {
  const Token *token = data;
  change_about(change, "token", token->id, token->body_id, NULL);
  return account_store_revoke_token(change->conn, token->id, change->request->now_ms, error);
}

gboolean token_revoke(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  const Token *token = conn ? account_store_token(conn, request->arena, input_text(request, "id"), error) : NULL;
  gboolean mine = token && strcmp(token->account_id, request->user->id) == 0;
  if (!token || (!mine && !request_may(request, "account.write", token->home_body_id))) {
    if (error && !*error)
      g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Không có khóa này.");
    return FALSE;
  }
  if (!request_change(request, end_token, (void *)(gintptr)token, error))
    return FALSE;
  doc_text(answer, KEY("id"), token->id);
  request->notice = message(request->lang, "Đã thu hồi khóa.");
  return TRUE;
}
