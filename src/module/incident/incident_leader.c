/* What a leader asks in ten seconds: what burns, what is due next, what waits for a decision, what went late, who leads. */
#include "base/date.h"
#include "core/body.h"
#include "core/message.h"
#include "module/incident/incident_period.h"
#include <string.h>

#define BURNING_ROWS 5
#define DEADLINE_ROWS 5
#define DECISION_ROWS 4

enum { SQL_BURNING, SQL_DEADLINES, SQL_SERIOUS, SQL_BEYOND, SQL_PAPERS };
#define OPEN_CASES "FROM incident_scope s JOIN incident i ON i.id = s.incident_id WHERE s.body_id = $1 AND s.open = 1 "
static const StoreSql SQL[] = {
    [SQL_BURNING] = {"incident.burning",
                     "SELECT i.id " OPEN_CASES "ORDER BY CASE i.grade WHEN 'nghiem-trong' THEN 0 WHEN 'cho-xac-nhan' THEN 1 ELSE 2 END, "
                     "s.sort_ms, i.id LIMIT $2", NULL},
    /* The nearest notices are of the nearest cases. */
    [SQL_DEADLINES] = {"incident.deadlines",
                       "SELECT i.code, i.title, n.what, n.receiver, n.due_ms, i.id FROM (SELECT s.incident_id FROM incident_scope s "
                       "WHERE s.body_id = $1 AND s.open = 1 AND s.sort_ms < $3 ORDER BY s.sort_ms, s.incident_id LIMIT $2) near "
                       "JOIN incident i ON i.id = near.incident_id JOIN incident_notice n ON n.incident_id = i.id AND n.state = 'unsent' "
                       "AND n.due_ms IS NOT NULL ORDER BY n.due_ms, i.id, n.receiver LIMIT $2", NULL},
    [SQL_SERIOUS] = {"incident.to_confirm",
                     "SELECT i.code, i.title, b.name FROM incident_scope s JOIN incident i ON i.id = s.incident_id JOIN body b ON b.id = i.body_id "
                     "WHERE s.body_id = $1 AND s.open = 1 AND i.grade = 'cho-xac-nhan' ORDER BY s.sort_ms, i.id LIMIT $2", NULL},
    [SQL_BEYOND] = {"incident.beyond",
                    "SELECT i.code, i.title, b.name FROM incident_scope s JOIN incident i ON i.id = s.incident_id JOIN body b ON b.id = i.body_id "
                    "JOIN incident_figure f ON f.incident_id = i.id AND f.body_id = $1 "
                    "WHERE s.body_id = $1 AND s.open = 1 AND i.beyond = 1 AND f.asked = 0 ORDER BY s.sort_ms, i.id LIMIT $2", NULL},
    [SQL_PAPERS] = {"incident.to_sign",
                    "SELECT i.code, i.title, b.name, p.form, p.id FROM incident_paper p JOIN incident i ON i.id = p.incident_id "
                    "JOIN body b ON b.id = i.body_id WHERE p.state = 'submitted' "
                    "AND EXISTS (SELECT 1 FROM incident_scope s WHERE s.incident_id = p.incident_id AND s.body_id = $1) ORDER BY p.changed_ms, p.id LIMIT $2", NULL},
};
const StoreSqlTable incident_leader_sql = {SQL, G_N_ELEMENTS(SQL)};

static gboolean finish(GError *failed, GError **error) {
  if (failed)
    g_propagate_error(error, failed);
  return !failed;
}

/* --- what burns --- */

static gboolean add_burning(Request *request, StoreConn *conn, Doc *answer, GError **error) {
  GError *failed = NULL;
  Doc *list = doc_list(answer, KEY("burning"));
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_BURNING], S(S_TEXT(request->body_id), S_INT(BURNING_ROWS)), error);
  if (!rows)
    return FALSE;
  while (store_step(rows, &failed)) {
    const Incident *incident = incident_store_get(conn, request->arena, store_text(rows, 0), &failed);
    if (!incident)
      break;
    incident_show_row(request, list, incident);
    doc_bool(list->last, KEY("serious"), g_strcmp0(incident->grade, "thuong") != 0);
  }
  return finish(failed, error);
}

/* --- what is due next --- */

static gboolean add_deadlines(Request *request, StoreConn *conn, Doc *answer, GError **error) {
  GError *failed = NULL;
  Doc *list = doc_list(answer, KEY("deadlines"));
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_DEADLINES], S(S_TEXT(request->body_id), S_INT(DEADLINE_ROWS), S_INT(NO_DUE_MS)), error);
  if (!rows)
    return FALSE;
  while (store_step(rows, &failed)) {
    Doc *row = doc_object(list, NULL);
    const char *code = arena_text(request->arena, store_text(rows, 0), -1);
    const Doc *parties = doc_list(doc_new(request->arena), KEY("rows"));
    if (!incident_part(request, PART_PARTIES, store_text(rows, 5), NULL, (Doc *)(gintptr)parties, &failed))
      break;
    doc_text(row, KEY("code"), code);
    doc_text_copy(row, KEY("title"), store_text(rows, 1));
    doc_text_copy(row, KEY("what"), store_text(rows, 2));
    doc_text(row, KEY("receiver"), incident_party_name(request, parties, arena_text(request->arena, store_text(rows, 3), -1)));
    doc_text(row, KEY("url"), arena_printf(request->arena, "/su-co/%s#thong-bao", code));
    incident_show_due(request, row, store_int(rows, 4));
  }
  return finish(failed, error);
}

/* --- what waits for a decision --- */

static const struct {
  int sql;
  const char *ask, *state, *all;
} DECISIONS[] = {
    {SQL_SERIOUS, "Đề xuất mức nghiêm trọng, chờ ý kiến của cơ quan có thẩm quyền", "late", "/su-co?state=dang-mo&grade=cho-xac-nhan"},
    {SQL_BEYOND,  "Có thể vượt khả năng xử lý, chưa đề nghị hỗ trợ", "late", "/su-co?state=dang-mo&measure=vuot-kha-nang"},
    {SQL_PAPERS,  "Văn bản chờ ký", "wait", "/su-co"},
};

static void add_rest(Request *request, gsize which, Doc *list) {
  Doc *row = doc_object(list, NULL);
  doc_text(row, KEY("class"), DECISIONS[which].state);
  doc_text(row, KEY("ask"), message(request->lang, DECISIONS[which].ask));
  doc_text(row, KEY("title"), message(request->lang, "Còn nữa, xem tất cả"));
  doc_text(row, KEY("url"), DECISIONS[which].all);
}

static void add_decision(Request *request, const StoreRows *rows, gsize which, Doc *list) {
  Doc *row = doc_object(list, NULL);
  const char *code = arena_text(request->arena, store_text(rows, 0), -1);
  const char *ask = message(request->lang, DECISIONS[which].ask);
  gboolean paper = DECISIONS[which].sql == SQL_PAPERS;
  const char *form = paper ? arena_text(request->arena, store_text(rows, 3), -1) : NULL;
  const LawForm *law = form ? law_find(request->app->law->forms, form) : NULL;
  doc_text(row, KEY("class"), DECISIONS[which].state);
  doc_text(row, KEY("ask"), law ? arena_printf(request->arena, "%s: %s", ask, law->name) : ask);
  doc_text(row, KEY("code"), code);
  doc_text_copy(row, KEY("title"), store_text(rows, 1));
  doc_text_copy(row, KEY("body"), store_text(rows, 2));
  doc_text(row, KEY("url"), paper ? arena_printf(request->arena, "/su-co/%s/van-ban/soan?form=%s&paper=%s", code, form, store_text(rows, 4))
                                  : arena_printf(request->arena, "/su-co/%s", code));
}

static gboolean add_decisions(Request *request, StoreConn *conn, Doc *answer, GError **error) {
  Doc *list = doc_list(answer, KEY("decisions"));
  for (gsize i = 0; i < G_N_ELEMENTS(DECISIONS); i++) {
    GError *failed = NULL;
    g_autoptr(StoreRows) rows = store_query(conn, &SQL[DECISIONS[i].sql], S(S_TEXT(request->body_id), S_INT(DECISION_ROWS + 1)), error);
    int count = 0;
    if (!rows)
      return FALSE;
    for (; store_step(rows, &failed); count++)
      if (count < DECISION_ROWS)
        add_decision(request, rows, i, list);
    if (count > DECISION_ROWS)
      add_rest(request, i, list);
    if (!finish(failed, error))
      return FALSE;
  }
  return TRUE;
}

/* --- this month, and what is late --- */

static void add_number(Request *request, Doc *list, gint64 count, const char *label, const char *url, const char *css) {
  Doc *tile = doc_object(list, NULL);
  doc_text(tile, KEY("count"), arena_printf(request->arena, "%" G_GINT64_FORMAT, count));
  doc_text(tile, KEY("label"), message(request->lang, label));
  doc_text(tile, KEY("url"), url);
  doc_text(tile, KEY("class"), count ? css : "");
}

static gboolean add_month(Request *request, StoreConn *conn, Doc *answer, GError **error) {
  static const struct {
    const char *label, *narrow, *state, *measure, *css;
  } NUMBERS[] = {{"tin báo, sự cố đã nhận", "", NULL, NULL, ""},
                 {"đã xác nhận là sự cố", "state=xac-nhan", "xac-nhan", NULL, ""},
                 {"đã đóng", "state=closed", "closed", NULL, ""},
                 {"có thông báo muộn", "state=xac-nhan&measure=tre", "xac-nhan", "tre", "late"}};
  char from[11], to[11];
  Day today = day_at(request->now_ms);
  IncidentFilter filter = {.body_id = request->body_id, .level = -1, .now_ms = request->now_ms, .once_ms = incident_once_ms(request),
                           .from_day = from, .to_day = to};
  Doc *month = doc_list(answer, KEY("month"));
  date_write_iso_day(from, day_start_ms(day_period_first(today, 1)));
  date_write_iso_day(to, day_start_ms(day_period_last(today, 1)));
  doc_text(answer, KEY("month_name"), arena_printf(request->arena, "%d/%d", today.month, today.year));
  for (gsize i = 0; i < G_N_ELEMENTS(NUMBERS); i++) {
    gint64 count = 0;
    IncidentFilter one = filter;
    one.state = NUMBERS[i].state;
    one.measure = NUMBERS[i].measure;
    if (!incident_figure_count(conn, &one, &count, error))
      return FALSE;
    add_number(request, month, count, NUMBERS[i].label, incident_figure_url(request, &filter, NUMBERS[i].narrow), NUMBERS[i].css);
  }
  return TRUE;
}

static void add_sentence(Request *request, gint64 open, gint64 late, const Doc *decisions, Doc *answer) {
  const char *lang = request->lang;
  int waiting = 0;
  for (const Doc *row = decisions->first; row; row = row->next)
    waiting++;
  Doc *state = doc_object(answer, KEY("state"));
  doc_text(state, KEY("class"), late ? "late" : waiting ? "soon" : open ? "doing" : "");
  doc_text(state, KEY("text"), late ? arena_printf(request->arena, "%d %s", (int)late, message(lang, "sự cố có thông báo quá hạn."))
                             : waiting ? arena_printf(request->arena, "%d %s", waiting, message(lang, "việc chờ quyết định, không có thông báo quá hạn."))
                             : open ? arena_printf(request->arena, "%d %s", (int)open, message(lang, "sự cố đang mở, không có thông báo quá hạn."))
                                    : message(lang, "Không có sự cố đang mở."));
  doc_text(state, KEY("url"), late ? "/su-co?tab=qua-han" : NULL);
}

gboolean incident_leader(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  gint64 open = 0, late = 0;
  IncidentQuery query = {.body_id = request->body_id, .open = TRUE, .to_ms = NO_DUE_MS};
  if (!conn || !request_require(request, "incident.read", request->body_id, error) || !incident_store_count(conn, &query, &open, error))
    return FALSE;
  query.to_ms = request->now_ms;
  if (!incident_store_count(conn, &query, &late, error))
    return FALSE;
  const Body *body = body_get(conn, request->arena, request->body_id, error);
  if (!body)
    return FALSE;
  doc_text(answer, KEY("page_title"), message(request->lang, "Tình hình sự cố"));
  doc_text(answer, KEY("body"), body->name);
  doc_text(answer, KEY("now"), incident_moment(request->arena, request->now_ms));
  doc_int(answer, KEY("open"), open);
  doc_int(answer, KEY("late"), late);
  doc_text(answer, KEY("late_url"), "/su-co?tab=qua-han");
  doc_text(answer, KEY("open_url"), "/su-co");
  if (!add_burning(request, conn, answer, error) || !add_deadlines(request, conn, answer, error) || !add_decisions(request, conn, answer, error) ||
      !add_month(request, conn, answer, error))
    return FALSE;
  add_sentence(request, open, late, doc_get(answer, KEY("decisions")), answer);
  return incident_add_phone(request, request->body_id, answer, error);
}
