/* A manuscript as an official paper. */
#include "module/plan/plan_manuscript.h"
#include "module/plan/plan_reading.h"
#include <stdlib.h>
#include <string.h>

static const char *text_of(const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  return text ? text : "";
}

static int int_of(const json_t *object, const char *key) {
  return (int)json_integer_value(json_object_get(object, key));
}

/* NULL-terminated, borrowed. */
static const char **texts_of(const json_t *object, const char *key) {
  const json_t *list = json_object_get(object, key);
  const char **texts = g_new0(const char *, json_array_size(list) + 1);
  gsize index, count = 0;
  json_t *text;
  json_array_foreach(list, index, text) {
    if (json_is_string(text))
      texts[count++] = json_string_value(text);
  }
  return texts;
}

static void put_paragraphs(Paper *paper, PaperComponent component, const char *text) {
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (char **line = lines; *line; line++)
    if (**line)
      paper_paragraph(paper, component, *line);
}

/* --- tables --- */

static double share_of(const char *role) {
  static const struct {
    const char *role;
    double share;
  } SHARES[] = {{"count", 6}, {"content", 32}, {"lead", 18}, {"coordinate", 24}, {"owners", 24}, {"time", 13}, {"product", 15}, {"note", 12}, {"money", 12}};
  for (gsize i = 0; i < G_N_ELEMENTS(SHARES); i++)
    if (!strcmp(role, SHARES[i].role))
      return SHARES[i].share;
  return 16;
}

/* How many rows a cell covers: those below whose cell goes on with it. */
static int span_of(const json_t *rows, gsize row, gsize column) {
  int span = 1;
  while (row + (gsize)span < json_array_size(rows)) {
    const json_t *cells = json_object_get(json_array_get(rows, row + (gsize)span), "cells");
    if (!json_is_null(json_array_get(cells, column)) || column >= json_array_size(cells))
      break;
    span++;
  }
  return span;
}

static gboolean has_merges(const json_t *rows) {
  gsize r, c;
  json_t *row, *cell;
  json_array_foreach(rows, r, row) {
    json_array_foreach(json_object_get(row, "cells"), c, cell) {
      if (json_is_null(cell))
        return TRUE;
    }
  }
  return FALSE;
}

/* The caption over a group of rows: after its number, if it has one, over the whole width. */
static void put_group(PaperTable *table, const json_t *cells) {
  g_autoptr(GString) caption = g_string_new(NULL);
  int columns = (int)json_array_size(cells);
  const char *number = json_string_value(json_array_get(cells, 0));
  for (int c = 1; c < columns; c++) {
    const char *text = json_string_value(json_array_get(cells, (gsize)c));
    if (text && *text)
      g_string_append_printf(caption, "%s%s", caption->len ? " " : "", text);
  }
  gboolean numbered = number && *number && caption->len;
  if (numbered)
    paper_cell(table, number)->align = PAPER_CENTER;
  PaperParagraph *cell = paper_cell_span(table, columns - numbered, 1, NULL);
  paper_run(cell, PAPER_BOLD, caption->len ? caption->str : number);
}

/* In a table without merged cells an empty one would be read as going on with the one above: it says that it is empty. */
static void put_row(PaperTable *table, const json_t *rows, gsize index, gboolean merges, gboolean *above) {
  const json_t *row = json_array_get(rows, index), *cells = json_object_get(row, "cells");
  paper_row(table, FALSE);
  if (json_is_true(json_object_get(row, "group"))) {
    put_group(table, cells);
    memset(above, 0, TABLE_COLUMNS * sizeof *above);
    return;
  }
  gsize column;
  json_t *cell;
  json_array_foreach(cells, column, cell) {
    const char *text = json_string_value(cell);
    gboolean bare = text && !*text && column < TABLE_COLUMNS && above[column] && !merges;
    if (text)
      paper_cell_span(table, 1, span_of(rows, index, column), bare ? "…" : text)->align = column ? PAPER_LEFT : PAPER_CENTER;
    if (column < TABLE_COLUMNS)
      above[column] = above[column] || (text && *text);
  }
}

static void put_table(Paper *paper, const json_t *data) {
  const json_t *rows = json_object_get(data, "rows");
  g_autofree const char **titles = texts_of(data, "titles"), **roles = texts_of(data, "roles");
  int columns = (int)g_strv_length((char **)titles);
  double shares[TABLE_COLUMNS] = {0};
  gboolean above[TABLE_COLUMNS] = {FALSE}, merges = has_merges(rows);
  for (int c = 0; c < columns && c < TABLE_COLUMNS && roles[c]; c++)
    shares[c] = share_of(roles[c]);
  PaperTable *table = paper_table(paper, shares, MIN(columns, TABLE_COLUMNS), TRUE);
  paper_row(table, TRUE);
  for (int c = 0; c < columns; c++)
    paper_cell(table, titles[c]);
  for (gsize r = 0; r < json_array_size(rows); r++)
    put_row(table, rows, r, merges, above);
}

/* --- tasks in prose --- */

static void put_task(Paper *paper, const json_t *task) {
  static const struct {
    const char *key, *label;
  } LINES[] = {{"lead", "Đơn vị chủ trì"}, {"coordinate", "Đơn vị phối hợp"}, {"time", "Thời gian thực hiện"}, {"product", "Sản phẩm"}};
  const char *label = text_of(task, "label");
  g_autofree char *content = g_strconcat(label, *label ? " " : "", text_of(task, "content"), NULL);
  put_paragraphs(paper, PAPER_TEXT, content);
  for (gsize i = 0; i < G_N_ELEMENTS(LINES); i++) {
    const char *words = text_of(task, LINES[i].key);
    g_autofree char *line = g_strdup_printf("- %s: %s.", LINES[i].label, words);
    if (*words)
      paper_paragraph(paper, PAPER_TEXT, line);
  }
}

/* --- parts --- */

/* "(Kèm theo Kế hoạch số … ngày … của …)" */
static char *appendix_note(const json_t *manuscript) {
  g_autofree char *number = paper_number(atoi(text_of(manuscript, "number")), text_of(manuscript, "symbol"));
  g_autofree char *date = paper_place_date("", int_of(manuscript, "day"), int_of(manuscript, "month"), int_of(manuscript, "year"));
  g_auto(GStrv) issuer = g_strsplit(text_of(manuscript, "issuer"), "\n", -1);
  g_autofree char *name = g_strjoinv(" ", issuer);
  return g_strdup_printf("(Kèm theo Kế hoạch số %s%s của %s)", number + strlen("Số: "), date + 1, name);
}

static void put_appendix(Paper *paper, const json_t *manuscript, const json_t *part) {
  const char *label = text_of(part, "label"), *title = text_of(part, "title");
  g_autofree char *note = json_object_get(part, "note") ? g_strdup(text_of(part, "note")) : appendix_note(manuscript);
  const char *number = strrchr(label, ' ');
  g_autofree char *fold = g_ascii_strdown(number && strcmp(label, "Phụ lục") ? number + 1 : "", -1);
  int value = g_ascii_isdigit(*fold) ? atoi(fold) : plan_roman_value(fold, strlen(fold));
  if (!value && strlen(fold) == 1)
    value = *fold - 'a' + 1;
  paper_appendix(paper, value, *title ? title : NULL, *note ? note : NULL, FALSE);
}

static void put_heading(Paper *paper, const json_t *manuscript, const json_t *part) {
  const char *label = text_of(part, "label"), *title = text_of(part, "title");
  int level = int_of(part, "level");
  if (json_is_true(json_object_get(part, "appendix")))
    put_appendix(paper, manuscript, part);
  else if (level == 0 && *label)
    paper_heading(paper, PAPER_PART, label, title);
  else if (*title)
    paper_heading(paper, level <= 1 ? PAPER_SECTION : PAPER_CLAUSE, label, title);
}

static void put_part(Paper *paper, const json_t *manuscript, const json_t *part) {
  gsize index;
  json_t *task;
  put_heading(paper, manuscript, part);
  put_paragraphs(paper, PAPER_TEXT, text_of(part, "text"));
  json_array_foreach(json_object_get(part, "tasks"), index, task) {
    put_task(paper, task);
  }
  if (json_array_size(json_object_get(json_object_get(part, "table"), "rows")))
    put_table(paper, json_object_get(part, "table"));
}

static gboolean is_after_signature(const json_t *part) {
  return json_is_true(json_object_get(part, "appendix"));
}

static void put_head(Paper *paper, const json_t *manuscript) {
  const char *superior = text_of(manuscript, "superior"), *place = text_of(manuscript, "place");
  const char *number = text_of(manuscript, "number");
  paper_letterhead(paper, &(PaperLetterhead){
                              .superior = *superior ? superior : NULL,
                              .issuer = text_of(manuscript, "issuer"),
                              .number = atoi(number),
                              .symbol = text_of(manuscript, "symbol"),
                              .place = *place ? place : "……",
                              .day = int_of(manuscript, "day"),
                              .month = int_of(manuscript, "month"),
                              .year = int_of(manuscript, "year"),
                          });
  paper_title(paper, "Kế hoạch", text_of(manuscript, "title"));
  gsize index;
  json_t *base;
  json_array_foreach(json_object_get(manuscript, "bases"), index, base) {
    put_paragraphs(paper, PAPER_BASIS, json_string_value(base));
  }
  put_paragraphs(paper, PAPER_TEXT, text_of(manuscript, "issuing"));
}

static void put_signature(Paper *paper, const json_t *manuscript) {
  g_autofree const char **recipients = texts_of(manuscript, "recipients"), **authority = texts_of(manuscript, "authority");
  const char *signer = text_of(manuscript, "signer");
  paper_signatures(paper, recipients, NULL, &(PaperSigner){.authority = authority, .name = *signer ? signer : NULL});
}

Paper *plan_manuscript_paper(const json_t *manuscript, gint64 created_ms) {
  Paper *paper = paper_new(text_of(manuscript, "title"), text_of(manuscript, "issuer"), created_ms);
  gsize index;
  json_t *part;
  gboolean signed_yet = FALSE;
  put_head(paper, manuscript);
  json_array_foreach(json_object_get(manuscript, "parts"), index, part) {
    if (is_after_signature(part) && !signed_yet) {
      put_signature(paper, manuscript);
      signed_yet = TRUE;
    }
    put_part(paper, manuscript, part);
  }
  if (!signed_yet)
    put_signature(paper, manuscript);
  return paper;
}
