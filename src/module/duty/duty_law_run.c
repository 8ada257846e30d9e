#include "module/duty/duty_law_run.h"
#include "base/date.h"
#include "core/body.h"
#include "core/form.h"
#include "core/message.h"
#include "core/setting.h"
#include "core/show.h"
#include "module/duty/duty.h"
#include "module/duty/duty_due.h"
#include "module/duty/duty_law.h"
#include "module/duty/duty_show.h"
#include "module/system/system.h"
#include <string.h>

enum { SQL_EXISTS, SQL_ADOPTED, SQL_OPEN_FOR };
static const StoreSql SQL[] = {
    [SQL_EXISTS] = {"duty.law_exists",
                    "SELECT count(*) FROM duty WHERE body_id = $1 AND law_rule = $2 AND coalesce(subject_id, '') = $3", NULL},
    [SQL_ADOPTED] = {"duty.law_adopted",
                     "SELECT DISTINCT d.body_id FROM duty d JOIN body b ON b.id = d.body_id WHERE d.law_rule IS NOT NULL "
                     "AND coalesce(d.subject_type, '') <> 'body' AND b.closed_day IS NULL", NULL},
    [SQL_OPEN_FOR] = {"duty.law_open_for",
                      "SELECT count(*) FROM duty WHERE law_rule = $1 AND subject_type = 'body' AND subject_id = $2 AND state = 'todo'",
                      NULL},
};
const StoreSqlTable duty_law_sql = {SQL, G_N_ELEMENTS(SQL)};

/* One duty that the law asks of the body: per rule, or per rule and system. */
typedef struct {
  const LawDuty *rule;
  const SystemFact *system; /* NULL: of the body itself */
  char due_day[11];         /* "": none */
  gboolean by_law;
  const char *words;        /* how a suggested day came about */
} Wanted;

typedef struct {
  Request *request;
  StoreConn *conn;
  const Body *body;
  Day today;
  gboolean past;
  GPtrArray *systems; /* SystemFact, in the arena */
  GPtrArray *wanted;  /* Wanted, missing ones only */
  int without_level;
} LawRun;

/* --- what is missing --- */

static gboolean keep_system(const SystemFact *fact, void *data) {
  LawRun *run = data;
  Arena *arena = run->request->arena;
  SystemFact *copy = arena_alloc(arena, sizeof *copy);
  *copy = (SystemFact){arena_text(arena, fact->id, -1),         arena_text(arena, fact->code, -1),
                       arena_text(arena, fact->name, -1),       arena_text(arena, fact->owner_name, -1),
                       arena_text(arena, fact->operator_body_id, -1), arena_text(arena, fact->operator_name, -1),
                       fact->level};
  run->without_level += !fact->level;
  g_ptr_array_add(run->systems, copy);
  return TRUE;
}

static gboolean want(LawRun *run, const LawDuty *rule, const SystemFact *system, GError **error) {
  gint64 count = 0;
  if (!store_get_int(run->conn, &SQL[SQL_EXISTS],
                     S(S_TEXT(run->body->id), S_TEXT(rule->rule.id), S_TEXT(system ? system->id : "")), 0, &count, error))
    return FALSE;
  if (count)
    return TRUE;
  Wanted *wanted = arena_alloc(run->request->arena, sizeof *wanted);
  *wanted = (Wanted){.rule = rule, .system = system};
  if (!duty_law_due(rule, run->today, wanted->due_day, &wanted->by_law, &wanted->words))
    *wanted->due_day = '\0';
  g_ptr_array_add(run->wanted, wanted);
  return TRUE;
}

static gboolean is_owner_only(const LawDuty *rule) {
  return rule->by->len == 1 && strcmp(g_ptr_array_index(rule->by, 0), "CQ") == 0;
}

static gboolean want_per_system(LawRun *run, const LawDuty *rule, GError **error) {
  for (guint i = 0; i < run->systems->len; i++) {
    const SystemFact *system = g_ptr_array_index(run->systems, i);
    if (system->owner_name && is_owner_only(rule)) /* another body owns it: it is that one's duty */
      continue;
    if (duty_law_applies_to_level(run->request->app->law, rule, system->level, run->today) == LAW_MET && !want(run, rule, system, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean collect(LawRun *run, GError **error) {
  const Law *law = run->request->app->law;
  if (!system_each(run->conn, run->body->id, keep_system, run, error))
    return FALSE;
  LawBody body = {run->body->kind, run->systems->len > 0};
  for (guint i = 0; i < law->duties->len; i++) {
    const LawDuty *rule = g_ptr_array_index(law->duties, i);
    if (!duty_law_applies(law, rule, &body, run->today, run->past))
      continue;
    if (!(rule->per ? want_per_system(run, rule, error) : want(run, rule, NULL, error)))
      return FALSE;
  }
  return TRUE;
}

static LawRun *run_new(Request *request, StoreConn *conn, const Body *body, gboolean past) {
  LawRun *run = g_new0(LawRun, 1);
  *run = (LawRun){.request = request, .conn = conn, .body = body, .today = day_at(request->now_ms), .past = past,
                  .systems = g_ptr_array_new(), .wanted = g_ptr_array_new()};
  return run;
}

static void run_free(LawRun *run) {
  g_ptr_array_unref(run->systems);
  g_ptr_array_unref(run->wanted);
  g_free(run);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LawRun, run_free)

/* --- as a duty --- */

static const char *actor_names(const LawRun *run, const GPtrArray *codes) {
  g_autoptr(GString) names = g_string_new(NULL);
  for (guint i = 0; i < codes->len; i++)
    g_string_append_printf(names, "%s%s", i ? "; " : "", law_actor_name(run->request->app->law, g_ptr_array_index(codes, i)));
  return arena_text(run->request->arena, names->str, (gssize)names->len);
}

static const char *title_of(const LawRun *run, const Wanted *wanted) {
  return wanted->system ? arena_printf(run->request->arena, "%s: %s", wanted->rule->name, wanted->system->name) : wanted->rule->name;
}

static const char *content_of(const LawRun *run, const LawDuty *rule) {
  g_autoptr(GString) text = g_string_new(rule->name);
  g_autofree char *basis = law_basis_text(&rule->rule);
  g_string_append_printf(text, ".\nThực hiện: %s.", actor_names(run, rule->by));
  if (rule->to->len)
    g_string_append_printf(text, "\nGửi: %s.", actor_names(run, rule->to));
  if (rule->covers)
    g_string_append_printf(text, "\n%s.", rule->covers);
  if (*basis)
    g_string_append_printf(text, "\nCăn cứ: %s.", basis);
  if (rule->rule.reading)
    g_string_append_printf(text, "\nCách hiểu: %s", rule->rule.reading);
  return arena_text(run->request->arena, text->str, (gssize)text->len);
}

/* The body answers for its own duties; what the law asks of the operator of a system is led by it. */
static DutyParty lead_of(const LawRun *run, const Wanted *wanted) {
  const char *actor = g_ptr_array_index(wanted->rule->by, 0);
  const SystemFact *system = wanted->system;
  if (system && strcmp(actor, "VH") == 0 && system->operator_name)
    return (DutyParty){system->operator_name, system->operator_body_id, FALSE};
  return (DutyParty){run->body->name, run->body->id, FALSE};
}

static const char *basis_of(const LawRun *run, const Wanted *wanted) {
  g_autofree char *basis = law_basis_text(&wanted->rule->rule);
  return wanted->by_law ? arena_text(run->request->arena, basis, -1)
                        : arena_printf(run->request->arena, "%s%s%s", wanted->words, *wanted->words ? "; " : "", basis);
}

static gboolean make_all(Change *change, void *data, GError **error) {
  LawRun *run = data;
  for (guint i = 0; i < run->wanted->len; i++) {
    const Wanted *wanted = g_ptr_array_index(run->wanted, i);
    const LawDuty *rule = wanted->rule;
    const char *id = NULL;
    DutyParty lead = lead_of(run, wanted);
    NewDuty duty = {
        .body_id = run->body->id, .law_rule = rule->rule.id, .subject_type = wanted->system ? "system" : NULL,
        .subject_id = wanted->system ? wanted->system->id : NULL, .task_ref = "", .section = rule->rule.act->cited_as,
        .title = title_of(run, wanted), .content = content_of(run, rule), .leads = &lead, .n_leads = 1,
        .period = duty_law_period(rule), .time_text = rule->event, .due_day = *wanted->due_day ? wanted->due_day : NULL,
        .due_ground = !*wanted->due_day ? "" : wanted->by_law ? "law" : "suggested", .due_basis = basis_of(run, wanted),
    };
    if (!duty_insert(change, &duty, &id, error))
      return FALSE;
  }
  return TRUE;
}

/* Looks and makes in one transaction, so that two calls at once make nothing twice. */
static gboolean collect_and_make(Change *change, void *data, GError **error) {
  LawRun *run = data;
  run->conn = change->conn;
  run->without_level = 0;
  g_ptr_array_set_size(run->wanted, 0);
  g_ptr_array_set_size(run->systems, 0);
  if (!collect(run, error))
    return FALSE;
  change_about(change, "body", run->body->id, run->body->id, json_pack("{s:i}", "created", (int)run->wanted->len));
  return make_all(change, run, error);
}

/* --- showing --- */

static void show_wanted(const LawRun *run, Doc *answer) {
  Request *request = run->request;
  Doc *rows = doc_list(answer, KEY("rows"));
  for (guint i = 0; i < run->wanted->len; i++) {
    const Wanted *wanted = g_ptr_array_index(run->wanted, i);
    Doc *row = doc_object(rows, NULL);
    g_autofree char *basis = law_basis_text(&wanted->rule->rule);
    doc_text(row, KEY("rule"), wanted->rule->rule.id);
    doc_text(row, KEY("title"), title_of(run, wanted));
    doc_text_copy(row, KEY("basis"), basis);
    doc_text(row, KEY("period"), message(request->lang, duty_period_label(duty_law_period(wanted->rule))));
    doc_text(row, KEY("lead"), arena_text(request->arena, lead_of(run, wanted).name, -1));
    doc_text(row, KEY("day"), *wanted->due_day ? duty_day_text(request->arena, wanted->due_day) : NULL);
    if (*wanted->due_day)
      doc_text(row, KEY("ground"), message(request->lang, wanted->by_law ? "hạn theo văn bản pháp luật" : "hạn gợi ý, sửa được"));
    doc_bool(row, KEY("standard"), strcmp(wanted->rule->kind, "standard") == 0);
  }
  doc_int(answer, KEY("missing"), run->wanted->len);
  doc_int(answer, KEY("without_level"), run->without_level);
  if (run->without_level)
    doc_text(answer, KEY("hint"),
             arena_printf(request->arena, "%d %s", run->without_level,
                          message(request->lang, "hệ thống chưa xác định cấp độ nên chưa biết việc nào áp dụng cho các hệ thống đó.")));
}

static LawRun *begin(Request *request, gboolean past, GError **error) {
  StoreConn *conn = request_read(request, error);
  const Body *body = NULL;
  if (!conn || !request_require(request, "duty.write", request->body_id, error) ||
      !(body = body_get(conn, request->arena, request->body_id, error)))
    return NULL;
  return run_new(request, conn, body, past);
}

gboolean duty_law_page(Request *request, Doc *answer, GError **error) {
  g_autoptr(LawRun) run = begin(request, input_bool(request, "past"), error);
  if (!run || !collect(run, error))
    return FALSE;
  show_wanted(run, answer);
  doc_text(answer, KEY("list_url"), "/nhiem-vu");
  doc_text(answer, KEY("summary"), arena_printf(request->arena, "%u %s", run->wanted->len,
                                                message(request->lang, "việc định kỳ của pháp luật chưa có trong danh sách nhiệm vụ.")));
  doc_text(answer, KEY("other_url"), run->past ? "/nhiem-vu/tu-luat" : "/nhiem-vu/tu-luat?past=1");
  doc_bool(answer, KEY("past"), run->past);
  json_t *values = json_pack("{s:b}", "past", run->past);
  if (run->wanted->len)
    form_add(request, doc_list(answer, KEY("buttons")), NULL, "duty.from_law", values, "Tạo các nhiệm vụ này");
  json_decref(values);
  return TRUE;
}

gboolean duty_from_law(Request *request, Doc *answer, GError **error) {
  g_autoptr(LawRun) run = begin(request, input_bool(request, "past"), error);
  gboolean dry = input_bool(request, "dry_run");
  if (!run || !(dry ? collect(run, error) : request_change(request, collect_and_make, run, error)))
    return FALSE;
  show_wanted(run, answer);
  doc_int(answer, KEY("created"), dry ? 0 : run->wanted->len);
  request->notice = arena_printf(request->arena, "%s: %u.", message(request->lang, dry ? "Nhiệm vụ sẽ tạo" : "Đã tạo nhiệm vụ từ quy định"),
                                 run->wanted->len);
  return TRUE;
}

/* --- every day --- */

static gboolean adopted(StoreConn *conn, Arena *arena, GPtrArray *ids, GError **error) {
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_ADOPTED], S0, error);
  while (rows && store_step(rows, &failed))
    g_ptr_array_add(ids, arena_text(arena, store_text(rows, 0), -1));
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}

gboolean duty_law_daily(App *app, const json_t *payload, GError **error) {
  g_autoptr(Arena) arena = arena_new();
  g_autoptr(Request) request = request_new_for_job(app, arena, "duty.law_daily");
  g_autoptr(GPtrArray) ids = g_ptr_array_new();
  StoreConn *conn = request_read(request, error);
  (void)payload;
  if (!conn || !adopted(conn, arena, ids, error))
    return FALSE;
  for (guint i = 0; i < ids->len; i++) {
    const Body *body = body_get(conn, arena, g_ptr_array_index(ids, i), error);
    if (!body)
      return FALSE;
    g_autoptr(LawRun) run = run_new(request, conn, body, FALSE);
    if (!collect(run, error) || (run->wanted->len && !request_change(request, collect_and_make, run, error)))
      return FALSE;
  }
  return TRUE;
}

/* --- a changed contact --- */

static void contact_due(Change *change, const LawDuty *rule, char out_day[11], const char **out_ground) {
  gint64 now_ms = change->request->now_ms;
  gint64 days = setting_int(change->request->app, "duty.contact_days");
  *out_ground = rule->within_hours ? "law" : "suggested";
  if (rule->within_hours)
    date_write_iso_day(out_day, now_ms + rule->within_hours * HOUR_MS);
  else
    date_write_iso_day(out_day, day_start_ms(duty_working_days_after(day_at(now_ms), (int)days)));
}

static gboolean make_contact_duty(Change *change, const LawDuty *rule, const Body *body, const json_t *data, GError **error) {
  Arena *arena = change->request->arena;
  LawRun run = {.request = change->request, .body = body};
  const Body *parent = body->parent_id ? body_get(change->conn, arena, body->parent_id, error) : NULL;
  char due_day[11];
  const char *ground, *id = NULL;
  g_autofree char *basis = law_basis_text(&rule->rule);
  contact_due(change, rule, due_day, &ground);
  DutyParty lead = {body->name, body->id, FALSE};
  const char *what = arena_printf(arena, "%s: %s", json_string_value(json_object_get(data, "role")), json_string_value(json_object_get(data, "name")));
  NewDuty duty = {
      .body_id = body->id, .law_rule = rule->rule.id, .subject_type = "body", .subject_id = body->id, .task_ref = "",
      .section = rule->rule.act->cited_as,
      .title = arena_printf(arena, "Thông báo thay đổi đầu mối của %s lên cấp trên", body->name),
      .content = arena_printf(arena, "Thay đổi: %s.\nGửi: %s%s%s.\nCăn cứ: %s.", what, parent ? parent->name : "", parent ? "; " : "",
                              actor_names(&run, rule->to), basis),
      .leads = &lead, .n_leads = 1, .period = "once", .time_text = rule->event, .due_day = due_day, .due_ground = ground,
      .due_basis = rule->within_hours ? basis
                                      : arena_printf(arena, "Văn bản không nêu số ngày: gợi ý %d ngày làm việc; %s",
                                                     (int)setting_int(change->request->app, "duty.contact_days"), basis),
  };
  return duty_insert(change, &duty, &id, error);
}

/* Several changes before the announcement is begun are announced together. */
gboolean duty_contact_changed(void *data, const char *type, const char *id, const char *body_id, const json_t *details, GError **error) {
  Change *change = data;
  const Law *law = change->request->app->law;
  const Body *body = body_get(change->conn, change->request->arena, body_id, error);
  gint64 open = 0;
  (void)type, (void)id;
  if (!body)
    return FALSE;
  LawBody who = {body->kind, FALSE};
  const LawDuty *rule = law ? duty_law_on_event(law, "contact.changed", &who, day_at(change->request->now_ms)) : NULL;
  if (!rule)
    return TRUE;
  if (!store_get_int(change->conn, &SQL[SQL_OPEN_FOR], S(S_TEXT(rule->rule.id), S_TEXT(body_id)), 0, &open, error))
    return FALSE;
  return open || make_contact_duty(change, rule, body, details, error);
}
