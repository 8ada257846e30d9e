/* A hunt is written down, started, paused, gone on with, cancelled. */
#include "base/date.h"
#include "base/id.h"
#include "core/body.h"
#include "core/form.h"
#include "core/message.h"
#include "core/user.h"
#include "module/collect/collect.h"
#include "module/detect/detect_hunt.h"
#include "module/hunt/hunt_engine.h"
#include "module/hunt/hunt_pages.h"
#include "module/system/system.h"
#include <string.h>

#define RULES_MAX 200

HuntCase *hunt_require(Request *request, const char *permission, GError **error) {
  StoreConn *conn = request_read(request, error);
  GError *failed = NULL;
  HuntCase *hunt = conn ? hunt_store_get(conn, request->arena, input_text(request, "id"), &failed) : NULL;
  if (failed)
    g_propagate_error(error, failed);
  else if (conn && !hunt)
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Không có đợt săn lùng này, hoặc không thuộc phạm vi được xem.");
  return hunt && request_require(request, permission, hunt->body_id, error) ? hunt : NULL;
}

gboolean hunt_insert(Change *change, HuntCase *hunt, GError **error) {
  const Request *request = change->request;
  char id[ID_SIZE];
  id_new(id);
  hunt->id = arena_text(request->arena, id, -1);
  hunt->created_ms = request->now_ms;
  const char *prefix = strcmp(hunt->kind, KIND_ESTIMATE) == 0 ? "DT" : "SL";
  if (!change_next_code(change, prefix, day_at(request->now_ms).year, &hunt->code, error))
    return FALSE;
  change_about(change, "hunt", hunt->id, hunt->body_id, json_pack("{s:s, s:s, s:s}", "code", hunt->code, "title", hunt->title, "state", hunt->state));
  return hunt_store_insert(change->conn, hunt, error) &&
         (strcmp(hunt->kind, KIND_ESTIMATE) == 0 || hunt_store_index(change->conn, request->arena, hunt, error));
}

/* --- from input --- */

static const char *or_empty(const char *text) {
  return text ? text : "";
}

static const char *json_of(Request *request, const char *const *texts) {
  json_t *list = json_array();
  for (; texts && *texts; texts++)
    if (**texts)
      json_array_append_new(list, json_string(*texts));
  g_autofree char *text = json_dumps(list, JSON_COMPACT);
  json_decref(list);
  return arena_text(request->arena, text, -1);
}

/* Codes of rules, separated by blanks, commas or lines; each must be there. */
static gboolean take_rules(Request *request, StoreConn *conn, HuntCase *hunt, GError **error) {
  g_auto(GStrv) words = g_strsplit_set(or_empty(input_text(request, "rules")), " ,;\t\r\n", -1);
  guint count = 0;
  for (char **word = words; *word; word++) {
    const char *title = NULL;
    if (!**word)
      continue;
    if (++count > RULES_MAX)
      return request_refuse_field(request, "rules", "Nhiều nhất 200 luật; chọn cả bộ luật theo mức nếu cần nhiều hơn.", error);
    if (!detect_rule_title(conn, request->arena, *word, &title, error))
      return FALSE;
    if (!title)
      return request_refuse_field(request, "rules", arena_printf(request->arena, "Không có luật mã %.80s.", *word), error);
  }
  hunt->rules = json_of(request, (const char *const *)words);
  return TRUE;
}

static gboolean take_range(Request *request, HuntCase *hunt, GError **error) {
  Day day;
  const char *from = input_text(request, "from"), *to = input_text(request, "to");
  hunt->from_ms = from && date_parse_day(from, &day) ? day_start_ms(day) : 0;
  hunt->to_ms = to && date_parse_day(to, &day) ? day_start_ms(day_add(day, 1)) - 1 : 0;
  if (hunt->from_ms && hunt->to_ms && hunt->to_ms < hunt->from_ms)
    return request_refuse_field(request, "to", "Ngày cuối phải sau ngày đầu.", error);
  return TRUE;
}

static gboolean has_means(const HuntCase *hunt) {
  return strcmp(hunt->lists, "[]") != 0 || *hunt->indicators || hunt->pack_id || strcmp(hunt->rules, "[]") != 0 || *hunt->rules_yaml || *hunt->words;
}

static gboolean take_input(Request *request, HuntCase *hunt, GError **error) {
  StoreConn *conn = request_read(request, error);
  const char *pack = input_text(request, "pack"), *level = input_text(request, "level");
  hunt->title = input_text(request, "title");
  hunt->hypothesis = input_text(request, "hypothesis");
  hunt->sources = json_of(request, input_list(request, "sources"));
  hunt->systems = json_of(request, input_list(request, "systems"));
  hunt->lists = json_of(request, input_list(request, "lists"));
  hunt->indicators = or_empty(input_text(request, "indicators"));
  hunt->words = or_empty(input_text(request, "words"));
  hunt->pack_id = pack && *pack ? pack : NULL;
  hunt->least_level = level ? g_ascii_strtoll(level, NULL, 10) : 3;
  if (!conn || !take_range(request, hunt, error) || !take_rules(request, conn, hunt, error))
    return FALSE;
  return has_means(hunt) || request_refuse_field(request, "words", "Nêu ít nhất một cách tìm: dấu hiệu, luật hoặc từ cần tìm.", error);
}

/* --- making --- */

static HuntCase new_case(const Request *request, const char *kind) {
  return (HuntCase){.body_id = request->body_id, .kind = kind, .title = "", .hypothesis = "", .sources = "[]", .systems = "[]", .lists = "[]",
                    .indicators = "", .rules = "[]", .rules_yaml = "", .words = "", .state = HUNT_DRAFT, .owner_id = request->user ? request->user->id : NULL,
                    .package = "", .package_by = "", .conclusion = "", .actions = "", .least_level = 3};
}

static gboolean insert(Change *change, void *data, GError **error) {
  return hunt_insert(change, data, error);
}

static void tell(Doc *answer, const HuntCase *hunt) {
  doc_text(answer, KEY("id"), hunt->id);
  doc_text(answer, KEY("code"), hunt->code);
  doc_text(answer, KEY("state"), hunt->state);
}

gboolean hunt_add(Request *request, Doc *answer, GError **error) {
  HuntCase hunt = new_case(request, KIND_HUNT);
  if (!request_require(request, "hunt.write", request->body_id, error) || !take_input(request, &hunt, error) ||
      !request_change(request, insert, &hunt, error))
    return FALSE;
  tell(answer, &hunt);
  request->notice = message(request->lang, "Đã lưu bản nháp. Bấm Chạy để bắt đầu.");
  return TRUE;
}

/* --- has it anything to look at? --- */

static gboolean see_source(const CollectSource *source, void *data) {
  (void)source;
  *(gboolean *)data = TRUE;
  return FALSE;
}

static gboolean check_sources(Request *request, const char *body_id, GError **error) {
  StoreConn *conn = request_read(request, error);
  gboolean any = FALSE;
  if (!conn || !collect_each_source(conn, body_id, see_source, &any, error))
    return FALSE;
  if (!any)
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "Đơn vị chưa có nguồn nhật ký nào; thêm nguồn ở Cài đặt, Nguồn nhật ký.");
  return any;
}

/* --- one rule, or the rules of a pack, on stored logs --- */

gboolean hunt_try_rule(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  HuntCase hunt = new_case(request, KIND_TRIAL);
  const char *rule = input_text(request, "rule"), *title = NULL;
  gint64 days = input_int(request, "days", 7);
  if (!conn || !request_require(request, "hunt.write", request->body_id, error) || !detect_rule_title(conn, request->arena, rule, &title, error))
    return FALSE;
  if (!title)
    return request_refuse_field(request, "rule", "Không có luật này; có thể bộ luật chứa nó đã được bỏ.", error);
  if (!check_sources(request, request->body_id, error))
    return FALSE;
  hunt.title = arena_printf(request->arena, "%s %s", message(request->lang, "Thử luật:"), title);
  hunt.hypothesis = arena_printf(request->arena, "%s %d %s.", message(request->lang, "Luật tìm thấy gì trong nhật ký"), (int)days, message(request->lang, "ngày qua"));
  hunt.rules = json_of(request, (const char *const[]){rule, NULL});
  hunt.from_ms = request->now_ms - days * DAY_MS;
  hunt.to_ms = hunt.started_ms = request->now_ms;
  hunt.state = HUNT_RUNNING;
  if (!request_change(request, insert, &hunt, error))
    return FALSE;
  tell(answer, &hunt);
  request->notice = message(request->lang, "Đang thử luật trên nhật ký đã lưu.");
  return TRUE;
}

gboolean hunt_estimate(Request *request, Doc *answer, GError **error) {
  HuntCase hunt = new_case(request, KIND_ESTIMATE);
  gint64 days = input_int(request, "days", 7), oldest_ms = 0;
  if (!body_require_top(request, "hunt.write", error) || !check_sources(request, request->body_id, error) ||
      !hunt_oldest_log(request, &oldest_ms, error))
    return FALSE;
  hunt.title = message(request->lang, "Đếm thử số cảnh báo mỗi ngày");
  hunt.pack_id = input_text(request, "pack");
  hunt.least_level = input_int(request, "level", 0);
  hunt.from_ms = MAX(request->now_ms - days * DAY_MS, oldest_ms);
  hunt.to_ms = hunt.started_ms = request->now_ms;
  hunt.state = HUNT_RUNNING;
  if (!request_change(request, insert, &hunt, error))
    return FALSE;
  tell(answer, &hunt);
  request->notice = message(request->lang, "Đang đếm thử trên nhật ký đã lưu; kết quả hiện ở trang này và ở từng luật.");
  return TRUE;
}

/* --- what changes a hunt that is there --- */

typedef struct {
  HuntCase *hunt;
  const char *before;
} Act;

static gboolean save(Change *change, void *data, GError **error) {
  const Act *act = data;
  const HuntCase *hunt = act->hunt;
  change_about(change, "hunt", hunt->id, hunt->body_id, strcmp(act->before, hunt->state) == 0 ? NULL : json_pack("{s:[s, s]}", "state", act->before, hunt->state));
  return hunt_store_update(change->conn, hunt, error) && hunt_store_index(change->conn, change->request->arena, hunt, error);
}

static gboolean check_version(Request *request, const HuntCase *hunt, GError **error) {
  gint64 version = input_int(request, "version", -1);
  if (version < 0 || version == hunt->version)
    return TRUE;
  g_set_error(error, APP_ERROR, ERROR_CONFLICT, "Người khác vừa thay đổi %s. Xem lại rồi làm lại.", hunt->code);
  return FALSE;
}

static gboolean finish(Request *request, Doc *answer, HuntCase *hunt, const char *before, const char *notice, GError **error) {
  Act act = {hunt, before};
  if (!check_version(request, hunt, error) || !request_change(request, save, &act, error))
    return FALSE;
  tell(answer, hunt);
  request->notice = message(request->lang, notice);
  return TRUE;
}

gboolean hunt_edit(Request *request, Doc *answer, GError **error) {
  HuntCase *hunt = hunt_require(request, "hunt.write", error);
  if (!hunt)
    return FALSE;
  if (strcmp(hunt->state, HUNT_DRAFT) != 0) {
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "%s đã chạy; chỉ sửa được bản nháp.", hunt->code);
    return FALSE;
  }
  return take_input(request, hunt, error) && finish(request, answer, hunt, hunt->state, "Đã lưu.", error);
}

static gboolean move(Request *request, Doc *answer, const char *from, const char *to, const char *notice, GError **error) {
  HuntCase *hunt = hunt_require(request, "hunt.write", error);
  if (!hunt)
    return FALSE;
  g_auto(GStrv) states = g_strsplit(from, " ", -1);
  if (!g_strv_contains((const char *const *)states, hunt->state)) {
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "%s đang ở trạng thái “%s” nên không làm được việc này.", hunt->code, hunt_state_label(hunt));
    return FALSE;
  }
  const char *before = hunt->state;
  hunt->state = to;
  if (strcmp(to, HUNT_RUNNING) == 0) {
    if (!check_sources(request, hunt->body_id, error))
      return FALSE;
    hunt->failure = "";
    hunt->owner_id = hunt->owner_id ? hunt->owner_id : request->user->id; /* handed down: whoever starts it */
    hunt->ended_ms = 0;
    hunt->started_ms = hunt->started_ms ? hunt->started_ms : request->now_ms;
    hunt->to_ms = hunt->to_ms && hunt->to_ms < request->now_ms ? hunt->to_ms : hunt->started_ms; /* what comes later is of the next hunt */
  } else if (strcmp(to, HUNT_CANCELLED) == 0) {
    hunt->ended_ms = request->now_ms;
  }
  return finish(request, answer, hunt, before, notice, error);
}

gboolean hunt_start(Request *request, Doc *answer, GError **error) {
  return move(request, answer, "draft paused failed", HUNT_RUNNING, "Đợt săn lùng bắt đầu chạy.", error);
}

gboolean hunt_pause(Request *request, Doc *answer, GError **error) {
  return move(request, answer, "running", HUNT_PAUSED, "Đã tạm dừng; chỗ đang đọc được giữ lại.", error);
}

gboolean hunt_resume(Request *request, Doc *answer, GError **error) {
  return move(request, answer, "paused failed", HUNT_RUNNING, "Chạy tiếp từ chỗ đã dừng.", error);
}

gboolean hunt_cancel(Request *request, Doc *answer, GError **error) {
  return move(request, answer, "draft running paused done failed", HUNT_CANCELLED, "Đã hủy đợt săn lùng.", error);
}

/* --- forms --- */

typedef struct {
  Doc *form;
  const char *field;
  const char *const *chosen;
} Options;

static gboolean add_source(const CollectSource *source, void *data) {
  const Options *options = data;
  form_option(options->form, options->field, source->id, source->name, g_strv_contains(options->chosen, source->id));
  return TRUE;
}

static gboolean add_system(const SystemFact *fact, void *data) {
  const Options *options = data;
  form_option(options->form, options->field, fact->id, fact->name, g_strv_contains(options->chosen, fact->id));
  return TRUE;
}

static void add_named(const char *id, const char *name, void *data) {
  const Options *options = data;
  form_option(options->form, options->field, id, name, g_strv_contains(options->chosen, id));
}

static gboolean fill_options(Request *request, Doc *form, const HuntCase *hunt, GError **error) {
  StoreConn *conn = request_read(request, error);
  Arena *arena = request->arena;
  Options sources = {form, "sources", hunt_texts(arena, hunt->sources)}, systems = {form, "systems", hunt_texts(arena, hunt->systems)};
  Options lists = {form, "lists", hunt_texts(arena, hunt->lists)};
  const char *pack[] = {hunt->pack_id ? hunt->pack_id : "", NULL};
  Options packs = {form, "pack", pack};
  return conn && collect_each_source(conn, hunt->body_id, add_source, &sources, error) &&
         system_each(conn, hunt->body_id, add_system, &systems, error) && detect_each_list(conn, add_named, &lists, error) &&
         detect_each_pack(conn, add_named, &packs, error);
}

static gboolean add_form(Request *request, Doc *answer, const char *operation, const HuntCase *hunt, const char *cancel, GError **error) {
  char from[11] = "", to[11] = "";
  const char *const *rules = hunt_texts(request->arena, hunt->rules);
  g_autofree char *rule_lines = g_strjoinv("\n", (char **)(gintptr)rules);
  if (hunt->from_ms)
    date_write_day(from, hunt->from_ms);
  if (hunt->to_ms)
    date_write_day(to, hunt->to_ms);
  json_t *values = json_pack("{s:s*, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I}", "id", hunt->code, "title", hunt->title, "hypothesis", hunt->hypothesis,
                             "from", from, "to", to, "indicators", hunt->indicators, "rules", rule_lines, "words", hunt->words, "level",
                             arena_printf(request->arena, "%d", (int)hunt->least_level), "version", (json_int_t)hunt->version);
  Doc *form = form_add(request, answer, KEY("form"), operation, values, "Lưu");
  json_decref(values);
  doc_text(form, KEY("cancel"), cancel);
  doc_text(answer, KEY("list_url"), "/san-lung");
  return fill_options(request, form, hunt, error);
}

gboolean hunt_new_form(Request *request, Doc *answer, GError **error) {
  HuntCase hunt = new_case(request, KIND_HUNT);
  const char *rule = input_text(request, "rule");
  if (!request_require(request, "hunt.write", request->body_id, error))
    return FALSE;
  if (rule)
    hunt.rules = json_of(request, (const char *const[]){rule, NULL});
  hunt.from_ms = request->now_ms - 30 * DAY_MS;
  return add_form(request, answer, "hunt.add", &hunt, "/san-lung", error);
}

gboolean hunt_edit_form(Request *request, Doc *answer, GError **error) {
  const HuntCase *hunt = hunt_require(request, "hunt.write", error);
  return hunt && add_form(request, answer, "hunt.edit", hunt, arena_printf(request->arena, "/san-lung/%s", hunt->code), error);
}
