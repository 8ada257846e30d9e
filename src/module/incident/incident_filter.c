#include "module/incident/incident_filter.h"
#include "core/body.h"
#include "core/form.h"
#include "core/message.h"
#include "core/show.h"
#include "module/incident/incident_pages.h"
#include "module/incident/incident_period.h"
#include <string.h>

const Choice INCIDENT_GRADE_CHOICES[] = {{"nghiem-trong", "Nghiêm trọng"}, {"cho-xac-nhan", "Có thể nghiêm trọng (chờ xác nhận)"},
                                         {"thuong", "Thông thường"}, {NULL, NULL}};
const Choice INCIDENT_STATE_CHOICES[] = {
    {"xac-nhan", "Đã xác nhận là sự cố"}, {"dang-mo", "Đang mở"}, {"reported", "Mới báo"}, {"verifying", "Đang xác minh"},
    {"responding", "Đang ứng cứu"}, {"contained", "Đã ngăn chặn"}, {"recovering", "Đang khôi phục"}, {"ended", "Đã kết thúc xử lý"},
    {"closed", "Đã đóng"}, {"ngoai", "Không phải sự cố, suýt xảy ra, trùng lặp"}, {"rejected", "Không phải sự cố"},
    {"near_miss", "Suýt xảy ra sự cố"}, {"duplicate", "Trùng lặp"}, {NULL, NULL}};
const Choice INCIDENT_MEASURE_CHOICES[] = {
    {"tre", "Thông báo gửi muộn hoặc quá hạn"}, {"dung-han", "Thông báo gửi đủ, đúng hạn"}, {"con-gui", "Còn thông báo phải gửi, chưa đến hạn"},
    {"khong-phai-gui", "Không phải gửi thông báo"}, {"co-tiep-nhan", "Có giờ tiếp nhận"}, {"chua-tiep-nhan", "Chưa có giờ tiếp nhận"},
    {"co-ngan-chan", "Có giờ ngăn chặn"}, {"chua-ngan-chan", "Chưa có giờ ngăn chặn"}, {"co-khoi-phuc", "Có giờ khôi phục"},
    {"chua-khoi-phuc", "Chưa có giờ khôi phục"}, {"tu-xu-ly", "Tự xử lý"}, {"ho-tro", "Có tổ chức khác hỗ trợ"},
    {"nuoc-ngoai", "Có tổ chức nước ngoài hỗ trợ"}, {"de-nghi", "Đã đề nghị Cơ quan điều phối hỗ trợ"}, {"chua-ghi", "Đã xử lý xong, chưa ghi cách xử lý"},
    {"vuot-kha-nang", "Có thể vượt khả năng, chưa đề nghị hỗ trợ"}, {NULL, NULL}};

/* The next field of incident.list that narrows it; begins with NULL, ends with NULL. */
static const Field *next_field(const Request *request, const Field *field) {
  static const char *const OTHERS[] = {"tab", "q", "after", "limit", NULL};
  field = field ? field + 1 : app_find_operation(request->app, "incident.list")->fields;
  while (field->name && g_strv_contains(OTHERS, field->name))
    field++;
  return field->name ? field : NULL;
}
#define EACH_FIELD(field, request) const Field *field = next_field(request, NULL); field; field = next_field(request, field)

gboolean incident_is_narrowed(const Request *request) {
  for (EACH_FIELD(field, request))
    if (input_text(request, field->name))
      return TRUE;
  return FALSE;
}

gboolean incident_take_filter(Request *request, IncidentFilter *out, GError **error) {
  const char *body = input_text(request, "body");
  *out = (IncidentFilter){.body_id = body ? body : request->body_id, .from_day = input_text(request, "from"), .to_day = input_text(request, "to"),
                          .unit_id = input_text(request, "unit"), .kind = input_text(request, "kind"), .cause = input_text(request, "cause"),
                          .grade = input_text(request, "grade"), .state = input_text(request, "state"), .measure = input_text(request, "measure"),
                          .level = input_int(request, "level", -1), .now_ms = request->now_ms, .once_ms = incident_once_ms(request)};
  return request_require(request, "incident.read", out->body_id, error);
}

static void append_parameter(GString *url, const char *name, const char *value) {
  if (!value)
    return;
  g_string_append_printf(url, "%s%s=", url->len ? "&" : "", name);
  g_string_append_uri_escaped(url, value, NULL, FALSE);
}

static const char *query_of(Request *request) {
  g_autoptr(GString) query = g_string_new(NULL);
  append_parameter(query, "q", input_text(request, "q"));
  for (EACH_FIELD(field, request))
    append_parameter(query, field->name, input_text(request, field->name));
  return arena_text(request->arena, query->str, (gssize)query->len);
}

const char *incident_filter_url(Request *request) {
  return arena_printf(request->arena, "/su-co?%s", query_of(request));
}

/* --- in words --- */

static const char *choice_label(Request *request, const Field *field, const char *value) {
  for (const Choice *choice = field->choices; choice && choice->value; choice++)
    if (strcmp(choice->value, value) == 0)
      return message(request->lang, choice->label);
  return NULL;
}

/* NULL without error: as it was typed. */
static const char *value_in_words(Request *request, StoreConn *conn, const Field *field, const char *value, GError **error) {
  if (strcmp(value, "chua-ro") == 0)
    return message(request->lang, "Chưa phân loại");
  if (strcmp(field->name, "cause") == 0)
    return incident_cause_label(request, value);
  if (strcmp(field->name, "kind") == 0) {
    const LawKind *kind = law_find_kind(request->app->law, value, NULL);
    return kind ? kind->name : NULL;
  }
  if (field->type == FIELD_DAY)
    return show_day(request->arena, value);
  if (field->type != FIELD_ID)
    return choice_label(request, field, value);
  const Body *body = body_get(conn, request->arena, value, error);
  return body && request_may(request, "incident.read", body->id) ? body->name : NULL;
}

gboolean incident_add_chips(Request *request, StoreConn *conn, Doc *answer, GError **error) {
  Doc *chips = doc_list(answer, KEY("chips"));
  for (EACH_FIELD(field, request)) {
    const char *value = input_text(request, field->name);
    GError *failed = NULL;
    if (!value)
      continue;
    const char *words = value_in_words(request, conn, field, value, &failed);
    if (failed) {
      g_propagate_error(error, failed);
      return FALSE;
    }
    Doc *chip = doc_object(chips, NULL);
    doc_text(chip, KEY("label"), message(request->lang, field->label));
    doc_text(chip, KEY("value"), words ? words : value);
  }
  return TRUE;
}

/* --- the form --- */

static void add_law_choices(Request *request, const Field *field, Doc *options) {
  const GPtrArray *groups = request->app->law->kind_groups;
  const char *chosen = input_text(request, field->name);
  gboolean kinds = strcmp(field->name, "kind") == 0;
  for (guint g = 0; g < groups->len; g++) {
    const LawKindGroup *group = groups->pdata[g];
    if (!kinds)
      show_option(options, group->rule.id, incident_cause_label(request, group->rule.id), g_strcmp0(chosen, group->rule.id) == 0);
    for (guint k = 0; kinds && k < group->kinds->len; k++) {
      const LawKind *kind = group->kinds->pdata[k];
      show_option(options, kind->id, kind->name, g_strcmp0(chosen, kind->id) == 0);
    }
  }
  show_option(options, "chua-ro", message(request->lang, "Chưa phân loại"), g_strcmp0(chosen, "chua-ro") == 0);
}

static void add_field(Request *request, const Field *field, Doc *fields, Doc *hidden) {
  const char *value = input_text(request, field->name);
  if (field->type == FIELD_ID) {
    if (!value)
      return;
    Doc *kept = doc_object(hidden, NULL);
    doc_text(kept, KEY("name"), field->name);
    doc_text(kept, KEY("value"), value);
    return;
  }
  if (field->type == FIELD_CHOICE) {
    Doc *options = show_filter_select(request, fields, field->name, field->label, NULL);
    show_option(options, "", message(request->lang, "tất cả"), !value);
    if (!field->choices)
      add_law_choices(request, field, options);
    for (const Choice *choice = field->choices; choice && choice->value; choice++)
      show_option(options, choice->value, message(request->lang, choice->label), g_strcmp0(value, choice->value) == 0);
    return;
  }
  Doc *row = doc_object(fields, NULL);
  doc_text(row, KEY("name"), field->name);
  doc_text(row, KEY("label"), message(request->lang, field->label));
  doc_text(row, KEY("value"), value && field->type == FIELD_DAY ? show_day(request->arena, value) : value);
  doc_text(row, KEY("placeholder"), field->type == FIELD_DAY ? message(request->lang, "ngày/tháng/năm") : "");
}

void incident_add_narrow(Request *request, Doc *answer) {
  if (request->face != FACE_WEB)
    return;
  Doc *narrow = doc_object(answer, KEY("narrow"));
  doc_text(narrow, KEY("action"), "/su-co");
  Doc *fields = doc_list(narrow, KEY("fields")), *hidden = doc_list(narrow, KEY("hidden"));
  for (EACH_FIELD(field, request))
    add_field(request, field, fields, hidden);
}

/* --- kept under a name --- */

#define FILTERS_MOST 30

enum { SQL_LIST, SQL_FIND, SQL_PUT, SQL_RENAME, SQL_DELETE };
static const StoreSql SQL[] = {
    [SQL_LIST] = {"incident.filters", "SELECT id, name, query FROM incident_filter WHERE account_id = $1 ORDER BY created_ms, id LIMIT 100", NULL},
    [SQL_FIND] = {"incident.filter_of_name", "SELECT count(*) FROM incident_filter WHERE account_id = $1 AND name = $2 AND id <> $3", NULL},
    [SQL_PUT] = {"incident.put_filter", "INSERT INTO incident_filter (id, account_id, name, query, created_ms) VALUES ($1, $2, $3, $4, $5)", NULL},
    [SQL_RENAME] = {"incident.rename_filter", "UPDATE incident_filter SET name = $3 WHERE id = $1 AND account_id = $2", NULL},
    [SQL_DELETE] = {"incident.delete_filter", "DELETE FROM incident_filter WHERE id = $1 AND account_id = $2", NULL},
};
const StoreSqlTable incident_filter_sql = {SQL, G_N_ELEMENTS(SQL)};

static gboolean read_filters(Request *request, Doc *list, GError **error) {
  GError *failed = NULL;
  StoreConn *conn = request_read(request, error);
  g_autoptr(StoreRows) rows = conn ? store_query(conn, &SQL[SQL_LIST], S(S_TEXT(request->user->id)), error) : NULL;
  while (rows && store_step(rows, &failed)) {
    Doc *row = doc_object(list, NULL);
    doc_text_copy(row, KEY("id"), store_text(rows, 0));
    doc_text_copy(row, KEY("name"), store_text(rows, 1));
    doc_text_copy(row, KEY("query"), store_text(rows, 2));
    doc_text(row, KEY("url"), arena_printf(request->arena, "/su-co?%s", store_text(rows, 2)));
  }
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}

static void add_filter_forms(Request *request, Doc *row) {
  json_t *values = json_pack("{s:s, s:s}", "filter", doc_get_text(row, KEY("id")), "name", doc_get_text(row, KEY("name")));
  Doc *buttons = doc_list(row, KEY("buttons")), *actions = doc_list(row, KEY("actions"));
  Doc *rename = form_add(request, actions, NULL, "incident.filter_rename", values, "Đổi tên");
  doc_text(rename, KEY("operation"), arena_printf(request->arena, "filter-%s", doc_get_text(row, KEY("id"))));
  form_add(request, buttons, NULL, "incident.filter_delete", values, "Xóa");
  json_decref(values);
}

gboolean incident_add_filters(Request *request, StoreConn *conn G_GNUC_UNUSED, Doc *tabs, Doc *answer, GError **error) {
  Doc *saved = doc_list(answer, KEY("saved"));
  const char *present = incident_is_narrowed(request) || input_text(request, "q") ? query_of(request) : NULL;
  gboolean kept = FALSE;
  if (!request->user || !read_filters(request, saved, error))
    return !request->user;
  doc_bool(answer, KEY("has_saved"), saved->first != NULL);
  for (Doc *row = saved->first; row; row = row->next) {
    gboolean current = g_strcmp0(doc_get_text(row, KEY("query")), present) == 0;
    Doc *tab = doc_object(tabs, NULL);
    doc_text(tab, KEY("label"), doc_get_text(row, KEY("name")));
    doc_text(tab, KEY("url"), doc_get_text(row, KEY("url")));
    doc_bool(tab, KEY("current"), current);
    kept = kept || current;
    if (request->face == FACE_WEB)
      add_filter_forms(request, row);
  }
  if (!present || kept || request->face != FACE_WEB)
    return TRUE;
  json_t *values = json_pack("{s:s}", "query", present);
  form_add(request, answer, KEY("save"), "incident.filter_save", values, "Lưu bộ lọc");
  json_decref(values);
  return TRUE;
}

gboolean incident_filter_list(Request *request, Doc *answer, GError **error) {
  return read_filters(request, doc_list(answer, KEY("rows")), error);
}

typedef struct {
  int sql;
  const char *id, *name, *query, *event;
} Keeping;

static gboolean check_name(Change *change, const Keeping *keeping, GError **error) {
  gint64 count = 0;
  if (!store_get_int(change->conn, &SQL[SQL_FIND], S(S_TEXT(change->request->user->id), S_TEXT(keeping->name), S_TEXT(keeping->id)), 0, &count, error))
    return FALSE;
  return !count || request_refuse_field(change->request, "name", "Đã có bộ lọc mang tên này.", error);
}

static gboolean write_filter(Change *change, void *data, GError **error) {
  const Keeping *keeping = data;
  const char *account = change->request->user->id;
  gint64 changed = 0;
  if (keeping->name && !check_name(change, keeping, error))
    return FALSE;
  const StoreValue put[] = {S_TEXT(keeping->id), S_TEXT(account), S_TEXT(keeping->name), S_TEXT(keeping->query), S_INT(change->request->now_ms)};
  gsize count = keeping->sql == SQL_PUT ? 5 : keeping->sql == SQL_RENAME ? 3 : 2;
  if (!store_exec(change->conn, &SQL[keeping->sql], put, count, &changed, error))
    return FALSE;
  if (!changed) {
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Không có bộ lọc này.");
    return FALSE;
  }
  change_about(change, "incident_filter", keeping->id, change->request->body_id, json_pack("{s:s, s:s?}", "act", keeping->event, "name", keeping->name));
  return TRUE;
}

/* Only what the list knows may stand in a filter: it becomes a link. */
static const char *clean_query(Request *request, const char *typed, GError **error) {
  g_autoptr(GString) query = g_string_new(NULL);
  g_autoptr(GHashTable) given = g_uri_parse_params(typed, -1, "&", G_URI_PARAMS_WWW_FORM, NULL);
  guint taken = 0;
  static const char *const FIRST[] = {"tab", "q"};
  for (gsize i = 0; given && i < G_N_ELEMENTS(FIRST); i++) {
    const char *value = g_hash_table_lookup(given, FIRST[i]);
    append_parameter(query, FIRST[i], value);
    taken += value != NULL;
  }
  for (EACH_FIELD(field, request)) {
    const char *value = given ? g_hash_table_lookup(given, field->name) : NULL;
    append_parameter(query, field->name, value);
    taken += value != NULL;
  }
  if (given && taken && taken == g_hash_table_size(given))
    return arena_text(request->arena, query->str, (gssize)query->len);
  request_refuse_field(request, "query", "Bộ lọc có điều kiện mà danh sách sự cố không có.", error);
  return NULL;
}

gboolean incident_filter_save(Request *request, Doc *answer, GError **error) {
  Doc *old = doc_list(doc_new(request->arena), KEY("rows"));
  const char *query = clean_query(request, input_text(request, "query"), error);
  if (!query || !read_filters(request, old, error))
    return FALSE;
  int count = 0;
  for (const Doc *row = old->first; row; row = row->next)
    count++;
  if (count >= FILTERS_MOST)
    return request_refuse_field(request, "name", "Đã có 30 bộ lọc. Xóa bớt rồi lưu.", error);
  IncidentCall call = {.request = request};
  Keeping keeping = {SQL_PUT, incident_new_id(&call), input_text(request, "name"), query, "saved"};
  if (!request_change(request, write_filter, &keeping, error))
    return FALSE;
  doc_text(answer, KEY("id"), keeping.id);
  doc_text(answer, KEY("url"), arena_printf(request->arena, "/su-co?%s", query));
  request->notice = message(request->lang, "Đã lưu bộ lọc.");
  return TRUE;
}

gboolean incident_filter_rename(Request *request, Doc *answer, GError **error) {
  Keeping keeping = {SQL_RENAME, input_text(request, "filter"), input_text(request, "name"), NULL, "renamed"};
  if (!request_change(request, write_filter, &keeping, error))
    return FALSE;
  doc_text(answer, KEY("id"), keeping.id);
  request->notice = message(request->lang, "Đã đổi tên bộ lọc.");
  return TRUE;
}

gboolean incident_filter_delete(Request *request, Doc *answer, GError **error) {
  Keeping keeping = {SQL_DELETE, input_text(request, "filter"), NULL, NULL, "deleted"};
  if (!request_change(request, write_filter, &keeping, error))
    return FALSE;
  doc_text(answer, KEY("id"), keeping.id);
  request->notice = message(request->lang, "Đã xóa bộ lọc.");
  return TRUE;
}
