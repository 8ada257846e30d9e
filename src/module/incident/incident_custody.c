/* The page of one piece of evidence with its chain of custody, the same on paper, and what tells of a broken one. */
#include "base/digest.h"
#include "base/number.h"
#include "core/form.h"
#include "core/message.h"
#include "module/incident/incident_paper.h"
#include <string.h>

#define BOARD_ROWS 5

enum { SQL_BROKEN, SQL_COUNT_BROKEN };
static const StoreSql SQL[] = {
    [SQL_BROKEN] = {"incident.broken_evidence",
                    "SELECT e.number, e.title, i.code, e.broken_ms FROM incident_evidence e JOIN incident i ON i.id = e.incident_id "
                    "JOIN incident_scope s ON s.incident_id = e.incident_id AND s.body_id = $1 WHERE e.broken_ms IS NOT NULL "
                    "ORDER BY e.broken_ms DESC, e.id LIMIT $2", NULL},
    [SQL_COUNT_BROKEN] = {"incident.count_broken_evidence", "SELECT count(*) FROM incident_evidence WHERE broken_ms IS NOT NULL", NULL},
};
const StoreSqlTable incident_custody_sql = {SQL, G_N_ELEMENTS(SQL)};

/* --- the page, the paper --- */

static const json_t *find_evidence(const json_t *known, const char *id, GError **error) {
  const json_t *rows = json_object_get(known, "evidence"), *row = NULL;
  gsize i = 0;
  json_array_foreach(rows, i, row)
    if (g_strcmp0(json_string_value(json_object_get(row, "id")), id) == 0)
      return row;
  g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Sự cố này không có chứng cứ đó.");
  return NULL;
}

static void add_custody(const json_t *known, json_int_t number, Doc *list) {
  const json_t *row = NULL;
  gsize i = 0;
  json_array_foreach(json_object_get(known, "custody"), i, row) {
    if (json_integer_value(json_object_get(row, "number")) != number)
      continue;
    const json_t *intact = json_object_get(row, "intact");
    static const char *const TEXTS[][2] = {{"at", "at"}, {"action", "word"}, {"from_whom", "from_whom"}, {"to_whom", "to_whom"},
                                           {"who", "who"}};
    Doc *shown = doc_object(list, NULL);
    for (gsize t = 0; t < G_N_ELEMENTS(TEXTS); t++)
      doc_text_copy(shown, g_intern_static_string(TEXTS[t][1]), json_string_value(json_object_get(row, TEXTS[t][0])));
    const char *note = json_string_value(json_object_get(row, "note"));
    doc_text_copy(shown, digest_is_sha256(note) ? KEY("sha256") : KEY("note"), note);
    doc_bool(shown, KEY("broken"), json_is_integer(intact) && !json_integer_value(intact));
  }
}

static void add_form(Request *request, const Incident *incident, const char *id, Doc *answer) {
  Doc *actions = doc_list(answer, KEY("actions"));
  if (request->face != FACE_WEB || !request_may(request, "incident.work", incident->body_id))
    return;
  json_t *values = json_pack("{s:s, s:s}", "id", incident->code, "evidence", id);
  form_add(request, actions, NULL, "evidence.transfer", values, "Ghi giao, trả");
  json_decref(values);
}

static void show(Request *request, const Incident *incident, const json_t *known, const json_t *row, Doc *answer) {
  const char *id = input_text(request, "evidence");
  json_int_t number = json_integer_value(json_object_get(row, "number"));
  char size[NUMBER_SIZE] = "";
  const char *code = arena_printf(request->arena, "CC-%02d", (int)number);
  if (json_integer_value(json_object_get(row, "size_bytes")))
    number_write_size(size, json_integer_value(json_object_get(row, "size_bytes")));
  doc_text(answer, KEY("page_title"), arena_printf(request->arena, "%s %s", code, incident->code));
  doc_text(answer, KEY("back_url"), arena_printf(request->arena, "/su-co/%s#h-cc", incident->code));
  doc_text(answer, KEY("pdf_url"), arena_printf(request->arena, "/su-co/%s/chung-cu/%s/bien-ban/tep?format=pdf", incident->code, id));
  doc_text(answer, KEY("docx_url"), arena_printf(request->arena, "/su-co/%s/chung-cu/%s/bien-ban/tep?format=docx", incident->code, id));
  Doc *shown = doc_object(answer, KEY("evidence"));
  doc_text(shown, KEY("code"), code);
  doc_text(shown, KEY("incident"), incident->code);
  doc_text(shown, KEY("incident_title"), incident->title);
  doc_text_copy(shown, KEY("size_text"), size);
  static const char *const TEXTS[] = {"title", "file_name", "sha256", "taken", "taken_by", "taken_where", "taken_how", "seal", "broken"};
  for (gsize i = 0; i < G_N_ELEMENTS(TEXTS); i++)
    doc_text_copy(shown, g_intern_static_string(TEXTS[i]), json_string_value(json_object_get(row, TEXTS[i])));
  add_custody(known, number, doc_list(answer, KEY("custody")));
  add_form(request, incident, id, answer);
}

gboolean incident_custody(Request *request, Doc *answer, GError **error) {
  const Incident *incident = incident_load(request, "incident.read", error);
  json_t *known = incident ? incident_case_json(request, incident, error) : NULL;
  const json_t *row = known ? find_evidence(known, input_text(request, "evidence"), error) : NULL;
  if (row)
    show(request, incident, known, row, answer);
  json_decref(known);
  return row != NULL;
}

gboolean incident_custody_file(Request *request, Doc *answer G_GNUC_UNUSED, GError **error) {
  const Incident *incident = incident_load(request, "incident.read", error);
  json_t *known = incident ? incident_case_json(request, incident, error) : NULL;
  const json_t *row = known ? find_evidence(known, input_text(request, "evidence"), error) : NULL;
  json_t *head = row ? incident_letterhead(request, incident, error) : NULL;
  if (head) {
    g_autoptr(Paper) paper = form_custody_record(known, row, head, request->now_ms);
    const char *name = arena_printf(request->arena, "phieu-chung-cu-%02d", (int)json_integer_value(json_object_get(row, "number")));
    incident_give_paper(request, incident, paper, name, g_strcmp0(input_text(request, "format"), "docx") != 0, error);
  }
  json_decref(known);
  json_decref(head);
  return request->file != NULL;
}

/* --- broken evidence is told --- */

gboolean incident_board_evidence(Request *request, Doc *board, GError **error) {
  GError *failed = NULL;
  Doc *list = NULL;
  StoreConn *conn = request_read(request, error);
  g_autoptr(StoreRows) rows = conn ? store_query(conn, &SQL[SQL_BROKEN], S(S_TEXT(request->body_id), S_INT(BOARD_ROWS)), error) : NULL;
  while (rows && store_step(rows, &failed)) {
    if (!list) {
      Doc *section = doc_object((Doc *)(gintptr)doc_get(board, KEY("sections")), NULL);
      doc_text(section, KEY("id"), "chung-cu");
      doc_text(section, KEY("title"), message(request->lang, "Chứng cứ sai mã băm"));
      list = doc_list(section, KEY("list"));
    }
    Doc *row = doc_object(list, NULL), *state = doc_object(row, KEY("state"));
    doc_text(state, KEY("class"), "late");
    doc_text(state, KEY("label"), message(request->lang, "Sai mã băm"));
    doc_text(row, KEY("text"), arena_printf(request->arena, "%s CC-%02d %s", store_text(rows, 2), (int)store_int(rows, 0), store_text(rows, 1)));
    doc_text(row, KEY("url"), arena_printf(request->arena, "/su-co/%s#h-cc", store_text(rows, 2)));
    doc_text(row, KEY("note"), incident_moment(request->arena, store_int(rows, 3)));
  }
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}

gboolean incident_doctor(Request *request, Doc *checks, GError **error) {
  gint64 broken = 0;
  StoreConn *conn = request_read(request, error);
  if (!conn || !store_get_int(conn, &SQL[SQL_COUNT_BROKEN], S0, 0, &broken, error))
    return FALSE;
  doctor_add(checks, "evidence", broken == 0,
             broken ? arena_printf(request->arena, "%d %s", (int)broken, message(request->lang, "tệp chứng cứ sai mã băm; phục hồi từ bản sao lưu"))
                    : message(request->lang, "Tệp chứng cứ đúng mã băm trong lần kiểm gần nhất"));
  return TRUE;
}
