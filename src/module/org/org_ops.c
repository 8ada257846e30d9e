#include "module/org/org_pages.h"
#include <string.h>

const Choice ORG_KINDS[] = {
    {"tinh", "Ủy ban nhân dân cấp tỉnh"}, {"so", "Sở, ban, ngành"}, {"xa", "Ủy ban nhân dân cấp xã"},
    {"don-vi", "Đơn vị trực thuộc"},      {"khac", "Cơ quan khác"}, {NULL, NULL},
};

const Choice CONTACT_KINDS[] = {
    {"focal", "Đầu mối ứng cứu sự cố"}, {"duty", "Trực 24/7"}, {"leader", "Lãnh đạo phụ trách"},
    {"technical", "Kỹ thuật"},          {"provider", "Nhà cung cấp"}, {NULL, NULL},
};

static const char *label_of(const Choice *choices, const char *value) {
  for (; choices->value; choices++)
    if (strcmp(choices->value, value) == 0)
      return choices->label;
  return "";
}

const char *org_kind_label(const char *kind) {
  return label_of(ORG_KINDS, kind);
}

const char *contact_kind_label(const char *kind) {
  return label_of(CONTACT_KINDS, kind);
}

/* --- the tables --- */

#define BODY {"id", FIELD_ID, "Đơn vị", TRUE}
#define CONTACT {"id", FIELD_ID, "Đầu mối", TRUE}
#define VERSION {"version", FIELD_INT, "Phiên bản đang xem", .hidden = TRUE}

static const Choice ONLY[] = {
    {"qua-han", "Có việc quá hạn"}, {"thieu-dau-moi", "Thiếu đầu mối"}, {"ket-thuc", "Đã kết thúc hoạt động"}, {NULL, NULL}};
static const Choice SORTS[] = {{"cham", "Chậm nhất trước"}, {"ten", "Tên A đến Z"}, {NULL, NULL}};

static const Field LIST_FIELDS[] = {
    {"q", FIELD_TEXT, "Tìm", FALSE, 0, 200}, {"loai", FIELD_CHOICE, "Loại", .choices = ORG_KINDS},
    {"loc", FIELD_CHOICE, "Tình trạng", .choices = ONLY}, {"xep", FIELD_CHOICE, "Xếp theo", .choices = SORTS},
    {"after", FIELD_ID, "Sau dòng"}, {"limit", FIELD_INT, "Số dòng", FALSE, 1, 500}, {NULL},
};
static const Field VIEW_FIELDS[] = {BODY, {NULL}};
static const Field NEW_FIELDS[] = {{"parent", FIELD_ID, "Trực thuộc"}, {NULL}};
static const Field ADD_FIELDS[] = {
    {"name", FIELD_TEXT, "Tên đầy đủ", TRUE, 2, 200},
    {"kind", FIELD_CHOICE, "Loại", TRUE, .choices = ORG_KINDS},
    {"parent", FIELD_CHOICE, "Trực thuộc"},
    {"short_name", FIELD_TEXT, "Tên ngắn", FALSE, 2, 100},
    {"place", FIELD_TEXT, "Địa bàn", FALSE, 0, 200},
    {"from", FIELD_DAY, "Mang tên này từ ngày"},
    {"basis", FIELD_TEXT, "Căn cứ", FALSE, 0, 300, .help = "Số, ngày của quyết định thành lập hoặc đổi tên."},
    {NULL},
};
static const Field EDIT_FIELDS[] = {
    BODY,
    {"kind", FIELD_CHOICE, "Loại", TRUE, .choices = ORG_KINDS},
    {"short_name", FIELD_TEXT, "Tên ngắn", FALSE, 2, 100},
    {"place", FIELD_TEXT, "Địa bàn", FALSE, 0, 200},
    VERSION,
    {NULL},
};
static const Field RENAME_FIELDS[] = {
    BODY,
    {"name", FIELD_TEXT, "Tên mới", TRUE, 2, 200},
    {"from", FIELD_DAY, "Từ ngày", TRUE},
    {"basis", FIELD_TEXT, "Căn cứ", FALSE, 0, 300, .help = "Số, ngày của quyết định thành lập hoặc đổi tên."},
    VERSION,
    {NULL},
};
static const Field ALIAS_FIELDS[] = {
    BODY,
    {"name", FIELD_TEXT, "Tên gọi khác", TRUE, 2, 200, .help = "Tên viết tắt hoặc cách gọi trong kế hoạch, để nhận ra đúng đơn vị."},
    VERSION,
    {NULL},
};
static const Field CLOSE_FIELDS[] = {BODY, {"day", FIELD_DAY, "Ngày kết thúc hoạt động", TRUE}, VERSION, {NULL}};
static const Field REOPEN_FIELDS[] = {BODY, VERSION, {NULL}};

#define CONTACT_FACTS                                                                                                  \
  {"kind", FIELD_CHOICE, "Vai trò", TRUE, .choices = CONTACT_KINDS}, {"name", FIELD_TEXT, "Họ tên", TRUE, 2, 200},      \
      {"title", FIELD_TEXT, "Chức vụ", FALSE, 0, 200}, {"phone", FIELD_PHONE, "Điện thoại"},                            \
      {"phone_after_hours", FIELD_PHONE, "Điện thoại ngoài giờ"}, {"email", FIELD_EMAIL, "Thư điện tử"},               \
      {"from", FIELD_DAY, "Từ ngày"}, {"note", FIELD_LONG_TEXT, "Ghi chú", FALSE, 0, 2000}

static const Field DIRECTORY_FIELDS[] = {
    {"kind", FIELD_CHOICE, "Vai trò", .choices = CONTACT_KINDS}, {"unverified", FIELD_BOOL, "Chỉ đầu mối chưa xác minh"}, {NULL}};
static const Field CONTACT_VIEW_FIELDS[] = {CONTACT, {NULL}};
static const Field CONTACT_ADD_FIELDS[] = {BODY, CONTACT_FACTS, {NULL}};
static const Field CONTACT_EDIT_FIELDS[] = {CONTACT, CONTACT_FACTS, VERSION, {NULL}};
static const Field CONTACT_END_FIELDS[] = {CONTACT, {"until", FIELD_DAY, "Đến hết ngày"}, VERSION, {NULL}};
static const Field CONTACT_PLAIN_FIELDS[] = {CONTACT, VERSION, {NULL}};

static const Operation OPERATIONS[] = {
    {"org.list", "GET", "/don-vi", "org.read", "Đơn vị", org_list, LIST_FIELDS, .page = "org/list.html",
     .columns = "rows:title,kind,late,late_since,id"},
    {"org.form", "GET", "/don-vi/moi", "org.write", "Thêm đơn vị", org_new_form, NEW_FIELDS, .page = "org/form.html",
     .faces = FACE_WEB /* a form */},
    {"org.view", "GET", "/don-vi/{id}", "org.read", "Xem một đơn vị", org_view, VIEW_FIELDS, .page = "org/view.html", .versioned = TRUE},
    {"org.edit_form", "GET", "/don-vi/{id}/sua", "org.write", "Sửa thông tin đơn vị", org_edit_form, VIEW_FIELDS, .page = "org/form.html",
     .faces = FACE_WEB /* a form */},
    {"org.add", "POST", "/don-vi/moi", "org.write", "Thêm đơn vị", org_add, ADD_FIELDS, .after = "/don-vi/{id}"},
    {"org.edit", "POST", "/don-vi/{id}/sua", "org.write", "Sửa thông tin đơn vị", org_edit, EDIT_FIELDS, .after = "/don-vi/{id}",
     .versioned = TRUE},
    {"org.rename", "POST", "/don-vi/{id}/doi-ten", "org.write", "Đổi tên đơn vị từ một ngày, giữ tên cũ", org_rename, RENAME_FIELDS,
     .after = "/don-vi/{id}", .versioned = TRUE},
    {"org.alias", "POST", "/don-vi/{id}/ten-khac", "org.write", "Thêm tên gọi khác của đơn vị", org_alias, ALIAS_FIELDS,
     .after = "/don-vi/{id}", .versioned = TRUE},
    {"org.close", "POST", "/don-vi/{id}/ket-thuc", "org.write", "Ghi đơn vị kết thúc hoạt động", org_close, CLOSE_FIELDS,
     .after = "/don-vi/{id}", .versioned = TRUE},
    {"org.reopen", "POST", "/don-vi/{id}/mo-lai", "org.write", "Đơn vị hoạt động trở lại", org_reopen, REOPEN_FIELDS,
     .after = "/don-vi/{id}", .versioned = TRUE},
    {"contact.list", "GET", "/danh-ba", "org.read", "Danh bạ ứng cứu sự cố", contact_directory, DIRECTORY_FIELDS,
     .page = "org/directory.html", .columns = "rows:role,name,phone,after_hours,email,body,id"},
    {"contact.view", "GET", "/dau-moi/{id}", "org.read", "Xem một đầu mối", contact_view, CONTACT_VIEW_FIELDS,
     .page = "org/contact.html", .versioned = TRUE},
    {"contact.add", "POST", "/don-vi/{id}/dau-moi", "contact.write", "Thêm đầu mối", contact_add, CONTACT_ADD_FIELDS,
     .after = "/don-vi/{body_id}"},
    {"contact.edit", "POST", "/dau-moi/{id}/sua", "contact.write", "Sửa đầu mối", contact_edit, CONTACT_EDIT_FIELDS,
     .after = "/don-vi/{body_id}", .versioned = TRUE},
    {"contact.end", "POST", "/dau-moi/{id}/thoi", "contact.write", "Ghi một người thôi làm đầu mối", contact_end, CONTACT_END_FIELDS,
     .after = "/don-vi/{body_id}", .versioned = TRUE},
    {"contact.resume", "POST", "/dau-moi/{id}/tiep-tuc", "contact.write", "Đầu mối tiếp tục", contact_resume, CONTACT_PLAIN_FIELDS,
     .after = "/don-vi/{body_id}", .versioned = TRUE},
    {"contact.verify", "POST", "/dau-moi/{id}/xac-minh", "contact.write", "Ghi đã gọi thử và xác minh đầu mối", contact_verify,
     CONTACT_PLAIN_FIELDS, .after = "/don-vi/{body_id}", .versioned = TRUE},
};

static const PermissionRow PERMISSIONS[] = {
    {"org.read", ROLES_ALL, "Xem đơn vị, đầu mối"},
    {"org.write", ROLE_ADMIN | ROLE_OFFICER, "Thêm, sửa, đổi tên đơn vị"},
    {"contact.write", ROLE_ADMIN | ROLE_LEADER | ROLE_OFFICER | ROLE_DISPATCHER, "Thêm, sửa, xác minh đầu mối"},
    {NULL},
};

static const EventHandler EVENTS[] = {{"body.added", org_take_body}, {NULL}};
static const MenuEntry MENU[] = {{"Đơn vị", "/don-vi", "org.read", 110, FALSE}, {NULL}};
static const JobRow JOBS[] = {{"org.take_names", "Đổi tên đơn vị khi đến ngày", org_take_names, 60}, {NULL}};

static const char *link_of(Arena *arena, const char *type, const char *id) {
  if (strcmp(type, "body") == 0)
    return arena_printf(arena, "/don-vi/%s", id);
  return strcmp(type, "contact") == 0 ? arena_printf(arena, "/dau-moi/%s", id) : NULL;
}

const Module org_module = {
    .name = "org",
    .operations = OPERATIONS(OPERATIONS),
    .permissions = PERMISSIONS,
    .events = EVENTS,
    .jobs = JOBS,
    .menu = MENU,
    .board = org_board,
    .link = link_of,
};
