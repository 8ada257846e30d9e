#include "module/collect/collect.h"
#include "module/collect/collect_keep.h"
#include "module/collect/collect_kind.h"
#include "module/collect/collect_pages.h"
#include <string.h>

#define SOURCE {"id", FIELD_ID, "Nguồn nhật ký", TRUE}
#define VERSION {"version", FIELD_INT, "Phiên bản đang xem", .hidden = TRUE}
#define PATH "/cai-dat/nguon-nhat-ky"
#define STORED "/cai-dat/nhat-ky-luu"

static const Choice TABS[] = {{"da-ngung", "Đã ngừng"}, {NULL, NULL}};

#define FACTS                                                                                                          \
  {"name", FIELD_TEXT, "Tên nguồn", TRUE, 2, 200},                                                                     \
      {"kind", FIELD_CHOICE, "Loại", TRUE, .choices = COLLECT_KINDS},                                                  \
      {"address", FIELD_TEXT, "Địa chỉ thiết bị gửi", FALSE, 0, 60, .help = "Địa chỉ IP hoặc dải, ví dụ 192.168.1.1 hay 10.10.0.0/16. Chỉ với nguồn gửi tới (syslog)."}, \
      {"host", FIELD_TEXT, "Tên máy trong bản ghi", FALSE, 0, 255, .help = "Khi nhiều máy gửi qua một địa chỉ."},        \
      {"path", FIELD_TEXT, "Tệp", FALSE, 0, 500, .help = "Đường dẫn đầy đủ trên máy này, dùng được * và ?. Chỉ với nguồn đọc tệp."}, \
      {"body", FIELD_CHOICE, "Đơn vị"},                                                                                \
      {"system", FIELD_CHOICE, "Hệ thống", .help = "Cảnh báo và thời hạn lưu theo cấp độ của hệ thống này."},            \
      {"way", FIELD_CHOICE, "Cách nhận", .choices = COLLECT_WAYS, .help = "Để trống: theo loại."},                      \
      {"format", FIELD_CHOICE, "Định dạng", .choices = COLLECT_FORMATS, .help = "Để trống: theo loại."},                \
      {"silent_minutes", FIELD_INT, "Báo khi im lặng quá (phút)", FALSE, 0, 100000, .help = "0: không báo. Để trống: theo loại."}, \
      {"keep_months", FIELD_INT, "Thời hạn lưu (tháng)", FALSE, 1, KEEP_MONTHS_MOST, .help = "Mặc định 12 tháng."},      \
      {"offset_minutes", FIELD_INT, "Lệch giờ của thiết bị so với UTC (phút)", FALSE, -840, 840, .help = "Chỉ dùng khi bản ghi không nói múi giờ. Mặc định 420 (giờ Việt Nam)."}

static const Field LIST_FIELDS[] = {{"loc", FIELD_CHOICE, "Bộ lọc", .choices = TABS}, {"after", FIELD_ID, "Sau dòng"}, {"limit", FIELD_INT, "Số dòng", FALSE, 1, 500}, {NULL}};
static const Field NEW_FIELDS[] = {{"address", FIELD_TEXT, "Địa chỉ thiết bị gửi", FALSE, 0, 60}, {"host", FIELD_TEXT, "Tên máy trong bản ghi", FALSE, 0, 255}, {NULL}};
static const Field VIEW_FIELDS[] = {SOURCE, {NULL}};
static const Field ADD_FIELDS[] = {FACTS, {NULL}};
static const Field EDIT_FIELDS[] = {SOURCE, FACTS, VERSION, {NULL}};
static const Field STATE_FIELDS[] = {SOURCE, VERSION, {NULL}};
static const Field LOG_FIELDS[] = {{"source", FIELD_ID, "Nguồn nhật ký", TRUE}, {"file", FIELD_FILE, "Tệp nhật ký", TRUE, .help = "Một tệp, hoặc - cho đầu vào chuẩn."}, {NULL}};
static const Field EXPORT_FIELDS[] = {
    {"from", FIELD_TIME, "Từ", .help = "Để trống: một ngày trước Đến."}, {"to", FIELD_TIME, "Đến", .help = "Để trống: lúc này."}, {"source", FIELD_CHOICE, "Nguồn", .help = "Để trống: mọi nguồn được xem."}, {NULL}};

static const Operation OPERATIONS[] = {
    {"source.list", "GET", PATH, "source.read", "Nguồn nhật ký", source_list, LIST_FIELDS, .page = "collect/list.html",
     .columns = "rows:code,title,kind,state.label,rate,last,stored,dropped"},
    {"source.form", "GET", PATH "/moi", "source.write", "Thêm nguồn nhật ký", source_new_form, NEW_FIELDS, .page = "collect/form.html",
     .faces = FACE_WEB /* a form */},
    {"source.view", "GET", PATH "/{id}", "source.read", "Xem một nguồn nhật ký", source_view, VIEW_FIELDS, .page = "collect/view.html",
     .versioned = TRUE},
    {"source.edit_form", "GET", PATH "/{id}/sua", "source.write", "Sửa nguồn nhật ký", source_edit_form, VIEW_FIELDS, .page = "collect/form.html",
     .faces = FACE_WEB /* a form */},
    {"source.add", "POST", PATH "/moi", "source.write", "Thêm nguồn nhật ký", source_add, ADD_FIELDS, .after = PATH "/{id}"},
    {"source.edit", "POST", PATH "/{id}/sua", "source.write", "Sửa nguồn nhật ký", source_edit, EDIT_FIELDS, .after = PATH "/{id}",
     .versioned = TRUE},
    {"source.stop", "POST", PATH "/{id}/ngung", "source.write", "Ngừng nhận một nguồn nhật ký", source_stop, STATE_FIELDS, .after = PATH "/{id}",
     .versioned = TRUE},
    {"source.resume", "POST", PATH "/{id}/nhan-lai", "source.write", "Nhận lại một nguồn nhật ký", source_resume, STATE_FIELDS,
     .after = PATH "/{id}", .versioned = TRUE},
    {"source.test", "POST", PATH "/{id}/gui-thu", "source.write", "Gửi thử một bản ghi và chờ đến khi đã lưu", source_test, VIEW_FIELDS,
     .after = PATH "/{id}"},
    {"log.add", "POST", "/log", "log.write", "Ghi nhật ký vào một nguồn; chỉ xác nhận khi đã nằm trên đĩa", log_add, LOG_FIELDS,
     .faces = FACE_API | FACE_CLI /* programs send logs; people point devices at the collector */},
    {"log.segments", "GET", STORED, "log.read", "Nhật ký đã lưu", log_segments, NULL, .page = "collect/stored.html",
     .columns = "rows:name,from,to,records,size,hash"},
    {"log.verify", "POST", STORED "/kiem-tra", "log.read", "Kiểm tra các đoạn nhật ký còn nguyên như khi niêm phong", log_verify, NULL,
     .after = STORED, .columns = "problems:name,problem"},
    {"log.export", "GET", STORED "/tep", "log.read", "Xuất một khoảng thời gian làm chứng cứ, kèm mã băm", log_export, EXPORT_FIELDS,
     .gives = GIVES_FILE},
};

static const PermissionRow PERMISSIONS[] = {
    {"source.read", ROLES_ALL, "Xem nguồn nhật ký"},
    {"source.write", ROLE_ADMIN | ROLE_OFFICER, "Thêm, sửa, ngừng nguồn nhật ký"},
    {"log.read", ROLE_ADMIN | ROLE_OFFICER | ROLE_DISPATCHER, "Xem, kiểm tra, xuất nhật ký đã lưu"},
    {"log.write", ROLE_ADMIN | ROLE_OFFICER, "Ghi nhật ký vào nguồn"},
    {NULL},
};

static const SettingRow SETTINGS[] = {
    {"collect.address", FIELD_TEXT, "127.0.0.1", "Địa chỉ nhận nhật ký", "127.0.0.1: chỉ máy này; 0.0.0.0: mọi máy trong mạng gửi tới được", .on_page = TRUE},
    {"collect.own_address", FIELD_TEXT, "", "Địa chỉ máy này ghi trong dòng cấu hình thiết bị", "Để trống: tự tìm", .on_page = TRUE},
    {"collect.udp_port", FIELD_INT, "5514", "Cổng nhận syslog UDP", "0: không nhận", 0, 65535, .on_page = TRUE},
    {"collect.tcp_port", FIELD_INT, "5514", "Cổng nhận syslog TCP", "0: không nhận", 0, 65535, .on_page = TRUE},
    {"collect.tls_port", FIELD_INT, "6514", "Cổng nhận syslog TLS", "0: không nhận", 0, 65535, .on_page = TRUE},
    {"collect.tls_certificate", FIELD_TEXT, "", "Tệp chứng thư số nhận nhật ký", "Để trống: tự tạo cho mạng nội bộ"},
    {"collect.tls_key", FIELD_TEXT, "", "Tệp khóa của chứng thư số", "Để trống: nằm cùng tệp chứng thư số"},
    {NULL},
};

static const JobRow JOBS[] = {
    {"log.expire", "Xóa nhật ký hết thời hạn lưu", collect_expire_job, .daily_at_minute = 210},
    {NULL},
};

static const char *link_of(Arena *arena, const char *type, const char *id) {
  return strcmp(type, "log_source") == 0 ? arena_printf(arena, PATH "/%s", id) : NULL;
}

const Module collect_module = {
    .name = "collect",
    .operations = OPERATIONS(OPERATIONS),
    .permissions = PERMISSIONS,
    .settings = SETTINGS,
    .jobs = JOBS,
    .board = collect_board,
    .link = link_of,
};
