/* A case as one JSON object, for the forms; its shape is told in form_paper.h. */
#include "base/date.h"
#include "core/body.h"
#include "core/law.h"
#include "module/incident/incident_assess.h"
#include "module/incident/incident_catalogue.h"
#include "module/incident/incident_paper.h"
#include <string.h>

enum { SQL_CONTACT, SQL_SYSTEM };
static const StoreSql SQL[] = {
    [SQL_CONTACT] = {"incident.contact",
                     "SELECT c.name, c.title, CASE WHEN c.phone <> '' THEN c.phone ELSE c.phone_after_hours END AS phone, c.email "
                     "FROM body_ancestor a JOIN contact c ON c.body_id = a.ancestor_id AND c.kind IN ('focal', 'duty') "
                     "AND c.until_day IS NULL WHERE a.body_id = $1 ORDER BY a.depth, c.kind DESC, c.id LIMIT 1", NULL},
    [SQL_SYSTEM] = {"incident.known_system",
                    "SELECT purpose, owner_name AS owner, operator_name AS operator FROM system WHERE body_id = $1 AND name = $2 "
                    "ORDER BY id LIMIT 1", NULL},
};
const StoreSqlTable incident_case_sql = {SQL, G_N_ELEMENTS(SQL)};

static void put(json_t *object, const char *key, const char *text) {
  if (text && *text)
    json_object_set_new(object, key, json_string(text));
}

static void put_ms(json_t *object, const char *key, gint64 ms) {
  if (ms)
    json_object_set_new(object, key, json_integer(ms));
}

/* The first row as {column: text}; {} where there is none. */
static json_t *first_row(StoreConn *conn, const StoreSql *sql, const StoreValue *values, gsize count, GError **error) {
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = store_query(conn, sql, values, count, &failed);
  json_t *row = json_object();
  if (rows && store_step(rows, &failed))
    for (int i = 0; i < store_columns(rows); i++)
      put(row, store_column_name(rows, i), store_text(rows, i));
  if (!failed)
    return row;
  g_propagate_error(error, failed);
  json_decref(row);
  return NULL;
}

/* ---- lists: rows of the parts, with what the forms call otherwise ---- */

static const struct {
  IncidentPart part;
  const char *key, *from, *to; /* a column renamed; NULL: none */
} LISTS[] = {
    {PART_LOG, "log", "who", "author"},       {PART_NOTICES, "notices", NULL, NULL},
    {PART_PERSONS, "persons", NULL, NULL},    {PART_SYSTEMS, "systems", NULL, NULL},
    {PART_OBSERVABLES, "observables", NULL, NULL}, {PART_EVIDENCE, "evidence", "size", "size_bytes"},
    {PART_CUSTODY, "custody", NULL, NULL},    {PART_PAPERS, "papers", NULL, NULL},
    {PART_PARTIES, "parties", NULL, NULL},    {PART_STEPS, "steps", NULL, NULL},
};

static json_t *read_list(Request *request, const char *incident_id, gsize index, GError **error) {
  Doc *root = doc_new(request->arena), *list = doc_list(root, KEY("rows"));
  if (!incident_part(request, LISTS[index].part, incident_id, NULL, list, error))
    return NULL;
  g_autoptr(GString) text = g_string_new(NULL);
  doc_write_json(list, text, FALSE);
  json_t *rows = json_loadb(text->str, text->len, 0, NULL);
  for (gsize i = 0; LISTS[index].from && i < json_array_size(rows); i++)
    json_object_set(json_array_get(rows, i), LISTS[index].to, json_object_get(json_array_get(rows, i), LISTS[index].from));
  return rows;
}

static const char *text_of(const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  return text ? text : "";
}

static const char *who_is(const Law *law, const json_t *parties, const char *actor) {
  for (gsize i = 0; i < json_array_size(parties); i++)
    if (strcmp(text_of(json_array_get(parties, i), "actor"), actor) == 0)
      return text_of(json_array_get(parties, i), "name");
  return law_actor_name(law, actor);
}

/* The last pass of each step of the procedure in force, with its name and who leads it. */
static void shape_steps(const Law *law, const Incident *incident, const json_t *parties, json_t *list) {
  const char *last = "";
  for (gsize i = json_array_size(list); i-- > 0;) {
    json_t *row = json_array_get(list, i);
    const char *id = text_of(row, "step");
    const LawStep *step = strcmp(text_of(row, "workflow"), incident->workflow) == 0 && strcmp(id, last) != 0
                              ? incident_law_step(law, incident->workflow, id) : NULL;
    if (!step) {
      json_array_remove(list, i);
      continue;
    }
    last = step->rule.id;
    put(row, "name", step->name);
    if (step->lead->len)
      put(row, "lead", who_is(law, parties, g_ptr_array_index(step->lead, 0)));
  }
}

/* Who is known only by the law's own words is nobody yet. */
static void shape_parties(const Law *law, json_t *list) {
  for (gsize i = json_array_size(list); i-- > 0;) {
    json_t *row = json_array_get(list, i);
    if (strcmp(text_of(row, "ground"), "law") == 0)
      json_array_remove(list, i);
    else
      put(row, "role", law_actor_name(law, text_of(row, "actor")));
  }
}

static void shape_words(const Law *law, json_t *incident) {
  json_t *row = NULL;
  gsize i = 0;
  json_array_foreach(json_object_get(incident, "papers"), i, row) {
    const LawForm *form = law_find(law->forms, text_of(row, "form"));
    put(row, "name", form ? form->name : text_of(row, "form"));
  }
  json_array_foreach(json_object_get(incident, "custody"), i, row)
    put(row, "action", incident_custody_word(text_of(row, "action")));
}

static json_t *reversed(json_t *list) {
  json_t *out = json_array();
  for (gsize i = json_array_size(list); i-- > 0;)
    json_array_append(out, json_array_get(list, i));
  return out;
}

static gboolean put_lists(Request *request, const Incident *incident, json_t *out, GError **error) {
  const Law *law = request->app->law;
  for (gsize i = 0; i < G_N_ELEMENTS(LISTS); i++) {
    json_t *rows = read_list(request, incident->id, i, error);
    if (!rows)
      return FALSE;
    json_object_set_new(out, LISTS[i].key, rows);
  }
  json_object_set_new(out, "log", reversed(json_object_get(out, "log")));
  shape_parties(law, json_object_get(out, "parties"));
  shape_steps(law, incident, json_object_get(out, "parties"), json_object_get(out, "steps"));
  shape_words(law, out);
  return TRUE;
}

/* ---- single values ---- */

static void put_case(Request *request, const Incident *incident, json_t *out) {
  const LawProfile *profile = law_find(request->app->law->profiles, incident->profile);
  put(out, "code", incident->code);
  put(out, "title", incident->title);
  put(out, "state_label", incident_state_label(incident->state));
  put(out, "source", incident->source);
  put(out, "description", incident->description);
  put(out, "severity_label", incident_severity_label(request->app->law, incident));
  put(out, "severity_reason", incident->severity_reason);
  put(out, "close_reason", incident->close_reason);
  put(out, "profile_name", profile ? profile->name : incident->profile);
  put_ms(out, "detected_ms", incident->detected_ms);
  put_ms(out, "received_ms", incident->received_ms);
  put_ms(out, "ended_ms", incident->ended_ms);
  put_ms(out, "closed_ms", incident->closed_ms);
  put_ms(out, "now_ms", request->now_ms);
  json_object_set_new(out, "commander", json_object());
  put(json_object_get(out, "commander"), "name", incident->commander_name);
}

static gboolean depends_on(const Law *law, const LawCondition *condition, const char *criterion) {
  const LawCriterion *named = condition && condition->op == LAW_CRITERION ? law_find(law->criteria, condition->name) : NULL;
  gboolean found = named && strcmp(named->name, criterion) == 0;
  for (guint i = 0; condition && condition->parts && !found && i < condition->parts->len; i++)
    found = depends_on(law, g_ptr_array_index(condition->parts, i), criterion);
  return found;
}

/* The lines of "why" that the severity follows from; the others say only which clocks run. */
static json_t *severity_lines(const Law *law, const Incident *incident, const json_t *why) {
  const LawSeverity *severity = incident_law_severity(law, incident->severity, incident->profile);
  json_t *lines = json_array(), *line = NULL;
  gsize i = 0;
  json_array_foreach(why, i, line)
    if (severity && depends_on(law, severity->rule.when, text_of(line, "criterion")))
      json_array_append(lines, line);
  return lines;
}

static void put_facts(Request *request, const Incident *incident, json_t *out) {
  const LawFact *fact = law_find(request->app->law->facts, "harm");
  const char *decided = strcmp(incident->severity_by, "person") == 0 ? incident->severity : NULL;
  json_t *facts = json_loads(incident->facts, 0, NULL), *harm = json_object_get(facts, "harm"), *names = json_array();
  for (guint i = 0; fact && i < fact->values->len; i++) {
    const LawValue *value = g_ptr_array_index(fact->values, i);
    for (gsize j = 0; j < json_array_size(harm); j++)
      if (g_strcmp0(json_string_value(json_array_get(harm, j)), value->id) == 0)
        json_array_append_new(names, json_string(value->label));
  }
  json_object_set_new(out, "harm_names", names);
  json_object_set(out, "kind_names", json_object_get(facts, "kinds"));
  json_t *assessment = incident_assess(request->app->law, facts, decided, NULL);
  if (assessment) {
    json_object_set_new(out, "severity_why", severity_lines(request->app->law, incident, json_object_get(assessment, "why")));
    json_object_set_new(out, "assessment", assessment);
  }
  json_object_set_new(out, "facts", facts);
}

static void put_system(const Incident *incident, const Body *body, json_t *system, json_t *out) {
  const json_t *parties = json_object_get(out, "parties");
  gboolean run_by_other = FALSE;
  for (gsize i = 0; i < json_array_size(parties); i++)
    run_by_other = run_by_other || strcmp(text_of(json_array_get(parties, i), "actor"), "VH") == 0;
  put(system, "name", incident->system_name);
  if (incident->system_level)
    json_object_set_new(system, "level", json_integer(incident->system_level));
  if (!run_by_other && !json_object_get(system, "operator"))
    put(system, "operator", body->name);
  json_object_set(out, "system", system);
}

static void put_body(const Body *body, json_t *contact, json_t *out) {
  json_t *own = json_object();
  put(own, "name", body->name);
  put(own, "address", body->place);
  put(own, "phone", text_of(contact, "phone"));
  put(own, "email", text_of(contact, "email"));
  json_object_set_new(out, "body", own);
  json_object_set(out, "contact", contact);
}

json_t *incident_case_json(Request *request, const Incident *incident, GError **error) {
  StoreConn *conn = request_read(request, error);
  const Body *body = conn ? body_get(conn, request->arena, incident->body_id, error) : NULL;
  json_t *contact = body ? first_row(conn, &SQL[SQL_CONTACT], S(S_TEXT(body->id)), error) : NULL;
  json_t *system = contact ? first_row(conn, &SQL[SQL_SYSTEM], S(S_TEXT(body->id), S_TEXT(incident->system_name)), error) : NULL;
  json_t *out = json_object();
  gboolean good = system && put_lists(request, incident, out, error);
  if (good) {
    const json_t *first = incident_first_steps_of(request, incident);
    put_case(request, incident, out);
    put_facts(request, incident, out);
    put_body(body, contact, out);
    put_system(incident, body, system, out);
    if (first)
      json_object_set_new(out, "first_steps", json_deep_copy(first));
  }
  json_decref(contact);
  json_decref(system);
  if (good)
    return out;
  json_decref(out);
  return NULL;
}

/* ---- the letterhead ---- */

/* "UBND" ends the symbol of a people's committee, which has no body above its name. */
json_t *incident_letterhead(Request *request, const Incident *incident, GError **error) {
  StoreConn *conn = request_read(request, error);
  const Body *body = conn ? body_get(conn, request->arena, incident->body_id, error) : NULL;
  if (!body)
    return NULL;
  gboolean council = strcmp(body->kind, "tinh") == 0 || strcmp(body->kind, "xa") == 0;
  const Body *above = !council && body->parent_id ? body_get(conn, request->arena, body->parent_id, error) : NULL;
  if (!council && body->parent_id && !above)
    return NULL;
  json_t *head = json_object();
  put(head, "superior", above ? above->name : NULL);
  put(head, "issuer", body->name);
  put(head, "place", body->place);
  if (council) {
    put(head, "office", "UBND");
    json_object_set_new(head, "authority", json_pack("[s, s]", "TM. Ủy ban nhân dân", "Chủ tịch"));
  }
  return head;
}

/* Nobody writes to himself, nor to the same twice. */
static void add_receiver(json_t *to, const json_t *letterhead, const char *name) {
  gboolean known = !*name || strcmp(name, text_of(letterhead, "issuer")) == 0;
  for (gsize i = 0; !known && i < json_array_size(to); i++)
    known = g_strcmp0(json_string_value(json_array_get(to, i)), name) == 0;
  if (!known)
    json_array_append_new(to, json_string(name));
}

/* Whom the notices of the case tell by that form, else whom the layout of the letter names; they are "as above" at the end. */
void incident_address_letter(const json_t *incident, const PaperForm *form, const char *profile, json_t *letterhead) {
  const json_t *actors = json_object_get(json_object_get(json_object_get(form->layout, "letter"), "to"), profile);
  json_t *to = json_array();
  const json_t *row = NULL;
  gsize i = 0;
  json_array_foreach(json_object_get(incident, "notices"), i, row)
    if (strcmp(text_of(row, "form"), form->law->rule.id) == 0 && strcmp(text_of(row, "state"), "void") != 0)
      add_receiver(to, letterhead, text_of(row, "receiver_name"));
  if (!json_array_size(to))
    json_array_foreach(actors, i, row)
      add_receiver(to, letterhead, who_is(form->rules, json_object_get(incident, "parties"), json_string_value(row)));
  json_object_set_new(letterhead, "recipients", json_array_size(to) ? json_pack("[s, s]", "Như trên", "Lưu: VT") : json_pack("[s]", "Lưu: VT"));
  json_object_set_new(letterhead, "to", to);
}

/* "15/BC-UBND": the number, and the symbol as it was given. */
void incident_sign_letter(json_t *letterhead, const char *number, const char *issued_day, const char *signer) {
  char *symbol = NULL;
  guint64 count = number ? g_ascii_strtoull(number, &symbol, 10) : 0;
  if (count && count < G_MAXINT32)
    json_object_set_new(letterhead, "number", json_integer((json_int_t)count));
  if (symbol && *symbol == '/')
    put(letterhead, "symbol", symbol + 1);
  put(letterhead, "day", issued_day);
  put(letterhead, "signer", signer);
}
