#include "module/system/system_pages.h"
#include <string.h>

#define SYSTEM {"id", FIELD_ID, "Hệ thống", TRUE}
#define VERSION {"version", FIELD_INT, "Phiên bản đang xem", .hidden = TRUE}

static const Choice LEVELS[] = {
    {"1", "Cấp độ 1"}, {"2", "Cấp độ 2"}, {"3", "Cấp độ 3"}, {"4", "Cấp độ 4"}, {"5", "Cấp độ 5"}, {NULL, NULL}};
static const Choice TABS[] = {{"chua-cap-do", "Chưa xác định cấp độ"}, {"thieu-lien-he", "Thiếu liên hệ 24/7"},
                              {"cap-do-cao", "Cấp độ 3 trở lên"}, {"du-lieu", "Có dữ liệu cá nhân"}, {"da-ngung", "Đã ngừng"}, {NULL, NULL}};
static const Choice FORMATS[] = {{"xlsx", "XLSX"}, {"csv", "CSV"}, {NULL, NULL}};

#define FILTERS                                                                                                        \
  {"q", FIELD_TEXT, "Tìm", FALSE, 0, 200}, {"loc", FIELD_CHOICE, "Bộ lọc", .choices = TABS},                            \
      {"level", FIELD_CHOICE, "Cấp độ", .choices = LEVELS}, {"unit", FIELD_ID, "Đơn vị"},                               \
      {"personal_data", FIELD_BOOL, "Có dữ liệu cá nhân"}

#define FACTS                                                                                                          \
  {"purpose", FIELD_TEXT, "Dùng để làm gì", FALSE, 0, 500},                                                            \
      {"level", FIELD_CHOICE, "Cấp độ", .choices = LEVELS},                                                            \
      {"decision_number", FIELD_TEXT, "Số quyết định phê duyệt cấp độ", FALSE, 0, 100},                                \
      {"decision_day", FIELD_DAY, "Ngày quyết định"},                                                                  \
      {"decision_issuer", FIELD_TEXT, "Cơ quan ban hành quyết định", FALSE, 0, 200},                                   \
      {"owner_name", FIELD_TEXT, "Chủ quản", FALSE, 0, 200, .help = "Để trống khi chính đơn vị quản lý hồ sơ là chủ quản."}, \
      {"operator", FIELD_CHOICE, "Đơn vị vận hành"},                                                                   \
      {"operator_name", FIELD_TEXT, "Đơn vị vận hành ngoài danh sách", FALSE, 0, 200},                                 \
      {"provider_name", FIELD_TEXT, "Nhà cung cấp", FALSE, 0, 200},                                                    \
      {"provider_phone", FIELD_PHONE, "Điện thoại nhà cung cấp"},                                                      \
      {"contact_name", FIELD_TEXT, "Người liên hệ 24/7", FALSE, 0, 200},                                               \
      {"contact_phone", FIELD_PHONE, "Điện thoại 24/7"},                                                               \
      {"contact_email", FIELD_EMAIL, "Thư điện tử"},                                                                   \
      {"personal_data", FIELD_BOOL, "Có xử lý dữ liệu cá nhân"},                                                       \
      {"rank", FIELD_INT, "Thứ tự ưu tiên duy trì hoạt động", FALSE, 1, 999, .help = "1 là hệ thống phải giữ hoạt động trước hết."}

static const Field LIST_FIELDS[] = {FILTERS, {"after", FIELD_ID, "Sau dòng"}, {"limit", FIELD_INT, "Số dòng", FALSE, 1, 500}, {NULL}};
static const Field EXPORT_FIELDS[] = {FILTERS, {"format", FIELD_CHOICE, "Loại tệp", .choices = FORMATS}, {NULL}};
static const Field VIEW_FIELDS[] = {SYSTEM, {NULL}};
static const Field ADD_FIELDS[] = {
    {"name", FIELD_TEXT, "Tên hệ thống", TRUE, 2, 300}, {"body", FIELD_CHOICE, "Đơn vị quản lý hồ sơ"}, FACTS, {NULL}};
static const Field EDIT_FIELDS[] = {SYSTEM, {"name", FIELD_TEXT, "Tên hệ thống", TRUE, 2, 300}, FACTS, VERSION, {NULL}};
static const Field RETIRE_FIELDS[] = {
    SYSTEM, {"day", FIELD_DAY, "Ngừng từ ngày"}, {"reason", FIELD_TEXT, "Lý do", FALSE, 0, 500}, VERSION, {NULL}};
static const Field RESTORE_FIELDS[] = {SYSTEM, VERSION, {NULL}};

static const Operation OPERATIONS[] = {
    {"system.list", "GET", "/he-thong", "system.read", "Hệ thống", system_list, LIST_FIELDS, .page = "system/list.html",
     .columns = "rows:code,level,title,operator,contact.phone,priority"},
    {"system.form", "GET", "/he-thong/moi", "system.write", "Thêm hệ thống", system_new_form, NULL, .page = "system/form.html",
     .faces = FACE_WEB /* a form */},
    {"system.export", "GET", "/he-thong/tep", "system.read", "Xuất danh mục hệ thống ra tệp", system_export, EXPORT_FIELDS,
     .gives = GIVES_FILE},
    {"system.view", "GET", "/he-thong/{id}", "system.read", "Xem một hệ thống", system_view, VIEW_FIELDS, .page = "system/view.html",
     .versioned = TRUE},
    {"system.edit_form", "GET", "/he-thong/{id}/sua", "system.write", "Sửa hệ thống", system_edit_form, VIEW_FIELDS,
     .page = "system/form.html", .faces = FACE_WEB /* a form */},
    {"system.add", "POST", "/he-thong/moi", "system.write", "Thêm hệ thống", system_add, ADD_FIELDS, .after = "/he-thong/{id}"},
    {"system.edit", "POST", "/he-thong/{id}/sua", "system.write", "Sửa hệ thống", system_edit, EDIT_FIELDS, .after = "/he-thong/{id}",
     .versioned = TRUE},
    {"system.retire", "POST", "/he-thong/{id}/ngung", "system.write", "Ghi hệ thống ngừng hoạt động", system_retire, RETIRE_FIELDS,
     .after = "/he-thong/{id}", .versioned = TRUE},
    {"system.restore", "POST", "/he-thong/{id}/dung-lai", "system.write", "Hệ thống được dùng lại", system_restore, RESTORE_FIELDS,
     .after = "/he-thong/{id}", .versioned = TRUE},
};

static const PermissionRow PERMISSIONS[] = {
    {"system.read", ROLES_ALL, "Xem danh mục hệ thống"},
    {"system.write", ROLE_ADMIN | ROLE_OFFICER, "Thêm, sửa, ngừng hệ thống"},
    {NULL},
};

static const MenuEntry MENU[] = {{"Hệ thống", "/he-thong", "system.read", 70, TRUE}, {NULL}};

static const char *link_of(Arena *arena, const char *type, const char *id) {
  return strcmp(type, "system") == 0 ? arena_printf(arena, "/he-thong/%s", id) : NULL;
}

static gboolean beside(Request *request, const char *type, const char *id, Doc *answer, GError **error) {
  return strcmp(type, "body") != 0 || system_store_of_body(request, id, doc_list(answer, KEY("systems")), error);
}

const Module system_module = {
    .name = "system",
    .operations = OPERATIONS(OPERATIONS),
    .permissions = PERMISSIONS,
    .menu = MENU,
    .link = link_of,
    .beside = beside,
};
