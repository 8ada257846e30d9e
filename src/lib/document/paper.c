#include "lib/document/clean.h"
#include "lib/document/paper_model.h"
#include <math.h>
#include <string.h>

Paper *paper_new(const char *title, const char *author, gint64 created_ms) {
  Paper *paper = g_new0(Paper, 1);
  paper->arena = arena_new();
  paper->created_ms = created_ms;
  PaperParagraph scratch = {.paper = paper};
  paper_run(&scratch, PAPER_PLAIN, title);
  paper->title = scratch.first->text;
  scratch.first = scratch.last = NULL;
  paper_run(&scratch, PAPER_PLAIN, author);
  paper->author = scratch.first->text;
  return paper;
}

void paper_free(Paper *paper) {
  if (!paper)
    return;
  arena_free(paper->arena);
  g_free(paper);
}

static void *paper_alloc(Paper *paper, gsize size_bytes) {
  return memset(arena_alloc(paper->arena, size_bytes), 0, size_bytes);
}

static const char *clean_copy(Paper *paper, const char *text) {
  g_autofree char *clean = text ? document_clean(text, PAPER_LINE_BREAK) : NULL;
  return arena_text(paper->arena, clean ? clean : "", -1);
}

void paper_run(PaperParagraph *paragraph, PaperEmphasis emphasis, const char *text) {
  PaperRun *run = paper_alloc(paragraph->paper, sizeof *run);
  run->text = clean_copy(paragraph->paper, text);
  run->emphasis = emphasis;
  if (paragraph->last)
    paragraph->last->next = run;
  else
    paragraph->first = run;
  paragraph->last = run;
}

static PaperParagraph *paragraph_new(Paper *paper, PaperComponent component, const char *text) {
  PaperParagraph *paragraph = paper_alloc(paper, sizeof *paragraph);
  paragraph->paper = paper;
  paragraph->component = component;
  if (text)
    paper_run(paragraph, PAPER_PLAIN, text);
  return paragraph;
}

static PaperBlock *append_block(Paper *paper, PaperBlockKind kind) {
  PaperBlock *block = paper_alloc(paper, sizeof *block);
  block->kind = kind;
  if (paper->last)
    paper->last->next = block;
  else
    paper->first = block;
  return paper->last = block;
}

PaperParagraph *paper_paragraph(Paper *paper, PaperComponent component, const char *text) {
  PaperBlock *block = append_block(paper, PAPER_BLOCK_PARAGRAPH);
  return block->paragraph = paragraph_new(paper, component, text);
}

PaperParagraph *paper_heading(Paper *paper, PaperComponent component, const char *label, const char *title) {
  gboolean apart = component == PAPER_PART || component == PAPER_CHAPTER;
  PaperParagraph *heading = paper_paragraph(paper, component, apart ? "" : title);
  heading->numbered = TRUE;
  heading->label = label ? clean_copy(paper, label) : NULL;
  if (apart)
    paper_paragraph(paper, component == PAPER_PART ? PAPER_PART_TITLE : PAPER_CHAPTER_TITLE, title);
  return heading;
}

void paper_page_break(Paper *paper) {
  append_block(paper, PAPER_BLOCK_PAGE);
}

void paper_section(Paper *paper, gboolean landscape) {
  append_block(paper, PAPER_BLOCK_SECTION)->landscape = landscape;
}

/* ---- tables ---- */

static PaperTable *table_new(Paper *paper, PaperFrame frame, int columns, gboolean borders) {
  PaperTable *table = paper_alloc(paper, sizeof *table);
  table->paper = paper;
  table->frame = frame;
  table->columns = MAX(columns, 1);
  table->shares = paper_alloc(paper, (gsize)table->columns * sizeof(double));
  table->covered = paper_alloc(paper, (gsize)table->columns * sizeof(int));
  table->borders = borders;
  append_block(paper, PAPER_BLOCK_TABLE)->table = table;
  return table;
}

PaperTable *paper_table(Paper *paper, const double *shares, int columns, gboolean borders) {
  PaperTable *table = table_new(paper, PAPER_TABLE, columns, borders);
  for (int i = 0; i < table->columns; i++)
    table->shares[i] = shares && i < columns && isfinite(shares[i]) && shares[i] > 0 ? shares[i] : 1;
  return table;
}

/* Where a span reaches below the last row, writers cut it. */
void paper_row(PaperTable *table, gboolean header) {
  PaperRow *row = paper_alloc(table->paper, sizeof *row);
  row->header = header && (!table->last || table->last->header);
  if (table->last)
    table->last->next = row;
  else
    table->first = row;
  table->last = row;
  for (int i = 0; i < table->columns; i++)
    table->covered[i] = MAX(table->covered[i] - 1, 0);
  table->column = 0;
}

void paper_row_height(PaperTable *table, double min_height_mm) {
  if (table->last)
    table->last->min_height_mm = min_height_mm;
}

void paper_row_keep(PaperTable *table) {
  if (table->last)
    table->last->keep_next = TRUE;
}

static int free_columns(const PaperTable *table, int column) {
  int count = 0;
  while (column + count < table->columns && !table->covered[column + count])
    count++;
  return count;
}

static PaperCell *cell_new(PaperTable *table, int columns, int rows) {
  if (!table->last)
    paper_row(table, FALSE);
  while (table->column < table->columns && table->covered[table->column])
    table->column++;
  if (table->column >= table->columns)
    return NULL;
  PaperCell *cell = paper_alloc(table->paper, sizeof *cell);
  PaperRow *row = table->last;
  cell->column = table->column;
  cell->column_span = CLAMP(columns, 1, free_columns(table, table->column));
  cell->row_span = CLAMP(rows, 1, 10000);
  cell->borders = table->borders;
  for (int i = 0; i < cell->column_span; i++)
    table->covered[cell->column + i] = cell->row_span;
  table->column += cell->column_span;
  if (row->last)
    row->last->next = cell;
  else
    row->first = cell;
  return row->last = cell;
}

PaperParagraph *paper_cell_paragraph(PaperTable *table, PaperComponent component, const char *text) {
  PaperParagraph *paragraph = paragraph_new(table->paper, component, text);
  PaperCell *cell = table->last ? table->last->last : NULL;
  if (!cell)
    return paragraph;
  if (cell->last)
    cell->last->next = paragraph;
  else
    cell->first = paragraph;
  return cell->last = paragraph;
}

PaperParagraph *paper_cell_span(PaperTable *table, int columns, int rows, const char *text) {
  PaperCell *cell = cell_new(table, columns, rows);
  PaperComponent component = table->last->header ? PAPER_TABLE_HEAD : PAPER_TABLE_TEXT;
  /* A cell beyond the last column is left out; its paragraph is given all the same, so that callers need not ask. */
  return cell ? paper_cell_paragraph(table, component, text ? text : "")
              : paragraph_new(table->paper, component, text);
}

PaperParagraph *paper_cell(PaperTable *table, const char *text) {
  return paper_cell_span(table, 1, 1, text);
}

void paper_cell_borders(PaperTable *table, gboolean borders) {
  if (table->last && table->last->last)
    table->last->last->borders = borders;
}
