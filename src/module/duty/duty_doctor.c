/* What module duty keeps twice must agree: the counts by day and month with the rows that they count. */
#include "core/message.h"
#include "module/duty/duty_pages.h"

enum { SQL_WRONG, SQL_WRONG_MONTH };
static const StoreSql SQL[] = {
    [SQL_WRONG] = {"duty.doctor_counts",
                   "SELECT count(*) FROM (SELECT body_id, due_key, count(*) AS n FROM duty_scope WHERE open = 1 "
                   "GROUP BY body_id, due_key) s FULL JOIN duty_day d ON d.body_id = s.body_id AND d.due_key = s.due_key "
                   "WHERE coalesce(s.n, 0) <> coalesce(d.open_count, 0)", NULL},
    [SQL_WRONG_MONTH] = {"duty.doctor_months",
                         "SELECT count(*) FROM (SELECT body_id, month, count(*) AS n FROM (SELECT body_id, " DUTY_MONTH " AS month "
                         "FROM duty_scope) k GROUP BY body_id, month) s FULL JOIN duty_month d ON d.body_id = s.body_id "
                         "AND d.month = s.month WHERE coalesce(s.n, 0) <> coalesce(d.open_count, 0)", NULL},
};
const StoreSqlTable duty_doctor_sql = {SQL, G_N_ELEMENTS(SQL)};

gboolean duty_doctor(Request *request, Doc *checks, GError **error) {
  gint64 wrong = 0, wrong_months = 0;
  StoreConn *conn = request_read(request, error);
  if (!conn || !store_get_int(conn, &SQL[SQL_WRONG], S0, 0, &wrong, error) ||
      !store_get_int(conn, &SQL[SQL_WRONG_MONTH], S0, 0, &wrong_months, error))
    return FALSE;
  wrong += wrong_months;
  doctor_add(checks, "duty", wrong == 0,
             wrong ? message(request->lang, "Số đếm nhiệm vụ lệch với danh sách")
                   : message(request->lang, "Số đếm nhiệm vụ khớp với danh sách"));
  return TRUE;
}
