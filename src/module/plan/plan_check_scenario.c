/* Causes and scenarios: four groups, twenty kinds. */
#include "module/plan/plan_check_part.h"
#include "base/text.h"
#include <string.h>

static const json_t *standard_groups(const PlanCheck *check) {
  return json_object_get(check->rules->outline, "scenario_groups");
}

static const json_t *plan_groups(const PlanCheck *check) {
  return json_object_get(check->reading, "scenario_groups");
}

static gboolean means_group(const json_t *standard, const char *words) {
  g_autofree char *spelling = text_fold_spelling(words ? words : "");
  return rule_match(json_object_get(standard, "named"), spelling) &&
         !rule_match(json_object_get(standard, "not_named"), spelling);
}

/* The plan's group that means the standard one; NULL where it has none. */
static const json_t *plan_group_for(const PlanCheck *check, const json_t *standard) {
  gsize i;
  json_t *group;
  json_array_foreach(plan_groups(check), i, group) {
    if (means_group(standard, json_text(group, "group")))
      return group;
  }
  return NULL;
}

static int scenario_line(const PlanCheck *check) {
  const char *group = json_text(json_array_get(plan_groups(check), 0), "group");
  return group ? check_text_line_of(check->text, group) : 0;
}

void check_scenario_missing(PlanCheck *check) {
  g_autoptr(GString) missing = g_string_new(NULL);
  gsize i, count = 0;
  json_t *standard;
  json_array_foreach(standard_groups(check), i, standard) {
    if (plan_group_for(check, standard))
      continue;
    g_string_append_printf(missing, "%s“%s”", count++ ? ", " : "", json_text(standard, "name"));
  }
  if (!count)
    return;
  gsize total = json_array_size(standard_groups(check));
  g_autofree char *found = g_strdup_printf("Có %zu/%zu nhóm tình huống; thiếu %s", total - count, total, missing->str);
  int line = scenario_line(check);
  check_report(check, (Finding){.line = line,
                                .where = line ? NULL : "toàn văn",
                                .found = found,
                                .fix = "Bổ sung nhóm tình huống còn thiếu và các loại trong nhóm"});
}

static gboolean kind_listed(const json_t *kinds, const json_t *standard_kind) {
  gsize i;
  json_t *kind;
  json_array_foreach(kinds, i, kind) {
    g_autofree char *spelling = text_fold_spelling(json_string_value(kind) ? json_string_value(kind) : "");
    if (rule_match(json_object_get(standard_kind, "named"), spelling))
      return TRUE;
  }
  return FALSE;
}

static void check_group_kinds(PlanCheck *check, const json_t *standard, const json_t *group) {
  g_autoptr(GString) missing = g_string_new(NULL);
  const json_t *kinds = json_object_get(group, "kinds");
  gsize i, count = 0;
  json_t *kind;
  json_array_foreach(json_object_get(standard, "kinds"), i, kind) {
    if (kind_listed(kinds, kind))
      continue;
    g_string_append_printf(missing, "%s“%s”", count++ ? ", " : "", json_text(kind, "name"));
  }
  gsize total = json_array_size(json_object_get(standard, "kinds"));
  if (!count)
    return;
  g_autofree char *found = g_strdup_printf("Nhóm %s có %zu/%zu loại; thiếu %s", json_text(standard, "name"),
                                           total - count, total, missing->str);
  check_report(check, (Finding){.line = check_text_line_of(check->text, json_text(group, "group")),
                                .found = found,
                                .fix = "Bổ sung loại sự cố còn thiếu"});
}

void check_scenario_kind_missing(PlanCheck *check) {
  gsize i;
  json_t *standard;
  json_array_foreach(standard_groups(check), i, standard) {
    const json_t *group = plan_group_for(check, standard);
    if (group)
      check_group_kinds(check, standard, group);
  }
}

/* Whether some scenario group answers the cause; a cause of no known group is not judged. */
static gboolean cause_answered(const PlanCheck *check, const json_t *groups, const char *cause, gboolean answered) {
  gsize i;
  json_t *group;
  json_array_foreach(groups, i, group) {
    if (!means_group(group, cause))
      continue;
    if (plan_group_for(check, group))
      return TRUE;
    answered = FALSE;
  }
  return answered;
}

/* The other way round it is perhaps meant so. */
static void check_scenarios_without_cause(PlanCheck *check, const json_t *causes) {
  gsize i, c;
  json_t *standard, *cause;
  json_array_foreach(standard_groups(check), i, standard) {
    gboolean named = FALSE;
    json_array_foreach(causes, c, cause) named = named || means_group(standard, json_string_value(cause));
    if (named || json_list_empty(causes) || !plan_group_for(check, standard))
      continue;
    g_autofree char *found =
        g_strdup_printf("Có tình huống “%s” nhưng không nêu nguyên nhân", json_text(standard, "name"));
    check_report(
        check,
        (Finding){.line = scenario_line(check), .found = found, .fix = "Bổ sung nhóm nguyên nhân", .arguable = TRUE});
  }
}

/* Every cause that the plan names wants a scenario of its group. */
void check_cause_scenario_mismatch(PlanCheck *check) {
  const json_t *causes = json_object_get(check->reading, "cause_groups");
  const json_t *extra = json_object_get(check->rules->outline, "extra_causes");
  g_autoptr(GString) missing = g_string_new(NULL);
  gsize i, count = 0;
  json_t *cause;
  json_array_foreach(causes, i, cause) {
    const char *words = json_string_value(cause);
    if (!words ||
        (cause_answered(check, standard_groups(check), words, TRUE) && cause_answered(check, extra, words, TRUE)))
      continue;
    if (cause_answered(check, standard_groups(check), words, FALSE))
      continue;
    g_string_append_printf(missing, "%s“%s”", count++ ? ", " : "", words);
  }
  if (!count) {
    check_scenarios_without_cause(check, causes);
    return;
  }
  g_autofree char *found = g_strdup_printf("%zu nhóm nguyên nhân, %zu nhóm tình huống; chưa có tình huống cho %s",
                                           json_array_size(causes), json_array_size(plan_groups(check)), missing->str);
  check_report(check, (Finding){.line = check_text_line_of(check->text, json_string_value(json_array_get(causes, 0))),
                                .found = found,
                                .fix = "Bổ sung kịch bản cho nguyên nhân chưa có"});
}
