/* Phiếu ứng cứu: two pages of A4 that work when the power and the network do not. */
#include "module/incident/form_private.h"
#include <string.h>

static void facts_row(PaperTable *table, const char *label, const char *value) {
  paper_row(table, FALSE);
  paper_cell(table, label);
  paper_cell(table, value);
}

static void facts(Paper *paper, const json_t *incident) {
  char detected[17];
  const json_t *system = json_object_get(incident, "system"), *commander = json_object_get(incident, "commander");
  gint64 level = form_int(system, "level");
  g_autofree char *name = level ? g_strdup_printf("%s, cấp độ %" G_GINT64_FORMAT, form_text(system, "name"), level)
                                : g_strdup(form_text(system, "name"));
  g_autofree char *chief = g_strdup_printf("%s%s%s", form_text(commander, "name"), *form_text(commander, "title") ? ", " : "",
                                           form_text(commander, "title"));
  PaperTable *table = paper_table(paper, (const double[]){30, 70}, 2, TRUE);
  facts_row(table, "Thời điểm phát hiện", form_moment(detected, form_int(incident, "detected_ms")));
  facts_row(table, "Hệ thống bị ảnh hưởng", name);
  facts_row(table, "Mức", form_text(incident, "severity_label"));
  facts_row(table, "Người chỉ huy", chief);
}

static void header(PaperTable *table, const char *const *titles) {
  paper_row(table, TRUE);
  for (; *titles; titles++)
    paper_cell(table, *titles);
}

static void blank_rows(PaperTable *table, int rows, int columns, double height_mm) {
  for (int i = 0; i < rows; i++) {
    paper_row(table, FALSE);
    paper_row_height(table, height_mm);
    for (int k = 0; k < columns; k++)
      paper_cell(table, "");
  }
}

static void notices(Paper *paper, const json_t *list) {
  PaperTable *table = paper_table(paper, (const double[]){32, 26, 21, 21}, 4, TRUE);
  const json_t *notice = NULL;
  gsize i = 0;
  header(table, (const char *const[]){"Nội dung", "Nơi nhận", "Chậm nhất", "Đã gửi lúc", NULL});
  json_array_foreach(list, i, notice) {
    char due[17], sent[17];
    if (strcmp(form_text(notice, "state"), "void") == 0)
      continue;
    gboolean at_once = json_is_true(json_object_get(notice, "at_once")) || form_int(notice, "at_once");
    paper_row(table, FALSE);
    paper_cell(table, form_text(notice, "what"));
    paper_cell(table, form_text(notice, "receiver_name"));
    paper_cell(table, at_once ? "ngay" : form_moment(due, form_int(notice, "due_ms")));
    paper_cell(table, form_moment(sent, form_int(notice, "sent_ms")));
  }
}

static void steps(Paper *paper, const json_t *list) {
  PaperTable *table = paper_table(paper, (const double[]){6, 33, 27, 10, 17, 7}, 6, TRUE);
  const json_t *step = NULL;
  gsize i = 0;
  header(table, (const char *const[]){"TT", "Bước", "Chủ trì", "Xong", "Lúc", "Ký", NULL});
  json_array_foreach(list, i, step) {
    char at[17];
    g_autofree char *number = g_strdup_printf("%zu", i + 1);
    gboolean done = strcmp(form_text(step, "state"), "done") == 0;
    paper_row(table, FALSE);
    paper_cell(table, number)->align = PAPER_CENTER;
    paper_cell(table, form_text(step, "name"));
    paper_cell(table, form_text(step, "lead"));
    paper_cell(table, done ? "☒" : "☐")->align = PAPER_CENTER;
    paper_cell(table, form_moment(at, done ? form_int(step, "done_ms") : 0));
    paper_cell(table, "");
  }
}

static void first_steps(Paper *paper, const json_t *entry) {
  static const struct {
    const char *key, *mark;
  } PARTS[] = {{"do", "☐ "}, {"dont", "KHÔNG: "}};
  for (gsize p = 0; p < G_N_ELEMENTS(PARTS); p++) {
    const json_t *item = NULL;
    gsize i = 0;
    json_array_foreach(json_object_get(entry, PARTS[p].key), i, item) {
      g_autofree char *line = g_strconcat(PARTS[p].mark, json_is_string(item) ? json_string_value(item) : "", NULL);
      paper_paragraph(paper, PAPER_TABLE_TEXT, line);
    }
  }
}

static void contacts(Paper *paper, const json_t *incident) {
  enum { SPARE_ROWS = 2 };
  PaperTable *table = paper_table(paper, (const double[]){44, 28, 28}, 3, TRUE);
  const json_t *one = NULL;
  gsize i = 0;
  header(table, (const char *const[]){"Người, đơn vị", "Việc", "Điện thoại", NULL});
  json_array_foreach(json_object_get(incident, "persons"), i, one) {
    if (form_int(one, "released_ms"))
      continue;
    g_autofree char *who = g_strdup_printf("%s%s%s", form_text(one, "name"), *form_text(one, "unit") ? ", " : "", form_text(one, "unit"));
    paper_row(table, FALSE);
    paper_cell(table, who);
    paper_cell(table, form_text(one, "role"));
    paper_cell(table, form_text(one, "phone"));
  }
  json_array_foreach(json_object_get(incident, "parties"), i, one) {
    paper_row(table, FALSE);
    paper_cell(table, form_text(one, "name"));
    paper_cell(table, form_text(one, "role"));
    paper_cell(table, form_text(one, "contact"));
  }
  blank_rows(table, SPARE_ROWS, 3, 0);
}

static void empty_log(Paper *paper) {
  enum { ROWS = 6, HEIGHT_MM = 10 };
  PaperTable *table = paper_table(paper, (const double[]){18, 64, 18}, 3, TRUE);
  header(table, (const char *const[]){"Giờ, ngày", "Việc xảy ra, việc đã làm, kết quả", "Người ghi", NULL});
  blank_rows(table, ROWS, 3, HEIGHT_MM);
}

/* The sheet goes with the case at the desk: who commands signs it, not the head of the body. */
static void commander_signs(Paper *paper, const json_t *incident) {
  json_t *sign = json_pack("{s:[s], s:s}", "authority", "Người chỉ huy ứng cứu", "signer",
                           form_text(json_object_get(incident, "commander"), "name"));
  form_signature(paper, sign);
  json_decref(sign);
}

static void head(Paper *paper, const char *title) {
  PaperParagraph *paragraph = paper_heading(paper, PAPER_CLAUSE, NULL, title);
  paragraph->flush = TRUE;
}

Paper *form_response_sheet(const json_t *incident, const json_t *letterhead, gint64 created_ms) {
  Paper *paper = paper_new("Phiếu ứng cứu sự cố", form_text(letterhead, "issuer"), created_ms);
  g_autofree char *subject = g_strdup_printf("%s: %s", form_text(incident, "code"), form_text(incident, "title"));
  paper_paragraph(paper, PAPER_ISSUER, form_text(letterhead, "issuer"));
  paper_title(paper, "Phiếu ứng cứu sự cố", subject);
  head(paper, "Thông tin chung");
  facts(paper, incident);
  const json_t *entry = json_object_get(incident, "first_steps");
  if (json_array_size(json_object_get(entry, "do"))) {
    head(paper, "Việc làm ngay");
    first_steps(paper, entry);
  }
  head(paper, "Thông báo phải gửi");
  notices(paper, json_object_get(incident, "notices"));
  head(paper, "Các bước ứng cứu");
  steps(paper, json_object_get(incident, "steps"));
  head(paper, "Liên hệ");
  contacts(paper, incident);
  head(paper, "Diễn biến (ghi tay khi mất điện, mất mạng, nhập lại sau)");
  empty_log(paper);
  commander_signs(paper, incident);
  return paper;
}
