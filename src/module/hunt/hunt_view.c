/* The page of one hunt: how far it is, what it found, what follows from it. */
#include "base/date.h"
#include "base/number.h"
#include "core/body.h"
#include "core/form.h"
#include "core/history.h"
#include "core/message.h"
#include "core/show.h"
#include "core/user.h"
#include "module/collect/collect.h"
#include "module/hunt/hunt_duty.h"
#include "module/hunt/hunt_engine.h"
#include "module/hunt/hunt_pages.h"
#include <string.h>

#define GROUPS_SHOWN 200
#define BODIES_OFFERED 500

enum { FOR_ALL, FOR_BELOW, FOR_ANSWERS };
static const struct {
  const char *operation, *submit, *states, *permission;
  gboolean button;
  int for_whom;
} OFFERS[] = {
    {"hunt.start",     "Chạy",                    "draft",                    "hunt.write", TRUE,  FOR_ALL},
    {"hunt.pause",     "Tạm dừng",                "running",                  "hunt.write", TRUE,  FOR_ALL},
    {"hunt.resume",    "Chạy tiếp",               "paused failed",            "hunt.write", TRUE,  FOR_ALL},
    {"hunt.conclude",  "Ghi kết luận",            "done",                     "hunt.write", FALSE, FOR_ALL},
    {"hunt.hand_down", "Giao cho đơn vị cấp dưới", "draft running paused done concluded", "hunt.write", FALSE, FOR_BELOW},
    {"hunt.answer_import", "Nhập gói kết quả của cấp dưới", "draft running paused done concluded", "hunt.write", FALSE, FOR_ANSWERS},
    {"hunt.cancel",    "Hủy đợt săn lùng",        "draft running paused done failed", "hunt.write", TRUE,  FOR_ALL},
};

static const struct {
  const char *triage, *css, *label;
} TRIAGES[] = {{"new", "wait", "Chưa đánh giá"}, {"suspect", "late", "Đáng ngờ"}, {"normal", "none", "Bình thường"}, {"incident", "done", "Đã mở sự cố"}};

static gboolean has_word(const char *words, const char *word) {
  g_auto(GStrv) list = g_strsplit(words, " ", -1);
  return g_strv_contains((const char *const *)list, word);
}

/* --- above all: one sentence --- */

static const char *time_left(Request *request, const HuntCase *hunt) {
  char span[64];
  if (hunt->bytes_done < 1 || hunt->work_ms < 1000 || hunt->bytes <= hunt->bytes_done)
    return "";
  date_write_span(span, (gint64)((double)hunt->work_ms * (double)(hunt->bytes - hunt->bytes_done) / (double)hunt->bytes_done));
  return arena_printf(request->arena, "; %s %s", message(request->lang, "ước còn"), span);
}

static const char *sentence(Request *request, const HuntCase *hunt) {
  Arena *arena = request->arena;
  const char *lang = request->lang;
  char done[NUMBER_SIZE], all[NUMBER_SIZE];
  number_write_size(done, hunt->bytes_done);
  number_write_size(all, hunt->bytes);
  const char *seen = arena_printf(arena, "%s %s/%s", message(lang, "đã xem"), done, all);
  const char *found = arena_printf(arena, "%02d %s", (int)hunt->groups, message(lang, "nơi khớp"));
  if (strcmp(hunt->state, HUNT_FAILED) == 0)
    return arena_printf(arena, "%s %s", message(lang, "Không chạy được:"), hunt->failure);
  if (strcmp(hunt->state, HUNT_DRAFT) == 0)
    return message(lang, "Bản nháp: chưa đọc nhật ký nào. Bấm Chạy để bắt đầu.");
  if (strcmp(hunt->state, HUNT_RUNNING) == 0 && !hunt->seen_ms)
    return message(lang, "Đang chờ đến lượt: sẽ bắt đầu đọc nhật ký trong giây lát.");
  return arena_printf(arena, "%s: %s, %s%s.", message(lang, hunt_state_label(hunt)), seen, found,
                      strcmp(hunt->state, HUNT_RUNNING) == 0 ? time_left(request, hunt) : "");
}

static void add_facts(Request *request, const HuntCase *hunt, Doc *answer) {
  Arena *arena = request->arena;
  char records[NUMBER_SIZE], bytes[NUMBER_SIZE];
  const HuntCase *above = hunt->handed_from ? hunt_store_get(request_read(request, NULL), arena, hunt->handed_from, NULL) : NULL;
  gboolean may_see = above && request_may(request, "hunt.read", above->body_id);
  number_write(records, hunt->records);
  number_write_size(bytes, hunt->bytes_done);
  const struct {
    const char *label, *text, *url;
  } facts[] = {
      {"Đơn vị", hunt->body_name, NULL},
      {"Bắt đầu", show_time(arena, hunt->started_ms), NULL},
      {"Người thực hiện", hunt->owner_name, NULL},
      {"Giao từ", hunt->handed_code, may_see ? arena_printf(arena, "/san-lung/%s", hunt->handed_code) : NULL},
      {"Gói ký bởi", hunt->package_by, NULL},
      {"Đã xem", hunt->started_ms ? arena_printf(arena, "%s %s, %s", records, message(request->lang, "bản ghi"), bytes) : NULL, NULL},
      {"Phần hỏng", hunt->damaged ? arena_printf(arena, "%d %s", (int)hunt->damaged, message(request->lang, "khung nhật ký bị hỏng, đã bỏ qua")) : NULL, NULL},
      {"Kết luận", show_time(arena, hunt->concluded_ms), NULL},
      {"Minh chứng của", hunt->duty_code, hunt->duty_id ? arena_printf(arena, "/nhiem-vu/%s", hunt->duty_id) : NULL},
  };
  Doc *list = doc_list(answer, KEY("facts"));
  for (gsize i = 0; i < G_N_ELEMENTS(facts); i++) {
    if (!facts[i].text || !*facts[i].text)
      continue;
    Doc *row = doc_object(list, NULL);
    doc_text(row, KEY("label"), message(request->lang, facts[i].label));
    doc_text(row, KEY("text"), facts[i].text);
    doc_text(row, KEY("url"), facts[i].url);
  }
}

/* --- scope --- */

typedef struct {
  Request *request;
  Doc *list;
  const char *const *sources, *const *systems;
  int count;
} Scope;

static gboolean add_source(const CollectSource *source, void *data) {
  Scope *scope = data;
  gboolean all = !*scope->sources && !*scope->systems;
  if (!all && !g_strv_contains(scope->sources, source->id) && !(source->system_id && g_strv_contains(scope->systems, source->system_id)))
    return TRUE;
  if (scope->count++ < 20)
    doc_text_copy(doc_object(scope->list, NULL), KEY("text"), source->name);
  return TRUE;
}

static gboolean add_scope(Request *request, const HuntCase *hunt, Doc *answer, GError **error) {
  Arena *arena = request->arena;
  StoreConn *conn = request_read(request, error);
  Doc *list = doc_list(answer, KEY("scope"));
  const char *from = hunt->from_ms ? show_time(arena, hunt->from_ms) : message(request->lang, "đầu kho nhật ký");
  const char *to = hunt->to_ms ? show_time(arena, hunt->to_ms) : message(request->lang, "lúc chạy");
  doc_text(doc_object(list, NULL), KEY("text"), arena_printf(arena, "%s %s – %s", message(request->lang, "Nhật ký nhận từ"), from, to));
  Scope scope = {request, list, hunt_texts(arena, hunt->sources), hunt_texts(arena, hunt->systems), 0};
  if (!conn || !collect_each_source(conn, hunt->body_id, add_source, &scope, error))
    return FALSE;
  if (scope.count > 20)
    doc_text(doc_object(list, NULL), KEY("text"), arena_printf(arena, "%s %d %s", message(request->lang, "và"), scope.count - 20, message(request->lang, "nguồn khác")));
  if (!scope.count)
    doc_text(doc_object(list, NULL), KEY("text"), message(request->lang, "Chưa có nguồn nhật ký nào trong phạm vi"));
  return TRUE;
}

static void add_means(Request *request, const HuntCase *hunt, Doc *answer) {
  Arena *arena = request->arena;
  Doc *list = doc_list(answer, KEY("means"));
  const char *const *lists = hunt_texts(arena, hunt->lists), *const *rules = hunt_texts(arena, hunt->rules);
  g_auto(GStrv) pasted = g_strsplit(hunt->indicators, "\n", -1);
  int lines = 0;
  for (char **line = pasted; *line; line++)
    lines += *g_strstrip(*line) != 0;
  const struct {
    const char *label;
    int count;
  } counts[] = {{"danh sách dấu hiệu", (int)g_strv_length((char **)(gintptr)lists)}, {"dấu hiệu dán vào", lines},
                {"luật chọn lẻ", (int)g_strv_length((char **)(gintptr)rules)}, {"bộ luật", hunt->pack_id ? 1 : 0}, {"tệp luật kèm theo", *hunt->rules_yaml ? 1 : 0}};
  for (gsize i = 0; i < G_N_ELEMENTS(counts); i++)
    if (counts[i].count)
      doc_text(doc_object(list, NULL), KEY("text"), arena_printf(arena, "%d %s", counts[i].count, message(request->lang, counts[i].label)));
  if (*hunt->words)
    doc_text(doc_object(list, NULL), KEY("text"), arena_printf(arena, "%s “%s”", message(request->lang, "Tìm"), hunt->words));
}

/* --- what was found --- */

static void show_triage(Request *request, Doc *row, const HuntGroup *group) {
  for (gsize i = 0; i < G_N_ELEMENTS(TRIAGES); i++)
    if (strcmp(TRIAGES[i].triage, group->triage) == 0)
      show_status(request, row, KEY("triage"), TRIAGES[i].css, TRIAGES[i].label);
}

static void show_group(Request *request, const HuntCase *hunt, const HuntGroup *group, Doc *row) {
  Arena *arena = request->arena;
  char count[NUMBER_SIZE];
  number_write(count, group->count);
  doc_int(row, KEY("number"), group->number);
  doc_text(row, KEY("kind"), group->kind);
  doc_text(row, KEY("what"), group->what);
  doc_text(row, KEY("title"), group->title);
  doc_text(row, KEY("url"), arena_printf(arena, "/san-lung/%s/ket-qua/%d", hunt->code, (int)group->number));
  doc_text(row, KEY("host"), group->host);
  doc_text(row, KEY("place"), *group->host ? arena_printf(arena, "%s · %s", group->host, group->source_name) : group->source_name);
  doc_text(row, KEY("source"), group->source_name);
  doc_text(row, KEY("system"), group->system_name);
  doc_text(row, KEY("techniques"), group->techniques);
  doc_int(row, KEY("count"), group->count);
  doc_text_copy(row, KEY("count_shown"), count);
  doc_text(row, KEY("first"), show_time(arena, group->first_ms));
  doc_text(row, KEY("last"), show_time(arena, group->last_ms));
  doc_text(row, KEY("triage_name"), group->triage);
  show_triage(request, row, group);
  doc_text(row, KEY("note"), group->note);
  doc_text(row, KEY("class"), strcmp(group->triage, "suspect") == 0 ? "late" : strcmp(group->triage, "new") == 0 ? "" : "shut");
  if (group->incident_code) {
    doc_text(row, KEY("incident"), group->incident_code);
    doc_text(row, KEY("incident_url"), arena_printf(arena, "/su-co/%s", group->incident_code));
  }
}

typedef struct {
  Request *request;
  const HuntCase *hunt;
  Doc *rows;
  gboolean acts;
} Groups;

static gboolean add_group(const HuntGroup *group, void *data) {
  const Groups *groups = data;
  Doc *row = doc_object(groups->rows, NULL);
  show_group(groups->request, groups->hunt, group, row);
  if (!groups->acts || group->incident_id)
    return TRUE;
  json_t *values = json_pack("{s:s, s:I}", "id", groups->hunt->code, "group", (json_int_t)group->number);
  form_add(groups->request, row, KEY("open"), "hunt.open_incident", values, "Mở sự cố");
  json_decref(values);
  return TRUE;
}

/* --- what can be done --- */

static gboolean add_body(const HuntBody *body, void *data) {
  form_option(data, "bodies", body->id, body->name, FALSE);
  return TRUE;
}

static gboolean see_body(const HuntBody *body, void *data) {
  (void)body;
  *(gboolean *)data = TRUE;
  return FALSE;
}

/* To whom can it be handed? */
static gboolean has_below(Request *request, const HuntCase *hunt) {
  gboolean any = FALSE;
  hunt_store_bodies(request_read(request, NULL), hunt->body_id, 0, 0, 1, see_body, &any, NULL);
  return any;
}

/* Results come by file from installations that this one does not know; a commune hands nothing down. */
static gboolean may_have_answers(Request *request, const HuntCase *hunt) {
  const Body *body = body_get(request_read(request, NULL), request->arena, hunt->body_id, NULL);
  return body && strcmp(body->kind, "xa") != 0;
}

static void add_actions(Request *request, const HuntCase *hunt, Doc *answer) {
  const gboolean open[] = {[FOR_ALL] = TRUE, [FOR_BELOW] = strcmp(hunt->kind, KIND_HUNT) == 0 && has_below(request, hunt),
                           [FOR_ANSWERS] = strcmp(hunt->kind, KIND_HUNT) == 0 && may_have_answers(request, hunt)};
  Doc *buttons = doc_list(answer, KEY("buttons")), *actions = doc_list(answer, KEY("actions"));
  json_t *values = json_pack("{s:s, s:I, s:s, s:s}", "id", hunt->code, "version", (json_int_t)hunt->version, "conclusion", hunt->conclusion, "actions", hunt->actions);
  for (gsize i = 0; i < G_N_ELEMENTS(OFFERS); i++) {
    if (!has_word(OFFERS[i].states, hunt->state) || !request_may(request, OFFERS[i].permission, hunt->body_id) || !open[OFFERS[i].for_whom])
      continue;
    Doc *form = form_add(request, OFFERS[i].button ? buttons : actions, NULL, OFFERS[i].operation, values, OFFERS[i].submit);
    if (strcmp(OFFERS[i].operation, "hunt.hand_down") == 0)
      hunt_store_bodies(request_read(request, NULL), hunt->body_id, 0, 0, BODIES_OFFERED, add_body, form, NULL);
  }
  json_decref(values);
  if (hunt->groups && strcmp(hunt->state, HUNT_CANCELLED) != 0 && strcmp(hunt->state, HUNT_CONCLUDED) != 0 && request_may(request, "hunt.write", hunt->body_id)) {
    json_t *chosen = json_pack("{s:s, s:s}", "id", hunt->code, "verdict", "normal");
    form_add(request, answer, KEY("judge"), "hunt.triage", chosen, "Ghi đánh giá");
    json_decref(chosen);
  }
  gboolean draft = strcmp(hunt->state, HUNT_DRAFT) == 0;
  if (draft && request_may(request, "hunt.write", hunt->body_id))
    doc_text(answer, KEY("edit_url"), arena_printf(request->arena, "/san-lung/%s/sua", hunt->code));
  if (strcmp(hunt->kind, KIND_HUNT) == 0 && request_may(request, "hunt.write", hunt->body_id))
    doc_text(answer, KEY("package_url"), arena_printf(request->arena, "/san-lung/%s/goi", hunt->code));
  if (*hunt->package && strcmp(hunt->state, HUNT_CONCLUDED) == 0)
    doc_text(answer, KEY("answer_url"), arena_printf(request->arena, "/san-lung/%s/goi-ket-qua", hunt->code));
}

typedef struct {
  Request *request;
  const HuntCase *hunt;
  Doc *list;
} Duties;

static gboolean add_duty(const HuntDuty *duty, void *data) {
  const Duties *duties = data;
  Doc *row = doc_object(duties->list, NULL);
  json_t *values = json_pack("{s:s, s:s}", "id", duties->hunt->code, "duty", duty->id);
  doc_text_copy(row, KEY("code"), duty->code);
  doc_text_copy(row, KEY("title"), duty->title);
  doc_text(row, KEY("url"), arena_printf(duties->request->arena, "/nhiem-vu/%s", duty->id));
  doc_text(row, KEY("due"), duty->due_day ? show_day(duties->request->arena, duty->due_day) : "");
  form_add(duties->request, row, KEY("prove"), "hunt.prove", values, "Gắn minh chứng và hoàn thành");
  json_decref(values);
  return TRUE;
}

/* A concluded hunt is the proof: the open duties that it can prove. */
static gboolean add_duties(Request *request, const HuntCase *hunt, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  HuntDutyState state;
  Duties duties = {request, hunt, doc_list(answer, KEY("duties"))};
  if (!conn || !hunt_duty_state(request, hunt->body_id, &state, error))
    return FALSE;
  hunt_duty_show(request, &state, doc_object(answer, KEY("duty")));
  if (strcmp(hunt->state, HUNT_CONCLUDED) != 0 || hunt->duty_id || strcmp(hunt->kind, KIND_HUNT) != 0 || !request_may(request, "duty.work", hunt->body_id))
    return TRUE;
  return hunt_store_duties(conn, hunt->body_id, add_duty, &duties, error);
}

typedef struct {
  Request *request;
  Doc *list;
} Handed;

static gboolean add_handed(const HuntCase *hunt, void *data) {
  const Handed *handed = data;
  Doc *row = doc_object(handed->list, NULL);
  hunt_show(handed->request, row, hunt);
  doc_text(row, KEY("conclusion"), hunt->conclusion);
  return TRUE;
}

gboolean hunt_view(Request *request, Doc *answer, GError **error) {
  const HuntCase *hunt = hunt_require(request, "hunt.read", error);
  if (!hunt)
    return FALSE;
  Doc *shown = doc_object(answer, KEY("hunt"));
  hunt_show(request, shown, hunt);
  doc_text(shown, KEY("hypothesis"), hunt->hypothesis);
  doc_text(shown, KEY("conclusion"), hunt->conclusion);
  doc_text(shown, KEY("actions"), hunt->actions);
  doc_text(shown, KEY("concluder"), hunt->concluder_name);
  doc_text(shown, KEY("sentence"), sentence(request, hunt));
  doc_text(shown, KEY("note"), strcmp(hunt->state, HUNT_FAILED) == 0 ? "late" : strcmp(hunt->state, HUNT_RUNNING) == 0 ? "doing" : "");
  doc_int(answer, KEY("version"), hunt->version);
  doc_text(answer, KEY("page_title"), arena_printf(request->arena, "%s %s", hunt->code, hunt->title));
  doc_text(answer, KEY("list_url"), "/san-lung");
  if (hunt->hits_beyond)
    doc_text(answer, KEY("beyond"), arena_printf(request->arena, "%" G_GINT64_FORMAT " %s", hunt->hits_beyond, message(request->lang, "lần khớp nữa ở những nơi khác chỉ được đếm: thu hẹp phạm vi để xem.")));
  add_facts(request, hunt, answer);
  add_means(request, hunt, answer);
  add_actions(request, hunt, answer);
  StoreConn *conn = request_read(request, error);
  Groups groups = {request, hunt, doc_list(answer, KEY("groups")), request_may(request, "incident.report", hunt->body_id) && strcmp(hunt->state, HUNT_CANCELLED) != 0};
  Handed handed = {request, doc_list(answer, KEY("handed"))};
  return conn && add_scope(request, hunt, answer, error) && hunt_store_groups(conn, request->arena, hunt->id, GROUPS_SHOWN, add_group, &groups, error) &&
         add_duties(request, hunt, answer, error) && hunt_store_handed(conn, request->arena, hunt->id, add_handed, &handed, error) &&
         hunt_answers(request, hunt, doc_list(answer, KEY("answers")), error) && history_list(request, "hunt", hunt->id, doc_list(answer, KEY("history")), error);
}

/* --- one place where something was found --- */

static gboolean add_event(const HuntEvent *event, void *data) {
  Doc *row = doc_object(data, NULL);
  char at[17], received[17];
  json_t *fields = json_loads(event->fields, 0, NULL), *value;
  const char *name;
  date_write_time(at, event->at_ms);
  date_write_time(received, event->received_ms);
  doc_int(row, KEY("number"), event->number);
  doc_bool(row, KEY("rest"), event->number > 1);
  doc_text_copy(row, KEY("at"), at);
  doc_text_copy(row, KEY("received"), received);
  doc_text_copy(row, KEY("raw"), event->raw);
  Doc *list = doc_list(row, KEY("fields"));
  json_object_foreach(fields, name, value) {
    Doc *field = doc_object(list, NULL);
    doc_text_copy(field, KEY("name"), name);
    doc_text_copy(field, KEY("value"), json_string_value(value));
  }
  json_decref(fields);
  return TRUE;
}

static void add_group_actions(Request *request, const HuntCase *hunt, const HuntGroup *group, Doc *answer) {
  Doc *buttons = doc_list(answer, KEY("buttons")), *actions = doc_list(answer, KEY("actions"));
  json_t *values = json_pack("{s:s, s:I, s:s, s:s, s:s}", "id", hunt->code, "group", (json_int_t)group->number, "groups",
                             arena_printf(request->arena, "%d", (int)group->number), "verdict", strcmp(group->triage, "normal") == 0 ? "normal" : "suspect", "note", group->note);
  if (!group->incident_id && request_may(request, "hunt.write", hunt->body_id))
    form_add(request, actions, NULL, "hunt.triage", values, "Ghi đánh giá");
  if (!group->incident_id && request_may(request, "incident.report", hunt->body_id)) {
    form_add(request, buttons, NULL, "hunt.open_incident", values, "Mở sự cố");
    form_add(request, actions, NULL, "hunt.join_incident", values, "Gắn vào sự cố đang mở");
  }
  json_decref(values);
}

gboolean hunt_group_view(Request *request, Doc *answer, GError **error) {
  const HuntCase *hunt = hunt_require(request, "hunt.read", error);
  StoreConn *conn = hunt ? request_read(request, error) : NULL;
  const HuntGroup *group = conn ? hunt_store_group(conn, request->arena, hunt->id, input_int(request, "group", 0), error) : NULL;
  if (conn && !group && (!error || !*error))
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Không có kết quả này trong %s.", hunt->code);
  if (!group)
    return FALSE;
  Doc *shown = doc_object(answer, KEY("group"));
  show_group(request, hunt, group, shown);
  doc_text(shown, KEY("triager"), group->triager_name);
  doc_text(answer, KEY("code"), hunt->code);
  doc_text(answer, KEY("hunt_title"), hunt->title);
  doc_text(answer, KEY("hunt_url"), arena_printf(request->arena, "/san-lung/%s", hunt->code));
  doc_text(answer, KEY("page_title"), group->title);
  if (group->count > group->kept)
    doc_text(answer, KEY("events_note"), arena_printf(request->arena, "%d %s %" G_GINT64_FORMAT " %s", (int)group->kept, message(request->lang, "sự kiện đầu trong"), group->count,
                                                      message(request->lang, "lần khớp; phần còn lại ở nhật ký đã lưu.")));
  json_t *signs = json_loads(group->signs, 0, NULL);
  doc_json(answer, KEY("signs"), signs);
  json_decref(signs);
  add_group_actions(request, hunt, group, answer);
  return hunt_store_events(conn, hunt->id, group->number, add_event, doc_list(answer, KEY("events")), error);
}
