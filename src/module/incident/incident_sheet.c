/* Phiếu ứng cứu as a page: what form_response_sheet() puts on paper, from the same case. */
#include "base/date.h"
#include "core/message.h"
#include "module/incident/incident_paper.h"
#include <string.h>

#define BLANK_ROWS 10

static const char *text_of(const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  return text ? text : "";
}

static void add_notice(Request *request, const json_t *notice, gsize index G_GNUC_UNUSED, Doc *list) {
  if (strcmp(text_of(notice, "state"), "void") == 0)
    return;
  Doc *row = doc_object(list, NULL);
  gboolean now = json_integer_value(json_object_get(notice, "at_once")) != 0;
  doc_text_copy(row, KEY("what"), text_of(notice, "what"));
  doc_text_copy(row, KEY("receiver"), text_of(notice, "receiver_name"));
  doc_text_copy(row, KEY("due"), now ? message(request->lang, "ngay") : text_of(notice, "due"));
  doc_text_copy(row, KEY("sent"), text_of(notice, "sent"));
}

static void add_step(Request *request G_GNUC_UNUSED, const json_t *step, gsize index, Doc *list) {
  Doc *row = doc_object(list, NULL);
  gboolean done = strcmp(text_of(step, "state"), "done") == 0;
  doc_int(row, KEY("number"), (gint64)index + 1);
  doc_text_copy(row, KEY("name"), text_of(step, "name"));
  doc_text_copy(row, KEY("lead"), text_of(step, "lead"));
  doc_bool(row, KEY("done"), done);
  doc_text_copy(row, KEY("at"), done ? text_of(step, "done") : "");
}

static void add_contact(Request *request G_GNUC_UNUSED, const json_t *one, gsize index G_GNUC_UNUSED, Doc *list) {
  if (json_integer_value(json_object_get(one, "released_ms")))
    return;
  Doc *row = doc_object(list, NULL);
  const char *phone = text_of(one, "phone");
  doc_text_copy(row, KEY("name"), text_of(one, "name"));
  doc_text_copy(row, KEY("unit"), text_of(one, "unit"));
  doc_text_copy(row, KEY("role"), text_of(one, "role"));
  doc_text_copy(row, KEY("phone"), *phone ? phone : text_of(one, "contact"));
}

typedef void (*RowFunc)(Request *request, const json_t *row, gsize index, Doc *list);

static void add_rows(Request *request, const json_t *rows, RowFunc add, Doc *list) {
  const json_t *row = NULL;
  gsize i = 0;
  json_array_foreach(rows, i, row)
    add(request, row, i, list);
}

static void add_blank(Doc *list) {
  for (int i = 0; i < BLANK_ROWS; i++)
    doc_int(doc_object(list, NULL), KEY("row"), i + 1);
}

static void add_head(Request *request, const Incident *incident, const json_t *head, Doc *answer) {
  char today[32];
  const char *place = text_of(head, "place");
  g_autofree char *name = g_utf8_strup(text_of(head, "issuer"), -1);
  date_write_document(today, day_at(request->now_ms));
  incident_show(request, doc_object(answer, KEY("incident")), incident);
  doc_text(answer, KEY("page_title"), arena_printf(request->arena, "Phiếu ứng cứu %s", incident->code));
  doc_text(answer, KEY("back_url"), arena_printf(request->arena, "/su-co/%s", incident->code));
  doc_text(answer, KEY("pdf_url"), arena_printf(request->arena, "/su-co/%s/phieu/tep", incident->code));
  doc_text_copy(answer, KEY("issuer"), name);
  doc_text(answer, KEY("place_date"), arena_printf(request->arena, "%s, %s", *place ? place : "……", today));
  doc_text(answer, KEY("close_reason"), incident->close_reason);
}

gboolean incident_sheet(Request *request, Doc *answer, GError **error) {
  const Incident *incident = incident_load(request, "incident.read", error);
  json_t *known = incident ? incident_case_json(request, incident, error) : NULL;
  json_t *head = known ? incident_letterhead(request, incident, error) : NULL;
  if (head) {
    Doc *contacts = NULL;
    add_head(request, incident, head, answer);
    if (json_object_get(known, "first_steps"))
      doc_json(answer, KEY("first_steps"), json_object_get(known, "first_steps"));
    add_rows(request, json_object_get(known, "notices"), add_notice, doc_list(answer, KEY("notices")));
    add_rows(request, json_object_get(known, "steps"), add_step, doc_list(answer, KEY("steps")));
    contacts = doc_list(answer, KEY("contacts"));
    add_rows(request, json_object_get(known, "persons"), add_contact, contacts);
    add_rows(request, json_object_get(known, "parties"), add_contact, contacts);
    add_blank(doc_list(answer, KEY("blank")));
  }
  json_decref(known);
  json_decref(head);
  return head != NULL;
}
