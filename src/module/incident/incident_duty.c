/* Beside a duty about incidents: the papers and notices of closed cases, each one click from being its proof. */
#include "core/catalogue.h"
#include "core/form.h"
#include "core/message.h"
#include "module/incident/incident_pages.h"
#include <string.h>

#define CASES_MOST 4
#define SUGGESTIONS_MOST 12

typedef struct {
  Request *request;
  const Doc *duty, *proofs;
  Doc *list;
  int count;
  gboolean may;
} Suggesting;

static const char *text_of(const Doc *object, const char *key) {
  const char *text = object ? doc_get_text(object, key) : NULL;
  return text ? text : "";
}

static gboolean asks(const json_t *words, const Doc *duty) {
  return catalogue_fits_duty(words, text_of(duty, KEY("title")), text_of(duty, KEY("content")));
}

static gboolean is_used(const Doc *proofs, const char *url) {
  for (const Doc *row = proofs ? proofs->first : NULL; row; row = row->next)
    if (strcmp(text_of(row, KEY("url")), url) == 0)
      return TRUE;
  return FALSE;
}

static void suggest(Suggesting *to, const char *text, const char *note, const char *url) {
  Request *request = to->request;
  if (to->count >= SUGGESTIONS_MOST || is_used(to->proofs, url))
    return;
  to->count++;
  Doc *row = doc_object(to->list, NULL);
  doc_text(row, KEY("text"), text);
  doc_text(row, KEY("note"), note);
  doc_text(row, KEY("url"), url);
  if (!to->may)
    return;
  json_t *values = json_pack("{s:s, s:s, s:s}", "ids", text_of(to->duty, KEY("id")), "note", text, "link", url);
  Doc *form = form_add(request, row, KEY("form"), "duty.prove", values, "Dùng làm minh chứng");
  for (Doc *field = ((Doc *)(gintptr)doc_get(form, KEY("fields")))->first; field; field = field->next)
    doc_bool(field, KEY("sent"), *text_of(field, KEY("value")) != '\0');
  json_decref(values);
}

static void suggest_papers(Suggesting *to, const Incident *incident, const Doc *papers) {
  Arena *arena = to->request->arena;
  for (const Doc *row = papers->first; row; row = row->next) {
    const char *state = text_of(row, KEY("state")), *form = text_of(row, KEY("form")), *number = text_of(row, KEY("number"));
    const LawForm *law = law_find(to->request->app->law->forms, form);
    if (strcmp(state, "signed") == 0 || strcmp(state, "frozen") == 0)
      suggest(to, arena_printf(arena, "%s%s%s%s (%s)", law ? law->name : form, *number ? ", " : "", *number ? "số " : "", number, incident->code),
              incident->title, arena_printf(arena, "/su-co/%s/van-ban/%s/tep?format=pdf", incident->code, text_of(row, KEY("id"))));
  }
}

static gboolean is_sent(const Doc *notice) {
  const char *state = text_of(notice, KEY("state"));
  return strcmp(state, "sent") == 0 || strcmp(state, "confirmed") == 0;
}

/* One for each clock, however many were told. */
static void suggest_notices(Suggesting *to, const Incident *incident, const Doc *notices) {
  Arena *arena = to->request->arena;
  g_autoptr(GPtrArray) clocks = g_ptr_array_new();
  for (const Doc *row = notices->first; row; row = row->next) {
    const char *clock = text_of(row, KEY("clock"));
    int told = 0;
    if (!is_sent(row) || g_ptr_array_find_with_equal_func(clocks, clock, g_str_equal, NULL))
      continue;
    g_ptr_array_add(clocks, (gpointer)(gintptr)clock);
    for (const Doc *other = row; other; other = other->next)
      told += is_sent(other) && strcmp(text_of(other, KEY("clock")), clock) == 0;
    suggest(to, arena_printf(arena, "%s: gửi %s đến %d nơi (%s)", text_of(row, KEY("what")), text_of(row, KEY("sent")), told, incident->code),
            incident->title, arena_printf(arena, "/su-co/%s#tb-%s", incident->code, text_of(row, KEY("id"))));
  }
}

static gboolean keep_case(const Incident *incident, gint64 sort_ms G_GNUC_UNUSED, void *data) {
  g_ptr_array_add(data, (gpointer)(gintptr)incident);
  return TRUE;
}

static gboolean suggest_cases(Suggesting *to, StoreConn *conn, const char *body_id, GError **error) {
  g_autoptr(GPtrArray) cases = g_ptr_array_new();
  IncidentQuery query = {.body_id = body_id, .to_ms = NO_DUE_MS, .state = "closed", .limit = CASES_MOST};
  if (!incident_store_list(conn, to->request->arena, &query, keep_case, cases, error))
    return FALSE;
  for (guint i = 0; i < cases->len; i++) {
    const Incident *incident = cases->pdata[i];
    Doc *parts = doc_new(to->request->arena), *papers = doc_list(parts, KEY("papers")), *notices = doc_list(parts, KEY("notices"));
    if (!incident_part(to->request, PART_PAPERS, incident->id, NULL, papers, error) ||
        !incident_part(to->request, PART_NOTICES, incident->id, NULL, notices, error))
      return FALSE;
    suggest_papers(to, incident, papers);
    suggest_notices(to, incident, notices);
  }
  return TRUE;
}

static gboolean beside_duty(Request *request, Doc *answer, GError **error) {
  const Doc *duty = doc_get(answer, KEY("duty"));
  const json_t *words = duty ? catalogue_load(request->app, "proofs.yaml") : NULL;
  StoreConn *conn = duty ? request_read(request, error) : NULL;
  if (!duty || !conn)
    return !duty;
  const char *owner = text_of(duty, KEY("body_id")), *lead = text_of(duty, KEY("lead_body_id"));
  const char *body = request_may(request, "incident.read", owner) ? owner : *lead && request_may(request, "incident.read", lead) ? lead : NULL;
  if (!body)
    return TRUE;
  if (asks(json_object_get(json_object_get(words, "forms"), "mau-05"), duty))
    doc_text(answer, KEY("form_url"), "/su-co/mau-05");
  if (!asks(json_object_get(words, "case"), duty))
    return TRUE;
  Suggesting to = {.request = request, .duty = duty, .proofs = doc_get(answer, KEY("proofs")), .list = doc_list(answer, KEY("suggestions")),
                   .may = request->face == FACE_WEB && request_may(request, "duty.work", body)};
  if (!suggest_cases(&to, conn, body, error))
    return FALSE;
  doc_bool(answer, KEY("has_suggestions"), to.count > 0);
  return TRUE;
}

gboolean incident_beside(Request *request, const char *type, const char *id, Doc *answer, GError **error) {
  if (strcmp(type, "system") == 0)
    return incident_add_of_system(request, id, answer, error);
  return strcmp(type, "duty") != 0 || beside_duty(request, answer, error);
}
