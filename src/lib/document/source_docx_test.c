#include "base/error.h"
#include "lib/document/docx_sample.h"
#include "lib/document/source_text.h"
#include <string.h>

/* ---- helpers ---- */

#define P(text) "<w:p><w:r><w:t xml:space=\"preserve\">" text "</w:t></w:r></w:p>"
#define PP(properties, text)                                                                                           \
  "<w:p><w:pPr>" properties "</w:pPr><w:r><w:t xml:space=\"preserve\">" text "</w:t></w:r></w:p>"
#define NUM(id, level) "<w:numPr><w:ilvl w:val=\"" #level "\"/><w:numId w:val=\"" #id "\"/></w:numPr>"
#define LVL(level, start, format, text)                                                                                \
  "<w:lvl w:ilvl=\"" #level "\"><w:start w:val=\"" #start "\"/><w:numFmt w:val=\"" format                              \
  "\"/><w:lvlText w:val=\"" text "\"/></w:lvl>"
#define TC(properties, text) "<w:tc><w:tcPr>" properties "</w:tcPr>" P(text) "</w:tc>"

static SourceText *read_bytes(GBytes *bytes, GError **error) {
  gsize size;
  const char *data = g_bytes_get_data(bytes, &size);
  return source_text_read_docx(data, size, error);
}

/* Also through the form that crosses the pipe, so that every test covers it. */
static SourceText *read_sample(const char *body, const char *numbering, const char *styles) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = docx_sample(body, numbering, styles);
  g_autoptr(SourceText) text = read_bytes(bytes, &error);
  g_assert_no_error(error);
  g_autoptr(GByteArray) packed = g_byte_array_new();
  source_text_pack(text, packed);
  SourceText *again = source_text_unpack((const char *)packed->data, packed->len, &error);
  g_assert_no_error(error);
  return again;
}

/* "label|text" of every line. */
static void assert_lines(const SourceText *text, const char *const *wanted) {
  guint count = 0;
  for (; wanted[count]; count++) {
    g_assert_cmpuint(count, <, text->lines->len);
    const SourceLine *line = source_text_line(text, count);
    g_autofree char *seen = g_strdup_printf("%s|%s", line->label ? line->label : "", line->text);
    g_assert_cmpstr(seen, ==, wanted[count]);
    g_assert_cmpint(line->number, ==, (int)count + 1);
  }
  g_assert_cmpuint(text->lines->len, ==, count);
}

#define ASSERT_LINES(text, ...) assert_lines(text, (const char *const[]){__VA_ARGS__, NULL})

/* ---- numbering ---- */

static const char LISTS[] = "<w:abstractNum w:abstractNumId=\"0\">" LVL(0, 1, "upperRoman", "%1.")
    LVL(1, 1, "decimal", "%2.") LVL(2, 1, "lowerLetter", "%3)") LVL(
        3, 1, "decimal",
        "%2.%4.") "</w:abstractNum>"
                  "<w:abstractNum w:abstractNumId=\"1\">" LVL(0, 3, "upperLetter", "Phụ lục %1") LVL(
                      1, 1, "decimalZero",
                      "%1.%2") "<w:lvl w:ilvl=\"2\"><w:start w:val=\"1\"/><w:numFmt "
                               "w:val=\"lowerRoman\"/><w:isLgl/><w:lvlText w:val=\"%1-%3\"/></w:lvl>"
                               "<w:lvl w:ilvl=\"3\"><w:start w:val=\"1\"/><w:lvlRestart w:val=\"0\"/><w:numFmt "
                               "w:val=\"decimal\"/><w:lvlText w:val=\"(%4)\"/></w:lvl>"
                               "</w:abstractNum>"
                               "<w:abstractNum w:abstractNumId=\"2\">" LVL(0, 1, "bullet",
                                                                           "\xEF\x82\xB7") LVL(1, 1, "bullet", "-")
                                   LVL(2, 1, "none",
                                       "") "</w:abstractNum>"
                                           "<w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num>"
                                           "<w:num w:numId=\"2\"><w:abstractNumId w:val=\"1\"/></w:num>"
                                           "<w:num w:numId=\"3\"><w:abstractNumId w:val=\"2\"/></w:num>"
                                           "<w:num w:numId=\"4\"><w:abstractNumId w:val=\"0\"/><w:lvlOverride "
                                           "w:ilvl=\"1\"><w:startOverride w:val=\"7\"/></w:lvlOverride></w:num>"
                                           "<w:num w:numId=\"5\"><w:abstractNumId w:val=\"0\"/><w:lvlOverride "
                                           "w:ilvl=\"2\">" LVL(
                                               2, 4, "decimal",
                                               "[%3]") "</w:lvlOverride></w:num>"
                                                       "<w:num w:numId=\"6\"><w:abstractNumId w:val=\"0\"/></w:num>";

static void test_numbering_levels(void) {
  g_autoptr(SourceText) text =
      read_sample(PP(NUM(1, 0), "Mục đích") PP(NUM(1, 1), "Một") PP(NUM(1, 2), "nhỏ") PP(NUM(1, 2), "nhỏ")
                      PP(NUM(1, 1), "Hai") PP(NUM(1, 2), "nhỏ") PP(NUM(1, 3), "nhỏ hơn") PP(NUM(0, 0), "không số")
                          PP(NUM(1, 0), "Yêu cầu") PP(NUM(1, 1), "Một") PP(NUM(99, 0), "danh sách lạ"),
                  LISTS, NULL);
  ASSERT_LINES(text, "I.|Mục đích", "1.|Một", "a)|nhỏ", "b)|nhỏ", "2.|Hai", "a)|nhỏ", "2.1.|nhỏ hơn", "|không số",
               "II.|Yêu cầu", "1.|Một", "|danh sách lạ");
}

static void test_numbering_formats(void) {
  g_autoptr(SourceText) text =
      read_sample(PP(NUM(2, 1), "cấp trên chưa đếm") PP(NUM(2, 0), "x") PP(NUM(2, 1), "x") PP(NUM(2, 2), "x")
                      PP(NUM(2, 2), "x") PP(NUM(2, 3), "x") PP(NUM(2, 0), "x") PP(NUM(2, 3), "đếm tiếp")
                          PP(NUM(3, 0), "x") PP(NUM(3, 1), "x") PP(NUM(3, 2), "x"),
                  LISTS, NULL);
  ASSERT_LINES(text, "C.01|cấp trên chưa đếm", "Phụ lục C|x", "C.01|x", "3-1|x", "3-2|x", "(1)|x", "Phụ lục D|x",
               "(2)|đếm tiếp", "•|x", "-|x", "|x");
}

static void test_numbering_letters_beyond_z(void) {
  g_autoptr(GString) body = g_string_new(NULL);
  for (int i = 0; i < 28; i++)
    g_string_append(body, PP(NUM(1, 2), "x"));
  g_autoptr(SourceText) text = read_sample(body->str, LISTS, NULL);
  g_assert_cmpstr(source_text_line(text, 25)->label, ==, "z)");
  g_assert_cmpstr(source_text_line(text, 26)->label, ==, "aa)");
  g_assert_cmpstr(source_text_line(text, 27)->label, ==, "bb)");
}

static void test_numbering_overrides(void) {
  g_autoptr(SourceText) text =
      read_sample(PP(NUM(1, 0), "x") PP(NUM(1, 1), "x") PP(NUM(4, 1), "bắt đầu lại") PP(NUM(4, 1), "x")
                      PP(NUM(5, 2), "dạng riêng") PP(NUM(6, 1), "danh sách chung đếm tiếp") PP(NUM(6, 0), "x"),
                  LISTS, NULL);
  ASSERT_LINES(text, "I.|x", "1.|x", "7.|bắt đầu lại", "8.|x", "[4]|dạng riêng", "9.|danh sách chung đếm tiếp",
               "II.|x");
}

static void test_numbering_by_style(void) {
  static const char NUMBERING[] =
      "<w:abstractNum w:abstractNumId=\"0\"><w:lvl w:ilvl=\"0\"><w:start w:val=\"1\"/><w:numFmt "
      "w:val=\"upperRoman\"/><w:pStyle w:val=\"Muc\"/>"
      "<w:lvlText w:val=\"%1.\"/></w:lvl><w:lvl w:ilvl=\"1\"><w:start w:val=\"1\"/><w:numFmt "
      "w:val=\"decimal\"/><w:pStyle w:val=\"TieuMuc\"/>"
      "<w:lvlText w:val=\"%1.%2.\"/></w:lvl></w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num>"
      "<w:abstractNum w:abstractNumId=\"5\"><w:numStyleLink w:val=\"DanhSach\"/></w:abstractNum>"
      "<w:num w:numId=\"5\"><w:abstractNumId w:val=\"5\"/></w:num>";
  static const char STYLES[] = "<w:style w:type=\"paragraph\" w:styleId=\"Goc\"><w:pPr><w:outlineLvl "
                               "w:val=\"0\"/></w:pPr><w:rPr><w:b/></w:rPr></w:style>"
                               "<w:style w:type=\"paragraph\" w:styleId=\"Muc\"><w:basedOn "
                               "w:val=\"Goc\"/><w:pPr><w:numPr><w:numId w:val=\"1\"/></w:numPr></w:pPr></w:style>"
                               "<w:style w:type=\"paragraph\" w:styleId=\"TieuMuc\"><w:basedOn "
                               "w:val=\"Muc\"/><w:pPr><w:outlineLvl w:val=\"1\"/></w:pPr></w:style>"
                               "<w:style w:type=\"numbering\" w:styleId=\"DanhSach\"><w:pPr><w:numPr><w:numId "
                               "w:val=\"1\"/></w:numPr></w:pPr></w:style>";
  g_autoptr(SourceText) text =
      read_sample(PP("<w:pStyle w:val=\"Muc\"/>", "x") PP("<w:pStyle w:val=\"TieuMuc\"/>", "x")
                      PP("<w:pStyle w:val=\"TieuMuc\"/>", "x") PP("<w:pStyle w:val=\"Muc\"/>" NUM(0, 0), "bỏ số")
                          PP(NUM(5, 0), "qua kiểu danh sách"),
                  NUMBERING, STYLES);
  ASSERT_LINES(text, "I.|x", "I.1.|x", "I.2.|x", "|bỏ số", "II.|qua kiểu danh sách");
  g_assert_cmpint(source_text_line(text, 0)->heading, ==, 1);
  g_assert_cmpint(source_text_line(text, 1)->heading, ==, 2);
  g_assert_true(source_text_line(text, 1)->bold);
  g_assert_cmpint(source_text_line(text, 4)->heading, ==, 0);
  g_assert_false(source_text_line(text, 4)->bold);
}

/* ---- text ---- */

static void test_tracked_changes(void) {
  g_autoptr(SourceText) text =
      read_sample("<w:p><w:r><w:t>giữ </w:t></w:r><w:del><w:r><w:delText>bỏ</w:delText><w:t>bỏ</w:t></w:r></w:del>"
                  "<w:ins><w:r><w:t>thêm</w:t></w:r></w:ins><w:moveFrom><w:r><w:t>dời đi</w:t></w:r></w:moveFrom>"
                  "<w:moveTo><w:r><w:t> dời đến</w:t></w:r></w:moveTo></w:p>"
                  "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>nối </w:t></w:r></w:p>" P(
                      "liền") "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:del><w:r><w:delText>mất "
                              "hẳn</w:delText></w:r></w:del></w:p>"
                              "<w:p><w:pPr><w:jc w:val=\"left\"/><w:pPrChange><w:pPr><w:jc w:val=\"center\"/>" NUM(
                                  1, 0) "</w:pPr></w:pPrChange></w:pPr>"
                                        "<w:r><w:rPr><w:rPrChange><w:rPr><w:b/></w:rPr></w:rPrChange></"
                                        "w:rPr><w:t>thường</w:t></w:r></w:p>",
                  LISTS, NULL);
  ASSERT_LINES(text, "|giữ thêm dời đến", "|nối liền", "|thường");
  g_assert_false(source_text_line(text, 2)->centered);
  g_assert_false(source_text_line(text, 2)->bold);
}

static void test_special_characters(void) {
  g_autoptr(SourceText) text = read_sample(
      "<w:p><w:pPr><w:tabs><w:tab w:val=\"left\" w:pos=\"720\"/></w:tabs></w:pPr><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t>"
      "<w:noBreakHyphen/><w:t>c</w:t><w:softHyphen/><w:sym w:font=\"Wingdings\" w:char=\"F0FC\"/>"
      "<w:sym w:font=\"Symbol\" w:char=\"F02D\"/></w:r></w:p>"
      "<w:p><w:r><w:t>trước</w:t><w:br/><w:t>sau</w:t><w:br w:type=\"page\"/><w:t>trang</w:t></w:r></w:p>"
      "<w:p><w:r><w:fldChar w:fldCharType=\"begin\"/><w:instrText> PAGE </w:instrText><w:fldChar "
      "w:fldCharType=\"separate\"/>"
      "<w:t>12</w:t><w:fldChar w:fldCharType=\"end\"/></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>ẩn</w:t></w:r></w:p>",
      NULL, NULL);
  ASSERT_LINES(text, "|a\tb-c•-", "|trước", "|sau", "|trang", "|12");
  g_assert_false(source_text_line(text, 1)->continues);
  g_assert_true(source_text_line(text, 2)->continues);
  g_assert_true(source_text_line(text, 3)->page_start);
  g_assert_false(source_text_line(text, 4)->page_start);
}

static void test_alternatives_and_text_boxes(void) {
  g_autoptr(SourceText)
      text =
          read_sample("<w:p><w:r><mc:AlternateContent><mc:Choice Requires=\"wps\"><wps:txbx><w:txbxContent>" P("Số: "
                                                                                                               "12/"
                                                                                                               "KH-"
                                                                                                               "UBND") "</w:txbxContent></wps:txbx></mc:Choice><mc:Choice Requires=\"x\">" P(
                          "lần hai") "</mc:Choice><mc:Fallback><w:pict>"
                                     "<v:textbox><w:txbxContent>" P(
                                         "Số: 12/KH-UBND") "</w:txbxContent></v:textbox></w:pict></mc:Fallback></"
                                                           "mc:AlternateContent>"
                                                           "<w:t>Đoạn chứa khung</w:t></w:r></w:p>"
                                                           "<w:p><w:r><mc:AlternateContent><mc:Fallback><w:t>chỉ có dự "
                                                           "phòng</w:t></mc:Fallback></mc:AlternateContent></w:r></"
                                                           "w:p>",
                      NULL, NULL);
  ASSERT_LINES(text, "|Số: 12/KH-UBND", "|Đoạn chứa khung", "|chỉ có dự phòng");
}

static void test_looks(void) {
  static const char STYLES[] =
      "<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii=\"Times New "
      "Roman\"/></w:rPr></w:rPrDefault></w:docDefaults>"
      "<w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:pPr><w:jc "
      "w:val=\"center\"/></w:pPr></w:style>"
      "<w:style w:type=\"paragraph\" w:styleId=\"T1\"><w:name w:val=\"heading 3\"/><w:basedOn w:val=\"T1\"/></w:style>"
      "<w:style w:type=\"character\" w:styleId=\"Dam\"><w:rPr><w:b/></w:rPr></w:style>";
  g_autoptr(SourceText) text =
      read_sample(
          P("giữa")
              PP("<w:pStyle w:val=\"T1\"/><w:pageBreakBefore/>",
                 "tiêu đề") "<w:p><w:pPr><w:jc w:val=\"both\"/></w:pPr><w:r><w:rPr><w:rStyle "
                            "w:val=\"Dam\"/></w:rPr><w:t>đậm</w:t></w:r>"
                            "<w:r><w:t> </w:t></w:r></w:p>"
                            "<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>nửa đậm</w:t></w:r><w:r><w:rPr><w:b "
                            "w:val=\"0\"/></w:rPr><w:t>, nửa không</w:t></w:r></w:p>"
                            "<w:p><w:pPr><w:outlineLvl w:val=\"9\"/><w:sectPr/></w:pPr></w:p>" P(
                                "mục sau") "<w:p><w:pPr><w:sectPr><w:type "
                                           "w:val=\"nextPage\"/></w:sectPr></w:pPr></w:p>" P("cùng trang") "<w:sectPr><"
                                                                                                           "w:type "
                                                                                                           "w:val="
                                                                                                           "\"continuou"
                                                                                                           "s\"/></"
                                                                                                           "w:sectPr>",
          NULL, STYLES);
  g_assert_true(source_text_line(text, 0)->centered);
  g_assert_cmpint(source_text_line(text, 1)->heading, ==, 3);
  g_assert_true(source_text_line(text, 1)->page_start);
  g_assert_true(source_text_line(text, 2)->bold);
  g_assert_false(source_text_line(text, 2)->centered);
  g_assert_false(source_text_line(text, 3)->bold);
  g_assert_cmpint(source_text_line(text, 4)->heading, ==, 0);
  g_assert_true(source_text_line(text, 5)->page_start);
  g_assert_cmpstr(source_text_line(text, 7)->text, ==, "cùng trang");
  g_assert_false(source_text_line(text, 7)->page_start);
}

/* "KÕ ho¹ch" in .VnTime and "Keá hoaïch" in VNI-Times both read "Kế hoạch"; .VnTimeH shows capitals. */
static void test_legacy_fonts(void) {
  g_autoptr(SourceText) text =
      read_sample("<w:p><w:r><w:rPr><w:rFonts w:ascii=\".VnTime\"/></w:rPr><w:t>KÕ ho¹ch</w:t></w:r></w:p>"
                  "<w:p><w:r><w:rPr><w:rFonts w:ascii=\".VnTimeH\"/></w:rPr><w:t>kÕ ho¹ch</w:t></w:r></w:p>"
                  "<w:p><w:r><w:rPr><w:rFonts w:hAnsi=\"VNI-Times\"/></w:rPr><w:t>Ke</w:t></w:r><w:r><w:rPr><w:rFonts "
                  "w:ascii=\"VNI-Times\"/>"
                  "</w:rPr><w:t>á hoaïch</w:t></w:r></w:p>",
                  NULL, NULL);
  ASSERT_LINES(text, "|Kế hoạch", "|KẾ HOẠCH", "|Kế hoạch");
}

static void test_strict_namespace(void) {
  static const char XML[] = "<w:document xmlns:w=\"http://purl.oclc.org/ooxml/wordprocessingml/main\"><w:body>" P(
      "nghiêm ngặt") "</w:body></w:document>";
  g_autoptr(GBytes) bytes = docx_sample_part(XML, strlen(XML));
  g_autoptr(SourceText) text = read_bytes(bytes, NULL);
  ASSERT_LINES(text, "|nghiêm ngặt");
}

/* ---- tables ---- */

static void assert_cell(const SourceText *text, guint index, const char *wanted) {
  const SourceLine *line = source_text_line(text, index);
  g_autofree char *seen = g_strdup_printf("%d.%d.%d+%d%s %s", line->table, line->row, line->column, line->column_span,
                                          line->merged_up ? "^" : "", line->text);
  g_assert_cmpstr(seen, ==, wanted);
}

static void test_table_merges(void) {
  g_autoptr(SourceText) text = read_sample(
      "<w:tbl><w:tblPr><w:jc w:val=\"center\"/></w:tblPr><w:tr>" TC("", "STT") TC(
          "<w:gridSpan w:val=\"2\"/>",
          "Nội dung") TC("<w:vMerge w:val=\"restart\"/>",
                         "Chủ trì") "</w:tr><w:tr><w:trPr><w:gridBefore w:val=\"1\"/></w:trPr>" TC("", "a") TC("", "b")
          TC("<w:vMerge/>", "") "</w:tr><w:tr><w:trPr><w:del/></w:trPr>" TC(
              "", "hàng đã xóa") "</w:tr>"
                                 "<w:tr><w:tc><w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr></w:p></w:tc><w:tc>" P("hai")
                                     P("đoạn") "</w:tc><w:tc><w:tbl><w:tr>" TC("", "lồng") "</w:tr></w:tbl>" P(
                                         "") "</w:tc>" TC("<w:vMerge w:val=\"continue\"/>",
                                                          "") "</w:tr></w:tbl>" P("ngoài"),
      NULL, NULL);
  static const char *const WANTED[] = {
      "1.1.1+1 STT", "1.1.2+2 Nội dung", "1.1.4+1 Chủ trì", "1.2.2+1 a", "1.2.3+1 b", "1.2.4+1^ ",    "1.3.1+1 ",
      "1.3.2+1 hai", "1.3.2+1 đoạn",     "2.1.1+1 lồng",    "1.3.3+1 ",  "1.3.4+1^ ", "0.0.0+1 ngoài"};
  for (guint i = 0; i < G_N_ELEMENTS(WANTED); i++)
    assert_cell(text, i, WANTED[i]);
  g_assert_cmpuint(text->lines->len, ==, G_N_ELEMENTS(WANTED));
  g_assert_false(source_text_line(text, 0)->centered);
}

static void test_content_controls(void) {
  g_autoptr(SourceText) text =
      read_sample("<w:sdt><w:sdtContent>" P("a") "</w:sdtContent></w:sdt><w:tbl><w:sdt><w:sdtContent><w:tr>" TC(
                      "", "b") "</w:tr></w:sdtContent>"
                               "</w:sdt></w:tbl><w:p><w:hyperlink><w:r><w:t>liên kết</w:t></w:r></w:hyperlink></w:p>",
                  NULL, NULL);
  ASSERT_LINES(text, "|a", "|b", "|liên kết");
  g_assert_cmpint(source_text_line(text, 1)->table, ==, 1);
}

/* ---- hostile files ---- */

static void assert_refused(GBytes *bytes, ErrorCode code) {
  g_autoptr(GError) error = NULL;
  g_autoptr(SourceText) text = read_bytes(bytes, &error);
  g_assert_null(text);
  g_assert_error(error, APP_ERROR, (int)code);
  g_assert_cmpuint(strlen(error->message), >, 20);
}

static GBytes *repeat(const char *head, const char *part, gsize count, const char *tail) {
  GString *xml = g_string_new(head);
  for (gsize i = 0; i < count; i++)
    g_string_append(xml, part);
  g_string_append(xml, tail);
  GBytes *bytes = docx_sample_part(xml->str, xml->len);
  g_string_free(xml, TRUE);
  return bytes;
}

#define BODY_HEAD "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>"
#define BODY_TAIL "</w:body></w:document>"

static void test_bombs(void) {
  static const char BLANKS[] = "                                                                ";
  g_autoptr(GBytes) blanks = repeat(BODY_HEAD, BLANKS, (60 << 20) / 64, BODY_TAIL);
  assert_refused(blanks, ERROR_TOO_LARGE);
  g_autoptr(GBytes) paragraphs = repeat(BODY_HEAD, "<w:p/>", (60 << 20) / 6, BODY_TAIL);
  assert_refused(paragraphs, ERROR_TOO_LARGE);
  /* Below every limit of size and ratio, but too many elements. */
  g_autoptr(GString) mixed = g_string_new(BODY_HEAD);
  for (guint i = 0; i < 600000; i++)
    g_string_append_printf(mixed, "<w:p w:x=\"%x\"/>", g_str_hash(BODY_HEAD) * (i + 7) * 2654435761U);
  g_string_append(mixed, BODY_TAIL);
  g_autoptr(GBytes) many = docx_sample_part(mixed->str, mixed->len);
  assert_refused(many, ERROR_TOO_LARGE);
}

static void test_declared_size(void) {
  g_autoptr(GBytes) blanks = repeat(BODY_HEAD, " ", 3 << 20, BODY_TAIL);
  assert_refused(blanks, ERROR_TOO_LARGE); /* 3 MiB only, but a ratio of about 1000 */
  gsize size;
  g_autofree guint8 *bytes = g_memdup2(g_bytes_get_data(blanks, NULL), g_bytes_get_size(blanks));
  size = g_bytes_get_size(blanks);
  guint8 *central = memmem(bytes, size, "PK\1\2", 4);
  g_assert_nonnull(central);
  memcpy(central + 24, "\x00\x10\x00\x00", 4); /* lies: 4 KiB when unpacked */
  g_autoptr(GBytes) lying = g_bytes_new(bytes, size);
  assert_refused(lying, ERROR_UNREADABLE);
}

static void test_entities(void) {
  static const char *const DOCUMENTS[] = {
      "<!DOCTYPE x [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c "
      "\"&b;&b;&b;&b;&b;&b;&b;\">]>" BODY_HEAD P("&c;") BODY_TAIL,
      "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>" BODY_HEAD P("&a;") BODY_TAIL,
      "<!DOCTYPE x SYSTEM \"http://127.0.0.1/x.dtd\">" BODY_HEAD P("x") BODY_TAIL,
      BODY_HEAD P("&unknown;") BODY_TAIL,
  };
  for (gsize i = 0; i < G_N_ELEMENTS(DOCUMENTS); i++) {
    g_autoptr(GBytes) bytes = docx_sample_part(DOCUMENTS[i], strlen(DOCUMENTS[i]));
    assert_refused(bytes, ERROR_UNREADABLE);
  }
}

static void test_deep_nesting(void) {
  g_autoptr(GBytes) deep = repeat(BODY_HEAD, "<w:tbl><w:tr><w:tc>", 20000, "");
  assert_refused(deep, ERROR_UNREADABLE);
}

static void test_misplaced_elements(void) {
  static const char XML[] = BODY_HEAD
      "<w:tc><w:t>x</w:t></w:tc><w:tr/><w:gridSpan w:val=\"-5\"/><w:vMerge/><w:br/><w:rPr><w:b/></w:rPr>"
      "<w:tbl><w:tc><w:tcPr><w:gridSpan "
      "w:val=\"99999999\"/></w:tcPr><w:p><w:p><w:r><w:t>trong</w:t></w:r></w:p></w:p></w:tc></w:tbl>" BODY_TAIL;
  g_autoptr(GBytes) bytes = docx_sample_part(XML, strlen(XML));
  g_autoptr(GError) error = NULL;
  g_autoptr(SourceText) text = read_bytes(bytes, &error);
  g_assert_no_error(error);
  ASSERT_LINES(text, "|trong", "|");
}

static void test_damaged_archives(void) {
  g_autoptr(GBytes) whole = docx_sample(P("Kế hoạch") P("ứng phó"), LISTS, NULL);
  gsize size;
  const char *data = g_bytes_get_data(whole, &size);
  for (gsize length = 0; length < size; length++) {
    g_autoptr(GBytes) cut = g_bytes_new(data, length);
    assert_refused(cut, ERROR_UNREADABLE);
  }
  g_autofree guint8 *copy = g_memdup2(data, size);
  const char *central = memmem(data, size, "PK\1\2", 4);
  for (const char *p = central; p; p = memmem(p + 4, size - (gsize)(p + 4 - data), "PK\1\2", 4))
    copy[p - data + 16] ^= 0xFF; /* the CRC of every entry */
  g_autoptr(GBytes) wrong = g_bytes_new(copy, size);
  assert_refused(wrong, ERROR_UNREADABLE);
}

/* Every byte turned over once: it is read or refused, never anything else. */
static void test_flipped_bytes(void) {
  g_autoptr(GBytes) whole = docx_sample(PP(NUM(1, 0), "Kế hoạch"), LISTS, NULL);
  gsize size;
  const char *data = g_bytes_get_data(whole, &size);
  g_autofree char *copy = g_memdup2(data, size);
  gsize refused = 0;
  for (gsize i = 0; i < size; i++) {
    copy[i] = (char)(copy[i] ^ 0x55);
    g_autoptr(GError) error = NULL;
    g_autoptr(SourceText) text = source_text_read_docx(copy, size, &error);
    g_assert_true((text != NULL) != (error != NULL));
    refused += error != NULL;
    copy[i] = data[i];
  }
  g_assert_cmpuint(refused, >, size / 4);
}

static void test_packed_form_is_not_trusted(void) {
  g_autoptr(SourceText) text = read_sample(PP(NUM(1, 0), "Kế hoạch") P("x"), LISTS, NULL);
  g_autoptr(GByteArray) packed = g_byte_array_new();
  source_text_pack(text, packed);
  for (guint length = 0; length < packed->len; length++)
    g_assert_null(source_text_unpack((const char *)packed->data, length, NULL));
  for (guint i = 0; i < packed->len; i++)
    for (int value = 0; value < 256; value += 15) {
      guint8 old = packed->data[i];
      packed->data[i] = (guint8)value;
      g_autoptr(SourceText) again = source_text_unpack((const char *)packed->data, packed->len, NULL);
      for (guint k = 0; again && k < again->lines->len; k++)
        g_assert_true(g_utf8_validate(source_text_line(again, k)->text, -1, NULL));
      packed->data[i] = old;
    }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/docx/numbering/levels", test_numbering_levels);
  g_test_add_func("/docx/numbering/formats", test_numbering_formats);
  g_test_add_func("/docx/numbering/letters-beyond-z", test_numbering_letters_beyond_z);
  g_test_add_func("/docx/numbering/overrides", test_numbering_overrides);
  g_test_add_func("/docx/numbering/by-style", test_numbering_by_style);
  g_test_add_func("/docx/tracked-changes", test_tracked_changes);
  g_test_add_func("/docx/special-characters", test_special_characters);
  g_test_add_func("/docx/alternatives-and-text-boxes", test_alternatives_and_text_boxes);
  g_test_add_func("/docx/looks", test_looks);
  g_test_add_func("/docx/legacy-fonts", test_legacy_fonts);
  g_test_add_func("/docx/strict-namespace", test_strict_namespace);
  g_test_add_func("/docx/table-merges", test_table_merges);
  g_test_add_func("/docx/content-controls", test_content_controls);
  g_test_add_func("/docx/hostile/bombs", test_bombs);
  g_test_add_func("/docx/hostile/declared-size", test_declared_size);
  g_test_add_func("/docx/hostile/entities", test_entities);
  g_test_add_func("/docx/hostile/deep-nesting", test_deep_nesting);
  g_test_add_func("/docx/hostile/misplaced-elements", test_misplaced_elements);
  g_test_add_func("/docx/hostile/damaged-archives", test_damaged_archives);
  g_test_add_func("/docx/hostile/flipped-bytes", test_flipped_bytes);
  g_test_add_func("/docx/hostile/packed-form", test_packed_form_is_not_trusted);
  return g_test_run();
}
