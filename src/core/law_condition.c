/* Conditions: all, any, not over facts compared by is, at_least, in. Nothing else, so that every answer can be shown.
 */
#include "core/law_private.h"
#include <string.h>

static LawCondition *new_condition(LawReader *reader, LawOperator op) {
  LawCondition *condition = arena_alloc(reader->law->arena, sizeof *condition);
  *condition = (LawCondition){.op = op, .parts = law_list_new(reader->law)};
  return condition;
}

static LawCondition *read_comparison(LawReader *reader, const char *place, const json_t *source) {
  static const struct {
    const char *key;
    LawOperator op;
  } COMPARISONS[] = {
      {"is",       LAW_IS      },
      {"at_least", LAW_AT_LEAST},
      {"in",       LAW_IN      }
  };
  for (gsize i = 0; i < G_N_ELEMENTS(COMPARISONS); i++) {
    const json_t *value = json_object_get(source, COMPARISONS[i].key);
    if (!value)
      continue;
    LawCondition *condition = new_condition(reader, COMPARISONS[i].op);
    condition->name = json_string_value(json_object_get(source, "fact"));
    condition->value = value;
    if (condition->op == LAW_AT_LEAST)
      condition->other = json_string_value(value);
    return condition;
  }
  law_problem(reader, place, "so sánh phải là một trong is, at_least, in");
  return NULL;
}

static LawCondition *read_parts(LawReader *reader, const char *place, LawOperator op, const json_t *parts) {
  LawCondition *condition = new_condition(reader, op);
  gsize count = op == LAW_NOT ? 1 : json_array_size(parts);
  if (!count)
    law_problem(reader, place, "điều kiện rỗng");
  for (gsize i = 0; i < count; i++) {
    LawCondition *part = law_read_condition(reader, place, op == LAW_NOT ? parts : json_array_get(parts, i));
    if (part)
      g_ptr_array_add(condition->parts, part);
  }
  return condition;
}

LawCondition *law_read_condition(LawReader *reader, const char *place, const json_t *source) {
  gsize size = json_object_size(source);
  if (json_is_string(json_object_get(source, "fact")) && size == 2)
    return read_comparison(reader, place, source);
  const json_t *value;
  if (size == 1 && (value = json_object_get(source, "all")))
    return read_parts(reader, place, LAW_ALL, value);
  if (size == 1 && (value = json_object_get(source, "any")))
    return read_parts(reader, place, LAW_ANY, value);
  if (size == 1 && (value = json_object_get(source, "not")))
    return read_parts(reader, place, LAW_NOT, value);
  if (size == 1 && json_is_string(value = json_object_get(source, "criterion"))) {
    LawCondition *condition = new_condition(reader, LAW_CRITERION);
    condition->name = json_string_value(value);
    return condition;
  }
  law_problem(reader, place, "điều kiện không hợp lệ");
  return NULL;
}

/* ---- checking ---- */

static gboolean value_allowed(const Law *law, const LawFact *fact, const json_t *value) {
  if (fact->type == LAW_BOOL)
    return json_is_boolean(value);
  if (fact->type == LAW_INT)
    return json_is_integer(value) && json_integer_value(value) >= fact->least &&
           json_integer_value(value) <= fact->most;
  const char *text = json_string_value(value);
  if (!text || fact->type == LAW_TIME)
    return FALSE;
  if (fact->worked_out)
    return law_find(law->severities, text) != NULL;
  for (guint i = 0; i < fact->values->len; i++)
    if (strcmp(((const LawValue *)g_ptr_array_index(fact->values, i))->id, text) == 0)
      return TRUE;
  return fact->values->len == 0;
}

static gboolean comparison_allowed(const Law *law, const LawCondition *condition, const LawFact *fact) {
  if (condition->op == LAW_AT_LEAST && fact->type == LAW_TIME) {
    const LawFact *other = condition->other ? law_find(law->facts, condition->other) : NULL;
    return other && other->type == LAW_TIME;
  }
  if (condition->op == LAW_AT_LEAST)
    return fact->type == LAW_INT && value_allowed(law, fact, condition->value);
  if (condition->op == LAW_IS)
    return fact->type != LAW_TEXTS && value_allowed(law, fact, condition->value);
  for (gsize i = 0; i < json_array_size(condition->value); i++)
    if (!value_allowed(law, fact, json_array_get(condition->value, i)))
      return FALSE;
  return json_array_size(condition->value) > 0;
}

void law_check_condition(LawReader *reader, const char *place, const LawCondition *condition, gboolean in_criterion) {
  if (!condition)
    return;
  for (guint i = 0; i < condition->parts->len; i++)
    law_check_condition(reader, place, g_ptr_array_index(condition->parts, i), in_criterion);
  if (condition->op == LAW_CRITERION) {
    if (in_criterion)
      law_problem(reader, place, "tiêu chí không được dựa vào tiêu chí khác");
    else if (!law_find(reader->law->criteria, condition->name))
      law_problem(reader, place, "tiêu chí lạ “%s”", condition->name);
  } else if (condition->name) {
    const LawFact *fact = law_find(reader->law->facts, condition->name);
    if (!fact)
      law_problem(reader, place, "dữ kiện lạ “%s”", condition->name);
    else if (!comparison_allowed(reader->law, condition, fact))
      law_problem(reader, place, "dữ kiện “%s” không so sánh được như vậy", condition->name);
  }
}

/* ---- evaluating ---- */

static LawTruth compare_at_least(const LawCondition *condition, const json_t *value, const json_t *facts) {
  const json_t *least = condition->other ? json_object_get(facts, condition->other) : condition->value;
  if (!least)
    return LAW_UNKNOWN;
  if (json_is_null(least) || json_is_null(value))
    return LAW_NOT_MET;
  return json_integer_value(value) >= json_integer_value(least) ? LAW_MET : LAW_NOT_MET;
}

static gboolean list_holds(const json_t *list, const json_t *value) {
  for (gsize i = 0; i < json_array_size(list); i++)
    if (json_equal(json_array_get(list, i), value))
      return TRUE;
  return FALSE;
}

static LawTruth compare_in(const LawCondition *condition, const json_t *value) {
  if (!json_is_array(value))
    return list_holds(condition->value, value) ? LAW_MET : LAW_NOT_MET;
  for (gsize i = 0; i < json_array_size(value); i++)
    if (list_holds(condition->value, json_array_get(value, i)))
      return LAW_MET;
  return LAW_NOT_MET;
}

static LawTruth compare(const LawCondition *condition, const json_t *facts) {
  const json_t *value = json_object_get(facts, condition->name);
  if (!value)
    return LAW_UNKNOWN;
  if (condition->op == LAW_AT_LEAST)
    return compare_at_least(condition, value, facts);
  if (condition->op == LAW_IN)
    return compare_in(condition, value);
  return json_equal(condition->value, value) ? LAW_MET : LAW_NOT_MET;
}

typedef struct {
  const Law *law;
  const json_t *facts;
  const LawProfile *profile;
  Day day;
  GArray *trace;
} Evaluation;

static LawTruth evaluate(Evaluation *e, const LawCondition *condition);

static void add_line(Evaluation *e, const char *label, LawTruth truth, const LawRule *criterion) {
  LawTraceLine line = {label, truth, criterion};
  if (e->trace)
    g_array_append_val(e->trace, line);
}

static LawTruth evaluate_criterion(Evaluation *e, const char *id) {
  for (guint i = 0; i < e->law->criteria->len; i++) {
    const LawCriterion *criterion = g_ptr_array_index(e->law->criteria, i);
    if (strcmp(criterion->rule.id, id) != 0 || !law_in_force(&criterion->rule, e->profile, e->day))
      continue;
    Evaluation inner = *e;
    inner.trace = NULL;
    LawTruth truth = evaluate(&inner, criterion->rule.when);
    add_line(e, criterion->name, truth, &criterion->rule);
    return truth;
  }
  return LAW_NOT_MET; /* not in force then */
}

/* Every part is asked, also when the answer is known, so that the trace is whole. */
static LawTruth evaluate_parts(Evaluation *e, const LawCondition *condition) {
  gboolean all = condition->op == LAW_ALL;
  LawTruth result = all ? LAW_MET : LAW_NOT_MET;
  LawTruth decisive = all ? LAW_NOT_MET : LAW_MET;
  for (guint i = 0; i < condition->parts->len; i++) {
    LawTruth truth = evaluate(e, g_ptr_array_index(condition->parts, i));
    if (truth == decisive || (truth == LAW_UNKNOWN && result != decisive))
      result = truth;
  }
  return result;
}

static LawTruth evaluate(Evaluation *e, const LawCondition *condition) {
  if (!condition)
    return LAW_MET;
  if (condition->op == LAW_ALL || condition->op == LAW_ANY)
    return evaluate_parts(e, condition);
  if (condition->op == LAW_NOT) {
    LawTruth truth = evaluate(e, g_ptr_array_index(condition->parts, 0));
    return truth == LAW_UNKNOWN ? LAW_UNKNOWN : truth == LAW_MET ? LAW_NOT_MET : LAW_MET;
  }
  if (condition->op == LAW_CRITERION)
    return evaluate_criterion(e, condition->name);
  LawTruth truth = compare(condition, e->facts);
  const LawFact *fact = law_find(e->law->facts, condition->name);
  add_line(e, fact->label, truth, NULL);
  return truth;
}

LawTruth law_evaluate(const Law *law, const LawCondition *condition, const json_t *facts, const LawProfile *profile,
                      Day day, GArray *trace) {
  Evaluation e = {law, facts, profile, day, trace};
  return evaluate(&e, condition);
}
