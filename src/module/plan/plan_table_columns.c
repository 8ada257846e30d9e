/* Tables that kept their columns as gaps of blanks (pdftotext -layout). The gutters are where no line has a letter. */
#include "module/plan/plan_reading.h"
#include <string.h>

#define WIDTH 400
#define MAX_LINES 1500

typedef struct {
  guint from, to; /* characters in the line */
  PlanText text;
} Chunk;

/* The runs of a line that are divided by two blanks or more. */
static guint line_chunks(PlanReading *reading, const char *text, Chunk *chunks) {
  guint count = 0, column = 0, blanks = 2;
  g_autoptr(GString) run = g_string_new(NULL);
  for (const char *p = text;; p = g_utf8_next_char(p), column++) {
    gunichar c = *p ? g_utf8_get_char(p) : 0;
    gboolean blank = !c || c == ' ' || c == '\t';
    if (blank && run->len && (++blanks >= 2 || !c)) {
      chunks[count++].text = plan_text(reading->chunk, run->str);
      g_string_truncate(run, 0);
    } else if (!blank) {
      if (run->len && blanks == 1)
        g_string_append_c(run, ' ');
      if (!run->len)
        chunks[count].from = column;
      g_string_append_unichar(run, c);
      chunks[count].to = column + 1;
      blanks = 0;
    }
    if (!c || count == TABLE_COLUMNS || column >= WIDTH)
      return count;
  }
}

static guint header_chunks(PlanReading *reading, guint index, Chunk *chunks) {
  const char *text = plan_line(reading, index)->source->text;
  if (!strstr(text, "  "))
    return 0;
  guint count = line_chunks(reading, text, chunks), known = 0;
  for (guint c = 0; c < count; c++)
    known += plan_column_role(chunks[c].text.fold) != COLUMN_OTHER ? 1 : 0;
  return count >= 3 && known >= 2 ? count : 0;
}

/* The table ends before a line that crosses a gutter from the left margin, unless rows go on after it. */
static guint table_end(PlanReading *reading, guint first, guint second_column) {
  guint last = first, blanks = 0;
  for (guint i = first + 1; i < reading->lines->len && i < first + MAX_LINES; i++) {
    PlanLine *line = plan_line(reading, i);
    if (line->use == LINE_BLANK) {
      if (++blanks > 4)
        break;
      continue;
    }
    blanks = 0;
    const char *text = line->source->text;
    gsize indent = strspn(text, " ");
    gboolean crosses = !strstr(text + indent, "  ") && indent < second_column && line->text.length > second_column + 2;
    if (line->use != LINE_FREE || plan_starts(line->text.fold, "noi nhan") || plan_starts(line->text.fold, "phu luc"))
      break;
    if (crosses && line->mark.kind > MARK_ROMAN && line->text.length > 60)
      break;
    if (crosses && line->mark.kind == MARK_ROMAN && plan_text_caps(line->text))
      break;
    last = i;
  }
  return last;
}

static void find_gutters(PlanReading *reading, guint first, guint last, const Chunk *titles, guint count,
                         guint *gutters) {
  guint used[WIDTH + 1] = {0};
  for (guint i = first; i <= last; i++) {
    Chunk chunks[TABLE_COLUMNS + 1];
    guint n = line_chunks(reading, plan_line(reading, i)->source->text, chunks);
    for (guint c = 0; n > 1 && c < n; c++)
      for (guint at = chunks[c].from; at < chunks[c].to && at < WIDTH; at++)
        used[at]++;
  }
  for (guint c = 0; c + 1 < count; c++) {
    guint best = (titles[c].to + titles[c + 1].from) / 2;
    for (guint at = (titles[c].from + titles[c].to) / 2; at < (titles[c + 1].from + titles[c + 1].to) / 2 && at < WIDTH;
         at++)
      if (used[at] < used[MIN(best, WIDTH)])
        best = at;
    gutters[c] = best;
  }
  gutters[count - 1] = G_MAXUINT;
}

static guint column_of(const guint *gutters, const Chunk *chunk) {
  guint middle = chunk->from, column = 0;
  while (middle > gutters[column])
    column++;
  return column;
}

static void add_line(PlanReading *reading, PlanTable *table, const guint *gutters, guint index, gboolean *titles_open) {
  PlanLine *line = plan_line(reading, index);
  Chunk chunks[TABLE_COLUMNS + 1];
  guint count = line_chunks(reading, line->source->text, chunks);
  int number = line->source->number;
  if (!count)
    return;
  gboolean counted = column_of(gutters, &chunks[0]) == 0;
  if (*titles_open && !counted) {
    for (guint c = 0; c < count; c++) {
      PlanText *title = &table->titles[column_of(gutters, &chunks[c])];
      *title = plan_text_join(reading->chunk, *title, chunks[c].text);
    }
    return;
  }
  *titles_open = FALSE;
  PlanRow *row = counted || !table->rows->len ? plan_table_row(table, number)
                                              : &g_array_index(table->rows, PlanRow, table->rows->len - 1);
  if (counted && count == 1 && chunks[0].to - chunks[0].from > 4) {
    row->group = TRUE;
    row->caption = chunks[0].text;
    return;
  }
  if (row->group)
    row = plan_table_row(table, number);
  row->line_to = number;
  for (guint c = 0; c < count; c++)
    plan_cell_add(reading, &row->cells[column_of(gutters, &chunks[c])], chunks[c].text, number);
}

PlanTable *plan_table_columns(PlanReading *reading, guint first) {
  Chunk titles[TABLE_COLUMNS + 1];
  guint count = header_chunks(reading, first, titles);
  if (!count || plan_column_role(titles[0].text.fold) != COLUMN_COUNT)
    return NULL;
  PlanTable *table = plan_table_new(reading, first);
  table->columns = count;
  table->last = table_end(reading, first, titles[1].from);
  for (guint c = 0; c < count; c++)
    table->titles[c] = titles[c].text;
  guint gutters[TABLE_COLUMNS + 1];
  find_gutters(reading, first, table->last, titles, count, gutters);
  gboolean titles_open = TRUE;
  for (guint i = first + 1; i <= table->last; i++)
    if (plan_line(reading, i)->use == LINE_FREE)
      add_line(reading, table, gutters, i, &titles_open);
  plan_table_header(table);
  return table;
}
