/* Phiếu ứng cứu: the case on paper, for when the network is down. */
#include "base/date.h"
#include "core/body.h"
#include "core/message.h"
#include "module/incident/incident_pages.h"
#include <string.h>

#define BLANK_ROWS 10

static const char *long_moment(Arena *arena, gint64 ms) {
  char day[32], clock[6];
  date_write_document(day, day_at(ms));
  date_write_clock(clock, ms);
  return arena_printf(arena, "%.2s giờ %s, %s", clock, clock + 3, day);
}

static gboolean add_notices(Request *request, const Incident *incident, Doc *answer, GError **error) {
  Doc *rows = doc_list(answer, KEY("notices")), *list = doc_list(answer, KEY("all"));
  if (!incident_part(request, PART_NOTICES, incident->id, NULL, list, error))
    return FALSE;
  for (const Doc *row = list->first; row; row = row->next) {
    if (strcmp(doc_get_text(row, KEY("state")), "void") == 0)
      continue;
    Doc *shown = doc_object(rows, NULL);
    const Doc *at_once = doc_get(row, KEY("at_once"));
    gboolean now = at_once && at_once->number;
    doc_text(shown, KEY("what"), doc_get_text(row, KEY("what")));
    doc_text(shown, KEY("receiver"), doc_get_text(row, KEY("receiver_name")));
    doc_text(shown, KEY("due"), now ? message(request->lang, "ngay") : doc_get_text(row, KEY("due")));
    doc_text(shown, KEY("sent"), doc_get_text(row, KEY("sent")));
  }
  return TRUE;
}

static gboolean add_steps(Request *request, StoreConn *conn, const Incident *incident, const Doc *parties, Doc *answer, GError **error) {
  g_autoptr(GArray) steps = incident_store_steps(conn, request->arena, incident->id, incident->workflow, error);
  Doc *rows = doc_list(answer, KEY("steps"));
  for (guint i = 0; steps && i < steps->len; i++) {
    const IncidentStep *step = &g_array_index(steps, IncidentStep, i);
    const LawStep *law_step = incident_law_step(request->app->law, incident->workflow, step->step);
    Doc *row = doc_object(rows, NULL);
    doc_int(row, KEY("number"), i + 1);
    doc_text(row, KEY("name"), law_step ? law_step->name : step->step);
    doc_text(row, KEY("lead"), law_step ? incident_party_names(request, law_step->lead, parties) : "");
    doc_bool(row, KEY("done"), strcmp(step->state, "done") == 0);
    doc_text(row, KEY("at"), incident_moment(request->arena, step->done_ms));
  }
  return steps != NULL;
}

gboolean incident_sheet(Request *request, Doc *answer, GError **error) {
  const Incident *incident = incident_load(request, "incident.read", error);
  StoreConn *conn = incident ? request_read(request, error) : NULL;
  const Body *body = conn ? body_get(conn, request->arena, incident->body_id, error) : NULL;
  char today[32];
  if (!body)
    return FALSE;
  g_autofree char *name = g_utf8_strup(body->name, -1);
  date_write_document(today, day_at(request->now_ms));
  incident_show(request, doc_object(answer, KEY("incident")), incident);
  doc_text(answer, KEY("page_title"), arena_printf(request->arena, "Phiếu ứng cứu %s", incident->code));
  doc_text(answer, KEY("back_url"), arena_printf(request->arena, "/su-co/%s", incident->code));
  doc_text_copy(answer, KEY("issuer"), name);
  doc_text(answer, KEY("place_date"), arena_printf(request->arena, "%s, %s", *body->place ? body->place : "……", today));
  doc_text(answer, KEY("detected_long"), long_moment(request->arena, incident->detected_ms));
  doc_text(answer, KEY("close_reason"), incident->close_reason);
  const json_t *first = incident_first_steps_of(request, incident);
  if (first)
    doc_json(answer, KEY("first_steps"), first);
  Doc *blank = doc_list(answer, KEY("blank"));
  for (int i = 0; i < BLANK_ROWS; i++)
    doc_int(doc_object(blank, NULL), KEY("row"), i + 1);
  Doc *parties = doc_list(answer, KEY("parties"));
  return incident_part(request, PART_PARTIES, incident->id, NULL, parties, error) && add_notices(request, incident, answer, error) &&
         add_steps(request, conn, incident, parties, answer, error) &&
         incident_part(request, PART_PERSONS, incident->id, NULL, doc_list(answer, KEY("persons")), error);
}
