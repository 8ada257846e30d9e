/* Proofs that other modules give: the form of a period for the duties that ask for it. */
#include "core/catalogue.h"
#include "core/law.h"
#include "core/message.h"
#include "module/duty/duty_act.h"
#include "module/duty/duty_pages.h"
#include "module/duty/duty_show.h"
#include <string.h>

enum { SQL_OWN };
static const StoreSql SQL[] = {
    [SQL_OWN] = {"duty.own_open",
                 "SELECT id, code, title, content, law_rule, due_day FROM duty WHERE (body_id = $1 OR lead_body_id = $1) "
                 "AND state IN ('todo', 'doing', 'approval') ORDER BY due_day NULLS LAST, id LIMIT 1000", NULL},
};
const StoreSqlTable duty_proof_sql = {SQL, G_N_ELEMENTS(SQL)};

/* --- "proof.given": {sha256, size, name, note} --- */

gboolean duty_proof_given(void *change, const char *type, const char *id, const char *body_id G_GNUC_UNUSED, const json_t *data, GError **error) {
  static const DutyAction PROVED = {.event = "proof", .permission = "duty.work", .from = "todo doing approval done", .proof = TRUE};
  DutyAct act = {.action = &PROVED, .version = -1, .proof_kind = "file", .note = json_string_value(json_object_get(data, "note")),
                 .file_sha256 = json_string_value(json_object_get(data, "sha256")), .file_name = json_string_value(json_object_get(data, "name")),
                 .file_size = json_integer_value(json_object_get(data, "size"))};
  const Change *running = change;
  const char *duty = strcmp(type, "duty") != 0 ? NULL
                     : g_str_has_prefix(id, "NV-") ? duty_store_id_of_code(running->conn, running->request->arena, id, error) : id;
  return strcmp(type, "duty") != 0 || duty_prove(change, duty ? duty : "", &act, error);
}

/* --- which duties a form proves --- */

static gboolean rule_asks(const Law *law, const char *rule, const char *form) {
  const LawDuty *duty = rule ? law_find(law->duties, rule) : NULL;
  return duty && g_strcmp0(duty->form, form) == 0;
}

gboolean duty_add_proved_by(Request *request, const char *form, Doc *answer, GError **error) {
  GError *failed = NULL;
  StoreConn *conn = request_read(request, error);
  const json_t *words = json_object_get(json_object_get(catalogue_load(request->app, "proofs.yaml"), "forms"), form);
  Doc *list = (Doc *)(gintptr)doc_get(answer, KEY("proves"));
  g_autoptr(StoreRows) rows = conn && list ? store_query(conn, &SQL[SQL_OWN], S(S_TEXT(request->body_id)), error) : NULL;
  if (!list || !rows)
    return conn && !list;
  while (store_step(rows, &failed)) {
    if (!rule_asks(request->app->law, store_text(rows, 4), form) && !catalogue_fits_duty(words, store_text(rows, 2), store_text(rows, 3)))
      continue;
    Doc *row = doc_object(list, NULL);
    const char *due = store_is_null(rows, 5) ? NULL : duty_day_text(request->arena, store_text(rows, 5));
    doc_text_copy(row, KEY("id"), store_text(rows, 0));
    doc_text(row, KEY("label"), arena_printf(request->arena, "%s %s%s%s%s", store_text(rows, 1), store_text(rows, 2), due ? " (" : "",
                                             due ? arena_printf(request->arena, "%s %s", message(request->lang, "hạn"), due) : "", due ? ")" : ""));
  }
  if (failed)
    g_propagate_error(error, failed);
  return !failed;
}
