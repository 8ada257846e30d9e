/* Facts entered, level proposed or decided, and the answer of the competent body. */
#include "base/date.h"
#include "module/incident/incident_act.h"
#include <string.h>

/* Facts that one field of the form gives, by the type of the law's fact. */
static const struct {
  const char *field, *fact;
} TIMES[] = {{"detected_at", "detected_at"}, {"told_at", "told_at"}, {"beyond_capacity_at", "beyond_capacity_at"}, {"ended_at", "ended_at"}};

static const char *const YES_NO[] = {"owner_can_handle", "personal_data", "serious", "serious_disruption", "national_security",
                                     "complex"};

static void set_time(json_t *facts, const char *fact, const char *ms) {
  char iso[26];
  date_write_iso(iso, ms ? g_ascii_strtoll(ms, NULL, 10) : 0);
  json_object_set_new(facts, fact, ms ? json_string(iso) : json_null());
}

/* "": unknown, so the fact is absent and its criterion prints "chưa rõ". */
static void set_choice(json_t *facts, const char *fact, const char *answer) {
  if (answer)
    json_object_set_new(facts, fact, json_boolean(strcmp(answer, "yes") == 0));
  else
    json_object_del(facts, fact);
}

static json_t *texts(const char *const *list) {
  json_t *array = json_array();
  for (; *list; list++)
    json_array_append_new(array, json_string(*list));
  return array;
}

static gboolean set_kinds(IncidentCall *call, json_t *facts, GError **error) {
  const LawKindGroup *group = NULL;
  json_t *names = json_array();
  for (const char *const *given = input_list(call->request, "kinds"); *given; given++) {
    const LawKindGroup *of = NULL;
    const LawKind *kind = law_find_kind(call->request->app->law, *given, &of);
    group = group ? group : of;
    if (kind)
      json_array_append_new(names, json_string(kind->name));
    else
      request_refuse_field(call->request, "kinds", "Danh mục không có loại sự cố này.", error);
  }
  if (json_array_size(names)) {
    json_object_set(facts, "kinds", names);
    json_object_set_new(facts, "group", json_string(group->name));
  }
  json_decref(names);
  return !error || !*error;
}

static void set_or_clear(json_t *object, const char *key, json_t *value) {
  if (value)
    json_object_set_new(object, key, value);
  else
    json_object_del(object, key);
}

static void set_system(const Request *request, json_t *facts) {
  const json_t *before = json_object_get(facts, "system");
  json_t *system = json_is_object(before) ? json_copy((json_t *)(gintptr)before) : json_object();
  const char *name = input_text(request, "system_name"), *list = input_text(request, "national_list");
  if (input_has(request, "system_name"))
    set_or_clear(system, "name", name ? json_string(name) : NULL);
  if (input_has(request, "level"))
    set_or_clear(system, "level", input_text(request, "level") ? json_integer(input_int(request, "level", 0)) : NULL);
  if (input_has(request, "national_list"))
    set_or_clear(system, "national_list", list ? json_boolean(strcmp(list, "yes") == 0) : NULL);
  json_object_set_new(facts, "system", system);
}

/* A field that is not in the call leaves its fact alone; one that is there and empty says "not known" or "not yet". */
static gboolean enter_facts(IncidentCall *call, json_t *facts, GError **error) {
  const Request *request = call->request;
  for (gsize i = 0; i < G_N_ELEMENTS(TIMES); i++)
    if (input_has(request, TIMES[i].field))
      set_time(facts, TIMES[i].fact, input_text(request, TIMES[i].field));
  for (gsize i = 0; i < G_N_ELEMENTS(YES_NO); i++)
    if (input_has(request, YES_NO[i]))
      set_choice(facts, YES_NO[i], input_text(request, YES_NO[i]));
  if (input_has(request, "harm") || input_bool(request, "harm_asked"))
    json_object_set_new(facts, "harm", texts(input_list(request, "harm")));
  if (input_has(request, "system_name") || input_has(request, "level") || input_has(request, "national_list"))
    set_system(request, facts);
  return set_kinds(call, facts, error);
}

gboolean act_classify(IncidentCall *call, GError **error) {
  Incident *incident = call->incident;
  Request *request = call->request;
  if (input_int(request, "detected_at", 0) > request->now_ms)
    return request_refuse_field(request, "detected_at", "Giờ phát hiện ở tương lai.", error);
  json_t *facts = json_loads(incident->facts, 0, NULL);
  gboolean good = enter_facts(call, facts, error);
  g_autofree char *text = json_dumps(facts, JSON_COMPACT);
  json_decref(facts);
  if (!good)
    return FALSE;
  const char *before = incident->facts, *title = input_text(request, "title");
  incident->facts = arena_text(request->arena, text, -1);
  if (title)
    incident->title = title;
  json_object_set_new(call->told, "facts", json_pack("[s, s]", before, incident->facts));
  const char *reason = incident_given(request, "reason");
  return incident_recompute(call, reason, error) && incident_store_index(call->change, incident, error) &&
         incident_auto_log(call, error, "Cập nhật dữ kiện, tính lại thời hạn%s%s.", *reason ? ": " : "", reason);
}

/* People may decide otherwise than the criteria, with a reason; "" goes back to what the criteria give. */
gboolean act_decide(IncidentCall *call, GError **error) {
  Incident *incident = call->incident;
  const char *level = input_text(call->request, "level"), *reason = input_text(call->request, "reason");
  gboolean by_law = strcmp(level, "law") == 0;
  incident->severity_by = by_law ? "law" : "person";
  incident->severity_reason = reason;
  incident->severity_confirmed_ms = 0;
  json_object_set_new(call->told, "severity", json_pack("[s, s]", incident->severity, level));
  if (!incident_auto_log(call, error, "%s xác định mức: %s. Lý do: %s", call->request->user->name,
                         by_law ? "theo tiêu chí" : strcmp(level, "nghiem-trong") == 0 ? "nghiêm trọng" : "thông thường", reason))
    return FALSE;
  if (by_law)
    return incident_recompute(call, reason, error);
  const char *before = incident->severity;
  incident->severity = level;
  gboolean good = incident_recompute(call, reason, error);
  json_object_set_new(call->told, "was", json_string(before));
  return good;
}

/* Nghiêm trọng stays a proposal until the body that the law names has answered. */
gboolean act_confirm_level(IncidentCall *call, GError **error) {
  Incident *incident = call->incident;
  Request *request = call->request;
  const LawSeverity *severity = incident_law_severity(request->app->law, incident->severity, incident->profile);
  const char *body = severity && severity->confirmed_by ? law_actor_name(request->app->law, severity->confirmed_by) : NULL;
  gboolean agreed = strcmp(input_text(request, "answer"), "agreed") == 0;
  const char *document = input_text(request, "document");
  if (!body) {
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "Mức hiện nay không cần cơ quan khác xác nhận.");
    return FALSE;
  }
  if (!incident_auto_log(call, error, "%s %s mức nghiêm trọng: %s", body, agreed ? "xác nhận" : "không xác nhận", document))
    return FALSE;
  if (agreed) {
    incident->severity_confirmed_ms = input_int(request, "at", request->now_ms);
    return TRUE;
  }
  incident->severity_by = "person";
  incident->severity = "thong-thuong";
  incident->severity_reason = arena_printf(request->arena, "%s không xác nhận: %s", body, document);
  return incident_recompute(call, incident->severity_reason, error);
}
