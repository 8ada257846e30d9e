/* Parts and tasks of a manuscript: one way to look at a task, whether it stands in prose or in a row of a table. */
#include "module/plan/plan_manuscript.h"
#include <string.h>

static const char *const TASK_KEYS[] = {"label", "content", "lead", "coordinate", "time", "product"};
enum { TASK_KEY_COUNT = G_N_ELEMENTS(TASK_KEYS) };
/* The role of the column that holds it. */
static const char *const TASK_ROLES[TASK_KEY_COUNT] = {"count", "content", "lead", "coordinate", "time", "product"};

json_t *plan_part_find(const json_t *manuscript, const char *key) {
  gsize index;
  json_t *part;
  json_array_foreach(json_object_get(manuscript, "parts"), index, part) {
    if (key && !g_strcmp0(json_string_value(json_object_get(part, "key")), key))
      return part;
  }
  return NULL;
}

json_t *plan_part_new(json_t *manuscript, gsize at, int level, const char *label, const char *title) {
  json_int_t last = json_integer_value(json_object_get(manuscript, "last_key")) + 1;
  g_autofree char *key = g_strdup_printf("m%d", (int)last);
  json_t *part = json_pack("{s:s, s:i, s:s, s:s, s:s}", "key", key, "level", level, "label", label, "title", title, "text", "");
  json_object_set_new(manuscript, "last_key", json_integer(last));
  json_array_insert_new(json_object_get(manuscript, "parts"), at, part);
  return part;
}

static void write_roman(GString *out, int number) {
  static const char *const ONES[] = {"", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"};
  for (int tens = number / 10; tens > 0; tens--)
    g_string_append_c(out, 'X');
  g_string_append(out, ONES[number % 10]);
}

/* Letters, "Phần" and the numbers of appendices stay as they are. */
static gboolean is_numbered(int level, const char *label) {
  gsize length = strlen(label);
  if (level < 1 || level > 4 || length < 2 || label[length - 1] != '.')
    return FALSE;
  return strspn(label, level == 1 ? "IVX" : "0123456789.") + (level == 1) == length;
}

void plan_manuscript_number(json_t *manuscript) {
  enum { LEVELS = 5 };
  int counts[LEVELS] = {0};
  gsize index;
  json_t *part;
  json_array_foreach(json_object_get(manuscript, "parts"), index, part) {
    const char *old = json_string_value(json_object_get(part, "label"));
    int level = (int)json_integer_value(json_object_get(part, "level"));
    if (!old || !is_numbered(level, old))
      continue;
    g_autoptr(GString) label = g_string_new(NULL);
    counts[level]++;
    for (int i = level + 1; i < LEVELS; i++)
      counts[i] = 0;
    if (level == 1)
      write_roman(label, counts[1]);
    for (int i = 2; i <= level; i++)
      g_string_append_printf(label, "%s%d", i > 2 ? "." : "", counts[i]);
    g_string_append_c(label, '.');
    json_object_set_new(part, "label", json_string(label->str));
  }
}

static json_t *rows_of(const json_t *part) {
  return json_object_get(json_object_get(part, "table"), "rows");
}

gboolean plan_part_is_written(const json_t *part) {
  const char *text = json_string_value(json_object_get(part, "text"));
  return (text && *text) || json_array_size(json_object_get(part, "tasks")) || json_array_size(rows_of(part));
}

int plan_manuscript_unwritten(const json_t *manuscript) {
  gsize index;
  json_t *part;
  int count = 0;
  json_array_foreach(json_object_get(manuscript, "parts"), index, part) {
    count += json_object_get(part, "guide") && !plan_part_is_written(part);
  }
  return count;
}

/* --- rows --- */

static gboolean is_group(const json_t *row) {
  return json_is_true(json_object_get(row, "group"));
}

static int column_of(const json_t *part, const char *role) {
  gsize index;
  json_t *name;
  json_array_foreach(json_object_get(json_object_get(part, "table"), "roles"), index, name) {
    if (!strcmp(json_string_value(name), role))
      return (int)index;
  }
  return -1;
}

static gboolean has_task_table(const json_t *part) {
  return column_of(part, "content") >= 0 && (column_of(part, "lead") >= 0 || column_of(part, "coordinate") >= 0);
}

/* The place in `rows` of the task with this number; groups are passed over. */
static gsize row_at(const json_t *part, gsize task) {
  json_t *rows = rows_of(part);
  gsize index = 0;
  for (gsize seen = 0; index < json_array_size(rows); index++)
    if (!is_group(json_array_get(rows, index)) && seen++ == task)
      break;
  return index;
}

/* What the cell says, or the one above it that it goes on with. */
static const char *cell_text(const json_t *part, gsize row, int column) {
  const json_t *rows = rows_of(part);
  for (gsize i = row + 1; i-- > 0 && column >= 0;) {
    const json_t *cell = json_array_get(json_object_get(json_array_get(rows, i), "cells"), (gsize)column);
    if (i < row && is_group(json_array_get(rows, i)))
      return NULL;
    if (json_is_string(cell))
      return json_string_value(cell);
  }
  return NULL;
}

/* Before rows move: every cell says itself what it says. */
static void spell_out(json_t *part) {
  json_t *rows = rows_of(part);
  for (gsize r = json_array_size(rows); r-- > 0;) {
    json_t *cells = json_object_get(json_array_get(rows, r), "cells");
    for (gsize c = 0; c < json_array_size(cells); c++) {
      const char *text = cell_text(part, r, (int)c);
      json_array_set_new(cells, c, json_string(text ? text : ""));
    }
  }
}

static void number_rows(json_t *part) {
  int column = column_of(part, "count");
  gsize index;
  json_t *row;
  int number = 0;
  json_array_foreach(rows_of(part), index, row) {
    if (is_group(row) || column < 0)
      continue;
    g_autofree char *text = g_strdup_printf("%d", ++number);
    json_array_set_new(json_object_get(row, "cells"), (gsize)column, json_string(text));
  }
}

static void set_row(json_t *part, gsize index, const char *const *values) {
  json_t *rows = rows_of(part);
  spell_out(part);
  if (index >= json_array_size(rows)) {
    json_t *cells = json_array();
    for (gsize c = 0; c < json_array_size(json_object_get(json_object_get(part, "table"), "titles")); c++)
      json_array_append_new(cells, json_string(""));
    json_array_append_new(rows, json_pack("{s:o, s:b}", "cells", cells, "group", 0));
    index = json_array_size(rows) - 1;
  }
  json_t *cells = json_object_get(json_array_get(rows, index), "cells");
  for (gsize k = 1; k < TASK_KEY_COUNT; k++) {
    int column = column_of(part, TASK_ROLES[k]);
    if (column >= 0)
      json_array_set_new(cells, (gsize)column, json_string(values[k] ? values[k] : ""));
  }
  number_rows(part);
}

/* --- prose --- */

static void move_label(const json_t *tasks, gsize to, const char *label) {
  json_object_set_new(json_array_get(tasks, to), "label", json_string(label));
}

/* "1.2." after "1.1.", "b)" after "a)"; the first of a part takes the part's own number on. */
static char *next_label(const json_t *part, const json_t *tasks) {
  static const char LETTERS[][3] = {"a", "b", "c", "d", "đ", "e", "g", "h", "i", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t", "u", "v", "x", "y"};
  gsize count = json_array_size(tasks);
  if (!count) {
    const char *own = json_string_value(json_object_get(part, "label"));
    return own && g_ascii_isdigit(*own) ? g_strdup_printf("%s%s1.", own, g_str_has_suffix(own, ".") ? "" : ".") : g_strdup("1.");
  }
  const char *last = json_string_value(json_object_get(json_array_get(tasks, count - 1), "label"));
  for (gsize i = 0; last && i + 1 < G_N_ELEMENTS(LETTERS); i++)
    if (g_str_has_prefix(last, LETTERS[i]) && !g_ascii_isalpha(last[strlen(LETTERS[i])]))
      return g_strconcat(LETTERS[i + 1], last + strlen(LETTERS[i]), NULL);
  const char *end = last ? last + strlen(last) : "";
  while (end > last && !g_ascii_isdigit(end[-1]))
    end--;
  const char *digits = end;
  while (digits > last && g_ascii_isdigit(digits[-1]))
    digits--;
  return digits == end ? g_strdup("-") : g_strdup_printf("%.*s%d%s", (int)(digits - last), last, atoi(digits) + 1, end);
}

static void set_prose(json_t *part, gsize index, const char *const *values) {
  json_t *tasks = json_object_get(part, "tasks");
  if (!tasks) {
    tasks = json_array();
    json_object_set_new(part, "tasks", tasks);
  }
  if (index >= json_array_size(tasks)) {
    g_autofree char *label = next_label(part, tasks);
    json_array_append_new(tasks, json_pack("{s:s}", "label", label));
    index = json_array_size(tasks) - 1;
  }
  json_t *task = json_array_get(tasks, index);
  for (gsize k = 1; k < TASK_KEY_COUNT; k++)
    if (values[k] && *values[k])
      json_object_set_new(task, TASK_KEYS[k], json_string(values[k]));
    else
      json_object_del(task, TASK_KEYS[k]);
}

/* --- either --- */

gsize plan_task_count(const json_t *part) {
  gsize count = json_array_size(json_object_get(part, "tasks")), index;
  json_t *row;
  if (count || !has_task_table(part))
    return count;
  json_array_foreach(rows_of(part), index, row) {
    count += is_group(row) ? 0 : 1;
  }
  return count;
}

PlanTaskWords plan_task_words(const json_t *part, gsize index) {
  const json_t *task = json_array_get(json_object_get(part, "tasks"), index);
  const char *values[TASK_KEY_COUNT];
  gsize row = task ? 0 : row_at(part, index);
  for (gsize k = 0; k < TASK_KEY_COUNT; k++)
    values[k] = task ? json_string_value(json_object_get(task, TASK_KEYS[k])) : cell_text(part, row, column_of(part, TASK_ROLES[k]));
  return (PlanTaskWords){values[0], values[1], values[2], values[3], values[4], values[5]};
}

gboolean plan_task_set(json_t *part, gsize index, const PlanTaskWords *words) {
  const char *const values[] = {NULL, words->content, words->lead, words->coordinate, words->time, words->product};
  gboolean table = !json_array_size(json_object_get(part, "tasks")) && has_task_table(part);
  if (index > plan_task_count(part))
    return FALSE;
  if (table)
    set_row(part, row_at(part, index), values);
  else
    set_prose(part, index, values);
  return TRUE;
}

gboolean plan_task_remove(json_t *part, gsize index) {
  json_t *tasks = json_object_get(part, "tasks");
  if (index >= plan_task_count(part))
    return FALSE;
  if (!json_array_size(tasks)) {
    spell_out(part);
    json_array_remove(rows_of(part), row_at(part, index));
    number_rows(part);
    return TRUE;
  }
  for (gsize i = json_array_size(tasks) - 1; i > index; i--) /* the numbers stay in their places */
    move_label(tasks, i, json_string_value(json_object_get(json_array_get(tasks, i - 1), "label")));
  json_array_remove(tasks, index);
  return TRUE;
}

gboolean plan_task_swap(json_t *part, gsize index, gsize other) {
  gsize count = plan_task_count(part);
  if (index >= count || other >= count)
    return FALSE;
  json_t *list = json_object_get(part, "tasks");
  gboolean prose = json_array_size(list) > 0;
  if (!prose) {
    spell_out(part);
    list = rows_of(part);
    index = row_at(part, index);
    other = row_at(part, other);
  }
  g_autofree char *first = g_strdup(json_string_value(json_object_get(json_array_get(list, index), "label")));
  g_autofree char *second = g_strdup(json_string_value(json_object_get(json_array_get(list, other), "label")));
  json_t *kept = json_incref(json_array_get(list, index));
  json_array_set(list, index, json_array_get(list, other));
  json_array_set_new(list, other, kept);
  if (prose) {
    move_label(list, index, first);
    move_label(list, other, second);
  } else {
    number_rows(part);
  }
  return TRUE;
}

json_t *plan_task_table_new(void) {
  return json_pack("{s:[s,s,s,s,s,s], s:[s,s,s,s,s,s], s:[]}", "titles", "TT", "Nội dung công việc", "Đơn vị chủ trì", "Đơn vị phối hợp",
                   "Thời gian thực hiện", "Sản phẩm", "roles", "count", "content", "lead", "coordinate", "time", "product", "rows");
}
