/* Phiếu theo dõi chứng cứ: what a piece of evidence is, and everybody through whose hands it went. */
#include "base/number.h"
#include "module/incident/form_private.h"
#include <string.h>

static void facts_row(PaperTable *table, const char *label, const char *value) {
  paper_row(table, FALSE);
  paper_cell(table, label);
  paper_cell(table, value);
}

static void facts(Paper *paper, const json_t *evidence) {
  PaperTable *table = paper_table(paper, (const double[]){28, 72}, 2, TRUE);
  char taken[17], size[NUMBER_SIZE] = "";
  if (form_int(evidence, "size_bytes"))
    number_write_size(size, form_int(evidence, "size_bytes"));
  facts_row(table, "Nội dung", form_text(evidence, "title"));
  facts_row(table, "Tên tệp", *form_text(evidence, "file_name") ? form_text(evidence, "file_name") : "không có tệp, là hiện vật");
  facts_row(table, "Dung lượng", size);
  facts_row(table, "SHA-256 lúc nhận", form_text(evidence, "sha256"));
  facts_row(table, "Thu thập lúc", form_moment(taken, form_int(evidence, "taken_ms")));
  facts_row(table, "Người thu thập", form_text(evidence, "taken_by"));
  facts_row(table, "Ở đâu", form_text(evidence, "taken_where"));
  facts_row(table, "Bằng cách nào", form_text(evidence, "taken_how"));
  facts_row(table, "Số niêm phong", form_text(evidence, "seal"));
}

static void handovers(Paper *paper, const json_t *rows, gint64 number) {
  enum { SPARE_ROWS = 4, HEIGHT_MM = 10 };
  static const char *const TITLES[] = {"Lúc", "Việc", "Người giao", "Người nhận", "Ghi chú", "Ký nhận"};
  PaperTable *table = paper_table(paper, (const double[]){15, 15, 19, 19, 20, 12}, G_N_ELEMENTS(TITLES), TRUE);
  const json_t *row = NULL;
  gsize i = 0;
  paper_row(table, TRUE);
  for (gsize t = 0; t < G_N_ELEMENTS(TITLES); t++)
    paper_cell(table, TITLES[t]);
  json_array_foreach(rows, i, row) {
    char at[17];
    if (form_int(row, "number") != number)
      continue;
    gboolean wrong = json_is_integer(json_object_get(row, "intact")) && !form_int(row, "intact");
    gboolean own = !*form_text(row, "to_whom"); /* received, opened: who did it at the program */
    paper_row(table, FALSE);
    paper_cell(table, form_moment(at, form_int(row, "at_ms")));
    paper_cell(table, form_text(row, "action"));
    paper_cell(table, form_text(row, "from_whom"));
    paper_cell(table, own ? form_text(row, "who") : form_text(row, "to_whom"));
    paper_cell(table, wrong ? "Sai mã băm" : *form_text(row, "note") && strlen(form_text(row, "note")) == 64 ? "" : form_text(row, "note"));
    paper_cell(table, "");
  }
  for (i = 0; i < SPARE_ROWS; i++) {
    paper_row(table, FALSE);
    paper_row_height(table, HEIGHT_MM);
    for (gsize t = 0; t < G_N_ELEMENTS(TITLES); t++)
      paper_cell(table, "");
  }
}

static void head(Paper *paper, const char *title) {
  paper_heading(paper, PAPER_CLAUSE, NULL, title)->flush = TRUE;
}

Paper *form_custody_record(const json_t *incident, const json_t *evidence, const json_t *letterhead, gint64 created_ms) {
  Paper *paper = paper_new("Phiếu theo dõi chứng cứ", form_text(letterhead, "issuer"), created_ms);
  gint64 number = form_int(evidence, "number");
  g_autofree char *subject = g_strdup_printf("Chứng cứ CC-%02d của sự cố %s: %s", (int)number, form_text(incident, "code"),
                                             form_text(incident, "title"));
  paper_paragraph(paper, PAPER_ISSUER, form_text(letterhead, "issuer"));
  paper_title(paper, "Phiếu theo dõi chứng cứ", subject);
  head(paper, "Chứng cứ");
  facts(paper, evidence);
  head(paper, "Chuỗi giao nhận");
  handovers(paper, json_object_get(incident, "custody"), number);
  paper_signatures(paper, NULL, &(PaperSigner){.authority = (const char *const[]){"Người giao", NULL}, .note = "(Ký, ghi rõ họ tên)"},
                   &(PaperSigner){.authority = (const char *const[]){"Người nhận", NULL}, .note = "(Ký, ghi rõ họ tên)"});
  return paper;
}
