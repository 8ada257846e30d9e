/* From a document to a manuscript: the blocks of the reader laid out as parts. */
#include "module/plan/plan_manuscript.h"
#include "module/plan/plan_reading.h"
#include <string.h>

const char *const PLAN_ROLES[] = {"other", "count", "content", "lead", "coordinate", "owners", "time", "product", "note", "money", NULL};

typedef struct {
  PlanReading *reading;
  json_t *manuscript, *part; /* part: the open one */
} Layout;

static const char *text_of(const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  return text ? text : "";
}

/* The mark of a block as its first line has it: "III.", "a)"; for bullets the sign of their depth. */
static char *mark_of(PlanReading *reading, const PlanBlock *block) {
  static const char *const BULLETS[] = {"-", "+", "*", ""};
  if (block->mark.kind >= MARK_DASH)
    return g_strdup(BULLETS[block->mark.kind - MARK_DASH]);
  PlanText line = plan_line(reading, (guint)block->line_from - 1)->text;
  return g_strchomp(g_strndup(line.text, (gsize)(plan_text_at(line, MIN(block->mark.length, line.length)) - line.text)));
}

static int level_of(const PlanBlock *block) {
  if (block->appendix || block->mark.kind == MARK_PART)
    return 0;
  if (block->mark.kind <= MARK_ROMAN)
    return 1;
  return block->mark.kind <= MARK_NUMBER_4 ? 2 + (int)(block->mark.kind - MARK_NUMBER) : MAX(block->heading, 1);
}

static void open_part(Layout *layout, int level, const char *label, const char *title) {
  json_t *parts = json_object_get(layout->manuscript, "parts");
  layout->part = plan_part_new(layout->manuscript, json_array_size(parts), level, label, title);
}

/* Text that comes after the tasks or the table of a part begins a part without a heading. */
static json_t *part_for_text(Layout *layout) {
  if (!layout->part)
    open_part(layout, 1, "", "");
  if (plan_task_count(layout->part) || json_object_get(layout->part, "table"))
    open_part(layout, (int)json_integer_value(json_object_get(layout->part, "level")), "", "");
  return layout->part;
}

static void add_line(json_t *part, const char *key, const char *mark, const char *text) {
  const char *before = text_of(part, key);
  g_autofree char *all = g_strconcat(before, *before ? "\n" : "", mark, *mark ? " " : "", text, NULL);
  json_object_set_new(part, key, json_string(all));
}

static void add_block(Layout *layout, int index) {
  PlanBlock *block = plan_block(layout->reading, index);
  g_autofree char *mark = mark_of(layout->reading, block);
  if (layout->part && json_object_get(layout->part, "appendix") && block->mark.kind == MARK_NONE && plan_part_is_written(layout->part) == FALSE) {
    gboolean note = block->text.fold[0] == '(';
    if (note || (block->caps && !*text_of(layout->part, "note"))) {
      add_line(layout->part, note ? "note" : "title", "", block->text.text);
      return;
    }
  }
  add_line(part_for_text(layout), "text", mark, block->text.text);
}

/* --- tables --- */

/* An empty cell that stands for the one above it: the same judgement as the reader of tasks makes. */
static json_t *cell_json(const PlanTable *table, const PlanCell *cell, gboolean above) {
  gboolean inherits = !cell->text.length && above && !(table->merges && cell->present);
  return inherits ? json_null() : json_string(cell->text.text);
}

static json_t *rows_json(const PlanTable *table) {
  json_t *rows = json_array();
  gboolean above[TABLE_COLUMNS] = {FALSE};
  for (guint r = 0; r < table->rows->len; r++) {
    const PlanRow *row = &g_array_index(table->rows, PlanRow, r);
    json_t *cells = json_array();
    if (row->group)
      memset(above, 0, sizeof above);
    for (guint c = 0; c < table->columns; c++) {
      gboolean own = table->roles[c] == COLUMN_CONTENT || table->roles[c] == COLUMN_PRODUCT || table->roles[c] == COLUMN_COUNT;
      json_array_append_new(cells, cell_json(table, &row->cells[c], above[c] && !own && !row->group));
      above[c] = above[c] || (row->cells[c].text.length && !row->group);
    }
    json_array_append_new(rows, json_pack("{s:o, s:b}", "cells", cells, "group", row->group));
  }
  return rows;
}

static void add_table(Layout *layout, const PlanTable *table) {
  json_t *titles = json_array(), *roles = json_array();
  for (guint c = 0; c < table->columns; c++) {
    json_array_append_new(titles, json_string(table->titles[c].text));
    json_array_append_new(roles, json_string(PLAN_ROLES[table->roles[c]]));
  }
  if (!layout->part || json_object_get(layout->part, "table"))
    open_part(layout, 1, "", "");
  json_object_set_new(layout->part, "table", json_pack("{s:o, s:o, s:o}", "titles", titles, "roles", roles, "rows", rows_json(table)));
}

/* --- tasks in prose --- */

static const char *label_key(LabelKind label) {
  switch (label) {
  case LABEL_LEAD:
    return "lead";
  case LABEL_COORDINATE:
    return "coordinate";
  case LABEL_TIME:
    return "time";
  case LABEL_PRODUCT:
    return "product";
  case LABEL_NONE:
  case LABEL_CONTENT:
  case LABEL_MONEY:
  default:
    return NULL;
  }
}

/* A marked paragraph with its own list, then its labels and nothing else. Other ways of writing tasks stay as text. */
static json_t *task_of(PlanReading *reading, int index, int end) {
  PlanBlock *block = plan_block(reading, index);
  if (block->table || block->label != LABEL_NONE || block->mark.kind < MARK_NUMBER || block->mark.kind > MARK_PAREN)
    return NULL;
  g_autofree char *mark = mark_of(reading, block);
  json_t *task = json_pack("{s:s}", "label", mark);
  gboolean labels = FALSE, fits = TRUE;
  for (int i = index; i < end && fits; i++) {
    PlanBlock *line = plan_block(reading, i);
    const char *key = label_key(line->label);
    labels = labels || line->label != LABEL_NONE;
    g_autofree char *inner = i == index ? g_strdup("") : mark_of(reading, line);
    if (!labels && !line->table && (i == index || line->mark.kind >= MARK_DASH))
      add_line(task, "content", inner, line->text.text);
    else if (key && !json_object_get(task, key))
      json_object_set_new(task, key, json_string(plan_text_bare(reading->chunk, line->value).text));
    else
      fits = FALSE;
  }
  if (fits && (json_object_get(task, "lead") || json_object_get(task, "coordinate")))
    return task;
  json_decref(task);
  return NULL;
}

static void add_task(Layout *layout, json_t *task) {
  if (!layout->part || json_object_get(layout->part, "table"))
    open_part(layout, 1, "", "");
  json_t *tasks = json_object_get(layout->part, "tasks");
  if (!tasks) {
    tasks = json_array();
    json_object_set_new(layout->part, "tasks", tasks);
  }
  json_array_append_new(tasks, task);
}

/* --- the whole --- */

static void add_heading(Layout *layout, int index) {
  PlanBlock *block = plan_block(layout->reading, index);
  g_autofree char *mark = mark_of(layout->reading, block);
  if (!block->appendix) {
    open_part(layout, level_of(block), mark, block->text.text);
    return;
  }
  /* "Phụ lục I. Danh mục": the number apart from the title */
  PlanText number = plan_appendix_number(layout->reading, block->text);
  g_autofree char *name = g_strconcat("Phụ lục", number.length ? " " : "", number.text, NULL);
  gsize used = 7 + strspn(block->text.fold + MIN((gsize)7, block->text.length), " ");
  used += plan_starts(block->text.fold + MIN(used, block->text.length), "so ") ? 3 : 0;
  PlanText title = plan_text_from(layout->reading->chunk, block->text, MIN(used + number.length, block->text.length));
  gsize lead = strspn(title.fold, " .:-");
  open_part(layout, 0, name, plan_text_from(layout->reading->chunk, title, lead).text);
  json_object_set_new(layout->part, "appendix", json_true());
  json_object_set_new(layout->part, "note", json_string(""));
}

static void lay_body(Layout *layout) {
  PlanReading *reading = layout->reading;
  for (int i = reading->body; i < (int)reading->blocks->len; i++) {
    PlanBlock *block = plan_block(reading, i);
    int end = block->end;
    json_t *task = task_of(reading, i, end);
    if (task) {
      add_task(layout, task);
      i = end - 1;
    } else if (block->table) {
      add_table(layout, block->table);
    } else if (plan_block_is_heading(reading, i)) {
      add_heading(layout, i);
    } else if (block->text.length) {
      add_block(layout, i);
    }
  }
}

/* Between title and body: legal bases, then the sentence that issues the plan. */
static void lay_opening(Layout *layout) {
  PlanReading *reading = layout->reading;
  json_t *bases = json_object_get(layout->manuscript, "bases");
  json_int_t title = json_integer_value(json_object_get(json_object_get(reading->provenance, "/title"), "line_to"));
  for (int i = 0; i < reading->body && i < (int)reading->blocks->len; i++) {
    PlanBlock *block = plan_block(reading, i);
    g_autofree char *mark = mark_of(reading, block);
    if (block->line_from <= title || block->table || !block->text.length || plan_starts(block->text.fold, "kinh gui"))
      continue;
    g_autofree char *line = g_strconcat(mark, *mark ? " " : "", block->text.text, NULL);
    if (i + 1 == reading->body && (strstr(block->text.fold, "ke hoach") || g_str_has_suffix(block->text.fold, ":")))
      json_object_set_new(layout->manuscript, "issuing", json_string(line));
    else
      json_array_append_new(bases, json_string(line));
  }
}

static void lay_names(Layout *layout) {
  const json_t *names = json_object_get(json_object_get(layout->reading->plan, "letterhead"), "names");
  gsize index;
  json_t *name;
  json_array_foreach((json_t *)(gintptr)names, index, name) {
    PlanText line = plan_reading_text(layout->reading, json_string_value(name));
    const char *issuer = text_of(layout->manuscript, "issuer");
    if (*issuer && plan_body_starts(line)) {
      g_autofree char *above = g_strdup(issuer);
      json_object_set_new(layout->manuscript, "issuer", json_string(""));
      add_line(layout->manuscript, "superior", "", above);
    }
    add_line(layout->manuscript, "issuer", "", line.text);
  }
  if (!*text_of(layout->manuscript, "issuer"))
    json_object_set_new(layout->manuscript, "issuer", json_string(text_of(json_object_get(layout->reading->plan, "issuer"), "name")));
}

static void lay_head(Layout *layout) {
  const json_t *plan = layout->reading->plan, *number = json_object_get(plan, "number"), *date = json_object_get(plan, "date");
  json_t *out = layout->manuscript;
  g_auto(GStrv) written = g_strsplit(text_of(number, "resolved"), "/", 2);
  json_object_set_new(out, "number", json_string(written[0] ? written[0] : ""));
  json_object_set_new(out, "symbol", json_string(*text_of(number, "suffix") ? text_of(number, "suffix") : "KH"));
  json_object_set_new(out, "place", json_string(text_of(plan, "place")));
  json_object_set_new(out, "title", json_string(text_of(plan, "title")));
  static const char *const UNITS[] = {"day", "month", "year"};
  for (gsize i = 0; i < G_N_ELEMENTS(UNITS); i++)
    json_object_set_new(out, UNITS[i], json_integer(json_integer_value(json_object_get(date, UNITS[i]))));
  lay_names(layout);
}

static void lay_tail(Layout *layout) {
  const json_t *signer = json_object_get(layout->reading->plan, "signer"), *to = json_object_get(layout->reading->plan, "recipients");
  json_t *authority = json_copy(json_object_get(signer, "authority"));
  json_t *recipients = json_copy(json_object_get(to, "list"));
  authority = authority ? authority : json_array();
  recipients = recipients ? recipients : json_array();
  if (*text_of(signer, "position"))
    json_array_append_new(authority, json_string(text_of(signer, "position")));
  if (*text_of(to, "archive"))
    json_array_append_new(recipients, json_string(text_of(to, "archive")));
  json_object_set_new(layout->manuscript, "authority", authority);
  json_object_set_new(layout->manuscript, "signer", json_string(text_of(signer, "name")));
  json_object_set_new(layout->manuscript, "recipients", recipients);
}

json_t *plan_manuscript_read(const SourceText *source, GError **error) {
  g_autoptr(PlanReading) reading = plan_reading_new(source);
  if (!plan_reading_run(reading, error))
    return NULL;
  Layout layout = {.reading = reading};
  layout.manuscript = json_pack("{s:s, s:s, s:[], s:s, s:[]}", "superior", "", "issuer", "", "bases", "issuing", "", "parts");
  lay_head(&layout);
  lay_opening(&layout);
  lay_body(&layout);
  lay_tail(&layout);
  return layout.manuscript;
}
