/* The statement tables of core, for the test that prepares every statement on both engines. */
#pragma once
#include "lib/store/store.h"

extern const StoreSqlTable request_sql, change_sql, body_sql, history_sql, audit_sql, user_sql, session_sql, setting_sql, file_sql, job_sql;
