#include "module/plan/plan_check_part.h"
#include "base/error.h"
#include "base/text.h"
#include <string.h>

#define FINDINGS_PER_CODE_MAX 40 /* who has more reads the document again */

#define E "error"
#define W "warning"
#define I "info"

/* clang-format off */
static const CheckRow ROWS[] = {
    {"number_missing", E, "Thiếu số văn bản", check_number_missing},
    {"number_mismatch", E, "Số văn bản không thống nhất", check_number_mismatch},
    {"date_missing", E, "Thiếu ngày ban hành", check_date_missing},
    {"date_incomplete", E, "Ngày ban hành chưa đủ", check_date_incomplete},
    {"mandatory_section_missing", E, "Thiếu nội dung bắt buộc", check_mandatory_section_missing},
    {"outline_section_missing", E, "Thiếu phần của đề cương", check_outline_section_missing},
    {"scenario_missing", E, "Thiếu nhóm tình huống", check_scenario_missing},
    {"wrong_level_owner", E, "Giao việc cho cơ quan cấp trên", check_wrong_level_owner},
    {"letterhead_missing", W, "Thiếu quốc hiệu, tên cơ quan", check_letterhead_missing},
    {"period_missing", W, "Thiếu thời kỳ kế hoạch", check_period_missing},
    {"owner_missing", W, "Thiếu đơn vị chủ trì", check_owner_missing},
    {"time_missing", W, "Thiếu thời gian thực hiện", check_time_missing},
    {"time_mismatch", W, "Thời gian không hợp với nhiệm vụ", check_time_mismatch},
    {"name_inconsistent", W, "Tên cơ quan không thống nhất", check_name_inconsistent},
    {"law_replaced_now", W, "Văn bản đã hết hiệu lực hoặc bị thay thế", check_law_replaced_now},
    {"body_obsolete_now", W, "Cơ quan không còn tên gọi này", check_body_obsolete_now},
    {"level_abolished_now", W, "Cấp hành chính đã kết thúc hoạt động", check_level_abolished_now},
    {"legal_basis_missing", W, "Thiếu căn cứ pháp lý chính", check_legal_basis_missing},
    {"mandatory_section_circular", W, "Nội dung bắt buộc chỉ dẫn lại chính kế hoạch", check_mandatory_section_circular},
    {"section_numbering_jump", W, "Số mục không liên tục", check_section_numbering_jump},
    {"scenario_kind_missing", W, "Thiếu loại sự cố trong nhóm tình huống", check_scenario_kind_missing},
    {"cause_scenario_mismatch", W, "Nguyên nhân và tình huống không khớp", check_cause_scenario_mismatch},
    {"periodic_report_missing", W, "Thiếu chế độ báo cáo định kỳ", check_periodic_report_missing},
    {"report_frequency_short", W, "Báo cáo định kỳ thưa hơn quy định", check_report_frequency_short},
    {"same_unit_lead_and_coordinate", W, "Một đơn vị vừa chủ trì vừa phối hợp", check_same_unit_lead_and_coordinate},
    {"owner_without_duties", W, "Đơn vị chủ trì không có phần trách nhiệm", check_owner_without_duties},
    {"report_bypasses_issuer", W, "Báo cáo không qua cơ quan ban hành", check_report_bypasses_issuer},
    {"budget_source_missing", W, "Không nêu nguồn kinh phí", check_budget_source_missing},
    {"merged_cells_lost", W, "Ô gộp của bảng đã mất", check_merged_cells_lost},
    {"ocr_error", W, "Chữ nhận dạng sai làm đổi nghĩa", check_ocr_error},
    {"letterhead_displaced", I, "Khối đầu văn bản nằm sai chỗ", check_letterhead_displaced},
    {"doc_type_missing", I, "Thiếu tên loại văn bản", check_doc_type_missing},
    {"signature_authority_missing", I, "Thiếu quyền hạn ký", check_signature_authority_missing},
    {"period_not_in_title", I, "Tên kế hoạch không ghi thời kỳ", check_period_not_in_title},
    {"period_before_issue", I, "Thời kỳ bắt đầu trước ngày ban hành", check_period_before_issue},
    {"period_expired_now", I, "Thời kỳ kế hoạch đã hết", check_period_expired_now},
    {"law_number_missing", I, "Luật không ghi số", check_law_number_missing},
    {"law_period_over", I, "Văn bản đã hết giai đoạn thực hiện", check_law_period_over},
    {"ref_style", I, "Cách viện dẫn chưa đúng", check_ref_style},
    {"quoted_title_differs", I, "Trích yếu viện dẫn khác tên chính thức", check_quoted_title_differs},
    {"typo", I, "Lỗi chính tả, lỗi gõ", check_typo},
    {"spelling_variant", I, "Hai cách viết một từ", check_spelling_variant},
    {"page_break_split", I, "Câu bị ngắt qua trang", check_page_break_split},
    {"page_number_in_text", I, "Số trang lẫn trong nội dung", check_page_number_in_text},
    {"list_marker_missing", I, "Mục liệt kê thiếu dấu đầu dòng", check_list_marker_missing},
    {"lettering_nonstandard", I, "Thứ tự điểm a, b, c không theo bảng chữ cái tiếng Việt", check_lettering_nonstandard},
    {"numbering_style", I, "Cách ghi số mục không thống nhất", check_numbering_style},
    {"separator_error", I, "Dấu ngăn giữa các đơn vị sai", check_separator_error},
    {"personal_contact", I, "Có địa chỉ liên hệ của cá nhân", check_personal_contact},
    {"roadmap_single_owner", I, "Một đơn vị chủ trì mọi nhiệm vụ", check_roadmap_single_owner},
    {"heading_level_unreliable", I, "Cấp đề mục không tin được", check_heading_level_unreliable},
    {"table_header_repeated", I, "Tiêu đề bảng lặp giữa dữ liệu", check_table_header_repeated},
    {"homoglyph", I, "Chữ cái lạ trông giống chữ Việt", check_homoglyph},
};
/* clang-format on */

const PlanCheckCode *plan_check_code(gsize index) {
  G_STATIC_ASSERT(offsetof(PlanCheckCode, title) == offsetof(CheckRow, title));
  return index < G_N_ELEMENTS(ROWS) ? (const PlanCheckCode *)(const void *)&ROWS[index] : NULL;
}

const char *json_text(const json_t *object, const char *key) {
  return json_string_value(json_object_get(object, key));
}

char *day_text(const char *iso) {
  return strlen(iso) == 10 ? g_strdup_printf("%.2s/%.2s/%.4s", iso + 8, iso + 5, iso) : g_strdup(iso);
}

gboolean json_list_empty(const json_t *list) {
  return json_array_size(list) == 0;
}

const char *check_where(const PlanCheck *check, int line) {
  const char *where = check_text_where(check->text, line);
  return where ? where : "đầu văn bản";
}

gboolean check_told_enough(const PlanCheck *check) {
  return check->told >= FINDINGS_PER_CODE_MAX;
}

void check_report(PlanCheck *check, Finding finding) {
  if (check_told_enough(check))
    return;
  check->told++;
  const char *basis = finding.basis;
  if (!basis)
    basis = json_text(json_object_get(check->rules->outline, "basis"), check->row->code);
  json_array_append_new(check->defects, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:i}", "code", check->row->code,
                                                  "severity", finding.arguable ? I : check->row->severity, "where",
                                                  finding.where ? finding.where : check_where(check, finding.line),
                                                  "found", finding.found, "fix", finding.fix, "basis",
                                                  basis ? basis : "thông lệ", "line", finding.line));
}

/* The earliest day that the plan can have been issued on. */
static char *issued_date(const json_t *reading) {
  const json_t *date = json_object_get(reading, "date");
  if (json_text(date, "iso"))
    return g_strdup(json_text(date, "iso"));
  json_int_t year = json_integer_value(json_object_get(date, "year"));
  json_int_t month = json_integer_value(json_object_get(date, "month"));
  const char *from = json_text(json_object_get(reading, "period"), "from");
  if (year > 0 && year <= 9999)
    return g_strdup_printf("%04d-%02d-01", (int)year, month >= 1 && month <= 12 ? (int)month : 1);
  return g_strdup(from);
}

static gboolean is_iso_date(const char *text) {
  int year, month, day, end = 0;
  return text && sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &end) == 3 && end == 10 && !text[10] &&
         g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year);
}

static json_t *errors_first(json_t *defects) {
  json_t *sorted = json_array();
  static const char *const ORDER[] = {E, W, I};
  for (gsize s = 0; s < G_N_ELEMENTS(ORDER); s++) {
    gsize i;
    json_t *defect;
    json_array_foreach(defects, i, defect) {
      if (g_str_equal(json_text(defect, "severity"), ORDER[s]))
        json_array_append(sorted, defect);
    }
  }
  json_decref(defects);
  return sorted;
}

json_t *plan_check(const json_t *reading, const SourceText *source, const PlanCheckRules *rules, const char *on,
                   GError **error) {
  if (!json_is_object(reading) || !is_iso_date(on)) {
    g_set_error(error, APP_ERROR, ERROR_INVALID,
                json_is_object(reading) ? "Ngày xét phải có dạng 2026-11-21, không phải “%s”."
                                        : "Bản đọc kế hoạch không đúng dạng (ngày xét %s).",
                on ? on : "");
    return NULL;
  }
  g_autoptr(CheckText) text = check_text_new(source, json_object_get(reading, "headings"));
  g_autofree char *issued = issued_date(reading);
  PlanCheck check = {.reading = reading,
                     .text = text,
                     .rules = rules,
                     .kind = source->kind,
                     .on = on,
                     .issued = issued,
                     .defects = json_array()};
  for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
    check.row = &ROWS[i];
    check.told = 0;
    check.row->check(&check);
  }
  return json_pack("{s:o}", "defects", errors_first(check.defects));
}
