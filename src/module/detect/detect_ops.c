#include "module/detect/detect_pages.h"
#include <string.h>

#define ID {"id", FIELD_ID, "Luật", TRUE}

static const Choice STATES[] = {{"1", "Đang chạy"}, {"0", "Không chạy"}, {NULL, NULL}};
static const Choice LEVELS[] = {{"0", "Thông tin"}, {"1", "Thấp"}, {"2", "Trung bình"}, {"3", "Cao"}, {"4", "Rất cao"}, {NULL, NULL}};
static const Choice PACK_LEVELS[] = {{"0", "Mọi luật"}, {"1", "Từ Thấp"}, {"2", "Từ Trung bình"}, {"3", "Từ Cao"}, {"4", "Chỉ Rất cao"}, {"5", "Không luật nào"}, {NULL, NULL}};
static const Choice CHOICES[] = {{"on", "Cho chạy"}, {"off", "Không chạy"}, {"pack", "Theo mức của bộ luật"}, {NULL, NULL}};
static const Choice SWITCHES[] = {{"on", "Dùng"}, {"off", "Không dùng"}, {NULL, NULL}};
static const Choice FORMATS[] = {{"auto", "Tự nhận"}, {"plain", "Mỗi dòng một dấu hiệu"}, {"csv", "CSV"}, {"misp", "MISP"}, {"stix", "STIX 2.1"},
                                 {"warning", "Danh sách giá trị lành (MISP warning list)"}, {NULL, NULL}};
static const Choice TLPS[] = {{"CLEAR", "TLP:CLEAR"}, {"GREEN", "TLP:GREEN"}, {"AMBER", "TLP:AMBER"}, {"AMBER+STRICT", "TLP:AMBER+STRICT"}, {"RED", "TLP:RED"}, {NULL, NULL}};

static const Field LIST_FIELDS[] = {{"q", FIELD_TEXT, "Tìm", FALSE, 0, 200}, {"pack", FIELD_ID, "Bộ luật"}, {"level", FIELD_CHOICE, "Mức", .choices = LEVELS},
                                    {"state", FIELD_CHOICE, "Trạng thái", .choices = STATES}, {"after", FIELD_TEXT, "Sau dòng", FALSE, 0, 1000},
                                    {"limit", FIELD_INT, "Số dòng", FALSE, 1, 5000}, {NULL}};
static const Field VIEW_FIELDS[] = {ID, {NULL}};
static const Field CHOOSE_FIELDS[] = {ID, {"choice", FIELD_CHOICE, "Lựa chọn", TRUE, .choices = CHOICES, .hidden = TRUE}, {NULL}};
static const Field PACK_FIELDS[] = {{"file", FIELD_FILE, "Tệp .zip hoặc .yml chứa luật Sigma", TRUE},
                                    {"name", FIELD_TEXT, "Tên bộ luật", TRUE, 2, 100, .help = "Nạp lại cùng tên sẽ thay bộ cũ; lựa chọn từng luật được giữ."},
                                    {"licence", FIELD_TEXT, "Giấy phép", FALSE, 0, 200}, {NULL}};
static const Field LEVEL_FIELDS[] = {{"id", FIELD_ID, "Bộ luật", TRUE}, {"level", FIELD_CHOICE, "Cho chạy", TRUE, .choices = PACK_LEVELS}, {NULL}};
static const Field PACK_ID_FIELDS[] = {{"id", FIELD_ID, "Bộ luật", TRUE}, {NULL}};
static const Field LISTS_FIELDS[] = {{NULL}};
static const Field FIND_FIELDS[] = {{"value", FIELD_TEXT, "Giá trị", FALSE, 3, 2000}, {NULL}};
static const Field ADD_FIELDS[] = {{"file", FIELD_FILE, "Tệp danh sách", TRUE},
                                   {"name", FIELD_TEXT, "Tên danh sách", TRUE, 2, 100, .help = "Nạp lại cùng tên sẽ thay danh sách cũ."},
                                   {"format", FIELD_CHOICE, "Dạng tệp", .choices = FORMATS},
                                   {"source", FIELD_TEXT, "Nguồn", FALSE, 0, 300}, {"licence", FIELD_TEXT, "Giấy phép", FALSE, 0, 200},
                                   {"tlp", FIELD_CHOICE, "Mức chia sẻ", .choices = TLPS}, {"until", FIELD_DAY, "Dùng đến hết ngày"}, {NULL}};
static const Field SWITCH_FIELDS[] = {{"id", FIELD_ID, "Danh sách", TRUE}, {"choice", FIELD_CHOICE, "Lựa chọn", TRUE, .choices = SWITCHES, .hidden = TRUE}, {NULL}};
static const Field LIST_ID_FIELDS[] = {{"id", FIELD_ID, "Danh sách", TRUE}, {NULL}};

static const Operation OPERATIONS[] = {
    {"rule.list", "GET", "/cai-dat/luat", "detect.read", "Luật phát hiện", detect_rule_list, LIST_FIELDS, .page = "detect/rules.html",
     .columns = "rows:id,level,enabled,pack,title"},
    {"pack.list", "GET", "/cai-dat/luat/bo", "detect.read", "Bộ luật", detect_pack_list, NULL, .page = "detect/packs.html",
     .columns = "rows:name,level,enabled,rules,fault_count,licence"},
    {"pack.add", "POST", "/cai-dat/luat/bo", "detect.write", "Nạp bộ luật Sigma từ tệp hoặc thư mục", detect_pack_add, PACK_FIELDS,
     .after = "/cai-dat/luat/bo"},
    {"pack.level", "POST", "/cai-dat/luat/bo/{id}/muc", "detect.write", "Đổi mức chạy của bộ luật", detect_pack_level, LEVEL_FIELDS, .after = "/cai-dat/luat/bo"},
    {"pack.remove", "POST", "/cai-dat/luat/bo/{id}/bo", "detect.write", "Bỏ bộ luật đã nạp", detect_pack_remove, PACK_ID_FIELDS, .after = "/cai-dat/luat/bo"},
    {"rule.view", "GET", "/cai-dat/luat/{id}", "detect.read", "Xem một luật", detect_rule_view, VIEW_FIELDS, .page = "detect/rule.html"},
    {"rule.choose", "POST", "/cai-dat/luat/{id}/chay", "detect.write", "Cho chạy hoặc không chạy một luật", detect_rule_choose, CHOOSE_FIELDS, .after = "/cai-dat/luat/{id}"},
    {"indicator.list", "GET", "/cai-dat/dau-hieu", "detect.read", "Danh sách dấu hiệu", detect_list_list, LISTS_FIELDS, .page = "detect/lists.html",
     .columns = "rows:name,values,faults,tlp,state.label"},
    {"indicator.find", "GET", "/cai-dat/dau-hieu/tim", "detect.read", "Tìm một giá trị trong các danh sách dấu hiệu", detect_list_find, FIND_FIELDS,
     .page = "detect/found.html", .columns = "rows:value,list,confidence,note"},
    {"indicator.add", "POST", "/cai-dat/dau-hieu", "detect.write", "Nạp danh sách dấu hiệu", detect_list_add, ADD_FIELDS,
     .after = "/cai-dat/dau-hieu"},
    {"indicator.switch", "POST", "/cai-dat/dau-hieu/{id}/dung", "detect.write", "Dùng hoặc không dùng một danh sách", detect_list_switch, SWITCH_FIELDS,
     .after = "/cai-dat/dau-hieu"},
    {"indicator.remove", "POST", "/cai-dat/dau-hieu/{id}/bo", "detect.write", "Bỏ một danh sách dấu hiệu", detect_list_remove, LIST_ID_FIELDS,
     .after = "/cai-dat/dau-hieu"},
};

static const PermissionRow PERMISSIONS[] = {
    {"detect.read", ROLES_ALL & ~ROLE_VIEWER, "Xem luật phát hiện, dấu hiệu"},
    {"detect.write", ROLE_ADMIN | ROLE_OFFICER, "Nạp, chọn luật phát hiện, dấu hiệu (đơn vị đứng đầu)"},
    {NULL},
};

static gboolean load_own(App *app, const json_t *payload, GError **error) {
  (void)payload;
  return detect_pack_own(app, error);
}

static const JobRow JOBS[] = {{"detect.own", "Nạp bộ luật đi cùng chương trình", load_own, 60, 0}, {NULL}};

static const char *link_of(Arena *arena, const char *type, const char *id) {
  if (strcmp(type, "rule") == 0)
    return arena_printf(arena, "/cai-dat/luat/%s", id);
  return strcmp(type, "rule_pack") == 0 ? "/cai-dat/luat/bo" : strcmp(type, "indicator_list") == 0 ? "/cai-dat/dau-hieu" : NULL;
}

const Module detect_module = {
    .name = "detect",
    .operations = OPERATIONS(OPERATIONS),
    .permissions = PERMISSIONS,
    .jobs = JOBS,
    .link = link_of,
};
