#include "module/duty/duty.h"
#include "base/date.h"
#include "base/id.h"
#include "module/duty/duty_store.h"
#include <string.h>

/* --- due days --- */

static void write_iso(char out[11], Day day) {
  date_write_iso_day(out, day_start_ms(day));
}

/* What recurs ends with its period; a year is the civil year, as plans count it. */
static const struct {
  const char *period;
  int months;
  const char *basis;
} CYCLES[] = {
    {"yearly",               12, "Hằng năm: gợi ý trước 15/12"            },
    {"at_least_once_a_year", 12, "Mỗi năm ít nhất 01 lần: gợi ý trước 15/12"},
    {"every_6_months",       6,  "06 tháng một lần: gợi ý ngày 15 của tháng cuối kỳ"},
    {"quarterly",            3,  "Hằng quý: gợi ý ngày 15 của tháng cuối quý"},
    {"monthly",              1,  "Hằng tháng: gợi ý ngày 15"                },
};

static int cycle_months(const char *period, const char **out_basis) {
  for (gsize i = 0; i < G_N_ELEMENTS(CYCLES); i++)
    if (strcmp(CYCLES[i].period, period) == 0) {
      *out_basis = CYCLES[i].basis;
      return CYCLES[i].months;
    }
  return 0;
}

gboolean duty_suggest_due(const char *period, const char *today, const char *period_to, char out_day[11],
                          const char **out_basis) {
  Day now, end;
  int months = cycle_months(period, out_basis);
  if (!date_parse_day(today, &now))
    return FALSE;
  if (strcmp(period, "once") == 0 && period_to && date_parse_day(period_to, &end)) {
    write_iso(out_day, end);
    *out_basis = "Không nêu ngày: gợi ý ngày cuối của kỳ kế hoạch";
    return TRUE;
  }
  if (!months)
    return FALSE;
  Day due = day_period_last(now, months);
  due.day = 15;
  if (day_compare(due, now) < 0) {
    due = day_period_last(day_add_months(due, 1), months);
    due.day = 15;
  }
  write_iso(out_day, due);
  return TRUE;
}

/* --- titles --- */

#define TITLE_CHARS 120
#define TITLE_LEAST 24

/* The first clause that is long enough to stand alone; else a cut at a blank. */
const char *duty_title(Arena *arena, const char *content) {
  glong count = 0;
  const char *blank = NULL;
  const char *p = content;
  for (; *p && count < TITLE_CHARS; p = g_utf8_next_char(p), count++) {
    if (*p == ' ')
      blank = p;
    if (count >= TITLE_LEAST && (*p == ';' || *p == ':' || (*p == '.' && (p[1] == ' ' || !p[1]))))
      return arena_text(arena, content, p - content);
  }
  if (!*p)
    return arena_text(arena, content, -1);
  return arena_printf(arena, "%.*s…", (int)((blank ? blank : p) - content), content);
}

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
  int months = duty->due_day && date_parse_day(duty->due_day, &due) ? cycle_months(duty->period, &ignored) : 0;
  if (months) {
    write_iso(cycle_from, day_period_first(due, months));
    write_iso(cycle_to, day_period_last(due, months));
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
