/* Writes a plan of about ten pages many times and prints milliseconds each: PDF and DOCX. `paper FILE` also saves both. */
#include "lib/document/paper.h"
#include <stdio.h>
#include <stdlib.h>

static const char PARAGRAPH[] =
    "Đơn vị vận hành hệ thống thông tin chủ động theo dõi, phát hiện sớm dấu hiệu bất thường; khi xảy ra sự cố phải ghi "
    "nhận chứng cứ ngay từ phút đầu tiên, khoanh vùng ảnh hưởng, báo cáo chủ quản hệ thống thông tin và cơ quan điều phối "
    "theo đúng thời hạn quy định, đồng thời phối hợp với Đội ứng cứu sự cố để xác minh nguyên nhân, ngăn chặn, gỡ bỏ và "
    "khôi phục hoạt động bình thường của hệ thống.";

static void add_table(Paper *paper) {
  PaperTable *table = paper_table(paper, (const double[]){8, 46, 26, 20}, 4, TRUE);
  static const char *const HEAD[] = {"STT", "Nội dung công việc", "Đơn vị chủ trì", "Thời gian"};
  paper_row(table, TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS(HEAD); i++)
    paper_cell(table, HEAD[i]);
  for (int row = 1; row <= 30; row++) {
    g_autofree char *number = g_strdup_printf("%d", row);
    paper_row(table, FALSE);
    paper_cell(table, number)->align = PAPER_CENTER;
    paper_cell(table, "Rà quét lỗ hổng, săn lùng mối nguy hại trên các hệ thống thông tin thuộc phạm vi quản lý; khắc phục và ghi kết quả");
    paper_cell(table, "Đội ứng cứu sự cố an toàn thông tin mạng");
    paper_cell(table, "06 tháng một lần");
  }
}

static Paper *plan_new(void) {
  Paper *paper = paper_new("Kế hoạch ứng phó sự cố, bảo đảm an toàn thông tin mạng", "Ủy ban nhân dân tỉnh", 0);
  paper_letterhead(paper, &(PaperLetterhead){.issuer = "Ủy ban nhân dân\ntỉnh An Bình", .symbol = "KH-UBND", .number = 2,
                                             .place = "An Bình", .day = 5, .month = 3, .year = 2026});
  paper_title(paper, "Kế hoạch", "Ứng phó sự cố, bảo đảm an toàn thông tin mạng\ntrên địa bàn tỉnh An Bình");
  for (int section = 0; section < 4; section++) {
    paper_heading(paper, PAPER_SECTION, NULL, "Mục đích, yêu cầu và nguyên tắc");
    for (int clause = 0; clause < 3; clause++) {
      paper_heading(paper, PAPER_CLAUSE, NULL, "Nội dung triển khai");
      for (int i = 0; i < 4; i++)
        paper_heading(paper, PAPER_POINT, NULL, PARAGRAPH);
    }
  }
  paper_signatures(paper, (const char *const[]){"Như trên", "Lưu: VT, KGVX", NULL}, NULL,
                   &(PaperSigner){.authority = (const char *const[]){"TM. Ủy ban nhân dân", "Chủ tịch", NULL},
                                  .name = "Trần Văn Minh"});
  paper_appendix(paper, 1, "Phân công nhiệm vụ", NULL, FALSE);
  add_table(paper);
  return paper;
}

typedef GBytes *(*WriteFunc)(const Paper *paper, const PaperStyle *style, GError **error);

static void measure(const char *kind, WriteFunc write, const Paper *paper, const PaperStyle *style, const char *path) {
  enum { ROUNDS = 20 };
  double best = G_MAXDOUBLE, first = 0, sum = 0;
  g_autoptr(GBytes) bytes = NULL;
  for (int i = 0; i <= ROUNDS; i++) {
    g_clear_pointer(&bytes, g_bytes_unref);
    gint64 start_us = g_get_monotonic_time();
    bytes = write(paper, style, NULL);
    double ms = (double)(g_get_monotonic_time() - start_us) / 1000;
    first = i == 0 ? ms : first;
    best = MIN(best, ms);
    sum += i ? ms : 0;
  }
  printf("%s: first %.1f ms, then mean %.1f ms, best %.1f ms, %" G_GSIZE_FORMAT " bytes\n", kind, first, sum / ROUNDS, best,
         g_bytes_get_size(bytes));
  g_autofree char *name = path ? g_strdup_printf("%s.%s", path, kind) : NULL;
  if (name)
    g_file_set_contents(name, g_bytes_get_data(bytes, NULL), (gssize)g_bytes_get_size(bytes), NULL);
}

int main(int argc, char **argv) {
  g_autoptr(GError) error = NULL;
  g_autofree char *yaml = NULL;
  gsize length = 0;
  const char *data = g_getenv("UNGCUU_DATA") ? g_getenv("UNGCUU_DATA") : "data";
  g_autofree char *file = g_build_filename(data, "law", "document_layout.yaml", NULL);
  if (!g_file_get_contents(file, &yaml, &length, &error)) {
    g_printerr("%s\n", error->message);
    return EXIT_FAILURE;
  }
  g_autoptr(PaperStyle) style = paper_style_load(yaml, length, &error);
  if (!style) {
    g_printerr("%s\n", error->message);
    return EXIT_FAILURE;
  }
  g_autoptr(Paper) paper = plan_new();
  measure("pdf", paper_write_pdf, paper, style, argc > 1 ? argv[1] : NULL);
  measure("docx", paper_write_docx, paper, style, argc > 1 ? argv[1] : NULL);
  return EXIT_SUCCESS;
}
