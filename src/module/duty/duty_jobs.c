#include "module/duty/duty_jobs.h"
#include "base/clock.h"
#include "base/date.h"
#include "module/duty/duty_law_run.h"
#include "module/duty/duty_remind.h"
#include "module/duty/duty_store.h"
#include <string.h>

#define ROLLED_AT_ONCE 500

enum { SQL_ENDED, SQL_PARTIES };
static const StoreSql SQL[] = {
    [SQL_ENDED] = {"duty.cycle_ended",
                   "SELECT d.id FROM duty d WHERE d.cycle_to IS NOT NULL AND d.cycle_to < $1 AND NOT EXISTS "
                   "(SELECT 1 FROM duty n WHERE n.series_id = d.series_id AND n.cycle_to > d.cycle_to) "
                   "AND (d.plan_id IS NULL OR EXISTS (SELECT 1 FROM plan p WHERE p.id = d.plan_id AND p.state = 'active')) "
                   "LIMIT $2", NULL},
    [SQL_PARTIES] = {"duty.parties_of",
                     "SELECT role, name, body_id, certainty FROM duty_party WHERE duty_id = $1 ORDER BY position", NULL},
};
const StoreSqlTable duty_jobs_sql = {SQL, G_N_ELEMENTS(SQL)};

static gboolean load_parties(StoreConn *conn, Arena *arena, const char *duty_id, const char *role, GArray *out, GError **error) {
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_PARTIES], S(S_TEXT(duty_id)), error);
  while (rows && store_step(rows, &failed)) {
    DutyParty party = {arena_text(arena, store_text(rows, 1), -1), arena_text(arena, store_text(rows, 2), -1),
                       strcmp(store_text(rows, 3), "inferred") == 0};
    if (strcmp(store_text(rows, 0), role) == 0)
      g_array_append_val(out, party);
  }
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}

/* The same work, one cycle later: the due day keeps its place in the period. */
static gboolean add_next(Change *change, const Duty *last, GError **error) {
  g_autoptr(GArray) leads = g_array_new(FALSE, FALSE, sizeof(DutyParty));
  g_autoptr(GArray) partners = g_array_new(FALSE, FALSE, sizeof(DutyParty));
  Day due, from, to;
  char next_due[11];
  const char *id = NULL;
  if (!date_parse_day(last->due_day, &due) || !date_parse_day(last->cycle_from, &from) || !date_parse_day(last->cycle_to, &to) ||
      !load_parties(change->conn, change->request->arena, last->id, "lead", leads, error) ||
      !load_parties(change->conn, change->request->arena, last->id, "partner", partners, error))
    return FALSE;
  int months = (to.year - from.year) * 12 + to.month - from.month + 1;
  Day now = day_at(change->request->now_ms);
  while (day_compare(day_period_last(due, months), now) < 0)
    due = day_add_months(due, months);
  date_write_iso_day(next_due, day_start_ms(due));
  NewDuty next = {
      .body_id = last->body_id, .plan_id = last->plan_id, .law_rule = last->law_rule, .subject_type = last->subject_type,
      .subject_id = last->subject_id, .task_ref = last->task_ref, .section = last->section, .title = last->title,
      .content = last->content, .leads = (const DutyParty *)(gpointer)leads->data, .n_leads = leads->len,
      .partners = (const DutyParty *)(gpointer)partners->data, .n_partners = partners->len, .period = last->period,
      .time_text = last->time_text, .due_day = next_due, .due_ground = last->due_ground, .due_basis = last->due_basis,
      .series_id = last->series_id,
  };
  return duty_insert(change, &next, &id, error);
}

static gboolean roll_some(Change *change, void *data, GError **error) {
  const char *const *ids = data;
  for (; *ids; ids++) {
    const Duty *last = duty_store_get(change->conn, change->request->arena, *ids, error);
    if (!last || !add_next(change, last, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean roll(App *app, const json_t *payload, GError **error) {
  g_autoptr(Arena) arena = arena_new();
  g_autoptr(Request) request = request_new_for_job(app, arena, "duty.roll");
  g_autoptr(GPtrArray) ids = g_ptr_array_new();
  char today[11];
  GError *failed = NULL;
  (void)payload;
  date_write_iso_day(today, request->now_ms);
  StoreConn *conn = request_read(request, error);
  g_autoptr(StoreRows) rows = conn ? store_query(conn, &SQL[SQL_ENDED], S(S_TEXT(today), S_INT(ROLLED_AT_ONCE)), error) : NULL;
  while (rows && store_step(rows, &failed))
    g_ptr_array_add(ids, arena_text(arena, store_text(rows, 0), -1));
  if (failed)
    g_propagate_error(error, failed);
  if (!rows || failed)
    return FALSE;
  g_ptr_array_add(ids, NULL);
  return ids->len == 1 || request_change(request, roll_some, ids->pdata, error);
}

const JobRow DUTY_JOBS[] = {
    {"duty.law_daily", "Bổ sung việc định kỳ theo pháp luật", duty_law_daily, 24 * 60},
    {"duty.roll", "Tạo kỳ tiếp theo của việc định kỳ", roll, 60},
    {"duty.remind", "Nhắc việc đến hạn qua thư", duty_remind, .daily_at_minute = 420},
    {"duty.escalate", "Báo việc quá hạn lâu lên cấp trên", duty_escalate, .daily_at_minute = 425},
    {NULL},
};
