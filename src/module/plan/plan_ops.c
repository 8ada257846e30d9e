#include "core/request.h"
#include "module/plan/plan.h"
#include "module/plan/plan_file.h"
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

/* --- the table --- */

static const Field FILE_FIELDS[] = {{"file", FIELD_FILE, "Tệp kế hoạch (TXT, MD, DOCX, PDF, DOC)", TRUE}, {NULL}};
static const Field CHECK_FIELDS[] = {{"file", FIELD_FILE, "Tệp kế hoạch (TXT, MD, DOCX, PDF, DOC)", TRUE},
                                     {"on", FIELD_DAY, "Ngày xét hiệu lực văn bản (mặc định: hôm nay)"},
                                     {NULL}};

static const Operation OPERATIONS[] = {
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
};
