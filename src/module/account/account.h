/* Module account: signing in and out, users and their roles, second factor, API tokens. */
#pragma once
#include "core/request.h"

extern const Module account_module;

/* Makes an account with one role at a body. password NULL: none (only --as and tokens). Inside a change. */
gboolean account_insert(Change *change, const char *login, const char *name, const char *email, const char *password,
                        const char *body_id, Role role, const char **out_id, GError **error);
