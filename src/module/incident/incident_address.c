/* Where a receiver of the law is reached by e-mail, and from where that is known. */
#include "module/incident/incident_delivery.h"
#include "module/mail/mail.h"
#include "module/org/org.h"
#include <string.h>

enum { SQL_BODY, SQL_NAMED, SQL_ABOVE, SQL_EARLIER };
static const StoreSql SQL[] = {
    [SQL_BODY] = {"incident.address_of_body",
                  "SELECT c.email, c.name FROM body_name n JOIN body b ON b.id = n.body_id AND b.root_id = (SELECT root_id FROM body "
                  "WHERE id = $2) JOIN contact c ON c.body_id = n.body_id AND c.kind IN ('duty', 'focal') AND c.until_day IS NULL "
                  "AND c.email <> '' WHERE n.folded = $1 ORDER BY c.kind, c.id LIMIT 1", NULL},
    [SQL_NAMED] = {"incident.address_of_contact",
                   "SELECT c.email, c.title FROM body_ancestor a JOIN contact c ON c.body_id = a.ancestor_id AND c.name = $1 "
                   "AND c.until_day IS NULL AND c.email <> '' WHERE a.body_id = $2 ORDER BY a.depth, c.id LIMIT 1", NULL},
    [SQL_ABOVE] = {"incident.address_above",
                   "SELECT c.email, c.name FROM body_ancestor a JOIN contact c ON c.body_id = a.ancestor_id "
                   "AND c.kind IN ('duty', 'focal') AND c.until_day IS NULL AND c.email <> '' "
                   "WHERE a.body_id = $1 AND a.depth = 1 ORDER BY c.kind, c.id LIMIT 1", NULL},
    [SQL_EARLIER] = {"incident.address_earlier",
                     "SELECT p.contact, i.code FROM incident_party p JOIN incident i ON i.id = p.incident_id AND i.body_id = $2 "
                     "WHERE p.name = $1 AND p.contact <> '' AND p.incident_id <> $3 ORDER BY i.created_ms DESC LIMIT 1", NULL},
};
const StoreSqlTable incident_address_sql = {SQL, G_N_ELEMENTS(SQL)};

/* The first address in "0237 000 0112, ban-truc@tinh.example.vn". */
static const char *address_in(Arena *arena, const char *text) {
  g_auto(GStrv) words = g_strsplit_set(text ? text : "", " ,;\n\t<>()", -1);
  for (char **word = words; *word; word++)
    if (mail_address_valid(*word))
      return arena_text(arena, *word, -1);
  return NULL;
}

static gboolean look_up(Request *request, int sql, const StoreValue *values, gsize count, const char *ground, IncidentAddress *out,
                        GError **error) {
  StoreConn *conn = request_read(request, error);
  g_autoptr(StoreRows) rows = conn ? store_query(conn, &SQL[sql], values, count, error) : NULL;
  if (!rows)
    return FALSE;
  if (!store_step(rows, error))
    return !error || !*error;
  out->address = address_in(request->arena, store_text(rows, 0));
  if (out->address)
    out->ground = arena_printf(request->arena, "%s: %s", ground, store_text(rows, 1));
  return TRUE;
}

static const char *entered(const Doc *parties, const char *actor) {
  for (const Doc *row = parties->first; row; row = row->next)
    if (g_strcmp0(doc_get_text(row, KEY("actor")), actor) == 0)
      return doc_get_text(row, KEY("contact"));
  return NULL;
}

static gboolean take(IncidentAddress *out, const char *address, const char *ground) {
  out->address = address;
  out->ground = ground;
  return TRUE;
}

gboolean incident_address_of(Request *request, const Incident *incident, const Doc *parties, const char *actor, IncidentAddress *out,
                             GError **error) {
  const char *name = incident_party_name(request, parties, actor);
  const char *in_case = address_in(request->arena, entered(parties, actor));
  *out = (IncidentAddress){.contact = entered(parties, actor)};
  if (in_case)
    return take(out, in_case, "ghi ở sự cố này");
  if (strcmp(actor, "NBC") == 0)
    return !mail_address_valid(incident->reporter_email) || take(out, incident->reporter_email, "người báo ghi khi báo");
  if (strcmp(actor, "CAP_TREN") == 0)
    return look_up(request, SQL_ABOVE, S(S_TEXT(incident->body_id)), "danh bạ cấp trên", out, error);
  g_autofree char *folded = org_fold_name(name);
  return look_up(request, SQL_BODY, S(S_TEXT(folded), S_TEXT(incident->body_id)), "danh bạ", out, error) &&
         (out->address || look_up(request, SQL_NAMED, S(S_TEXT(name), S_TEXT(incident->body_id)), "danh bạ", out, error)) &&
         (out->address || look_up(request, SQL_EARLIER, S(S_TEXT(name), S_TEXT(incident->body_id), S_TEXT(incident->id)), "đã ghi ở", out, error));
}
