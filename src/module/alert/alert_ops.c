#include "module/alert/alert_pages.h"
#include "module/alert/alert_suppress.h"
#include <string.h>

#define ID {"id", FIELD_ID, "Cảnh báo", TRUE}
#define VERSION {"version", FIELD_INT, "Phiên bản đang xem", .hidden = TRUE}

static const Choice TABS[] = {{"chua-xem", "Chưa xem"}, {"dang-xem", "Đang xem"}, {"da-gan", "Đã gắn sự cố"}, {"bao-nham", "Báo nhầm"},
                              {"dung", "Đúng"}, {"bo-qua", "Bỏ qua"}, {"tat-ca", "Tất cả"}, {NULL, NULL}};
static const Choice VERDICTS[] = {{"true", "Đúng"}, {"false", "Báo nhầm"}, {"ignored", "Bỏ qua đến ngày"}, {NULL, NULL}};
static const Choice LEVELS[] = {{"0", "Thông tin"}, {"1", "Thấp"}, {"2", "Trung bình"}, {"3", "Cao"}, {"4", "Rất cao"}, {NULL, NULL}};

#define VERDICT                                                                                                        \
  {"verdict", FIELD_CHOICE, "Kết luận", TRUE, .choices = VERDICTS}, {"reason", FIELD_TEXT, "Lý do", FALSE, 2, 500},     \
      {"until", FIELD_DAY, "Bỏ qua đến hết ngày", .help = "Chỉ khi kết luận là bỏ qua."}

static const Field LIST_FIELDS[] = {{"tab", FIELD_CHOICE, "Bộ lọc", .choices = TABS}, {"q", FIELD_TEXT, "Tìm", FALSE, 0, 200},
                                    {"after", FIELD_TEXT, "Sau dòng", FALSE, 0, 100}, {"limit", FIELD_INT, "Số dòng", FALSE, 1, 500}, {NULL}};
static const Field ID_FIELDS[] = {ID, {NULL}};
static const Field TAKE_FIELDS[] = {ID, VERSION, {NULL}};
static const Field DECIDE_FIELDS[] = {ID, VERDICT, VERSION, {NULL}};
static const Field MANY_FIELDS[] = {{"ids", FIELD_IDS, "Cảnh báo", TRUE}, VERDICT, {NULL}};
static const Field OPEN_FIELDS[] = {ID, {"title", FIELD_TEXT, "Tên sự cố", FALSE, 3, 300}, VERSION, {NULL}};
static const Field JOIN_FIELDS[] = {ID, {"incident", FIELD_TEXT, "Mã sự cố", TRUE, 3, 40, .help = "Ví dụ SC-2026-0012."}, VERSION, {NULL}};
static const Field SUPPRESS_FIELDS[] = {ID,
                                        {"field", FIELD_CHOICE, "Chỉ khi trường", .help = "Để trống: mọi lần khớp của luật này tại đơn vị."},
                                        {"value", FIELD_TEXT, "Có giá trị", FALSE, 1, 1000},
                                        {"reason", FIELD_TEXT, "Lý do", TRUE, 5, 500},
                                        {"until", FIELD_DAY, "Đến hết ngày", TRUE},
                                        {NULL}};
static const Field ADD_FIELDS[] = {
    {"title", FIELD_TEXT, "Cảnh báo nói gì", TRUE, 5, 300},
    {"origin", FIELD_TEXT, "Nơi cảnh báo", TRUE, 2, 200, .help = "Phần mềm diệt mã độc, cơ quan chuyên trách, nhà cung cấp …"},
    {"level", FIELD_CHOICE, "Mức", TRUE, .choices = LEVELS},
    {"host", FIELD_TEXT, "Máy, thiết bị", FALSE, 0, 200},
    {"at", FIELD_TIME, "Lúc xảy ra"},
    {"text", FIELD_LONG_TEXT, "Nguyên văn", FALSE, 0, 8000},
    {"signs", FIELD_LONG_TEXT, "Dấu hiệu nhận biết, mỗi dòng một dấu hiệu", FALSE, 0, 8000, .help = "Địa chỉ IP, tên miền, đường dẫn, mã băm, địa chỉ thư."},
    {NULL}};
static const Field END_FIELDS[] = {{"id", FIELD_ID, "Việc bỏ qua", TRUE}, {NULL}};
static const Field ROUTE_FIELDS[] = {
    {"least_level", FIELD_CHOICE, "Gửi thư từ mức", TRUE, .choices = LEVELS},
    {"emails", FIELD_LONG_TEXT, "Gửi đến", FALSE, 0, 2000, .help = "Các địa chỉ thư, cách nhau bằng dấu phẩy hoặc xuống dòng."},
    {"quiet_from", FIELD_TEXT, "Giờ yên lặng từ", TRUE, 4, 5, .help = "Mức Rất cao vẫn báo trong giờ này. Hai giờ bằng nhau: không có giờ yên lặng."},
    {"quiet_to", FIELD_TEXT, "Đến", TRUE, 4, 5},
    {"escalate_minutes", FIELD_INT, "Báo lên lãnh đạo và cấp trên sau số phút chưa ai xem", TRUE, 1, 1440, .help = "Chỉ mức Cao và Rất cao."},
    {NULL}};

#define ALERT "/canh-bao/{id}"

static const Operation OPERATIONS[] = {
    {"alert.list", "GET", "/canh-bao", "alert.read", "Cảnh báo", alert_list, LIST_FIELDS, .page = "alert/list.html",
     .columns = "rows:code,level,span,count,place,title"},
    {"alert.new", "GET", "/canh-bao/moi", "alert.triage", "Ghi cảnh báo nhận từ nơi khác", alert_new_form, NULL, .page = "alert/form.html",
     .faces = FACE_WEB /* a form */},
    {"alert.add", "POST", "/canh-bao/moi", "alert.triage", "Ghi cảnh báo nhận từ nơi khác", alert_add, ADD_FIELDS,
     .after = "/canh-bao/{code}"},
    {"alert.suppressions", "GET", "/canh-bao/bo-qua", "alert.read", "Những gì đang được bỏ qua", alert_suppression_list, NULL,
     .page = "alert/suppressions.html", .columns = "rows:rule,field,value,until,count,reason"},
    {"alert.route", "GET", "/canh-bao/bao-tin", "alert.read", "Cách báo tin cảnh báo", alert_route_view, NULL, .page = "alert/route.html"},
    {"alert.view", "GET", ALERT, "alert.read", "Xem một cảnh báo", alert_view, ID_FIELDS, .page = "alert/view.html", .versioned = TRUE},
    {"alert.take", "POST", ALERT "/nhan", "alert.triage", "Nhận xem cảnh báo", alert_take, TAKE_FIELDS, .after = "/canh-bao/{code}", .versioned = TRUE},
    {"alert.decide", "POST", ALERT "/ket-luan", "alert.triage", "Ghi kết luận về cảnh báo", alert_decide, DECIDE_FIELDS,
     .after = "/canh-bao/{code}", .versioned = TRUE},
    {"alert.decide_many", "POST", "/canh-bao/ket-luan", "alert.triage", "Ghi cùng kết luận về nhiều cảnh báo", alert_decide_many, MANY_FIELDS, .after = "/canh-bao"},
    {"alert.reopen", "POST", ALERT "/xem-lai", "alert.triage", "Xem lại cảnh báo đã có kết luận", alert_reopen, TAKE_FIELDS,
     .after = "/canh-bao/{code}", .versioned = TRUE},
    {"alert.open_incident", "POST", ALERT "/mo-su-co", "incident.report", "Mở sự cố từ cảnh báo", alert_open_incident, OPEN_FIELDS, .after = "/su-co/{incident}", .versioned = TRUE},
    {"alert.join_incident", "POST", ALERT "/gan-su-co", "incident.report", "Gắn cảnh báo vào sự cố đang mở", alert_join_incident, JOIN_FIELDS, .after = "/su-co/{incident}", .versioned = TRUE},
    {"alert.suppress", "POST", ALERT "/bo-qua", "alert.suppress", "Bỏ qua về sau những lần khớp như cảnh báo này", alert_suppress, SUPPRESS_FIELDS, .after = "/canh-bao/bo-qua"},
    {"alert.suppression_end", "POST", "/canh-bao/bo-qua/{id}/thoi", "alert.suppress", "Thôi bỏ qua", alert_suppression_end, END_FIELDS,
     .after = "/canh-bao/bo-qua"},
    {"alert.route_save", "POST", "/canh-bao/bao-tin", "alert.suppress", "Đặt cách báo tin cảnh báo", alert_route_save, ROUTE_FIELDS, .after = "/canh-bao/bao-tin"},
};

static const PermissionRow PERMISSIONS[] = {
    {"alert.read", ROLES_ALL, "Xem cảnh báo"},
    {"alert.triage", ROLES_ALL & ~(ROLE_VIEWER | ROLE_LEADER), "Nhận xem và kết luận cảnh báo"},
    {"alert.suppress", ROLE_ADMIN | ROLE_OFFICER, "Bỏ qua cảnh báo về sau, đặt cách báo tin"},
    {NULL},
};

static const MenuEntry MENU[] = {{"Cảnh báo", "/canh-bao", "alert.read", 30}, {NULL}};

static const char *link_of(Arena *arena, const char *type, const char *id) {
  if (strcmp(type, "alert") == 0)
    return arena_printf(arena, "/canh-bao/%s", id);
  return strcmp(type, "alert_suppression") == 0 ? "/canh-bao/bo-qua" : strcmp(type, "alert_route") == 0 ? "/canh-bao/bao-tin" : NULL;
}

const Module alert_module = {
    .name = "alert",
    .operations = OPERATIONS(OPERATIONS),
    .permissions = PERMISSIONS,
    .jobs = ALERT_JOBS,
    .menu = MENU,
    .board = alert_board,
    .badge = alert_badge,
    .link = link_of,
};
