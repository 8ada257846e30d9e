/* How a case was handled, and the damage: what Mẫu số 05 asks and only people know. */
#include "base/number.h"
#include "module/incident/incident_act.h"
#include "module/incident/incident_pages.h"
#include <string.h>

enum { SQL_PUT, SQL_GET };
static const StoreSql SQL[] = {
    [SQL_PUT] = {"incident.put_outcome",
                 "INSERT INTO incident_outcome (incident_id, helpers, foreign_helpers, asked, damage_dong, at_ms, account_id) "
                 "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (incident_id) DO UPDATE SET helpers = excluded.helpers, "
                 "foreign_helpers = excluded.foreign_helpers, asked = excluded.asked, damage_dong = excluded.damage_dong, "
                 "at_ms = excluded.at_ms, account_id = excluded.account_id", NULL},
    [SQL_GET] = {"incident.outcome", "SELECT helpers, foreign_helpers, asked, damage_dong FROM incident_outcome WHERE incident_id = $1", NULL},
};
const StoreSqlTable incident_outcome_sql = {SQL, G_N_ELEMENTS(SQL)};

gboolean act_outcome(IncidentCall *call, GError **error) {
  Request *request = call->request;
  const char *helpers = incident_given(request, "helpers"), *foreign = incident_given(request, "foreign_helpers");
  gint64 damage = input_int(request, "damage", -1);
  char number[NUMBER_SIZE];
  number_write(number, MAX(damage, 0));
  return store_exec(call->change->conn, &SQL[SQL_PUT],
                    S(S_TEXT(call->incident->id), S_TEXT(helpers), S_TEXT(foreign), S_INT(input_bool(request, "asked")),
                      damage < 0 ? S_NULL : S_INT(damage), S_INT(request->now_ms), S_TEXT(incident_actor(request))),
                    NULL, error) &&
         incident_auto_log(call, error, "Cách xử lý: %s%s%s%s%s%s%s.", *helpers || *foreign ? "có hỗ trợ của " : "tự xử lý", helpers,
                           *helpers && *foreign ? "; " : "", foreign, input_bool(request, "asked") ? "; đã đề nghị Cơ quan điều phối hỗ trợ" : "",
                           damage < 0 ? "" : "; thiệt hại ước tính (đồng): ", damage < 0 ? "" : number);
}

gboolean incident_add_outcome(Request *request, const Incident *incident, Doc *answer, GError **error) {
  GError *failed = NULL;
  StoreConn *conn = request_read(request, error);
  g_autoptr(StoreRows) rows = conn ? store_query(conn, &SQL[SQL_GET], S(S_TEXT(incident->id)), error) : NULL;
  if (rows && store_step(rows, &failed)) {
    Doc *outcome = doc_object(answer, KEY("outcome"));
    doc_text_copy(outcome, KEY("helpers"), store_text(rows, 0));
    doc_text_copy(outcome, KEY("foreign_helpers"), store_text(rows, 1));
    doc_bool(outcome, KEY("asked"), store_int(rows, 2) != 0);
    if (!store_is_null(rows, 3))
      doc_int(outcome, KEY("damage"), store_int(rows, 3));
  }
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}
