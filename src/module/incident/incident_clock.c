/* From facts to level, procedure and notices; what was before is kept. */
#include "base/date.h"
#include "module/incident/incident_act.h"
#include "module/incident/incident_assess.h"
#include "module/incident/incident_catalogue.h"
#include <string.h>

void incident_set_fact_time(IncidentCall *call, const char *fact, gint64 ms) {
  json_t *facts = json_loads(call->incident->facts, 0, NULL);
  char iso[26];
  date_write_iso(iso, ms);
  json_object_set_new(facts, fact, ms ? json_string(iso) : json_null());
  g_autofree char *text = json_dumps(facts, JSON_COMPACT);
  call->incident->facts = arena_text(call->request->arena, text, -1);
  json_decref(facts);
}

/* --- notices --- */

static IncidentNotice *find_notice(const GPtrArray *notices, const char *clock, const char *receiver) {
  for (guint i = 0; i < notices->len; i++) {
    IncidentNotice *notice = g_ptr_array_index(notices, i);
    if (strcmp(notice->clock, clock) == 0 && strcmp(notice->receiver, receiver) == 0)
      return notice;
  }
  return NULL;
}

static const char *due_text(IncidentCall *call, gint64 due_ms) {
  const char *text = incident_moment(call->request->arena, due_ms);
  return text ? text : "chưa xác định";
}

static gboolean note_due(IncidentCall *call, const IncidentNotice *old, gint64 due_ms, GError **error) {
  return !old || old->due_ms == due_ms || strcmp(old->state, "void") == 0 ||
         incident_auto_log(call, error, "Hạn đổi từ %s sang %s: %s (đến %s).", due_text(call, old->due_ms), due_text(call, due_ms), old->what,
                           law_actor_name(call->request->app->law, old->receiver));
}

/* The paper that the notice is written on; "" where there is none. */
static const char *form_of(const App *app, const LawClock *clock) {
  g_autoptr(GError) error = NULL;
  const FormBook *book = incident_forms(app, &error);
  const PaperForm *form = book ? form_book_for_clock(book, clock) : NULL;
  if (error)
    g_warning("%s", error->message);
  return form ? form->law->rule.id : clock->form ? clock->form : "";
}

static gboolean put_notice(IncidentCall *call, const IncidentClock *started, const char *receiver, const IncidentNotice *old,
                           GError **error) {
  const LawClock *clock = started->clock;
  Arena *arena = call->request->arena;
  g_autofree char *basis = law_basis_text(&clock->rule);
  gboolean revived = old && strcmp(old->state, "void") == 0;
  IncidentNotice notice = old ? *old : (IncidentNotice){.id = incident_new_id(call), .state = "unsent", .channel = "", .recipient = "", .proof = ""};
  notice.clock = clock->rule.id;
  notice.receiver = receiver;
  notice.what = clock->what;
  notice.form = form_of(call->request->app, clock);
  notice.basis = arena_text(arena, basis, -1);
  notice.at_once = clock->at_once;
  notice.due_ms = started->due_known ? started->due_ms : 0;
  if (revived)
    notice.state = "unsent";
  return note_due(call, old, notice.due_ms, error) &&
         incident_store_put_notice(call->change->conn, call->incident->id, &notice, error);
}

static gboolean is_listed(const GArray *clocks, const IncidentNotice *notice) {
  for (guint i = 0; i < clocks->len; i++) {
    const LawClock *clock = g_array_index(clocks, IncidentClock, i).clock;
    if (strcmp(clock->rule.id, notice->clock) == 0 &&
        g_ptr_array_find_with_equal_func(clock->to, notice->receiver, g_str_equal, NULL))
      return TRUE;
  }
  return FALSE;
}

/* What the facts no longer ask for is set aside, unless it has been sent. */
static gboolean void_notice(IncidentCall *call, const IncidentNotice *old, GError **error) {
  IncidentNotice notice = *old;
  notice.state = "void";
  return incident_store_put_notice(call->change->conn, call->incident->id, &notice, error) &&
         incident_auto_log(call, error, "Không còn phải gửi theo dữ kiện mới: %s.", old->what);
}

static gboolean update_notices(IncidentCall *call, const GArray *clocks, GError **error) {
  g_autoptr(GPtrArray) old = incident_store_notices(call->change->conn, call->request->arena, call->incident->id, error);
  for (guint i = 0; old && i < clocks->len; i++) {
    const IncidentClock *clock = &g_array_index(clocks, IncidentClock, i);
    for (guint j = 0; j < clock->clock->to->len; j++) {
      const char *receiver = g_ptr_array_index(clock->clock->to, j);
      if (!put_notice(call, clock, receiver, find_notice(old, clock->clock->rule.id, receiver), error))
        return FALSE;
    }
  }
  for (guint i = 0; old && i < old->len; i++) {
    const IncidentNotice *notice = g_ptr_array_index(old, i);
    if (strcmp(notice->state, "unsent") == 0 && !is_listed(clocks, notice) && !void_notice(call, notice, error))
      return FALSE;
  }
  return old != NULL;
}

/* --- the assessment --- */

static const char *text_of(Arena *arena, const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  return arena_text(arena, text ? text : "", -1);
}

static gint64 ms_of(const json_t *facts, const char *fact) {
  return json_integer_value(json_object_get(facts, fact));
}

static gboolean note_level(IncidentCall *call, const char *before, GError **error) {
  const Incident *incident = call->incident;
  return strcmp(before, incident->severity) == 0 || !*before ||
         incident_auto_log(call, error, "Mức: %s.", incident_severity_label(call->request->app->law, incident));
}

/* The columns that lists and clocks ask, from facts that were read. */
static gboolean take_facts(IncidentCall *call, const json_t *facts, const json_t *answer, GError **error) {
  Incident *incident = call->incident;
  Arena *arena = call->request->arena;
  const char *before = incident->severity;
  incident->profile = text_of(arena, answer, "profile");
  incident->severity = text_of(arena, facts, "severity");
  incident->workflow = text_of(arena, json_object_get(answer, "workflow"), "id");
  incident->detected_ms = ms_of(facts, "detected_at");
  incident->ended_ms = ms_of(facts, "ended_at");
  incident->system_name = text_of(arena, facts, "system.name");
  incident->system_level = ms_of(facts, "system.level");
  return note_level(call, before, error);
}

static gboolean keep_assessment(IncidentCall *call, const json_t *answer, const char *reason, GError **error) {
  g_autofree char *text = json_dumps(answer, JSON_COMPACT);
  gint64 number = 0;
  return incident_next_number(call->change->conn, PUT_ASSESSMENT, call->incident->id, &number, error) &&
         incident_put(call->change->conn, PUT_ASSESSMENT,
                      S(S_TEXT(call->incident->id), S_INT(number), S_INT(call->request->now_ms), S_TEXT(incident_actor(call->request)),
                        S_TEXT(call->incident->facts), S_TEXT(text), S_TEXT(reason ? reason : "")),
                      NULL, error);
}

/* A case that is confirmed and changes its procedure does not begin anew: the first step of the other one is done, too. */
static gboolean carry_over(IncidentCall *call, const char *workflow_before, GError **error) {
  const Incident *incident = call->incident;
  gboolean confirmed = strcmp(incident->state, "reported") != 0 && strcmp(incident->state, "verifying") != 0;
  if (!confirmed || strcmp(workflow_before, incident->workflow) == 0)
    return TRUE;
  g_autoptr(GArray) steps =
      incident_store_steps(call->change->conn, call->request->arena, incident->id, incident->workflow, error);
  const IncidentStep *first = steps && steps->len ? &g_array_index(steps, IncidentStep, 0) : NULL;
  if (!first || strcmp(first->state, "todo") != 0)
    return steps && incident_follow_steps(call, error);
  return incident_finish_step(call, first->step, "done", call->request->now_ms, "Đã làm theo quy trình trước.", error);
}

gboolean incident_recompute(IncidentCall *call, const char *reason, GError **error) {
  const Law *law = call->request->app->law;
  const char *workflow = call->incident->workflow;
  const char *decided = strcmp(call->incident->severity_by, "person") == 0 ? call->incident->severity : NULL;
  json_t *entered = json_loads(call->incident->facts, 0, NULL);
  json_t *facts = law_facts_read(law, entered, NULL, error);
  json_t *answer = facts ? incident_assess(law, entered, decided, error) : NULL;
  g_autoptr(GArray) clocks = answer ? incident_clocks(law, facts, decided, error) : NULL;
  gboolean good = clocks && take_facts(call, facts, answer, error) && keep_assessment(call, answer, reason, error) &&
                  update_notices(call, clocks, error) && incident_open_steps(call, error) &&
                  carry_over(call, workflow, error);
  json_decref(entered);
  json_decref(facts);
  json_decref(answer);
  return good;
}

/* --- who the actors are here --- */

static gboolean put_party(IncidentCall *call, const char *actor, const char *name, const char *ground, GError **error) {
  return incident_put(call->change->conn, PUT_PARTY,
                      S(S_TEXT(call->incident->id), S_TEXT(actor), S_TEXT(name), S_TEXT(""), S_TEXT(ground)), NULL, error);
}

gboolean incident_name_parties(IncidentCall *call, GError **error) {
  const Law *law = call->request->app->law;
  GError *failed = NULL;
  json_t *plan = incident_store_plan(call->change->conn, call->incident->body_id, &failed);
  gboolean good = !failed;
  if (failed)
    g_propagate_error(error, failed);
  for (guint i = 0; good && i < law->actors->len; i++) {
    const LawActor *actor = g_ptr_array_index(law->actors, i);
    const char *named = plan ? incident_party_in_plan(call->request->app, call->request->arena, plan, actor->rule.id) : NULL;
    gboolean owner = strcmp(actor->rule.id, "CQ") == 0;
    good = put_party(call, actor->rule.id, named ? named : owner ? call->incident->body_name : actor->name,
                     named ? "plan" : owner ? "body" : "law", error);
  }
  json_decref(plan);
  return good;
}
