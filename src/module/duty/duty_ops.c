#include "base/date.h"
#include "core/body.h"
#include "core/file.h"
#include "core/message.h"
#include "core/user.h"
#include "module/duty/duty_act.h"
#include "module/duty/duty_jobs.h"
#include "module/duty/duty_law_run.h"
#include "module/duty/duty_pages.h"
#include "module/duty/duty_show.h"
#include <string.h>

/* The acts by the name of their operation. */
static const struct {
  const char *operation;
  DutyAction action;
} ACTS[] = {
    {"duty.assign",   {"assigned",  "duty.write",   "todo doing approval", NULL, FALSE, FALSE}},
    {"duty.move",     {"moved",     "duty.write",   "todo doing approval", NULL, FALSE, FALSE}},
    {"duty.edit",     {"edited",    "duty.write",   "todo doing approval", NULL, FALSE, FALSE}},
    {"duty.start",    {"started",   "duty.work",    "todo", "doing", FALSE, FALSE}},
    {"duty.submit",   {"submitted", "duty.work",    "todo doing", "approval", TRUE, FALSE}},
    {"duty.approve",  {"approved",  "duty.approve", "approval", "done", FALSE, FALSE}},
    {"duty.return",   {"returned",  "duty.approve", "approval", "doing", FALSE, TRUE}},
    {"duty.complete", {"completed", "duty.write",   "todo doing approval", "done", TRUE, FALSE}},
    {"duty.reopen",   {"reopened",  "duty.write",   "done na", "doing", FALSE, FALSE}},
    {"duty.waive",    {"waived",    "duty.approve", "todo doing approval", "na", FALSE, TRUE}},
    {"duty.evidence", {"evidenced", "duty.work",    "todo doing", "doing", TRUE, FALSE}},
    {"duty.prove",    {"proof",     "duty.work",    "todo doing approval done", NULL, TRUE, FALSE}},
    {"duty.report",   {"report",    "duty.work",    "todo doing approval", NULL, FALSE, TRUE}},
};

static const DutyAction *action_of(const Request *request) {
  for (gsize i = 0; i < G_N_ELEMENTS(ACTS); i++)
    if (strcmp(ACTS[i].operation, request->operation->name) == 0)
      return &ACTS[i].action;
  return NULL;
}

static gboolean take_file(Request *request, DutyAct *act, GError **error) {
  const InputFile *file = input_file(request, "file");
  char sha256[65];
  if (!file)
    return TRUE;
  if (!file_keep(request->app, file->path, sha256, &act->file_size, error))
    return FALSE;
  act->file_sha256 = arena_text(request->arena, sha256, -1);
  act->file_name = file->name;
  act->proof_kind = "file";
  return TRUE;
}

static gboolean take_lead(Request *request, DutyAct *act, GError **error) {
  const char *lead = input_text(request, "lead");
  StoreConn *conn = request_read(request, error);
  if (!lead || !conn)
    return conn != NULL;
  const Body *body = body_get(conn, request->arena, lead, error);
  if (!body)
    return request_refuse_field(request, "lead", "Không có đơn vị này.", error);
  act->lead_body_id = body->id;
  act->lead_name = body->name;
  return TRUE;
}

/* A link with words keeps both: the words, then the link on the last line. */
static void take_proof(const Request *request, DutyAct *act) {
  const char *link = input_text(request, "link");
  if (link && !act->proof_kind) {
    act->proof_kind = "link";
    act->proof_text = act->note && *act->note ? arena_printf(request->arena, "%s\n%s", act->note, link) : link;
  } else if (strcmp(act->action->event, "report") == 0) {
    act->proof_kind = "report";
    act->proof_text = act->note;
  }
}

/* Codes (NV-2026-0001) are as good as ids, on the command line and in REST. */
static gboolean take_ids(Request *request, DutyAct *act, GError **error) {
  const char *const *given = input_list(request, "ids");
  guint count = g_strv_length((char **)(gintptr)given);
  const char **ids = arena_alloc(request->arena, (count + 1) * sizeof *ids);
  StoreConn *conn = request_read(request, error);
  for (guint i = 0; conn && i < count; i++) {
    const char *id = g_str_has_prefix(given[i], "NV-") ? duty_store_id_of_code(conn, request->arena, given[i], error) : given[i];
    ids[i] = id ? id : given[i];
  }
  ids[count] = NULL;
  act->ids = ids;
  return conn != NULL;
}

static const char *sentence(const Request *request, const DutyAct *act) {
  return arena_printf(request->arena, "%s: %d %s.", message(request->lang, duty_event_label(act->action->event)), act->count,
                      message(request->lang, "nhiệm vụ"));
}

static gboolean run_act(Request *request, Doc *answer, GError **error) {
  DutyAct act = {
      .action = action_of(request),
      .version = input_int(request, "version", -1),
      .note = input_text(request, "note"),
      .due_day = input_text(request, "due"),
      .assignee_id = input_has(request, "assignee") ? (input_text(request, "assignee") ? input_text(request, "assignee") : "") : NULL,
      .title = input_text(request, "title"),
      .content = input_text(request, "content"),
  };
  if (!take_ids(request, &act, error) || !take_lead(request, &act, error) || !take_file(request, &act, error))
    return FALSE;
  take_proof(request, &act);
  if (!duty_act(request, &act, error))
    return FALSE;
  doc_int(answer, KEY("changed"), act.count);
  doc_text(answer, KEY("undo"), act.group_id);
  request->notice = sentence(request, &act);
  request->undo_path = "/nhiem-vu/hoan-tac";
  request->undo_token = act.group_id;
  return TRUE;
}

static gboolean run_undo(Request *request, Doc *answer, GError **error) {
  const char *group = input_text(request, "_undo") ? input_text(request, "_undo") : input_text(request, "undo");
  int count = 0;
  if (!group)
    return request_refuse_field(request, "undo", "Không nêu việc cần hoàn tác.", error);
  if (!duty_undo(request, group, &count, error))
    return FALSE;
  doc_int(answer, KEY("undone"), count);
  request->notice = arena_printf(request->arena, "%s: %d %s.", message(request->lang, "Đã hoàn tác"), count,
                                 message(request->lang, "nhiệm vụ"));
  return TRUE;
}

/* --- a duty outside any plan --- */

typedef struct {
  NewDuty duty;
  DutyParty lead;
  const char *assignee_id;
  const char *id;
} Addition;

static gboolean add_duty(Change *change, void *data, GError **error) {
  Addition *addition = data;
  return duty_insert(change, &addition->duty, &addition->id, error);
}

static gboolean run_add(Request *request, Doc *answer, GError **error) {
  DutyAct lead = {0};
  if (!request_require(request, "duty.write", request->body_id, error) || !take_lead(request, &lead, error))
    return FALSE;
  Addition addition = {.lead = {lead.lead_name, lead.lead_body_id, FALSE}};
  const char *content = input_text(request, "content");
  addition.duty = (NewDuty){
      .body_id = request->body_id, .task_ref = "", .section = "", .title = input_text(request, "title"),
      .content = content ? content : input_text(request, "title"), .leads = &addition.lead, .n_leads = lead.lead_name ? 1 : 0,
      .period = input_text(request, "period") ? input_text(request, "period") : "once", .due_day = input_text(request, "due"),
      .due_ground = input_text(request, "due") ? "edited" : "",
  };
  if (!request_change(request, add_duty, &addition, error))
    return FALSE;
  doc_text(answer, KEY("id"), addition.id);
  request->notice = message(request->lang, "Đã thêm nhiệm vụ.");
  return TRUE;
}

/* --- the table --- */

#define IDS {"ids", FIELD_IDS, "Nhiệm vụ", TRUE, .hidden = TRUE}
#define NOTE(label) {"note", FIELD_LONG_TEXT, label, FALSE, 0, 2000}
#define REASON(label) {"note", FIELD_LONG_TEXT, label, TRUE, 3, 2000}
#define VERSION {"version", FIELD_INT, "Phiên bản đang xem", .hidden = TRUE}

static const Choice PERIODS[] = {
    {"once", "một lần"},        {"yearly", "hằng năm"},         {"every_6_months", "06 tháng một lần"}, {"quarterly", "hằng quý"},
    {"monthly", "hằng tháng"},  {"continuous", "thường xuyên"}, {"on_event", "khi có sự cố"},           {"on_request", "khi có yêu cầu"},
    {NULL, NULL},
};
static const Choice TAB_CHOICES[] = {
    {"mo", "Chưa xong"}, {"cua-toi", "Của tôi"}, {"qua-han", "Quá hạn"}, {"7-ngay", "7 ngày tới"}, {"phe-duyet", "Chờ phê duyệt"},
    {"xong", "Hoàn thành"}, {NULL, NULL},
};

static const Field LIST_FIELDS[] = {
    {"tab", FIELD_CHOICE, "Bộ lọc", FALSE, .choices = TAB_CHOICES}, {"q", FIELD_TEXT, "Tìm"}, {"unit", FIELD_ID, "Đơn vị"},
    {"section", FIELD_TEXT, "Mục của kế hoạch"}, {"plan", FIELD_ID, "Kế hoạch"}, {"after", FIELD_TEXT, "Sau dòng"},
    {"limit", FIELD_INT, "Số dòng", FALSE, 1, 500}, {NULL},
};
static const Field VIEW_FIELDS[] = {{"id", FIELD_ID, "Nhiệm vụ", TRUE}, {NULL}};
static const Field ADD_FIELDS[] = {
    {"title", FIELD_TEXT, "Việc phải làm", TRUE, 3, 300},
    {"content", FIELD_LONG_TEXT, "Nội dung chi tiết"},
    {"lead", FIELD_CHOICE, "Đơn vị chủ trì"},
    {"due", FIELD_DAY, "Hạn"},
    {"period", FIELD_CHOICE, "Chu kỳ", FALSE, .choices = PERIODS},
    {NULL},
};
static const Field ASSIGN_FIELDS[] = {IDS, {"lead", FIELD_CHOICE, "Đơn vị chủ trì"}, {"assignee", FIELD_CHOICE, "Người thực hiện"},
                                      NOTE("Ghi chú"), VERSION, {NULL}};
static const Field MOVE_FIELDS[] = {IDS, {"due", FIELD_DAY, "Hạn mới", TRUE}, NOTE("Lý do"), VERSION, {NULL}};
static const Field EDIT_FIELDS[] = {IDS, {"title", FIELD_TEXT, "Việc phải làm", TRUE, 3, 300},
                                    {"content", FIELD_LONG_TEXT, "Nội dung chi tiết"}, VERSION, {NULL}};
static const Field PLAIN_FIELDS[] = {IDS, VERSION, {NULL}};
static const Field NOTE_FIELDS[] = {IDS, NOTE("Ghi chú"), VERSION, {NULL}};
static const Field REASON_FIELDS[] = {IDS, REASON("Lý do"), VERSION, {NULL}};
static const Field REPORT_FIELDS[] = {IDS, REASON("Tiến độ, khó khăn, đề xuất"), VERSION, {NULL}};
static const Field PROOF_FIELDS[] = {IDS,
                                     {"note", FIELD_LONG_TEXT, "Kết quả đã làm", FALSE, 0, 2000},
                                     {"file", FIELD_FILE, "Tệp minh chứng"},
                                     {"link", FIELD_TEXT, "Liên kết", FALSE, 0, 1000},
                                     VERSION,
                                     {NULL}};
static const Field UNDO_FIELDS[] = {{"_undo", FIELD_ID, "Việc cần hoàn tác"}, {"undo", FIELD_ID, "Việc cần hoàn tác"}, {NULL}};

static const Field LAW_PAGE_FIELDS[] = {{"past", FIELD_BOOL, "Cả việc của văn bản cũ mà các kế hoạch còn dẫn"}, {NULL}};
static const Field LAW_FIELDS[] = {{"past", FIELD_BOOL, "Cả việc của văn bản cũ mà các kế hoạch còn dẫn", .hidden = TRUE},
                                   {"dry_run", FIELD_BOOL, "Chỉ xem, không tạo", .hidden = TRUE},
                                   {NULL}};

static const Operation OPERATIONS[] = {
    {"duty.list", "GET", "/nhiem-vu", "duty.read", "Nhiệm vụ", duty_list, LIST_FIELDS, .page = "duty/list.html",
     .columns = "rows:code,state.label,due.day,lead,title"},
    {"duty.form", "GET", "/nhiem-vu/moi", "duty.write", "Thêm nhiệm vụ", duty_new_form, NULL, .page = "duty/form.html",
     .faces = FACE_WEB /* a form */},
    {"duty.law", "GET", "/nhiem-vu/tu-luat", "duty.write", "Việc định kỳ theo pháp luật chưa có trong danh sách", duty_law_page,
     LAW_PAGE_FIELDS, .page = "duty/law.html", .columns = "rows:day,period,lead,title"},
    {"duty.from_law", "POST", "/nhiem-vu/tu-luat", "duty.write", "Tạo nhiệm vụ từ việc định kỳ của pháp luật", duty_from_law, LAW_FIELDS,
     .after = "/nhiem-vu", .columns = "rows:day,period,lead,title"},
    {"duty.export", "GET", "/nhiem-vu/tep", "duty.read", "Xuất nhiệm vụ ra bảng tính", duty_export, NULL, .gives = GIVES_FILE},
    {"duty.view", "GET", "/nhiem-vu/{id}", "duty.read", "Xem một nhiệm vụ", duty_view, VIEW_FIELDS, .page = "duty/view.html",
     .columns = NULL, .versioned = TRUE},
    {"duty.add", "POST", "/nhiem-vu/moi", "duty.write", "Thêm nhiệm vụ ngoài kế hoạch", run_add, ADD_FIELDS, .after = "/nhiem-vu/{id}"},
    {"duty.assign", "POST", "/nhiem-vu/giao", "duty.write", "Giao việc cho đơn vị, người", run_act, ASSIGN_FIELDS, .versioned = TRUE},
    {"duty.move", "POST", "/nhiem-vu/doi-han", "duty.write", "Đổi hạn", run_act, MOVE_FIELDS, .versioned = TRUE},
    {"duty.edit", "POST", "/nhiem-vu/sua", "duty.write", "Sửa nội dung nhiệm vụ", run_act, EDIT_FIELDS, .versioned = TRUE},
    {"duty.start", "POST", "/nhiem-vu/bat-dau", "duty.work", "Bắt đầu thực hiện", run_act, PLAIN_FIELDS, .versioned = TRUE},
    {"duty.submit", "POST", "/nhiem-vu/trinh", "duty.work", "Trình phê duyệt kết quả", run_act, PROOF_FIELDS, .versioned = TRUE},
    {"duty.approve", "POST", "/nhiem-vu/phe-duyet", "duty.approve", "Phê duyệt hoàn thành", run_act, NOTE_FIELDS, .versioned = TRUE},
    {"duty.return", "POST", "/nhiem-vu/tra-lai", "duty.approve", "Trả lại để làm tiếp", run_act, REASON_FIELDS, .versioned = TRUE},
    {"duty.complete", "POST", "/nhiem-vu/hoan-thanh", "duty.write", "Hoàn thành, kèm minh chứng", run_act, PROOF_FIELDS,
     .versioned = TRUE},
    {"duty.reopen", "POST", "/nhiem-vu/mo-lai", "duty.write", "Mở lại", run_act, NOTE_FIELDS, .versioned = TRUE},
    {"duty.waive", "POST", "/nhiem-vu/khong-ap-dung", "duty.approve", "Không áp dụng, có lý do", run_act, REASON_FIELDS, .versioned = TRUE},
    {"duty.evidence", "POST", "/nhiem-vu/ghi-nhan", "duty.work", "Ghi nhận đã làm việc thường xuyên", run_act, PROOF_FIELDS,
     .versioned = TRUE},
    {"duty.prove", "POST", "/nhiem-vu/minh-chung", "duty.work", "Thêm minh chứng", run_act, PROOF_FIELDS, .versioned = TRUE},
    {"duty.report", "POST", "/nhiem-vu/tien-do", "duty.work", "Ghi tiến độ, khó khăn, đề xuất", run_act, REPORT_FIELDS, .versioned = TRUE},
    {"duty.undo", "POST", "/nhiem-vu/hoan-tac", "duty.work", "Hoàn tác việc vừa làm", run_undo, UNDO_FIELDS},
};

static const PermissionRow PERMISSIONS[] = {
    {"duty.read", ROLES_ALL, "Xem nhiệm vụ"},
    {"duty.work", ROLE_ADMIN | ROLE_LEADER | ROLE_OFFICER | ROLE_DISPATCHER | ROLE_MEMBER, "Làm nhiệm vụ, thêm minh chứng"},
    {"duty.write", ROLE_ADMIN | ROLE_LEADER | ROLE_OFFICER, "Giao, đổi hạn, hoàn thành nhiệm vụ"},
    {"duty.approve", ROLE_LEADER, "Phê duyệt kết quả nhiệm vụ"},
    {NULL},
};

static const SettingRow SETTINGS[] = {
    {"duty.escalate_days", FIELD_INT, "7", "Quá hạn bao nhiêu ngày thì báo lên cấp trên", NULL, 1, 365, .on_page = TRUE},
    {"duty.contact_days", FIELD_INT, "5", "Số ngày làm việc để thông báo thay đổi đầu mối",
     "Nghị định không nêu số ngày; đây là hạn gợi ý cho nhiệm vụ được tạo khi đầu mối thay đổi.", 1, 60, TRUE},
    {NULL},
};

static const MenuEntry MENU[] = {{"Nhiệm vụ", "/nhiem-vu", "duty.read", 50, FALSE, "duty"}, {NULL}};

static const char *link_of(Arena *arena, const char *type, const char *id) {
  return strcmp(type, "duty") == 0 ? arena_printf(arena, "/nhiem-vu/%s", id) : NULL;
}

static const EventHandler EVENTS[] = {{"contact.changed", duty_contact_changed}, {"proof.given", duty_proof_given}, {NULL}};

static gboolean sees(Request *request, const char *type, const char *id) {
  return strcmp(type, "duty") == 0 && duty_require_seen(request, id, NULL);
}

const Module duty_module = {
    .name = "duty",
    .operations = OPERATIONS(OPERATIONS),
    .permissions = PERMISSIONS,
    .menu = MENU,
    .board = duty_board,
    .calendar = duty_calendar,
    .badge = duty_badge,
    .late = duty_late,
    .body_row = duty_body_row,
    .beside = duty_beside,
    .link = link_of,
    .sees = sees,
    .jobs = DUTY_JOBS,
    .events = EVENTS,
    .settings = SETTINGS,
    .doctor = duty_doctor,
};
