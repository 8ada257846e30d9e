#include "base/error.h"
#include "module/plan/plan_read.h"
#include <string.h>

/* Each test is a short plan that holds one class of trouble; the rest of it is sound. */
#define OPENING                                                                                                                  \
  "ỦY BAN NHÂN DÂN\nXÃ ĐỒI CHÈ\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n" \
  "Số: 31/KH-UBND\nĐồi Chè, ngày 05 tháng 3 năm 2026\nKẾ HOẠCH\n"                                                   \
  "Ứng phó sự cố an toàn thông tin mạng năm 2026\nCăn cứ Luật An ninh mạng năm 2018;\n"                      \
  "Ủy ban nhân dân xã ban hành Kế hoạch như sau:\nI. MỤC ĐÍCH\n- Giữ cho dịch vụ công không gián đoạn.\n"
#define CLOSING                                                                                                        \
  "V. TỔ CHỨC THỰC HIỆN\n1. Công an xã\n- Theo dõi, đôn đốc việc thực hiện.\n"                   \
  "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH\n\nHồ Thị Lan\nNơi nhận:\n- Công an tỉnh;\n- Lưu: VT.\n"

static json_t *read_text(const char *text) {
  g_autoptr(GError) error = NULL;
  g_autoptr(SourceText) source = source_text_read_txt(text, strlen(text), SOURCE_TXT, &error);
  g_assert_no_error(error);
  json_t *plan = plan_read(source, &error);
  g_assert_no_error(error);
  g_assert_nonnull(plan);
  return plan;
}

/* A value by its path: "tasks/0/lead/1". */
static json_t *at(json_t *plan, const char *path) {
  g_auto(GStrv) steps = g_strsplit(path, "/", 0);
  json_t *value = plan;
  for (char **step = steps; *step && value; step++)
    value = json_is_array(value) ? json_array_get(value, (gsize)g_ascii_strtoull(*step, NULL, 10))
                                 : json_object_get(value, *step);
  return value;
}

static const char *text_at(json_t *plan, const char *path) {
  return json_string_value(at(plan, path));
}

static gsize size_at(json_t *plan, const char *path) {
  return json_array_size(at(plan, path));
}

static const char *certainty(json_t *plan, const char *pointer) {
  json_t *note = json_object_get(json_object_get(plan, "provenance"), pointer);
  return json_string_value(json_object_get(note, "certainty"));
}

static void test_letterhead(void) {
  json_t *plan = read_text(OPENING CLOSING);
  g_assert_cmpstr(text_at(plan, "number/resolved"), ==, "31/KH-UBND");
  g_assert_cmpstr(text_at(plan, "date/iso"), ==, "2026-03-05");
  g_assert_cmpstr(text_at(plan, "issuer/name"), ==, "UBND xã Đồi Chè");
  g_assert_cmpstr(text_at(plan, "issuer/level"), ==, "xã");
  g_assert_cmpstr(text_at(plan, "title"), ==, "Ứng phó sự cố an toàn thông tin mạng năm 2026");
  g_assert_cmpstr(text_at(plan, "period/to"), ==, "2026-12-31");
  g_assert_cmpstr(text_at(plan, "signer/name"), ==, "Hồ Thị Lan");
  g_assert_cmpstr(text_at(plan, "recipients/archive"), ==, "Lưu: VT");
  g_assert_cmpint((int)size_at(plan, "legal_bases"), ==, 1);
  g_assert_true(json_is_null(at(plan, "legal_bases/0/number")));
  json_decref(plan);
}

static void test_letterhead_in_columns_and_blanks(void) {
  json_t *plan = read_text(
      "ỦY BAN NHÂN DÂN            CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nTHỊ TRẤN BẾN ĐÁ              Độc lập - Tự do - "
      "Hạnh phúc\n"
      "Số:        /KH-UBND          Bến Đá, ngày     tháng 9 năm 2024\nKẾ HOẠCH\nỨng phó sự cố an ninh mạng\n"
      "Căn cứ Chỉ thị số 14/CT-TTg ngày 25/5/2018 của Thủ tướng Chính phủ; Chỉ thị số 14/CT-TTg ngày 07/6/2019 của Thủ "
      "tướng "
      "Chính phủ về bảo đảm an ninh mạng;\nUBND thị trấn ban hành Kế hoạch như sau:\nI. MỤC ĐÍCH\n- Một.\n" CLOSING);
  g_assert_cmpstr(text_at(plan, "number/status"), ==, "blank");
  g_assert_true(json_is_null(at(plan, "number/resolved")));
  g_assert_cmpstr(text_at(plan, "date/status"), ==, "day_missing");
  g_assert_true(json_is_null(at(plan, "date/iso")));
  g_assert_cmpint((int)size_at(plan, "legal_bases"), ==, 2);
  g_assert_cmpstr(text_at(plan, "legal_bases/1/date"), ==, "2019-06-07");
  g_assert_cmpstr(text_at(plan, "issuer/name"), ==, "UBND thị trấn Bến Đá");
  json_decref(plan);
}

static void test_labels(void) {
  json_t *plan =
      read_text(OPENING "II. NHIỆM VỤ\n1. Rà soát tài khoản\n- Nội dung thực hiện: Khóa tài khoản của người đã nghỉ.\n"
                        "- Đơn vị thực hiện: Văn phòng HĐND và UBND xã; Công an xã, Trung tâm Y tế.\n- Thời gian thực "
                        "hiện: Quý II/2026.\n"
                        "2. Tập huấn\nCơ quan chủ trì: Công an xã. Cơ quan phối hợp: Đoàn Thanh niên. Thời hạn hoàn "
                        "thành: trước ngày 30/6.\n"
                        "3. Diễn tập (Chủ trì: Công an xã; phối hợp: các ban, ngành; thời gian: khi có yêu cầu).\n"
                        "4. Giao Văn phòng HĐND và UBND xã chủ trì, phối hợp với Công an xã xây dựng quy chế dùng "
                        "chung; hoàn thành trước ngày 31/10/2026.\n" CLOSING);
  g_assert_cmpint((int)size_at(plan, "tasks"), ==, 4);
  g_assert_cmpstr(text_at(plan, "tasks/0/id"), ==, "II.1");
  g_assert_cmpint((int)size_at(plan, "tasks/0/lead"), ==, 3);
  g_assert_cmpstr(text_at(plan, "tasks/0/lead/0"), ==, "Văn phòng HĐND và UBND xã");
  g_assert_cmpstr(text_at(plan, "tasks/0/time/due_to"), ==, "2026-06-30");
  g_assert_cmpstr(text_at(plan, "tasks/1/coordinate/0"), ==, "Đoàn Thanh niên");
  g_assert_cmpstr(text_at(plan, "tasks/1/time/due_to"), ==, "2026-06-30");
  g_assert_cmpstr(text_at(plan, "tasks/2/time/kind"), ==, "on_request");
  g_assert_cmpstr(text_at(plan, "tasks/3/lead/0"), ==, "Văn phòng HĐND và UBND xã");
  g_assert_cmpstr(text_at(plan, "tasks/3/coordinate/0"), ==, "Công an xã");
  json_decref(plan);
}

static void test_letters_as_fields_or_headings(void) {
  json_t *plan = read_text(
      OPENING
      "II. NHIỆM VỤ\n1. Đánh giá nguy cơ\na) Nội dung thực hiện: Chấm điểm từng hệ thống.\nb) Đơn vị chủ trì: Công an "
      "xã.\n"
      "c) Thời gian thực hiện: Hằng năm.\n2. Xử lý sự cố\na) Cô lập máy\n- Đơn vị chủ trì: Văn phòng.\nb) Khôi phục\n"
      "- Đơn vị chủ trì: Công an xã.\nc) Tổng kết\n" CLOSING);
  g_assert_cmpint((int)size_at(plan, "tasks"), ==, 3);
  g_assert_cmpstr(text_at(plan, "tasks/0/id"), ==, "II.1");
  g_assert_cmpstr(text_at(plan, "tasks/1/id"), ==, "II.2.a");
  g_assert_cmpstr(text_at(plan, "tasks/2/time/kind"), ==, "on_event");
  g_assert_true(json_is_null(at(plan, "tasks/2/time/text")));
  g_assert_cmpstr(text_at(plan, "content_items_without_owner/0/id"), ==, "II.2.c");
  json_decref(plan);
}

#define TABLE_ROWS                                                                                                     \
  {"1", "Quét lỗ hổng", "Công an xã", "Hằng năm"}, {"2", "Vá máy chủ", "", "…"}, {"", "B. Tập huấn", NULL, NULL}, {    \
    "3", "Mở lớp cho cán bộ", "", "Tháng 3, 9 hằng năm"                                                            \
  }

static char *table_text(const char *start, const char *divider, const char *end) {
  static const char *const ROWS[][4] = {
      {"TT", "Nội dung", "Đơn vị thực hiện", "Lộ trình"},
      TABLE_ROWS
  };
  GString *out = g_string_new(OPENING "II. NHIỆM VỤ\n");
  for (gsize r = 0; r < G_N_ELEMENTS(ROWS); r++) {
    gboolean group = !ROWS[r][2];
    g_string_append_printf(out, "%s%s%s%s%s%s%s%s%s\n", start, group ? "" : ROWS[r][0], divider, ROWS[r][1], divider,
                           group ? "" : ROWS[r][2], divider, group ? "" : ROWS[r][3], end);
  }
  g_string_append(out, "\n" CLOSING);
  return g_string_free(out, FALSE);
}

static void check_table(json_t *plan) {
  g_assert_cmpint((int)size_at(plan, "tasks"), ==, 3);
  g_assert_cmpstr(text_at(plan, "tasks/1/lead/0"), ==, "Công an xã");
  g_assert_cmpstr(certainty(plan, "/tasks/0/lead/0"), ==, "read");
  g_assert_cmpstr(certainty(plan, "/tasks/1/lead/0"), ==, "inferred");
  g_assert_cmpstr(text_at(plan, "tasks/1/time/kind"), ==, "none");
  g_assert_cmpint((int)size_at(plan, "tasks/2/lead"), ==, 0);
  g_assert_cmpstr(text_at(plan, "tasks/2/time/kind"), ==, "yearly");
  json_decref(plan);
}

static void test_table_in_tabs(void) {
  g_autofree char *text = table_text("", "\t", "");
  check_table(read_text(text));
}

static void test_table_in_pipes(void) {
  g_autofree char *text = table_text("| ", " | ", " |");
  check_table(read_text(text));
}

static void test_table_in_columns(void) {
  json_t *plan = read_text(
      OPENING "II. NHIỆM VỤ\n"
              " TT   Nhiệm vụ                        Cơ quan chủ trì     Cơ quan phối      Thời gian\n"
              "                                                           hợp              hoàn thành\n"
              " 1    Rà soát hệ thống thông tin,     Công an xã          Đoàn Thanh        Quý II/2026\n"
              "      lập danh mục                                        niên\n"
              " 2    Mua phần mềm diệt vi rút        Văn phòng           Công an xã        Tháng 9/2026\n\n" CLOSING);
  g_assert_cmpint((int)size_at(plan, "tasks"), ==, 2);
  g_assert_cmpstr(text_at(plan, "tasks/0/content"), ==, "Rà soát hệ thống thông tin, lập danh mục");
  g_assert_cmpstr(text_at(plan, "tasks/0/coordinate/0"), ==, "Đoàn Thanh niên");
  g_assert_cmpstr(text_at(plan, "tasks/1/lead/0"), ==, "Văn phòng");
  json_decref(plan);
}

static void test_table_flattened(void) {
  json_t *plan = read_text(
      OPENING "II. NHIỆM VỤ\nXem Phụ lục.\n" CLOSING
              "Phụ lục I\nNHIỆM VỤ KHI CHƯA CÓ SỰ CỐ\n(Kèm theo Kế hoạch số 13/KH-UBND ngày 05 tháng 3 năm 2026)\n"
              "Stt Nhiệm vụ Đơn vị chủ trì\nĐơn vị phối hợp Thời gian\n1\nRà soát, khóa các tài khoản không còn dùng "
              "trên mọi hệ thống\ncủa xã.\n"
              "Công an xã\nVăn phòng HĐND và\nUBND; Đoàn Thanh niên\nHằng năm\n2\nTập huấn cho cán bộ, công chức toàn "
              "xã về thư điện tử giả mạo.\n"
              "Quý IV năm\n2026\n");
  g_assert_cmpint((int)size_at(plan, "tasks"), ==, 2);
  g_assert_cmpstr(text_at(plan, "tasks/0/id"), ==, "PLI.1");
  g_assert_cmpstr(text_at(plan, "tasks/0/lead/0"), ==, "Công an xã");
  g_assert_cmpstr(text_at(plan, "tasks/0/coordinate/1"), ==, "Đoàn Thanh niên");
  g_assert_cmpstr(certainty(plan, "/tasks/1/lead/0"), ==, "inferred");
  g_assert_cmpstr(text_at(plan, "tasks/1/time/due_to"), ==, "2026-12-31");
  g_assert_cmpstr(text_at(plan, "appendices/0/plan_number_quoted"), ==, "13/KH-UBND");
  json_decref(plan);
}

static void test_scenarios(void) {
  json_t *plan = read_text(
      OPENING
      "II. TÌNH HUỐNG\n1. Nguyên nhân\n- Sự cố do bị tấn công mạng;\nSự cố do lỗi của hệ thống, thiết bị;\n- Sự cố do "
      "thiên tai.\n"
      "2. Các tình huống\n- Tình huống sự cố do bị tấn công mạng:\n+ Tấn công từ chối dịch vụ;\n+ Tấn công giả mạo.\n"
      "- Tình huống sự cố do lỗi của hệ thống: sự cố nguồn điện; sự cố quá tải;\n- Tình huống sự cố do thiên "
      "tai.\n" CLOSING);
  g_assert_cmpint((int)size_at(plan, "cause_groups"), ==, 3);
  g_assert_cmpint((int)size_at(plan, "scenario_groups"), ==, 3);
  g_assert_cmpstr(text_at(plan, "scenario_groups/0/kinds/1"), ==, "Tấn công giả mạo");
  g_assert_cmpint((int)size_at(plan, "scenario_groups/1/kinds"), ==, 2);
  g_assert_cmpint((int)size_at(plan, "scenario_groups/2/kinds"), ==, 0);
  json_decref(plan);
}

static void test_duties(void) {
  json_t *plan = read_text(
      OPENING "II. KINH PHÍ\nDự kiến 350.000.000 đồng từ ngân sách xã.\nIII. TỔ CHỨC THỰC HIỆN\n1. Phòng Kế hoạch tổng "
              "hợp\n- Định kỳ 06 tháng và hằng năm báo cáo Ủy ban nhân dân xã.\n- Lập dự toán.\n"
              "2. Văn phòng HĐND và UBND xã bố trí kinh phí hằng năm cho các nhiệm vụ.\n3. Đề nghị Ủy ban MTTQ xã: "
              "Tuyên truyền.\n"
              "Khó khăn, vướng mắc trong thực hiện phản ánh về Công an xã để tổng hợp./.\nCHỦ TỊCH\n\nHồ Thị Lan\n");
  g_assert_cmpint((int)size_at(plan, "organisation_duties"), ==, 3);
  g_assert_cmpstr(text_at(plan, "organisation_duties/0/unit"), ==, "Phòng Kế hoạch tổng hợp");
  g_assert_cmpint((int)size_at(plan, "organisation_duties/0/duties"), ==, 2);
  g_assert_cmpstr(text_at(plan, "organisation_duties/1/unit"), ==, "Văn phòng HĐND và UBND xã");
  g_assert_cmpstr(text_at(plan, "organisation_duties/2/unit"), ==, "Ủy ban MTTQ xã");
  g_assert_cmpint((int)size_at(plan, "organisation_duties/2/duties"), ==, 1);
  g_assert_cmpstr(text_at(plan, "periodic_reports/0/recipient/0"), ==, "Ủy ban nhân dân xã");
  g_assert_cmpint((int)json_integer_value(at(plan, "budget/amount")), ==, 350000000);
  json_decref(plan);
}

static void test_no_plan(void) {
  static const char *const PAPERS[] = {
      "", "Kính thưa quý vị đại biểu, hôm nay chúng ta bàn về an toàn thông tin.\n",
      "QUYẾT ĐỊNH\nVề việc ban hành Kế hoạch ứng phó sự cố\nĐiều 1. Ban hành Kế hoạch.\n",
      "KẾ HOẠCH\nTrồng cây đầu xuân\nCăn cứ Luật Lâm nghiệp;\nI. MỤC ĐÍCH\n- Phủ xanh.\nII. NHIỆM VỤ\n- Trồng.\n",
      "Jan 1 00:00:01 host sshd[1]: Failed password for root\n"};
  for (gsize i = 0; i < G_N_ELEMENTS(PAPERS); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(SourceText) source = source_text_read_txt(PAPERS[i], strlen(PAPERS[i]), SOURCE_TXT, NULL);
    json_t *plan = source ? plan_read(source, &error) : NULL;
    g_assert_null(plan);
    if (source)
      g_assert_error(error, APP_ERROR, ERROR_UNREADABLE);
  }
}

/* Marks and labels with nothing after them, and a paragraph far longer than a plan has. */
static void test_empty_and_endless(void) {
  g_autoptr(GString) text = g_string_new(OPENING "II.\n1.\na)\n-\nĐơn vị chủ trì:\nThời gian:\n(\nIII. NHIỆM VỤ\n");
  for (int i = 0; i < 4000; i++)
    g_string_append(text, "và những việc khác nữa\n");
  g_string_append(text, CLOSING);
  json_t *plan = read_text(text->str);
  g_assert_cmpint((int)size_at(plan, "tasks"), ==, 0);
  g_assert_cmpstr(text_at(plan, "signer/name"), ==, "Hồ Thị Lan");
  json_decref(plan);
}

static void test_assignment_after_its_content(void) {
  json_t *plan = read_text(
      OPENING "II. NHIỆM VỤ\n1. Kiểm kê\n1.1. Lập bảng kê máy chủ của xã.\n"
              "Giao Văn phòng HĐND và UBND xã chủ trì, phối hợp với Công an xã thực hiện. Thời gian: "
              "Quý I/2026.\n"
              "1.2. Mua bộ lưu điện.\nGiao Phòng Kinh tế chủ trì, phối hợp với Công an xã thực hiện.\n" CLOSING);
  g_assert_cmpint((int)size_at(plan, "tasks"), ==, 2);
  g_assert_cmpstr(text_at(plan, "tasks/0/id"), ==, "II.1.1");
  g_assert_true(g_str_has_prefix(text_at(plan, "tasks/0/content"), "Lập bảng kê máy chủ"));
  g_assert_cmpstr(text_at(plan, "tasks/0/lead/0"), ==, "Văn phòng HĐND và UBND xã");
  g_assert_cmpstr(text_at(plan, "tasks/0/time/due_to"), ==, "2026-03-31");
  g_assert_cmpstr(text_at(plan, "tasks/1/lead/0"), ==, "Phòng Kinh tế");
  g_assert_true(json_is_null(at(plan, "tasks/1/time/text")));
  g_assert_cmpint((int)size_at(plan, "content_items_without_owner"), ==, 0);
  json_decref(plan);
}

static void test_groups_of_scenarios_as_numbered_items(void) {
  json_t *plan =
      read_text(OPENING "III. PHƯƠNG ÁN\n2. Tình huống cụ thể\n2.1. Tấn công mạng\n- Tấn công giả mạo;\n- Tấn công "
                        "từ chối dịch vụ;\n2.2. Lỗi của hệ thống, thiết bị\n- Sự cố nguồn điện;\n"
                        "2.3. Thảm họa tự nhiên\n- Đơn vị chủ trì: Công an xã.\n- Thời gian: Quý II/2026.\n" CLOSING);
  g_assert_cmpint((int)size_at(plan, "scenario_groups"), ==, 3);
  g_assert_cmpint((int)size_at(plan, "scenario_groups/0/kinds"), ==, 2);
  g_assert_cmpint((int)size_at(plan, "scenario_groups/2/kinds"), ==, 0);
  g_assert_cmpint((int)size_at(plan, "tasks"), ==, 1);
  g_assert_cmpstr(text_at(plan, "tasks/0/id"), ==, "III.2");
  g_assert_cmpint((int)size_at(plan, "content_items_without_owner"), ==, 0);
  json_decref(plan);
}

static void test_cells_that_say_as_above(void) {
  json_t *plan = read_text(OPENING "II. NHIỆM VỤ\nTT\tChủ trì\tNội dung\tThời gian\tPhối hợp\n"
                                   "1\tCông an xã\tKiểm kê máy chủ\tHằng năm\tTrạm Y tế\n"
                                   "2\tnt\tVá lỗ hổng\tThường xuyên\tNhư trên\n" CLOSING);
  g_assert_cmpstr(text_at(plan, "tasks/1/lead/0"), ==, "Công an xã");
  g_assert_cmpstr(text_at(plan, "tasks/1/coordinate/0"), ==, "Trạm Y tế");
  g_assert_cmpstr(certainty(plan, "/tasks/1/lead/0"), ==, "inferred");
  json_decref(plan);
}

static void test_names_of_laws_and_of_people(void) {
  json_t *plan =
      read_text("SỞ Y TẾ\nSố: 9/KH-SYT\nNúi Đá, ngày 05 tháng 3 năm 2024\nKẾ HOẠCH\nỨng phó sự cố an toàn thông tin "
                "mạng năm 2024\nCăn cứ Luật Khám bệnh, chữa bệnh số 15/2023/QH15 ngày 09/01/2023;\n"
                "Căn cứ Luật Xuất bản ngày 20/11/2012; Luật sửa đổi, bổ sung một số điều của Luật Xuất bản ngày "
                "19/11/2018;\nSở Y tế ban hành Kế hoạch như sau:\nI. MỤC ĐÍCH\n- Một.\nV. TỔ CHỨC THỰC HIỆN\n"
                "1. Văn phòng Sở: theo dõi thực hiện.\nSở Y tế yêu cầu các đơn vị nghiêm túc thực hiện./.\n"
                "GIÁM ĐỐC\n\nSiu H'Biên\nNơi nhận:\n- Lưu: VT.\n");
  g_assert_cmpint((int)size_at(plan, "legal_bases"), ==, 3);
  g_assert_cmpstr(text_at(plan, "legal_bases/0/number"), ==, "15/2023/QH15");
  g_assert_cmpstr(text_at(plan, "legal_bases/2/date"), ==, "2018-11-19");
  g_assert_cmpstr(text_at(plan, "signer/name"), ==, "Siu H'Biên");
  g_assert_cmpint((int)size_at(plan, "organisation_duties/0/duties"), ==, 1);
  json_decref(plan);
}

static void test_owners_in_one_line(void) {
  json_t *plan = read_text(
      OPENING "II. NHIỆM VỤ\n1. Kiểm kê\nĐơn vị chủ trì: Công an xã, Đơn vị phối hợp: Trạm Y tế, Thời gian: Quý I, II "
              "năm 2026\n"
              "2. Sao lưu\nChủ trì: Phòng Kinh tế – Phối hợp: Công an xã – Thời gian: Từ tháng 3 đến tháng 5/2026\n"
              "3. Trực tiếp nhận tin (Công an xã chủ trì, phối hợp với Trạm Y tế thực hiện).\n"
              "4. Vá lỗ hổng\nPhòng Kinh tế chủ trì, phối hợp với Công an xã thực hiện trước ngày 30/6/2026.\n"
              "5. Diễn tập\n- Đầu mối thực hiện: Công an xã\n- Đơn vị liên quan: Trạm Y tế\n" CLOSING);
  static const char *const LEADS[] = {"Công an xã", "Phòng Kinh tế", "Công an xã", "Phòng Kinh tế", "Công an xã"};
  static const char *const PARTNERS[] = {"Trạm Y tế", "Công an xã", "Trạm Y tế", "Công an xã", "Trạm Y tế"};
  g_assert_cmpint((int)size_at(plan, "tasks"), ==, G_N_ELEMENTS(LEADS));
  for (gsize i = 0; i < G_N_ELEMENTS(LEADS); i++) {
    json_t *task = json_array_get(at(plan, "tasks"), i);
    g_assert_cmpstr(text_at(task, "lead/0"), ==, LEADS[i]);
    g_assert_cmpstr(text_at(task, "coordinate/0"), ==, PARTNERS[i]);
    g_assert_cmpint((int)size_at(task, "lead"), ==, 1);
  }
  g_assert_cmpstr(text_at(plan, "tasks/0/time/due_to"), ==, "2026-06-30");
  g_assert_cmpstr(text_at(plan, "tasks/1/time/due_from"), ==, "2026-03-01");
  g_assert_cmpstr(text_at(plan, "tasks/1/time/due_to"), ==, "2026-05-31");
  g_assert_cmpstr(text_at(plan, "tasks/2/content"), ==, "Trực tiếp nhận tin");
  g_assert_cmpstr(text_at(plan, "tasks/3/time/due_to"), ==, "2026-06-30");
  json_decref(plan);
}

static void test_table_without_outer_pipes(void) {
  json_t *plan =
      read_text(OPENING "II. NHIỆM VỤ\nTT | Nội dung | Thời gian | Chủ trì/phối hợp\nI | Trước khi có sự cố\n"
                        "1.1 | Kiểm kê máy chủ | Quý I | Công an xã/Trạm Y tế\nII | Khi có sự cố\n"
                        "2.1 | Khôi phục | | Phòng Kinh tế/Công an xã\n" CLOSING);
  g_assert_cmpint((int)size_at(plan, "tasks"), ==, 2);
  g_assert_cmpstr(text_at(plan, "tasks/0/lead/0"), ==, "Công an xã");
  g_assert_cmpstr(text_at(plan, "tasks/0/coordinate/0"), ==, "Trạm Y tế");
  g_assert_cmpstr(text_at(plan, "tasks/1/lead/0"), ==, "Phòng Kinh tế");
  g_assert_cmpstr(text_at(plan, "tasks/1/time/kind"), ==, "on_event");
  json_decref(plan);
}

static void test_letterhead_in_figures(void) {
  json_t *plan =
      read_text("UBND TỈNH NÚI ĐÁ          CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nSỞ Y TẾ\n"
                "Số : 12 /KH-SYT          Độc lập - Tự do - Hạnh phúc\nNúi Đá, ngày 3/4/2025\nKẾ HOẠCH\n"
                "Ứng phó sự cố an toàn thông tin mạng năm 2025\nSở Y tế ban hành Kế hoạch như sau:\nI. MỤC ĐÍCH\n"
                "- Một.\n" CLOSING);
  g_assert_cmpstr(text_at(plan, "number/resolved"), ==, "12/KH-SYT");
  g_assert_cmpstr(text_at(plan, "date/iso"), ==, "2025-04-03");
  g_assert_cmpstr(text_at(plan, "place"), ==, "Núi Đá");
  json_decref(plan);
}

static void test_degrees_before_the_name(void) {
  static const char *const SIGNED[] = {"Ths. Bs. Nguyễn Hữu Ân", "PGS.TS. Nguyễn Hữu Ân", "BS CKII Nguyễn Hữu Ân",
                                       "Đại tá Nguyễn Hữu Ân", "Nguyễn Hữu Ân"};
  for (gsize i = 0; i < G_N_ELEMENTS(SIGNED); i++) {
    g_autofree char *text = g_strconcat(OPENING "V. TỔ CHỨC THỰC HIỆN\n1. Công an xã\n- Theo dõi.\nGIÁM ĐỐC\n\n",
                                        SIGNED[i], "\nNơi nhận:\n- Lưu: VT.\n", NULL);
    json_t *plan = read_text(text);
    g_assert_cmpstr(text_at(plan, "signer/name"), ==, "Nguyễn Hữu Ân");
    json_decref(plan);
  }
}

int main(int argc, char **argv) {
  static const struct {
    const char *path;
    void (*run)(void);
  } TESTS[] = {
      {"/plan_read/letterhead",                       test_letterhead                           },
      {"/plan_read/letterhead_in_columns_and_blanks", test_letterhead_in_columns_and_blanks     },
      {"/plan_read/labels",                           test_labels                               },
      {"/plan_read/letters_as_fields_or_headings",    test_letters_as_fields_or_headings        },
      {"/plan_read/table_in_tabs",                    test_table_in_tabs                        },
      {"/plan_read/table_in_pipes",                   test_table_in_pipes                       },
      {"/plan_read/table_in_columns",                 test_table_in_columns                     },
      {"/plan_read/table_flattened",                  test_table_flattened                      },
      {"/plan_read/scenarios",                        test_scenarios                            },
      {"/plan_read/duties",                           test_duties                               },
      {"/plan_read/assignment_after_its_content",     test_assignment_after_its_content         },
      {"/plan_read/groups_as_numbered_items",         test_groups_of_scenarios_as_numbered_items},
      {"/plan_read/cells_that_say_as_above",          test_cells_that_say_as_above              },
      {"/plan_read/names_of_laws_and_of_people",      test_names_of_laws_and_of_people          },
      {"/plan_read/owners_in_one_line",               test_owners_in_one_line                   },
      {"/plan_read/table_without_outer_pipes",        test_table_without_outer_pipes            },
      {"/plan_read/degrees_before_the_name",          test_degrees_before_the_name              },
      {"/plan_read/letterhead_in_figures",            test_letterhead_in_figures                },
      {"/plan_read/empty_and_endless",                test_empty_and_endless                    },
      {"/plan_read/no_plan",                          test_no_plan                              }
  };
  g_test_init(&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(TESTS); i++)
    g_test_add_func(TESTS[i].path, TESTS[i].run);
  return g_test_run();
}
