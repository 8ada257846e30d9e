#include "module/plan/plan_task.h"
#include <string.h>

Task plan_task_new(void) {
  Task task = {
      .id = PLAN_TEXT_EMPTY, .heading = PLAN_TEXT_EMPTY, .label = PLAN_TEXT_EMPTY, .appendix = PLAN_TEXT_EMPTY};
  task.content.text = task.time.text = task.product.text = PLAN_TEXT_EMPTY;
  task.leads = g_array_new(FALSE, TRUE, sizeof(TaskPart));
  task.coordinates = g_array_new(FALSE, TRUE, sizeof(TaskPart));
  return task;
}

void plan_task_clear(Task *task) {
  g_clear_pointer(&task->leads, g_array_unref);
  g_clear_pointer(&task->coordinates, g_array_unref);
}

void plan_task_part(GArray *parts, PlanText text, int line_from, int line_to, gboolean inferred) {
  TaskPart part = {text, line_from, line_to, inferred};
  if (text.length)
    g_array_append_val(parts, part);
}

static gssize report_verb(PlanText text) {
  static const char *const VERBS[] = {"bao cao", "thong bao, bao cao", "to chuc bao cao", NULL};
  gsize depth = 0;
  for (gsize i = 1; i < text.length; i++) {
    depth += text.fold[i] == '(' ? 1 : text.fold[i] == ')' && depth ? (gsize)-1 : 0;
    if (!depth && text.fold[i - 1] == ' ' && plan_text_lower_at(text, i) && plan_starts_any(text.fold + i, VERBS) &&
        i > 4 && strncmp(text.fold + i - 5, "gui, ", 5) && !g_str_has_prefix(text.fold + i - 5, "bao, "))
      return (gssize)i;
  }
  return -1;
}

/* "X chủ trì, phối hợp với Y": the owner before, the partners after. */
static PlanText split_roles(PlanReading *reading, PlanText text, PlanText *out_partners) {
  gssize with = plan_find_word(text.fold, 0, "phoi hop voi");
  gssize leads = plan_find_word(text.fold, 0, "chu tri");
  if (with < 0 || leads < 4 || leads > with)
    return text;
  *out_partners = plan_text_from(reading->chunk, text, (gsize)with + 12);
  return plan_text_bare(reading->chunk, plan_text_slice(reading->chunk, text, 0, (gsize)leads));
}

static json_t *units_json(PlanReading *reading, const GArray *parts, const char *pointer, gsize index,
                          gboolean *inferred) {
  json_t *list = json_array();
  for (guint i = 0; i < parts->len; i++) {
    const TaskPart *part = &g_array_index(parts, TaskPart, i);
    g_autoptr(GArray) units = g_array_new(FALSE, FALSE, sizeof(PlanText));
    plan_units_split(reading, part->text, units);
    for (guint u = 0; u < units->len; u++) {
      json_array_append_new(list, plan_json_text(g_array_index(units, PlanText, u)));
      plan_note(reading, part->inferred ? PLAN_INFERRED : PLAN_READ, part->line_from, part->line_to,
                "/tasks/%" G_GSIZE_FORMAT "/%s/%" G_GSIZE_FORMAT, index, pointer, json_array_size(list) - 1);
    }
    *inferred = *inferred || part->inferred;
  }
  return list;
}

/* An owner that "… báo cáo …" names a link of the reporting chain, too. */
static void settle_leads(PlanReading *reading, const Task *task) {
  for (guint i = 0; i < task->leads->len; i++) {
    TaskPart *part = &g_array_index(task->leads, TaskPart, i);
    gssize verb = report_verb(part->text);
    if (verb > 0) {
      PlanText sender = plan_text_bare(reading->chunk, plan_text_slice(reading->chunk, part->text, 0, (gsize)verb));
      plan_report_add(reading, sender, plan_text_from(reading->chunk, part->text, (gsize)verb), part->line_from,
                      part->line_to);
      part->text = sender;
    }
    PlanText partners = PLAN_TEXT_EMPTY;
    part->text = split_roles(reading, part->text, &partners);
    plan_task_part(task->coordinates, partners, part->line_from, part->line_to, part->inferred);
  }
}

static void put_time(PlanReading *reading, const Task *task, json_t *object, gsize index) {
  json_t *time = plan_time_json(plan_text_bare(reading->chunk, task->time.text), plan_reading_year(reading));
  gboolean none = !strcmp(json_string_value(json_object_get(time, "kind")), "none");
  if (none && task->response)
    json_object_set_new(time, "kind", json_string("on_event"));
  json_object_set_new(object, "time", time);
  if (!none)
    plan_note(reading, task->time.inferred ? PLAN_INFERRED : PLAN_READ, task->time.line_from, task->time.line_to,
              "/tasks/%" G_GSIZE_FORMAT "/time", index);
}

static void put_inferred(json_t *object, gboolean lead, gboolean coordinate, gboolean time) {
  json_t *list = json_array();
  if (lead)
    json_array_append_new(list, json_string("lead"));
  if (coordinate)
    json_array_append_new(list, json_string("coordinate"));
  if (time)
    json_array_append_new(list, json_string("time"));
  if (json_array_size(list))
    json_object_set(object, "inferred_from_merged_cell", list);
  json_decref(list);
}

/* "Chỉ đạo xử lý sự cố (trong trường hợp …)": the condition apart from the name. */
static void put_condition(PlanReading *reading, const Task *task, json_t *object) {
  gssize at = plan_find_word(task->heading.fold, 0, "trong truong hop");
  const char *close = at > 1 && task->heading.fold[at - 1] == '(' ? strrchr(task->heading.fold, ')') : NULL;
  if (!close || close < task->heading.fold + at)
    return;
  PlanText condition = plan_text_slice(reading->chunk, task->heading, (gsize)at, (gsize)(close - task->heading.fold));
  json_object_set_new(object, "condition", plan_json_text(condition));
  json_object_set_new(object, "heading",
                      plan_json_text(plan_text_slice(reading->chunk, task->heading, 0, (gsize)at - 1)));
}

void plan_task_put(PlanReading *reading, const Task *task) {
  json_t *tasks = json_object_get(reading->plan, "tasks");
  gsize index = json_array_size(tasks);
  gboolean lead = FALSE, coordinate = FALSE;
  settle_leads(reading, task);
  json_t *object = json_pack("{s:s, s:s, s:o, s:o, s:o}", "id", task->id.text, "section", task->id.text, "heading",
                             plan_json_text(plan_text_bare(reading->chunk, task->heading)), "content",
                             plan_json_text(plan_text_bare(reading->chunk, task->content.text)), "lead_label",
                             plan_json_text(task->label));
  json_object_set_new(object, "lead", units_json(reading, task->leads, "lead", index, &lead));
  json_object_set_new(object, "coordinate", units_json(reading, task->coordinates, "coordinate", index, &coordinate));
  put_time(reading, task, object, index);
  if (task->product.text.length)
    json_object_set_new(object, "product", plan_json_text(plan_text_bare(reading->chunk, task->product.text)));
  if (task->appendix.length)
    json_object_set_new(object, "appendix", plan_json_text(task->appendix));
  else if (task->table)
    json_object_set_new(object, "table", json_integer(task->table));
  if (task->row)
    json_object_set_new(object, "row", json_integer(task->row));
  put_inferred(object, lead, coordinate, task->time.inferred && task->time.text.length);
  put_condition(reading, task, object);
  json_array_append_new(tasks, object);
  plan_note(reading, PLAN_READ, task->content.line_from, task->content.line_to, "/tasks/%" G_GSIZE_FORMAT "/content",
            index);
}
