#include "core/request.h"
#include "module/plan/plan.h"
#include "core/form.h"
#include "module/plan/plan_compose.h"
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

/* --- plans that are written here --- */

static const Choice ORIGINS[] = {{"outline", "Đề cương theo quy định"}, {"last_year", "Kế hoạch kỳ trước"}, {"above", "Kế hoạch của cấp trên"}, {NULL, NULL}};
static const Choice WAYS[] = {{"up", "Lên"}, {"down", "Xuống"}, {NULL, NULL}};
static const Choice KINDS[] = {{"docx", "DOCX"}, {"pdf", "PDF"}, {NULL, NULL}};

#define ID {"id", FIELD_ID, "Kế hoạch", TRUE}
#define VERSION {"version", FIELD_INT, "Phiên bản đang xem", .hidden = TRUE}
#define PART {"part", FIELD_TEXT, "Mục", TRUE, 1, 40, .hidden = TRUE}
#define TASK(required) {"task", FIELD_INT, "Nhiệm vụ thứ", required, 0, 2000, .hidden = TRUE}

static const Field DRAFT_FIELDS[] = {
    {"origin", FIELD_CHOICE, "Soạn từ", TRUE, .choices = ORIGINS},
    {"from_year", FIELD_INT, "Kỳ: từ năm", FALSE, 2000, 2100, .help = "Bản nháp từ kế hoạch kỳ trước tự chuyển sang kỳ tiếp theo."},
    {"to_year", FIELD_INT, "Kỳ: đến năm", FALSE, 2000, 2100},
    {"from", FIELD_ID, "Kế hoạch dùng làm gốc (mặc định: kế hoạch đang hiệu lực)"},
    {"body", FIELD_ID, "Cơ quan ban hành (mặc định: đơn vị đang làm việc)"},
    {NULL},
};
static const Field COMPOSE_FIELDS[] = {ID, {"part", FIELD_TEXT, "Mục đang sửa", FALSE, 0, 40}, {"task", FIELD_INT, "Nhiệm vụ đang sửa", FALSE, 0, 2000}, {NULL}};
static const Field HEAD_FIELDS[] = {
    ID,
    {"title", FIELD_LONG_TEXT, "Tên kế hoạch", TRUE, 3, 1000},
    {"number", FIELD_TEXT, "Số", FALSE, 0, 10, .help = "Để trống khi chưa lấy số."},
    {"symbol", FIELD_TEXT, "Ký hiệu", TRUE, 2, 40},
    {"issued", FIELD_DAY, "Ngày ký"},
    {"place", FIELD_TEXT, "Địa danh", FALSE, 0, 100},
    {"superior", FIELD_TEXT, "Cơ quan chủ quản", FALSE, 0, 200},
    {"issuer", FIELD_TEXT, "Cơ quan ban hành", TRUE, 3, 200},
    {"period_from", FIELD_DAY, "Kỳ: từ ngày"},
    {"period_to", FIELD_DAY, "Kỳ: đến ngày"},
    {"issuing", FIELD_LONG_TEXT, "Câu ban hành", FALSE, 0, 1000},
    {"authority", FIELD_LONG_TEXT, "Quyền hạn, chức vụ người ký", FALSE, 0, 300, .help = "Mỗi dòng một phần: TM. ỦY BAN NHÂN DÂN, rồi CHỦ TỊCH."},
    {"signer", FIELD_TEXT, "Người ký", FALSE, 0, 100},
    VERSION,
    {NULL},
};
static const Field BASES_FIELDS[] = {
    ID,
    {"bases", FIELD_LONG_TEXT, "Căn cứ", FALSE, 0, 20000, .help = "Mỗi dòng một căn cứ, kết thúc bằng dấu chấm phẩy."},
    {"recipients", FIELD_LONG_TEXT, "Nơi nhận", FALSE, 0, 5000, .help = "Mỗi dòng một nơi nhận, dòng cuối là nơi lưu."},
    VERSION,
    {NULL},
};
static const Field PART_FIELDS[] = {
    ID, PART,
    {"title", FIELD_TEXT, "Tên mục", FALSE, 0, 500},
    {"text", FIELD_LONG_TEXT, "Nội dung", FALSE, 0, 60000, .help = "Mỗi dòng một đoạn. Việc viết liền trong đoạn cũng được nhận nếu có Đơn vị chủ trì, Thời gian."},
    {"rows", FIELD_LONG_TEXT, "Bảng", FALSE, 0, 60000, .help = "Chỉ khi mục có bảng: mỗi dòng một hàng, các ô cách nhau bằng dấu |."},
    VERSION,
    {NULL},
};
static const Field PART_ADD_FIELDS[] = {
    ID,
    {"part", FIELD_TEXT, "Đứng sau mục", FALSE, 0, 40, .hidden = TRUE},
    {"level", FIELD_INT, "Cấp của mục", FALSE, 1, 3, .help = "1 là I, II; 2 là 1, 2; 3 là 1.1, 1.2."},
    {"title", FIELD_TEXT, "Tên mục", TRUE, 2, 500},
    {"text", FIELD_LONG_TEXT, "Nội dung", FALSE, 0, 60000},
    {"tasks", FIELD_BOOL, "Có bảng nhiệm vụ"},
    VERSION,
    {NULL},
};
static const Field PART_ONLY_FIELDS[] = {ID, PART, VERSION, {NULL}};
static const Field PART_MOVE_FIELDS[] = {ID, PART, {"to", FIELD_CHOICE, "Hướng", TRUE, .choices = WAYS, .hidden = TRUE}, VERSION, {NULL}};
static const Field TASK_FIELDS[] = {
    ID, PART, TASK(FALSE),
    {"content", FIELD_LONG_TEXT, "Nội dung công việc", TRUE, 3, 10000},
    {"lead", FIELD_TEXT, "Đơn vị chủ trì", FALSE, 0, 2000, .help = "Nhiều đơn vị cách nhau bằng dấu chấm phẩy."},
    {"coordinate", FIELD_LONG_TEXT, "Đơn vị phối hợp", FALSE, 0, 5000},
    {"time", FIELD_TEXT, "Thời gian thực hiện", FALSE, 0, 500, .help = "Ví dụ: Quý I/2027; 06 tháng một lần; khi có sự cố."},
    {"product", FIELD_TEXT, "Sản phẩm", FALSE, 0, 1000},
    VERSION,
    {NULL},
};
static const Field TASK_ONLY_FIELDS[] = {ID, PART, TASK(TRUE), VERSION, {NULL}};
static const Field TASK_MOVE_FIELDS[] = {ID, PART, TASK(TRUE), {"to", FIELD_CHOICE, "Hướng", TRUE, .choices = WAYS, .hidden = TRUE}, VERSION, {NULL}};
static const Field UNDO_FIELDS[] = {{"_undo", FIELD_TEXT, "Việc cần hoàn tác", .hidden = TRUE}, {"undo", FIELD_TEXT, "Việc cần hoàn tác"}, {NULL}};
static const Field STEP_FIELDS[] = {ID, VERSION, {NULL}};
static const Field RETURN_FIELDS[] = {ID, {"note", FIELD_LONG_TEXT, "Lý do trả lại", TRUE, 3, 2000}, VERSION, {NULL}};
static const Field DELETE_FIELDS[] = {ID, {"code", FIELD_TEXT, "Gõ mã của bản nháp để xóa", TRUE, 1, 40}, VERSION, {NULL}};
static const Field DIFF_FIELDS[] = {ID, {"voi", FIELD_ID, "So với kế hoạch (mặc định: kế hoạch trước hoặc cấp trên)"}, {NULL}};
static const Field EXPORT_FIELDS[] = {ID, {"dang", FIELD_CHOICE, "Dạng tệp (mặc định: DOCX)", FALSE, .choices = KINDS}, {NULL}};
static const Field CASCADE_FIELDS[] = {ID, {"bodies", FIELD_IDS, "Đơn vị", TRUE}, {NULL}};

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
    {"plan.draft_form", "GET", "/ke-hoach/soan", "plan.write", "Soạn kế hoạch", plan_draft_form, NULL, .page = "plan/form.html",
     .faces = PAGE_ONLY},
    {"plan.draft", "POST", "/ke-hoach/soan", "plan.write", "Tạo bản nháp kế hoạch", plan_draft_start, DRAFT_FIELDS,
     .after = "/ke-hoach/{id}/soan"},
    {"plan.compose", "GET", "/ke-hoach/{id}/soan", "plan.write", "Soạn bản nháp", plan_compose_page, COMPOSE_FIELDS,
     .page = "plan/edit.html", .columns = "parts:key,label,state.label,title", .versioned = TRUE},
    {"plan.head", "POST", "/ke-hoach/{id}/soan/dau", "plan.write", "Sửa phần đầu, thẩm quyền ký của bản nháp", plan_edit_run, HEAD_FIELDS,
     .versioned = TRUE},
    {"plan.bases", "POST", "/ke-hoach/{id}/soan/can-cu", "plan.write", "Sửa căn cứ, nơi nhận của bản nháp", plan_edit_run, BASES_FIELDS,
     .versioned = TRUE},
    {"plan.part", "POST", "/ke-hoach/{id}/soan/muc", "plan.write", "Sửa một mục của bản nháp", plan_edit_run, PART_FIELDS, .versioned = TRUE},
    {"plan.part_add", "POST", "/ke-hoach/{id}/soan/them-muc", "plan.write", "Thêm mục vào bản nháp", plan_edit_run, PART_ADD_FIELDS,
     .versioned = TRUE},
    {"plan.part_remove", "POST", "/ke-hoach/{id}/soan/bo-muc", "plan.write", "Bỏ một mục của bản nháp", plan_edit_run, PART_ONLY_FIELDS,
     .versioned = TRUE},
    {"plan.part_move", "POST", "/ke-hoach/{id}/soan/chuyen-muc", "plan.write", "Đổi thứ tự mục của bản nháp", plan_edit_run,
     PART_MOVE_FIELDS, .versioned = TRUE},
    {"plan.task", "POST", "/ke-hoach/{id}/soan/nhiem-vu", "plan.write", "Thêm, sửa nhiệm vụ của bản nháp", plan_edit_run, TASK_FIELDS,
     .after = "/ke-hoach/{id}/soan?part={part}", .versioned = TRUE},
    {"plan.task_remove", "POST", "/ke-hoach/{id}/soan/bo-nhiem-vu", "plan.write", "Bỏ nhiệm vụ của bản nháp", plan_edit_run,
     TASK_ONLY_FIELDS, .after = "/ke-hoach/{id}/soan?part={part}", .versioned = TRUE},
    {"plan.task_move", "POST", "/ke-hoach/{id}/soan/chuyen-nhiem-vu", "plan.write", "Đổi thứ tự nhiệm vụ của bản nháp", plan_edit_run,
     TASK_MOVE_FIELDS, .after = "/ke-hoach/{id}/soan?part={part}", .versioned = TRUE},
    {"plan.undo", "POST", "/ke-hoach/soan/hoan-tac", "plan.write", "Hoàn tác việc bỏ mục, nhiệm vụ", plan_edit_undo, UNDO_FIELDS},
    {"plan.submit", "POST", "/ke-hoach/{id}/trinh", "plan.write", "Trình phê duyệt bản nháp", plan_submit, STEP_FIELDS, .versioned = TRUE},
    {"plan.return", "POST", "/ke-hoach/{id}/tra-lai", "plan.approve", "Trả lại bản nháp để sửa", plan_return, RETURN_FIELDS,
     .versioned = TRUE},
    {"plan.approve", "POST", "/ke-hoach/{id}/phe-duyet", "plan.approve", "Phê duyệt kế hoạch, tạo nhiệm vụ", plan_approve, STEP_FIELDS,
     .versioned = TRUE},
    {"plan.delete", "POST", "/ke-hoach/{id}/xoa", "plan.write", "Xóa bản nháp", plan_delete, DELETE_FIELDS, .after = "/ke-hoach",
     .versioned = TRUE},
    {"plan.diff", "GET", "/ke-hoach/{id}/so-sanh", "plan.read", "So sánh hai kế hoạch", plan_diff, DIFF_FIELDS, .page = "plan/diff.html",
     .columns = "rows:change,group,section"},
    {"plan.export", "GET", "/ke-hoach/{id}/tep", "plan.read", "Xuất kế hoạch thành văn bản DOCX, PDF", plan_export, EXPORT_FIELDS,
     .gives = GIVES_FILE},
    {"plan.cascade_form", "GET", "/ke-hoach/{id}/trien-khai", "plan.write", "Triển khai kế hoạch xuống đơn vị dưới", plan_cascade_form,
     STEP_FIELDS, .page = "plan/cascade.html", .columns = "rows:id,plan.title,name"},
    {"plan.cascade", "POST", "/ke-hoach/{id}/trien-khai", "plan.write", "Tạo bản nháp cho các đơn vị dưới", plan_cascade, CASCADE_FIELDS,
     .after = "/ke-hoach/{id}/trien-khai", .columns = "made:id,body"},
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

static const MenuEntry MENU[] = {{"Kế hoạch", "/ke-hoach", "plan.read", 40, FALSE, NULL, FALSE}, {NULL}};

const Module plan_module = {
    .name = "plan",
    .operations = OPERATIONS(OPERATIONS),
    .permissions = PERMISSIONS,
    .menu = MENU,
    .link = link_of,
    .jobs = PLAN_JOBS,
    .board = plan_board,
};
