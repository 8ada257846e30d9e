#include "core/core_sql.h"
#include "core/user.h"
#include <sodium.h>
#include <string.h>

#define TOKEN_BYTES 32
#define SESSION_MS (12 * 3600 * 1000LL)
#define TOUCH_MS (10 * 60 * 1000LL)
#define FREE_TRIES 5
#define LOCK_MS (60 * 1000LL)
#define LOCK_MOST_MS (3600 * 1000LL)

/* Whether a grant covers the body that the session or token acts for. */
#define ACTING " LEFT JOIN body_ancestor a ON a.body_id = s.body_id AND a.ancestor_id = r.body_id "

enum { SQL_SIGN_IN, SQL_FAILED, SQL_LOCK, SQL_PASSED, SQL_INSERT, SQL_EXPIRED, SQL_RESUME, SQL_TOUCH, SQL_DELETE, SQL_CHOOSE, SQL_TOKEN, SQL_TOKEN_USED };
static const StoreSql SQL[] = {
    [SQL_SIGN_IN] = {"core.session.sign_in",
                     "SELECT id, password, totp_secret, totp_last, locked_until_ms, home_body_id "
                     "FROM account WHERE login = $1 AND disabled_ms IS NULL", NULL},
    [SQL_FAILED] = {"core.session.failed",
                    "UPDATE account SET failed_count = failed_count + 1 WHERE id = $1 RETURNING failed_count", NULL},
    [SQL_LOCK] = {"core.session.lock", "UPDATE account SET locked_until_ms = $2 WHERE id = $1", NULL},
    [SQL_PASSED] = {"core.session.passed",
                    "UPDATE account SET failed_count = 0, locked_until_ms = 0, totp_last = $2 WHERE id = $1 "
                    "AND locked_until_ms <= $3 AND (totp_secret IS NULL OR totp_last < $2)", NULL},
    [SQL_INSERT] = {"core.session.insert",
                    "INSERT INTO session (id, account_id, body_id, created_ms, seen_ms, expires_ms, remote, agent) "
                    "VALUES ($1, $2, $3, $4, $4, $5, $6, $7)", NULL},
    [SQL_EXPIRED] = {"core.session.expired", "DELETE FROM session WHERE expires_ms < $1", NULL},
    [SQL_RESUME] = {"core.session.resume",
                    "SELECT " USER_COLUMNS ", s.body_id, s.seen_ms, a.depth, NULL FROM session s JOIN account u ON u.id = s.account_id"
                    USER_GRANTS ACTING "WHERE s.id = $1 AND s.expires_ms > $2 AND u.disabled_ms IS NULL", NULL},
    [SQL_TOUCH] = {"core.session.touch", "UPDATE session SET seen_ms = $2, expires_ms = $3 WHERE id = $1", NULL},
    [SQL_DELETE] = {"core.session.delete", "DELETE FROM session WHERE id = $1", NULL},
    [SQL_CHOOSE] = {"core.session.choose", "UPDATE session SET body_id = $2 WHERE id = $1", NULL},
    [SQL_TOKEN] = {"core.token.resume",
                   "SELECT " USER_COLUMNS ", s.body_id, s.used_ms, a.depth, s.scopes FROM api_token s "
                   "JOIN account u ON u.id = s.account_id" USER_GRANTS ACTING
                   "WHERE s.hash = $1 AND s.revoked_ms IS NULL AND s.expires_ms > $2 AND u.disabled_ms IS NULL", NULL},
    [SQL_TOKEN_USED] = {"core.token.used",
                        "UPDATE api_token SET used_ms = $2 WHERE hash = $1 AND (used_ms IS NULL OR used_ms < $3)", NULL},
};
const StoreSqlTable session_sql = {SQL, G_N_ELEMENTS(SQL)};

static const char *hash_hex(Arena *arena, const char *text) {
  guchar digest[crypto_hash_sha256_BYTES];
  char hex[sizeof digest * 2 + 1];
  crypto_hash_sha256(digest, (const guchar *)text, strlen(text));
  return arena_text(arena, sodium_bin2hex(hex, sizeof hex, digest, sizeof digest), -1);
}

static const char *random_token(Arena *arena) {
  guchar bytes[TOKEN_BYTES];
  char text[TOKEN_BYTES * 2];
  randombytes_buf(bytes, sizeof bytes);
  return arena_text(arena, sodium_bin2base64(text, sizeof text, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING), -1);
}

/* --- signing in --- */

#define THROTTLE_MS (10 * 60 * 1000LL)
#define THROTTLE_TRIES 30
#define THROTTLE_ADDRESSES 10000

/* Wrong passwords by address, in this process: one machine that tries many names is slowed down too. */
typedef struct {
  gint64 since_ms;
  int failures;
} Throttle;

static GMutex throttle_lock;
static GHashTable *throttles;

static gboolean throttle_is_old(gpointer address, gpointer data, gpointer now_ms) {
  (void)address;
  return *(gint64 *)now_ms - ((Throttle *)data)->since_ms >= THROTTLE_MS;
}

static gboolean sign_in_throttled(const Request *request, GError **error) {
  gboolean refused = FALSE;
  g_mutex_lock(&throttle_lock);
  const Throttle *throttle = throttles ? g_hash_table_lookup(throttles, request->remote) : NULL;
  if (throttle && throttle->failures >= THROTTLE_TRIES && request->now_ms - throttle->since_ms < THROTTLE_MS)
    refused = TRUE;
  g_mutex_unlock(&throttle_lock);
  if (refused)
    g_set_error(error, APP_ERROR, ERROR_LOCKED, "Quá nhiều lần đăng nhập sai từ máy này. Thử lại sau 10 phút.");
  return refused;
}

static void sign_in_failed(const Request *request) {
  gint64 now_ms = request->now_ms;
  g_mutex_lock(&throttle_lock);
  if (!throttles)
    throttles = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  Throttle *throttle = g_hash_table_lookup(throttles, request->remote);
  if (throttle && now_ms - throttle->since_ms < THROTTLE_MS) {
    throttle->failures++;
  } else {
    if (g_hash_table_size(throttles) >= THROTTLE_ADDRESSES)
      g_hash_table_foreach_remove(throttles, throttle_is_old, &now_ms);
    throttle = g_new(Throttle, 1);
    *throttle = (Throttle){now_ms, 1};
    if (g_hash_table_size(throttles) < THROTTLE_ADDRESSES)
      g_hash_table_replace(throttles, g_strdup(request->remote), throttle);
    else
      g_free(throttle);
  }
  g_mutex_unlock(&throttle_lock);
}

typedef struct {
  const char *id, *password, *totp_secret, *home_body_id;
  gint64 totp_last, locked_until_ms;
} Credentials;

static gboolean find_credentials(Request *request, const char *login, Credentials *out, GError **error) {
  StoreConn *conn = request_read(request, error);
  g_autoptr(StoreRows) rows = conn ? store_query(conn, &SQL[SQL_SIGN_IN], S(S_TEXT(login)), error) : NULL;
  if (!rows)
    return FALSE;
  if (store_step(rows, error))
    *out = (Credentials){
        .id = arena_text(request->arena, store_text(rows, 0), -1),
        .password = arena_text(request->arena, store_text(rows, 1), -1),
        .totp_secret = arena_text(request->arena, store_text(rows, 2), -1),
        .totp_last = store_int(rows, 3),
        .locked_until_ms = store_int(rows, 4),
        .home_body_id = arena_text(request->arena, store_text(rows, 5), -1),
    };
  return !error || !*error;
}

typedef struct {
  Credentials found;
  gint64 totp_step;
  const char *session_id;
} SignIn;

/* Counted from the row itself: guesses that run at once cannot share one try. */
static gboolean record_failure(Change *change, void *data, GError **error) {
  const SignIn *in = data;
  gint64 failures = 0;
  if (!store_get_int(change->conn, &SQL[SQL_FAILED], S(S_TEXT(in->found.id)), 0, &failures, error))
    return FALSE;
  gint64 beyond = failures - FREE_TRIES;
  gint64 wait = beyond < 0 ? 0 : MIN(LOCK_MS << MIN(beyond, 6), LOCK_MOST_MS);
  change_about(change, "account", in->found.id, in->found.home_body_id, json_pack("{s:b}", "failed", 1));
  return store_exec(change->conn, &SQL[SQL_LOCK],
                    S(S_TEXT(in->found.id), S_INT(wait ? change->request->now_ms + wait : 0)), NULL, error);
}

static gboolean record_success(Change *change, void *data, GError **error) {
  const SignIn *in = data;
  const Request *request = change->request;
  gint64 changed = 0;
  if (!store_exec(change->conn, &SQL[SQL_PASSED], S(S_TEXT(in->found.id), S_INT(in->totp_step), S_INT(request->now_ms)), &changed,
                  error))
    return FALSE;
  if (!changed) {
    g_set_error(error, APP_ERROR, ERROR_UNAUTHENTICATED, "Mã xác thực đã dùng hoặc tài khoản vừa bị tạm khóa; chờ rồi thử lại.");
    return FALSE;
  }
  change_about(change, "account", in->found.id, in->found.home_body_id, NULL);
  return store_exec(change->conn, &SQL[SQL_EXPIRED], S(S_INT(request->now_ms)), NULL, error) &&
         store_exec(change->conn, &SQL[SQL_INSERT],
                    S(S_TEXT(in->session_id), S_TEXT(in->found.id), S_TEXT(in->found.home_body_id), S_INT(request->now_ms),
                      S_INT(request->now_ms + SESSION_MS), S_TEXT(request->remote), S_TEXT(request->agent)),
                    NULL, error);
}

/* A stranger's login costs as much time as a known one, so that names cannot be probed. */
static gboolean credentials_match(Request *request, SignIn *in, const char *password, const char *code) {
  static const char NOBODY[] = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$"
                               "Wj1uG6J9nZpF3VqUQp0y3cQ2y1oF8n6c5q7r3m0w2xk";
  const Credentials *found = &in->found;
  gboolean good = password_matches(found->password ? found->password : NOBODY, password);
  in->totp_step = found->totp_last;
  if (!found->id || !found->password || !good)
    return FALSE;
  return !found->totp_secret || totp_matches(found->totp_secret, code, request->now_ms, found->totp_last, &in->totp_step);
}

gboolean session_open(Request *request, const char *login, const char *password, const char *code, const char **out_token,
                      GError **error) {
  SignIn in = {0};
  if (sign_in_throttled(request, error))
    return FALSE;
  if (!find_credentials(request, login, &in.found, error))
    return FALSE;
  if (in.found.locked_until_ms > request->now_ms) {
    g_set_error(error, APP_ERROR, ERROR_LOCKED, "Tài khoản tạm khóa do nhập sai nhiều lần. Thử lại sau %d phút.",
                (int)((in.found.locked_until_ms - request->now_ms) / 60000 + 1));
    return FALSE;
  }
  if (!credentials_match(request, &in, password, code)) {
    sign_in_failed(request);
    if (in.found.id && !request_change(request, record_failure, &in, error))
      return FALSE;
    g_set_error(error, APP_ERROR, ERROR_UNAUTHENTICATED, "Tên đăng nhập, mật khẩu hoặc mã xác thực không đúng.");
    return FALSE;
  }
  *out_token = random_token(request->arena);
  in.session_id = hash_hex(request->arena, *out_token);
  request->user = user_load(request_read(request, error), request->arena, in.found.id, error);
  return request->user && request_change(request, record_success, &in, error);
}

/* --- coming back --- */

static gboolean touch(StoreConn *conn, void *data, GError **error) {
  const Request *request = data;
  return store_exec(conn, &SQL[SQL_TOUCH],
                    S(S_TEXT(request->session_id), S_INT(request->now_ms), S_INT(request->now_ms + SESSION_MS)), NULL, error);
}

typedef struct {
  User *user;
  const char *body_id, *scopes;
  gint64 seen_ms;
} Acting;

/* The body may have been closed to the user meanwhile; then he acts for his home again. */
static gboolean find_acting(Request *request, const StoreSql *sql, const char *key, Acting *out, GError **error) {
  Arena *arena = request->arena;
  gboolean allowed = FALSE;
  GError *failed = NULL;
  StoreConn *conn = request_read(request, error);
  g_autoptr(StoreRows) rows = conn ? store_query(conn, sql, S(S_TEXT(key), S_INT(request->now_ms)), error) : NULL;
  while (rows && store_step(rows, &failed)) {
    if (!out->user)
      *out = (Acting){user_from_row(rows, arena), arena_text(arena, store_text(rows, USER_COLUMN_COUNT), -1),
                      arena_text(arena, store_text(rows, USER_COLUMN_COUNT + 3), -1), store_int(rows, USER_COLUMN_COUNT + 1)};
    user_add_grant(out->user, rows, arena);
    allowed = allowed || !store_is_null(rows, USER_COLUMN_COUNT + 2);
  }
  if (failed)
    g_propagate_error(error, failed);
  if (out->user && !allowed)
    out->body_id = out->user->home_body_id;
  return rows && !failed;
}

static void act_as(Request *request, const Acting *acting) {
  request->user = acting->user;
  request->lang = acting->user->lang;
  request->body_id = acting->body_id;
}

gboolean session_resume(Request *request, const char *token, GError **error) {
  Acting acting = {0};
  const char *id = hash_hex(request->arena, token);
  if (!find_acting(request, &SQL[SQL_RESUME], id, &acting, error))
    return FALSE;
  if (!acting.user)
    return TRUE;
  act_as(request, &acting);
  request->session_id = id;
  return request->now_ms - acting.seen_ms < TOUCH_MS || store_write(request->app->store, touch, request, error);
}

static gboolean delete_session(Change *change, void *data, GError **error) {
  (void)data;
  const Request *request = change->request;
  change_about(change, "account", request->user->id, request->user->home_body_id, NULL);
  return store_exec(change->conn, &SQL[SQL_DELETE], S(S_TEXT(request->session_id)), NULL, error);
}

gboolean session_close(Request *request, GError **error) {
  return !request->session_id || request_change(request, delete_session, NULL, error);
}

static gboolean choose_body(Change *change, void *data, GError **error) {
  const char *body_id = data;
  change_about(change, "account", change->request->user->id, body_id, NULL);
  return store_exec(change->conn, &SQL[SQL_CHOOSE], S(S_TEXT(change->request->session_id), S_TEXT(body_id)), NULL, error);
}

gboolean session_choose_body(Request *request, const char *body_id, GError **error) {
  if (!request->session_id) {
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "Chỉ chọn được đơn vị khi đăng nhập trên trang.");
    return FALSE;
  }
  return request_change(request, choose_body, (void *)(gintptr)body_id, error);
}

const char *session_csrf(Request *request) {
  return request->session_id ? hash_hex(request->arena, arena_printf(request->arena, "csrf:%s", request->session_id)) : "";
}

/* --- API tokens --- */

typedef struct {
  const char *hash;
  gint64 now_ms;
} TokenUse;

static gboolean note_use(StoreConn *conn, void *data, GError **error) {
  const TokenUse *use = data;
  return store_exec(conn, &SQL[SQL_TOKEN_USED], S(S_TEXT(use->hash), S_INT(use->now_ms), S_INT(use->now_ms - TOUCH_MS)),
                    NULL, error);
}

const char *token_new(Arena *arena, const char **out_hash) {
  const char *token = arena_printf(arena, "uc_%s", random_token(arena));
  *out_hash = hash_hex(arena, token);
  return token;
}

gboolean token_resume(Request *request, const char *bearer, GError **error) {
  Acting acting = {0};
  TokenUse use = {hash_hex(request->arena, bearer), request->now_ms};
  if (!find_acting(request, &SQL[SQL_TOKEN], use.hash, &acting, error))
    return FALSE;
  if (!acting.user)
    return TRUE;
  act_as(request, &acting);
  request->token_scopes = acting.scopes;
  return request->now_ms - acting.seen_ms < TOUCH_MS || store_write(request->app->store, note_use, &use, error);
}
