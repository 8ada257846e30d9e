/* Appendices: name, title, the number of the plan that they quote, and their tables. */
#include "module/plan/plan_reading.h"
#include <string.h>

static gboolean is_missing(PlanText text) {
  return strspn(text.fold, "~.-_/ \x7f") == text.length;
}

/* Values of a row under the table's own titles; an empty cell takes the one above it in its group, marked so. */
static json_t *row_json(PlanReading *reading, const PlanTable *table, guint index, PlanText *above, const char *pointer,
                        gsize out_row) {
  const PlanRow *row = &g_array_index(table->rows, PlanRow, index);
  json_t *cells = json_array(), *inferred = json_array();
  for (guint c = 0; c < table->columns; c++) {
    PlanText text = row->cells[c].text;
    gboolean inherits = !text.length && above[c].length && table->roles[c] != COLUMN_NOTE &&
                        table->roles[c] != COLUMN_COUNT && table->roles[c] != COLUMN_PRODUCT &&
                        table->roles[c] != COLUMN_CONTENT && !(table->merges && row->cells[c].present);
    if (inherits) {
      text = above[c];
      json_array_append_new(inferred, plan_json_text(table->titles[c]));
      plan_note(reading, PLAN_INFERRED, row->line_from, row->line_to, "%s/rows/%" G_GSIZE_FORMAT "/cells/%u", pointer,
                out_row, c);
    }
    above[c] = text.length ? text : above[c];
    json_array_append_new(cells, is_missing(text) ? json_null() : plan_json_text(text));
  }
  plan_note(reading, PLAN_READ, row->line_from, row->line_to, "%s/rows/%" G_GSIZE_FORMAT, pointer, out_row);
  json_t *object = json_pack("{s:o, s:o}", "stt", json_integer((json_int_t)out_row + 1), "cells", cells);
  if (json_array_size(inferred))
    json_object_set(object, "inferred_from_merged_cell", inferred);
  json_decref(inferred);
  return object;
}

static void add_table(PlanReading *reading, json_t *appendix, const PlanTable *table, const char *pointer) {
  json_t *columns = json_array(), *rows = json_array();
  PlanText above[TABLE_COLUMNS];
  for (guint c = 0; c < TABLE_COLUMNS; c++)
    above[c] = PLAN_TEXT_EMPTY;
  for (guint c = 0; c < table->columns; c++)
    json_array_append_new(columns, plan_json_text(table->titles[c]));
  for (guint r = 0; r < table->rows->len; r++) {
    if (g_array_index(table->rows, PlanRow, r).group)
      for (guint c = 0; c < TABLE_COLUMNS; c++)
        above[c] = PLAN_TEXT_EMPTY;
    else
      json_array_append_new(rows, row_json(reading, table, r, above, pointer, json_array_size(rows)));
  }
  json_object_set_new(appendix, "columns", columns);
  json_object_set_new(appendix, "is_tasks", json_boolean(table->is_tasks && !table->repeats));
  json_object_set_new(appendix, "is_roadmap", json_boolean(table->repeats));
  json_object_set_new(appendix, "rows", rows);
}

/* "(kèm theo Kế hoạch số: 03/KH-UBND ngày …)" */
static PlanText quoted_number(PlanReading *reading, PlanText text) {
  PlanText number = PLAN_TEXT_EMPTY;
  for (gssize at = plan_find_word(text.fold, 0, "so"); at >= 0; at = plan_find_word(text.fold, (gsize)at + 1, "so")) {
    gsize from = (gsize)at + 2 + strspn(text.fold + at + 2, ": ");
    if (plan_number_parse(reading, text, from, &number))
      return number;
  }
  return PLAN_TEXT_EMPTY;
}

static int read_appendix(PlanReading *reading, json_t *appendices, int index) {
  PlanBlock *block = plan_block(reading, index);
  g_autofree char *pointer = g_strdup_printf("/appendices/%" G_GSIZE_FORMAT, json_array_size(appendices));
  PlanText number = plan_appendix_number(reading, block->text);
  g_autofree char *name = g_strconcat("Phụ lục", number.length ? " " : "", number.text, NULL);
  gsize rest = 7 + (number.length ? number.length + 1 : 0);
  PlanText title = plan_text_from(reading->chunk, block->text, MIN(rest, block->text.length));
  while (title.length && strchr(".:- ", title.fold[0]))
    title = plan_text_from(reading->chunk, title, 1);
  json_t *appendix = json_pack("{s:s, s:n, s:[], s:n, s:b, s:[]}", "name", name, "title", "columns",
                               "plan_number_quoted", "is_tasks", 0, "rows");
  json_array_append_new(appendices, appendix);
  plan_note(reading, PLAN_READ, block->line_from, block->line_to, "%s", pointer);
  gboolean tables = FALSE, quoted = FALSE;
  int i = index + 1;
  for (; i < (int)reading->blocks->len && !plan_block(reading, i)->appendix; i++) {
    block = plan_block(reading, i);
    PlanText plan_number =
        !block->table && block->text.fold[0] == '(' ? quoted_number(reading, block->text) : PLAN_TEXT_EMPTY;
    if (block->table && !tables)
      add_table(reading, appendix, block->table, pointer);
    else if (plan_number.length && !quoted)
      json_object_set_new(appendix, "plan_number_quoted", plan_json_text(plan_number));
    else if (!tables && !quoted && block->caps && block->mark.kind == MARK_NONE)
      title = plan_text_join(reading->chunk, title, block->text);
    if (plan_number.length && !quoted)
      plan_note(reading, PLAN_READ, block->line_from, block->line_to, "%s/plan_number_quoted", pointer);
    tables = tables || block->table;
    quoted = quoted || plan_number.length;
  }
  json_object_set_new(appendix, "title", plan_json_text(plan_text_bare(reading->chunk, title)));
  return i;
}

void plan_appendices_read(PlanReading *reading) {
  json_t *appendices = json_array();
  json_object_set_new(reading->plan, "appendices", appendices);
  for (int i = reading->body; i < (int)reading->blocks->len;)
    i = plan_block(reading, i)->appendix ? read_appendix(reading, appendices, i) : i + 1;
}
