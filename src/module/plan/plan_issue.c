/* What leaves the page of plans: the paper, the comparison, the drafts for the bodies below. */
#include "base/date.h"
#include "core/form.h"
#include "core/message.h"
#include "module/plan/plan_compare.h"
#include "module/plan/plan_compose.h"
#include "module/plan/plan_draft.h"
#include "module/plan/plan_draft_store.h"
#include "module/plan/plan_pages.h"
#include "module/plan/plan_press.h"
#include "module/plan/plan_show.h"
#include <stdlib.h>
#include <string.h>

/* --- the paper --- */

gboolean plan_export(Request *request, Doc *answer, GError **error) {
  const char *kind = input_text(request, "dang") ? input_text(request, "dang") : "docx";
  gboolean pdf = strcmp(kind, "pdf") == 0;
  const Plan *plan = plan_require(request, input_text(request, "id"), "plan.read", error);
  json_t *manuscript = plan ? plan_manuscript_of(request, plan, error) : NULL;
  (void)answer;
  if (!manuscript)
    return FALSE;
  request->file = plan_press(request->app, manuscript, plan->created_ms, pdf ? PRESS_PDF : PRESS_DOCX, error);
  request->file_name = arena_printf(request->arena, "%s.%s", plan->code, kind);
  request->file_type = pdf ? "application/pdf" : "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
  json_decref(manuscript);
  return request->file != NULL;
}

/* --- the comparison --- */

static void show_plan(Request *request, Doc *answer, const char *key, const Plan *plan) {
  Doc *row = doc_object(answer, key);
  doc_text(row, KEY("id"), plan->id);
  doc_text(row, KEY("code"), plan->code);
  doc_text(row, KEY("title"), *plan->number ? arena_printf(request->arena, "%s (%s)", plan->code, plan->number) : plan->code);
  doc_text(row, KEY("url"), arena_printf(request->arena, "/ke-hoach/%s", plan->id));
}

static void show_rows(Request *request, Doc *answer, const json_t *rows) {
  static const char *const STATES[][3] = {{"added", "done", "Thêm"}, {"removed", "late", "Bỏ"}, {"changed", "soon", "Đổi"}};
  int counts[G_N_ELEMENTS(STATES)] = {0};
  Doc *list = doc_list(answer, KEY("rows"));
  gsize index;
  json_t *row;
  json_array_foreach(rows, index, row) {
    Doc *shown = doc_object(list, NULL);
    gsize at = 0;
    while (strcmp(STATES[at][0], json_string_value(json_object_get(row, "state"))) != 0)
      at++;
    counts[at]++;
    doc_text_copy(shown, KEY("group"), json_string_value(json_object_get(row, "group")));
    doc_text_copy(shown, KEY("section"), json_string_value(json_object_get(row, "section")));
    doc_text(shown, KEY("change"), STATES[at][0]);
    Doc *state = doc_object(shown, KEY("state"));
    doc_text(state, KEY("class"), STATES[at][1]);
    doc_text(state, KEY("label"), message(request->lang, STATES[at][2]));
    doc_json(shown, KEY("before"), json_object_get(row, "before"));
    doc_json(shown, KEY("after"), json_object_get(row, "after"));
  }
  doc_text(answer, KEY("summary"),
           arena_printf(request->arena, "%s %d · %s %d · %s %d", message(request->lang, "Thêm"), counts[0], message(request->lang, "Bỏ"), counts[1],
                        message(request->lang, "Đổi"), counts[2]));
}

typedef struct {
  const Plan *plan;
  json_t *manuscript;
  PlanContent content;
} Compared;

static void compared_clear(Compared *compared) {
  json_decref(compared->manuscript);
  plan_content_clear(&compared->content);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Compared, compared_clear)

static gboolean compared_load(Request *request, const char *id, Compared *compared, GError **error) {
  compared->plan = plan_require(request, id, "plan.read", error);
  compared->manuscript = compared->plan ? plan_manuscript_of(request, compared->plan, error) : NULL;
  return compared->manuscript && plan_store_get_content(request_read(request, error), compared->plan->id, &compared->content, error);
}

/* The other plan is the older one; without one, the plan that this one was written from or replaced. */
gboolean plan_diff(Request *request, Doc *answer, GError **error) {
  g_auto(Compared) from = {0}, to = {0};
  if (!compared_load(request, input_text(request, "id"), &to, error))
    return FALSE;
  const char *other = input_text(request, "voi") ? input_text(request, "voi") : to.plan->previous_id ? to.plan->previous_id : to.plan->above_id;
  if (!other)
    return request_refuse_field(request, "voi", "Chưa chọn kế hoạch để so sánh.", error);
  if (!compared_load(request, other, &from, error))
    return FALSE;
  json_t *rows = plan_compare(from.manuscript, from.content.reading, to.manuscript, to.content.reading);
  doc_text(answer, KEY("list_url"), "/ke-hoach");
  show_plan(request, answer, KEY("from"), from.plan);
  show_plan(request, answer, KEY("to"), to.plan);
  show_rows(request, answer, plan_keep_json(request, rows));
  json_decref(rows);
  return TRUE;
}

/* --- bringing it down --- */

typedef struct {
  Request *request;
  Doc *rows, *form;
  GPtrArray *chosen; /* bodies without a plan from above */
} Below;

static gboolean show_below(const BodyBelow *body, void *data) {
  Below *below = data;
  Request *request = below->request;
  Doc *row = doc_object(below->rows, NULL);
  doc_text(row, KEY("id"), body->id);
  doc_text(row, KEY("name"), body->name);
  if (!body->plan_id) {
    form_option(below->form, "bodies", body->id, body->name, TRUE);
    return TRUE;
  }
  Doc *plan = doc_object(row, KEY("plan"));
  doc_text(plan, KEY("title"), body->plan_code);
  doc_text(plan, KEY("url"), arena_printf(request->arena, "/ke-hoach/%s", body->plan_id));
  Doc *state = doc_object(plan, KEY("state"));
  doc_text(state, KEY("class"), plan_state_css(body->plan_state));
  doc_text(state, KEY("label"), message(request->lang, plan_state_label(body->plan_state)));
  return TRUE;
}

static const Plan *active_asked(Request *request, const char *permission, GError **error) {
  const Plan *plan = plan_require(request, input_text(request, "id"), permission, error);
  if (plan && strcmp(plan->state, "active") != 0) {
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "Chỉ triển khai xuống đơn vị dưới khi kế hoạch đang hiệu lực.");
    return NULL;
  }
  return plan;
}

gboolean plan_cascade_form(Request *request, Doc *answer, GError **error) {
  const Plan *plan = active_asked(request, "plan.read", error);
  if (!plan)
    return FALSE;
  json_t *values = json_pack("{s:s}", "id", plan->id);
  doc_text(answer, KEY("list_url"), "/ke-hoach");
  show_plan(request, answer, KEY("plan"), plan);
  Below below = {request, doc_list(answer, KEY("rows")), form_add(request, answer, KEY("form"), "plan.cascade", values, "Tạo bản nháp"), NULL};
  json_decref(values);
  return plan_store_below(request_read(request, error), request->arena, plan->body_id, show_below, &below, error);
}

static gboolean is_direct_child(Request *request, const char *body_id, const Plan *plan, const Body **out_body, GError **error) {
  *out_body = body_get(request_read(request, error), request->arena, body_id, error);
  if (*out_body && g_strcmp0((*out_body)->parent_id, plan->body_id) == 0)
    return TRUE;
  return request_refuse_field(request, "bodies", "Chỉ chọn đơn vị ngay dưới cơ quan ban hành.", error);
}

typedef struct {
  const char *body_id;
  gboolean has;
} Lookup;

static gboolean look_up(const BodyBelow *body, void *data) {
  Lookup *lookup = data;
  if (strcmp(body->id, lookup->body_id) == 0)
    lookup->has = body->plan_id != NULL;
  return TRUE;
}

static gboolean bring_down(Request *request, const Plan *plan, const char *body_id, Doc *made, GError **error) {
  DraftWish wish = {.above = plan, .from_year = plan->period_from ? atoi(plan->period_from) : day_at(request->now_ms).year};
  Lookup lookup = {body_id, FALSE};
  const char *id = NULL;
  wish.to_year = plan->period_to ? MAX(atoi(plan->period_to), wish.from_year) : wish.from_year;
  if (!is_direct_child(request, body_id, plan, &wish.body, error) || !request_require(request, "plan.write", body_id, error) ||
      !plan_store_below(request_read(request, error), request->arena, plan->body_id, look_up, &lookup, error))
    return FALSE;
  if (lookup.has)
    return TRUE;
  if (!plan_draft_make(request, "above", &wish, &id, error))
    return FALSE;
  Doc *row = doc_object(made, NULL);
  doc_text(row, KEY("id"), id);
  doc_text(row, KEY("body"), wish.body->name);
  return TRUE;
}

gboolean plan_cascade(Request *request, Doc *answer, GError **error) {
  const Plan *plan = active_asked(request, "plan.write", error);
  const char *const *bodies = input_list(request, "bodies");
  Doc *made = doc_list(answer, KEY("made"));
  int count = 0;
  if (!plan)
    return FALSE;
  for (; *bodies; bodies++)
    if (!bring_down(request, plan, *bodies, made, error))
      return FALSE;
  for (const Doc *row = made->first; row; row = row->next)
    count++;
  doc_int(answer, KEY("count"), count);
  doc_text(answer, KEY("id"), plan->id);
  request->notice = arena_printf(request->arena, "%s %d %s", message(request->lang, "Đã tạo"), count, message(request->lang, "bản nháp cho đơn vị dưới."));
  return TRUE;
}
