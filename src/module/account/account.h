/* Module account: signing in and out, users and their roles, second factor, API tokens.
 *
 * A user belongs to a home body. Who may add, change or disable him is an administrator there or above it, and, for
 * everything that would let one act in his name (password, second factor, OS user), also of every body where he holds
 * a role: else an administrator below could take over a role above.
 */
#pragma once
#include "core/request.h"

extern const Module account_module;

/* Makes an account with one role at a body. password NULL: none (only --as and tokens). Inside a change. */
gboolean account_insert(Change *change, const char *login, const char *name, const char *email, const char *password,
                        const char *body_id, Role role, const char **out_id, GError **error);
