#include "module/plan/plan_run.h"
#include "base/date.h"
#include "base/id.h"
#include "core/file.h"
#include "module/duty/duty.h"
#include "module/org/org.h"
#include "module/plan/plan_file.h"
#include <string.h>

/* --- reaching into a reading --- */

static const char *text_at(const json_t *object, const char *key) {
  return json_string_value(json_object_get(object, key));
}

static const char *text_in(const json_t *reading, const char *object, const char *key) {
  return text_at(json_object_get(reading, object), key);
}

/* --- duties from tasks --- */

typedef struct {
  Change *change;
  const char *body_id, *plan_id, *period_to;
  const char *today;
  int made;
} Making;

static gboolean is_inferred(const json_t *task, const char *part) {
  const json_t *list = json_object_get(task, "inferred_from_merged_cell");
  gsize index;
  json_t *name;
  json_array_foreach(list, index, name) {
    if (g_strcmp0(json_string_value(name), part) == 0)
      return TRUE;
  }
  return FALSE;
}

static const DutyParty *parties_of(Making *making, const json_t *task, const char *part, gsize *out_count, GError **error) {
  const json_t *names = json_object_get(task, part);
  gsize count = json_array_size(names);
  DutyParty *parties = arena_alloc(making->change->request->arena, (count + 1) * sizeof *parties);
  for (gsize i = 0; i < count; i++) {
    const char *name = json_string_value(json_array_get(names, i));
    parties[i] = (DutyParty){.name = name ? name : "", .inferred = is_inferred(task, part)};
    if (!org_find_unit(making->change->conn, making->change->request->arena, making->body_id, parties[i].name,
                       &parties[i].body_id, error))
      return NULL;
  }
  *out_count = count;
  return parties;
}

/* In prose the heading says what the task is; the rows of a table only share the name of their table. */
static const char *title_of(Arena *arena, const json_t *task) {
  const char *heading = text_at(task, "heading"), *content = text_at(task, "content");
  gboolean row = json_object_get(task, "row") != NULL || json_object_get(task, "table") != NULL;
  if (!row && heading && *heading && g_utf8_strlen(heading, -1) <= 160)
    return heading;
  return duty_title(arena, content && *content ? content : heading ? heading : "");
}

static void take_due(const Making *making, const json_t *time, NewDuty *duty, char day[11]) {
  const char *due = text_at(time, "due_to");
  Day parsed;
  if (due && date_parse_day(due, &parsed)) {
    duty->due_day = due;
    duty->due_ground = "text";
    duty->due_basis = duty->time_text ? duty->time_text : "";
  } else if (duty_suggest_due(duty->period, making->today, making->period_to, day, &duty->due_basis)) {
    duty->due_day = day;
    duty->due_ground = "suggested";
  }
}

static gboolean make_duty(Making *making, const json_t *task, GError **error) {
  Arena *arena = making->change->request->arena;
  const json_t *time = json_object_get(task, "time");
  const char *id = text_at(task, "id"), *content = text_at(task, "content"), *kind = text_at(time, "kind");
  const char *ignored = NULL;
  char day[11];
  NewDuty duty = {
      .body_id = making->body_id,
      .plan_id = making->plan_id,
      .task_ref = id ? id : "",
      .section = text_at(task, "section") ? text_at(task, "section") : id ? id : "",
      .title = title_of(arena, task),
      .content = content ? content : "",
      .period = kind ? kind : "none",
      .time_text = text_at(time, "text"),
  };
  duty.leads = parties_of(making, task, "lead", &duty.n_leads, error);
  duty.partners = duty.leads ? parties_of(making, task, "coordinate", &duty.n_partners, error) : NULL;
  if (!duty.partners)
    return FALSE;
  take_due(making, time, &duty, day);
  making->made++;
  return duty_insert(making->change, &duty, &ignored, error);
}

static gboolean make_duties(Change *change, const Plan *plan, const json_t *reading, int *out_duties, GError **error) {
  char today[11];
  gsize index;
  json_t *task;
  date_write_iso_day(today, change->request->now_ms);
  Making making = {change, plan->body_id, plan->id, plan->period_to, today, 0};
  json_array_foreach(json_object_get(reading, "tasks"), index, task) {
    if (!make_duty(&making, task, error))
      return FALSE;
  }
  *out_duties = making.made;
  return TRUE;
}

/* --- the former plan --- */

static gboolean replace_former(Change *change, const char *body_id, const char *new_id, GError **error) {
  GError *failed = NULL;
  const Plan *former = plan_store_active(change->conn, change->request->arena, body_id, &failed);
  if (failed) {
    g_propagate_error(error, failed);
    return FALSE;
  }
  if (!former || strcmp(former->id, new_id) == 0)
    return TRUE;
  Plan ended = *former;
  ended.state = "replaced";
  change_about(change, "plan", former->id, body_id, json_pack("{s:[s, s]}", "state", former->state, "replaced"));
  return plan_store_update(change->conn, &ended, former->version, error) &&
         duty_end_plan(change, former->id, "Kế hoạch đã được thay thế", error);
}

/* --- making --- */

static gboolean make_units(Change *change, const NewPlan *new_plan, GError **error) {
  for (const char *const *name = new_plan->new_units; name && *name; name++) {
    const char *id = NULL;
    if (!org_find_unit(change->conn, change->request->arena, new_plan->body_id, *name, &id, error))
      return FALSE;
    if (!id && !org_add_body(change, new_plan->body_id, "don-vi", *name, NULL, NULL, &id, error))
      return FALSE;
  }
  return TRUE;
}

static const char *state_of(const Request *request, const NewPlan *new_plan, const char *period_to) {
  char today[11];
  date_write_iso_day(today, request->now_ms);
  if (!new_plan->in_force)
    return "draft";
  return period_to && strcmp(period_to, today) < 0 ? "expired" : "active";
}

static void fill_head(Change *change, const NewPlan *new_plan, Plan *plan) {
  const json_t *reading = new_plan->reading;
  const char *number = text_in(reading, "number", "resolved"), *signer = text_in(reading, "signer", "name");
  const char *type = text_at(reading, "document_type"), *title = text_at(reading, "title");
  *plan = (Plan){
      .body_id = new_plan->body_id,
      .origin = new_plan->origin,
      .number = number ? number : "",
      .issued_day = text_in(reading, "date", "iso"),
      .title = title && *title ? title : type && *type ? type : "Kế hoạch",
      .period_from = text_in(reading, "period", "from"),
      .period_to = text_in(reading, "period", "to"),
      .signer = signer ? signer : "",
      .above_id = new_plan->above_id,
      .previous_id = new_plan->previous_id,
      .source_sha256 = new_plan->file_sha256,
      .source_name = new_plan->file_name ? new_plan->file_name : "",
      .errors = plan_findings_count(new_plan->findings, "error"),
      .warnings = plan_findings_count(new_plan->findings, "warning"),
      .hints = plan_findings_count(new_plan->findings, "info"),
      .created_by = change->request->user ? change->request->user->id : NULL,
      .created_ms = change->request->now_ms,
  };
  plan->state = state_of(change->request, new_plan, plan->period_to);
}

static gboolean keep_original(Change *change, const NewPlan *new_plan, const char *id, GError **error) {
  const char *attachment = NULL;
  return !new_plan->file_sha256 || attachment_add(change, "plan", id, new_plan->body_id, new_plan->file_sha256, new_plan->file_size,
                                                  new_plan->file_name, "application/octet-stream", &attachment, error);
}

gboolean plan_insert(Change *change, const NewPlan *new_plan, const char **out_id, int *out_duties, GError **error) {
  Request *request = change->request;
  Plan plan;
  PlanContent content = {(json_t *)(gintptr)new_plan->reading, (json_t *)(gintptr)new_plan->source,
                         (json_t *)(gintptr)new_plan->findings};
  char id[ID_SIZE];
  *out_duties = 0;
  fill_head(change, new_plan, &plan);
  id_new(id);
  plan.id = *out_id = arena_text(request->arena, id, -1);
  if (!change_next_code(change, "KH", day_at(request->now_ms).year, &plan.code, error) ||
      (new_plan->in_force && !replace_former(change, plan.body_id, plan.id, error)))
    return FALSE;
  change_about(change, "plan", plan.id, plan.body_id,
               json_pack("{s:s, s:s, s:s}", "code", plan.code, "title", plan.title, "state", plan.state));
  return plan_store_insert(change->conn, &plan, &content, error) && keep_original(change, new_plan, plan.id, error) &&
         make_units(change, new_plan, error) && plan_store_index(change, &plan, error) &&
         (!new_plan->in_force || make_duties(change, &plan, new_plan->reading, out_duties, error));
}

gboolean plan_activate(Change *change, const Plan *draft, int *out_duties, GError **error) {
  PlanContent content;
  Plan plan = *draft;
  plan.state = "active";
  plan.approved_by = change->request->user ? change->request->user->id : NULL;
  plan.approved_ms = change->request->now_ms;
  if (!plan_store_get_content(change->conn, draft->id, &content, error))
    return FALSE;
  change_about(change, "plan", plan.id, plan.body_id, json_pack("{s:[s, s]}", "state", draft->state, "active"));
  gboolean good = replace_former(change, plan.body_id, plan.id, error) &&
                  plan_store_update(change->conn, &plan, draft->version, error) &&
                  make_duties(change, &plan, content.reading, out_duties, error);
  plan_content_clear(&content);
  return good;
}
