#include "module/incident/incident.h"
#include "module/incident/incident_delivery.h"
#include "module/incident/incident_filter.h"
#include "module/incident/incident_paper.h"
#include "module/incident/incident_upload.h"
#include <string.h>

/* --- choices --- */

static const Choice SEEN_CHOICES[] = {
    {"ma-hoa", "Tệp bị mã hóa, bị đổi đuôi, bị đòi tiền"}, {"gia-mao", "Thư, tin nhắn, cuộc gọi giả mạo cơ quan"},
    {"trang", "Trang thông tin hiện nội dung lạ"},         {"lo", "Dữ liệu, hồ sơ bị lộ hoặc bị mất"},
    {"ngung", "Hệ thống ngừng, mất kết nối, mất điện"},    {"khac", "Việc khác hoặc chưa rõ"}, {NULL, NULL},
};
static const Choice SOURCE_CHOICES[] = {
    {"phone", "Điện thoại"}, {"walk_in", "Báo trực tiếp"}, {"paper", "Văn bản giấy"}, {"email", "Thư điện tử"},
    {"coordinator", "Cơ quan điều phối, đơn vị khác"}, {"monitoring", "Hệ thống giám sát, ca trực"}, {NULL, NULL},
};
static const Choice HOW_CHOICES[] = {
    {"known_number", "Gọi lại số đã biết từ trước"}, {"second_channel", "Hỏi lại qua kênh thứ hai"}, {"in_person", "Gặp trực tiếp"},
    {"document", "Văn bản có dấu hoặc chữ ký số đã kiểm tra"}, {NULL, NULL},
};
static const Choice YES_NO[] = {{"yes", "Có"}, {"no", "Không"}, {NULL, NULL}};
static const Choice LEVEL_CHOICES[] = {{"nghiem-trong", "Nghiêm trọng"}, {"thong-thuong", "Thông thường"}, {"law", "Theo tiêu chí"},
                                       {NULL, NULL}};
static const Choice ANSWER_CHOICES[] = {{"agreed", "Xác nhận nghiêm trọng"}, {"refused", "Không xác nhận"}, {NULL, NULL}};
static const Choice CHANNEL_CHOICES[] = {
    {"document", "Hệ thống quản lý văn bản"}, {"email", "Thư điện tử"}, {"phone", "Điện thoại"}, {"zalo", "Zalo"},
    {"paper", "Văn bản giấy"}, {"software", "Phần mềm của cơ quan nhận"}, {NULL, NULL},
};
static const Choice OBSERVABLE_CHOICES[] = {{"ip", "Địa chỉ IP"}, {"domain", "Tên miền"}, {"url", "Đường dẫn"}, {"hash", "Mã băm"},
                                            {"email", "Địa chỉ thư"}, {"other", "Khác (tên tệp, đuôi tệp…)"}, {NULL, NULL}};
static const Choice TLP_CHOICES[] = {{"RED", "TLP:RED, chỉ người được gửi"}, {"AMBER+STRICT", "TLP:AMBER+STRICT, chỉ trong đơn vị"},
                                     {"AMBER", "TLP:AMBER, hạn chế"}, {"GREEN", "TLP:GREEN, trong cộng đồng"},
                                     {"CLEAR", "TLP:CLEAR, công khai"}, {NULL, NULL}};
static const Choice TAB_CHOICES[] = {{"mo", "Đang mở"}, {"moi", "Mới báo"}, {"cua-toi", "Của tôi"}, {"sap-han", "Sắp đến hạn thông báo"},
                                     {"qua-han", "Quá hạn thông báo"}, {"da-dong", "Đã đóng"}, {"xong", "Đã xong"}, {NULL, NULL}};

/* --- fields --- */

#define ID {"id", FIELD_ID, "Sự cố", TRUE}
#define VERSION {"version", FIELD_INT, "Phiên bản đang xem", .hidden = TRUE}
#define REASON(name, label) {name, FIELD_LONG_TEXT, label, TRUE, 3, 2000}
#define OPTIONAL(name, label) {name, FIELD_LONG_TEXT, label, FALSE, 0, 2000}
#define STEP {"step", FIELD_TEXT, "Bước", TRUE, 1, 20, .hidden = TRUE}
#define PERIOD_FIELDS                                                                                                  \
  {"body", FIELD_ID, "Đơn vị và các đơn vị bên dưới"}, {"from", FIELD_DAY, "Từ ngày"}, {"to", FIELD_DAY, "Đến ngày"}
#define FILTER_FIELDS                                                                                                  \
  {"from", FIELD_DAY, "Nhận từ ngày"}, {"to", FIELD_DAY, "Đến ngày"}, {"cause", FIELD_CHOICE, "Nhóm nguyên nhân"},       \
      {"kind", FIELD_CHOICE, "Loại sự cố"}, {"grade", FIELD_CHOICE, "Mức", .choices = INCIDENT_GRADE_CHOICES},           \
      {"level", FIELD_INT, "Cấp độ hệ thống (0: chưa rõ)", FALSE, 0, 5},                                                 \
      {"state", FIELD_CHOICE, "Trạng thái", .choices = INCIDENT_STATE_CHOICES},                                          \
      {"measure", FIELD_CHOICE, "Thời gian, thông báo, cách xử lý", .choices = INCIDENT_MEASURE_CHOICES},                \
      {"body", FIELD_ID, "Đơn vị và các đơn vị bên dưới"}, {"unit", FIELD_ID, "Đơn vị bên dưới"}
#define AT(label) {"at", FIELD_TIME, label}

static const Field ASSESS_FIELDS[] = {
    {"file", FIELD_FILE, "Tệp dữ kiện (JSON); không nêu thì đọc đầu vào chuẩn"}, {"facts", FIELD_JSON, "Dữ kiện"}, {NULL}};
static const Field REPORT_FORM_FIELDS[] = {{"body", FIELD_ID, "Đơn vị nhận tin"}, {NULL}};
static const Field REPORT_FIELDS[] = {
    {"body", FIELD_ID, "Đơn vị nhận tin", .hidden = TRUE},
    {"what", FIELD_CHOICE, "Điều gì đã xảy ra?", .choices = SEEN_CHOICES},
    {"description", FIELD_LONG_TEXT, "Đã thấy gì, ở máy nào?", TRUE, 5, 5000, .help = "Ghi ngắn như kể lại. Không ghi mật khẩu."},
    {"seen", FIELD_TIME, "Thấy lúc nào?", .help = "Ví dụ 07:40 18/11/2026. Có thể ghi áng chừng."},
    {"phone", FIELD_PHONE, "Số điện thoại để gọi lại", TRUE, .help = "Chỉ người xử lý sự cố xem được."},
    {"name", FIELD_TEXT, "Họ và tên, đơn vị", FALSE, 0, 200},
    {"email", FIELD_EMAIL, "Thư điện tử"},
    {"file", FIELD_FILE, "Ảnh chụp màn hình (nếu có)", .help = "Tối đa 10 MB. Mạng yếu có thể gửi sau bằng mã."},
    {NULL}};
static const Field FOLLOW_FIND_FIELDS[] = {{"ma", FIELD_TEXT, "Mã tin báo", FALSE, 0, 40}, {NULL}};
static const Field FOLLOW_FIELDS[] = {{"code", FIELD_ID, "Mã tin báo", TRUE}, {NULL}};
static const Field FOLLOW_ADD_FIELDS[] = {{"code", FIELD_ID, "Mã tin báo", TRUE}, {"text", FIELD_LONG_TEXT, "Nội dung thêm", FALSE, 0, 5000},
                                          {"file", FIELD_FILE, "Ảnh, tệp"}, {NULL}};
static const Field ADD_FIELDS[] = {
    {"source", FIELD_CHOICE, "Nhận tin qua", TRUE, .choices = SOURCE_CHOICES},
    {"description", FIELD_LONG_TEXT, "Nội dung tin báo", TRUE, 5, 20000, .help = "Ghi lời kể, hoặc dán nguyên văn thư, cả dòng Từ và Tiêu đề: người gửi được gửi thư xác nhận."},
    {"title", FIELD_TEXT, "Tên sự cố", FALSE, 3, 200},
    {"kind", FIELD_CHOICE, "Loại (nếu đã rõ)"},
    {"detected", FIELD_TIME, "Thời điểm phát hiện", TRUE, .help = "Thời hạn tính từ lúc này, không từ lúc nhập."},
    {"told", FIELD_TIME, "Thời điểm nhận tin"},
    {"name", FIELD_TEXT, "Người báo, đơn vị", FALSE, 0, 200},
    {"phone", FIELD_PHONE, "Số điện thoại người báo"},
    {"email", FIELD_EMAIL, "Thư điện tử người báo"},
    {"system", FIELD_TEXT, "Hệ thống bị ảnh hưởng", FALSE, 0, 300},
    {"level", FIELD_INT, "Cấp độ của hệ thống", FALSE, 1, 5},
    {"receipt_confirmed", FIELD_BOOL, "Đã trả lời người báo là đã nhận tin"},
    {"file", FIELD_FILE, "Ảnh, tệp kèm theo"},
    {NULL}};
static const Field LIST_FIELDS[] = {{"tab", FIELD_CHOICE, "Bộ lọc", .choices = TAB_CHOICES}, {"q", FIELD_TEXT, "Tìm"}, FILTER_FIELDS,
                                    {"after", FIELD_TEXT, "Sau dòng"}, {"limit", FIELD_INT, "Số dòng", FALSE, 1, 500}, {NULL}};
static const Field FILTER_SAVE_FIELDS[] = {{"name", FIELD_TEXT, "Tên bộ lọc", TRUE, 1, 60},
                                           {"query", FIELD_TEXT, "Điều kiện, như trong địa chỉ của danh sách", TRUE, 3, 1000, .hidden = TRUE}, {NULL}};
static const Field FILTER_RENAME_FIELDS[] = {{"filter", FIELD_ID, "Bộ lọc", TRUE}, {"name", FIELD_TEXT, "Tên mới", TRUE, 1, 60}, {NULL}};
static const Field FILTER_DELETE_FIELDS[] = {{"filter", FIELD_ID, "Bộ lọc", TRUE}, {NULL}};
static const Field STATS_FIELDS[] = {PERIOD_FIELDS, {NULL}};
static const Choice FORM05_CHOICES[] = {{"docx", "DOCX"}, {"pdf", "PDF"}, {"xlsx", "XLSX"}, {"svg", "SVG"}, {NULL, NULL}};
static const Field FORM05_FILE_FIELDS[] = {{"format", FIELD_CHOICE, "Dạng tệp", .choices = FORM05_CHOICES}, PERIOD_FIELDS, {NULL}};
static const Field FORM05_PROVE_FIELDS[] = {{"duty", FIELD_CHOICE, "Nhiệm vụ", TRUE}, {"from", FIELD_DAY, "Từ ngày", TRUE, .hidden = TRUE},
                                            {"to", FIELD_DAY, "Đến ngày", TRUE, .hidden = TRUE},
                                            {"body", FIELD_ID, "Đơn vị và các đơn vị bên dưới", .hidden = TRUE}, {NULL}};
static const Field OUTCOME_FIELDS[] = {
    ID,
    {"helpers", FIELD_LONG_TEXT, "Tổ chức đã hỗ trợ xử lý, mỗi dòng một tên", FALSE, 0, 2000, .help = "Để trống khi tự xử lý."},
    {"foreign_helpers", FIELD_LONG_TEXT, "Tổ chức nước ngoài đã hỗ trợ, mỗi dòng một tên", FALSE, 0, 2000},
    {"asked", FIELD_BOOL, "Đã đề nghị Cơ quan điều phối quốc gia hỗ trợ xử lý"},
    {"damage", FIELD_INT, "Thiệt hại ước tính (đồng)", FALSE, 0, G_GINT64_CONSTANT(1000000000000000)},
    VERSION,
    {NULL}};
static const Field ID_FIELDS[] = {ID, {NULL}};
static const Field VIEW_FIELDS[] = {ID, {"log", FIELD_BOOL, "Mọi dòng diễn biến"}, {NULL}};
static const Field PLAIN_FIELDS[] = {ID, VERSION, {NULL}};
static const Field VERIFY_FIELDS[] = {ID, {"how", FIELD_CHOICE, "Cách xác minh", TRUE, .choices = HOW_CHOICES},
                                      OPTIONAL("note", "Gọi số nào, gặp ai, kết quả"), VERSION, {NULL}};
static const Field CONFIRM_FIELDS[] = {ID, OPTIONAL("note", "Kết quả xác minh"), VERSION, {NULL}};
static const Field REASON_FIELDS[] = {ID, REASON("reason", "Lý do"), VERSION, {NULL}};
static const Field DUPLICATE_FIELDS[] = {ID, {"of", FIELD_TEXT, "Mã sự cố đã có (SC-…)", TRUE, 5, 40}, OPTIONAL("reason", "Ghi chú"), VERSION, {NULL}};
static const Field COMMAND_FIELDS[] = {ID, {"person", FIELD_CHOICE, "Người chỉ huy", TRUE}, VERSION, {NULL}};
static const Field CLASSIFY_FIELDS[] = {
    ID,
    {"title", FIELD_TEXT, "Tên sự cố", FALSE, 3, 200},
    {"detected_at", FIELD_TIME, "Thời điểm phát hiện", TRUE},
    {"told_at", FIELD_TIME, "Thời điểm nhận tin báo", .help = "Để trống khi tự phát hiện."},
    {"system_name", FIELD_TEXT, "Hệ thống bị sự cố", FALSE, 0, 300},
    {"level", FIELD_INT, "Câu 1. Cấp độ của hệ thống", FALSE, 1, 5},
    {"national_list", FIELD_CHOICE, "Hệ thống thuộc Danh mục hệ thống thông tin quan trọng quốc gia", .choices = YES_NO},
    {"harm", FIELD_IDS, "Câu 2. Điều kiện nào đã xảy ra?"},
    {"harm_asked", FIELD_BOOL, "Đã hỏi về điều kiện", .hidden = TRUE},
    {"owner_can_handle", FIELD_CHOICE, "Câu 3. Chủ quản tự kiểm soát, xử lý được?", .choices = YES_NO},
    {"serious", FIELD_CHOICE, "Câu 1. Vượt ngưỡng nghiêm trọng do chủ quản đặt?", .choices = YES_NO},
    {"serious_disruption", FIELD_CHOICE, "Câu 2. Gây gián đoạn nghiêm trọng hoạt động của hệ thống?", .choices = YES_NO},
    {"national_security", FIELD_CHOICE, "Câu 3. Có dấu hiệu xâm phạm an ninh quốc gia, trật tự, an toàn xã hội?", .choices = YES_NO},
    {"complex", FIELD_CHOICE, "Sự cố phức tạp?", .choices = YES_NO},
    {"beyond_capacity_at", FIELD_TIME, "Thời điểm xác định có thể vượt khả năng xử lý", .help = "Để trống khi chưa."},
    {"personal_data", FIELD_CHOICE, "Có vi phạm dữ liệu cá nhân?", .choices = YES_NO},
    {"ended_at", FIELD_TIME, "Thời điểm kết thúc xử lý", .help = "Tự ghi khi hoàn thành bước kiểm tra, đánh giá."},
    {"kinds", FIELD_IDS, "Loại sự cố"},
    OPTIONAL("reason", "Vì sao đổi"),
    VERSION,
    {NULL}};
static const Field DECIDE_FIELDS[] = {ID, {"level", FIELD_CHOICE, "Mức", TRUE, .choices = LEVEL_CHOICES}, REASON("reason", "Lý do"), VERSION, {NULL}};
static const Field CONFIRM_LEVEL_FIELDS[] = {ID, {"answer", FIELD_CHOICE, "Ý kiến", TRUE, .choices = ANSWER_CHOICES},
                                             {"document", FIELD_TEXT, "Văn bản hoặc người trả lời", TRUE, 3, 300}, AT("Lúc trả lời"), VERSION, {NULL}};
static const Field STEP_FIELDS[] = {ID, STEP, AT("Giờ"), OPTIONAL("note", "Kết quả"), VERSION, {NULL}};
static const Field STEP_REASON_FIELDS[] = {ID, STEP, REASON("note", "Lý do"), VERSION, {NULL}};
static const Field TASK_FIELDS[] = {ID, {"title", FIELD_TEXT, "Việc phải làm", TRUE, 3, 300}, {"owner", FIELD_CHOICE, "Người làm"},
                                    {"due", FIELD_TIME, "Hạn"}, {"step", FIELD_TEXT, "Thuộc bước (T7…)", FALSE, 0, 20}, {NULL}};
static const Field TASK_DONE_FIELDS[] = {ID, {"task", FIELD_ID, "Việc", TRUE}, OPTIONAL("result", "Kết quả"), {NULL}};
static const Field NOTE_FIELDS[] = {ID, {"text", FIELD_LONG_TEXT, "Việc vừa xảy ra, ai làm, kết quả", TRUE, 2, 5000}, AT("Giờ xảy ra"), {NULL}};
static const Field CORRECT_FIELDS[] = {ID, {"number", FIELD_INT, "Đính chính dòng số", TRUE, 1, 100000},
                                       {"text", FIELD_LONG_TEXT, "Nội dung đúng", TRUE, 2, 5000}, {NULL}};
static const Field PARTY_FIELDS[] = {ID, {"actor", FIELD_CHOICE, "Vai trò theo văn bản", TRUE}, {"name", FIELD_TEXT, "Là cơ quan, đơn vị nào", TRUE, 2, 200},
                                     {"contact", FIELD_TEXT, "Liên hệ", FALSE, 0, 300}, {NULL}};
static const Field PERSON_FIELDS[] = {ID, {"name", FIELD_TEXT, "Họ và tên", TRUE, 2, 100}, {"unit", FIELD_TEXT, "Đơn vị", FALSE, 0, 200},
                                      {"role", FIELD_TEXT, "Việc đảm nhận", FALSE, 0, 200}, {"phone", FIELD_PHONE, "Điện thoại"}, {NULL}};
static const Field RELEASE_FIELDS[] = {ID, {"person", FIELD_ID, "Người", TRUE}, {NULL}};
static const Field SYSTEM_FIELDS[] = {ID, {"name", FIELD_TEXT, "Hệ thống, thiết bị", TRUE, 2, 300, .help = "Chọn từ danh mục hệ thống (gõ để tìm), hoặc gõ tên."}, {"level", FIELD_INT, "Cấp độ, khi không có trong danh mục", FALSE, 1, 5},
                                      {"impact", FIELD_TEXT, "Ảnh hưởng", FALSE, 0, 500}, {NULL}};
static const Field OBSERVABLE_FIELDS[] = {ID, {"value", FIELD_TEXT, "Giá trị (viết kiểu hxxp, [.] cũng được)", TRUE, 1, 2000},
                                          {"kind", FIELD_CHOICE, "Loại (để trống: tự nhận)", .choices = OBSERVABLE_CHOICES},
                                          {"tlp", FIELD_CHOICE, "Mức chia sẻ", .choices = TLP_CHOICES}, {"note", FIELD_TEXT, "Ghi chú", FALSE, 0, 500}, {NULL}};
static const Field EVIDENCE_FIELDS[] = {ID, {"title", FIELD_TEXT, "Nội dung", TRUE, 3, 300}, {"file", FIELD_FILE, "Tệp (không có: hiện vật)"},
                                        {"by", FIELD_TEXT, "Người thu thập", FALSE, 0, 200}, {"taken", FIELD_TIME, "Lúc thu thập"},
                                        {"where", FIELD_TEXT, "Ở đâu", FALSE, 0, 300}, {"how", FIELD_TEXT, "Bằng cách nào", FALSE, 0, 500},
                                        {"seal", FIELD_TEXT, "Số niêm phong", FALSE, 0, 100}, {NULL}};
static const Choice HANDOVER_CHOICES[] = {{"transferred", "Giao"}, {"returned", "Trả lại"}, {NULL, NULL}};
static const Field TRANSFER_FIELDS[] = {ID, {"evidence", FIELD_ID, "Chứng cứ", TRUE}, {"what", FIELD_CHOICE, "Việc", .choices = HANDOVER_CHOICES}, {"from", FIELD_TEXT, "Người giao", TRUE, 2, 200},
                                        {"to", FIELD_TEXT, "Người nhận", TRUE, 2, 200}, AT("Lúc giao"), {"note", FIELD_TEXT, "Ghi chú", FALSE, 0, 500}, {NULL}};
static const Field UPLOAD_FIELDS[] = {ID, {"title", FIELD_TEXT, "Nội dung", TRUE, 3, 300}, {"name", FIELD_TEXT, "Tên tệp", TRUE, 1, 1000},
                                      {"size", FIELD_INT, "Dung lượng tệp (byte)", TRUE, 1, G_GINT64_CONSTANT(1000000000000000)},
                                      {"by", FIELD_TEXT, "Người thu thập", FALSE, 0, 200}, {"taken", FIELD_TIME, "Lúc thu thập"},
                                      {"where", FIELD_TEXT, "Ở đâu", FALSE, 0, 300}, {"how", FIELD_TEXT, "Bằng cách nào", FALSE, 0, 500},
                                      {"seal", FIELD_TEXT, "Số niêm phong", FALSE, 0, 100}, {NULL}};
#define UPLOAD {"upload", FIELD_ID, "Lần tải lên", TRUE}
#define SHA256(label) {"sha256", FIELD_TEXT, label, FALSE, 64, 64}
static const Field UPLOAD_ID_FIELDS[] = {ID, UPLOAD, {NULL}};
static const Field UPLOAD_PIECE_FIELDS[] = {ID, UPLOAD, {"offset", FIELD_INT, "Bắt đầu từ byte", TRUE, 0, G_GINT64_CONSTANT(1000000000000000)},
                                            {"file", FIELD_FILE, "Phần của tệp"}, SHA256("SHA-256 của phần này"), {NULL}};
static const Field UPLOAD_FINISH_FIELDS[] = {ID, UPLOAD, SHA256("SHA-256 của toàn tệp"), {NULL}};
static const Field EVIDENCE_FILE_FIELDS[] = {ID, {"evidence", FIELD_ID, "Chứng cứ", TRUE}, {NULL}};
static const Field SEND_FIELDS[] = {ID, {"notice", FIELD_ID, "Thông báo", TRUE},
                                    {"channel", FIELD_CHOICE, "Gửi bằng cách nào", TRUE, .choices = CHANNEL_CHOICES},
                                    {"recipient", FIELD_TEXT, "Người, nơi nhận", TRUE, 2, 300}, AT("Lúc gửi"),
                                    {"proof", FIELD_TEXT, "Minh chứng (số văn bản, mã thư, người nghe)", FALSE, 0, 500},
                                    {"file", FIELD_FILE, "Tệp minh chứng"}, VERSION, {NULL}};
static const Field RECEIVED_FIELDS[] = {ID, {"notice", FIELD_ID, "Thông báo", TRUE}, AT("Lúc xác nhận"),
                                        {"proof", FIELD_TEXT, "Số tiếp nhận, người xác nhận", FALSE, 0, 500}, {NULL}};
static const Field FAIL_FIELDS[] = {ID, {"notice", FIELD_ID, "Thông báo", TRUE}, {"channel", FIELD_CHOICE, "Đã thử cách nào", TRUE, .choices = CHANNEL_CHOICES},
                                    REASON("reason", "Vì sao không được"), {NULL}};
#define MAIL_FIELDS_SHARED                                                                                             \
  ID, {"notice", FIELD_ID, "Thông báo", TRUE}, {"to", FIELD_IDS, "Nơi nhận (mã vai trò; không nêu: mọi nơi có địa chỉ)"},  \
      {"chosen", FIELD_BOOL, "Đã chọn nơi nhận", .hidden = TRUE}, {"more", FIELD_TEXT, "Thêm địa chỉ thư", FALSE, 0, 1000}
static const Field PREVIEW_FIELDS[] = {MAIL_FIELDS_SHARED, {NULL}};
static const Field MAIL_FIELDS[] = {MAIL_FIELDS_SHARED, {"subject", FIELD_TEXT, "Tiêu đề thư", FALSE, 3, 300},
                                    {"text", FIELD_LONG_TEXT, "Nội dung thư", FALSE, 10, 20000},
                                    {"attach", FIELD_IDS, "Văn bản kèm theo"}, {NULL}};
static const Field DELIVERY_FIELDS[] = {ID, {"delivery", FIELD_ID, "Thư", TRUE}, {NULL}};
static const Field DELIVERY_SENT_FIELDS[] = {ID, {"delivery", FIELD_ID, "Thư", TRUE},
                                             {"proof", FIELD_TEXT, "Ai ở nơi nhận nói đã nhận, lúc nào", TRUE, 3, 500}, {NULL}};
static const Field DELIVERY_STOP_FIELDS[] = {ID, {"delivery", FIELD_ID, "Thư", TRUE}, REASON("reason", "Lý do"), {NULL}};
static const Field PAPER_FORM_FIELDS[] = {ID, {"form", FIELD_ID, "Mẫu", TRUE}, {"paper", FIELD_ID, "Văn bản"}, {NULL}};
static const Field PAPER_SAVE_FIELDS[] = {ID, {"form", FIELD_ID, "Mẫu", TRUE}, {"paper", FIELD_ID, "Văn bản", .hidden = TRUE},
                                          {"fields", FIELD_JSON, "Các mục (JSON theo mã mục)", .hidden = TRUE}, VERSION, {NULL}};
static const Field PAPER_FIELDS[] = {ID, {"paper", FIELD_ID, "Văn bản", TRUE}, VERSION, {NULL}};
static const Field PAPER_SIGN_FIELDS[] = {ID, {"paper", FIELD_ID, "Văn bản", TRUE}, {"number", FIELD_TEXT, "Số, ký hiệu", TRUE, 1, 60},
                                          {"day", FIELD_DAY, "Ngày ban hành", TRUE}, {"signer", FIELD_TEXT, "Người ký", TRUE, 2, 100},
                                          {"file", FIELD_FILE, "Bản quét đã ký (có bản quét thì chốt)"}, VERSION, {NULL}};
static const Choice FORMAT_CHOICES[] = {{"pdf", "PDF"}, {"docx", "DOCX"}, {NULL, NULL}};
static const Field CUSTODY_FILE_FIELDS[] = {ID, {"evidence", FIELD_ID, "Chứng cứ", TRUE}, {"format", FIELD_CHOICE, "Dạng tệp", .choices = FORMAT_CHOICES}, {NULL}};
static const Field PAPER_FILE_FIELDS[] = {ID, {"paper", FIELD_ID, "Văn bản", TRUE}, {"format", FIELD_CHOICE, "Dạng tệp", TRUE, .choices = FORMAT_CHOICES}, {NULL}};

static const Field ARCHIVE_FIELDS[] = {{"file", FIELD_FILE, "Gói hồ sơ (ZIP)"},
                                       {"key", FIELD_TEXT, "Khóa công khai của nơi gửi; nêu để chắc ai đã ký", FALSE, 64, 64}, {NULL}};

/* --- the table --- */

#define CASE "/su-co/{id}"
#define ACT(name, path, permission, summary, fields)                                                                   \
  {"incident." name, "POST", CASE path, "incident." permission, summary, incident_act, fields, .after = CASE, .versioned = TRUE}
/* What is only added to has no version. */
#define ADD(name, path, permission, summary, fields)                                                                   \
  {"incident." name, "POST", CASE path, "incident." permission, summary, incident_act, fields, .after = NULL}

static const Operation OPERATIONS[] = {
    {"incident.assess", "POST", "/su-co/danh-gia", "incident.read", "Đánh giá dữ kiện một sự cố: mức, quy trình, thời hạn; không lưu",
     incident_assess_facts, ASSESS_FIELDS, .columns = "clocks:id,due,form,what", .needs = NEEDS_NOTHING,
     .faces = FACE_API | FACE_CLI /* on the page the case itself is assessed */},
    {"incident.report_form", "GET", "/bao-su-co", PERMISSION_PUBLIC, "Báo sự cố", incident_report_form, REPORT_FORM_FIELDS,
     .page = "incident/report.html", .faces = FACE_WEB /* a form */},
    {"incident.report", "POST", "/bao-su-co", PERMISSION_PUBLIC, "Gửi tin báo sự cố, không cần tài khoản", incident_report, REPORT_FIELDS,
     .after = "/bao-su-co/{follow}", .faces = FACE_WEB | FACE_API /* on the command line a person is known: incident add */},
    {"incident.follow_find", "GET", "/tra-cuu-tin-bao", PERMISSION_PUBLIC, "Tra cứu tin báo", incident_follow_find, FOLLOW_FIND_FIELDS,
     .page = "incident/follow.html", .faces = FACE_WEB /* a form */},
    {"incident.follow", "GET", "/bao-su-co/{code}", PERMISSION_PUBLIC, "Xem tin báo theo mã", incident_follow, FOLLOW_FIELDS,
     .page = "incident/follow.html", .faces = FACE_WEB | FACE_API /* for reporters */},
    {"incident.follow_add", "POST", "/bao-su-co/{code}/them", PERMISSION_PUBLIC, "Gửi thêm nội dung, ảnh cho tin báo", incident_follow_add,
     FOLLOW_ADD_FIELDS, .after = "/bao-su-co/{code}", .faces = FACE_WEB | FACE_API /* for reporters */},
    {"incident.list", "GET", "/su-co", "incident.read", "Sự cố", incident_list, LIST_FIELDS, .page = "incident/list.html",
     .columns = "rows:code,state.label,severity,due.left,commander,title"},
    {"incident.stats", "GET", "/su-co/thong-ke", "incident.read", "Thống kê sự cố của đơn vị và các đơn vị bên dưới", incident_stats, STATS_FIELDS,
     .page = "incident/stats.html", .columns = "rows:table,label,count"},
    {"incident.leader", "GET", "/su-co/lanh-dao", "incident.read", "Sự cố trên một trang cho lãnh đạo", incident_leader, NULL,
     .page = "incident/leader.html", .columns = "deadlines:code,due.left,what,receiver"},
    {"incident.form05", "GET", "/su-co/mau-05", "incident.read", "Bảng Mẫu số 05: số sự cố theo loại tấn công và cách xử lý", incident_form05,
     STATS_FIELDS, .page = "incident/form05.html", .columns = "rows:count,label,damage"},
    {"incident.form05_file", "GET", "/su-co/mau-05/tep", "incident.read", "Mẫu số 05 dạng DOCX, PDF, XLSX, SVG", incident_form05_file,
     FORM05_FILE_FIELDS, .gives = GIVES_FILE},
    {"incident.form05_prove", "POST", "/su-co/mau-05/minh-chung", "incident.command", "Dùng Mẫu số 05 của kỳ làm minh chứng cho một nhiệm vụ",
     incident_form05_prove, FORM05_PROVE_FIELDS, .after = "/nhiem-vu/{duty}"},
    {"incident.filter_list", "GET", "/su-co/bo-loc", "incident.read", "Bộ lọc sự cố đã lưu của người dùng", incident_filter_list, NULL,
     .columns = "rows:id,name,query", .faces = FACE_API | FACE_CLI /* on the page they are tabs of the list */},
    {"incident.filter_save", "POST", "/su-co/bo-loc", "incident.read", "Lưu một bộ lọc của danh sách sự cố", incident_filter_save, FILTER_SAVE_FIELDS},
    {"incident.filter_rename", "POST", "/su-co/bo-loc/{filter}/ten", "incident.read", "Đổi tên bộ lọc đã lưu", incident_filter_rename,
     FILTER_RENAME_FIELDS},
    {"incident.filter_delete", "POST", "/su-co/bo-loc/{filter}/xoa", "incident.read", "Xóa bộ lọc đã lưu", incident_filter_delete,
     FILTER_DELETE_FIELDS, .after = "/su-co"},
    {"incident.new", "GET", "/su-co/moi", "incident.report", "Ghi tin báo sự cố", incident_new_form, NULL, .page = "incident/form.html",
     .faces = FACE_WEB /* a form */},
    {"incident.add", "POST", "/su-co/moi", "incident.report", "Ghi tin báo nhận qua điện thoại, giấy, thư, tại chỗ, giám sát", incident_add,
     ADD_FIELDS, .after = "/su-co/{code}"},
    {"incident.view", "GET", CASE, "incident.read", "Xem một sự cố", incident_view, VIEW_FIELDS, .page = "incident/view.html", .versioned = TRUE},
    {"incident.classify_form", "GET", CASE "/phan-loai", "incident.read", "Phân loại sự cố: từng tiêu chí và điều khoản",
     incident_classify_form, ID_FIELDS, .page = "incident/classify.html", .versioned = TRUE, .columns = "criteria:state.label,name,basis"},
    {"incident.sheet", "GET", CASE "/phieu", "incident.read", "Phiếu ứng cứu để in", incident_sheet, ID_FIELDS, .page = "incident/sheet.html"},
    {"incident.sheet_file", "GET", CASE "/phieu/tep", "incident.read", "Phiếu ứng cứu dạng PDF", incident_sheet_file, ID_FIELDS, .gives = GIVES_FILE},
    {"incident.file", "GET", CASE "/ho-so", "incident.read", "Toàn bộ hồ sơ sự cố dạng PDF", incident_case_file, ID_FIELDS, .gives = GIVES_FILE},
    {"incident.archive", "POST", CASE "/goi", "incident.command", "Toàn bộ hồ sơ sự cố thành một gói ZIP có chữ ký", incident_archive, ID_FIELDS,
     .gives = GIVES_FILE},
    {"incident.archive_verify", "POST", "/su-co/kiem-goi", "incident.read", "Kiểm một gói hồ sơ: chữ ký, tệp bị sửa, thêm, thiếu",
     incident_archive_verify, ARCHIVE_FIELDS, .needs = NEEDS_NOTHING, .faces = FACE_API | FACE_CLI /* for who receives a package */},
    ACT("acknowledge", "/tiep-nhan", "command", "Tiếp nhận tin báo", PLAIN_FIELDS),
    ACT("verify_sender", "/xac-minh-nguoi-bao", "command", "Ghi việc xác minh người báo", VERIFY_FIELDS),
    ACT("confirm", "/xac-nhan", "command", "Xác nhận là sự cố", CONFIRM_FIELDS),
    ACT("reject", "/khong-phai-su-co", "command", "Ghi: không phải sự cố, có lý do", REASON_FIELDS),
    ACT("near_miss", "/suyt-xay-ra", "command", "Ghi: suýt xảy ra sự cố", REASON_FIELDS),
    ACT("duplicate", "/trung-lap", "command", "Ghi: trùng với sự cố khác", DUPLICATE_FIELDS),
    ACT("classify", "/phan-loai", "command", "Nhập dữ kiện, tính lại mức và thời hạn", CLASSIFY_FIELDS),
    ACT("decide", "/muc", "command", "Xác định mức khác với tiêu chí, có lý do", DECIDE_FIELDS),
    ACT("confirm_level", "/muc/y-kien", "command", "Ghi ý kiến của cơ quan có thẩm quyền về mức nghiêm trọng", CONFIRM_LEVEL_FIELDS),
    ACT("command", "/chi-huy", "command", "Giao người chỉ huy", COMMAND_FIELDS),
    ACT("step_begin", "/buoc/bat-dau", "work", "Bắt đầu một bước", STEP_FIELDS),
    ACT("step_finish", "/buoc/xong", "work", "Hoàn thành một bước", STEP_FIELDS),
    ACT("step_skip", "/buoc/bo-qua", "command", "Ghi: bước không cần thực hiện", STEP_REASON_FIELDS),
    ACT("step_back", "/buoc/lam-lai", "command", "Hệ thống chưa ổn định: làm lại các bước", STEP_REASON_FIELDS),
    ACT("outcome", "/cach-xu-ly", "command", "Ghi cách xử lý và thiệt hại, cho báo cáo tổng hợp", OUTCOME_FIELDS),
    ACT("close", "/dong", "command", "Đóng hồ sơ", PLAIN_FIELDS),
    ACT("close_with_reason", "/dong-co-ly-do", "command", "Đóng hồ sơ khi còn thiếu, có lý do được in", REASON_FIELDS),
    ACT("reopen", "/mo-lai", "command", "Mở lại hồ sơ", REASON_FIELDS),
    ACT("notice_send", "/thong-bao/{notice}/gui", "command", "Ghi việc đã gửi một thông báo", SEND_FIELDS),
    ADD("notice_confirm", "/thong-bao/{notice}/xac-nhan", "command", "Ghi nơi nhận đã xác nhận", RECEIVED_FIELDS),
    ADD("notice_fail", "/thong-bao/{notice}/loi", "command", "Ghi lần gửi không thành", FAIL_FIELDS),
    {"incident.notice_preview", "GET", CASE "/thong-bao/{notice}/thu", "incident.command", "Xem trước thông báo gửi qua thư",
     incident_notice_preview, PREVIEW_FIELDS, .page = "incident/notice.html", .columns = "recipients:receiver,address,ground,name"},
    {"incident.notice_mail", "POST", CASE "/thong-bao/{notice}/thu", "incident.command", "Gửi thông báo qua thư đến các nơi nhận",
     incident_notice_mail, MAIL_FIELDS, .after = CASE},
    ADD("delivery_again", "/thu/{delivery}/gui-lai", "command", "Gửi lại một thư", DELIVERY_FIELDS),
    ADD("delivery_sent", "/thu/{delivery}/da-nhan", "command", "Ghi nơi nhận nói đã nhận thư không rõ kết quả", DELIVERY_SENT_FIELDS),
    ADD("delivery_stop", "/thu/{delivery}/thoi", "command", "Thôi gửi một thư đang chờ", DELIVERY_STOP_FIELDS),
    ADD("task_add", "/viec", "work", "Giao việc trong sự cố", TASK_FIELDS),
    ADD("task_finish", "/viec/{task}/xong", "work", "Hoàn thành việc được giao", TASK_DONE_FIELDS),
    ADD("note", "/dien-bien", "work", "Ghi diễn biến", NOTE_FIELDS),
    ADD("correct", "/dien-bien/dinh-chinh", "work", "Đính chính một dòng diễn biến", CORRECT_FIELDS),
    ADD("party", "/ben", "command", "Ghi tên cơ quan, đơn vị cho một vai trò", PARTY_FIELDS),
    ADD("person_add", "/nguoi", "work", "Thêm người tham gia", PERSON_FIELDS),
    ADD("person_release", "/nguoi/{person}/thoi", "work", "Ghi người thôi tham gia", RELEASE_FIELDS),
    ADD("system_add", "/he-thong", "work", "Thêm hệ thống bị ảnh hưởng", SYSTEM_FIELDS),
    ADD("observable_add", "/dau-hieu", "work", "Thêm dấu hiệu nhận biết", OBSERVABLE_FIELDS),
    {"evidence.add", "POST", CASE "/chung-cu", "incident.work", "Nhận chứng cứ", incident_act, EVIDENCE_FIELDS},
    {"evidence.transfer", "POST", CASE "/chung-cu/{evidence}/giao", "incident.work", "Ghi giao, trả chứng cứ", incident_act, TRANSFER_FIELDS},
    {"evidence.upload_begin", "POST", CASE "/chung-cu/tai-len", "incident.work", "Bắt đầu tải lên một tệp chứng cứ theo từng phần",
     incident_upload_begin, UPLOAD_FIELDS},
    {"evidence.upload_list", "GET", CASE "/chung-cu/tai-len", "incident.work", "Các tệp chứng cứ tải dở", incident_upload_list, ID_FIELDS,
     .columns = "rows:upload,file_name,offset,size_bytes,expires", .faces = FACE_API | FACE_CLI /* the page of the case shows them */},
    {"evidence.upload_view", "GET", CASE "/chung-cu/tai-len/{upload}", "incident.work", "Hỏi đã nhận đến byte nào của một tệp tải dở",
     incident_upload_view, UPLOAD_ID_FIELDS, .faces = FACE_API | FACE_CLI /* for what sends the pieces */},
    {"evidence.upload_piece", "POST", CASE "/chung-cu/tai-len/{upload}/phan", "incident.work",
     "Gửi một phần của tệp chứng cứ (application/octet-stream, hoặc tệp của biểu mẫu)", incident_upload_piece, UPLOAD_PIECE_FIELDS},
    {"evidence.upload_finish", "POST", CASE "/chung-cu/tai-len/{upload}/xong", "incident.work",
     "Hoàn tất tệp tải lên: tính SHA-256 toàn tệp, ghi thành chứng cứ", incident_upload_finish, UPLOAD_FINISH_FIELDS},
    {"evidence.upload_drop", "POST", CASE "/chung-cu/tai-len/{upload}/bo", "incident.work", "Bỏ một tệp tải dở", incident_upload_drop,
     UPLOAD_ID_FIELDS, .after = CASE "#h-cc"},
    {"evidence.file", "POST", CASE "/chung-cu/{evidence}/tep", "incident.work", "Mở tệp chứng cứ: kiểm mã băm, ghi vào chuỗi giao nhận",
     incident_evidence_file, EVIDENCE_FILE_FIELDS, .gives = GIVES_FILE},
    {"evidence.custody", "GET", CASE "/chung-cu/{evidence}/bien-ban", "incident.read", "Xem chuỗi giao nhận của một chứng cứ", incident_custody,
     EVIDENCE_FILE_FIELDS, .page = "incident/custody.html", .columns = "custody:at,word,from_whom,to_whom,who,note"},
    {"evidence.custody_file", "GET", CASE "/chung-cu/{evidence}/bien-ban/tep", "incident.read", "Phiếu theo dõi chứng cứ dạng PDF, DOCX",
     incident_custody_file, CUSTODY_FILE_FIELDS, .gives = GIVES_FILE},
    {"evidence.verify", "GET", "/chung-cu/kiem-tra", "incident.read", "Kiểm mã băm mọi tệp chứng cứ", incident_evidence_verify, NULL,
     .columns = "rows:intact,sha256,title,problem", .faces = FACE_API | FACE_CLI /* a check for administrators */},
    {"incident.paper_form", "GET", CASE "/van-ban/soan", "incident.read", "Soạn văn bản của sự cố", incident_paper_form, PAPER_FORM_FIELDS,
     .page = "incident/paper.html", .columns = "missing:label"},
    {"incident.paper_save", "POST", CASE "/van-ban/luu", "incident.command", "Lưu bản nháp văn bản", incident_paper_save, PAPER_SAVE_FIELDS,
     .after = CASE "/van-ban/soan?form={form}&paper={paper}"},
    {"incident.paper_submit", "POST", CASE "/van-ban/{paper}/trinh", "incident.command", "Trình ký văn bản", incident_paper_act, PAPER_FIELDS,
     .after = CASE},
    {"incident.paper_return", "POST", CASE "/van-ban/{paper}/tra-lai", "incident.command", "Trả lại văn bản để sửa", incident_paper_act,
     PAPER_FIELDS, .after = CASE},
    {"incident.paper_sign", "POST", CASE "/van-ban/{paper}/da-ky", "incident.command", "Ghi số, ngày, người ký, bản quét của văn bản đã ký",
     incident_paper_act, PAPER_SIGN_FIELDS, .after = CASE},
    {"incident.paper_file", "GET", CASE "/van-ban/{paper}/tep", "incident.read", "Tải văn bản dạng DOCX, PDF", incident_paper_file,
     PAPER_FILE_FIELDS, .gives = GIVES_FILE},
};

static const PermissionRow PERMISSIONS[] = {
    {"incident.read", ROLES_ALL, "Xem sự cố"},
    {"incident.report", ROLES_ALL & ~ROLE_VIEWER, "Ghi tin báo sự cố"},
    {"incident.work", ROLES_ALL & ~ROLE_VIEWER, "Làm bước, ghi diễn biến, chứng cứ"},
    {"incident.command", ROLE_ADMIN | ROLE_LEADER | ROLE_OFFICER | ROLE_DISPATCHER, "Xác minh, phân loại, gửi thông báo, đóng hồ sơ"},
    {NULL},
};

static const SettingRow SETTINGS[] = {
    {"incident.reports_per_hour", FIELD_INT, "20", "Số tin báo nhận từ một địa chỉ trong một giờ", "Trang báo sự cố không cần tài khoản", 1, 10000, TRUE},
    {"incident.at_once_minutes", FIELD_INT, "60", "Số phút coi là “ngay”", "Văn bản viết “ngay”, không nêu số phút; gửi sau đó ghi là gửi muộn", 0, 1440, TRUE},
    {"incident.acknowledge_minutes", FIELD_INT, "15", "Số phút chờ người tiếp nhận", "Quá số phút này thì báo lãnh đạo đơn vị, rồi cấp trên. Gợi ý; văn bản không nêu số phút", 1, 1440, TRUE},
    {"incident.upload_days", FIELD_INT, "7", "Số ngày giữ tệp chứng cứ tải dở", "Quá số ngày này không ai tải tiếp thì bỏ phần đã nhận, có ghi nhật ký", 1, 365, TRUE},
    {"incident.evidence_gigabytes", FIELD_INT, "500", "Tệp chứng cứ lớn nhất tải theo từng phần (GB)", NULL, 1, 1000000, TRUE},
    {NULL},
};

static const MenuEntry MENU[] = {{"Sự cố", "/su-co", "incident.read", 20, FALSE, "incident", FALSE},
                                 {"Báo", "/su-co/moi", "incident.report", 25, FALSE, "report", TRUE},
                                 {NULL}};

static const char *link_of(Arena *arena, const char *type, const char *id) {
  return strcmp(type, "incident") == 0 ? arena_printf(arena, "/su-co/%s", id) : NULL;
}

const Module incident_module = {
    .name = "incident",
    .operations = OPERATIONS(OPERATIONS),
    .permissions = PERMISSIONS,
    .settings = SETTINGS,
    .jobs = INCIDENT_JOBS,
    .menu = MENU,
    .board = incident_board,
    .calendar = incident_calendar,
    .badge = incident_badge,
    .doctor = incident_doctor,
    .beside = incident_beside,
    .link = link_of,
};
