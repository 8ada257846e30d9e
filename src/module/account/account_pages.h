/* Handlers of module account, by file. Private to it. */
#pragma once
#include "module/account/account_store.h"

/* account_pages.c: users of the bodies */
gboolean account_list(Request *request, Doc *answer, GError **error);
gboolean account_new_form(Request *request, Doc *answer, GError **error);
gboolean account_view(Request *request, Doc *answer, GError **error);
/* The page of one account after a change that shows a password once. */
gboolean account_show(Request *request, const char *id, Doc *answer, GError **error);

/* account.c: what administrators do */
gboolean account_add(Request *request, Doc *answer, GError **error);
gboolean account_edit(Request *request, Doc *answer, GError **error);
gboolean account_grant(Request *request, Doc *answer, GError **error);
gboolean account_revoke(Request *request, Doc *answer, GError **error);
gboolean account_reset(Request *request, Doc *answer, GError **error);
gboolean account_disable(Request *request, Doc *answer, GError **error);
gboolean account_enable(Request *request, Doc *answer, GError **error);
gboolean account_end_sessions(Request *request, Doc *answer, GError **error);
gboolean account_take_off_totp(Request *request, Doc *answer, GError **error);
/* The account of input "id", which the user may see; else ERROR_NOT_FOUND. */
const Account *account_seen(Request *request, GError **error);
gboolean account_may_manage(Request *request, const Account *account);
/* Refuses a bad new password at `field`. */
gboolean account_check_password(Request *request, const char *field, const char *login, GError **error);

/* account_self.c: one's own page */
gboolean account_me(Request *request, Doc *answer, GError **error);
gboolean account_profile(Request *request, Doc *answer, GError **error);
gboolean account_password(Request *request, Doc *answer, GError **error);
gboolean account_end_own_session(Request *request, Doc *answer, GError **error);
gboolean account_totp(Request *request, Doc *answer, GError **error);
gboolean account_totp_begin(Request *request, Doc *answer, GError **error);
gboolean account_totp_confirm(Request *request, Doc *answer, GError **error);
gboolean account_totp_off(Request *request, Doc *answer, GError **error);
gboolean account_totp_image(Request *request, Doc *answer, GError **error);
gboolean account_choose_page(Request *request, Doc *answer, GError **error);

/* account_token.c */
gboolean token_list(Request *request, Doc *answer, GError **error);
gboolean token_add(Request *request, Doc *answer, GError **error);
gboolean token_revoke(Request *request, Doc *answer, GError **error);

const char *account_time(Arena *arena, gint64 ms); /* 14:35 21/11/2026; NULL for 0 */
