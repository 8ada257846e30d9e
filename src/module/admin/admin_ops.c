#include "module/admin/admin.h"
#include "module/admin/admin_pages.h"

static const Choice JOB_STATES[] = {{"cho", "Đang chờ"}, {"loi", "Lỗi"}, {"xong", "Đã xong"}, {NULL, NULL}};

static const Field SETTING_FIELDS[] = {
    {"key", FIELD_TEXT, "Khóa cài đặt", TRUE, 3, 60}, {"value", FIELD_TEXT, "Giá trị"}, {NULL}};
static const Field AUDIT_FIELDS[] = {
    {"operation", FIELD_TEXT, "Thao tác (tên lệnh)"}, {"person", FIELD_TEXT, "Tên đăng nhập"},
    {"subject", FIELD_ID, "Mã đối tượng"},            {"system", FIELD_BOOL, "Phần của cả hệ thống"},
    {"before", FIELD_INT, "Trước dòng số"},           {"limit", FIELD_INT, "Số dòng", FALSE, 1, 500},
    {NULL},
};
static const Field BACKUP_FIELDS[] = {
    {"to", FIELD_TEXT, "Thư mục mới để chứa bản sao lưu", .help = "Chỉ trên dòng lệnh; để trống thì vào thư mục sao lưu."}, {NULL}};
static const Field VERIFY_FIELDS[] = {{"backup", FIELD_TEXT, "Bản sao lưu", TRUE, 1, 1000}, {NULL}};
static const Field JOB_FIELDS[] = {
    {"state", FIELD_CHOICE, "Trạng thái", FALSE, .choices = JOB_STATES}, {"after", FIELD_ID, "Sau dòng"},
    {"limit", FIELD_INT, "Số dòng", FALSE, 1, 500}, {NULL},
};
static const Field JOB_ID_FIELDS[] = {{"id", FIELD_ID, "Việc nền", TRUE}, {NULL}};
static const Field FILE_FIELDS[] = {{"id", FIELD_ID, "Tệp", TRUE}, {NULL}};
static const Field LAW_FIELDS[] = {{"folder", FIELD_TEXT, "Thư mục dữ liệu pháp luật"}, {NULL}};

static const Operation OPERATIONS[] = {
    {"setting.list", "GET", "/cai-dat", "admin.read", "Cài đặt", setting_list, NULL, .page = "setting/index.html",
     .columns = "rows:key,value,label"},
    {"setting.save", "POST", "/cai-dat", "admin.write", "Lưu các cài đặt của trang", setting_save, NULL, .after = "/cai-dat",
     .faces = FACE_WEB /* the page sends all at once; programs change one: setting.change */},
    {"setting.change", "POST", "/cai-dat/doi", "admin.write", "Đổi một cài đặt", setting_set, SETTING_FIELDS,
     .faces = FACE_API | FACE_CLI /* the page has its own form */},

    {"audit.list", "GET", "/cai-dat/nhat-ky", "admin.read", "Nhật ký hệ thống", audit_page, AUDIT_FIELDS,
     .page = "setting/audit.html", .columns = "rows:number,time,who,operation,subject.title"},
    {"audit.verify", "GET", "/cai-dat/nhat-ky/kiem-tra", "admin.read",
     "Kiểm tra nhật ký có bị sửa, xóa, đổi chỗ hay cắt đuôi", audit_verify_page, NULL, .page = "setting/audit.html"},
    {"audit.seal", "POST", "/cai-dat/nhat-ky/niem-phong", "admin.write", "Niêm phong nhật ký hệ thống", audit_seal_now, NULL,
     .after = "/cai-dat/nhat-ky"},

    {"backup.list", "GET", "/cai-dat/sao-luu", "admin.read", "Sao lưu", backup_page, NULL, .page = "setting/backup.html",
     .columns = "rows:name,time,size,state.label"},
    {"backup.run", "POST", "/cai-dat/sao-luu", "admin.write", "Sao lưu ngay và kiểm tra bản sao", backup_run, BACKUP_FIELDS,
     .after = "/cai-dat/sao-luu"},
    {"backup.verify", "GET", "/cai-dat/sao-luu/kiem-tra", "admin.read", "Kiểm tra một bản sao lưu bằng cách phục hồi thử",
     backup_verify_one, VERIFY_FIELDS, .faces = FACE_API | FACE_CLI /* the page verifies each when it is made */},
    {"backup.restore", "POST", "/cai-dat/sao-luu/phuc-hoi", PERMISSION_PUBLIC, "Phục hồi bản sao lưu vào thư mục dữ liệu trống",
     backup_restore_here, VERIFY_FIELDS, .needs = NEEDS_NOTHING,
     .faces = FACE_CLI /* there is no store yet, so no user: whoever may write the folder */},

    {"job.list", "GET", "/cai-dat/viec-nen", "admin.read", "Việc nền", job_page, JOB_FIELDS, .page = "setting/jobs.html",
     .columns = "rows:id,name,state.label,at,attempts,error"},
    {"job.retry", "POST", "/cai-dat/viec-nen/{id}/chay-lai", "admin.write", "Chạy lại một việc nền bị lỗi", job_retry,
     JOB_ID_FIELDS, .after = "/cai-dat/viec-nen"},

    {"system.doctor", "GET", "/cai-dat/kiem-tra", "admin.read", "Kiểm tra máy và dữ liệu", system_doctor, NULL,
     .page = "setting/doctor.html", .columns = "rows:name,state.label,text"},
    {"permission.matrix", "GET", "/cai-dat/phan-quyen", PERMISSION_SIGNED_IN, "Phân quyền", permission_matrix_page, NULL,
     .page = "setting/matrix.html", .columns = "rows:operation,permission,roles"},
    {"law.check", "GET", "/cai-dat/phap-luat/kiem-tra", PERMISSION_PUBLIC, "Kiểm tra dữ liệu pháp luật", law_check_data, LAW_FIELDS,
     .columns = "rows:problem", .needs = NEEDS_NOTHING, .faces = FACE_CLI /* for those who write the data, without a store */},
    {"file.get", "GET", "/tep/{id}", "file.read", "Tải một tệp đính kèm", file_get, FILE_FIELDS, .gives = GIVES_FILE},
};

static const PermissionRow PERMISSIONS[] = {
    {"admin.read", ROLE_ADMIN | ROLE_LEADER, "Xem cài đặt, nhật ký"},
    {"admin.write", ROLE_ADMIN, "Đổi cài đặt, sao lưu"},
    {"file.read", ROLES_ALL, "Tải tệp đính kèm của hồ sơ được xem"},
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
    {"backup.folder", FIELD_TEXT, "", "Thư mục sao lưu", "Để trống: backups trong thư mục dữ liệu; nên đặt trên ổ đĩa khác"},
    {"backup.keep", FIELD_INT, "14", "Số bản sao lưu giữ lại", "Sao lưu lúc 02:00 hằng đêm; bản cũ hơn bị xóa", 1, 1000, .on_page = TRUE},
    {NULL},
};

static const MenuEntry MENU[] = {{"Cài đặt", "/cai-dat", "admin.read", 130, TRUE, .other_path = "/cai-dat/nguon-nhat-ky", .other_permission = "source.read"}, {NULL}};

const Module admin_module = {
    .name = "admin",
    .operations = OPERATIONS(OPERATIONS),
    .permissions = PERMISSIONS,
    .settings = SETTINGS,
    .jobs = ADMIN_JOBS,
    .menu = MENU,
    .board = admin_board,
};
