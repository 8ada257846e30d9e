/* What the board says of the plan: only when something is to be done about it. */
#include "base/date.h"
#include "core/message.h"
#include "core/show.h"
#include "module/plan/plan_pages.h"

#define AHEAD_DAYS 60

static void add_line(Request *request, Doc *board, const char *css, const char *label, const char *text, const char *url) {
  Doc *section = doc_object((Doc *)(gintptr)doc_get(board, KEY("sections")), NULL);
  doc_text(section, KEY("id"), "ke-hoach");
  doc_text(section, KEY("title"), message(request->lang, "Kế hoạch"));
  doc_bool(section, KEY("aside"), TRUE);
  Doc *row = doc_object(doc_list(section, KEY("list")), NULL);
  show_status(request, row, KEY("state"), css, label);
  doc_text(row, KEY("text"), text);
  doc_text(row, KEY("url"), url);
}

static gboolean take_newest(const Plan *plan, void *data) {
  *(const Plan **)data = plan;
  return FALSE;
}

/* The last that ran out, of this body itself. */
static gboolean add_expired(Request *request, StoreConn *conn, Doc *board, GError **error) {
  const Plan *last = NULL;
  if (!plan_store_list(conn, request->arena, request->body_id, "expired", NULL, 1, take_newest, &last, error))
    return FALSE;
  gboolean own = last && g_strcmp0(last->body_id, request->body_id) == 0;
  if (own)
    add_line(request, board, "late", "Hết kỳ",
             arena_printf(request->arena, "%s %s. %s", message(request->lang, "Kế hoạch đã hết kỳ từ"), show_day(request->arena, last->period_to),
                          message(request->lang, "Nhập hoặc soạn kế hoạch kỳ mới.")),
             "/ke-hoach");
  else
    add_line(request, board, "soon", "Chưa có", message(request->lang, "Chưa có kế hoạch đang hiệu lực. Nhập hoặc soạn kế hoạch."), "/ke-hoach");
  return TRUE;
}

gboolean plan_board(Request *request, Doc *board, GError **error) {
  StoreConn *conn = request_read(request, error);
  GError *failed = NULL;
  Day ends;
  if (!request_may(request, "plan.read", request->body_id))
    return TRUE;
  const Plan *plan = conn ? plan_store_active(conn, request->arena, request->body_id, &failed) : NULL;
  if (!conn || failed) {
    if (failed)
      g_propagate_error(error, failed);
    return FALSE;
  }
  if (!plan)
    return add_expired(request, conn, board, error);
  gint64 left = plan->period_to && date_parse_day(plan->period_to, &ends) ? day_number(ends) - day_number(day_at(request->now_ms)) : G_MAXINT64;
  if (left <= AHEAD_DAYS)
    add_line(request, board, "soon", "Sắp hết kỳ",
             arena_printf(request->arena, "%s %s. %s", message(request->lang, "Kế hoạch hết kỳ ngày"), show_day(request->arena, plan->period_to),
                          message(request->lang, "Soạn kế hoạch kỳ mới từ kế hoạch này.")),
             arena_printf(request->arena, "/ke-hoach/%s", plan->id));
  return TRUE;
}
