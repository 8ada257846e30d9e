/* Tables whose cells are known: DOCX, Markdown pipes, tabs. The others are in plan_table_columns.c and
 * plan_table_flat.c. */
#include "module/plan/plan_reading.h"
#include <string.h>

PlanTable *plan_table_new(PlanReading *reading, guint first) {
  PlanTable *table = g_new0(PlanTable, 1);
  table->rows = g_array_new(FALSE, TRUE, sizeof(PlanRow));
  table->first = table->last = first;
  for (guint c = 0; c < TABLE_COLUMNS; c++)
    table->titles[c] = PLAN_TEXT_EMPTY;
  (void)reading;
  return table;
}

PlanRow *plan_table_row(PlanTable *table, int line) {
  PlanRow row = {.caption = PLAN_TEXT_EMPTY, .line_from = line, .line_to = line};
  for (guint c = 0; c < TABLE_COLUMNS; c++)
    row.cells[c].text = PLAN_TEXT_EMPTY;
  g_array_append_val(table->rows, row);
  return &g_array_index(table->rows, PlanRow, table->rows->len - 1);
}

static void table_free(gpointer data) {
  PlanTable *table = data;
  g_array_free(table->rows, TRUE);
  g_free(table);
}

void plan_cell_add(PlanReading *reading, PlanCell *cell, PlanText text, int line) {
  if (!cell->text.length)
    cell->line_from = line;
  cell->line_to = line;
  cell->present = TRUE;
  cell->text = plan_text_join(reading->chunk, cell->text, text);
}

gboolean plan_table_header(PlanTable *table) {
  guint known = 0;
  for (guint c = 0; c < table->columns; c++) {
    table->roles[c] = plan_column_role(table->titles[c].fold);
    known += table->roles[c] != COLUMN_OTHER ? 1 : 0;
  }
  return known >= 2;
}

static gboolean row_repeats_header(const PlanTable *table, const PlanRow *row) {
  guint same = 0, filled = 0;
  for (guint c = 0; c < table->columns; c++)
    if (row->cells[c].text.length) {
      filled++;
      same += !strcmp(row->cells[c].text.fold, table->titles[c].fold) ? 1 : 0;
    }
  return filled >= 2 && same * 3 >= filled * 2;
}

/* A row of column numbers, (1) (2) (3) …, that some put under the titles. */
static gboolean row_numbers_columns(const PlanTable *table, const PlanRow *row) {
  for (guint c = 0; c < table->columns; c++) {
    g_autofree char *want = g_strdup_printf("(%u)", c + 1), *bare = g_strdup_printf("%u", c + 1);
    const char *fold = row->cells[c].text.fold;
    if (!*fold || (strcmp(fold, want) && strcmp(fold, bare)))
      return FALSE;
  }
  return table->columns > 1;
}

/* Only one cell is filled, and it is no number: a caption such as "A. Phòng ngừa". */
static void mark_groups(PlanReading *reading, PlanTable *table) {
  for (guint r = 0; r < table->rows->len; r++) {
    PlanRow *row = &g_array_index(table->rows, PlanRow, r);
    PlanText all = PLAN_TEXT_EMPTY;
    guint filled = 0, continued = 0, wordy = 0;
    for (guint c = 0; c < table->columns; c++) {
      const PlanCell *cell = &row->cells[c];
      continued += cell->present ? 0 : 1;
      if (!cell->text.length)
        continue;
      filled++;
      wordy += table->roles[c] != COLUMN_COUNT ? 1 : 0;
      all = plan_text_join(reading->chunk, all, cell->text);
    }
    gboolean numbered = table->roles[0] == COLUMN_COUNT && g_ascii_isdigit(row->cells[0].text.fold[0]);
    gboolean lettered = table->roles[0] == COLUMN_COUNT && g_ascii_isalpha(row->cells[0].text.fold[0]);
    gboolean alone = filled == 1 || (lettered && wordy <= 1);
    if (!row->group && alone && !numbered &&
        !(table->merges && continued && !lettered && filled == 1 && table->roles[0] != COLUMN_COUNT)) {
      row->group = TRUE;
      row->caption = all;
    }
  }
}

static void drop_rows(PlanTable *table, guint from) {
  for (guint r = table->rows->len; r-- > from;) {
    PlanRow *row = &g_array_index(table->rows, PlanRow, r);
    gboolean empty = !row->group;
    for (guint c = 0; c < table->columns; c++)
      empty = empty && !row->cells[c].text.length;
    if (empty || row_repeats_header(table, row) || row_numbers_columns(table, row))
      g_array_remove_index(table->rows, r);
  }
}

/* Takes the first row as titles; a second row of titles (under a common one) fills in. */
static gboolean take_titles(PlanTable *table) {
  if (table->rows->len < 2)
    return FALSE;
  PlanRow *top = &g_array_index(table->rows, PlanRow, 0), *next = &g_array_index(table->rows, PlanRow, 1);
  for (guint c = 0; c < table->columns; c++)
    table->titles[c] = top->cells[c].text;
  guint under = 0;
  for (guint c = 0; c < table->columns; c++)
    under += plan_column_role(next->cells[c].text.fold) != COLUMN_OTHER && next->cells[c].text.length < 40 ? 1 : 0;
  gboolean second = under >= 2 && !g_ascii_isdigit(next->cells[0].text.fold[0]);
  for (guint c = 0; second && c < table->columns; c++)
    if (next->cells[c].text.length)
      table->titles[c] = next->cells[c].text;
  g_array_remove_range(table->rows, 0, second ? 2 : 1);
  return TRUE;
}

static gboolean finish(PlanReading *reading, PlanTable *table, gboolean need_roles) {
  gboolean titled = take_titles(table);
  gboolean roles = titled && plan_table_header(table);
  if (!titled || table->columns < 2 || (!roles && (need_roles || table->columns < 3))) {
    table_free(table);
    return FALSE;
  }
  drop_rows(table, 0);
  mark_groups(reading, table);
  for (guint i = table->first; i <= table->last; i++)
    plan_line(reading, i)->use = LINE_TABLE;
  g_ptr_array_add(reading->tables, table);
  return TRUE;
}

static void read_docx_table(PlanReading *reading, guint first) {
  int number = plan_line(reading, first)->source->table, row_number = 0;
  PlanTable *table = plan_table_new(reading, first);
  PlanRow *row = NULL;
  for (guint i = first; i < reading->lines->len && plan_line(reading, i)->source->table == number; i++) {
    PlanLine *line = plan_line(reading, i);
    if (!row || line->source->row != row_number)
      row = plan_table_row(table, line->source->number);
    row_number = line->source->row;
    row->line_to = line->source->number;
    table->last = i;
    table->merges = table->merges || line->source->merged_up;
    if (line->source->column < 1 || line->source->column > TABLE_COLUMNS)
      continue;
    table->columns = MAX(table->columns, (guint)line->source->column);
    PlanCell *cell = &row->cells[line->source->column - 1];
    if (line->source->merged_up && !line->text.length)
      continue;
    /* each paragraph of a cell is an entry of its own */
    gboolean entry = cell->text.length && line->text.length &&
                     !strchr(".;,:", cell->text.fold[cell->text.length - 1]) && plan_text_upper_at(line->text, 0);
    PlanText text = entry ? plan_text_join(reading->chunk, plan_reading_text(reading, ";"), line->text) : line->text;
    plan_cell_add(reading, cell, text, line->source->number);
  }
  finish(reading, table, FALSE);
}

/* "| a | b |", or "a | b | c" without the outer pipes. */
static gboolean is_pipe_row(const PlanLine *line) {
  if (line->use != LINE_FREE)
    return FALSE;
  const char *pipe = strchr(line->text.fold, '|');
  if (pipe == line->text.fold)
    return pipe && strchr(pipe + 1, '|');
  const char *second = pipe ? strstr(pipe + 1, " |") : NULL;
  return second && pipe[-1] == ' ' && strchr(second + 2, '|');
}

/* Once a table is open, a caption may have one pipe only: "I | Phòng ngừa". */
static gboolean goes_on_in_pipes(const PlanLine *line) {
  return is_pipe_row(line) || (line->use == LINE_FREE && strstr(line->text.fold, " | "));
}

static gboolean is_pipe_rule(const PlanLine *line) {
  return strspn(line->text.fold, "|-: ") == line->text.length;
}

static void add_cells(PlanReading *reading, PlanTable *table, const char *raw, const char *divider, int line) {
  PlanRow *row = plan_table_row(table, line);
  g_auto(GStrv) cells = g_strsplit(raw, divider, TABLE_COLUMNS);
  guint count = g_strv_length(cells);
  for (guint c = 0; c < count; c++)
    plan_cell_add(reading, &row->cells[c], plan_text(reading->chunk, cells[c]), line);
  table->columns = MAX(table->columns, count);
}

/* Pipes that only set text side by side (letterhead, signature): the cells become halves of a plain line. */
static void free_cells(PlanReading *reading, guint first, guint last) {
  for (guint i = first; i <= last; i++) {
    PlanLine *line = plan_line(reading, i);
    g_auto(GStrv) cells = g_strsplit(is_pipe_rule(line) ? "" : line->raw, "|", 0);
    g_autofree char *apart = g_strjoinv("   ", cells);
    line->raw = g_string_chunk_insert(reading->chunk, g_strstrip(apart));
    line->text = plan_text(reading->chunk, line->raw);
    line->mark = plan_mark(line->text);
    line->use = line->text.length ? LINE_FREE : LINE_BLANK;
  }
}

static guint read_pipe_table(PlanReading *reading, guint first) {
  PlanTable *table = plan_table_new(reading, first);
  guint i = first, last = first;
  for (; i < reading->lines->len; i++) {
    PlanLine *line = plan_line(reading, i);
    if (line->use == LINE_BLANK && i - last < 3)
      continue;
    if (!goes_on_in_pipes(line)) {
      gboolean caption = line->use == LINE_FREE && line->mark.kind <= MARK_ROMAN && line->text.length < 160 &&
                         table->rows->len && i + 1 < reading->lines->len && is_pipe_row(plan_line(reading, i + 1));
      if (!caption)
        break;
      PlanRow *row = plan_table_row(table, line->source->number);
      row->group = TRUE;
      row->caption = line->text;
      continue;
    }
    last = i;
    if (is_pipe_rule(line))
      continue;
    const char *row_text = line->raw + strspn(line->raw, " \t");
    g_autofree char *raw = g_strdup(row_text + (*row_text == '|' ? 1 : 0));
    g_strchomp(raw);
    if (*raw && raw[strlen(raw) - 1] == '|')
      raw[strlen(raw) - 1] = '\0';
    add_cells(reading, table, raw, "|", line->source->number);
  }
  table->last = last;
  if (!finish(reading, table, FALSE))
    free_cells(reading, first, last);
  return last;
}

static gboolean is_tab_header(PlanReading *reading, guint index) {
  PlanLine *line = plan_line(reading, index);
  if (line->use != LINE_FREE || !strchr(line->raw, '\t') || line->text.length > 300)
    return FALSE;
  g_auto(GStrv) cells = g_strsplit(line->raw, "\t", TABLE_COLUMNS);
  guint known = 0, count = g_strv_length(cells);
  for (guint c = 0; c < count; c++)
    known += plan_column_role(plan_text(reading->chunk, cells[c]).fold) != COLUMN_OTHER ? 1 : 0;
  return count >= 3 && known >= 1 && (known >= 2 || count >= 4);
}

/* A caption between rows of a tabbed table: no tab, and rows follow. */
static gboolean is_tab_caption(PlanReading *reading, guint index) {
  PlanLine *line = plan_line(reading, index);
  guint next = index + 1;
  while (next < reading->lines->len && next < index + 4 && plan_line(reading, next)->use == LINE_BLANK)
    next++;
  if (line->text.length > 160 || next >= reading->lines->len)
    return FALSE;
  return strchr(plan_line(reading, next)->raw, '\t') &&
         (line->mark.kind <= MARK_ROMAN || plan_text_upper_at(line->text, 0));
}

static guint read_tab_table(PlanReading *reading, guint first) {
  PlanTable *table = plan_table_new(reading, first);
  guint i = first;
  for (; i < reading->lines->len; i++) {
    PlanLine *line = plan_line(reading, i);
    if (line->use == LINE_BLANK && i - table->last < 4)
      continue;
    if (line->use != LINE_FREE)
      break;
    if (strchr(line->raw, '\t')) {
      add_cells(reading, table, line->raw, "\t", line->source->number);
    } else if (is_tab_caption(reading, i)) {
      PlanRow *row = plan_table_row(table, line->source->number);
      row->group = TRUE;
      row->caption = line->text;
    } else if (table->rows->len && plan_text_lower_at(line->text, 0)) {
      PlanRow *row = &g_array_index(table->rows, PlanRow, table->rows->len - 1);
      guint c = table->columns - 1;
      while (c && !row->cells[c].text.length)
        c--;
      plan_cell_add(reading, &row->cells[c], line->text, line->source->number);
      row->line_to = line->source->number;
    } else {
      break;
    }
    table->last = i;
  }
  guint last = table->last;
  finish(reading, table, FALSE);
  return last;
}

static gboolean take(PlanReading *reading, PlanTable *table, guint *at) {
  if (!table)
    return FALSE;
  mark_groups(reading, table);
  for (guint i = table->first; i <= table->last; i++)
    plan_line(reading, i)->use = LINE_TABLE;
  g_ptr_array_add(reading->tables, table);
  *at = table->last;
  return TRUE;
}

void plan_tables_find(PlanReading *reading) {
  g_ptr_array_set_free_func(reading->tables, table_free);
  int seen = 0;
  for (guint i = 0; i < reading->lines->len; i++) {
    PlanLine *line = plan_line(reading, i);
    if (line->source->table) {
      if (line->source->table != seen)
        read_docx_table(reading, i);
      seen = line->source->table;
    } else if (is_pipe_row(line)) {
      i = read_pipe_table(reading, i);
    } else if (is_tab_header(reading, i)) {
      i = read_tab_table(reading, i);
    } else if (line->use == LINE_FREE && !take(reading, plan_table_columns(reading, i), &i)) {
      take(reading, plan_table_flat(reading, i), &i);
    }
  }
}
