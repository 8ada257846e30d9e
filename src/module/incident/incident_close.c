/* Nothing closes with something open, except with a reason that is printed. */
#include "module/incident/incident_act.h"
#include <string.h>

static gboolean guard_notices(StoreConn *conn, Request *request, const Incident *incident, GPtrArray *reasons, GError **error) {
  g_autoptr(GPtrArray) notices = incident_store_notices(conn, request->arena, incident->id, error);
  for (guint i = 0; notices && i < notices->len; i++) {
    const IncidentNotice *notice = g_ptr_array_index(notices, i);
    if (strcmp(notice->state, "unsent") == 0)
      g_ptr_array_add(reasons, arena_printf(request->arena, "Chưa gửi: %s (đến %s).", notice->what,
                                            law_actor_name(request->app->law, notice->receiver)));
  }
  return notices != NULL;
}

static gboolean guard_steps(StoreConn *conn, Request *request, const Incident *incident, GPtrArray *reasons, GError **error) {
  const Law *law = request->app->law;
  g_autoptr(GArray) steps = incident_store_steps(conn, request->arena, incident->id, incident->workflow, error);
  gboolean suggested = incident_steps_are_suggested(law, incident);
  for (guint i = 0; steps && !suggested && i < steps->len; i++) {
    const IncidentStep *step = &g_array_index(steps, IncidentStep, i);
    const LawStep *law_step = incident_law_step(law, incident->workflow, step->step);
    gboolean settled = strcmp(step->state, "done") == 0 || strcmp(step->state, "skipped") == 0;
    if (law_step && !law_step->optional && !settled)
      g_ptr_array_add(reasons, arena_printf(request->arena, "Bước %s chưa xong: %s.", step->step, law_step->name));
  }
  return steps != NULL;
}

/* A report that has an official form is not only sent: the signed paper is on file. */
static gboolean guard_papers(StoreConn *conn, Request *request, const Incident *incident, GPtrArray *reasons, GError **error) {
  static const char *const FORMS[] = {"mau-03", "mau-04"};
  g_autoptr(GPtrArray) notices = incident_store_notices(conn, request->arena, incident->id, error);
  for (gsize f = 0; notices && f < G_N_ELEMENTS(FORMS); f++) {
    gboolean due = FALSE;
    for (guint i = 0; i < notices->len; i++) {
      const IncidentNotice *notice = g_ptr_array_index(notices, i);
      due = due || (strcmp(notice->form, FORMS[f]) == 0 && strcmp(notice->state, "void") != 0);
    }
    if (!due)
      continue;
    const IncidentPaper *paper = incident_store_last_paper(conn, request->arena, incident->id, FORMS[f], error);
    if (error && *error)
      return FALSE;
    const LawForm *form = law_find(request->app->law->forms, FORMS[f]);
    if (!paper || strcmp(paper->state, "frozen") != 0)
      g_ptr_array_add(reasons, arena_printf(request->arena, "Chưa có bản đã ký: %s, %s.", form->number, form->name));
  }
  return notices != NULL;
}

gboolean incident_close_guard(StoreConn *conn, Request *request, const Incident *incident, GPtrArray *out_reasons, GError **error) {
  return guard_notices(conn, request, incident, out_reasons, error) && guard_steps(conn, request, incident, out_reasons, error) &&
         guard_papers(conn, request, incident, out_reasons, error);
}

static const char *join(Arena *arena, const GPtrArray *reasons) {
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < reasons->len; i++)
    g_string_append_printf(text, "%s%s", i ? " " : "", (char *)g_ptr_array_index(reasons, i));
  return arena_text(arena, text->str, (gssize)text->len);
}

gboolean act_close(IncidentCall *call, GError **error) {
  Incident *incident = call->incident;
  Arena *arena = call->request->arena;
  const char *reason = input_text(call->request, "reason");
  g_autoptr(GPtrArray) against = g_ptr_array_new();
  if (!incident_close_guard(call->change->conn, call->request, incident, against, error))
    return FALSE;
  if (against->len && !reason) {
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "Chưa đóng được hồ sơ: %s", join(arena, against));
    return FALSE;
  }
  incident->state = "closed";
  incident->closed_ms = call->request->now_ms;
  incident->close_reason = against->len ? arena_printf(arena, "%s Còn thiếu khi đóng: %s", reason, join(arena, against)) : "";
  return incident_auto_log(call, error, "Đóng hồ sơ.%s%s", *incident->close_reason ? " Lý do: " : "", incident->close_reason);
}

/* Back to where its steps stand; what was set aside comes due again by the facts. */
gboolean act_reopen(IncidentCall *call, GError **error) {
  Incident *incident = call->incident;
  incident->state = "verifying";
  incident->closed_ms = 0;
  incident->close_reason = incident->decided_reason = "";
  incident->duplicate_of = NULL;
  return incident_auto_log(call, error, "Mở lại hồ sơ: %s", input_text(call->request, "reason")) &&
         incident_follow_steps(call, error) && incident_recompute(call, "Mở lại hồ sơ", error);
}
