/* Handlers of module admin, by file, and what they share. Private to it. */
#pragma once
#include "core/request.h"

/* admin_state.c: what the program last found out about itself; jobs that run by the clock; the board */
typedef struct {
  gint64 at_ms; /* 0: never */
  gboolean good;
  const char *text;
} SystemState;
gboolean system_state_put(App *app, const char *name, gboolean good, const char *text, GError **error);
gboolean system_state_get(StoreConn *conn, Arena *arena, const char *name, SystemState *out_state, GError **error);
/* Reads the chain and notes the verdict as state "audit". *out_problem NULL: whole; g_free. */
gboolean system_check_audit(App *app, char **out_problem, gint64 *out_entries, gint64 *out_chains, GError **error);
gboolean admin_board(Request *request, Doc *board, GError **error);
extern const JobRow ADMIN_JOBS[];

/* admin_setting.c */
gboolean setting_list(Request *request, Doc *answer, GError **error);
gboolean setting_save(Request *request, Doc *answer, GError **error);
gboolean setting_set(Request *request, Doc *answer, GError **error);

/* admin_audit.c */
gboolean audit_page(Request *request, Doc *answer, GError **error);
gboolean audit_verify_page(Request *request, Doc *answer, GError **error);
gboolean audit_seal_now(Request *request, Doc *answer, GError **error);

/* admin_backup.c */
gboolean backup_page(Request *request, Doc *answer, GError **error);
gboolean backup_run(Request *request, Doc *answer, GError **error);
gboolean backup_verify_one(Request *request, Doc *answer, GError **error);
gboolean backup_restore_here(Request *request, Doc *answer, GError **error);

/* admin_job.c */
gboolean job_page(Request *request, Doc *answer, GError **error);
gboolean job_retry(Request *request, Doc *answer, GError **error);
gboolean job_count_failed(StoreConn *conn, gint64 *out_count, GError **error);
gboolean job_tidy(App *app, gint64 before_ms, GError **error); /* removes what ended well before then */

/* admin_doctor.c */
gboolean system_doctor(Request *request, Doc *answer, GError **error);
gboolean law_check_data(Request *request, Doc *answer, GError **error);
gboolean permission_matrix_page(Request *request, Doc *answer, GError **error);

/* admin_file.c */
gboolean file_get(Request *request, Doc *answer, GError **error);
