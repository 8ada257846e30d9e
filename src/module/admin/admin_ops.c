#include "core/audit.h"
#include "core/law.h"
#include "core/request.h"
#include "core/setting.h"
#include "module/admin/admin.h"

static gboolean verify_audit(Request *request, Doc *answer, GError **error) {
  AuditVerdict verdict;
  if (!audit_verify(request->app->store, request->app->home, &verdict, error))
    return FALSE;
  doc_bool(answer, KEY("whole"), verdict.problem == NULL);
  doc_int(answer, KEY("entries"), verdict.entries);
  doc_int(answer, KEY("chains"), verdict.chains);
  doc_text_copy(answer, KEY("problem"), verdict.problem);
  if (verdict.problem)
    request->outcome = ERROR_CHECK;
  audit_verdict_clear(&verdict);
  return TRUE;
}

/* Every problem of data/law, not only the first: what one runs after editing an act. */
static gboolean check_law(Request *request, Doc *answer, GError **error) {
  g_autofree char *folder = g_build_filename(request->app->data_dir, "law", NULL);
  g_autoptr(GPtrArray) problems = law_check(folder);
  Doc *rows = doc_list(answer, KEY("problems"));
  (void)error;
  for (guint i = 0; i < problems->len; i++)
    doc_text_copy(doc_object(rows, NULL), KEY("problem"), g_ptr_array_index(problems, i));
  doc_int(answer, KEY("count"), problems->len);
  doc_text_copy(answer, KEY("folder"), folder);
  if (problems->len)
    request->outcome = ERROR_CHECK;
  else
    request->notice = "Dữ liệu pháp luật không có lỗi.";
  return TRUE;
}

static const Operation OPERATIONS[] = {
    {"law.check", "GET", "/cai-dat/phap-luat/kiem-tra", "admin.read", "Kiểm tra dữ liệu pháp luật (data/law)", check_law, NULL,
     .columns = "problems:problem", .needs = NEEDS_NOTHING, .faces = FACE_API | FACE_CLI /* for who edits the data */},
    {"audit.verify", "GET", "/cai-dat/so-ghi/kiem-tra", "admin.read", "Kiểm tra sổ ghi có bị sửa, xóa, đổi chỗ hay cắt đuôi",
     verify_audit, .page = NULL},
};

static const PermissionRow PERMISSIONS[] = {
    {"admin.read", ROLE_ADMIN | ROLE_LEADER, "Xem cài đặt, sổ ghi"},
    {"admin.write", ROLE_ADMIN, "Đổi cài đặt, sao lưu"},
    {NULL},
};

static const SettingRow SETTINGS[] = {
    {"server.address", FIELD_TEXT, "127.0.0.1", "Địa chỉ máy chủ lắng nghe", NULL},
    {"server.port", FIELD_INT, "8686", "Cổng", NULL, 0, 65535},
    {"server.workers", FIELD_INT, "0", "Số luồng xử lý", "0: bằng số nhân của máy", 0, 64},
    {"server.user", FIELD_TEXT, "", "Tài khoản máy chạy máy chủ", "Khi khởi động bằng root thì chuyển sang tài khoản này"},
    {"server.https", FIELD_BOOL, "0", "Có HTTPS phía trước", "1: cookie chỉ gửi qua HTTPS"},
    {"server.upload_megabytes", FIELD_INT, "64", "Tệp gửi lên lớn nhất (MB)", NULL, 1, 100000},
    {"store.url", FIELD_TEXT, "", "Kho dữ liệu", "Để trống: SQLite trong thư mục dữ liệu; postgresql://… cho PostgreSQL"},
    {NULL},
};

const Module admin_module = {
    .name = "admin",
    .operations = OPERATIONS(OPERATIONS),
    .permissions = PERMISSIONS,
    .settings = SETTINGS,
};
