/* Accounts, passwords, second factor, sessions, API tokens.
 *
 * Passwords: Argon2id, 19 MiB, two passes (OWASP), two at once. A session token is 32 random bytes, kept as SHA-256.
 * After five wrong passwords an account is locked for one minute, doubling up to an hour; after 30 from one address that
 * address waits ten minutes.
 */
#pragma once
#include "core/request.h"

/* Loads the user with grants into the request's arena. NULL without error: no such account, or disabled. */
const User *user_load(StoreConn *conn, Arena *arena, const char *account_id, GError **error);
const User *user_load_by_login(StoreConn *conn, Arena *arena, const char *login, GError **error);
const User *user_load_by_os(StoreConn *conn, Arena *arena, const char *os_user, GError **error);

char *password_hash(const char *password, GError **error); /* g_free */
gboolean password_matches(const char *hash, const char *password);
/* NULL when good enough, else what is missing (Vietnamese). At least 10 characters; not the login; not on the short list
 * of the most used. */
const char *password_weakness(const char *password, const char *login);

/* RFC 6238, 30 s, 6 digits, SHA-1, one step of drift. `last` is the last step used: a code never works twice. */
gboolean totp_matches(const char *secret_base32, const char *code, gint64 now_ms, gint64 last, gint64 *out_step);
char *totp_new_secret(void);                                         /* 160 bits, base32; g_free */
char *totp_uri(const char *secret, const char *login, const char *issuer); /* otpauth://…; g_free */

/* Signs in on the writer thread. FALSE: ERROR_UNAUTHENTICATED (the same words whatever was wrong) or ERROR_LOCKED. */
gboolean session_open(Request *request, const char *login, const char *password, const char *code, const char **out_token,
                      GError **error);
/* Fills request->user, body_id, session_id from a cookie; TRUE and no user where it is unknown or has expired. */
gboolean session_resume(Request *request, const char *token, GError **error);
gboolean session_close(Request *request, GError **error);
gboolean session_choose_body(Request *request, const char *body_id, GError **error);
/* For forms: HMAC of the session; compared in constant time. */
const char *session_csrf(Request *request);

/* REST: "Authorization: Bearer uc_…". */
const char *token_new(Arena *arena, const char **out_hash); /* 256 bits; only the hash is kept */
gboolean token_resume(Request *request, const char *bearer, GError **error);
