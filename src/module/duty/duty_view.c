/* The page of one duty, and what can be done there. */
#include "base/date.h"
#include "core/form.h"
#include "core/message.h"
#include "module/duty/duty_act.h"
#include "module/duty/duty_pages.h"
#include "module/duty/duty_show.h"
#include <string.h>

/* What a duty in each state offers; forms without visible fields become buttons. */
static const struct {
  const char *operation, *submit, *states, *permission;
  gboolean continuous; /* only for duties that never end */
} OFFERS[] = {
    {"duty.start",    "Bắt đầu",           "todo",                "duty.work",    FALSE},
    {"duty.evidence", "Ghi nhận đã làm",   "todo doing",          "duty.work",    TRUE },
    {"duty.prove",    "Thêm minh chứng",   "todo doing approval done", "duty.work", FALSE},
    {"duty.report",   "Ghi tiến độ",       "todo doing approval", "duty.work",    FALSE},
    {"duty.submit",   "Trình phê duyệt",   "todo doing",          "duty.work",    FALSE},
    {"duty.approve",  "Phê duyệt",         "approval",            "duty.approve", FALSE},
    {"duty.return",   "Trả lại",           "approval",            "duty.approve", FALSE},
    {"duty.complete", "Hoàn thành",        "todo doing",          "duty.write",   FALSE},
    {"duty.assign",   "Giao việc",         "todo doing approval", "duty.write",   FALSE},
    {"duty.move",     "Đổi hạn",           "todo doing approval", "duty.write",   FALSE},
    {"duty.edit",     "Sửa nội dung",      "todo doing",          "duty.write",   FALSE},
    {"duty.waive",    "Không áp dụng",     "todo doing approval", "duty.approve", FALSE},
    {"duty.reopen",   "Mở lại",            "done na",             "duty.write",   FALSE},
};

static gboolean has_state(const char *states, const char *state) {
  g_auto(GStrv) list = g_strsplit(states, " ", -1);
  return g_strv_contains((const char *const *)list, state);
}

static gboolean is_continuous(const Duty *duty) {
  return g_str_has_prefix(duty->period, "continuous") || strcmp(duty->period, "on_event") == 0;
}

static gboolean add_actions(Request *request, const Duty *duty, Doc *answer, GError **error) {
  Doc *buttons = doc_list(answer, KEY("buttons")), *actions = doc_list(answer, KEY("actions"));
  json_t *values = json_pack("{s:s, s:I, s:s?, s:s, s:s, s:s?, s:s?}", "ids", duty->id, "version", (json_int_t)duty->version,
                             "due", duty->due_day, "title", duty->title, "content", duty->content, "lead", duty->lead_body_id,
                             "assignee", duty->assignee_id);
  gboolean good = TRUE;
  for (gsize i = 0; good && i < G_N_ELEMENTS(OFFERS); i++) {
    if (!has_state(OFFERS[i].states, duty->state) || (OFFERS[i].continuous && !is_continuous(duty)) ||
        !duty_may(request, OFFERS[i].permission, duty))
      continue;
    gboolean plain = strcmp(OFFERS[i].operation, "duty.start") == 0;
    Doc *form = form_add(request, plain ? buttons : actions, NULL, OFFERS[i].operation, values, OFFERS[i].submit);
    if (strcmp(OFFERS[i].operation, "duty.assign") == 0)
      good = duty_store_unit_choices(request, duty->body_id, form, "lead", duty->lead_body_id, error) &&
             duty_store_add_people(request, duty->body_id, form, "assignee", duty->assignee_id, error);
  }
  json_decref(values);
  return good;
}

static void add_note(Request *request, const Duty *duty, Doc *shown) {
  DueClass due = duty_due_class(request, duty->state, duty->due_day);
  const char *text = NULL;
  if (due == DUE_LATE)
    text = "Việc này đã quá hạn.";
  else if (strcmp(duty->state, "approval") == 0)
    text = "Đã làm xong, đang chờ phê duyệt.";
  else if (is_continuous(duty) && !duty->evidenced_ms && duty_state_is_open(duty->state))
    text = "Việc thường xuyên, chưa có lần ghi nhận nào.";
  if (!text)
    return;
  Doc *note = doc_object(shown, KEY("note"));
  doc_text(note, KEY("class"), due == DUE_LATE ? "late" : "soon");
  doc_text(note, KEY("text"), message(request->lang, text));
}

static const char *moment(Arena *arena, gint64 ms) {
  char text[17];
  if (!ms)
    return NULL;
  date_write_time(text, ms);
  return arena_text(arena, text, -1);
}

static const char *ground_label(const char *ground) {
  static const char *const GROUNDS[][2] = {{"text", "hạn theo kế hoạch"},
                                           {"law", "hạn theo văn bản pháp luật"},
                                           {"suggested", "hạn gợi ý, sửa được"},
                                           {"edited", "hạn đã sửa tay"}};
  for (gsize i = 0; i < G_N_ELEMENTS(GROUNDS); i++)
    if (strcmp(GROUNDS[i][0], ground) == 0)
      return GROUNDS[i][1];
  return NULL;
}

static void add_facts(Request *request, const Duty *duty, Doc *shown) {
  const char *ground = ground_label(duty->due_ground);
  const struct {
    const char *key, *value;
  } facts[] = {{"id", duty->id},
               {"code", duty->code},
               {"title", duty->title},
               {"content", duty->content},
               {"lead", duty->lead_names},
               {"lead_body_id", duty->lead_body_id},
               {"body_id", duty->body_id},
               {"plan_id", duty->plan_id},
               {"task_ref", duty->task_ref},
               {"section", duty->section},
               {"period_name", duty->period},
               {"time_text", duty->time_text},
               {"due_ground", duty->due_ground},
               {"person", duty->assignee_name},
               {"assignee_id", duty->assignee_id}};
  for (gsize i = 0; i < G_N_ELEMENTS(facts); i++)
    doc_text(shown, g_intern_static_string(facts[i].key), facts[i].value);
  doc_text(shown, KEY("url"), arena_printf(request->arena, "/nhiem-vu/%s", duty->id));
  doc_text(shown, KEY("period"), message(request->lang, duty_period_label(duty->period)));
  doc_text(shown, KEY("basis"),
           ground ? arena_printf(request->arena, "%s%s%s", message(request->lang, ground), *duty->due_basis ? ": " : "", duty->due_basis)
                  : NULL);
  doc_text(shown, KEY("created"), moment(request->arena, duty->created_ms));
  doc_text(shown, KEY("completed"), moment(request->arena, duty->done_ms));
  doc_text(shown, KEY("evidenced"), moment(request->arena, duty->evidenced_ms));
  doc_text(shown, KEY("state_name"), duty->state);
  doc_int(shown, KEY("version"), duty->version);
  duty_show_state(request, shown, duty->state, duty->due_day);
  duty_show_due(request, shown, duty->state, duty->due_day);
  Doc *source = doc_object(shown, KEY("source"));
  doc_text(source, KEY("text"), duty->content);
  if (duty->plan_id) {
    Doc *plan = doc_object(shown, KEY("plan"));
    doc_text(plan, KEY("title"), message(request->lang, "Kế hoạch"));
    doc_text(plan, KEY("url"), arena_printf(request->arena, "/ke-hoach/%s", duty->plan_id));
  }
}

static gboolean add_partners(Request *request, const Duty *duty, Doc *answer, Doc *shown, GError **error) {
  Doc *leads = doc_list(answer, KEY("leads")), *partners = doc_list(answer, KEY("partner_rows"));
  Doc *names = doc_list(shown, KEY("partners"));
  if (!duty_store_parties(request, duty->id, "lead", leads, error) ||
      !duty_store_parties(request, duty->id, "partner", partners, error))
    return FALSE;
  for (const Doc *row = partners->first; row; row = row->next)
    doc_text(names, NULL, doc_get_text(row, KEY("name")));
  return TRUE;
}

gboolean duty_view(Request *request, Doc *answer, GError **error) {
  const char *id = input_text(request, "id");
  StoreConn *conn = request_read(request, error);
  if (conn && g_str_has_prefix(id, "NV-"))
    id = duty_store_id_of_code(conn, request->arena, id, error);
  if (!conn || !duty_require_seen(request, id ? id : "", error))
    return FALSE;
  const Duty *duty = duty_store_get(conn, request->arena, id, error);
  if (!duty)
    return FALSE;
  Doc *shown = doc_object(answer, KEY("duty"));
  doc_text(answer, KEY("page_title"), arena_printf(request->arena, "%s %s", duty->code, duty->title));
  doc_text(answer, KEY("list_url"), "/nhiem-vu");
  doc_int(answer, KEY("version"), duty->version);
  add_facts(request, duty, shown);
  add_note(request, duty, shown);
  return add_partners(request, duty, answer, shown, error) &&
         duty_store_proofs(request, id, doc_list(answer, KEY("proofs")), doc_list(answer, KEY("reports")), error) &&
         duty_store_siblings(request, duty, doc_list(answer, KEY("siblings")), error) &&
         duty_store_history(request, id, doc_list(answer, KEY("history")), error) && add_actions(request, duty, answer, error) &&
         app_add_beside(request, "duty", id, answer, error);
}

gboolean duty_new_form(Request *request, Doc *answer, GError **error) {
  doc_text(answer, KEY("list_url"), "/nhiem-vu");
  Doc *form = form_add(request, answer, KEY("form"), "duty.add", NULL, "Thêm nhiệm vụ");
  return duty_store_unit_choices(request, request->body_id, form, "lead", NULL, error) &&
         duty_store_add_people(request, request->body_id, form, "assignee", NULL, error);
}
