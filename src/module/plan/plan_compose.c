/* Editing a draft: what each operation does to the manuscript, and the one way in which it is kept. */
#include "module/plan/plan_compose.h"
#include "base/date.h"
#include "base/id.h"
#include "core/message.h"
#include "module/plan/plan_draft.h"
#include "module/plan/plan_draft_store.h"
#include "module/plan/plan_manuscript.h"
#include "module/plan/plan_pages.h"
#include "module/plan/plan_press.h"
#include <string.h>

/* --- opening --- */

typedef struct {
  Plan plan;
  PlanDraft draft;
  PlanContent content;
  json_t *details;
} Editing;

static void editing_clear(Editing *editing) {
  plan_draft_clear(&editing->draft);
  plan_content_clear(&editing->content);
  json_decref(editing->details);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Editing, editing_clear)

static gboolean refuse(GError **error, const char *text) {
  g_set_error(error, APP_ERROR, ERROR_REFUSED, "%s", text);
  return FALSE;
}

static gboolean editing_open(Request *request, Editing *editing, GError **error) {
  GError *failed = NULL;
  const Plan *plan = plan_require(request, input_text(request, "id"), "plan.write", error);
  if (!plan)
    return FALSE;
  editing->plan = *plan;
  if (strcmp(plan->state, "draft") != 0)
    return refuse(error, "Chỉ sửa được bản nháp. Kế hoạch đã ban hành thì soạn kế hoạch thay thế.");
  if (input_int(request, "version", plan->version) != plan->version) {
    g_set_error(error, APP_ERROR, ERROR_CONFLICT, "Bản nháp vừa được người khác sửa. Nội dung đã nhập còn trên trang; xem lại rồi lưu.");
    return FALSE;
  }
  if (!plan_draft_get(request_read(request, error), request->arena, plan->id, &editing->draft, &failed)) {
    if (failed) {
      g_propagate_error(error, failed);
      return FALSE;
    }
    editing->draft.manuscript = plan_manuscript_of(request, plan, error); /* imported as a draft */
  }
  if (editing->draft.submitted_ms)
    return refuse(error, "Bản nháp đang chờ phê duyệt; trả lại trước khi sửa.");
  return editing->draft.manuscript != NULL;
}

/* --- the edits --- */

static const char *given(const Request *request, const char *name) {
  const char *text = input_text(request, name);
  return text ? text : "";
}

static json_t *lines_json(const char *text) {
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  json_t *list = json_array();
  for (char **line = lines; *line; line++) {
    g_strstrip(*line);
    if (**line)
      json_array_append_new(list, json_string(*line));
  }
  return list;
}

static gboolean edit_head(Request *request, json_t *manuscript, GError **error) {
  static const char *const TEXTS[] = {"title", "number", "symbol", "place", "superior", "issuer", "signer", "issuing"};
  Day day = {0};
  const char *issued = input_text(request, "issued"), *from = input_text(request, "period_from"), *to = input_text(request, "period_to");
  if (from && to && strcmp(from, to) > 0)
    return request_refuse_field(request, "period_to", "Kỳ kết thúc trước ngày bắt đầu.", error);
  for (gsize i = 0; i < G_N_ELEMENTS(TEXTS); i++)
    json_object_set_new(manuscript, TEXTS[i], json_string(given(request, TEXTS[i])));
  json_object_set_new(manuscript, "authority", lines_json(given(request, "authority")));
  if (issued)
    date_parse_day(issued, &day);
  json_object_set_new(manuscript, "day", json_integer(day.day));
  json_object_set_new(manuscript, "month", json_integer(day.month));
  json_object_set_new(manuscript, "year", json_integer(day.year));
  json_object_set_new(manuscript, "period_from", from ? json_string(from) : json_null());
  json_object_set_new(manuscript, "period_to", to ? json_string(to) : json_null());
  return TRUE;
}

static gboolean edit_bases(Request *request, json_t *manuscript, GError **error) {
  (void)error;
  json_object_set_new(manuscript, "bases", lines_json(given(request, "bases")));
  json_object_set_new(manuscript, "recipients", lines_json(given(request, "recipients")));
  return TRUE;
}

static json_t *part_asked(Request *request, const json_t *manuscript, GError **error) {
  json_t *part = plan_part_find(manuscript, input_text(request, "part"));
  if (!part)
    request_refuse_field(request, "part", "Bản nháp không có mục này; có thể vừa bị bỏ.", error);
  return part;
}

static gsize place_of(const json_t *manuscript, const json_t *part) {
  const json_t *parts = json_object_get(manuscript, "parts");
  gsize at = 0;
  while (at < json_array_size(parts) && json_array_get(parts, at) != part)
    at++;
  return at;
}

/* Rows as people type them: cells divided by bars; a line without any is a caption over what follows. */
static json_t *rows_json(const char *text, gsize columns) {
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  json_t *rows = json_array();
  for (char **line = lines; *line; line++) {
    g_auto(GStrv) cells = g_strsplit(*line, "|", -1);
    json_t *list = json_array();
    if (!*g_strstrip(*line)) {
      json_decref(list);
      continue;
    }
    for (gsize c = 0; c < columns; c++)
      json_array_append_new(list, json_string(c < g_strv_length(cells) ? g_strstrip(cells[c]) : ""));
    json_array_append_new(rows, json_pack("{s:o, s:b}", "cells", list, "group", g_strv_length(cells) == 1));
  }
  return rows;
}

static gboolean edit_part(Request *request, json_t *manuscript, GError **error) {
  json_t *part = part_asked(request, manuscript, error), *table = json_object_get(part, "table");
  if (!part)
    return FALSE;
  g_auto(GStrv) halves = g_strsplit(given(request, "text"), "\r", -1);
  g_autofree char *plain = g_strjoinv("", halves);
  json_object_set_new(part, "title", json_string(given(request, "title")));
  json_object_set_new(part, "text", json_string(g_strchomp(plain)));
  if (table && input_text(request, "rows") && !plan_task_count(part)) /* rows of tasks are changed one by one */
    json_object_set_new(table, "rows", rows_json(given(request, "rows"), json_array_size(json_object_get(table, "titles"))));
  json_object_del(part, "carried");
  return TRUE;
}

static gboolean add_part(Request *request, json_t *manuscript, GError **error) {
  json_t *parts = json_object_get(manuscript, "parts");
  const json_t *after = plan_part_find(manuscript, input_text(request, "part"));
  int level = (int)input_int(request, "level", 1);
  (void)error;
  gsize at = after ? place_of(manuscript, after) + 1 : json_array_size(parts);
  json_t *part = plan_part_new(manuscript, at, level, level == 1 ? "I." : level == 2 ? "1." : "1.1.", given(request, "title"));
  json_object_set_new(part, "text", json_string(given(request, "text")));
  if (input_bool(request, "tasks"))
    json_object_set_new(part, "table", plan_task_table_new());
  plan_manuscript_number(manuscript);
  return TRUE;
}

static gboolean remove_part(Request *request, json_t *manuscript, GError **error) {
  const json_t *part = part_asked(request, manuscript, error);
  if (!part)
    return FALSE;
  json_array_remove(json_object_get(manuscript, "parts"), place_of(manuscript, part));
  plan_manuscript_number(manuscript);
  return TRUE;
}

static gboolean goes_up(const Request *request) {
  return strcmp(given(request, "to"), "up") == 0;
}

static gboolean move_part(Request *request, json_t *manuscript, GError **error) {
  json_t *part = part_asked(request, manuscript, error), *parts = json_object_get(manuscript, "parts");
  gsize at = part ? place_of(manuscript, part) : 0, other = goes_up(request) ? at - 1 : at + 1;
  if (!part)
    return FALSE;
  if (other >= json_array_size(parts))
    return request_refuse_field(request, "to", "Mục đã ở đầu hoặc cuối kế hoạch.", error);
  json_incref(part);
  json_array_remove(parts, at);
  json_array_insert_new(parts, other, part);
  plan_manuscript_number(manuscript);
  return TRUE;
}

static gboolean no_task(Request *request, GError **error) {
  return request_refuse_field(request, "task", "Mục này không có nhiệm vụ mang số đó.", error);
}

/* Tasks are counted from 1, as people do; none given is a new one. */
static gsize task_asked(const Request *request, const json_t *part) {
  gint64 number = input_int(request, "task", 0);
  return number > 0 ? (gsize)number - 1 : plan_task_count(part);
}

static gboolean edit_task(Request *request, json_t *manuscript, GError **error) {
  json_t *part = part_asked(request, manuscript, error);
  const PlanTaskWords words = {NULL, given(request, "content"), given(request, "lead"), given(request, "coordinate"), given(request, "time"),
                               given(request, "product")};
  if (!part)
    return FALSE;
  json_object_del(part, "carried");
  return plan_task_set(part, task_asked(request, part), &words) || no_task(request, error);
}

static gboolean remove_task(Request *request, json_t *manuscript, GError **error) {
  json_t *part = part_asked(request, manuscript, error);
  return part && (plan_task_remove(part, task_asked(request, part)) || no_task(request, error));
}

static gboolean move_task(Request *request, json_t *manuscript, GError **error) {
  json_t *part = part_asked(request, manuscript, error);
  gsize index = part ? task_asked(request, part) : 0;
  return part && (plan_task_swap(part, index, goes_up(request) ? index - 1 : index + 1) || no_task(request, error));
}

static const struct {
  const char *operation;
  gboolean (*edit)(Request *request, json_t *manuscript, GError **error);
  const char *notice;
  gboolean removes;
} EDITS[] = {
    {"plan.head", edit_head, "Đã lưu phần đầu và thẩm quyền ký.", FALSE},
    {"plan.bases", edit_bases, "Đã lưu căn cứ, nơi nhận.", FALSE},
    {"plan.part", edit_part, "Đã lưu mục.", FALSE},
    {"plan.part_add", add_part, "Đã thêm mục.", FALSE},
    {"plan.part_remove", remove_part, "Đã bỏ mục.", TRUE},
    {"plan.part_move", move_part, "Đã đổi thứ tự mục.", FALSE},
    {"plan.task", edit_task, "Đã lưu nhiệm vụ.", FALSE},
    {"plan.task_remove", remove_task, "Đã bỏ nhiệm vụ.", TRUE},
    {"plan.task_move", move_task, "Đã đổi thứ tự nhiệm vụ.", FALSE},
};

/* --- keeping --- */

static gboolean keep(Change *change, void *data, GError **error) {
  Editing *editing = data;
  Plan plan = editing->plan;
  plan_take_head(&plan, &editing->content);
  change_about(change, "plan", plan.id, plan.body_id, json_incref(editing->details));
  return plan_store_update(change->conn, &plan, editing->plan.version, error) &&
         plan_store_set_content(change->conn, plan.id, &editing->content, error) &&
         plan_draft_put(change->conn, plan.id, &editing->draft, error) && plan_store_index(change, &plan, error);
}

static gboolean examine_and_keep(Request *request, Editing *editing, Doc *answer, GError **error) {
  if (!plan_press_examine(request, editing->draft.manuscript, editing->plan.created_ms, &editing->content, error) ||
      !request_change(request, keep, editing, error))
    return FALSE;
  doc_text(answer, KEY("id"), editing->plan.id);
  doc_int(answer, KEY("version"), editing->plan.version + 1);
  doc_int(answer, KEY("tasks"), (gint64)json_array_size(json_object_get(editing->content.reading, "tasks")));
  doc_int(answer, KEY("unwritten"), plan_manuscript_unwritten(editing->draft.manuscript));
  return TRUE;
}

static void remember(Request *request, Editing *editing, json_t *before) {
  char token[ID_SIZE];
  id_new(token);
  json_decref(editing->draft.before);
  editing->draft.before = before;
  editing->draft.undo = arena_text(request->arena, token, -1);
  request->undo_path = "/ke-hoach/soan/hoan-tac";
  request->undo_token = arena_printf(request->arena, "%s.%s", editing->plan.id, token);
}

gboolean plan_edit_run(Request *request, Doc *answer, GError **error) {
  g_auto(Editing) editing = {0};
  gsize at = 0;
  while (strcmp(EDITS[at].operation, request->operation->name) != 0)
    at++;
  if (!editing_open(request, &editing, error))
    return FALSE;
  json_t *before = EDITS[at].removes ? json_deep_copy(editing.draft.manuscript) : NULL;
  if (!EDITS[at].edit(request, editing.draft.manuscript, error)) {
    json_decref(before);
    return FALSE;
  }
  g_clear_pointer(&editing.draft.before, json_decref);
  editing.draft.undo = NULL;
  if (before)
    remember(request, &editing, before);
  editing.details = input_text(request, "part") ? json_pack("{s:s}", "part", input_text(request, "part")) : NULL;
  request->notice = message(request->lang, EDITS[at].notice);
  if (before)
    doc_text(answer, KEY("undo"), request->undo_token);
  return examine_and_keep(request, &editing, answer, error);
}

gboolean plan_edit_undo(Request *request, Doc *answer, GError **error) {
  const char *token = input_text(request, "_undo") ? input_text(request, "_undo") : input_text(request, "undo");
  g_auto(GStrv) halves = g_strsplit(token ? token : "", ".", 2);
  g_auto(Editing) editing = {0};
  if (g_strv_length(halves) != 2)
    return request_refuse_field(request, "undo", "Không nêu việc cần hoàn tác.", error);
  const Plan *plan = plan_require(request, halves[0], "plan.write", error);
  if (!plan)
    return FALSE;
  editing.plan = *plan;
  if (!plan_draft_get(request_read(request, error), request->arena, plan->id, &editing.draft, error) || !editing.draft.before ||
      g_strcmp0(editing.draft.undo, halves[1]) != 0 || editing.draft.submitted_ms || strcmp(plan->state, "draft") != 0)
    return (error && *error) ? FALSE : refuse(error, "Bản nháp đã được sửa tiếp hoặc trình phê duyệt; không hoàn tác được nữa.");
  json_decref(editing.draft.manuscript);
  editing.draft.manuscript = editing.draft.before;
  editing.draft.before = NULL;
  editing.draft.undo = NULL;
  request->notice = message(request->lang, "Đã hoàn tác.");
  return examine_and_keep(request, &editing, answer, error);
}
