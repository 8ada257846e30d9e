/* Lays out a plan from a file and prints it many times: milliseconds each for PDF and DOCX, and for reading the DOCX again.
 * `plan_paper FILE` */
#include "lib/document/paper.h"
#include "module/plan/plan_manuscript.h"
#include "module/plan/plan_read.h"
#include <stdio.h>
#include <stdlib.h>

typedef GBytes *(*WriteFunc)(const Paper *paper, const PaperStyle *style, GError **error);

static GBytes *print(const json_t *manuscript, const PaperStyle *style, WriteFunc write) {
  g_autoptr(Paper) paper = plan_manuscript_paper(manuscript, 0);
  return write(paper, style, NULL);
}

static GBytes *measure(const char *kind, const json_t *manuscript, const PaperStyle *style, WriteFunc write) {
  enum { ROUNDS = 20 };
  GBytes *bytes = print(manuscript, style, write);
  gint64 start_us = g_get_monotonic_time();
  for (int i = 0; i < ROUNDS; i++) {
    g_bytes_unref(bytes);
    bytes = print(manuscript, style, write);
  }
  printf("%s: %.1f ms, %" G_GSIZE_FORMAT " bytes\n", kind, (double)(g_get_monotonic_time() - start_us) / 1000 / ROUNDS, g_bytes_get_size(bytes));
  return bytes;
}

/* The same tasks come back, or the measure is worth nothing. */
static gboolean reads_back(GBytes *docx, gsize tasks) {
  gint64 start_us = g_get_monotonic_time();
  g_autoptr(SourceText) source = source_text_read_docx(g_bytes_get_data(docx, NULL), g_bytes_get_size(docx), NULL);
  json_t *reading = source ? plan_read(source, NULL) : NULL;
  gsize found = json_array_size(json_object_get(reading, "tasks"));
  printf("read back: %.1f ms, %zu of %zu tasks\n", (double)(g_get_monotonic_time() - start_us) / 1000, found, tasks);
  json_decref(reading);
  return found == tasks;
}

int main(int argc, char **argv) {
  g_autoptr(GError) error = NULL;
  g_autofree char *yaml = NULL, *text = NULL;
  gsize yaml_length = 0, length = 0;
  const char *data = g_getenv("UNGCUU_DATA") ? g_getenv("UNGCUU_DATA") : "data";
  g_autofree char *layout = g_build_filename(data, "law", "document_layout.yaml", NULL);
  if (argc < 2 || !g_file_get_contents(argv[1], &text, &length, &error) || !g_file_get_contents(layout, &yaml, &yaml_length, &error)) {
    g_printerr("%s\n", error ? error->message : "plan_paper FILE");
    return EXIT_FAILURE;
  }
  g_autoptr(PaperStyle) style = paper_style_load(yaml, yaml_length, &error);
  g_autoptr(SourceText) source = source_text_read_txt(text, length, SOURCE_TXT, &error);
  json_t *manuscript = style && source ? plan_manuscript_read(source, &error) : NULL;
  if (!manuscript) {
    g_printerr("%s\n", error->message);
    return EXIT_FAILURE;
  }
  json_t *reading = plan_read(source, NULL);
  g_autoptr(GBytes) pdf = measure("pdf", manuscript, style, paper_write_pdf);
  g_autoptr(GBytes) docx = measure("docx", manuscript, style, paper_write_docx);
  gboolean same = reads_back(docx, json_array_size(json_object_get(reading, "tasks")));
  json_decref(reading);
  json_decref(manuscript);
  return same ? EXIT_SUCCESS : EXIT_FAILURE;
}
