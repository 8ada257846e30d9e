#include "module/incident/incident_figure.h"
#include "base/date.h"
#include <string.h>

/* --- what a case counts as --- */

typedef struct {
  const LawKind *kind;
  const LawKindGroup *group;
} Sorted;

static const LawKind *combined_of(const LawKindGroup *group) {
  for (guint i = 0; i < group->kinds->len; i++)
    if (((const LawKind *)group->kinds->pdata[i])->combined)
      return group->kinds->pdata[i];
  return NULL;
}

/* The first kind named; another one of the same group makes it the combined kind, where the group has one. */
static Sorted sort_kinds(const Law *law, const json_t *names) {
  Sorted sorted = {NULL, NULL};
  for (gsize i = 0; i < json_array_size(names); i++) {
    const char *name = json_string_value(json_array_get(names, i));
    const LawKindGroup *group = NULL;
    const LawKind *kind = name ? law_find_kind(law, name, &group) : NULL;
    if (kind && !sorted.kind)
      sorted = (Sorted){kind, group};
    else if (kind && group == sorted.group && kind != sorted.kind && combined_of(group))
      sorted.kind = combined_of(group);
  }
  return sorted;
}

void incident_sort(const Law *law, Incident *incident) {
  const LawSeverity *severity = incident_law_severity(law, incident->severity, incident->profile);
  json_t *facts = json_loads(incident->facts, 0, NULL);
  Sorted sorted = sort_kinds(law, json_object_get(facts, "kinds"));
  gboolean open = severity && severity->confirmed_by && !incident->severity_confirmed_ms;
  incident->kind = sorted.kind ? sorted.kind->id : "";
  incident->cause = sorted.group ? sorted.group->rule.id : "";
  incident->grade = strcmp(incident->severity, "nghiem-trong") != 0 ? "thuong" : open ? "cho-xac-nhan" : "nghiem-trong";
  incident->beyond = json_is_false(json_object_get(facts, "owner_can_handle")) || json_is_string(json_object_get(facts, "beyond_capacity_at"));
  json_decref(facts);
}

/* --- the rows --- */

/* The step that contains, when its last pass is done; see STATE_RULES of incident_case.c. */
#define CONTAINED                                                                                                      \
  "(SELECT max(s.done_ms) FROM incident_step s WHERE s.incident_id = i.id AND s.step IN ('T7', 'N5g') AND s.state = 'done' " \
  "AND s.pass = (SELECT max(x.pass) FROM incident_step x WHERE x.incident_id = i.id AND x.workflow = s.workflow AND x.step = s.step))"
#define SPAN(ms) "CASE WHEN " ms " >= i.detected_ms THEN " ms " - i.detected_ms END"
#define LATEST(once)                                                                                                   \
  "(SELECT max(n.sent_ms - n.due_ms) FROM incident_notice n WHERE n.incident_id = i.id AND n.at_once = " once " AND n.state <> 'void')"
#define NOTICES(states) "(SELECT count(*) FROM incident_notice n WHERE n.incident_id = i.id AND n.state " states ")"
#define ASKED                                                                                                          \
  "CASE WHEN o.asked = 1 OR EXISTS (SELECT 1 FROM incident_paper p WHERE p.incident_id = i.id AND p.form = 'de-nghi-ho-tro' " \
  "AND p.state IN ('signed', 'frozen')) THEN 1 ELSE 0 END"

enum { SQL_CLEAR, SQL_WRITE, SQL_OLD, SQL_SORT, SQL_COUNT };
static const StoreSql ROWS[] = {
    [SQL_CLEAR] = {"figure.clear", "DELETE FROM incident_figure WHERE incident_id = $1", NULL},
    [SQL_WRITE] = {"figure.write",
                   "INSERT INTO incident_figure (body_id, day, incident_id, unit_id, state, counted, kind, cause, grade, level, "
                   "receive_ms, contain_ms, recover_ms, notices, unsent, due_ms, late_ms, once_late_ms, helped, helped_abroad, asked, "
                   "damage_dong, beyond, told) SELECT a.ancestor_id, $2, i.id, coalesce(c.ancestor_id, a.body_id), i.state, "
                   "CASE WHEN i.state IN ('responding', 'contained', 'recovering', 'ended', 'closed') THEN 1 ELSE 0 END, "
                   "coalesce(i.kind, ''), coalesce(i.cause, ''), coalesce(i.grade, ''), coalesce(i.system_level, 0), "
                   SPAN("i.acknowledged_ms") ", " SPAN(CONTAINED) ", " SPAN("i.ended_ms") ", " NOTICES("<> 'void'") ", "
                   NOTICES("= 'unsent'") ", i.due_ms, " LATEST("0") ", " LATEST("1") ", "
                   "CASE WHEN coalesce(o.helpers, '') <> '' THEN 1 ELSE 0 END, "
                   "CASE WHEN coalesce(o.foreign_helpers, '') <> '' THEN 1 ELSE 0 END, " ASKED ", o.damage_dong, "
                   "coalesce(i.beyond, 0), CASE WHEN o.incident_id IS NULL THEN 0 ELSE 1 END "
                   "FROM incident i JOIN body_ancestor a ON a.body_id = i.body_id "
                   "LEFT JOIN body_ancestor c ON c.body_id = i.body_id AND c.depth = a.depth - 1 "
                   "LEFT JOIN incident_outcome o ON o.incident_id = i.id WHERE i.id = $1", NULL},
    [SQL_OLD] = {"figure.old", "SELECT id FROM incident WHERE kind IS NULL LIMIT 200", NULL},
    [SQL_SORT] = {"figure.sort", "UPDATE incident SET kind = $2, cause = $3, grade = $4, beyond = $5 WHERE id = $1", NULL},
    [SQL_COUNT] = {"figure.count", "SELECT count(*) FROM incident_figure f " FIGURE_WHERE, NULL},
};
const StoreSqlTable incident_figure_sql = {ROWS, G_N_ELEMENTS(ROWS)};

gboolean incident_figure_write(StoreConn *conn, const Incident *incident, GError **error) {
  char day[11];
  date_write_iso_day(day, incident->received_ms);
  return store_exec(conn, &ROWS[SQL_CLEAR], S(S_TEXT(incident->id)), NULL, error) &&
         store_exec(conn, &ROWS[SQL_WRITE], S(S_TEXT(incident->id), S_TEXT(day)), NULL, error);
}

static gboolean sort_batch(Change *change, void *data, GError **error) {
  const GPtrArray *ids = data;
  for (guint i = 0; i < ids->len; i++) {
    Incident *incident = incident_store_get(change->conn, change->request->arena, g_ptr_array_index(ids, i), error);
    if (!incident)
      return FALSE;
    incident_sort(change->request->app->law, incident);
    if (!store_exec(change->conn, &ROWS[SQL_SORT],
                    S(S_TEXT(incident->id), S_TEXT(incident->kind), S_TEXT(incident->cause), S_TEXT(incident->grade), S_INT(incident->beyond)),
                    NULL, error) ||
        !incident_figure_write(change->conn, incident, error))
      return FALSE;
    change_about(change, "incident", incident->id, incident->body_id, NULL);
  }
  return TRUE;
}

static GPtrArray *old_ones(StoreConn *conn, Arena *arena, GError **error) {
  GError *failed = NULL;
  g_autoptr(GPtrArray) ids = g_ptr_array_new();
  g_autoptr(StoreRows) rows = store_query(conn, &ROWS[SQL_OLD], S0, error);
  while (rows && store_step(rows, &failed))
    g_ptr_array_add(ids, arena_text(arena, store_text(rows, 0), -1));
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed ? g_steal_pointer(&ids) : NULL;
}

gboolean incident_sort_old(App *app, const json_t *payload, GError **error) {
  (void)payload;
  for (;;) {
    g_autoptr(Arena) arena = arena_new();
    g_autoptr(Request) request = request_new_for_job(app, arena, "incident.sort");
    StoreConn *conn = request_read(request, error);
    g_autoptr(GPtrArray) ids = conn ? old_ones(conn, arena, error) : NULL;
    if (!ids || !ids->len)
      return ids != NULL;
    if (!request_change(request, sort_batch, ids, error))
      return FALSE;
  }
}

/* --- filters --- */

static StoreValue text_or_any(const char *text) {
  return S_TEXT(text ? text : "");
}

void incident_filter_values(const IncidentFilter *filter, StoreValue out[FIGURE_VALUES]) {
  const StoreValue values[FIGURE_VALUES] = {
      S_TEXT(filter->body_id), S_TEXT(filter->from_day ? filter->from_day : "0001-01-01"),
      S_TEXT(filter->to_day ? filter->to_day : "9999-12-31"), text_or_any(filter->unit_id), text_or_any(filter->kind),
      text_or_any(filter->cause), text_or_any(filter->grade), S_INT(filter->level), text_or_any(filter->state),
      text_or_any(filter->measure), S_INT(filter->now_ms), S_INT(filter->once_ms)};
  memcpy(out, values, sizeof values);
}

gboolean incident_figure_count(StoreConn *conn, const IncidentFilter *filter, gint64 *out_count, GError **error) {
  StoreValue values[FIGURE_VALUES];
  incident_filter_values(filter, values);
  return store_get_int(conn, &ROWS[SQL_COUNT], values, FIGURE_VALUES, 0, out_count, error);
}
