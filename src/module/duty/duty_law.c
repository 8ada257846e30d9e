#include "module/duty/duty_law.h"
#include "module/duty/duty.h"
#include <string.h>

static gboolean is_held(const LawActor *actor, const LawBody *body) {
  for (guint i = 0; actor->held_by && i < actor->held_by->len; i++) {
    const char *holder = g_ptr_array_index(actor->held_by, i);
    if (strcmp(holder, "any") == 0 || (body->keeper && strcmp(holder, "keeper") == 0) || strcmp(holder, body->kind) == 0)
      return TRUE;
  }
  return FALSE;
}

gboolean duty_law_concerns(const Law *law, const GPtrArray *actors, const LawBody *body) {
  for (guint i = 0; i < actors->len; i++) {
    const LawActor *actor = law_find(law->actors, g_ptr_array_index(actors, i));
    if (actor && is_held(actor, body))
      return TRUE;
  }
  return FALSE;
}

gboolean duty_law_applies(const Law *law, const LawDuty *duty, const LawBody *body, Day today, gboolean past) {
  gboolean recurs = duty->every_months || duty->every_days || duty->continuous;
  return recurs && (past || strcmp(duty->kind, "past") != 0) && law_in_force(&duty->rule, law_profile_at(law, today), today) &&
         (!duty->per || body->keeper) && duty_law_concerns(law, duty->by, body);
}

LawTruth duty_law_applies_to_level(const Law *law, const LawDuty *duty, gint64 level, Day today) {
  json_t *facts = json_object();
  if (level)
    json_object_set_new(facts, "system.level", json_integer(level));
  LawTruth truth = law_evaluate(law, duty->rule.when, facts, law_profile_at(law, today), today, NULL);
  json_decref(facts);
  return truth;
}

const char *duty_law_period(const LawDuty *duty) {
  static const struct {
    gint64 months;
    const char *period;
  } PERIODS[] = {{1, "monthly"}, {3, "quarterly"}, {6, "every_6_months"}, {12, "yearly"}};
  for (gsize i = 0; i < G_N_ELEMENTS(PERIODS); i++)
    if (PERIODS[i].months == duty->every_months)
      return PERIODS[i].period;
  return duty->continuous || duty->every_days ? "continuous" : duty->event ? "on_event" : "none";
}

/* "before 25/12": the last day allowed is 24/12, of this year or the next. */
static gboolean next_fixed_day(const LawDuty *duty, Day today, Day *out_day) {
  gboolean found = FALSE;
  for (guint i = 0; i < duty->due_before->len; i++)
    for (int year = today.year; year <= today.year + 1; year++) {
      Day last = day_add(law_due_before(g_ptr_array_index(duty->due_before, i), year), -1);
      if (day_compare(last, today) < 0 || (found && day_compare(last, *out_day) >= 0))
        continue;
      *out_day = last;
      found = TRUE;
    }
  return found;
}

gboolean duty_law_due(const LawDuty *duty, Day today, char out_day[11], gboolean *out_by_law, const char **out_words) {
  Day due;
  char now[11];
  *out_words = "";
  *out_by_law = next_fixed_day(duty, today, &due);
  if (*out_by_law) {
    date_write_iso_day(out_day, day_start_ms(due));
    return TRUE;
  }
  date_write_iso_day(now, day_start_ms(today));
  return duty_suggest_due(duty_law_period(duty), now, NULL, out_day, out_words);
}

const LawDuty *duty_law_on_event(const Law *law, const char *event, const LawBody *body, Day today) {
  for (guint i = 0; i < law->duties->len; i++) {
    const LawDuty *duty = g_ptr_array_index(law->duties, i);
    if (g_strcmp0(duty->on, event) == 0 && law_in_force(&duty->rule, law_profile_at(law, today), today) &&
        duty_law_concerns(law, duty->by, body))
      return duty;
  }
  return NULL;
}
