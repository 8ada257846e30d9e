/* Mẫu số 03 with its annex from a case, many times: milliseconds from the case to the bytes, PDF and DOCX.
 * `form_paper CASE.json [FOLDER]`: the case as in form_paper.h; FOLDER gets every paper of it. */
#include "module/incident/form_paper.h"
#include <stdio.h>
#include <stdlib.h>

typedef GBytes *(*WriteFunc)(const Paper *paper, const PaperStyle *style, GError **error);

static const gint64 CREATED_MS = G_GINT64_CONSTANT(1795219200000);

static gboolean told(const GError *error) {
  if (error)
    g_printerr("%s\n", error->message);
  return error != NULL;
}

static void measure(const char *kind, WriteFunc write, const PaperForm *form, const json_t *incident, const PaperStyle *style) {
  enum { ROUNDS = 50 };
  double first = 0, sum = 0, worst = 0;
  for (int i = 0; i <= ROUNDS; i++) {
    gint64 start_us = g_get_monotonic_time();
    json_t *values = form_values_from_case(form, incident);
    g_autoptr(Paper) paper = form_paper(form, values, json_object_get(incident, "letterhead"), CREATED_MS);
    g_autoptr(GBytes) bytes = write(paper, style, NULL);
    json_decref(values);
    if (!bytes || g_bytes_get_size(bytes) < 1000)
      g_error("%s: nothing was written", kind);
    double ms = (double)(g_get_monotonic_time() - start_us) / 1000;
    if (i == 0)
      first = ms;
    else
      sum += ms, worst = MAX(worst, ms);
  }
  printf("%s %s: first %.1f ms, then mean %.1f ms, worst %.1f ms\n", form->law->rule.id, kind, first, sum / ROUNDS, worst);
}

static void save(const Paper *paper, const PaperStyle *style, const char *folder, const char *name) {
  g_autofree char *pdf_path = g_strdup_printf("%s/%s.pdf", folder, name);
  g_autofree char *docx_path = g_strdup_printf("%s/%s.docx", folder, name);
  g_autoptr(GBytes) pdf = paper_write_pdf(paper, style, NULL);
  g_autoptr(GBytes) docx = paper_write_docx(paper, style, NULL);
  g_file_set_contents(pdf_path, g_bytes_get_data(pdf, NULL), (gssize)g_bytes_get_size(pdf), NULL);
  g_file_set_contents(docx_path, g_bytes_get_data(docx, NULL), (gssize)g_bytes_get_size(docx), NULL);
}

static void save_all(const FormBook *book, const json_t *incident, const PaperStyle *style, const char *folder) {
  const json_t *head = json_object_get(incident, "letterhead");
  const GPtrArray *forms = form_book_forms(book);
  for (guint i = 0; i < forms->len; i++) {
    const PaperForm *form = forms->pdata[i];
    json_t *values = form_values_from_case(form, incident);
    g_autoptr(Paper) paper = form_paper(form, values, head, CREATED_MS);
    g_autoptr(Paper) blank = form_paper(form, NULL, NULL, CREATED_MS);
    g_autofree char *blank_name = g_strconcat(form->law->rule.id, "-trong", NULL);
    save(paper, style, folder, form->law->rule.id);
    save(blank, style, folder, blank_name);
    json_decref(values);
  }
  g_autoptr(Paper) sheet = form_response_sheet(incident, head, CREATED_MS);
  save(sheet, style, folder, "phieu-ung-cuu");
  g_autoptr(Paper) file = form_case_file(incident, head, CREATED_MS);
  save(file, style, folder, "ho-so");
}

int main(int argc, char **argv) {
  g_autoptr(GError) error = NULL;
  const char *data = g_getenv("UNGCUU_DATA") ? g_getenv("UNGCUU_DATA") : "data";
  g_autofree char *folder = g_build_filename(data, "law", NULL);
  g_autofree char *layout = g_build_filename(folder, "form_layout.yaml", NULL);
  g_autofree char *look = g_build_filename(folder, "document_layout.yaml", NULL);
  g_autofree char *yaml = NULL;
  gsize length = 0;
  json_t *incident = json_load_file(argc > 1 ? argv[1] : "tests/papers/case.json", 0, NULL);
  g_autoptr(Law) law = law_load(folder, &error);
  if (told(error) || !incident || !g_file_get_contents(look, &yaml, &length, &error))
    return EXIT_FAILURE;
  g_autoptr(FormBook) book = form_book_load(law, layout, &error);
  if (told(error))
    return EXIT_FAILURE;
  g_autoptr(PaperStyle) style = paper_style_load(yaml, length, &error);
  if (told(error))
    return EXIT_FAILURE;
  measure("pdf", paper_write_pdf, form_book_find(book, "mau-03"), incident, style);
  measure("docx", paper_write_docx, form_book_find(book, "mau-03"), incident, style);
  if (argc > 2)
    save_all(book, incident, style, argv[2]);
  json_decref(incident);
  return EXIT_SUCCESS;
}
