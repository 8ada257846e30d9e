/* What the case tells of the fields of a form, by the field's id, which means the same in every form. */
#include "base/date.h"
#include "core/body.h"
#include "module/incident/incident_paper.h"
#include <string.h>

enum { SQL_CONTACT };
static const StoreSql SQL[] = {
    [SQL_CONTACT] = {"incident.contact",
                     "SELECT c.name, c.title, CASE WHEN c.phone <> '' THEN c.phone ELSE c.phone_after_hours END, c.email "
                     "FROM body_ancestor a JOIN contact c ON c.body_id = a.ancestor_id AND c.kind IN ('focal', 'duty') "
                     "AND c.until_day IS NULL WHERE a.body_id = $1 ORDER BY a.depth, c.kind DESC, c.id LIMIT 1", NULL},
};
const StoreSqlTable incident_paper_sql = {SQL, G_N_ELEMENTS(SQL)};

typedef struct {
  Request *request;
  StoreConn *conn;
  const Incident *incident;
  const Body *body;
  const Doc *parties;
  json_t *facts, *values;
} Fill;

static void put(Fill *fill, const char *field, const char *text) {
  if (text && *text)
    json_object_set_new(fill->values, field, json_string(text));
}

static void put_each(Fill *fill, const char *const *fields, const char *text) {
  for (; *fields; fields++)
    put(fill, *fields, text);
}
#define PUT(text, ...) put_each(fill, (const char *const[]){__VA_ARGS__, NULL}, text)

static const char *party(const Fill *fill, const char *actor) {
  for (const Doc *row = fill->parties->first; row; row = row->next)
    if (g_strcmp0(doc_get_text(row, KEY("actor")), actor) == 0 && strcmp(doc_get_text(row, KEY("ground")), "law") != 0)
      return doc_get_text(row, KEY("name"));
  return NULL;
}

static gboolean fill_contact(Fill *fill, GError **error) {
  g_autoptr(StoreRows) rows = store_query(fill->conn, &SQL[SQL_CONTACT], S(S_TEXT(fill->incident->body_id)), error);
  if (!rows)
    return FALSE;
  if (!store_step(rows, error))
    return !error || !*error;
  PUT(store_text(rows, 0), "contact_name");
  PUT(store_text(rows, 1), "contact_title");
  PUT(store_text(rows, 2), "contact_phone", "reporter_phone");
  PUT(store_text(rows, 3), "contact_email", "reporter_email");
  return TRUE;
}

static void fill_body(Fill *fill) {
  const char *operator = party(fill, "VH");
  PUT(fill->body->name, "reporter_name", "sender_name");
  PUT(fill->body->place, "reporter_address", "sender_address");
  PUT(operator ? operator : fill->body->name, "operator");
  PUT(party(fill, "CQ"), "owner");
  PUT(party(fill, "ISP"), "connection_provider");
}

static void fill_times(Fill *fill) {
  const Incident *incident = fill->incident;
  char day[11], clock[6];
  date_write_day(day, incident->detected_ms);
  date_write_clock(clock, incident->detected_ms);
  PUT(day, "detected_day");
  PUT(clock, "detected_clock");
  PUT(incident_moment(fill->request->arena, incident->detected_ms), "detected_at", "happened_at");
  PUT(incident_moment(fill->request->arena, fill->request->now_ms), "reported_at");
}

static const char *join(Arena *arena, const json_t *texts) {
  g_autoptr(GString) line = g_string_new(NULL);
  for (gsize i = 0; i < json_array_size(texts); i++)
    g_string_append_printf(line, "%s%s", i ? "; " : "", json_string_value(json_array_get(texts, i)));
  return arena_text(arena, line->str, (gssize)line->len);
}

static const char *harm_text(const Fill *fill) {
  const LawFact *fact = law_find(fill->request->app->law->facts, "harm");
  json_t *labels = json_array();
  const json_t *harm = json_object_get(fill->facts, "harm");
  for (guint i = 0; fact && i < fact->values->len; i++) {
    const LawValue *value = g_ptr_array_index(fact->values, i);
    for (gsize j = 0; j < json_array_size(harm); j++)
      if (g_strcmp0(json_string_value(json_array_get(harm, j)), value->id) == 0)
        json_array_append_new(labels, json_string(value->label));
  }
  const char *text = join(fill->request->arena, labels);
  json_decref(labels);
  return text;
}

static void fill_system(Fill *fill) {
  const Incident *incident = fill->incident;
  Arena *arena = fill->request->arena;
  PUT(incident->system_name, "system", "system_address", "place");
  if (incident->system_level)
    PUT(arena_printf(arena, "Cấp độ %d", (int)incident->system_level), "level");
  PUT(arena_printf(arena, "%s. %s", incident->title, incident->description), "description");
  PUT(incident->description, "signs");
  PUT(join(arena, json_object_get(fill->facts, "kinds")), "kinds");
  PUT(harm_text(fill), "harm");
  PUT(incident->ended_ms ? "Đã được xử lý" : "Chưa được xử lý", "state");
}

/* Ticks one option of a field of several. */
static void tick(Fill *fill, const char *field, const char *option, const char *own_text) {
  json_t *list = json_object_get(fill->values, field);
  if (!list)
    json_object_set_new(fill->values, field, list = json_array());
  json_array_append_new(list, json_string(option));
  if (own_text && *own_text)
    put(fill, arena_printf(fill->request->arena, "%s: %s", field, option), own_text);
}

static void fill_found(Fill *fill) {
  if (strcmp(fill->incident->source, "monitoring") == 0)
    tick(fill, "found_by", "Qua hệ thống phát hiện xâm nhập", NULL);
  else
    tick(fill, "found_by", "Nhận được thông báo từ", fill->incident->reporter_name);
}

static gboolean fill_told(Fill *fill, GError **error) {
  static const char *const OPTIONS[][2] = {
      {"ML", "Thành viên mạng lưới chịu trách nhiệm ứng cứu sự cố cho tổ chức, cá nhân"},
      {"ISP", "ISP đang trực tiếp cung cấp dịch vụ"}, {"DPQG", "Cơ quan điều phối"}};
  g_autoptr(GPtrArray) notices = incident_store_notices(fill->conn, fill->request->arena, fill->incident->id, error);
  for (gsize o = 0; notices && o < G_N_ELEMENTS(OPTIONS); o++) {
    gboolean told = FALSE;
    for (guint i = 0; i < notices->len; i++) {
      const IncidentNotice *notice = g_ptr_array_index(notices, i);
      told = told || (notice->sent_ms && strcmp(notice->receiver, OPTIONS[o][0]) == 0);
    }
    if (told)
      tick(fill, "told_to", OPTIONS[o][1], NULL);
  }
  return notices != NULL;
}

static gboolean fill_first_report(Fill *fill, GError **error) {
  const IncidentPaper *first = incident_store_last_paper(fill->conn, fill->request->arena, fill->incident->id, "mau-03", error);
  Day day;
  char text[11];
  if (!first || !first->issued_day || !date_parse_day(first->issued_day, &day))
    return !error || !*error;
  date_write_day(text, day_start_ms(day));
  PUT(first->number, "first_report_number");
  PUT(text, "first_report_day");
  return TRUE;
}

/* Only what the form asks stays. */
static json_t *only_asked(const Fill *fill, const LawForm *const *parts) {
  json_t *kept = json_object();
  const char *key;
  json_t *value;
  for (; *parts; parts++)
    for (guint g = 0; g < (*parts)->groups->len; g++) {
      const LawFieldGroup *group = g_ptr_array_index((*parts)->groups, g);
      for (guint f = 0; f < group->fields->len; f++) {
        const LawField *field = g_ptr_array_index(group->fields, f);
        gsize length = strlen(field->id);
        json_object_foreach(fill->values, key, value) {
          if (strncmp(key, field->id, length) == 0 && (!key[length] || key[length] == ':'))
            json_object_set(kept, key, value);
        }
      }
    }
  return kept;
}

json_t *incident_paper_values(Request *request, const Incident *incident, const LawForm *const *parts, GError **error) {
  Fill own = {.request = request, .incident = incident, .conn = request_read(request, error)}, *fill = &own;
  Doc *parties = doc_list(doc_new(request->arena), KEY("parties"));
  own.body = own.conn ? body_get(own.conn, request->arena, incident->body_id, error) : NULL;
  own.parties = parties;
  if (!own.body || !incident_part(request, PART_PARTIES, incident->id, NULL, parties, error))
    return NULL;
  own.facts = json_loads(incident->facts, 0, NULL);
  own.values = json_object();
  fill_body(fill);
  fill_times(fill);
  fill_system(fill);
  fill_found(fill);
  gboolean good = fill_contact(fill, error) && fill_told(fill, error) && fill_first_report(fill, error);
  json_t *kept = good ? only_asked(fill, parts) : NULL;
  json_decref(own.facts);
  json_decref(own.values);
  return kept;
}
