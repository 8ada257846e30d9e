#include "base/error.h"
#include "lib/document/paper_model.h"
#include <glib/gstdio.h>
#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

/* Every letter of Vietnamese in both cases. */
static const char LETTERS[] =
    "a à ả ã á ạ ă ằ ẳ ẵ ắ ặ â ầ ẩ ẫ ấ ậ b c d đ e è ẻ ẽ é ẹ ê ề ể ễ ế ệ g h i ì ỉ ĩ í ị k l m n o ò ỏ õ ó ọ ô ồ ổ ỗ ố ộ "
    "ơ ờ ở ỡ ớ ợ p q r s t u ù ủ ũ ú ụ ư ừ ử ữ ứ ự v x y ỳ ỷ ỹ ý ỵ "
    "A À Ả Ã Á Ạ Ă Ằ Ẳ Ẵ Ắ Ặ Â Ầ Ẩ Ẫ Ấ Ậ B C D Đ E È Ẻ Ẽ É Ẹ Ê Ề Ể Ễ Ế Ệ G H I Ì Ỉ Ĩ Í Ị K L M N O Ò Ỏ Õ Ó Ọ Ô Ồ Ổ Ỗ Ố Ộ "
    "Ơ Ờ Ở Ỡ Ớ Ợ P Q R S T U Ù Ủ Ũ Ú Ụ Ư Ừ Ử Ữ Ứ Ự V X Y Ỳ Ỷ Ỹ Ý Ỵ";
static const char SENTENCE[] = "Đơn vị vận hành báo cáo chủ quản hệ thống thông tin ngay khi phát hiện sự cố, giữ nguyên "
                               "hiện trạng và ghi nhận chứng cứ từ phút đầu tiên.";
static const gint64 CREATED_MS = G_GINT64_CONSTANT(1772668800000); /* 05/3/2026 */

static PaperStyle *style;

/* ---- helpers ---- */

/* What a poppler program prints about the bytes. */
static char *ask(const char *program, GBytes *bytes) {
  g_autofree char *path = NULL;
  int file = g_file_open_tmp("paper-XXXXXX.pdf", &path, NULL);
  g_assert_cmpint(file, >=, 0);
  g_assert_cmpint(write(file, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes)), ==,
                  (gssize)g_bytes_get_size(bytes));
  close(file);
  gboolean text = !strcmp(program, "pdftotext");
  const char *args[] = {program, text ? "-layout" : path, text ? path : NULL, "-", NULL};
  g_autofree char *out = NULL;
  g_autoptr(GError) error = NULL;
  g_spawn_sync(NULL, (char **)args, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL, NULL, &error);
  g_assert_no_error(error);
  g_unlink(path);
  return g_steal_pointer(&out);
}

static GBytes *pdf_of(const Paper *paper) {
  g_autoptr(GError) error = NULL;
  GBytes *bytes = paper_write_pdf(paper, style, &error);
  g_assert_no_error(error);
  return bytes;
}

static char *pdf_text(const Paper *paper) {
  g_autoptr(GBytes) bytes = pdf_of(paper);
  return ask("pdftotext", bytes);
}

static int pdf_pages(GBytes *bytes) {
  g_autofree char *info = ask("pdfinfo", bytes);
  const char *pages = strstr(info, "Pages:");
  g_assert_nonnull(pages);
  return atoi(pages + strlen("Pages:"));
}

/* One part of the package, checked to be well-formed. */
static char *docx_part(GBytes *bytes, const char *name) {
  zip_error_t problem;
  zip_error_init(&problem);
  zip_source_t *source = zip_source_buffer_create(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), 0, &problem);
  zip_t *archive = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &problem);
  g_assert_nonnull(archive);
  zip_stat_t stat;
  g_assert_cmpint(zip_stat(archive, name, 0, &stat), ==, 0);
  char *text = g_malloc0(stat.size + 1);
  zip_file_t *file = zip_fopen(archive, name, 0);
  g_assert_cmpint(zip_fread(file, text, stat.size), ==, (zip_int64_t)stat.size);
  zip_fclose(file);
  zip_close(archive);
  xmlDoc *doc = xmlReadMemory(text, (int)stat.size, name, NULL, XML_PARSE_NONET | XML_PARSE_HUGE);
  g_assert_nonnull(doc);
  xmlFreeDoc(doc);
  return text;
}

static char *docx_of(const Paper *paper) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = paper_write_docx(paper, style, &error);
  g_assert_no_error(error);
  return docx_part(bytes, "word/document.xml");
}

static int count_of(const char *text, const char *what) {
  /* With a length GLib searches itself; the sanitizer's strstr() would measure the rest of the text every time. */
  const char *end = text + strlen(text);
  int count = 0;
  for (const char *p = text; (p = g_strstr_len(p, end - p, what)); p += strlen(what))
    count++;
  return count;
}

/* The strings stand in the text in this order. */
static void assert_order(const char *text, const char *const *strings) {
  const char *from = text;
  for (; *strings; strings++) {
    const char *found = strstr(from, *strings);
    if (!found)
      g_error("“%s” is missing or out of order in:\n%s", *strings, text);
    from = found;
  }
}

static Paper *new_paper(void) {
  return paper_new("Kế hoạch ứng phó sự cố", "UBND tỉnh An Bình", CREATED_MS);
}

static Paper *new_plan(void) {
  Paper *paper = new_paper();
  paper_letterhead(paper, &(PaperLetterhead){.superior = "UBND tỉnh An Bình", .issuer = "Sở Nội vụ", .symbol = "KH-SNV",
                                             .number = 7, .place = "An Bình", .day = 5, .month = 3, .year = 2026});
  paper_title(paper, "Kế hoạch", "Ứng phó sự cố năm 2026");
  paper_paragraph(paper, PAPER_BASIS, "Căn cứ Nghị định số 30/2020/NĐ-CP;");
  paper_heading(paper, PAPER_SECTION, NULL, "Mục đích");
  for (int i = 0; i < 14; i++)
    paper_paragraph(paper, PAPER_TEXT, SENTENCE);
  paper_heading(paper, PAPER_SECTION, NULL, "Tổ chức thực hiện");
  for (int i = 0; i < 14; i++)
    paper_paragraph(paper, PAPER_TEXT, SENTENCE);
  paper_signatures(paper, (const char *const[]){"Như trên", "Lưu: VT, CNTT", NULL}, NULL,
                   &(PaperSigner){.authority = (const char *const[]){"KT. Giám đốc", "Phó Giám đốc", NULL},
                                  .name = "Lê Thị Hạnh"});
  return paper;
}

static PaperTable *add_table(Paper *paper, int rows) {
  PaperTable *table = paper_table(paper, (const double[]){10, 60, 30}, 3, TRUE);
  paper_row(table, TRUE);
  paper_cell(table, "STT");
  paper_cell(table, "Nội dung công việc");
  paper_cell(table, "Chủ trì");
  for (int i = 1; i <= rows; i++) {
    g_autofree char *number = g_strdup_printf("n%d.", i);
    paper_row(table, FALSE);
    paper_cell(table, number);
    paper_cell(table, SENTENCE);
    paper_cell(table, "Văn phòng");
  }
  return table;
}

/* ---- the style ---- */

/* The bounds of Phụ lục I, Phần I, I.3 and II: whatever is chosen must lie within them. */
static void test_style_keeps_to_the_decree(void) {
  static const struct {
    PaperComponent component;
    double least, most;
    gboolean bold, italic, upper;
  } RULES[] = {
      {PAPER_NATIONAL_NAME,   12, 13, TRUE,  FALSE, TRUE },
      {PAPER_MOTTO,           13, 14, TRUE,  FALSE, FALSE},
      {PAPER_SUPERIOR,        12, 13, FALSE, FALSE, TRUE },
      {PAPER_ISSUER,          12, 13, TRUE,  FALSE, TRUE },
      {PAPER_NUMBER,          13, 13, FALSE, FALSE, FALSE},
      {PAPER_PLACE_DATE,      13, 14, FALSE, TRUE,  FALSE},
      {PAPER_LETTER_SUBJECT,  12, 13, FALSE, FALSE, FALSE},
      {PAPER_TYPE,            13, 14, TRUE,  FALSE, TRUE },
      {PAPER_SUBJECT,         13, 14, TRUE,  FALSE, FALSE},
      {PAPER_BASIS,           13, 14, FALSE, TRUE,  FALSE},
      {PAPER_TEXT,            13, 14, FALSE, FALSE, FALSE},
      {PAPER_CHAPTER_TITLE,   13, 14, TRUE,  FALSE, TRUE },
      {PAPER_RECIPIENTS_HEAD, 12, 12, TRUE,  TRUE,  FALSE},
      {PAPER_RECIPIENTS,      11, 11, FALSE, FALSE, FALSE},
      {PAPER_AUTHORITY,       13, 14, TRUE,  FALSE, TRUE },
      {PAPER_SIGNER,          13, 14, TRUE,  FALSE, FALSE},
      {PAPER_APPENDIX,        14, 14, TRUE,  FALSE, FALSE},
      {PAPER_APPENDIX_TITLE,  13, 14, TRUE,  FALSE, TRUE },
      {PAPER_APPENDIX_NOTE,   13, 14, FALSE, TRUE,  FALSE},
      {PAPER_PAGE_NUMBER,     13, 14, FALSE, FALSE, FALSE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(RULES); i++) {
    const PaperLook *look = &style->looks[RULES[i].component];
    g_test_message("%s", paper_component_key(RULES[i].component));
    g_assert_nonnull(look->source);
    g_assert_cmpfloat(look->size_pt, >=, RULES[i].least);
    g_assert_cmpfloat(look->size_pt, <=, RULES[i].most);
    g_assert_cmpint(look->bold, ==, RULES[i].bold);
    g_assert_cmpint(look->italic, ==, RULES[i].italic);
    g_assert_cmpint(look->upper, ==, RULES[i].upper);
  }
  g_assert_true(style->top_mm >= 20 && style->top_mm <= 25 && style->bottom_mm >= 20 && style->bottom_mm <= 25);
  g_assert_true(style->left_mm >= 30 && style->left_mm <= 35 && style->right_mm >= 15 && style->right_mm <= 20);
  g_assert_true(style->looks[PAPER_MOTTO].rule == 1);
  g_assert_true(style->looks[PAPER_ISSUER].rule >= 1.0 / 3 && style->looks[PAPER_ISSUER].rule <= 0.5);
}

static void test_style_refuses(void) {
  static const char *const BAD[] = {"{}", "page: {width_mm: 210}", "- 1", "page: {width_mm: a, height_mm: 297}"};
  for (gsize i = 0; i < G_N_ELEMENTS(BAD); i++) {
    g_autoptr(GError) error = NULL;
    g_assert_null(paper_style_load(BAD[i], strlen(BAD[i]), &error));
    g_assert_error(error, APP_ERROR, ERROR_INVALID);
  }
}

/* ---- texts ---- */

static void test_numbers_and_dates(void) {
  static const struct {
    int day, month, year;
    const char *text;
  } DATES[] = {{5, 3, 2024, "Ninh Bình, ngày 05 tháng 3 năm 2024"},
               {12, 2, 2024, "Ninh Bình, ngày 12 tháng 02 năm 2024"},
               {0, 1, 2024, "Ninh Bình, ngày …… tháng 01 năm 2024"},
               {0, 0, 0, "Ninh Bình, ngày …… tháng …… năm ……"}};
  for (gsize i = 0; i < G_N_ELEMENTS(DATES); i++) {
    g_autofree char *text = paper_place_date("Ninh Bình", DATES[i].day, DATES[i].month, DATES[i].year);
    g_assert_cmpstr(text, ==, DATES[i].text);
  }
  g_autofree char *number = paper_number(2, "KH-UBND");
  g_assert_cmpstr(number, ==, "Số: 02/KH-UBND");
  g_autofree char *blank = paper_number(0, "KH-UBND");
  g_assert_cmpstr(blank, ==, "Số:        /KH-UBND");
}

static void assert_next_label(PaperCounter *counter, const PaperParagraph *heading, const char *expected) {
  g_autofree char *label = paper_heading_label(style, counter, heading);
  g_assert_cmpstr(label, ==, expected);
}

static void test_heading_numbers(void) {
  g_autoptr(Paper) paper = new_paper();
  PaperCounter counter = {0};
  const PaperParagraph *chapter = paper_heading(paper, PAPER_CHAPTER, NULL, "");
  const PaperParagraph *section = paper_heading(paper, PAPER_SECTION, NULL, "");
  const PaperParagraph *article = paper_heading(paper, PAPER_ARTICLE, NULL, "");
  const PaperParagraph *point = paper_heading(paper, PAPER_POINT, NULL, "");
  const PaperParagraph *own = paper_heading(paper, PAPER_SECTION, "VI.", "");
  assert_next_label(&counter, chapter, "Chương I ");
  assert_next_label(&counter, article, "Điều 1. ");
  assert_next_label(&counter, section, "I. ");
  assert_next_label(&counter, own, "VI. ");
  static const char *const POINTS[] = {"a) ", "b) ", "c) ", "d) ", "đ) ", "e) ", "g) ", "h) ", "i) ", "k) "};
  for (gsize i = 0; i < G_N_ELEMENTS(POINTS); i++)
    assert_next_label(&counter, point, POINTS[i]);
  assert_next_label(&counter, chapter, "Chương II ");
  assert_next_label(&counter, section, "I. ");
  assert_next_label(&counter, point, "a) ");
  assert_next_label(&counter, article, "Điều 2. ");
}

static void test_pdf_letters(void) {
  g_autoptr(Paper) paper = new_paper();
  static const PaperEmphasis KINDS[] = {PAPER_PLAIN, PAPER_BOLD, PAPER_ITALIC, PAPER_BOLD | PAPER_ITALIC};
  g_auto(GStrv) letters = g_strsplit(LETTERS, " ", -1);
  for (gsize i = 0; i < G_N_ELEMENTS(KINDS); i++)
    paper_run(paper_paragraph(paper, PAPER_TEXT, NULL), KINDS[i], LETTERS);
  g_autoptr(GBytes) bytes = pdf_of(paper);
  g_autofree char *text = ask("pdftotext", bytes);
  g_autofree char *composed = g_utf8_normalize(text, -1, G_NORMALIZE_DEFAULT_COMPOSE);
  g_assert_cmpstr(text, ==, composed);
  /* Each is one code point, so that none is found inside another. Blanks between single letters are the reader's guess. */
  for (gsize i = 0; letters[i]; i++)
    g_assert_cmpint(count_of(text, letters[i]), ==, G_N_ELEMENTS(KINDS));
}

/* A letter that the font lacked would come from another font, or as a box without one. */
static void test_pdf_fonts(void) {
  g_autoptr(Paper) paper = new_paper();
  paper_paragraph(paper, PAPER_TEXT, LETTERS);
  paper_fields(paper, (const PaperField[]){{PAPER_CHECKED, "Có", NULL, FALSE, 0}, {PAPER_UNCHECKED, "Không", NULL, TRUE, 0}}, 2);
  g_autoptr(GBytes) bytes = pdf_of(paper);
  g_autofree char *out = ask("pdffonts", bytes);
  g_auto(GStrv) lines = g_strsplit(g_strchomp(out), "\n", -1);
  g_assert_cmpint(g_strv_length(lines), >, 2);
  for (gsize i = 2; lines[i]; i++)
    g_assert_nonnull(strstr(lines[i], "+LiberationSerif"));
}

/* ---- order and pages ---- */

static void test_pdf_order(void) {
  g_autoptr(Paper) paper = new_plan();
  g_autofree char *text = pdf_text(paper);
  assert_order(text, (const char *const[]){"UBND TỈNH AN BÌNH", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "SỞ NỘI VỤ",
                                           "Độc lập - Tự do - Hạnh phúc", "Số: 07/KH-SNV",
                                           "An Bình, ngày 05 tháng 3 năm 2026", "KẾ HOẠCH", "Ứng phó sự cố năm 2026",
                                           "Căn cứ Nghị định", "I. MỤC ĐÍCH", "II. TỔ CHỨC THỰC HIỆN", "Nơi nhận:",
                                           "KT. GIÁM ĐỐC", "- Như trên;", "PHÓ GIÁM ĐỐC", "- Lưu: VT, CNTT.",
                                           "Lê Thị Hạnh", NULL});
}

/* The first line of each page: the page's number from the second on, and anew in an appendix. */
static void test_pdf_page_numbers(void) {
  g_autoptr(Paper) paper = new_plan();
  paper_appendix(paper, 1, "Phân công nhiệm vụ", "(Kèm theo Kế hoạch số 07/KH-SNV)", TRUE);
  add_table(paper, 40);
  g_autoptr(GBytes) bytes = pdf_of(paper);
  g_autofree char *text = ask("pdftotext", bytes);
  g_auto(GStrv) pages = g_strsplit(text, "\f", -1);
  int expected = 0, appendices = 0;
  for (gsize i = 0; pages[i] && *pages[i]; i++) {
    g_autofree char *page = g_strchug(g_strdup(pages[i]));
    gboolean appendix = g_str_has_prefix(page, "Phụ lục I\n");
    expected = appendix ? 1 : expected + 1;
    appendices += appendix;
    if (expected == 1)
      g_assert_false(g_ascii_isdigit(*page));
    else
      g_assert_cmpint(atoi(page), ==, expected);
  }
  g_assert_cmpint(appendices, ==, 1);
  g_assert_cmpint(expected, >, 1);
  g_assert_cmpint(pdf_pages(bytes), ==, g_strv_length(pages) - 1);
}

static void test_pdf_properties(void) {
  g_autoptr(Paper) paper = new_plan();
  g_autoptr(GBytes) bytes = pdf_of(paper);
  g_autofree char *info = ask("pdfinfo", bytes);
  g_assert_nonnull(strstr(info, "Kế hoạch ứng phó sự cố"));
  g_assert_nonnull(strstr(info, "(A4)"));
  g_assert_nonnull(strstr(info, "2026"));
  g_autoptr(Paper) empty = new_paper();
  g_autoptr(GBytes) none = pdf_of(empty);
  g_assert_cmpint(pdf_pages(none), ==, 1);
}

static void test_pdf_header_rows_repeat(void) {
  g_autoptr(Paper) paper = new_paper();
  add_table(paper, 120);
  g_autoptr(GBytes) bytes = pdf_of(paper);
  g_autofree char *text = ask("pdftotext", bytes);
  g_assert_cmpint(pdf_pages(bytes), >, 3);
  g_assert_cmpint(count_of(text, "Nội dung công việc"), ==, pdf_pages(bytes));
  for (int i = 1; i <= 120; i++) {
    g_autofree char *number = g_strdup_printf("n%d.", i);
    g_assert_cmpint(count_of(text, number), ==, 1);
  }
}

/* The signatures never stand alone on a page, wherever the text ends. */
static void test_pdf_signatures_keep_company(void) {
  for (int lines = 30; lines < 46; lines++) {
    g_autoptr(Paper) paper = new_paper();
    for (int i = 0; i < lines; i++)
      paper_paragraph(paper, PAPER_TEXT, "Dòng");
    paper_signatures(paper, NULL, NULL, &(PaperSigner){.name = "Lê Thị Hạnh"});
    g_autofree char *text = pdf_text(paper);
    g_auto(GStrv) pages = g_strsplit(text, "\f", -1);
    for (gsize i = 0; pages[i]; i++)
      if (strstr(pages[i], "Lê Thị Hạnh"))
        g_assert_nonnull(strstr(pages[i], "Dòng"));
  }
}

/* ---- forms ---- */

static void add_form(Paper *paper) {
  paper_form_mark(paper, "Mẫu số 03", "Ban hành kèm theo Thông tư số 20/2017/TT-BTTTT");
  paper_fields(paper, &(PaperField){PAPER_BULLET, "Địa chỉ: (*)", NULL, TRUE, 0}, 1);
  paper_fields(paper, (const PaperField[]){{PAPER_CHECKED, "Đã được xử lý", NULL, FALSE, 1},
                                           {PAPER_UNCHECKED, "Chưa được xử lý", NULL, FALSE, 1}}, 2);
  paper_fields(paper, (const PaperField[]){{PAPER_BULLET, "Điện thoại:", "0229 3871 000", TRUE, 1},
                                           {PAPER_NO_MARK, "Email:", "", TRUE, 1}}, 2);
  paper_blank_lines(paper, 2);
}

static void test_form(void) {
  g_autoptr(Paper) paper = new_paper();
  add_form(paper);
  g_autofree char *text = pdf_text(paper);
  static const char *const ORDER[] = {"Mẫu số 03", "▪ Địa chỉ: (*)", "☒ Đã được xử lý", "☐ Chưa được xử lý",
                                      "▪ Điện thoại: 0229 3871 000", "Email:", NULL};
  assert_order(text, ORDER);
  g_assert_cmpint(count_of(text, "......................"), >=, 4);
  g_autofree char *xml = docx_of(paper);
  g_assert_cmpint(count_of(xml, "w:leader=\"dot\""), ==, 4);
  assert_order(xml, (const char *const[]){"Mẫu số 03", "Địa chỉ: (*)", "☒", "Đã được xử lý", "☐", "Email:", NULL});
}

static void test_letter(void) {
  g_autoptr(Paper) paper = new_paper();
  paper_letterhead(paper, &(PaperLetterhead){.issuer = "Sở Nội vụ", .symbol = "SNV-VP", .place = "An Bình", .year = 2026,
                                             .subject = "V/v hỗ trợ ứng cứu sự cố", .urgency = "Thượng khẩn"});
  paper_addressees(paper, (const char *const[]){"Công an tỉnh", "Ủy ban nhân dân xã", NULL});
  g_autofree char *text = pdf_text(paper);
  g_autofree char *xml = docx_of(paper);
  assert_order(text, (const char *const[]){"SỞ NỘI VỤ", "Số:", "/SNV-VP", "năm 2026", "V/v hỗ trợ", "THƯỢNG KHẨN",
                                           "Kính gửi:", "- Công an tỉnh;", "- Ủy ban nhân dân xã.", NULL});
  /* 40 mm, in red. */
  assert_order(xml, (const char *const[]){"<w:gridCol w:w=\"2268\"/>", "w:color=\"E60000\"", "THƯỢNG KHẨN", NULL});
}

static void test_bars(void) {
  g_autoptr(Paper) paper = new_paper();
  paper_bars(paper, (const PaperBar[]){{"Mã độc", 10, "10"}, {"Lừa đảo", 5, "5"}, {"Khác", -1, "–"}}, 3);
  g_autofree char *text = pdf_text(paper);
  g_autofree char *xml = docx_of(paper);
  assert_order(text, (const char *const[]){"Mã độc", "10", "Lừa đảo", "5", "Khác", "–", NULL});
  assert_order(xml, (const char *const[]){"<w:gridSpan w:val=\"50\"/><w:shd", "<w:gridSpan w:val=\"25\"/><w:shd", NULL});
  g_assert_cmpint(count_of(xml, "<w:shd"), ==, 2);
}

/* A row that keeps to the next is never the last of its page. */
static void test_rows_kept(void) {
  for (int lines = 30; lines < 46; lines++) {
    g_autoptr(Paper) paper = new_paper();
    for (int i = 0; i < lines; i++)
      paper_paragraph(paper, PAPER_TEXT, "Dòng");
    PaperTable *table = paper_table(paper, NULL, 1, TRUE);
    paper_row(table, FALSE);
    paper_cell(table, "Tài liệu đính kèm");
    paper_row_keep(table);
    paper_row(table, FALSE);
    paper_cell(table, "Nhật ký");
    g_autofree char *text = pdf_text(paper);
    const char *kept = strstr(text, "Tài liệu đính kèm"), *next = strstr(text, "Nhật ký");
    g_assert_true(kept && next && !memchr(kept, '\f', (gsize)(next - kept)));
  }
}

/* ---- DOCX ---- */

static void test_docx_parts(void) {
  g_autoptr(Paper) paper = new_plan();
  paper_appendix(paper, 2, "Biểu", NULL, TRUE);
  add_table(paper, 3);
  g_autoptr(GBytes) bytes = paper_write_docx(paper, style, NULL);
  static const char *const PARTS[] = {"[Content_Types].xml", "_rels/.rels", "word/styles.xml", "word/settings.xml",
                                      "word/header1.xml", "word/_rels/document.xml.rels", "docProps/core.xml"};
  for (gsize i = 0; i < G_N_ELEMENTS(PARTS); i++)
    g_free(docx_part(bytes, PARTS[i]));
  g_autofree char *xml = docx_part(bytes, "word/document.xml");
  assert_order(xml, (const char *const[]){"UBND TỈNH AN BÌNH", "SỞ NỘI VỤ", "CỘNG HÒA XÃ HỘI", "Số: 07/KH-SNV", "KẾ HOẠCH",
                                          "I. ", "MỤC ĐÍCH", "Nơi nhận:", "w:titlePg", "Phụ lục II", "w:tblHeader",
                                          "w:orient=\"landscape\"", "w:start=\"1\"", NULL});
  g_autofree char *styles = docx_part(bytes, "word/styles.xml");
  g_assert_cmpint(count_of(styles, "w:customStyle"), ==, PAPER_COMPONENTS);
}

/* Every row of the grid is filled: spans and what they cover add up to the columns. */
static void test_docx_spans(void) {
  g_autoptr(Paper) paper = new_paper();
  PaperTable *table = paper_table(paper, NULL, 4, TRUE);
  paper_row(table, TRUE);
  paper_cell_span(table, 1, 2, "STT");
  paper_cell_span(table, 2, 1, "Số lượng");
  paper_cell_span(table, 9, 2, "Ghi chú");
  paper_row(table, TRUE);
  paper_cell(table, "Tự xử lý");
  paper_cell(table, "Được hỗ trợ");
  paper_cell(table, "thừa");
  paper_row(table, FALSE);
  paper_cell(table, "1");
  g_autofree char *xml = docx_of(paper);
  g_assert_cmpint(count_of(xml, "<w:tc>"), ==, 3 + 4 + 4);
  g_assert_cmpint(count_of(xml, "<w:vMerge/>"), ==, 2);
  g_assert_cmpint(count_of(xml, "<w:vMerge w:val=\"restart\"/>"), ==, 2);
  g_assert_cmpint(count_of(xml, "<w:gridSpan w:val=\"2\"/>"), ==, 1);
  g_assert_null(strstr(xml, "thừa"));
  g_autofree char *text = pdf_text(paper);
  assert_order(text, (const char *const[]){"Số lượng", "Tự xử lý", "Được hỗ trợ", NULL});
}

/* ---- the same bytes ---- */

typedef GBytes *(*WriteFunc)(const Paper *paper, const PaperStyle *style, GError **error);
static const WriteFunc WRITERS[] = {paper_write_pdf, paper_write_docx};

static void add_everything(Paper *paper) {
  add_form(paper);
  paper_bars(paper, (const PaperBar[]){{"Mã độc", 7, "7"}, {"Lừa đảo", 3, "3"}, {"Khác", 0, "0"}}, 3);
  paper_appendix(paper, 1, "Biểu", NULL, TRUE);
  add_table(paper, 30);
}

static gpointer write_all(gpointer data) {
  GPtrArray *out = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
  g_autoptr(Paper) paper = new_plan();
  add_everything(paper);
  for (gsize i = 0; i < G_N_ELEMENTS(WRITERS); i++)
    g_ptr_array_add(out, WRITERS[i](paper, data, NULL));
  return out;
}

static void test_same_bytes(void) {
  g_autoptr(GPtrArray) first = write_all(style);
  g_usleep(1100 * 1000);
  GThread *threads[4];
  for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
    threads[i] = g_thread_new("paper", write_all, style);
  for (gsize i = 0; i < G_N_ELEMENTS(threads); i++) {
    g_autoptr(GPtrArray) again = g_thread_join(threads[i]);
    for (guint k = 0; k < first->len; k++)
      g_assert_true(g_bytes_equal(first->pdata[k], again->pdata[k]));
  }
}

/* ---- hostile content ---- */

static void test_hostile_texts(void) {
  g_autofree char *word = g_strnfill(100000, 'w');
  g_autofree char *marks = g_strnfill(3000, '\xCC');
  const char *const TEXTS[] = {"\x01\x02\x1B\x7F]]>&<>\"' \xEF\xBF\xBE\xEF\xBF\xBF", "\xFF\xFE\xC3", word, marks,
                               "\xE2\x80\xAEmáo cáb\xE2\x80\xAC", "e\xCC\x82\xCC\xA3", "\n\n\r\n\t\v\f", ""};
  g_autoptr(Paper) paper = paper_new(TEXTS[0], TEXTS[1], G_MAXINT64);
  PaperTable *table = paper_table(paper, (const double[]){0, -1, 1e308, 1e-300}, 4, TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS(TEXTS); i++) {
    gboolean quick = TEXTS[i] != word && TEXTS[i] != marks;
    for (int k = 0; k < PAPER_COMPONENTS; k++)
      if (quick || k == PAPER_TEXT)
        paper_paragraph(paper, (PaperComponent)k, TEXTS[i]);
    paper_row(table, FALSE);
    for (int k = 0; k < 6; k++)
      paper_cell_span(table, k - 1, 1000 - k, k == 3 || TEXTS[i] == word ? "" : TEXTS[i]);
  }
  g_autofree char *text = pdf_text(paper);
  g_assert_nonnull(strstr(text, "ệ"));
  g_assert_cmpint(count_of(text, "w"), >=, 100000);
  g_autofree char *xml = docx_of(paper);
  g_assert_nonnull(strstr(xml, "]]&gt;&amp;&lt;&gt;"));
  g_assert_null(strstr(xml, "\xE2\x80\xAE"));
}

static void test_many_rows(void) {
  g_autoptr(Paper) paper = new_paper();
  PaperTable *table = paper_table(paper, NULL, 3, TRUE);
  paper_row(table, TRUE);
  paper_cell(table, "Mã");
  for (int i = 0; i < 10000; i++) {
    g_autofree char *number = g_strdup_printf("r%d. Chặn", i);
    paper_row(table, FALSE);
    paper_cell(table, number);
  }
  g_autofree char *text = pdf_text(paper);
  assert_order(text, (const char *const[]){"r0.", "r4999.", "r9999.", NULL});
  g_assert_cmpint(count_of(text, "Chặn"), ==, 10000);
  g_autofree char *xml = docx_of(paper);
  g_assert_cmpint(count_of(xml, "<w:tr>"), ==, 10001);
}

/* Rows and spans taller than a page are broken, and nothing is lost. */
static void test_tall_rows(void) {
  g_autoptr(GString) tall = g_string_new(NULL);
  for (int i = 0; i < 200; i++)
    g_string_append_printf(tall, "dòng%d.\n", i);
  g_autoptr(Paper) paper = new_paper();
  PaperTable *table = paper_table(paper, NULL, 2, TRUE);
  paper_row(table, TRUE);
  paper_cell(table, "Đầu bảng");
  paper_row(table, FALSE);
  paper_cell(table, tall->str);
  paper_cell(table, "ngắn");
  paper_row(table, FALSE);
  paper_cell_span(table, 1, 3, tall->str);
  for (int i = 0; i < 3; i++, paper_row(table, FALSE))
    paper_cell(table, tall->str);
  paper_row_height(table, 900);
  g_autoptr(GBytes) bytes = pdf_of(paper);
  g_autofree char *text = ask("pdftotext", bytes);
  g_assert_cmpint(count_of(text, "dòng0."), ==, 5);
  g_assert_cmpint(count_of(text, "dòng137."), ==, 5);
  g_assert_cmpint(count_of(text, "dòng199."), ==, 5);
  g_assert_cmpint(count_of(text, "Đầu bảng"), ==, pdf_pages(bytes));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_autofree char *path = g_build_filename(g_getenv("UNGCUU_DATA"), "law", "document_layout.yaml", NULL);
  g_autofree char *yaml = NULL;
  gsize length = 0;
  g_autoptr(GError) error = NULL;
  g_file_get_contents(path, &yaml, &length, &error);
  g_assert_no_error(error);
  style = paper_style_load(yaml, length, &error);
  g_assert_no_error(error);
  g_test_add_func("/paper/style/keeps_to_the_decree", test_style_keeps_to_the_decree);
  g_test_add_func("/paper/style/refuses", test_style_refuses);
  g_test_add_func("/paper/numbers_and_dates", test_numbers_and_dates);
  g_test_add_func("/paper/heading_numbers", test_heading_numbers);
  g_test_add_func("/paper/pdf/letters", test_pdf_letters);
  g_test_add_func("/paper/pdf/fonts", test_pdf_fonts);
  g_test_add_func("/paper/pdf/order", test_pdf_order);
  g_test_add_func("/paper/pdf/page_numbers", test_pdf_page_numbers);
  g_test_add_func("/paper/pdf/properties", test_pdf_properties);
  g_test_add_func("/paper/pdf/header_rows_repeat", test_pdf_header_rows_repeat);
  g_test_add_func("/paper/pdf/signatures_keep_company", test_pdf_signatures_keep_company);
  g_test_add_func("/paper/form", test_form);
  g_test_add_func("/paper/letter", test_letter);
  g_test_add_func("/paper/bars", test_bars);
  g_test_add_func("/paper/rows_kept", test_rows_kept);
  g_test_add_func("/paper/docx/parts", test_docx_parts);
  g_test_add_func("/paper/docx/spans", test_docx_spans);
  g_test_add_func("/paper/same_bytes", test_same_bytes);
  g_test_add_func("/paper/hostile/texts", test_hostile_texts);
  g_test_add_func("/paper/hostile/many_rows", test_many_rows);
  g_test_add_func("/paper/hostile/tall_rows", test_tall_rows);
  int result = g_test_run();
  paper_style_free(style);
  return result;
}
