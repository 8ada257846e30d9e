/* The statement tables of core, for the test that prepares every statement on both engines. */
#pragma once
#include "core/request.h"

/* What is known of a user, one row for each grant: account as u; what else a statement selects comes after. */
#define USER_COLUMNS "u.id, u.login, u.name, u.email, u.lang, u.home_body_id, r.role, r.body_id"
#define USER_GRANTS " LEFT JOIN account_role r ON r.account_id = u.id"
#define USER_COLUMN_COUNT 8
User *user_from_row(const StoreRows *rows, Arena *arena);
void user_add_grant(User *user, const StoreRows *rows, Arena *arena);

extern const StoreSqlTable request_sql, change_sql, body_sql, history_sql, audit_sql, user_sql, session_sql, setting_sql, file_sql, job_sql;
