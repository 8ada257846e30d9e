/* What the page of a plan offers: the steps of its life, the paper, the comparison. */
#include "core/form.h"
#include "core/message.h"
#include "module/plan/plan_draft_store.h"
#include "module/plan/plan_pages.h"
#include <string.h>

static void add_url(Request *request, const Plan *plan, Doc *list, const char *label, const char *tail) {
  Doc *link = doc_object(list, NULL);
  doc_text(link, KEY("label"), message(request->lang, label));
  doc_text(link, KEY("url"), arena_printf(request->arena, "/ke-hoach/%s%s", plan->id, tail));
}

static void add_links(Request *request, const Plan *plan, Doc *answer) {
  Doc *links = doc_list(answer, KEY("links"));
  gboolean writes = request_may(request, "plan.write", plan->body_id);
  if (writes && strcmp(plan->state, "draft") == 0)
    add_url(request, plan, links, "Soạn bản nháp", "/soan");
  add_url(request, plan, links, "Xuất DOCX", "/tep?dang=docx");
  add_url(request, plan, links, "Xuất PDF", "/tep?dang=pdf");
  if (plan->previous_id || plan->above_id)
    add_url(request, plan, links, plan->previous_id ? "So sánh với kế hoạch trước" : "So sánh với kế hoạch cấp trên", "/so-sanh");
  if (writes && strcmp(plan->state, "active") == 0)
    add_url(request, plan, links, "Triển khai xuống đơn vị dưới", "/trien-khai");
}

gboolean plan_add_actions(Request *request, const Plan *plan, Doc *answer, GError **error) {
  Doc *buttons = doc_list(answer, KEY("buttons")), *actions = doc_list(answer, KEY("actions"));
  g_auto(PlanDraft) draft = {0};
  GError *failed = NULL;
  add_links(request, plan, answer);
  if (strcmp(plan->state, "draft") != 0)
    return TRUE;
  plan_draft_get(request_read(request, error), request->arena, plan->id, &draft, &failed);
  if (failed) {
    g_propagate_error(error, failed);
    return FALSE;
  }
  json_t *values = json_pack("{s:s, s:I}", "id", plan->id, "version", (json_int_t)plan->version);
  gboolean writes = request_may(request, "plan.write", plan->body_id), approves = request_may(request, "plan.approve", plan->body_id);
  if (writes && draft.manuscript && !draft.submitted_ms)
    form_add(request, buttons, NULL, "plan.submit", values, "Trình phê duyệt");
  if (approves)
    form_add(request, buttons, NULL, "plan.approve", values, "Phê duyệt");
  if (approves && draft.submitted_ms)
    form_add(request, actions, NULL, "plan.return", values, "Trả lại");
  if (writes)
    form_add(request, actions, NULL, "plan.delete", values, "Xóa bản nháp");
  json_decref(values);
  return TRUE;
}
