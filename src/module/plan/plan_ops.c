#include "core/request.h"
#include "module/plan/plan.h"
#include "core/form.h"
#include "module/plan/plan_file.h"
#include "module/plan/plan_import.h"
#include "module/plan/plan_pages.h"
#include <string.h>

/* --- without any database --- */

static void answer_with(Doc *answer, const json_t *object) {
  const char *key;
  json_t *value;
  json_object_foreach((json_t *)(gintptr)object, key, value) {
    doc_json(answer, g_intern_string(key), value);
  }
}

static gboolean run_read(Request *request, Doc *answer, GError **error) {
  const InputFile *input = input_file(request, "file");
  g_autoptr(PlanFile) file = plan_file_read(request, input->path, input->name, error);
  if (!file)
    return FALSE;
  answer_with(answer, file->reading);
  return TRUE;
}

static gboolean run_check(Request *request, Doc *answer, GError **error) {
  const InputFile *input = input_file(request, "file");
  g_autoptr(PlanFile) file = plan_file_load(request, input->path, input->name, input_text(request, "on"), error);
  if (!file)
    return FALSE;
  answer_with(answer, file->findings);
  if (plan_findings_count(file->findings, "error"))
    request->outcome = ERROR_CHECK;
  return TRUE;
}

gboolean plan_add_actions(Request *request, const Plan *plan, Doc *answer, GError **error) {
  (void)request, (void)plan, (void)error;
  doc_list(answer, KEY("buttons"));
  doc_list(answer, KEY("actions"));
  return TRUE;
}

static const char *link_of(Arena *arena, const char *type, const char *id) {
  return strcmp(type, "plan") == 0 ? arena_printf(arena, "/ke-hoach/%s", id) : NULL;
}

/* --- the table --- */

static const Field FILE_FIELDS[] = {{"file", FIELD_FILE, "Tệp kế hoạch (TXT, MD, DOCX, PDF, DOC)", TRUE}, {NULL}};
static const Field CHECK_FIELDS[] = {{"file", FIELD_FILE, "Tệp kế hoạch (TXT, MD, DOCX, PDF, DOC)", TRUE},
                                     {"on", FIELD_DAY, "Ngày xét hiệu lực văn bản (mặc định: hôm nay)"},
                                     {NULL}};

static const Field IMPORT_FIELDS[] = {{"file", FIELD_FILE, "Tệp kế hoạch (TXT, MD, DOCX, PDF, DOC)", TRUE},
                                      {"body", FIELD_ID, "Cơ quan ban hành (mặc định: đơn vị đang làm việc)"},
                                      {"dry_run", FIELD_BOOL, "Chỉ thử, không lưu"},
                                      {NULL}};
static const Field STAGE_FIELDS[] = {{"import", FIELD_ID, "Lần nhập", TRUE}, {NULL}};
static const Field REVIEW_FIELDS[] = {{"import", FIELD_ID, "Lần nhập", TRUE}, {"version", FIELD_INT, "Phiên bản đang xem"}, {NULL}};
static const Field CONFIRM_FIELDS[] = {{"import", FIELD_ID, "Lần nhập", TRUE}, {"unit", FIELD_IDS, "Đơn vị mới sẽ được tạo"}, {NULL}};
static const Field LIST_FIELDS[] = {{"state", FIELD_TEXT, "Trạng thái", FALSE, 0, 20}, {"after", FIELD_ID, "Sau dòng"}, {NULL}};
static const Field VIEW_FIELDS[] = {{"id", FIELD_ID, "Kế hoạch", TRUE}, {"muc", FIELD_TEXT, "Phần", FALSE, 0, 20}, {NULL}};

#define PAGE_ONLY FACE_WEB /* the steps of the page; programs call plan.import */

static const Operation OPERATIONS[] = {
    {"plan.list", "GET", "/ke-hoach", "plan.read", "Kế hoạch", plan_list, LIST_FIELDS, .page = "plan/list.html",
     .columns = "rows:code,state.label,number,period,title"},
    {"plan.import", "POST", "/ke-hoach/nhap-ngay", "plan.write", "Nhập một tệp kế hoạch và tạo nhiệm vụ", plan_import, IMPORT_FIELDS,
     .faces = FACE_API | FACE_CLI /* the page imports in three steps */},
    {"plan.import_form", "GET", "/ke-hoach/nhap", "plan.write", "Nhập kế hoạch: chọn tệp", plan_import_form, NULL,
     .page = "plan/import.html", .faces = PAGE_ONLY},
    {"plan.stage", "POST", "/ke-hoach/nhap", "plan.write", "Đọc và kiểm tra tệp đã chọn", plan_stage, FILE_FIELDS,
     .after = "/ke-hoach/nhap/{import}", .faces = PAGE_ONLY},
    {"plan.review", "GET", "/ke-hoach/nhap/{import}", "plan.write", "Nhập kế hoạch: xem lại", plan_review, STAGE_FIELDS,
     .page = "plan/review.html", .faces = PAGE_ONLY},
    {"plan.review_save", "POST", "/ke-hoach/nhap/{import}", "plan.write", "Giữ nội dung đã sửa của lần nhập", plan_review_save,
     REVIEW_FIELDS, .after = "/ke-hoach/nhap/{import}/xac-nhan", .faces = PAGE_ONLY},
    {"plan.confirm_form", "GET", "/ke-hoach/nhap/{import}/xac-nhan", "plan.write", "Nhập kế hoạch: xác nhận", plan_confirm_form,
     STAGE_FIELDS, .page = "plan/confirm.html", .faces = PAGE_ONLY},
    {"plan.confirm", "POST", "/ke-hoach/nhap/{import}/xac-nhan", "plan.write", "Xác nhận nhập kế hoạch, tạo nhiệm vụ", plan_confirm,
     CONFIRM_FIELDS, .after = "/ke-hoach/{id}", .faces = PAGE_ONLY},
    {"plan.discard", "POST", "/ke-hoach/nhap/{import}/huy", "plan.write", "Bỏ lần nhập", plan_discard, STAGE_FIELDS,
     .after = "/ke-hoach", .faces = PAGE_ONLY},
    {"plan.view", "GET", "/ke-hoach/{id}", "plan.read", "Xem một kế hoạch", plan_view, VIEW_FIELDS, .page = "plan/view.html",
     .columns = "duties:code,state.label,due.day,lead,title", .versioned = TRUE},
    {"plan.read", "POST", "/ke-hoach/doc", "plan.read", "Đọc một tệp kế hoạch thành dữ liệu, không lưu", run_read, FILE_FIELDS,
     .columns = "tasks:id,time.kind,lead,content", .needs = NEEDS_NOTHING, .faces = FACE_API | FACE_CLI /* the page imports */},
    {"plan.check", "POST", "/ke-hoach/kiem-tra", "plan.read", "Kiểm tra một tệp kế hoạch, không lưu", run_check, CHECK_FIELDS,
     .columns = "defects:severity,line,code,found", .needs = NEEDS_NOTHING, .faces = FACE_API | FACE_CLI /* the page imports */},
};

static const PermissionRow PERMISSIONS[] = {
    {"plan.read", ROLES_ALL, "Xem kế hoạch"},
    {"plan.write", ROLE_ADMIN | ROLE_LEADER | ROLE_OFFICER, "Nhập, soạn kế hoạch"},
    {"plan.approve", ROLE_LEADER, "Phê duyệt kế hoạch"},
    {NULL},
};

static const MenuEntry MENU[] = {{"Kế hoạch", "/ke-hoach", "plan.read", 40, FALSE, "plan"}, {NULL}};

const Module plan_module = {
    .name = "plan",
    .operations = OPERATIONS(OPERATIONS),
    .permissions = PERMISSIONS,
    .menu = MENU,
    .link = link_of,
};
