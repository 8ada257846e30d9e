/* SQL of what hangs on a case: steps, log, notices, evidence, papers … */
#include "module/incident/incident_store.h"
#include "base/date.h"
#include "base/id.h"
#include <string.h>

/* A value that half the country met (a public resolver) says nothing: of each value only the newest cases are looked at. */
#define MET                                                                                                            \
  "SELECT x.incident_id FROM incident_observable x WHERE x.kind = o.kind AND x.value = o.value "                       \
  "AND x.incident_id <> o.incident_id ORDER BY x.incident_id DESC LIMIT 100"
#define SEEN "EXISTS (SELECT 1 FROM incident_scope s WHERE s.incident_id = m.incident_id AND s.body_id = $2)"

static const StoreSql PARTS[] = {
    [PART_STEPS] = {"incident.part_steps",
                    "SELECT s.workflow, s.step, s.pass AS pass_int, s.state, s.begun_ms, s.done_ms, s.note, u.name AS who "
                    "FROM incident_step s LEFT JOIN account u ON u.id = s.account_id WHERE s.incident_id = $1 "
                    "ORDER BY s.workflow DESC, s.position, s.pass", NULL},
    [PART_TASKS] = {"incident.part_tasks",
                    "SELECT t.id, t.step, t.title, t.due_ms, t.done_ms, t.result, t.owner_id, u.name AS owner FROM incident_task t "
                    "LEFT JOIN account u ON u.id = t.owner_id WHERE t.incident_id = $1 ORDER BY t.created_ms, t.id", NULL},
    [PART_LOG] = {"incident.part_log",
                  "SELECT l.number AS number_int, l.at_ms, l.entered_ms, l.author AS who, l.kind, l.text, l.corrects AS corrects_int "
                  "FROM incident_log l WHERE l.incident_id = $1 ORDER BY l.number DESC", NULL},
    [PART_NOTICES] = {"incident.part_notices",
                      "SELECT n.id, n.clock, n.receiver, coalesce(p.name, n.receiver) AS receiver_name, n.what, n.form, n.basis, "
                      "n.at_once AS at_once_int, n.due_ms, n.state, n.sent_ms, n.confirmed_ms, n.channel, n.recipient, n.proof, "
                      "u.name AS who FROM incident_notice n LEFT JOIN incident_party p ON p.incident_id = n.incident_id "
                      "AND p.actor = n.receiver LEFT JOIN account u ON u.id = n.account_id WHERE n.incident_id = $1 "
                      "ORDER BY n.due_ms NULLS LAST, n.clock, n.receiver", NULL},
    [PART_PARTIES] = {"incident.part_parties",
                      "SELECT actor, name, contact, ground FROM incident_party WHERE incident_id = $1 ORDER BY actor", NULL},
    [PART_PERSONS] = {"incident.part_persons",
                      "SELECT id, name, unit, role, phone, joined_ms, released_ms FROM incident_person WHERE incident_id = $1 "
                      "ORDER BY joined_ms, id", NULL},
    [PART_SYSTEMS] = {"incident.part_systems",
                      "SELECT s.id, s.name, s.level AS level_int, s.impact, s.created_ms, r.code FROM incident_system s "
                      "LEFT JOIN system r ON r.id = s.system_id WHERE s.incident_id = $1 ORDER BY s.created_ms, s.id", NULL},
    [PART_OBSERVABLES] = {"incident.part_observables",
                          "SELECT o.id, o.kind, o.value, o.note, o.tlp, o.created_ms, u.name AS who FROM incident_observable o "
                          "LEFT JOIN account u ON u.id = o.account_id WHERE o.incident_id = $1 ORDER BY o.created_ms, o.id", NULL},
    [PART_RELATED] = {"incident.part_related",
                      "SELECT o.value, i.code, i.title FROM incident_observable o JOIN incident i ON i.id IN "
                      "(SELECT m.incident_id FROM (" MET ") m WHERE " SEEN " LIMIT 20) "
                      "WHERE o.incident_id = $1 ORDER BY i.detected_ms DESC, i.code, o.value LIMIT 100",
                      "SELECT o.value, i.code, i.title FROM incident_observable o CROSS JOIN LATERAL "
                      "(SELECT m.incident_id FROM (" MET ") m WHERE " SEEN " LIMIT 20) t JOIN incident i ON i.id = t.incident_id "
                      "WHERE o.incident_id = $1 ORDER BY i.detected_ms DESC, i.code, o.value LIMIT 100"},
    [PART_EVIDENCE] = {"incident.part_evidence",
                       "SELECT id, number AS number_int, title, sha256, size_bytes AS size_int, file_name, taken_ms, taken_by, "
                       "taken_where, taken_how, seal, created_ms, broken_ms FROM incident_evidence WHERE incident_id = $1 ORDER BY number", NULL},
    [PART_CUSTODY] = {"incident.part_custody",
                      "SELECT e.number AS number_int, c.at_ms, c.action, c.from_whom, c.to_whom, c.note, c.intact AS intact_int, "
                      "u.name AS who FROM incident_custody c JOIN incident_evidence e ON e.id = c.evidence_id "
                      "LEFT JOIN account u ON u.id = c.account_id WHERE e.incident_id = $1 ORDER BY c.at_ms, c.id", NULL},
    [PART_PAPERS] = {"incident.part_papers",
                     "SELECT id, form, state, number, issued_day, signer, sha256, scan_id, created_ms, changed_ms, "
                     "version AS version_int FROM incident_paper WHERE incident_id = $1 ORDER BY created_ms, id", NULL},
    [PART_ASSESSMENTS] = {"incident.part_assessments",
                          "SELECT a.number AS number_int, a.at_ms, a.reason, u.name AS who, a.facts AS facts_json, "
                          "a.answer AS answer_json FROM incident_assessment a LEFT JOIN account u ON u.id = a.account_id "
                          "WHERE a.incident_id = $1 ORDER BY a.number DESC", NULL},
};

enum {
  SQL_STEPS = SET_BROKEN + 1, SQL_PUT_STEP, SQL_NOTICES, SQL_PUT_NOTICE, SQL_NEXT_LOG, SQL_NEXT_ASSESSMENT, SQL_NEXT_EVIDENCE,
  SQL_EVIDENCE, SQL_ALL_EVIDENCE, SQL_EVERY_EVIDENCE, SQL_PAPER, SQL_LAST_PAPER,
};
static const StoreSql SQL[] = {
    [PUT_LOG] = {"incident.put_log",
                 "INSERT INTO incident_log (incident_id, number, at_ms, entered_ms, account_id, author, kind, text, corrects) "
                 "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)", NULL},
    [PUT_ASSESSMENT] = {"incident.put_assessment",
                        "INSERT INTO incident_assessment (incident_id, number, at_ms, account_id, facts, answer, reason) "
                        "VALUES ($1, $2, $3, $4, $5, $6, $7)", NULL},
    [PUT_TASK] = {"incident.put_task",
                  "INSERT INTO incident_task (id, incident_id, step, title, owner_id, due_ms, created_ms) "
                  "VALUES ($1, $2, $3, $4, $5, $6, $7)", NULL},
    [DONE_TASK] = {"incident.done_task",
                   "UPDATE incident_task SET done_ms = $3, result = $4 WHERE id = $1 AND incident_id = $2 AND done_ms IS NULL", NULL},
    [PUT_PARTY] = {"incident.put_party",
                   "INSERT INTO incident_party (incident_id, actor, name, contact, ground) VALUES ($1, $2, $3, $4, $5) "
                   "ON CONFLICT (incident_id, actor) DO UPDATE SET name = excluded.name, contact = excluded.contact, "
                   "ground = excluded.ground", NULL},
    [PUT_PERSON] = {"incident.put_person",
                    "INSERT INTO incident_person (id, incident_id, name, unit, role, phone, joined_ms) "
                    "VALUES ($1, $2, $3, $4, $5, $6, $7)", NULL},
    [RELEASE_PERSON] = {"incident.release_person",
                        "UPDATE incident_person SET released_ms = $3 WHERE id = $1 AND incident_id = $2 AND released_ms IS NULL", NULL},
    [PUT_OBSERVABLE] = {"incident.put_observable",
                        "INSERT INTO incident_observable (id, incident_id, kind, value, note, tlp, account_id, created_ms) "
                        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (incident_id, kind, value) DO NOTHING", NULL},
    [PUT_EVIDENCE] = {"incident.put_evidence",
                      "INSERT INTO incident_evidence (id, incident_id, number, title, sha256, size_bytes, file_name, taken_ms, "
                      "taken_by, taken_where, taken_how, seal, created_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
                      "$12, $13)", NULL},
    [PUT_CUSTODY] = {"incident.put_custody",
                     "INSERT INTO incident_custody (id, evidence_id, at_ms, account_id, action, from_whom, to_whom, note, intact) "
                     "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)", NULL},
    [PUT_PAPER] = {"incident.put_paper",
                   "INSERT INTO incident_paper (id, incident_id, form, fields, state, account_id, created_ms, changed_ms) "
                   "VALUES ($1, $2, $3, $4, 'draft', $5, $6, $6)", NULL},
    [SET_PAPER] = {"incident.set_paper",
                   "UPDATE incident_paper SET fields = $3, state = $4, number = $5, issued_day = $6, signer = $7, sha256 = $8, "
                   "scan_id = $9, changed_ms = $10, version = version + 1 WHERE id = $1 AND version = $2", NULL},
    [SET_BROKEN] = {"incident.set_broken", "UPDATE incident_evidence SET broken_ms = $2 WHERE id = $1", NULL},
    [SQL_STEPS] = {"incident.steps",
                   "SELECT s.step, s.state, s.position, s.pass, s.begun_ms, s.done_ms FROM incident_step s "
                   "WHERE s.incident_id = $1 AND s.workflow = $2 AND s.pass = (SELECT max(x.pass) FROM incident_step x "
                   "WHERE x.incident_id = s.incident_id AND x.workflow = s.workflow AND x.step = s.step) ORDER BY s.position", NULL},
    [SQL_PUT_STEP] = {"incident.put_step",
                      "INSERT INTO incident_step (incident_id, workflow, position, step, pass, state, begun_ms, done_ms, account_id, "
                      "note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (incident_id, workflow, step, pass) "
                      "DO UPDATE SET state = excluded.state, begun_ms = excluded.begun_ms, done_ms = excluded.done_ms, "
                      "account_id = excluded.account_id, note = excluded.note", NULL},
    [SQL_NOTICES] = {"incident.notices",
                     "SELECT id, clock, receiver, what, form, basis, state, channel, recipient, proof, attachment_id, account_id, "
                     "at_once, due_ms, sent_ms, confirmed_ms FROM incident_notice WHERE incident_id = $1 ORDER BY clock, receiver",
                     NULL},
    [SQL_PUT_NOTICE] = {"incident.put_notice",
                        "INSERT INTO incident_notice (id, incident_id, clock, receiver, what, form, basis, state, channel, "
                        "recipient, proof, attachment_id, account_id, at_once, due_ms, sent_ms, confirmed_ms) VALUES ($1, $2, $3, "
                        "$4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ON CONFLICT (id) DO UPDATE SET "
                        "what = excluded.what, form = excluded.form, basis = excluded.basis, state = excluded.state, "
                        "channel = excluded.channel, recipient = excluded.recipient, proof = excluded.proof, "
                        "attachment_id = excluded.attachment_id, account_id = excluded.account_id, due_ms = excluded.due_ms, "
                        "sent_ms = excluded.sent_ms, confirmed_ms = excluded.confirmed_ms", NULL},
    [SQL_NEXT_LOG] = {"incident.next_log",
                      "SELECT coalesce(max(number), 0) + 1 FROM incident_log WHERE incident_id = $1", NULL},
    [SQL_NEXT_ASSESSMENT] = {"incident.next_assessment",
                             "SELECT coalesce(max(number), 0) + 1 FROM incident_assessment WHERE incident_id = $1", NULL},
    [SQL_NEXT_EVIDENCE] = {"incident.next_evidence",
                           "SELECT coalesce(max(number), 0) + 1 FROM incident_evidence WHERE incident_id = $1", NULL},
    [SQL_EVIDENCE] = {"incident.evidence",
                      "SELECT id, incident_id, title, sha256, file_name, number, size_bytes, broken_ms FROM incident_evidence WHERE id = $1",
                      NULL},
    [SQL_ALL_EVIDENCE] = {"incident.all_evidence",
                          "SELECT e.id, e.incident_id, e.title, e.sha256, e.file_name, e.number, e.size_bytes, e.broken_ms "
                          "FROM incident_evidence e JOIN incident_scope s ON s.incident_id = e.incident_id AND s.body_id = $1 "
                          "WHERE e.sha256 IS NOT NULL ORDER BY e.incident_id, e.number", NULL},
    [SQL_EVERY_EVIDENCE] = {"incident.every_evidence",
                            "SELECT id, incident_id, title, sha256, file_name, number, size_bytes, broken_ms FROM incident_evidence "
                            "WHERE sha256 IS NOT NULL ORDER BY incident_id, number", NULL},
    [SQL_PAPER] = {"incident.paper",
                   "SELECT id, incident_id, form, fields, state, number, issued_day, signer, sha256, scan_id, version "
                   "FROM incident_paper WHERE id = $1", NULL},
    [SQL_LAST_PAPER] = {"incident.last_paper",
                        "SELECT id, incident_id, form, fields, state, number, issued_day, signer, sha256, scan_id, version "
                        "FROM incident_paper WHERE incident_id = $1 AND form = $2 ORDER BY created_ms DESC, id DESC LIMIT 1", NULL},
};

const StoreSqlTable incident_parts_sql = {PARTS, G_N_ELEMENTS(PARTS)};
const StoreSqlTable incident_part_sql = {SQL, G_N_ELEMENTS(SQL)};

/* --- rows as documents --- */

static void add_time(Doc *row, const char *name, gint64 ms, Arena *arena) {
  char shown[17], iso[26];
  date_write_time(shown, ms);
  date_write_iso(iso, ms);
  doc_text_copy(row, g_intern_string(name), shown);
  doc_text_copy(row, g_intern_string(arena_printf(arena, "%s_iso", name)), iso);
  doc_int(row, g_intern_string(arena_printf(arena, "%s_ms", name)), ms);
}

static void add_json(Doc *row, const char *name, const char *text) {
  json_t *value = text ? json_loads(text, 0, NULL) : NULL;
  if (value)
    doc_json(row, g_intern_string(name), value);
  json_decref(value);
}

/* The end of a column's name says what it is: see incident_store.h. */
static void add_column(Doc *row, StoreRows *rows, int column, Arena *arena) {
  const char *name = store_column_name(rows, column);
  const char *end = strrchr(name, '_');
  const char *stem = end ? arena_text(arena, name, end - name) : name;
  if (store_is_null(rows, column))
    doc_null(row, g_intern_string(end && (strcmp(end, "_ms") == 0 || strcmp(end, "_int") == 0) ? stem : name));
  else if (end && strcmp(end, "_ms") == 0)
    add_time(row, stem, store_int(rows, column), arena);
  else if (end && strcmp(end, "_int") == 0)
    doc_int(row, g_intern_string(stem), store_int(rows, column));
  else if (end && strcmp(end, "_json") == 0)
    add_json(row, stem, store_text(rows, column));
  else
    doc_text_copy(row, g_intern_string(name), store_text(rows, column));
}

gboolean incident_part(Request *request, IncidentPart part, const char *incident_id, const char *body_id, Doc *list,
                       GError **error) {
  g_autoptr(GError) failed = NULL;
  StoreConn *conn = request_read(request, error);
  const StoreValue values[] = {S_TEXT(incident_id), S_TEXT(body_id)};
  g_autoptr(StoreRows) rows = conn ? store_query(conn, &PARTS[part], values, part == PART_RELATED ? 2 : 1, error) : NULL;
  if (!rows)
    return FALSE;
  while (store_step(rows, &failed)) {
    Doc *row = doc_object(list, NULL);
    for (int column = 0; column < store_columns(rows); column++)
      add_column(row, rows, column, request->arena);
  }
  if (failed)
    g_propagate_error(error, g_steal_pointer(&failed));
  return !failed;
}

/* --- single rows --- */

gboolean incident_put(StoreConn *conn, IncidentPut put, const StoreValue *values, gsize count, gint64 *out_changed, GError **error) {
  return store_exec(conn, &SQL[put], values, count, out_changed, error);
}

gboolean incident_next_number(StoreConn *conn, IncidentPut put, const char *incident_id, gint64 *out_number, GError **error) {
  int sql = put == PUT_LOG ? SQL_NEXT_LOG : put == PUT_ASSESSMENT ? SQL_NEXT_ASSESSMENT : SQL_NEXT_EVIDENCE;
  return store_get_int(conn, &SQL[sql], S(S_TEXT(incident_id)), 1, out_number, error);
}

static StoreValue ms_or_null(gint64 ms) {
  return ms ? S_INT(ms) : S_NULL;
}

GArray *incident_store_steps(StoreConn *conn, Arena *arena, const char *incident_id, const char *workflow, GError **error) {
  GError *failed = NULL;
  g_autoptr(GArray) steps = g_array_new(FALSE, FALSE, sizeof(IncidentStep));
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_STEPS], S(S_TEXT(incident_id), S_TEXT(workflow)), error);
  while (rows && store_step(rows, &failed)) {
    IncidentStep step = {arena_text(arena, store_text(rows, 0), -1), arena_text(arena, store_text(rows, 1), -1),
                         store_int(rows, 2), store_int(rows, 3), store_int(rows, 4), store_int(rows, 5)};
    g_array_append_val(steps, step);
  }
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed ? g_steal_pointer(&steps) : NULL;
}

gboolean incident_store_put_step(StoreConn *conn, const char *incident_id, const char *workflow, const IncidentStep *step,
                                 const char *account_id, const char *note, GError **error) {
  return store_exec(conn, &SQL[SQL_PUT_STEP],
                    S(S_TEXT(incident_id), S_TEXT(workflow), S_INT(step->position), S_TEXT(step->step), S_INT(step->pass),
                      S_TEXT(step->state), ms_or_null(step->begun_ms), ms_or_null(step->done_ms), S_TEXT(account_id),
                      S_TEXT(note ? note : "")),
                    NULL, error);
}

GPtrArray *incident_store_notices(StoreConn *conn, Arena *arena, const char *incident_id, GError **error) {
  GError *failed = NULL;
  g_autoptr(GPtrArray) notices = g_ptr_array_new();
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_NOTICES], S(S_TEXT(incident_id)), error);
  while (rows && store_step(rows, &failed)) {
    IncidentNotice *n = arena_alloc(arena, sizeof *n);
    const char **texts[] = {&n->id, &n->clock, &n->receiver, &n->what, &n->form, &n->basis, &n->state, &n->channel, &n->recipient,
                            &n->proof, &n->attachment_id, &n->account_id};
    int count = (int)G_N_ELEMENTS(texts);
    for (int i = 0; i < count; i++)
      *texts[i] = arena_text(arena, store_text(rows, i), -1);
    n->at_once = store_int(rows, count);
    n->due_ms = store_int(rows, count + 1);
    n->sent_ms = store_int(rows, count + 2);
    n->confirmed_ms = store_int(rows, count + 3);
    g_ptr_array_add(notices, n);
  }
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed ? g_steal_pointer(&notices) : NULL;
}

gboolean incident_store_put_notice(StoreConn *conn, const char *incident_id, const IncidentNotice *n, GError **error) {
  return store_exec(conn, &SQL[SQL_PUT_NOTICE],
                    S(S_TEXT(n->id), S_TEXT(incident_id), S_TEXT(n->clock), S_TEXT(n->receiver), S_TEXT(n->what), S_TEXT(n->form),
                      S_TEXT(n->basis), S_TEXT(n->state), S_TEXT(n->channel), S_TEXT(n->recipient), S_TEXT(n->proof),
                      S_TEXT(n->attachment_id), S_TEXT(n->account_id), S_INT(n->at_once), ms_or_null(n->due_ms),
                      ms_or_null(n->sent_ms), ms_or_null(n->confirmed_ms)),
                    NULL, error);
}

static const IncidentEvidence *read_evidence(StoreRows *rows, Arena *arena) {
  IncidentEvidence *e = arena_alloc(arena, sizeof *e);
  const char **texts[] = {&e->id, &e->incident_id, &e->title, &e->sha256, &e->file_name};
  int count = (int)G_N_ELEMENTS(texts);
  for (int i = 0; i < count; i++)
    *texts[i] = arena_text(arena, store_text(rows, i), -1);
  e->number = store_int(rows, count);
  e->size_bytes = store_int(rows, count + 1);
  e->broken_ms = store_int(rows, count + 2);
  return e;
}

const IncidentEvidence *incident_store_evidence(StoreConn *conn, Arena *arena, const char *id, GError **error) {
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_EVIDENCE], S(S_TEXT(id)), error);
  return rows && store_step(rows, error) ? read_evidence(rows, arena) : NULL;
}

GPtrArray *incident_store_all_evidence(StoreConn *conn, Arena *arena, const char *body_id, GError **error) {
  GError *failed = NULL;
  g_autoptr(GPtrArray) found = g_ptr_array_new();
  const StoreValue body = S_TEXT(body_id);
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[body_id ? SQL_ALL_EVIDENCE : SQL_EVERY_EVIDENCE], &body, body_id ? 1 : 0, error);
  while (rows && store_step(rows, &failed))
    g_ptr_array_add(found, (gpointer)(gintptr)read_evidence(rows, arena));
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed ? g_steal_pointer(&found) : NULL;
}

static const IncidentPaper *find_paper(StoreConn *conn, Arena *arena, int sql, const StoreValue *values, gsize count, GError **error) {
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[sql], values, count, error);
  if (!rows || !store_step(rows, error))
    return NULL;
  IncidentPaper *p = arena_alloc(arena, sizeof *p);
  const char **texts[] = {&p->id, &p->incident_id, &p->form, &p->fields, &p->state, &p->number, &p->issued_day, &p->signer,
                          &p->sha256, &p->scan_id};
  int columns = (int)G_N_ELEMENTS(texts);
  for (int i = 0; i < columns; i++)
    *texts[i] = arena_text(arena, store_text(rows, i), -1);
  p->version = store_int(rows, columns);
  return p;
}

const IncidentPaper *incident_store_paper(StoreConn *conn, Arena *arena, const char *id, GError **error) {
  return find_paper(conn, arena, SQL_PAPER, S(S_TEXT(id)), error);
}

const IncidentPaper *incident_store_last_paper(StoreConn *conn, Arena *arena, const char *incident_id, const char *form,
                                               GError **error) {
  return find_paper(conn, arena, SQL_LAST_PAPER, S(S_TEXT(incident_id), S_TEXT(form)), error);
}
