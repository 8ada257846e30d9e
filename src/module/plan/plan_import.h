/* Import in one go (REST, command line) and in three steps (page). Private to module plan.
 *
 * Between the steps the file, its reading and what was edited lie in home/import/<id>/, readable by the one who began;
 * nothing is in the store before the confirmation. What was not confirmed within two days is removed.
 */
#pragma once
#include "module/plan/plan_file.h"
#include "module/plan/plan_run.h"

/* Units of a reading that the body does not have yet and that are units of its own: "Phòng …", "Tổ …". GPtrArray of names
 * owned by the reading. */
GPtrArray *plan_new_units(StoreConn *conn, Arena *arena, const char *body_id, const json_t *reading, GError **error);

gboolean plan_import(Request *request, Doc *answer, GError **error);        /* plan.import */
gboolean plan_import_form(Request *request, Doc *answer, GError **error);   /* step 1 */
gboolean plan_stage(Request *request, Doc *answer, GError **error);
gboolean plan_review(Request *request, Doc *answer, GError **error);        /* step 2 */
gboolean plan_review_save(Request *request, Doc *answer, GError **error);
gboolean plan_confirm_form(Request *request, Doc *answer, GError **error);  /* step 3 */
gboolean plan_confirm(Request *request, Doc *answer, GError **error);
gboolean plan_discard(Request *request, Doc *answer, GError **error);

/* A staged import. */
typedef struct {
  char *id, *folder, *name, *body_id, *account_id, *sha256;
  gint64 size, began_ms;
  int version, took_ms;
  PlanContent content;
} Stage;

Stage *stage_load(Request *request, const char *id, GError **error); /* ERROR_NOT_FOUND also for another's */
gboolean stage_save(Stage *stage, GError **error);
Stage *stage_new(Request *request, PlanFile *file, int took_ms, GError **error);
void stage_remove(Stage *stage);
void stage_free(Stage *stage);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Stage, stage_free)
GBytes *stage_original(const Stage *stage, GError **error);
GPtrArray *stage_list(Request *request); /* of Stage, those of the user */
