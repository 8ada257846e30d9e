#include "core/form.h"
#include "core/message.h"
#include "module/hunt/hunt_pages.h"
#include <string.h>

#define ID {"id", FIELD_ID, "Đợt săn lùng", TRUE}
#define VERSION {"version", FIELD_INT, "Phiên bản đang xem", .hidden = TRUE}
#define GROUP {"group", FIELD_INT, "Kết quả số", TRUE, 1, 1000000, .hidden = TRUE}

static const Choice TABS[] = {{"dang-lam", "Đang làm"}, {"da-dong", "Đã kết luận, đã hủy"}, {"tat-ca", "Tất cả"}, {NULL, NULL}};
static const Choice LEVELS[] = {{"0", "Mọi luật"}, {"1", "Từ Thấp"}, {"2", "Từ Trung bình"}, {"3", "Từ Cao"}, {"4", "Chỉ Rất cao"}, {NULL, NULL}};
static const Choice VERDICTS[] = {{"suspect", "Đáng ngờ"}, {"normal", "Bình thường"}, {NULL, NULL}};

#define FACTS                                                                                                          \
  {"title", FIELD_TEXT, "Tên đợt săn lùng", TRUE, 5, 300},                                                             \
      {"hypothesis", FIELD_LONG_TEXT, "Giả thuyết", TRUE, 10, 5000,                                                    \
       .help = "Kẻ tấn công có thể đã làm gì, và nếu đúng thì nhật ký phải có dấu vết nào."},                          \
      {"from", FIELD_DAY, "Nhật ký nhận từ ngày", .help = "Để trống: từ đầu kho nhật ký."},                            \
      {"to", FIELD_DAY, "Đến hết ngày", .help = "Để trống: đến lúc chạy."},                                            \
      {"systems", FIELD_IDS, "Hệ thống", .help = "Không chọn hệ thống và nguồn nào: mọi nguồn của đơn vị và cấp dưới."}, \
      {"sources", FIELD_IDS, "Nguồn nhật ký"}, {"lists", FIELD_IDS, "Danh sách dấu hiệu"},                             \
      {"indicators", FIELD_LONG_TEXT, "Dấu hiệu dán vào, mỗi dòng một dấu hiệu", FALSE, 0, 2000000,                    \
       .help = "Địa chỉ IP, dải mạng, tên miền, đường dẫn, mã băm, địa chỉ thư."},                                     \
      {"pack", FIELD_CHOICE, "Cả bộ luật"}, {"level", FIELD_CHOICE, "Từ mức", .choices = LEVELS},                      \
      {"rules", FIELD_LONG_TEXT, "Mã từng luật, mỗi dòng một mã", FALSE, 0, 20000, .help = "Cả những luật không chạy thường xuyên."}, \
  {"words", FIELD_TEXT, "Từ cần tìm", FALSE, 0, 200, .help = "Các từ cùng có trong một bản ghi; không cần dấu."}

static const Field LIST_FIELDS[] = {{"tab", FIELD_CHOICE, "Bộ lọc", .choices = TABS}, {"q", FIELD_TEXT, "Tìm", FALSE, 0, 200},
                                    {"after", FIELD_TEXT, "Sau dòng", FALSE, 0, 100}, {"limit", FIELD_INT, "Số dòng", FALSE, 1, 500}, {NULL}};
static const Field ID_FIELDS[] = {ID, {NULL}};
static const Field ACT_FIELDS[] = {ID, VERSION, {NULL}};
static const Field FORM_FIELDS[] = {{"rule", FIELD_TEXT, "Luật", FALSE, 1, 100}, {NULL}};
static const Field ADD_FIELDS[] = {FACTS, {NULL}};
static const Field EDIT_FIELDS[] = {ID, FACTS, VERSION, {NULL}};
static const Field GROUP_FIELDS[] = {ID, {"group", FIELD_INT, "Kết quả số", TRUE, 1, 1000000}, {NULL}};
static const Field TRIAGE_FIELDS[] = {ID, {"groups", FIELD_IDS, "Kết quả", TRUE, .hidden = TRUE}, {"verdict", FIELD_CHOICE, "Đánh giá", TRUE, .choices = VERDICTS}, {"note", FIELD_TEXT, "Vì sao", FALSE, 0, 500}, {NULL}};
static const Field OPEN_FIELDS[] = {ID, GROUP, {NULL}};
static const Field JOIN_FIELDS[] = {ID, GROUP, {"incident", FIELD_TEXT, "Mã sự cố", TRUE, 3, 40, .help = "Ví dụ SC-2026-0012."}, {NULL}};
static const Field CONCLUDE_FIELDS[] = {ID,
                                        {"conclusion", FIELD_LONG_TEXT, "Kết luận", TRUE, 10, 5000, .help = "Giả thuyết đúng hay không, vì sao."},
                                        {"actions", FIELD_LONG_TEXT, "Đã làm gì", FALSE, 0, 5000},
                                        VERSION,
                                        {NULL}};
static const Field PROVE_FIELDS[] = {ID, {"duty", FIELD_ID, "Nhiệm vụ", TRUE, .hidden = TRUE}, {NULL}};
static const Field TRY_FIELDS[] = {{"rule", FIELD_TEXT, "Luật", TRUE, 1, 100, .hidden = TRUE},
                                   {"days", FIELD_INT, "Số ngày gần đây", FALSE, 1, 366, .hidden = TRUE}, {NULL}};
static const Field ESTIMATE_FIELDS[] = {{"pack", FIELD_ID, "Bộ luật", TRUE, .hidden = TRUE},
                                        {"level", FIELD_INT, "Từ mức", FALSE, 0, 4, .hidden = TRUE},
                                        {"days", FIELD_INT, "Số ngày gần đây", FALSE, 1, 366, .hidden = TRUE}, {NULL}};
static const Field IMPORT_FIELDS[] = {{"file", FIELD_FILE, "Tệp gói săn lùng", TRUE}, {NULL}};
static const Field ANSWER_FIELDS[] = {ID, {"file", FIELD_FILE, "Tệp gói kết quả"}, {NULL}};
static const Field HAND_FIELDS[] = {ID, {"bodies", FIELD_IDS, "Đơn vị", TRUE}, {NULL}};
static const Field SEARCH_FIELDS[] = {{"q", FIELD_TEXT, "Từ cần tìm", FALSE, 1, 200}, {"source", FIELD_ID, "Nguồn nhật ký"}, {"from", FIELD_DAY, "Từ ngày"},
                                      {"to", FIELD_DAY, "Đến hết ngày"}, {"after", FIELD_TEXT, "Sau dòng", FALSE, 0, 200},
                                      {"limit", FIELD_INT, "Số dòng", FALSE, 1, 1000}, {NULL}};

#define HUNT "/san-lung/{id}"
#define AFTER "/san-lung/{code}"

static const Operation OPERATIONS[] = {
    {"hunt.list", "GET", "/san-lung", "hunt.read", "Săn lùng mối nguy hại", hunt_list, LIST_FIELDS, .page = "hunt/list.html",
     .columns = "rows:code,state.label,percent,hits,body,title"},
    {"hunt.form", "GET", "/san-lung/moi", "hunt.write", "Lập đợt săn lùng", hunt_new_form, FORM_FIELDS, .page = "hunt/form.html", .faces = FACE_WEB /* a form */},
    {"hunt.add", "POST", "/san-lung/moi", "hunt.write", "Lập đợt săn lùng", hunt_add, ADD_FIELDS, .after = AFTER},
    {"hunt.try_rule", "POST", "/san-lung/thu-luat", "hunt.write", "Thử một luật trên nhật ký đã lưu", hunt_try_rule, TRY_FIELDS, .after = AFTER},
    {"hunt.estimate", "POST", "/san-lung/dem-thu", "hunt.write", "Đếm thử số cảnh báo mỗi ngày của một bộ luật", hunt_estimate, ESTIMATE_FIELDS, .after = "/cai-dat/luat/bo"},
    {"hunt.import", "POST", "/san-lung/nhap", "hunt.write", "Nhập gói săn lùng của cấp trên", hunt_import, IMPORT_FIELDS, .after = AFTER},
    {"hunt.view", "GET", HUNT, "hunt.read", "Xem một đợt săn lùng", hunt_view, ID_FIELDS, .page = "hunt/view.html", .versioned = TRUE},
    {"hunt.edit_form", "GET", HUNT "/sua", "hunt.write", "Sửa bản nháp đợt săn lùng", hunt_edit_form, ID_FIELDS, .page = "hunt/form.html",
     .faces = FACE_WEB /* a form */},
    {"hunt.edit", "POST", HUNT "/sua", "hunt.write", "Sửa bản nháp đợt săn lùng", hunt_edit, EDIT_FIELDS, .after = AFTER, .versioned = TRUE},
    {"hunt.start", "POST", HUNT "/chay", "hunt.write", "Chạy đợt săn lùng", hunt_start, ACT_FIELDS, .after = AFTER, .versioned = TRUE},
    {"hunt.pause", "POST", HUNT "/tam-dung", "hunt.write", "Tạm dừng đợt săn lùng, giữ chỗ đang đọc", hunt_pause, ACT_FIELDS, .after = AFTER, .versioned = TRUE},
    {"hunt.resume", "POST", HUNT "/chay-tiep", "hunt.write", "Chạy tiếp đợt săn lùng từ chỗ đã dừng", hunt_resume, ACT_FIELDS, .after = AFTER, .versioned = TRUE},
    {"hunt.cancel", "POST", HUNT "/huy", "hunt.write", "Hủy đợt săn lùng", hunt_cancel, ACT_FIELDS, .after = AFTER, .versioned = TRUE},
    {"hunt.run", "POST", HUNT "/chay-ngay", "hunt.write", "Chạy đợt săn lùng tại chỗ, chờ đến khi xong", hunt_run_here, ID_FIELDS,
     .faces = FACE_CLI /* it takes as long as the logs are */},
    {"hunt.result", "GET", HUNT "/ket-qua/{group}", "hunt.read", "Xem một kết quả với các sự kiện", hunt_group_view, GROUP_FIELDS, .page = "hunt/result.html"},
    {"hunt.triage", "POST", HUNT "/danh-gia", "hunt.write", "Ghi đánh giá một hay nhiều kết quả", hunt_triage, TRIAGE_FIELDS, .after = AFTER},
    {"hunt.open_incident", "POST", HUNT "/mo-su-co", "incident.report", "Mở sự cố từ một kết quả", hunt_open_incident, OPEN_FIELDS, .after = "/su-co/{incident}"},
    {"hunt.join_incident", "POST", HUNT "/gan-su-co", "incident.report", "Gắn một kết quả vào sự cố đang mở", hunt_join_incident, JOIN_FIELDS, .after = "/su-co/{incident}"},
    {"hunt.conclude", "POST", HUNT "/ket-luan", "hunt.write", "Kết luận đợt săn lùng", hunt_conclude, CONCLUDE_FIELDS, .after = AFTER, .versioned = TRUE},
    {"hunt.prove", "POST", HUNT "/minh-chung", "hunt.write", "Gắn đợt săn lùng làm minh chứng của nhiệm vụ", hunt_prove, PROVE_FIELDS, .after = AFTER},
    {"hunt.package", "GET", HUNT "/goi", "hunt.write", "Tải gói săn lùng đã ký để giao cho cấp dưới", hunt_package, ID_FIELDS, .gives = GIVES_FILE},
    {"hunt.hand_down", "POST", HUNT "/giao", "hunt.write", "Giao đợt săn lùng cho đơn vị cấp dưới", hunt_hand_down, HAND_FIELDS, .after = AFTER},
    {"hunt.answer", "GET", HUNT "/goi-ket-qua", "hunt.write", "Tải gói kết quả đã ký để gửi cấp trên", hunt_answer_file, ID_FIELDS, .gives = GIVES_FILE},
    {"hunt.answer_import", "POST", HUNT "/nhap-ket-qua", "hunt.write", "Nhập gói kết quả của cấp dưới", hunt_answer_import, ANSWER_FIELDS, .after = AFTER},
    {"log.search", "GET", "/nhat-ky/tim", "log.read", "Tìm từ trong nhật ký đã lưu, mới nhất trước", hunt_log_search, SEARCH_FIELDS, .page = "hunt/search.html",
     .columns = "rows:received,source,host,raw"},
};

static const PermissionRow PERMISSIONS[] = {
    {"hunt.read", ROLES_ALL & ~ROLE_VIEWER, "Xem các đợt săn lùng"},
    {"hunt.write", ROLE_ADMIN | ROLE_OFFICER, "Lập, chạy, kết luận đợt săn lùng"},
    {NULL},
};

static const MenuEntry MENU[] = {{"Săn lùng", "/san-lung", "hunt.read", 80}, {NULL}};

static const char *link_of(Arena *arena, const char *type, const char *id) {
  return strcmp(type, "hunt") == 0 ? arena_printf(arena, "/san-lung/%s", id) : NULL;
}

const Module hunt_module = {
    .name = "hunt",
    .operations = OPERATIONS(OPERATIONS),
    .permissions = PERMISSIONS,
    .menu = MENU,
    .beside = hunt_beside,
    .link = link_of,
};
