/* What can be checked only when everything is read: that every word refers to something, and to one thing at a time. */
#include "core/law_private.h"
#include <string.h>

static void check_references(LawReader *reader) {
  for (guint i = 0; i < reader->references->len; i++) {
    const LawReference *reference = &g_array_index(reader->references, LawReference, i);
    if (!law_find(*law_list_at(reader->law, reference->list), reference->id))
      g_ptr_array_add(reader->problems, g_strdup_printf("%s: không có “%s”", reference->place, reference->id));
  }
}

static void check_citations(LawReader *reader, const char *place, const LawRule *rule) {
  for (guint i = 0; i < rule->basis->len; i++) {
    LawCitation *citation = g_ptr_array_index(rule->basis, i);
    citation->act = citation->act_id ? law_find(reader->law->acts, citation->act_id) : NULL;
    if (!citation->act)
      law_problem(reader, place, "căn cứ: văn bản lạ “%s”", citation->act_id ? citation->act_id : "");
    else if (citation->article && !json_object_get(citation->act->articles, citation->article))
      law_problem(reader, place, "căn cứ: %s không có “%s”", citation->act->cited_as, citation->article);
    else if (!citation->article && (citation->clause || citation->point))
      law_problem(reader, place, "căn cứ: có khoản, điểm mà không có điều");
  }
}

static Day first_day(const LawRule *rule) {
  return rule->from.year || !rule->act ? rule->from : rule->act->rule.from;
}

static Day end_day(const LawRule *rule) {
  Day day = rule->until.year || !rule->act ? rule->until : rule->act->rule.until;
  return day.year ? day : (Day){9999, 12, 31};
}

static gboolean share_profile(const LawRule *a, const LawRule *b) {
  if (!a->profiles->len || !b->profiles->len)
    return TRUE;
  for (guint i = 0; i < a->profiles->len; i++)
    if (g_ptr_array_find_with_equal_func(b->profiles, g_ptr_array_index(a->profiles, i), g_str_equal, NULL))
      return TRUE;
  return FALSE;
}

static Day first_day_in_file(const LawRule *rule) {
  Day day = first_day(rule);
  return day.year ? day : (Day){1, 1, 1};
}

static gboolean overlap(const LawRule *a, const LawRule *b) {
  return strcmp(a->id, b->id) == 0 && share_profile(a, b) && day_compare(first_day_in_file(a), end_day(b)) < 0 &&
         day_compare(first_day_in_file(b), end_day(a)) < 0;
}

static const char *place_of(LawReader *reader, const char *section, const LawRule *rule) {
  reader->file = rule->act ? arena_printf(reader->law->arena, "%s.yaml", rule->act->rule.id) : "vocabulary.yaml";
  return arena_printf(reader->law->arena, "%s › %s", section, rule->id ? rule->id : "?");
}

static void check_rule(LawReader *reader, const char *section, const LawRule *rule) {
  const char *place = place_of(reader, section, rule);
  check_citations(reader, place, rule);
  law_check_condition(reader, place, rule->when, strcmp(section, "criteria") == 0);
  if (rule->until.year && day_compare(first_day_in_file(rule), rule->until) >= 0)
    law_problem(reader, place, "hết hiệu lực trước khi có hiệu lực");
}

static void check_list(LawReader *reader, const char *section, GPtrArray *list) {
  for (guint i = 0; i < list->len; i++) {
    const LawRule *rule = g_ptr_array_index(list, i);
    check_rule(reader, section, rule);
    for (guint j = 0; j < i && rule->id; j++) {
      const LawRule *other = g_ptr_array_index(list, j);
      if (other->id && overlap(rule, other))
        law_problem(reader, place_of(reader, section, rule), "trùng mã trong cùng thời gian");
    }
  }
}

static void check_profiles(LawReader *reader, const GPtrArray *profiles) {
  for (guint i = 0; i < profiles->len; i++) {
    const LawRule *rule = g_ptr_array_index(profiles, i);
    for (guint j = 0; j < i; j++) {
      const LawRule *other = g_ptr_array_index(profiles, j);
      if (day_compare(first_day_in_file(rule), end_day(other)) < 0 &&
          day_compare(first_day_in_file(other), end_day(rule)) < 0)
        law_problem(reader, place_of(reader, "profiles", rule), "hai hồ sơ pháp lý cùng hiệu lực một ngày");
    }
  }
}

static void check_workflow(LawReader *reader, const LawWorkflow *workflow) {
  check_list(reader, "steps", workflow->steps);
  for (guint i = 0; i < workflow->steps->len; i++) {
    const LawStep *step = g_ptr_array_index(workflow->steps, i);
    for (guint j = 0; j < step->back_to->len; j++)
      if (!law_find(workflow->steps, g_ptr_array_index(step->back_to, j)))
        law_problem(reader, place_of(reader, "steps", &step->rule), "không có bước “%s”",
                    (const char *)g_ptr_array_index(step->back_to, j));
  }
}

static void check_clock(LawReader *reader, const LawClock *clock) {
  const LawFact *starts = clock->starts ? law_find(reader->law->facts, clock->starts) : NULL;
  const char *place = place_of(reader, "clocks", &clock->rule);
  if (starts && starts->type != LAW_TIME)
    law_problem(reader, place, "“%s” không phải thời điểm", clock->starts);
  if (clock->at_once && (clock->days || clock->hours))
    law_problem(reader, place, "vừa “ngay” vừa có thời hạn");
  if (clock->starts && !clock->at_once && !clock->days && !clock->hours)
    law_problem(reader, place, "thiếu thời hạn");
}

static void check_duty(LawReader *reader, const LawDuty *duty) {
  const char *place = place_of(reader, "duties", &duty->rule);
  if (!duty->every_months && !duty->every_days && !duty->event)
    law_problem(reader, place, "thiếu chu kỳ hoặc sự kiện");
  if (duty->on && !duty->event)
    law_problem(reader, place, "“on” cần nói rõ sự kiện ở event");
  if (duty->rule.when && !duty->per)
    law_problem(reader, place, "điều kiện về hệ thống cần per: system");
}

void law_check_all(LawReader *reader) {
  Law *law = reader->law;
  check_references(reader);
  for (const LawSection *section = LAW_VOCABULARY; section->key; section++)
    check_list(reader, section->key, *law_list_at(law, section->list));
  check_profiles(reader, law->profiles);
  check_list(reader, "acts", law->acts);
  for (const LawSection *section = LAW_SECTIONS; section->key; section++)
    check_list(reader, section->key, *law_list_at(law, section->list));
  for (guint i = 0; i < law->workflows->len; i++)
    check_workflow(reader, g_ptr_array_index(law->workflows, i));
  for (guint i = 0; i < law->clocks->len; i++)
    check_clock(reader, g_ptr_array_index(law->clocks, i));
  for (guint i = 0; i < law->duties->len; i++)
    check_duty(reader, g_ptr_array_index(law->duties, i));
}
