/* The checklist of the procedure, and the state of the case that follows from it. */
#include "module/incident/incident_act.h"
#include <string.h>

gboolean incident_open_steps(IncidentCall *call, GError **error) {
  const Incident *incident = call->incident;
  const LawWorkflow *workflow = incident_law_workflow(call->request->app->law, incident->workflow);
  g_autoptr(GArray) steps =
      incident_store_steps(call->change->conn, call->request->arena, incident->id, incident->workflow, error);
  if (!steps || !workflow || steps->len)
    return steps != NULL;
  for (guint i = 0; i < workflow->steps->len; i++) {
    const LawStep *law_step = g_ptr_array_index(workflow->steps, i);
    IncidentStep step = {.step = law_step->rule.id, .state = "todo", .position = i, .pass = 1};
    if (!incident_store_put_step(call->change->conn, incident->id, incident->workflow, &step, NULL, NULL, error))
      return FALSE;
  }
  return TRUE;
}

gboolean incident_follow_steps(IncidentCall *call, GError **error) {
  Incident *incident = call->incident;
  g_autoptr(GArray) steps =
      incident_store_steps(call->change->conn, call->request->arena, incident->id, incident->workflow, error);
  if (!steps)
    return FALSE;
  g_autofree StepState *states = g_new0(StepState, steps->len + 1);
  for (guint i = 0; i < steps->len; i++) {
    const IncidentStep *step = &g_array_index(steps, IncidentStep, i);
    states[i] = (StepState){step->step, step->state};
  }
  const char *state = incident_state_of(states, steps->len);
  if (strcmp(state, incident->state) == 0)
    return TRUE;
  incident->state = state;
  return incident_auto_log(call, error, "Trạng thái: %s.", incident_state_label(state));
}

/* --- one step --- */

static gboolean find_step(IncidentCall *call, const char *name, IncidentStep *out_step, GError **error) {
  g_autoptr(GArray) steps =
      incident_store_steps(call->change->conn, call->request->arena, call->incident->id, call->incident->workflow, error);
  for (guint i = 0; steps && i < steps->len; i++) {
    *out_step = g_array_index(steps, IncidentStep, i);
    if (strcmp(out_step->step, name) == 0)
      return TRUE;
  }
  if (steps)
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "Quy trình của sự cố này không có bước %s.", name);
  return FALSE;
}

static const char *step_name(const IncidentCall *call, const char *step) {
  const LawStep *found = incident_law_step(call->request->app->law, call->incident->workflow, step);
  return found ? found->name : step;
}

static gboolean put_step(IncidentCall *call, const IncidentStep *step, const char *note, GError **error) {
  return incident_store_put_step(call->change->conn, call->incident->id, call->incident->workflow, step,
                                 incident_actor(call->request), note, error);
}

static gboolean is_settled(const IncidentStep *step) {
  return strcmp(step->state, "done") == 0 || strcmp(step->state, "skipped") == 0;
}

gboolean incident_finish_step(IncidentCall *call, const char *name, const char *state, gint64 at_ms, const char *note, GError **error) {
  IncidentStep step;
  if (!find_step(call, name, &step, error))
    return FALSE;
  if (is_settled(&step)) {
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "Bước %s đã xong.", name);
    return FALSE;
  }
  step.state = state;
  step.begun_ms = step.begun_ms ? step.begun_ms : at_ms;
  step.done_ms = at_ms;
  const char *word = strcmp(state, "done") == 0 ? "Hoàn thành bước" : "Không thực hiện bước";
  gboolean said = note && *note;
  return put_step(call, &step, note, error) &&
         incident_auto_log(call, error, "%s %s: %s%s%s", word, name, step_name(call, name), said ? ". Kết quả: " : ".", said ? note : "") &&
         incident_follow_steps(call, error);
}

gboolean act_step_begin(IncidentCall *call, GError **error) {
  const char *name = incident_given(call->request, "step");
  IncidentStep step;
  if (!find_step(call, name, &step, error))
    return FALSE;
  if (strcmp(step.state, "todo") != 0) {
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "Bước %s đã bắt đầu.", name);
    return FALSE;
  }
  step.state = "doing";
  step.begun_ms = incident_given_ms(call->request, "at", call->request->now_ms);
  return put_step(call, &step, NULL, error) &&
         incident_auto_log(call, error, "Bắt đầu bước %s: %s.", name, step_name(call, name)) &&
         (strcmp(call->incident->state, "verifying") == 0 || incident_follow_steps(call, error));
}

/* The step after which the system is found stable ends the handling: clocks count from its time. */
static gboolean end_handling(IncidentCall *call, gint64 at_ms, GError **error) {
  if (call->incident->ended_ms || strcmp(call->incident->state, "ended") != 0)
    return TRUE;
  incident_set_fact_time(call, "ended_at", at_ms);
  return incident_recompute(call, "Kết thúc xử lý sự cố", error);
}

gboolean act_step_finish(IncidentCall *call, GError **error) {
  gint64 at_ms = incident_given_ms(call->request, "at", call->request->now_ms);
  const char *name = incident_given(call->request, "step");
  if (strcmp(name, "T1") == 0) {
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "Bước T1 xong khi xác nhận là sự cố.");
    return FALSE;
  }
  if (at_ms < call->incident->detected_ms || at_ms > call->request->now_ms)
    return request_refuse_field(call->request, "at", "Giờ hoàn thành phải sau lúc phát hiện và không ở tương lai.", error);
  return incident_finish_step(call, name, "done", at_ms, incident_given(call->request, "note"), error) &&
         end_handling(call, at_ms, error);
}

gboolean act_step_skip(IncidentCall *call, GError **error) {
  return incident_finish_step(call, incident_given(call->request, "step"), "skipped", call->request->now_ms,
                              incident_given(call->request, "note"), error);
}

/* --- not stable: the steps that the law names are done again, as a new pass --- */

static gboolean open_again(IncidentCall *call, const char *name, GError **error) {
  IncidentStep step;
  if (!find_step(call, name, &step, error))
    return FALSE;
  if (!is_settled(&step))
    return TRUE;
  step = (IncidentStep){.step = step.step, .state = "todo", .position = step.position, .pass = step.pass + 1};
  return put_step(call, &step, NULL, error);
}

gboolean act_step_back(IncidentCall *call, GError **error) {
  const char *name = incident_given(call->request, "step"), *reason = incident_given(call->request, "note");
  const LawStep *step = incident_law_step(call->request->app->law, call->incident->workflow, name);
  if (!step || !step->back_to->len) {
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "Từ bước %s không quay lại bước trước.", name);
    return FALSE;
  }
  for (guint i = 0; i < step->back_to->len; i++)
    if (!open_again(call, g_ptr_array_index(step->back_to, i), error))
      return FALSE;
  if (!open_again(call, name, error) ||
      !incident_auto_log(call, error, "Hệ thống chưa ổn định, làm lại từ bước %s: %s", (char *)g_ptr_array_index(step->back_to, 0), reason))
    return FALSE;
  gboolean had_ended = call->incident->ended_ms != 0;
  if (had_ended)
    incident_set_fact_time(call, "ended_at", 0);
  return incident_follow_steps(call, error) && (!had_ended || incident_recompute(call, "Hệ thống chưa ổn định", error));
}
