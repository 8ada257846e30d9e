/* Tasks that stand as rows of a table in the body or in an appendix. */
#include "module/plan/plan_task.h"
#include <string.h>

static int column_with(const PlanTable *table, ColumnRole role) {
  for (guint c = 0; c < table->columns; c++)
    if (table->roles[c] == role)
      return (int)c;
  return -1;
}

static gboolean is_missing(PlanText text) {
  return strspn(text.fold, "~.-_/ \x7f") == text.length;
}

/* "nt", "như trên": the writer's own word for the cell above. */
static gboolean says_as_above(const char *fold) {
  static const char *const SAYINGS[] = {"nt",           "n.t",  "nt.",      "n.t.",      "-nt-",
                                        "- nt -",       "\"",   "nhu tren", "nhu tren.", "nhu dong tren",
                                        "nhu muc tren", "-//-", NULL};
  return g_strv_contains(SAYINGS, fold);
}

typedef struct {
  PlanReading *reading;
  PlanTable *table;
  PlanText section, heading, appendix;
  gboolean response, group_response, group_decided;
  int number, row;
  const PlanCell *above[TABLE_COLUMNS]; /* what an empty cell inherits; NULL at the start of a group */
} RowReader;

/* The cell itself, or what it inherits from above within its group. */
static TaskPart cell_part(RowReader *rows, PlanRow *row, int column) {
  TaskPart part = {.text = PLAN_TEXT_EMPTY};
  if (column < 0)
    return part;
  PlanCell *cell = &row->cells[column];
  gboolean as_above = says_as_above(cell->text.fold);
  if (cell->text.length && !as_above) {
    rows->above[column] = cell;
    part = (TaskPart){cell->text, cell->line_from, cell->line_to, FALSE};
  } else if (rows->above[column] && (as_above || !(rows->table->merges && cell->present))) {
    const PlanCell *above = rows->above[column];
    part = (TaskPart){above->text, above->line_from, above->line_to, TRUE};
  }
  if (is_missing(part.text))
    part.text = PLAN_TEXT_EMPTY;
  return part;
}

/* One cell for all owners: "Chủ trì: A; phối hợp: B". */
static void take_owners(RowReader *rows, Task *task, const TaskPart *part, int column) {
  LabelKind kind = LABEL_LEAD, next_kind = LABEL_NONE;
  gsize from = 0, value = 0;
  gssize at = plan_label_find(part->text, 0, &kind, &value);
  const char *slash =
      at < 0 && column >= 0 && strchr(rows->table->titles[column].fold, '/') ? strchr(part->text.fold, '/') : NULL;
  if (slash) { /* a column "Chủ trì/phối hợp" with "A/B" in it */
    gsize cut = (gsize)(slash - part->text.fold);
    GStringChunk *chunk = rows->reading->chunk;
    plan_task_part(task->leads, plan_text_bare(chunk, plan_text_slice(chunk, part->text, 0, cut)), part->line_from,
                   part->line_to, part->inferred);
    plan_task_part(task->coordinates, plan_text_bare(chunk, plan_text_from(chunk, part->text, cut + 1)),
                   part->line_from, part->line_to, part->inferred);
    return;
  }
  from = at == 0 ? value : 0;
  if (at != 0)
    kind = LABEL_LEAD;
  while (from < part->text.length) {
    gssize next = plan_label_find(part->text, from, &next_kind, &value);
    gsize end = next < 0 ? part->text.length : (gsize)next;
    PlanText text = plan_text_slice(rows->reading->chunk, part->text, from, end);
    plan_task_part(kind == LABEL_COORDINATE ? task->coordinates : task->leads, text, part->line_from, part->line_to,
                   part->inferred);
    kind = next_kind;
    from = next < 0 ? end : value;
  }
}

static void take_row(RowReader *rows, PlanRow *row) {
  PlanTable *table = rows->table;
  int content = column_with(table, COLUMN_CONTENT), lead = column_with(table, COLUMN_LEAD);
  Task task = plan_task_new();
  int both = column_with(table, COLUMN_OWNERS);
  TaskPart owners = cell_part(rows, row, both);
  TaskPart led = cell_part(rows, row, lead), helped = cell_part(rows, row, column_with(table, COLUMN_COORDINATE));
  task.time = cell_part(rows, row, column_with(table, COLUMN_TIME));
  int product = column_with(table, COLUMN_PRODUCT);
  PlanCell *words = &row->cells[content];
  task.content = (TaskPart){words->text, words->line_from, words->line_to, FALSE};
  if (product >= 0 && !is_missing(row->cells[product].text))
    task.product.text = row->cells[product].text;
  plan_task_part(task.leads, led.text, led.line_from, led.line_to, led.inferred);
  plan_task_part(task.coordinates, helped.text, helped.line_from, helped.line_to, helped.inferred);
  take_owners(rows, &task, &owners, both);
  rows->row++;
  const char *count =
      table->roles[0] == COLUMN_COUNT ? plan_text_bare(rows->reading->chunk, row->cells[0].text).text : "";
  g_autofree char *number = *count && strlen(count) < 12 ? g_strdup(count) : g_strdup_printf("%d", rows->row);
  g_autofree char *id = rows->section.length ? g_strconcat(rows->section.text, ".", number, NULL) : g_strdup(number);
  task.id = plan_reading_text(rows->reading, id);
  task.row = rows->row;
  task.heading = rows->heading;
  task.table = rows->number;
  task.appendix = rows->appendix;
  task.label = lead >= 0 ? table->titles[lead] : PLAN_TEXT_EMPTY;
  task.response = rows->group_decided ? rows->group_response : rows->response;
  if (task.content.text.length)
    plan_task_put(rows->reading, &task);
  plan_task_clear(&task);
}

static void take_group(RowReader *rows, const PlanRow *row) {
  memset(rows->above, 0, sizeof rows->above);
  rows->group_response = plan_words_response(row->caption.fold, &rows->group_decided);
}

/* Pairs of neighbouring words of a text, for comparing what two texts say. */
static GHashTable *word_pairs(const char *fold) {
  GHashTable *pairs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_auto(GStrv) words = g_strsplit_set(fold, " ,;.:()", 120);
  const char *before = NULL;
  for (char **word = words; *word; word++) {
    if (!**word)
      continue;
    if (before)
      g_hash_table_add(pairs, g_strconcat(before, " ", *word, NULL));
    before = *word;
  }
  return pairs;
}

static gboolean said_before(GHashTable *row, GPtrArray *tasks) {
  guint size = g_hash_table_size(row);
  for (guint t = 0; t < tasks->len && size; t++) {
    guint same = 0;
    GHashTableIter iter;
    gpointer key;
    g_hash_table_iter_init(&iter, row);
    while (g_hash_table_iter_next(&iter, &key, NULL))
      same += g_hash_table_contains(tasks->pdata[t], key) ? 1 : 0;
    if (same * 10 >= size * 7)
      return TRUE;
  }
  return FALSE;
}

/* A roadmap repeats tasks that the text already gave: most of its rows say what a task says. */
static gboolean repeats_tasks(PlanReading *reading, PlanTable *table) {
  json_t *tasks = json_object_get(reading->plan, "tasks"), *task;
  int content = column_with(table, COLUMN_CONTENT);
  gsize index;
  g_autoptr(GPtrArray) said = g_ptr_array_new_with_free_func((GDestroyNotify)g_hash_table_unref);
  json_array_foreach(tasks, index, task) {
    const char *heading = json_string_value(json_object_get(task, "heading"));
    const char *words = json_string_value(json_object_get(task, "content"));
    g_autofree char *both = g_strconcat(heading ? heading : "", " . ", words ? words : "", NULL);
    g_ptr_array_add(said, word_pairs(plan_reading_text(reading, both).fold));
    if (index > 300)
      break;
  }
  guint same = 0, count = 0;
  for (guint r = 0; r < table->rows->len && r < 60 && said->len; r++) {
    PlanRow *row = &g_array_index(table->rows, PlanRow, r);
    if (row->group || !row->cells[content].text.length)
      continue;
    g_autoptr(GHashTable) pairs = word_pairs(row->cells[content].text.fold);
    count++;
    same += said_before(pairs, said) ? 1 : 0;
  }
  return count && same * 10 >= count * 6;
}

/* "I" of "Phụ lục I", "" of "Phụ lục". */
PlanText plan_appendix_number(PlanReading *reading, PlanText text) {
  gsize at = 7 + strspn(text.fold + MIN((gsize)7, text.length), " ");
  if (text.length <= 7)
    return PLAN_TEXT_EMPTY;
  if (plan_starts(text.fold + at, "so "))
    at += 3;
  gsize length = 0;
  while (g_ascii_isalnum(text.fold[at + length]))
    length++;
  gboolean number = strspn(text.fold + at, "ivx0123456789") == length || length == 1;
  return number ? plan_text_slice(reading->chunk, text, at, at + length) : PLAN_TEXT_EMPTY;
}

void plan_table_tasks_read(PlanReading *reading, int index) {
  PlanTable *table = plan_block(reading, index)->table;
  gboolean owners = column_with(table, COLUMN_LEAD) >= 0 || column_with(table, COLUMN_COORDINATE) >= 0 ||
                    column_with(table, COLUMN_OWNERS) >= 0;
  if (column_with(table, COLUMN_CONTENT) < 0 || !owners)
    return;
  table->is_tasks = TRUE;
  table->repeats = repeats_tasks(reading, table);
  if (table->repeats)
    return;
  RowReader rows = {.reading = reading,
                    .table = table,
                    .section = PLAN_TEXT_EMPTY,
                    .heading = PLAN_TEXT_EMPTY,
                    .appendix = PLAN_TEXT_EMPTY};
  int at = plan_block(reading, index)->parent;
  rows.section = plan_block_id(reading, at);
  rows.response = plan_block_response(reading, index);
  for (guint t = 0; t < reading->tables->len; t++)
    if (reading->tables->pdata[t] == table)
      rows.number = (int)t + 1;
  while (at >= 0 && !plan_block_is_heading(reading, at))
    at = plan_block(reading, at)->parent;
  rows.heading = at >= 0 ? plan_block(reading, at)->text : PLAN_TEXT_EMPTY;
  for (; at >= 0; at = plan_block(reading, at)->parent)
    if (plan_block(reading, at)->appendix) {
      PlanText name = plan_appendix_number(reading, plan_block(reading, at)->text);
      g_autofree char *prefix = g_strconcat("PL", name.text, rows.section.length ? "." : "", rows.section.text, NULL);
      rows.section = plan_reading_text(reading, prefix);
      rows.appendix = name;
      g_autofree char *title = g_strconcat("Phụ lục", name.length ? " " : "", name.text, NULL);
      rows.heading = plan_reading_text(reading, title);
      for (int i = at; i < index; i++) { /* the appendix says in its title when its tasks are due */
        gboolean decided = FALSE, response = plan_words_response(plan_block(reading, i)->text.fold, &decided);
        rows.response = decided ? response : rows.response;
      }
    }
  for (guint r = 0; r < table->rows->len; r++) {
    PlanRow *row = &g_array_index(table->rows, PlanRow, r);
    if (row->group)
      take_group(&rows, row);
    else
      take_row(&rows, row);
  }
}
