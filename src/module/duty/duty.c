#include "module/duty/duty.h"
#include "base/date.h"
#include "base/id.h"
#include "module/duty/duty_due.h"
#include "module/duty/duty_store.h"
#include <string.h>

/* --- making --- */

static const char *join_names(Arena *arena, const DutyParty *parties, gsize count) {
  g_autoptr(GString) names = g_string_new(NULL);
  for (gsize i = 0; i < count; i++)
    g_string_append_printf(names, "%s%s", i ? "; " : "", parties[i].name);
  return arena_text(arena, names->str, (gssize)names->len);
}

static gboolean add_parties(Change *change, const char *id, const NewDuty *duty, GError **error) {
  int position = 0;
  for (gsize i = 0; i < duty->n_leads; i++)
    if (!duty_store_add_party(change->conn, id, position++, "lead", &duty->leads[i], error))
      return FALSE;
  for (gsize i = 0; i < duty->n_partners; i++)
    if (!duty_store_add_party(change->conn, id, position++, "partner", &duty->partners[i], error))
      return FALSE;
  return TRUE;
}

static gboolean add_created_event(Change *change, const char *duty_id, GError **error) {
  char id[ID_SIZE];
  id_new(id);
  DutyEvent event = {.id = id,
                     .duty_id = duty_id,
                     .group_id = id,
                     .account_id = change->request->user ? change->request->user->id : NULL,
                     .kind = "created",
                     .at_ms = change->request->now_ms};
  return duty_store_add_event(change->conn, &event, error);
}

gboolean duty_insert(Change *change, const NewDuty *duty, const char **out_id, GError **error) {
  Request *request = change->request;
  char id[ID_SIZE];
  const char *code = NULL, *ignored = NULL;
  char cycle_from[11], cycle_to[11];
  Day due;
  int months = duty->due_day && date_parse_day(duty->due_day, &due) ? duty_cycle_months(duty->period, &ignored) : 0;
  if (months) {
    date_write_iso_day(cycle_from, day_start_ms(day_period_first(due, months)));
    date_write_iso_day(cycle_to, day_start_ms(day_period_last(due, months)));
  }
  if (!change_next_code(change, "NV", day_at(request->now_ms).year, &code, error))
    return FALSE;
  id_new(id);
  Duty row = {
      .id = id, .code = code, .series_id = duty->series_id ? duty->series_id : id, .body_id = duty->body_id,
      .plan_id = duty->plan_id, .law_rule = duty->law_rule, .subject_type = duty->subject_type,
      .subject_id = duty->subject_id, .task_ref = duty->task_ref, .section = duty->section, .title = duty->title,
      .content = duty->content, .lead_names = join_names(request->arena, duty->leads, duty->n_leads),
      .lead_body_id = duty->n_leads ? duty->leads[0].body_id : NULL, .period = duty->period, .time_text = duty->time_text,
      .cycle_from = months ? cycle_from : NULL, .cycle_to = months ? cycle_to : NULL,
      .due_day = duty->due_day, .due_ground = duty->due_ground ? duty->due_ground : "",
      .due_basis = duty->due_basis ? duty->due_basis : "", .state = "todo", .created_ms = request->now_ms,
  };
  *out_id = arena_text(request->arena, id, -1);
  change_about(change, "duty", id, duty->body_id, json_pack("{s:s, s:s}", "code", code, "title", duty->title));
  return duty_store_insert(change->conn, &row, error) && add_parties(change, id, duty, error) &&
         duty_store_rescope(change->conn, id, error) && add_created_event(change, id, error) &&
         duty_store_index(change, &row, error);
}
