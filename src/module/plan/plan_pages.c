#include "module/plan/plan_pages.h"
#include "base/date.h"
#include "core/history.h"
#include "core/message.h"
#include "module/plan/plan_edit.h"
#include "module/plan/plan_file.h"
#include "module/plan/plan_parts.h"
#include "module/plan/plan_show.h"
#include <string.h>

#define PAGE_ROWS 20

/* --- shared by list and page --- */

const char *plan_day_text(Arena *arena, const char *iso) {
  Day day;
  char text[11];
  if (!iso || !date_parse_day(iso, &day))
    return NULL;
  date_write_day(text, day_start_ms(day));
  return arena_text(arena, text, -1);
}

static const char *period_text(Arena *arena, const Plan *plan) {
  const char *from = plan_day_text(arena, plan->period_from), *to = plan_day_text(arena, plan->period_to);
  return from && to ? arena_printf(arena, "%s – %s", from, to) : "";
}

static void add_progress(Doc *row, const Plan *plan) {
  if (!plan->duties)
    return;
  Doc *progress = doc_object(row, KEY("progress"));
  doc_int(progress, KEY("done"), plan->duties_done);
  doc_int(progress, KEY("total"), plan->duties);
  doc_int(progress, KEY("done_percent"), plan->duties_done * 100 / plan->duties);
  doc_int(progress, KEY("late_percent"), plan->duties_late * 100 / plan->duties);
}

static void add_head(Request *request, const Plan *plan, Doc *row) {
  doc_text(row, KEY("id"), plan->id);
  doc_text(row, KEY("code"), plan->code);
  doc_text(row, KEY("title"), plan->title);
  doc_text(row, KEY("url"), arena_printf(request->arena, "/ke-hoach/%s", plan->id));
  doc_text(row, KEY("number"), plan->number);
  doc_text(row, KEY("signed"), plan_day_text(request->arena, plan->issued_day));
  doc_text(row, KEY("signer"), plan->signer);
  doc_text(row, KEY("body"), plan->body_name);
  doc_text(row, KEY("body_id"), plan->body_id);
  doc_text(row, KEY("period"), period_text(request->arena, plan));
  doc_text(row, KEY("state_name"), plan->state);
  doc_text(row, KEY("class"), plan->duties_late && strcmp(plan->state, "active") == 0 ? "late" : "");
  Doc *state = doc_object(row, KEY("state"));
  doc_text(state, KEY("class"), plan_state_css(plan->state));
  doc_text(state, KEY("label"), message(request->lang, plan_state_label(plan->state)));
  add_progress(row, plan);
}

/* --- the list --- */

typedef struct {
  Request *request;
  Doc *rows;
  int count;
  const char *last_id;
  gboolean more;
} Listing;

static gboolean take_plan(const Plan *plan, void *data) {
  Listing *listing = data;
  if (listing->count == PAGE_ROWS) {
    listing->more = TRUE;
    return FALSE;
  }
  Doc *row = doc_object(listing->rows, NULL);
  add_head(listing->request, plan, row);
  Doc *findings = doc_object(row, KEY("findings"));
  doc_text(findings, KEY("class"), plan->errors ? "late" : plan->warnings ? "soon" : "done");
  doc_text(findings, KEY("label"),
           arena_printf(listing->request->arena, "%d %s, %d %s", (int)plan->errors, message(listing->request->lang, "lỗi"),
                        (int)plan->warnings, message(listing->request->lang, "cảnh báo")));
  listing->count++;
  listing->last_id = plan->id;
  return TRUE;
}

static void add_list_tabs(Request *request, Doc *answer, const char *chosen) {
  static const char *const TABS[][2] = {
      {"", "Tất cả"}, {"active", "Đang hiệu lực"}, {"draft", "Bản nháp"}, {"expired", "Hết kỳ"}, {"replaced", "Đã thay thế"}};
  Doc *tabs = doc_list(answer, KEY("tabs"));
  for (gsize i = 0; i < G_N_ELEMENTS(TABS); i++) {
    Doc *tab = doc_object(tabs, NULL);
    doc_text(tab, KEY("label"), message(request->lang, TABS[i][1]));
    doc_text(tab, KEY("url"), arena_printf(request->arena, "/ke-hoach%s%s", *TABS[i][0] ? "?state=" : "", TABS[i][0]));
    doc_bool(tab, KEY("current"), strcmp(TABS[i][0], chosen) == 0);
  }
}

gboolean plan_list(Request *request, Doc *answer, GError **error) {
  const char *state = input_text(request, "state") ? input_text(request, "state") : "";
  StoreConn *conn = request_read(request, error);
  if (!conn || !request_require(request, "plan.read", request->body_id, error))
    return FALSE;
  Listing listing = {request, doc_list(answer, KEY("rows")), 0, NULL, FALSE};
  if (!plan_store_list(conn, request->arena, request->body_id, state, input_text(request, "after"), PAGE_ROWS + 1, take_plan,
                       &listing, error))
    return FALSE;
  add_list_tabs(request, answer, state);
  doc_text(answer, KEY("summary"), arena_printf(request->arena, "%d %s", listing.count, message(request->lang, "kế hoạch trên trang này, mới nhất trước.")));
  gboolean write = request_may(request, "plan.write", request->body_id);
  if (write) {
    doc_text(answer, KEY("import_url"), "/ke-hoach/nhap");
    if (app_find_operation(request->app, "plan.draft_form"))
      doc_text(answer, KEY("new_url"), "/ke-hoach/soan");
  }
  if (!listing.count) {
    Doc *empty = doc_object(answer, KEY("empty"));
    doc_text(empty, KEY("text"), message(request->lang, "Chưa có kế hoạch. Nhập tệp kế hoạch (TXT, MD, DOCX) để tạo nhiệm vụ."));
    doc_text(empty, KEY("url"), write ? "/ke-hoach/nhap" : NULL);
    doc_text(empty, KEY("label"), message(request->lang, "Nhập kế hoạch"));
  }
  if (listing.more) {
    Doc *pager = doc_object(answer, KEY("pager"));
    doc_text(pager, KEY("text"), "");
    doc_text(pager, KEY("next"), arena_printf(request->arena, "/ke-hoach?state=%s&after=%s", state, listing.last_id));
    doc_text(answer, KEY("next"), listing.last_id);
  }
  return TRUE;
}

/* --- one plan --- */

const Plan *plan_require(Request *request, const char *id, const char *permission, GError **error) {
  StoreConn *conn = request_read(request, error);
  GError *failed = NULL;
  if (conn && g_str_has_prefix(id, "KH-"))
    id = plan_store_id_of_code(conn, request->arena, id, &failed);
  const Plan *plan = conn && id && !failed ? plan_store_get(conn, request->arena, id, &failed) : NULL;
  if (failed) {
    g_propagate_error(error, failed);
    return NULL;
  }
  if (plan && !request_may(request, "plan.read", plan->body_id))
    plan = NULL;
  if (!plan && conn)
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Không có kế hoạch này, hoặc không thuộc phạm vi được xem.");
  return plan && request_require(request, permission, plan->body_id, error) ? plan : NULL;
}

static const struct {
  const char *name, *label;
  PlanPart show;
} TABS[] = {
    {"kiem-tra", "Kết quả kiểm tra", plan_part_findings},
    {"noi-dung", "Nội dung", plan_part_content},
    {"can-cu", "Căn cứ", plan_part_bases},
    {"luc-luong", "Lực lượng", plan_part_forces},
    {"nhiem-vu", "Nhiệm vụ", plan_part_duties},
    {"tinh-huong", "Tình huống", plan_part_scenarios},
    {"to-chuc", "Tổ chức thực hiện", plan_part_organisation},
    {"ban-goc", "Bản gốc", plan_part_source},
};

static gsize chosen_tab(const Request *request) {
  const char *name = input_text(request, "muc");
  for (gsize i = 0; name && i < G_N_ELEMENTS(TABS); i++)
    if (strcmp(TABS[i].name, name) == 0)
      return i;
  return 4; /* Nhiệm vụ: what people come for */
}

static void add_tabs(Request *request, const Plan *plan, Doc *answer, gsize chosen) {
  Doc *tabs = doc_list(answer, KEY("tabs"));
  for (gsize i = 0; i < G_N_ELEMENTS(TABS); i++) {
    Doc *tab = doc_object(tabs, NULL);
    doc_text(tab, KEY("label"), message(request->lang, TABS[i].label));
    doc_text(tab, KEY("url"), arena_printf(request->arena, "/ke-hoach/%s?muc=%s", plan->id, TABS[i].name));
    doc_bool(tab, KEY("current"), i == chosen);
    if (i == 0 && plan->errors + plan->warnings)
      doc_int(tab, KEY("count"), plan->errors + plan->warnings);
    if (i == 4 && plan->duties)
      doc_int(tab, KEY("count"), plan->duties);
  }
}

static void add_note(Request *request, const Plan *plan, Doc *shown) {
  const char *text = NULL, *css = "";
  if (plan->errors) {
    text = arena_printf(request->arena, "%d %s", (int)plan->errors, message(request->lang, "lỗi trong văn bản; xem Kết quả kiểm tra."));
    css = "late";
  } else if (strcmp(plan->state, "expired") == 0) {
    text = message(request->lang, "Kỳ của kế hoạch đã hết; cần ban hành kế hoạch mới.");
    css = "soon";
  }
  if (!text)
    return;
  Doc *note = doc_object(shown, KEY("note"));
  doc_text(note, KEY("class"), css);
  doc_text(note, KEY("text"), text);
}

static void drop_content(gpointer data) {
  plan_content_clear(data);
  g_free(data);
}

gboolean plan_view(Request *request, Doc *answer, GError **error) {
  const Plan *plan = plan_require(request, input_text(request, "id"), "plan.read", error);
  if (!plan)
    return FALSE;
  PlanContent *content = g_new0(PlanContent, 1);
  request_keep(request, content, drop_content);
  if (!plan_store_get_content(request_read(request, error), plan->id, content, error))
    return FALSE;
  gsize tab = chosen_tab(request);
  Doc *shown = doc_object(answer, KEY("plan"));
  doc_text(answer, KEY("page_title"), plan->title);
  doc_text(answer, KEY("list_url"), "/ke-hoach");
  doc_int(answer, KEY("version"), plan->version);
  add_head(request, plan, shown);
  add_note(request, plan, shown);
  doc_text(shown, KEY("checked"), plan_findings_summary(request, content->findings));
  if (request->face != FACE_WEB) {
    doc_json(answer, KEY("reading"), content->reading);
    doc_json(answer, KEY("findings"), json_object_get(content->findings, "defects"));
    return plan_part_duties(request, plan, content, answer, error);
  }
  add_tabs(request, plan, answer, tab);
  return TABS[tab].show(request, plan, content, answer, error) &&
         history_list(request, "plan", plan->id, doc_list(answer, KEY("history")), error) && plan_add_actions(request, plan, answer, error);
}
