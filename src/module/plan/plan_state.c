/* The life of a plan: submitted, sent back, approved, expired, deleted while a draft. */
#include "base/date.h"
#include "core/job.h"
#include "core/message.h"
#include "module/duty/duty.h"
#include "module/plan/plan_compose.h"
#include "module/plan/plan_draft_store.h"
#include "module/plan/plan_manuscript.h"
#include "module/plan/plan_pages.h"
#include "module/plan/plan_run.h"
#include <string.h>

#define EXPIRED_AT_ONCE 200

typedef struct {
  const Plan *plan;
  PlanDraft draft;
  gint64 version;
  int duties;
} Step;

static void step_clear(Step *step) {
  plan_draft_clear(&step->draft);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Step, step_clear)

static gboolean refuse(GError **error, const char *text) {
  g_set_error(error, APP_ERROR, ERROR_REFUSED, "%s", text);
  return FALSE;
}

/* A draft; its manuscript where it was written here. */
static gboolean step_open(Request *request, const char *permission, Step *step, GError **error) {
  GError *failed = NULL;
  step->plan = plan_require(request, input_text(request, "id"), permission, error);
  if (!step->plan)
    return FALSE;
  if (strcmp(step->plan->state, "draft") != 0)
    return refuse(error, "Kế hoạch này không còn là bản nháp.");
  step->version = input_int(request, "version", step->plan->version);
  plan_draft_get(request_read(request, error), request->arena, step->plan->id, &step->draft, &failed);
  if (failed)
    g_propagate_error(error, failed);
  return !failed;
}

static gboolean require_written(const Step *step, GError **error) {
  int unwritten = step->draft.manuscript ? plan_manuscript_unwritten(step->draft.manuscript) : 0;
  if (!unwritten)
    return TRUE;
  g_set_error(error, APP_ERROR, ERROR_REFUSED, "Còn %d mục bắt buộc chưa có nội dung; soạn xong hoặc bỏ mục rồi mới trình, phê duyệt.", unwritten);
  return FALSE;
}

static gboolean keep_step(Change *change, void *data, GError **error) {
  Step *step = data;
  change_about(change, "plan", step->plan->id, step->plan->body_id, *step->draft.returned ? json_pack("{s:s}", "note", step->draft.returned) : NULL);
  return plan_store_update(change->conn, step->plan, step->version, error) &&
         plan_draft_put(change->conn, step->plan->id, &step->draft, error);
}

/* An imported draft has no manuscript and is approved as it came. */
static gboolean require_manuscript(const Step *step, GError **error) {
  return step->draft.manuscript || refuse(error, "Bản nháp nhập từ tệp; lãnh đạo phê duyệt trực tiếp, không cần trình.");
}

gboolean plan_submit(Request *request, Doc *answer, GError **error) {
  g_auto(Step) step = {0};
  if (!step_open(request, "plan.write", &step, error) || !require_manuscript(&step, error) || !require_written(&step, error))
    return FALSE;
  if (step.draft.submitted_ms)
    return refuse(error, "Bản nháp đã được trình, đang chờ phê duyệt.");
  step.draft.submitted_ms = request->now_ms;
  step.draft.submitted_by = request->user ? request->user->id : NULL;
  step.draft.returned = "";
  request->notice = message(request->lang, "Đã trình phê duyệt.");
  doc_text(answer, KEY("id"), step.plan->id);
  return request_change(request, keep_step, &step, error);
}

gboolean plan_return(Request *request, Doc *answer, GError **error) {
  g_auto(Step) step = {0};
  if (!step_open(request, "plan.approve", &step, error) || !require_manuscript(&step, error))
    return FALSE;
  if (!step.draft.submitted_ms)
    return refuse(error, "Bản nháp chưa được trình.");
  step.draft.submitted_ms = 0;
  step.draft.submitted_by = NULL;
  step.draft.returned = input_text(request, "note");
  request->notice = message(request->lang, "Đã trả lại để sửa.");
  doc_text(answer, KEY("id"), step.plan->id);
  return request_change(request, keep_step, &step, error);
}

static gboolean approve(Change *change, void *data, GError **error) {
  Step *step = data;
  Plan plan = *step->plan;
  plan.version = step->version;
  step->duties = 0;
  if (step->draft.manuscript) {
    step->draft.submitted_ms = 0;
    step->draft.undo = NULL;
    g_clear_pointer(&step->draft.before, json_decref);
  }
  return plan_activate(change, &plan, &step->duties, error) &&
         (!step->draft.manuscript || plan_draft_put(change->conn, plan.id, &step->draft, error));
}

gboolean plan_approve(Request *request, Doc *answer, GError **error) {
  g_auto(Step) step = {0};
  if (!step_open(request, "plan.approve", &step, error) || !require_written(&step, error) || !request_change(request, approve, &step, error))
    return FALSE;
  doc_text(answer, KEY("id"), step.plan->id);
  doc_int(answer, KEY("duties"), step.duties);
  request->notice = arena_printf(request->arena, "%s %d %s.", message(request->lang, "Đã phê duyệt kế hoạch, tạo"), step.duties,
                                 message(request->lang, "nhiệm vụ"));
  return TRUE;
}

/* --- deleting --- */

static gboolean delete_draft(Change *change, void *data, GError **error) {
  const Step *step = data;
  change_about(change, "plan", step->plan->id, step->plan->body_id, json_pack("{s:s, s:s}", "code", step->plan->code, "title", step->plan->title));
  return plan_draft_delete(change->conn, step->plan->id, error);
}

gboolean plan_delete(Request *request, Doc *answer, GError **error) {
  g_auto(Step) step = {0};
  if (!step_open(request, "plan.write", &step, error))
    return FALSE;
  if (g_strcmp0(input_text(request, "code"), step.plan->code) != 0)
    return request_refuse_field(request, "code", "Mã gõ vào không đúng mã của bản nháp.", error);
  request->notice = arena_printf(request->arena, "%s %s.", message(request->lang, "Đã xóa bản nháp"), step.plan->code);
  doc_text(answer, KEY("code"), step.plan->code);
  return request_change(request, delete_draft, &step, error);
}

/* --- the end of the period --- */

static gboolean expire_all(Change *change, void *data, GError **error) {
  GPtrArray *ids = data;
  for (guint i = 0; i < ids->len; i++) {
    const Plan *plan = plan_store_get(change->conn, change->request->arena, g_ptr_array_index(ids, i), error);
    if (!plan)
      return FALSE;
    Plan ended = *plan;
    ended.state = "expired";
    change_about(change, "plan", plan->id, plan->body_id, json_pack("{s:[s, s]}", "state", plan->state, "expired"));
    if (!plan_store_update(change->conn, &ended, plan->version, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean expire(App *app, const json_t *payload, GError **error) {
  g_autoptr(Arena) arena = arena_new();
  g_autoptr(Request) request = request_new_for_job(app, arena, "plan.expire");
  g_autoptr(GPtrArray) ids = g_ptr_array_new();
  char today[11];
  (void)payload;
  date_write_iso_day(today, request->now_ms);
  StoreConn *conn = request_read(request, error);
  if (!conn || !plan_store_ended(conn, arena, today, EXPIRED_AT_ONCE, ids, error))
    return FALSE;
  return !ids->len || request_change(request, expire_all, ids, error);
}

const JobRow PLAN_JOBS[] = {
    {"plan.expire", "Kế hoạch đã hết kỳ chuyển sang trạng thái Hết kỳ", expire, 60},
    {NULL},
};
