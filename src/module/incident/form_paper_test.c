#include "base/error.h"
#include "module/incident/form_paper.h"
#include "module/incident/form_stats.h"
#include <libxml/parser.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const gint64 CREATED_MS = G_GINT64_CONSTANT(1795219200000);
static Law *law;
static FormBook *book;
static PaperStyle *style;

static char *data_file(const char *name) {
  return g_build_filename(g_getenv("UNGCUU_DATA"), "law", name, NULL);
}

static json_t *read_case(void) {
  g_autofree char *path = g_build_filename(g_getenv("G_TEST_SRCDIR"), "tests", "papers", "case.json", NULL);
  json_t *incident = json_load_file(path, 0, NULL);
  g_assert_nonnull(incident);
  return incident;
}

/* ---- looking at papers ---- */

static GBytes *pdf_of(const Paper *paper) {
  g_autoptr(GError) error = NULL;
  GBytes *bytes = paper_write_pdf(paper, style, &error);
  g_assert_no_error(error);
  return bytes;
}

static char *ask(const char *program, GBytes *bytes) {
  g_autofree char *path = NULL;
  int file = g_file_open_tmp("form-XXXXXX.pdf", &path, NULL);
  gsize size = 0;
  const void *data = g_bytes_get_data(bytes, &size);
  g_assert_cmpint(write(file, data, size), ==, (gssize)size);
  close(file);
  char *args[] = {(char *)program, path, strcmp(program, "pdftotext") == 0 ? (char *)"-" : NULL, NULL};
  char *out = NULL;
  g_autoptr(GError) error = NULL;
  g_spawn_sync(NULL, args, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &out, NULL, NULL, &error);
  g_assert_no_error(error);
  g_unlink(path);
  return out;
}

/* The text of the paper with every run of blanks made one, so that broken lines do not matter. */
static char *text_of(const Paper *paper) {
  g_autoptr(GBytes) bytes = pdf_of(paper);
  g_autofree char *text = ask("pdftotext", bytes);
  g_auto(GStrv) words = g_strsplit_set(text, " \n\f\t", -1);
  GString *out = g_string_new(NULL);
  for (char **word = words; *word; word++)
    if (**word)
      g_string_append_printf(out, "%s ", *word);
  return g_string_free(out, FALSE);
}

static int pages_of(const Paper *paper) {
  g_autoptr(GBytes) bytes = pdf_of(paper);
  g_autofree char *info = ask("pdfinfo", bytes);
  return atoi(strstr(info, "Pages:") + strlen("Pages:"));
}

static void assert_holds(const char *text, const char *what, const char *of) {
  if (!strstr(text, what))
    g_error("%s: “%s” is missing in:\n%s", of, what, text);
}

/* ---- values of every type, each unlike the others ---- */

/* A value for the field, and how it must show. */
static json_t *sample(const LawField *field, int number, char **out_shown) {
  g_autofree char *word = g_strdup_printf("giá-trị-%d", number);
  g_autofree char *day = g_strdup_printf("2026-%02d-%02d", number % 12 + 1, number % 28 + 1);
  if (strcmp(field->type, "int") == 0) {
    *out_shown = g_strdup_printf("%d", 7000 + number);
    return json_integer(7000 + number);
  }
  if (strcmp(field->type, "date") == 0) {
    *out_shown = g_strdup_printf("%02d/%02d/2026", number % 28 + 1, number % 12 + 1);
    return json_string(day);
  }
  if (strcmp(field->type, "clock") == 0) {
    *out_shown = g_strdup("14 giờ 35 phút");
    return json_string("14:35");
  }
  if (strcmp(field->type, "time") == 0) {
    *out_shown = g_strdup_printf("07 giờ 05 phút, ngày %02d/%02d/2026", number % 28 + 1, number % 12 + 1);
    return json_sprintf("%sT07:05+07:00", day);
  }
  if (strcmp(field->type, "month") == 0) {
    *out_shown = g_strdup_printf("%02d/2026", number % 12 + 1);
    return json_sprintf("2026-%02d", number % 12 + 1);
  }
  if (strcmp(field->type, "choice") == 0 || strcmp(field->type, "many") == 0) {
    const char *last = field->options->pdata[field->options->len - 1];
    gboolean own = field->with_text->len > 0;
    *out_shown = own ? g_strdup(word) : g_strdup_printf("☒ %s", last);
    return strcmp(field->type, "choice") == 0 ? json_string(last)
                                              : json_pack("{s:o}", last, own ? json_string(word) : json_true());
  }
  if (strcmp(field->type, "table") == 0) {
    *out_shown = g_strdup_printf("%d", 8000 + number);
    return json_pack("[[i]]", 8000 + number);
  }
  *out_shown = g_strdup(word);
  return json_string(word);
}

static void fill(json_t *values, const LawForm *form, GPtrArray *shown) {
  for (guint g = 0; g < form->groups->len; g++) {
    const LawFieldGroup *group = form->groups->pdata[g];
    for (guint f = 0; f < group->fields->len; f++) {
      const LawField *field = group->fields->pdata[f];
      char *text = NULL;
      json_object_set_new(values, field->id, sample(field, (int)shown->len + 10, &text));
      g_ptr_array_add(shown, text);
    }
  }
}

static json_t *fill_all(const PaperForm *form, GPtrArray *shown) {
  json_t *values = json_object();
  fill(values, form->law, shown);
  if (form->annex) {
    json_t *annex = json_object();
    fill(annex, form->annex->law, shown);
    json_object_set_new(values, form->annex->law->rule.id, annex);
  }
  return values;
}

/* ---- tests ---- */

/* A ticked box is drawn, not written: text of a choice is looked for without its mark, and in the DOCX with it. */
static void test_every_field_is_printed(void) {
  const GPtrArray *forms = form_book_forms(book);
  g_assert_cmpuint(forms->len, ==, 15);
  for (guint i = 0; i < forms->len; i++) {
    const PaperForm *form = forms->pdata[i];
    g_autoptr(GPtrArray) shown = g_ptr_array_new_with_free_func(g_free);
    json_t *values = fill_all(form, shown);
    g_autoptr(Paper) paper = form_paper(form, values, NULL, CREATED_MS);
    g_autofree char *text = text_of(paper);
    for (guint k = 0; k < shown->len; k++) {
      const char *want = shown->pdata[k];
      gboolean ticked = g_str_has_prefix(want, "☒ ");
      assert_holds(text, want + (ticked ? strlen("☒ ") : 0), form->law->rule.id);
    }
    json_decref(values);
  }
}

static void test_printed_words_of_mau_03(void) {
  static const char *const WORDS[] = {
      "Mẫu số 03", "BÁO CÁO BAN ĐẦU SỰ CỐ MẠNG", "THÔNG TIN VỀ TỔ CHỨC/CÁ NHÂN BÁO CÁO SỰ CỐ", "NGƯỜI LIÊN HỆ",
      "THÔNG TIN CHI TIẾT VỀ HỆ THỐNG BỊ SỰ CỐ", "HIỆN TRẠNG SỰ CỐ (*)", "CÁCH THỨC PHÁT HIỆN *", "ĐÃ GỬI THÔNG BÁO SỰ CỐ CHO *",
      "THÔNG TIN BỔ SUNG VỀ HỆ THỐNG XẢY RA SỰ CỐ", "KIẾN NGHỊ, ĐỀ XUẤT HỖ TRỢ", "THỜI GIAN THỰC HIỆN BÁO CÁO SỰ CỐ *:",
      "CÁ NHÂN/NGƯỜI ĐẠI DIỆN THEO PHÁP LUẬT", "(Ký tên, đóng dấu)", "Chú thích: 1.", "ISP đang trực tiếp cung cấp dịch vụ",
      "PHỤ LỤC KÈM BÁO CÁO BAN ĐẦU SỰ CỐ", "Mức độ lây lan, tác động đến hoạt động của tổ chức",
  };
  g_autoptr(Paper) paper = form_paper(form_book_find(book, "mau-03"), NULL, NULL, CREATED_MS);
  g_autofree char *text = text_of(paper);
  for (gsize i = 0; i < G_N_ELEMENTS(WORDS); i++)
    assert_holds(text, WORDS[i], "mau-03");
}

static guint required_of(const LawForm *form) {
  guint count = 0;
  for (guint g = 0; g < form->groups->len; g++) {
    const LawFieldGroup *group = form->groups->pdata[g];
    for (guint f = 0; f < group->fields->len; f++)
      count += ((const LawField *)group->fields->pdata[f])->required ? 1 : 0;
  }
  return count;
}

static void test_missing_fields_are_listed(void) {
  const PaperForm *form = form_book_find(book, "mau-03");
  g_autoptr(GPtrArray) all = form_missing(form, NULL);
  g_assert_cmpuint(all->len, ==, required_of(form->law) + required_of(form->annex->law));
  g_autoptr(GPtrArray) shown = g_ptr_array_new_with_free_func(g_free);
  json_t *values = fill_all(form, shown);
  g_autoptr(GPtrArray) none = form_missing(form, values);
  g_assert_cmpuint(none->len, ==, 0);
  json_object_set_new(values, "reporter_phone", json_string("  "));
  json_object_set_new(values, "detected_clock", json_string("25:00"));
  json_object_set_new(values, "found_by", json_pack("{s:b}", "không có trong mẫu", 1));
  json_object_del(json_object_get(values, "phu-luc-mau-03"), "harm");
  g_autoptr(GPtrArray) four = form_missing(form, values);
  g_assert_cmpuint(four->len, ==, 4);
  g_assert_cmpstr(((FormMissing *)four->pdata[0])->label, ==, "Điện thoại");
  g_assert_cmpstr(((FormMissing *)four->pdata[1])->id, ==, "detected_clock");
  g_assert_cmpstr(((FormMissing *)four->pdata[3])->id, ==, "phu-luc-mau-03.harm");
  json_decref(values);
}

static void test_same_bytes_again(void) {
  json_t *incident = read_case();
  const json_t *head = json_object_get(incident, "letterhead");
  const GPtrArray *forms = form_book_forms(book);
  for (guint i = 0; i < forms->len; i++) {
    GBytes *bytes[2];
    for (int round = 0; round < 2; round++) {
      json_t *values = form_values_from_case(forms->pdata[i], incident);
      g_autoptr(Paper) paper = form_paper(forms->pdata[i], values, head, CREATED_MS);
      bytes[round] = i % 2 ? pdf_of(paper) : paper_write_docx(paper, style, NULL);
      json_decref(values);
    }
    g_assert_true(g_bytes_equal(bytes[0], bytes[1]));
    g_bytes_unref(bytes[0]);
    g_bytes_unref(bytes[1]);
  }
  json_decref(incident);
}

static void test_hostile_texts(void) {
  g_autoptr(GString) endless = g_string_new(NULL);
  for (int i = 0; i < 20000; i++)
    g_string_append(endless, i % 7 ? "ă" : "\n<&>\"'☒");
  const char *const texts[] = {"</w:t></w:r><script>alert(1)</script>", "\x01\x02\x1F\x7F", "\xFF\xFE", "\xE2\x80\xAE" "cigol", "{issuer}{basis}%s%n",
                               endless->str};
  for (gsize t = 0; t < G_N_ELEMENTS(texts); t++) {
    const PaperForm *form = form_book_find(book, t % 2 ? "mau-03" : "de-nghi-ho-tro");
    json_t *values = json_object(), *head = json_object();
    const char *field = t % 2 ? "description" : "situation";
    /* Bytes that are not UTF-8 never come out of JSON; the paper stands them all the same. */
    json_object_set_new_nocheck(values, field, json_string_nocheck(texts[t]));
    json_object_set_new_nocheck(head, "issuer", json_string_nocheck(t == 5 ? "x" : texts[t]));
    g_autoptr(Paper) paper = form_paper(form, values, head, CREATED_MS);
    g_assert_cmpint(pages_of(paper), >=, 1);
    g_autoptr(GBytes) docx = paper_write_docx(paper, style, NULL);
    g_assert_nonnull(docx);
    json_decref(values);
    json_decref(head);
  }
}

static void test_shapes_that_do_not_fit(void) {
  static const char *const WRONG[] = {"[]", "\"x\"", "{\"services\": [1, 2], \"level\": 3, \"detected_day\": {}, \"phu-luc-mau-03\": 5}",
                                      "{\"level\": \"Cấp độ 9\", \"reported_at\": \"hôm qua\", \"addresses\": {\"a\": {}}}"};
  for (gsize i = 0; i < G_N_ELEMENTS(WRONG); i++) {
    json_t *values = json_loads(WRONG[i], JSON_DECODE_ANY, NULL);
    g_autoptr(Paper) paper = form_paper(form_book_find(book, "mau-03"), values, values, CREATED_MS);
    g_autoptr(Paper) sheet = form_response_sheet(values, values, CREATED_MS);
    g_autoptr(Paper) file = form_case_file(values, values, CREATED_MS);
    g_assert_cmpint(pages_of(paper), >=, 3);
    g_assert_cmpint(pages_of(sheet) + pages_of(file), >=, 2);
    g_autoptr(GPtrArray) missing = form_missing(form_book_find(book, "mau-03"), values);
    g_assert_cmpuint(missing->len, ==, 21);
    json_decref(form_values_from_case(form_book_find(book, "mau-03"), values));
    json_decref(values);
  }
}

static void test_which_addresses_are_public(void) {
  static const struct {
    const char *address;
    gboolean is_public;
  } WANT[] = {
      {"203.0.113.10", TRUE},  {"8.8.8.8", TRUE},         {"172.15.0.1", TRUE},   {"172.32.0.1", TRUE},   {"2001:db8::1", TRUE},
      {"10.0.0.1", FALSE},     {"010.000.000.001", FALSE}, {"172.16.0.1", FALSE}, {"172.31.255.255", FALSE}, {"192.168.1.1", FALSE},
      {"127.0.0.1", FALSE},    {"169.254.1.1", FALSE},    {"100.64.0.1", FALSE},  {"100.128.0.1", TRUE},  {"::1", FALSE},
      {"fd12:3456::1", FALSE}, {"fc00::1", FALSE},        {"fe80::1", FALSE},     {"::ffff:10.0.0.1", FALSE}, {"::ffff:8.8.8.8", TRUE},
      {"256.1.1.1", FALSE},    {"1.2.3", FALSE},          {"", FALSE},            {"máy chủ", FALSE},     {"8.8.8.8 và 10.0.0.1", FALSE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(WANT); i++)
    if (form_address_is_public(WANT[i].address) != WANT[i].is_public)
      g_error("“%s” is taken wrongly", WANT[i].address);
}

static void test_internal_addresses_in_texts(void) {
  static const struct {
    const char *text, *want;
  } WANT[] = {
      {"http://10.1.2.3:8080/a", "http://[địa chỉ nội bộ]:8080/a"},
      {"từ 192.168.0.0/16 đến 203.0.113.7.", "từ [địa chỉ nội bộ]/16 đến 203.0.113.7."},
      {"10[.]0[.]0[.]5,127.0.0.1", "[địa chỉ nội bộ],[địa chỉ nội bộ]"},
      {"máy [fd00::5] và fe80::1%eth0", "máy [[địa chỉ nội bộ]] và [địa chỉ nội bộ]%eth0"},
      {"lúc 14:35:07, bản 110.10.0.1, std::vector", "lúc 14:35:07, bản 110.10.0.1, std::vector"},
      {"", ""},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(WANT); i++) {
    g_autofree char *text = form_public_text(WANT[i].text);
    g_assert_cmpstr(text, ==, WANT[i].want);
  }
}

static void test_no_paper_tells_internal_addresses(void) {
  json_t *incident = read_case();
  const GPtrArray *forms = form_book_forms(book);
  for (guint i = 0; i < forms->len; i++) {
    json_t *values = form_values_from_case(forms->pdata[i], incident);
    g_autofree char *text = json_dumps(values, 0);
    g_assert_null(strstr(text, "10.20.0.5"));
    g_assert_null(strstr(text, "fd00"));
    g_assert_null(strstr(text, "127.0.0.1"));
    json_decref(values);
  }
  json_decref(incident);
}

static void test_values_from_case(void) {
  static const struct {
    const char *form, *field, *want;
  } WANT[] = {
      {"mau-03", "reporter_name", "Ủy ban nhân dân xã An Phú"},
      {"mau-03", "contact_title", "Chuyên viên Văn phòng"},
      {"mau-03", "system", "Hệ thống quản lý hồ sơ một cửa; motcua.anphu.example.vn; 203.0.113.10, 2001:db8::10"},
      {"mau-03", "level", "Cấp độ 2"},
      {"mau-03", "detected_day", "21/11/2026"},
      {"mau-03", "detected_clock", "07 giờ 20 phút"},
      {"mau-03", "state", "Chưa được xử lý"},
      {"mau-03", "found_by", "Nhận được thông báo từ: người báo qua điện thoại"},
      {"mau-03", "told_to", "Cơ quan điều phối"},
      {"mau-03", "services", "Web server; Dịch vụ khác, đó là: chia sẻ tệp"},
      {"mau-03", "measures", "Antivirus; Firewall"},
      {"mau-03", "addresses", "203.0.113.10, 2001:db8::10"},
      {"mau-03", "proposal", "Đề nghị cử lực lượng hỗ trợ phân tích mã độc, khôi phục dữ liệu."},
      {"mau-03", "reported_at", "08 giờ 30 phút, ngày 21/11/2026"},
      {"mau-04", "first_report_number", "12/BC-UBND"},
      {"mau-04", "first_report_day", "21/11/2026"},
      {"mau-04", "system", "Hệ thống quản lý hồ sơ một cửa"},
      {"phu-luc-mau-03", "kinds", "Tấn công mã hóa phần mềm, dữ liệu, thiết bị"},
      {"phu-luc-mau-03", "spread", "- Máy chủ tệp: Toàn bộ tệp bị mã hóa\n- 04 máy trạm một cửa: Không truy cập được hồ sơ"},
      {"bao-cao-dien-bien", "state", "Đang ứng cứu"},
      {"bao-cao-dien-bien", "case", "SC-2026-0031: Mã hóa dữ liệu máy chủ tệp"},
      {"thong-bao-24-gio", "serious_by", "Vượt khả năng xử lý, theo điểm b khoản 2 Điều 9 Thông tư số 20/2017/TT-BTTTT"},
      {"phu-luc-mau-03", "helpers", ""},
      {"bao-cao-72-gio", "system", "Hệ thống quản lý hồ sơ một cửa, cấp độ 2"},
  };
  json_t *incident = read_case();
  for (gsize i = 0; i < G_N_ELEMENTS(WANT); i++) {
    const PaperForm *form = form_book_find(book, WANT[i].form);
    json_t *values = form_values_from_case(form, incident);
    const LawField *field = NULL;
    for (guint g = 0; g < form->law->groups->len; g++) {
      const LawFieldGroup *group = form->law->groups->pdata[g];
      for (guint f = 0; f < group->fields->len; f++)
        if (strcmp(((LawField *)group->fields->pdata[f])->id, WANT[i].field) == 0)
          field = group->fields->pdata[f];
    }
    g_autofree char *text = form_value_text(field, values);
    g_assert_cmpstr(text, ==, WANT[i].want);
    json_decref(values);
  }
  json_decref(incident);
}

static void test_paper_of_each_clock(void) {
  static const struct {
    const char *profile, *clock, *form;
  } WANT[] = {
      {"vn-2017", "notice", "thong-bao"},          {"vn-2017", "initial_report", "mau-03"},
      {"vn-2017", "final_report", "mau-04"},       {"vn-2026", "at_once_notice", "thong-bao-ngay"},
      {"vn-2026", "first_notice", "thong-bao-24-gio"}, {"vn-2026", "report_72h", "bao-cao-72-gio"},
      {"vn-2026", "final_report", "bao-cao-ket-thuc"}, {"vn-2026", "personal_data", "mau-08-nd-356"},
      {"vn-2017", "confirm_receipt", NULL},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(WANT); i++) {
    const LawProfile *profile = law_find(law->profiles, WANT[i].profile);
    Day day = strcmp(WANT[i].profile, "vn-2017") == 0 ? (Day){2026, 1, 5} : (Day){2026, 9, 5};
    const PaperForm *found = NULL;
    gboolean seen = FALSE;
    for (guint k = 0; k < law->clocks->len; k++) {
      const LawClock *clock = law->clocks->pdata[k];
      if (strcmp(clock->rule.id, WANT[i].clock) == 0 && law_in_force(&clock->rule, profile, day)) {
        found = form_book_for_clock(book, clock);
        seen = TRUE;
      }
    }
    g_assert_true(seen);
    g_assert_cmpstr(found ? found->law->rule.id : NULL, ==, WANT[i].form);
  }
}

static void test_message_to_copy(void) {
  json_t *values = json_pack("{s:s, s:s, s:s}", "system_address", "motcua.example.vn\r\nBcc: ai@example.vn", "description", "Bị mã hóa",
                             "detected_at", "2026-11-21T07:20+07:00");
  g_autofree char *subject = NULL;
  g_autofree char *body = form_message(form_book_find(book, "thong-bao"), values, &subject);
  g_assert_cmpstr(subject, ==, "[TBSC] Thông báo sự cố - motcua.example.vn  Bcc: ai@example.vn");
  assert_holds(body, "- Thời điểm phát hiện sự cố: 07 giờ 20 phút, ngày 21/11/2026", "message");
  g_assert_null(strstr(body, "Đề xuất"));
  json_decref(values);
}

static void test_sheet_and_file_of_a_case(void) {
  json_t *incident = read_case();
  const json_t *head = json_object_get(incident, "letterhead");
  g_autoptr(Paper) sheet = form_response_sheet(incident, head, CREATED_MS);
  g_assert_cmpint(pages_of(sheet), ==, 2);
  g_autofree char *on_sheet = text_of(sheet);
  assert_holds(on_sheet, "0200 000 0069", "sheet");
  assert_holds(on_sheet, "Tổng kết, đánh giá", "sheet");
  g_autoptr(Paper) file = form_case_file(incident, head, CREATED_MS);
  g_autofree char *in_file = text_of(file);
  static const char *const WORDS[] = {"HỒ SƠ SỰ CỐ", "9f86d081884c7d65", "[Sửa dòng 2]", "không đạt", "12/BC", "AMBER", "đã gửi",
                                      "XI. NHẬT KÝ", "Trần Quốc Tuấn"};
  for (gsize i = 0; i < G_N_ELEMENTS(WORDS); i++)
    assert_holds(in_file, WORDS[i], "file");
  json_decref(incident);
}

static void test_counts_of_mau_05(void) {
  json_t *counts = json_loads("{\"ma-hoa\": {\"count\": 41, \"self\": 30, \"helped\": 11, \"asked\": 3, \"damage\": 500000000},"
                              " \"gia-mao\": {\"count\": 12, \"self\": 12, \"damage\": 1500}, \"nguon-dien\": {\"count\": 900}}", 0, NULL);
  json_t *rows = form_stats_rows(law, counts);
  g_assert_cmpuint(json_array_size(rows), ==, 11);
  const json_t *total = json_array_get(rows, 10);
  static const gint64 WANT[] = {53, 42, 11, 0, 3};
  for (gsize i = 0; i < G_N_ELEMENTS(WANT); i++)
    g_assert_cmpint(json_integer_value(json_array_get(total, i)), ==, WANT[i]);
  json_t *values = json_pack("{s:s, s:s, s:o}", "from_month", "2025-12", "to_month", "2026-05", "table", rows);
  g_autoptr(Paper) paper = form_paper(form_book_find(book, "mau-05"), values, NULL, CREATED_MS);
  g_autofree char *text = text_of(paper);
  assert_holds(text, "BÁO CÁO TỔNG HỢP 06 THÁNG VỀ HOẠT ĐỘNG", "mau-05");
  assert_holds(text, "500.000.000", "mau-05");
  assert_holds(text, "500.001.500", "mau-05");
  assert_holds(text, "Tổng số 53 42 11 0 3", "mau-05");
  g_autofree char *svg = form_stats_svg(law, counts, "Nhiều nhất: <mã hóa>");
  xmlDoc *drawing = xmlReadMemory(svg, (int)strlen(svg), "bars.svg", NULL, XML_PARSE_NONET);
  g_assert_nonnull(drawing);
  xmlFreeDoc(drawing);
  assert_holds(svg, "width=\"350\"", "svg");
  assert_holds(svg, ">41</text>", "svg");
  g_assert_null(strstr(svg, "900"));
  g_autoptr(GBytes) first = form_stats_sheet(law, counts, "Mẫu số 05", "An Phú", CREATED_MS, NULL);
  g_autoptr(GBytes) second = form_stats_sheet(law, counts, "Mẫu số 05", "An Phú", CREATED_MS, NULL);
  g_assert_true(g_bytes_equal(first, second));
  json_decref(values);
  json_decref(counts);
}

static void test_layouts_that_are_refused(void) {
  static const struct {
    const char *yaml, *problem;
  } WANT[] = {
      {"forms: [{form: mau-99, letter: {}}]", "không có biểu mẫu “mau-99”"},
      {"forms: [{form: thong-bao}]", "thiếu blocks hoặc letter"},
      {"forms: [{form: mau-06, blocks: [{picture: x}]}]", "khối không rõ loại"},
      {"forms: [{form: mau-06, blocks: [{text: {field: nothing}}]}]", "không có trường “nothing”"},
      {"forms: [{form: phu-luc-mau-03, blocks: [{line: [{field: kinds}, {field: kinds}]}]}]", "trường “kinds” có hai chỗ"},
      {"forms: [{form: phu-luc-mau-03, blocks: [{line: [{field: kinds}]}]}]", "thiếu trường “first_results”"},
      {"forms: [{form: mau-06, annex: mau-06, letter: {}}]", "không có phụ lục “mau-06”"},
      {"forms: []", "không có biểu mẫu nào"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(WANT); i++) {
    g_autofree char *path = NULL;
    close(g_file_open_tmp("layout-XXXXXX.yaml", &path, NULL));
    g_file_set_contents(path, WANT[i].yaml, -1, NULL);
    g_autoptr(GError) error = NULL;
    g_assert_null(form_book_load(law, path, &error));
    g_assert_error(error, APP_ERROR, ERROR_CHECK);
    assert_holds(error->message, WANT[i].problem, WANT[i].yaml);
    g_unlink(path);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = g_build_filename(g_getenv("UNGCUU_DATA"), "law", NULL);
  g_autofree char *layout = data_file("form_layout.yaml");
  g_autofree char *look = data_file("document_layout.yaml");
  g_autofree char *yaml = NULL;
  gsize length = 0;
  law = law_load(folder, &error);
  g_assert_no_error(error);
  book = form_book_load(law, layout, &error);
  g_assert_no_error(error);
  g_assert_true(g_file_get_contents(look, &yaml, &length, NULL));
  style = paper_style_load(yaml, length, &error);
  g_assert_no_error(error);
  g_test_add_func("/form/every-field-is-printed", test_every_field_is_printed);
  g_test_add_func("/form/printed-words-of-mau-03", test_printed_words_of_mau_03);
  g_test_add_func("/form/missing", test_missing_fields_are_listed);
  g_test_add_func("/form/same-bytes", test_same_bytes_again);
  g_test_add_func("/form/hostile", test_hostile_texts);
  g_test_add_func("/form/wrong-shapes", test_shapes_that_do_not_fit);
  g_test_add_func("/form/public-addresses", test_which_addresses_are_public);
  g_test_add_func("/form/addresses-in-texts", test_internal_addresses_in_texts);
  g_test_add_func("/form/no-internal-addresses", test_no_paper_tells_internal_addresses);
  g_test_add_func("/form/from-case", test_values_from_case);
  g_test_add_func("/form/clocks", test_paper_of_each_clock);
  g_test_add_func("/form/message", test_message_to_copy);
  g_test_add_func("/form/sheet-and-file", test_sheet_and_file_of_a_case);
  g_test_add_func("/form/counts", test_counts_of_mau_05);
  g_test_add_func("/form/refused-layouts", test_layouts_that_are_refused);
  int result = g_test_run();
  paper_style_free(style);
  form_book_free(book);
  law_free(law);
  return result;
}
