/* Notices that go out by e-mail from the case: each address has its own record. Private to module incident.
 *
 * A delivery is written before anything is sent. When the server has agreed to take the text, "sending" is committed, and
 * only then the text goes out; afterwards the answer is recorded. So a process that is killed leaves either "waiting"
 * (nothing went out: sent later) or "sending", which becomes "unknown": a person asks the receiver and decides.
 */
#pragma once
#include "module/incident/incident_act.h"
#include "module/incident/incident_pages.h"

extern const StoreSqlTable incident_delivery_sql, incident_address_sql;

typedef struct {
  const char *id, *incident_id, *notice_id, *recipient, *address, *subject, *text, *files, *message_id, *state, *holder, *answer,
      *account_id;
  gint64 attempts, next_ms, begun_ms, ended_ms, created_ms; /* 0: none */
} IncidentDelivery;

/* --- store --- */

gboolean incident_delivery_insert(StoreConn *conn, const IncidentDelivery *delivery, GError **error);
/* Writes state, attempts, next_ms, begun_ms, holder, ended_ms and answer; FALSE with ERROR_CONFLICT when the state is no longer `from`. */
gboolean incident_delivery_update(StoreConn *conn, const IncidentDelivery *delivery, const char *from, GError **error);
IncidentDelivery *incident_delivery_get(StoreConn *conn, Arena *arena, const char *id, GError **error); /* NULL without error: none */
/* Of a case, oldest first; of IncidentDelivery. */
GPtrArray *incident_deliveries(StoreConn *conn, Arena *arena, const char *incident_id, GError **error);
GPtrArray *incident_deliveries_due(StoreConn *conn, Arena *arena, gint64 now_ms, GError **error);
GPtrArray *incident_deliveries_sending(StoreConn *conn, Arena *arena, GError **error);
/* Messages made for one address since then. */
gboolean incident_delivery_count(StoreConn *conn, const char *address, gint64 since_ms, gint64 *out_count, GError **error);

/* --- sending --- */

typedef struct {
  const char *notice_id; /* NULL: about none */
  const char *recipient, *address, *subject, *text;
  const char *files; /* JSON: [{name, type, sha256, size}], kept files */
} NewDelivery;
/* Inside a change: waits to be sent from now on. */
gboolean incident_deliver(IncidentCall *call, const NewDelivery *message, GError **error);
gboolean incident_deliver_due(App *app, const json_t *payload, GError **error); /* job */

/* --- addresses of a receiver --- */

typedef struct {
  const char *address; /* NULL: none is known */
  const char *ground;  /* Vietnamese: from where it is known */
  const char *contact; /* what was entered in the case: telephone, address; "" for nothing */
} IncidentAddress;
/* What was entered in the case, the directory of contacts, an earlier case: in this order. */
gboolean incident_address_of(Request *request, const Incident *incident, const Doc *parties, const char *actor, IncidentAddress *out,
                             GError **error);

/* --- pages and acts --- */

gboolean incident_notice_preview(Request *request, Doc *answer, GError **error);
gboolean incident_notice_mail(Request *request, Doc *answer, GError **error);
gboolean act_notice_mail(IncidentCall *call, GError **error);
gboolean act_delivery_again(IncidentCall *call, GError **error);
gboolean act_delivery_sent(IncidentCall *call, GError **error);
gboolean act_delivery_stop(IncidentCall *call, GError **error);
/* The worst that stands with a notice's messages: unknown, failed, waiting, sending; NULL: nothing to say. */
const char *incident_delivery_state(const GPtrArray *deliveries, const char *notice_id);
/* "deliveries" of a notice (NULL: to the reporter about none), with what can be done. */
void incident_show_deliveries(Request *request, const Incident *incident, const GPtrArray *deliveries, const char *notice_id, Doc *row,
                              gboolean may);
