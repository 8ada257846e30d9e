/* Affected systems: of the register or only named; the highest level feeds the classification; and the way back from a system. */
#include "core/form.h"
#include "core/message.h"
#include "module/incident/incident_pages.h"
#include "module/system/system.h"
#include <string.h>

#define BESIDE_ROWS 20

enum { SQL_PUT, SQL_HAS, SQL_OF_SYSTEM };
static const StoreSql SQL[] = {
    [SQL_PUT] = {"incident.put_system",
                 "INSERT INTO incident_system (id, incident_id, name, level, impact, created_ms, system_id) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                 NULL},
    [SQL_HAS] = {"incident.has_system", "SELECT count(*) FROM incident_system WHERE incident_id = $1 AND system_id = $2", NULL},
    [SQL_OF_SYSTEM] = {"incident.of_system",
                       "SELECT DISTINCT i.code, i.title, i.state, i.detected_ms FROM incident_system s JOIN incident i ON i.id = s.incident_id "
                       "JOIN incident_scope c ON c.incident_id = i.id AND c.body_id = $2 WHERE s.system_id = $1 "
                       "ORDER BY i.detected_ms DESC, i.code LIMIT $3", NULL},
};
const StoreSqlTable incident_system_sql = {SQL, G_N_ELEMENTS(SQL)};

/* --- adding one --- */

/* The case's own system is the one of the highest level: by it the law classifies. */
static gboolean raise_level(IncidentCall *call, const char *name, gint64 level, GError **error) {
  Incident *incident = call->incident;
  json_t *facts = json_loads(incident->facts, 0, NULL), *system = json_object_get(facts, "system");
  gint64 before = json_integer_value(json_object_get(system, "level"));
  if (level <= before) {
    json_decref(facts);
    return TRUE;
  }
  system = json_is_object(system) ? json_incref(system) : json_object();
  json_object_set_new(system, "name", json_string(name));
  json_object_set_new(system, "level", json_integer(level));
  json_object_set_new(facts, "system", system);
  g_autofree char *text = json_dumps(facts, JSON_COMPACT);
  json_decref(facts);
  json_object_set_new(call->told, "level", json_pack("[I, I]", (json_int_t)before, (json_int_t)level));
  incident->facts = arena_text(call->request->arena, text, -1);
  return incident_recompute(call, arena_printf(call->request->arena, "Hệ thống bị ảnh hưởng cấp độ %d: %s", (int)level, name), error);
}

gboolean act_system_add(IncidentCall *call, GError **error) {
  Request *request = call->request;
  const char *typed = input_text(request, "name"), *impact = incident_given(request, "impact");
  GError *failed = NULL;
  const SystemFact *fact = system_find(request, call->incident->body_id, typed, &failed);
  if (failed) {
    g_propagate_error(error, failed);
    return FALSE;
  }
  const char *name = fact ? fact->name : typed;
  gint64 given = input_int(request, "level", 0), level = fact && fact->level ? fact->level : given, had = 0;
  if (fact && !store_get_int(call->change->conn, &SQL[SQL_HAS], S(S_TEXT(call->incident->id), S_TEXT(fact->id)), 0, &had, error))
    return FALSE;
  if (had)
    return request_refuse_field(request, "name", "Hệ thống này đã có trong sự cố.", error);
  call->result_id = incident_new_id(call);
  return store_exec(call->change->conn, &SQL[SQL_PUT],
                    S(S_TEXT(call->result_id), S_TEXT(call->incident->id), S_TEXT(name), level ? S_INT(level) : S_NULL, S_TEXT(impact),
                      S_INT(request->now_ms), S_TEXT(fact ? fact->id : NULL)),
                    NULL, error) &&
         incident_auto_log(call, error, "Hệ thống bị ảnh hưởng: %s%s%s%s%s.", name, fact ? ", mã " : "", fact ? fact->code : "", *impact ? ", " : "",
                           impact) &&
         raise_level(call, name, level, error);
}

typedef struct {
  Request *request;
  Doc *form;
} Offer;

static gboolean offer(const SystemFact *fact, void *data) {
  const Offer *to = data;
  Arena *arena = to->request->arena;
  const char *level = fact->level ? arena_printf(arena, "%s %d", message(to->request->lang, "cấp độ"), (int)fact->level) : "";
  form_suggest(to->form, "name", arena_printf(arena, "%s (%s)", fact->name, fact->code), level);
  return TRUE;
}

gboolean incident_offer_systems(Request *request, const char *body_id, Doc *form, GError **error) {
  StoreConn *conn = request_read(request, error);
  Offer to = {request, form};
  return conn && system_each(conn, body_id, offer, &to, error);
}

/* --- from the page of a system --- */

gboolean incident_add_of_system(Request *request, const char *system_id, Doc *answer, GError **error) {
  GError *failed = NULL;
  Doc *list = doc_list(answer, KEY("incidents"));
  if (!request_may(request, "incident.read", request->body_id))
    return TRUE;
  StoreConn *conn = request_read(request, error);
  g_autoptr(StoreRows) rows =
      conn ? store_query(conn, &SQL[SQL_OF_SYSTEM], S(S_TEXT(system_id), S_TEXT(request->body_id), S_INT(BESIDE_ROWS)), error) : NULL;
  while (rows && store_step(rows, &failed)) {
    Doc *row = doc_object(list, NULL), *state = doc_object(row, KEY("state"));
    const char *code = arena_text(request->arena, store_text(rows, 0), -1), *name = arena_text(request->arena, store_text(rows, 2), -1);
    doc_text(row, KEY("code"), code);
    doc_text_copy(row, KEY("title"), store_text(rows, 1));
    doc_text(row, KEY("url"), arena_printf(request->arena, "/su-co/%s", code));
    doc_text(row, KEY("detected"), incident_moment(request->arena, store_int(rows, 3)));
    doc_text(state, KEY("class"), incident_state_css(name));
    doc_text(state, KEY("label"), message(request->lang, incident_state_label(name)));
  }
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}
