/* The whole case as one paper: cover, facts, classification with articles, steps, log, notices, evidence, papers.
 *
 * Each part is a table of columns over one list of the case. */
#include "base/date.h"
#include "module/incident/form_private.h"
#include <string.h>

typedef char *(*CellFunc)(const json_t *row, const char *key); /* g_free */

static char *cell_text(const json_t *row, const char *key) {
  return g_strdup(form_text(row, key));
}

static char *cell_time(const json_t *row, const char *key) {
  char at[17];
  return g_strdup(form_moment(at, form_int(row, key)));
}

static char *cell_number(const json_t *row, const char *key) {
  return json_is_integer(json_object_get(row, key)) ? g_strdup_printf("%" G_GINT64_FORMAT, form_int(row, key)) : g_strdup("");
}

static char *cell_file(const json_t *row, const char *key) {
  const char *name = form_text(row, key);
  return *name ? g_strdup_printf("%s (%" G_GINT64_FORMAT " byte)", name, form_int(row, "size_bytes")) : g_strdup("");
}

static char *cell_day(const json_t *row, const char *key) {
  Day day;
  return date_parse_day(form_text(row, key), &day) ? g_strdup_printf("%02d/%02d/%04d", day.day, day.month, day.year)
                                                   : g_strdup("");
}

/* 64 signs without a blank would not break: groups of 16. */
static char *cell_hash(const json_t *row, const char *key) {
  enum { GROUP = 16 };
  GString *out = g_string_new(NULL);
  const char *hash = form_text(row, key);
  for (gsize i = 0; hash[i]; i++)
    g_string_append_printf(out, "%s%c", i && i % GROUP == 0 ? " " : "", hash[i]);
  return g_string_free(out, FALSE);
}

static char *word_of(const json_t *row, const char *key, const char *const (*words)[2], gsize count) {
  const char *name = form_text(row, key);
  for (gsize i = 0; i < count; i++)
    if (strcmp(words[i][0], name) == 0)
      return g_strdup(words[i][1]);
  return g_strdup(name);
}

static char *cell_state(const json_t *row, const char *key) {
  static const char *const WORDS[][2] = {
      {"todo", "chưa làm"},     {"doing", "đang làm"},      {"done", "đã xong"},    {"skipped", "bỏ qua"},
      {"unsent", "chưa gửi"},   {"sent", "đã gửi"},         {"confirmed", "đã xác nhận nhận"}, {"void", "không còn phải gửi"},
      {"draft", "dự thảo"},     {"submitted", "đã trình"},  {"signed", "đã ký"},    {"frozen", "đã phát hành"},
      {"failed", "gửi không được"}, {"unknown", "chưa rõ đã gửi"}};
  return word_of(row, key, WORDS, G_N_ELEMENTS(WORDS));
}

/* A correction says which line it corrects; both stay. */
static char *cell_log(const json_t *row, const char *key) {
  gint64 corrects = form_int(row, "corrects");
  return corrects ? g_strdup_printf("[Sửa dòng %" G_GINT64_FORMAT "] %s", corrects, form_text(row, key))
                  : g_strdup(form_text(row, key));
}

static char *cell_due(const json_t *row, const char *key) {
  gboolean at_once = json_is_true(json_object_get(row, "at_once")) || form_int(row, "at_once");
  return at_once ? g_strdup("ngay") : cell_time(row, key);
}

typedef struct {
  const char *title, *key;
  CellFunc write;
  double share;
} Column;
enum { COLUMNS_MAX = 6 };
typedef struct {
  const char *title, *path;
  Column columns[COLUMNS_MAX];
} Part;

static const Part PARTS[] = {
    {"Phân loại theo tiêu chí", "assessment.why",
     {{"Tiêu chí", "criterion", cell_text, 44}, {"Kết quả", "result", cell_text, 16}, {"Căn cứ", "basis", cell_text, 40}}},
    {"Các bước ứng cứu", "steps",
     {{"Bước", "step", cell_text, 8}, {"Nội dung", "name", cell_text, 30}, {"Tình trạng", "state", cell_state, 13},
      {"Bắt đầu", "begun_ms", cell_time, 14}, {"Xong", "done_ms", cell_time, 14}, {"Ghi chú", "note", cell_text, 21}}},
    {"Thông báo, báo cáo", "notices",
     {{"Nội dung", "what", cell_text, 22}, {"Nơi nhận", "receiver_name", cell_text, 18}, {"Căn cứ", "basis", cell_text, 18},
      {"Chậm nhất", "due_ms", cell_due, 15}, {"Đã gửi lúc", "sent_ms", cell_time, 15}, {"Tình trạng", "state", cell_state, 12}}},
    {"Hệ thống bị ảnh hưởng", "systems",
     {{"Hệ thống", "name", cell_text, 40}, {"Cấp độ", "level", cell_number, 12}, {"Ảnh hưởng", "impact", cell_text, 48}}},
    {"Lực lượng tham gia", "persons",
     {{"Họ và tên", "name", cell_text, 24}, {"Đơn vị", "unit", cell_text, 26}, {"Việc", "role", cell_text, 20},
      {"Tham gia", "joined_ms", cell_time, 15}, {"Rút", "released_ms", cell_time, 15}}},
    {"Dấu hiệu kỹ thuật", "observables",
     {{"Loại", "kind", cell_text, 12}, {"Giá trị", "value", cell_text, 46}, {"TLP", "tlp", cell_text, 12}, {"Ghi chú", "note", cell_text, 30}}},
    {"Chứng cứ", "evidence",
     {{"Số", "number", cell_number, 7}, {"Tên", "title", cell_text, 18}, {"Tệp", "file_name", cell_file, 18},
      {"SHA-256", "sha256", cell_hash, 26}, {"Lấy lúc", "taken_ms", cell_time, 15}, {"Người lấy", "taken_by", cell_text, 16}}},
    {"Chuỗi lưu giữ chứng cứ", "custody",
     {{"Số", "number", cell_number, 7}, {"Lúc", "at_ms", cell_time, 16}, {"Việc", "action", cell_text, 19},
      {"Bên giao", "from_whom", cell_text, 18}, {"Bên nhận", "to_whom", cell_text, 18}, {"Ghi chú", "note", cell_text, 22}}},
    {"Danh mục văn bản", "papers",
     {{"Tên", "name", cell_text, 34}, {"Số, ký hiệu", "number", cell_text, 16}, {"Ngày", "issued_day", cell_day, 15},
      {"Người ký", "signer", cell_text, 17}, {"Tình trạng", "state", cell_state, 18}}},
    {"Nhật ký", "log",
     {{"Số", "number", cell_number, 8}, {"Xảy ra lúc", "at_ms", cell_time, 15}, {"Ghi lúc", "entered_ms", cell_time, 15},
      {"Người ghi", "author", cell_text, 17}, {"Nội dung", "text", cell_log, 45}}},
};

static int column_count(const Part *part) {
  int count = 0;
  while (count < COLUMNS_MAX && part->columns[count].title)
    count++;
  return count;
}

static void draw_rows(Paper *paper, const Part *part, const json_t *list) {
  double shares[COLUMNS_MAX] = {0};
  int count = column_count(part);
  const json_t *row = NULL;
  gsize i = 0;
  for (int c = 0; c < count; c++)
    shares[c] = part->columns[c].share;
  PaperTable *table = paper_table(paper, shares, count, TRUE);
  paper_row(table, TRUE);
  for (int c = 0; c < count; c++)
    paper_cell(table, part->columns[c].title);
  json_array_foreach(list, i, row) {
    paper_row(table, FALSE);
    for (int c = 0; c < count; c++) {
      g_autofree char *text = part->columns[c].write(row, part->columns[c].key);
      paper_cell(table, text);
    }
  }
}

static void draw_part(Paper *paper, const Part *part, const json_t *incident) {
  const json_t *list = form_at(incident, part->path);
  paper_heading(paper, PAPER_SECTION, NULL, part->title);
  if (json_array_size(list))
    draw_rows(paper, part, list);
  else
    paper_paragraph(paper, PAPER_TEXT, "Không có.");
}

/* ---- cover and facts ---- */

static const struct {
  const char *label, *path;
  gboolean time;
} FACTS[] = {
    {"Mã vụ việc", "code", FALSE},
    {"Tên vụ việc", "title", FALSE},
    {"Tình trạng", "state_label", FALSE},
    {"Mức độ", "severity_label", FALSE},
    {"Lý do quyết định mức độ", "severity_reason", FALSE},
    {"Bộ quy định áp dụng", "profile_name", FALSE},
    {"Hệ thống", "system.name", FALSE},
    {"Đơn vị vận hành", "system.operator", FALSE},
    {"Chủ quản hệ thống thông tin", "system.owner", FALSE},
    {"Phát hiện lúc", "detected_ms", TRUE},
    {"Tiếp nhận lúc", "received_ms", TRUE},
    {"Kết thúc xử lý lúc", "ended_ms", TRUE},
    {"Đóng lúc", "closed_ms", TRUE},
    {"Lý do khi đóng", "close_reason", FALSE},
    {"Người chỉ huy", "commander.name", FALSE},
    {"Mô tả", "description", FALSE},
};

static void draw_facts(Paper *paper, const json_t *incident) {
  PaperTable *table = paper_table(paper, (const double[]){32, 68}, 2, TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS(FACTS); i++) {
    char moment[17];
    const json_t *found = form_at(incident, FACTS[i].path);
    const char *text = FACTS[i].time ? form_moment(moment, json_integer_value(found)) : json_string_value(found);
    if (!text || !*text)
      continue;
    paper_row(table, FALSE);
    paper_cell(table, FACTS[i].label);
    paper_cell(table, text);
  }
}

Paper *form_case_file(const json_t *incident, const json_t *letterhead, gint64 created_ms) {
  Paper *paper = paper_new("Hồ sơ sự cố", form_text(letterhead, "issuer"), created_ms);
  g_autofree char *subject = g_strdup_printf("%s\n%s", form_text(incident, "code"), form_text(incident, "title"));
  form_letterhead(paper, letterhead, "HS", NULL);
  paper_title(paper, "Hồ sơ sự cố", subject);
  paper_heading(paper, PAPER_SECTION, NULL, "Thông tin chung");
  draw_facts(paper, incident);
  for (gsize i = 0; i < G_N_ELEMENTS(PARTS); i++)
    draw_part(paper, &PARTS[i], incident);
  char made[17];
  g_autofree char *end = g_strdup_printf("Hồ sơ lập từ dữ liệu đến %s./.", form_moment(made, created_ms));
  paper_paragraph(paper, PAPER_TEXT, end);
  form_signature(paper, letterhead);
  return paper;
}
